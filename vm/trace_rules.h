// What a line's outcome rests on: the rules that stand, what they grant, its items, and what the policy remarks.
#pragma once

#include "vm/case_reading.h"
#include "vm/settle.h"

namespace rubric::vm {

// `with_rules`: each rule by itself, too.
void add_decision(const CaseReading&, const Settlement&, Row line, bool with_rules, LineTrace&);
void add_remarks(const CaseReading&, Id block, Row line, LineTrace&);

}  // namespace rubric::vm
