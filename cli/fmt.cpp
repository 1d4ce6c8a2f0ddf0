// `rubric fmt`: sources in the one layout.

#include "cli/subcommands.h"

#include "base/text.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/output.h"
#include "cli/policy_input.h"
#include "cli/write_file.h"
#include "compiler/format.h"
#include "compiler/literate.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace rubric::cli {

namespace {

namespace fs = std::filesystem;

bool is_literate(const fs::path& file) {
  if (file.extension() != ".md") return false;
  const auto text = read_file(file.string());
  return text && !rubric_fences(*text).empty();
}

// Of a folder, every source below it; other files are not touched.
void find_sources(const fs::path& path, std::vector<std::string>& found) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return found.push_back(path.string());
  for (fs::recursive_directory_iterator entry(path, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    const fs::path& file = entry->path();
    if (file.extension() == ".rubric" || is_literate(file)) found.push_back(file.string());
  }
  std::sort(found.begin(), found.end());
}

Exit run(const Arguments& arguments, Console& console) {
  std::vector<std::string> files;
  for (const std::string& each : arguments.operands("FILE")) {
    if (each == "-") {
      files.push_back(each);
    } else {
      if (!is_readable(each, console)) return Exit::failed;
      find_sources(each, files);
    }
  }
  const bool only_check = arguments.has("check");
  Output output;
  size_t changed = 0;
  bool mistakes = false;
  for (const std::string& path : files) {
    const auto text = read_file(path == "-" ? "/dev/stdin" : path);
    if (!text) return console.error(fmt::format("cannot read {}: {}", path, text.error().reason)), Exit::failed;
    SourceSet sources;
    Diagnostics diagnostics;
    const FileId file = sources.add(path == "-" ? "standard input" : path, *text);
    const auto formatted = format_source(sources, file, diagnostics);
    console.diagnostics(diagnostics, sources, false);
    if (!formatted) {
      mistakes = true;
      continue;
    }
    if (path == "-" && !only_check) {
      output.write(*formatted);
      continue;
    }
    if (*formatted == *text) continue;
    ++changed;
    if (only_check) {
      output.write(path + "\n");
    } else if (const std::string problem = write_file(path, *formatted); !problem.empty()) {
      return console.error(fmt::format("cannot write {}: {}", path, problem)), Exit::failed;
    }
  }
  return output.finish(console, mistakes || (only_check && changed > 0) ? Exit::findings : Exit::expected);
}

constexpr Operand operands[] = {
    {"FILE", Operand::Count::some, Completes::policy,
     "sources (.rubric, literate .md), or folders of .rubric files; - formats standard input"},
};
constexpr Option options[] = {
    {"check", 0, "", Completes::nothing, "change nothing; name the files that would change, and exit with 1 if there are any"},
};
constexpr Example examples[] = {
    {"rubric fmt policies", "lay out every source below the folder"},
    {"rubric fmt --check policy.rubric", "for a script: is it laid out?"},
};

}  // namespace

constexpr Command fmt_command = {
    "fmt",
    "lay out sources in the one way",
    "Rewrites files in place, and only those that change. Every comment stays; formatting twice changes nothing.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
