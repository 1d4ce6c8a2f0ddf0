// A run that is kept: the programs, the cases that they decided, and what they decided, in one file, so that `rubric explain`
// can show any case of it later as it was decided then, whatever became of the policies since.
//
// Cases are kept as a snapshot keeps them (vm/snapshot.h), a fraction of the records' size, and found by their ids; beside them
// lie the planes of every criterion, rule and block, and the outcomes (vm/kept_decisions.h). A trace is read from these planes
// and the values in the case's columns.
//
//   magic (8), format version (4), length of the head (8), head: as-of date, number of programs (8), each a .rbc, texts with
//   their length before them (8); the head's SHA-256 (64, text), then a snapshot. Little-endian.
//   To each unit of cases is attached: parts (4); of each its policy (4), which of the unit's cases it is about (4, 4 each),
//   and their decisions (4, bytes).
#pragma once

#include "cli/case_input.h"
#include "cli/decide_cases.h"
#include "vm/verify.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rubric::cli {

class KeptRunWriter {
 public:
  // The error says why the file cannot be written. Of programs whose record models differ, or that know no code system in common, the
  // cases are kept as the records' text.
  static tl::expected<KeptRunWriter, std::string> create(const std::string& path, std::span<const vm::VerifiedProgram>,
                                                         const std::string& as_of);

  void add(const Record&);
  void add(const Decided&);  // of the records, in their order
  // Empty if everything has been written. Without it the file says that it is cut short.
  std::string finish();

 private:
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
  KeptRunWriter(File file, const std::optional<vm::Program>& model);

  File file;
  std::unique_ptr<vm::SnapshotWriter> cases;
  std::string wrong;
};

class KeptRun {
 public:
  static bool is_one(const std::string& path);
  // The error goes on after "cannot read FILE: ".
  static tl::expected<KeptRun, std::string> open(const std::string& path);

  std::vector<vm::Program> programs;  // not verified
  std::string as_of;
  std::shared_ptr<const vm::Snapshot> cases;

  // What was decided of a case, by its number in the run.
  struct Kept {
    size_t policy;     // of `programs`
    uint32_t cases;    // of which the decisions are
    uint32_t number;   // of this one among them
    std::string decisions;
  };
  // In the order of the policies; the error goes on after "cannot read FILE: ".
  tl::expected<std::vector<Kept>, std::string> decided(uint64_t number) const;
};

}  // namespace rubric::cli
