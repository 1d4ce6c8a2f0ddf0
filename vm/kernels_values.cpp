// Choosing, testing for none, and asking tables. All go by boxed values: the law of unknowns is written in either().
#include "vm/kernels.h"

#include "vm/bits.h"
#include "vm/masks.h"
#include "vm/widely.h"

#include <algorithm>

namespace rubric::vm {
namespace {

// The key of a table under which a value is found.
int64_t key_bits(const Value& v) { return v.wide ? INT64_MIN : v.i; }

// f over every value that an argument can be; a range, whose values cannot be listed, is unknown.
template <class F>
Value over_points(const Context& c, const Value& v, F f) {
  switch (v.kind) {
    case Kind::unknown: return Value::unknown(v.cause);
    case Kind::none: return Value::none(v.cause);
    case Kind::value: return f(v);
    case Kind::range: return Value::unknown(v.cause);
    case Kind::open: break;
  }
  Value result;
  for (uint32_t k = 0; k < v.n; ++k) {
    const Value& item = v.items[k];
    const Value one = item.kind == Kind::none ? item : item.kind == Kind::range ? Value::unknown(v.cause) : f(item);
    result = k == 0 ? one : either(result, one, *c.arena);
  }
  return result;
}

// Whether a day lies within an entry's dates. An end that is missing is open.
Truth in_force(const Value& day, const PreparedTable::Entry& e) {
  const bool from = e.from.kind == Kind::value, to = e.to.kind == Kind::value;
  if (!from && !to) return Truth::yes;
  if (day.kind == Kind::value) {
    const Date d = unbox<Date>(day);
    const int32_t first = d.days, last = last_day(d);
    if ((from && last < e.from.i) || (to && first > e.to.i)) return Truth::no;
    return (!from || first >= e.from.i) && (!to || last <= e.to.i) ? Truth::yes : Truth::unknown;
  }
  if (day.kind == Kind::range) {
    const Value &low = day.items[0], &high = day.items[1];
    if ((from && high.kind == Kind::value && high.i < e.from.i) || (to && low.kind == Kind::value && low.i > e.to.i)) return Truth::no;
    return (!from || (low.kind == Kind::value && low.i >= e.from.i)) && (!to || (high.kind == Kind::value && high.i <= e.to.i))
               ? Truth::yes
               : Truth::unknown;
  }
  if (day.kind == Kind::open) {
    Truth t = in_force(day.items[0], e);
    for (uint32_t k = 1; k < day.n; ++k) {
      if (in_force(day.items[k], e) != t) t = Truth::unknown;
    }
    return t;
  }
  return day.kind == Kind::none ? Truth::none : Truth::unknown;
}

Truth member(const PreparedTable& table, const Value& v, const Value* day) {
  switch (v.kind) {
    case Kind::none: return Truth::none;
    case Kind::unknown: return table.entries.empty() ? Truth::no : Truth::unknown;
    case Kind::value: {
      const auto at = table.entries.find(key_bits(v));
      if (at == table.entries.end()) return Truth::no;
      if (!day) return Truth::yes;
      Truth t = Truth::no;
      for (const auto& e : at->second) {
        const Truth one = in_force(*day, e);
        if (one == Truth::yes) return Truth::yes;
        if (one != Truth::no) t = one;
      }
      return t;
    }
    case Kind::range: {
      // No member within the range: certainly not one. (Keys of dates and numbers compare as their bits.)
      const Value &low = v.items[0], &high = v.items[1];
      for (const auto& [key, entries] : table.entries) {
        if ((low.kind != Kind::value || key >= low.i) && (high.kind != Kind::value || key <= high.i)) return Truth::unknown;
      }
      return Truth::no;
    }
    case Kind::open: {
      Truth t = member(table, v.items[0], day);
      for (uint32_t k = 1; k < v.n; ++k) {
        if (member(table, v.items[k], day) != t) return Truth::unknown;
      }
      return t;
    }
  }
  return Truth::unknown;
}

}  // namespace

void select(const Context& c, const Column& condition, const Column& a, const Column& b, const Pool& pool, Column& out, Pool& out_pool) {
  for (Row r = 0; r < out.rows; ++r) {
    const Truth t = condition.truth(r);
    if (t == Truth::unknown) {
      if (out.type == Type::truth) {
        const Truth x = a.truth(r), y = b.truth(r);
        out.set_truth(r, x == y ? x : Truth::unknown);
      } else {
        put(out, r, either(get(a, r, pool), get(b, r, pool), *c.arena), out_pool);
      }
      continue;
    }
    const Column& chosen = t == Truth::yes ? a : b;
    if (out.type == Type::truth) {
      out.set_truth(r, chosen.truth(r));
    } else {
      put(out, r, get(chosen, r, pool), out_pool);
    }
  }
}

void is_null(const Column& a, const Pool& pool, Column& out) {
  for (Row r = 0; r < out.rows; ++r) {
    const Value v = get(a, r, pool);
    Truth t = v.kind == Kind::none ? Truth::yes : v.kind == Kind::unknown ? Truth::unknown : Truth::no;
    if (v.kind == Kind::open) {
      const auto absent = std::count_if(v.items, v.items + v.n, [](const Value& i) { return i.kind == Kind::none; });
      t = absent == 0 ? Truth::no : absent == v.n ? Truth::yes : Truth::unknown;
    }
    out.set_truth(r, t);
  }
}

void coalesce(const Context& c, std::span<const Column* const> args, const Pool& pool, Column& out, Pool& out_pool) {
  for (Row r = 0; r < out.rows; ++r) {
    // From the last to the first: what follows stands in for each none among the values.
    Value result = get(*args.back(), r, pool);
    for (size_t k = args.size() - 1; k-- > 0;) {
      const Value v = get(*args[k], r, pool);
      if (v.kind == Kind::none) continue;
      if (v.kind != Kind::open) {
        result = v;
        continue;
      }
      Value joined;
      for (uint32_t i = 0; i < v.n; ++i) {
        Value one = v.items[i].kind == Kind::none ? result : v.items[i];
        if (one.kind == Kind::range) one = range(one.items[0], one.items[1], v.cause, *c.arena);
        joined = i == 0 ? one : either(joined, one, *c.arena);
      }
      result = joined;
    }
    put(out, r, result, out_pool);
  }
}

void lookup(const Context& c, const PreparedTable& table, const Column& key, const Pool& pool, Column& out, Pool& out_pool) {
  for (Row r = 0; r < out.rows; ++r) {
    put(out, r,
        over_points(c, get(key, r, pool),
                    [&](const Value& v) {
                      const auto at = table.entries.find(key_bits(v));
                      if (at != table.entries.end()) return at->second.front().value;
                      return table.otherwise_key ? v : table.otherwise;
                    }),
        out_pool);
  }
}

namespace {

// holds(k) of 64 rows, or of fewer in a column's last word, one bit each.
template <class Holds>
[[gnu::always_inline]] inline uint64_t bits_where(uint32_t n, Holds holds) {
  if (n == 64) {
    uint8_t found[64];
    for (uint32_t k = 0; k < 64; ++k) found[k] = holds(k);
    return bits_of_bytes(found);
  }
  uint64_t out = 0;
  for (uint32_t k = 0; k < n; ++k) out |= uint64_t{holds(k)} << k;
  return out;
}

uint32_t behind_last(const std::vector<uint32_t>& keys) { return static_cast<uint32_t>(keys.size()) * 32 - 1; }

// Which ids have their bit. Those behind the last key ask for a bit that is not set.
[[gnu::always_inline]] inline uint64_t ids_among(WithoutMasks, const std::vector<uint32_t>& keys, const int32_t* ids, uint32_t n) {
  const uint32_t* const words_of_keys = keys.data();
  const uint32_t none = behind_last(keys);
  const auto has_bit = [=](uint32_t k) -> uint32_t {
    const auto id = static_cast<uint32_t>(ids[k]), at = id < none ? id : none;
    return words_of_keys[static_cast<int32_t>(at / 32)] >> (at % 32) & 1;
  };
  if (n < 64) return bits_where(n, [&](uint32_t k) { return static_cast<uint8_t>(has_bit(k)); });
  // Gathered as whole words first.
  uint32_t found[64];
  for (uint32_t k = 0; k < 64; ++k) found[k] = has_bit(k);
  return bits_where(64, [&](uint32_t k) { return static_cast<uint8_t>(found[k]); });
}

[[gnu::always_inline]] inline uint64_t ids_in_runs(WithoutMasks, const std::vector<PreparedTable::Run>& runs, const int32_t* ids,
                                                   uint32_t n) {
  uint64_t out = 0;
  for (const PreparedTable::Run run : runs) {
    out |= bits_where(n, [=](uint32_t k) -> uint8_t { return static_cast<uint32_t>(ids[k]) - run.first <= run.more; });
  }
  return out;
}

#if RUBRIC_HAS_MASKS
[[gnu::target(RUBRIC_AVX512)]] inline uint64_t ids_among(WithMasks, const std::vector<uint32_t>& keys, const int32_t* ids, uint32_t n) {
  return masks::among(keys.data(), behind_last(keys), ids, n);
}
[[gnu::target(RUBRIC_AVX512)]] inline uint64_t ids_in_runs(WithMasks, const std::vector<PreparedTable::Run>& runs, const int32_t* ids,
                                                           uint32_t n) {
  uint64_t out = 0;
  for (const PreparedTable::Run run : runs) out |= masks::within(ids, n, run.first, run.more);
  return out;
}
#endif

// Plain texts and codes by their bits; the others are unknown afterwards, and so are those whose answer the date decides.
template <class Masks>
[[gnu::always_inline]] inline void in_small_set(Masks masks, const PreparedTable& table, const Column& value, bool on_date, Column& out) {
  const bool by_runs = !table.runs.empty(), ask_date = on_date && table.any_dated;
  for (uint32_t word = 0; word < words(out.rows); ++word) {
    const int32_t* const ids = value.cell4.data() + size_t{word} * 64;
    const uint32_t n = out.rows - word * 64 < 64 ? out.rows - word * 64 : 64;
    // Whatever a cell holds is asked for: the planes say which answers count.
    const uint64_t yes = by_runs ? ids_in_runs(masks, table.runs, ids, n) : ids_among(masks, table.known, ids, n);
    const uint64_t settled = value.p[word] & ~value.q[word] & ~(ask_date ? ids_among(masks, table.dated, ids, n) : 0);
    out.p[word] = yes & settled;
    out.q[word] = ~yes & settled;
  }
}

}  // namespace

void in_set(const PreparedTable& table, const Column& value, const Column* date, const Pool& pool, Column& out) {
  // Neighbours often share the one boxed value, and so the answer.
  int32_t last_boxed = -1;
  Truth last_answer{};
  const auto one = [&](Row r) {
    if (date) {
      const Value day = get(*date, r, pool);
      return member(table, get(value, r, pool), &day);
    }
    const bool boxed = !value.uniform && !wide_cell(value.type) && value.type != Type::truth && bit(value.p, r) && bit(value.q, r);
    if (boxed && value.cell4[r] == last_boxed) return last_answer;
    const Truth t = member(table, get(value, r, pool), nullptr);
    if (boxed) last_boxed = value.cell4[r], last_answer = t;
    return t;
  };
  const bool small = table.all_small && !table.known.empty() && !value.uniform && (value.type == Type::text || value.type == Type::code);
  if (small) widely([&](auto masks) __attribute__((always_inline)) { in_small_set(masks, table, value, date != nullptr, out); });
  for (uint32_t word = 0; word < words(out.rows); ++word) {
    uint64_t rest = word + 1 == words(out.rows) ? tail_mask(out.rows) : ~uint64_t{0};
    if (small) rest &= (value.p[word] | value.q[word]) & ~(out.p[word] | out.q[word]);
    for (uint64_t left = rest; left; left &= left - 1) {
      const Row r = word * 64 + static_cast<Row>(__builtin_ctzll(left));
      out.set_truth(r, one(r));
    }
  }
}

}  // namespace rubric::vm
