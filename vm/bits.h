// Bits of planes from any row on, up to 64 at a time.
#pragma once

#include "vm/column.h"

#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace rubric::vm {

// The n lowest bits.
constexpr uint64_t low_mask(uint32_t n) { return n == 64 ? ~uint64_t{0} : (uint64_t{1} << n) - 1; }

// The lowest bits of 64 bytes that are 0 or 1.
inline uint64_t bits_of_bytes(const uint8_t* bytes) {
  uint64_t out = 0;
#if defined(__SSE2__)
  for (uint32_t k = 0; k < 64; k += 16) {
    // A byte's lowest bit becomes its highest, which is what the processor gathers.
    const __m128i sixteen = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + k));
    out |= uint64_t{static_cast<uint32_t>(_mm_movemask_epi8(_mm_slli_epi16(sixteen, 7)))} << k;
  }
#else
  for (uint32_t k = 0; k < 64; k += 8) {
    uint64_t eight;
    std::memcpy(&eight, bytes + k, 8);
    out |= (eight * 0x0102040810204080 >> 56) << k;
  }
#endif
  return out;
}

// The eight lowest bits into the lowest bits of eight bytes.
inline uint64_t bytes_of_bits(uint64_t bits) {
  const uint64_t one_each = (bits & 0xff) * 0x0101010101010101 & 0x8040201008040201;
  return ((one_each + 0x7f7f7f7f7f7f7f7f) >> 7) & 0x0101010101010101;
}

// The bits of n rows from `begin` on, 1 <= n <= 64.
inline uint64_t bits(const uint64_t* plane, Row begin, uint32_t n) {
  const uint32_t shift = begin % 64;
  uint64_t out = plane[begin / 64] >> shift;
  if (shift + n > 64) out |= plane[begin / 64 + 1] << (64 - shift);
  return out & low_mask(n);
}

// Writes a plane from its first row on, up to 64 rows at a time.
class PlaneWriter {
 public:
  explicit PlaneWriter(Plane& plane) : PlaneWriter(plane.data()) {}
  explicit PlaneWriter(uint64_t* words) : at_(words) {}
  void add(uint64_t some, uint32_t n) {   // 1 <= n <= 64; no bits from n on
    word_ |= some << filled_;
    filled_ += n;
    if (filled_ < 64) return;
    *at_++ = word_;
    filled_ -= 64;
    word_ = filled_ ? some >> (n - filled_) : 0;
  }
  void finish() {
    if (filled_) *at_ = word_;
  }

 private:
  uint64_t* at_;
  uint64_t word_ = 0;
  uint32_t filled_ = 0;
};

// The child rows of each parent row, up to 64 at a time: use(parent, first child, how many).
template <class Use>
inline void each_segment(const std::vector<Row>& first, Use use) {
  const Row* const begins = first.data();
  const auto parents = static_cast<Row>(first.empty() ? 0 : first.size() - 1);
  for (Row parent = 0; parent < parents; ++parent) {
    const Row end = begins[parent + 1];
    for (Row k = begins[parent]; k < end; k += 64) use(parent, k, end - k < 64 ? end - k : 64);
  }
}

}  // namespace rubric::vm
