// `rubric compare`: whether two versions of a policy decide alike whatever a record says, or a case that tells them apart.

#include "cli/subcommands.h"

#include "analysis/equivalence.h"
#include "analysis/impact.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/diff_words.h"
#include "cli/output.h"
#include "cli/policy_version.h"
#include "cli/write_file.h"
#include "vm/outcomes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace rubric::cli {

namespace {

using analysis::Different;
using analysis::Equivalent;
using analysis::NotProved;
using Json = nlohmann::ordered_json;

// The edited clauses behind a case, as `rubric diff` finds them.
struct Behind {
  std::vector<const analysis::Edit*> edits;
  bool together = false;
};

Behind behind(const PolicyVersion& before, const PolicyVersion& after, const analysis::Edits& edits, SourceSet& sources,
              const Different& found) {
  analysis::ImpactRun run(before.program, after.program, edits, sources, "");
  run.add(found.record, "");
  Behind out;
  for (const analysis::LineImpact& line : run.finish().changed) {
    if (line.line != found.before.sequence) continue;
    for (const size_t e : line.causes) out.edits.push_back(&edits.list[e]);
    out.together = line.together;
  }
  return out;
}

std::string decided(const vm::LineTrace& line) {
  std::string out(vm::outcome_row(line.outcome).words);
  if (!line.decided_by.empty()) out += fmt::format(" by {}", fmt::join(line.decided_by, ", "));
  std::string contents;
  for (const vm::ConditionTrace& c : line.conditions) {
    // What it quotes may be all that differs.
    std::string quoted;
    for (const auto& [name, value] : c.values) quoted += fmt::format("{}{} {}", quoted.empty() ? " (" : ", ", name, value);
    contents += fmt::format("{}condition {}{}", contents.empty() ? "" : ", ", c.name, quoted.empty() ? "" : quoted + ")");
  }
  for (const vm::ModificationField& f : line.modified) contents += fmt::format("{}{} {}", contents.empty() ? "" : ", ", f.field, f.value);
  return contents.empty() ? out : out + ": " + contents;
}

// What the policy counts has room for the count.
std::string longer(const Equivalent& e) {
  std::string out;
  for (const auto& [path, rows] : e.longer) out += fmt::format(", {} in {}", rows, path.substr(1));
  return out;
}

std::string bounds(const Equivalent& e) {
  return fmt::format("up to {} {} in a list{}", e.rows, e.rows == 1 ? "row" : "rows",
                     e.lines > 1 ? fmt::format(", requests of up to {} lines", e.lines) : "") +
         longer(e);
}

constexpr std::string_view within = "every record that both versions can read, with all facts documented and dates from 1902 to 2098";

std::string_view proof_name(Equivalent::Proof proof) {
  switch (proof) {
    case Equivalent::Proof::same_code: return "sameCode";
    case Equivalent::Proof::rules: return "rules";
    case Equivalent::Proof::unoverruled: return "rulesUnlessOverruled";
    case Equivalent::Proof::records: break;
  }
  return "records";
}

std::string text(const Equivalent& e) {
  switch (e.by) {
    case Equivalent::Proof::same_code: return "equivalent: the versions compile to the same code\n";
    case Equivalent::Proof::rules:
      return "equivalent: the versions decide alike\n  proved for  every record, whatever the conditions below the rules come to\n";
    case Equivalent::Proof::unoverruled:
      return "equivalent: the versions decide alike\n  proved for  every record in which no person overrules a criterion, whatever the conditions below the "
             "rules come to\n";
    case Equivalent::Proof::records: break;
  }
  std::string out = fmt::format("equivalent: the versions decide alike\n  proved for  {};\n              {}\n", within, bounds(e));
  out += "  follows for records that leave facts open, which are decided by what they could still say\n";
  if (!e.functions.empty())
    out += fmt::format("  whatever    these operators do, as long as the same operands give the same: {}\n", fmt::join(e.functions, ", "));
  return out;
}

std::string text(const Different& d, const Behind& why, const SourceSet& sources) {
  std::string out = fmt::format("not equivalent: a case tells the versions apart\n  line {}\n    old  {}\n    new  {}\n", d.before.sequence,
                                decided(d.before), decided(d.after));
  for (const analysis::Edit* e : why.edits) {
    const std::string old_place = place(e->before, sources), new_place = place(e->after, sources);
    out += fmt::format("  {} {} [{}{}{}]\n", json_name(e->kind), e->clause, old_place, old_place.empty() || new_place.empty() ? "" : " -> ",
                       new_place);
  }
  if (why.together) out += "  these edits together\n";
  return out + "\n" + d.record + "\n";
}

std::string json(const analysis::Equivalence& found, const Behind& why, const SourceSet& sources) {
  Json out;
  if (const auto* e = std::get_if<Equivalent>(&found)) {
    out = {{"result", "equivalent"}, {"sameCode", e->by == Equivalent::Proof::same_code}, {"proof", proof_name(e->by)}};
    if (e->by == Equivalent::Proof::records) {
      out["rows"] = e->rows;
      out["lines"] = e->lines;
      out["longer"] = Json::object();
      for (const auto& [path, rows] : e->longer) out["longer"][path] = rows;
      out["functions"] = e->functions;
    }
  } else if (const auto* d = std::get_if<Different>(&found)) {
    const auto side = [](const vm::LineTrace& line) {
      return Json{{"outcome", vm::outcome_row(line.outcome).json}, {"decidedBy", line.decided_by}};
    };
    out = {{"result", "different"}, {"line", d->before.sequence}, {"old", side(d->before)}, {"new", side(d->after)}};
    out["edits"] = Json::array();
    for (const analysis::Edit* e : why.edits) {
      Json& edit = out["edits"].emplace_back(Json{{"kind", json_name(e->kind)}, {"clause", e->clause}});
      edit["old"] = place(e->before, sources);
      edit["new"] = place(e->after, sources);
    }
    out["together"] = why.together;
    out["record"] = Json::parse(d->record, nullptr, false);
  } else {
    const NotProved& n = std::get<NotProved>(found);
    out = {{"result", "notProved"}, {"reason", n.reason}, {"timedOut", n.timed_out}};
  }
  return out.dump(2) + "\n";
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
  const analysis::Equivalence found = analysis::compare_programs(before->program, after->program, limits);

  Behind why;
  const bool attributes = !before->modules.empty() && !after->modules.empty();
  const analysis::Edits edits = attributes ? analysis::find_edits(before->modules, after->modules, sources) : analysis::Edits();
  const auto* different = std::get_if<Different>(&found);
  if (different && attributes) why = behind(*before, *after, edits, sources, *different);
  if (different && arguments.has("record")) {
    const std::string problem = write_file(*arguments.value("record"), different->record + "\n");
    if (!problem.empty()) {
      console.error(fmt::format("cannot write {}: {}", *arguments.value("record"), problem));
      return Exit::failed;
    }
  }

  Output output;
  if (arguments.value_or("format", "text") == "json") output.write(json(found, why, sources));
  else if (different) output.write(text(*different, why, sources));
  else if (const auto* e = std::get_if<Equivalent>(&found)) output.write(text(*e));
  else output.write(fmt::format("not proved: {}\n", std::get<NotProved>(found).reason));
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
    {"rows", 'r', "N", Completes::nothing, "how many rows a list may have, 2 where nothing is said"},
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
    "Asks a solver for a record that the two versions decide differently: outcome, conditions or contents of a modification. The record "
    "that is shown has been run on both, and is made small: what it leaves out does not matter. The edited clauses that cause the difference are "
    "named as in rubric diff.\n\n"
    "Equivalent means: for every record, where the two compile to the same code or their rules come to the same whatever the conditions "
    "below them come to; else for every record that both can read, with all facts documented, with as many rows in a list as --rows says. Where an "
    "edit changes what a rule tests of the record, or the versions do something else when undetermined, nothing is claimed of records that "
    "leave facts open.\n\n"
    "The exit status is 0 for equivalent, 1 for a difference, and 2 where neither was found: time ran out, or a policy uses something that is "
    "out of reach of the proof, which is named.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
