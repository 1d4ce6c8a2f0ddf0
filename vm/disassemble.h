// A program as text: what it reads, what it computes and what stands behind it, in the order in which the machine
// works. It is meant to teach the machine: every instruction stands below the source line that it came from.
//
// It takes programs that no verifier has seen, so that one can look at a program that verify refuses.
#pragma once

#include "vm/program.h"

#include <string>

namespace rubric::vm {

// The same program gives the same text.
std::string disassemble(const Program&);

}  // namespace rubric::vm
