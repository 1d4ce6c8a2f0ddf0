// `rubric snapshot`: case records as columns in a file; or what such a file holds.

#include "cli/subcommands.h"

#include "base/text.h"
#include "cli/arguments.h"
#include "cli/case_input.h"
#include "cli/console.h"
#include "cli/output.h"
#include "cli/policy_input.h"
#include "cli/write_file.h"
#include "render/words.h"
#include "vm/snapshot.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace rubric::cli {

namespace {

std::string how_to_make(const std::string& file) {
  return is_policy(file)
             ? fmt::format("rubric snapshot CASES --model {} -o FILE.rsnap", file)
             : fmt::format("rubric snapshot {} -o FILE.rsnap, with --model POLICY if its records have a model of their own", file);
}

Exit show(const std::vector<std::string>& files, Console& console) {
  Output output;
  for (const std::string& file : files) {
    if (!is_readable(file, console)) return Exit::failed;
    if (!vm::Snapshot::is_one(file)) {
      console.error(fmt::format("{} is no snapshot, and without -o FILE.rsnap there is none to be made", file), how_to_make(file));
      return Exit::failed;
    }
    const auto snapshot = vm::Snapshot::open(file);
    if (!snapshot) {
      console.error(fmt::format("cannot read {}: {}", file, snapshot.error()));
      return Exit::failed;
    }
    output.write(fmt::format("{}: {} in {}, model {}\n", file, counted(snapshot->cases(), "case"), counted(snapshot->blocks(), "block"),
                             printable(snapshot->model())));
    for (const vm::SnapshotSource& each : snapshot->sources()) {
      const std::string name = printable(each.name);
      output.write(each.bytes ? fmt::format("  made from {}, {} bytes\n", name, each.bytes) : fmt::format("  made from {}\n", name));
    }
  }
  return output.finish(console);
}

tl::expected<vm::Program, Exit> model_named(const std::string& name, Console& console) {
  if (auto model = record_model(name)) return std::move(*model);
  return open_program(name, console);
}

std::vector<vm::SnapshotSource> sources_of(const CaseInput& input) {
  std::vector<vm::SnapshotSource> sources;
  for (const std::string& each : input.files()) {
    std::error_code problem;
    const bool sized = std::filesystem::is_regular_file(each, problem);
    sources.push_back({each, sized ? std::filesystem::file_size(each, problem) : 0});
  }
  return sources;
}

Exit run(const Arguments& arguments, Console& console) {
  if (!arguments.has("output")) return show(arguments.operands("CASES"), console);
  for (const std::string& each : arguments.operands("CASES")) {
    if (!is_policy(each)) continue;
    console.error(fmt::format("{} is a policy, and case records belong here", each), how_to_make(each));
    return Exit::failed;
  }
  auto input = CaseInput::open(arguments.operands("CASES"), Snapshots::refused, console);
  if (!input) return input.error();
  const auto model = model_named(arguments.value_or("model", "Clinical"), console);
  if (!model) return model.error();

  const std::string path = *arguments.value("output");
  FileWriter file(path);
  vm::SnapshotWriter writer(*model, sources_of(*input), [&](std::string_view bytes) { file.write(bytes); });
  for (Record record; input->next(record) && !file.failed();) {
    if (record.refused) writer.add_rejected(record.source, *record.refused);
    else writer.add(record.json, record.source);
    console.progress(writer.cases(), "cases", input->share_read());
  }
  console.end_progress();
  if (const Exit read = input->finish(console); read != Exit::expected) return read;
  writer.finish();
  if (const std::string problem = file.finish(); !problem.empty()) {
    console.error(fmt::format("cannot write {}: {}", path, problem));
    return Exit::failed;
  }
  std::string note = fmt::format("{}: {}", path, counted(writer.cases(), "case"));
  if (writer.cases_as_text()) note += fmt::format(", {} of them as text, since they have messages or assertions", writer.cases_as_text());
  console.note(note);
  return Exit::expected;
}

constexpr Operand operands[] = {
    {"CASES", Operand::Count::some, Completes::cases,
     "case records: .json (one or an array), .ndjson, folders of them, or - for standard input; without -o: snapshots to be described"},
};
constexpr Option options[] = {
    {"output", 'o', "FILE.rsnap", Completes::file, "where the snapshot goes"},
    {"model", 0, "POLICY", Completes::policy,
     "whose record model it is: a policy, or the name of a library with one; Clinical, unless said otherwise"},
};
constexpr Example examples[] = {
    {"rubric snapshot cases.ndjson -o cases.rsnap", "read the records once"},
    {"rubric run policy.rbc cases.rsnap", "and decide them again and again"},
    {"rubric snapshot cases.rsnap", "from what it was made, and how many cases it has"},
};

}  // namespace

constexpr Command snapshot_command = {
    "snapshot",
    "keep case records as columns, for everything that reads them again",
    "Reads the records once and writes every field of the record model as columns, which run and explain take as CASES and read "
    "many times faster than JSON. A snapshot decides as its records do. It is a cache: it belongs to one record model, says from "
    "which files it was made, and is refused when it is damaged.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
