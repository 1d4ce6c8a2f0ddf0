// What a record says happened to the member, list by list: for whoever draws it.
//
// A decision knows only what its policy reads. Who looks at a decision wants to see the rest of the chart beside it, so
// this reads a batch of `reading_everything(program)` (whole_record.h), and nothing of what was decided. Every list of the
// case whose rows have a date is a part of the history, apart from the request's own lines.
#pragma once

#include "vm/record.h"
#include "vm/trace.h"

namespace rubric::vm {

// Nothing of a case that is rejected.
std::vector<HistoryTrace> history(const Batch& everything, Row case_row);

}  // namespace rubric::vm
