#include "analysis/free_truths.h"

#include "analysis/possible_truths.h"
#include "vm/opcodes.h"

#include <fmt/format.h>

#include <numeric>

namespace rubric::analysis {

using vm::Id;
using vm::Inst;
using vm::Op;
using vm::Program;
using vm::Type;

namespace {

Id operand(const Program& p, const Inst& i, uint32_t k) { return p.operands[i.args + k]; }

}  // namespace

FreeTruths::FreeTruths(Terms& t, z3::solver& solver, size_t registers, bool overruled, std::string name)
    : t_(t), solver_(solver), overruled_(overruled), name_(std::move(name)), same_as_(registers), makers_(registers) {
  std::iota(same_as_.begin(), same_as_.end(), Id{0});
}

void FreeTruths::add(const Program& p) {
  const std::vector<uint8_t> possible = possible_truths(p);
  for (uint32_t at = 0; at < p.code.size(); ++at) {
    const Inst& i = p.code[at];
    if (i.op == Op::scan) at += i.imm;   // its body reads what it has not written yet
    else if (i.op != Op::repeat && i.dst != vm::none_id) set_maker(i.dst, p, i, possible[i.dst]);
  }
}

// Whether a truth is one of other truths of its row, or of the row above.
bool FreeTruths::is_made_of_truths(Id reg) const {
  const auto& [p, i, possible] = makers_[reg];
  if (!i || p->registers[reg].type != Type::truth) return false;
  if (vm::combines_truths(i->op)) return true;
  for (uint32_t k = 0; k < i->n; ++k) {
    if (p->registers[operand(*p, *i, k)].type != Type::truth) return false;
  }
  const bool passes_values_on = i->op == Op::up || i->op == Op::select || i->op == Op::is_null || i->op == Op::coalesce;
  return i->op == Op::konst || passes_values_on || (i->op == Op::call && has_encoding(i->fn));
}

Symbol FreeTruths::value(World world, Id reg) {
  reg = of(reg);
  const auto known = values_.find({world, reg});
  if (known != values_.end()) return known->second;
  if (!is_made_of_truths(reg)) return chosen(world, reg);
  const auto& [p, i, possible] = makers_[reg];
  const bool tests = vm::tests_record(i->op);
  const Symbol s = world == completed && tests ? value(as_it_stands, reg) : made(world, *p, *i);
  values_.emplace(std::pair(world, reg), s);
  return s;
}
Symbol FreeTruths::made(World world, const Program& p, const Inst& i) {
  if (i.op == Op::konst) return t_.constant(p, p.constants[i.imm]);
  std::vector<Symbol> args;
  for (uint32_t k = 0; k < i.n; ++k) args.push_back(value(world, operand(p, i, k)));
  if (i.op == Op::up) return args[0];
  return i.op == Op::call ? t_.call(i.fn, args) : t_.cell(i, Type::truth, args);
}
Symbol FreeTruths::chosen(World world, Id reg) {
  const auto plane = [&](const char* name) { return t_.c.bool_const(fmt::format("{}{} {}", name_, name, reg).c_str()); };
  Symbol now{Type::truth, plane("yes"), plane("no"), t_.number(0)}, then = now;
  if (is_a_persons_word(reg)) {
    if (!overruled_) now = then = t_.unknown(Type::truth);
  } else {
    then = {Type::truth, plane("yes then"), plane("no then"), t_.number(0)};
    solver_.add(z3::implies(now.p || now.q, now.p == then.p && now.q == then.q));
    solver_.add(then.p || then.q);
    if (makers_[reg].inst && !(makers_[reg].possible & can_be_none)) solver_.add(!(then.p && then.q));
  }
  values_.emplace(std::pair(as_it_stands, reg), now);
  values_.emplace(std::pair(completed, reg), then);
  return world == completed ? then : now;
}
// What nobody has said stays unsaid.
bool FreeTruths::is_a_persons_word(Id reg) const {
  const auto& [p, i, possible] = makers_[reg];
  return i && i->op == Op::column && p->columns[i->imm].kind == vm::ColumnKind::assertion;
}

}  // namespace rubric::analysis
