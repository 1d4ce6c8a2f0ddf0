// How a run decides a line as it stands: D of the semantics, with nothing tried.
#pragma once

#include "vm/machine.h"
#include "vm/verdict.h"

#include <vector>

namespace rubric::vm {

// D(x): the outcome of a line with what belongs to it. Two completions end alike if these are equal.
struct Verdict {
  Id block = none_id;
  Outcome outcome = Outcome::not_decided;
  std::vector<Id> conditions;          // in the program's order
  Id modification = none_id;
  std::vector<Row> items;              // those that qualify, where only some do; numbered from the line's first
  bool open = false;                   // more than one outcome was left, as where a list may hold any number of rows
  OutcomeSet possible = 0;             // those that were left
  bool same_as(const Verdict& o) const {
    return !open && !o.open && outcome == o.outcome && conditions == o.conditions && modification == o.modification && items == o.items;
  }
};

// The line's verdict over all blocks that may decide it. `complete`: no fact is open that it rests on; then a rule that is open could not
// be computed, and where that makes a difference the line is a reviewer's.
Verdict line_verdict(const Decisions&, Row line, bool complete = false);
// The same in a completion: where it is not known to be complete, what is open may be open for either reason.
Verdict verdict_of_completion(const Decisions&, Row line, bool complete);

// Which of a block's rules stand on a row, as the verdict sees them.
std::vector<Standing> standing_rules(const Decisions&, const Block&, Row);

// A rule that stands and gives a line its contents, by its number in the block that decides; on an item, numbered from the first.
struct GivingRule {
  uint32_t rule;
  Row item;
  bool as_requested;                   // of a modify: it is an approval
};
// Of a line that is granted; in the order of items and rules.
std::vector<GivingRule> giving_rules(const Decisions&, Row line, const Verdict&);

OutcomeSet outcome_set(const Decisions&, Id reg, Row);

}  // namespace rubric::vm
