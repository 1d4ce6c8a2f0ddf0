#include "compiler/test_table.h"

#include "base/csv.h"
#include "base/text.h"
#include "compiler/parse.h"
#include "compiler/print.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

namespace rubric {
namespace {

// Where the words of a cell stand in the text that is parsed.
struct Piece {
  uint32_t begin, end;
  Span cell;
};

const std::vector<std::string> columns = {
    "test", "case", "overlay", "as of", "with PATH", "expect", "expect CRITERION", "source concludes", "because"};

bool only(std::string_view text, std::string_view letters) {
  return !text.empty() && text.find_first_not_of(letters) == std::string_view::npos;
}

// A value as a test block writes it. A spreadsheet has no quotes: what is no number, day, list or word of the language is
// a text, and so is everything under a path that ends in `code`.
std::string value_words(const std::string& cell, std::string_view path) {
  std::string lower;
  for (const char c : cell) lower.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  const bool written = cell.starts_with('{') || cell.starts_with('[') || cell.starts_with('@') || cell.starts_with('\'');
  if (written) return cell;
  if (lower == "true" || lower == "false" || lower == "none" || lower == "null") return lower;
  const bool day = cell.size() >= 7 && cell[4] == '-' && only(cell, "0123456789-");
  if (day) return "@" + cell;
  const std::string_view unsigned_part = std::string_view(cell).substr(cell.starts_with('-') ? 1 : 0);
  const bool number = only(unsigned_part, "0123456789.") && unsigned_part.front() != '.' && unsigned_part.back() != '.';
  if (number && !path.ends_with("code")) return cell;
  return print_text(cell);
}

class TestTable {
 public:
  TestTable(const SourceSet& sources, FileId file, Diagnostics& diagnostics) : file_(file), diagnostics_(diagnostics) {
    module_.file = file;
    module_.kind = ast::ModuleKind::tests;
    module_.span = {file, 0, static_cast<uint32_t>(sources.file(file).text.size())};
    const std::string& text = sources.file(file).text;
    if (const std::optional<size_t> bad = first_invalid_utf8(text)) {
      diagnostics.report<DiagnosticId::not_utf8>({file, static_cast<uint32_t>(*bad), static_cast<uint32_t>(*bad) + 1}, *bad);
      return;
    }
    rows_ = split_csv(text);
    if (const CsvField* const open = unclosed_field(rows_)) {
      diagnostics.report<DiagnosticId::unterminated_string>({file, open->begin, open->begin + 1}, "\"").help = close_the_quote;
      rows_.clear();
    }
  }

  ast::Module parsed() {
    if (rows_.empty() || !head()) return std::move(module_);
    for (size_t k = 1; k < rows_.size(); ++k) row(rows_[k]);
    return std::move(module_);
  }

 private:
  Span span(const CsvField& f) const { return {file_, f.begin, f.end}; }

  bool head() {
    bool good = true, named = false, cased = false;
    for (const CsvField& f : rows_[0]) {
      named |= f.text == "test";
      cased |= f.text == "case";
      const bool known = f.text == "test" || f.text == "case" || f.text == "overlay" || f.text == "as of" || f.text == "expect" ||
                         f.text == "source concludes" || f.text == "because" || f.text.starts_with("with ") ||
                         f.text.starts_with("expect ");
      if (known) continue;
      diagnostics_.report<DiagnosticId::unknown_name>(span(f), "column of a table of tests", f.text).did_you_mean(nearest(f.text, columns));
      good = false;
    }
    for (const auto& [there, word] : {std::pair(named, "test"), std::pair(cased, "case")}) {
      if (there) continue;
      diagnostics_.report<DiagnosticId::unknown_name>(span(rows_[0][0]), "column in this table of tests", word).help =
          "each row needs a name under test, and a record or a file under case";
      good = false;
    }
    return good;
  }

  void row(const std::vector<CsvField>& cells) {
    std::string text = "tests of Table\n";
    std::vector<Piece> pieces;
    const auto column = [&](std::string_view word) -> std::string {
      for (size_t k = 0; k < cells.size() && k < rows_[0].size(); ++k) {
        if (rows_[0][k].text == word) return unguarded_cell(cells[k].text);
      }
      return "";
    };
    const auto each = [&](std::string_view start, const auto& write) {
      for (size_t k = 0; k < cells.size() && k < rows_[0].size(); ++k) {
        const std::string& head = rows_[0][k].text;
        if (!head.starts_with(start) || cells[k].text.empty()) continue;
        const auto begin = static_cast<uint32_t>(text.size());
        write(head, unguarded_cell(cells[k].text));
        pieces.push_back({begin, static_cast<uint32_t>(text.size()), span(cells[k])});
      }
    };
    const Span whole{file_, cells.front().begin, cells.back().end};
    const std::string name = column("test"), base = column("case");
    if (cells.size() > rows_[0].size()) {
      diagnostics_.report<DiagnosticId::row_width>(whole, cells.size(), rows_[0].size());
      return;
    }
    text += fmt::format("test {} case {}\n", print_text(name), is_plain_name(base) || base.starts_with('{') ? base : print_text(base));
    each("overlay", [&](const std::string&, const std::string& cell) { text += "with overlay " + cell + "\n"; });
    each("as of",
         [&](const std::string&, const std::string& cell) { text += (cell.starts_with('@') ? "as of " : "as of @") + cell + "\n"; });
    each("with ", [&](const std::string& head, const std::string& cell) {
      const std::string path = head.substr(5);
      text += cell == "without" ? fmt::format("without {}\n", path) : fmt::format("with {} = {}\n", path, value_words(cell, path));
    });
    each("expect", [&](const std::string& head, const std::string& cell) { text += head + " " + cell + "\n"; });
    each("source concludes", [&](const std::string& head, const std::string& cell) { text += head + " " + cell; });
    each("because", [&](const std::string&, const std::string& cell) { text += " because " + print_text(cell); });
    parse_row(text, pieces, whole);
  }

  void parse_row(const std::string& text, const std::vector<Piece>& pieces, Span whole) {
    SourceSet scratch;
    Diagnostics problems;
    const FileId id = scratch.add("row", text + "\n");
    ast::Module one = parse(scratch, id, problems);
    const auto cell_at = [&](Span at) {
      for (const Piece& p : pieces) {
        if (p.begin <= at.begin && at.begin < p.end) return p.cell;
      }
      return whole;
    };
    bool good = one.declarations.size() == 1 && one.declarations[0].test.size() == 1;
    for (const Diagnostic& d : problems.all()) {
      if (d.severity != Severity::error) continue;
      Diagnostic& said = diagnostics_.add(d);
      said.span = cell_at(d.span);
      said.related.clear();
      good = false;
      break;
    }
    if (!good) return;
    ast::Declaration& declaration = one.declarations[0];
    ast::Test& test = declaration.test[0];
    declaration.span = test.span = test.record.span = whole;
    const auto move = [&](Span& s) { s = cell_at(s); };
    const auto words = [&](std::vector<ast::Word>& list) {
      for (ast::Word& w : list) move(w.span);
    };
    for (ast::Expectation& e : test.expectations) {
      for (ast::Word* w : {&e.outcome, &e.by, &e.criterion, &e.status, &e.cause, &e.defeated, &e.defeated_by}) move(w->span);
      words(e.also_by), words(e.subject_to), move(e.span);
    }
    for (ast::Concludes& c : test.concludes) move(c.span), move(c.outcome.span);
    move(test.record.base.span), move(test.record.file.span), words(test.overlays);
    for (ast::Override& o : test.record.overrides) move(o.span), move(o.value.span), words(o.path);
    module_.declarations.push_back(std::move(declaration));
  }

  FileId file_;
  Diagnostics& diagnostics_;
  ast::Module module_;
  std::vector<std::vector<CsvField>> rows_;
};

}  // namespace

bool is_test_table(std::string_view name) { return name == "tests.csv" || name.ends_with(".tests.csv"); }

ast::Module parse_test_table(const SourceSet& sources, FileId file, Diagnostics& diagnostics) {
  return TestTable(sources, file, diagnostics).parsed();
}

}  // namespace rubric
