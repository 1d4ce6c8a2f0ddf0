// What one cell of a column can mean: the scalar types of the language, and the boxed Value that stands
// for a cell which no dense form can hold.
//
// Two things that look alike elsewhere are two things here. *None* is CQL's null: there is no value.
// *Unknown* means that an open fact of the record lies behind the cell. A value that is known only to
// lie among several is *open*: a list of alternatives, each a value, a range or none.
#pragma once

#include <compare>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>
#include <variant>

namespace rubric::vm {

__extension__ typedef __int128 Int128;

// The types that registers can have; `any` is a choice, whose values say their own. The order is part of the program
// file's format: append only.
enum class Type : uint8_t {
  truth,
  integer,
  long_integer,
  decimal,
  text,
  code,
  date,
  date_time,
  time,
  quantity,
  interval,
  list,
  tuple,
  outcome,
  ratio,
  code_concept,
  any
};

// Values made of other values.
constexpr bool has_items(Type t) {
  return t == Type::interval || t == Type::list || t == Type::tuple || t == Type::ratio || t == Type::code_concept;
}

// Why a cell has no value. The first group are open facts, the second faults or plain absence.
enum class Cause : uint8_t {
  nothing,
  not_documented,
  incomplete,
  vague,
  disputed,
  judgment,
  awaits_line,
  division_by_zero,
  overflow,
  out_of_range,
  error,
  no_row,
  not_in_table,
  not_applicable,
  imprecise,
};
constexpr bool is_open_fact(Cause c) { return c >= Cause::not_documented && c <= Cause::awaits_line; }
constexpr bool is_fault(Cause c) { return c >= Cause::division_by_zero && c <= Cause::error; }

// Kleene's three values, and none. The encoding is that of a column's two planes: bit 0 true, bit 1 false.
enum class Truth : uint8_t { unknown = 0, yes = 1, no = 2, none = 3 };

// Decimal: 28 digits, scale 8 (CQL's step of 10^-8), as a scaled 128-bit integer.
struct Decimal {
  static constexpr int64_t scale = 100'000'000;
  Int128 scaled = 0;
  auto operator<=>(const Decimal&) const = default;
};

// Days since 1970-01-01 in the proleptic Gregorian calendar. `precision` counts components: 1 year, 2 month, 3 day;
// the components below it are those of the first day.
struct Date {
  int32_t days = 0;
  uint8_t precision = 3;
  bool operator==(const Date&) const = default;
};

// Text and codes are interned: ids below the program's count are the program's own, the others the batch's.
struct Text {
  uint32_t id = 0;
  bool operator==(const Text&) const = default;
};
struct Code {
  uint32_t id = 0;
  bool operator==(const Code&) const = default;
};

// Calendar units and UCUM units share one table (units.h).
struct Quantity {
  Decimal value;
  uint16_t unit = 0;
};

// Elements, each a value or none: an unknown one makes the whole unknown (kernels.h, compose). A tuple is its names and
// values in turn, by name; a ratio its two quantities; a concept its codes.
struct Value;
struct List {
  const Value* items = nullptr;
  uint32_t n = 0;
};
struct Interval {
  const Value* ends = nullptr;
  bool low_closed = true, high_closed = true;
};

enum class Kind : uint8_t { unknown, none, value, range, open };

// Immutable; `items` and wide decimals live in the arena of the batch or the run.
//   value: `type` says which; i holds it (decimal: scaled; date: days, with `precision`), unless `wide` (decimal, quantity: *wide)
//          (date_time: local milliseconds, with `precision`, `unit` its offset from UTC; time: milliseconds; see moment.h)
//          (list, tuple, ratio, concept: n items; interval: two items, `precision` bit 0 low closed, bit 1 high closed)
//   range: items[0], items[1] are the ends, both included; an end of kind unknown is unbounded
//   open:  n alternatives in items, each a value, a range or none; `cause` says why
//   none:  `cause` may name a fault
struct Value {
  Kind kind = Kind::unknown;
  Type type = Type::truth;
  Cause cause = Cause::nothing;
  uint8_t precision = 0;
  uint16_t unit = 0;
  bool wide = false;
  uint32_t n = 0;
  union {
    int64_t i = 0;
    const Value* items;
    const Int128* big;
  };

  static Value unknown(Cause c) {
    Value v;
    v.cause = c;
    return v;
  }
  static Value none(Cause c = Cause::nothing) {
    Value v;
    v.kind = Kind::none;
    v.cause = c;
    return v;
  }
};

using Arena = std::pmr::monotonic_buffer_resource;

// box and unbox are the only two ways between a C++ value and a Value. unbox requires kind value and the right type (truth: none too).
Value box(Truth);
Value box(int32_t);
Value box(int64_t);
Value box(Decimal, Arena&);
Value box(Text);
Value box(Code);
Value box(Date);
Value box(Quantity, Arena&);
template <class T>
T unbox(const Value&);
template <>
Truth unbox<Truth>(const Value&);
template <>
int32_t unbox<int32_t>(const Value&);
template <>
int64_t unbox<int64_t>(const Value&);
template <>
Decimal unbox<Decimal>(const Value&);
template <>
Text unbox<Text>(const Value&);
template <>
Code unbox<Code>(const Value&);
template <>
Date unbox<Date>(const Value&);
template <>
Quantity unbox<Quantity>(const Value&);
template <>
List unbox<List>(const Value&);
template <>
Interval unbox<Interval>(const Value&);
template <>
inline Value unbox<Value>(const Value& v) {
  return v;
}

// A value made of others, which are copied: of type list, tuple, ratio or concept.
Value box_items(Type, const Value* items, uint32_t n, Arena&);
Value box_interval(const Value& low, const Value& high, bool low_closed, bool high_closed, Arena&);

// The least statement that is true of both: equal values stay, others become alternatives, and too many of them unknown.
Value either(const Value& a, const Value& b, Arena&);
Value range(const Value& low, const Value& high, Cause, Arena&);  // an end of kind unknown is unbounded
bool same(const Value& a, const Value& b);                        // identical, as bits would be

}  // namespace rubric::vm
