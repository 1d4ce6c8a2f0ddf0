// What `test` blocks name that is not there: criteria, rules, conditions, records, words for outcomes and causes, and facts
// of the record. A misspelt name would only fail its test; said when the policy is checked, it has a place and a nearest name.
#pragma once

#include "compiler/compile.h"

#include <string_view>

namespace rubric {

void check_test_names(const Compiled&, Diagnostics&);

// Statuses, outcomes and causes may be written in words or as in the JSON: "not met" and notMet are one.
bool same_word(std::string_view, std::string_view);

}  // namespace rubric
