#include "vm/definitions.h"

#include "vm/opcodes.h"

namespace rubric::vm {

Definitions::Definitions(const Program& p)
    : by_(p.registers.size(), nullptr), tests_(p.registers.size(), false), has_values_(p.registers.size(), false) {
  for (const Inst& i : p.code) {
    if (i.op == Op::unnest) elements_[i.domain] = i.dst;
    if (i.op == Op::repeat || i.op == Op::scan) {
      made_[p.operands[i.args]] = p.operands[i.args + (i.op == Op::scan ? 2 : 1)];
      continue;
    }
    by_[i.dst] = &i;
    tests_[i.dst] = vm::tests_record(i.op);
    for (uint32_t k = 0; k < i.n && !tests_[i.dst]; ++k) tests_[i.dst] = tests_[p.operands[i.args + k]];
    const auto arg_has = [&](uint32_t k) { return static_cast<bool>(has_values_[p.operands[i.args + k]]); };
    has_values_[i.dst] = i.op == Op::column     ? p.columns[i.imm].kind == ColumnKind::field && !p.columns[i.imm].optional
                         : i.op == Op::konst    ? p.constants[i.imm].kind == Kind::value
                         : i.op == Op::up       ? arg_has(0)
                         : i.op == Op::select   ? arg_has(1) && arg_has(2)
                         : i.op == Op::coalesce ? arg_has(i.n - 1)
                                                : i.op == Op::keep || i.op == Op::count;
  }
}

}  // namespace rubric::vm
