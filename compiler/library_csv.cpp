// CSV to table cells. See library_csv.h.

#include "compiler/library_csv.h"

#include "base/text.h"
#include "compiler/parse.h"

namespace rubric {

namespace {

struct Field {
  std::string text;
  Span span;
};

// RFC 4180: a field in quotes may hold commas, line ends and doubled quotes. A byte order mark is skipped.
std::vector<std::vector<Field>> split(std::string_view text, FileId file) {
  std::vector<std::vector<Field>> rows;
  std::vector<Field> row;
  size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  auto end_row = [&] {
    bool blank = row.size() == 1 && row[0].text.find_first_not_of(" \t\r") == std::string::npos;
    if (!row.empty() && !blank) rows.push_back(std::move(row));
    row.clear();
  };
  while (at < text.size()) {
    Field field;
    size_t begin = at;
    if (text[at] == '"') {
      for (++at; at < text.size(); ++at) {
        if (text[at] != '"') {
          field.text += text[at];
        } else if (at + 1 < text.size() && text[at + 1] == '"') {
          field.text += text[at++];
        } else {
          ++at;
          break;
        }
      }
    }
    while (at < text.size() && text[at] != ',' && text[at] != '\n') {
      if (text[at] != '\r') field.text += text[at];
      ++at;
    }
    size_t first = field.text.find_first_not_of(" \t"), last = field.text.find_last_not_of(" \t");
    field.text = first == std::string::npos ? "" : field.text.substr(first, last + 1 - first);
    field.span = {file, static_cast<uint32_t>(begin), static_cast<uint32_t>(at)};
    row.push_back(std::move(field));
    if (at < text.size() && text[at] == ',') {
      ++at;
      if (at == text.size() || text[at] == '\n') row.push_back({"", {file, static_cast<uint32_t>(at), static_cast<uint32_t>(at)}});
    }
    if (at < text.size() && text[at] == '\n') {
      ++at;
      end_row();
    }
  }
  end_row();
  return rows;
}

}  // namespace

void parse_csv_table(ast::Table& table, const SourceSet& sources, FileId file, Diagnostics& diagnostics) {
  const std::string& text = sources.file(file).text;
  if (std::optional<size_t> bad = first_invalid_utf8(text)) {
    diagnostics.report<DiagnosticId::not_utf8>({file, static_cast<uint32_t>(*bad), static_cast<uint32_t>(*bad) + 1}, *bad);
    return;
  }
  std::vector<std::vector<Field>> rows = split(text, file);
  if (rows.empty()) {
    diagnostics.report<DiagnosticId::table_empty>(table.csv.span, table.name.text);
    return;
  }
  std::vector<ColumnKind> kinds;
  for (const Field& field : rows[0]) {
    kinds.push_back(column_kind(field.text));
    bool expression = kinds.back() == ColumnKind::condition && field.text != "if";
    table.head.push_back(parse_cell(field.text, field.span, expression ? ColumnKind::condition : ColumnKind::text, diagnostics));
  }
  for (size_t i = 1; i < rows.size(); ++i) {
    std::vector<ast::Cell> cells;
    for (size_t c = 0; c < rows[i].size(); ++c) {
      ColumnKind kind = c < kinds.size() ? kinds[c] : ColumnKind::text;
      cells.push_back(parse_cell(rows[i][c].text, rows[i][c].span, kind, diagnostics));
    }
    table.rows.push_back(std::move(cells));
  }
}

}  // namespace rubric
