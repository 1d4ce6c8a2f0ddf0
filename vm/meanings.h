// What each operator means, once: a functor with one apply() over known, certain values, and a word on how
// uncertainty passes through it. No functor sees none (but the few that `inspect`), an open value or a column.
//
// `shape` says what is true when an argument is only known to lie in a range:
//   points     nothing: each alternative is tried, a range gives unknown
//   rising, falling (one word for each argument)   the result's ends are those of the arguments
//   corners    the result's ends are among those of the arguments' ends, as in a product; `at_zero` says what becomes of
//              that where the last argument may be zero
//   ordered    a comparison: `holds(c)` says for which orders -1, 0, 1 of the two sides it is true
#pragma once

#include "vm/date.h"
#include "vm/decimal.h"
#include "vm/record.h"
#include "vm/units.h"

#include <array>
#include <optional>
#include <string_view>
#include <type_traits>
#include <variant>

namespace rubric::vm {

// What a meaning may look at besides its arguments: the texts and codes behind ids.
struct Context {
  const Batch* batch;
  Arena* arena;
  std::string_view text(Text t) const { return batch->text(t.id); }
};

// A value, or the reason why there is none.
template <class T>
struct Maybe {
  T value{};
  Cause fault = Cause::nothing;
  bool absent = false;
  Maybe(T v) : value(v) {}
  Maybe(Cause c) : fault(c), absent(true) {}
  Maybe(const std::optional<T>& v) : value(v.value_or(T{})), fault(v ? Cause::nothing : Cause::overflow), absent(!v) {}
};

enum class Shape : uint8_t { points, monotone, ordered, corners };
enum class Direction : int8_t { falling = -1, rising = 1 };
constexpr Direction rising = Direction::rising, falling = Direction::falling;

// ---------------------------------------------------------------- comparisons

// The order of two values: negative, zero, positive; nothing where it is undecided (partial dates, other dimensions).
inline std::optional<int> order(const Context&, Truth a, Truth b) { return (a == Truth::yes) - (b == Truth::yes); }
inline std::optional<int> order(const Context&, int32_t a, int32_t b) { return (a > b) - (a < b); }
inline std::optional<int> order(const Context&, int64_t a, int64_t b) { return (a > b) - (a < b); }
inline std::optional<int> order(const Context&, Decimal a, Decimal b) { return (a > b) - (a < b); }
inline std::optional<int> order(const Context& c, Text a, Text b) {
  if (a == b) return 0;
  const int o = c.text(a).compare(c.text(b));
  return (o > 0) - (o < 0);
}
// Codes have no order; any that keeps equality will do.
inline std::optional<int> order(const Context&, Code a, Code b) { return (a.id > b.id) - (a.id < b.id); }
inline std::optional<int> order(const Context&, Date a, Date b) {
  if (a.precision == 3 && b.precision == 3) return (a.days > b.days) - (a.days < b.days);
  // Component by component; what one side does not have leaves the order undecided.
  const Civil x = civil(a.days), y = civil(b.days);
  if (x.year != y.year) return x.year < y.year ? -1 : 1;
  if (a.precision < 2 || b.precision < 2) return a.precision == b.precision ? std::optional(0) : std::nullopt;
  if (x.month != y.month) return x.month < y.month ? -1 : 1;
  if (a.precision < 3 || b.precision < 3) return a.precision == b.precision ? std::optional(0) : std::nullopt;
  return (x.day > y.day) - (x.day < y.day);
}
// b's value in a's unit; nothing where the dimensions differ.
inline std::optional<Decimal> convert(Quantity q, uint16_t to) {
  if (q.unit == to) return q.value;
  const Unit &from = unit(q.unit), &target = unit(to);
  int64_t day = 1, second = 1;
  if (from.dimension != target.dimension) {
    // A day is 24 hours; a month is no number of days.
    if (from.dimension == Dimension::days && target.dimension == Dimension::time) {
      day = 86400;
    } else if (from.dimension == Dimension::time && target.dimension == Dimension::days) {
      second = 86400;
    } else {
      return std::nullopt;
    }
  }
  const auto up = multiply(q.value, to_decimal(from.numerator * target.denominator * day));
  return up ? divide(*up, to_decimal(from.denominator * target.numerator * second)) : std::nullopt;
}
inline std::optional<int> order(const Context& c, Quantity a, Quantity b) {
  const auto other = convert(b, a.unit);
  return other ? order(c, a.value, *other) : std::nullopt;
}

template <class T, class Holds>
struct Ordered {
  static constexpr Shape shape = Shape::ordered;
  static constexpr bool inspects = false;
  static constexpr bool holds(int o) { return Holds::of(o); }
  static Truth apply(const Context& c, T a, T b) {
    const auto o = order(c, a, b);
    return !o ? Truth::none : holds(*o) ? Truth::yes : Truth::no;
  }
};
struct IsEqual {
  static constexpr bool of(int o) { return o == 0; }
};
struct IsUnequal {
  static constexpr bool of(int o) { return o != 0; }
};
struct IsLess {
  static constexpr bool of(int o) { return o < 0; }
};
struct IsAtMost {
  static constexpr bool of(int o) { return o <= 0; }
};
struct IsGreater {
  static constexpr bool of(int o) { return o > 0; }
};
struct IsAtLeast {
  static constexpr bool of(int o) { return o >= 0; }
};
template <class T>
using Equal = Ordered<T, IsEqual>;
template <class T>
using Unequal = Ordered<T, IsUnequal>;
template <class T>
using Less = Ordered<T, IsLess>;
template <class T>
using AtMost = Ordered<T, IsAtMost>;
template <class T>
using Greater = Ordered<T, IsGreater>;
template <class T>
using AtLeast = Ordered<T, IsAtLeast>;

// ---------------------------------------------------------------- truth

struct Points {
  static constexpr Shape shape = Shape::points;
  static constexpr bool inspects = false;
};
struct Inspects {
  static constexpr Shape shape = Shape::points;
  static constexpr bool inspects = true;
};  // sees none

// Meanings that are functions over boxed values: one of values, one that sees none, one whose last argument is left out.
struct Boxed {
  using boxed_arguments = void;
};
template <auto F>
struct By : Points, Boxed {
  static auto apply(const Context& c, const auto&... a) { return F(c, a...); }
};
template <auto F>
struct ByNone : Inspects, Boxed {
  static auto apply(const Context& c, const auto&... a) { return F(c, a...); }
};
template <auto F>
struct WithNone : Points, Boxed {
  static auto apply(const Context& c, const auto&... a) { return F(c, a..., Value::none()); }
};

// A comparison of boxed values, of which ranges are decided by their ends.
template <auto F, class Holds>
struct InOrder : Boxed {
  static constexpr Shape shape = Shape::ordered;
  static constexpr bool inspects = false;
  static constexpr bool holds(int o) { return Holds::of(o); }
  static auto apply(const Context& c, const auto& a, const auto& b) { return F(c, a, b); }
};
template <auto F>
using EqualBy = InOrder<F, IsEqual>;
template <auto F>
using UnequalBy = InOrder<F, IsUnequal>;
template <auto F>
using LessBy = InOrder<F, IsLess>;
template <auto F>
using AtMostBy = InOrder<F, IsAtMost>;
template <auto F>
using GreaterBy = InOrder<F, IsGreater>;
template <auto F>
using AtLeastBy = InOrder<F, IsAtLeast>;

struct IsTrue : Inspects {
  static Truth apply(const Context&, Truth a) { return a == Truth::yes ? Truth::yes : Truth::no; }
};
struct IsFalse : Inspects {
  static Truth apply(const Context&, Truth a) { return a == Truth::no ? Truth::yes : Truth::no; }
};

// ---------------------------------------------------------------- arithmetic

template <Direction... D>
struct Monotone {
  static constexpr Shape shape = Shape::monotone;
  static constexpr bool inspects = false;
  static constexpr std::array<Direction, sizeof...(D)> directions{D...};
};

inline Maybe<int32_t> narrow(int64_t v) {
  if (v < INT32_MIN || v > INT32_MAX) return Cause::overflow;
  return static_cast<int32_t>(v);
}
template <class T>
struct Add;
template <>
struct Add<int32_t> : Monotone<rising, rising> {
  static Maybe<int32_t> apply(const Context&, int32_t a, int32_t b) { return narrow(int64_t{a} + b); }
};
template <>
struct Add<Decimal> : Monotone<rising, rising> {
  static Maybe<Decimal> apply(const Context&, Decimal a, Decimal b) { return add(a, b); }
};
template <class T>
struct Subtract;
template <>
struct Subtract<int32_t> : Monotone<rising, falling> {
  static Maybe<int32_t> apply(const Context&, int32_t a, int32_t b) { return narrow(int64_t{a} - b); }
};
template <>
struct Subtract<Decimal> : Monotone<rising, falling> {
  static Maybe<Decimal> apply(const Context&, Decimal a, Decimal b) { return subtract(a, b); }
};
template <class T>
struct Multiply;
enum class AtZero : uint8_t { passes, turns, breaks };
template <AtZero A = AtZero::passes>
struct Corners {
  static constexpr Shape shape = Shape::corners;
  static constexpr bool inspects = false;
  static constexpr AtZero at_zero = A;
};
template <>
struct Multiply<int32_t> : Corners<> {
  static Maybe<int32_t> apply(const Context&, int32_t a, int32_t b) { return narrow(int64_t{a} * b); }
};
template <>
struct Multiply<Decimal> : Corners<> {
  static Maybe<Decimal> apply(const Context&, Decimal a, Decimal b) { return multiply(a, b); }
};
struct Divide : Corners<AtZero::breaks> {
  static Maybe<Decimal> apply(const Context&, Decimal a, Decimal b) {
    if (b.scaled == 0) return Cause::division_by_zero;
    return divide(a, b);
  }
};
struct TruncatedDivide : Corners<AtZero::breaks> {
  static Maybe<int32_t> apply(const Context&, int32_t a, int32_t b) {
    if (b == 0) return Cause::division_by_zero;
    return narrow(int64_t{a} / b);
  }
};
struct Modulo : Points {
  static Maybe<int32_t> apply(const Context&, int32_t a, int32_t b) {
    if (b == 0) return Cause::division_by_zero;
    return narrow(int64_t{a} % b);
  }
};
template <class T>
struct Negate;
template <>
struct Negate<int32_t> : Monotone<falling> {
  static Maybe<int32_t> apply(const Context&, int32_t a) { return narrow(-int64_t{a}); }
};
template <>
struct Negate<Decimal> : Monotone<falling> {
  static Decimal apply(const Context&, Decimal a) { return {-a.scaled}; }
};
template <class T>
struct Absolute;
template <>
struct Absolute<int32_t> : Corners<AtZero::turns> {
  static Maybe<int32_t> apply(const Context&, int32_t a) { return narrow(a < 0 ? -int64_t{a} : int64_t{a}); }
};
template <>
struct Absolute<Decimal> : Corners<AtZero::turns> {
  static Decimal apply(const Context&, Decimal a) { return {a.scaled < 0 ? -a.scaled : a.scaled}; }
};
struct ToDecimal : Monotone<rising> {
  static Decimal apply(const Context&, int32_t a) { return to_decimal(a); }
};
struct AddQuantity : Monotone<rising, rising> {
  static Maybe<Quantity> apply(const Context&, Quantity a, Quantity b) {
    const auto other = convert(b, a.unit);
    const auto sum = other ? add(a.value, *other) : std::nullopt;
    if (!sum) return other ? Cause::overflow : Cause::error;
    return Quantity{*sum, a.unit};
  }
};
struct SubtractQuantity : Monotone<rising, falling> {
  static Maybe<Quantity> apply(const Context& c, Quantity a, Quantity b) { return AddQuantity::apply(c, a, {{-b.value.scaled}, b.unit}); }
};

// ---------------------------------------------------------------- dates

inline Maybe<Date> shifted(Date d, std::optional<int32_t> days) {
  if (!days) return Cause::out_of_range;
  return Date{*days, d.precision};
}
// A partial date moved by a finer unit: the quantity is taken in the date's own precision, whole units only.
struct AddMonths : Monotone<rising, rising> {
  static Maybe<Date> apply(const Context&, Date d, int32_t n) { return shifted(d, add_months(d.days, d.precision == 1 ? n / 12 * 12 : n)); }
};
struct AddDays : Monotone<rising, rising> {
  static Maybe<Date> apply(const Context& c, Date d, int32_t n) {
    if (d.precision == 3) return shifted(d, add_days(d.days, n));
    return AddMonths::apply(c, d, d.precision == 1 ? n / 365 * 12 : n / 30);
  }
};
struct AddToDate : Monotone<rising, rising> {
  static Maybe<Date> apply(const Context& c, Date d, Quantity q) {
    const Unit& u = unit(q.unit);
    const auto whole = static_cast<int64_t>(q.value.scaled / Decimal::scale);
    if (whole > 10'000'000 || whole < -10'000'000) return Cause::out_of_range;
    const auto n = static_cast<int32_t>(whole * u.numerator);
    if (u.dimension == Dimension::months && u.calendar) return AddMonths::apply(c, d, n);
    if (u.dimension == Dimension::days) return AddDays::apply(c, d, n);
    return Cause::error;
  }
};
struct SubtractFromDate : Monotone<rising, falling> {
  static Maybe<Date> apply(const Context& c, Date d, Quantity q) { return AddToDate::apply(c, d, {{-q.value.scaled}, q.unit}); }
};
struct YearsBetween : Monotone<falling, rising> {
  static int32_t apply(const Context&, Date a, Date b) { return years_between(a.days, b.days); }
};
struct MonthsBetween : Monotone<falling, rising> {
  static int32_t apply(const Context&, Date a, Date b) { return months_between(a.days, b.days); }
};
struct WeeksBetween : Monotone<falling, rising> {
  static int32_t apply(const Context&, Date a, Date b) { return (b.days - a.days) / 7; }
};
struct DaysBetween : Monotone<falling, rising> {
  static int32_t apply(const Context&, Date a, Date b) { return b.days - a.days; }
};
struct YearFrom : Monotone<rising> {
  static int32_t apply(const Context&, Date d) { return civil(d.days).year; }
};
struct MonthFrom : Points {
  static Maybe<int32_t> apply(const Context&, Date d) {
    if (d.precision < 2) return Cause::nothing;
    return civil(d.days).month;
  }
};
struct DayFrom : Points {
  static Maybe<int32_t> apply(const Context&, Date d) {
    if (d.precision < 3) return Cause::nothing;
    return civil(d.days).day;
  }
};

// ---------------------------------------------------------------- texts and codes

struct Length : Points {
  static int32_t apply(const Context& c, Text t) {
    int32_t n = 0;
    for (const char byte : c.text(t)) n += (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
    return n;
  }
};
struct StartsWith : Points {
  static Truth apply(const Context& c, Text a, Text b) { return c.text(a).starts_with(c.text(b)) ? Truth::yes : Truth::no; }
};
struct CodeOf : Points {
  static Text apply(const Context& c, Code a) { return {c.batch->code(a.id).second}; }
};
struct SystemOf : Points {
  static Text apply(const Context& c, Code a) { return {c.batch->code(a.id).first}; }
};
struct ValueOf : Points {
  static Decimal apply(const Context&, Quantity q) { return q.value; }
};

}  // namespace rubric::vm
