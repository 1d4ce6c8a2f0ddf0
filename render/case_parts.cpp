// See case_parts.h.

#include "render/case_parts.h"

#include "render/badges.h"
#include "render/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric {

namespace {

size_t characters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

using vm::CriterionTrace, vm::ItemTrace, vm::LineTrace, vm::OutcomeClass, vm::RuleState, vm::RuleTrace, vm::Status;

std::string line_id(size_t line) { return fmt::format("line-{}", line + 1); }

CaseParts::CaseParts(const vm::Trace& t, const vm::Program& p) : trace(t), program(p), reasons(t) {
  for (size_t l = 0; l < trace.lines.size(); ++l) {
    const LineTrace& line = trace.lines[l];
    walk(l, line.criteria);
    for (const ItemTrace& each : line.items) walk(l, each.criteria);
    walk(l, line.rules);
    for (const ItemTrace& each : line.items) walk(l, each.rules);
  }
}

void CaseParts::walk(size_t line, const std::vector<CriterionTrace>& list) {
  for (const CriterionTrace& each : list) {
    const std::string id = fmt::format("c{}-{}", line + 1, ids.size());
    ids.emplace(&each, id);
    if (!each.defeated) by_name.try_emplace({line, each.name}, id);
    std::string label = each.label.empty() ? each.name : each.label;
    if (!each.item.empty()) label += fmt::format(" ({})", each.item);
    uses.push_back(
        {each.span, id, std::move(label), mark(each.status), words(each.status), css_class(style(each.status)), decides(each), line});
    walk(line, each.criteria);
  }
}

void CaseParts::walk(size_t line, const std::vector<RuleTrace>& list) {
  for (const RuleTrace& each : list) {
    const std::string id = fmt::format("r{}-{}", line + 1, ids.size());
    ids.emplace(&each, id);
    uses.push_back({each.span, id, each.name, mark(each.state), words(each.state), css_class(style(each.state)), decides(each), line});
  }
}

std::string CaseParts::id_of(size_t line, const std::string& criterion) const {
  const auto found = by_name.find({line, criterion});
  return found == by_name.end() ? "" : found->second;
}

bool CaseParts::has_text(FileId file) const { return file < program.file_texts.size() && !program.file_texts[file].empty(); }

std::string CaseParts::clause_id(Span span) const {
  if (!has_text(span.file) || span.end <= span.begin) return "";
  const std::string& text = program.file_texts[span.file];
  const auto line = 1 + std::count(text.begin(), text.begin() + std::min<ptrdiff_t>(span.begin, static_cast<ptrdiff_t>(text.size())), '\n');
  return fmt::format("t{}-{}", span.file + 1, line);
}

std::string clause_words(const std::optional<vm::Clause>& clause) { return clause ? fmt::format("line {}", clause->line) : "clause"; }

void add_said(Html& html, std::string_view text, std::string_view css) {
  constexpr size_t most = 400, beginning = 80;
  const std::string style = css.empty() ? "said" : fmt::format("said {}", css);
  if (text.size() <= most) return html.element("span", {{"class", style}}, text);
  size_t end = beginning;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
  html.element("details", {{"class", "long " + style}}, [&] {
    html.element("summary", fmt::format("{} … (all {} characters)", text.substr(0, end), characters(text)));
    html.element("div", text);
  });
}

void add_cites(Html& html, const std::vector<vm::CitedSource>& list) {
  for (const vm::CitedSource& each : list) {
    html.element("span", {{"class", "cite"}}, [&] {
      html.element("cite", {{"title", each.title.empty() ? absent() : each.title}}, each.source);
      if (!each.section.empty()) html.element("span", {{"class", "said"}}, ": " + each.section);
      if (!each.grade.empty()) html.element("span", {{"class", "grade"}}, "grade: " + each.grade);
      if (each.unresolved) html.element("span", {{"class", "grade"}}, "named in the text, which does not list it");
    });
  }
}

}  // namespace rubric
