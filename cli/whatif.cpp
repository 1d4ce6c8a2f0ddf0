// `rubric whatif`: the smallest changes of a case's facts that would change what its lines come to.

#include "cli/subcommands.h"

#include "analysis/what_if.h"
#include "base/text.h"
#include "cli/arguments.h"
#include "cli/case_input.h"
#include "cli/console.h"
#include "cli/dates.h"
#include "cli/output.h"
#include "cli/policy_input.h"
#include "cli/write_file.h"
#include "render/layout.h"
#include "render/words.h"
#include "vm/outcomes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace rubric::cli {

namespace {

using analysis::FactChange;
using analysis::Json;
using analysis::WhatIf;
using analysis::WhatIfLine;
using analysis::WhatIfs;
using vm::Outcome;

std::string fact_words(const FactChange& f) {
  std::string out =
      fmt::format("{}: {} -> {}", f.fact.starts_with("judgment:") ? "a reviewer's judgment on " + f.fact.substr(9) : f.fact, f.from, f.to);
  if (!f.short_of.empty()) out += fmt::format(" ({} does not)", f.short_of);
  return out;
}

class Text {
 public:
  // `to`: the outcomes that were asked for.
  Text(const WhatIfs& found, const std::vector<Outcome>& to, int width, Color color) : found(found), to(to), layout(width, color) {}

  std::string write() {
    for (const WhatIfLine& line : found.lines) {
      const vm::LineTrace& is = line.is;
      if (&line != &found.lines.front()) layout.blank();
      layout.heading(0, fmt::format("{} line {} {}: {}{}", found.is.case_id, is.sequence, service_words(is), rubric::words(is.outcome),
                                    is.decided_by.empty() ? "" : " by " + join(is.decided_by, "and")));
      const bool there = std::find(to.begin(), to.end(), is.outcome) != to.end();
      if (line.changes.empty()) layout.paragraph(2, there ? "it comes to this already" : "nothing was found that would change it");
      size_t n = 0;
      for (const WhatIf& w : line.changes) change(++n, w);
    }
    if (found.bounded) layout.blank();
    if (found.bounded) layout.paragraph(0, "Not every combination was tried: there may be others (--tries, --facts).");
    return layout.take();
  }

 private:
  void change(size_t n, const WhatIf& w) {
    layout.paragraph(2, fmt::format("{}.", n), style(w.outcome), 5,
                     fmt::format("{}{}", rubric::words(w.outcome), w.decided_by.empty() ? "" : " by " + join(w.decided_by, "and")));
    for (const FactChange& f : w.facts) layout.paragraph(5, "if", Style::quiet, 8, fact_words(f));
    constexpr size_t most = 4;
    for (size_t k = 0; k < std::min(most, w.criteria.size()); ++k) {
      const analysis::CriterionFlip& c = w.criteria[k];
      layout.paragraph(5, "as", Style::quiet, 8,
                       fmt::format("{}{}: {} -> {}{}", c.name, c.text.empty() ? "" : ", " + c.text, rubric::words(c.before),
                                   rubric::words(c.after), c.cites.empty() ? "" : fmt::format(" [{}]", rubric::words(c.cites))));
    }
    if (w.criteria.size() > most) layout.paragraph(8, fmt::format("and {} criteria more", w.criteria.size() - most));
  }

  const WhatIfs& found;
  const std::vector<Outcome>& to;
  Layout layout;
};

std::string json(const WhatIfs& found) {
  Json out{
      {"case", found.is.case_id}, {"lines", Json::array()}, {"held", Json::array()}, {"tried", found.tried}, {"bounded", found.bounded}};
  for (const WhatIfLine& line : found.lines) {
    Json changes = Json::array();
    for (const WhatIf& w : line.changes) {
      Json facts = Json::array(), criteria = Json::array();
      for (const FactChange& f : w.facts) {
        facts.push_back({{"fact", f.fact},
                         {"from", f.from},
                         {"to", f.to},
                         {"value", f.value},
                         {"oneStepShort", f.short_of.empty() ? Json() : Json(f.short_of)}});
      }
      for (const analysis::CriterionFlip& c : w.criteria) {
        Json cites = Json::array();
        for (const vm::CitedSource& s : c.cites) cites.push_back({{"source", s.source}, {"section", s.section}});
        criteria.push_back(
            {{"name", c.name}, {"text", c.text}, {"before", json_name(c.before)}, {"after", json_name(c.after)}, {"cites", cites}});
      }
      changes.push_back({{"outcome", vm::outcome_row(w.outcome).json},
                         {"decidedBy", w.decided_by},
                         {"facts", facts},
                         {"criteria", criteria},
                         {"record", w.record}});
    }
    out["lines"].push_back({{"sequence", line.is.sequence},
                            {"outcome", vm::outcome_row(line.is.outcome).json},
                            {"decidedBy", line.is.decided_by},
                            {"changes", changes}});
  }
  for (const auto& h : found.held) out["held"].push_back({{"fact", h.fact}, {"why", h.why}});
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::vector<std::string> parts(const Arguments& arguments, std::string_view option) {
  std::vector<std::string> out;
  std::string rest = arguments.value_or(option, "");
  for (size_t from = 0; from < rest.size();) {
    const size_t to = std::min(rest.find(',', from), rest.size());
    if (to > from) out.push_back(rest.substr(from, to - from));
    from = to + 1;
  }
  return out;
}

// The one case that is meant.
tl::expected<Json, Exit> the_case(const Arguments& arguments, Console& console) {
  auto input = CaseInput::open({arguments.operand("CASE")}, Snapshots::refused, console);
  if (!input) return tl::unexpected(input.error());
  const auto wanted = arguments.value("id");
  std::optional<Json> found;
  std::vector<std::string> ids;
  for (Record record; input->next(record);) {
    if (record.refused) {
      console.error(fmt::format("{}: {}", printable(record.source), printable(*record.refused)));
      return tl::unexpected(Exit::failed);
    }
    Json json = Json::parse(record.json, nullptr, false);
    if (!json.is_object()) {
      console.error(fmt::format("{}: this is no case record", printable(record.source)));
      return tl::unexpected(Exit::failed);
    }
    const Json id = json.value("id", Json());
    if (ids.size() < 10'000) ids.push_back(id.is_string() ? id.get<std::string>() : "");
    if (wanted && ids.back() != *wanted) continue;
    if (found) {
      console.error("there is more than one case", "name one with --id");
      return tl::unexpected(Exit::failed);
    }
    found = std::move(json);
  }
  if (const Exit read = input->finish(console); read != Exit::expected) return tl::unexpected(read);
  if (found) return std::move(*found);
  const auto meant = wanted ? nearest(*wanted, ids) : std::nullopt;
  console.error(wanted ? fmt::format("there is no case with the id {}", *wanted) : "there is no case",
                meant ? fmt::format("did you mean {}?", *meant) : "");
  return tl::unexpected(Exit::failed);
}

Exit run(const Arguments& arguments, Console& console) {
  const auto as_of = as_of_date(arguments, console);
  if (!as_of) return Exit::failed;
  const auto record = the_case(arguments, console);
  if (!record) return record.error();
  const auto program = open_policy(arguments.operand("POLICY"), console);
  if (!program) return program.error();

  analysis::WhatIfOptions options;
  options.as_of = *as_of;
  if (const auto n = arguments.number("line")) options.line = static_cast<uint32_t>(std::min<uint64_t>(*n, UINT32_MAX));
  if (const auto to = arguments.value("to")) {
    for (const vm::OutcomeRow& row : vm::outcome_rows) {
      const bool approved = *to == "approved" && row.outcome_class == vm::OutcomeClass::favourable;
      if (approved || row.json == *to) options.to.push_back(static_cast<Outcome>(&row - vm::outcome_rows));
    }
  }
  options.changeable = {parts(arguments, "only"), parts(arguments, "fixed"), parts(arguments, "free")};
  options.limit = arguments.number("limit").value_or(options.limit);
  options.facts = arguments.number("facts").value_or(options.facts);
  options.tries = arguments.number("tries").value_or(options.tries);
  constexpr size_t most_facts = 24;
  if (options.facts < 1 || options.facts > most_facts || options.limit < 1) {
    console.error(fmt::format("--facts takes a number from 1 to {}, --limit one from 1", most_facts));
    return Exit::failed;
  }
  options.progress = [&](size_t tried) { console.progress(tried, "records", std::nullopt); };
  const WhatIfs found = analysis::what_if(*program, *record, options);
  console.end_progress();

  if (found.is.rejected) {
    for (const vm::RecordMessage& each : found.is.messages) console.record(arguments.operand("CASE"), each);
    return Exit::failed;
  }
  if (found.lines.empty()) {
    console.error(options.line ? fmt::format("the case has no line {}", *options.line) : "the case has no line");
    return Exit::failed;
  }
  const auto first = std::find_if(found.lines.begin(), found.lines.end(), [](const WhatIfLine& l) { return !l.changes.empty(); });
  if (first != found.lines.end() && arguments.has("record")) {
    const std::string problem = write_file(*arguments.value("record"), first->changes[0].record.dump(2) + "\n");
    if (!problem.empty()) return console.error(fmt::format("cannot write {}: {}", *arguments.value("record"), problem)), Exit::failed;
  }
  Output output;
  output.write(arguments.value_or("format", "text") == "json" ? json(found)
                                                              : Text(found, options.to, console.width(), console.color()).write());
  return output.finish(console, first == found.lines.end() ? Exit::findings : Exit::expected);
}

constexpr Operand operands[] = {
    {"POLICY", Operand::Count::one, Completes::policy, "a .rubric or .md file, a folder (base and overlays), or a compiled .rbc"},
    {"CASE", Operand::Count::one, Completes::cases, "a case record, or a file of several of which --id names one; - for standard input"},
};
constexpr Option options[] = {
    {"id", 0, "CASE-ID", Completes::nothing, "the case with this id, where there are several"},
    {"line", 'l', "N", Completes::nothing, "only the request's line with this sequence number"},
    {"to", 0, "approved|approve|approveWithConditions|modify|deny|pend|review|notRequired|gap|conflict", Completes::nothing,
     "only changes that lead to this outcome; approved: with or without conditions. Without it, to any other"},
    {"only", 0, "PATHS", Completes::nothing, "only these facts may change: trials, trials.end, /lines/0/units; several with commas"},
    {"fixed", 0, "PATHS", Completes::nothing, "these facts must stay"},
    {"free", 0, "PATHS", Completes::nothing, "these may change although they are held, such as a day in the past"},
    {"limit", 0, "N", Completes::nothing, "how many changes are shown of a line (5)"},
    {"facts", 0, "N", Completes::nothing, "how many facts a change may have, from 1 to 24 (12)"},
    {"tries", 0, "N", Completes::nothing, "how many records are run in search of combinations (10000)"},
    {"record", 'o', "FILE", Completes::file, "write the record with the smallest change, to be run or explained"},
    {"as-of", 0, "DATE", Completes::nothing, "the day taken as today; without it the record's decisionDate"},
    {"format", 'f', "text|json", Completes::nothing, "text for people; json: one object, with each changed record"},
};
constexpr Example examples[] = {
    {"rubric whatif policies/trigger-point-injections case.json", "what would have to be otherwise for each line to come out otherwise"},
    {"rubric whatif policies/trigger-point-injections case.json --line 1 --to approved --fixed trials",
     "what would get line 1 approved if the trials are what they are"},
    {"rubric whatif policy.rubric cases.ndjson --id anna --only lines --record changed.json",
     "what another request could come to, and the record of the smallest change"},
};

}  // namespace

constexpr Command whatif_command = {
    "whatif",
    "find the smallest changes of facts that would change the outcome",
    "Shows for each line of a case the changes of facts that would give it another outcome: fewest facts first, then the smallest step, with "
    "the criteria that turn and what they cite. Each change has been run before it is shown; each of its facts is needed; and of a number, a "
    "date or a duration, in a further row too, the value one step short has been run and does not lead there.\n\n"
    "What cannot change is read off the record model: the circumstances of the request, who the member is, a day that lies in the past, what a "
    "line asks for; rows of the chart are added, never taken away. What is not documented can be. --only, --fixed and --free change that.\n\n"
    "The search is bounded, and says so where it was cut short; finding nothing proves nothing. The exit status is 0 where a change was found, "
    "1 where none was, and 2 where the command could not be carried out.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
