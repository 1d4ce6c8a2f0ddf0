// Folds over a list's rows within each line's bounds, eight rows at a time. What is asked of a row alone becomes one
// byte; whether its key lies within the bounds says which bits of the byte count. Rows and lines that are no plain
// values go by the comparisons' own boxed forms.
#include "vm/bits.h"
#include "vm/kernels.h"
#include "vm/operator_forms.h"
#include "vm/widely.h"
#include "vm/windows.h"

#include <algorithm>
#include <cstring>

namespace rubric::vm {
namespace {

constexpr uint32_t at_once = 8;
typedef int32_t Cells [[gnu::vector_size(at_once * 4)]];
typedef int8_t Bytes [[gnu::vector_size(at_once)]];

// The bits of a row's byte: what it is to the fold if its key lies within the bounds, or whatever its key is.
constexpr uint8_t member = 1;          // within: a member
constexpr uint8_t possible = 2;        // within: a member, or possible; set beside `member`
constexpr uint8_t unless_known = 8;    // within: none, which is no member, where the bounds are known; else possible
constexpr uint8_t open = 4;            // possible: the key is unknown
constexpr uint8_t exact = 16;          // to be looked at by itself: the key is no plain value

constexpr uint64_t in_each(uint8_t byte) { return 0x0101010101010101 * byte; }

struct Planes {
  uint64_t t, f;
};
Planes planes(const Column& c, uint32_t word) {
  if (!c.uniform) return {c.p[word], c.q[word]};
  return {c.p[0] & 1 ? ~uint64_t{0} : 0, c.q[0] & 1 ? ~uint64_t{0} : 0};
}

// The list's rows, with room behind the last.
void read_rows(const Window& w, const WindowRows& at, WindowScratch& out) {
  const WindowColumns& in = out.columns;
  const uint32_t rows = at.list_starts.empty() ? 0 : at.list_starts.back();
  out.bytes.resize(size_t{words(rows)} * 64 + at_once);
  out.keys.resize(size_t{rows} + at_once);
  if (!in.key->uniform) std::copy_n(in.key->cell4.data(), rows, out.keys.data());
  else std::fill_n(out.keys.data(), rows, in.key->cell4[0]);
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
      const uint64_t phantom = w.only_members ? at.phantom[word] : 0;
      const uint64_t yes = truth.t & ~truth.f & sure_yes & ~phantom;
      const uint64_t odd = key.f & ~no;
      for (uint32_t k = 0; k < 64; k += 8) {
        const uint64_t eight = bytes_of_bits((yes & plain) >> k) * member | bytes_of_bits((plain & ~no & ~none) >> k) * possible |
                               bytes_of_bits((plain & none) >> k) * unless_known | bytes_of_bits((~key.t & ~key.f & ~no) >> k) * open |
                               bytes_of_bits(odd >> k) * exact;
        std::memcpy(out.bytes.data() + size_t{word} * 64 + k, &eight, 8);
      }
    }
  });
}

// Each line's bounds, ends included; of what is not known there is none.
void read_bounds(const Window& w, uint32_t lines, WindowScratch& out) {
  out.low.assign(lines, INT32_MIN);
  out.high.assign(lines, INT32_MAX);
  for (Plane* plane : {&out.open, &out.exact, &out.ranges}) plane->assign(words(lines), 0);
  for (size_t b = 0; b < w.bounds.size(); ++b) {
    const WindowBound& bound = w.bounds[b];
    const Column& limit = *out.columns.limits[b];
    const int32_t* const cells = limit.cell4.data();
    widely([&] {
      for (uint32_t word = 0; word < words(lines); ++word) {
        const Row begin = word * 64, n = std::min<uint32_t>(64, lines - begin);
        const Planes l = planes(limit, word);
        const uint64_t plain = l.t & ~l.f;
        out.exact[word] |= l.f & low_mask(n);
        out.open[word] |= ~l.t & ~l.f & low_mask(n);
        int32_t* const low = out.low.data() + begin;
        int32_t* const high = out.high.data() + begin;
        uint64_t last = 0;
        for (uint32_t k = 0; k < n; ++k) {
          const int32_t cell = limit.uniform ? cells[0] : cells[begin + k];
          const bool known = plain >> k & 1;
          if (bound.has_low) low[k] = std::max(low[k], known ? std::min(cell, INT32_MAX - 1) + bound.above : INT32_MIN);
          if (bound.has_high) high[k] = std::min(high[k], known ? std::max(cell, INT32_MIN + 1) + bound.below : INT32_MAX);
          last |= uint64_t{cell == INT32_MAX || cell == INT32_MIN} << k;
        }
        out.exact[word] |= last & plain;
      }
    });
  }
  out.singly = out.exact;
}

// One line's rows, summed up.
struct Found {
  uint32_t certain = 0, possible = 0;
  bool unbounded = false;
};

Truth both(Truth a, Truth b) {
  const auto x = static_cast<uint8_t>(a), y = static_cast<uint8_t>(b);
  const uint8_t t = x & y & 1, f = ((x >> 1 & ~x) | (y >> 1 & ~y) | (t & (x >> 1 | y >> 1))) & 1;
  return static_cast<Truth>(t | f << 1);
}

Found each_by_itself(const Context& c, const Window& w, const WindowRows& at, const WindowColumns& in, const Pool& pool, Row line) {
  Found out;
  for (Row r = at.list_starts[at.case_of[line]]; r < at.list_starts[at.case_of[line] + 1]; ++r) {
    Truth held = in.truth ? in.truth->truth(r) : Truth::yes;
    for (size_t b = 0; b < w.bounds.size(); ++b) {
      const Value key = get(*in.key, r, pool), limit = get(*in.limits[b], line, pool);
      const Value sides[] = {w.bounds[b].key_first ? key : limit, w.bounds[b].key_first ? limit : key};
      const Value v = forms(w.bounds[b].fn).boxed(c, sides);
      held = both(held, v.kind == Kind::value ? unbox<Truth>(v) : v.kind == Kind::none ? Truth::none : Truth::unknown);
    }
    if (held == Truth::none) held = Truth::no;
    for (const Column* s : in.sure) held = both(held, s->truth(r));
    const bool phantom = bit(at.phantom, r);
    if (phantom && w.only_members) held = both(held, Truth::unknown);
    out.certain += held == Truth::yes;
    out.possible += held == Truth::unknown;
    out.unbounded |= held == Truth::unknown && phantom;
  }
  return out;
}

// The same of a line and rows without the odd ones, by the bytes.
Found one_by_one(const WindowScratch& in, const WindowRows& at, Row line) {
  Found out;
  const bool known = !bit(in.open, line);
  for (Row r = at.list_starts[at.case_of[line]]; r < at.list_starts[at.case_of[line] + 1]; ++r) {
    const uint8_t is = in.bytes[r];
    const bool within = in.keys[r] >= in.low[line] && in.keys[r] <= in.high[line];
    const bool certain = within && known && (is & member);
    const bool maybe = !certain && ((is & open) || (within && ((is & possible) || (!known && (is & unless_known)))));
    out.certain += certain;
    out.possible += maybe;
    out.unbounded |= maybe && bit(at.phantom, r);
  }
  return out;
}

// use(line, what its rows sum up to), for each line in turn.
template <class Sum, class Use>
[[gnu::always_inline]] inline void each_line(const WindowScratch& in, const WindowRows& at, uint32_t lines, Use use) {
  const uint8_t* const bytes = in.bytes.data();
  const int32_t* const keys = in.keys.data();
  for (Row line = 0; line < lines; ++line) {
    const Row begin = at.list_starts[at.case_of[line]], n = at.list_starts[at.case_of[line] + 1] - begin;
    const Cells low = in.low[line] - Cells{}, high = in.high[line] - Cells{};
    Sum sum;
    Row k = 0;
    do {
      Cells key;
      std::memcpy(&key, keys + begin + k, sizeof key);
      const auto within = __builtin_convertvector((key >= low) & (key <= high), Bytes);
      uint64_t eight, mask;
      std::memcpy(&eight, bytes + begin + k, 8);
      std::memcpy(&mask, &within, 8);
      const uint64_t left = n - k;
      eight &= left >= 8 ? ~uint64_t{0} : (uint64_t{1} << (8 * left)) - 1;
      sum.add(eight & (mask | in_each(open | exact)));
      k += at_once;
    } while (k < n);
    use(line, sum);
  }
}

struct Union {
  uint64_t all = 0;
  [[gnu::always_inline]] void add(uint64_t eight) { all |= eight; }
  [[gnu::always_inline]] bool has(uint8_t bits) const { return all & in_each(bits); }
};
struct Number {
  uint32_t members = 0, possibles = 0, opens = 0, unless_knowns = 0;
  uint64_t exacts = 0;
  [[gnu::always_inline]] void add(uint64_t eight) {
    const auto count = [&](uint8_t bit) { return static_cast<uint32_t>(__builtin_popcountll(eight & in_each(bit))); };
    members += count(member);
    possibles += count(possible);
    opens += count(open);
    unless_knowns += count(unless_known);
    exacts |= eight & in_each(exact);
  }
};

// Lines that the planes cannot speak for are noted, and looked at afterwards.
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

}  // namespace

void window_any(const Context& c, const Window& w, const WindowRows& at, WindowScratch& scratch, const Pool& pool, Column& out) {
  read_rows(w, at, scratch);
  read_bounds(w, out.rows, scratch);
  widely([&] {
    each_line<Union>(scratch, at, out.rows, [&](Row line, const Union& found) {
      const uint32_t word = line / 64, shift = line % 64;
      const uint64_t known = ~scratch.open[word] >> shift & 1;
      const uint64_t yes = uint64_t{found.has(member)} & known;
      const uint64_t maybe = uint64_t{found.has(possible | open)} | (uint64_t{found.has(unless_known)} & (known ^ 1));
      out.p[word] |= yes << shift;
      out.q[word] |= ((yes | maybe) ^ 1) << shift;
      scratch.singly[word] |= uint64_t{found.has(exact)} << shift;
    });
  });
  each_set(scratch.singly, [&](Row line) {
    const Found found = each_by_itself(c, w, at, scratch.columns, pool, line);
    out.set_truth(line, found.certain ? Truth::yes : found.possible ? Truth::unknown : Truth::no);
  });
  if (!at.any_limited) return;
  for (Row line = 0; line < out.rows; ++line) {
    if (refused(at, line)) out.set_truth(line, Truth::no);
  }
}

void window_count(const Context& c, const Window& w, const WindowRows& at, WindowScratch& scratch, const Pool& pool, Column& out,
                  Pool& out_pool) {
  read_rows(w, at, scratch);
  read_bounds(w, out.rows, scratch);
  widely([&] {
    each_line<Number>(scratch, at, out.rows, [&](Row line, const Number& found) {
      const uint32_t word = line / 64, shift = line % 64;
      const bool known = ~scratch.open[word] >> shift & 1;
      const uint32_t maybe = known ? found.possibles - found.members + found.opens : found.possibles + found.opens + found.unless_knowns;
      out.cell4[line] = static_cast<int32_t>(found.members);
      out.p[word] |= uint64_t{1} << shift;
      scratch.ranges[word] |= uint64_t{maybe != 0} << shift;
      scratch.singly[word] |= uint64_t{found.exacts != 0} << shift;
    });
  });
  for (uint32_t word = 0; word < words(out.rows); ++word) scratch.ranges[word] &= ~scratch.singly[word];
  each_set(scratch.ranges, [&](Row line) {
    const Found found = one_by_one(scratch, at, line);
    put_count(c, out, line, found.certain, found.possible, found.unbounded, out_pool);
  });
  each_set(scratch.singly, [&](Row line) {
    const Found found = each_by_itself(c, w, at, scratch.columns, pool, line);
    put_count(c, out, line, found.certain, found.possible, found.unbounded, out_pool);
  });
  if (!at.any_limited) return;
  for (Row line = 0; line < out.rows; ++line) {
    if (refused(at, line)) put_count(c, out, line, 0, 0, false, out_pool);
  }
}

}  // namespace rubric::vm
