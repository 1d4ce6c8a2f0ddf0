// The operators of expressions, once more: what each gives for values, and the law that lifts it to possibilities.
//
// An operator gives a value only if all values of its unknown operands give that value (semantics.md, section 1); none
// is CQL's null: it passes through everything but `is true` and `is false`. Rows are found by spelling and types, so
// that a row added to operators.def without a meaning here ends the test that looks at every row.
#include "vm/operators.h"
#include "base/must.h"
#include "tests/reference/possible.h"
#include "vm/date.h"
#include "vm/decimal.h"
#include "vm/units.h"

#include <functional>

namespace rubric::reference {
namespace {

using vm::Int128;
using vm::Type;

Piece value(Scalar s) { return {Piece::Kind::point, s, s}; }
Piece no_value() { return {Piece::Kind::none, {}, {}}; }
Piece faulty() { return {Piece::Kind::fault, {}, {}}; }
Piece truth(bool v) { return value(truth_scalar(v)); }

bool is_comparison(std::string_view name) {
  return name == "=" || name == "!=" || name == "<" || name == "<=" || name == ">" || name == ">=";
}
bool inspects(std::string_view name) { return name == "is true" || name == "is false"; }

bool holds(std::string_view name, int o) {
  if (name == "=") return o == 0;
  if (name == "!=") return o != 0;
  if (name == "<") return o < 0;
  if (name == "<=") return o <= 0;
  if (name == ">") return o > 0;
  return o >= 0;
}

Piece integer(Int128 v) { return v < INT32_MIN || v > INT32_MAX ? faulty() : value(integer_scalar(static_cast<int64_t>(v))); }

Piece decimal(const std::optional<vm::Decimal>& d) {
  if (!d) return faulty();
  Scalar s;
  s.type = Type::decimal;
  s.number = d->scaled;
  return value(s);
}

// `factor` of the amount, in b's unit expressed in a's.
Piece add_quantities(const Scalar& a, const Scalar& b, int factor) {
  const vm::Unit &u = vm::unit(a.unit), &w = vm::unit(b.unit);
  if (u.dimension != w.dimension) return faulty();
  std::optional<vm::Decimal> other{vm::Decimal{b.number * factor}};
  if (a.unit != b.unit) {
    other = vm::multiply(*other, vm::to_decimal(w.numerator * u.denominator));
    if (other) other = vm::divide(*other, vm::to_decimal(w.denominator * u.numerator));
  }
  const auto sum = other ? vm::add(vm::Decimal{a.number}, *other) : std::nullopt;
  if (!sum) return faulty();
  Scalar s = a;
  s.number = sum->scaled;
  return value(s);
}

// A partial date moves by whole units of what it has.
Piece move_date(const Scalar& date, Int128 amount, bool months) {
  const auto days = static_cast<int32_t>(date.number);
  std::optional<int32_t> moved;
  if (amount > 100'000'000 || amount < -100'000'000) return faulty();
  auto n = static_cast<int64_t>(amount);
  if (!months && date.precision == 3) {
    moved = vm::add_days(days, n);
  } else {
    if (!months) n = date.precision == 1 ? n / 365 * 12 : n / 30;
    if (date.precision == 1) n = n / 12 * 12;
    moved = vm::add_months(days, n);
  }
  if (!moved) return faulty();
  Scalar s = date;
  s.number = *moved;
  return value(s);
}

Piece move_by_quantity(const Scalar& date, const Scalar& q, int factor) {
  const vm::Unit& u = vm::unit(q.unit);
  const bool months = u.dimension == vm::Dimension::months && u.calendar;
  if (!months && u.dimension != vm::Dimension::days) return faulty();
  return move_date(date, q.number / vm::Decimal::scale * factor * u.numerator, months);
}

int32_t days_of(const Scalar& date) { return static_cast<int32_t>(date.number); }

Int128 whole_periods(const Scalar& from, const Scalar& to, int months) {
  // Count up: the period has passed so often as it can be added to the start without passing the end.
  if (to.number < from.number) return -whole_periods(to, from, months);
  const vm::Civil a = vm::civil(days_of(from)), b = vm::civil(days_of(to));
  Int128 n = (Int128{b.year} * 12 + b.month) - (Int128{a.year} * 12 + a.month);
  if (b.day < a.day) --n;
  return n / months;
}

}  // namespace

Piece on_points(uint16_t fn, const std::vector<Scalar>& args) {
  const vm::OperatorInfo& info = vm::operators()[fn];
  const std::string_view name = info.name;
  const Scalar& a = args[0];
  const Scalar& b = args.back();
  const Type type = info.args[0];
  if (is_comparison(name)) {
    const auto o = order(a, b);
    return o ? truth(holds(name, *o)) : no_value();
  }
  if (name == "is true") return truth(a.number == 1);
  if (name == "is false") return truth(a.number == 0);
  if (name == "+" || name == "-") {
    const int factor = name == "+" ? 1 : -1;
    if (type == Type::integer) return integer(a.number + factor * b.number);
    if (type == Type::decimal) return decimal(vm::add(vm::Decimal{a.number}, vm::Decimal{factor * b.number}));
    if (type == Type::quantity) return add_quantities(a, b, factor);
    return move_by_quantity(a, b, factor);
  }
  if (name == "*")
    return type == Type::integer ? integer(a.number * b.number) : decimal(vm::multiply(vm::Decimal{a.number}, vm::Decimal{b.number}));
  if (name == "/" || name == "div" || name == "mod") {
    if (b.number == 0) return faulty();
    if (name == "/") return decimal(vm::divide(vm::Decimal{a.number}, vm::Decimal{b.number}));
    return integer(name == "div" ? a.number / b.number : a.number % b.number);
  }
  if (name == "negate") return type == Type::integer ? integer(-a.number) : decimal(vm::Decimal{-a.number});
  if (name == "Abs") {
    const Int128 v = a.number < 0 ? -a.number : a.number;
    return type == Type::integer ? integer(v) : decimal(vm::Decimal{v});
  }
  if (name == "ToDecimal") return decimal(vm::Decimal{a.number * vm::Decimal::scale});
  if (name == "add_months" || name == "add_days") return move_date(a, b.number, name == "add_months");
  if (name == "years between") return integer(whole_periods(a, b, 12));
  if (name == "months between") return integer(whole_periods(a, b, 1));
  if (name == "weeks between") return integer((b.number - a.number) / 7);
  if (name == "days between") return integer(b.number - a.number);
  if (name == "year from") return integer(vm::civil(days_of(a)).year);
  if (name == "month from") return a.precision < 2 ? no_value() : integer(vm::civil(days_of(a)).month);
  if (name == "day from") return a.precision < 3 ? no_value() : integer(vm::civil(days_of(a)).day);
  if (name == "Length") {
    int64_t n = 0;
    for (const char byte : a.text) n += (static_cast<unsigned char>(byte) >> 6) != 2;  // a continuation is no character
    return integer(n);
  }
  if (name == "StartsWith") return truth(a.text.substr(0, b.text.size()) == b.text);
  if (name == "CodeOf") return value(text_scalar(a.text));
  must(false, "the reference has a meaning for every row of operators.def");
  return no_value();
}

namespace {

// Which way the result moves when an argument grows: 1, -1, or 0 where nothing is promised.
int direction(std::string_view name, size_t argument) {
  if (name == "+" || name == "add_months" || name == "add_days" || name == "ToDecimal" || name == "year from") return 1;
  if (name == "-") return argument == 0 ? 1 : -1;
  if (name == "negate") return -1;
  if (name.ends_with(" between")) return argument == 0 ? -1 : 1;
  return 0;
}

Possible of(const Piece& p) { return {.unknown = false, .pieces = {p}}; }

// Two pieces that may each be anything in their range, independently: which orders are possible?
Possible compare(std::string_view name, const Piece& a, const Piece& b) {
  const auto compared = [](const std::optional<Scalar>& x, const std::optional<Scalar>& y, int unbounded, bool& undecided) {
    if (!x || !y) return unbounded;
    const auto o = order(*x, *y);
    undecided |= !o;
    return o.value_or(0);
  };
  bool undecided = false;
  const int lowest = compared(a.low, b.high, -1, undecided), highest = compared(a.high, b.low, 1, undecided);
  if (undecided) return anything();
  std::optional<bool> answer;
  for (int o = -1; o <= 1; ++o) {
    if (o < lowest || o > highest) continue;
    if (answer && *answer != holds(name, o)) return anything();
    answer = holds(name, o);
  }
  return possible_of(*answer ? Truth::yes : Truth::no);
}

// Products, quotients and amounts without their sign lie between those of the ends and of zero, where that is within; by
// what may be zero nothing can be divided.
Possible among_ends(uint16_t fn, const std::vector<Piece>& args) {
  const std::string_view name = vm::operators()[fn].name;
  std::vector<std::vector<Scalar>> tried(1);
  for (size_t k = 0; k < args.size(); ++k) {
    if (!args[k].low || !args[k].high) return anything();
    std::vector<Scalar> ends{*args[k].low, *args[k].high};
    if (ends[0].number <= 0 && ends[1].number >= 0) {
      if (k == 1 && name != "*") return anything();
      ends.push_back(ends[0]);
      ends.back().number = 0;
    }
    std::vector<std::vector<Scalar>> longer;
    for (const auto& before : tried) {
      for (const Scalar& end : ends) {
        longer.push_back(before);
        longer.back().push_back(end);
      }
    }
    tried = std::move(longer);
  }
  std::optional<Scalar> low, high;
  for (const auto& points : tried) {
    const Piece one = on_points(fn, points);
    if (one.kind != Piece::Kind::point) return anything();
    if (!low || one.low->number < low->number) low = one.low;
    if (!high || one.low->number > high->number) high = one.low;
  }
  return range(low, high);
}

// One alternative of each argument.
Possible on_pieces(uint16_t fn, const std::vector<Piece>& args) {
  const std::string_view name = vm::operators()[fn].name;
  bool ranged = false;
  for (const Piece& p : args) {
    ranged |= p.kind == Piece::Kind::range;
  }
  if (inspects(name) && args[0].kind != Piece::Kind::point) return possible_of(Truth::no);
  for (const Piece::Kind absent : {Piece::Kind::fault, Piece::Kind::none}) {
    for (const Piece& p : args) {
      if (p.kind == absent) return of(p);
    }
  }
  if (!ranged) {
    std::vector<Scalar> points;
    for (const Piece& p : args) points.push_back(*p.low);
    return of(on_points(fn, points));
  }
  if (is_comparison(name)) return compare(name, args[0], args[1]);
  if (name == "*" || name == "/" || name == "div" || name == "Abs") return among_ends(fn, args);
  std::vector<Scalar> least, greatest;
  bool has_least = true, has_greatest = true;
  for (size_t k = 0; k < args.size(); ++k) {
    const int way = direction(name, k);
    if (way == 0) return anything();
    const auto &low = way > 0 ? args[k].low : args[k].high, &high = way > 0 ? args[k].high : args[k].low;
    has_least &= low.has_value();
    has_greatest &= high.has_value();
    least.push_back(low.value_or(Scalar{}));
    greatest.push_back(high.value_or(Scalar{}));
  }
  std::optional<Scalar> low, high;
  for (const bool upper : {false, true}) {
    if (!(upper ? has_greatest : has_least)) continue;
    const Piece end = on_points(fn, upper ? greatest : least);
    if (end.kind != Piece::Kind::point) return anything();  // it leaves what can be computed somewhere in between
    (upper ? high : low) = end.low;
  }
  return range(low, high);
}

}  // namespace

Possible operate(uint16_t fn, const std::vector<Possible>& args) {
  const std::string_view name = vm::operators()[fn].name;
  if (!inspects(name)) {
    // Null in, null out, whatever the others may turn out to be.
    bool faulty_one = false, absent = false;
    for (const Possible& p : args) {
      if (!is_none(p)) continue;
      absent = true;
      for (const Piece& x : p.pieces) faulty_one |= x.kind == Piece::Kind::fault;
    }
    if (absent) return faulty_one ? fault() : none();
  }
  for (const Possible& p : args) {
    if (p.unknown) return anything();
  }
  std::optional<Possible> all;
  std::vector<Piece> now(args.size());
  const std::function<void(size_t)> each = [&](size_t k) {
    if (k == args.size()) {
      const Possible one = on_pieces(fn, now);
      all = all ? either(*all, one) : one;
      return;
    }
    for (const Piece& p : args[k].pieces) {
      now[k] = p;
      each(k + 1);
    }
  };
  each(0);
  return *all;
}

}  // namespace rubric::reference
