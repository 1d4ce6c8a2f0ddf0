// A run that is kept: the program and the cases that it decided, in one file, so that `rubric explain` can show any case of
// it later as it was decided then, whatever became of the policy since.
//
// Cases are kept as a snapshot keeps them (vm/snapshot.h): planes and cells of every field, a tenth of the records' size,
// and found by their ids. Decisions and traces are not kept beside them: they are what the program makes of these columns,
// in the same bytes each time.
//
//   magic (8), format version (4), length of the head (8), head: program (length 8, a .rbc), as-of date (length 8, text);
//   the head's SHA-256 (64, text), then a snapshot. Little-endian.
#pragma once

#include "cli/case_input.h"
#include "vm/program.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

namespace rubric::cli {

class KeptRunWriter {
 public:
  // The error says why the file cannot be written.
  static tl::expected<KeptRunWriter, std::string> create(const std::string& path, const vm::Program&, const std::string& as_of);

  void add(const Record&);
  // Empty if everything has been written. Without it the file says that it is cut short.
  std::string finish();

 private:
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
  KeptRunWriter(File file, const vm::Program&);

  File file;
  std::unique_ptr<vm::SnapshotWriter> cases;
  std::string wrong;
};

class KeptRun {
 public:
  static bool is_one(const std::string& path);
  // The error goes on after "cannot read FILE: ".
  static tl::expected<KeptRun, std::string> open(const std::string& path);

  vm::Program program;  // not verified
  std::string as_of;

  bool next(Record&);   // a block of the snapshot, its source the file

 private:
  std::string path;
  std::shared_ptr<const vm::Snapshot> cases;
  size_t block = 0;
};

}  // namespace rubric::cli
