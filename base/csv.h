// CSV as spreadsheets write and read it (RFC 4180), and the cells that one of them would take for a formula.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rubric {

struct CsvField {
  std::string text;          // without quotes and outer blanks
  uint32_t begin = 0, end = 0;   // where it stands in the text, quotes included
  bool closed = true;            // a field whose quote has no end holds all that follows
};

// A field in quotes may hold commas, line ends and doubled quotes. A byte order mark is skipped, and so are blank rows.
std::vector<std::vector<CsvField>> split_csv(std::string_view text);

// The field whose quote has no end, if there is one: the rows behind it are lost in it.
const CsvField* unclosed_field(const std::vector<std::vector<CsvField>>& rows);
constexpr std::string_view close_the_quote = "add the closing \"; a quote inside a cell is written twice";

// A field as it is written: in quotes where it needs them.
std::string csv_field(std::string_view text);

// A spreadsheet takes what begins with = + - @, a tab or a line end for a formula, and an apostrophe before it for a
// text. One is put before such a cell when it is written and taken away when it is read; reading undoes writing exactly.
std::string guarded_cell(std::string_view text);
std::string unguarded_cell(std::string_view text);

}  // namespace rubric
