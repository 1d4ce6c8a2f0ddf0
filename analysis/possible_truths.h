// Which truths the registers of a program can have at all, whatever the record: a bound from the instructions alone.
//
// Persons' assertions are left out: they set a status, whatever a policy says. It knows nothing of what two conditions have to do with each other, so it may hold too much possible, never too little.
#pragma once

#include "vm/program.h"

#include <cstdint>
#include <vector>

namespace rubric::analysis {

inline constexpr uint8_t can_be_unknown = 1, can_be_true = 2, can_be_false = 4, can_be_none = 8;  // 1 << Truth

// Per register; of a register that holds no truth: whether it can be unknown or none.
std::vector<uint8_t> possible_truths(const vm::Program&);

}  // namespace rubric::analysis
