// See diff_words.h.

#include "cli/diff_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric::cli {

using analysis::Difference;

namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace

std::pair<size_t, size_t> differing_part(std::string_view line, std::string_view other) {
  const auto inside = [](std::string_view text, size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  size_t begin = 0, end = line.size(), other_end = other.size();
  while (begin < end && begin < other_end && line[begin] == other[begin]) ++begin;
  while (begin > 0 && inside(line, begin)) --begin;
  while (end > begin && other_end > begin && line[end - 1] == other[other_end - 1]) --end, --other_end;
  while (inside(line, end)) ++end;
  return {begin, end};
}

std::string_view words(Difference d) {
  switch (d) {
    case Difference::unchanged: return "unchanged";
    case Difference::reasoning: return "reasoning only";
    case Difference::status: return "status changed";
    case Difference::outcome: return "outcome changed";
  }
  return "";
}

std::string place(Span span, const SourceSet& sources) {
  if (!sources.contains(span.file)) return "";
  const SourceFile& file = sources.file(span.file);
  return fmt::format("{}:{}", file.name, file.position(span.begin).line);
}

ClauseDifference clause_difference(const analysis::Edit& edit, const SourceSet& sources) {
  const auto lines = [&](Span s) { return sources.contains(s.file) ? lines_of(sources.text(s)) : std::vector<std::string>(); };
  ClauseDifference d{lines(edit.before), lines(edit.after), 0, 0, 0};
  const auto &a = d.before, &b = d.after;
  d.before_end = a.size(), d.after_end = b.size();
  while (d.before_end > 0 && d.after_end > 0 && a[d.before_end - 1] == b[d.after_end - 1]) --d.before_end, --d.after_end;
  while (d.same < d.before_end && d.same < d.after_end && a[d.same] == b[d.same]) ++d.same;
  return d;
}

void clause_lines(Layout& layout, size_t indent, const analysis::Edit& edit, const SourceSet& sources) {
  if (edit.kind == analysis::Edit::Kind::renamed) return;
  const ClauseDifference d = clause_difference(edit, sources);
  for (size_t at = d.same; at < d.before_end; ++at) layout.paragraph(indent, "-", Style::bad, indent + 2, d.before[at]);
  for (size_t at = d.same; at < d.after_end; ++at) layout.paragraph(indent, "+", Style::good, indent + 2, d.after[at]);
}

std::vector<Granted> granted(const vm::LineTrace& line) {
  std::vector<Granted> out;
  for (const vm::ConditionTrace& c : line.conditions) {
    std::string rest = c.text;
    if (!c.due_from.empty())
      rest += fmt::format(", due {}{}", c.due_from, c.due_to == c.due_from || c.due_to.empty() ? "" : " to " + c.due_to);
    if (!c.after.empty()) rest += " after " + c.after;
    std::string quoted;
    for (const auto& [name, value] : c.values) quoted += fmt::format("{}{} {}", quoted.empty() ? "" : ", ", name, value);
    out.push_back({"condition " + c.name, rest + (quoted.empty() ? "" : " (" + quoted + ")")});
  }
  for (const vm::ModificationField& f : line.modified) out.push_back({f.field + " " + f.value, ""});
  for (const std::string& item : line.approved_items) out.push_back({item, ""});
  return out;
}

void grants_difference(Layout& layout, size_t indent, const vm::LineTrace& before, const vm::LineTrace& after) {
  const std::vector<Granted> was = granted(before), is = granted(after);
  const auto add = [&](const std::vector<Granted>& list, const std::vector<Granted>& other, std::string_view sign, Style style) {
    for (const Granted& each : list) {
      if (std::none_of(other.begin(), other.end(), [&](const Granted& o) { return o.words() == each.words(); }))
        layout.paragraph(indent, sign, style, indent + 2, each.words());
    }
  };
  add(was, is, "-", Style::bad);
  add(is, was, "+", Style::good);
}

}  // namespace rubric::cli
