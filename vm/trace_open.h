// What is open on a line, in words: which facts are missing, which cannot matter, and which answers are enough.
#pragma once

#include "vm/case_reading.h"
#include "vm/settle.h"

namespace rubric::vm {

// What stood there is replaced.
void read_open_facts(const CaseReading&, const Settlement&, Row line, LineTrace&);

}  // namespace rubric::vm
