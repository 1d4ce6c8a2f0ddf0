// Bounds. See record_bounds.h.

#include "vm/record_bounds.h"

#include "vm/date.h"
#include "vm/decimal.h"
#include "vm/moment.h"
#include "vm/units.h"

#include <fmt/format.h>

namespace rubric::vm {

namespace {

int order(Int128 a, Int128 b) { return a < b ? -1 : a > b ? 1 : 0; }

std::optional<int> compare_quantities(const Quantity& a, const Quantity& b) {
  if (a.unit == b.unit) return order(a.value.scaled, b.value.scaled);
  const Unit &u = unit(a.unit), &w = unit(b.unit);
  if (u.dimension != w.dimension) return std::nullopt;
  Int128 left = a.value.scaled, right = b.value.scaled;
  for (const int64_t factor : {u.numerator, w.denominator}) {
    if (__builtin_mul_overflow(left, Int128{factor}, &left)) return std::nullopt;
  }
  for (const int64_t factor : {w.numerator, u.denominator}) {
    if (__builtin_mul_overflow(right, Int128{factor}, &right)) return std::nullopt;
  }
  return order(left, right);
}

// The outermost end of an open value's alternatives, in the direction of `sign`.
Value outermost(const Value& v, int sign) {
  switch (v.kind) {
    case Kind::value: return v;
    case Kind::range: return v.items[sign < 0 ? 0 : 1];
    case Kind::unknown:
    case Kind::none: return Value::unknown(Cause::nothing);
    case Kind::open: break;
  }
  Value end = Value::unknown(Cause::nothing);
  for (uint32_t k = 0; k < v.n; ++k) {
    if (v.items[k].kind == Kind::none) continue;
    const Value other = outermost(v.items[k], sign);
    if (other.kind != Kind::value) return other;
    if (end.kind == Kind::value) {
      const auto way = compare_values(other, end);
      if (!way) return Value::unknown(Cause::nothing);
      if (*way != sign) continue;
    }
    end = other;
  }
  return end;
}

// sign -1: `bound` is the low end and what is less is cut; sign 1: the high end.
std::optional<Value> cut(const Value& v, const Value& bound, int sign, Arena& arena) {
  const Value limit = outermost(bound, sign);
  if (limit.kind != Kind::value) return v;
  const auto outside = [&](const Value& point) { return compare_values(point, limit) == sign; };
  switch (v.kind) {
    case Kind::unknown:
    case Kind::none: return v;
    case Kind::value: return outside(v) ? std::nullopt : std::optional(v);
    case Kind::range: {
      const Value &low = v.items[0], &high = v.items[1];
      const Value &near = sign < 0 ? low : high, &far = sign < 0 ? high : low;
      if (far.kind == Kind::value && outside(far)) return std::nullopt;
      if (near.kind == Kind::value && !outside(near)) return v;
      if (near.kind == Kind::value && !compare_values(near, limit)) return v;
      return sign < 0 ? range(limit, high, v.cause, arena) : range(low, limit, v.cause, arena);
    }
    case Kind::open: break;
  }
  std::optional<Value> rest;
  for (uint32_t k = 0; k < v.n; ++k) {
    auto item = cut(v.items[k], bound, sign, arena);
    if (!item) continue;
    // A range comes back as an open value, which says why it is open; a plain item needs that from its neighbour.
    rest = rest ? either(*rest, *item, arena) : *item;
  }
  if (rest && rest->kind == Kind::open) rest->cause = v.cause;
  if (rest && rest->kind == Kind::range) rest = range(rest->items[0], rest->items[1], v.cause, arena);
  return rest;
}

}  // namespace

std::optional<int> compare_values(const Value& a, const Value& b) {
  if (a.type != b.type) return std::nullopt;
  switch (a.type) {
    case Type::integer:
    case Type::long_integer:
    case Type::date: return order(a.i, b.i);
    case Type::date_time:
    case Type::time: return compare(moment(a), moment(b), 0);
    case Type::decimal: return order(unbox<Decimal>(a).scaled, unbox<Decimal>(b).scaled);
    case Type::quantity: return compare_quantities(unbox<Quantity>(a), unbox<Quantity>(b));
    case Type::truth:
    case Type::text:
    case Type::code:
    case Type::interval:
    case Type::list:
    case Type::tuple:
    case Type::ratio:
    case Type::code_concept:
    case Type::any:
    case Type::outcome: return std::nullopt;
  }
  return std::nullopt;
}

Value least(const Value& v) { return outermost(v, -1); }
Value greatest(const Value& v) { return outermost(v, 1); }

std::optional<Value> cut_below(const Value& v, const Value& low, Arena& arena) { return cut(v, low, -1, arena); }
std::optional<Value> cut_above(const Value& v, const Value& high, Arena& arena) { return cut(v, high, 1, arena); }

std::string value_text(const Value& v) {
  if (v.kind != Kind::value) return "a value";
  switch (v.type) {
    case Type::integer:
    case Type::long_integer: return std::to_string(v.i);
    case Type::decimal: return to_string(unbox<Decimal>(v));
    case Type::date: return iso_date(unbox<Date>(v));
    case Type::quantity: {
      const auto q = unbox<Quantity>(v);
      return q.unit == 0 ? to_string(q.value) : in_words(to_string(q.value), unit(q.unit));
    }
    case Type::date_time:
    case Type::time: return text_of(moment(v));
    case Type::truth: return v.i ? "true" : "false";
    case Type::text:
    case Type::code:
    case Type::interval:
    case Type::list:
    case Type::tuple:
    case Type::ratio:
    case Type::code_concept:
    case Type::any:
    case Type::outcome: return "a value";
  }
  return "a value";
}

}  // namespace rubric::vm
