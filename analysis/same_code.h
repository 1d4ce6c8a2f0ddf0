// Whether two programs do the same, instruction by instruction: words, layout and places in the source aside. Then they decide
// every record alike, whatever it holds.
//
// With names also what tests can name is the same: the blocks, rules and criteria that a determination speaks of, and which
// registers a criterion's status is read from. Mutants that change nothing compile to such a program.
#pragma once

#include "vm/program.h"

#include <cstdint>

namespace rubric::analysis {

enum class Names : uint8_t { aside, compared };
bool same_code(const vm::Program&, const vm::Program&, Names = Names::aside);

}  // namespace rubric::analysis
