// CSV to table cells. See library_csv.h.

#include "compiler/library_csv.h"

#include "base/csv.h"
#include "base/text.h"
#include "compiler/parse.h"

namespace rubric {

void parse_csv_table(ast::Table& table, const SourceSet& sources, FileId file, Diagnostics& diagnostics) {
  const std::string& text = sources.file(file).text;
  if (std::optional<size_t> bad = first_invalid_utf8(text)) {
    diagnostics.report<DiagnosticId::not_utf8>({file, static_cast<uint32_t>(*bad), static_cast<uint32_t>(*bad) + 1}, *bad);
    return;
  }
  const std::vector<std::vector<CsvField>> rows = split_csv(text);
  const auto span = [&](const CsvField& field) { return Span{file, field.begin, field.end}; };
  if (const CsvField* const open = unclosed_field(rows)) {
    diagnostics.report<DiagnosticId::unterminated_string>({file, open->begin, open->begin + 1}, "\"").help = close_the_quote;
    return;
  }
  if (rows.empty()) {
    diagnostics.report<DiagnosticId::table_empty>(table.csv.span, table.name.text);
    return;
  }
  std::vector<ColumnKind> kinds;
  for (const CsvField& field : rows[0]) {
    kinds.push_back(column_kind(field.text));
    bool expression = kinds.back() == ColumnKind::condition && field.text != "if";
    table.head.push_back(parse_cell(field.text, span(field), expression ? ColumnKind::condition : ColumnKind::text, diagnostics));
  }
  for (size_t i = 1; i < rows.size(); ++i) {
    std::vector<ast::Cell> cells;
    for (size_t c = 0; c < rows[i].size(); ++c) {
      ColumnKind kind = c < kinds.size() ? kinds[c] : ColumnKind::text;
      cells.push_back(parse_cell(rows[i][c].text, span(rows[i][c]), kind, diagnostics));
    }
    table.rows.push_back(std::move(cells));
  }
}

}  // namespace rubric
