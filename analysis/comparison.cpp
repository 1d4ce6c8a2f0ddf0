// See comparison.h.

#include "analysis/comparison.h"

#include "analysis/line_planes.h"
#include "vm/domains.h"
#include "vm/each_trace.h"
#include "vm/outcomes.h"
#include "vm/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cctype>

namespace rubric::analysis {

using vm::Id;
using vm::none_id;
using vm::Plane;
using vm::Row;

namespace {

// Where two truths differ, on lines.
Plane differing(const vm::Decisions& d, Id a, Id b) {
  const vm::Program& p = **d.program;
  const Id domain = p.registers[a].domain == none_id ? p.registers[b].domain : p.registers[a].domain;
  const uint32_t rows = rows_in(d, domain == none_id ? p.lines_domain : domain);
  const Truths x(d, a, rows), y(d, b, rows);
  Plane out = made(rows, [&](uint32_t w) { return (x.yes[w] ^ y.yes[w]) | (x.no[w] ^ y.no[w]); });
  return on_lines(d, std::move(out), domain == none_id ? p.lines_domain : domain);
}

// A criterion's statuses; what is none of these is undetermined.
struct Statuses {
  Plane met, not_met, not_applicable;

  Statuses(const vm::Decisions& d, const vm::Criterion& c, uint32_t rows) {
    const Truths applies(d, c.applicable, rows), value(d, c.value, rows);
    met = made(rows, [&](uint32_t w) { return applies.yes[w] & value.yes[w]; });
    not_met = made(rows, [&](uint32_t w) { return applies.yes[w] & value.no[w]; });
    not_applicable = applies.no;
  }
};

// The items below which a criterion of the line is shown, or none_id: where there are none, it is not.
Id shown_below(const vm::Program& p, const vm::Criterion& c) {
  for (Id up = c.parent; c.domain == p.lines_domain && up != none_id; up = p.criteria[up].parent) {
    if (p.criteria[up].domain != p.lines_domain) return p.criteria[up].domain;
  }
  return none_id;
}

Plane recorded_rows(const vm::Decisions& d, Id domain) {
  const Plane& phantom = d.rows_of(domain).phantom;
  return on_lines(d, made(rows_in(d, domain), [&](uint32_t w) { return ~phantom[w]; }), domain);
}

vm::Status status_at(const vm::Decisions& d, const vm::Criterion& c, Row r) {
  const vm::Truth applies = d.truth(c.applicable, r), value = d.truth(c.value, r);
  if (applies == vm::Truth::no) return vm::Status::not_applicable;
  if (applies != vm::Truth::yes) return vm::Status::undetermined;
  return value == vm::Truth::yes ? vm::Status::met : value == vm::Truth::no ? vm::Status::not_met : vm::Status::undetermined;
}

bool grants(const vm::Rule& r) { return r.outcome != vm::no_outcome && vm::granting(static_cast<vm::Outcome>(r.outcome)); }

// The outcome of a line on which no rule is open; nothing where several are left all the same.
std::optional<vm::Outcome> decided(const vm::Decisions& d, const vm::Program& p, Row line) {
  vm::Outcome out = vm::Outcome::not_decided;
  bool any = false;
  for (const vm::Block& b : p.blocks) {
    if (d.truth(b.scope, line) != vm::Truth::yes) continue;
    if (d.truth(b.version_gate, line) != vm::Truth::yes) {
      if (!any) out = vm::Outcome::gap;
      continue;
    }
    const auto set = static_cast<vm::OutcomeSet>(d.column(b.outcome).cell8[line]);
    if (!vm::has_one(set)) return std::nullopt;
    const vm::Outcome here = vm::the_one(set);
    out = any && here != out ? vm::Outcome::conflict : here;
    any = true;
  }
  return out;
}

bool same_settlement(const vm::Settlement& a, const vm::Settlement& b) {
  const auto asked = [](const vm::Settlement& s) {
    std::vector<std::tuple<vm::OpenFact::Kind, std::string, vm::OutcomeSet>> out;
    for (const vm::OpenFact& f : s.missing) out.emplace_back(f.kind, f.fact, f.could_lead_to);
    std::sort(out.begin(), out.end());   // the order in which clauses stand is no reason
    return out;
  };
  return a.possible == b.possible && a.recommendation == b.recommendation && a.by_when_undetermined == b.by_when_undetermined &&
         asked(a) == asked(b);
}

}  // namespace

// What is found on the lines, a bit each.
struct Comparison::Lines {
  explicit Lines(uint32_t rows)
      : rows(rows),
        open(vm::words(rows)),
        edited_open(open),
        scope(open),
        rules(open),
        grant(open),
        status(open),
        reasoning(open),
        traces(open),
        one_block(open),
        blocks(open) {}
  uint32_t rows;
  Plane open;           // something that decides the line is open, in either version
  Plane edited_open;    // ... or a clause that was edited is
  Plane scope, rules;   // which block decides, which rules stand: otherwise than before
  Plane grant;          // an approval has other contents, if it is one
  Plane status, reasoning;
  Plane traces;         // only traces can tell
  Plane one_block, blocks;   // in the scope of a block; of several
};

Comparison::Comparison(const vm::Joined& joined, size_t before, size_t after)
    : code_(joined.only(std::vector<size_t>{before, after})),
      whole_(joined.whole),
      before_(joined.members[before]),
      after_(joined.members[after]),
      a_(*before_),
      b_(*after_),
      pairs_(a_, b_) {
  for (const vm::Program* p : {&a_, &b_})
    tests_record_ |= std::any_of(p->rules.begin(), p->rules.end(), [](const vm::Rule& r) { return r.reads_record; });
}

// ---------------------------------------------------------------- planes

void Comparison::compare_criterion(const vm::Decisions& d, const CriterionPair& pair, Lines& out) const {
  if (!pair.before || !pair.after) {
    const vm::Criterion& c = pair.before ? *pair.before : *pair.after;
    const uint32_t rows = rows_in(d, c.domain);
    const Statuses s(d, c, rows);
    add(out.reasoning, recorded_rows(d, c.domain));
    add(out.edited_open, on_lines(d, made(rows, [&](uint32_t w) { return ~(s.met[w] | s.not_met[w] | s.not_applicable[w]); }), c.domain));
    return;
  }
  const vm::Criterion &x = *pair.before, &y = *pair.after;
  if (x.domain != y.domain) return add(out.traces, made(out.rows, [](uint32_t) { return ~uint64_t{0}; }));
  const uint32_t rows = rows_in(d, x.domain);
  const Plane& phantom = d.rows_of(x.domain).phantom;
  if (x.applicable != y.applicable || x.value != y.value || pair.edited) {
    const Statuses a(d, x, rows), b(d, y, rows);
    add(out.status, on_lines(d,
                             made(rows,
                                  [&](uint32_t w) {
                                    return ~phantom[w] & ((a.met[w] ^ b.met[w]) | (a.not_met[w] ^ b.not_met[w]) |
                                                          (a.not_applicable[w] ^ b.not_applicable[w]));
                                  }),
                             x.domain));
    if (pair.edited) {
      const auto open = [](const Statuses& s, uint32_t w) { return ~(s.met[w] | s.not_met[w] | s.not_applicable[w]); };
      add(out.edited_open, on_lines(d, made(rows, [&](uint32_t w) { return open(a, w) | open(b, w); }), x.domain));
    }
  }
  if (pair.same_sites && pair.looked_at.empty()) return;
  Plane seen(vm::words(out.rows));
  if (!pair.same_sites) add(seen, recorded_rows(d, x.domain));
  for (const auto& [r, s] : pair.looked_at) add(seen, differing(d, r, s));
  // Where a criterion does not apply, nothing of it is looked at but why.
  if (x.domain == a_.lines_domain && x.applies_site != none_id) {
    const Statuses a(d, x, rows), b(d, y, rows);
    for (size_t w = 0; w < seen.size(); ++w) seen[w] &= ~(a.not_applicable[w] & b.not_applicable[w]);
  }
  add(out.reasoning, seen);
}

void Comparison::compare_rule(const vm::Decisions& d, const RulePair& pair, Lines& out) const {
  const vm::Rule& any = pair.before ? *pair.before : *pair.after;
  if (pair.before && pair.after && pair.before->domain != pair.after->domain)
    return add(out.traces, made(out.rows, [](uint32_t) { return ~uint64_t{0}; }));
  const uint32_t rows = rows_in(d, any.domain);
  const auto lines = [&](auto word) { return on_lines(d, made(rows, word), any.domain); };
  const bool same = pair.before && pair.after && pair.before->fires == pair.after->fires && pair.before->stands == pair.after->stands;
  std::vector<std::pair<Truths, Truths>> states;   // fires, stands; of a rule that only one version has: twice the same
  for (const vm::Rule* r : {pair.before ? pair.before : pair.after, pair.after ? pair.after : pair.before}) {
    if (!states.empty() && same) break;
    states.emplace_back(Truths(d, r->fires, rows), Truths(d, r->stands, rows));
  }
  const auto &x = states.front(), &y = states.back();
  add(out.open, lines([&](uint32_t w) { return ~(x.second.yes[w] | x.second.no[w]) | ~(y.second.yes[w] | y.second.no[w]); }));
  for (const vm::Rule* r : {pair.before, pair.after}) {
    if (!r || r->equals_request == none_id) continue;
    const Truths equal(d, r->equals_request, rows), stands(d, r->stands, rows);
    add(out.open, lines([&](uint32_t w) { return ~(equal.yes[w] | equal.no[w]) & ~stands.no[w]; }));
  }
  const auto fires = [&](uint32_t w) { return ~x.first.no[w] | ~y.first.no[w]; };
  if (!pair.before || !pair.after || pair.edited) {
    add(out.edited_open, lines([&](uint32_t w) {
          return ~(x.first.yes[w] | x.first.no[w]) | ~(y.first.yes[w] | y.first.no[w]) | ~(x.second.yes[w] | x.second.no[w]) |
                 ~(y.second.yes[w] | y.second.no[w]);
        }));
  }
  if (!pair.before || !pair.after) {
    const Plane here = lines(fires);
    add(out.rules, here);
    return add(out.reasoning, here);
  }
  if (!same) {
    const Plane here = lines([&](uint32_t w) {
      return (x.first.yes[w] ^ y.first.yes[w]) | (x.first.no[w] ^ y.first.no[w]) | (x.second.yes[w] ^ y.second.yes[w]) |
             (x.second.no[w] ^ y.second.no[w]);
    });
    add(out.rules, here);
    add(out.reasoning, here);
  }
  if (pair.before->outcome != pair.after->outcome) add(out.reasoning, lines(fires));
  if (!pair.other_grant() || !grants(*pair.before) || !grants(*pair.after)) return;
  add(out.edited_open, lines([&](uint32_t w) { return ~x.second.no[w] | ~y.second.no[w]; }));
  const Plane stands = made(rows, [&](uint32_t w) { return x.second.yes[w] & y.second.yes[w]; });
  // Which of several items lend their rules' contents to the line, and whether these are others, is for traces to say.
  if (pair.other_contents || any.domain != a_.lines_domain) return add(out.traces, on_lines(d, stands, any.domain));
  if (pair.other_conditions) add(out.grant, stands);
  else
    each_row(stands, [&](Row r) {
      const auto value = [&](const vm::Program& p, Id reg) { return d.value(reg, p.registers[reg].domain == none_id ? 0 : r); };
      const auto differ = [&](const Registers& q) { return !vm::same(value(a_, q.first), value(b_, q.second)); };
      if (std::any_of(pair.quoted.begin(), pair.quoted.end(), differ)) vm::set_bit(out.grant, r, true);
    });
}

void Comparison::compare_block(const vm::Decisions& d, const BlockPair& pair, Lines& all) const {
  Lines out(all.rows);
  const vm::Block &before = pair.before ? *pair.before : *pair.after, &after = pair.after ? *pair.after : *pair.before;
  const Truths scope_a(d, before.scope, all.rows), scope_b(d, after.scope, all.rows), gate_a(d, before.version_gate, all.rows),
      gate_b(d, after.version_gate, all.rows);
  const Plane in = made(all.rows, [&](uint32_t w) { return ~(scope_a.no[w] & scope_b.no[w]); });
  if (!pair.before || !pair.after) {
    add(all.traces, in);
    return add(all.open, made(all.rows, [&](uint32_t w) { return in[w] & ~scope_a.yes[w]; }));
  }
  for (const CriterionPair& each : pair.criteria) {
    const Id items = shown_below(each.after ? b_ : a_, each.after ? *each.after : *each.before);
    if (items == none_id) {
      compare_criterion(d, each, out);
      continue;
    }
    Lines found(all.rows);
    compare_criterion(d, each, found);
    const Plane shown = recorded_rows(d, items);
    for (size_t w = 0; w < shown.size(); ++w) {
      out.status[w] |= found.status[w] & shown[w], out.reasoning[w] |= found.reasoning[w] & shown[w];
      out.edited_open[w] |= found.edited_open[w], out.traces[w] |= found.traces[w];
    }
  }
  for (const RulePair& each : pair.rules) compare_rule(d, each, out);
  for (const auto* t : {&scope_a, &scope_b, &gate_a, &gate_b})
    add(out.open, made(all.rows, [&](uint32_t w) { return ~(t->yes[w] | t->no[w]); }));
  if (before.items != none_id) {
    const uint32_t rows = rows_in(d, before.items);
    for (const vm::Block* b : {&before, &after}) {
      const Truths t(d, b->item_scope, rows);
      add(out.open, on_lines(d, made(rows, [&](uint32_t w) { return ~(t.yes[w] | t.no[w]); }), before.items));
    }
    if (before.item_scope != after.item_scope) add(out.traces, differing(d, before.item_scope, after.item_scope));
  }
  if (pair.other_end) add(out.edited_open, out.open);
  // An answer also changes what a test of the record says, whose rule is not open.
  if (tests_record_ && pair.edited()) {
    for (const auto& [version, block] : {std::pair(&a_, &before), std::pair(&b_, &after)}) {
      for (const Id id : block->criteria) {
        const vm::Criterion& c = version->criteria[id];
        const uint32_t rows = rows_in(d, c.domain);
        const Statuses s(d, c, rows);
        add(out.edited_open,
            on_lines(d, made(rows, [&](uint32_t w) { return ~(s.met[w] | s.not_met[w] | s.not_applicable[w]); }), c.domain));
      }
    }
  }
  if (before.scope != after.scope) add(out.scope, differing(d, before.scope, after.scope));
  if (before.version_gate != after.version_gate) add(out.scope, differing(d, before.version_gate, after.version_gate));
  if (!pairs_.alike(before.scope, after.scope, true) || !pairs_.alike(before.version_gate, after.version_gate, true))
    add(out.edited_open, out.open);
  const auto here = [&](Plane& to, const Plane& from) {
    for (size_t w = 0; w < to.size(); ++w) to[w] |= from[w] & in[w];
  };
  here(all.open, out.open), here(all.edited_open, out.edited_open), here(all.scope, out.scope), here(all.rules, out.rules);
  // Statuses are those of lines that both decide.
  for (size_t w = 0; w < in.size(); ++w) all.status[w] |= out.status[w] & ~(scope_a.no[w] | scope_b.no[w]);
  here(all.grant, out.grant), here(all.reasoning, out.reasoning), here(all.traces, out.traces);
  for (size_t w = 0; w < in.size(); ++w) {
    all.blocks[w] |= all.one_block[w] & in[w];
    all.one_block[w] |= in[w];
  }
}

// ---------------------------------------------------------------- lines

std::pair<vm::LineTrace, vm::LineTrace> Comparison::traces(vm::Decisions& d, const LineFinding& f) const {
  const auto traced = [&](const vm::VerifiedProgram& version) -> vm::LineTrace {
    vm::seen_as(d, version);
    vm::Trace trace = vm::trace_alone(d, f.case_row, f.line);
    vm::seen_as(d, whole_);
    for (vm::LineTrace& line : trace.lines) {
      if (line.sequence == f.sequence) return std::move(line);
    }
    return {};
  };
  vm::LineTrace before = traced(before_);
  return {std::move(before), traced(after_)};
}

LineFinding Comparison::by_traces(vm::Decisions& d, LineFinding f) const {
  const auto [was, is] = traces(d, f);
  const LineFinding found = compared(was, is);
  f.difference = found.difference, f.before = found.before, f.after = found.after, f.traced = true;
  return f;
}

// Lines that are open, all together: they have been found (`open` says which) and wait for their outcomes.
void Comparison::settle(vm::Decisions& d, vm::Settler& settler, const Lines& lines, std::span<const size_t> open,
                        std::vector<LineFinding>& found) const {
  if (open.empty()) return;
  std::vector<Row> each, apart;
  // What is open alike ends alike: both have the same completions.
  const bool some_alike = pairs_.counterparts() && !tests_record_;
  const Plane unlike = some_alike ? pairs_.counterparts()->unlike(d) : Plane();
  for (const size_t k : open) {
    each.push_back(found[k].line);
    if (!some_alike || vm::bit(unlike, found[k].line)) apart.push_back(found[k].line);
  }
  vm::CloseLook look = vm::look_closely(d, each, &code_);
  const auto settled = [&](const vm::VerifiedProgram& version, const std::vector<Row>& rows, vm::Settle how) {
    vm::seen_as(d, version);
    std::vector<vm::Settlement> out = settler.settle(d, look, rows, how);
    vm::seen_as(d, whole_);
    return out;
  };
  if (pairs_.counterparts()) settler.share(before_, after_);
  const std::vector<vm::Settlement> was = settled(before_, each, vm::Settle::outcome), is = settled(after_, apart, vm::Settle::outcome);
  std::vector<size_t> unexplained;      // of those apart, by whose planes nothing differs
  size_t next = 0;
  for (size_t k = 0; k < open.size(); ++k) {
    LineFinding& f = found[open[k]];
    const bool own = next < apart.size() && apart[next] == each[k];
    const vm::Settlement& then = own ? is[next] : was[k];
    next += own;
    f.before = was[k].outcome, f.after = then.outcome;
    if (!settled_by_planes(d, f, lines) && own && !was[k].way.is_same_as(then.way)) unexplained.push_back(open[k]);
  }
  // The same outcome may wait for other facts.
  std::vector<Row> rows;
  for (const size_t k : unexplained) rows.push_back(found[k].line);
  const std::vector<vm::Settlement> old = settled(before_, rows, vm::Settle::reasons), now = settled(after_, rows, vm::Settle::reasons);
  for (size_t k = 0; k < rows.size(); ++k) {
    if (!same_settlement(old[k], now[k])) found[unexplained[k]].difference = Difference::reasoning;
  }
}

// Whether a line whose outcomes are known has a difference that outcomes and planes show.
bool Comparison::settled_by_planes(vm::Decisions& d, LineFinding& f, const Lines& lines) const {
  const auto at = [&](const Plane& p) { return vm::bit(p, f.line); };
  if (f.before != f.after) f.difference = Difference::outcome;
  else if (vm::granting(f.after) && (at(lines.rules) || at(lines.grant))) f = by_traces(d, f);
  else if (at(lines.status)) f.difference = Difference::status;
  else if (at(lines.reasoning) || at(lines.scope)) f.difference = Difference::reasoning;
  else return false;
  return true;
}

std::vector<LineFinding> Comparison::findings(vm::Decisions& d, const std::vector<bool>* wanted) const {
  vm::Settler settler;
  return findings(d, settler, wanted);
}

std::vector<LineFinding> Comparison::findings(vm::Decisions& d, vm::Settler& settler, const std::vector<bool>* wanted) const {
  vm::seen_as(d, whole_);
  const vm::Program& p = b_;
  const vm::DomainRows& rows = d.rows_of(p.lines_domain);
  Lines lines(rows.rows);
  for (const BlockPair& each : pairs_.blocks()) compare_block(d, each, lines);
  const auto at = [](const Plane& plane, Row r) { return vm::bit(plane, r); };
  std::vector<LineFinding> out;
  std::vector<size_t> to_settle;
  out.reserve(rows.rows);
  for (Row c = 0; c < d.batch->cases; ++c) {
    if (d.batch->info.is_rejected(c) || d.limited[c / 64] >> (c % 64) & 1) continue;
    for (Row line = rows.first[c]; line < rows.first[c + 1]; ++line) {
      if (at(rows.phantom, line) || (wanted && !(*wanted)[line])) continue;
      LineFinding f{c, line, rows.number(line) + 1};
      if (p.line_sequence != none_id) {
        if (const vm::Value v = d.value(p.line_sequence, line); v.kind == vm::Kind::value) f.sequence = static_cast<uint32_t>(v.i);
      }
      const bool other_rules = at(lines.rules, line), grant = at(lines.grant, line);
      const bool differs = other_rules || grant || at(lines.scope, line) || at(lines.status, line) || at(lines.reasoning, line);
      const auto was = decided(d, a_, line), is = decided(d, b_, line);
      const bool open = at(lines.open, line) || !was || !is;
      if (at(lines.traces, line) || (differs && at(lines.blocks, line))) {
        f = by_traces(d, f);
      } else if ((open || tests_record_) && (differs || at(lines.edited_open, line))) {
        to_settle.push_back(out.size());
      } else if (open) {
        f.open_alike = true;
      } else {
        f.before = *was, f.after = *is;
        if (f.before != f.after || (grant && vm::granting(f.after))) f.difference = Difference::outcome;
        else if (other_rules && vm::granting(f.after)) f = by_traces(d, f);
        else if (at(lines.status, line)) f.difference = Difference::status;
        else if (differs) f.difference = Difference::reasoning;
      }
      out.push_back(f);
    }
  }
  settle(d, settler, lines, to_settle, out);
  return out;
}

std::vector<StatusChange> Comparison::statuses(vm::Decisions& d, const LineFinding& f) const {
  if (f.traced) {
    const auto [was, is] = traces(d, f);
    return analysis::statuses(was, is);
  }
  std::vector<StatusChange> out;
  for (const BlockPair& block : pairs_.blocks()) {
    if (!block.before || !block.after) continue;
    if (d.truth(block.before->scope, f.line) == vm::Truth::no || d.truth(block.after->scope, f.line) == vm::Truth::no) continue;
    for (const CriterionPair& pair : block.criteria) {
      if (!pair.before || !pair.after || pair.before->domain != pair.after->domain) continue;
      if (pair.before->value == pair.after->value && pair.before->applicable == pair.after->applicable) continue;
      const Id domain = pair.after->domain;
      const auto compare = [&](Row r, const std::string& on) {
        const vm::Status was = status_at(d, *pair.before, r), is = status_at(d, *pair.after, r);
        if (was != is) out.push_back({b_.texts[pair.after->name] + on, was, is, "", ""});
      };
      if (domain == b_.lines_domain) {
        const Id items = shown_below(b_, *pair.after);
        if (items == none_id || vm::bit(recorded_rows(d, items), f.line)) compare(f.line, "");
        continue;
      }
      const vm::DomainDef& def = b_.domains[domain];
      std::string word = b_.texts[b_.nodes[b_.domains[def.make == vm::Make::cross ? def.from : domain].node].name];
      for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      const vm::DomainRows& rows = d.rows_of(domain);
      for (Row r = rows.first[f.line]; r < rows.first[f.line + 1]; ++r) {
        if (!vm::bit(rows.phantom, r)) compare(r, fmt::format(" on {} {}", word, r - rows.first[f.line] + 1));
      }
    }
  }
  std::sort(out.begin(), out.end(), [](const StatusChange& a, const StatusChange& b) { return a.criterion < b.criterion; });
  return out;
}

}  // namespace rubric::analysis
