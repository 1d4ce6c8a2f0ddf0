// See snapshot_fit.h.

#include "cli/snapshot_fit.h"

#include "base/text.h"
#include "vm/whole_record.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric::cli {

namespace {

std::string sources_of(const vm::Snapshot& snapshot) {
  std::string out;
  for (const vm::SnapshotSource& each : snapshot.sources()) out += (out.empty() ? "" : " ") + printable(each.name);
  return out.empty() ? "CASES" : out;
}

// Whether a snapshot that is made with the one's code systems serves the other: it warns of none that the one knows.
bool serves(const vm::Program& made_with, const vm::Program& other) {
  const auto knows = [&](vm::Id system) {
    return std::any_of(other.code_systems.begin(), other.code_systems.end(),
                       [&](vm::Id each) { return other.texts[each] == made_with.texts[system]; });
  };
  return other.code_systems.empty() ||
         (!made_with.code_systems.empty() && std::all_of(made_with.code_systems.begin(), made_with.code_systems.end(), knows));
}

}  // namespace

std::optional<Misfit> misfit(const std::string& file, const vm::Snapshot& snapshot, NamedProgram before, NamedProgram after) {
  const bool fits_before = snapshot.problem_with(before.program).empty(), fits_after = snapshot.problem_with(after.program).empty();
  if (fits_before && fits_after) return std::nullopt;
  const std::string sources = sources_of(snapshot);
  const std::string one = fits_before ? before.name : after.name, other = fits_before ? after.name : before.name;
  const std::string who =
      fits_before || fits_after ? fmt::format("{}, and not for {}", one, other) : fmt::format("neither {} nor {}", before.name, after.name);
  const auto remake = [&](const std::string& model) {
    return fmt::format("make it again: rubric snapshot {} --model {} -o {}", sources, model, file);
  };
  if (vm::model_digest(before.program) != vm::model_digest(after.program)) {
    return Misfit{fmt::format("{} is a snapshot for {}: their record models differ, and a snapshot has one", file, who),
                  fmt::format("compare them by the records themselves: --cases {}", sources)};
  }
  if (snapshot.model() != vm::model_digest(after.program))
    return Misfit{fmt::format("{} is a snapshot for {}: their record model is another", file, who), remake(after.name)};
  const std::string message = fmt::format("{} is a snapshot for {}: it was made with other code systems", file, who);
  if (serves(after.program, before.program)) return Misfit{message, remake(after.name)};
  if (serves(before.program, after.program)) return Misfit{message, remake(before.name)};
  return Misfit{
      message,
      fmt::format("each of them declares systems that the other does not: compare them by the records themselves: --cases {}", sources)};
}

}  // namespace rubric::cli
