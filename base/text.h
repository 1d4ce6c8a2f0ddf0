// Text: UTF-8, printable and JSON forms, the nearest name, digests, and reading a file.
//
// Small functions that every folder needs and that must have one meaning: what counts as printable here is what keeps
// a record's control characters off a terminal everywhere. No word of the language and no words for people in here.

#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace rubric {

// -- UTF-8 --

// The code point that a text begins with. An ill-formed byte (also an overlong form, a surrogate) is a CodePoint of
// its own with one byte and valid == false, so that a loop over a text always ends.
struct CodePoint {
  char32_t value;
  uint8_t bytes;
  bool valid;
};

CodePoint first_code_point(std::string_view text);  // text is not empty
bool is_valid_utf8(std::string_view text);
std::optional<size_t> first_invalid_utf8(std::string_view text);  // the offset of the first ill-formed byte
void append_utf8(std::string& out, char32_t value);

// How many columns a terminal gives the text: 2 for wide East Asian characters, 0 for combining marks.
size_t display_width(std::string_view text);

// -- forms for output --

// The text with control characters, bidirectional overrides, invisible separators and ill-formed bytes made visible
// as \u{1b} or \x{ff}. Tabs and line ends count as control characters: lay out first, or expand them before.
std::string printable(std::string_view text);

// Appends the inside of a JSON string: pure enough to be printed, since what printable() shows is escaped as well.
void escape_json(std::string& out, std::string_view text);

// A whole JSON string, with its quotes.
std::string quote_json(std::string_view text);

// -- names --

// Damerau-Levenshtein (insert, delete, replace, swap neighbours) over bytes, letters of either case being equal.
// Gives limit + 1 as soon as the distance is larger than the limit.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit);

// How many mistakes a word of this length may have and still be taken for another: a third of its letters, at most 3.
constexpr size_t likely_mistakes(size_t length) { return length < 3 ? 0 : length < 6 ? 1 : length < 9 ? 2 : 3; }

// The candidate that the word was most likely meant to be, if any is near. Candidates are any range of strings;
// equally near ones are told apart by alphabet, so that the answer does not depend on their order.
template <class Candidates = std::initializer_list<std::string_view>>
std::optional<std::string> nearest(std::string_view word, const Candidates& candidates) {
  std::optional<std::string> best;
  size_t limit = likely_mistakes(word.size());
  for (const auto& each : candidates) {
    std::string_view candidate = each;
    if (candidate == word) continue;  // the name exists but cannot be used here: suggesting it again would not help
    size_t distance = edit_distance(word, candidate, limit);
    if (distance > limit || (best && distance == limit && candidate >= *best)) continue;
    best = std::string(candidate);
    limit = distance;
  }
  return best;
}

// -- digests --

std::string sha256_hex(std::string_view bytes);  // 64 lower-case hexadecimal digits

// -- files --

enum class FileProblemKind : uint8_t { missing, directory, unreadable };

struct FileProblem {
  FileProblemKind kind;
  std::string path;
  std::string reason;  // "no such file", "it is a directory", or the system's words
};

tl::expected<std::string, FileProblem> read_file(const std::string& path);

}  // namespace rubric
