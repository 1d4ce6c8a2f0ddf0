#include "analysis/test_update.h"

#include "analysis/test_rows.h"
#include "base/csv.h"
#include "compiler/test_table.h"
#include "vm/outcomes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace rubric::analysis {
namespace {

std::string joined(const std::vector<std::string>& list) { return fmt::format("{}", fmt::join(list, ", ")); }

std::string facts_words(const vm::LineTrace& line) {
  std::vector<std::string> out;
  for (const vm::MissingFact& m : line.missing) {
    constexpr std::string_view judgment = "judgment:";
    out.push_back(m.fact.starts_with(judgment) ? "judgment " + m.fact.substr(judgment.size()) : m.fact);
  }
  return out.empty() ? "nothing" : joined(out);
}

// One expectation as it should be for one line; the same things are said of it as before.
std::vector<std::string> said(const ast::Expectation& e, const vm::LineTrace& line, const vm::Trace& trace, std::string_view place) {
  std::vector<std::string> out;
  vm::Trace one = trace;
  one.lines = {line};
  if (e.outcome) {
    std::string words = outcome_words(one);
    words = words.substr(fmt::format("line {} ", line.sequence).size());
    if (!e.by) words = words.substr(0, words.find(' '));
    if (!e.subject_to.empty() && !line.conditions.empty()) {
      std::vector<std::string> names;
      for (const vm::ConditionTrace& c : line.conditions) names.push_back(c.name);
      words += " subject to " + joined(names);
    }
    out.push_back(fmt::format("{}{}", place, words));
  }
  if (e.asks_written) out.push_back(fmt::format("{}asks for {}", out.empty() ? place : "", facts_words(line)));
  if (!e.could_change.empty()) out.push_back(fmt::format("{}could change with {}", out.empty() ? place : "", facts_words(line)));
  if (e.requires_clinician && line.requires_clinician) out.push_back(fmt::format("{}requires clinician", out.empty() ? place : ""));
  return out;
}

class Update {
 public:
  explicit Update(const SourceSet& sources) : sources_(sources) {}

  void test(const TestResult& r) {
    std::vector<const ast::Expectation*> seen;
    for (const TestFailure& f : r.failures) {
      if (!f.expectation || !r.trace) {
        out_.left.push_back(fmt::format("{}: {}", r.name, f.actual));
        continue;
      }
      if (std::find(seen.begin(), seen.end(), f.expectation) != seen.end()) continue;
      seen.push_back(f.expectation);
      const std::string words = f.expectation->criterion ? status(*f.expectation, *r.trace) : line(*f.expectation, *r.trace);
      if (words.empty()) {
        out_.left.push_back(fmt::format("{}: {} has no other words in a test", r.name, f.expected));
      } else {
        replace(f.expectation->span, words);
      }
    }
  }

  Updates finish() {
    for (auto& [file, edits] : edits_) {
      std::sort(edits.begin(), edits.end(), [](const auto& a, const auto& b) { return a.first.begin > b.first.begin; });
      std::string text = sources_.file(file).text;
      for (const auto& [span, words] : edits) text.replace(span.begin, span.end - span.begin, words);
      out_.texts[file] = std::move(text);
    }
    return std::move(out_);
  }

 private:
  // The cell's words stand behind those of its column's head: "expect Spacing" and "met".
  void replace(Span span, std::string words) {
    const SourceFile& file = sources_.file(span.file);
    if (is_test_table(std::filesystem::path(file.name).filename().string())) {
      const std::string head = column_head(file.text, span.begin);
      const std::string start = head.size() > 7 ? head.substr(7) + " " : "";
      // A cell that says several things is one place: rewriting it for one of them would lose the others.
      if (!words.starts_with(start) || sources_.text(span).find(',') != std::string_view::npos) {
        out_.left.push_back(fmt::format("the cell {} says more than one thing; give each a column of its own", sources_.text(span)));
        return;
      }
      words = csv_field(guarded_cell(words.substr(start.size())));
    }
    edits_[span.file].emplace_back(span, std::move(words));
    ++out_.rewritten;
  }

  static std::string column_head(const std::string& text, uint32_t at) {
    const auto rows = split_csv(text);
    for (const auto& row : rows) {
      for (size_t k = 0; k < row.size() && k < rows[0].size(); ++k) {
        if (row[k].begin == at) return rows[0][k].text;
      }
    }
    return "";
  }

  // "Spacing on line 2 target 1 not met": the words up to the status stay.
  std::string status(const ast::Expectation& e, const vm::Trace& trace) const {
    std::vector<std::string> parts;
    for (const vm::LineTrace& line : trace.lines) {
      if (!e.lines.empty() && std::find(e.lines.begin(), e.lines.end(), line.sequence) == e.lines.end()) continue;
      std::vector<std::pair<std::string, vm::Status>> found;
      find(line.criteria, e.criterion.text, "", found);
      for (const vm::ItemTrace& i : line.items) find(i.criteria, e.criterion.text, i.item, found);
      std::erase_if(found, [&](const auto& f) { return e.item != 0 && !f.first.ends_with(fmt::format(" {}", e.item)); });
      const bool same = std::all_of(found.begin(), found.end(), [&](const auto& f) { return f.second == found[0].second; });
      for (const auto& [item, status] : found) {
        std::string place = e.lines.empty() && trace.lines.size() == 1 ? "" : fmt::format(" line {}", line.sequence);
        if (!same || e.item != 0) place += " " + item;
        parts.push_back(fmt::format("{}{}{} {}", e.criterion.text, place.empty() ? "" : " on", place, status_word(status)));
        if (same) break;
      }
    }
    std::vector<std::string> once;
    for (std::string& part : parts) {
      if (std::find(once.begin(), once.end(), part) == once.end()) once.push_back(std::move(part));
    }
    return joined(once);
  }

  static void find(const std::vector<vm::CriterionTrace>& list, const std::string& name, const std::string& item,
                   std::vector<std::pair<std::string, vm::Status>>& out) {
    for (const vm::CriterionTrace& c : list) {
      if (c.name == name) out.emplace_back(c.item.empty() ? item : c.item, c.status);
      find(c.criteria, name, c.item.empty() ? item : c.item, out);
    }
  }

  std::string line(const ast::Expectation& e, const vm::Trace& trace) const {
    std::vector<std::string> all, words_of_lines;
    const bool named = !e.lines.empty();
    std::vector<const vm::LineTrace*> lines;
    for (const vm::LineTrace& l : trace.lines) {
      if (!named || std::find(e.lines.begin(), e.lines.end(), l.sequence) != e.lines.end()) lines.push_back(&l);
    }
    if (lines.empty() || e.item != 0 || e.defeated) return "";
    const auto of = [&](const vm::LineTrace& l, std::string_view place) { return joined(said(e, l, trace, place)); };
    // Lines for which the same is to be said stay together.
    const bool same = std::all_of(lines.begin(), lines.end(), [&](const vm::LineTrace* l) { return of(*l, "") == of(*lines[0], ""); });
    if (same) {
      std::vector<std::string> numbers;
      for (const uint32_t n : e.lines) numbers.push_back(std::to_string(n));
      return of(*lines[0], named ? fmt::format("line{} {} ", numbers.size() > 1 ? "s" : "", fmt::join(numbers, ", ")) : "");
    }
    for (const vm::LineTrace* l : lines) all.push_back(of(*l, fmt::format("line {} ", l->sequence)));
    return joined(all);
  }

  const SourceSet& sources_;
  std::map<FileId, std::vector<std::pair<Span, std::string>>> edits_;
  Updates out_;
};

}  // namespace

Updates updated_expectations(const std::vector<TestResult>& results, const SourceSet& sources) {
  Update update(sources);
  for (const TestResult& r : results) update.test(r);
  return update.finish();
}

}  // namespace rubric::analysis
