// CASES: what the arguments name, as records one after the other, in constant memory.
#pragma once

#include "cli/command.h"
#include "vm/record.h"
#include "vm/record_stream.h"
#include "vm/snapshot.h"

#include <tl/expected.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::cli {

struct Record {
  std::string_view json;               // good until the next record is taken
  std::string source;                  // "file:line"
  std::optional<std::string> refused;  // it could not even be cut out of its file, and why
  // Not one record but a block of a snapshot (case_batches.h); `source` is its file.
  std::shared_ptr<const vm::Snapshot> snapshot;
  size_t block = 0;
};

// Fills in the next record; false when there is none.
using NextRecord = std::function<bool(Record&)>;

// Whether a command can do with a snapshot's columns, or needs the records themselves.
enum class Snapshots : bool { refused, taken };

class CaseInput {
 public:
  // Says what cannot be read. Files are opened when their turn comes.
  static tl::expected<CaseInput, Exit> open(const std::vector<std::string>& arguments, Snapshots, Console&);

  bool next(Record&);
  const std::vector<std::string>& files() const { return inputs.files(); }

  std::optional<double> share_read() const { return inputs.share_read(); }

  // To be asked when there is no more: says which files could not be read to their end. Exit::expected or Exit::failed.
  Exit finish(Console&) const;

 private:
  explicit CaseInput(vm::RecordInputs inputs) : inputs(std::move(inputs)) {}
  vm::RecordInputs inputs;
};

}  // namespace rubric::cli
