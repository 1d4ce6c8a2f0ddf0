#include "analysis/test_update.h"

#include "analysis/test_rows.h"
#include "base/csv.h"
#include "compiler/parse.h"
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
    // As much is said as before.
    const std::string contents = line.outcome == vm::Outcome::modify ? contents_words(line) : "";
    if (const size_t subject = words.find(" subject to "); subject != std::string::npos && e.subject_to.empty()) words.resize(subject);
    if (const size_t at = contents.empty() || e.contents ? std::string::npos : words.find(contents); at != std::string::npos)
      words.erase(at, contents.size());
    if (const size_t by = words.find(" by "); by != std::string::npos && !e.by) {
      const size_t end = words.find(" subject to ", by);
      words.erase(by, end == std::string::npos ? end : end - by);
    }
    out.push_back(fmt::format("{}{}", place, words));
  }
  if (e.defeated) {
    const std::string start = e.defeated.text + " by ";
    for (const std::string& d : line.defeated) {
      if (d.starts_with(start))
        out.push_back(fmt::format("{}{} defeated by {}", out.empty() ? place : "", e.defeated.text, d.substr(start.size())));
    }
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
      if (words.empty()) out_.left.push_back(fmt::format("{}: {} has no other words in a test", r.name, f.expected));
      else replace(r, *f.expectation, words);
    }
  }

  Updates finish() {
    for (const auto& [place, piece] : pieces_) {
      if (piece.edits.empty()) continue;
      const std::string text = rewritten(piece);
      edits_[place.first].emplace_back(piece.span, piece.is_cell ? csv_field(guarded_cell(text)) : text);
    }
    for (auto& [file, edits] : edits_) {
      std::sort(edits.begin(), edits.end(), [](const auto& a, const auto& b) { return a.first.begin > b.first.begin; });
      std::string text = sources_.file(file).text;
      for (const auto& [span, words] : edits) text.replace(span.begin, span.end - span.begin, words);
      out_.texts[file] = std::move(text);
    }
    return std::move(out_);
  }

 private:
  // The text that says it is parsed again, to find which of its words do, and what else is said between them: a test, or
  // a table's cell behind its column's head ("expect Spacing" and "met").
  void replace(const TestResult& r, const ast::Expectation& e, std::string words) {
    const SourceFile& file = sources_.file(e.span.file);
    const bool in_table = is_test_table(std::filesystem::path(file.name).filename().string());
    const Span span = in_table ? e.span : r.span;
    auto [at, added] = pieces_.try_emplace({span.file, span.begin});
    Piece& piece = at->second;
    if (added) {
      piece.span = span;
      piece.is_cell = in_table;
      piece.before = "tests of T\n";
      piece.text = std::string(sources_.text(span));
      if (in_table) {
        const auto [head, cell] = cell_at(file.text, span.begin);
        piece.before += "test 'x' case R\n" + head + " ";
        piece.text = cell;
      }
    }
    SourceSet scratch;
    Diagnostics unread;
    const ast::Module parsed = parse(scratch, scratch.add("piece", piece.before + piece.text + "\n"), unread);
    const auto first = static_cast<uint32_t>(piece.before.size());
    for (const ast::Declaration& d : parsed.declarations) {
      for (const ast::Test& t : d.test) {
        const auto said = std::find_if(t.expectations.begin(), t.expectations.end(), [&](const ast::Expectation& x) {
          return says_the_same(x, e) && (in_table || r.span.begin + x.span.begin - first == e.span.begin);
        });
        if (said == t.expectations.end()) continue;
        uint32_t begin = said->span.begin;
        if (begin < first) {   // its first words are the head's
          const std::string head(scratch.text({said->span.file, begin, first}));
          if (!words.starts_with(head)) continue;
          words.erase(0, head.size());
          begin = first;
        }
        Rewritten made{begin - first, said->span.end - first, std::move(words), {}};
        for (const ast::Expectation& x : t.expectations) {
          if (&x != &*said && x.span.begin > said->span.begin && x.span.end <= said->span.end)
            made.between.emplace_back(x.span.begin - first, x.span.end - first);
        }
        piece.edits.push_back(std::move(made));
        ++out_.rewritten;
        return;
      }
    }
    out_.left.push_back(fmt::format("{}: {} cannot be said in its place", r.name, e.criterion ? e.criterion.text : e.outcome.text));
  }

  struct Rewritten {
    uint32_t begin, end;
    std::string words;
    std::vector<std::pair<uint32_t, uint32_t>> between;   // what other expectations say in the midst of it
  };
  struct Piece {
    Span span;
    bool is_cell = false;
    std::string before, text;
    std::vector<Rewritten> edits;
  };

  // What is said in the midst of a rewritten expectation is said behind it.
  static std::string rewritten(const Piece& piece) {
    std::vector<Rewritten> edits = piece.edits;
    std::sort(edits.begin(), edits.end(), [](const Rewritten& a, const Rewritten& b) { return a.begin < b.begin; });
    const auto words_at = [&](const std::pair<uint32_t, uint32_t>& at) {
      for (const Rewritten& r : edits) {
        if (std::pair(r.begin, r.end) == at) return r.words;
      }
      return piece.text.substr(at.first, at.second - at.first);
    };
    std::string out;
    uint32_t done = 0;
    for (const Rewritten& r : edits) {
      if (r.begin < done) continue;   // said already
      out += piece.text.substr(done, r.begin - done) + r.words;
      for (const auto& each : r.between) out += ", " + words_at(each);
      done = r.end;
    }
    return out + piece.text.substr(done);
  }

  static std::pair<std::string, std::string> cell_at(const std::string& text, uint32_t at) {
    const auto rows = split_csv(text);
    for (const auto& row : rows) {
      for (size_t k = 0; k < row.size() && k < rows[0].size(); ++k) {
        if (row[k].begin == at) return {rows[0][k].text, unguarded_cell(row[k].text)};
      }
    }
    return {};
  }

  static bool says_the_same(const ast::Expectation& a, const ast::Expectation& b) {
    const auto texts = [](const ast::Expectation& e) {
      std::vector<std::string> out;
      for (const ast::Word* w : {&e.outcome, &e.by, &e.criterion, &e.status, &e.cause, &e.defeated, &e.defeated_by}) out.push_back(w->text);
      return out;
    };
    return texts(a) == texts(b) && a.lines == b.lines && a.item == b.item && a.asks == b.asks && a.could_change == b.could_change &&
           a.judgments == b.judgments;
  }

  // "Spacing on line 2 target 1 not met": the words up to the status stay.
  std::string status(const ast::Expectation& e, const vm::Trace& trace) const {
    std::vector<std::string> parts;
    for (const vm::LineTrace& line : trace.lines) {
      if (!e.lines.empty() && std::find(e.lines.begin(), e.lines.end(), line.sequence) == e.lines.end()) continue;
      std::vector<std::pair<std::string, const vm::CriterionTrace*>> found;
      find(line.criteria, e.criterion.text, "", found);
      for (const vm::ItemTrace& i : line.items) find(i.criteria, e.criterion.text, i.item, found);
      std::erase_if(found, [&](const auto& f) { return e.item != 0 && !f.first.ends_with(fmt::format(" {}", e.item)); });
      const bool same = std::all_of(found.begin(), found.end(), [&](const auto& f) {
        return f.second->status == found[0].second->status && (!e.cause || f.second->cause == found[0].second->cause);
      });
      for (const auto& [item, c] : found) {
        std::string place = e.lines.empty() && trace.lines.size() == 1 ? "" : fmt::format(" line {}", line.sequence);
        if (!same || e.item != 0) place += " " + item;
        parts.push_back(fmt::format("{}{}{} {}", e.criterion.text, place.empty() ? "" : " on", place, status_word(c->status)));
        if (e.cause && !c->cause.empty()) parts.back() += " because " + c->cause;
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
                   std::vector<std::pair<std::string, const vm::CriterionTrace*>>& out) {
    for (const vm::CriterionTrace& c : list) {
      if (c.name == name) out.emplace_back(c.item.empty() ? item : c.item, &c);
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
    if (lines.empty()) return "";
    if (e.item != 0) return items(e, lines, trace.lines.size() > 1);
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

  // Outcomes of items: "line 1 target 2 deny by TooMany".
  static std::string items(const ast::Expectation& e, const std::vector<const vm::LineTrace*>& lines, bool several) {
    std::vector<std::string> out;
    for (const vm::LineTrace* line : lines) {
      for (const vm::ItemTrace& i : line->items) {
        if (!e.outcome || !i.item.ends_with(fmt::format(" {}", e.item))) continue;
        std::string words =
            fmt::format("{}{} {}", several ? fmt::format("line {} ", line->sequence) : "", i.item, vm::outcome_row(i.outcome).json);
        if (e.by && !i.decided_by.empty()) words += " by " + joined(i.decided_by);
        out.push_back(std::move(words));
      }
    }
    return joined(out);
  }

  const SourceSet& sources_;
  std::map<FileId, std::vector<std::pair<Span, std::string>>> edits_;
  std::map<std::pair<FileId, uint32_t>, Piece> pieces_;   // by where they begin
  Updates out_;
};

}  // namespace

Updates updated_expectations(const std::vector<TestResult>& results, const SourceSet& sources) {
  Update update(sources);
  for (const TestResult& r : results) update.test(r);
  return update.finish();
}

}  // namespace rubric::analysis
