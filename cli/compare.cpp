// `rubric compare`: whether two versions of a policy decide alike whatever a record says, or a case that tells them apart.

#include "cli/subcommands.h"

#include "analysis/difference_search.h"
#include "analysis/equivalence.h"
#include "analysis/impact.h"
#include "cli/arguments.h"
#include "cli/compare_report.h"
#include "cli/console.h"
#include "cli/output.h"
#include "cli/policy_version.h"
#include "cli/write_file.h"

#include <fmt/format.h>

namespace rubric::cli {

namespace {

using analysis::Different;
using analysis::NotProved;

EditsBehind behind(const PolicyVersion& before, const PolicyVersion& after, const analysis::Edits& edits, SourceSet& sources,
                   const Different& found) {
  analysis::ImpactRun run(before.program, after.program, edits, sources, "");
  run.add(found.record, "");
  EditsBehind out;
  for (const analysis::LineImpact& line : run.finish().changed) {
    if (line.line != found.before.sequence) continue;
    for (const size_t e : line.causes) out.edits.push_back(&edits.list[e]);
    out.together = line.together;
  }
  out.all = out.edits.empty();
  if (out.all) {
    for (const analysis::Edit& e : edits.list) out.edits.push_back(&e);
  }
  return out;
}

Exit run(const Arguments& arguments, Console& console) {
  SourceSet sources;
  const auto before = open_version(arguments.operand("OLD"), sources, console);
  const auto after = open_version(arguments.operand("NEW"), sources, console);
  if (!before || !after) return Exit::failed;

  constexpr uint64_t most_rows = 8, most_seconds = 86'400;
  const uint64_t rows = arguments.number("rows").value_or(2), seconds = arguments.number("timeout").value_or(20);
  if (rows < 1 || rows > most_rows || seconds < 1 || seconds > most_seconds) {
    console.error(fmt::format("--rows takes a number from 1 to {}, --timeout from 1 to {}", most_rows, most_seconds));
    return Exit::failed;
  }
  const analysis::ProofLimits limits{static_cast<uint32_t>(rows), static_cast<uint32_t>(seconds * 1000)};
  const auto search = [&] {
    std::vector<analysis::Json> seeds;
    for (const PolicyVersion* version : {&*before, &*after}) {
      for (const std::string& record : tested_records(*version, sources)) seeds.push_back(analysis::Json::parse(record, nullptr, false));
    }
    return analysis::search_difference(before->program, after->program, seeds);
  };
  const analysis::Equivalence found = analysis::compare_programs(before->program, after->program, limits, search);

  EditsBehind why;
  const bool attributes = !before->modules.empty() && !after->modules.empty();
  const analysis::Edits edits = attributes ? analysis::find_edits(before->modules, after->modules, sources) : analysis::Edits();
  const auto* different = std::get_if<Different>(&found);
  if (different && !attributes) console.warning("a compiled program's sources do not make it again: no clause is named");
  if (different && attributes) why = behind(*before, *after, edits, sources, *different);
  if (different && arguments.has("record")) {
    const std::string problem = write_file(*arguments.value("record"), different->record + "\n");
    if (!problem.empty()) {
      console.error(fmt::format("cannot write {}: {}", *arguments.value("record"), problem));
      return Exit::failed;
    }
  }

  Output output;
  output.write(arguments.value_or("format", "text") == "json" ? compare_json(found, why, sources)
                                                              : compare_text(found, why, sources, console.width(), console.color()));
  if (const auto* n = std::get_if<NotProved>(&found)) {
    if (n->timed_out) console.error("the proof ran out of time", "give it more with --timeout, or fewer rows with --rows 1");
    return output.finish(console, Exit::failed);
  }
  return output.finish(console, different ? Exit::findings : Exit::expected);
}

constexpr Operand operands[] = {
    {"OLD", Operand::Count::one, Completes::policy,
     "the policy as it was: a file, a folder, a compiled .rbc, or REV:PATH of a git repository"},
    {"NEW", Operand::Count::one, Completes::policy, "the policy as it is to be, named in the same ways"},
};
constexpr Option options[] = {
    {"rows", 'r', "N", Completes::nothing, "how many rows a list may have of which no number can stand for all, 2 where nothing is said"},
    {"timeout", 't', "SECONDS", Completes::nothing, "for each question to the solver, 20 where nothing is said"},
    {"record", 'o', "FILE", Completes::file, "write the case that tells the versions apart, to be run"},
    {"format", 'f', "text|json", Completes::nothing, "text for people; json: one object"},
};
constexpr Example examples[] = {
    {"rubric compare HEAD:policies/headache-injections policies/headache-injections",
     "whether the edit that is not committed yet changes any decision"},
    {"rubric compare old.rubric new.rubric --record case.json",
     "find a case that the versions decide differently, and keep it for rubric explain"},
};

}  // namespace

constexpr Command compare_command = {
    "compare",
    "prove that two versions decide alike, or show a case that they do not",
    "Looks for a record that the two versions decide differently: outcome, conditions or contents of a modification. Those of the tests are "
    "tried, records near them and others that show the policy from many sides; then a solver is asked. The record that is shown has been run "
    "on both, and is made small: what it leaves out does not matter. The edited clauses that cause the difference are named as in rubric diff, "
    "with both texts and the criteria and rules by way of which they act.\n\n"
    "Equivalent means: for every record, where the two compile to the same code or their rules come to the same whatever the conditions "
    "below them come to; else for every record that both can read, with all facts documented. A list has any number of rows, where so many "
    "were looked at that more can change nothing; of a sum and the like no number is enough, and as many are looked at as --rows says. Where "
    "with so few a rule cannot stand or a criterion cannot be met, nothing is claimed. Nor where an "
    "edit changes what a rule tests of the record, or the versions do something else when undetermined, of records that leave facts "
    "open.\n\n"
    "The exit status is 0 for equivalent, 1 for a difference, and 2 where neither was found: time ran out, or a policy uses something that is "
    "out of reach of the proof, which is named.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
