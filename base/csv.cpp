#include "base/csv.h"

namespace rubric {
namespace {

// Whether the first character that is no apostrophe would begin a formula.
bool looks_like_formula(std::string_view text) {
  const size_t first = text.find_first_not_of('\'');
  return first != std::string_view::npos && std::string_view("=+-@\t\r\n").find(text[first]) != std::string_view::npos;
}

}  // namespace

std::vector<std::vector<CsvField>> split_csv(std::string_view text) {
  std::vector<std::vector<CsvField>> rows;
  std::vector<CsvField> row;
  size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  const auto end_row = [&] {
    const bool blank = row.size() == 1 && row[0].text.find_first_not_of(" \t\r") == std::string::npos;
    if (!row.empty() && !blank) rows.push_back(std::move(row));
    row.clear();
  };
  while (at < text.size()) {
    CsvField field;
    const size_t begin = at;
    if (text[at] == '"') {
      field.closed = false;
      for (++at; at < text.size(); ++at) {
        if (text[at] != '"') {
          field.text += text[at];
        } else if (at + 1 < text.size() && text[at + 1] == '"') {
          field.text += text[at++];
        } else {
          ++at;
          field.closed = true;
          break;
        }
      }
    }
    while (at < text.size() && text[at] != ',' && text[at] != '\n') {
      if (text[at] != '\r') field.text += text[at];
      ++at;
    }
    const size_t first = field.text.find_first_not_of(" \t"), last = field.text.find_last_not_of(" \t");
    field.text = first == std::string::npos ? "" : field.text.substr(first, last + 1 - first);
    field.begin = static_cast<uint32_t>(begin);
    field.end = static_cast<uint32_t>(at);
    row.push_back(std::move(field));
    if (at < text.size() && text[at] == ',') {
      ++at;
      if (at == text.size() || text[at] == '\n') row.push_back({"", static_cast<uint32_t>(at), static_cast<uint32_t>(at)});
    }
    if (at < text.size() && text[at] == '\n') {
      ++at;
      end_row();
    }
  }
  end_row();
  return rows;
}

const CsvField* unclosed_field(const std::vector<std::vector<CsvField>>& rows) {
  return rows.empty() || rows.back().empty() || rows.back().back().closed ? nullptr : &rows.back().back();
}

std::string csv_field(std::string_view text) {
  const bool outer = !text.empty() && (text.front() == ' ' || text.back() == ' ' || text.front() == '\t' || text.back() == '\t');
  if (!outer && text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string guarded_cell(std::string_view text) { return (looks_like_formula(text) ? "'" : "") + std::string(text); }

std::string unguarded_cell(std::string_view text) {
  return std::string(text.starts_with('\'') && looks_like_formula(text) ? text.substr(1) : text);
}

}  // namespace rubric
