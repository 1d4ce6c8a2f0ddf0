#include "cli/diff_report.h"

#include "base/text.h"
#include "cli/diff_words.h"
#include "render/layout.h"
#include "render/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace rubric::cli {

namespace {

using analysis::Difference;
using analysis::Edit;
using analysis::LineImpact;

class Text {
 public:
  Text(const DiffReport& report, int width, Color color) : r(report), layout(width, color), color(color) {}

  std::string write() {
    const analysis::Impact& i = r.impact;
    layout.heading(0, fmt::format("{} -> {}", r.before, r.after));
    layout.blank();
    edits();
    layout.heading(0, fmt::format("{}, {}{}", counted(i.cases, "case"), counted(i.lines, "line"),
                                  i.rejected ? fmt::format(", {} rejected", counted(i.rejected, "record")) : ""));
    for (const Difference d : most_first) {
      layout.paragraph(2, words(d),
                       i.counts[static_cast<size_t>(d)] == 0 ? Style::quiet
                       : d == Difference::outcome            ? Style::bad
                                                             : Style::plain,
                       20, group_digits(i.counts[static_cast<size_t>(d)]));
    }
    if (i.open_alike > 0)
      layout.paragraph(4, "open in both", Style::quiet, 20, fmt::format("{} of these, for the same reasons", group_digits(i.open_alike)));
    layout.blank();
    matrix();
    causes();
    examples();
    return layout.take();
  }

 private:
  void edits() {
    layout.heading(0, r.edits.list.empty() ? "No clause differs" : counted(r.edits.list.size(), "edit"));
    for (size_t k = 0; k < r.edits.list.size(); ++k) {
      const Edit& e = r.edits.list[k];
      layout.paragraph(
          2, fmt::format("{}.", k + 1), Style::plain, 6,
          fmt::format("{} {} [{}]", json_name(e.kind), e.clause, place(r.sources.contains(e.after.file) ? e.after : e.before, r.sources)));
      clause_lines(layout, 6, e, r.sources);
    }
    layout.blank();
  }

  void matrix() {
    std::vector<std::pair<std::pair<vm::Outcome, vm::Outcome>, uint64_t>> moved;
    for (const auto& each : r.impact.matrix) {
      if (each.first.first != each.first.second) moved.push_back(each);
    }
    if (moved.empty()) return;
    std::stable_sort(moved.begin(), moved.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    layout.heading(0, "From outcome to outcome");
    for (const auto& [pair, count] : moved)
      layout.paragraph(2, group_digits(count), Style::strong, 12,
                       fmt::format("{} -> {}", rubric::words(pair.first), rubric::words(pair.second)));
    layout.blank();
  }

  void causes() {
    if (r.impact.changed.empty()) return;
    layout.heading(0, "By the edit that causes it");
    for (size_t k = 0; k < r.edits.list.size(); ++k) {
      const auto& counts = r.impact.by_edit[k];
      std::vector<std::string> parts;
      for (const Difference d : most_first) {
        if (counts[static_cast<size_t>(d)]) parts.push_back(fmt::format("{} {}", group_digits(counts[static_cast<size_t>(d)]), words(d)));
      }
      layout.paragraph(
          2, fmt::format("{}.", k + 1), Style::plain, 6,
          fmt::format("{}: {}", r.edits.list[k].clause, parts.empty() ? "no line" : fmt::format("{}", fmt::join(parts, ", "))));
    }
    if (r.impact.together)
      layout.paragraph(2, fmt::format("{} of these lines change by several edits together: taking back one alone changes nothing",
                                      group_digits(r.impact.together)));
    if (r.impact.unattributed) layout.paragraph(2, fmt::format("{} lines are attributed to no edit", group_digits(r.impact.unattributed)));
    layout.blank();
  }

  std::string because(const LineImpact& line) const {
    if (line.causes.empty()) return "";
    std::vector<std::string> numbers;
    for (const size_t e : line.causes) numbers.push_back(std::to_string(e + 1));
    return fmt::format(" (edit{} {}{})", numbers.size() == 1 ? "" : "s", join(numbers, line.together ? "and" : "or"),
                       line.together ? " together" : "");
  }

  void examples() {
    if (r.impact.examples.empty()) return;
    layout.heading(0, "Examples");
    for (const analysis::Example& each : r.impact.examples) {
      const LineImpact& line = each.impact;
      const vm::LineTrace &was = each.before.lines.front(), &now = each.after.lines.front();
      layout.paragraph(2, fmt::format("{} line {}:", line.case_id.empty() ? line.source : line.case_id, line.line), Style::strong, 4,
                       fmt::format("{}{}",
                                   line.before == line.after
                                       ? fmt::format("still {}, {}", rubric::words(line.after),
                                                     line.difference == Difference::outcome ? "other contents" : words(line.difference))
                                       : fmt::format("{} -> {}", rubric::words(line.before), rubric::words(line.after)),
                                   because(line)));
      if (was.decided_by != now.decided_by)
        layout.paragraph(6, fmt::format("decided by {} -> by {}", said(was.decided_by), said(now.decided_by)));
      if (line.before == line.after) grants_difference(layout, 6, was, now);
      for (const analysis::StatusChange& s : line.statuses) {
        layout.paragraph(6, fmt::format("{}: {} -> {}", s.criterion, rubric::words(s.before), rubric::words(s.after)));
        layout.paragraph(8, "was", Style::quiet, 13, s.sentence_before);
        layout.paragraph(8, "is", Style::quiet, 13, s.sentence_after);
      }
      const auto facts = [](const vm::LineTrace& l) {
        std::vector<std::string> out;
        for (const vm::MissingFact& m : l.missing) out.push_back(m.fact);
        return out;
      };
      if (facts(was) != facts(now)) layout.paragraph(6, fmt::format("missing {} -> {}", said(facts(was)), said(facts(now))));
    }
    layout.blank();
  }

  static std::string said(const std::vector<std::string>& list) { return list.empty() ? "nothing" : join(list, "and"); }

  const DiffReport& r;
  Layout layout;
  Color color;
};

std::string span_json(Span span, const SourceSet& sources) {
  if (!sources.contains(span.file)) return "null";
  const SourceFile& file = sources.file(span.file);
  const Position at = file.position(span.begin);
  return fmt::format(R"({{"file": {}, "line": {}, "column": {}, "text": {}}})", quote_json(file.name), at.line, at.column,
                     quote_json(sources.text(span)));
}

std::string line_json(const LineImpact& line) {
  std::string statuses;
  for (const analysis::StatusChange& s : line.statuses) {
    statuses += fmt::format(R"({}{{"criterion": {}, "before": "{}", "after": "{}"}})", statuses.empty() ? "" : ", ",
                            quote_json(s.criterion), json_name(s.before), json_name(s.after));
  }
  std::vector<size_t> causes;
  for (const size_t e : line.causes) causes.push_back(e + 1);
  return fmt::format(
      R"("case": {}, "source": {}, "line": {}, "change": "{}", "before": "{}", "after": "{}", "criteria": [{}], "edits": [{}], "together": {})",
      quote_json(line.case_id), quote_json(line.source), line.line, json_name(line.difference), vm::outcome_row(line.before).json,
      vm::outcome_row(line.after).json, statuses, fmt::join(causes, ", "), line.together);
}

template <class List, class Each>
std::string array(const List& list, Each each) {
  std::string out = "[";
  for (const auto& item : list) out += (out.size() > 1 ? ",\n  " : "\n  ") + each(item);
  return out + (out.size() > 1 ? "\n ]" : "]");
}

}  // namespace

std::string diff_text(const DiffReport& report, int width, Color color) { return Text(report, width, color).write(); }

std::string diff_json(const DiffReport& r) {
  const analysis::Impact& i = r.impact;
  std::string out = fmt::format("{{\n \"old\": {}, \"new\": {},\n", quote_json(r.before), quote_json(r.after));
  size_t number = 0;
  out += fmt::format(
      " \"edits\": {},\n", array(r.edits.list, [&](const Edit& e) {
        const auto& by = i.by_edit[number++];
        return fmt::format(
            R"({{"number": {}, "kind": "{}", "clause": {}, "before": {}, "after": {}, "outcomeChanged": {}, "statusChanged": {}, "reasoningOnly": {}}})",
            number, json_name(e.kind), quote_json(e.clause), span_json(e.before, r.sources), span_json(e.after, r.sources),
            by[static_cast<size_t>(Difference::outcome)], by[static_cast<size_t>(Difference::status)],
            by[static_cast<size_t>(Difference::reasoning)]);
      }));
  out += fmt::format(" \"cases\": {}, \"rejected\": {}, \"lines\": {},\n", i.cases, i.rejected, i.lines);
  out += fmt::format(" \"rejections\": {},\n", array(r.rejections, [](const analysis::CaseMessage& m) {
                       return fmt::format(R"({{"case": {}, "source": {}, "pointer": {}, "message": {}}})", quote_json(m.case_id),
                                          quote_json(m.source), quote_json(m.message.pointer), quote_json(m.message.message));
                     }));
  for (const Difference d : most_first) out += fmt::format(" \"{}\": {},", json_name(d), i.counts[static_cast<size_t>(d)]);
  out += fmt::format("\n \"openAlike\": {}, \"together\": {}, \"unattributed\": {},\n", i.open_alike, i.together, i.unattributed);
  out += fmt::format(" \"matrix\": {},\n", array(i.matrix, [](const auto& each) {
                       return fmt::format(R"({{"before": "{}", "after": "{}", "lines": {}}})", vm::outcome_row(each.first.first).json,
                                          vm::outcome_row(each.first.second).json, each.second);
                     }));
  out += fmt::format(" \"changed\": {},\n", array(i.changed, [](const LineImpact& line) { return "{" + line_json(line) + "}"; }));
  out += fmt::format(" \"examples\": {}\n}}\n", array(i.examples, [](const analysis::Example& e) {
                       return fmt::format("{{{}, \"determinations\": [{}, {}]}}", line_json(e.impact), to_json(e.before, true),
                                          to_json(e.after, true));
                     }));
  return out;
}

}  // namespace rubric::cli
