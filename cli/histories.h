// What the pages of cases are drawn from beside the decisions: the same records once more, read whole.
#pragma once

#include "cli/case_batches.h"
#include "vm/trace.h"

namespace rubric::cli {

class Histories {
 public:
  Histories(const vm::Program& program, const std::string& as_of);

  void add(const Record& record) { whole.add(record); }
  // Beside those that CaseBatches::take() gives for the same records, in the same order: a batch has the same cases, or
  // there is none where nothing could be read.
  std::vector<std::shared_ptr<const vm::Batch>> take() { return whole.take(); }

 private:
  const vm::Program everything;  // that the program reads, and all else of the record
  CaseBatches whole;
};

// A case's history to its trace; `beside` may be absent: then there is none.
void add_history(vm::Trace&, vm::Row, const vm::Batch* beside);
// A case's trace with all that pictures need.
vm::Trace drawn_trace(const vm::Decisions&, vm::Row, const vm::Batch* beside);

}  // namespace rubric::cli
