// Finding records in a stream of bytes. See record_stream.h.
//
// Brackets are counted outside of strings; a record ends where its first bracket is closed. Two facts of JSON say where
// a broken record ends: a string cannot hold a line's end, and a value cannot follow a value without a comma. Where
// records are lines, or have been so far, a line that begins with "{" begins a record, and so does an indented line that is an
// object by itself: a record that was laid out over several lines is read as long as none of them could be a record. A
// stream of lines, by far the most
// common one, is not scanned at all: "}", the line's end, "{" can only be a border.

#include "vm/record_stream.h"

#include "vm/packed_file.h"
#include "vm/snapshot.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

namespace rubric::vm {

namespace {

std::string size_words(uint64_t bytes) {
  constexpr uint64_t mebi = 1 << 20;
  return bytes % mebi == 0 ? fmt::format("{} MiB", bytes / mebi) : fmt::format("{} bytes", bytes);
}

constexpr size_t chunk = size_t{1} << 20;

// Files of our own begin with a byte that no text begins with; line by line they would be refused records without end.
std::optional<std::string> no_records(std::string_view begin) {
  if (begin.starts_with("\x89RSN")) {
    return "it is a snapshot that is packed or comes out of a pipe, and one is read where it lies: name the file as rubric snapshot wrote it";
  }
  if (begin.starts_with("\x89RB")) return "it is a compiled policy or a kept run, and has no records";
  return std::nullopt;
}

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Whether a record may end inside of the line: "}" with a "{" or white space behind it. In blocks, so that compilers
// make vector code of it.
bool may_hold_two(const char* line, size_t size) {
  const auto suspicious = [](char a, char b) -> uint8_t { return (a == '}') & ((b == '{') | (b == ' ') | (b == '\t')); };
  size_t i = 0;
  for (; i + 65 <= size; i += 64) {
    uint8_t any = 0;
    for (size_t k = 0; k < 64; ++k) any |= suspicious(line[i + k], line[i + k + 1]);
    if (any) return true;
  }
  for (; i + 1 < size; ++i) {
    if (suspicious(line[i], line[i + 1])) return true;
  }
  return false;
}

// "cases.ndjson.gz" is a "cases.ndjson" that somebody packed.
std::string without_packing(const std::string& path) {
  for (const std::string_view ending : {".gz", ".zst"}) {
    if (path.ends_with(ending)) return path.substr(0, path.size() - ending.size());
  }
  return path;
}

// How a value may go on behind the end of its line.
enum class Layout : uint8_t {
  any,    // as it likes
  lines,  // records have been lines so far: it may, but a line of its own kind ends what was not closed before it
  strict  // records are lines: a line that is a record by itself is one, whatever stands before it
};

// Where a value ends, byte by byte; it can stop anywhere and go on with the next chunk.
class Scanner {
 public:
  enum class End : uint8_t { not_yet, complete, broken };

  // The value begins with '{' or '['.
  explicit Scanner(Layout layout) : layout_(layout) {}

  // Takes bytes up to the end of the value. `lines` counts the line ends among them.
  void feed(const char* bytes, size_t size, uint64_t& lines) {
    for (size_t i = 0; i < size && end_ == End::not_yet; ++i) take(bytes[i], lines);
  }
  // There are no more bytes.
  void finish() {
    if (end_ == End::not_yet && own_line_ == OwnLine::closed) end_before_line();
  }
  End end() const { return end_; }
  size_t size() const { return size_; }  // of what was taken of the value and not dropped
  void drop() {
    size_ = 0;
    own_line_ = OwnLine::no;  // it would be too large for a record
  }

 private:
  // Whether the line that is read is an object by itself, indented or not: nothing before its "{" and behind its "}".
  enum class OwnLine : uint8_t { no, open, closed };

  void take(char c, uint64_t& lines) {
    ++size_;
    if (in_string_) {
      if (escaped_) escaped_ = false;
      else if (c == '\\') escaped_ = true;
      else if (c == '"') in_string_ = false;
      if (c == '\n') leave(End::broken);  // the line's end is left for whoever skips white space
      return;
    }
    if (own_line_ == OwnLine::closed && !is_white(c)) own_line_ = OwnLine::no;
    switch (c) {
      case '"':
        in_string_ = true;
        something(c);
        break;
      case '{':
      case '[': open(c); break;
      case '}':
      case ']': close(c); break;
      case '\n':
        if (own_line_ == OwnLine::closed) return end_before_line();
        own_line_ = OwnLine::no;
        ++lines;
        first_line_ = false;
        only_white_ = first_column_ = true;
        break;
      case '\r': break;
      case ' ':
      case '\t': first_column_ = false; break;
      default: something(c);
    }
  }
  void open(char c) {
    if (c == '{' && first_column_ && depth_ > 0 && (layout_ != Layout::any || (last_ != '[' && last_ != ',' && last_ != ':'))) {
      return leave(End::broken);
    }
    if (c == '{' && only_white_ && depth_ > 0 && (layout_ == Layout::strict || (layout_ == Layout::lines && begins_with_more_))) {
      own_line_ = OwnLine::open;
      own_depth_ = depth_;
      own_begin_ = size_ - 1;
    }
    if (depth_++ == 0) first_ = c;
    else something(c);
    last_ = c;
    only_white_ = first_column_ = false;
  }
  void close(char c) {
    const bool empty = last_ == '{';  // {} is no record
    something(c);
    --depth_;
    if (own_line_ == OwnLine::open && depth_ == own_depth_) own_line_ = empty || c != '}' ? OwnLine::no : OwnLine::closed;
    if (depth_ == 0) end_ = (first_ == '{') == (c == '}') ? End::complete : End::broken;
  }
  void something(char c) {
    last_ = c;
    begins_with_more_ |= first_line_;
    only_white_ = first_column_ = false;
  }
  void leave(End end) {
    --size_;
    end_ = end;
  }
  void end_before_line() {
    size_ = own_begin_;
    end_ = End::broken;
  }

  Layout layout_;
  bool in_string_ = false, escaped_ = false;
  bool first_column_ = false, only_white_ = false;  // of a line behind the first: where this is, and what it has had
  bool first_line_ = true, begins_with_more_ = false;  // than a bracket, as broken lines do and laid out records do not
  char first_ = '{', last_ = '{';  // the last that is not white space
  uint64_t depth_ = 0, own_depth_ = 0;
  OwnLine own_line_ = OwnLine::no;
  size_t size_ = 0, own_begin_ = 0;
  End end_ = End::not_yet;
};

}  // namespace

struct RecordStream::Impl {
  int file = -1;
  bool owned = false;
  std::optional<PackedFile> packed;
  uint64_t limit;
  bool strict;                     // a record ends with its line
  bool lines;                      // the same, or records have been lines so far
  std::vector<char> buffer;        // of a file
  const char* data = nullptr;      // the buffer, or the memory
  size_t at = 0, end = 0;          // what is not taken yet
  bool at_end = false;             // nothing follows behind `end`
  uint64_t line = 1;
  bool started = false, in_array = false, finished = false;
  // In an array: what may follow. Behind a broken case anything may, since the comma may have gone with it.
  enum class Next : uint8_t { first, value, comma, anything } expected = Next::first;
  std::optional<std::string> problem;

  Impl(Lines l, uint64_t bytes) : limit(bytes), strict(l == Lines::always), lines(strict) {}
  ~Impl() {
    if (owned) ::close(file);
  }

  // More bytes behind `end`; what lies before `at` may go. False: there are no more.
  bool fill() {
    if (at_end) return false;
    if (at > 0) {
      std::memmove(buffer.data(), buffer.data() + at, end - at);
      end -= at;
      at = 0;
    }
    // One large record should not keep its memory for the rest of the stream.
    if (buffer.size() > 8 * chunk && end < chunk) {
      buffer.resize(2 * chunk);
      buffer.shrink_to_fit();
    }
    if (buffer.size() - end < chunk / 2) buffer.resize(std::max(end * 2, end + chunk));
    data = buffer.data();
    const size_t got = packed->read(buffer.data() + end, buffer.size() - end);
    if (!packed->problem().empty()) problem = packed->problem();
    at_end = got == 0;
    end += got;
    return !at_end;
  }

  // To the next byte that is not white space; false: there is none.
  bool skip_white() {
    for (;;) {
      for (; at < end; ++at) {
        if (data[at] == '\n') ++line;
        else if (!is_white(data[at])) return true;
      }
      if (!fill()) return false;
    }
  }

  bool refuse(RecordSlice& out, uint64_t where, std::string why) {
    out = {{}, where, std::move(why)};
    return true;
  }
  bool refuse_size(RecordSlice& out, uint64_t where) {
    return refuse(out, where, fmt::format("the record has more than the {} that a record may have", size_words(limit)));
  }

  // `size` bytes from `at` are a record, or too many for one.
  bool hand_out(RecordSlice& out, size_t size, uint64_t where) {
    const char* first = data + at;
    at += size;
    while (size > 0 && is_white(first[size - 1])) --size;
    if (size > limit) return refuse_size(out, where);
    out = {{first, size}, where, std::nullopt};
    return true;
  }

  // Bytes up to (not with) one that `stops`; beyond the limit they are dropped.
  template <class Stops>
  bool take_until(RecordSlice& out, Stops stops) {
    const uint64_t where = line;
    size_t seen = 0;
    bool dropped = false;
    for (;;) {
      while (at + seen < end && !stops(data[at + seen])) ++seen;
      if (at + seen < end) break;
      if (seen > limit) {
        at += seen;
        seen = 0;
        dropped = true;
      }
      if (!fill()) break;
    }
    if (!dropped) return hand_out(out, seen, where);
    at += seen;
    return refuse_size(out, where);
  }

  // The value that begins at `at` with a bracket.
  bool take_value(RecordSlice& out) {
    const uint64_t where = line;
    Scanner scanner(strict ? Layout::strict : lines ? Layout::lines : Layout::any);
    bool dropped = false;
    for (;;) {
      scanner.feed(data + at + scanner.size(), end - at - scanner.size(), line);
      if (scanner.end() != Scanner::End::not_yet) break;
      if (scanner.size() > limit) {
        at += scanner.size();
        scanner.drop();
        dropped = true;
      }
      if (!fill()) {
        scanner.finish();
        break;
      }
    }
    size_t seen = scanner.size();
    if (scanner.end() == Scanner::End::complete && line == where) lines = true;
    // A bracket that does not fit: what follows it on its line belongs to the same mistake.
    const bool misfits = scanner.end() == Scanner::End::broken && seen > 0 && (data[at + seen - 1] == '}' || data[at + seen - 1] == ']');
    while (misfits) {
      while (at + seen < end && data[at + seen] != '\n') ++seen;
      if (at + seen < end) break;
      if (seen > limit) {
        at += seen;
        seen = 0;
        dropped = true;
      }
      if (!fill()) break;
    }
    if (dropped) {
      at += seen;
      return refuse_size(out, where);
    }
    return hand_out(out, seen, where);
  }

  // A line that is surely one record, or a broken one.
  bool take_line(RecordSlice& out) {
    const auto* stop = static_cast<const char*>(std::memchr(data + at, '\n', end - at));
    while (!stop && end - at <= limit && fill()) stop = static_cast<const char*>(std::memchr(data + at, '\n', end - at));
    if (!stop && !at_end) return false;
    size_t size = stop ? static_cast<size_t>(stop - (data + at)) : end - at;
    // The first byte of the next line decides; without it, the careful way.
    if (stop && at + size + 1 == end) {
      if (fill()) stop = data + at + size;
    }
    if (at + size + 1 < end && data[at + size + 1] != '{') return false;
    size_t last = size;
    while (last > 0 && is_white(data[at + last - 1])) --last;
    if (last == 0 || last > limit || data[at + last - 1] != '}' || may_hold_two(data + at, last)) return false;
    out = {{data + at, last}, line, std::nullopt};
    at += size;
    return true;
  }

  bool next_of_array(RecordSlice& out) {
    for (;;) {
      if (!skip_white()) {
        finished = true;
        return !problem && refuse(out, line, "the list of cases is not closed");
      }
      const char c = data[at];
      if (c == ']') {
        ++at;
        finished = true;
        const uint64_t where = line;
        if (expected == Next::value) return refuse(out, where, "a case should follow ',', found ']'");
        return skip_white() && refuse(out, line, "more text follows the end of the list of cases");
      }
      if (c == ',') {
        ++at;
        if (expected == Next::first || expected == Next::value) return refuse(out, line, "a case should stand here, found ','");
        expected = Next::value;
        continue;
      }
      if (expected == Next::comma) {
        expected = Next::anything;
        return refuse(out, line, "',' or ']' should follow a case");
      }
      if (c != '{' && c != '[') {
        expected = Next::comma;
        return take_until(out, [](char b) { return b == ',' || b == ']' || b == '\n'; });
      }
      const bool good = take_value(out);
      expected = out.json.ends_with('}') || out.json.ends_with(']') ? Next::comma : Next::anything;
      return good;
    }
  }

  bool next(RecordSlice& out) {
    if (!started) {
      started = true;
      while (end - at < 4 && fill()) {
      }
      if (end - at >= 3 && std::memcmp(data + at, "\xEF\xBB\xBF", 3) == 0) at += 3;
      if (!problem) problem = no_records({data + at, end - at});
      if (problem) {
        finished = true;
        return false;
      }
      if (!skip_white()) {
        finished = true;
        if (!problem) problem = "there is nothing in it";
        return false;
      }
      if (data[at] == '[') {
        ++at;
        in_array = true;
      }
    }
    if (finished) return false;
    if (in_array) return next_of_array(out);
    if (!skip_white()) {
      finished = true;
      return false;
    }
    if (data[at] == '{') return (lines && take_line(out)) || take_value(out);
    if (data[at] == '[') return take_value(out);
    return take_until(out, [](char b) { return b == '\n'; });
  }
};

RecordStream::RecordStream(int file, Lines lines, uint64_t limit) : impl_(std::make_unique<Impl>(lines, limit)) {
  impl_->file = file;
  impl_->packed.emplace(file);
}

RecordStream::RecordStream(std::string_view memory, Lines lines, uint64_t limit) : impl_(std::make_unique<Impl>(lines, limit)) {
  impl_->data = memory.data();
  impl_->end = memory.size();
  impl_->at_end = true;
}

RecordStream::~RecordStream() = default;
RecordStream::RecordStream(RecordStream&&) noexcept = default;

tl::expected<RecordStream, std::string> RecordStream::open(const std::string& path, uint64_t limit) {
  if (path == "-") return RecordStream(STDIN_FILENO, Lines::perhaps, limit);
  std::error_code problem;
  if (std::filesystem::is_directory(path, problem)) return tl::unexpected(std::string("it is a directory"));
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return tl::unexpected(errno == ENOENT ? std::string("no such file") : std::system_category().message(errno));
  const std::string name = without_packing(path);
  const bool lines = name.ends_with(".ndjson") || name.ends_with(".jsonl");
  RecordStream stream(file, lines ? Lines::always : Lines::perhaps, limit);
  stream.impl_->owned = true;
  return stream;
}

bool RecordStream::next(RecordSlice& out) { return impl_->next(out); }
uint64_t RecordStream::bytes_read() const { return impl_->packed ? impl_->packed->bytes_read() : 0; }

const std::optional<std::string>& RecordStream::problem() const { return impl_->problem; }

// ---------------------------------------------------------------- several files

tl::expected<std::vector<std::string>, std::string> case_files(const std::vector<std::string>& arguments,
                                                               const std::vector<std::string>& extensions) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (const std::string& argument : arguments) {
    std::error_code problem;
    if (argument == "-" || fs::is_regular_file(argument, problem)) {
      files.push_back(argument);
      continue;
    }
    if (!fs::exists(argument, problem)) return tl::unexpected(argument + ": no such file or directory");
    if (!fs::is_directory(argument, problem)) {
      files.push_back(argument);  // a pipe, say
      continue;
    }
    std::vector<std::string> found;
    fs::directory_iterator entry(argument, problem);
    for (; !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
      const fs::path& path = entry->path();
      std::error_code ignored;
      if (entry->is_directory(ignored)) continue;
      if (std::find(extensions.begin(), extensions.end(), std::filesystem::path(without_packing(path)).extension().string()) !=
          extensions.end()) {
        found.push_back(path.string());
      }
    }
    if (problem) return tl::unexpected(argument + ": " + problem.message());
    if (found.empty()) {
      std::string kinds;
      for (const std::string& extension : extensions) kinds += (kinds.empty() ? "" : ", ") + extension;
      return tl::unexpected(fmt::format("{}: there are no case records ({}) in this directory", argument, kinds));
    }
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

namespace {

std::optional<uint64_t> size_of(const std::string& file) {
  std::error_code problem;
  if (!std::filesystem::is_regular_file(file, problem)) return std::nullopt;
  const uint64_t size = std::filesystem::file_size(file, problem);
  return problem ? std::nullopt : std::optional(size);
}

}  // namespace

RecordInputs::RecordInputs(std::vector<std::string> files, uint64_t limit) : files_(std::move(files)), limit_(limit), bytes_(0) {
  for (const std::string& file : files_) {
    const auto size = size_of(file);
    bytes_ = size && bytes_ ? std::optional(*bytes_ + *size) : std::nullopt;
  }
}

std::optional<double> RecordInputs::share_read() const {
  if (!bytes_ || *bytes_ == 0) return std::nullopt;
  const uint64_t here = stream_ ? stream_->bytes_read() : snapshot_ ? snapshot_->bytes_before(block_) : 0;
  return std::min(1.0, static_cast<double>(bytes_before_ + here) / static_cast<double>(*bytes_));
}

bool RecordInputs::next(RecordSlice& out) {
  for (;;) {
    if (stream_) {
      if (stream_->next(out)) return true;
      if (stream_->problem()) problems_.push_back(fmt::format("{}: {}", files_[at_ - 1], *stream_->problem()));
      bytes_before_ += stream_->bytes_read();
      stream_.reset();
    }
    if (snapshot_) {
      if (block_ < snapshot_->blocks()) {
        out = {{}, 0, std::nullopt, snapshot_, block_++};
        return true;
      }
      bytes_before_ += snapshot_->bytes_before(block_);
      snapshot_.reset();
    }
    if (at_ == files_.size()) return false;
    // Standard input may be a file that lies somewhere.
    if (const std::string path = files_[at_] == "-" ? "/dev/stdin" : files_[at_]; Snapshot::is_one(path)) {
      auto snapshot = Snapshot::open(path);
      ++at_;
      block_ = 0;
      if (snapshot) snapshot_ = std::make_shared<const Snapshot>(std::move(*snapshot));
      else problems_.push_back(fmt::format("{}: {}", files_[at_ - 1], snapshot.error()));
      continue;
    }
    auto stream = RecordStream::open(files_[at_++], limit_);
    if (stream) stream_.emplace(std::move(*stream));
    else problems_.push_back(fmt::format("{}: {}", files_[at_ - 1], stream.error()));
  }
}

std::string RecordInputs::source(const RecordSlice& slice) const {
  if (slice.snapshot) return files_[at_ - 1];
  return fmt::format("{}:{}", at_ > 0 ? files_[at_ - 1] : std::string("-"), slice.line);
}

}  // namespace rubric::vm
