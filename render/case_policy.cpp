// The policy's own text beside the determination: the clauses that were used are marked with what came of them, and lead
// to where the page says so.

#include "render/case_parts.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric {

namespace {

// One line of a policy file, with the clauses that begin on it and the innermost one that it belongs to.
struct TextLine {
  std::string_view text;
  std::vector<const ClauseUse*> begin;
  const ClauseUse* within = nullptr;
};

class PolicyText {
 public:
  PolicyText(Html& html, const CaseParts& parts) : html(html), parts(parts) {}

  void file(FileId id) {
    std::vector<TextLine> lines = lines_of(parts.program.file_texts[id]);
    std::vector<uint32_t> starts;
    uint32_t at = 0;
    for (const TextLine& each : lines) starts.push_back(at), at += static_cast<uint32_t>(each.text.size()) + 1;
    const auto line_at = [&](uint32_t offset) {
      return static_cast<size_t>(std::upper_bound(starts.begin(), starts.end(), offset) - starts.begin()) - 1;
    };
    // Clauses that hold others come first: the innermost one is set last.
    std::vector<const ClauseUse*> uses;
    for (const ClauseUse& each : parts.uses) {
      if (each.span.file == id && each.span.end > each.span.begin) uses.push_back(&each);
    }
    std::stable_sort(uses.begin(), uses.end(),
                     [](const ClauseUse* a, const ClauseUse* b) { return a->span.end - a->span.begin > b->span.end - b->span.begin; });
    // A clause goes on, with what it cites and asks for, until another one begins or a line is empty.
    std::vector<bool> begins(lines.size(), false);
    for (const ClauseUse* each : uses) begins[line_at(each->span.begin)] = true;
    for (const ClauseUse* each : uses) {
      const size_t first = line_at(each->span.begin);
      size_t last = std::min(line_at(each->span.end - 1), lines.size() - 1);
      while (last + 1 < lines.size() && !begins[last + 1] && lines[last + 1].text.find_first_not_of(" \t\r") != std::string_view::npos)
        ++last;
      for (size_t l = first; l <= last; ++l) {
        // Of several uses of one clause the one that decides gives its colour.
        const ClauseUse* other = lines[l].within;
        const bool same = other && other->span == each->span;
        if (!same || (!other->decides && each->decides)) lines[l].within = each;
      }
    }
    for (const ClauseUse& each : parts.uses) {
      if (each.span.file == id && each.span.end > each.span.begin) lines[line_at(each.span.begin)].begin.push_back(&each);
    }
    write(id, lines);
  }

 private:
  static std::vector<TextLine> lines_of(std::string_view text) {
    std::vector<TextLine> out;
    for (size_t at = 0; at <= text.size();) {
      const size_t end = std::min(text.find('\n', at), text.size());
      out.push_back({text.substr(at, end - at), {}, nullptr});
      at = end + 1;
    }
    if (out.size() > 1 && out.back().text.empty()) out.pop_back();
    return out;
  }

  void write(FileId id, const std::vector<TextLine>& lines) {
    const std::string& path = parts.program.files[id];
    html.element("h3", {{"class", "file mono"}}, path.substr(path.rfind('/') + 1));
    html.element("ol", {{"class", "text"}}, [&] {
      for (size_t l = 0; l < lines.size(); ++l) line(id, l + 1, lines[l]);
    });
  }

  void line(FileId id, size_t number, const TextLine& l) {
    std::string kind;
    if (l.within) kind = fmt::format("clause {}{}", l.within->style, l.within->decides ? " decides" : "");
    html.element("li",
                 {{"class", kind.empty() ? absent() : kind},
                  {"id", l.begin.empty() ? absent() : fmt::format("t{}-{}", id + 1, number)},
                  {"value", std::to_string(number)},
                  {"tabindex", l.begin.empty() ? absent() : "-1"}},
                 [&] {
                   html.element("code", l.text.empty() ? " " : l.text);
                   if (!l.begin.empty()) marks(l.begin);
                 });
  }

  // Where a clause is used many times, as for each line of the request, its uses are a list that opens.
  void marks(const std::vector<const ClauseUse*>& uses) {
    constexpr size_t most_side_by_side = 3;
    html.element("span", {{"class", "marks"}}, [&] {
      if (uses.size() <= most_side_by_side) {
        for (const ClauseUse* each : uses) mark(*each);
        return;
      }
      html.element("details", {}, [&] {
        html.element("summary", fmt::format("{} uses", uses.size()));
        for (const ClauseUse* each : uses) mark(*each);
      });
    });
  }

  void mark(const ClauseUse& use) {
    std::string name = use.label;
    if (parts.trace.lines.size() > 1) name += fmt::format(", line {}", parts.trace.lines[use.line].sequence);
    html.element("a", {{"class", fmt::format("mark-link {}", use.style)}, {"href", "#" + use.id}}, [&] {
      html.element("span", {{"aria-hidden", "true"}}, use.mark);
      html.text(" ");
      html.element("span", {{"class", "only-heard"}}, std::string(use.words) + ": ");
      html.text(name);
    });
  }

  Html& html;
  const CaseParts& parts;
};

}  // namespace

void add_policy_text(Html& html, const CaseParts& parts) {
  std::vector<FileId> files;
  bool without = false;
  for (const ClauseUse& each : parts.uses) {
    if (each.span.end <= each.span.begin) continue;
    if (!parts.has_text(each.span.file)) without = true;
    else if (std::find(files.begin(), files.end(), each.span.file) == files.end()) files.push_back(each.span.file);
  }
  if (without || files.empty()) {
    html.element("p", {{"class", "soft"}}, "This program carries no text of its policy, so that its clauses cannot be shown here.");
  }
  // The file that says most comes first: layers amend it.
  const auto uses = [&](FileId file) {
    return std::count_if(parts.uses.begin(), parts.uses.end(), [&](const ClauseUse& each) { return each.span.file == file; });
  };
  std::stable_sort(files.begin(), files.end(), [&](FileId a, FileId b) { return uses(a) > uses(b); });
  PolicyText text(html, parts);
  for (const FileId each : files) text.file(each);
}

}  // namespace rubric
