// See attempts.h.
#include "vm/attempts.h"

#include <algorithm>

namespace rubric::vm {
namespace {

// How many attempts are completions: each variable at its first value, at its last one, and mixtures.
constexpr uint32_t completions = 6;

uint16_t mixed(const Variable& v, size_t number, uint32_t attempt) {
  if (v.values.empty()) return as_it_is;
  const size_t last = v.values.size() - 1;
  if (attempt < 2) return static_cast<uint16_t>(attempt == 0 ? 0 : last);
  constexpr uint64_t any_odd = 0x9e3779b97f4a7c15;
  return static_cast<uint16_t>(((number + 1) * any_odd >> (8 * attempt)) % (last + 1));
}

// Whether what is still open cannot change a verdict. To an approval it can add contents.
bool decides(const Verdict& v) { return !v.open && !granting(v.outcome); }

bool may_deny(const Program& p) {
  return std::any_of(p.blocks.begin(), p.blocks.end(), [](const Block& b) {
    return std::any_of(b.when_undetermined.begin(), b.when_undetermined.end(),
                       [](const auto& each) { return static_cast<Outcome>(each.second) == Outcome::deny; });
  });
}

}  // namespace

Attempts::Attempts(const Program& p, const OpenLine& line, bool one_by_one) : line_(line) {
  if (line.tests) return;
  const std::vector<Variable>& variables = line.walk->variables;
  Choice choice(variables.size());
  for (uint32_t attempt = 0; attempt < completions; ++attempt) {
    for (size_t k = 0; k < variables.size(); ++k) choice[k] = mixed(variables[k], k, attempt);
    choices_.push_back(choice);
  }
  for (size_t k = 0; line.scope_known && one_by_one && k < variables.size(); ++k) {
    if (!can_choose(p, variables[k])) continue;
    alone_.push_back(static_cast<uint32_t>(variables[k].values.size()));
    choice.assign(variables.size(), as_it_is);
    for (uint16_t value = 0; value < alone_.back(); ++value) {
      choice[k] = value;
      choices_.push_back(choice);
    }
  }
  if (choices_.size() < completions_of(variables)) return;
  choices_.clear(), alone_.clear();
}

// Two completions that end differently are joined by some on which a step of one variable makes the difference: a fact behind it
// matters. Where all are of the record, the line waits for the record.
bool Attempts::waits_for_record() const {
  const auto of_record = [&](uint32_t f) { return line_.walk->facts[f].kind == OpenFact::Kind::record; };
  return std::all_of(line_.walk->variables.begin(), line_.walk->variables.end(),
                     [&](const Variable& v) { return std::all_of(v.facts.begin(), v.facts.end(), of_record); });
}

std::optional<Tried> Attempts::told(const Program& p, const std::vector<Verdict>& verdicts) const {
  Tried out;
  out.all = false;
  bool differ = false;
  for (uint32_t x = 0; x < verdicts.size(); ++x) {
    if (x >= completions && !decides(verdicts[x])) continue;
    out.possible |= verdicts[x].possible;
    differ |= x > 0 && !verdicts[x].same_as(verdicts[0]);
  }
  if (differ) {
    // That an undetermined line may not be denied, only all completions can say.
    const bool enough = waits_for_record() && (!may_deny(p) || (out.possible & set_of(Outcome::deny)));
    return enough ? std::optional(std::move(out)) : std::nullopt;
  }
  auto at = verdicts.begin() + completions;
  for (const uint32_t values : alone_) {
    if (std::all_of(at, at + values, decides)) {
      out.one = *at;
      return out;
    }
    at += values;
  }
  return std::nullopt;
}

}  // namespace rubric::vm
