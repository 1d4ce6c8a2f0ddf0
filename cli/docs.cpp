// `rubric docs`: the manuals that are made from the tables.

#include "cli/subcommands.h"

#include "base/text.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/manuals.h"
#include "cli/output.h"
#include "cli/write_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace rubric::cli {

namespace {

namespace fs = std::filesystem;

// reference/units.md is also units; man/rubric-run.1 also rubric-run.
std::string short_name(const Manual& manual) { return fs::path(manual.path).stem().string(); }

std::string write(const fs::path& path, const std::string& text) {
  std::error_code problem;
  fs::create_directories(path.parent_path(), problem);
  return problem ? problem.message() : write_file(path.string(), text);
}

Exit run(const Arguments& arguments, Console& console) {
  const std::vector<Manual> all = all_manuals();
  if (const auto folder = arguments.value("output")) {
    for (const Manual& each : all) {
      const fs::path path = fs::path(*folder) / each.path;
      if (const std::string problem = write(path, each.text); !problem.empty()) {
        console.error(fmt::format("cannot write {}: {}", path.string(), problem));
        return Exit::failed;
      }
    }
    console.note(fmt::format("{} manuals are in {}", all.size(), *folder));
    return Exit::expected;
  }

  Output output;
  if (!arguments.has_operand("NAME")) {
    for (const Manual& each : all) {
      if (each.path.ends_with(".md")) output.write(each.text + "\n");
    }
    return output.finish(console);
  }
  const std::string& name = arguments.operand("NAME");
  std::vector<std::string> names;
  for (const Manual& each : all) {
    if (each.path == name || short_name(each) == name || fs::path(each.path).filename() == name) {
      output.write(each.text);
      return output.finish(console);
    }
    names.push_back(short_name(each)), names.push_back(each.path);
  }
  const auto meant = nearest(name, names);
  std::string list;
  for (const Manual& each : all) (list += list.empty() ? "" : ", ") += each.path;
  console.error(fmt::format("there is no manual {}", name), meant ? fmt::format("did you mean {}?", *meant) : "there are " + list);
  return Exit::failed;
}

constexpr Operand operands[] = {
    {"NAME", Operand::Count::optional, Completes::nothing,
     "one manual, as reference/units.md, units, or man/rubric.1; without it the whole reference"},
};
constexpr Option options[] = {
    {"output", 'o', "DIR", Completes::directory, "write all manuals into this folder: expressions.md, reference/, man/, completions/"},
};
constexpr Example examples[] = {
    {"rubric docs expressions", "what can be written, with the table of operators"},
    {"rubric docs -o docs", "all manuals as files"},
    {"rubric docs rubric.bash > ~/.local/share/bash-completion/completions/rubric", "completion for bash"},
};

}  // namespace

constexpr Command docs_command = {
    "docs",
    "print or write the generated manuals",
    "The manuals are made from the tables that the program itself works with: commands, operators, outcomes, units, opcodes and "
    "diagnostics; man pages; and completions for bash, zsh and fish.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
