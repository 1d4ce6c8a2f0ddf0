// The text form, with carets. See render_diagnostics.h; JSON and SARIF are in render_diagnostics_json.cpp.

#include "base/render_diagnostics.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"

namespace rubric {

namespace {

// A record may be one line of many megabytes. More than this of a line is cut, keeping what stands before the span.
constexpr size_t shown_before = 80;
constexpr size_t shown_bytes = 200;
constexpr size_t tab_width = 4;

// The terminal's own palette, so that it stays readable on any background.
struct Palette {
  std::string_view bold = "", error = "", warning = "", note = "", caret = "", off = "";

  std::string_view of(Severity severity) const {
    switch (severity) {
      case Severity::error: return error;
      case Severity::warning: return warning;
      case Severity::note: return note;
    }
    return "";
  }
};

constexpr Palette no_colors;
constexpr Palette colors{"\x1b[1m", "\x1b[1;31m", "\x1b[1;35m", "\x1b[1;36m", "\x1b[32m", "\x1b[0m"};

size_t to_code_point_start(std::string_view text, size_t at) {
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  return at;
}

// A part of a source line as it goes out: tabs as spaces up to the next stop, counted from the part's first column,
// and everything else printable.
void lay_out(std::string& out, size_t& column, std::string_view part) {
  while (!part.empty()) {
    size_t bytes = first_code_point(part).bytes;
    std::string shown = part[0] == '\t' ? std::string(tab_width - column % tab_width, ' ') : printable(part.substr(0, bytes));
    column += display_width(shown);
    out += shown;
    part.remove_prefix(bytes);
  }
}

struct Excerpt {
  std::string line;
  size_t caret_column = 0;  // what stands before the carets, and how many there are, in terminal columns
  size_t carets = 1;
};

// begin and end are offsets into the line; a span that goes on in later lines is underlined to the end of this one.
Excerpt excerpt(std::string_view line, size_t begin, size_t end) {
  begin = std::min(begin, line.size());
  end = std::clamp(end, begin, line.size());
  size_t first = begin <= shown_before ? 0 : to_code_point_start(line, begin - shown_before);
  size_t last = line.size() - first <= shown_bytes ? line.size() : to_code_point_start(line, first + shown_bytes);
  end = std::min(end, last);

  Excerpt result;
  size_t column = 0;
  if (first > 0) lay_out(result.line, column, "...");
  lay_out(result.line, column, line.substr(first, begin - first));
  result.caret_column = column;
  lay_out(result.line, column, line.substr(begin, end - begin));
  result.carets = std::max<size_t>(1, column - result.caret_column);  // an empty span still gets its caret
  lay_out(result.line, column, line.substr(end, last - end));
  if (last < line.size()) result.line += "...";
  return result;
}

class TextForm {
 public:
  TextForm(const SourceSet& sources, const Palette& palette) : sources(sources), palette(palette) {}

  void add(const Diagnostic& d) {
    if (!out.empty()) out += '\n';
    // The name in brackets is what to search the manual for, and what golden files show the row by.
    add_place(d.span, d.severity, fmt::format("{} [{}]", d.message, diagnostic_row(d.id).name));
    for (const Related& each : d.related) add_place(each.span, Severity::note, each.text);
    if (!d.help.empty()) append("  {}help:{} {}\n", palette.bold, palette.off, printable(d.help));
  }

  std::string out;

 private:
  template <class... Arguments>
  void append(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Arguments>(arguments)...);
  }

  void add_place(Span span, Severity severity, std::string_view message) {
    bool somewhere = sources.contains(span.file);
    Position position;
    if (somewhere) {
      const SourceFile& file = sources.file(span.file);
      position = file.position(span.begin);
      append("{}{}:{}:{}:{} ", palette.bold, printable(file.name), position.line, position.column, palette.off);
    }
    append("{}{}:{} {}\n", palette.of(severity), severity_name(severity), palette.off, printable(message));
    if (somewhere) add_excerpt(sources.file(span.file), span, position.line);
  }

  void add_excerpt(const SourceFile& file, Span span, uint32_t number) {
    size_t start = file.line_starts[number - 1];
    Excerpt e = excerpt(file.line(number), span.begin - std::min<size_t>(start, span.begin), span.end - std::min<size_t>(start, span.end));
    append("{:>6} | {}\n", number, e.line);
    append("{:>6} | {:{}}{}{:^>{}}{}\n", "", "", e.caret_column, palette.caret, "", e.carets, palette.off);
  }

  const SourceSet& sources;
  const Palette& palette;
};

}  // namespace

std::string render_text(const Diagnostics& diagnostics, const SourceSet& sources, Color color) {
  TextForm form(sources, color == Color::yes ? colors : no_colors);
  for (const Diagnostic& each : diagnostics.all()) form.add(each);
  return std::move(form.out);
}

}  // namespace rubric
