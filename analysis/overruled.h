// Records in which persons overrule criteria: what parts two versions that come to the same as long as nobody does.
#pragma once

#include "analysis/made_record.h"
#include "vm/program.h"

#include <vector>

namespace rubric::analysis {

// Copies of a record: in each a person says another status of one criterion, or of those that a rule or a group names that all
// but one do not apply.
std::vector<Json> overruled(const vm::Program&, const Json& record);

}  // namespace rubric::analysis
