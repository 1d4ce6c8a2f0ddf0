// A verified program's constants and tables in the form that kernels ask: made once, shared by every run.
#pragma once

#include "vm/declared.h"
#include "vm/definitions.h"
#include "vm/kernels.h"
#include "vm/plan.h"
#include "vm/program.h"
#include "vm/windows.h"

#include <memory>
#include <vector>

namespace rubric::vm {

struct Prepared {
  std::vector<Value> constants;
  std::vector<PreparedTable> tables;
  std::vector<Declared> declared;    // per column
  Arena arena;                       // of wide constants, and of alternatives
  std::vector<bool> decisive;        // instructions that outcomes rest on; the others only explain
  std::vector<Window> windows;
  std::vector<Id> maker;             // per register the instruction that writes it, or none_id
  Definitions definitions;
  UniformColumns uniform;
  std::vector<Id> assertions;        // the columns with a person's word
  Plan plain, windowed, unjudged;    // for each of PlanFor
};

std::shared_ptr<const Prepared> prepare(const Program&);

// The value that a file's constant stands for; wide decimals are placed in the arena.
Value value_of(const Constant&, Arena&);

}  // namespace rubric::vm
