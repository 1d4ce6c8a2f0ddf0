// From a policy's files to a program: the order of the passes, and nothing else.
//
// Every command that takes a policy comes through here. The products of the passes stay available: tests live in the
// modules, the reference evaluator and the proofs read the IR.
#pragma once

#include "base/diagnostic.h"
#include "base/source.h"
#include "compiler/ast.h"
#include "compiler/check.h"
#include "compiler/ir.h"
#include "vm/program.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rubric {

struct Compiled {
  std::optional<vm::Program> program;  // without one, the diagnostics have an error
  std::optional<ir::Policy> policy;
  std::vector<ast::Module> modules;    // libraries, the policy, its overlays, tests
};

struct CompileOptions {
  std::optional<std::vector<std::string>> overlays;  // if set: only these, by name
  Warnings warnings = Warnings::all;
};

Compiled compile(const std::filesystem::path& path, SourceSet& sources, Diagnostics& diagnostics, const CompileOptions& options = {});
// The same from a path's modules, loaded already (library.h).
Compiled compile_loaded(const std::string& path, std::vector<ast::Module> modules, SourceSet& sources, Diagnostics& diagnostics,
                        const CompileOptions& options = {});
// From modules alone, whatever they are: other overlays, a changed clause.
Compiled compile_modules(std::vector<ast::Module> modules, SourceSet& sources, Diagnostics& diagnostics,
                         const CompileOptions& options = {});
Compiled compile_text(std::string name, std::string text, SourceSet& sources, Diagnostics& diagnostics, const CompileOptions& options = {});

// One expression, for `rubric eval`: a policy without blocks whose only remark's text is the expression. With a record,
// the standard library's model and helpers are included.
Compiled compile_expression(std::string text, bool with_case, SourceSet& sources, Diagnostics& diagnostics);
// Several, each a piece of the only remark, so that their values can be compared.
Compiled compile_expressions(const std::vector<std::string>& texts, bool with_case, SourceSet& sources, Diagnostics& diagnostics);

}  // namespace rubric
