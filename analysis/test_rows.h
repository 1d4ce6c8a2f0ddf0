// A determination as a row of a table of tests: what a test would expect that says everything.
#pragma once

#include "analysis/made_record.h"
#include "vm/trace.h"

#include <string>
#include <string_view>
#include <vector>

namespace rubric::analysis {

// "approve by Covered", for each line; "line 1 ..., line 2 ..." where there are several.
std::string outcome_words(const vm::Trace&);
// " to { units: 1 }", of a line that is modified.
std::string contents_words(const vm::LineTrace&);
// "Covered met, Spacing on line 2 not met": every criterion.
std::string status_words(const vm::Trace&);

// The same one by one.
std::vector<std::string> statuses(const vm::Trace&);
// A value of a record as a test writes it: { code: 'x', date: @2026-01-31 }.
std::string record_words(const Json&);
// Changes of a record behind its name: " with lines[0].units = 2, without plan".
std::string change_words(const std::vector<Change>&);
// "not met"
std::string_view status_word(vm::Status);

}  // namespace rubric::analysis
