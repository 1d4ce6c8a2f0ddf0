// Whether two programs decide alike because they are the same program, but for words: what a mutant that changes nothing
// compiles to.
#pragma once

#include "vm/program.h"

namespace rubric::analysis {

bool same_decisions(const vm::Program&, const vm::Program&);

}  // namespace rubric::analysis
