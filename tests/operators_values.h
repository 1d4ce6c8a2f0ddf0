// Cells of every kind for the tests of operators: extreme values, ranges, alternatives, none, faults, unknown.
//
// Values are drawn by a seeded generator, so that a failure comes again. The generator is written out: what
// std::uniform_int_distribution draws from a seed differs from library to library.
#pragma once

#include "vm/column.h"
#include "vm/date.h"
#include "vm/decimal.h"
#include "vm/meanings.h"
#include "vm/operator_forms.h"
#include "vm/prepared.h"

#include <array>
#include <string>
#include <vector>

namespace rubric::vm {

class Draw {
 public:
  explicit Draw(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}
  uint64_t bits() {  // splitmix64
    uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  uint32_t below(uint32_t n) { return static_cast<uint32_t>(bits() % n); }
  bool one_in(uint32_t n) { return below(n) == 0; }
  template <class T, size_t N>
  T of(const std::array<T, N>& list) {
    return list[below(N)];
  }

 private:
  uint64_t state_;
};

// Texts and codes live in a program: everything that a meaning may look up.
struct OperatorWorld {
  Program program;
  Batch batch;
  Arena arena;

  OperatorWorld() {
    program.texts = {"", "a", "A", "b", "ab", "abc", "M79", "M79.7", "20552", "20553", "CPT", "ICD10CM", "\xc3\xa4\xc3\xb6"};
    program.codes = {{10, 8}, {10, 9}, {11, 7}, {11, 8}};
    batch.program = &program;
  }
  Context context() { return {&batch, &arena}; }
};

// A value without uncertainty.
inline Value draw_point(Type type, OperatorWorld& world, Draw& draw) {
  static constexpr std::array<int32_t, 14> integers{0, 1, -1, 2, 3, 5, 7, -4, 12, 31, 100, INT32_MAX, INT32_MIN, INT32_MAX - 1};
  switch (type) {
    case Type::truth: return box(draw.one_in(2) ? Truth::yes : Truth::no);
    case Type::integer: return box(draw.of(integers));
    case Type::decimal: {
      static constexpr std::array<const char*, 12> decimals{"0",
                                                            "1",
                                                            "-1",
                                                            "0.5",
                                                            "2.25",
                                                            "3.5",
                                                            "-7.125",
                                                            "0.00000001",
                                                            "100",
                                                            "92233720368.54775807",
                                                            "9999999999999999999.99999999",
                                                            "-9999999999999999999.99999999"};
      return box(*parse_decimal(draw.of(decimals)), world.arena);
    }
    case Type::text: return box(Text{draw.below(static_cast<uint32_t>(world.program.texts.size()))});
    case Type::code: return box(Code{draw.below(static_cast<uint32_t>(world.program.codes.size()))});
    case Type::date: {
      static constexpr std::array<const char*, 14> dates{"2025-01-31", "2025-02-01", "2025-02-28", "2024-02-29", "2025-03-01",
                                                         "2025-03-31", "1970-01-01", "0001-01-01", "9999-12-31", "2000-02-29",
                                                         "2025",       "2025-02",    "2024",       "2024-02"};
      return box(*parse_iso_date(dates[draw.below(draw.one_in(3) ? 14 : 10)]));
    }
    case Type::quantity: {
      static constexpr std::array<const char*, 10> units{"1", "year", "month", "week", "day", "mg", "g", "mL", "%", "d"};
      static constexpr std::array<const char*, 9> amounts{"0", "1", "2", "3", "-1", "0.5", "12", "1000", "99999999999999"};
      return box(Quantity{*parse_decimal(draw.of(amounts)), *find_unit(draw.of(units))}, world.arena);
    }
    case Type::long_integer:
    case Type::date_time:
    case Type::time:
    case Type::interval:
    case Type::list:
    case Type::tuple:
    case Type::ratio:
    case Type::code_concept:
    case Type::any:
    case Type::outcome: break;
  }
  return Value::none();
}

// Two points in order, or nothing where they have none.
inline std::optional<Value> draw_range(Type type, OperatorWorld& world, Draw& draw) {
  if (type == Type::truth || type == Type::text || type == Type::code) return std::nullopt;
  Value a = draw_point(type, world, draw), b = draw_point(type, world, draw);
  if (type == Type::date) a.precision = b.precision = 3;
  if (type == Type::quantity) b.unit = a.unit;
  if (compare_known(world.context(), a, b) > 0) std::swap(a, b);
  if (draw.one_in(5)) a = Value{};
  if (draw.one_in(5)) b = Value{};
  return range(a, b, Cause::vague, world.arena);
}

// Anything that a cell can hold; of truth what a column of it can hold.
inline Value draw_cell(Type type, OperatorWorld& world, Draw& draw) {
  static constexpr std::array<Cause, 5> open{Cause::not_documented, Cause::incomplete, Cause::vague, Cause::disputed, Cause::judgment};
  static constexpr std::array<Cause, 5> absent{Cause::nothing, Cause::nothing, Cause::no_row, Cause::division_by_zero, Cause::overflow};
  if (type == Type::truth) {
    switch (draw.below(6)) {
      case 0: return Value{};
      case 1: return Value::none();
      default: return draw_point(type, world, draw);
    }
  }
  switch (draw.below(12)) {
    case 0: return Value::unknown(draw.of(open));
    case 1: return Value::none(draw.of(absent));
    case 2:
    case 3:
      if (const auto range = draw_range(type, world, draw)) return *range;
      [[fallthrough]];
    case 4: {
      Value all = draw_point(type, world, draw);
      for (uint32_t more = 1 + draw.below(3); more > 0; --more) {
        const auto ranged = draw.one_in(6) ? draw_range(type, world, draw) : std::nullopt;
        all = either(all, draw.one_in(5) ? Value::none() : ranged ? *ranged : draw_point(type, world, draw), world.arena);
      }
      if (all.kind == Kind::open) all.cause = Cause::disputed;
      return all;
    }
    default: return draw_point(type, world, draw);
  }
}

}  // namespace rubric::vm
