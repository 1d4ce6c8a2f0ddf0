// `rubric diff`: what an edit of a policy changes, line by line of a corpus of cases, and which edited clause causes it.

#include "cli/subcommands.h"

#include "analysis/impact.h"
#include "cli/arguments.h"
#include "cli/case_input.h"
#include "cli/console.h"
#include "cli/dates.h"
#include "cli/decide_cases.h"
#include "cli/diff_page.h"
#include "cli/diff_report.h"
#include "cli/output.h"
#include "cli/policy_version.h"
#include "cli/snapshot_fit.h"
#include "render/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric::cli {

namespace {

constexpr uint64_t most_remarks = 100;

// Versions for different codes differ in every line and say nothing of an edit.
bool decided_by_both(const analysis::Impact& impact) {
  return impact.lines == 0 || impact.open_alike > 0 || std::any_of(impact.matrix.begin(), impact.matrix.end(), [](const auto& each) {
           return each.first.first != vm::Outcome::not_decided && each.first.second != vm::Outcome::not_decided;
         });
}

Exit run(const Arguments& arguments, Console& console) {
  const auto as_of = as_of_date(arguments, console);
  if (!as_of) return Exit::failed;
  const auto threads = thread_count(arguments, console);
  if (!threads) return Exit::failed;
  const std::string &old_name = arguments.operand("OLD"), &new_name = arguments.operand("NEW");
  SourceSet sources;
  const auto before = open_version(old_name, sources, console);
  const auto after = open_version(new_name, sources, console);
  if (!before || !after) return Exit::failed;
  const bool attributes = !before->modules.empty() && !after->modules.empty();
  if (!attributes) console.warning("a compiled program's sources do not make it again: differences are found, and attributed to no clause");
  const analysis::Edits edits = attributes ? analysis::find_edits(before->modules, after->modules, sources) : analysis::Edits();

  auto input = CaseInput::open({*arguments.value("cases")}, Snapshots::taken, console);
  if (!input) return input.error();
  analysis::ImpactRun impact_run(before->program, after->program, edits, sources, *as_of, *threads);
  uint64_t remarks = 0;
  std::vector<analysis::CaseMessage> rejections;
  const auto say_messages = [&] {
    for (analysis::CaseMessage& each : impact_run.take_messages()) {
      if (remarks++ < most_remarks) console.record(each.source, each.message);
      if (each.message.error) rejections.push_back(std::move(each));
    }
  };
  std::shared_ptr<const vm::Snapshot> fits;
  for (Record record; input->next(record);) {
    if (record.snapshot && record.snapshot != fits) {
      fits = record.snapshot;
      if (const auto why = misfit(record.source, *fits, {old_name, *before->program}, {new_name, *after->program})) {
        console.error(why->message, why->help);
        return Exit::failed;
      }
    }
    if (record.snapshot) impact_run.add_block(record.snapshot, record.block, record.source);
    else if (record.refused) impact_run.add_rejected(record.source, *record.refused);
    else impact_run.add(record.json, record.source);
    say_messages();
    console.progress(impact_run.cases(), "cases", input->share_read());
    if (!impact_run.problem().empty()) break;
  }
  const analysis::Impact impact = impact_run.finish();
  say_messages();
  console.end_progress();
  if (remarks > most_remarks)
    console.note(fmt::format("{} more about records are not shown here; --format json names every record that was rejected",
                             counted(remarks - most_remarks, "message")));
  const Exit read = input->finish(console);
  if (!impact_run.problem().empty()) {
    console.error(fmt::format("cannot read {}", impact_run.problem()));
    return Exit::failed;
  }
  if (impact.cases == 0) {
    if (read == Exit::expected)
      console.error(fmt::format("there is no case in {}", *arguments.value("cases")), "an edit that is tried on no case shows nothing");
    return Exit::failed;
  }
  if (!decided_by_both(impact)) console.warning("no line of the cases is decided by both versions: do they decide the same codes?");

  Output output;
  const DiffReport report{old_name, new_name, edits, impact, rejections, sources};
  const std::string format = arguments.value_or("format", "text");
  output.write(format == "json"   ? diff_json(report)
               : format == "html" ? diff_page(report)
                                  : diff_text(report, console.width(), console.color()));
  const bool differs = arguments.has("exit-code") && !impact.changed.empty();
  return output.finish(console, read != Exit::expected ? read : impact.rejected > 0 || differs ? Exit::findings : Exit::expected);
}

constexpr Operand operands[] = {
    {"OLD", Operand::Count::one, Completes::policy,
     "the policy as it was: a file, a folder, a compiled .rbc, or REV:PATH of a git repository"},
    {"NEW", Operand::Count::one, Completes::policy, "the policy as it is to be, named in the same ways"},
};
constexpr Option options[] = {
    {"cases", 'c', "CASES", Completes::cases, "the cases to decide by both: .json, .ndjson, .rsnap, a folder, or - for standard input",
     true},
    {"as-of", 0, "DATE", Completes::nothing, "the day taken as today; without it each record's decisionDate"},
    {"format", 'f', "text|json|html", Completes::nothing,
     "text for people; html: a page that opens from the disk; json: one object with every line that differs"},
    {"threads", 'j', "N", Completes::nothing, "how many cores work; the output is the same for any number"},
    {"exit-code", 0, "", Completes::nothing, "exit with 1 where any line differs"},
};
constexpr Example examples[] = {
    {"rubric diff HEAD:policies/trigger-point-injections policies/trigger-point-injections --cases corpus.ndjson",
     "what the edit that is not committed yet changes"},
    {"rubric diff old new --cases corpus.ndjson --format html > impact.html", "a page for whoever approves the edit"},
    {"rubric diff old.rbc new.rbc --cases corpus.ndjson --exit-code --quiet", "in a build: fail where any determination differs"},
};

}  // namespace

constexpr Command diff_command = {
    "diff",
    "show what an edit of a policy changes",
    "Decides each case by both versions and sorts the lines of the requests: outcome changed, status of a criterion changed, reasoning only, "
    "unchanged. Each difference is attributed to the edited clauses that cause it: an edit whose reversal alone undoes the difference, or the "
    "edits that do so together.\n\n"
    "Layout, comments and the order of clauses are no edits; a clause that was only renamed is recognised.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
