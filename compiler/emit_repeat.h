// Limits read what other lines were granted, which depends on their limits: what follows from that runs in rounds, the rest once.
#pragma once

#include "vm/program.h"

namespace rubric {

struct Rounds {
  vm::Id lines;      // domain
  vm::Id seen;       // what a limit reads of the other lines: at first unknown, then what the round before made
  vm::Id granted;    // what a round makes
};

// Gathers the instructions from `from` to `to` that follow from what is seen behind a `repeat`, in their own order, and gives how many
// instructions are added: none, where nothing follows.
uint32_t move_behind_repeat(vm::Program&, uint32_t from, uint32_t to, const Rounds&);

}  // namespace rubric
