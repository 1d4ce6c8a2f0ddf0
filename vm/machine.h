// Runs a verified program over a batch of cases. Total, pure, deterministic: the same program and records give
// the same registers at any batch size.
#pragma once

#include "vm/program.h"
#include "vm/record.h"
#include "vm/verify.h"

#include <memory>
#include <span>
#include <vector>

namespace rubric::vm {

// What a run leaves behind: every register of every row. Traces and settling read it.
struct Decisions {
  const VerifiedProgram* program = nullptr;
  std::shared_ptr<const Batch> batch;
  std::vector<DomainRows> domains;       // parallel to Program::domains; only `cross` ones are made here, see rows_of
  std::vector<Column> registers;         // parallel to Program::registers
  Pool pool;
  std::unique_ptr<Arena> arena;
  std::vector<uint64_t> limited;         // per case: 1 where the case's rows would exceed its limit; it has no outcome

  const DomainRows& rows_of(Id domain) const;
  Value value(Id reg, Row r) const { return get(registers[reg], r, pool); }
  Truth truth(Id reg, Row r) const { return registers[reg].truth(r); }
};

// A register's cell held at a value: how completions are tried (settle.h).
struct Pin { Id reg; Row row; Value value; };

// `pins` must be sorted by register; `only`, where given, says which instructions are wanted (one flag each).
Decisions run(const VerifiedProgram&, std::shared_ptr<const Batch>, std::span<const Pin> pins = {}, const std::vector<bool>* only = nullptr);

}  // namespace rubric::vm
