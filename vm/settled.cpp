#include "vm/settled.h"

#include "vm/verdict.h"

namespace rubric::vm {

std::optional<Outcome> settled_outcome(const Decisions& d, Row line) {
  std::optional<Outcome> found;
  for (const Block& block : (**d.program).blocks) {
    const Truth scope = d.truth(block.scope, line);
    if (scope == Truth::no || scope == Truth::none) continue;
    if (scope == Truth::unknown || d.truth(block.version_gate, line) != Truth::yes || found) return std::nullopt;
    const Column& outcome = d.column(block.outcome);
    const auto possible = static_cast<OutcomeSet>(outcome.cell8[outcome.at(line)]);
    if (!has_one(possible)) return std::nullopt;
    found = the_one(possible);
  }
  return found;
}

}  // namespace rubric::vm
