// Values of a record on a scale of steps: what is one step more or less of a number, a day or an amount.
#pragma once

#include "analysis/made_record.h"

#include <cstdint>
#include <optional>
#include <string>

namespace rubric::analysis {

// A value on a scale of steps: whole numbers, decimals by their last place, days, amounts of one unit.
struct OnScale {
  int64_t n = 0;
  int digits = 0;           // behind the point
  enum class Kind : uint8_t { number, day, amount } kind = Kind::number;
  std::string unit;

  bool beside(const OnScale& other) const { return kind == other.kind && unit == other.unit && digits == other.digits; }
  Json json() const;
};

// Of a number with so many digits behind the point; nothing where there are no steps.
std::optional<OnScale> on_scale(const Json&, int digits);
int digits_of(const Json&);

}  // namespace rubric::analysis
