// Runs a verified program over a batch of cases. Total, pure, deterministic: the same program and records give
// the same registers at any batch size.
#pragma once

#include "vm/program.h"
#include "vm/record.h"
#include "vm/segments.h"
#include "vm/verify.h"
#include "vm/windows.h"

#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace rubric::vm {

// What a run leaves behind: every register of every row. Traces and settling read it, one thread at a time.
struct Decisions {
  const VerifiedProgram* program = nullptr;
  std::shared_ptr<const Batch> batch;
  // Parallel to Program::domains, but only what is made while running stands here; see rows_of. Crosses that no
  // instruction needs are made when they are first asked for.
  mutable std::vector<DomainRows> domains;
  mutable std::vector<bool> late_domains;
  // Parallel to Program::registers: a column of the batch, or of this run. nullptr: nothing that the run computed reads
  // it (prepared.h, Plan); it is made when a trace first asks for it.
  mutable std::vector<const Column*> registers;
  mutable std::vector<Column> own;
  mutable std::map<std::pair<Id, Id>, std::vector<Row>> ancestors;  // of a domain's rows on another one, where levels lie between
  mutable std::vector<Segments> segments;  // parallel to Program::domains, made when first asked for
  mutable WindowScratch scratch;
  mutable Pool pool;
  std::unique_ptr<Arena> arena;
  mutable std::map<Id, std::vector<uint32_t>> decided;  // per block, of each combination of its rules' states the outcomes, or 0
  mutable std::vector<uint64_t> limited; // per case: 1 where the case's rows would exceed its limit; it has no outcome

  const DomainRows& rows_of(Id domain) const;
  const Segments& segments_of(Id domain) const;
  const Column& column(Id reg) const { return registers[reg] ? *registers[reg] : made_late(reg); }
  Row ancestor(Id domain, Row, Id target) const;             // of a row, on another domain of its parent chain
  std::vector<Row> case_starts(Id domain) const;             // first row of each case; one more entry than there are cases
  Value value(Id reg, Row r) const { return get(column(reg), r, pool); }
  Truth truth(Id reg, Row r) const { return column(reg).truth(r); }

 private:
  const Column& made_late(Id reg) const;
};

// A register's cell held at a value: how completions are tried (settle.h).
struct Pin {
  Id reg;
  Row row;
  Value value;
};

// `pins` must be sorted by register; `only`, where given, says which instructions are wanted (one flag each). `used`:
// an earlier run that nobody reads any more, whose storage is taken; with it a run allocates next to nothing.
Decisions run(const VerifiedProgram&, std::shared_ptr<const Batch> batch, std::span<const Pin> pins = {},
              const std::vector<bool>* only = nullptr, Decisions used = {});

}  // namespace rubric::vm
