// Comparisons over words of rows, for types whose plain cells are in the order of their values. The cells of rows that
// are no plain values are compared along, whatever they hold; the planes say afterwards which answers count.
#pragma once

#include "vm/bits.h"
#include "vm/masks.h"
#include "vm/meanings.h"
#include "vm/widely.h"

#include <type_traits>

namespace rubric::vm {

template <class T>
constexpr bool ordered_cells = std::is_same_v<T, int32_t> || std::is_same_v<T, int64_t> || std::is_same_v<T, Decimal> ||
                               std::is_same_v<T, Date> || std::is_same_v<T, Code>;

template <class F>
struct OnCells {
  static constexpr bool possible = false;
};
template <class T, class Holds>
struct OnCells<Ordered<T, Holds>> {
  static constexpr bool possible = ordered_cells<T>;
};
// Equal texts have equal ids; their order is in their letters.
template <>
struct OnCells<Equal<Text>> {
  static constexpr bool possible = true;
};
template <>
struct OnCells<Unequal<Text>> {
  static constexpr bool possible = true;
};

// Where F holds of two cells, by one comparison of them.
template <class F, class Cell>
[[gnu::always_inline]] inline uint8_t holds_of(Cell a, Cell b) {
  constexpr bool less = F::holds(-1), equal = F::holds(0), greater = F::holds(1);
  if constexpr (equal && !less && !greater) return a == b;
  else if constexpr (!equal && less && greater) return a != b;
  else if constexpr (less) return equal ? a <= b : a < b;
  else return equal ? a >= b : a > b;
}

// One word of rows: where F holds of two cells, of which one may be the same throughout. `n` is 64, or less in a
// column's last word.
template <class F, bool one_a, bool one_b, class Cell>
[[gnu::always_inline]] inline uint64_t holds_in_word(WithoutMasks, const Cell* a, const Cell* b, uint32_t n) {
  const Cell left = *a, right = *b;
  const auto holds = [=](uint32_t k) { return holds_of<F>(one_a ? left : a[k], one_b ? right : b[k]); };
  if (n == 64) {
    uint8_t found[64];
    for (uint32_t k = 0; k < 64; ++k) found[k] = holds(k);
    return bits_of_bytes(found);
  }
  uint64_t out = 0;
  for (uint32_t k = 0; k < n; ++k) out |= uint64_t{holds(k)} << k;
  return out;
}
#if RUBRIC_HAS_MASKS
template <class F, bool one_a, bool one_b, class Cell>
[[gnu::target(RUBRIC_AVX512)]] inline uint64_t holds_in_word(WithMasks, const Cell* a, const Cell* b, uint32_t n) {
  return masks::where<masks::predicate(F::holds(-1), F::holds(0), F::holds(1)), one_a, one_b>(a, b, n);
}
#endif

// Where F holds, into `to`, one bit a row. A uniform column's only cell stands for every row.
template <class F, class Cell>
void compare_cells(uint32_t rows, const Cell* a, bool a_uniform, const Cell* b, bool b_uniform, uint64_t* to) {
  widely([=](auto masks) __attribute__((always_inline)) {
    for (uint32_t begin = 0; begin < rows; begin += 64) {
      const uint32_t n = rows - begin < 64 ? rows - begin : 64;
      uint64_t& word = to[begin / 64];
      if (a_uniform && b_uniform) word = holds_in_word<F, true, true>(masks, a, b, n);
      else if (b_uniform) word = holds_in_word<F, false, true>(masks, a + begin, b, n);
      else if (a_uniform) word = holds_in_word<F, true, false>(masks, a, b + begin, n);
      else word = holds_in_word<F, false, false>(masks, a + begin, b + begin, n);
    }
  });
}

template <class F>
void compare_columns(const Column& a, const Column& b, Plane& to, uint32_t rows) {
  if (wide_cell(a.type)) compare_cells<F>(rows, a.cell8.data(), a.uniform, b.cell8.data(), b.uniform, to.data());
  else compare_cells<F>(rows, a.cell4.data(), a.uniform, b.cell4.data(), b.uniform, to.data());
}

}  // namespace rubric::vm
