// `rubric run`: decides many cases, one determination each.

#include "cli/subcommands.h"

#include "cli/arguments.h"
#include "cli/case_input.h"
#include "cli/console.h"
#include "cli/dates.h"
#include "cli/decide_cases.h"
#include "cli/decide_many.h"
#include "cli/kept_run.h"
#include "cli/output.h"
#include "cli/policy_input.h"
#include "cli/record_remarks.h"

#include <fmt/format.h>

namespace rubric::cli {

namespace {

Exit run(const Arguments& arguments, Console& console) {
  const auto as_of = as_of_moment(arguments, console);
  if (!as_of) return Exit::failed;
  const auto threads = thread_count(arguments, console);
  if (!threads) return Exit::failed;
  auto input = CaseInput::open(arguments.operands("CASES"), Snapshots::taken, console);
  const bool has_policy = arguments.operand("POLICY") == "-" || is_readable(arguments.operand("POLICY"), console);
  if (!input || !has_policy) return Exit::failed;
  const auto opened = open_policies(arguments.operand("POLICY"), console);
  if (!opened) return opened.error();
  const std::vector<vm::VerifiedProgram>& programs = *opened;

  Output output;
  output.end_lines_on_interrupt();
  DecideOptions options;
  options.form = form_named(arguments.value_or("format", "text"));
  options.with_criteria = arguments.has("trace");
  options.as_of = *as_of;
  options.color = console.color();
  options.width = console.width();
  options.threads = *threads;
  options.keeps = arguments.has("keep");

  std::optional<KeptRunWriter> kept;
  if (arguments.has("keep")) {
    auto created = KeptRunWriter::create(*arguments.value("keep"), programs, *as_of);
    if (!created) {
      console.error(fmt::format("cannot write {}: {}", *arguments.value("keep"), created.error()));
      return Exit::failed;
    }
    kept = std::move(*created);
  }
  const auto next = [&](Record& record) {
    if (!input->next(record)) return false;
    if (kept) kept->add(record);
    return true;
  };

  const bool array = options.form == Form::json;
  if (array) {
    output.write("[\n");
    output.flush();  // an interrupt closes what stands there
    output.set_ending("\n]\n");
  }
  Tally tally;
  RecordRemarks remarks(console);
  std::string problem;
  const auto done = [&](Decided&& decided) {
    if (array && tally.cases > 0 && !decided.text.empty()) decided.text.insert(0, ",\n");
    output.write(decided.text);
    if (kept) kept->add(decided);
    tally.add(decided.tally);
    remarks.say(decided);
    console.progress(tally.cases, "cases", input->share_read());
    problem = decided.problem;
    return problem.empty() && !output.is_over();
  };
  if (programs.size() > 1) decide_many(next, Policies(programs), options, done);
  else decide_cases(next, programs[0], options, done);
  if (array) output.write(tally.cases ? "\n]\n" : "]\n");
  console.end_progress();
  if (const Exit wrote = output.finish(console); wrote != Exit::expected) return wrote;
  remarks.finish();
  if (kept) {
    if (const std::string problem = kept->finish(); !problem.empty()) {
      console.error(fmt::format("cannot write {}: {}", *arguments.value("keep"), problem));
      return Exit::failed;
    }
  }
  Exit read = input->finish(console);
  if (!problem.empty()) {
    console.error(fmt::format("cannot read {}", problem));
    read = Exit::failed;
  }
  if (options.form == Form::text && !console.is_quiet()) console.note(words(tally));
  if (tally.rejected > 0) console.error(rejected_words(tally));
  return read != Exit::expected ? read : tally.rejected > 0 ? Exit::findings : Exit::expected;
}

constexpr Operand operands[] = {
    {"POLICY", Operand::Count::one, Completes::policy,
     "a .rubric or .md file, a folder (base and overlays), a compiled .rbc, or a folder of such folders, files and .rbc: many policies"},
    {"CASES", Operand::Count::some, Completes::cases,
     "case records: .json (one or an array), .ndjson, .rsnap, folders of them, or - for standard input"},
};
constexpr Option options[] = {
    {"format", 'f', "text|json|ndjson", Completes::nothing,
     "text: one line for each line of a request; json: one array; ndjson: one object a line"},
    {"trace", 't', "", Completes::nothing, "with criteria and rules, as explain has them"},
    {"as-of", 0, "DATE", Completes::nothing, "the day taken as today; without it each record's decisionDate"},
    {"now", 0, "DATETIME", Completes::nothing, "the moment that Now() is, in place of --as-of; UTC where it has no offset"},
    {"threads", 'j', "N", Completes::nothing, "how many cores work; the output is the same for any number"},
    {"keep", 'k', "FILE", Completes::file,
     "keep the policies, the cases and what was decided in a file: rubric explain FILE --id ID shows any case's trace"},
};
constexpr Example examples[] = {
    {"rubric run policies/trigger-point-injections policies/trigger-point-injections/cases",
     "decide each case, a line of text for each line of the request"},
    {"zcat cases.ndjson.gz | rubric run policy.rbc - --format ndjson --as-of 2026-02-01 > decided.ndjson",
     "decide a stream in constant memory"},
};

}  // namespace

constexpr Command run_command = {
    "run",
    "decide cases, one determination each",
    "Decides each case record by the policy and prints the determinations in the order of the records. Records are read as a "
    "stream: any number of them takes the same memory.\n\n"
    "Of a folder of policies each case goes to those that may decide one of its lines, by the lines' codes: there is one "
    "determination for each policy that decides any, and one of no policy where none does.\n\n"
    "A record that cannot be read is rejected: it is named on stderr, stands in the output with its reasons, the others are "
    "decided, and the exit status is 1.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
