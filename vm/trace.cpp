// A case's trace: nothing was recorded for it while running, everything still stands in the registers.
#include "vm/each_trace.h"

#include "vm/case_reading.h"
#include "vm/domains.h"
#include "vm/outcomes.h"
#include "vm/run_parts.h"
#include "vm/trace_criteria.h"
#include "vm/trace_open.h"
#include "vm/trace_rules.h"
#include "vm/value_words.h"

#include <iterator>
#include <utility>

namespace rubric::vm {
namespace {

bool is_limited(const Decisions& d, Row c) { return d.limited[c / 64] >> (c % 64) & 1; }

// Whether a case has lines to say something of.
bool is_decided(const Decisions& d, Row c) {
  return !d.batch->info.is_rejected(c) && !is_limited(d, c) && (**d.program).lines_domain != none_id;
}

class Tracing {
 public:
  Tracing(const Decisions& d, bool with_criteria, Pictures pictures)
      : d_(d), p_(**d.program), program_(p_, pictures), full_(with_criteria), pictures_(pictures) {}

  // `settled`: of the case's lines in order, or nullptr. One line alone, where one is named.
  Trace run(Row case_row, Settlement* settled, std::optional<Row> only = {}) const {
    const CaseReading at(d_, case_row, pictures_, program_);
    Trace t;
    t.case_id = at.info.id;
    t.source = at.info.source;
    t.policy = p_.name;
    t.policy_version = p_.version;
    t.digest = p_.digest;
    t.as_of = at.info.as_of;
    t.rejected = at.info.rejected;
    t.messages = at.info.messages;
    if (!t.rejected && is_limited(d_, case_row)) {
      t.rejected = true;
      t.messages.push_back({"", "the case has more rows to look at than one case may have; nothing was decided", true});
    }
    if (!is_decided(d_, case_row)) return t;
    const auto [begin, end] = case_rows(d_, p_.lines_domain, case_row);
    t.lines.reserve(end - begin);
    for (Row line = begin; line < end; ++line) {
      if (only.value_or(line) != line || bit(d_.rows_of(p_.lines_domain).phantom, line)) continue;
      t.lines.push_back(this->line(at, line, settled ? std::move(*settled++) : settle(d_, line)));
    }
    return t;
  }

 private:
  LineTrace line(const CaseReading& at, Row line, const Settlement& s) const {
    LineTrace t;
    request(t, line);
    t.outcome = s.outcome;
    t.exact = s.exact;
    for (uint8_t o = 0; o < std::size(outcome_rows); ++o) {
      if (s.possible >> o & 1) t.possible.push_back(static_cast<Outcome>(o));
    }
    const OutcomeRow& row = outcome_row(s.outcome);
    t.action = row.action;
    t.requires_clinician = row.clinician;
    t.requires_person = row.clinician || s.outcome == Outcome::review || s.outcome == Outcome::conflict || s.outcome == Outcome::gap;
    if (s.recommendation != Outcome::not_decided) t.recommendation = outcome_row(s.recommendation).json;
    add_open_facts(at, s, line, t);
    if (s.block != none_id) {
      add_decision(at, s, line, full_, t);
      if (full_) t.criteria = outline(at, p_.blocks[s.block], line);
    }
    add_remarks(at, s.block, line, t);
    return t;
  }

  // What was asked for.
  void request(LineTrace& t, Row line) const {
    const auto value = [&](Id reg) { return reg == none_id ? Value{} : d_.value(reg, line); };
    const Value sequence = value(p_.line_sequence);
    t.sequence = sequence.kind == Kind::value ? static_cast<uint32_t>(sequence.i) : d_.rows_of(p_.lines_domain).number(line) + 1;
    if (const Value code = value(p_.line_code); code.kind == Kind::value) {
      const auto [system, text] = d_.batch->code(static_cast<Id>(code.i));
      t.code_system = d_.batch->text(system);
      t.code = d_.batch->text(text);
    }
    t.service = words_of(*d_.batch, value(p_.line_service));
    const Value date = value(p_.line_date);
    t.date = words_of(*d_.batch, date);
    t.decided_by_received = date.kind == Kind::unknown;
    t.decided_date = words_of(*d_.batch, value(program_.decided_date));
  }

  const Decisions& d_;
  const Program& p_;
  const ProgramReading program_;
  const bool full_;
  const Pictures pictures_;
};

}  // namespace

Trace trace(const Decisions& d, Row case_row, bool with_criteria, Pictures pictures) {
  return Tracing(d, with_criteria, pictures).run(case_row, nullptr);
}

Trace trace_alone(const Decisions& d, Row case_row, std::optional<Row> line) {
  if (!is_decided(d, case_row)) return trace(d, case_row);
  auto alone = copies(*d.batch, std::span(&case_row, 1));
  alone->info[0] = d.batch->info[case_row];
  const Decisions decisions = run_whole(*d.program, std::move(alone));
  if (line) *line -= case_rows(d, (**d.program).lines_domain, case_row).first;
  return Tracing(decisions, true, Pictures::unwanted).run(0, nullptr, line);
}

void each_trace(const Decisions& d, Settler& settler, bool with_criteria, Pictures pictures, const std::function<void(Row, Trace)>& take) {
  const Id lines_domain = (**d.program).lines_domain;
  std::vector<Row> lines;
  std::vector<size_t> first{0};          // of each case
  for (Row c = 0; c < d.batch->cases; ++c) {
    if (is_decided(d, c)) {
      const auto [begin, end] = case_rows(d, lines_domain, c);
      for (Row line = begin; line < end; ++line) {
        if (!bit(d.rows_of(lines_domain).phantom, line)) lines.push_back(line);
      }
    }
    first.push_back(lines.size());
  }
  std::vector<Settlement> settled = settler.settle(d, lines);
  const Tracing tracing(d, with_criteria, pictures);
  for (Row c = 0; c < d.batch->cases; ++c) take(c, tracing.run(c, settled.data() + first[c]));
}

}  // namespace rubric::vm
