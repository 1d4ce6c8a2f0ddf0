// Units of quantities. The calendar's words have units of their own, since a month is not 30 days; other units are
// UCUM codes that this table knows. A unit's id is its row: append only, program files hold ids.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rubric::vm {

// What two units must share to be compared or added.
enum class Dimension : uint8_t {
  one,
  months,
  days,
  time,
  mass,
  volume,
  length,
  pressure,
  temperature,
  activity,
  area,
  fahrenheit,
  amount,
  international,
  mass_in_volume,
  amount_in_volume,
  rate,
  mass_on_area,
  speed,
  energy,
  power,
  activity_in_volume,
  international_in_volume,
  equivalents,
  equivalents_in_volume,
  flow,
  dose_rate,
  count_in_volume,
  osmolality,
  voltage,
  angle
};

struct Unit {
  std::string_view name;      // canonical: "month", "mg", "1"
  std::string_view plural;    // as a reader expects it after a number other than one
  Dimension dimension;
  int64_t numerator, denominator;  // of the dimension's base unit (months, days, s, g, L, m, Pa, U)
  bool calendar;
};

const Unit& unit(uint16_t id);
uint16_t unit_count();
std::optional<uint16_t> find_unit(std::string_view);  // singular, plural, or the UCUM code; "" is "1"

// A number that is written already, with its unit: for a reader ("1 week", "2 weeks", "3 mg"), and in the language ("3 'mg'").
std::string in_words(std::string_view number, const Unit&);
std::string in_source(std::string_view number, const Unit&);

}  // namespace rubric::vm
