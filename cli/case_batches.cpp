// See case_batches.h.

#include "cli/case_batches.h"

#include <fmt/format.h>

#include <utility>

namespace rubric::cli {

CaseBatches::CaseBatches(const vm::Program& p, std::string day) : program(p), as_of(std::move(day)), loader(p, as_of) {}

void CaseBatches::add(const Record& record) {
  if (!why.empty()) return;
  if (record.snapshot) return add_block(record);
  if (record.refused) loader.add_rejected(record.source, *record.refused);
  else loader.add(record.json, record.source);
  bytes += record.json.size();
}

bool CaseBatches::is_full() const {
  return !ready.empty() || !why.empty() || loader.pending() >= records_per_unit || bytes >= bytes_per_unit;
}

std::vector<std::shared_ptr<const vm::Batch>> CaseBatches::take() {
  take_loaded();
  return std::exchange(ready, {});
}

void CaseBatches::take_loaded() {
  bytes = 0;
  if (loader.pending() > 0) ready.push_back(std::make_shared<const vm::Batch>(loader.take()));
}

void CaseBatches::add_block(const Record& record) {
  take_loaded();
  const auto fail = [&](const std::string& reason) { why = fmt::format("{}: {}", record.source, reason); };
  if (snapshot != record.snapshot) {
    auto created = vm::SnapshotReader::create(*record.snapshot, program, as_of);
    if (!created) return fail(created.error());
    reader = std::make_unique<vm::SnapshotReader>(std::move(*created));
    snapshot = record.snapshot;
  }
  auto batch = reader->read(record.block);
  if (!batch) return fail(batch.error());
  ready.push_back(std::move(*batch));
}

}  // namespace rubric::cli
