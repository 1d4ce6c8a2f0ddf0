// See histories.h.

#include "cli/histories.h"

#include "vm/history.h"
#include "vm/whole_record.h"

namespace rubric::cli {

Histories::Histories(const vm::Program& program, const std::string& as_of)
    : everything(vm::reading_everything(program)), whole(everything, as_of) {}

void add_history(vm::Trace& trace, vm::Row row, const vm::Batch* beside) {
  if (beside && !trace.rejected && row < beside->cases) trace.history = vm::history(*beside, row);
}

vm::Trace drawn_trace(const vm::Decisions& decisions, vm::Row row, const vm::Batch* beside) {
  vm::Trace trace = vm::trace(decisions, row, true, vm::Pictures::wanted);
  add_history(trace, row, beside);
  return trace;
}

}  // namespace rubric::cli
