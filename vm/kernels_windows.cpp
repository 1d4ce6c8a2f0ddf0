// Folds over a list's rows within each line's bounds. Which of a line's rows have their key within its bounds is one bit
// each, eight or sixteen comparisons at a time; what is asked of a row alone stands in planes, whose bits from the line's
// first row on say what those rows are to the fold. Lines that this cannot speak for are looked at one by one.
#include "vm/bits.h"
#include "vm/kernels.h"
#include "vm/masks.h"
#include "vm/operator_forms.h"
#include "vm/reach.h"
#include "vm/widely.h"
#include "vm/windows.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace rubric::vm {
namespace {

// Rows that a mask has room for: its bits are read from any byte on, as one word. Longer lists are read in such pieces.
constexpr uint32_t most_at_once = 48;

struct Planes {
  uint64_t t, f;
};
Planes planes(const Column& c, uint32_t word) {
  if (!c.uniform) return {c.p[word], c.q[word]};
  return {c.p[0] & 1 ? ~uint64_t{0} : 0, c.q[0] & 1 ? ~uint64_t{0} : 0};
}

Truth both(Truth a, Truth b) {
  const auto x = static_cast<uint8_t>(a), y = static_cast<uint8_t>(b);
  const uint8_t t = x & y & 1, f = ((x >> 1 & ~x) | (y >> 1 & ~y) | (t & (x >> 1 | y >> 1))) & 1;
  return static_cast<Truth>(t | f << 1);
}

// ---------------------------------------------------------------- one line by itself

// Keys that are surely within a line's bounds, and those that may be.
struct Bounds {
  bool by_reach = true;
  int64_t sure_low = anywhere.low, sure_high = anywhere.high, low = anywhere.low, high = anywhere.high;
};

Bounds bounds_of(const Window& w, const WindowColumns& in, const Pool& pool, Row line) {
  Bounds out;
  for (size_t b = 0; b < w.bounds.size(); ++b) {
    const Reach limit = reach_at(*in.limits[b], line, pool);
    out.by_reach &= limit.kind == Reach::Kind::within;
    if (w.bounds[b].has_low) {
      out.sure_low = std::max(out.sure_low, limit.high + w.bounds[b].above);
      out.low = std::max(out.low, limit.low + w.bounds[b].above);
    }
    if (w.bounds[b].has_high) {
      out.sure_high = std::min(out.sure_high, limit.low + w.bounds[b].below);
      out.high = std::min(out.high, limit.high + w.bounds[b].below);
    }
  }
  return out;
}

Truth is_within(const Bounds& bounds, const Reach& key) {
  if (key.kind == Reach::Kind::none) return Truth::none;
  if (key.kind == Reach::Kind::fault) return Truth::unknown;
  if (key.low >= bounds.sure_low && key.high <= bounds.sure_high) return Truth::yes;
  return key.high < bounds.low || key.low > bounds.high ? Truth::no : Truth::unknown;
}

Truth is_within_boxed(const Context& c, const Window& w, const WindowColumns& in, const Pool& pool, Row r, Row line) {
  Truth held = Truth::yes;
  for (size_t b = 0; b < w.bounds.size(); ++b) {
    const Value key = get(*in.key, r, pool), limit = get(*in.limits[b], line, pool);
    const Value sides[] = {w.bounds[b].key_first ? key : limit, w.bounds[b].key_first ? limit : key};
    const Value v = forms(w.bounds[b].fn).boxed(c, sides);
    held = both(held, v.kind == Kind::value ? unbox<Truth>(v) : v.kind == Kind::none ? Truth::none : Truth::unknown);
  }
  return held;
}

// One line's rows, summed up.
struct Found {
  uint32_t certain = 0, possible = 0;
  bool unbounded = false;
};

void add_row(const Context& c, const Window& w, const WindowRows& at, const WindowColumns& in, const Pool& pool, Row line, Row r,
             const Bounds& bounds, Found& out) {
  Truth held = in.truth ? in.truth->truth(r) : Truth::yes;
  if (held == Truth::no) return;
  const Reach key = bounds.by_reach ? reach_at(*in.key, r, pool) : Reach{};
  held = both(held, key.kind == Reach::Kind::other ? is_within_boxed(c, w, in, pool, r, line) : is_within(bounds, key));
  if (held == Truth::none) held = Truth::no;
  for (const Column* s : in.sure) held = both(held, s->truth(r));
  const bool phantom = bit(at.phantom, r);
  if (phantom && w.only_members) held = both(held, Truth::unknown);
  out.certain += held == Truth::yes;
  out.possible += held == Truth::unknown;
  out.unbounded |= held == Truth::unknown && phantom;
}

Found all_rows(const Context& c, const Window& w, const WindowRows& at, const WindowColumns& in, const Pool& pool, Row line) {
  const Bounds bounds = bounds_of(w, in, pool, line);
  Found out;
  for (Row r = at.list_starts[at.case_of[line]]; r < at.list_starts[at.case_of[line] + 1]; ++r)
    add_row(c, w, at, in, pool, line, r, bounds, out);
  return out;
}

// ---------------------------------------------------------------- all lines

// What the list's rows are to the fold, whatever the line.
void read_rows(const Window& w, const WindowRows& at, const Pool& pool, WindowScratch& out) {
  const WindowColumns& in = out.columns;
  const uint32_t rows = at.list_starts.empty() ? 0 : at.list_starts.back();
  for (Plane* plane : {&out.members, &out.possible, &out.open, &out.endless, &out.alone}) plane->resize(words(rows) + 1);
  widely([&] {
    for (uint32_t word = 0; word < words(rows); ++word) {
      const Planes key = planes(*in.key, word), truth = in.truth ? planes(*in.truth, word) : Planes{~uint64_t{0}, 0};
      uint64_t sure_yes = ~uint64_t{0}, sure_no = 0;
      for (const Column* c : in.sure) {
        const Planes s = planes(*c, word);
        sure_yes &= s.t & ~s.f;
        sure_no |= s.f & ~s.t;
      }
      const uint64_t plain = key.t & ~key.f, no = sure_no | (truth.f & ~truth.t), none = truth.t & truth.f & ~no;
      const uint64_t phantom = at.phantom[word], sure = truth.t & ~truth.f & sure_yes & ~(w.only_members ? phantom : 0);
      out.members[word] = plain & sure;
      out.possible[word] = plain & ~sure & ~no & ~none;
      out.open[word] = ~key.t & ~key.f & ~no;
      out.alone[word] = key.f & ~no;
      out.endless[word] = phantom;
    }
  });
  // Keys that may be anywhere, and those that are none, are the same to every line.
  for (uint32_t word = 0; word < words(rows); ++word) {
    for (uint64_t left = out.alone[word]; left; left &= left - 1) {
      const Row r = word * 64 + static_cast<Row>(__builtin_ctzll(left));
      const Reach key = reach_at(*in.key, r, pool);
      const bool may_be_anywhere = is_anywhere(key) || key.kind == Reach::Kind::fault;
      if (key.kind != Reach::Kind::none && !may_be_anywhere) continue;
      set_bit(out.alone, r, false);
      set_bit(out.open, r, may_be_anywhere || (in.truth && in.truth->truth(r) == Truth::unknown));
    }
  }
  // The keys that are read beyond a line's own, behind the last row.
  const Row from = rows - std::min(rows, most_at_once);
  out.last_keys.resize(2 * most_at_once);
  if (in.key->uniform) {
    out.keys.assign(rows, in.key->cell4[0]);
    std::copy(out.keys.begin() + from, out.keys.end(), out.last_keys.begin());
  } else {
    std::copy(in.key->cell4.begin() + from, in.key->cell4.begin() + rows, out.last_keys.begin());
  }
}

// The limits' cells as bounds, ends included; of a first one the cell itself is the bound so far. Cells at the ends have
// no neighbour: such lines go by themselves.
template <class Join>
void read_bound(const Column& limit, uint32_t lines, bool first, int32_t* to, Plane& singly, Join join) {
  for (uint32_t word = 0; word < words(lines); ++word) {
    const int32_t* const cells = limit.cell4.data() + (limit.uniform ? 0 : size_t{word} * 64);
    int32_t* const ends = to + size_t{word} * 64;
    const auto read = [&](auto n, auto cell) {
      int32_t extreme = 0;
      for (uint32_t k = 0; k < n; ++k) extreme |= (cell(k) == INT32_MAX) | (cell(k) == INT32_MIN);
      if (first) {
        for (uint32_t k = 0; k < n; ++k) ends[k] = join(cell(k), cell(k));
      } else {
        for (uint32_t k = 0; k < n; ++k) ends[k] = join(ends[k], cell(k));
      }
      for (uint32_t k = 0; extreme && k < n; ++k) singly[word] |= uint64_t{cell(k) == INT32_MAX || cell(k) == INT32_MIN} << k;
    };
    const uint32_t n = std::min<uint32_t>(64, lines - word * 64);
    if (n < 64 || limit.uniform) {
      read(n, [&](uint32_t k) { return cells[limit.uniform ? 0 : k]; });
    } else {
      // A copy, so that the compiler sees that nothing overlaps.
      int32_t own[64];
      std::memcpy(own, cells, sizeof own);
      read(std::integral_constant<uint32_t, 64>(), [&](uint32_t k) { return own[k]; });
    }
  }
}

// Lines that have a limit which is no plain value go by themselves.
void read_bounds(const Window& w, uint32_t lines, WindowScratch& out) {
  const size_t room = size_t{words(lines)} * 64;
  out.singly.assign(words(lines), 0);
  bool has_low = false, has_high = false;
  out.low.resize(room);
  out.high.resize(room);
  for (size_t b = 0; b < w.bounds.size(); ++b) {
    const WindowBound& bound = w.bounds[b];
    const Column& limit = *out.columns.limits[b];
    const int32_t above = bound.above, below = bound.below;
    widely([&] {
      if (bound.has_low) {
        read_bound(limit, lines, !has_low, out.low.data(), out.singly, [=](int32_t end, int32_t cell) {
          const int32_t low = (cell < INT32_MAX ? cell : INT32_MAX - 1) + above;
          return end > low ? end : low;
        });
      }
      if (bound.has_high) {
        read_bound(limit, lines, !has_high, out.high.data(), out.singly, [=](int32_t end, int32_t cell) {
          const int32_t high = (cell > INT32_MIN ? cell : INT32_MIN + 1) + below;
          return end < high ? end : high;
        });
      }
      for (uint32_t word = 0; word < words(lines); ++word) {
        const Planes known = planes(limit, word);
        out.singly[word] |= ~(known.t & ~known.f) & low_mask(std::min<uint32_t>(64, lines - word * 64));
      }
    });
    has_low |= bound.has_low;
    has_high |= bound.has_high;
  }
  if (!has_low) std::fill(out.low.begin(), out.low.end(), INT32_MIN);
  if (!has_high) std::fill(out.high.begin(), out.high.end(), INT32_MAX);
}

// Which of so many keys lie within the bounds, one bit each.
template <uint32_t at_once>
[[gnu::always_inline]] inline uint64_t within(const int32_t* keys, int32_t low, int32_t high) {
#if defined(__SSE2__)
  static_assert(at_once == 8 || at_once == 16);
  const __m128i lows = _mm_set1_epi32(low), highs = _mm_set1_epi32(high);
  const auto beyond = [&](uint32_t k) {
    const __m128i four = _mm_loadu_si128(reinterpret_cast<const __m128i*>(keys + k));
    return _mm_or_si128(_mm_cmpgt_epi32(lows, four), _mm_cmpgt_epi32(four, highs));
  };
  const __m128i eight = _mm_packs_epi32(beyond(0), beyond(4));
  const __m128i next = at_once == 8 ? eight : _mm_packs_epi32(beyond(8), beyond(12));
  return ~static_cast<uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(eight, next))) & low_mask(at_once);
#else
  uint64_t out = 0;
  for (uint32_t k = 0; k < at_once; ++k) out |= uint64_t{(keys[k] >= low) & (keys[k] <= high)} << k;
  return out;
#endif
}

// The keys of all rows, and the last ones with room behind them.
struct Keys {
  const int32_t *all, *last;
  Row rows;
};

// Which of the rows from `begin` on have their key within the bounds.
template <uint32_t at_once>
[[gnu::always_inline]] inline uint64_t within(WithoutMasks, const Keys& keys, Row begin, uint32_t count, int32_t low, int32_t high) {
  const Row near_end = keys.rows - std::min(keys.rows, most_at_once);
  const int32_t* const from = begin + most_at_once <= keys.rows ? keys.all + begin : keys.last + (begin - near_end);
  uint64_t inside = within<at_once>(from, low, high);
  for (uint32_t next = at_once; next < count; next += at_once) inside |= within<at_once>(from + next, low, high) << next;
  return inside & low_mask(count);
}
#if RUBRIC_HAS_MASKS
template <uint32_t at_once>
[[gnu::target(RUBRIC_AVX512)]] inline uint64_t within(WithMasks, const Keys& keys, Row begin, uint32_t count, int32_t low, int32_t high) {
  const int32_t* const from = keys.all + begin;
  uint64_t inside = masks::some_between(from, count, low, high);
  for (uint32_t next = 16; next < count; next += 16) inside |= masks::some_between(from + next, count - next, low, high) << next;
  return inside;
}
#endif

// The bits from a row on, at least `most_at_once` of them; there is a word of room behind the last.
[[gnu::always_inline]] inline uint64_t bits_from(const Plane& plane, Row begin) {
  uint64_t out;
  std::memcpy(&out, reinterpret_cast<const char*>(plane.data()) + begin / 8, sizeof out);
  return out >> (begin % 8);
}

// The rows of the list that are a line's own, or a piece of them.
struct Own {
  Row begin;
  uint32_t count;
  bool is_piece() const { return count <= most_at_once; }
  uint64_t all() const { return low_mask(count); }   // of a piece
};
[[gnu::always_inline]] inline Own own_rows(const WindowRows& at, Row line) {
  const Row* const starts = at.list_starts.data() + at.case_of[line];
  return {starts[0], starts[1] - starts[0]};
}
template <class Use>
[[gnu::always_inline]] inline void each_piece(Own own, Use use) {
  for (; !own.is_piece(); own = {own.begin + most_at_once, own.count - most_at_once}) use(Own{own.begin, most_at_once});
  use(own);
}

[[gnu::always_inline]] inline uint64_t not_zero(WithoutMasks, const uint64_t* numbers, uint32_t n) {
  uint64_t out = 0;
  for (uint32_t k = 0; k < n; ++k) out |= uint64_t{numbers[k] != 0} << k;
  return out;
}
#if RUBRIC_HAS_MASKS
[[gnu::target(RUBRIC_AVX512)]] inline uint64_t not_zero(WithMasks, const uint64_t* numbers, uint32_t n) {
  return masks::not_zero(numbers, n);
}
#endif

// What a line's rows are to it that are no certain members.
struct Doubt {
  uint32_t possible = 0;
  bool endless = false;                      // a phantom row is among the possible ones
  bool alone = false;                        // a row is to be looked at by itself
};

// Each line has line(line, the number of its members within the bounds). word(which, the lines that have members, those with
// doubtful rows) says of which lines doubt is wanted: doubt(line, Doubt).
template <uint32_t at_once, class Masks, class Fold>
[[gnu::always_inline]] inline void each_line(Masks masks, const WindowScratch& in, const WindowRows& at, uint32_t lines, Fold& fold) {
  const Keys keys{in.columns.key->uniform ? in.keys.data() : in.columns.key->cell4.data(), in.last_keys.data(), at.list_starts.back()};
  const int32_t *const low = in.low.data(), *const high = in.high.data();
  const auto inside = [&](Row line, Own piece) { return within<at_once>(masks, keys, piece.begin, piece.count, low[line], high[line]); };
  const auto members_of = [&](Row line, Own piece) { return inside(line, piece) & bits_from(in.members, piece.begin); };
  const auto doubtful_of = [&](Own piece) {
    return piece.all() & (bits_from(in.possible, piece.begin) | bits_from(in.open, piece.begin) | bits_from(in.alone, piece.begin));
  };
  uint64_t members[64], doubts[64];          // of the word's lines, one bit a row, or a bit of any piece
  for (uint32_t word = 0; word < words(lines); ++word) {
    const uint32_t n = std::min<uint32_t>(64, lines - word * 64);
    uint64_t in_pieces = 0;
    for (uint32_t k = 0; k < n; ++k) {
      const Row line = word * 64 + k;
      const Own own = own_rows(at, line);
      if (!own.is_piece()) [[unlikely]] {
        in_pieces |= uint64_t{1} << k;
        continue;
      }
      members[k] = members_of(line, own);
      doubts[k] = doubtful_of(own);
      fold.line(line, static_cast<uint32_t>(__builtin_popcountll(members[k])));
    }
    for (; in_pieces; in_pieces &= in_pieces - 1) {
      const auto k = static_cast<uint32_t>(__builtin_ctzll(in_pieces));
      const Row line = word * 64 + k;
      uint32_t number = 0;
      members[k] = doubts[k] = 0;
      each_piece(own_rows(at, line), [&](Own piece) {
        const uint64_t some = members_of(line, piece);
        members[k] |= some;
        doubts[k] |= doubtful_of(piece);
        number += static_cast<uint32_t>(__builtin_popcountll(some));
      });
      fold.line(line, number);
    }
    const uint64_t found = not_zero(masks, members, n), doubtful = not_zero(masks, doubts, n);
    for (uint64_t left = fold.word(word, found, doubtful); left; left &= left - 1) {
      const Row line = word * 64 + static_cast<Row>(__builtin_ctzll(left));
      Doubt doubt;
      each_piece(own_rows(at, line), [&](Own piece) {
        const uint64_t within = inside(line, piece) & bits_from(in.possible, piece.begin);
        const uint64_t possible = within | (piece.all() & bits_from(in.open, piece.begin));
        doubt.possible += static_cast<uint32_t>(__builtin_popcountll(possible));
        doubt.endless |= (possible & bits_from(in.endless, piece.begin)) != 0;
        doubt.alone |= (piece.all() & bits_from(in.alone, piece.begin)) != 0;
      });
      fold.doubt(line, doubt);
    }
  }
}

// Short lists are read eight rows at a time, where there are no masks: most are then read at once.
template <class Fold>
void each_line(const WindowScratch& in, const WindowRows& at, uint32_t lines, Fold fold) {
  if (lines == 0) return;
  const bool short_lists = at.list_starts.back() < 4 * at.list_starts.size();
  if (short_lists) widely([&](auto masks) __attribute__((always_inline)) { each_line<8>(masks, in, at, lines, fold); });
  else widely([&](auto masks) __attribute__((always_inline)) { each_line<16>(masks, in, at, lines, fold); });
}

template <class Use>
void each_set(const Plane& plane, Use use) {
  for (uint32_t word = 0; word < plane.size(); ++word) {
    for (uint64_t left = plane[word]; left; left &= left - 1) use(word * 64 + static_cast<Row>(__builtin_ctzll(left)));
  }
}

bool refused(const WindowRows& at, Row line) {
  const Row c = at.case_of[line];
  return at.limited[c / 64] >> (c % 64) & 1;
}

// The rows of a line that are looked at by themselves; its limits are plain values, which stand for themselves in its bounds.
void add_alone(const Context& c, const Window& w, const WindowRows& at, const WindowScratch& in, const Pool& pool, Row line, Found& out) {
  const int64_t low = in.low[line] == INT32_MIN ? anywhere.low : in.low[line];
  const int64_t high = in.high[line] == INT32_MAX ? anywhere.high : in.high[line];
  each_piece(own_rows(at, line), [&](Own piece) {
    for (uint64_t left = piece.all() & bits_from(in.alone, piece.begin); left; left &= left - 1) {
      add_row(c, w, at, in.columns, pool, line, piece.begin + static_cast<Row>(__builtin_ctzll(left)), {true, low, high, low, high}, out);
    }
  });
}

uint64_t exist(uint32_t rows, uint32_t word) { return word + 1 == words(rows) ? tail_mask(rows) : ~uint64_t{0}; }

// What the fold makes of each line; `partly`: lines with rows that are to be looked at by themselves.
struct Any {
  WindowScratch& to;
  uint64_t *p, *q;
  uint32_t lines;

  void line(Row, uint32_t) const {}
  uint64_t word(uint32_t which, uint64_t found, uint64_t doubtful) const {
    p[which] = found;
    q[which] = ~found & exist(lines, which);
    to.partly[which] = 0;
    return doubtful & ~found & ~to.singly[which];
  }
  void doubt(Row line, const Doubt& doubt) const {
    q[line / 64] &= ~(uint64_t{doubt.possible != 0} << (line % 64));
    to.partly[line / 64] |= uint64_t{doubt.alone} << (line % 64);
  }
};

// `ranges`: lines whose count may be one.
struct Count {
  WindowScratch& to;
  uint64_t* p;
  int32_t* cells;
  uint32_t lines;

  void line(Row line, uint32_t members) const { cells[line] = static_cast<int32_t>(members); }
  uint64_t word(uint32_t which, uint64_t, uint64_t doubtful) const {
    p[which] = exist(lines, which);
    to.partly[which] = to.ranges[which] = to.unbounded[which] = 0;
    return doubtful & ~to.singly[which];
  }
  void doubt(Row line, const Doubt& doubt) const {
    to.possibles[line] = doubt.possible;
    to.ranges[line / 64] |= uint64_t{doubt.possible != 0 || doubt.alone} << (line % 64);
    to.unbounded[line / 64] |= uint64_t{doubt.endless} << (line % 64);
    to.partly[line / 64] |= uint64_t{doubt.alone} << (line % 64);
  }
};

}  // namespace

void window_any(const Context& c, const Window& w, const WindowRows& at, WindowScratch& scratch, const Pool& pool, Column& out) {
  read_rows(w, at, pool, scratch);
  read_bounds(w, out.rows, scratch);
  scratch.partly.resize(words(out.rows));
  each_line(scratch, at, out.rows, Any{scratch, out.p.data(), out.q.data(), out.rows});
  const auto settle = [&](Row line, const Found& found) {
    out.set_truth(line, found.certain ? Truth::yes : found.possible ? Truth::unknown : Truth::no);
  };
  each_set(scratch.partly, [&](Row line) {
    Found found{0, out.truth(line) == Truth::unknown, false};
    add_alone(c, w, at, scratch, pool, line, found);
    settle(line, found);
  });
  each_set(scratch.singly, [&](Row line) { settle(line, all_rows(c, w, at, scratch.columns, pool, line)); });
  if (!at.any_limited) return;
  for (Row line = 0; line < out.rows; ++line) {
    if (refused(at, line)) out.set_truth(line, Truth::no);
  }
}

void window_count(const Context& c, const Window& w, const WindowRows& at, WindowScratch& scratch, const Pool& pool, Column& out,
                  Pool& out_pool) {
  read_rows(w, at, pool, scratch);
  read_bounds(w, out.rows, scratch);
  scratch.possibles.resize(out.rows);
  scratch.ranges.resize(words(out.rows));
  scratch.unbounded.resize(words(out.rows));
  scratch.partly.resize(words(out.rows));
  each_line(scratch, at, out.rows, Count{scratch, out.p.data(), out.cell4.data(), out.rows});
  Counts counts(c, out, out_pool);
  each_set(scratch.ranges, [&](Row line) {
    Found found{static_cast<uint32_t>(out.cell4[line]), scratch.possibles[line], bit(scratch.unbounded, line)};
    if (bit(scratch.partly, line)) add_alone(c, w, at, scratch, pool, line, found);
    counts.put(line, found.certain, found.possible, found.unbounded);
  });
  each_set(scratch.singly, [&](Row line) {
    const Found found = all_rows(c, w, at, scratch.columns, pool, line);
    counts.put(line, found.certain, found.possible, found.unbounded);
  });
  if (!at.any_limited) return;
  for (Row line = 0; line < out.rows; ++line) {
    if (refused(at, line)) counts.put(line, 0, 0, false);
  }
}

}  // namespace rubric::vm
