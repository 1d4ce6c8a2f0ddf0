// What a trace says of a case beside its lines, and of each line.
#pragma once

#include "vm/case_reading.h"
#include "vm/settle.h"

#include <span>
#include <vector>

namespace rubric::vm {

// Whether a case has lines to say something of.
bool is_decided(const Decisions&, Row case_row);

// The cases of a run, from the first to the last.
std::vector<Row> all_cases(const Decisions&);

// All but the lines. What stood in the trace is replaced.
void read_case(const CaseReading&, Trace&);

// What was asked for: the line's number, code, service and dates.
void read_request(const CaseReading&, Row line, LineTrace&);
// What it has come to: neither what was asked for, nor what is open, nor criteria.
void read_outcome(const CaseReading&, const Settlement&, Row line, bool with_rules, LineTrace&);
// All of it.
LineTrace line_trace(const CaseReading&, const Settlement&, Row line, bool with_criteria);

// The lines that some cases of a run have, which stand in order, settled together.
class SettledLines {
 public:
  SettledLines(const Decisions&, std::span<const Row> cases, Settler&, Settle = Settle::all);

  // Of the case that stands at a place among those given.
  std::span<const Row> lines(size_t at) const { return std::span(lines_).subspan(first_[at], count(at)); }
  std::span<const Settlement> settled(size_t at) const { return std::span(settled_).subspan(first_[at], count(at)); }

 private:
  size_t count(size_t at) const { return first_[at + 1] - first_[at]; }

  std::vector<Row> lines_;
  std::vector<size_t> first_{0};         // of each case
  std::vector<Settlement> settled_;
};

}  // namespace rubric::vm
