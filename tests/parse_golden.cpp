// What parse makes of texts: tests/golden/parse/*.txt.
//
// expressions*.txt: a line `> expression`, then the tree, and where it is spelled otherwise, how print writes it; or the
// messages. A line `# ...` is a heading.
// declarations*.txt and messages*.txt: cases. A case is a line `=== what it shows`, the source, and below `---` its
// dump, or the messages. The name of the source is behind the title, if it is another than p.rubric: `=== ... (x.md)`.
#include <filesystem>
#include <sstream>

#include <gtest/gtest.h>

#include "ast_dump.h"
#include "base/render_diagnostics.h"
#include "compiler/parse.h"
#include "compiler/print.h"
#include "golden.h"
#include "tests/paths.h"

namespace rubric {
namespace {

const std::filesystem::path folder = std::filesystem::path(source_folder) / "tests" / "golden" / "parse";

std::vector<std::string> files(std::string_view prefix) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::string name = entry.path().filename().string();
    if (name.starts_with(prefix)) names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string read(const std::string& name) { return read_file((folder / (name + ".txt")).string()).value(); }

// -- expressions --

std::string expression_result(const std::string& source) {
  SourceSet sources;
  Diagnostics diagnostics;
  std::optional<ast::Expr> expr = parse_expression(sources, sources.add("e", source), diagnostics);
  if (!expr) return render_text(diagnostics, sources);
  std::string tree = AstDump::of(*expr), printed = print(*expr);
  std::optional<ast::Expr> again = parse_expression(sources, sources.add("printed", printed), diagnostics);
  EXPECT_TRUE(again && AstDump::of(*again) == tree) << source << "\nis printed\n" << printed;
  return "    " + tree + "\n" + (printed == source ? "" : "    = " + printed + "\n");
}

class ExpressionTrees : public testing::TestWithParam<std::string> {};

TEST_P(ExpressionTrees, have_the_tree_that_the_file_says) {
  std::istringstream lines(read(GetParam()));
  std::string out;
  bool in_result = false;  // up to the next expression or comment: a message has lines of any form
  for (std::string line; std::getline(lines, line);) {
    const bool entry = line.starts_with("> ");
    if (entry || line.starts_with("# ")) in_result = false;
    if (in_result) continue;
    if (line.starts_with("# ") && !out.empty()) out += "\n";
    out += line + "\n";
    if (entry) out += expression_result(line.substr(2));
    in_result = entry;
  }
  expect_golden("parse/" + GetParam() + ".txt", out);
}

INSTANTIATE_TEST_SUITE_P(parse, ExpressionTrees, testing::ValuesIn(files("expressions")), [](const auto& i) { return i.param; });

// -- files --

std::string file_result(const std::string& title, const std::string& input) {
  SourceSet sources;
  Diagnostics diagnostics;
  std::string name = "p.rubric";
  if (title.ends_with(".md)")) name = title.substr(title.rfind('(') + 1), name.pop_back();
  ast::Module module = parse(sources, sources.add(name, input), diagnostics);
  diagnostics.sort();
  std::string messages = render_text(diagnostics, sources);
  return messages.empty() ? AstDump::of(module) : messages;
}

class Files : public testing::TestWithParam<std::string> {};

TEST_P(Files, give_what_the_file_says) {
  std::istringstream lines(read(GetParam()));
  std::string out, title, input;
  bool in_result = false;
  auto end_case = [&] {
    if (!title.empty()) out += "=== " + title + "\n" + input + "---\n" + file_result(title, input) + "\n";
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
  expect_golden("parse/" + GetParam() + ".txt", out);
}

std::vector<std::string> case_files() {
  std::vector<std::string> names = files("declarations");
  for (std::string& name : files("messages")) names.push_back(std::move(name));
  return names;
}

INSTANTIATE_TEST_SUITE_P(parse, Files, testing::ValuesIn(case_files()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace rubric
