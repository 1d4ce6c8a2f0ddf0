// From the rules that stand to an outcome: the table of section 4 of the semantics, and the folding of items into a
// line (section 6). Written over *sets* of outcomes, so that an open rule is simply two possibilities.
#pragma once

#include "vm/outcomes.h"

#include <span>

namespace rubric::vm {

// A set of outcomes, one bit each.
using OutcomeSet = uint32_t;
constexpr OutcomeSet set_of(Outcome o) { return OutcomeSet{1} << static_cast<uint8_t>(o); }
constexpr bool has_one(OutcomeSet s) { return s != 0 && (s & (s - 1)) == 0; }
Outcome the_one(OutcomeSet);             // of a set with one member

bool qualifies(Outcome);                 // approves what is asked for, with or without conditions
bool granting(Outcome);                  // its verdicts have contents: conditions, or what is authorized instead

// One rule of a block, as the verdict sees it.
struct Standing {
  const Rule* rule;
  Truth stands;
  Truth equals_request = Truth::no;      // of a modify: its contents are what was asked for, so that it is an approval
};

// The outcomes that the open rules leave possible. A rule whose state is none is not computable: where its answer
// would change the outcome, that is a review.
OutcomeSet decide(std::span<const Standing>);

// Of rules that leave one outcome: whether those that are open may still change its contents, the conditions of an approval or
// what is modified.
bool contents_open(std::span<const Standing>);

struct Item {
  OutcomeSet outcomes;
  Truth included;
};
OutcomeSet fold_items(FoldItems, std::span<const Item>);

// Whether an item of a line gives it its contents: it qualifies, where that is what is approved and some item does; else it ends as
// the line does.
bool gives_contents(FoldItems, Outcome line, bool some_qualify, Outcome item);

}  // namespace rubric::vm
