#include "compiler/emit_repeat.h"

#include <algorithm>
#include <vector>

namespace rubric {

using vm::Id;
using vm::none_id;
using vm::Op;

uint32_t move_behind_repeat(vm::Program& p, uint32_t from, uint32_t to, const Rounds& rounds) {
  std::vector<bool> depends(p.registers.size(), false);
  depends[rounds.seen] = true;
  std::vector<vm::Inst> once, again;
  for (uint32_t k = from; k < to;) {
    // A scan and its body stay together.
    const uint32_t end = k + 1 + (p.code[k].op == Op::scan ? p.code[k].imm : 0);
    const auto reads = [&](const vm::Inst& i) {
      return std::any_of(p.operands.begin() + i.args, p.operands.begin() + i.args + i.n, [&](Id r) { return depends[r]; });
    };
    const bool dependent = std::any_of(p.code.begin() + k, p.code.begin() + end, reads);
    for (; k < end; ++k) {
      if (dependent && p.code[k].dst != none_id) depends[p.code[k].dst] = true;
      (dependent ? again : once).push_back(p.code[k]);
    }
  }
  if (again.empty()) return 0;
  vm::Inst repeat;
  repeat.op = Op::repeat;
  repeat.domain = rounds.lines;
  repeat.dst = none_id;
  repeat.args = static_cast<uint32_t>(p.operands.size());
  repeat.n = 2;
  repeat.imm = static_cast<uint32_t>(again.size());
  p.operands.push_back(rounds.seen);
  p.operands.push_back(rounds.granted);
  once.push_back(repeat);
  once.insert(once.end(), again.begin(), again.end());
  p.code.erase(p.code.begin() + from, p.code.begin() + to);
  p.code.insert(p.code.begin() + from, once.begin(), once.end());
  return 1;
}

}  // namespace rubric
