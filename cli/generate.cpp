// `rubric generate`: made-up cases that show what a policy can show, as records or as tests that hold what each one is for.

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
#include "compiler/format.h"
#include "compiler/print.h"
#include "vm/outcomes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

namespace rubric::cli {

namespace {

using analysis::Generated;
using analysis::GeneratedCase;
using Json = nlohmann::ordered_json;

// What the case comes to, as a test expects it; of one line there is no number to be said.
std::string outcome(const GeneratedCase& c) {
  const std::string words = analysis::outcome_words(c.trace);
  const bool one = c.trace.lines.size() == 1;
  return one ? words.substr(words.find(' ', words.find(' ') + 1) + 1) : words;
}

std::string ndjson(const Generated& made) {
  std::string out;
  for (const GeneratedCase& c : made.cases) out += c.record.dump() + "\n";
  return out;
}

std::string json(const Generated& made) {
  Json out{{"cases", Json::array()}, {"shown", made.shown}, {"wanted", made.wanted}, {"missing", Json::array()}};
  for (const analysis::MissingState& m : made.missing)
    out["missing"].push_back({{"state", m.what}, {m.impossible ? "impossible" : "why", m.why}});
  for (const GeneratedCase& c : made.cases) {
    Json lines = Json::array();
    for (const vm::LineTrace& line : c.trace.lines) {
      lines.push_back({{"sequence", line.sequence}, {"outcome", vm::outcome_row(line.outcome).json}, {"decidedBy", line.decided_by}});
    }
    out["cases"].push_back({{"name", c.name}, {"shows", c.shows}, {"lines", lines}, {"record", c.record}});
  }
  return out.dump(2) + "\n";
}

std::string file_of(const GeneratedCase& c) { return fmt::format("cases/generated-{}.json", c.name); }

std::string table(const Generated& made) {
  const auto cell = [](const std::string& words) { return csv_field(guarded_cell(words)); };
  std::string out = "test,case,expect,expect\n";
  for (const GeneratedCase& c : made.cases) {
    out += fmt::format("{},{},{},{}\n", cell(words(c)), cell(file_of(c)), cell(outcome(c)),
                       cell(fmt::format("{}", fmt::join(c.expect, ", "))));
  }
  return out;
}

std::string blocks(const std::string& policy, const Generated& made) {
  std::string out = fmt::format("tests of {}\n", policy);
  for (const GeneratedCase& c : made.cases) {
    std::string record;
    for (const auto& [key, value] : c.record.items())
      record += fmt::format("{}{}: {}", record.empty() ? "" : ",\n", key, analysis::record_words(value));
    out += "\n";
    for (const std::string& each : c.shows) out += fmt::format("// {}\n", printable(each));
    out += fmt::format("test {}\n  case {{ {} }}\n  expect {}\n", print_text(words(c)), record, outcome(c));
    if (!c.expect.empty()) out += fmt::format("  expect {}\n", fmt::join(c.expect, ", "));
  }
  SourceSet scratch;
  Diagnostics problems;
  return format_source(scratch, scratch.add("generated.rubric", out), problems).value_or(out);
}

std::string missing(const analysis::MissingState& m) {
  return printable(fmt::format("{} {}: {}", m.impossible ? "not wanted:" : "no case for", m.what, m.why));
}

Exit run(const Arguments& arguments, Console& console) {
  const std::string policy = arguments.operand("POLICY");
  const auto program = open_policy(policy, console);
  if (!program) return program.error();
  const auto folder = arguments.value("output");
  const std::string format = arguments.value_or("format", folder ? "csv" : "ndjson");
  if (format == "csv" && !folder) return console.error("a table of tests names files", "say where they go with -o DIR"), Exit::failed;
  analysis::GenerateOptions options;
  if (const auto n = arguments.number("tries")) options.candidates = *n;
  const Generated made = analysis::generate_cases(*program, {}, options);

  const std::string text = format == "ndjson" ? ndjson(made)
                           : format == "json" ? json(made)
                           : format == "csv"  ? table(made)
                                              : blocks((**program).name, made);
  Output output;
  const std::string told =
      fmt::format("{} {}, {} of {} points", made.cases.size(), made.cases.size() == 1 ? "case" : "cases", made.shown, made.wanted);
  if (!folder) {
    output.write(text);
    console.note(told);
    for (const analysis::MissingState& each : made.missing) console.note(missing(each));
    return output.finish(console);
  }
  const auto write = [&](const std::string& name, const std::string& content) {
    const std::filesystem::path path = std::filesystem::path(*folder) / name;
    std::error_code problem;
    std::filesystem::create_directories(path.parent_path(), problem);
    const std::string why = problem ? problem.message() : write_file(path.string(), content);
    if (!why.empty()) console.error(fmt::format("cannot write {}: {}", path.string(), why));
    return why.empty();
  };
  if (format == "csv") {
    for (const GeneratedCase& c : made.cases) {
      if (!write(file_of(c), c.record.dump(2) + "\n")) return Exit::failed;
    }
  }
  const std::string name = format == "csv" ? "generated.tests.csv" : format == "tests" ? "generated.rubric" : "cases/generated." + format;
  if (!write(name, text)) return Exit::failed;
  output.write(fmt::format("{}; {}\n", told, (std::filesystem::path(*folder) / name).string()));
  for (const analysis::MissingState& each : made.missing) output.write(fmt::format("  {}\n", missing(each)));
  return output.finish(console);
}

constexpr Operand operands[] = {
    {"POLICY", Operand::Count::one, Completes::policy, "what to make cases for"},
};
constexpr Option options[] = {
    {"output", 'o', "DIR", Completes::file, "the folder that they are written to; without it, standard output"},
    {"format", 'f', "ndjson|json|csv|tests", Completes::nothing,
     "ndjson: a record a line; json: one object, with what each case shows and what no case was found for; csv: DIR/generated.tests.csv, a table "
     "of tests, and its records in DIR/cases; tests: test blocks with the records in place (DIR/generated.rubric). Without it csv with -o, "
     "ndjson without"},
    {"tries", 0, "N", Completes::nothing, "how many records are tried at most (150000)"},
};
constexpr Example examples[] = {
    {"rubric generate policies/headache-injections -o policies/headache-injections",
     "cases beside a policy, where `rubric test` finds them"},
    {"rubric generate draft.rubric | rubric run draft.rubric -", "what a draft decides, case by case"},
    {"rubric generate draft.rubric --format tests > draft-tests.rubric", "tests to be read, corrected and kept"},
};

}  // namespace

constexpr Command generate_command = {
    "generate",
    "make cases that cover a policy",
    "Makes a small set of synthetic cases that shows what the policy can show: each criterion with each status, each rule in each state, "
    "each outcome, thresholds just below, at and just above, sets with a member and with another value, and for each member of a "
    "compound condition two cases that differ in it and in the result. A case has nothing but what it takes for that, and its name and its test "
    "say what it is for. Each has been run before it is written, and its test expects what it gave: read it before you believe it, for it says "
    "what the policy does, not what it should do. What no case was found for is listed with the reason. The same policy gives the same cases.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
