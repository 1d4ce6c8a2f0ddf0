#include "vm/open_facts.h"

#include "vm/domains.h"
#include "vm/kernels.h"
#include "vm/moment.h"
#include "vm/operator_forms.h"
#include "vm/prepared.h"

#include <algorithm>

namespace rubric::vm {
namespace {

// Whether a value is one of those that an open cell stands for.
bool allowed(const Context& c, const Value& open, const Value& v) {
  const auto fits_item = [&](const Value& item) {
    if (item.kind == Kind::none) return v.kind == Kind::none;
    if (v.kind == Kind::none) return false;
    if (item.kind == Kind::value) return compare_known(c, item, v) == 0;
    return (item.items[0].kind != Kind::value || compare_known(c, item.items[0], v) <= 0) &&
           (item.items[1].kind != Kind::value || compare_known(c, v, item.items[1]) <= 0);
  };
  if (open.kind != Kind::open) return true;
  return std::any_of(open.items, open.items + open.n, fits_item);
}

}  // namespace

Definitions::Tables::Tables(const Program& p) : by(p.registers.size(), nullptr), tests(p.registers.size(), false) {
  for (const Inst& i : p.code) {
    if (i.op == Op::unnest) elements[i.domain] = i.dst;
    if (i.op == Op::repeat || i.op == Op::scan) {
      made[p.operands[i.args]] = p.operands[i.args + (i.op == Op::scan ? 2 : 1)];
      continue;
    }
    by[i.dst] = &i;
    tests[i.dst] = i.op == Op::shown || i.op == Op::not_shown || i.op == Op::undetermined;
    for (uint32_t k = 0; k < i.n && !tests[i.dst]; ++k) tests[i.dst] = tests[p.operands[i.args + k]];
  }
}

Walk::Walk(const Decisions& d, const Definitions& definitions) : d_(d), definitions_(definitions), p_(**d.program), batch_(*d.batch) {}

Id Walk::arg(const Inst& i, uint32_t k) const { return p_.operands[i.args + k]; }

// Whether completions may still differ in a cell. Outcomes are followed through the rules behind them.
bool Walk::open(Id reg, Row r) const {
  const Column& c = d_.column(reg);
  if (c.type == Type::truth) return c.truth(r) == Truth::unknown;
  if (c.type == Type::outcome) return !has_one(static_cast<OutcomeSet>(c.cell8[c.at(r)]));
  const Value v = get(c, r, d_.pool);
  return v.kind == Kind::unknown || v.kind == Kind::open;
}

// A register of all rows has one. A column that is the same on every row says nothing of the rows behind it.
Row Walk::at(Id reg, Row r) const { return p_.registers[reg].domain == none_id ? 0 : r; }

Row Walk::above(Id domain, Row r, Id target) const { return target == none_id ? 0 : d_.ancestor(domain, r, target); }

size_t Walk::fact(OpenFact::Kind kind, std::string name, Cause cause) {
  const auto [at, added] = fact_of_.try_emplace(std::to_string(static_cast<int>(kind)) + name, facts.size());
  if (added) facts.push_back({kind, std::move(name), cause, {}, 0});
  return at->second;
}

size_t Walk::list_fact(Id domain, Row r) {
  // A made row stands for a record row; a phantom's fact is the list that it stands in.
  while (p_.domains[domain].make == Make::cross) {
    const Row source = d_.rows_of(domain).src[r];
    const Id from = p_.domains[domain].from;
    if (source == no_row) {
      // Not known to which row the owner refers: the owner's own list is what is open.
      const Id parent = p_.domains[domain].parent;
      return list_fact(parent, d_.rows_of(domain).up[r]);
    }
    r = source;
    domain = from;
  }
  return fact(OpenFact::Kind::record, place_of_list(batch_, domain, r).pointer, Cause::incomplete);
}

size_t Walk::column_fact(const Inst& i, Row r) {
  const ColumnDef& c = p_.columns[i.imm];
  if (c.kind == ColumnKind::judgment) return fact(OpenFact::Kind::judgment, p_.texts[p_.criteria[c.criterion].name], Cause::judgment);
  if (c.kind == ColumnKind::as_of) return fact(OpenFact::Kind::record, "/decisionDate", Cause::not_documented);
  const DomainRows& rows = d_.rows_of(c.domain);
  if (c.domain != 0 && bit(rows.phantom, r)) return list_fact(c.domain, r);
  const Value v = get(batch_.columns[i.imm], r, batch_.pool);
  const Place place = place_of_column(batch_, i.imm, r);
  Cause cause = v.cause == Cause::nothing ? Cause::not_documented : v.cause;
  for (const Claim& c : batch_.info[place.case_row].claims) {
    if (c.pointer == place.pointer) cause = Cause::disputed;
  }
  return fact(OpenFact::Kind::record, place.pointer, cause);
}

Variable& Walk::variable(Cell cell) {
  const auto [at, added] = variable_of_.try_emplace(cell, variables.size());
  if (added) variables.push_back({cell, {}, {}, {}});
  return variables[at->second];
}

void Walk::from(Id reg, Row r) {
  r = at(reg, r);
  if (!seen_.insert({reg, r}).second) return;
  const Inst* const definition = definitions_.of(reg);
  if (!definition) return from(definitions_.made_for(reg), r);
  const Inst& i = *definition;
  if (!definitions_.tests_record(reg) && !open(reg, r)) return;
  const auto all_args = [&] {
    for (uint32_t k = 0; k < i.n; ++k) from(arg(i, k), r);
  };
  switch (i.op) {
    case Op::column: {
      Variable& v = variable({reg, r});
      v.facts.insert(column_fact(i, r));
      v.readers.push_back({reg, r});
      break;
    }
    case Op::member: {
      if (p_.domains[i.domain].make == Make::unnest) return from(definitions_.elements(i.domain), r);
      Variable& v = variable({reg, r});
      v.facts.insert(list_fact(i.domain, r));
      v.readers.push_back({reg, r});
      break;
    }
    case Op::up: from(arg(i, 0), above(i.domain, r, p_.registers[arg(i, 0)].domain)); break;
    case Op::src:
      if (const Row s = d_.rows_of(i.domain).src[r]; s != no_row) {
        from(arg(i, 0), s);
      } else {
        Variable& v = variable({reg, r});
        v.facts.insert(list_fact(i.domain, r));
        v.readers.push_back({reg, r});
      }
      break;
    case Op::truth_not:
    case Op::truth_and:
    case Op::truth_or:
    case Op::keep:
    case Op::at_least:
    case Op::select:
    case Op::status_value:
    case Op::shown:
    case Op::not_shown:
    case Op::undetermined:
    case Op::decide: all_args(); break;
    case Op::assert_value:
    case Op::assert_applicable:
      // That nobody has judged is open only where a judgment is what the criterion asks for.
      from(arg(i, 1), r);
      break;
    case Op::any:
    case Op::all: children(i, arg(i, 0), r); break;
    case Op::fold_items:
      children(i, arg(i, 0), r);
      children(i, arg(i, 1), r);
      break;
    case Op::granted:
      from(arg(i, 1), r);
      if (open(arg(i, 0), r) || definitions_.tests_record(arg(i, 0))) from(arg(i, 0), r);
      if (open(arg(i, 0), r) || !open(reg, r)) {
        // What it waits for are the facts behind it, if anything.
      } else if (d_.truth(arg(i, 1), r) == Truth::yes) {
        // Decided, but by nobody yet: it pends or waits for a person.
        Variable& v = variable({reg, r});
        std::string sequence = std::to_string(r);
        if (p_.line_sequence != none_id) {
          const Value s = d_.value(p_.line_sequence, r);
          if (s.kind == Kind::value) sequence = std::to_string(s.i);
        }
        v.facts.insert(fact(OpenFact::Kind::line, sequence, Cause::awaits_line));
        v.readers.push_back({reg, r});
      }
      break;
    case Op::call:
    case Op::lookup:
    case Op::in_set:
    case Op::in_set_on:
    case Op::is_null:
    case Op::coalesce:
    case Op::count:
    case Op::fold:
    case Op::pick:
    case Op::only:
    case Op::used_days:
    case Op::fullest:
    case Op::gather:
    case Op::narrow:
    case Op::nest:
    case Op::final: atom({reg, r}); break;
    case Op::unnest: from(arg(i, 0), above(i.domain, r, p_.domains[i.domain].parent)); break;
    case Op::konst:
    case Op::repeat:
    case Op::scan: break;
  }
}

// The rows under a fold that may still change it. What a phantom row adds is one variable of its own: any number of
// rows may be behind it, so it is tried as a whole.
void Walk::children(const Inst& i, Id reg, Row parent) {
  const Id domain = p_.registers[reg].domain;
  if (domain == none_id) return from(reg, 0);
  const DomainRows& rows = d_.rows_of(domain);
  std::vector<Id> chain;
  for (Id d = domain; d != i.domain; d = p_.domains[d].parent) chain.push_back(d);
  const auto [begin, end] = below(domain, parent, i.domain);
  for (Row k = begin; k < end; ++k) {
    bool phantom = bit(rows.phantom, k);
    Row above_row = k;
    for (size_t level = 0; level + 1 < chain.size(); ++level) {
      above_row = d_.rows_of(chain[level]).up[above_row];
      phantom |= bit(d_.rows_of(chain[level + 1]).phantom, above_row);
    }
    if (!phantom || p_.registers[reg].type == Type::outcome) {
      from(reg, k);
    } else if (open(reg, k) || definitions_.tests_record(reg)) {
      if (!seen_.insert({reg, k}).second) continue;
      Variable& v = variable({reg, k});
      v.test = !open(reg, k);
      v.readers.push_back({reg, k});
      v.facts.insert(list_fact(domain, k));
      std::set<Cell> seen;
      std::set<size_t> found;
      leaf_facts({reg, k}, found, seen);
      variables[variable_of_.at({reg, k})].facts.insert(found.begin(), found.end());
    }
  }
}

// The open cells that a value rests on: cells of the record, and folds. `direct`: nothing but moves lies between.
void Walk::leaves(Id reg, Row r, bool direct, std::set<std::pair<Cell, bool>>& out) {
  r = at(reg, r);
  if (!open(reg, r)) return;
  const Inst* const definition = definitions_.of(reg);
  if (!definition) return leaves(definitions_.made_for(reg), r, false, out);
  const Inst& i = *definition;
  switch (i.op) {
    case Op::up: return leaves(arg(i, 0), above(i.domain, r, p_.registers[arg(i, 0)].domain), direct, out);
    case Op::src:
      if (const Row s = d_.rows_of(i.domain).src[r]; s != no_row) return leaves(arg(i, 0), s, direct, out);
      out.insert({{reg, r}, direct});
      return;
    case Op::unnest: return leaves(arg(i, 0), above(i.domain, r, p_.domains[i.domain].parent), false, out);
    case Op::call:
    case Op::lookup:
    case Op::select:
    case Op::coalesce:
    case Op::in_set:
    case Op::in_set_on:
    case Op::is_null:
    case Op::gather:
    case Op::narrow:
    case Op::truth_not:
    case Op::truth_and:
    case Op::truth_or:
    case Op::keep:
    case Op::at_least:
    case Op::assert_value:
    case Op::assert_applicable:
    case Op::status_value:
      for (uint32_t k = 0; k < i.n; ++k) leaves(arg(i, k), r, false, out);
      return;
    case Op::konst:
    case Op::column:
    case Op::member:
    case Op::any:
    case Op::all:
    case Op::count:
    case Op::fold:
    case Op::pick:
    case Op::only:
    case Op::shown:
    case Op::not_shown:
    case Op::undetermined:
    case Op::decide:
    case Op::fold_items:
    case Op::granted:
    case Op::used_days:
    case Op::fullest:
    case Op::repeat:
    case Op::scan:
    case Op::nest:
    case Op::final: out.insert({{reg, r}, direct}); return;
  }
}

// Every open fact below a cell, whatever lies between.
void Walk::leaf_facts(Cell cell, std::set<size_t>& out, std::set<Cell>& seen) {
  const Row r = at(cell.reg, cell.row);
  if (!seen.insert({cell.reg, r}).second) return;
  const Inst* const definition = definitions_.of(cell.reg);
  if (!definition) return leaf_facts({definitions_.made_for(cell.reg), r}, out, seen);
  const Inst& i = *definition;
  if (!definitions_.tests_record(cell.reg) && !open(cell.reg, r)) return;
  switch (i.op) {
    case Op::column: out.insert(column_fact(i, r)); return;
    case Op::member:
      if (p_.domains[i.domain].make == Make::unnest) return leaf_facts({definitions_.elements(i.domain), r}, out, seen);
      out.insert(list_fact(i.domain, r));
      return;
    case Op::unnest: return leaf_facts({arg(i, 0), above(i.domain, r, p_.domains[i.domain].parent)}, out, seen);
    case Op::up: return leaf_facts({arg(i, 0), above(i.domain, r, p_.registers[arg(i, 0)].domain)}, out, seen);
    case Op::src:
      if (const Row s = d_.rows_of(i.domain).src[r]; s != no_row) return leaf_facts({arg(i, 0), s}, out, seen);
      out.insert(list_fact(i.domain, r));
      return;
    case Op::assert_value:
    case Op::assert_applicable: return leaf_facts({arg(i, 1), r}, out, seen);
    default: break;
  }
  for (uint32_t k = 0; k < i.n; ++k) {
    const Id reg = arg(i, k);
    const Id domain = p_.registers[reg].domain;
    if (domain == none_id || domain == i.domain) {
      leaf_facts({reg, r}, out, seen);
      continue;
    }
    // A child's register: the rows under r that may be members. The first operand of a fold says which.
    const auto [begin, end] = below(domain, r, i.domain);
    Id member = arg(i, 0);
    if (p_.registers[member].domain != domain && i.n > 2) member = arg(i, 2);
    for (Row c = begin; c < end; ++c) {
      if (p_.registers[member].domain == domain && p_.registers[member].type == Type::truth && d_.truth(member, c) == Truth::no) continue;
      leaf_facts({reg, c}, out, seen);
    }
  }
}

// A truth that a comparison makes. If one open cell alone decides it, that cell is the variable, so that all that is
// asked of it agrees; else the comparison itself is.
void Walk::atom(Cell cell) {
  const Inst& i = *definitions_.of(cell.reg);
  std::set<std::pair<Cell, bool>> found;
  if (i.op == Op::call || i.op == Op::in_set || i.op == Op::in_set_on || i.op == Op::is_null) {
    for (uint32_t k = 0; k < i.n; ++k) leaves(arg(i, k), cell.row, true, found);
  }
  const bool truth = p_.registers[cell.reg].type == Type::truth;
  const auto decides = [&](Cell leaf, const std::set<Cell>& readers) {
    std::set<Cell> walked;
    std::set<size_t> behind;
    leaf_facts(leaf, behind, walked);
    Variable& v = variable(leaf);
    v.readers.insert(v.readers.end(), readers.begin(), readers.end());
    v.facts.insert(behind.begin(), behind.end());
  };
  const bool alone = truth && found.size() == 1 && found.begin()->second;
  const Cell leaf = alone ? found.begin()->first : cell;
  if (alone && definitions_.of(leaf.reg)->op == Op::column) return decides(leaf, {cell});
  std::set<Cell> seen;
  std::set<size_t> facts_found;
  leaf_facts(cell, facts_found, seen);
  // Nothing is open behind it: it could not be computed, and nobody can be asked.
  if (facts_found.empty()) return;
  // Read in a roundabout way, but alone and with few values: each is tried.
  if (const auto only = only_cell(seen); only && !few_values(*only).empty()) {
    variable(*only).every = true;
    variable(*only).facts.insert(facts_found.begin(), facts_found.end());
    return;
  }
  if (alone) {
    // A fold whose members hang on one cell takes one value for each of that cell's answers, and none between.
    std::map<Cell, std::set<Cell>> behind;
    if (behind_members(leaf, behind) && behind.size() == 1) return decides(behind.begin()->first, behind.begin()->second);
    return decides(leaf, {cell});
  }
  Variable& v = variable(cell);
  v.readers.push_back(cell);
  v.facts.insert(facts_found.begin(), facts_found.end());
}

// The cell of the record that alone is open behind what was walked through.
std::optional<Cell> Walk::only_cell(const std::set<Cell>& walked) const {
  std::optional<Cell> only;
  for (const Cell& cell : walked) {
    const Inst* const i = definitions_.of(cell.reg);
    if (!i || !open(cell.reg, cell.row)) continue;
    const bool list = i->op == Op::member || (i->op == Op::src && d_.rows_of(i->domain).src[cell.row] == no_row);
    if (!list && i->op != Op::column) continue;
    const bool phantom =
        i->op == Op::column && p_.columns[i->imm].domain != 0 && bit(d_.rows_of(p_.columns[i->imm].domain).phantom, cell.row);
    if (list || phantom || only) return std::nullopt;
    only = cell;
  }
  return only;
}

// Every value that an open cell of the record can have, where these are few: truths, listed words, bounded integers.
std::vector<Value> Walk::few_values(Cell cell) const {
  constexpr int64_t few = 16;
  const Inst& i = *definitions_.of(cell.reg);
  const ColumnDef& c = p_.columns[i.imm];
  std::vector<Value> out;
  if (c.type == Type::truth) {
    out = {box(Truth::yes), box(Truth::no)};
  } else if (c.kind == ColumnKind::field) {
    const Field& field = p_.nodes[c.node].fields[c.field];
    if (field.one_of.size() <= few) {
      for (const Id word : field.one_of) out.push_back(box(Text{word}));
    }
    const auto& constants = d_.program->prepared().constants;
    if (c.type == Type::integer && field.low.kind == Bound::Kind::constant && field.high.kind == Bound::Kind::constant) {
      const int64_t low = constants[field.low.constant].i, high = constants[field.high.constant].i;
      for (int64_t x = low; x <= high && high - low < few; ++x) out.push_back(box(static_cast<int32_t>(x)));
    }
  }
  const Context context{&batch_, d_.arena.get()};
  const Value now = d_.value(cell.reg, cell.row);
  std::erase_if(out, [&](const Value& v) { return !allowed(context, now, v); });
  if (!out.empty() && may_be_none(cell.reg, cell.row)) out.push_back(Value::none());
  return out;
}

// Of a fold over recorded rows whose values are known: the cells that say which rows are members, with what reads them.
bool Walk::behind_members(Cell fold, std::map<Cell, std::set<Cell>>& readers_of) {
  const Inst* const i = definitions_.of(fold.reg);
  if (!i || (i->op != Op::fold && i->op != Op::pick && i->op != Op::only)) return false;
  const Id domain = p_.registers[arg(*i, 0)].domain;
  const auto [begin, end] = below(domain, fold.row, i->domain);
  for (Row k = begin; k < end; ++k) {
    const Truth in = d_.truth(arg(*i, 0), k);
    if (in == Truth::no || in == Truth::none) continue;
    for (uint32_t value = 1; value < i->n; ++value) {
      if (open(arg(*i, value), k)) return false;
    }
    if (in == Truth::unknown && !behind_member(arg(*i, 0), k, readers_of)) return false;
  }
  return true;
}

bool Walk::behind_member(Id reg, Row row, std::map<Cell, std::set<Cell>>& readers_of) {
  const Row r = at(reg, row);
  if (!open(reg, r)) return true;
  const Inst* const i = definitions_.of(reg);
  if (!i) return false;
  switch (i->op) {
    case Op::column: readers_of[{reg, r}].insert({reg, r}); return true;
    case Op::up: return behind_member(arg(*i, 0), above(i->domain, r, p_.registers[arg(*i, 0)].domain), readers_of);
    case Op::src: {
      const Row s = d_.rows_of(i->domain).src[r];
      return s != no_row && behind_member(arg(*i, 0), s, readers_of);
    }
    case Op::truth_not:
    case Op::truth_and:
    case Op::truth_or:
    case Op::keep:
      for (uint32_t k = 0; k < i->n; ++k) {
        if (!behind_member(arg(*i, k), r, readers_of)) return false;
      }
      return true;
    case Op::call:
    case Op::in_set:
    case Op::in_set_on:
    case Op::is_null: {
      std::set<std::pair<Cell, bool>> found;
      for (uint32_t k = 0; k < i->n; ++k) leaves(arg(*i, k), r, true, found);
      if (found.size() != 1 || !found.begin()->second || definitions_.of(found.begin()->first.reg)->op != Op::column) return false;
      readers_of[found.begin()->first].insert({reg, r});
      return true;
    }
    default: return false;
  }
}

std::set<size_t> Walk::facts_behind(Id reg, Row r) {
  std::set<size_t> out;
  std::set<Cell> seen;
  leaf_facts({reg, r}, out, seen);
  return out;
}

void Walk::settle_values() {
  for (Variable& v : variables) try_values(v);
}

namespace {

// The values just below, at and just above a constant.
void around(const Value& v, Arena& arena, std::vector<Value>& out) {
  if (v.type == Type::date_time || v.type == Type::time) {   // a fact is a moment, where a constant may be an hour
    const Moment first = first_of(moment(v)), last = last_of(moment(v));
    for (const auto& each : {std::optional(first), step(first, false), std::optional(last), step(last, true)}) {
      if (each) out.push_back(box(*each));
    }
    return;
  }
  out.push_back(v);
  switch (v.type) {
    case Type::integer:
      if (v.i > INT32_MIN) out.push_back(box(static_cast<int32_t>(v.i - 1)));
      if (v.i < INT32_MAX) out.push_back(box(static_cast<int32_t>(v.i + 1)));
      break;
    case Type::decimal: {
      const Int128 s = unbox<Decimal>(v).scaled;
      if (fits(s - 1)) out.push_back(box(Decimal{s - 1}, arena));
      if (fits(s + 1)) out.push_back(box(Decimal{s + 1}, arena));
      break;
    }
    case Type::date:
      if (in_calendar(v.i - 1)) out.push_back(box(Date{static_cast<int32_t>(v.i - 1), 3}));
      if (in_calendar(v.i + 1)) out.push_back(box(Date{static_cast<int32_t>(v.i + 1), 3}));
      break;
    case Type::quantity: {
      const Quantity q = unbox<Quantity>(v);
      if (fits(q.value.scaled - 1)) out.push_back(box(Quantity{{q.value.scaled - 1}, q.unit}, arena));
      if (fits(q.value.scaled + 1)) out.push_back(box(Quantity{{q.value.scaled + 1}, q.unit}, arena));
      break;
    }
    default: break;
  }
}

}  // namespace

void Walk::try_values(Variable& v) {
  if (v.every) {
    v.values = few_values(v.cell);
    return;
  }
  const Type type = p_.registers[v.cell.reg].type;
  const Inst& definition = *definitions_.of(v.cell.reg);
  if (type == Type::truth) {
    v.values = {box(Truth::yes), box(Truth::no)};
    if (may_be_none(v.cell.reg, v.cell.row)) v.values.push_back(Value::none());
    return;
  }
  Context context{&batch_, d_.arena.get()};
  const Value now = d_.value(v.cell.reg, v.cell.row);
  std::vector<Value> candidates;
  const Field* field = nullptr;
  if (definition.op == Op::column && p_.columns[definition.imm].kind == ColumnKind::field) {
    const ColumnDef& c = p_.columns[definition.imm];
    field = &p_.nodes[c.node].fields[c.field];
  }
  // The cuts: what the readers compare it with.
  for (const Cell& reader : v.readers) {
    const Inst& i = *definitions_.of(reader.reg);
    if (i.op == Op::in_set || i.op == Op::in_set_on) {
      for (const auto& [key, entries] : d_.program->prepared().tables[i.imm].entries) {
        (void)entries;
        Value k;
        k.kind = Kind::value;
        k.type = p_.tables[i.imm].key;
        k.precision = k.type == Type::date ? 3 : 0;
        k.i = key;
        if (k.type == type && key != INT64_MIN) around(k, *d_.arena, candidates);
      }
      if (i.op == Op::in_set_on) {
        for (const auto& [key, entries] : d_.program->prepared().tables[i.imm].entries) {
          (void)key;
          for (const auto& e : entries) {
            if (e.from.kind == Kind::value && type == Type::date) around(e.from, *d_.arena, candidates);
            if (e.to.kind == Kind::value && type == Type::date) around(e.to, *d_.arena, candidates);
          }
        }
      }
    }
    for (uint32_t k = 0; k < i.n; ++k) {
      const Value other = d_.value(arg(i, k), reader.row);
      if (other.kind == Kind::value && other.type == type) around(other, *d_.arena, candidates);
    }
  }
  if (now.kind == Kind::open) {
    for (uint32_t k = 0; k < now.n; ++k) {
      const Value& item = now.items[k];
      if (item.kind == Kind::value || item.kind == Kind::none) candidates.push_back(item);
      if (item.kind == Kind::range) {
        for (const int end : {0, 1}) {
          if (item.items[end].kind == Kind::value) candidates.push_back(item.items[end]);
        }
      }
    }
  }
  if (field) {
    for (const Id word : field->one_of) candidates.push_back(box(Text{word}));
  }
  if (may_be_none(v.cell.reg, v.cell.row) && now.kind == Kind::unknown) candidates.push_back(Value::none());
  // A value that nothing compares with; replicate() gives every batch of completions such a text and code.
  if (type == Type::text && (!field || field->one_of.empty()) && now.kind == Kind::unknown)
    candidates.push_back(box(Text{static_cast<uint32_t>(batch_.text_count())}));
  if (type == Type::code && now.kind == Kind::unknown)
    candidates.push_back(box(Code{static_cast<uint32_t>(batch_.code_count())}));
  if (candidates.empty() && now.kind == Kind::unknown) {
    if (type == Type::integer) candidates.push_back(box(int32_t{0}));
    if (type == Type::decimal) candidates.push_back(box(Decimal{}, *d_.arena));
  }
  // Bounds of the field: constants only; another field's bound is not needed for soundness.
  const auto inside = [&](const Value& x) {
    if (!allowed(context, now, x)) return false;
    if (!field || x.kind != Kind::value) return true;
    if (!field->one_of.empty() &&
        std::none_of(field->one_of.begin(), field->one_of.end(), [&](Id w) { return static_cast<int64_t>(w) == x.i; }))
      return false;
    const auto& constants = d_.program->prepared().constants;
    if (field->low.kind == Bound::Kind::constant && compare_known(context, x, constants[field->low.constant]) < 0) return false;
    if (field->high.kind == Bound::Kind::constant && compare_known(context, x, constants[field->high.constant]) > 0) return false;
    return true;
  };
  // One value for each way in which the readers answer.
  std::vector<std::vector<Truth>> seen;
  for (const Value& x : candidates) {
    if (!inside(x)) continue;
    std::vector<Truth> answers;
    for (const Cell& reader : v.readers) {
      const Inst& i = *definitions_.of(reader.reg);
      std::vector<Value> args;
      for (uint32_t k = 0; k < i.n; ++k) {
        std::set<std::pair<Cell, bool>> below;
        leaves(arg(i, k), reader.row, true, below);
        args.push_back(below.empty() ? d_.value(arg(i, k), reader.row) : x);
      }
      Truth t = Truth::unknown;
      const bool outside =
          x.kind == Kind::value && ((type == Type::text && static_cast<uint64_t>(x.i) >= batch_.text_count()) ||
                                    (type == Type::code && static_cast<uint64_t>(x.i) >= batch_.code_count()));
      if (outside) {
        // Equal to nothing; only `=`, `!=` and membership are asked of it.
        t = i.op == Op::call && operators()[i.fn].name == "!=" ? Truth::yes : Truth::no;
      } else if (i.op == Op::call) {
        const Value r = forms(i.fn).boxed(context, args.data());
        t = r.kind == Kind::value ? unbox<Truth>(r) : r.kind == Kind::none ? Truth::none : Truth::unknown;
      } else {
        Column one, out;
        Pool pool;
        one.reset(type, 1);
        put(one, 0, args[0], pool);
        out.reset(Type::truth, 1);
        if (i.op == Op::is_null) {
          is_null(one, pool, out);
        } else if (i.op == Op::in_set) {
          in_set(d_.program->prepared().tables[i.imm], one, nullptr, pool, out);
        } else if (i.op == Op::in_set_on) {
          Column day;
          day.reset(Type::date, 1);
          put(day, 0, args[1], pool);
          in_set(d_.program->prepared().tables[i.imm], one, &day, pool, out);
        }
        t = out.truth(0);
      }
      answers.push_back(t);
    }
    if (std::find(seen.begin(), seen.end(), answers) != seen.end()) continue;
    seen.push_back(std::move(answers));
    v.values.push_back(x);
  }
}

}  // namespace rubric::vm
