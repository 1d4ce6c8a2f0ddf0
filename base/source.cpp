// Offsets to lines and columns. See source.h.

#include "base/source.h"

#include <algorithm>
#include <utility>

#include "base/must.h"

namespace rubric {

namespace {

// Every byte of UTF-8 that is not a continuation byte begins a code point.
bool begins_code_point(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

}  // namespace

Position SourceFile::position(uint32_t offset) const {
  offset = std::min(offset, static_cast<uint32_t>(text.size()));
  auto next_line = std::upper_bound(line_starts.begin(), line_starts.end(), offset);
  auto number = static_cast<uint32_t>(next_line - line_starts.begin());  // the line before it, counted from 1
  auto before = std::string_view(text).substr(line_starts[number - 1], offset - line_starts[number - 1]);
  auto column = 1 + std::count_if(before.begin(), before.end(), begins_code_point);
  return {number, static_cast<uint32_t>(column)};
}

std::string_view SourceFile::line(uint32_t number) const {
  if (number == 0 || number > line_starts.size()) return {};
  size_t begin = line_starts[number - 1];
  size_t end = number < line_starts.size() ? line_starts[number] - 1 : text.size();  // without the '\n'
  auto line = std::string_view(text).substr(begin, end - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

FileId SourceSet::add(std::string name, std::string text) {
  // Spans are 32-bit. Whoever reads files refuses far smaller ones, so this is an invariant, not a message.
  must(text.size() < UINT32_MAX, "a source text has less than 4 GiB");
  SourceFile file{std::move(name), std::move(text), {0}};
  for (size_t at = 0; (at = file.text.find('\n', at)) != std::string::npos;) file.line_starts.push_back(++at);
  files.push_back(std::move(file));
  return static_cast<FileId>(files.size() - 1);
}

const SourceFile& SourceSet::file(FileId id) const {
  must(contains(id), "a file id comes from this set");
  return files[id];
}

void SourceSet::rename(FileId id, std::string name) { files.at(id).name = std::move(name); }

std::string_view SourceSet::text(Span span) const {
  std::string_view text = file(span.file).text;
  must(span.begin <= span.end && span.end <= text.size(), "a span lies inside its file");
  return text.substr(span.begin, span.end - span.begin);
}

}  // namespace rubric
