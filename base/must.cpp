// The end of a program that has found a bug in itself. See must.h.

#include "base/must.h"

#include <cstdio>
#include <cstdlib>

namespace rubric {

void must_failed(const char* invariant, std::source_location where) {
  // Plain stdio: whatever broke may have broken more, so nothing is allocated here.
  std::fprintf(stderr, "rubric: a bug in Rubric: this should hold: %s\n  at %s:%u in %s\n", invariant, where.file_name(),
               static_cast<unsigned>(where.line()), where.function_name());
  std::abort();
}

}  // namespace rubric
