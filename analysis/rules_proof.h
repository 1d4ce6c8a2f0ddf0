// Whether two programs decide every record alike because their rules do, whatever the conditions below the rules come to: a
// proof without bounds, and quick.
//
// The programs are joined. What both compute alike, instruction by instruction, has one name in both; the truths below the rules
// are free (free_truths.h). The solver is asked whether the rules above come to something else in one of the programs. What is
// proved holds of every record, open ones and those in which persons overrule criteria among them, as far as the machine tries
// the completions of a line one by one; of what is not proved nothing is said, and equivalence.h asks about records.
#pragma once

#include "vm/join.h"

#include <cstdint>

namespace rubric::analysis {

// `tested`: also which rules give the outcome, and the statuses of the criteria that both have, as tests can expect them. The
// recommendation that goes with a review is not compared. `overruled`: also of records in which a person's word overrules a
// criterion.
bool rules_alike(const vm::Joined& of_two, bool tested, bool overruled, uint32_t milliseconds);

}  // namespace rubric::analysis
