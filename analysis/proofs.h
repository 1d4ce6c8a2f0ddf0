// What a solver can say of one policy: cases that no rule decides or that rules decide differently, rules that can never
// fire, criteria that can never matter, conditions that others imply.
//
// What exists is shown by a record that the machine has confirmed. What cannot be is proved of every record with all facts
// documented, and for any number of rows in a list (rows_enough.h): what only few rows cannot show is named as not decided. It has a record beside it that the machine has confirmed to come near: the rule that never fires where as
// many of its conditions hold as can; the rule that never stands where it is defeated; the criterion that never matters
// where a person's word on it, either way, changes nothing; the one that never differs as it always is; the member that
// others decide where both hold. What was neither shown nor proved is named with its reason.
#pragma once

#include "analysis/equivalence.h"
#include "base/source.h"

#include <functional>
#include <string>
#include <vector>

namespace rubric::analysis {

struct Finding {
  enum class Kind : uint8_t {
    gap,  // no rule stands
    conflict,  // rules conclude differently
    never_fires,  // a rule
    never_stands,  // a rule that fires only where it is defeated
    never_matters,  // a criterion: whatever it comes to, the decision is the same
    never_differs,  // a criterion that is always met, or never
    implied,  // a member of a group whose other members decide it
  } kind;
  std::string subject;  // the block, the rule, the criterion
  std::string others;  // conflict: the rules that stand; never_differs: "met" or "not met"; implied: the group
  std::string within;  // of what can never be, where it is proved of requests of so many lines: " in requests of up to 2 lines"
  Span span;
  std::string record;  // JSON on one line; empty: the machine confirmed none
};
struct Unproved {
  std::string subject;  // "rule Covered"
  std::string reason;
  Span span;
  bool timed_out = false;
};

struct Proofs {
  std::vector<Finding> found;
  std::vector<Unproved> unfinished;
};

using ProofProgress = std::function<void(size_t done, size_t of)>;  // clauses
Proofs prove(const vm::VerifiedProgram&, const ProofLimits& = {}, const ProofProgress& = {});

}  // namespace rubric::analysis
