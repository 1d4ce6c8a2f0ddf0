// Steps of months agree with the C++ library's calendar, within the years that a table holds and beyond them.
#include "vm/date.h"

#include <gtest/gtest.h>

#include <chrono>

namespace rubric::vm {
namespace {

using std::chrono::days, std::chrono::months, std::chrono::sys_days, std::chrono::year_month_day;

year_month_day calendar(int32_t day) { return year_month_day{sys_days{days{day}}}; }

TEST(Dates, StepsOfMonthsAreTheCalendars) {
  for (int32_t day = days_of(1898, 11, 1); day <= days_of(2101, 3, 1); ++day) {
    const year_month_day from = calendar(day);
    for (const int n : {-1300, -12, -1, 0, 1, 3, 24, 700}) {
      const year_month_day moved = from + months{n};
      const sys_days clamped = moved.ok() ? sys_days{moved} : sys_days{moved.year() / moved.month() / std::chrono::last};
      ASSERT_EQ(add_months(day, n), clamped.time_since_epoch().count()) << iso_date({day, 3}) << " and " << n;
    }
    for (const int32_t later : {0, 27, 31, 59, 365, 366, 7000, 40000}) {
      const year_month_day to = calendar(day + later);
      const int32_t begun = (static_cast<int>(to.year()) - static_cast<int>(from.year())) * 12 +
                            static_cast<int32_t>(static_cast<unsigned>(to.month())) -
                            static_cast<int32_t>(static_cast<unsigned>(from.month()));
      const int32_t whole = begun - (to.day() < from.day() ? 1 : 0);
      ASSERT_EQ(months_between(day, day + later), whole) << iso_date({day, 3}) << " and " << later;
      ASSERT_EQ(months_between(day + later, day), -whole) << iso_date({day, 3}) << " and " << later;
    }
  }
}

}  // namespace
}  // namespace rubric::vm
