// What a solver can say of one policy: cases that no rule decides or that rules decide differently, rules that can never
// fire, criteria that can never matter, conditions that others imply.
//
// What exists is shown by a record that the machine has confirmed. What cannot be is proved within the bounds of
// equivalence.h. What was neither shown nor proved is named with its reason.
#pragma once

#include "analysis/equivalence.h"
#include "base/source.h"

#include <string>
#include <vector>

namespace rubric::analysis {

struct Finding {
  enum class Kind : uint8_t {
    gap,            // no rule stands
    conflict,       // rules conclude differently
    never_fires,    // a rule
    never_stands,   // a rule that fires only where it is defeated
    never_matters,  // a criterion: whatever it comes to, the decision is the same
    never_differs,  // a criterion that is always met, or never
    implied,        // a member of a group whose other members decide it
  } kind;
  std::string subject;   // the block, the rule, the criterion
  std::string others;    // conflict: the rules that stand; never_differs: "met" or "not met"; implied: the group
  Span span;
  std::string record;    // gap, conflict: a case, as JSON
};

struct Proofs {
  std::vector<Finding> found;
  std::vector<std::string> unfinished;   // "rule Covered: the solver ran out of time"
  uint32_t rows = 0;
};

Proofs prove(const vm::VerifiedProgram&, const ProofLimits& = {});

}  // namespace rubric::analysis
