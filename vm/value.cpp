// Boxing, and the one place where uncertainty is made: either().
#include "vm/value.h"

#include "vm/decimal.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

namespace rubric::vm {
namespace {

// More alternatives than this and the cell is plainly unknown: the cost of every operator is bounded.
constexpr uint32_t most_alternatives = 32;

Value plain(Type t, int64_t i) {
  Value v;
  v.kind = Kind::value;
  v.type = t;
  v.i = i;
  return v;
}

Value scaled(Type t, Int128 s, Arena& arena) {
  if (s >= INT64_MIN && s <= INT64_MAX) return plain(t, static_cast<int64_t>(s));
  Value v = plain(t, 0);
  v.wide = true;
  v.big = new (arena.allocate(sizeof(Int128), alignof(Int128))) Int128(s);
  return v;
}

Int128 scaled_of(const Value& v) { return v.wide ? *v.big : Int128{v.i}; }

const Value* copy(const Value* first, uint32_t n, Arena& arena) {
  auto* items = static_cast<Value*>(arena.allocate(sizeof(Value) * n, alignof(Value)));
  std::uninitialized_copy_n(first, n, items);
  return items;
}

}  // namespace

Value box(Truth t) { return t == Truth::none ? Value::none() : t == Truth::unknown ? Value{} : plain(Type::truth, t == Truth::yes); }
Value box(int32_t i) { return plain(Type::integer, i); }
Value box(int64_t i) { return plain(Type::long_integer, i); }
Value box(Decimal d, Arena& arena) { return scaled(Type::decimal, d.scaled, arena); }
Value box(Text t) { return plain(Type::text, t.id); }
Value box(Code c) { return plain(Type::code, c.id); }
Value box(Date d) {
  Value v = plain(Type::date, d.days);
  v.precision = d.precision;
  return v;
}
Value box(Quantity q, Arena& arena) {
  Value v = scaled(Type::quantity, q.value.scaled, arena);
  v.unit = q.unit;
  return v;
}

template <>
Truth unbox<Truth>(const Value& v) {
  return v.kind == Kind::none ? Truth::none : v.i ? Truth::yes : Truth::no;
}
template <>
int32_t unbox<int32_t>(const Value& v) {
  return static_cast<int32_t>(v.i);
}
template <>
int64_t unbox<int64_t>(const Value& v) {
  return v.i;
}
template <>
Decimal unbox<Decimal>(const Value& v) {
  return {scaled_of(v)};
}
template <>
Text unbox<Text>(const Value& v) {
  return {static_cast<uint32_t>(v.i)};
}
template <>
Code unbox<Code>(const Value& v) {
  return {static_cast<uint32_t>(v.i)};
}
template <>
Date unbox<Date>(const Value& v) {
  return {static_cast<int32_t>(v.i), v.precision};
}
template <>
Quantity unbox<Quantity>(const Value& v) {
  return {{scaled_of(v)}, v.unit};
}

template <>
List unbox<List>(const Value& v) {
  return {v.items, v.n};
}
template <>
Interval unbox<Interval>(const Value& v) {
  return {v.items, (v.precision & 1) != 0, (v.precision & 2) != 0};
}

Value box_items(Type type, const Value* items, uint32_t n, Arena& arena) {
  Value v = plain(type, 0);
  v.n = n;
  v.items = n == 0 ? nullptr : copy(items, n, arena);
  return v;
}

Value box_interval(const Value& low, const Value& high, bool low_closed, bool high_closed, Arena& arena) {
  const std::array ends{low, high};
  Value v = box_items(Type::interval, ends.data(), 2, arena);
  v.precision = static_cast<uint8_t>((low_closed ? 1 : 0) | (high_closed ? 2 : 0));
  return v;
}

bool same(const Value& a, const Value& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Kind::unknown: return a.cause == b.cause;
    case Kind::none: return a.cause == b.cause;
    case Kind::value:
      if (has_items(a.type)) {
        return a.type == b.type && a.precision == b.precision && a.n == b.n &&
               std::equal(a.items, a.items + a.n, b.items, [](const Value& x, const Value& y) { return same(x, y); });
      }
      return a.type == b.type && a.precision == b.precision && a.unit == b.unit && scaled_of(a) == scaled_of(b);
    case Kind::range: return same(a.items[0], b.items[0]) && same(a.items[1], b.items[1]);
    case Kind::open:
      return a.n == b.n && std::equal(a.items, a.items + a.n, b.items, [](const Value& x, const Value& y) { return same(x, y); });
  }
  return false;
}

Value range(const Value& low, const Value& high, Cause cause, Arena& arena) {
  if (low.kind == Kind::value && same(low, high)) return low;
  if (low.kind == Kind::unknown && high.kind == Kind::unknown) return Value::unknown(cause);
  const std::array ends{low, high};
  Value r;
  r.kind = Kind::range;
  r.type = low.kind == Kind::value ? low.type : high.type;
  r.cause = cause;
  r.items = copy(ends.data(), 2, arena);
  Value open;
  open.kind = Kind::open;
  open.type = r.type;
  open.cause = cause;
  open.n = 1;
  open.items = copy(&r, 1, arena);
  return open;
}

Value either(const Value& a, const Value& b, Arena& arena) {
  if (same(a, b)) return a;
  if (a.kind == Kind::unknown) return a;
  if (b.kind == Kind::unknown) return b;
  std::array<Value, most_alternatives + 1> items;
  uint32_t n = 0;
  const auto take = [&](const Value& v) {
    for (uint32_t k = 0; k < n; ++k) {
      if (same(items[k], v)) return;
    }
    if (n <= most_alternatives) items[n++] = v;
  };
  const auto take_all = [&](const Value& v) {
    if (v.kind == Kind::open) {
      for (uint32_t k = 0; k < v.n; ++k) take(v.items[k]);
    } else {
      take(v);
    }
  };
  take_all(a);
  take_all(b);
  const Cause cause = a.kind == Kind::open ? a.cause : b.kind == Kind::open ? b.cause : Cause::nothing;
  if (n > most_alternatives) return Value::unknown(cause);
  if (n == 1) return items[0];
  Value open;
  open.kind = Kind::open;
  open.type = a.kind == Kind::none ? b.type : a.type;
  open.cause = cause;
  open.n = n;
  open.items = copy(items.data(), n, arena);
  return open;
}

}  // namespace rubric::vm
