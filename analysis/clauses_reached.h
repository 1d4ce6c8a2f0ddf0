// Clauses that records with few rows cannot show both ways: a rule that never stands where a list has room for four rows, a
// criterion that is never met there. A proof about such records says nothing of what they do with more.
//
// Clauses whose state rests on lists with room for as many rows as matter (rows_enough.h) are not among them, whatever they
// come to: nor are those that their own logic fixes (free_truths.h).
#pragma once

#include "analysis/record_questions.h"

#include <string>
#include <vector>

namespace rubric::analysis {

// "rule Covered never stands", "criterion Tried is never met"; one that was not settled in time is among them too.
std::vector<std::string> clauses_not_reached(const vm::VerifiedProgram&, const ProofSize&, ProofEffort);

// "up to 2 rows in a list, 4 in trials, requests of up to 2 lines".
std::string words(const ProofSize&);

}  // namespace rubric::analysis
