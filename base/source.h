// Source texts and places in them.
//
// Every value that a person may ask about (a node, a diagnostic, a site in a trace) carries a Span: a file and two
// byte offsets. Lines and columns are worked out from it only when something is printed, so that nothing has to keep
// them up to date. This file reads nothing from disk (read_file in text.h does) and knows no language.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace rubric {

using FileId = uint32_t;

// The file of a span that points nowhere, as in a message about a whole run.
inline constexpr FileId no_file = UINT32_MAX;

// The bytes [begin, end) of a file's text.
struct Span {
  FileId file = 0;
  uint32_t begin = 0;
  uint32_t end = 0;

  friend bool operator==(const Span&, const Span&) = default;
};

// Where a person looks: both 1-based, the column counting code points (a tab is one).
struct Position {
  uint32_t line = 1;
  uint32_t column = 1;

  friend bool operator==(const Position&, const Position&) = default;
};

struct SourceFile {
  std::string name;  // as the user wrote it; goes into messages
  std::string text;
  std::vector<uint32_t> line_starts;  // the offset of each line's first byte; never empty, the first is 0

  // An offset past the end gives the position just behind the last character.
  Position position(uint32_t offset) const;

  // The line's text without its line ending; empty for a number that the file does not have.
  std::string_view line(uint32_t number) const;
};

// The texts of one compilation. References and views stay valid while the set lives, also when files are added or the
// set is moved: hence the deque.
class SourceSet {
 public:
  FileId add(std::string name, std::string text);
  bool contains(FileId id) const { return id < files.size(); }
  const SourceFile& file(FileId id) const;
  std::string_view text(Span span) const;
  void rename(FileId id, std::string name);  // for people: what the file is called in messages from now on
  size_t size() const { return files.size(); }

 private:
  std::deque<SourceFile> files;
};

}  // namespace rubric
