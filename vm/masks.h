// Up to 64 cells asked at once with instructions that answer with a mask, as AVX-512 has them: the forms that comparisons,
// sets and windows take on such processors (widely.h). Each stands for a loop over the cells, which is written where it
// is called; tests compare the two. Cells behind the n-th are not read.
#pragma once

#include "vm/widely.h"

#include <cstdint>

#if RUBRIC_HAS_MASKS
#include <immintrin.h>

namespace rubric::vm::masks {

// The first n of 64.
[[gnu::target(RUBRIC_AVX512)]] inline uint64_t first(uint32_t n) { return _bzhi_u64(~uint64_t{0}, n); }

// What one comparison is to the processor; `less`, `equal`, `greater`: whether it holds of such cells.
constexpr int predicate(bool less, bool equal, bool greater) {
  if (!less && !greater) return _MM_CMPINT_EQ;
  if (less && greater) return _MM_CMPINT_NE;
  if (less) return equal ? _MM_CMPINT_LE : _MM_CMPINT_LT;
  return equal ? _MM_CMPINT_NLT : _MM_CMPINT_NLE;
}

// Where a comparison holds of a's and b's cells; of a single one, `one`, there is but one for all.
template <int compared, bool one_a, bool one_b>
[[gnu::target(RUBRIC_AVX512)]] inline uint64_t where(const int32_t* a, const int32_t* b, uint32_t n) {
  const uint64_t exist = first(n);
  uint64_t out = 0;
#pragma GCC unroll 4
  for (uint32_t k = 0; k < 64; k += 16) {
    const auto some = static_cast<__mmask16>(exist >> k);
    const __m512i x = one_a ? _mm512_set1_epi32(*a) : _mm512_maskz_loadu_epi32(some, a + k);
    const __m512i y = one_b ? _mm512_set1_epi32(*b) : _mm512_maskz_loadu_epi32(some, b + k);
    out |= uint64_t{_mm512_mask_cmp_epi32_mask(some, x, y, compared)} << k;
  }
  return out;
}
template <int compared, bool one_a, bool one_b>
[[gnu::target(RUBRIC_AVX512)]] inline uint64_t where(const int64_t* a, const int64_t* b, uint32_t n) {
  const uint64_t exist = first(n);
  uint64_t out = 0;
#pragma GCC unroll 8
  for (uint32_t k = 0; k < 64; k += 8) {
    const auto some = static_cast<__mmask8>(exist >> k);
    const __m512i x = one_a ? _mm512_set1_epi64(*a) : _mm512_maskz_loadu_epi64(some, a + k);
    const __m512i y = one_b ? _mm512_set1_epi64(*b) : _mm512_maskz_loadu_epi64(some, b + k);
    out |= uint64_t{_mm512_mask_cmp_epi64_mask(some, x, y, compared)} << k;
  }
  return out;
}

// Cells from `low` on, and up to `more` beyond.
[[gnu::target(RUBRIC_AVX512)]] inline uint64_t within(const int32_t* cells, uint32_t n, uint32_t low, uint32_t more) {
  const uint64_t exist = first(n);
  const __m512i lows = _mm512_set1_epi32(static_cast<int32_t>(low)), most = _mm512_set1_epi32(static_cast<int32_t>(more));
  uint64_t out = 0;
#pragma GCC unroll 4
  for (uint32_t k = 0; k < 64; k += 16) {
    const auto some = static_cast<__mmask16>(exist >> k);
    const __m512i beyond = _mm512_sub_epi32(_mm512_maskz_loadu_epi32(some, cells + k), lows);
    out |= uint64_t{_mm512_mask_cmple_epu32_mask(some, beyond, most)} << k;
  }
  return out;
}
// The same of up to 16 cells.
[[gnu::target(RUBRIC_AVX512)]] inline uint64_t some_between(const int32_t* cells, uint32_t n, int32_t low, int32_t high) {
  const auto some = static_cast<__mmask16>(_bzhi_u32(0xffff, n));
  const __m512i x = _mm512_maskz_loadu_epi32(some, cells);
  const __mmask16 from = _mm512_mask_cmp_epi32_mask(some, x, _mm512_set1_epi32(low), _MM_CMPINT_NLT);
  return _mm512_mask_cmp_epi32_mask(from, x, _mm512_set1_epi32(high), _MM_CMPINT_LE);
}

// Of the first n numbers those that are not zero.
[[gnu::target(RUBRIC_AVX512)]] inline uint64_t not_zero(const uint64_t* numbers, uint32_t n) {
  const uint64_t exist = first(n);
  uint64_t out = 0;
  for (uint32_t k = 0; k < n; k += 8) {
    const auto some = static_cast<__mmask8>(exist >> k);
    const __m512i eight = _mm512_maskz_loadu_epi64(some, numbers + k);
    out |= uint64_t{_mm512_mask_test_epi64_mask(some, eight, eight)} << k;
  }
  return out;
}

// Cells that have their bit among `bits`; those from `none` on have none.
[[gnu::target(RUBRIC_AVX512)]] inline uint64_t among(const uint32_t* bits, uint32_t none, const int32_t* cells, uint32_t n) {
  const uint64_t exist = first(n);
  const __m512i one = _mm512_set1_epi32(1), last = _mm512_set1_epi32(static_cast<int32_t>(none)), low_bits = _mm512_set1_epi32(31);
  uint64_t out = 0;
#pragma GCC unroll 4
  for (uint32_t k = 0; k < 64; k += 16) {
    const auto some = static_cast<__mmask16>(exist >> k);
    const __m512i id = _mm512_maskz_min_epu32(some, _mm512_maskz_loadu_epi32(some, cells + k), last);
    const __m512i word = _mm512_mask_i32gather_epi32(__m512i{}, some, _mm512_maskz_srli_epi32(some, id, 5), bits, 4);
    out |= uint64_t{_mm512_mask_test_epi32_mask(some, word, _mm512_maskz_sllv_epi32(some, one, _mm512_and_si512(id, low_bits)))} << k;
  }
  return out;
}

}  // namespace rubric::vm::masks
#endif
