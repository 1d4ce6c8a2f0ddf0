// See record_dates.h.

#include "vm/record_dates.h"

#include "vm/date.h"
#include "vm/moment.h"

#include <algorithm>
#include <map>

namespace rubric::vm {

namespace {

Row case_of(const Batch& batch, Id domain, Row row) {
  for (; batch.program->domains[domain].make != Make::cases; domain = batch.program->domains[domain].parent)
    row = batch.domains[domain].up[row];
  return row;
}

// Lines whose model has no date of their own.
void settle_received_dates(const RecordPlan& plan, Id column, Batch& batch) {
  const Id domain = plan.program.columns[column].domain;
  const DomainRows& rows = batch.domains[domain];
  for (Row row = 0; row < rows.rows; ++row) {
    const bool recorded = rows.phantom.empty() || !bit(rows.phantom, row);
    Value date = Value::unknown(Cause::not_documented);
    if (recorded && plan.received != none_id) date = get(batch.columns[plan.received], case_of(batch, domain, row), batch.pool);
    put(batch.columns[column], row, date, batch.pool);
  }
}

// `dated` holds the documented dates; where there is none, a line goes by the day on which the case was received.
void settle_decided_dates(const RecordPlan& plan, Id column, Id dated, Batch& batch) {
  const Id domain = plan.program.columns[column].domain;
  const DomainRows& rows = batch.domains[domain];
  const Column& from = batch.columns[dated];
  Column& to = batch.columns[column];
  for (Row row = 0; row < rows.rows; ++row) {
    if (row % 64 == 0 && row + 64 <= rows.rows && from.type == Type::date && from.p[row / 64] == ~uint64_t{0} && from.q[row / 64] == 0) {
      // All of them are days: most often they are.
      to.p[row / 64] = ~uint64_t{0};
      std::copy_n(from.cell4.begin() + row, 64, to.cell4.begin() + row);
      row += 63;
      continue;
    }
    if (from.type == Type::date && bit(from.p, row) && !bit(from.q, row)) {
      set_bit(to.p, row, true);
      to.cell4[row] = from.cell4[row];
      continue;
    }
    Value date = get(from, row, batch.pool);
    const bool recorded = rows.phantom.empty() || !bit(rows.phantom, row);
    const bool absent = date.kind == Kind::none || (date.kind == Kind::unknown && date.cause == Cause::not_documented);
    if (absent && recorded && plan.received != none_id) date = get(batch.columns[plan.received], case_of(batch, domain, row), batch.pool);
    put(to, row, date, batch.pool);
  }
}

}  // namespace

std::optional<Value> day_called_today(const std::string& as_of) {
  if (const auto date = parse_iso_date(as_of)) return date->precision == 3 ? std::optional(box(*date)) : std::nullopt;
  const auto given = parse_moment(Type::date_time, as_of);
  return given && given->precision >= 4 ? std::optional(box(first_of(*given))) : std::nullopt;
}

namespace {

// The day of a moment by its own clock, and the first moment of a day.
Value day_of(const Value& today) {
  if (today.kind != Kind::value || today.type == Type::date) return today;
  Moment day = moment(today);
  day.type = Type::date;
  day.precision = 3;
  day.zoned = false;
  return box(day);
}
Value moment_called_now(const Value& today) {
  if (today.kind == Kind::open) return Value::unknown(today.cause);
  if (today.kind != Kind::value || today.type == Type::date_time) return today;
  return box(first_of(as_date_time(moment(today))));
}

}  // namespace

namespace {

// A value on every row of a column in which nothing is known.
void put_on_all(Column& c, const Value& v, Pool& pool) {
  if (c.rows == 0) return;
  put(c, 0, v, pool);
  for (Plane* plane : {&c.p, &c.q}) {
    if (!bit(*plane, 0)) continue;
    std::fill(plane->begin(), plane->end(), ~uint64_t{0});
    plane->back() &= tail_mask(c.rows);
  }
  if (!c.cell4.empty()) std::fill(c.cell4.begin(), c.cell4.end(), c.cell4[0]);
  if (!c.cell8.empty()) std::fill(c.cell8.begin(), c.cell8.end(), c.cell8[0]);
}

std::string words_of(const Value& today) {
  const Value day = day_of(today);
  return day.kind == Kind::value ? iso_date(unbox<Date>(day)) : "";
}

}  // namespace

void settle_dates(const RecordPlan& plan, const std::optional<Value>& today, Batch& batch) {
  const Program& program = plan.program;
  std::vector<Id> as_of;
  for (Id c = 0; c < program.columns.size(); ++c) {
    const ColumnDef& column = program.columns[c];
    if (column.kind == ColumnKind::as_of) as_of.push_back(c);
    if (column.kind != ColumnKind::decided_date || column.node >= plan.nodes.size()) continue;
    if (column.field == none_id) {
      settle_received_dates(plan, c, batch);
      continue;
    }
    const Id dated = plan.nodes[column.node].fields[column.field].column;
    if (plan.columns[dated].type == column.type) settle_decided_dates(plan, c, dated, batch);
  }
  bool any_rejected = false;
  const bool told = !batch.info.is_made_when_asked();   // the day, to each case: else whoever makes it does
  for (Row row = 0; told && row < batch.cases; ++row) any_rejected |= batch.info.is_rejected(row);
  const auto for_column = [&](Id column, const Value& day) {
    return batch.columns[column].type == Type::date ? day_of(day) : moment_called_now(day);
  };
  if (today && !any_rejected) {
    for (const Id column : as_of) put_on_all(batch.columns[column], for_column(column, *today), batch.pool);
    as_of.clear();
  }
  if (as_of.empty() && !told) return;
  const std::string words = today ? words_of(*today) : "";
  for (Row row = 0; row < batch.cases; ++row) {
    if (batch.info.is_rejected(row)) continue;
    Value day = Value::unknown(Cause::not_documented);
    if (today) day = *today;
    else if (plan.decision_date != none_id) day = get(batch.columns[plan.decision_date], row, batch.pool);
    if (told) batch.info[row].as_of = today ? words : words_of(day);
    for (const Id column : as_of) put(batch.columns[column], row, for_column(column, day), batch.pool);
  }
}

std::function<std::string(Row)> days_called_today(const RecordPlan& plan, const std::optional<Value>& today, const Batch& batch) {
  if (today) return [words = words_of(*today)](Row) { return words; };
  if (plan.decision_date == none_id) return [](Row) { return std::string(); };
  const Column& days = batch.columns[plan.decision_date];
  std::map<Row, std::string> odd;
  for (Row row = 0; row < days.rows && days.any_odd; ++row) {
    if (bit(days.q, row)) odd[row] = words_of(get(days, row, batch.pool));
  }
  return [days, odd = std::move(odd)](Row row) {
    const auto at = odd.find(row);
    return at != odd.end() ? at->second : words_of(get(days, row, {}));
  };
}

}  // namespace rubric::vm
