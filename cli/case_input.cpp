// See case_input.h.

#include "cli/case_input.h"

#include "cli/console.h"
#include "cli/kept_run.h"
#include "cli/policy_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace rubric::cli {

namespace {

bool may_be_cases(const std::string& path, Console& console) {
  if (is_policy(path)) {
    console.error(fmt::format("{} is a policy, and case records belong here", path),
                  "cases are .json, .ndjson or .rsnap files; where both are named, the policy stands first");
    return false;
  }
  if (KeptRun::is_one(path)) {
    console.error(fmt::format("{} is a kept run, and case records belong here", path),
                  fmt::format("rubric explain {} --id ID shows a case of it", path));
    return false;
  }
  return true;
}

}  // namespace

tl::expected<CaseInput, Exit> CaseInput::open(const std::vector<std::string>& arguments, Snapshots snapshots, Console& console) {
  if (std::count(arguments.begin(), arguments.end(), "-") > 1) {
    console.error("- (standard input) can be read only once");
    return tl::unexpected(Exit::failed);
  }
  // All that can be known is said before the first case is decided.
  bool readable = true;
  for (const std::string& each : arguments)
    readable = (each == "-" || (is_readable(each, console) && may_be_cases(each, console))) && readable;
  if (!readable) return tl::unexpected(Exit::failed);
  auto files =
      snapshots == Snapshots::taken ? vm::case_files(arguments, {".json", ".ndjson", ".jsonl", ".rsnap"}) : vm::case_files(arguments);
  if (!files) {
    console.error(fmt::format("cannot read {}", files.error()));
    return tl::unexpected(Exit::failed);
  }
  if (snapshots == Snapshots::refused) {
    for (const std::string& each : *files) {
      if (!vm::Snapshot::is_one(each)) continue;
      console.error(fmt::format("{} is a snapshot, and its records are needed here", each),
                    "name the files that it was made from; rubric snapshot FILE shows them");
      return tl::unexpected(Exit::failed);
    }
  }
  return CaseInput(vm::RecordInputs(std::move(*files), vm::LoadLimits().bytes_per_record));
}

bool CaseInput::next(Record& record) {
  vm::RecordSlice slice;
  if (!inputs.next(slice)) return false;
  record.json = slice.json;
  record.source = inputs.source(slice);
  record.refused = std::move(slice.refused);
  record.snapshot = std::move(slice.snapshot);
  record.block = slice.block;
  return true;
}

Exit CaseInput::finish(Console& console) const {
  for (const std::string& each : inputs.problems()) console.error(fmt::format("cannot read {}", each));
  return inputs.problems().empty() ? Exit::expected : Exit::failed;
}

}  // namespace rubric::cli
