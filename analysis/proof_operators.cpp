// The operators of operators.def in the solver's terms; the tests compare each with the machine.
#include "analysis/proof_terms.h"
#include "vm/date.h"
#include "vm/operators.h"
#include "vm/units.h"

namespace rubric::analysis {
namespace {

using vm::Type;

// The rows, by name.
enum class Operator : uint16_t {
#define OPERATOR(name, ...) name,
#include "vm/operators.def"
#undef OPERATOR
};

constexpr int64_t scale = vm::Decimal::scale;

// A quantity's number in another unit is exact where the one unit is a whole multiple of the other.
std::optional<int64_t> whole_multiple(uint16_t from, uint16_t to) {
  if (from == to) return 1;
  const vm::Unit &a = vm::unit(from), &b = vm::unit(to);
  if (a.dimension != b.dimension) return std::nullopt;
  const int64_t up = a.numerator * b.denominator, down = a.denominator * b.numerator;
  return up % down == 0 ? std::optional(up / down) : std::nullopt;
}

}  // namespace

Symbol Terms::strict(Type type, const std::vector<Symbol>& args, const z3::expr& fault, const z3::expr& v) {
  z3::expr open = no(), absent = no(), failed = no();
  for (const Symbol& s : args) {
    open = either(open, is_unknown(s));
    absent = either(absent, is_none(s));
    if (s.fault) failed = either(failed, *s.fault);
  }
  // Only of values something can fail.
  const z3::expr gone = either(absent, fault);
  failed = either(failed, both(negated(absent), fault));
  // A comparison of what could not be computed is open.
  if (type == Type::truth) open = either(open, failed);
  const z3::expr known = negated(open);
  if (type == Type::truth) return {type, both(known, either(gone, v)), both(known, either(gone, negated(v))), number(0)};
  Symbol s{type, both(known, gone), open, v};
  if (!failed.is_false()) s.fault = both(known, failed);
  return s;
}

// A count compared with a number is asked as such: the solver knows more of it than of a sum.
std::optional<z3::expr> Terms::counted(char how, const Symbol& a, const Symbol& b) {
  int64_t n = 0;
  if (!a.counted && b.counted && a.v.is_numeral()) {
    const char turned = how == '<' ? '>' : how == '>' ? '<' : how == 'm' ? 'g' : how == 'g' ? 'm' : how;
    return counted(turned, b, a);
  }
  if (!a.counted || !b.v.is_numeral_i64(n) || n < 0 || n > 1'000'000) return std::nullopt;
  z3::expr_vector units(c);
  for (const z3::expr& e : *a.counted) units.push_back(e);
  const auto from = [&](int64_t least) -> z3::expr {
    if (least <= 0) return yes();
    if (least > static_cast<int64_t>(units.size())) return no();
    return z3::atleast(units, static_cast<unsigned>(least));
  };
  switch (how) {
    case '=': return both(from(n), negated(from(n + 1)));
    case '!': return negated(both(from(n), negated(from(n + 1))));
    case '<': return negated(from(n));
    case 'm': return negated(from(n + 1));
    case '>': return from(n + 1);
    default: return from(n);
  }
}

Symbol Terms::compared(char how, const std::vector<Symbol>& args) {
  const Symbol &x = args[0], &y = args[1];
  z3::expr a = x.v, b = y.v, undecided = no();
  if (x.type == Type::truth) {
    a = chosen(is_yes(x), number(1), number(0));
    b = chosen(is_yes(y), number(1), number(0));
  }
  if (x.type == Type::quantity) {
    // The machine reads the right side in the left side's unit.
    const auto factor = x.unit && y.unit ? whole_multiple(*y.unit, *x.unit) : std::nullopt;
    if (!factor) {
      functions.insert("comparisons of quantities whose units are no whole multiples of each other");
      return function(std::string("quantities ") + how, Type::truth, args);
    }
    b = b * number(*factor);
  }
  const auto holds = [&]() -> z3::expr {
    if (const auto as_count = counted(how, x, y)) return *as_count;
    switch (how) {
      case '=': return same(a, b);
      case '!': return negated(same(a, b));
      case '<': return a < b;
      case 'm': return a <= b;
      case '>': return a > b;
      default: return a >= b;
    }
  };
  return strict(Type::truth, args, undecided, holds());
}

Symbol Terms::integer(const std::vector<Symbol>& args, const z3::expr& v) {
  return strict(Type::integer, args, v < number(INT32_MIN) || v > number(INT32_MAX), v);
}
Symbol Terms::decimal(const std::vector<Symbol>& args, const z3::expr& v) {
  const z3::expr limit = c.int_val("1000000000000000000000000000000000000");
  return strict(Type::decimal, args, v >= limit || v <= -limit, v);
}
Symbol Terms::day(const std::vector<Symbol>& args, const z3::expr& v) {
  return strict(Type::date, args, v < number(vm::first_day) || v > number(vm::last_day_of_all), v);
}

// A date and an amount of months or days, whole ones alone.
Symbol Terms::moved(uint16_t fn, const std::vector<Symbol>& args, bool back) {
  const Symbol& amount = args[1];
  const vm::Unit* const unit = amount.unit ? &vm::unit(*amount.unit) : nullptr;
  const bool months = unit && unit->dimension == vm::Dimension::months && unit->calendar;
  if (!unit || (!months && unit->dimension != vm::Dimension::days)) {
    functions.insert("dates moved by amounts that are neither days nor months");
    return function(std::string("moved ") + std::to_string(fn), Type::date, args);
  }
  const z3::expr whole = toward_zero(amount.v, scale) * number(unit->numerator);
  const z3::expr by = back ? -whole : whole;
  const z3::expr far = toward_zero(amount.v, scale) > number(10'000'000) || toward_zero(amount.v, scale) < number(-10'000'000);
  const z3::expr to = months ? moved_by_months(args[0].v, by.simplify()) : args[0].v + by;
  const z3::expr out = months ? no() : by > number(4'000'000) || by < number(-4'000'000);
  return strict(Type::date, args, far || out || to < number(vm::first_day) || to > number(vm::last_day_of_all), to);
}

Symbol Terms::earlier(const Symbol& day, const Symbol& amount) {
  return moved(static_cast<uint16_t>(Operator::subtract_date_quantity), {day, amount}, true);
}

// What a division gives: none, with a fault, where the divisor is zero.
Symbol Terms::without_zero(Symbol s, const z3::expr& divisor) {
  const z3::expr zero = both(both(negated(s.q), negated(s.p)), same(divisor, number(0)));
  s.p = both(negated(s.q), either(s.p, zero));
  s.fault = s.fault ? either(*s.fault, zero) : zero;
  return s;
}

// a / b to the nearest whole number, halves away from zero.
z3::expr Terms::rounded(const z3::expr& a, const z3::expr& b) {
  const z3::expr x = z3::ite(a < 0, -a, a), y = z3::ite(b < 0, -b, b);
  const z3::expr q = (x * 2 + y) / (y * 2);
  return z3::ite((a < 0) == (b < 0), q, -q);
}

// Operators over values of any type, where the types are known to be alike: whole numbers, decimals and dates in order,
// truths, texts and codes as the same or not.
std::optional<Symbol> Terms::of_any(uint16_t fn, const std::vector<Symbol>& args) {
  const Type type = args[0].type;
  if (args.size() == 2 && args[1].type != type) return std::nullopt;
  const bool whole = type == Type::integer || type == Type::long_integer;
  const bool ordered = whole || type == Type::decimal || type == Type::date;
  const bool alike = ordered || type == Type::truth || type == Type::text || type == Type::code;
  const auto v = [&](size_t k) { return args[k].v; };
  const auto made = [&](const z3::expr& e) {
    if (type == Type::integer) return integer(args, e);
    return strict(type, args, e < c.int_val(INT64_MIN) || e > c.int_val(INT64_MAX), e);
  };
  const auto quotient = [&] {
    const z3::expr x = z3::ite(v(0) < 0, -v(0), v(0)), y = z3::ite(v(1) < 0, -v(1), v(1));
    return z3::ite((v(0) < 0) == (v(1) < 0), x / y, -(x / y));
  };
  const auto unless_zero = [&](Symbol s) { return without_zero(std::move(s), v(1)); };
  const auto op = static_cast<Operator>(fn);
  if (alike && op == Operator::equal_any) return compared('=', args);
  if (alike && op == Operator::unequal_any) return compared('!', args);
  if (ordered && op == Operator::less_any) return compared('<', args);
  if (ordered && op == Operator::at_most_any) return compared('m', args);
  if (ordered && op == Operator::greater_any) return compared('>', args);
  if (ordered && op == Operator::at_least_any) return compared('g', args);
  if (type == Type::decimal && op == Operator::to_decimal_any) return args[0];
  if (!whole) return std::nullopt;
  if (op == Operator::add_any) return made(v(0) + v(1));
  if (op == Operator::subtract_any) return made(v(0) - v(1));
  if (op == Operator::multiply_any) return made(v(0) * v(1));
  if (op == Operator::div_any) return unless_zero(made(quotient()));
  if (op == Operator::mod_any) return unless_zero(made(v(0) - quotient() * v(1)));
  if (op == Operator::negate_any) return made(-v(0));
  if (op == Operator::abs_any) return made(z3::ite(v(0) < 0, -v(0), v(0)));
  if (op == Operator::successor) return made(v(0) + 1);
  if (op == Operator::predecessor) return made(v(0) - 1);
  if (op == Operator::to_integer) return integer(args, v(0));
  if (op == Operator::to_long) return strict(Type::long_integer, args, no(), v(0));
  if (op == Operator::to_decimal_any) return strict(Type::decimal, args, no(), v(0) * number(scale));
  return std::nullopt;
}

Symbol Terms::call(uint16_t fn, const std::vector<Symbol>& args) {
  const auto v = [&](size_t k) { return args[k].v; };
  const auto sign = [&](const z3::expr& e) { return z3::ite(e < 0, -e, e); };
  switch (static_cast<Operator>(fn)) {
    case Operator::equal_truth: return compared('=', args);
    case Operator::equal_integer: return compared('=', args);
    case Operator::equal_decimal: return compared('=', args);
    case Operator::equal_text: return compared('=', args);
    case Operator::equal_code: return compared('=', args);
    case Operator::equal_date: return compared('=', args);
    case Operator::equal_quantity: return compared('=', args);
    case Operator::unequal_truth: return compared('!', args);
    case Operator::unequal_integer: return compared('!', args);
    case Operator::unequal_decimal: return compared('!', args);
    case Operator::unequal_text: return compared('!', args);
    case Operator::unequal_code: return compared('!', args);
    case Operator::unequal_date: return compared('!', args);
    case Operator::unequal_quantity: return compared('!', args);
    case Operator::less_integer: return compared('<', args);
    case Operator::less_decimal: return compared('<', args);
    case Operator::less_date: return compared('<', args);
    case Operator::less_quantity: return compared('<', args);
    case Operator::at_most_integer: return compared('m', args);
    case Operator::at_most_decimal: return compared('m', args);
    case Operator::at_most_date: return compared('m', args);
    case Operator::at_most_quantity: return compared('m', args);
    case Operator::greater_integer: return compared('>', args);
    case Operator::greater_decimal: return compared('>', args);
    case Operator::greater_date: return compared('>', args);
    case Operator::greater_quantity: return compared('>', args);
    case Operator::at_least_integer: return compared('g', args);
    case Operator::at_least_decimal: return compared('g', args);
    case Operator::at_least_date: return compared('g', args);
    case Operator::at_least_quantity: return compared('g', args);
    case Operator::is_true: return {Type::truth, is_yes(args[0]), args[0].q, number(0)};
    case Operator::is_false: return {Type::truth, is_no(args[0]), args[0].p, number(0)};
    case Operator::add_integer: return integer(args, v(0) + v(1));
    case Operator::subtract_integer: return integer(args, v(0) - v(1));
    case Operator::multiply_integer: return integer(args, v(0) * v(1));
    case Operator::negate_integer: return integer(args, -v(0));
    case Operator::abs_integer: return integer(args, sign(v(0)));
    case Operator::div_integer:
    case Operator::mod_integer: {
        // The solver's division rounds down, the machine's toward zero.
      const z3::expr zero = same(v(1), number(0)), whole = sign(v(0)) / sign(v(1));
      const z3::expr quotient = z3::ite((v(0) < 0) == (v(1) < 0), whole, -whole);
      const z3::expr result = static_cast<Operator>(fn) == Operator::div_integer ? quotient : v(0) - quotient * v(1);
      return strict(Type::integer, args, either(zero, result > number(INT32_MAX)), result);
    }
    case Operator::add_decimal: return decimal(args, v(0) + v(1));
    case Operator::subtract_decimal: return decimal(args, v(0) - v(1));
    case Operator::negate_decimal: return strict(Type::decimal, args, no(), -v(0));
    case Operator::abs_decimal: return strict(Type::decimal, args, no(), sign(v(0)));
    case Operator::to_decimal_integer: return strict(Type::decimal, args, no(), v(0) * number(scale));
    case Operator::add_quantity:
    case Operator::subtract_quantity: {
      const auto factor = args[0].unit && args[1].unit ? whole_multiple(*args[1].unit, *args[0].unit) : std::nullopt;
      if (!factor) break;
      const z3::expr other = v(1) * number(*factor);
      Symbol s = decimal(args, static_cast<Operator>(fn) == Operator::add_quantity ? v(0) + other : v(0) - other);
      s.type = Type::quantity;
      s.unit = args[0].unit;
      return s;
    }
    case Operator::add_date_quantity: return moved(fn, args, false);
    case Operator::subtract_date_quantity: return moved(fn, args, true);
    case Operator::add_months: return day(args, moved_by_months(v(0), v(1)));
    case Operator::add_days: {
      const z3::expr far = v(1) > number(4'000'000) || v(1) < number(-4'000'000), to = v(0) + v(1);
      return strict(Type::date, args, far || to < number(vm::first_day) || to > number(vm::last_day_of_all), to);
    }
    case Operator::years_between: return strict(Type::integer, args, no(), toward_zero(months_between(v(0), v(1)), 12));
    case Operator::months_between: return strict(Type::integer, args, no(), months_between(v(0), v(1)));
    case Operator::weeks_between: return strict(Type::integer, args, no(), toward_zero(v(1) - v(0), 7));
    case Operator::days_between: return strict(Type::integer, args, no(), v(1) - v(0));
    case Operator::year_from: return strict(Type::integer, args, no(), civil(v(0)).year);
    case Operator::month_from: return strict(Type::integer, args, no(), civil(v(0)).month);
    case Operator::day_from: return strict(Type::integer, args, no(), civil(v(0)).day);
    case Operator::multiply_decimal: return decimal(args, rounded(v(0) * v(1), number(scale)));
    case Operator::divide_decimal: return without_zero(decimal(args, rounded(v(0) * number(scale), v(1))), v(1));
    case Operator::ceiling: return integer(args, -((-v(0)) / number(scale)));
    case Operator::floor: return integer(args, v(0) / number(scale));
    case Operator::truncate: return integer(args, toward_zero(v(0), scale));
    case Operator::round_whole: return strict(Type::decimal, args, no(), rounded(v(0), number(scale)) * number(scale));
    case Operator::round_digits: {
      z3::expr result = v(0);
      int64_t unit = 1;
      for (int digits = 8; digits >= 0; --digits, unit *= 10)
        result = chosen(same(v(1), number(digits)), rounded(v(0), number(unit)) * number(unit), result);
      return strict(Type::decimal, args, either(v(1) < number(0), v(1) > number(8)), result);
    }
    case Operator::value_part:
      if (!args[0].unit) break;
      return strict(Type::decimal, args, no(), v(0));
    case Operator::equal_any:
    case Operator::unequal_any:
    case Operator::less_any:
    case Operator::at_most_any:
    case Operator::greater_any:
    case Operator::at_least_any:
    case Operator::add_any:
    case Operator::subtract_any:
    case Operator::multiply_any:
    case Operator::div_any:
    case Operator::mod_any:
    case Operator::negate_any:
    case Operator::abs_any:
    case Operator::successor:
    case Operator::predecessor:
    case Operator::to_integer:
    case Operator::to_long:
    case Operator::to_decimal_any:
      if (const auto known = of_any(fn, args)) return *known;
      break;
    case Operator::less_text:
    case Operator::at_most_text:
    case Operator::greater_text:
    case Operator::at_least_text:
    case Operator::length_text:
    case Operator::starts_with:
    case Operator::code_of:
    case Operator::equivalent_any:
    case Operator::not_equivalent_any:
    case Operator::equal_at:
    case Operator::less_at:
    case Operator::at_most_at:
    case Operator::greater_at:
    case Operator::at_least_at:
    case Operator::divide_any:
    case Operator::lowest_of:
    case Operator::highest_of:
    case Operator::exponential:
    case Operator::natural_logarithm:
    case Operator::logarithm:
    case Operator::power:
    case Operator::power_sign:
    case Operator::precision_of:
    case Operator::low_boundary:
    case Operator::high_boundary:
    case Operator::concatenate:
    case Operator::concatenate_call:
    case Operator::join_texts:
    case Operator::combine:
    case Operator::combine_with:
    case Operator::split:
    case Operator::split_on_matches:
    case Operator::upper:
    case Operator::lower:
    case Operator::character:
    case Operator::substring:
    case Operator::substring_length:
    case Operator::position_of:
    case Operator::last_position_of:
    case Operator::ends_with:
    case Operator::matches:
    case Operator::replace_matches:
    case Operator::component_from:
    case Operator::duration_between:
    case Operator::difference_between:
    case Operator::make_moment:
    case Operator::now:
    case Operator::time_of_day:
    case Operator::to_truth:
    case Operator::to_text:
    case Operator::to_quantity:
    case Operator::to_quantity_unit:
    case Operator::to_ratio:
    case Operator::make_ratio:
    case Operator::to_date:
    case Operator::to_date_time:
    case Operator::to_time:
    case Operator::to_concept:
    case Operator::convert_quantity:
    case Operator::can_convert_quantity:
    case Operator::is_of_type:
    case Operator::as_type:
    case Operator::cast_type:
    case Operator::convert_to:
    case Operator::converts_to:
    case Operator::message:
    case Operator::make_interval:
    case Operator::start_of:
    case Operator::end_of:
    case Operator::width_of:
    case Operator::size_of:
    case Operator::point_from:
    case Operator::low_of:
    case Operator::high_of:
    case Operator::low_closed:
    case Operator::high_closed:
    case Operator::interval_union:
    case Operator::interval_intersect:
    case Operator::interval_except:
    case Operator::collapse:
    case Operator::expand:
    case Operator::expand_one:
    case Operator::list_exists:
    case Operator::list_count:
    case Operator::list_length:
    case Operator::first:
    case Operator::last:
    case Operator::element:
    case Operator::index_of:
    case Operator::singleton:
    case Operator::skip:
    case Operator::take:
    case Operator::tail:
    case Operator::slice:
    case Operator::distinct:
    case Operator::flatten:
    case Operator::list_union:
    case Operator::list_intersect:
    case Operator::list_except:
    case Operator::list_contains:
    case Operator::list_properly_contains:
    case Operator::list_includes:
    case Operator::list_properly_includes:
    case Operator::tuple_member:
    case Operator::all_true:
    case Operator::any_true:
    case Operator::sum:
    case Operator::product:
    case Operator::minimum:
    case Operator::maximum:
    case Operator::average:
    case Operator::geometric_mean:
    case Operator::median:
    case Operator::mode:
    case Operator::variance:
    case Operator::population_variance:
    case Operator::standard_deviation:
    case Operator::population_standard_deviation:
    case Operator::children:
    case Operator::descendents:
    case Operator::unit_part:
    case Operator::code_part:
    case Operator::system_part:
    case Operator::numerator_part:
    case Operator::denominator_part:
    case Operator::codes_part: break;
  }
  const vm::OperatorInfo& row = vm::operators()[fn];
  functions.insert(std::string(row.name));
  return function(std::string("operator ") + std::to_string(fn), row.result, args);
}

vm::Type stand_in(vm::Type declared) { return declared == Type::any ? Type::long_integer : declared; }

bool has_encoding(uint16_t fn) {
  Terms terms;
  std::vector<Symbol> args;
  for (const Type declared : vm::operators()[fn].args) {
    const Type type = stand_in(declared);
    args.push_back(type == Type::truth ? terms.unknown(type) : terms.value(type, terms.c.int_const("x")));
    if (type == Type::quantity) args.back().unit = vm::find_unit("day");
  }
  terms.call(fn, args);
  return terms.functions.empty();
}

}  // namespace rubric::analysis
