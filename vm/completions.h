// The completions of lines' open facts, tried one by one: rows of one batch for the same machine, with the variables' registers pinned.
// What comes of it is said of variables and facts by their numbers, so that it holds for every line with the same pattern.
#pragma once

#include "vm/enough.h"
#include "vm/line_verdict.h"
#include "vm/open_facts.h"

#include <optional>
#include <span>
#include <vector>

namespace rubric::vm {

// A rule by its number in a block, on a line or on one of its items, numbered from the first.
struct RuleAt {
  Id block;
  uint32_t rule;
  Row item;
};

struct Tried {
  // Whether all is said. If not, outcomes alone were asked for: then it is `one`, or the line waits for facts of the record.
  bool all = true;
  std::optional<Verdict> one;              // where all completions of the record as it stands end alike
  std::vector<GivingRule> giving;          // ... the rules that give it its contents in one of them
  OutcomeSet possible = 0;                 // of the record as it stands
  std::vector<bool> matters, matters_held; // facts: at all, and while tests of the record stay as they are
  std::vector<OutcomeSet> could_lead_to;
  std::vector<Forced> enough;
  std::vector<RuleAt> stand;               // rules that are open, and stand in some completion of the record as it stands
  bool exact = true;                       // not: there were too many, and what is said of facts and outcomes may be too much
};

// A line that is open, after a walk from all that decides it; `tests`: whether a rule tests the record; `scope_known`: whether it is
// known which blocks decide it.
struct OpenLine {
  Row line;
  const Walk* walk;
  bool tests, scope_known;
};

// All of them in one batch; of a line that has more than `most`, as a tree (completion_tree.h). Where no more is asked than outcomes,
// a few attempts come first (attempts.h). `used`: an earlier run of completions, whose storage is taken; the program that ran must
// still stand in memory, as must the one that is run.
std::vector<Tried> try_completions(const VerifiedProgram&, const Decisions&, std::span<const OpenLine>, Settle, uint32_t most,
                                   Decisions& used);
uint32_t completions_of(const std::vector<Variable>&);

// Of each variable the number of a value, or that it stays as the record has it.
using Choice = std::vector<uint16_t>;
constexpr uint16_t as_it_is = 0xffff;
bool can_choose(const Program&, const Variable&);
// Whether what is open where every variable has been chosen, or cannot be reached, could not be computed.
bool nothing_left_open(const Program&, const Walk&);

// A line's case with some of its variables held at values: a copy each in the run that is left in `used`, and how it decides the
// line. `hold`: tests of the record stay as they are.
std::vector<Verdict> run_choices(const VerifiedProgram&, const Decisions&, const OpenLine&, std::span<const Choice>, bool hold,
                                 Decisions& used);
// Where a row of the line's case stands in such a run.
struct CopiedRow {
  Row first, step;
  Row in(uint32_t copy) const { return first + copy * step; }
};
CopiedRow copied_row(const Decisions&, Id domain, Row);
// Adds the rules that are open in the record and stand in one of these copies.
void add_standing(const Decisions&, Row line, const Decisions& used, std::span<const uint32_t> copies, std::vector<RuleAt>& out);

// Of a line on which nothing is open.
Tried nothing_to_try(const Decisions&, Row line, const Verdict&);

}  // namespace rubric::vm
