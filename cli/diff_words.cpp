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

}  // namespace rubric::cli
