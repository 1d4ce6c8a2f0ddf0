// The table of units.
#include "vm/units.h"

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
};

}  // namespace

const Unit& unit(uint16_t id) { return table[id]; }
uint16_t unit_count() { return static_cast<uint16_t>(std::size(table)); }

std::optional<uint16_t> find_unit(std::string_view name) {
  if (name.empty()) return 0;
  for (uint16_t id = 0; id < unit_count(); ++id) {
    if (table[id].name == name || table[id].plural == name) return id;
  }
  return std::nullopt;
}

}  // namespace rubric::vm
