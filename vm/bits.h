// Bits of planes from any row on, up to 64 at a time.
#pragma once

#include "vm/column.h"

namespace rubric::vm {

// The n lowest bits.
constexpr uint64_t low_mask(uint32_t n) { return n == 64 ? ~uint64_t{0} : (uint64_t{1} << n) - 1; }

// The bits of n rows from `begin` on, 1 <= n <= 64.
inline uint64_t bits(const uint64_t* plane, Row begin, uint32_t n) {
  const uint32_t shift = begin % 64;
  uint64_t out = plane[begin / 64] >> shift;
  if (shift + n > 64) out |= plane[begin / 64 + 1] << (64 - shift);
  return out & low_mask(n);
}

// The same the other way: sets the bits of n rows from `begin` on that are set in `some`.
inline void add_bits(uint64_t* plane, Row begin, uint32_t n, uint64_t some) {
  const uint32_t shift = begin % 64;
  plane[begin / 64] |= some << shift;
  if (shift + n > 64) plane[begin / 64 + 1] |= some >> (64 - shift);
}

// The child rows of each parent row, up to 64 at a time: use(parent, first child, how many).
template <class Use> void each_segment(const std::vector<Row>& first, Use use) {
  for (Row parent = 0; parent + 1 < first.size(); ++parent) {
    const Row end = first[parent + 1];
    for (Row k = first[parent]; k < end; k += 64) use(parent, k, end - k < 64 ? end - k : 64);
  }
}

}  // namespace rubric::vm
