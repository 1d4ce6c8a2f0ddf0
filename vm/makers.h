// Which instruction writes a register.
#pragma once

#include "vm/program.h"

namespace rubric::vm {

// Per register, or none_id: what only a loop's head names is written by none.
inline std::vector<Id> makers_of(const Program& p) {
  std::vector<Id> out(p.registers.size(), none_id);
  for (Id k = 0; k < p.code.size(); ++k) {
    if (p.code[k].dst != none_id) out[p.code[k].dst] = k;
  }
  return out;
}

}  // namespace rubric::vm
