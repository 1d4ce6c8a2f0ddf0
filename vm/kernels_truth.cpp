// Logic, 64 rows at a time. With t and f the two planes, a row is yes (1,0), no (0,1), unknown (0,0), none (1,1).
//
// CQL's tables hold for none, Kleene's for unknown, and between them the law: none AND unknown is unknown, since the
// unknown side may still be no.
#include "vm/kernels.h"

#include <algorithm>

namespace rubric::vm {
namespace {

struct Planes {
  uint64_t t, f;
};

[[gnu::always_inline]] inline Planes load(const Column& c, uint32_t word) {
  if (!c.uniform) return {c.p[word], c.q[word]};
  return {c.p[0] & 1 ? ~uint64_t{0} : 0, c.q[0] & 1 ? ~uint64_t{0} : 0};
}

Planes both(Planes a, Planes b) {
  const uint64_t t = a.t & b.t;  // both yes or none
  return {t, (a.f & ~a.t) | (b.f & ~b.t) | (t & (a.f | b.f))};
}
Planes swapped(Planes a) { return {a.f, a.t}; }

template <class F>
void each_word(Column& out, F f) {
  for (uint32_t w = 0; w < words(out.rows); ++w) {
    const Planes r = f(w);
    const uint64_t exist = w + 1 == words(out.rows) ? tail_mask(out.rows) : ~uint64_t{0};
    out.p[w] = r.t & exist;
    out.q[w] = r.f & exist;
  }
}

// Masks of a criterion's two registers.
struct Standing_ {
  uint64_t met, applies, settled;
};
Standing_ standing(const Column& applicable, const Column& value, uint32_t w) {
  const Planes a = load(applicable, w), v = load(value, w);
  const uint64_t yes = a.t & ~a.f, no = a.f & ~a.t;
  return {yes & v.t & ~v.f, ~no, yes & (v.t ^ v.f)};
}

}  // namespace

void truth_not(const Column& a, Column& out) {
  each_word(out, [&](uint32_t w) { return swapped(load(a, w)); });
}

void truth_and(std::span<const Column* const> args, Column& out) {
  each_word(out, [&](uint32_t w) {
    Planes r = load(*args[0], w);
    for (const Column* c : args.subspan(1)) r = both(r, load(*c, w));
    return r;
  });
}

void truth_or(std::span<const Column* const> args, Column& out) {
  each_word(out, [&](uint32_t w) {
    Planes r = swapped(load(*args[0], w));
    for (const Column* c : args.subspan(1)) r = both(r, swapped(load(*c, w)));
    return swapped(r);
  });
}

void keep(const Column& a, Column& out) {
  each_word(out, [&](uint32_t w) {
    const Planes p = load(a, w);
    return Planes{p.t & ~p.f, p.f};
  });
}

void at_least(std::span<const Column* const> args, uint32_t n, Column& out) {
  each_word(out, [&](uint32_t w) {
    Planes all{0, 0};
    const Row begin = w * 64, end = std::min(begin + 64, out.rows);
    for (Row r = begin; r < end; ++r) {
      uint32_t yes = 0, none = 0, open = 0;
      for (const Column* c : args) {
        const Truth t = c->truth(r);
        yes += t == Truth::yes;
        none += t == Truth::none;
        open += t == Truth::unknown;
      }
      // With none of the open ones yes, and with all of them: what lies between is settled where the ends agree.
      const auto with = [&](uint32_t met) { return met >= n ? Truth::yes : met + none < n ? Truth::no : Truth::none; };
      const Truth t = with(yes) == with(yes + open) ? with(yes) : Truth::unknown;
      all.t |= uint64_t{t == Truth::yes || t == Truth::none} << (r - begin);
      all.f |= uint64_t{t == Truth::no || t == Truth::none} << (r - begin);
    }
    return all;
  });
}

void shown(const Column& applicable, const Column& value, Column& out) {
  each_word(out, [&](uint32_t w) {
    const Standing_ s = standing(applicable, value, w);
    return Planes{s.met, ~s.met};
  });
}

void not_shown(const Column& applicable, const Column& value, Column& out) {
  each_word(out, [&](uint32_t w) {
    const Standing_ s = standing(applicable, value, w);
    const uint64_t yes = s.applies & ~s.met;
    return Planes{yes, ~yes};
  });
}

void undetermined(const Column& applicable, const Column& value, Column& out) {
  each_word(out, [&](uint32_t w) {
    const Standing_ s = standing(applicable, value, w);
    const uint64_t yes = s.applies & ~s.settled;
    return Planes{yes, ~yes};
  });
}

void assert_value(const Column& assertion, const Column& value, Column& out) {
  each_word(out, [&](uint32_t w) {
    const Planes a = load(assertion, w), v = load(value, w);
    const uint64_t judged = a.t ^ a.f;
    return Planes{(a.t & judged) | (v.t & ~judged), (a.f & judged) | (v.f & ~judged)};
  });
}

void assert_applicable(const Column& assertion, const Column& applicable, Column& out) {
  each_word(out, [&](uint32_t w) {
    const Planes a = load(assertion, w), v = load(applicable, w);
    const uint64_t judged = a.t ^ a.f, waived = a.t & a.f;
    return Planes{judged | (v.t & ~waived), waived | (v.f & ~judged)};
  });
}

void status_value(const Column& met, const Column& met_or_not_applicable, Column& out) {
  each_word(out, [&](uint32_t w) {
    const Planes m = load(met, w), h = load(met_or_not_applicable, w);
    const uint64_t cannot_fail = h.t & ~h.f, cannot_be_met = m.f & ~m.t & ~cannot_fail, none = m.t & m.f & h.t & h.f;
    return Planes{cannot_fail | none, cannot_be_met | none};
  });
}

}  // namespace rubric::vm
