// Records decided by many policies at once (policies.h): each goes to the policies that may decide one of its lines, by the lines'
// codes.
//
// Policies that run as one program read a record as one, too. A record on which something is to be remarked is decided by each
// alone, since remarks depend on what a policy reads; so each determination has the bytes that the policy alone gives.
#pragma once

#include "cli/decide_cases.h"
#include "cli/policies.h"

namespace rubric::cli {

// As decide_cases: of each case one determination for each policy that decides a line of it, in the order of the policies.
// A case of which none does has one determination, of no policy.
void decide_many(const NextRecord&, const Policies&, const DecideOptions&, const std::function<bool(Decided&&)>& done);

}  // namespace rubric::cli
