// The table of units.
#include "vm/units.h"

#include <fmt/format.h>

#include <iterator>

namespace rubric::vm {
namespace {

constexpr Unit table[] = {
    {"1", "1", Dimension::one, 1, 1, false},
    {"year", "years", Dimension::months, 12, 1, true},
    {"month", "months", Dimension::months, 1, 1, true},
    {"week", "weeks", Dimension::days, 7, 1, true},
    {"day", "days", Dimension::days, 1, 1, true},
    {"hour", "hours", Dimension::time, 3600, 1, true},
    {"minute", "minutes", Dimension::time, 60, 1, true},
    {"second", "seconds", Dimension::time, 1, 1, true},
    {"millisecond", "milliseconds", Dimension::time, 1, 1000, true},
    {"%", "%", Dimension::one, 1, 100, false},
    {"wk", "wk", Dimension::days, 7, 1, false},
    {"d", "d", Dimension::days, 1, 1, false},
    {"h", "h", Dimension::time, 3600, 1, false},
    {"min", "min", Dimension::time, 60, 1, false},
    {"s", "s", Dimension::time, 1, 1, false},
    {"ms", "ms", Dimension::time, 1, 1000, false},
    {"kg", "kg", Dimension::mass, 1000, 1, false},
    {"g", "g", Dimension::mass, 1, 1, false},
    {"mg", "mg", Dimension::mass, 1, 1000, false},
    {"ug", "ug", Dimension::mass, 1, 1000000, false},
    {"L", "L", Dimension::volume, 1, 1, false},
    {"dL", "dL", Dimension::volume, 1, 10, false},
    {"mL", "mL", Dimension::volume, 1, 1000, false},
    {"km", "km", Dimension::length, 1000, 1, false},
    {"m", "m", Dimension::length, 1, 1, false},
    {"cm", "cm", Dimension::length, 1, 100, false},
    {"mm", "mm", Dimension::length, 1, 1000, false},
    {"kPa", "kPa", Dimension::pressure, 1000, 1, false},
    {"mm[Hg]", "mm[Hg]", Dimension::pressure, 133322387415, 1000000000, false},
    {"Cel", "Cel", Dimension::temperature, 1, 1, false},
    {"U", "U", Dimension::activity, 1, 1, false},
    {"kU", "kU", Dimension::activity, 1000, 1, false},
    {"a", "a", Dimension::time, 31557600, 1, false},
    {"mo", "mo", Dimension::time, 2629800, 1, false},
    {"us", "us", Dimension::time, 1, 1000000, false},
    {"ng", "ng", Dimension::mass, 1, 1000000000, false},
    {"pg", "pg", Dimension::mass, 1, 1000000000000, false},
    {"t", "t", Dimension::mass, 1000000, 1, false},
    {"[lb_av]", "[lb_av]", Dimension::mass, 45359237, 100000, false},
    {"[oz_av]", "[oz_av]", Dimension::mass, 28349523125, 1000000000, false},
    {"uL", "uL", Dimension::volume, 1, 1000000, false},
    {"l", "l", Dimension::volume, 1, 1, false},
    {"dl", "dl", Dimension::volume, 1, 10, false},
    {"ml", "ml", Dimension::volume, 1, 1000, false},
    {"cm3", "cm3", Dimension::volume, 1, 1000, false},
    {"m3", "m3", Dimension::volume, 1000, 1, false},
    {"mm3", "mm3", Dimension::volume, 1, 1000000, false},
    {"um", "um", Dimension::length, 1, 1000000, false},
    {"nm", "nm", Dimension::length, 1, 1000000000, false},
    {"[in_i]", "[in_i]", Dimension::length, 254, 10000, false},
    {"[ft_i]", "[ft_i]", Dimension::length, 3048, 10000, false},
    {"m2", "m2", Dimension::area, 1, 1, false},
    {"cm2", "cm2", Dimension::area, 1, 10000, false},
    {"mm2", "mm2", Dimension::area, 1, 1000000, false},
    {"Pa", "Pa", Dimension::pressure, 1, 1000, false},
    {"[degF]", "[degF]", Dimension::fahrenheit, 1, 1, false},
    {"mol", "mol", Dimension::amount, 1, 1, false},
    {"mmol", "mmol", Dimension::amount, 1, 1000, false},
    {"umol", "umol", Dimension::amount, 1, 1000000, false},
    {"nmol", "nmol", Dimension::amount, 1, 1000000000, false},
    {"mU", "mU", Dimension::activity, 1, 1000, false},
    {"[iU]", "[iU]", Dimension::international, 1, 1, false},
    {"k[iU]", "k[iU]", Dimension::international, 1000, 1, false},
    {"g/L", "g/L", Dimension::mass_in_volume, 1, 1, false},
    {"g/dL", "g/dL", Dimension::mass_in_volume, 10, 1, false},
    {"mg/dL", "mg/dL", Dimension::mass_in_volume, 1, 100, false},
    {"mg/mL", "mg/mL", Dimension::mass_in_volume, 1, 1, false},
    {"g/mL", "g/mL", Dimension::mass_in_volume, 1000, 1, false},
    {"g/cm3", "g/cm3", Dimension::mass_in_volume, 1000, 1, false},
    {"mg/L", "mg/L", Dimension::mass_in_volume, 1, 1000, false},
    {"ug/mL", "ug/mL", Dimension::mass_in_volume, 1, 1000, false},
    {"ng/mL", "ng/mL", Dimension::mass_in_volume, 1, 1000000, false},
    {"mol/L", "mol/L", Dimension::amount_in_volume, 1, 1, false},
    {"mmol/L", "mmol/L", Dimension::amount_in_volume, 1, 1000, false},
    {"umol/L", "umol/L", Dimension::amount_in_volume, 1, 1000000, false},
    {"/min", "/min", Dimension::rate, 1, 60, false},
    {"/s", "/s", Dimension::rate, 1, 1, false},
    {"Hz", "Hz", Dimension::rate, 1, 1, false},
    {"kg/m2", "kg/m2", Dimension::mass_on_area, 1, 1, false},
    {"mg/kg", "mg/kg", Dimension::one, 1, 1000000, false},
    {"m/s", "m/s", Dimension::speed, 1, 1, false},
    {"km/h", "km/h", Dimension::speed, 1000, 3600, false},
    {"{score}", "{score}", Dimension::one, 1, 1, false},
    {"fL", "fL", Dimension::volume, 1, 1'000'000'000'000'000, false},
    {"nL", "nL", Dimension::volume, 1, 1'000'000'000, false},
    {"[foz_us]", "[foz_us]", Dimension::volume, 295735295625, 10'000'000'000'000, false},
    {"[gal_us]", "[gal_us]", Dimension::volume, 3785411784, 1'000'000'000, false},
    {"dm", "dm", Dimension::length, 1, 10, false},
    {"dm2", "dm2", Dimension::area, 1, 100, false},
    {"dm3", "dm3", Dimension::volume, 1, 1, false},
    {"[mi_i]", "[mi_i]", Dimension::length, 1609344, 1000, false},
    {"cm[H2O]", "cm[H2O]", Dimension::pressure, 980665, 10000, false},
    {"bar", "bar", Dimension::pressure, 100000, 1, false},
    {"mbar", "mbar", Dimension::pressure, 100, 1, false},
    {"pmol", "pmol", Dimension::amount, 1, 1'000'000'000'000, false},
    {"m[iU]", "m[iU]", Dimension::international, 1, 1000, false},
    {"u[iU]", "u[iU]", Dimension::international, 1, 1'000'000, false},
    {"kJ", "kJ", Dimension::energy, 1000, 1, false},
    {"J", "J", Dimension::energy, 1, 1, false},
    {"cal", "cal", Dimension::energy, 4184, 1000, false},
    {"kcal", "kcal", Dimension::energy, 4184, 1, false},
    {"W", "W", Dimension::power, 1, 1, false},
    {"V", "V", Dimension::voltage, 1, 1, false},
    {"mV", "mV", Dimension::voltage, 1, 1000, false},
    {"uV", "uV", Dimension::voltage, 1, 1'000'000, false},
    {"deg", "deg", Dimension::angle, 1, 1, false},
    {"kHz", "kHz", Dimension::rate, 1000, 1, false},
    {"MHz", "MHz", Dimension::rate, 1'000'000, 1, false},
    {"/h", "/h", Dimension::rate, 1, 3600, false},
    {"/d", "/d", Dimension::rate, 1, 86400, false},
    {"/wk", "/wk", Dimension::rate, 1, 604800, false},
    {"ug/L", "ug/L", Dimension::mass_in_volume, 1, 1'000'000, false},
    {"ug/dL", "ug/dL", Dimension::mass_in_volume, 1, 100'000, false},
    {"ng/L", "ng/L", Dimension::mass_in_volume, 1, 1'000'000'000, false},
    {"ng/dL", "ng/dL", Dimension::mass_in_volume, 1, 100'000'000, false},
    {"pg/mL", "pg/mL", Dimension::mass_in_volume, 1, 1'000'000'000, false},
    {"kg/L", "kg/L", Dimension::mass_in_volume, 1000, 1, false},
    {"nmol/L", "nmol/L", Dimension::amount_in_volume, 1, 1'000'000'000, false},
    {"pmol/L", "pmol/L", Dimension::amount_in_volume, 1, 1'000'000'000'000, false},
    {"U/L", "U/L", Dimension::activity_in_volume, 1, 1, false},
    {"U/mL", "U/mL", Dimension::activity_in_volume, 1000, 1, false},
    {"kU/L", "kU/L", Dimension::activity_in_volume, 1000, 1, false},
    {"[iU]/L", "[iU]/L", Dimension::international_in_volume, 1, 1, false},
    {"[iU]/mL", "[iU]/mL", Dimension::international_in_volume, 1000, 1, false},
    {"m[iU]/L", "m[iU]/L", Dimension::international_in_volume, 1, 1000, false},
    {"m[iU]/mL", "m[iU]/mL", Dimension::international_in_volume, 1, 1, false},
    {"u[iU]/mL", "u[iU]/mL", Dimension::international_in_volume, 1, 1000, false},
    {"eq", "eq", Dimension::equivalents, 1, 1, false},
    {"meq", "meq", Dimension::equivalents, 1, 1000, false},
    {"meq/L", "meq/L", Dimension::equivalents_in_volume, 1, 1000, false},
    {"mosm/kg", "mosm/kg", Dimension::osmolality, 1, 1000, false},
    {"L/min", "L/min", Dimension::flow, 1000, 1, false},
    {"mL/min", "mL/min", Dimension::flow, 1, 1, false},
    {"mL/h", "mL/h", Dimension::flow, 1, 60, false},
    {"L/h", "L/h", Dimension::flow, 1000, 60, false},
    {"mg/kg/d", "mg/kg/d", Dimension::dose_rate, 1, 1, false},
    {"mg/kg/h", "mg/kg/h", Dimension::dose_rate, 24, 1, false},
    {"ug/kg/h", "ug/kg/h", Dimension::dose_rate, 24, 1000, false},
    {"ug/kg/min", "ug/kg/min", Dimension::dose_rate, 1440, 1000, false},
    {"/uL", "/uL", Dimension::count_in_volume, 1'000'000, 1, false},
    {"/mL", "/mL", Dimension::count_in_volume, 1000, 1, false},
    {"/L", "/L", Dimension::count_in_volume, 1, 1, false},
    {"10*3/uL", "10*3/uL", Dimension::count_in_volume, 1'000'000'000, 1, false},
    {"10*6/uL", "10*6/uL", Dimension::count_in_volume, 1'000'000'000'000, 1, false},
    {"10*9/L", "10*9/L", Dimension::count_in_volume, 1'000'000'000, 1, false},
    {"10*12/L", "10*12/L", Dimension::count_in_volume, 1'000'000'000'000, 1, false},
    {"g/kg", "g/kg", Dimension::one, 1, 1000, false},
    {"ug/kg", "ug/kg", Dimension::one, 1, 1'000'000'000, false},
    {"mg/g", "mg/g", Dimension::one, 1, 1000, false},
    {"ug/mg", "ug/mg", Dimension::one, 1, 1000, false},
    {"[ppm]", "[ppm]", Dimension::one, 1, 1'000'000, false},
};

}  // namespace

const Unit& unit(uint16_t id) { return table[id]; }
uint16_t unit_count() { return static_cast<uint16_t>(std::size(table)); }

std::optional<uint16_t> find_unit(std::string_view name) {
  if (name.empty()) return 0;
  for (uint16_t id = 0; id < unit_count(); ++id) {
    if (table[id].name == name || table[id].plural == name) return id;
  }
  // Words in braces say what is counted, and count nothing themselves: {cell}, mg{creatinine}, mL/min/{1.73_m2}.
  const size_t open = name.find('{');
  if (open == std::string_view::npos || !name.ends_with('}') || name.size() < open + 3) return std::nullopt;
  std::string_view rest = name.substr(0, open);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  return find_unit(rest);
}

std::string in_words(std::string_view number, const Unit& unit) {
  return fmt::format("{} {}", number, number == "1" ? unit.name : unit.plural);
}
std::string in_source(std::string_view number, const Unit& unit) {
  return unit.calendar ? in_words(number, unit) : fmt::format("{} '{}'", number, unit.name);
}

}  // namespace rubric::vm
