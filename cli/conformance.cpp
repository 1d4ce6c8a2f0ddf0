// `rubric conformance`: a suite of expressions with expected values, run unmodified; what passes, and each failure.

#include "cli/subcommands.h"

#include "analysis/conformance.h"
#include "base/text.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/dates.h"
#include "cli/output.h"

#include <fmt/format.h>

#include <map>

namespace rubric::cli {

namespace {

using analysis::ConformanceTest;

struct Count {
  size_t passed = 0, total = 0;
};

std::string text(const std::vector<ConformanceTest>& tests) {
  std::string out, file, group;
  std::map<std::string, Count> files;
  std::map<std::pair<std::string, std::string>, Count> groups;
  for (const ConformanceTest& t : tests) {
    for (Count* c : {&files[t.file], &groups[{t.file, t.group}]}) c->passed += t.passed, ++c->total;
  }
  for (const ConformanceTest& t : tests) {
    if (t.file != file) out += fmt::format("{}  {} of {}\n", printable(t.file), files[t.file].passed, files[t.file].total);
    if (t.file != file || t.group != group) {
      const Count c = groups[{t.file, t.group}];
      out += fmt::format("  {}  {} of {}\n", printable(t.group), c.passed, c.total);
    }
    file = t.file;
    group = t.group;
    if (t.passed) continue;
    out += fmt::format("    {}\n      expression  {}\n      expected    {}\n      actual      {}\n", printable(t.name),
                       printable(t.expression), printable(t.wanted), printable(t.actual));
  }
  return out;
}

std::string json(const std::vector<ConformanceTest>& tests, const Count& all) {
  std::string out = fmt::format("{{\"passed\": {}, \"total\": {}, \"tests\": [\n", all.passed, all.total);
  for (size_t k = 0; k < tests.size(); ++k) {
    const ConformanceTest& t = tests[k];
    out += fmt::format(
        "  {{\"file\": {}, \"group\": {}, \"name\": {}, \"passed\": {}, \"expression\": {}, \"expected\": {}, \"actual\": {}}}{}\n",
        quote_json(t.file), quote_json(t.group), quote_json(t.name), t.passed, quote_json(t.expression), quote_json(t.wanted),
        quote_json(t.actual), k + 1 < tests.size() ? "," : "");
  }
  return out + "]}\n";
}

Exit run(const Arguments& arguments, Console& console) {
  const auto as_of = as_of_date(arguments, console);
  if (!as_of) return Exit::failed;
  auto tests = analysis::read_conformance(arguments.operand("DIR"));
  if (!tests) {
    console.error(tests.error());
    return Exit::failed;
  }
  std::erase_if(*tests, [](const ConformanceTest& t) { return !t.applies; });
  Count all;
  for (ConformanceTest& t : *tests) {
    analysis::run_conformance(t, as_of->empty() ? "2026-01-01" : *as_of);
    all.passed += t.passed;
    ++all.total;
  }
  Output output;
  output.write(arguments.value_or("format", "text") == "json" ? json(*tests, all)
                                                              : text(*tests) + fmt::format("passed {} of {}\n", all.passed, all.total));
  return output.finish(console, all.passed == all.total ? Exit::expected : Exit::findings);
}

constexpr Operand operands[] = {
    {"DIR", Operand::Count::one, Completes::nothing, "the suite: a folder of XML files, or one of them"},
};
constexpr Option options[] = {
    {"format", 'f', "text|json", Completes::nothing, "text for people, or json: every test with what it came to"},
    {"as-of", 0, "DATE", Completes::nothing, "the day taken as today, at whose first moment Now() stands; 2026-01-01 without it"},
};
constexpr Example examples[] = {
    {"rubric conformance cql-tests/tests", "how many tests of the public CQL suite pass, and what the others came to"},
};

}  // namespace

constexpr Command conformance_command = {
    "conformance",
    "run a suite of expressions with expected values",
    "Runs every test that applies to CQL 1.5 as it stands and compares values by type. Prints passed and total of each file and group and "
    "each failure; the exit status is 1 where one fails.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
