// `rubric report`: a folder of pages on many cases.

#include "cli/subcommands.h"

#include "cli/arguments.h"
#include "cli/case_input.h"
#include "cli/console.h"
#include "cli/dates.h"
#include "cli/decide_cases.h"
#include "cli/output.h"
#include "cli/policy_input.h"
#include "cli/record_remarks.h"
#include "cli/report_folder.h"
#include "render/site.h"
#include "render/words.h"

#include <fmt/format.h>

#include <filesystem>

namespace rubric::cli {

namespace {

Exit run(const Arguments& arguments, Console& console) {
  const auto as_of = as_of_date(arguments, console);
  if (!as_of) return Exit::failed;
  const auto threads = thread_count(arguments, console);
  if (!threads) return Exit::failed;
  auto input = CaseInput::open(arguments.operands("CASES"), Snapshots::taken, console);
  const bool has_policy = arguments.operand("POLICY") == "-" || is_readable(arguments.operand("POLICY"), console);
  if (!input || !has_policy) return Exit::failed;
  const auto program = open_policy(arguments.operand("POLICY"), console);
  if (!program) return program.error();
  const std::string path = *arguments.value("output");
  auto folder = ReportFolder::open(path, arguments.has("force"));
  if (!folder) {
    console.error(fmt::format("cannot write into {}: {}", path, folder.error()),
                  "name a new folder, an empty one or an older report, which is replaced; --force writes there all the same");
    return Exit::failed;
  }

  DecideOptions options;
  options.form = Form::site;
  options.with_criteria = true;
  options.as_of = *as_of;
  options.threads = *threads;
  SiteIndex index(**program);
  Tally tally;
  RecordRemarks remarks(console);
  std::string problem;
  decide_cases([&](Record& record) { return input->next(record); }, *program, options,
               [&](Decided&& decided) {
                 for (const SitePart& each : decided.parts) {
                   const size_t number = index.add(each);
                   folder->write(fmt::format("data/{}.js", number), part_script(number, each));
                 }
                 tally.add(decided.tally);
                 remarks.say(decided);
                 console.progress(tally.cases, "cases", input->share_read());
                 problem = decided.problem;
                 return problem.empty() && folder->problem().empty();
               });
  remarks.finish();
  console.end_progress();
  const Exit read = input->finish(console);
  if (!problem.empty()) return console.error(fmt::format("cannot read {}", problem)), Exit::failed;
  if (tally.cases == 0) {
    if (read == Exit::expected) console.error("there is no case to report on");
    return Exit::failed;
  }
  folder->write("data/parts.js", index.parts_script());
  folder->write("data/index.js", index.index_script());
  std::string summary = fmt::format("{}, {}", counted(tally.cases, "case"), counted(tally.lines, "line"));
  if (tally.rejected > 0) summary += fmt::format(", {} not read", group_digits(tally.rejected));
  for (const SiteFile& each : site_files(**program, summary)) folder->write(each.name, each.text);
  if (!folder->problem().empty()) return console.error(fmt::format("cannot write {}", folder->problem())), Exit::failed;
  console.note(words(tally));
  if (tally.rejected > 0) console.error(rejected_words(tally));
  Output output;
  output.write((std::filesystem::path(path) / "index.html").string() + "\n");
  return output.finish(console, read != Exit::expected ? read : tally.rejected > 0 ? Exit::findings : Exit::expected);
}

constexpr Operand operands[] = {
    {"POLICY", Operand::Count::one, Completes::policy, "a .rubric or .md file, a folder (base and overlays), or a compiled .rbc"},
    {"CASES", Operand::Count::some, Completes::cases,
     "case records: .json (one or an array), .ndjson, .rsnap, folders of them, or - for standard input"},
};
constexpr Option options[] = {
    {"output", 'o', "DIR", Completes::directory, "the folder; an older report in it is replaced", true},
    {"force", 0, "", Completes::nothing,
     "write into a folder that holds something else: files of a report's names are replaced, all others stay"},
    {"as-of", 0, "DATE", Completes::nothing, "the day taken as today; without it each record's decisionDate"},
    {"threads", 'j', "N", Completes::nothing, "how many cores work; the pages are the same for any number"},
};
constexpr Example examples[] = {
    {"rubric report policies/trigger-point-injections policies/trigger-point-injections/cases -o report",
     "then open report/index.html with a double click"},
    {"rubric report policy.rbc cases.ndjson.gz -o report --as-of 2026-02-01", "thousands of cases; the list stays quick"},
};

}  // namespace

constexpr Command report_command = {
    "report",
    "write pages on many cases: a list with pictures, and a page a case",
    "Decides the cases and writes a folder of pages that a browser opens from the disk: no server, no network. index.html counts "
    "outcomes, criteria and what is missing, and lists the lines with search, filters and sorting; from it one opens the page of a "
    "case and compares two cases. The folder can be packed, sent and published as it is. Prints the name of index.html.\n\n"
    "A record that cannot be read is rejected: it is named on stderr, stands in the list with its reasons, and the exit status is 1.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
