#include "vm/definitions.h"

namespace rubric::vm {

Definitions::Definitions(const Program& p) : by_(p.registers.size(), nullptr), tests_(p.registers.size(), false) {
  for (const Inst& i : p.code) {
    if (i.op == Op::unnest) elements_[i.domain] = i.dst;
    if (i.op == Op::repeat || i.op == Op::scan) {
      made_[p.operands[i.args]] = p.operands[i.args + (i.op == Op::scan ? 2 : 1)];
      continue;
    }
    by_[i.dst] = &i;
    tests_[i.dst] = i.op == Op::shown || i.op == Op::not_shown || i.op == Op::undetermined;
    for (uint32_t k = 0; k < i.n && !tests_[i.dst]; ++k) tests_[i.dst] = tests_[p.operands[i.args + k]];
  }
}

}  // namespace rubric::vm
