// What a trace says of a case beside its lines, and of each line.
#pragma once

#include "vm/case_reading.h"
#include "vm/settle.h"

#include <span>
#include <vector>

namespace rubric::vm {

// Whether a case has lines to say something of.
bool is_decided(const Decisions&, Row case_row);

// All but the lines. What stood in the trace is replaced.
void read_case(const CaseReading&, Trace&);

// What was asked for: the line's number, code, service and dates.
void read_request(const CaseReading&, Row line, LineTrace&);
// All of it.
LineTrace line_trace(const CaseReading&, const Settlement&, Row line, bool with_criteria);

// The lines that the cases of a run have, in order, settled together.
class SettledLines {
 public:
  SettledLines(const Decisions&, Settler&, Settle = Settle::all);

  std::span<const Row> lines(Row case_row) const { return std::span(lines_).subspan(first_[case_row], count(case_row)); }
  std::span<const Settlement> settled(Row case_row) const { return std::span(settled_).subspan(first_[case_row], count(case_row)); }

 private:
  size_t count(Row case_row) const { return first_[case_row + 1] - first_[case_row]; }

  std::vector<Row> lines_;
  std::vector<size_t> first_{0};         // of each case
  std::vector<Settlement> settled_;
};

}  // namespace rubric::vm
