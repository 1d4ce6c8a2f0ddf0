// The properties of the language, one small policy each: the files and folders of tests/properties/, whose `test` blocks
// hold what each form means, and the page on the language. They are also examples to read, so they compile without a
// warning, but for those that have one as their subject.
#include "analysis/policy_tests.h"
#include "tests/paths.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace rubric {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> policies() {
  std::vector<fs::path> out{fs::path(source_folder) / "docs" / "language.md"};
  for (const auto& entry : fs::directory_iterator(fs::path(source_folder) / "tests" / "properties")) out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

class Properties : public testing::TestWithParam<fs::path> {};

TEST_P(Properties, Hold) {
  SourceSet sources;
  Diagnostics diagnostics;
  const Compiled compiled = compile(GetParam().string(), sources, diagnostics);
  std::set<std::string> found;
  for (const Diagnostic& each : diagnostics.all()) found.insert(std::string(diagnostic_row(each.id).name));
  std::set<std::string> expected;
  if (GetParam().stem() == "conflicts") expected = {"rules_conflict", "rules_gap"};
  if (GetParam().stem() == "language") expected = {"source_unresolved"};
  EXPECT_EQ(found, expected);

  const TestRun run = run_policy_tests(compiled, sources, diagnostics, "");
  EXPECT_FALSE(run.results.empty());
  for (const TestResult& test : run.results) {
    for (const TestFailure& failure : test.failures)
      ADD_FAILURE() << test.name << ": expected " << failure.expected << ", is " << failure.actual;
  }
}

INSTANTIATE_TEST_SUITE_P(Language, Properties, testing::ValuesIn(policies()), [](const auto& each) { return each.param.stem().string(); });

}  // namespace
}  // namespace rubric
