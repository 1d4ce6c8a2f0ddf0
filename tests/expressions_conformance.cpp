// The HL7 CQL conformance suite, as `rubric conformance` runs it. A test that fails must be listed with its reason in
// docs/conformance.md, and what is listed there must fail. Only where RUBRIC_CONFORMANCE names the suite's folder.
#include "analysis/conformance.h"
#include "conformance_suite.h"
#include "tests/paths.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace rubric {
namespace {

// The names in the first column of the page's table: | `Name` | ...
std::set<std::string> listed() {
  std::ifstream page(std::string(source_folder) + "/docs/conformance.md");
  std::set<std::string> names;
  for (std::string line; std::getline(page, line);) {
    const size_t from = line.find("| `"), to = line.find('`', from + 3);
    if (from == 0 && to != std::string::npos) names.insert(line.substr(3, to - 3));
  }
  return names;
}

class Conformance : public testing::TestWithParam<std::string> {};

TEST_P(Conformance, EveryFailureIsArgued) {
  auto tests = analysis::read_conformance(GetParam());
  ASSERT_TRUE(tests.has_value()) << tests.error();
  std::set<std::string> failed;
  for (analysis::ConformanceTest& test : *tests) {
    if (!test.applies) continue;
    analysis::run_conformance(test, "2026-01-01");
    if (test.passed) continue;
    failed.insert(test.name);
    EXPECT_TRUE(listed().contains(test.name)) << test.file << " " << test.name << "\n"
                                              << test.expression << "\nexpected " << test.wanted << ", is " << test.actual;
  }
  for (const std::string& name : listed()) EXPECT_TRUE(failed.contains(name)) << name << " is listed and passes";
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Conformance);
INSTANTIATE_TEST_SUITE_P(conformance, Conformance, testing::ValuesIn(conformance_suites()), nameless);

}  // namespace
}  // namespace rubric
