#include "vm/numbers.h"

#include <algorithm>
#include <cmath>

namespace rubric::vm {
namespace {

constexpr Int128 scale = Decimal::scale;

Int128 floor_div(Int128 a, Int128 b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

Value whole(Int128 v) { return v < INT32_MIN || v > INT32_MAX ? Value::none(Cause::overflow) : box(static_cast<int32_t>(v)); }

// Irrational functions are computed in floating point and rounded to the eighth digit.
long double real(const Value& v) { return static_cast<long double>(number(v)->scaled) / static_cast<long double>(scale); }
Value from_real(const Context& c, long double v) {
  if (!std::isfinite(v) || std::fabs(v) >= 1e28L) return Value::none(Cause::overflow);
  return box(Decimal{static_cast<Int128>(std::round(v * static_cast<long double>(scale)))}, *c.arena);
}

Int128 power_of_ten(int n) {
  Int128 v = 1;
  while (n-- > 0) v *= 10;
  return v;
}

// Half away from zero, as CQL rounds.
Int128 rounded(Int128 v, Int128 unit) {
  const Int128 half = unit / 2;
  return v < 0 ? -((-v + half) / unit * unit) : (v + half) / unit * unit;
}

int digits_of(Decimal d) {
  int n = 8;
  for (Int128 v = d.scaled; n > 0 && v % 10 == 0; v /= 10) --n;
  return n;
}

// Years have 4 digits, months and days bring 2 each, and so on; milliseconds 3.
constexpr int digits_to[8] = {0, 4, 6, 8, 10, 12, 14, 17};
constexpr int clock_digits_to[8] = {0, 0, 0, 0, 2, 4, 6, 9};

Value boundary(const Context& c, const Value& v, const Value& digits, bool high) {
  if (is_moment(v.type)) {
    const Moment m = moment(v);
    const auto& table = m.type == Type::time ? clock_digits_to : digits_to;
    int component = last_component(m.type);
    if (!absent(digits)) {
      const auto* at = std::find(std::begin(table), std::end(table), static_cast<int>(digits.i));
      if (at == std::end(table) || digits.i == 0) return Value::none();
      component = static_cast<int>(at - std::begin(table));
      if (component > last_component(m.type)) return Value::none();
    }
    const Moment end = high ? last_of(m) : first_of(m);
    auto made = moment_of(m.type, fields(end), static_cast<uint8_t>(component));
    made->zoned = m.zoned;
    made->offset = m.offset;
    return box(*made);
  }
  const auto d = number(v);
  if (!d) return Value::none(Cause::error);
  const int64_t wanted = absent(digits) ? 8 : digits.i;
  if (wanted < 0 || wanted > 8) return Value::none();
  const Int128 unit = power_of_ten(8 - digits_of(*d)), kept = power_of_ten(static_cast<int>(8 - wanted));
  const Int128 end = high && unit > kept ? d->scaled + unit - kept : d->scaled;
  return box(Decimal{floor_div(end, kept) * kept}, *c.arena);
}

}  // namespace

Value absolute(const Context& c, const Value& v) {
  if (v.type == Type::quantity) {
    const Quantity q = unbox<Quantity>(v);
    return q.value.scaled < 0 ? negated(c, v) : v;
  }
  return number(v)->scaled < 0 ? negated(c, v) : v;
}
Value ceiling(const Context&, const Value& v) { return whole(-floor_div(-number(v)->scaled, scale)); }
Value floor(const Context&, const Value& v) { return whole(floor_div(number(v)->scaled, scale)); }
Value truncate(const Context&, const Value& v) { return whole(number(v)->scaled / scale); }
Value round(const Context& c, const Value& v, const Value& digits) {
  const int64_t n = absent(digits) ? 0 : digits.i;
  if (n < 0 || n > 8) return Value::none(Cause::out_of_range);
  return box(Decimal{rounded(number(v)->scaled, power_of_ten(static_cast<int>(8 - n)))}, *c.arena);
}
Value exponential(const Context& c, const Value& v) { return absent(v) ? v : from_real(c, std::exp(real(v))); }
Value natural_logarithm(const Context& c, const Value& v) {
  if (absent(v)) return v;
  return number(v)->scaled <= 0 ? Value::none(Cause::error) : from_real(c, std::log(real(v)));
}
Value logarithm(const Context& c, const Value& v, const Value& base) {
  if (number(v)->scaled <= 0 || number(base)->scaled <= 0 || number(base)->scaled == scale) return Value::none(Cause::error);
  return from_real(c, std::log(real(v)) / std::log(real(base)));
}
Value square_root(const Context& c, const Value& v) {
  return number(v)->scaled < 0 ? Value::none(Cause::error) : from_real(c, std::sqrt(real(v)));
}

Value power(const Context& c, const Value& v, const Value& exponent) {
  const Int128 e = number(exponent)->scaled;
  const bool decimal = v.type == Type::decimal || exponent.type == Type::decimal || e < 0;
  if (e % scale != 0 || e / scale > 4096 || e / scale < -4096) {
    return from_real(c, std::pow(real(v), real(exponent)));
  }
  Value result = decimal                                                               ? box(to_decimal(1), *c.arena)
                 : v.type == Type::long_integer || exponent.type == Type::long_integer ? box(int64_t{1})
                                                                                       : box(int32_t{1});
  const Value base = decimal ? box(*number(v), *c.arena) : v;
  for (Int128 n = e < 0 ? -e / scale : e / scale; n > 0 && !absent(result); --n) result = times(c, result, base);
  return e < 0 && !absent(result) ? divided(c, box(to_decimal(1), *c.arena), result) : result;
}

Value truncated_quotient(const Context& c, const Value& a, const Value& b) {
  if (a.type == Type::quantity || b.type == Type::quantity) {
    const Value q = divided(c, a, b);
    if (absent(q)) return q;
    // Amounts of one dimension keep the left side's unit, as the public tests have it.
    const Quantity x = unbox<Quantity>(q);
    const bool alike = a.type == b.type && x.unit == 0;
    return box(Quantity{{x.value.scaled / scale * scale}, alike ? a.unit : x.unit}, *c.arena);
  }
  const Int128 x = number(a)->scaled, y = number(b)->scaled;
  if (y == 0) return Value::none(Cause::division_by_zero);
  const Int128 n = x / y;
  if (a.type == Type::decimal || b.type == Type::decimal)
    return n >= power_of_ten(28) || n <= -power_of_ten(28) ? Value::none(Cause::overflow) : box(Decimal{n * scale}, *c.arena);
  if (a.type == Type::long_integer || b.type == Type::long_integer)
    return n > INT64_MAX || n < INT64_MIN ? Value::none(Cause::overflow) : box(static_cast<int64_t>(n));
  return whole(n);
}

Value remainder(const Context& c, const Value& a, const Value& b) {
  if (a.type == Type::quantity || b.type == Type::quantity) {
    if (a.type != b.type) return Value::none(Cause::error);
    const Quantity x = unbox<Quantity>(a);
    const auto y = convert(unbox<Quantity>(b), x.unit);
    if (!y) return Value::none(Cause::error);
    return y->scaled == 0 ? Value::none(Cause::division_by_zero) : box(Quantity{{x.value.scaled % y->scaled}, x.unit}, *c.arena);
  }
  const Int128 x = number(a)->scaled, y = number(b)->scaled;
  if (y == 0) return Value::none(Cause::division_by_zero);
  if (a.type == Type::decimal || b.type == Type::decimal) return box(Decimal{x % y}, *c.arena);
  if (a.type == Type::long_integer || b.type == Type::long_integer) return box(static_cast<int64_t>(x % y / scale));
  return whole(x % y / scale);
}

Value precision(const Context&, const Value& v) {
  if (is_moment(v.type)) return box(int32_t{(v.type == Type::time ? clock_digits_to : digits_to)[v.precision]});
  return box(int32_t{digits_of(*number(v))});
}
Value low_boundary(const Context& c, const Value& v, const Value& digits) { return absent(v) ? v : boundary(c, v, digits, false); }
Value high_boundary(const Context& c, const Value& v, const Value& digits) { return absent(v) ? v : boundary(c, v, digits, true); }

}  // namespace rubric::vm
