// A case's trace: nothing was recorded for it while running, everything still stands in the registers.
#include "vm/each_trace.h"

#include "vm/domains.h"
#include "vm/run_parts.h"
#include "vm/trace_lines.h"

namespace rubric::vm {
namespace {

Trace trace_of_few(const Decisions& d, Row case_row, bool with_criteria, Pictures pictures, std::optional<Row> only) {
  const ProgramReading program(**d.program, pictures);
  const CaseReading at(d, case_row, pictures, program);
  Trace t;
  read_case(at, t);
  if (!is_decided(d, case_row)) return t;
  const auto [begin, end] = case_rows(d, at.p.lines_domain, case_row);
  for (Row line = begin; line < end; ++line) {
    if (only.value_or(line) != line || bit(d.rows_of(at.p.lines_domain).phantom, line)) continue;
    t.lines.push_back(line_trace(at, settle(d, line), line, with_criteria));
  }
  return t;
}

}  // namespace

Trace trace(const Decisions& d, Row case_row, bool with_criteria, Pictures pictures) {
  return trace_of_few(d, case_row, with_criteria, pictures, {});
}

Trace trace_alone(const Decisions& d, Row case_row, std::optional<Row> line) {
  if (!is_decided(d, case_row)) return trace(d, case_row);
  auto alone = copies(*d.batch, std::span(&case_row, 1));
  alone->info[0] = d.batch->info[case_row];
  const Decisions decisions = run_whole(*d.program, std::move(alone));
  if (line) *line -= case_rows(d, (**d.program).lines_domain, case_row).first;
  return trace_of_few(decisions, 0, true, Pictures::unwanted, line);
}

void each_trace(const Decisions& d, std::span<const Row> cases, Settler& settler, bool with_criteria, Pictures pictures,
                const std::function<void(Row, Trace)>& take, Settle how) {
  const ProgramReading program(**d.program, pictures);
  const SettledLines settled(d, cases, settler, how);
  for (size_t c = 0; c < cases.size(); ++c) {
    const CaseReading at(d, cases[c], pictures, program);
    const auto lines = settled.lines(c);
    Trace t;
    read_case(at, t);
    t.lines.reserve(lines.size());
    for (size_t k = 0; k < lines.size(); ++k) t.lines.push_back(line_trace(at, settled.settled(c)[k], lines[k], with_criteria));
    take(cases[c], std::move(t));
  }
}

void each_trace(const Decisions& d, Settler& settler, bool with_criteria, Pictures pictures, const std::function<void(Row, Trace)>& take,
                Settle how) {
  each_trace(d, all_cases(d), settler, with_criteria, pictures, take, how);
}

}  // namespace rubric::vm
