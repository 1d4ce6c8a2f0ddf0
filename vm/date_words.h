// Calendar arithmetic over words of rows: for the operators whose plain cells are days and whole numbers.
#pragma once

#include "vm/column.h"
#include "vm/meanings.h"

namespace rubric::vm {

template <class F>
struct InWords {
  static constexpr bool possible = false;
};

// By a function of vm/date.h; `years` counts whole years of the months that it gives.
template <uint64_t (*compute)(DayCells, DayCells, uint32_t, int32_t*), bool years = false>
struct ByDays {
  static constexpr bool possible = true;
  // The rows of a word that were computed, one bit each; those whose arguments are no plain values may be among them.
  static uint64_t apply(const Column& a, const Column& b, uint32_t word, uint32_t rows, int32_t* out) {
    const auto cells = [&](const Column& c) { return DayCells{c.cell4.data() + (c.uniform ? 0 : size_t{word} * 64), c.uniform}; };
    const uint64_t done = compute(cells(a), cells(b), rows, out);
    if (years) {
      for (uint32_t k = 0; k < rows; ++k) out[k] /= 12;
    }
    return done;
  }
};
template <>
struct InWords<AddMonths> : ByDays<add_months_in_word> {};
template <>
struct InWords<AddDays> : ByDays<add_days_in_word> {};
template <>
struct InWords<MonthsBetween> : ByDays<months_between_in_word> {};
template <>
struct InWords<YearsBetween> : ByDays<months_between_in_word, true> {};

}  // namespace rubric::vm
