// The formatter: tests/golden/format/*.txt, and what holds of every source in this repository.
//
// A golden file is a sequence of cases: a line `=== what it shows`, the source, and below `---` the source formatted.
#include <filesystem>
#include <sstream>

#include <gtest/gtest.h>

#include "ast_dump.h"
#include "base/render_diagnostics.h"
#include "compiler/format.h"
#include "compiler/parse.h"
#include "golden.h"
#include "tests/paths.h"

namespace rubric {
namespace {

const std::filesystem::path root = source_folder;

// The formatted text, having looked at what always holds.
std::string formatted(const std::string& name, const std::string& source) {
  SourceSet sources;
  Diagnostics diagnostics;
  FileId file = sources.add(name, source);
  std::optional<std::string> once = format_source(sources, file, diagnostics);
  if (!once) return render_text(diagnostics, sources);
  FileId again = sources.add(name, *once);
  EXPECT_EQ(format_source(sources, again, diagnostics), once) << "formatting twice changes " << name;
  EXPECT_EQ(AstDump::of(parse(sources, again, diagnostics)), AstDump::of(parse(sources, file, diagnostics))) << name;
  EXPECT_FALSE(diagnostics.has_errors()) << render_text(diagnostics, sources);
  return *once;
}

TEST(format, golden) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(root / "tests" / "golden" / "format")) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    std::istringstream lines(read_file(path.string()).value());
    std::string out, title, input;
    bool in_result = false;
    auto end_case = [&] {
      std::string name = title.ends_with(".md)") ? "p.md" : "p.rubric";
      if (!title.empty()) out += "=== " + title + "\n" + input + "---\n" + formatted(name, input) + "\n";
      input.clear();
      in_result = false;
    };
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("=== ")) {
        end_case();
        title = line.substr(4);
      } else if (line == "---") {
        in_result = true;
      } else if (!in_result) {
        (title.empty() ? out : input) += line + "\n";
      }
    }
    end_case();
    expect_golden("format/" + path.filename().string(), out);
  }
}

// What is written here is laid out as `rubric fmt` would, so formatting changes none of it.
TEST(format, this_repository_is_formatted) {
  std::vector<std::filesystem::path> paths{root / "docs" / "language.md"};
  for (const char* folder : {"policies", "stdlib", "tests/properties"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const std::filesystem::path& path = entry.path();
      bool literate = path.extension() == ".md" && read_file(path.string()).value().find("```rubric") != std::string::npos;
      if (literate || path.extension() == ".rubric") paths.push_back(path);
    }
  }
  EXPECT_GT(paths.size(), 20u);
  for (const std::filesystem::path& path : paths) {
    const std::string text = read_file(path.string()).value();
    EXPECT_EQ(formatted(path.string(), text), text) << "rubric fmt " << path;
  }
}

TEST(format, windows_line_ends_become_plain_ones) {
  EXPECT_EQ(formatted("p.rubric", "library L\r\n\r\n\r\n/* a\r\n   b */\r\ndefine  A : 1 // x \r\n"),
            "library L\n\n/* a\n   b */\ndefine A: 1  // x\n");
}

}  // namespace
}  // namespace rubric
