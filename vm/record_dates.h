// What the dates of a batch's records come to once all of them are read: the day called today, and the date by which a
// line is decided.
#pragma once

#include "vm/record.h"
#include "vm/record_plan.h"

#include <functional>
#include <optional>
#include <string>

namespace rubric::vm {

// What is called today: an ISO date, or a moment of it, as in 2026-01-31T10:30:00+01:00, whose day is that of its own
// offset. Nothing: it is neither.
std::optional<Value> day_called_today(const std::string& as_of);

// The batch still has all of the plan's columns. Rejected cases have no dates.
void settle_dates(const RecordPlan&, const std::optional<Value>& today, Batch&);

// CaseInfo::as_of of each case, for a batch that still has all of the plan's columns and needs not stay.
std::function<std::string(Row)> days_called_today(const RecordPlan&, const std::optional<Value>& today, const Batch&);

}  // namespace rubric::vm
