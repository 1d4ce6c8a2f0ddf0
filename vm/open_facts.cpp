#include "vm/open_facts.h"

#include "vm/domains.h"
#include "vm/prepared.h"
#include "vm/verdict.h"

#include <utility>

namespace rubric::vm {

Walk::Walk(const Decisions& d, const Origin* origin, bool named)
    : d_(d), origin_(origin), named_(named), definitions_(d.program->prepared().definitions), p_(**d.program), batch_(*d.batch) {}

void Walk::restart() {
  facts.clear(), variables.clear();
  seen_.clear(), variables_of_.clear(), places_.clear();
  fact_of_place_.clear(), fact_of_.clear();
  outcomes_.clear(), is_a_persons_.clear();
  pattern_.clear(), links.clear();
  has_pattern_ = true;
  reads_outcomes = false;
}

void Walk::take_room(Walk& other) {
  std::swap(seen_, other.seen_), std::swap(variables_of_, other.variables_of_), std::swap(walked_, other.walked_);
  std::swap(places_, other.places_), std::swap(pattern_, other.pattern_);
  std::swap(facts, other.facts), std::swap(variables, other.variables), std::swap(links, other.links);
  restart();
}

bool is_open(const Decisions& d, Id reg, Row r) {
  const Column& c = d.column(reg);
  if (c.type == Type::truth) return c.truth(r) == Truth::unknown;
  if (c.type == Type::outcome) return !has_one(static_cast<OutcomeSet>(c.cell8[c.at(r)]));
  const Row at = c.at(r);
  if (bit(c.p, at) && !bit(c.q, at)) return false;
  const Value v = get(c, r, d.pool);
  return v.kind == Kind::unknown || v.kind == Kind::open;
}

// 0 to 3 of a truth, beyond them of an outcome. What other values there are changes what is made of them.
void Walk::note_state(Id reg, Row row) {
  const Column& c = d_.column(reg);
  const Row r = c.at(row);
  if (c.type == Type::truth) note(static_cast<uint32_t>(c.truth(r)));
  else if (c.type == Type::outcome) note(static_cast<uint32_t>(c.cell8[r]) << 2 | 1u << 31);
  else has_pattern_ = false;
}

// A register of all rows has one. A column that is the same on every row says nothing of the rows behind it.
Row Walk::at(Id reg, Row r) const { return p_.registers[reg].domain == none_id ? 0 : r; }

Row Walk::above(Id domain, Row r, Id target) const { return target == none_id ? 0 : d_.ancestor(domain, r, target); }

// What an instruction makes of its operands, wherever it stands. What else it has does not change that: its rows are met one by
// one, and what compares is known by its answers.
void Walk::note_form(const Inst& i) {
  note((static_cast<uint32_t>(i.op) | uint32_t{i.fn} << 8) + 4), note(i.n);
  if (i.op == Op::at_least || i.op == Op::decide || i.op == Op::fold_items) note(i.imm);
}

// Where places begin that are neither a column's nor a list's.
namespace {
constexpr Id of_list = Id{1} << 31, of_judgment = Id{1} << 30, of_line = of_judgment | Id{1} << 29, as_of_day = of_line | Id{1} << 28;
}  // namespace

template <class Name>
uint32_t Walk::fact(OpenFact::Kind kind, Cell place, Name name) {
  const auto [number, added] = places_.insert(place);
  if (!named_) {
    if (added) facts.push_back({kind, "", Cause::nothing, {}, 0});
    return number;
  }
  if (added) {
    Named named = name();
    const auto [at, other] = fact_of_.try_emplace(std::to_string(static_cast<int>(kind)) + named.name, static_cast<uint32_t>(facts.size()));
    if (other) facts.push_back({kind, std::move(named.name), named.cause, {}, 0});
    fact_of_place_.push_back(at->second);
  }
  return fact_of_place_[number];
}

// A row's number in the run by whose rows facts are named.
Row Walk::original(Id domain, Row r) const {
  if (!origin_) return r;
  const Row here = d_.ancestor(domain, r, 0);
  return r - case_rows(d_, domain, here).first + case_rows(origin_->run, domain, origin_->cases[here]).first;
}

uint32_t Walk::list_fact(Id domain, Row r) {
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
  return fact(OpenFact::Kind::record, {domain | of_list, r}, [&]() -> Named {
    const Batch& named = origin_ ? *origin_->run.batch : batch_;
    return {place_of_list(named, domain, original(domain, r)).pointer, Cause::incomplete};
  });
}

// A line that is decided, but by nobody yet: it pends or waits for a person.
uint32_t Walk::line_fact(Row r) {
  return fact(OpenFact::Kind::line, {of_line, r}, [&]() -> Named {
    Value s;
    if (p_.line_sequence != none_id) s = d_.value(p_.line_sequence, r);
    return {std::to_string(s.kind == Kind::value ? s.i : int64_t{d_.rows_of(p_.lines_domain).number(r)} + 1), Cause::awaits_line};
  });
}

uint32_t Walk::column_fact(const Inst& i, Row r) {
  const ColumnDef& c = p_.columns[i.imm];
  if (c.kind == ColumnKind::judgment) {
    return fact(OpenFact::Kind::judgment, {c.criterion | of_judgment, 0},
                [&]() -> Named { return {p_.texts[p_.criteria[c.criterion].name], Cause::judgment}; });
  }
  if (c.kind == ColumnKind::as_of) {
    return fact(OpenFact::Kind::record, {as_of_day, 0}, []() -> Named { return {"/decisionDate", Cause::not_documented}; });
  }
  const DomainRows& rows = d_.rows_of(c.domain);
  if (c.domain != 0 && bit(rows.phantom, r)) return list_fact(c.domain, r);
  return fact(OpenFact::Kind::record, {i.imm, r}, [&]() -> Named {
    const Batch& named = origin_ ? *origin_->run.batch : batch_;
    const Value v = get(batch_.columns[i.imm], r, batch_.pool);
    const Place place = place_of_column(named, i.imm, original(c.domain, r));
    Cause cause = v.cause == Cause::nothing ? Cause::not_documented : v.cause;
    for (const Claim& claim : named.info[place.case_row].claims) {
      if (claim.pointer == place.pointer) cause = Cause::disputed;
    }
    return {place.pointer, cause};
  });
}

size_t Walk::variable_at(Cell cell) {
  const auto [at, added] = variables_of_.insert(cell);
  if (added) variables.push_back({cell, {}, {}, {}});
  return at;
}

// `variables` may grow while facts are looked for, so a variable goes by its number.
void Walk::met(size_t variable, Cell reader) {
  constexpr uint32_t by_variable = 0xfffe0000;
  note(by_variable | static_cast<uint32_t>(variable)), note(static_cast<uint32_t>(variables[variable].readers.size()));
  variables[variable].readers.push_back(reader);
  links.push_back({inside_, to_variable | static_cast<uint32_t>(variable)});
}

void Walk::from(Id reg, Row r) {
  r = at(reg, r);
  constexpr uint32_t again = 0xfffc0000;
  const auto [number, added] = seen_.insert({reg, r});
  links.push_back({inside_, number});
  if (!added) return note(again), note(number);
  const uint32_t outside = std::exchange(inside_, number);
  behind(reg, r);
  inside_ = outside;
}

void Walk::behind(Id reg, Row r) {
  const Inst* const definition = definitions_.of(reg);
  if (!definition) {
    has_pattern_ = false;   // a repeat's rounds
    return from(definitions_.made_for(reg), r);
  }
  const Inst& i = *definition;
  if (!open(reg, r)) {
    note_state(reg, r);
    if (!definitions_.tests_record(reg)) return;
  }
  note_form(i);
  const auto all_args = [&] {
    for (uint32_t k = 0; k < i.n; ++k) from(arg(i, k), r);
  };
  switch (i.op) {
    case Op::column: {
      const size_t v = variable_at({reg, r});
      variables[v].facts.insert(column_fact(i, r));
      met(v, {reg, r});
      break;
    }
    case Op::member: {
      if (p_.domains[i.domain].make == Make::unnest) return from(definitions_.elements(i.domain), r);
      const size_t v = variable_at({reg, r});
      variables[v].facts.insert(list_fact(i.domain, r));
      met(v, {reg, r});
      break;
    }
    case Op::up: from(arg(i, 0), above(i.domain, r, p_.registers[arg(i, 0)].domain)); break;
    case Op::src:
      if (const Row s = d_.rows_of(i.domain).src[r]; s != no_row) {
        from(arg(i, 0), s);
      } else {
        const size_t v = variable_at({reg, r});
        variables[v].facts.insert(list_fact(i.domain, r));
        met(v, {reg, r});
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
      reads_outcomes = true;
      from(arg(i, 1), r);
      note_state(arg(i, 0), r);
      if (open(arg(i, 0), r) || definitions_.tests_record(arg(i, 0))) from(arg(i, 0), r);
      // What it waits for are the facts behind it, if there are any.
      if (open(reg, r) && is_a_persons({arg(i, 0), r}) && d_.truth(arg(i, 1), r) == Truth::yes) {
        const size_t v = variable_at({reg, r});
        variables[v].facts.insert(line_fact(r));
        met(v, {reg, r});
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
  // Of an open fold most rows are known, and change nothing.
  const Truth idle = i.op == Op::any ? Truth::no : Truth::yes;
  const bool folds_truth = (i.op == Op::any || i.op == Op::all) && p_.registers[reg].type == Type::truth;
  constexpr uint32_t rows_end = 0xfffb0000;
  for (Row k = begin; k < end; ++k) {
    if (folds_truth && d_.truth(reg, k) == idle && !definitions_.tests_record(reg)) continue;
    bool phantom = bit(rows.phantom, k);
    Row above_row = k;
    for (size_t level = 0; level + 1 < chain.size(); ++level) {
      above_row = d_.rows_of(chain[level]).up[above_row];
      phantom |= bit(d_.rows_of(chain[level + 1]).phantom, above_row);
    }
    if (!phantom || p_.registers[reg].type == Type::outcome) {
      from(reg, k);
    } else if (open(reg, k) || definitions_.tests_record(reg)) {
      const auto [number, added] = seen_.insert({reg, k});
      links.push_back({inside_, number});
      if (!added) {
        has_pattern_ = false;
        continue;
      }
      const size_t v = variable_at({reg, k});
      variables[v].test = !open(reg, k);
      const uint32_t outside = std::exchange(inside_, number);
      met(v, {reg, k});
      inside_ = outside;
      variables[v].facts.insert(list_fact(domain, k));
      variables[v].facts.insert(leaf_facts({reg, k}));
    } else {
      note_state(reg, k);
    }
  }
  note(rows_end);
}

// The open cells that a value rests on: cells of the record, and folds. `direct`: nothing but moves lies between.
void Walk::leaves(Id reg, Row r, bool direct, std::vector<std::pair<Cell, bool>>& out) {
  const auto insert = [&](std::pair<Cell, bool> leaf) {
    if (std::find(out.begin(), out.end(), leaf) == out.end()) out.push_back(leaf);
  };
  r = at(reg, r);
  if (!open(reg, r)) return;
  const Inst* const definition = definitions_.of(reg);
  if (!definition) return leaves(definitions_.made_for(reg), r, false, out);
  const Inst& i = *definition;
  switch (i.op) {
    case Op::up: return leaves(arg(i, 0), above(i.domain, r, p_.registers[arg(i, 0)].domain), direct, out);
    case Op::src:
      if (const Row s = d_.rows_of(i.domain).src[r]; s != no_row) return leaves(arg(i, 0), s, direct, out);
      insert({{reg, r}, direct});
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
    case Op::final: insert({{reg, r}, direct}); return;
  }
}

// Every open fact below a cell, whatever lies between.
const FactSet& Walk::leaf_facts(Cell cell) {
  walked_.clear();
  found_ = {};
  walked_outcomes_ = false;
  add_leaf_facts(cell);
  return found_;
}

// Whether nothing that the record could say lies behind another line's outcome: it is known, or could not be computed.
bool Walk::is_a_persons(Cell outcome) {
  if (!open(outcome.reg, outcome.row)) return true;
  const auto [number, added] = outcomes_.insert(outcome);
  if (!added) return is_a_persons_[number];
  is_a_persons_.push_back(false);        // also while it is looked into: of one that rests on itself
  CellMap walked;
  FactSet found;
  std::swap(walked, walked_), std::swap(found, found_);
  add_leaf_facts(outcome);
  std::swap(walked, walked_), std::swap(found, found_);
  return is_a_persons_[number] = found.empty();
}

void Walk::add_leaf_facts(Cell cell) {
  const Row r = at(cell.reg, cell.row);
  if (!walked_.insert({cell.reg, r}).second) return;
  const Inst* const definition = definitions_.of(cell.reg);
  if (!definition) return add_leaf_facts({definitions_.made_for(cell.reg), r});
  const Inst& i = *definition;
  if (!definitions_.tests_record(cell.reg) && !open(cell.reg, r)) return;
  switch (i.op) {
    case Op::column: found_.insert(column_fact(i, r)); return;
    case Op::member:
      if (p_.domains[i.domain].make == Make::unnest) return add_leaf_facts({definitions_.elements(i.domain), r});
      found_.insert(list_fact(i.domain, r));
      return;
    case Op::unnest: return add_leaf_facts({arg(i, 0), above(i.domain, r, p_.domains[i.domain].parent)});
    case Op::up: return add_leaf_facts({arg(i, 0), above(i.domain, r, p_.registers[arg(i, 0)].domain)});
    case Op::src:
      if (const Row s = d_.rows_of(i.domain).src[r]; s != no_row) return add_leaf_facts({arg(i, 0), s});
      found_.insert(list_fact(i.domain, r));
      return;
    case Op::assert_value:
    case Op::assert_applicable: return add_leaf_facts({arg(i, 1), r});
    case Op::granted:
      if (!is_a_persons({arg(i, 0), r})) walked_outcomes_ = true;
      else if (open(cell.reg, r) && d_.truth(arg(i, 1), r) == Truth::yes) found_.insert(line_fact(r));
      break;
    default: break;
  }
  for (uint32_t k = 0; k < i.n; ++k) {
    const Id reg = arg(i, k);
    const Id domain = p_.registers[reg].domain;
    if (domain == none_id || domain == i.domain) {
      add_leaf_facts({reg, r});
      continue;
    }
    // A child's register: the rows under r that may be members. The first operand of a fold says which.
    const auto [begin, end] = below(domain, r, i.domain);
    Id member = arg(i, 0);
    if (p_.registers[member].domain != domain && i.n > 2) member = arg(i, 2);
    for (Row c = begin; c < end; ++c) {
      if (p_.registers[member].domain == domain && p_.registers[member].type == Type::truth && d_.truth(member, c) == Truth::no) continue;
      add_leaf_facts({reg, c});
    }
  }
}

// A truth that a comparison makes. If one open cell alone decides it, that cell is the variable, so that all that is
// asked of it agrees; else the comparison itself is.
void Walk::atom(Cell cell) {
  const Inst& i = *definitions_.of(cell.reg);
  std::vector<std::pair<Cell, bool>> found;
  if (i.op == Op::call || i.op == Op::in_set || i.op == Op::in_set_on || i.op == Op::is_null) {
    for (uint32_t k = 0; k < i.n; ++k) leaves(arg(i, k), cell.row, true, found);
  }
  const bool truth = p_.registers[cell.reg].type == Type::truth;
  const auto decides = [&](Cell leaf, std::span<const Cell> readers) {
    const size_t v = variable_at(leaf);
    variables[v].facts.insert(leaf_facts(leaf));
    for (const Cell& reader : readers) met(v, reader);
  };
  // What is made of other values is tried at no value of its own.
  const auto has_plain_values = [&](Id reg) { return !has_items(p_.registers[reg].type) && p_.registers[reg].type != Type::any; };
  const bool alone = truth && found.size() == 1 && found.begin()->second && has_plain_values(found.begin()->first.reg);
  const Cell leaf = alone ? found.begin()->first : cell;
  if (alone && definitions_.of(leaf.reg)->op == Op::column) return decides(leaf, {&cell, 1});
  const FactSet facts_found = leaf_facts(cell);
  // Nothing is open behind it: it could not be computed, and nobody can be asked.
  constexpr uint32_t stays_open = 0xfffa0000;
  if (facts_found.empty()) {
    reads_outcomes |= walked_outcomes_;
    return note(stays_open);
  }
  // Read in a roundabout way, but alone and with few values: each is tried.
  if (const auto only = only_cell(); only && !few_values(*only).empty()) {
    has_pattern_ = false;
    const size_t v = variable_at(*only);
    variables[v].every = true;
    variables[v].facts.insert(facts_found);
    links.push_back({inside_, to_variable | static_cast<uint32_t>(v)});
    return;
  }
  if (alone) {
    // A fold whose members hang on one cell takes one value for each of that cell's answers, and none between.
    ReadersOf behind;
    if (behind_members(leaf, behind) && behind.size() == 1) {
      has_pattern_ = false;
      auto& [member, readers] = behind.front();
      std::sort(readers.begin(), readers.end());
      return decides(member, readers);
    }
    return decides(leaf, {&cell, 1});
  }
  const size_t v = variable_at(cell);
  variables[v].facts.insert(facts_found);
  met(v, cell);
}

// The cell of the record that alone is open behind what was walked through.
std::optional<Cell> Walk::only_cell() const {
  std::optional<Cell> only;
  for (const Cell& cell : walked_.cells()) {
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

void Walk::add_reader(ReadersOf& readers_of, Cell cell, Cell reader) {
  auto at = std::find_if(readers_of.begin(), readers_of.end(), [&](const auto& each) { return each.first == cell; });
  if (at == readers_of.end()) at = readers_of.insert(at, {cell, {}});
  if (std::find(at->second.begin(), at->second.end(), reader) == at->second.end()) at->second.push_back(reader);
}

// Of a fold over recorded rows whose values are known: the cells that say which rows are members, with what reads them.
bool Walk::behind_members(Cell fold, ReadersOf& readers_of) {
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

bool Walk::behind_member(Id reg, Row row, ReadersOf& readers_of) {
  const Row r = at(reg, row);
  if (!open(reg, r)) return true;
  const Inst* const i = definitions_.of(reg);
  if (!i) return false;
  switch (i->op) {
    case Op::column: add_reader(readers_of, {reg, r}, {reg, r}); return true;
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
      std::vector<std::pair<Cell, bool>> found;
      for (uint32_t k = 0; k < i->n; ++k) leaves(arg(*i, k), r, true, found);
      if (found.size() != 1 || !found.begin()->second || definitions_.of(found.begin()->first.reg)->op != Op::column) return false;
      add_reader(readers_of, found.begin()->first, {reg, r});
      return true;
    }
    default: return false;
  }
}

const FactSet& Walk::facts_behind(Id reg, Row r) {
  static const FactSet none;
  const bool may_have = !definitions_.of(reg) || definitions_.tests_record(reg) || open(reg, at(reg, r));
  return may_have ? leaf_facts({reg, r}) : none;
}

}  // namespace rubric::vm
