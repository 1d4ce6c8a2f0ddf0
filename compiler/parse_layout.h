// A source as its tokens, with what the formatter has to know about each: how tightly it stands and what it opens.
//
// This is the one thing that a token list alone cannot say and the AST no longer knows, so that format.cpp needs
// neither the grammar nor ANTLR. Comments are tokens here; white space is not.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/source.h"

namespace rubric {

// What the lines inside something are indented by. See format.cpp.
enum class FrameKind : uint8_t {
  declaration,   // its further lines, and its members, one step
  group,         // a group that `end` closes
  item,          // one of the group's items
  continuation,  // a clause or condition that goes on over more lines
  bracket,       // ( [ {
};

enum class TokenKind : uint8_t { word, text, sign, row, line_comment, block_comment };

// Parts that say the same kind of thing one below the other (rules, fields, items of a group) are aligned: each is one of
// a series, and its tokens begin columns. What stands between two columns moves nothing.
inline constexpr uint32_t no_series = 0;
inline constexpr uint8_t cite_column = 9;

struct LayoutToken {
  std::string_view text;  // as it stands; a table's row from its first bar on
  uint32_t offset = 0;    // in the source
  TokenKind kind = TokenKind::word;
  uint32_t lines_before = 0;   // line breaks between this token and the one before it
  bool tight_before = false;   // no space before it
  bool tight_after = false;    // no space behind it
  bool loose_before = false;   // a space before it, though its sign usually has none
  bool begins_line = false;    // it begins a line whatever the author did
  bool begins_clause = false;  // it may begin a line where the line is too long
  bool closes = false;         // it stands where the line of its frame's first token stands: end, ) ] }
  uint32_t table = 0;          // rows with one number are one table
  uint32_t series = 0;         // of the part that begins here; see no_series
  bool neighbours = false;     // only parts on lines right below each other are aligned, not all of the series
  size_t part_end = 0;         // the part's last token
  uint8_t column = 0;          // which column of its part begins here; 0: none
  uint8_t gap = 0;             // how many spaces stand before the column at least
  bool below_comment = false;  // a comment that goes on the one behind the line above, right below it
  std::vector<FrameKind> opens;
  uint32_t ends = 0;  // how many frames end behind it
};

// The cells of a table's row, without the blanks around them, and the comment behind it.
struct Row {
  std::vector<std::string_view> cells;
  std::string_view comment;
};
Row split_row(std::string_view row);

// Nothing if the source has a mistake; then it is reported. The views point into `source`.
std::optional<std::vector<LayoutToken>> layout(std::string_view source, FileId file, Diagnostics& diagnostics);

}  // namespace rubric
