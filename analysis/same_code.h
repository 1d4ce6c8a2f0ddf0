// Whether two programs do the same, instruction by instruction: names, words, layout and places in the source aside. Then
// they decide every record alike, whatever it holds.
#pragma once

#include "vm/program.h"

namespace rubric::analysis {

bool same_code(const vm::Program&, const vm::Program&);

}  // namespace rubric::analysis
