// Two versions of a policy over the same cases, line by line: by the planes of registers that a run of both leaves behind.
//
// Versions are joined (vm/join.h), so that what an edit does not touch is one register and needs no look. Of the others
// planes are compared, 64 rows at once. Completions are tried only for lines that are open and whose open parts differ or
// come from an edited clause: what is open alike, and by the same clauses, has the same completions. Where only traces can
// tell (a block that one version alone has, contents of an approval that other rules give), traces are compared.
#pragma once

#include "analysis/version_pairs.h"
#include "vm/join.h"
#include "vm/settle.h"
#include "vm/trace.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rubric::analysis {

// How much of a line's determination differs. Of outcomes their contents and conditions count as well; `status`: some
// criterion that both versions have came out another way; `reasoning`: other rules, facts or clauses on the way to the
// same end.
enum class Difference : uint8_t { unchanged, reasoning, status, outcome };
inline constexpr size_t differences = 4;
std::string_view json_name(Difference);   // unchanged, reasoningOnly, statusChanged, outcomeChanged

struct StatusChange {
  std::string criterion;
  vm::Status before, after;
  std::string sentence_before, sentence_after;   // of examples
};

struct RuleChange {
  std::string rule;
  std::optional<vm::RuleState> before, after;   // nothing: that version has no such rule
};

// What is found of one line.
struct LineFinding {
  vm::Row case_row, line;
  uint32_t sequence;
  Difference difference = Difference::unchanged;
  vm::Outcome before = vm::Outcome::gap, after = vm::Outcome::gap;
  bool traced = false;                  // only traces could tell
  bool open_alike = false;              // undecided in both versions for the same reasons: nobody has asked for its outcome
};

class Comparison {
 public:
  // Two members of one joined program, which must stay.
  Comparison(const vm::Joined&, size_t before, size_t after);

  // Each line of each case that could be read, in order, of a run of both; of `wanted`, where given, alone. A settler that is
  // kept from run to run remembers what it has tried.
  std::vector<LineFinding> findings(vm::Decisions& d, const std::vector<bool>* wanted = nullptr) const;
  std::vector<LineFinding> findings(vm::Decisions& d, vm::Settler&, const std::vector<bool>* wanted = nullptr) const;
  std::vector<StatusChange> statuses(vm::Decisions& d, const LineFinding&) const;

 private:
  struct Lines;
  void compare_block(const vm::Decisions&, const BlockPair&, Lines&) const;
  void compare_criterion(const vm::Decisions&, const CriterionPair&, Lines&) const;
  void compare_rule(const vm::Decisions&, const RulePair&, Lines&) const;
  std::pair<vm::LineTrace, vm::LineTrace> traces(vm::Decisions&, const LineFinding&) const;
  LineFinding by_traces(vm::Decisions&, LineFinding) const;
  void settle(vm::Decisions&, vm::Settler&, const Lines&, std::span<const size_t> open, std::vector<LineFinding>&) const;
  bool settled_by_planes(vm::Decisions&, LineFinding&, const Lines&) const;

  const std::vector<bool> code_;        // of the two
  const vm::VerifiedProgram &whole_, &before_, &after_;
  const vm::Program &a_, &b_;
  const VersionPairs pairs_;
  bool tests_record_ = false;
};

// The same by traces alone, for versions that cannot be joined.
LineFinding compared(const vm::LineTrace& before, const vm::LineTrace& after);
std::vector<StatusChange> statuses(const vm::LineTrace& before, const vm::LineTrace& after);
// Rules that stand otherwise; one that a version lacks, if it does anything in the other.
std::vector<RuleChange> rule_changes(const vm::LineTrace& before, const vm::LineTrace& after);

}  // namespace rubric::analysis
