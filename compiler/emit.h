// IR to program: the arrow that cannot fail, because `check` has bounded whatever could grow too large.
#pragma once

#include "base/source.h"
#include "compiler/ir.h"
#include "vm/program.h"

namespace rubric {

vm::Program emit(const ir::Policy&, const SourceSet&);

}  // namespace rubric
