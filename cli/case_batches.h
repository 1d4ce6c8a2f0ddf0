// Records, and blocks of snapshots, as the batches of a program that decides them. One thread's.
#pragma once

#include "cli/case_input.h"
#include "vm/snapshot.h"

#include <memory>
#include <string>
#include <vector>

namespace rubric::cli {

class CaseBatches {
 public:
  CaseBatches(const vm::Program&, std::string as_of);

  void add(const Record&);
  bool is_full() const;
  bool is_empty() const { return ready.empty() && loader.pending() == 0; }
  std::vector<std::shared_ptr<const vm::Batch>> take();  // in order

  // Why a snapshot cannot be read, with its name: what was added from there on is not in the batches.
  const std::string& problem() const { return why; }

 private:
  void take_loaded();
  void add_block(const Record&);

  const vm::Program& program;
  std::string as_of;
  vm::Loader loader;
  size_t bytes = 0;  // of the records that are loaded
  std::vector<std::shared_ptr<const vm::Batch>> ready;
  std::shared_ptr<const vm::Snapshot> snapshot;  // the reader's
  std::unique_ptr<vm::SnapshotReader> reader;
  std::string why;
};

// As much as a unit of work has: the batch that the machine runs best. Records may be large, and few are then as good.
constexpr uint32_t records_per_unit = 1024;
constexpr size_t bytes_per_unit = 1 << 20;

}  // namespace rubric::cli
