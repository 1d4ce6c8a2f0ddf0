#include "vm/values.h"

#include "vm/intervals.h"
#include "vm/value_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace rubric::vm {
namespace {

// CQL's greatest Decimal has 28 digits; results may reach further (decimal.h).
constexpr Int128 most = Int128{1'000'000'000'000'000'000} * 10'000'000'000 - 1;

bool is_numeric(Type t) { return t == Type::integer || t == Type::long_integer || t == Type::decimal; }
bool is_list_of_values(Type t) { return t == Type::list || t == Type::tuple || t == Type::ratio || t == Type::code_concept; }

Quantity quantity_of(const Value& v) {
  if (v.type == Type::quantity) return unbox<Quantity>(v);
  return {*number(v), 0};
}

// Both as one type, where CQL converts implicitly.
bool both_numeric(const Value& a, const Value& b) { return is_numeric(a.type) && is_numeric(b.type); }
bool both_amounts(const Value& a, const Value& b) {
  return (a.type == Type::quantity || is_numeric(a.type)) && (b.type == Type::quantity || is_numeric(b.type));
}
bool both_moments(const Value& a, const Value& b) { return is_moment(a.type) && is_moment(b.type); }

Value wider(Type a, Type b, const Decimal& d, const Context& c) {
  if (a == Type::decimal || b == Type::decimal) return box(d, *c.arena);
  const Int128 whole = d.scaled / Decimal::scale;
  if (a == Type::long_integer || b == Type::long_integer) {
    if (whole < INT64_MIN || whole > INT64_MAX) return Value::none(Cause::overflow);
    return box(static_cast<int64_t>(whole));
  }
  return whole < INT32_MIN || whole > INT32_MAX ? Value::none(Cause::overflow) : box(static_cast<int32_t>(whole));
}

Value decimal_or_overflow(const std::optional<Decimal>& d, Type a, Type b, const Context& c) {
  return d ? wider(a, b, *d, c) : Value::none(Cause::overflow);
}

std::string folded(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    const auto u = static_cast<unsigned char>(byte);
    out += std::isspace(u) ? ' ' : static_cast<char>(std::tolower(u));
  }
  return out;
}

// The value rounded to the digits that both sides have behind the point.
bool equivalent_decimals(Decimal a, Decimal b) {
  const auto digits = [](Int128 v) {
    int n = 8;
    for (; n > 0 && v % 10 == 0; v /= 10) --n;
    return n;
  };
  Int128 unit = 1;
  for (int n = std::min(digits(a.scaled), digits(b.scaled)); n < 8; ++n) unit *= 10;
  const auto rounded = [&](Int128 v) { return (v + (v < 0 ? -unit / 2 : unit / 2)) / unit; };
  return rounded(a.scaled) == rounded(b.scaled);
}

Truth equal_items(const Context& c, const Value& a, const Value& b) {
  if (a.n != b.n) return Truth::no;
  Truth all = Truth::yes;
  for (uint32_t k = 0; k < a.n; ++k) {
    if (absent(a.items[k]) && absent(b.items[k])) continue;
    const Truth one = equal(c, a.items[k], b.items[k]);
    // A tuple whose element is undecided is undecided, whatever its others are.
    if (one == Truth::none && a.type == Type::tuple) return Truth::none;
    all = truth_and(all, one);
  }
  return all;
}

bool same_names(const Value& a, const Value& b) {
  if (a.n != b.n) return false;
  for (uint32_t k = 0; k < a.n; k += 2) {
    if (a.items[k].i != b.items[k].i) return false;
  }
  return true;
}

// A code stands for a concept of one code.
List codes_of(const Value& v) { return v.type == Type::code ? List{&v, 1} : unbox<List>(v); }

// Calendar months and years beside those of UCUM: equivalent, never equal.
Decimal in_months(const Quantity& q) {
  const Unit& u = unit(q.unit);
  return {q.value.scaled * u.numerator / u.denominator};
}
std::optional<Decimal> equivalent_months(const Quantity& q) {
  const Unit& u = unit(q.unit);
  if (u.dimension == Dimension::months) return in_months(q);
  if (u.name == "a") return Decimal{q.value.scaled * 12};
  if (u.name == "mo") return q.value;
  return std::nullopt;
}

Truth at(const Context& c, const Value& a, const Value& b, const Value& precision, bool (*holds)(int)) {
  const auto o = order(c, a, b, precision.kind == Kind::value ? static_cast<int>(precision.i) : 0);
  return o ? truth(holds(*o)) : Truth::none;
}

Value extreme(Type type, bool high, uint16_t unit, uint8_t precision, Arena& arena) {
  switch (type) {
    case Type::integer: return box(high ? INT32_MAX : INT32_MIN);
    case Type::long_integer: return box(high ? INT64_MAX : INT64_MIN);
    case Type::decimal: return box(Decimal{high ? most : -most}, arena);
    case Type::quantity: return box(Quantity{{high ? most : -most}, unit}, arena);
    case Type::date:
    case Type::date_time:
    case Type::time: {
      const Fields f = type == Type::time ? (high ? Fields{0, 0, 0, 23, 59, 59, 999} : Fields{})
                       : high             ? Fields{9999, 12, 31, 23, 59, 59, 999}
                                          : Fields{1, 1, 1, 0, 0, 0, 0};
      return box(*moment_of(type, f, precision != 0 ? precision : static_cast<uint8_t>(last_component(type))));
    }
    default: return Value::none();
  }
}

Value stepped(const Context& c, const Value& v, bool next) {
  if (is_moment(v.type)) {
    const Moment m = moment(v);
    // A time has no day to pass on to.
    const auto made = step(m, next);
    return made ? box(*made) : Value::none(Cause::out_of_range);
  }
  const Value one = smallest_step(c, v);
  if (absent(one)) return one;
  const Value made = next ? plus(c, v, one) : minus(c, v, one);
  if (both_amounts(made, one)) {
    const Int128 reached = quantity_of(made).value.scaled;
    if (reached > most || reached < -most) return Value::none(Cause::out_of_range);
  }
  return made;
}

// Lengths, areas and volumes that are written as powers of a length: cm, cm2, cm3; 0 for other units.
int power_of_length(const Unit& u) {
  if (u.dimension == Dimension::length) return 1;
  const char last = u.name.back();
  return (u.dimension == Dimension::area || u.dimension == Dimension::volume) && (last == '2' || last == '3') ? last - '0' : 0;
}
std::optional<uint16_t> length_to(const Unit& u, int power) {
  std::string name(u.name);
  if (power_of_length(u) > 1) name.pop_back();
  if (power < 1 || power > 3) return std::nullopt;
  return find_unit(power == 1 ? name : name + std::to_string(power));
}

// The unit of a product or quotient, looked up among the known ones, and the unit that the right side is taken in for it.
struct Combined {
  uint16_t unit, right;
};

std::optional<Combined> combined(std::optional<uint16_t> unit, std::optional<uint16_t> right) {
  return unit && right ? std::optional(Combined{*unit, *right}) : std::nullopt;
}

std::optional<Combined> unit_of_product(uint16_t a, uint16_t b) {
  if (a == 0 || b == 0) return Combined{static_cast<uint16_t>(a + b), b};
  const int x = power_of_length(unit(a)), y = power_of_length(unit(b));
  if (x && y) return combined(length_to(unit(a), x + y), length_to(unit(a), y));
  // 2 'mg/mL' * 5 'mL'
  const std::string_view name = unit(a).name;
  const size_t slash = name.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto below = find_unit(name.substr(slash + 1));
  if (!below || unit(*below).dimension != unit(b).dimension) return std::nullopt;
  return combined(find_unit(name.substr(0, slash)), below);
}

std::optional<Combined> unit_of_quotient(uint16_t a, uint16_t b) {
  if (b == 0) return Combined{a, b};
  if (a != 0 && convert(Quantity{to_decimal(1), b}, a)) return Combined{0, a};
  const int x = power_of_length(unit(a)), y = power_of_length(unit(b));
  if (x && y) return combined(length_to(unit(a), x - y), length_to(unit(a), y));
  return combined(find_unit(fmt::format("{}/{}", a == 0 ? "" : unit(a).name, unit(b).name)), b);
}

}  // namespace

Truth truth_not(Truth a) { return a == Truth::yes ? Truth::no : a == Truth::no ? Truth::yes : a; }
Truth truth_and(Truth a, Truth b) {
  if (a == Truth::no || b == Truth::no) return Truth::no;
  return a == Truth::yes && b == Truth::yes ? Truth::yes : Truth::none;
}
Truth truth_or(Truth a, Truth b) { return truth_not(truth_and(truth_not(a), truth_not(b))); }

std::optional<Decimal> number(const Value& v) {
  if (v.kind != Kind::value) return std::nullopt;
  if (v.type == Type::integer || v.type == Type::long_integer) return to_decimal(v.i);
  if (v.type == Type::decimal) return unbox<Decimal>(v);
  return std::nullopt;
}

Value integer_value(int64_t i) { return i < INT32_MIN || i > INT32_MAX ? Value::none(Cause::overflow) : box(static_cast<int32_t>(i)); }
Value text_value(const Context& c, std::string_view text) { return box(Text{c.batch->intern(text)}); }

std::optional<int> order(const Context& c, const Value& a, const Value& b, int precision) {
  if (absent(a) || absent(b)) return std::nullopt;
  if (both_numeric(a, b)) return order(c, *number(a), *number(b));
  if (both_amounts(a, b)) return order(c, quantity_of(a), quantity_of(b));
  if (both_moments(a, b)) return compare(moment(a), moment(b), precision);
  if (a.type != b.type) return std::nullopt;
  if (a.type == Type::text) return order(c, unbox<Text>(a), unbox<Text>(b));
  if (a.type == Type::code) return order(c, unbox<Code>(a), unbox<Code>(b));
  if (a.type == Type::truth) return order(c, unbox<Truth>(a), unbox<Truth>(b));
  return std::nullopt;
}

Truth equal(const Context& c, const Value& a, const Value& b) {
  if (absent(a) || absent(b)) return Truth::none;
  if (both_amounts(a, b) || both_moments(a, b)) {
    const auto o = order(c, a, b);
    return o ? truth(*o == 0) : Truth::none;
  }
  if (a.type != b.type) return Truth::no;
  if (a.type == Type::interval) {
    return truth_and(equal(c, start_of(c, a), start_of(c, b)), equal(c, end_of(c, a), end_of(c, b)));
  }
  if (a.type == Type::tuple && !same_names(a, b)) return Truth::no;
  if (is_list_of_values(a.type)) return equal_items(c, a, b);
  return truth(*order(c, a, b) == 0);
}
Truth unequal(const Context& c, const Value& a, const Value& b) { return truth_not(equal(c, a, b)); }

Truth equivalent(const Context& c, const Value& a, const Value& b) {
  if (absent(a) || absent(b)) return truth(absent(a) && absent(b));
  const bool concepts = a.type == Type::code_concept || b.type == Type::code_concept;
  if (concepts && (a.type == b.type || a.type == Type::code || b.type == Type::code)) {
    const List x = codes_of(a), y = codes_of(b);
    for (uint32_t i = 0; i < x.n; ++i) {
      for (uint32_t k = 0; k < y.n; ++k) {
        if (same(x.items[i], y.items[k])) return Truth::yes;
      }
    }
    return Truth::no;
  }
  if (both_numeric(a, b)) return truth(equivalent_decimals(*number(a), *number(b)));
  if (both_amounts(a, b)) {
    const Quantity x = quantity_of(a), y = quantity_of(b);
    const auto p = equivalent_months(x), q = equivalent_months(y);
    if (p && q) return truth(p->scaled == q->scaled);
    // Beside days, a month is 30 and a year 365 of them.
    if (p || q) {
      const Quantity &months = p ? x : y, &other = p ? y : x;
      const auto days = convert(other, *find_unit("day"));
      const int32_t each = unit(months.unit).dimension == Dimension::months && unit(months.unit).numerator == 12 ? 365 : 30;
      if (days && unit(months.unit).calendar) return truth(equivalent_decimals({months.value.scaled * each}, *days));
    }
    const auto other = convert(y, x.unit);
    return truth(other && equivalent_decimals(x.value, *other));
  }
  if (both_moments(a, b)) return truth(a.type == b.type && order(c, a, b) == 0);
  if (a.type != b.type || a.n != b.n) return Truth::no;
  if (a.type == Type::text) return truth(folded(c.text(unbox<Text>(a))) == folded(c.text(unbox<Text>(b))));
  if (a.type == Type::interval) {
    return truth_and(equivalent(c, start_of(c, a), start_of(c, b)), equivalent(c, end_of(c, a), end_of(c, b)));
  }
  if (a.type == Type::ratio) {   // 1 'mg':2 'mL' is 10 'mg':20 'mL'
    const Quantity top = quantity_of(a.items[0]), bottom = quantity_of(a.items[1]);
    const auto other_top = convert(quantity_of(b.items[0]), top.unit), other_bottom = convert(quantity_of(b.items[1]), bottom.unit);
    if (!other_top || !other_bottom) return Truth::no;
    const auto x = multiply(top.value, *other_bottom), y = multiply(*other_top, bottom.value);
    return truth(x && y && equivalent_decimals(*x, *y));
  }
  if (is_list_of_values(a.type)) {
    if (a.type == Type::tuple && !same_names(a, b)) return Truth::no;
    for (uint32_t k = 0; k < a.n; ++k) {
      if (equivalent(c, a.items[k], b.items[k]) == Truth::no) return Truth::no;
    }
    return Truth::yes;
  }
  return truth(*order(c, a, b) == 0);
}
Truth not_equivalent(const Context& c, const Value& a, const Value& b) { return truth_not(equivalent(c, a, b)); }

bool same_element(const Context& c, const Value& a, const Value& b) {
  if (absent(a) || absent(b)) return absent(a) && absent(b);
  return equal(c, a, b) == Truth::yes;
}

Truth less_at(const Context& c, const Value& a, const Value& b, const Value& p) { return at(c, a, b, p, IsLess::of); }
Truth at_most_at(const Context& c, const Value& a, const Value& b, const Value& p) { return at(c, a, b, p, IsAtMost::of); }
Truth greater_at(const Context& c, const Value& a, const Value& b, const Value& p) { return at(c, a, b, p, IsGreater::of); }
Truth at_least_at(const Context& c, const Value& a, const Value& b, const Value& p) { return at(c, a, b, p, IsAtLeast::of); }
Truth equal_at(const Context& c, const Value& a, const Value& b, const Value& p) { return at(c, a, b, p, IsEqual::of); }
Truth less(const Context& c, const Value& a, const Value& b) { return at(c, a, b, {}, IsLess::of); }
Truth at_most(const Context& c, const Value& a, const Value& b) { return at(c, a, b, {}, IsAtMost::of); }
Truth greater(const Context& c, const Value& a, const Value& b) { return at(c, a, b, {}, IsGreater::of); }
Truth at_least(const Context& c, const Value& a, const Value& b) { return at(c, a, b, {}, IsAtLeast::of); }

// ---------------------------------------------------------------- points

Value smallest_step(const Context& c, const Value& like) {
  switch (like.type) {
    case Type::integer: return box(int32_t{1});
    case Type::long_integer: return box(int64_t{1});
    case Type::decimal: return box(Decimal{1}, *c.arena);
    case Type::quantity: return box(Quantity{{1}, like.unit}, *c.arena);
    default: return Value::none();
  }
}

Value successor(const Context& c, const Value& v) { return absent(v) ? v : stepped(c, v, true); }
Value predecessor(const Context& c, const Value& v) { return absent(v) ? v : stepped(c, v, false); }
Value lowest(const Context& c, const Value& like) { return extreme(like.type, false, like.unit, like.precision, *c.arena); }
Value highest(const Context& c, const Value& like) { return extreme(like.type, true, like.unit, like.precision, *c.arena); }

namespace {
Value extreme_of(const Context& c, const Value& name, bool high) {
  const std::string_view word = c.text(unbox<Text>(name));
  static constexpr std::pair<std::string_view, Type> named[] = {
      {"Integer", Type::integer}, {"Long", Type::long_integer},  {"Decimal", Type::decimal}, {"Quantity", Type::quantity},
      {"Date", Type::date},       {"DateTime", Type::date_time}, {"Time", Type::time}};
  for (const auto& [text, type] : named) {
    if (text == word) return extreme(type, high, 0, 0, *c.arena);
  }
  return Value::none(Cause::error);
}
}  // namespace
Value lowest_of(const Context& c, const Value& name) { return extreme_of(c, name, false); }
Value highest_of(const Context& c, const Value& name) { return extreme_of(c, name, true); }

Value plus(const Context& c, const Value& a, const Value& b) {
  if (absent(a) || absent(b)) return Value::none();
  if (is_moment(a.type) && b.type == Type::quantity) {
    const auto made = shift(moment(a), unbox<Quantity>(b));
    return made ? box(*made) : Value::none(Cause::out_of_range);
  }
  if (both_numeric(a, b)) return decimal_or_overflow(add(*number(a), *number(b)), a.type, b.type, c);
  if (both_amounts(a, b)) {
    const Quantity x = quantity_of(a), y = quantity_of(b);
    const auto other = convert(y, x.unit);
    if (!other) return Value::none();
    const auto sum = add(x.value, *other);
    return sum ? box(Quantity{*sum, x.unit}, *c.arena) : Value::none(Cause::overflow);
  }
  if (a.type == Type::text && b.type == Type::text)
    return text_value(c, std::string(c.text(unbox<Text>(a))) + std::string(c.text(unbox<Text>(b))));
  return Value::none(Cause::error);
}

Value negated(const Context& c, const Value& v) {
  if (absent(v)) return v;
  if (v.type == Type::quantity) {
    const Quantity q = unbox<Quantity>(v);
    return box(Quantity{{-q.value.scaled}, q.unit}, *c.arena);
  }
  const auto n = number(v);
  return n ? wider(v.type, v.type, {-n->scaled}, c) : Value::none(Cause::error);
}

Value minus(const Context& c, const Value& a, const Value& b) {
  if (absent(a) || absent(b)) return Value::none();
  // The least integer has no opposite, but a difference with it may exist.
  if (both_numeric(a, b)) return decimal_or_overflow(subtract(*number(a), *number(b)), a.type, b.type, c);
  return plus(c, a, negated(c, b));
}

Value times(const Context& c, const Value& a, const Value& b) {
  if (absent(a) || absent(b)) return Value::none();
  if (both_numeric(a, b)) return decimal_or_overflow(multiply(*number(a), *number(b)), a.type, b.type, c);
  if (!both_amounts(a, b)) return Value::none(Cause::error);
  const Quantity x = quantity_of(a), y = quantity_of(b);
  const auto made = unit_of_product(x.unit, y.unit);
  if (!made) return Value::none(Cause::error);
  const auto factor = convert(y, made->right);
  const auto value = factor ? multiply(x.value, *factor) : std::nullopt;
  return value ? box(Quantity{*value, made->unit}, *c.arena) : Value::none(Cause::overflow);
}

Value divided(const Context& c, const Value& a, const Value& b) {
  if (absent(a) || absent(b)) return Value::none();
  if (!both_amounts(a, b)) return Value::none(Cause::error);
  const Quantity x = quantity_of(a), y = quantity_of(b);
  if (y.value.scaled == 0) return Value::none(Cause::division_by_zero);
  if (both_numeric(a, b)) {
    const auto value = divide(x.value, y.value);
    return value ? box(*value, *c.arena) : Value::none(Cause::overflow);
  }
  const auto made = unit_of_quotient(x.unit, y.unit);
  if (!made) return Value::none(Cause::error);
  const auto divisor = convert(y, made->right);
  const auto value = divisor ? divide(x.value, *divisor) : std::nullopt;
  return value ? box(Quantity{*value, made->unit}, *c.arena) : Value::none(Cause::overflow);
}

std::string written(const Context& c, const Value& v) {
  if (absent(v)) return "null";
  if (v.type == Type::text) return std::string(c.text(unbox<Text>(v)));
  if (v.type == Type::decimal) {
    std::string text = to_string(unbox<Decimal>(v));
    return text.find('.') == std::string::npos ? text + ".0" : text;
  }
  if (v.type == Type::quantity) {
    const Quantity q = unbox<Quantity>(v);
    return in_source(to_string(q.value), unit(q.unit));
  }
  if (v.type == Type::ratio) return fmt::format("{}:{}", written(c, v.items[0]), written(c, v.items[1]));
  return words_of(*c.batch, v);
}

}  // namespace rubric::vm
