// Every expression of the HL7 CQL conformance suite parses, and survives being printed. Only where RUBRIC_CONFORMANCE
// names the suite's folder; the suite itself is not part of this repository.

#include <gtest/gtest.h>

#include "analysis/conformance.h"
#include "ast_dump.h"
#include "base/render_diagnostics.h"
#include "compiler/parse.h"
#include "compiler/print.h"
#include "conformance_suite.h"

namespace rubric {
namespace {

void expect_survives_printing(const std::string& expression) {
  SourceSet sources;
  Diagnostics diagnostics;
  auto expr = parse_expression(sources, sources.add("expression", expression), diagnostics);
  ASSERT_TRUE(expr) << render_text(diagnostics, sources);
  auto again = parse_expression(sources, sources.add("printed", print(*expr)), diagnostics);
  ASSERT_TRUE(again) << render_text(diagnostics, sources);
  EXPECT_EQ(AstDump::of(*again), AstDump::of(*expr)) << expression;
}

class ParsedSuite : public testing::TestWithParam<std::string> {};

TEST_P(ParsedSuite, is_read_and_printed) {
  const auto suite = analysis::read_conformance(GetParam());
  ASSERT_TRUE(suite.has_value()) << suite.error();
  ASSERT_FALSE(suite->empty());
  for (const analysis::ConformanceTest& test : *suite) {
    // What must be refused may be no expression at all.
    if (test.expects == analysis::Expects::value) expect_survives_printing(test.expression);
    for (const std::string& expected : test.expected) expect_survives_printing(expected);
  }
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ParsedSuite);
INSTANTIATE_TEST_SUITE_P(conformance, ParsedSuite, testing::ValuesIn(conformance_suites()), nameless);

}  // namespace
}  // namespace rubric
