// Wrapping. See layout.h.

#include "render/layout.h"

#include "base/text.h"

#include <algorithm>

namespace rubric {

namespace {

constexpr size_t least_width = 40;
constexpr size_t least_column = 16;  // of text beside its indent

std::string_view escape(Style style) {
  switch (style) {
    case Style::plain: return "";
    case Style::strong: return "\x1b[1m";
    case Style::quiet: return "\x1b[2m";
    case Style::good: return "\x1b[32m";
    case Style::bad: return "\x1b[31m";
    case Style::open: return "\x1b[33m";
  }
  return "";
}

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// The bytes that fill at most so many columns; at least one character.
size_t bytes_within(std::string_view word, size_t columns) {
  size_t at = 0, used = 0;
  while (at < word.size()) {
    const size_t bytes = first_code_point(word.substr(at)).bytes;
    const size_t wide = display_width(word.substr(at, bytes));
    if (at > 0 && used + wide > columns) break;
    at += bytes, used += wide;
  }
  return at;
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string spaced;
  spaced.reserve(text.size());
  for (char c : text) {
    if (!is_space(c)) spaced += c;
    else if (!spaced.empty() && spaced.back() != ' ') spaced += ' ';
  }
  if (spaced.ends_with(' ')) spaced.pop_back();
  return printable(spaced);
}

Layout::Layout(int width, Color color) : width(std::max(static_cast<size_t>(std::max(width, 0)), least_width)), color(color) {}

std::string styled(std::string_view text, Style style, Color color) {
  if (color == Color::no || style == Style::plain || text.empty()) return std::string(text);
  return std::string(escape(style)).append(text).append("\x1b[0m");
}

void Layout::paragraph(size_t indent, std::string_view lead, Style style, size_t hang, std::string_view text) {
  const std::string head = one_line(lead), words = one_line(text);
  // Deep outlines must not squeeze their text into a strip.
  hang = std::min(hang, width - least_column);
  indent = std::min(indent, hang);
  out.append(indent, ' ');
  out += styled(head, style, color);
  size_t column = indent + display_width(head);
  if (!head.empty() && !words.empty()) {
    const size_t gap = column < hang ? hang - column : 1;
    out.append(gap, ' ');
    column += gap;
  } else if (head.empty() && column < hang) {
    out.append(hang - column, ' ');
    column = hang;
  }
  fill(column, hang, words, Style::plain);
}

void Layout::fill(size_t column, size_t hang, std::string_view text, Style style) {
  std::string line;
  const auto end_line = [&] { (out += styled(line, style, color)) += '\n', line.clear(); };
  const auto next_line = [&] { end_line(), out.append(hang, ' '), column = hang; };
  while (!text.empty()) {
    std::string_view word = text.substr(0, text.find(' '));
    const size_t gap = line.empty() ? 0 : 1, wide = display_width(word);
    if (!line.empty() && column + gap + wide > width) {
      next_line();
      continue;
    }
    if (column + wide > width) word = word.substr(0, bytes_within(word, width > column ? width - column : 1));
    (line += gap ? " " : "") += word;
    column += gap + display_width(word);
    text.remove_prefix(word.size());
    if (text.starts_with(' ')) text.remove_prefix(1);
    else if (!text.empty()) next_line();  // a word wider than the page goes on
  }
  end_line();
}

void Layout::heading(size_t indent, std::string_view text) {
  out.append(indent, ' ');
  fill(indent, indent, one_line(text), Style::strong);
}

void Layout::blank() {
  if (!out.empty() && !out.ends_with("\n\n")) out += '\n';
}

}  // namespace rubric
