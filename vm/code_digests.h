// What the instructions of a program do, each as a number that does not depend on how the program numbers its texts, columns and
// registers: so what a join of programs would spare (join.h) is told without joining them.
#pragma once

#include "vm/program.h"

#include <cstdint>
#include <vector>

namespace rubric::vm {

// In order, each number once.
std::vector<uint64_t> code_digests(const Program&);

}  // namespace rubric::vm
