// Values in words a reviewer reads: "2025-11-03", "between 2025-08-14 and 2025-10-14", "40", "6 weeks".
#pragma once

#include "vm/record.h"

#include <string>

namespace rubric::vm {

// Empty where there is no value: none and unknown have no words of their own here.
std::string words_of(const Batch&, const Value&);

}  // namespace rubric::vm
