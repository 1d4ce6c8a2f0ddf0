#include "cli/policy_version.h"

#include "analysis/policy_tests.h"
#include "cli/console.h"
#include "cli/git_files.h"
#include "cli/policy_input.h"
#include "compiler/compile.h"
#include "compiler/library.h"
#include "compiler/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

namespace rubric::cli {

namespace {

// Modules in the order in which they are loaded: each behind what it includes (library.h).
class Placed {
 public:
  explicit Placed(std::vector<ast::Module> all) : all(std::move(all)) {
    for (const ast::Module& module : this->all) {
      if (module.kind != ast::ModuleKind::library) place(module);
    }
  }
  std::vector<ast::Module> modules;

 private:
  void place(const ast::Module& module) {
    for (const ast::Declaration& declaration : module.declarations) {
      for (const ast::Include& include : declaration.include) {
        if (!placed.insert(include.name.text).second) continue;
        for (const ast::Module& library : all) {
          if (library.kind == ast::ModuleKind::library && library.name.text == include.name.text) place(library);
        }
      }
    }
    modules.push_back(module);
  }

  const std::vector<ast::Module> all;
  std::set<std::string> placed;
};

// A program keeps its sources. They are its clauses if they make the same program again.
std::vector<ast::Module> modules_of(const vm::Program& program, SourceSet& sources) {
  Diagnostics unread;
  std::vector<ast::Module> files;
  for (size_t k = 0; k < program.files.size(); ++k) {
    const std::string& name = program.files[k];
    if (!name.ends_with(".rubric") && !name.ends_with(".md")) return {};
    files.push_back(parse(sources, sources.add(name, program.file_texts[k]), unread));
  }
  std::vector<ast::Module> modules = Placed(std::move(files)).modules;
  const Compiled again = compile_modules(modules, sources, unread);
  return again.program && again.program->digest == program.digest ? modules : std::vector<ast::Module>();
}

tl::expected<PolicyVersion, Exit> compiled_version(const std::string& argument, const GitFiles* files, SourceSet& sources,
                                                   Console& console) {
  Diagnostics diagnostics;
  const size_t first = sources.size();
  std::vector<ast::Module> modules = load_modules(files ? files->path() : std::filesystem::path(argument), sources, diagnostics);
  if (files) {
    for (FileId id = static_cast<FileId>(first); id < sources.size(); ++id) sources.rename(id, files->shown(sources.file(id).name));
  }
  const Compiled compiled = compile_loaded(argument, std::move(modules), sources, diagnostics);
  console.diagnostics(diagnostics, sources, false);
  if (!compiled.program || diagnostics.has_errors()) return tl::unexpected(Exit::failed);
  auto program = verified(*compiled.program, argument, console);
  if (!program) return tl::unexpected(program.error());
  return PolicyVersion{std::move(*program), compiled.modules};
}

}  // namespace

std::vector<std::string> tested_records(const PolicyVersion& version, SourceSet& sources) {
  Compiled untried;
  untried.modules = version.modules;
  Diagnostics unread;
  const PolicyTests tests(untried, sources, unread);
  std::vector<std::string> out;
  for (size_t k = 0; k < tests.size(); ++k) {
    if (auto record = tests.record(k)) out.push_back(std::move(*record));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

tl::expected<PolicyVersion, Exit> open_version(const std::string& argument, SourceSet& sources, Console& console) {
  if (GitFiles::is_one(argument)) {
    const auto files = GitFiles::take_out(argument);
    if (files) return compiled_version(argument, &*files, sources, console);
    console.error(fmt::format("cannot read {}: {}", argument, files.error()));
    return tl::unexpected(Exit::failed);
  }
  if (!is_readable(argument, console)) return tl::unexpected(Exit::failed);
  if (!is_program(argument)) return compiled_version(argument, nullptr, sources, console);
  auto program = open_policy(argument, console);
  if (!program) return tl::unexpected(program.error());
  return PolicyVersion{*program, modules_of(**program, sources)};
}

}  // namespace rubric::cli
