#include "compiler/emit_builder.h"

#include "vm/opcodes.h"

#include <algorithm>

namespace rubric {

using vm::Op;
using vm::Type;

Id Builder::text(const std::string& s) {
  if (texts_.empty()) {
    for (Id id = 0; id < program.texts.size(); ++id) texts_.emplace(program.texts[id], id);
  }
  const auto [at, added] = texts_.try_emplace(s, static_cast<Id>(program.texts.size()));
  if (added) program.texts.push_back(s);
  return at->second;
}

Id Builder::constant(const vm::Constant& c) {
  const auto key = std::tuple(c.kind, c.type, c.precision, c.unit, c.low, c.high);
  if (constants_.empty()) {
    for (Id id = 0; id < program.constants.size(); ++id) {
      const vm::Constant& k = program.constants[id];
      constants_.emplace(std::tuple(k.kind, k.type, k.precision, k.unit, k.low, k.high), id);
    }
  }
  const auto [at, added] = constants_.try_emplace(key, static_cast<Id>(program.constants.size()));
  if (added) program.constants.push_back(c);
  return at->second;
}

Id Builder::constant(const ir::Expr& e) {
  vm::Constant c = e.value;
  if (c.kind == vm::Kind::none) c.type = e.type.scalar;  // nones of two types are two registers
  if (c.kind == vm::Kind::value && e.type.kind == ir::Type::Kind::scalar) {
    c.type = e.type.scalar;
    if (c.type == Type::text) c.low = text(e.string);
    if (c.type == Type::code) {
      const auto [at, added] = codes_.try_emplace({e.system, e.string}, static_cast<Id>(program.codes.size()));
      if (added) program.codes.emplace_back(text(e.system), text(e.string));
      c.low = at->second;
    }
  }
  return constant(c);
}

Id Builder::constant_register(const ir::Expr& e) {
  const Type type = e.type.scalar;
  return emit(Op::konst, none_id, type, {}, constant(e));
}

Id Builder::truth(bool value) {
  vm::Constant c;
  c.type = Type::truth;
  c.low = value;
  return emit(Op::konst, none_id, Type::truth, {}, constant(c));
}

bool Builder::is_ancestor(Id above, Id domain) const {
  if (above == none_id) return true;
  for (; domain != none_id; domain = program.domains[domain].parent) {
    if (domain == above) return true;
  }
  return false;
}

Id Builder::deeper(Id a, Id b) const {
  if (is_ancestor(a, b)) return b;
  must(is_ancestor(b, a), "operands stand on one chain of domains");
  return a;
}

Id Builder::deepest(const std::vector<Id>& regs) const {
  Id domain = none_id;
  for (const Id r : regs) domain = deeper(domain, domain_of(r));
  return domain;
}

Id Builder::cross(Id parent, Id from, Id via) {
  const auto [at, added] = crosses_.try_emplace({parent, from, via}, static_cast<Id>(program.domains.size()));
  if (added) {
    vm::DomainDef d;
    d.make = vm::Make::cross;
    d.parent = parent;
    d.from = from;
    d.via = via;
    d.name = program.domains[from].name;
    program.domains.push_back(d);
  }
  return at->second;
}

Id Builder::unnested(Id parent, Id list) {
  const auto [at, added] = unnested_.try_emplace({parent, list}, static_cast<Id>(program.domains.size()));
  if (added) {
    vm::DomainDef d;
    d.make = vm::Make::unnest;
    d.parent = parent;
    d.name = text("elements");
    program.domains.push_back(d);
  }
  return at->second;
}

Id Builder::text_register(const std::string& s) {
  vm::Constant c;
  c.type = Type::text;
  c.low = text(s);
  return emit(Op::konst, none_id, Type::text, {}, constant(c));
}

size_t Builder::begin_scan(Id domain) {
  vm::Inst inst;
  inst.op = Op::scan;
  inst.domain = domain;
  inst.dst = none_id;
  program.code.push_back(inst);
  return program.code.size() - 1;
}

void Builder::end_scan(size_t scan, const std::vector<Id>& operands) {
  vm::Inst& inst = program.code[scan];
  inst.imm = static_cast<uint32_t>(program.code.size() - scan - 1);
  inst.args = static_cast<uint32_t>(program.operands.size());
  inst.n = static_cast<uint32_t>(operands.size());
  program.operands.insert(program.operands.end(), operands.begin(), operands.end());
}

Id Builder::emit_again(Op op, Id domain, Type type, const std::vector<Id>& operands) {
  made_.erase({op, uint16_t{0}, domain, uint32_t{0}, operands});
  return emit(op, domain, type, operands);
}

Id Builder::fresh(Id domain, Type type) {
  program.registers.push_back({domain, type});
  return static_cast<Id>(program.registers.size() - 1);
}

Id Builder::asked_of_rows(Op op, Id domain, const std::vector<Id>& operands) const {
  if (!is_pointwise(op) || domain == none_id) return none_id;
  const vm::DomainDef& d = program.domains[domain];
  // Each row of such a cross has a source; of a row that has none, an operator could still know something.
  if (d.make != vm::Make::cross || (d.via != none_id && d.via != program.domains[d.from].parent)) return none_id;
  bool any = false;
  for (const Id reg : operands) {
    if (domain_of(reg) == none_id) continue;
    if (!source_of_.contains(reg)) return none_id;
    any = true;
  }
  return any ? d.from : none_id;
}

std::vector<Id> Builder::joined_sources(Op op, Id domain, std::vector<Id> regs) {
  std::vector<Id> sources, others;
  for (const Id reg : regs) (asked_of_rows(op, domain, {reg}) == none_id ? others : sources).push_back(reg);
  if (sources.size() < 2 || others.empty()) return regs;
  others.push_back(emit(op, domain, Type::truth, sources));
  return others;
}

Id Builder::emit(Op op, Id domain, Type type, const std::vector<Id>& operands, uint32_t imm, uint16_t fn) {
  if (const Id rows = asked_of_rows(op, domain, operands); rows != none_id) {
    std::vector<Id> there = operands;
    for (Id& reg : there) {
      if (const auto at = source_of_.find(reg); at != source_of_.end()) reg = at->second;
    }
    return source(emit(op, rows, type, there, imm, fn), domain);
  }
  const auto [at, added] = made_.try_emplace({op, fn, domain, imm, operands}, none_id);
  if (!added) return at->second;
  const Id dst = fresh(domain, type);
  at->second = dst;
  vm::Inst inst;
  inst.op = op;
  inst.fn = fn;
  inst.domain = domain;
  inst.dst = dst;
  inst.args = static_cast<uint32_t>(program.operands.size());
  inst.n = static_cast<uint32_t>(operands.size());
  inst.imm = imm;
  program.operands.insert(program.operands.end(), operands.begin(), operands.end());
  program.code.push_back(inst);
  return dst;
}

Id Builder::lift(Id reg, Id domain) {
  if (domain_of(reg) == none_id || domain_of(reg) == domain) return reg;
  must(domain != none_id && is_ancestor(domain_of(reg), domain), "a register is lifted to a descendant of its domain");
  return emit(Op::up, domain, type_of(reg), {reg});
}

Id Builder::source(Id reg, Id domain) {
  if (domain_of(reg) == none_id) return reg;
  must(program.domains[domain].from == domain_of(reg), "src reads the domain that the rows were made from");
  const Id made = emit(Op::src, domain, type_of(reg), {reg});
  source_of_[made] = reg;
  return made;
}

Id Builder::column(const vm::ColumnDef& def) { return emit(Op::column, def.domain, def.type, {}, loaded(def)); }

Id Builder::loaded(const vm::ColumnDef& def) {
  const auto key = std::tuple(def.kind, def.domain, def.node, def.field, def.path, def.criterion);
  const auto [at, added] = columns_.try_emplace(key, static_cast<Id>(program.columns.size()));
  const Id column = at->second;
  if (!added) return column;
  program.columns.push_back(def);
  if (def.kind != vm::ColumnKind::field) return column;
  // What an undocumented field can be may hang on other fields: these are loaded too.
  const vm::Field field = program.nodes[def.node].fields[def.field];
  for (const vm::Bound& bound : {field.low, field.high}) {
    const bool of_case = bound.kind == vm::Bound::Kind::of_case;
    if (!of_case && bound.kind != vm::Bound::Kind::sibling) continue;
    vm::ColumnDef other = def;
    if (of_case) other.domain = other.node = 0;
    other.field = bound.field;
    const vm::Field& its = program.nodes[other.node].fields[bound.field];
    other.optional = its.optional;
    const std::string way = of_case ? "" : program.texts[def.path].substr(0, program.texts[def.path].rfind('/') + 1);
    other.path = text(way + program.texts[its.key]);
    loaded(other);
  }
  return column;
}

Id Builder::all(std::vector<Id> regs) {
  std::sort(regs.begin(), regs.end());
  regs.erase(std::unique(regs.begin(), regs.end()), regs.end());
  std::erase(regs, truth(true));
  if (regs.empty()) return truth(true);
  if (regs.size() == 1) return regs[0];
  const Id domain = deepest(regs);
  for (Id& r : regs) r = lift(r, domain);
  return emit(Op::truth_and, domain, Type::truth, joined_sources(Op::truth_and, domain, regs));
}

Id Builder::any(std::vector<Id> regs) {
  std::sort(regs.begin(), regs.end());
  regs.erase(std::unique(regs.begin(), regs.end()), regs.end());
  std::erase(regs, truth(false));
  if (regs.empty()) return truth(false);
  if (regs.size() == 1) return regs[0];
  const Id domain = deepest(regs);
  for (Id& r : regs) r = lift(r, domain);
  return emit(Op::truth_or, domain, Type::truth, joined_sources(Op::truth_or, domain, regs));
}

Id Builder::negate(Id reg) {
  if (reg == truth(true)) return truth(false);
  if (reg == truth(false)) return truth(true);
  return emit(Op::truth_not, domain_of(reg), Type::truth, {reg});
}

Id Builder::select(Id condition, Id a, Id b) {
  const Id domain = deepest({condition, a, b});
  return emit(Op::select, domain, type_of(a), {lift(condition, domain), lift(a, domain), lift(b, domain)});
}

}  // namespace rubric
