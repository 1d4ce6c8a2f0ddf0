// Policies as programs, for tests that ask something of a whole policy: of a text, and of what lies in the repository. One
// that does not compile fails the test with what is wrong with it, and ends it.
#pragma once

#include "tests/paths.h"

#include "base/diagnostic.h"
#include "base/render_diagnostics.h"
#include "compiler/compile.h"
#include "vm/verify.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>

namespace rubric {

inline vm::VerifiedProgram verified_program(Compiled compiled, const Diagnostics& diagnostics, const SourceSet& sources) {
  EXPECT_TRUE(compiled.program) << render_text(diagnostics, sources);
  return std::get<vm::VerifiedProgram>(vm::verify(std::move(compiled.program.value())));
}

inline vm::VerifiedProgram program_of(const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  Compiled compiled = compile_text("policy.rubric", text, sources, diagnostics);
  return verified_program(std::move(compiled), diagnostics, sources);
}

// From the repository's folder.
inline vm::VerifiedProgram program_at(const std::string& path) {
  SourceSet sources;
  Diagnostics diagnostics;
  Compiled compiled = compile(std::string(source_folder) + "/" + path, sources, diagnostics);
  return verified_program(std::move(compiled), diagnostics, sources);
}

}  // namespace rubric
