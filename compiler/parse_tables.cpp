// Decision tables: rows into cells, cells into expressions. See parse_builder.h, and parse_cell in parse.h.
//
// A row is one token of the grammar, from the line break before it to the end of its line, so that `|` can be a
// separator here and CQL's union everywhere else.

#include "compiler/parse.h"
#include "compiler/parse_builder.h"
#include "grammar/RubricLexer.h"

namespace rubric {

namespace {

// The cell's text without the blanks around it, as offsets into the row.
struct Piece {
  size_t begin, end;
};

// Between bars that stand outside of texts and names; a comment ends the row.
std::vector<Piece> pieces_of(std::string_view row) {
  std::vector<Piece> pieces;
  size_t begin = 1;  // behind the first bar
  char quote = 0;
  size_t at = begin;
  auto add = [&](size_t end) {
    size_t first = begin;
    while (first < end && (row[first] == ' ' || row[first] == '\t')) ++first;
    while (end > first && (row[end - 1] == ' ' || row[end - 1] == '\t' || row[end - 1] == '\r')) --end;
    pieces.push_back({first, end});
  };
  for (; at < row.size(); ++at) {
    char c = row[at];
    if (quote) {
      if (c == '\\') ++at;
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"' || c == '`') {
      quote = c;
    } else if (c == '/' && row.substr(at, 2) == "//") {
      break;
    } else if (c == '|') {
      add(at);
      begin = at + 1;
    }
  }
  at = std::min(at, row.size());
  std::string_view rest = row.substr(std::min(begin, at), at - std::min(begin, at));
  if (rest.find_first_not_of(" \t\r") != rest.npos) add(at);  // the last bar is missing: the cell is there all the same
  return pieces;
}

}  // namespace

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
  for (Piece piece : pieces_of(row)) {
    ast::Cell cell;
    cell.text = row.substr(piece.begin, piece.end - piece.begin);
    cell.span = {place.file, place.begin + static_cast<uint32_t>(piece.begin), place.begin + static_cast<uint32_t>(piece.end)};
    cells.push_back(std::move(cell));
  }
  return cells;
}

ast::Table Builder::table(Parser::TableContext* node) {
  ast::Table result;
  result.span = span(node);
  result.name = word(node->name());
  if (node->forEach()) {
    result.item_entity = word(node->forEach()->item);
    if (node->forEach()->alias) result.item_alias = word(node->forEach()->alias);
  }
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
