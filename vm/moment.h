// Dates, date-times and times as one thing: a point of the calendar or of the day, known down to a component.
//
// A component is counted 1 year, 2 month, 3 day, 4 hour, 5 minute, 6 second, 7 millisecond. Comparison goes component by
// component, and what one side does not have leaves it undecided; arithmetic follows CQL: months clamp, finer amounts are
// converted to the finest component that is there.
#pragma once

#include "vm/value.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace rubric::vm {

constexpr int64_t day_ms = 86'400'000;

struct Moment {
  Type type = Type::date;    // date, date_time or time
  int64_t ms = 0;            // of the local clock: since 1970-01-01, or since midnight (time)
  uint8_t precision = 3;     // the finest component
  bool zoned = false;        // an offset was given; otherwise the evaluation's own
  int32_t offset = 0;        // minutes east of UTC
};

bool is_moment(Type);
Moment moment(const Value&);
Value box(const Moment&);

using Fields = std::array<int32_t, 7>;   // year, month, day, hour, minute, second, millisecond
Fields fields(const Moment&);
// A moment of the type with the components up to `precision`; nothing where there is no such day or hour.
std::optional<Moment> moment_of(Type, const Fields&, uint8_t precision);

// "2026-01-31T10:00:00.000+02:00", "2026-01", "10:30": what stands behind the @ or @T of a literal.
std::optional<Moment> parse_moment(Type, std::string_view);
std::string text_of(const Moment&);

Moment as_date_time(Moment);
int first_component(Type);
int last_component(Type);

// The order of two moments, read to the component `precision` (0: all that is there); nothing where it is undecided.
std::optional<int> compare(Moment, Moment, int precision);
Moment first_of(Moment), last_of(Moment);   // the ends of what a partial moment covers, to the millisecond
std::optional<Moment> shift(Moment, const Quantity&);   // nothing where it leaves the calendar
std::optional<Moment> step(const Moment&, bool next);   // the next or previous moment of the same precision

struct Whole {
  int64_t low, high;
};
Whole duration(Moment a, Moment b, std::string_view unit);     // whole periods elapsed; a range where a component is missing
Whole difference(Moment a, Moment b, std::string_view unit);   // boundaries crossed

}  // namespace rubric::vm
