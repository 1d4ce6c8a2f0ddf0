#include "vm/trace_lines.h"

#include "vm/domains.h"
#include "vm/outcomes.h"
#include "vm/trace_criteria.h"
#include "vm/trace_open.h"
#include "vm/trace_rules.h"
#include "vm/value_words.h"

#include <iterator>
#include <numeric>

namespace rubric::vm {
namespace {

bool is_limited(const Decisions& d, Row c) { return d.limited[c / 64] >> (c % 64) & 1; }

}  // namespace

bool is_decided(const Decisions& d, Row c) {
  return !d.batch->info.is_rejected(c) && !is_limited(d, c) && (**d.program).lines_domain != none_id;
}

std::vector<Row> all_cases(const Decisions& d) {
  std::vector<Row> out(d.batch->cases);
  std::iota(out.begin(), out.end(), 0);
  return out;
}

void read_case(const CaseReading& at, Trace& t) {
  t.case_id = at.info.id;
  t.source = at.info.source;
  t.policy = at.p.name;
  t.policy_version = at.p.version;
  t.digest = at.p.digest;
  t.as_of = at.info.as_of;
  t.rejected = at.info.rejected;
  t.messages = at.info.messages;
  if (t.rejected || !is_limited(at.d, at.case_row)) return;
  t.rejected = true;
  t.messages.push_back({"", "the case has more rows to look at than one case may have; nothing was decided", true});
}

void read_request(const CaseReading& at, Row line, LineTrace& t) {
  const Decisions& d = at.d;
  const auto value = [&](Id reg) { return reg == none_id ? Value{} : d.value(reg, line); };
  const Value sequence = value(at.p.line_sequence), code = value(at.p.line_code), date = value(at.p.line_date);
  t.sequence = sequence.kind == Kind::value ? static_cast<uint32_t>(sequence.i) : d.rows_of(at.p.lines_domain).number(line) + 1;
  t.code_system.clear(), t.code.clear();
  if (code.kind == Kind::value) {
    const auto [system, text] = d.batch->code(static_cast<Id>(code.i));
    t.code_system = d.batch->text(system);
    t.code = d.batch->text(text);
  }
  t.service = words_of(*d.batch, value(at.p.line_service));
  t.date = words_of(*d.batch, date);
  t.decided_by_received = date.kind == Kind::unknown;
  t.decided_date = words_of(*d.batch, value(at.program.decided_date));
}

void read_outcome(const CaseReading& at, const Settlement& s, Row line, bool with_rules, LineTrace& t) {
  t.outcome = s.outcome;
  for (uint8_t o = 0; o < std::size(outcome_rows); ++o) {
    if (s.possible >> o & 1) t.possible.push_back(static_cast<Outcome>(o));
  }
  const OutcomeRow& row = outcome_row(s.outcome);
  t.action = row.action;
  t.requires_clinician = row.clinician;
  t.requires_person = row.clinician || s.outcome == Outcome::review || s.outcome == Outcome::conflict || s.outcome == Outcome::gap;
  if (s.recommendation != Outcome::not_decided) t.recommendation = outcome_row(s.recommendation).json;
  if (s.block != none_id) add_decision(at, s, line, with_rules, t);
  add_remarks(at, s.block, line, t);
}

LineTrace line_trace(const CaseReading& at, const Settlement& s, Row line, bool with_criteria) {
  LineTrace t;
  read_request(at, line, t);
  read_outcome(at, s, line, with_criteria, t);
  read_open_facts(at, s, line, t);
  if (with_criteria && s.block != none_id) t.criteria = outline(at, at.p.blocks[s.block], line);
  return t;
}

SettledLines::SettledLines(const Decisions& d, std::span<const Row> cases, Settler& settler, Settle how) {
  const Id lines_domain = (**d.program).lines_domain;
  for (const Row c : cases) {
    if (is_decided(d, c)) {
      const auto [begin, end] = case_rows(d, lines_domain, c);
      for (Row line = begin; line < end; ++line) {
        if (!bit(d.rows_of(lines_domain).phantom, line)) lines_.push_back(line);
      }
    }
    first_.push_back(lines_.size());
  }
  settled_ = settler.settle(d, lines_, how);
}

}  // namespace rubric::vm
