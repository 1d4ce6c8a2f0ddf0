// Filling a batch. See record_batch.h.

#include "vm/record_batch.h"

#include "base/must.h"
#include "vm/record_dates.h"

#include <algorithm>
#include <cstring>

namespace rubric::vm {

namespace {

constexpr auto undocumented = static_cast<int32_t>(Cause::not_documented);

}  // namespace

RecordBatch::RecordBatch(const RecordPlan& plan, uint64_t cells_per_case)
    : plan_(plan), cells_per_case_(cells_per_case), interned_(plan.program) {
  expected_.assign(plan.program.domains.size(), 0);
  start({});
}

void RecordBatch::start(Batch used) {
  const Program& program = plan_.program;
  batch_ = Batch{};
  if (used.program == &program) {
    batch_.domains = std::move(used.domains);
    batch_.columns = std::move(used.columns);
    for (DomainRows& rows : batch_.domains) {
      rows.rows = 0;
      for (std::vector<Row>* each : {&rows.first, &rows.up, &rows.src}) each->clear();
      rows.phantom.clear();
      rows.wrapped.clear();
    }
    for (Column& column : batch_.columns) column.any_odd = false;   // its cells are written over
  }
  batch_.program = &program;
  batch_.domains.resize(program.domains.size());
  batch_.columns.resize(plan_.columns.size());
  cells_.assign(plan_.columns.size(), {});
  capacity_.assign(program.domains.size(), 0);
  batch_.info.reserve(expected_cases_);
  for (Id c = 0; c < plan_.columns.size(); ++c) batch_.columns[c].type = plan_.columns[c].type;
  for (Id d = 0; d < program.domains.size(); ++d) {
    grow(d, std::max(expected_[d], least_capacity));
    const DomainDef& def = program.domains[d];
    if (!made_while_running(def.make) && def.parent < expected_.size()) batch_.domains[d].first.reserve(expected_[def.parent] + 1);
  }
}

void RecordBatch::grow(Id domain, uint32_t capacity) {
  capacity_[domain] = capacity;
  DomainRows& rows = batch_.domains[domain];
  const bool has_rows = rows.rows > 0;       // without any, columns that are used again hold what another batch has left
  const Make make = plan_.program.domains[domain].make;
  if (make == Make::rows || make == Make::reference) {
    rows.up.resize(capacity);
    rows.phantom.resize(words(capacity));
    if (make == Make::reference) rows.src.resize(capacity, no_row);
  }
  for (const Id id : plan_.columns_on[domain]) {
    Column& column = batch_.columns[id];
    if (has_rows) {
      column.p.resize(words(capacity));
      column.q.resize(words(capacity));
    } else {
      column.p.assign(words(capacity), 0);
      column.q.assign(words(capacity), 0);
      column.cell4.clear();
      column.cell8.clear();
    }
    if (column.type == Type::truth) {
    } else if (wide_cell(column.type)) {
      column.cell8.resize(capacity, undocumented);
    } else {
      // A copy: filling them one by one would be a good part of what a record costs.
      if (unset_.size() < capacity) unset_.resize(capacity, undocumented);
      column.cell4.insert(column.cell4.end(), unset_.begin() + static_cast<ptrdiff_t>(column.cell4.size()),
                          unset_.begin() + static_cast<ptrdiff_t>(capacity));
    }
    cells_[id] = {column.p.data(), column.q.data(), column.cell4.data()};
  }
}

Row RecordBatch::begin_case() {
  const size_t domains = batch_.domains.size();
  case_start_.rows.resize(domains);
  case_start_.lists.resize(domains);
  for (size_t d = 0; d < domains; ++d) {
    case_start_.rows[d] = batch_.domains[d].rows;
    case_start_.lists[d] = static_cast<uint32_t>(batch_.domains[d].first.size());
  }
  case_start_.texts = batch_.texts.size();
  case_start_.codes = batch_.codes.size();
  case_start_.pool = batch_.pool.size();
  charged_ = 0;
  over_limit_ = false;
  batch_.info.emplace_back();
  const Row row = batch_.cases++;
  for (Id d = 0; d < domains; ++d) {
    if (plan_.program.domains[d].make != Make::cases) continue;
    if (row == capacity_[d]) grow(d, std::max(least_capacity, row * 2));
    batch_.domains[d].rows = row + 1;
  }
  return row;
}

void RecordBatch::keep_case() { info().cells = charged_; }

void RecordBatch::restart_case() {
  take_back();
  charged_ = 0;
  over_limit_ = false;
}

// Everything but the case's row of the cases.
void RecordBatch::take_back() {
  const Program& program = plan_.program;
  for (Id d = 0; d < batch_.domains.size(); ++d) {
    DomainRows& rows = batch_.domains[d];
    const Row from = case_start_.rows[d], to = rows.rows;
    for (const Id column : plan_.columns_on[d]) clear_cells(column, from, to);
    if (program.domains[d].make == Make::cases) continue;
    for (Row r = from; r < to; ++r) set_bit(rows.phantom, r, false);
    if (program.domains[d].make == Make::reference) std::fill(rows.src.begin() + from, rows.src.begin() + to, no_row);
    rows.wrapped.resize(words(case_start_.lists[d]));
    for (uint32_t list = case_start_.lists[d]; list < rows.first.size() && list / 64 < rows.wrapped.size(); ++list) {
      set_bit(rows.wrapped, list, false);
    }
    rows.rows = from;
    rows.first.resize(case_start_.lists[d]);
  }
  forget_interned(case_start_.texts, case_start_.codes);
  batch_.texts.resize(case_start_.texts);
  batch_.codes.resize(case_start_.codes);
  batch_.pool.resize(case_start_.pool);
}

void RecordBatch::drop_case() {
  take_back();
  // The case's row has lists as every other, with nothing in them.
  const Program& program = plan_.program;
  for (Id d = 0; d < batch_.domains.size(); ++d) {
    const DomainDef& def = program.domains[d];
    if ((def.make == Make::rows || def.make == Make::reference) && def.parent < batch_.domains.size() &&
        program.domains[def.parent].make == Make::cases) {
      begin_list(d, false);
    }
  }
}

void RecordBatch::forget_interned(size_t texts, size_t codes) {
  ++generation_;
  interned_.forget(texts, codes);
}

void RecordBatch::clear_cells(Id id, Row from, Row to) {
  Column& column = batch_.columns[id];
  for (Row r = from; r < to; ++r) {
    set_bit(column.p, r, false);
    set_bit(column.q, r, false);
  }
  if (!column.cell4.empty()) std::fill(column.cell4.begin() + from, column.cell4.begin() + to, undocumented);
  if (!column.cell8.empty()) std::fill(column.cell8.begin() + from, column.cell8.begin() + to, undocumented);
}

void RecordBatch::set_cause(Id domain, Row row, Cause cause) {
  for (const Id id : plan_.columns_on[domain]) {
    Column& column = batch_.columns[id];
    if (column.type == Type::truth || bit(column.p, row) || bit(column.q, row)) continue;
    if (wide_cell(column.type)) column.cell8[row] = static_cast<int64_t>(cause);
    else column.cell4[row] = static_cast<int32_t>(cause);
  }
}

Batch RecordBatch::take(const std::optional<Value>& today, Batch used) {
  expected_cases_ = batch_.cases;
  const Program& program = plan_.program;
  for (Id d = 0; d < batch_.domains.size(); ++d) {
    DomainRows& rows = batch_.domains[d];
    expected_[d] = rows.rows + rows.rows / 8;
    const Make make = program.domains[d].make;
    if (make == Make::rows || make == Make::reference) {
      const Id parent = program.domains[d].parent;
      must(rows.first.size() == batch_.domains[parent].rows, "each row has each of its lists once");
      rows.first.push_back(rows.rows);
      rows.up.resize(rows.rows);
      rows.phantom.resize(words(rows.rows));
      if (make == Make::reference) rows.src.resize(rows.rows);
    }
    for (const Id id : plan_.columns_on[d]) {
      Column& column = batch_.columns[id];
      column.rows = rows.rows;
      column.p.resize(words(rows.rows));
      column.q.resize(words(rows.rows));
      if (column.type == Type::truth) continue;
      if (wide_cell(column.type)) column.cell8.resize(rows.rows);
      else column.cell4.resize(rows.rows);
    }
  }
  settle_dates(plan_, today, batch_);
  batch_.columns.resize(program.columns.size());  // the loader's own stay behind
  forget_interned(0, 0);
  Batch done = std::move(batch_);
  start(std::move(used));
  return done;
}

}  // namespace rubric::vm
