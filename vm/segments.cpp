#include "vm/segments.h"

#include "vm/bits.h"
#include "vm/masks.h"
#include "vm/widely.h"

#include <algorithm>
#include <array>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

namespace rubric::vm {
namespace {

// Where neighbours differ, one bit each.
[[gnu::always_inline]] inline uint64_t differ_in_word(WithoutMasks, const Row* rows, uint32_t n) {
  if (n < 64) {
    uint64_t out = 0;
    for (uint32_t k = 0; k < n; ++k) out |= uint64_t{rows[k] != rows[k + 1]} << k;
    return out;
  }
  uint8_t found[64];
  for (uint32_t k = 0; k < 64; ++k) found[k] = rows[k] != rows[k + 1];
  return bits_of_bytes(found);
}
#if RUBRIC_HAS_MASKS
[[gnu::target(RUBRIC_AVX512)]] inline uint64_t differ_in_word(WithMasks, const Row* rows, uint32_t n) {
  const auto* const cells = reinterpret_cast<const int32_t*>(rows);
  return masks::where<masks::predicate(true, false, true), false, false>(cells, cells + 1, n);
}
#endif

}  // namespace

void make_segments(const DomainRows& from, Segments& out) {
  out.made = true;
  out.rows = from.rows;
  out.parents = static_cast<uint32_t>(from.first.size() - 1);
  out.last.resize(words(out.rows));
  out.filled.resize(words(out.parents));
  out.all_filled = true;
  widely([&](auto masks) __attribute__((always_inline)) {
    for (uint32_t word = 0; word < words(out.parents); ++word) {
      const uint32_t n = std::min<uint32_t>(64, out.parents - word * 64);
      out.filled[word] = differ_in_word(masks, from.first.data() + word * 64, n);
      out.all_filled &= out.filled[word] == low_mask(n);
    }
    // The last row of all has no neighbour.
    for (uint32_t word = 0; word < words(out.rows); ++word) {
      const uint32_t n = std::min<uint32_t>(64, out.rows - word * 64);
      const bool end = word * 64 + n == out.rows;
      out.last[word] = differ_in_word(masks, from.up.data() + word * 64, end ? n - 1 : n) | (uint64_t{end} << (n - 1));
    }
  });
}

#if defined(__x86_64__) && defined(__GNUC__)

bool can_carry() { return instructions >= Instructions::avx2; }

namespace {

// For each parent that has rows, whether `some` has a bit among them: found at its last row.
class Carrier {
 public:
  [[gnu::always_inline]] inline uint64_t at_last(uint64_t some, uint64_t last, uint64_t exist) {
    const uint64_t inner = ~last & exist;
    // Below its last row a segment is all ones: one more carries into the last row.
    unsigned long long sum;
    const bool over = __builtin_uaddll_overflow(some & inner, inner, &sum);
    unsigned long long with_carry;
    const bool over_too = __builtin_uaddll_overflow(sum, carry_, &with_carry);
    carry_ = over | over_too;
    return (with_carry | some) & last;
  }

 private:
  uint64_t carry_ = 0;
};

template <bool negated>
[[gnu::target(RUBRIC_AVX2)]] void fold_by_carry(const Segments& s, const Column& child, Column& out) {
  Carrier yes, unknown, none;
  // By parents that have rows first; the others are no (or yes of a negation).
  PlaneWriter t(out.p), f(out.q);
  const uint64_t one_t = child.uniform && child.p[0] & 1 ? ~uint64_t{0} : 0, one_f = child.uniform && child.q[0] & 1 ? ~uint64_t{0} : 0;
  for (uint32_t word = 0; word < words(s.rows); ++word) {
    const uint64_t exist = word + 1 == words(s.rows) ? tail_mask(s.rows) : ~uint64_t{0}, last = s.last[word];
    const uint64_t p = (child.uniform ? one_t : child.p[word]) & exist, q = (child.uniform ? one_f : child.q[word]) & exist;
    const uint64_t is_yes = yes.at_last(negated ? q & ~p : p & ~q, last, exist);
    const uint64_t is_unknown = unknown.at_last(~(p | q) & exist, last, exist), is_none = none.at_last(p & q, last, exist);
    const uint64_t settled = is_yes | ~is_unknown;
    const uint64_t held = settled & (is_yes | is_none), not_held = settled & ~is_yes;
    const auto n = static_cast<uint32_t>(_mm_popcnt_u64(last));
    if (n == 0) continue;
    t.add(_pext_u64(negated ? not_held : held, last), n);
    f.add(_pext_u64(negated ? held : not_held, last), n);
  }
  t.finish();
  f.finish();
  if (s.all_filled) return;
  // From the last word on, so that nothing is written over before it is read.
  uint32_t before = 0;
  for (const uint64_t word : s.filled) before += static_cast<uint32_t>(_mm_popcnt_u64(word));
  for (uint32_t word = words(s.parents); word-- > 0;) {
    const auto n = static_cast<uint32_t>(_mm_popcnt_u64(s.filled[word]));
    before -= n;
    const uint64_t exist = word + 1 == words(s.parents) ? tail_mask(s.parents) : ~uint64_t{0}, empty = exist & ~s.filled[word];
    const uint64_t p = n ? _pdep_u64(bits(out.p.data(), before, n), s.filled[word]) : 0;
    const uint64_t q = n ? _pdep_u64(bits(out.q.data(), before, n), s.filled[word]) : 0;
    out.p[word] = negated ? p | empty : p;
    out.q[word] = negated ? q : q | empty;
  }
}

}  // namespace

void any_by_carry(const Segments& s, const Column& child, Column& out) { fold_by_carry<false>(s, child, out); }
void all_by_carry(const Segments& s, const Column& child, Column& out) { fold_by_carry<true>(s, child, out); }

[[gnu::target(RUBRIC_AVX2)]] void spread_by_carry(const Segments& s, const Plane& parents, Plane& out) {
  // Of parents that have rows, packed; on the stack where they are not many.
  std::array<uint64_t, 64> near;
  Plane far(parents.size() + 2 > near.size() ? parents.size() + 2 : 0);
  uint64_t* const packed = far.empty() ? near.data() : far.data();
  std::fill_n(packed, parents.size() + 2, 0);
  PlaneWriter writer(packed);
  for (uint32_t word = 0; word < words(s.parents); ++word) {
    const auto n = static_cast<uint32_t>(_mm_popcnt_u64(s.filled[word]));
    if (n) writer.add(_pext_u64(parents[word], s.filled[word]), n);
  }
  writer.finish();
  uint32_t begun = 0, ended = 0;           // segments, before the word
  for (uint32_t word = 0; word < words(s.rows); ++word) {
    const uint64_t exist = word + 1 == words(s.rows) ? tail_mask(s.rows) : ~uint64_t{0}, last = s.last[word];
    const uint64_t first = (last << 1 | (begun == ended)) & exist;
    const auto lasts = static_cast<uint32_t>(_mm_popcnt_u64(last)), firsts = static_cast<uint32_t>(_mm_popcnt_u64(first));
    const uint64_t open =
        begun != ended && (packed[ended / 64] >> (ended % 64) & 1) ? 1 : 0;      // the segment that comes in from the word before
    const uint64_t ends = lasts ? _pdep_u64(bits(packed, ended, lasts), last) : 0;
    const uint64_t begins = firsts ? _pdep_u64(bits(packed, begun, firsts), first) : 0;
    // From each first to each last: twice the last less the first.
    out[word] = ((ends << 1) - begins - open) & exist;
    begun += firsts;
    ended += lasts;
  }
}

#else

bool can_carry() { return false; }
void any_by_carry(const Segments&, const Column&, Column&) {}
void all_by_carry(const Segments&, const Column&, Column&) {}
void spread_by_carry(const Segments&, const Plane&, Plane&) {}

#endif

}  // namespace rubric::vm
