// Paragraphs on a page of fixed width: wrapping, indents, marks and colour, for text that a person reads.
//
// Whatever is appended comes from records and policies: everything goes through printable(), so that no control
// character reaches a terminal, and only this file writes escape sequences. It knows nothing of traces.
#pragma once

#include "base/render_diagnostics.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace rubric {

// What a word means to a reader. Colours only underline it: every style stands beside words that say the same.
enum class Style : uint8_t { plain, strong, quiet, good, bad, open };

class Layout {
 public:
  // Widths below 40 are taken as 40: narrower pages would only hold indents.
  Layout(int width, Color color);

  // One paragraph. Its first line begins with `lead` at column `indent`, in `style`; the text follows at column `hang`
  // (or behind a lead that is longer), and the lines after the first begin there too.
  void paragraph(size_t indent, std::string_view lead, Style style, size_t hang, std::string_view text);
  void paragraph(size_t indent, std::string_view text) { paragraph(indent, "", Style::plain, indent, text); }
  void heading(size_t indent, std::string_view text);  // in Style::strong
  void blank();  // at most one in a row, and none at the top

  std::string take() { return std::move(out); }

 private:
  // One printable text from `column` on, the following lines from `hang`; ends the last line.
  void fill(size_t column, size_t hang, std::string_view text, Style style);

  std::string out;
  size_t width;
  Color color;
};

// The text in a style's colours. It has to be printable already.
std::string styled(std::string_view text, Style style, Color color);

// The text with every run of white space (line ends too) as one space, and everything else printable.
std::string one_line(std::string_view text);

}  // namespace rubric
