// A record that two versions of a policy decide differently, found by trying: those that tests start from, records one or two
// changes away from them, and records that show the policy from many sides.
//
// It is quick and not held to as many rows in a list as a solver is (equivalence.h). That nothing is found says nothing.
#pragma once

#include "analysis/equivalence.h"
#include "analysis/made_record.h"
#include "vm/verify.h"

#include <optional>
#include <vector>

namespace rubric::analysis {

std::optional<TriedRecord> search_difference(const vm::VerifiedProgram& before, const vm::VerifiedProgram& after,
                                             const std::vector<Json>& seeds);

}  // namespace rubric::analysis
