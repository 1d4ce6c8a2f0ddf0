// Case records out of files, pipes and memory, one at a time and in constant memory: NDJSON, JSON values one after
// the other, a single object, or an array of cases of any length; plain or packed (gzip, zstd).
//
// It finds where a record begins and ends, and no more: whether it is JSON, and a case, is the loader's to say. So a
// broken record is handed on like any other, is rejected with its line, and the next ones are still read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace rubric::vm {

class Snapshot;

struct RecordSlice {
  std::string_view json;               // good until the next record is taken
  uint64_t line = 1;                   // where it begins
  std::optional<std::string> refused;  // it cannot be handed out, and why: Loader::add_rejected; `json` is empty
  std::shared_ptr<const Snapshot> snapshot = nullptr;  // not a record but a block of a snapshot: RecordInputs alone
  size_t block = 0;
};

class RecordStream {
 public:
  enum class Lines : uint8_t { perhaps, always };  // always: .ndjson, a record does not go on behind a line's end

  RecordStream(int file, Lines, uint64_t bytes_per_record);           // reads from it, does not close it
  RecordStream(std::string_view memory, Lines, uint64_t bytes_per_record);  // which must stay
  ~RecordStream();
  RecordStream(RecordStream&&) noexcept;

  // A path, or "-" for standard input; otherwise the reason.
  static tl::expected<RecordStream, std::string> open(const std::string& path, uint64_t bytes_per_record);

  bool next(RecordSlice&);  // false: there is no more

  uint64_t bytes_read() const;  // of the file, as it lies there

  // Why there is no more, if it is not that everything has been read: nothing in it, a read error.
  const std::optional<std::string>& problem() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The files that arguments stand for: a file and "-" for themselves, a directory for the files in it with one of the
// extensions, sorted by name. Otherwise the reason why there are none.
tl::expected<std::vector<std::string>, std::string> case_files(const std::vector<std::string>& arguments,
                                                               const std::vector<std::string>& extensions = {".json", ".ndjson", ".jsonl"});

// The records of several files in turn; of a snapshot (snapshot.h) its blocks.
class RecordInputs {
 public:
  RecordInputs(std::vector<std::string> files, uint64_t bytes_per_record);

  bool next(RecordSlice&);
  std::string source(const RecordSlice&) const;  // "file:line" of the record taken last; a snapshot's file
  std::optional<double> share_read() const;      // of all bytes; nothing where a pipe may have any number of them
  const std::vector<std::string>& files() const { return files_; }
  const std::vector<std::string>& problems() const { return problems_; }  // "file: why it could not be read"

 private:
  std::vector<std::string> files_;
  uint64_t limit_;
  std::optional<uint64_t> bytes_;  // of all files
  uint64_t bytes_before_ = 0;      // of those that have been read
  size_t at_ = 0;
  std::optional<RecordStream> stream_;
  std::shared_ptr<const Snapshot> snapshot_;
  size_t block_ = 0;  // the next one
  std::vector<std::string> problems_;
};

}  // namespace rubric::vm
