// Whether two programs decide every record alike because their rules do, whatever the conditions below the rules come to: a
// proof without bounds, and quick.
//
// The programs are joined. What both compute alike, instruction by instruction, has one name in both; of that, each truth that
// is not made of other truths of its row (a comparison, a fold over rows, a person's word) may be any of the four: yes, no,
// unknown, none. The solver is asked whether the rules above come to something else in one of the programs.
//
// A truth is two: as the record stands, which tests of the record (`is shown`) and statuses look at, and as a completion has
// it, which outcomes rest on (section 5 of the semantics). A completion leaves what is certain as it is.
//
// Truths are taken to be independent, which they may not be: what is proved holds of every record, open ones and those in
// which persons overrule criteria among them; of what is not proved nothing is said. equivalence.h asks about records then.
#pragma once

#include "vm/join.h"

#include <cstdint>

namespace rubric::analysis {

// `tested`: also which rules give the outcome, and the statuses of the criteria that both have, as tests can expect them. The
// recommendation that goes with a review is not compared. `overruled`: also of records in which a person's word overrules a
// criterion.
bool rules_alike(const vm::Joined& of_two, bool tested, bool overruled, uint32_t milliseconds);

}  // namespace rubric::analysis
