// Calendar arithmetic on days since 1970-01-01 (proleptic Gregorian), as CQL means it: adding months clamps to the
// last day of the month, durations count whole periods elapsed. std::chrono's months do not clamp.
#pragma once

#include "vm/value.h"

#include <optional>
#include <string>
#include <string_view>

namespace rubric::vm {

struct Civil {
  int32_t year;
  int32_t month, day;
};  // month 1..12, day 1..31

constexpr int32_t min_year = 1, max_year = 9999;     // CQL's range of dates

int32_t days_of(int32_t year, int32_t month, int32_t day);  // the date must exist
Civil civil(int32_t days);
int32_t days_in_month(int32_t year, int32_t month);
constexpr int32_t first_day = -719162, last_day_of_all = 2932896;  // of min_year, of max_year
constexpr bool in_calendar(int64_t days) { return days >= first_day && days <= last_day_of_all; }

std::optional<int32_t> add_months(int32_t days, int64_t months);  // none outside the calendar
inline std::optional<int32_t> add_days(int32_t days, int64_t n) {
  if (n > 4'000'000 || n < -4'000'000 || !in_calendar(days + n)) return std::nullopt;
  return static_cast<int32_t>(days + n);
}
int32_t months_between(int32_t from, int32_t to);    // whole months elapsed, negative if `to` is earlier
int32_t years_between(int32_t from, int32_t to);

// The same over up to 64 plain cells, of one side perhaps a single one for all. The rows that were computed, one bit each;
// the others are not within the years of nearly all records, or have no result.
struct DayCells {
  const int32_t* cells;
  bool single;
};
uint64_t add_months_in_word(DayCells days, DayCells months, uint32_t rows, int32_t* out);
uint64_t add_days_in_word(DayCells days, DayCells n, uint32_t rows, int32_t* out);
uint64_t months_between_in_word(DayCells from, DayCells to, uint32_t rows, int32_t* out);

// "2025-03-01", "2025-03", "2025" -> a Date of that precision; nothing if it is no such text or no day of the calendar.
std::optional<Date> parse_iso_date(std::string_view);
std::string iso_date(Date);
int32_t last_day(Date);                              // the last day that a partial date covers

}  // namespace rubric::vm
