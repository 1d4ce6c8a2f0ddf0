// Decimals as CQL has them: 28 digits, of which 8 behind the point; 128-bit fixed point, never floating point.
// An operation whose result does not fit answers nothing: overflow is none with a cause.
#pragma once

#include "vm/value.h"

#include <optional>
#include <string>
#include <string_view>

namespace rubric::vm {

bool fits(Int128 scaled);                                // within +-(10^28 - 10^-8)
std::optional<Decimal> parse_decimal(std::string_view);  // "-12.5", "1e3"; digits beyond the eighth are rounded away from zero on ties
std::string to_string(Decimal);                          // shortest: "12.5", "3"
Decimal to_decimal(int64_t);
std::optional<Decimal> add(Decimal, Decimal);
std::optional<Decimal> subtract(Decimal, Decimal);
std::optional<Decimal> multiply(Decimal, Decimal);
std::optional<Decimal> divide(Decimal, Decimal);         // the divisor must not be zero

}  // namespace rubric::vm
