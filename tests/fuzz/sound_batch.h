// What must be true of a batch, wherever its columns come from.
#pragma once

#include "base/must.h"
#include "base/text.h"
#include "tests/record_model.h"

namespace rubric::vm {

inline void must_be_sound(const Batch& batch) {
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
      must(bit(rows.phantom, row) || row == rows.first[rows.up[row]] || !bit(rows.phantom, row - 1), "phantom rows come last");
      if (program.domains[d].make == Make::reference && !bit(rows.phantom, row)) {
        const Row named = rows.src[row];
        must(named < batch.domains[program.domains[d].from].rows &&
                 place_of_row(batch, d, row).case_row == place_of_row(batch, program.domains[d].from, named).case_row,
             "a reference names a row of its case");
      }
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

}  // namespace rubric::vm
