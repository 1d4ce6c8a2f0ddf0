// The pass list. See compile.h.

#include "compiler/compile.h"

#include "base/text.h"
#include "compiler/emit.h"
#include "compiler/library.h"
#include "compiler/parse.h"

#include <algorithm>

namespace rubric {

namespace {

// The modules that take part: all but the overlays that were not asked for. An unknown name is said once.
std::vector<const ast::Module*> chosen(const std::vector<ast::Module>& modules, const CompileOptions& options, Diagnostics& diagnostics) {
  std::vector<const ast::Module*> taken;
  std::vector<std::string> overlays;
  for (const ast::Module& module : modules) {
    if (module.kind == ast::ModuleKind::overlay) {
      overlays.push_back(module.name.text);
      const auto& only = options.overlays;
      if (only && std::find(only->begin(), only->end(), module.name.text) == only->end()) continue;
    }
    taken.push_back(&module);
  }
  for (const std::string& name : options.overlays.value_or(std::vector<std::string>())) {
    if (std::find(overlays.begin(), overlays.end(), name) == overlays.end()) {
      diagnostics.report<DiagnosticId::unknown_name>({no_file, 0, 0}, "overlay", name).did_you_mean(nearest(name, overlays));
    }
  }
  return taken;
}

}  // namespace

Compiled compile_modules(std::vector<ast::Module> modules, SourceSet& sources, Diagnostics& diagnostics, const CompileOptions& options) {
  Compiled compiled;
  compiled.modules = std::move(modules);
  std::vector<const ast::Module*> taken = chosen(compiled.modules, options, diagnostics);
  if (diagnostics.has_errors()) return compiled;  // names would be missing for reasons that were said already
  compiled.policy = check_policy(taken, sources, diagnostics, options.warnings);
  if (compiled.policy) compiled.program = emit(*compiled.policy, sources);
  return compiled;
}

Compiled compile(const std::filesystem::path& path, SourceSet& sources, Diagnostics& diagnostics, const CompileOptions& options) {
  return compile_loaded(path.string(), load_modules(path, sources, diagnostics), sources, diagnostics, options);
}

Compiled compile_loaded(const std::string& path, std::vector<ast::Module> modules, SourceSet& sources, Diagnostics& diagnostics,
                        const CompileOptions& options) {
  bool found = std::any_of(modules.begin(), modules.end(), [](const ast::Module& m) { return m.kind == ast::ModuleKind::policy; });
  if (!found && !diagnostics.has_errors()) diagnostics.report<DiagnosticId::no_policy>({no_file, 0, 0}, path);
  return compile_modules(std::move(modules), sources, diagnostics, options);
}

Compiled compile_text(std::string name, std::string text, SourceSet& sources, Diagnostics& diagnostics, const CompileOptions& options) {
  return compile_modules(load_text(std::move(name), std::move(text), sources, diagnostics), sources, diagnostics, options);
}

Compiled compile_expressions(const std::vector<std::string>& texts, bool with_case, SourceSet& sources, Diagnostics& diagnostics) {
  Compiled compiled;
  if (with_case) compiled.modules = load_standard({"Clinical"}, sources, diagnostics);
  std::vector<ast::Expr> expressions;
  for (const std::string& text : texts) {
    std::optional<ast::Expr> expression = parse_expression(sources, sources.add("expression", text), diagnostics);
    if (expression) expressions.push_back(std::move(*expression));
  }
  if (expressions.size() != texts.size() || diagnostics.has_errors()) return compiled;
  std::vector<const ast::Module*> libraries;
  for (const ast::Module& module : compiled.modules) libraries.push_back(&module);
  compiled.policy = check_single(expressions, libraries, sources, diagnostics);
  if (compiled.policy) compiled.program = emit(*compiled.policy, sources);
  return compiled;
}

Compiled compile_expression(std::string text, bool with_case, SourceSet& sources, Diagnostics& diagnostics) {
  return compile_expressions({std::move(text)}, with_case, sources, diagnostics);
}

}  // namespace rubric
