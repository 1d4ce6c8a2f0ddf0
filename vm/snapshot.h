// Case records as columns in a file, the .rsnap: for whoever reads the same records again and again, without JSON.
//
// A snapshot belongs to a record model, not to a policy: it has every field of the model, and a reader takes the columns
// that its program reads. Records that say more than columns do are kept as their text, and are read by the loader as
// ever: those with messages, since each program has its own, and those with assertions, which speak of its criteria. So a
// program decides a snapshot as it decides the records. It is a cache: it says from which files it was made.
//
//   head       magic (8), format (4), length of its content (4), model digest, code systems that it knows, sources; checksum (8)
//   blocks     of at most 1,024 cases each: columns (snapshot_block.h), or texts; and what is attached to cases
//   directory  texts and codes of all blocks (snapshot_dictionary.h); for each block: offset, size, checksum (8 each), cases (4),
//              kind (1), least and greatest id
//   end        directory's offset, size and checksum (8 each), length of the file (8), magic (8)
//
// Little-endian; checksums are XXH3. A block is read whole into memory that stays in the processor's cache, checked there, and
// the program's columns are taken from it as they lie. Not mapped: a file that somebody cuts short or writes to while it is
// read gives a reason, where a mapping would end the program, or change what was checked; and it is as fast.
#pragma once

#include "vm/record.h"
#include "vm/snapshot_block.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::vm {

constexpr uint32_t snapshot_format = 3;

struct SnapshotSource {
  std::string name;
  uint64_t bytes = 0;  // 0: a pipe
};

class SnapshotWriter {
 public:
  // `write` takes the file's bytes in order. The model is that of the program.
  SnapshotWriter(const Program& model, const std::vector<SnapshotSource>&, std::function<void(std::string_view)> write);
  // Of records of any model, all of them kept as their text: a program of whichever model reads them.
  SnapshotWriter(const std::vector<SnapshotSource>&, std::function<void(std::string_view)> write);
  ~SnapshotWriter();
  SnapshotWriter(SnapshotWriter&&) noexcept;

  // As Loader.
  void add(std::string_view json, std::string source);
  void add_rejected(std::string source, std::string message);
  // A block of another snapshot, as it is. Empty, or why it cannot be taken.
  std::string add_block(const std::shared_ptr<const class Snapshot>&, size_t block);
  // What somebody keeps beside the next so many cases: of any meaning, with a checksum as the blocks have.
  void attach(std::string_view bytes, uint64_t cases);
  void finish();  // without it the file says that it is cut short

  uint64_t cases() const;
  uint64_t cases_as_text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// An open file; any number of threads may read from it.
class Snapshot {
 public:
  static bool is_one(const std::string& path);
  // Otherwise the reason: it goes on after "cannot read FILE: ".
  // `begin`: it stands in the file behind so many bytes of others, up to the end.
  static tl::expected<Snapshot, std::string> open(const std::string& path, uint64_t begin = 0);
  ~Snapshot();
  Snapshot(Snapshot&&) noexcept;

  const std::vector<SnapshotSource>& sources() const { return sources_; }
  const std::string& model() const { return model_; }  // digest; empty: of any
  // Empty, or why a program cannot read its columns: it is of another model, or of code systems that the program does not know.
  std::string problem_with(const Program&) const;
  uint64_t cases() const;
  size_t blocks() const { return directory_.size(); }
  uint64_t bytes_before(size_t block) const;
  uint32_t cases_in(size_t block) const { return directory_[block].cases; }
  // A block's bytes, for several readers. Empty, or why it cannot be read.
  std::string load(size_t block, SnapshotBlock&) const;
  // What was kept beside a case, by the case's number in the file: the number of it among all that was attached, and the
  // case's number beside it; nothing: nothing was.
  std::optional<std::pair<size_t, uint64_t>> attached_to(uint64_t number) const;
  std::string load_attached(size_t which, std::string& bytes) const;  // empty, or why it cannot be
  // Whether the block has to be read to find a case.
  bool may_hold(size_t block, std::string_view id) const;

 private:
  friend class SnapshotWriter;
  friend class SnapshotReader;
  enum class Kind : uint8_t { columns, texts, attached };
  struct Block {
    uint64_t offset = 0, size = 0, checksum = 0;
    uint32_t cases = 0;
    Kind kind = Kind::columns;
    std::string least, greatest;  // ids, of columns
  };
  Snapshot() = default;
  std::string problem_with(const Program&, const std::string& digest_of_its_model) const;
  bool warns_as(const Program&) const;
  std::string read(uint64_t offset, uint64_t size, std::string& bytes) const;  // empty, or why it cannot be

  int file_ = -1;
  uint64_t begin_ = 0, size_ = 0;
  std::string model_;
  std::vector<std::string> code_systems_;  // codes of others are kept as text, since programs warn of them
  std::vector<SnapshotSource> sources_;
  std::unique_ptr<const Dictionary> dictionary_;
  std::vector<Block> directory_;
  struct Attached {
    Block block;
    uint64_t first = 0;  // of the cases
  };
  std::vector<Attached> attached_;
};

// Blocks as a program's batches. One reader a thread; program and snapshot must stay.
class SnapshotReader {
 public:
  // The error: Snapshot::problem_with.
  static tl::expected<SnapshotReader, std::string> create(const Snapshot&, const Program&, const std::string& as_of);
  ~SnapshotReader();
  SnapshotReader(SnapshotReader&&) noexcept;

  // The storage of batches that nobody holds any more is taken for later ones.
  tl::expected<std::shared_ptr<const Batch>, std::string> read(size_t block);
  // A block that is loaded; or some cases of it, by their numbers, in order.
  tl::expected<std::shared_ptr<const Batch>, std::string> read(SnapshotBlock&);
  tl::expected<std::shared_ptr<const Batch>, std::string> read(SnapshotBlock&, std::span<const Row> cases);

 private:
  struct Impl;
  explicit SnapshotReader(std::unique_ptr<Impl>);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rubric::vm
