#include "analysis/proof_program.h"

#include "vm/kernels.h"
#include "vm/opcodes.h"
#include "vm/outcomes.h"
#include "vm/prepared.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rubric::analysis {

using vm::Id;
using vm::Inst;
using vm::none_id;
using vm::Op;
using vm::Type;

namespace {

// Rows that are made of lists while a program runs, and lists that are made of rows.
constexpr std::array out_of_reach{Op::scan, Op::unnest, Op::nest, Op::final};

}  // namespace

std::vector<std::string_view> opcodes_out_of_reach() {
  std::vector<std::string_view> out;
  for (const Op op : out_of_reach) out.push_back(vm::opcodes()[static_cast<size_t>(op)].name);
  return out;
}

ProofProgram::ProofProgram(Terms& t, ProofRecord& record, const vm::VerifiedProgram& verified, Id pinned, bool criteria, bool held)
    : t_(t),
      record_(record),
      verified_(verified),
      program_(*verified),
      pinned_(pinned),
      held_(held),
      made_(program_.registers.size(), false) {
  for (const auto& [system, code] : program_.codes) t_.code(program_.texts[system], program_.texts[code]);
  for (const std::string& text : program_.texts) t_.text(text);
  rows_.resize(program_.domains.size());
  list_key_.resize(program_.domains.size());
  list_field_.resize(program_.domains.size());
  // Where in the record the rows of a domain stand: the keys on the way from the row that owns the list.
  const auto visit = [&](const auto& self, Id node, const std::string& way) -> void {
    for (const vm::Field& f : program_.nodes[node].fields) {
      const std::string key = way + program_.texts[f.key];
      if (f.kind == vm::FieldKind::object) self(self, f.node, key + "/");
      if (f.kind != vm::FieldKind::list && f.kind != vm::FieldKind::reference) continue;
      if (f.domain != none_id && !list_field_[f.domain]) {
        list_key_[f.domain] = key;
        list_field_[f.domain] = &f;
      }
      if (f.kind == vm::FieldKind::list && f.node != none_id && f.domain != none_id) self(self, f.node, "");
    }
  };
  if (!program_.nodes.empty()) visit(visit, 0, "");
  for (Id d = 0; d < program_.domains.size(); ++d) make_rows(d);
  registers_.resize(program_.registers.size());
  for (Id r = 0; r < registers_.size(); ++r)
    registers_[r].assign(rows(program_.registers[r].domain), t_.unknown(program_.registers[r].type));
  find_needed(criteria);
  range(0, static_cast<uint32_t>(program_.code.size()));
}

// What outcomes rest on, and what an approval quotes and a modification says.
void ProofProgram::find_needed(bool criteria) {
  needed_ = verified_.prepared().decisive;
  std::vector<bool> read(program_.registers.size(), false);
  for (const vm::Modification& m : program_.modifications) {
    for (const auto& [field, reg] : m.fields) read[reg] = true;
  }
  for (const vm::Condition& c : program_.conditions) {
    for (const auto& [name, reg] : c.values) read[reg] = true;
  }
  for (const vm::Criterion& c : program_.criteria) {
    if (criteria && c.value != none_id) read[c.value] = true;
    if (criteria && c.applicable != none_id) read[c.applicable] = true;
  }
  for (size_t k = program_.code.size(); k-- > 0;) {
    const Inst& i = program_.code[k];
    if (i.dst != none_id && read[i.dst]) needed_[k] = true;
    if (!needed_[k]) continue;
    for (uint32_t a = 0; a < i.n; ++a) read[operand(i, a)] = true;
  }
}

// ---------------------------------------------------------------- rows

void ProofProgram::make_rows(Id d) {
  Rows& out = rows_[d];
  if (out.made) return;
  out.made = true;
  const vm::DomainDef& def = program_.domains[d];
  if (def.make == vm::Make::cases) {
    out.rows.push_back({"", 0, t_.yes()});
    out.up.push_back(0);
    return;
  }
  make_rows(def.parent);
  if (def.from != none_id) make_rows(def.from);
  const Rows& parents = rows_[def.parent];
  for (size_t p = 0; p < parents.rows.size(); ++p) {
    const ProofRow parent = parents.rows[p];
    switch (def.make) {
      case vm::Make::cases: break;
      case vm::Make::rows:
      case vm::Make::reference: {
        if (!list_field_[d]) break;
        for (const ProofRow& row : record_.list(program_, parent, *list_field_[d], list_key_[d])) {
          out.rows.push_back(row);
          out.up.push_back(p);
          auto& src = out.src.emplace_back();
          if (def.make == vm::Make::rows) continue;
          const std::vector<ProofRow>& from = rows_[def.from].rows;
          const z3::expr number = record_.reference(row, from);
          for (size_t f = 0; f < from.size(); ++f) src.emplace_back(t_.both(from[f].there, number == static_cast<int>(from[f].number)), f);
        }
        break;
      }
      case vm::Make::cross: {
        // Under each row the rows of the list that belong to the row's owner, or to the case.
        std::vector<std::pair<z3::expr, size_t>> owners;
        if (def.via != none_id) {
          owners = {{t_.yes(), above(def.parent, p, def.via)}};
          for (Id o = def.via; o != program_.domains[def.from].parent; o = program_.domains[o].from) {
            std::vector<std::pair<z3::expr, size_t>> next;
            for (const auto& [when, row] : owners) {
              for (const auto& [refers, to] : rows_[o].src[row]) next.emplace_back(t_.both(when, refers), to);
            }
            owners = std::move(next);
          }
        }
        for (size_t f = 0; f < rows_[def.from].rows.size(); ++f) {
          z3::expr belongs = def.via == none_id ? t_.yes() : t_.no();
          for (const auto& [when, owner] : owners) {
            if (rows_[def.from].up[f] == owner) belongs = t_.either(belongs, when);
          }
          const ProofRow& from = rows_[def.from].rows[f];
          if (belongs.is_false()) continue;
          out.rows.push_back({from.path, from.number, t_.both(t_.both(parent.there, from.there), belongs)});
          out.up.push_back(p);
          out.src.push_back({{t_.yes(), f}});
        }
        break;
      }
      case vm::Make::unnest: break;   // its rows are known only when it runs: see one()
    }
  }
}

size_t ProofProgram::above(Id domain, size_t row, Id target) const {
  for (; domain != target; domain = program_.domains[domain].parent) row = rows_[domain].up[row];
  return row;
}

std::vector<size_t> ProofProgram::below(Id domain, size_t row, Id child) const {
  std::vector<size_t> out;
  for (size_t k = 0; k < rows_[child].rows.size(); ++k) {
    if (above(child, k, domain) == row) out.push_back(k);
  }
  return out;
}

Symbol ProofProgram::cell(Id reg, size_t row) const {
  const std::vector<Symbol>& cells = registers_[reg];
  return cells[program_.registers[reg].domain == none_id ? 0 : row];
}
const Symbol& ProofProgram::arg(const Inst& i, uint32_t k, size_t row) const {
  const Id reg = operand(i, k);
  return registers_[reg][program_.registers[reg].domain == none_id ? 0 : row];
}

std::optional<z3::expr> ProofProgram::statuses_differ(size_t line, const ProofProgram& other) const {
  z3::expr out = t_.no();
  std::map<std::string, const vm::Criterion*> theirs;
  const auto name = [](const vm::Program& p, const vm::Criterion& c) { return p.texts[p.blocks[c.block].name] + " " + p.texts[c.name]; };
  for (const vm::Criterion& c : other.program_.criteria) {
    if (c.block != none_id && c.value != none_id) theirs.emplace(name(other.program_, c), &c);
  }
  for (const vm::Criterion& c : program_.criteria) {
    if (c.block == none_id || c.value == none_id) continue;
    const auto at = theirs.find(name(program_, c));
    if (at == theirs.end()) continue;
    const vm::Criterion& d = *at->second;
    const vm::Block& block = program_.blocks[c.block];
    const auto own = below(program_.lines_domain, line, c.domain);
    if (own != other.below(other.program_.lines_domain, line, d.domain)) return std::nullopt;
    for (const size_t row : own) {
      z3::expr counts =
          t_.both(rows_[c.domain].rows[row].there, t_.both(t_.is_yes(cell(block.scope, line)), t_.is_yes(cell(block.version_gate, line))));
      if (c.domain == block.items && block.item_scope != none_id) counts = t_.both(counts, t_.is_yes(cell(block.item_scope, row)));
      const auto truth = [&](const ProofProgram& p, Id reg) { return reg == none_id ? t_.truth(t_.yes()) : p.cell(reg, row); };
      const Symbol applies = truth(*this, c.applicable), value = truth(*this, c.value);
      const Symbol applies_there = truth(other, d.applicable), value_there = truth(other, d.value);
      const z3::expr unlike = t_.negated(t_.identical(applies, applies_there));
      const z3::expr unlike_value = t_.both(t_.negated(t_.is_no(applies)), t_.negated(t_.identical(value, value_there)));
      out = t_.either(out, t_.both(counts, t_.either(unlike, unlike_value)));
    }
  }
  return out;
}

// ---------------------------------------------------------------- code

void ProofProgram::range(uint32_t from, uint32_t to) {
  for (uint32_t at = from; at < to; ++at) {
    const Inst& i = program_.code[at];
    if (i.op == Op::scan) {
      unreached_.emplace("scan");
      at += i.imm;
      continue;
    }
    if (i.op != Op::repeat) {
      one(i, needed_[at]);
      continue;
    }
    std::vector<Symbol>& seen = registers_[operand(i, 0)];
    std::fill(seen.begin(), seen.end(), t_.unknown(Type::truth));
    for (size_t round = 0; round <= seen.size(); ++round) {
      range(at + 1, at + 1 + i.imm);
      bool settled = true;
      for (size_t r = 0; r < seen.size(); ++r) {
        const Symbol& made = arg(i, 1, r);
        settled &= z3::eq(seen[r].p, made.p) && z3::eq(seen[r].q, made.q);
      }
      if (settled) break;
      for (size_t r = 0; r < seen.size(); ++r) seen[r] = arg(i, 1, r);
    }
    at += i.imm;
  }
}

void ProofProgram::one(const Inst& i, bool decisive) {
  // What only explains is left out.
  if (!decisive && i.op != Op::column && i.op != Op::konst) return;
  const std::string_view name = vm::opcodes()[static_cast<size_t>(i.op)].name;
  if (std::find(out_of_reach.begin(), out_of_reach.end(), i.op) != out_of_reach.end()) {
    unreached_.insert(std::string(name));
    return;
  }
  made_[i.dst] = true;
  std::vector<Symbol>& out = registers_[i.dst];
  for (size_t r = 0; r < out.size(); ++r) {
    const Symbol made = row(i, r);
    out[r] = made.type == program_.registers[i.dst].type ? made : t_.as(program_.registers[i.dst].type, made);
    const bool tests = i.op == Op::shown || i.op == Op::not_shown || i.op == Op::undetermined;
    if (held_ && tests) {
      const std::string where = program_.registers[i.dst].domain == none_id ? "" : rows_[program_.registers[i.dst].domain].rows[r].path;
      out[r] = t_.truth(t_.c.bool_const(fmt::format("record test {} {}", i.dst, where).c_str()));
    }
    if (i.dst == pinned_) out[r] = t_.truth(t_.c.bool_const(("pinned " + std::to_string(r)).c_str()));
  }
}

// A domain's rows are a register's; a uniform one has one row.
Symbol ProofProgram::row(const Inst& i, size_t r) {
  const Type type = program_.registers[i.dst].type;
  const auto a = [&](uint32_t k) -> const Symbol& { return arg(i, k, r); };
  const auto all = [&] {
    std::vector<Symbol> list;
    for (uint32_t k = 0; k < i.n; ++k) list.push_back(a(k));
    return list;
  };
  switch (i.op) {
    case Op::konst: return t_.constant(program_, program_.constants[i.imm]);
    case Op::column: return column(program_.columns[i.imm], r);
    case Op::member: return t_.truth(rows_[i.domain].rows[r].there);
    case Op::up: return registers_[operand(i, 0)][domain_of(i, 0) == none_id ? 0 : above(i.domain, r, domain_of(i, 0))];
    case Op::src: return moved(i, r);
    case Op::truth_not: return turned(a(0));
    case Op::truth_and: {
      Symbol s = a(0);
      for (uint32_t k = 1; k < i.n; ++k) s = both(s, a(k));
      return s;
    }
    case Op::truth_or: {
      Symbol s = turned(a(0));
      for (uint32_t k = 1; k < i.n; ++k) s = both(s, turned(a(k)));
      return turned(s);
    }
    case Op::keep: return {Type::truth, t_.is_yes(a(0)), a(0).q, t_.number(0)};
    case Op::select: {
      const Symbol open = t_.chosen(t_.identical(a(1), a(2)), t_.as(type, a(1)), t_.unknown(type));
      return t_.chosen(t_.is_unknown(a(0)), open, t_.chosen(t_.is_yes(a(0)), t_.as(type, a(1)), t_.as(type, a(2))));
    }
    case Op::call: return t_.call(i.fn, all());
    case Op::lookup: return looked_up(i, a(0));
    case Op::in_set: return member_of(i, a(0), nullptr);
    case Op::in_set_on: return member_of(i, a(0), &a(1));
    case Op::is_null: {
      const z3::expr open = t_.is_unknown(a(0)), gone = t_.is_none(a(0));
      return {Type::truth, t_.both(t_.negated(open), gone), t_.both(t_.negated(open), t_.negated(gone)), t_.number(0)};
    }
    case Op::coalesce: {
      Symbol s = t_.as(type, a(i.n - 1));
      for (uint32_t k = i.n - 1; k-- > 0;) s = t_.chosen(t_.is_none(a(k)), s, t_.as(type, a(k)));
      return s;
    }
    case Op::any:
    case Op::all:
    case Op::count: return of_children(i, r);
    case Op::at_least: {
      z3::expr met = t_.number(0), none = met, open = met;
      const auto one = [&](const z3::expr& e) { return t_.chosen(e, t_.number(1), t_.number(0)); };
      for (const Symbol& s : all()) {
        met = met + one(t_.is_yes(s));
        none = none + one(t_.is_none(s));
        open = open + one(t_.is_unknown(s));
      }
      const z3::expr n = t_.number(i.imm);
      const auto yes = [&](const z3::expr& m) { return m >= n; };
      const auto no = [&](const z3::expr& m) { return m + none < n; };
      // Settled where both ends agree; none where neither end is decided.
      const z3::expr low_yes = yes(met), high_yes = yes(met + open), low_no = no(met), high_no = no(met + open);
      const z3::expr neither = !low_yes && !low_no && !high_yes && !high_no;
      return {Type::truth, (low_yes && high_yes) || neither, (low_no && high_no) || neither, t_.number(0)};
    }
    case Op::fold: return folded(i, r);
    case Op::pick: return picked(i, r);
    case Op::only: return only(i, r);
    case Op::shown: return t_.truth(t_.both(t_.is_yes(a(0)), t_.is_yes(a(1))));
    case Op::not_shown: return t_.truth(t_.both(t_.negated(t_.is_no(a(0))), t_.negated(t_.both(t_.is_yes(a(0)), t_.is_yes(a(1))))));
    case Op::undetermined: {
      const z3::expr settled = t_.both(t_.is_yes(a(0)), t_.either(t_.is_yes(a(1)), t_.is_no(a(1))));
      return t_.truth(t_.both(t_.negated(t_.is_no(a(0))), t_.negated(settled)));
    }
    case Op::assert_value: {
      const z3::expr judged = t_.either(t_.is_yes(a(0)), t_.is_no(a(0)));
      return t_.chosen(judged, a(0), a(1));
    }
    case Op::assert_applicable: {
      const z3::expr judged = t_.either(t_.is_yes(a(0)), t_.is_no(a(0))), waived = t_.is_none(a(0));
      return {Type::truth, t_.either(judged, t_.both(a(1).p, t_.negated(waived))), t_.either(waived, t_.both(a(1).q, t_.negated(judged))),
              t_.number(0)};
    }
    case Op::status_value: {
      const z3::expr sure = t_.is_yes(a(1)), fails = t_.both(t_.is_no(a(0)), t_.negated(sure));
      const z3::expr none = t_.both(t_.is_none(a(0)), t_.is_none(a(1)));
      return {Type::truth, t_.either(sure, none), t_.either(fails, none), t_.number(0)};
    }
    case Op::decide: return decided(i, r);
    case Op::fold_items: return folded_items(i, r);
    case Op::granted: return granted(i, r);
    case Op::used_days:
    case Op::fullest: return used(i, r);
    case Op::gather: return t_.function(fmt::format("gather {}", i.fn), type, all());
    case Op::narrow: return t_.function("narrow", type, all());
    case Op::repeat:
    case Op::scan:
    case Op::unnest:
    case Op::nest:
    case Op::final: break;   // range() and one()
  }
  return t_.unknown(type);
}

Symbol ProofProgram::both(const Symbol& a, const Symbol& b) {
  const z3::expr t = t_.both(a.p, b.p);
  const z3::expr f = t_.either(t_.either(t_.is_no(a), t_.is_no(b)), t_.both(t, t_.either(a.q, b.q)));
  return {Type::truth, t, f, t_.number(0)};
}

Symbol ProofProgram::column(const vm::ColumnDef& def, size_t r) {
  const auto text = [&](Id id) { return id == none_id ? std::string() : program_.texts[id]; };
  const ProofRow row = rows_[def.domain].rows[r];
  switch (def.kind) {
    case vm::ColumnKind::field: return record_.field(program_, row, text(def.path), def.node, program_.nodes[def.node].fields[def.field]);
    case vm::ColumnKind::position: return t_.value(Type::integer, t_.number(row.number + 1));
    case vm::ColumnKind::assertion:
    case vm::ColumnKind::judgment: {
      const vm::Criterion& criterion = program_.criteria[def.criterion];
      // Only a criterion that a person judges waits for a word.
      const bool judged = std::any_of(program_.columns.begin(), program_.columns.end(), [&](const vm::ColumnDef& other) {
        return other.kind == vm::ColumnKind::judgment && other.criterion == def.criterion;
      });
      return judged ? record_.judgment(row, text(criterion.name)) : t_.unknown(Type::truth);
    }
    case vm::ColumnKind::decided_date: {
      const vm::Field& f = program_.nodes[def.node].fields[def.field];
      const Symbol dated = record_.field(program_, row, text(f.key), def.node, f), received = record_.case_field(program_, "received");
      return t_.chosen(t_.is_none(dated), received, dated);
    }
    case vm::ColumnKind::as_of: return record_.case_field(program_, "decisionDate");
  }
  return t_.unknown(def.type);
}

Symbol ProofProgram::moved(const Inst& i, size_t r) {
  const Id from = domain_of(i, 0);
  const std::vector<Symbol>& cells = registers_[operand(i, 0)];
  if (from == none_id) return cells[0];
  Symbol s = t_.unknown(program_.registers[i.dst].type);
  const auto& choices = rows_[i.domain].src[r];
  for (size_t k = choices.size(); k-- > 0;) {
    const Symbol& one = cells[above(program_.domains[i.domain].from, choices[k].second, from)];
    // What a row that is there refers to is there; the last choice stands for none of the others.
    s = k + 1 == choices.size() ? one : t_.chosen(choices[k].first, one, s);
  }
  return s;
}

Symbol ProofProgram::member_of(const Inst& i, const Symbol& value, const Symbol* day) {
  const vm::Table& table = program_.tables[i.imm];
  if (value.type == Type::quantity || value.type == Type::truth || vm::has_items(value.type)) {
    t_.functions.insert(fmt::format("sets of {}", value.type == Type::quantity ? "quantities" : "values that are made of others"));
    return rows_function(i, 0, fmt::format("set {}", i.imm));
  }
  z3::expr in = t_.no(), vague = t_.no();
  for (size_t k = 0; k < table.keys.size(); ++k) {
    const Symbol key = t_.constant(program_, program_.constants[table.keys[k]]);
    const z3::expr same = t_.same(value.v, key.v);
    const auto end = [&](const std::vector<Id>& ends) { return day && k < ends.size() ? ends[k] : none_id; };
    z3::expr valid = t_.yes();
    if (end(table.from) != none_id) valid = t_.both(valid, day->v >= t_.constant(program_, program_.constants[end(table.from)]).v);
    if (end(table.to) != none_id) valid = t_.both(valid, day->v <= t_.constant(program_, program_.constants[end(table.to)]).v);
    const bool dated = end(table.from) != none_id || end(table.to) != none_id;
    if (dated) vague = t_.either(vague, same);
    in = t_.either(in, t_.both(same, dated ? t_.both(valid, t_.negated(t_.either(t_.is_none(*day), t_.is_unknown(*day)))) : t_.yes()));
  }
  z3::expr open = t_.is_unknown(value), none = t_.is_none(value);
  if (day) {
    const z3::expr rests = t_.both(vague, t_.negated(in));
    open = t_.either(open, t_.both(rests, t_.is_unknown(*day)));
    none = t_.either(none, t_.both(rests, t_.is_none(*day)));
  }
  const z3::expr known = t_.negated(open);
  return {Type::truth, t_.both(known, t_.either(none, in)), t_.both(known, t_.either(none, t_.negated(in))), t_.number(0)};
}

Symbol ProofProgram::looked_up(const Inst& i, const Symbol& key) {
  const vm::Table& table = program_.tables[i.imm];
  const Type type = program_.registers[i.dst].type;
  Symbol s = table.otherwise_key          ? key
             : table.otherwise == none_id ? t_.none(type)
                                          : t_.constant(program_, program_.constants[table.otherwise]);
  for (size_t k = table.keys.size(); k-- > 0;) {
    s = t_.chosen(t_.same(key.v, t_.constant(program_, program_.constants[table.keys[k]]).v),
                  t_.constant(program_, program_.constants[table.values[k]]), s);
  }
  return t_.chosen(t_.is_unknown(key), t_.unknown(type), t_.chosen(t_.is_none(key), t_.none(type), s));
}

// ---------------------------------------------------------------- over rows

Symbol ProofProgram::of_children(const Inst& i, size_t r) {
  const Id child = domain_of(i, 0);
  z3::expr yes = t_.no(), open = yes, none = yes;
  std::vector<z3::expr> counted;
  for (const size_t k : below(i.domain, r, child)) {
    const Symbol& s = registers_[operand(i, 0)][k];
    const z3::expr there = rows_[child].rows[k].there;
    yes = t_.either(yes, t_.both(there, i.op == Op::all ? t_.is_no(s) : t_.is_yes(s)));
    open = t_.either(open, t_.both(there, t_.is_unknown(s)));
    none = t_.either(none, t_.both(there, t_.is_none(s)));
    if (i.op == Op::count) counted.push_back(t_.both(there, t_.is_yes(s)));
  }
  if (i.op == Op::count) return t_.count(std::move(counted), open);
  const z3::expr settled = t_.either(yes, t_.negated(open));
  const Symbol s{Type::truth, t_.both(settled, t_.either(yes, none)), t_.both(settled, t_.negated(yes)), t_.number(0)};
  return i.op == Op::all ? turned(s) : s;
}

// A fold that is not followed in itself: a function of its rows' members and values.
Symbol ProofProgram::rows_function(const Inst& i, size_t r, const std::string& name) {
  std::vector<Symbol> args;
  const Id child = i.n == 0 ? none_id : domain_of(i, 0);
  if (child == none_id || child == i.domain) {
    for (uint32_t k = 0; k < i.n; ++k) args.push_back(arg(i, k, r));
  } else {
    for (const size_t row : below(i.domain, r, child)) {
      const z3::expr member = t_.both(rows_[child].rows[row].there, t_.is_yes(registers_[operand(i, 0)][row]));
      args.push_back(t_.truth(member));
      for (uint32_t k = 1; k < i.n; ++k) {
        const Symbol& s = arg(i, k, row);
        args.push_back(t_.chosen(member, s, t_.none(s.type)));
      }
    }
  }
  return t_.function(name, program_.registers[i.dst].type, args);
}

Symbol ProofProgram::folded(const Inst& i, size_t r) {
  const auto kind = static_cast<vm::FoldKind>(i.fn);
  const Id child = domain_of(i, 0);
  const Type of = program_.registers[operand(i, 1)].type, type = program_.registers[i.dst].type;
  const bool number = of == Type::integer || of == Type::decimal;
  const bool ordered = number || of == Type::date;
  const bool plain = ordered || of == Type::text || of == Type::code;
  const bool reached = (kind == vm::FoldKind::distinct && plain) || (kind == vm::FoldKind::sum && number) ||
                       ((kind == vm::FoldKind::min || kind == vm::FoldKind::max) && ordered);
  if (!reached) {
    t_.functions.insert("sums, means and ends of values that are no whole numbers or dates");
    return rows_function(i, r, fmt::format("fold {}", i.fn));
  }
  z3::expr open = t_.no(), some = t_.no(), v = t_.number(0);
  std::vector<std::pair<z3::expr, z3::expr>> before;   // counted, value
  std::vector<z3::expr> counted;
  for (const size_t k : below(i.domain, r, child)) {
    const Symbol &member = registers_[operand(i, 0)][k], &value = arg(i, 1, k);
    const z3::expr there = rows_[child].rows[k].there;
    const z3::expr counts = t_.both(t_.both(there, t_.is_yes(member)), t_.negated(t_.either(t_.is_none(value), t_.is_unknown(value))));
    const z3::expr possible = t_.both(there, t_.either(t_.is_unknown(member), t_.both(t_.is_yes(member), t_.is_unknown(value))));
    open = t_.either(open, possible);
    switch (kind) {
      case vm::FoldKind::distinct: {
        z3::expr fresh = counts;
        for (const auto& [counted, other] : before) fresh = t_.both(fresh, t_.negated(t_.both(counted, t_.same(other, value.v))));
        counted.push_back(fresh);
        break;
      }
      case vm::FoldKind::sum:
      case vm::FoldKind::avg: v = v + t_.chosen(counts, value.v, t_.number(0)); break;
      case vm::FoldKind::min: v = t_.chosen(t_.both(counts, t_.either(t_.negated(some), value.v < v)), value.v, v); break;
      case vm::FoldKind::max: v = t_.chosen(t_.both(counts, t_.either(t_.negated(some), value.v > v)), value.v, v); break;
    }
    some = t_.either(some, counts);
    before.emplace_back(counts, value.v);
  }
  const z3::expr known = t_.negated(open);
  if (kind == vm::FoldKind::distinct) return t_.count(std::move(counted), open);
  z3::expr none = t_.negated(some);
  Symbol s{type, none, open, v};
  if (kind == vm::FoldKind::sum && of == Type::integer) {
    const z3::expr overflow = v < t_.number(INT32_MIN) || v > t_.number(INT32_MAX);
    none = none || overflow;
    s.fault = t_.both(known, overflow);
  }
  s.p = t_.both(known, none);
  return s;
}

Symbol ProofProgram::picked(const Inst& i, size_t r) {
  const Id child = domain_of(i, 0);
  const Type of = program_.registers[operand(i, 1)].type, type = program_.registers[i.dst].type;
  if (of != Type::integer && of != Type::decimal && of != Type::date && of != Type::long_integer) {
    t_.functions.insert("rows sorted by values that are no numbers or dates");
    return rows_function(i, r, fmt::format("pick {}", i.fn));
  }
  const bool last = i.fn == 1;
  z3::expr open = t_.no(), some = t_.no(), key = t_.number(0), none = t_.no();
  Symbol found = t_.none(type);
  for (const size_t k : below(i.domain, r, child)) {
    const Symbol &member = registers_[operand(i, 0)][k], &by = arg(i, 1, k), &value = arg(i, 2, k);
    const z3::expr there = rows_[child].rows[k].there, is = t_.both(there, t_.is_yes(member));
    open = t_.either(open, t_.both(there, t_.either(t_.is_unknown(member), t_.both(t_.is_yes(member), t_.is_unknown(by)))));
    // None comes first; of equal ones the first row, looking from the wanted end.
    const z3::expr gone = t_.is_none(by);
    const z3::expr better = last ? t_.chosen(gone, none, t_.either(none, by.v >= key))
                                 : t_.chosen(gone, t_.negated(none), t_.both(t_.negated(none), by.v < key));
    const z3::expr take = t_.both(is, t_.either(t_.negated(some), better));
    found = t_.chosen(take, t_.as(type, value), found);
    key = t_.chosen(take, by.v, key);
    none = t_.chosen(take, gone, none);
    some = t_.either(some, is);
  }
  return t_.chosen(open, t_.unknown(type), found);
}

Symbol ProofProgram::only(const Inst& i, size_t r) {
  const Id child = domain_of(i, 0);
  const Type type = program_.registers[i.dst].type;
  z3::expr open = t_.no(), one = t_.no(), more = t_.no();
  Symbol found = t_.none(type);
  for (const size_t k : below(i.domain, r, child)) {
    const Symbol& member = registers_[operand(i, 0)][k];
    const z3::expr there = rows_[child].rows[k].there, is = t_.both(there, t_.is_yes(member));
    open = t_.either(open, t_.both(there, t_.is_unknown(member)));
    more = t_.either(more, t_.both(one, is));
    one = t_.either(one, is);
    found = t_.chosen(is, t_.as(type, arg(i, 1, k)), found);
  }
  return t_.chosen(more, t_.none(type), t_.chosen(open, t_.unknown(type), found));
}

// ---------------------------------------------------------------- limits

Symbol ProofProgram::used(const Inst& i, size_t r) {
  struct Use {
    z3::expr counts, day;
  };
  std::vector<Use> uses;
  z3::expr open = t_.no();
  const auto gather = [&](uint32_t member, uint32_t date, const uint32_t* grant) {
    const Id child = domain_of(i, member);
    for (const size_t k : below(i.domain, r, child)) {
      const Symbol &is = arg(i, member, k), &day = arg(i, date, k);
      z3::expr yes = t_.is_yes(is), may = t_.is_unknown(is);
      if (grant) {
        const Symbol& g = arg(i, *grant, k);
        const z3::expr granted = t_.is_yes(g);
        may = t_.both(t_.either(may, yes), t_.both(t_.negated(t_.is_no(g)), t_.negated(t_.both(yes, granted))));
        yes = t_.both(yes, granted);
      }
      const z3::expr there = t_.both(rows_[child].rows[k].there, t_.negated(t_.is_none(day)));
      open = t_.either(open, t_.both(there, t_.either(may, t_.both(yes, t_.is_unknown(day)))));
      uses.push_back({t_.both(there, yes), day.v});
    }
  };
  gather(0, 1, nullptr);
  const uint32_t granted = 4;
  gather(2, 3, &granted);
  const Symbol& own = arg(i, 5, r);
  const bool procedures = i.op == Op::fullest && i.imm == 1;
  open = t_.either(open, t_.either(t_.is_none(own), t_.is_unknown(own)));
  const auto within = [&](const z3::expr* after, const z3::expr* until) {
    std::vector<z3::expr> counted;
    std::vector<Use> before;
    for (const Use& u : uses) {
      z3::expr counts = u.counts;
      if (after) counts = t_.both(counts, u.day > *after && u.day <= *until);
      z3::expr fresh = counts;
      if (!procedures) {
        fresh = t_.both(fresh, t_.negated(t_.same(u.day, own.v)));
        for (const Use& b : before) fresh = t_.both(fresh, t_.negated(t_.both(b.counts, t_.same(b.day, u.day))));
      }
      counted.push_back(fresh);
      before.push_back({counts, u.day});
    }
    return counted;
  };
  if (i.op == Op::used_days) return t_.count(within(nullptr, nullptr), open);
  // The fullest window that contains the line's day ends on it or on a later use's.
  const Symbol& span = arg(i, 6, r);
  z3::expr most = t_.number(0);
  const auto window = [&](const z3::expr& counts, const z3::expr& end) {
    const Symbol start = t_.earlier(t_.value(Type::date, end), span);
    const z3::expr after = start.v;
    const z3::expr n = t_.count(within(&after, &end), t_.no()).v;
    const z3::expr reaches = t_.both(counts, t_.both(t_.negated(t_.is_none(start)), after < own.v));
    most = t_.chosen(t_.both(reaches, n > most), n, most);
  };
  window(t_.yes(), own.v);
  for (const Use& u : uses) window(t_.both(u.counts, u.day > own.v), u.day);
  return {Type::integer, t_.no(), open, most};
}

}  // namespace rubric::analysis
