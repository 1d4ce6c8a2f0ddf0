// A verified program's constants and tables in the form that kernels ask: made once, shared by every run.
#pragma once

#include "vm/kernels.h"
#include "vm/program.h"

#include <memory>
#include <vector>

namespace rubric::vm {

struct Prepared {
  std::vector<Value> constants;
  std::vector<PreparedTable> tables;
  Arena arena;                       // of wide constants
  std::vector<bool> decisive;        // instructions that outcomes rest on; the others only explain
  std::vector<bool> late;            // moves that no instruction reads: made when a trace asks for them
  std::vector<Id> late_registers;    // what they write
};

std::shared_ptr<const Prepared> prepare(const Program&);

// The value that a file's constant stands for; wide decimals are placed in the arena.
Value value_of(const Constant&, Arena&);

}  // namespace rubric::vm
