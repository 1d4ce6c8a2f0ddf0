// See record_dates.h.

#include "vm/record_dates.h"

#include "vm/date.h"
#include "vm/moment.h"

namespace rubric::vm {

namespace {

Row case_of(const Batch& batch, Id domain, Row row) {
  for (; batch.program->domains[domain].make != Make::cases; domain = batch.program->domains[domain].parent)
    row = batch.domains[domain].up[row];
  return row;
}

// `dated` holds the documented dates; where there is none, a line goes by the day on which the case was received.
void settle_decided_dates(const RecordPlan& plan, Id column, Id dated, Batch& batch) {
  const Id domain = plan.program.columns[column].domain;
  const DomainRows& rows = batch.domains[domain];
  for (Row row = 0; row < rows.rows; ++row) {
    Value date = get(batch.columns[dated], row, batch.pool);
    const bool recorded = rows.phantom.empty() || !bit(rows.phantom, row);
    const bool absent = date.kind == Kind::none || (date.kind == Kind::unknown && date.cause == Cause::not_documented);
    if (absent && recorded && plan.received != none_id) date = get(batch.columns[plan.received], case_of(batch, domain, row), batch.pool);
    put(batch.columns[column], row, date, batch.pool);
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

void settle_dates(const RecordPlan& plan, const std::optional<Value>& today, Batch& batch) {
  const Program& program = plan.program;
  std::vector<Id> as_of;
  for (Id c = 0; c < program.columns.size(); ++c) {
    const ColumnDef& column = program.columns[c];
    if (column.kind == ColumnKind::as_of) as_of.push_back(c);
    if (column.kind != ColumnKind::decided_date || column.node >= plan.nodes.size()) continue;
    const Id dated = plan.nodes[column.node].fields[column.field].column;
    if (plan.columns[dated].type == column.type) settle_decided_dates(plan, c, dated, batch);
  }
  for (Row row = 0; row < batch.cases; ++row) {
    if (batch.info[row].rejected) continue;
    Value day = Value::unknown(Cause::not_documented);
    if (today) day = *today;
    else if (plan.decision_date != none_id) day = get(batch.columns[plan.decision_date], row, batch.pool);
    const Value now = moment_called_now(day);
    day = day_of(day);
    if (day.kind == Kind::value) batch.info[row].as_of = iso_date(unbox<Date>(day));
    for (const Id column : as_of) put(batch.columns[column], row, batch.columns[column].type == Type::date ? day : now, batch.pool);
  }
}

}  // namespace rubric::vm
