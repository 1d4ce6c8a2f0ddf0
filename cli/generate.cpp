// `rubric generate`: made-up cases that show what a policy can show, with tests that hold what each one is for.

#include "cli/subcommands.h"

#include "analysis/generated.h"
#include "analysis/test_rows.h"
#include "base/csv.h"
#include "base/text.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/output.h"
#include "cli/policy_input.h"
#include "cli/write_file.h"

#include <fmt/format.h>

#include <filesystem>

namespace rubric::cli {

namespace {

Exit run(const Arguments& arguments, Console& console) {
  const std::string policy = arguments.operand("POLICY"), folder = arguments.value_or("output", ".");
  const auto program = open_policy(policy, console);
  if (!program) return program.error();
  analysis::GenerateOptions options;
  if (const auto n = arguments.number("tries")) options.candidates = *n;
  const analysis::Generated made = analysis::generate_cases(*program, {}, options);
  std::error_code problem;
  std::filesystem::create_directories(std::filesystem::path(folder) / "cases", problem);
  if (problem) return console.error(fmt::format("cannot make {}/cases: {}", folder, problem.message())), Exit::failed;
  const auto write = [&](const std::string& path, const std::string& text) {
    const std::string why = write_file(path, text);
    if (!why.empty()) console.error(fmt::format("cannot write {}: {}", path, why));
    return why.empty();
  };
  std::string table = "test,case,expect,expect\n";
  const auto cell = [](const std::string& words) { return csv_field(guarded_cell(words)); };
  for (const analysis::GeneratedCase& c : made.cases) {
    const std::string file = fmt::format("cases/generated-{}.json", c.name);
    if (!write((std::filesystem::path(folder) / file).string(), c.record.dump(2) + "\n")) return Exit::failed;
    table += fmt::format("{},{},{},{}\n", cell(c.shows), cell(file), cell(analysis::outcome_words(c.trace)),
                         cell(analysis::status_words(c.trace)));
  }
  if (!write((std::filesystem::path(folder) / "generated.tests.csv").string(), table)) return Exit::failed;
  Output output;
  output.write(fmt::format("{} cases, {} of {} points; {}/generated.tests.csv\n", made.cases.size(), made.shown, made.wanted, folder));
  for (const std::string& each : made.missing) output.write(fmt::format("  no case for {}\n", printable(each)));
  return output.finish(console);
}

constexpr Operand operands[] = {
    {"POLICY", Operand::Count::one, Completes::policy, "what to make cases for"},
};
constexpr Option options[] = {
    {"output", 'o', "DIR", Completes::file, "the folder: cases/generated-NAME.json, and generated.tests.csv; without it, this one"},
    {"tries", 0, "N", Completes::nothing, "how many records are tried; more find rarer things and take longer (60000)"},
};
constexpr Example examples[] = {
    {"rubric generate policies/headache-injections -o policies/headache-injections",
     "cases beside a policy, where `rubric test` finds them"},
    {"rubric generate draft.rubric -o /tmp/cases", "what a draft decides, case by case"},
};

}  // namespace

constexpr Command generate_command = {
    "generate",
    "make cases that cover a policy",
    "Makes a small set of synthetic cases that shows what the policy can show: each criterion with each status, each rule in each state, "
    "each outcome, thresholds just below, at and just above, sets with a member and with another value, and for each member of a "
    "compound condition two cases that differ in it and in the result. Each case is run before it is written, and stands in a table of tests "
    "with what it gave: read it before you believe it, for it says what the policy does, not what it should do. What no case was found for "
    "is listed. The same policy gives the same cases.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
