// See edit.h.
#include "bench/edit.h"

#include "bench/measure.h"
#include "compiler/compile.h"
#include "vm/snapshot.h"

#include <memory>

namespace rubric::bench {

EditedPolicy::EditedPolicy(const std::filesystem::path& policy) {
  const std::string text = read_text(policy);
  const std::string from = "T.end >= T.start + 4 weeks", to = "T.end >= T.start + 5 weeks";
  const size_t at = text.find(from);
  if (at == std::string::npos) fail("the threshold that is edited is not there");
  std::string other = text;
  other.replace(at, from.size(), to);
  std::vector<ast::Module> modules[2];
  const auto program = [&](const std::string& source, std::vector<ast::Module>& out) {
    Diagnostics diagnostics;
    Compiled compiled = compile_text("headache.rubric", source, sources_, diagnostics);
    if (!compiled.program) fail("the policy does not compile: " + first_error(diagnostics));
    out = std::move(compiled.modules);
    return std::get<vm::VerifiedProgram>(vm::verify(std::move(*compiled.program)));
  };
  before_ = program(text, modules[0]), after_ = program(other, modules[1]);
  edits_ = analysis::find_edits(std::move(modules[0]), std::move(modules[1]), sources_);
}

EditedPolicy::Found EditedPolicy::compare(const std::filesystem::path& path) const {
  auto opened = vm::Snapshot::open(path.string());
  if (!opened) fail(opened.error());
  const auto snapshot = std::make_shared<const vm::Snapshot>(std::move(*opened));
  analysis::ImpactRun run(*before_, *after_, edits_, sources_, "2026-03-01");
  for (size_t block = 0; block < snapshot->blocks(); ++block) run.add_block(snapshot, block, path.string());
  const analysis::Impact impact = run.finish();
  if (!run.problem().empty()) fail(run.problem());
  return {impact.lines, impact.changed.size()};
}

}  // namespace rubric::bench
