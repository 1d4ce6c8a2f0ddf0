#include "cli/compare_report.h"

#include "analysis/comparison.h"
#include "base/text.h"
#include "cli/diff_words.h"
#include "render/layout.h"
#include "render/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace rubric::cli {

namespace {

using analysis::Different;
using analysis::Equivalent;
using analysis::NotProved;
using Json = nlohmann::ordered_json;

// ---------------------------------------------------------------- equivalent

// What the policy counts has room for the count.
std::string longer(const Equivalent& e) {
  std::string out;
  for (const auto& [path, rows] : e.longer) out += fmt::format(", {} in {}", rows, path.substr(1));
  return out;
}

std::string bounds(const Equivalent& e) {
  const std::string rows = e.any_number ? "any number of rows" : fmt::format("up to {} {}", e.rows, e.rows == 1 ? "row" : "rows");
  return fmt::format("{} in a list{}", rows, e.lines > 1 ? fmt::format(", requests of up to {} lines", e.lines) : "") + longer(e);
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

// ---------------------------------------------------------------- different

std::string decided(const vm::LineTrace& line) {
  std::string out(rubric::words(line.outcome));
  if (!line.decided_by.empty()) out += fmt::format(" by {}", fmt::join(line.decided_by, ", "));
  std::string contents;
  for (const Granted& each : granted(line)) contents += (contents.empty() ? ": " : ", ") + each.name;
  return out + contents;
}

class Text {
 public:
  Text(const Different& d, const EditsBehind& why, const SourceSet& sources, int width, Color color)
      : d(d), why(why), sources(sources), layout(width, color) {}

  std::string write() {
    layout.paragraph(0, "not equivalent: a case tells the versions apart");
    layout.paragraph(2, fmt::format("line {}", d.before.sequence));
    layout.paragraph(4, "old", Style::plain, 9, decided(d.before));
    layout.paragraph(4, "new", Style::plain, 9, decided(d.after));
    if (d.before.outcome == d.after.outcome) grants_difference(layout, 4, d.before, d.after);
    std::string out = layout.take();
    for (const analysis::Edit* e : why.edits) out += edit(*e);
    if (why.together) layout.paragraph(2, "these edits together");
    if (why.all) layout.paragraph(2, "no edit can be taken back without the others: these are all");
    through();
    return out + layout.take() + "\n" + d.record + "\n";
  }

 private:
  // Its places are one line, as long as it may be, for whoever looks for them.
  std::string edit(const analysis::Edit& e) {
    const std::string old_place = place(e.before, sources), new_place = place(e.after, sources);
    clause_lines(layout, 4, e, sources);
    return printable(fmt::format("  {} {} [{}{}{}]", json_name(e.kind), e.clause, old_place,
                                 old_place.empty() || new_place.empty() ? "" : " -> ", new_place)) +
           "\n" + layout.take();
  }

  // The criteria and rules through which it acts.
  void through() {
    const auto criteria = analysis::statuses(d.before, d.after);
    // Of a line outside of a version's scope it looks at none.
    const bool outside = d.before.outcome == vm::Outcome::not_decided || d.after.outcome == vm::Outcome::not_decided;
    const auto rules = outside ? std::vector<analysis::RuleChange>() : analysis::rule_changes(d.before, d.after);
    if (criteria.empty() && rules.empty()) return;
    layout.paragraph(2, "by way of");
    for (const analysis::StatusChange& c : criteria)
      layout.paragraph(4, fmt::format("criterion {}: {} -> {}", c.criterion, rubric::words(c.before), rubric::words(c.after)));
    for (const analysis::RuleChange& r : rules)
      layout.paragraph(4, fmt::format("rule {}: {} -> {}", r.rule, said(r.before), said(r.after)));
  }
  static std::string_view said(const std::optional<vm::RuleState>& state) { return state ? rubric::words(*state) : "not there"; }

  const Different& d;
  const EditsBehind& why;
  const SourceSet& sources;
  Layout layout;
};

Json json(const Different& d, const EditsBehind& why, const SourceSet& sources) {
  const auto side = [](const vm::LineTrace& line) {
    Json contents = Json::array();
    for (const Granted& each : granted(line)) contents.push_back(each.words());
    return Json{{"outcome", vm::outcome_row(line.outcome).json}, {"decidedBy", line.decided_by}, {"granted", contents}};
  };
  Json out{{"result", "different"}, {"line", d.before.sequence}, {"old", side(d.before)}, {"new", side(d.after)}};
  out["edits"] = Json::array();
  for (const analysis::Edit* e : why.edits) {
    const auto text = [&](Span s) { return sources.contains(s.file) ? Json(std::string(sources.text(s))) : Json(); };
    out["edits"].push_back(Json{{"kind", json_name(e->kind)},
                                {"clause", e->clause},
                                {"old", place(e->before, sources)},
                                {"new", place(e->after, sources)},
                                {"oldText", text(e->before)},
                                {"newText", text(e->after)}});
  }
  out["together"] = why.together;
  out["criteria"] = Json::array();
  for (const analysis::StatusChange& c : analysis::statuses(d.before, d.after))
    out["criteria"].push_back(Json{{"criterion", c.criterion}, {"old", json_name(c.before)}, {"new", json_name(c.after)}});
  out["rules"] = Json::array();
  const auto state = [](const std::optional<vm::RuleState>& s) { return s ? Json(json_name(*s)) : Json(); };
  for (const analysis::RuleChange& r : analysis::rule_changes(d.before, d.after))
    out["rules"].push_back(Json{{"rule", r.rule}, {"old", state(r.before)}, {"new", state(r.after)}});
  out["record"] = Json::parse(d.record, nullptr, false);
  return out;
}

}  // namespace

std::string compare_text(const analysis::Equivalence& found, const EditsBehind& why, const SourceSet& sources, int width, Color color) {
  if (const auto* d = std::get_if<Different>(&found)) return Text(*d, why, sources, width, color).write();
  if (const auto* e = std::get_if<Equivalent>(&found)) return text(*e);
  return fmt::format("not proved: {}\n", std::get<NotProved>(found).reason);
}

std::string compare_json(const analysis::Equivalence& found, const EditsBehind& why, const SourceSet& sources) {
  Json out;
  if (const auto* e = std::get_if<Equivalent>(&found)) {
    out = {{"result", "equivalent"}, {"sameCode", e->by == Equivalent::Proof::same_code}, {"proof", proof_name(e->by)}};
    if (e->by == Equivalent::Proof::records) {
      out["anyNumberOfRows"] = e->any_number;
      if (!e->any_number) out["rows"] = e->rows;
      out["lines"] = e->lines;
      out["longer"] = Json::object();
      for (const auto& [path, rows] : e->longer) out["longer"][path] = rows;
      out["functions"] = e->functions;
    }
  } else if (const auto* d = std::get_if<Different>(&found)) {
    out = json(*d, why, sources);
  } else {
    const NotProved& n = std::get<NotProved>(found);
    out = {{"result", "notProved"}, {"reason", n.reason}, {"timedOut", n.timed_out}};
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace rubric::cli
