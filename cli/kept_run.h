// A run that is kept: the program and the records that it decided, in one file, so that `rubric explain` can show any
// case of it later as it was decided then, whatever became of the policy since.
//
// Decisions are not kept: the same program and the same record give the same bytes.
//
//   magic (8), format version (4), program (length 8, a .rbc), as-of date (length 4, text), then for each record
//   kind (1: 1 a record, 2 refused), source (length 4, text), record or reason (length 8, text); at the end kind 0 and
//   the number of records (8). Little-endian.
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
  explicit KeptRunWriter(File file) : file(std::move(file)) {}

  File file;
  uint64_t count = 0;
};

class KeptRun {
 public:
  static bool is_one(const std::string& path);
  // The error goes on after "cannot read FILE: ".
  static tl::expected<KeptRun, std::string> open(const std::string& path);

  vm::Program program;  // not verified
  std::string as_of;

  bool next(Record&);
  const std::string& problem() const { return wrong; }  // why there is no more, if not because it is the end

 private:
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
  KeptRun(File file, uint64_t size) : file(std::move(file)), left(size) {}

  bool number(uint64_t& value, size_t bytes);
  bool text(std::string& value, size_t length_bytes);

  File file;
  uint64_t left;  // bytes that the file still has: no length may be larger
  uint64_t count = 0;
  std::string json, wrong;
};

}  // namespace rubric::cli
