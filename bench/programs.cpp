// See programs.h.
#include "bench/programs.h"

#include "base/source.h"
#include "bench/measure.h"
#include "compiler/compile.h"

#include <fmt/format.h>

namespace rubric::bench {
namespace {

vm::VerifiedProgram verified(Compiled result, const std::string& name, const Diagnostics& diagnostics) {
  if (!result.program) fail(fmt::format("{} does not compile: {}", name, first_error(diagnostics)));
  auto checked = vm::verify(std::move(*result.program));
  if (auto* good = std::get_if<vm::VerifiedProgram>(&checked)) return std::move(*good);
  fail(std::get<std::string>(checked));
}

}  // namespace

vm::VerifiedProgram compiled(const std::filesystem::path& path) {
  SourceSet sources;
  Diagnostics diagnostics;
  return verified(compile(path, sources, diagnostics), path.string(), diagnostics);
}

vm::VerifiedProgram compiled_text(const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  return verified(compile_text("made.rubric", text, sources, diagnostics), "a policy that was made", diagnostics);
}

std::vector<std::shared_ptr<const vm::Batch>> load(const vm::VerifiedProgram& program, const std::vector<std::string>& records) {
  std::vector<std::shared_ptr<const vm::Batch>> batches;
  vm::Loader loader(*program, as_of);
  for (size_t k = 0; k < records.size(); ++k) {
    loader.add(records[k], "generated");
    if (loader.pending() == batch_cases || k + 1 == records.size()) batches.push_back(std::make_shared<const vm::Batch>(loader.take()));
  }
  return batches;
}

}  // namespace rubric::bench
