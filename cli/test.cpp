// `rubric test`: the `test` blocks of policies, each failure with what was expected beside what is.

#include "cli/subcommands.h"

#include "analysis/coverage.h"
#include "analysis/policy_tests.h"
#include "base/text.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/output.h"
#include "cli/policy_input.h"
#include "cli/test_page.h"
#include "cli/write_file.h"
#include "render/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>

namespace rubric::cli {

namespace {

struct Suite {
  std::string policy;
  std::vector<TestResult> results;
  std::optional<analysis::Coverage> coverage;
};

// One decimal, and never "100.0" for less: 99.97 is 99.9.
std::string percent(const analysis::Coverage& c) {
  const uint64_t tenths = c.wanted() == 0 ? 1000 : 1000 * c.seen() / c.wanted();
  return fmt::format("{}.{}", tenths / 10, tenths % 10);
}

// What was not seen, a clause a line.
std::string coverage_text(const Suite& suite) {
  const analysis::Coverage& c = *suite.coverage;
  std::string out = fmt::format("coverage {}: {} % ({} of {} states)\n", suite.policy, percent(c), c.seen(), c.wanted());
  for (const analysis::Covered& clause : c.clauses()) {
    std::vector<std::string_view> never;
    for (const auto& [state, times] : clause.states) {
      if (times == 0) never.push_back(state);
    }
    if (!never.empty()) out += fmt::format("  {:<9} {}: never {}\n", clause.kind, printable(clause.name), fmt::join(never, ", "));
  }
  return out;
}

std::string coverage_json(const Suite& suite) {
  const analysis::Coverage& c = *suite.coverage;
  std::string clauses;
  for (const analysis::Covered& clause : c.clauses()) {
    std::string states;
    for (const auto& [state, times] : clause.states) states += fmt::format(R"({}"{}": {})", states.empty() ? "" : ", ", state, times);
    clauses += fmt::format("{}\n  {{\"kind\": \"{}\", \"name\": {}, \"states\": {{{}}}}}", clauses.empty() ? "" : ",", clause.kind,
                           quote_json(clause.name), states);
  }
  return fmt::format(R"( {{"policy": {}, "coverage": {{"percent": {}, "seen": {}, "wanted": {}, "clauses": [{}]}}}})",
                     quote_json(suite.policy), percent(c), c.seen(), c.wanted(), clauses);
}

std::string xml(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string junit(const std::vector<Suite>& suites) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const Suite& suite : suites) {
    size_t failed = 0;
    for (const TestResult& r : suite.results) failed += !r.failures.empty();
    out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n", xml(suite.policy), suite.results.size(), failed);
    for (const TestResult& r : suite.results) {
      out += fmt::format("    <testcase name=\"{}\" classname=\"{}\"", xml(r.name), xml(suite.policy));
      if (r.failures.empty()) {
        out += "/>\n";
        continue;
      }
      out += ">\n";
      for (const TestFailure& f : r.failures)
        out += fmt::format("      <failure message=\"expected {}; is {}\"/>\n", xml(f.expected), xml(f.actual));
      out += "    </testcase>\n";
    }
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

std::string json(const std::vector<Suite>& suites) {
  std::string out = "[";
  bool first = true;
  for (const Suite& suite : suites) {
    for (const TestResult& r : suite.results) {
      out += first ? "\n" : ",\n";
      first = false;
      out += fmt::format(R"( {{"policy": {}, "test": {}, "passed": {}, "failures": [)", quote_json(suite.policy), quote_json(r.name),
                         r.failures.empty());
      for (size_t k = 0; k < r.failures.size(); ++k) {
        out += fmt::format(R"({}{{"expected": {}, "actual": {}}})", k ? ", " : "", quote_json(r.failures[k].expected),
                           quote_json(r.failures[k].actual));
      }
      out += "], \"notes\": [";
      for (size_t k = 0; k < r.notes.size(); ++k) out += (k ? ", " : "") + quote_json(r.notes[k]);
      out += "]}";
    }
    if (!suite.coverage) continue;
    out += (first ? "\n" : ",\n") + coverage_json(suite);
    first = false;
  }
  return out + "\n]\n";
}

// What went wrong, where it is written, and for a failed expectation the line's own words.
std::string in_words(const Suite& suite, const TestResult& r, const SourceSet& sources) {
  std::string out = fmt::format("{} {}: {}\n", r.failures.empty() ? "passed" : "FAILED", suite.policy, printable(r.name));
  for (const TestFailure& f : r.failures) {
    const SourceFile& file = sources.file(f.span.file);
    out += fmt::format("  {}:{}\n    expected {}\n    is       {}\n", file.name, file.position(f.span.begin).line, printable(f.expected),
                       printable(f.actual));
  }
  for (const std::string& note : r.notes) out += fmt::format("  {}\n", printable(note));
  return out;
}

Exit run(const Arguments& arguments, Console& console) {
  std::vector<std::string> paths = arguments.operands("FILE|DIR"), policies;
  if (paths.empty()) paths.emplace_back(".");
  for (const std::string& each : paths) {
    if (!is_readable(each, console)) return Exit::failed;
    find_policies(each, policies);
  }
  const std::string filter = arguments.value_or("filter", ""), format = arguments.value_or("format", "text");
  std::vector<Suite> suites;
  Output output;
  size_t passed = 0, failed = 0;
  bool broken = false, uncovered = false;
  const std::optional<uint64_t> least = arguments.number("fail-under");
  const bool measures = least || arguments.has("coverage");
  for (const std::string& path : policies) {
    SourceSet sources;
    Diagnostics diagnostics;
    const Compiled compiled = compile(path, sources, diagnostics);
    console.diagnostics(diagnostics, sources, false);
    if (!compiled.program) {
      broken = true;
      continue;
    }
    Suite suite{path, run_policy_tests(compiled, sources, diagnostics, filter).results, std::nullopt};
    if (measures) {
      suite.coverage.emplace(*compiled.program);
      for (const TestResult& r : suite.results) {
        if (r.trace) suite.coverage->add(*r.trace);
      }
      uncovered |= least && suite.coverage->percent() < static_cast<double>(*least);
    }
    for (const TestResult& r : suite.results) {
      (r.failures.empty() ? passed : failed) += 1;
      if (format == "text" && (!r.failures.empty() || !r.notes.empty())) output.write(in_words(suite, r, sources));
    }
    if (format == "text" && suite.coverage) output.write(coverage_text(suite));
    suites.push_back(std::move(suite));
  }
  if (const auto file = arguments.value("junit")) {
    const std::string problem = write_file(*file, junit(suites));
    if (!problem.empty()) return console.error(fmt::format("cannot write {}: {}", *file, problem)), Exit::failed;
  }
  if (format == "json") output.write(json(suites));
  if (format == "html") output.write(test_page(json(suites)));
  if (format == "text") output.write(fmt::format("{} passed, {} failed\n", passed, failed));
  if (const Exit wrote = output.finish(console); wrote != Exit::expected) return wrote;
  if (passed + failed == 0) {
    console.error(filter.empty() ? "there is no test" : fmt::format("no test's name contains \"{}\"", filter),
                  "a test is a `test` block beside its policy");
    return Exit::findings;
  }
  if (uncovered) console.error(fmt::format("less than {} % of a policy is covered", *least), "--coverage names what no test has seen");
  return failed > 0 || broken || uncovered ? Exit::findings : Exit::expected;
}

constexpr Operand operands[] = {
    {"FILE|DIR", Operand::Count::any, Completes::policy, "policies, or folders of them; without one, those below this folder"},
};
constexpr Option options[] = {
    {"filter", 0, "NAME", Completes::nothing, "only tests whose name contains this"},
    {"coverage", 0, "", Completes::nothing, "say which statuses of criteria, states of rules and outcomes no test has seen"},
    {"fail-under", 0, "PERCENT", Completes::nothing, "exit with 1 where a policy's coverage is less"},
    {"junit", 0, "FILE", Completes::file, "write the results as JUnit XML too"},
    {"format", 'f', "text|json|html", Completes::nothing,
     "text for people; html: a page that opens from the disk; json: one array, an object a test"},
};
constexpr Example examples[] = {
    {"rubric test policies", "the tests of every policy below the folder"},
    {"rubric test policies --coverage --fail-under 80", "what the tests leave out, and a failure where that is much"},
    {"rubric test policies/headache-injections --filter block", "only those that speak of blocks"},
};

}  // namespace

constexpr Command test_command = {
    "test",
    "run the tests that live beside policies",
    "Runs the `test` blocks. A failure shows what was expected and what is. Where the literal reading and the source's own conclusion part, "
    "and the test says why, the reason is printed. Exits with 1 if a test fails, or if there is none.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
