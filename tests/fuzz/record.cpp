// Whatever stands in a file of records, each is loaded or rejected with a reason, and every cell that comes of it is sound.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/must.h"
#include "base/text.h"
#include "tests/record_model.h"
#include "vm/record_schema.h"
#include "vm/record_stream.h"

namespace {

using namespace rubric::vm;
using rubric::must;

void look_at(const Batch& batch) {
  const Program& program = *batch.program;
  for (Id d = 0; d < program.domains.size(); ++d) {
    const DomainRows& rows = batch.domains[d];
    if (program.domains[d].make == Make::cases) continue;
    const DomainRows& parent = batch.domains[program.domains[d].parent];
    must(rows.first.size() == parent.rows + 1 && rows.first.back() == rows.rows, "each row has a list in each domain below");
    for (Row row = 0; row < rows.rows; ++row) {
      must(rows.up[row] < parent.rows && rows.first[rows.up[row]] <= row && row < rows.first[rows.up[row] + 1],
           "a row lies within its parent's");
      must(bit(rows.phantom, row) == (rows.number(row) == no_row), "phantom rows have no number");
      const Place place = place_of_row(batch, d, row);
      must(!batch.info[place.case_row].rejected, "a rejected case has no rows");
    }
  }
  for (Id c = 0; c < program.columns.size(); ++c) {
    must(batch.columns[c].rows == batch.domains[program.columns[c].domain].rows, "a column has a cell for each row");
    for (Row row = 0; row < batch.columns[c].rows; ++row) {
      const std::string text = show_cell(batch, c, row);
      must(rubric::is_valid_utf8(text), "texts are UTF-8");
    }
  }
  for (size_t row = 0; row < batch.info.size(); ++row) {
    const CaseInfo& info = batch.info[row];
    bool error = false;
    for (const RecordMessage& message : info.messages) {
      error |= message.error;
      must(rubric::printable(message.message) == message.message, "messages are fit for a terminal");
    }
    must(error == info.rejected, "a case is rejected for a reason");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Program program = clinical_program();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr LoadLimits limits{.cells_per_case = 4096};
  constexpr size_t few_bytes = 512;   // of a record, so that records are also refused for their length

  static Loader loader(program, "2026-01-01", limits);
  static RecordChecker checker(program, limits);
  RecordStream stream(text, size % 2 ? RecordStream::Lines::perhaps : RecordStream::Lines::always,
                      size % 4 < 2 ? limits.bytes_per_record : few_bytes);
  RecordSlice slice;
  while (stream.next(slice)) {
    if (slice.refused) {
      loader.add_rejected("fuzz", *slice.refused);
      continue;
    }
    loader.add(slice.json, "fuzz");
    checker.check(slice.json, "fuzz");
    if (loader.pending() == 8) look_at(loader.take());
  }
  look_at(loader.take());

  // Streams rarely put a record together by chance; as one it gets further.
  loader.add(text, "fuzz");
  look_at(loader.take());
  return 0;
}
