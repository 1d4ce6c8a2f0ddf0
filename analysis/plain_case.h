// A made record as a reader wants it: without what it is not for, and with the plainest values that still show what it is for.
#pragma once

#include "analysis/record_search.h"

#include <cstdint>
#include <vector>

namespace rubric::analysis {

// `features`: sorted, those of the search that the record shows and has to go on showing.
Json plain_case(RecordSearch&, Json record, const std::vector<uint32_t>& features);

}  // namespace rubric::analysis
