// The last step of emit: what no instruction reads is dropped, domains are numbered anew, and the model is told which
// of its fields and lists the loader must take.
#pragma once

#include "vm/program.h"

namespace rubric {

void finish(vm::Program&);

}  // namespace rubric
