// Decision tables: rows into cells, cells into expressions. See parse_builder.h, and parse_cell in parse.h.
//
// A row is one token of the grammar, from the line break before it to the end of its line, so that `|` can be a
// separator here and CQL's union everywhere else.

#include <algorithm>

#include "compiler/parse.h"
#include "compiler/parse_builder.h"
#include "compiler/parse_layout.h"

namespace rubric {

// Cells stand between bars that are outside of texts and names; a comment ends the row.
Row split_row(std::string_view row) {
  Row result;
  size_t begin = 1;  // behind the first bar
  char quote = 0;
  size_t at = begin;
  auto trimmed = [](std::string_view text) {
    size_t first = text.find_first_not_of(" \t\r");
    return first == text.npos ? text.substr(0, 0) : text.substr(first, text.find_last_not_of(" \t\r") + 1 - first);
  };
  for (; at < row.size(); ++at) {
    char c = row[at];
    if (quote) {
      if (c == '\\') ++at;
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"' || c == '`') {
      quote = c;
    } else if (row.substr(at, 2) == "//") {
      result.comment = trimmed(row.substr(at));
      break;
    } else if (c == '|') {
      result.cells.push_back(trimmed(row.substr(begin, at - begin)));
      begin = at + 1;
    }
  }
  // The last bar may be missing: the cell is there all the same.
  begin = std::min(begin, row.size());
  std::string_view rest = trimmed(row.substr(begin, std::min(at, row.size()) - begin));
  if (!rest.empty()) result.cells.push_back(rest);
  return result;
}

ColumnKind column_kind(std::string_view head) {
  if (head == "then" || head == "else") return ColumnKind::outcome;
  if (head == "cite") return ColumnKind::cite;
  if (head == "name" || head == "note" || head.ends_with(" because")) return ColumnKind::text;
  return ColumnKind::condition;
}

namespace parsing {

std::vector<ast::Cell> Builder::row(const Token* token) {
  std::string_view whole = text.view(token);
  size_t bar = whole.find('|');
  Span place = text.span(token);
  place.begin += static_cast<uint32_t>(bar);
  std::string_view row = whole.substr(bar);
  std::vector<ast::Cell> cells;
  for (std::string_view each : split_row(row).cells) {
    ast::Cell cell;
    cell.text = each;
    auto begin = place.begin + static_cast<uint32_t>(each.data() - row.data());
    cell.span = {place.file, begin, begin + static_cast<uint32_t>(each.size())};
    cells.push_back(std::move(cell));
  }
  return cells;
}

ast::Table Builder::table(Parser::TableContext* node) {
  ast::Table result;
  result.span = span(node);
  result.name = word(node->name());
  for_each(node->forEach(), result.item_entity, result.item_alias);
  result.csv = text_word(node->STRING());
  result.cites = cites(node->cite());
  std::vector<antlr4::tree::TerminalNode*> rows = node->TABLE_ROW();
  for (size_t i = 0; i < rows.size(); ++i) {
    std::vector<ast::Cell> cells = row(rows[i]->getSymbol());
    if (i > 0 && cells.size() != result.head.size()) {
      Span place = text.span(rows[i]->getSymbol());
      place.begin = cells.empty() ? place.end : cells[0].span.begin;
      diagnostics.report<DiagnosticId::row_width>(place, cells.size(), result.head.size());
      continue;
    }
    std::vector<ast::Cell> parsed;
    for (size_t column = 0; column < cells.size(); ++column) {
      ColumnKind kind = column_kind(i > 0 ? std::string_view(result.head[column].text) : std::string_view(cells[column].text));
      // Of the head, only the expressions are parsed: `if`, `then`, `cite` are words.
      bool is_word = i == 0 && (kind != ColumnKind::condition || cells[column].text == "if");
      if (is_word) kind = ColumnKind::text;
      parsed.push_back(parse_cell(cells[column].text, cells[column].span, kind, diagnostics));
    }
    if (i == 0) {
      result.head = std::move(parsed);
    } else {
      result.rows.push_back(std::move(parsed));
    }
  }
  return result;
}

}  // namespace parsing

}  // namespace rubric
