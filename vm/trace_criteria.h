// The outline of a block's criteria at a line: each with its status, why, and the values that were looked at.
#pragma once

#include "vm/case_reading.h"

namespace rubric::vm {

std::vector<CriterionTrace> outline(const CaseReading&, const Block&, Row line);

}  // namespace rubric::vm
