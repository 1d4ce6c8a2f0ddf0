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
  needed_ = needed(verified, criteria);
  range(0, static_cast<uint32_t>(program_.code.size()));
}

std::vector<bool> ProofProgram::needed(const vm::VerifiedProgram& verified, bool criteria) {
  const vm::Program& p = *verified;
  std::vector<bool> out = verified.prepared().decisive, read(p.registers.size(), false);
  for (const vm::Modification& m : p.modifications) {
    for (const auto& [field, reg] : m.fields) read[reg] = true;
  }
  for (const vm::Condition& c : p.conditions) {
    for (const auto& [name, reg] : c.values) read[reg] = true;
  }
  for (const vm::Criterion& c : p.criteria) {
    if (criteria && c.value != none_id) read[c.value] = true;
    if (criteria && c.applicable != none_id) read[c.applicable] = true;
  }
  for (size_t k = p.code.size(); k-- > 0;) {
    const Inst& i = p.code[k];
    if (i.dst != none_id && read[i.dst]) out[k] = true;
    if (!out[k]) continue;
    for (uint32_t a = 0; a < i.n; ++a) read[p.operands[i.args + a]] = true;
  }
  return out;
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
    repeat(at);
    at += i.imm;
  }
}

// As the machine does: what still changes after as many rounds as there are lines, which only tests of the record can
// bring about, is held unknown.
void ProofProgram::repeat(uint32_t at) {
  const Inst& i = program_.code[at];
  const uint32_t from = at + 1, to = from + i.imm;
  const bool tests =
      std::any_of(program_.code.begin() + from, program_.code.begin() + to, [](const Inst& inner) { return tests_record(inner.op); });
  std::vector<Symbol>& seen = registers_[operand(i, 0)];
  std::fill(seen.begin(), seen.end(), t_.unknown(Type::truth));
  std::vector<z3::expr> held(seen.size(), t_.no());
  const size_t lines = seen.size(), last = tests ? 2 * lines : lines;
  for (size_t round = 0; round <= last; ++round) {
    range(from, to);
    bool settled = true;
    for (size_t r = 0; r < lines; ++r) {
      const Symbol& made = arg(i, 1, r);
      settled &= z3::eq(seen[r].p, made.p) && z3::eq(seen[r].q, made.q);
    }
    if (settled) break;
    for (size_t r = 0; r < lines; ++r) {
      const Symbol made = arg(i, 1, r), before = seen[r];
      seen[r] = made;
      if (!tests || round < lines) continue;
      held[r] = t_.either(held[r], t_.negated(t_.identical(before, made)));
      seen[r].p = t_.both(made.p, t_.negated(held[r]));
      seen[r].q = t_.both(made.q, t_.negated(held[r]));
    }
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
    const bool tests = vm::tests_record(i.op);
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
    case Op::call: return t_.call(i.fn, all());
    case Op::lookup: return looked_up(i, a(0));
    case Op::in_set: return member_of(i, a(0), nullptr);
    case Op::in_set_on: return member_of(i, a(0), &a(1));
    case Op::any:
    case Op::all:
    case Op::count: return of_children(i, r);
    case Op::fold: return folded(i, r);
    case Op::pick: return picked(i, r);
    case Op::only: return only(i, r);
    case Op::truth_not:
    case Op::truth_and:
    case Op::truth_or:
    case Op::keep:
    case Op::select:
    case Op::is_null:
    case Op::coalesce:
    case Op::at_least:
    case Op::shown:
    case Op::not_shown:
    case Op::undetermined:
    case Op::assert_value:
    case Op::assert_applicable:
    case Op::status_value: return t_.cell(i, type, all());
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

}  // namespace rubric::analysis
