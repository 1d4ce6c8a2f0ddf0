// The forms of an operator, made from its one meaning: over columns (plain cells in a loop, the others boxed) and
// over boxed values (none and unknown passed through, alternatives tried, ranges by their ends).
#pragma once

#include "vm/column.h"
#include "vm/comparisons.h"
#include "vm/date_words.h"
#include "vm/meanings.h"
#include "vm/reach.h"

#include <array>
#include <optional>
#include <tuple>
#include <utility>

namespace rubric::vm {

// A type of the machine as C++ sees it.
template <Type>
struct Plain;
template <>
struct Plain<Type::truth> {
  using type = Truth;
};
template <>
struct Plain<Type::integer> {
  using type = int32_t;
};
template <>
struct Plain<Type::long_integer> {
  using type = int64_t;
};
template <>
struct Plain<Type::decimal> {
  using type = Decimal;
};
template <>
struct Plain<Type::text> {
  using type = Text;
};
template <>
struct Plain<Type::code> {
  using type = Code;
};
template <>
struct Plain<Type::date> {
  using type = Date;
};
template <>
struct Plain<Type::quantity> {
  using type = Quantity;
};

// What F is given for a type: its C++ value, or the boxed one.
template <class F>
concept TakesBoxed = requires { typename F::boxed_arguments; };
template <class F, Type T>
struct Given : Plain<T> {};
template <class F, Type T>
  requires TakesBoxed<F>
struct Given<F, T> {
  using type = Value;
};

// A plain cell read and written without boxing. Quantities have no plain form.
template <class T>
T plain_cell(const Column& c, Row r);
template <>
inline Truth plain_cell<Truth>(const Column& c, Row r) {
  return c.truth(r);
}
template <>
inline int32_t plain_cell<int32_t>(const Column& c, Row r) {
  return c.cell4[r];
}
template <>
inline int64_t plain_cell<int64_t>(const Column& c, Row r) {
  return c.cell8[r];
}
template <>
inline Decimal plain_cell<Decimal>(const Column& c, Row r) {
  return {c.cell8[r]};
}
template <>
inline Text plain_cell<Text>(const Column& c, Row r) {
  return {static_cast<uint32_t>(c.cell4[r])};
}
template <>
inline Code plain_cell<Code>(const Column& c, Row r) {
  return {static_cast<uint32_t>(c.cell4[r])};
}
template <>
inline Date plain_cell<Date>(const Column& c, Row r) {
  return {c.cell4[r], 3};
}
template <>
inline Quantity plain_cell<Quantity>(const Column&, Row) {
  return {};
}
template <>
inline Value plain_cell<Value>(const Column&, Row) {
  return {};
}

// The rows of a word whose cells are plain values.
template <class T>
[[gnu::always_inline]] inline uint64_t plain_rows(const Column& c, uint32_t word) {
  if constexpr (std::is_same_v<T, Value>) return 0;
  if (c.uniform) {
    const bool one = std::is_same_v<T, Truth> ? (c.p[0] ^ c.q[0]) & 1 : c.p[0] & ~c.q[0] & 1;
    return one ? ~uint64_t{0} : 0;
  }
  return std::is_same_v<T, Truth> ? c.p[word] ^ c.q[word] : c.p[word] & ~c.q[word];
}

inline Value box_result(const Context&, Truth v) { return box(v); }
inline Value box_result(const Context&, int32_t v) { return box(v); }
inline Value box_result(const Context&, int64_t v) { return box(v); }
inline Value box_result(const Context&, Text v) { return box(v); }
inline Value box_result(const Context&, Code v) { return box(v); }
inline Value box_result(const Context&, Date v) { return box(v); }
inline Value box_result(const Context&, const Value& v) { return v; }
inline Value box_result(const Context& c, Decimal v) { return box(v, *c.arena); }
inline Value box_result(const Context& c, Quantity v) { return box(v, *c.arena); }
template <class T>
Value box_result(const Context& c, const Maybe<T>& v) {
  return v.absent ? Value::none(v.fault) : box_result(c, v.value);
}

// The ends of an argument that is a value or a range; kind unknown: unbounded.
struct Ends {
  Value low, high;
};
inline Ends ends_of(const Value& v) { return v.kind == Kind::range ? Ends{v.items[0], v.items[1]} : Ends{v, v}; }

template <class T>
struct IsTruth : std::is_same<T, Truth> {};

// The last answers about boxed values that were compared with a constant: rows often share the one value.
class Answers {
 public:
  explicit Answers(const Column* const* args) : values_(args[0]), used_(!args[0]->uniform && args[1]->uniform) { cells_.fill(-1); }
  // nullptr: there is none.
  const Truth* find(Row r) const {
    const bool known = used_ && is_boxed(r) && cells_[place(r)] == values_->cell4[r];
    return known ? &answers_[place(r)] : nullptr;
  }
  void note(Row r, Truth t) {
    if (!used_ || !is_boxed(r)) return;
    cells_[place(r)] = values_->cell4[r];
    answers_[place(r)] = t;
  }

 private:
  static constexpr size_t most = 16;
  bool is_boxed(Row r) const { return bit(values_->p, r) && bit(values_->q, r); }
  size_t place(Row r) const { return static_cast<size_t>(values_->cell4[r]) % most; }

  const Column* values_;
  bool used_;
  std::array<int32_t, most> cells_;
  std::array<Truth, most> answers_{};
};

template <class F, Type... A>
struct Forms {
  // A comparison of what could not be computed is not none, which a filter would drop: it is open, with nothing to ask.
  static Value absent_result(const Value& argument) {
    using Result = decltype(F::apply(std::declval<const Context&>(), std::declval<typename Given<F, A>::type>()...));
    if (IsTruth<Result>::value && is_fault(argument.cause)) return Value::unknown(argument.cause);
    return Value::none(argument.cause);
  }
  static constexpr size_t arity = sizeof...(A);
  using Arguments = std::tuple<typename Given<F, A>::type...>;

  // All arguments are plain values.
  template <size_t... I>
  static Value on_points(const Context& c, const Value* args, std::index_sequence<I...>) {
    return box_result(c, F::apply(c, unbox<std::tuple_element_t<I, Arguments>>(args[I])...));
  }

  // A comparison of ranges: which orders are possible, and whether they all give one answer.
  static Value on_ordered(const Context& c, const Value* args) {
    using T = std::tuple_element_t<0, Arguments>;
    const Ends a = ends_of(args[0]), b = ends_of(args[1]);
    // less: the lowest left can come before the highest right; and so on. An unbounded end allows everything.
    const auto at = [&](const Value& x, const Value& y) -> std::optional<int> { return order(c, unbox<T>(x), unbox<T>(y)); };
    bool less = true, greater = true, undecided = false;
    if (a.low.kind == Kind::value && b.high.kind == Kind::value) {
      const auto o = at(a.low, b.high);
      undecided |= !o;
      less = !o || *o < 0;
    }
    if (a.high.kind == Kind::value && b.low.kind == Kind::value) {
      const auto o = at(a.high, b.low);
      undecided |= !o;
      greater = !o || *o > 0;
    }
    if (undecided) return Value::unknown(Cause::vague);
    // They can be equal where neither side lies wholly beyond the other.
    bool equal = true;
    if (a.high.kind == Kind::value && b.low.kind == Kind::value) equal &= *at(a.high, b.low) >= 0;
    if (a.low.kind == Kind::value && b.high.kind == Kind::value) equal &= *at(a.low, b.high) <= 0;
    bool yes = false, no = false;
    const auto see = [&](bool possible, int o) {
      if (possible) (F::holds(o) ? yes : no) = true;
    };
    see(less, -1);
    see(equal, 0);
    see(greater, 1);
    if (yes && no) return Value::unknown(Cause::vague);
    return box(yes ? Truth::yes : Truth::no);
  }

  template <size_t... I>
  static Value on_monotone(const Context& c, const Value* args, std::index_sequence<I...> seq) {
    std::array<Value, arity> low, high;
    bool low_open = false, high_open = false;
    for (size_t k = 0; k < arity; ++k) {
      const Ends e = ends_of(args[k]);
      const bool up = F::directions[k] == rising;
      low[k] = up ? e.low : e.high;
      high[k] = up ? e.high : e.low;
      low_open |= low[k].kind != Kind::value;
      high_open |= high[k].kind != Kind::value;
    }
    const Value a = low_open ? Value{} : on_points(c, low.data(), seq);
    const Value b = high_open ? Value{} : on_points(c, high.data(), seq);
    // An end that overflows is no end.
    const Value l = a.kind == Kind::value ? a : Value{}, h = b.kind == Kind::value ? b : Value{};
    if (a.kind == Kind::none || b.kind == Kind::none) return Value::unknown(Cause::vague);
    return range(l, h, Cause::vague, *c.arena);
  }

  // The ends of a product are among the products of the ends; a quotient has none if the divisor may be zero.
  template <size_t... I>
  static Value on_corners(const Context& c, const Value* args, std::index_sequence<I...> seq) {
    using T = std::tuple_element_t<0, Arguments>;
    Value low, high;
    std::array<Value, arity> now;
    const auto widen = [&] {
      const Value one = on_points(c, now.data(), seq);
      if (one.kind != Kind::value) return false;
      if (low.kind != Kind::value || *order(c, unbox<T>(one), unbox<T>(low)) < 0) low = one;
      if (high.kind != Kind::value || *order(c, unbox<T>(one), unbox<T>(high)) > 0) high = one;
      return true;
    };
    for (size_t corner = 0; corner < size_t{1} << arity; ++corner) {
      for (size_t k = 0; k < arity; ++k) {
        const Ends e = ends_of(args[k]);
        now[k] = corner >> k & 1 ? e.high : e.low;
        if (now[k].kind != Kind::value) return Value::unknown(Cause::vague);
      }
      if (!widen()) return Value::unknown(Cause::vague);
    }
    if constexpr (F::at_zero != AtZero::passes) {
      const Ends last = ends_of(args[arity - 1]);
      const Value zero = box_result(c, T{});
      const bool within = *order(c, unbox<T>(last.low), T{}) <= 0 && *order(c, unbox<T>(last.high), T{}) >= 0;
      if (within && F::at_zero == AtZero::breaks) return Value::unknown(Cause::vague);
      now[arity - 1] = zero;
      if (within && !widen()) return Value::unknown(Cause::vague);
    }
    return range(low, high, Cause::vague, *c.arena);
  }

  // Every argument is a value or a range (or none, where F inspects).
  static Value on_ends(const Context& c, const Value* args) {
    bool ranged = false;
    for (size_t k = 0; k < arity; ++k) ranged |= args[k].kind == Kind::range;
    constexpr auto seq = std::make_index_sequence<arity>{};
    if (!ranged) return on_points(c, args, seq);
    if constexpr (F::shape == Shape::ordered) {
      return on_ordered(c, args);
    } else if constexpr (F::shape == Shape::monotone) {
      return on_monotone(c, args, seq);
    } else if constexpr (F::shape == Shape::corners) {
      return on_corners(c, args, seq);
    } else {
      return Value::unknown(Cause::vague);
    }
  }

  static Value boxed(const Context& c, const Value* args) {
    if constexpr (!F::inspects) {
      // None in, none out; a fault outweighs plain absence, so that its cause is not lost.
      const Value* absent = nullptr;
      for (size_t k = 0; k < arity; ++k) {
        if (args[k].kind == Kind::none && (!absent || is_fault(args[k].cause))) absent = &args[k];
      }
      if (absent) return absent_result(*absent);
    }
    for (size_t k = 0; k < arity; ++k) {
      if (args[k].kind == Kind::unknown) return Value::unknown(args[k].cause);
    }
    // Try every combination of alternatives.
    std::array<Value, arity> now;
    Value result;
    Cause cause = Cause::nothing;
    uint64_t combinations = 1;
    for (size_t k = 0; k < arity; ++k) {
      if (args[k].kind == Kind::open) {
        combinations *= args[k].n;
        // An open fact outweighs a component that is not written: more may still be known of it.
        if (cause == Cause::nothing || cause == Cause::imprecise) cause = args[k].cause;
      }
    }
    if (combinations > 64) return Value::unknown(cause);
    for (uint64_t n = 0; n < combinations; ++n) {
      uint64_t rest = n;
      const Value* absent = nullptr;
      for (size_t k = 0; k < arity; ++k) {
        if (args[k].kind == Kind::open) {
          now[k] = args[k].items[rest % args[k].n];
          rest /= args[k].n;
        } else {
          now[k] = args[k];
        }
        if (now[k].kind == Kind::none) absent = &now[k];
      }
      Value one = absent && !F::inspects ? absent_result(*absent) : on_ends(c, now.data());
      if (one.kind == Kind::unknown && cause != Cause::nothing) one.cause = cause;
      result = n == 0 ? one : either(result, one, *c.arena);
      if (result.kind == Kind::unknown) break;
    }
    // Truth has no alternatives in a column: several answers are none at all.
    if (result.kind == Kind::open || result.kind == Kind::unknown) {
      if (cause != Cause::nothing) result.cause = cause;
    }
    // CQL answers null where only the precision of what is written leaves it undecided.
    if (result.kind == Kind::unknown && cause == Cause::imprecise) return Value::none(Cause::imprecise);
    return result;
  }

  template <size_t... I>
  static auto apply_plain(const Context& c, const Column* const* args, Row r, std::index_sequence<I...>) {
    return F::apply(c, plain_cell<std::tuple_element_t<I, Arguments>>(*args[I], args[I]->at(r))...);
  }
  template <size_t... I>
  static uint64_t all_plain(const Column* const* args, uint32_t word, std::index_sequence<I...>) {
    return (plain_rows<std::tuple_element_t<I, Arguments>>(*args[I], word) & ...);
  }

  static uint64_t unknown_compared(const Column& a, const Column& b, uint32_t word) {
    using T = std::tuple_element_t<0, Arguments>;
    const auto unknown = [&](const Column& c) { return c.uniform ? ((c.p[0] | c.q[0]) & 1) - 1 : ~(c.p[word] | c.q[word]); };
    const uint64_t x = unknown(a), y = unknown(b);
    return (x & (y | plain_rows<T>(b, word))) | (y & plain_rows<T>(a, word));
  }

  // Rows of a word on which one argument has no value and the other is plain: the result has none either, for the same cause.
  static uint64_t pass_on(const Column& empty, const Column& other, uint32_t word, uint64_t rows, Column& out) {
    if (empty.uniform) return 0;
    const uint64_t some = ~empty.p[word] & plain_rows<int32_t>(other, word) & rows, none = some & empty.q[word];
    out.q[word] |= none;
    out.any_odd |= none != 0;
    for (uint64_t left = some; left; left &= left - 1) {
      const Row r = word * 64 + static_cast<Row>(__builtin_ctzll(left));
      out.cell4[r] = empty.cell4[r];
    }
    return some;
  }

  // Results of plain arguments, gathered for a word of rows: truth values and what is known in planes, cells in place.
  struct Results {
    Column& out;
    Pool& pool;
    uint64_t p = 0, q = 0;
    void put_one(const Context&, Row r, Truth t) {
      p |= (static_cast<uint64_t>(t) & 1) << (r % 64);
      q |= (static_cast<uint64_t>(t) >> 1) << (r % 64);
    }
    void put_cell(Row r, int32_t cell) {
      out.cell4[r] = cell;
      p |= uint64_t{1} << (r % 64);
    }
    void put_one(const Context&, Row r, int32_t v) { put_cell(r, v); }
    void put_one(const Context&, Row r, Text v) { put_cell(r, static_cast<int32_t>(v.id)); }
    void put_one(const Context&, Row r, Code v) { put_cell(r, static_cast<int32_t>(v.id)); }
    void put_one(const Context& c, Row r, Date v) {
      if (v.precision == 3) put_cell(r, v.days);
      else put_boxed(r, box_result(c, v));
    }
    void put_one(const Context&, Row r, int64_t v) {
      out.cell8[r] = v;
      p |= uint64_t{1} << (r % 64);
    }
    void put_one(const Context& c, Row r, Decimal v) {
      const auto narrow = static_cast<int64_t>(v.scaled);
      if (narrow == v.scaled) put_one(c, r, narrow);
      else put_boxed(r, box_result(c, v));
    }
    void put_one(const Context& c, Row r, Quantity v) { put_boxed(r, box_result(c, v)); }
    void put_one(const Context&, Row r, const Value& v) { put_boxed(r, v); }
    template <class T>
    void put_one(const Context& c, Row r, const Maybe<T>& v) {
      if (v.absent) put_boxed(r, Value::none(v.fault));
      else put_one(c, r, v.value);
    }
    void put_boxed(Row r, const Value& v) {
      vm::put(out, r, v, pool);
      const uint64_t mask = uint64_t{1} << (r % 64);
      p |= out.p[r / 64] & mask;
      q |= out.q[r / 64] & mask;
    }
    void finish(uint32_t word) {
      out.p[word] = p;
      out.q[word] = q;
    }
  };

  static void columns(const Context& c, const Column* const* args, const Pool& pool, Column& out, Pool& out_pool) {
    constexpr auto seq = std::make_index_sequence<arity>{};
    std::array<Value, arity> boxed_args;
    std::optional<Answers> answers;   // from the first that is asked for
    if constexpr (OnCells<F>::possible) compare_columns<F>(*args[0], *args[1], out.p, out.rows);
    for (uint32_t word = 0; word < words(out.rows); ++word) {
      const uint64_t exist = word + 1 == words(out.rows) ? tail_mask(out.rows) : ~uint64_t{0};
      const uint64_t plain = all_plain(args, word, seq) & exist;
      Results results{out, out_pool};
      if constexpr (OnCells<F>::possible) {
        results.p = out.p[word] & plain;
        results.q = ~out.p[word] & plain;
      } else {
        uint64_t left = plain;
        if constexpr (InWords<F>::possible) {
          const uint32_t rows = std::min<uint32_t>(64, out.rows - word * 64);
          if (plain) results.p = InWords<F>::apply(*args[0], *args[1], word, rows, out.cell4.data() + size_t{word} * 64) & plain;
          left &= ~results.p;
        }
        for (; left; left &= left - 1) {
          const Row r = word * 64 + static_cast<Row>(__builtin_ctzll(left));
          results.put_one(c, r, apply_plain(c, args, r, seq));
        }
      }
      results.finish(word);
      uint64_t rest = exist & ~plain;
      // An unknown value compared with a plain or an unknown one: unknown, as the row stands.
      if constexpr (OnCells<F>::possible) rest &= ~unknown_compared(*args[0], *args[1], word);
      if constexpr (InWords<F>::possible) {
        rest &= ~pass_on(*args[0], *args[1], word, rest, out);
        rest &= ~pass_on(*args[1], *args[0], word, rest, out);
      }
      for (uint64_t left = rest; left; left &= left - 1) {
        const Row r = word * 64 + static_cast<Row>(__builtin_ctzll(left));
        if constexpr (OnCells<F>::possible && !(wide_cell(A) || ...)) {
          if (!answers) answers.emplace(args);
          if (const Truth* const found = answers->find(r)) {
            out.set_truth(r, *found);
            continue;
          }
          const Reach a = reach_at(*args[0], r, pool), b = reach_at(*args[1], r, pool);
          if (a.kind != Reach::Kind::other && b.kind != Reach::Kind::other) {
            out.set_truth(r, compared<F>(a, b));
            answers->note(r, out.truth(r));
            continue;
          }
        }
        for (size_t k = 0; k < arity; ++k) boxed_args[k] = get(*args[k], r, pool);
        put(out, r, boxed(c, boxed_args.data()), out_pool);
        if constexpr (OnCells<F>::possible && !(wide_cell(A) || ...)) answers->note(r, out.truth(r));
      }
    }
  }
};

}  // namespace rubric::vm
