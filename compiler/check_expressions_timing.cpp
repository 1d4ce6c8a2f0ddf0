// Intervals, between, and CQL's timing phrases: all of it becomes comparisons of points.
//
// An interval never exists at run time. Its ends are expressions; `during`, `3 months or less before` and the others
// compare them. What each phrase includes is where engines go wrong, so each is one line below: `12 months or less
// before` holds the day 12 months back and not the day itself. A closed end that is none is unbounded, an open one makes
// the comparison none (CQL); an undocumented end is neither, it leaves the answer open, since Coalesce tests for none.
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "compiler/check_expressions.h"
#include "vm/date.h"
#include "vm/decimal.h"

namespace rubric::check {

using vm::Type;
using Kind = Meaning::Kind;

// ---------------------------------------------------------------- words of an operand

std::string spoken(const ir::Expr& value) {
  if (!value.text.empty()) return value.text;
  if (value.kind != ir::ExprKind::constant || value.type.kind != ir::Type::Kind::scalar) return {};
  if (value.value.kind == vm::Kind::none) return "null";
  switch (value.type.scalar) {
    case Type::truth: return value.value.low ? "true" : "false";
    case Type::integer: return std::to_string(value.value.low);
    case Type::decimal: return vm::to_string(decimal_of(value.value));
    case Type::text: return "'" + value.string + "'";
    case Type::code: return value.system + " '" + value.string + "'";
    case Type::date: return "@" + vm::iso_date({static_cast<int32_t>(value.value.low), value.value.precision});
    case Type::quantity: return vm::in_source(vm::to_string(decimal_of(value.value)), vm::unit(value.value.unit));
    case Type::long_integer:
    case Type::date_time:
    case Type::time:
    case Type::interval:
    case Type::list:
    case Type::tuple:
    case Type::ratio:
    case Type::code_concept:
    case Type::any:
    case Type::outcome: return {};
  }
  return {};
}

namespace {

// One comparison of a phrase, with its own words where both sides can be said; `whole` otherwise.
ir::Expr compare_points(Context& context, std::string_view name, const ir::Expr& a, const ir::Expr& b, Span span,
                        const std::string& whole) {
  const std::string left = spoken(a), right = spoken(b);
  std::string text = left.empty() || right.empty() ? whole : fmt::format("{} {} {}", left, name, right);
  return compare(context, name, a, b, span, std::move(text));
}

}  // namespace

// ---------------------------------------------------------------- intervals

Meaning check_interval(Context& context, const ast::Expr& expression, const Scope& scope) {
  const Span span = expression.span;
  ir::Expr low = value_of(context, expression.args[0], scope), high = value_of(context, expression.args[1], scope);
  if (is_error(low) || is_error(high)) return error_meaning(span);
  const std::optional<Type> type = common_type({&low, &high});
  const auto general = [&] {
    return value_meaning(make_call(context, "Interval",
                                   {low, high, make_truth(expression.low_closed, span), make_truth(expression.high_closed, span)}, span));
  };
  if (!type) {
    if (is_general(low.type) || is_general(high.type) || (is_null(low) && is_null(high))) return general();
    context.report<DiagnosticId::alternatives_differ>(span, type_name(context, low.type) + ", " + type_name(context, high.type));
    return error_meaning(span);
  }
  static constexpr Type ordered[] = {Type::integer, Type::decimal, Type::date, Type::quantity};
  if (std::ranges::find(ordered, *type) == std::ranges::end(ordered)) {
    return not_supported(context, span, fmt::format("an interval of {}", scalar_name(*type)));
  }
  const auto partial = [](const ir::Expr& e) {
    return is_scalar(e, Type::date) && e.kind == ir::ExprKind::constant && e.value.precision < 3;
  };
  if (*type == Type::quantity || partial(low) || partial(high)) {
    if (context.plain) return general();
  }
  if (*type == Type::quantity && !check_dimensions(context, low, high, span)) return error_meaning(span);
  const bool low_open_null = is_null(low), high_open_null = is_null(high);
  if (!low_open_null) low = converted(context, std::move(low), *type);
  if (!high_open_null) high = converted(context, std::move(high), *type);
  const auto known = [](const ir::Expr& e) { return e.kind == ir::ExprKind::constant && e.value.kind == vm::Kind::value; };
  if (known(low) && known(high) && *type != Type::quantity) {
    const auto number = [&](const ir::Expr& e) { return *type == Type::decimal ? decimal_of(e.value).scaled : vm::Int128{e.value.low}; };
    const bool empty = number(low) == number(high) && !(expression.low_closed && expression.high_closed);
    if (number(low) > number(high) || empty) {
      context.report<DiagnosticId::empty_interval>(span);
      return error_meaning(span);
    }
  }
  Meaning made;
  made.kind = Kind::interval;
  made.span = span;
  for (ir::Expr* end : {&low, &high}) {
    Meaning part;
    part.kind = Kind::value;
    part.span = end->span;
    part.value = std::move(*end);
    made.parts.push_back(std::move(part));
  }
  made.low_closed = expression.low_closed;
  made.high_closed = expression.high_closed;
  return made;
}

namespace {

// The first value of a type's order, or the last: what a closed end without a value means.
ir::Expr extreme(Type type, bool last, Span span) {
  if (type == Type::integer) return make_constant(*integer_constant(last ? INT32_MAX : INT32_MIN), span);
  if (type == Type::decimal) {
    const vm::Decimal most = *vm::parse_decimal("99999999999999999999.99999999");
    return make_constant(decimal_constant({last ? most.scaled : -most.scaled}), span);
  }
  return make_constant(*date_of(last ? "9999-12-31" : "0001-01-01"), span);
}

ir::Expr neighbour(Context& context, ir::Expr value, bool next) {
  const Span span = value.span;
  const std::string text =
      spoken(value).empty() ? std::string() : fmt::format("{} of {}", next ? "successor" : "predecessor", spoken(value));
  if (is_scalar(value, Type::date))
    return make_call(context, "add_days", {std::move(value), make_integer(next ? 1 : -1, span)}, span, text);
  const std::string_view name = next ? "+" : "-";
  if (is_scalar(value, Type::integer)) return make_call(context, name, {std::move(value), make_integer(1, span)}, span, text);
  if (is_scalar(value, Type::decimal)) {
    return make_call(context, name, {std::move(value), make_constant(decimal_constant({1}), span)}, span, text);
  }
  return make_call(context, next ? "successor of" : "predecessor of", {std::move(value)}, span, text);
}

ir::Expr end_of(Context& context, const Meaning& interval, bool high) {
  const ir::Expr& end = interval.parts[high ? 1 : 0].value;
  const ir::Expr& other = interval.parts[high ? 0 : 1].value;
  const bool closed = high ? interval.high_closed : interval.low_closed;
  const Type type = is_null(end) ? other.type.scalar : end.type.scalar;
  if (!closed) return is_null(end) ? converted(context, make_null(end.span), type) : neighbour(context, end, !high);
  if (type == Type::quantity) {
    if (!may_be_none(context, end)) return end;
    return make_call(context, high ? "end of" : "start of", {interval_value(context, interval)}, end.span);
  }
  if (is_null(end)) return extreme(type, high, end.span);
  if (!may_be_none(context, end)) return end;
  return make_coalesce(context, {end, extreme(type, high, end.span)}, end.span, end.text);
}

}  // namespace

ir::Expr low_end(Context& context, const Meaning& interval) {
  return interval.kind == Kind::interval ? end_of(context, interval, false)
                                         : make_call(context, "start of", {interval.value}, interval.span);
}
ir::Expr high_end(Context& context, const Meaning& interval) {
  return interval.kind == Kind::interval ? end_of(context, interval, true) : make_call(context, "end of", {interval.value}, interval.span);
}

ir::Expr point_in_interval(Context& context, ir::Expr point, const Meaning& interval, bool properly, Span span, const std::string& text) {
  if (is_error(point)) return point;
  if (interval.kind != Kind::interval) {
    // Its ends are known to it alone; they go by its name.
    ir::Expr low = low_end(context, interval), high = high_end(context, interval);
    if (const std::string name = spoken(interval.value); !name.empty()) low.text = "start of " + name, high.text = "end of " + name;
    low = compare_points(context, properly ? ">" : ">=", point, low, span, text);
    high = compare_points(context, properly ? "<" : "<=", point, high, span, text);
    return make_and({std::move(low), std::move(high)}, span);
  }
  std::vector<ir::Expr> sides;
  for (const bool high : {false, true}) {
    const ir::Expr& end = interval.parts[high ? 1 : 0].value;
    const bool closed = high ? interval.high_closed : interval.low_closed;
    if (closed && is_null(end) && !properly) continue;  // unbounded
    // An open end is compared as it stands, which spares its neighbour.
    const bool strict = properly || !closed;
    const ir::Expr bound = closed || properly ? end_of(context, interval, high) : is_null(end) ? end_of(context, interval, high) : end;
    const std::string_view name = high ? (strict ? "<" : "<=") : (strict ? ">" : ">=");
    sides.push_back(compare_points(context, name, point, bound, span, text));
  }
  ir::Expr made = make_and(std::move(sides), span);
  return made;
}

// ---------------------------------------------------------------- between

Meaning check_between(Context& context, const ast::Expr& expression, const Scope& scope) {
  const Span span = expression.span;
  std::vector<ir::Expr> values;
  for (const ast::Expr& arg : expression.args) {
    values.push_back(value_of(context, arg, scope));
  }
  for (const ir::Expr& value : values) {
    if (is_error(value)) return error_meaning(span);
  }
  const bool properly = expression.flag;
  const std::string text = words(expression);
  ir::Expr low = compare_points(context, properly ? ">" : ">=", values[0], values[1], span, text);
  ir::Expr high = compare_points(context, properly ? "<" : "<=", values[0], values[2], span, text);
  return value_meaning(make_and({std::move(low), std::move(high)}, span));
}

Meaning check_period_between(Context& context, const ast::Expr& expression, const Scope& scope) {
  std::string unit = expression.precision;
  if (unit.ends_with('s')) unit.pop_back();
  const std::string name = (expression.name == "difference" ? "difference in " : "") + unit + "s between";
  ir::Expr from = value_of(context, expression.args[0], scope), to = value_of(context, expression.args[1], scope);
  const bool dense = operator_exists(name) && !is_general(from.type) && !is_general(to.type) && !context.plain;
  if (!dense) {
    const std::string_view called = expression.name == "difference" ? "difference between" : "duration between";
    return value_meaning(
        make_call(context, called, {make_text(unit, expression.span), std::move(from), std::move(to)}, expression.span, words(expression)));
  }
  return value_meaning(make_call(context, name, {std::move(from), std::move(to)}, expression.span, words(expression)));
}

// ---------------------------------------------------------------- timing phrases

namespace {

// A side of a phrase: a point is a span of one.
struct Side {
  bool interval = false;
  Meaning meaning;      // the interval itself, for open ends
  ir::Expr low, high;
};

class Timing {
 public:
  Timing(Context& c, const ast::Expr& e, const Scope& s) : context(c), expression(e), scope(s), span(e.span), text(words(e)) {
    std::istringstream stream(e.name);
    for (std::string word; stream >> word;) phrase.push_back(word);
  }

  Meaning check() {
    Meaning left = meaning_of(context, expression.args[0], scope), right = meaning_of(context, expression.args[1], scope);
    if (is_error(left) || is_error(right)) return error_meaning(span);
    if (is_list_value(left) || is_list_value(right)) return of_lists(std::move(left), std::move(right));
    const bool relation = phrase.size() == 1 && (phrase[0] == "starts" || phrase[0] == "ends");
    std::string edge, boundary;
    if (!relation && (phrase[0] == "starts" || phrase[0] == "ends" || phrase[0] == "occurs")) {
      edge = phrase[0];
      phrase.erase(phrase.begin());
    }
    if (phrase.size() > 1 && (phrase.back() == "start" || phrase.back() == "end")) {
      boundary = phrase.back();
      phrase.pop_back();
    }
    properly = !phrase.empty() && phrase[0] == "properly";
    if (properly) phrase.erase(phrase.begin());
    if (!side(a, std::move(left), edge == "starts" ? "start" : edge == "ends" ? "end" : "")) return error_meaning(span);
    if (!side(b, std::move(right), boundary)) return error_meaning(span);
    if (expression.args.size() > 2) {
      const bool dates = is_scalar(a.low, Type::date) && is_scalar(b.low, Type::date) && !context.plain;
      offset = dates ? check_period(context, expression.args[2], scope) : value_of(context, expression.args[2], scope);
      if (is_error(offset)) return error_meaning(span);
    }
    return value_meaning(lower());
  }

 private:
  Context& context;
  const ast::Expr& expression;
  const Scope& scope;
  const Span span;
  const std::string text;
  std::vector<std::string> phrase;
  bool properly = false;
  Side a, b;
  ir::Expr offset;

  // Lists are compared by their elements: includes, included in, and one element of a list.
  Meaning of_lists(Meaning left, Meaning right) {
    std::string name = joined();
    const bool strict = name.starts_with("properly ");
    if (strict) name = name.substr(9);
    const bool inside = name == "included in" || name == "during";
    if (!inside && name != "includes") return not_supported(context, span, name + " of lists");
    Meaning& whole = inside ? right : left;
    Meaning& part = inside ? left : right;
    const bool lists = is_list_value(part) || (part.kind == Kind::value && is_null(part.value) && !strict);
    const std::string called = std::string(strict ? "properly " : "") + (lists ? "includes" : "contains");
    ir::Expr a_list = as_value(context, std::move(whole)), an_element = as_value(context, std::move(part));
    return value_meaning(make_call(context, called, {std::move(a_list), std::move(an_element)}, span, text));
  }

  // False with a report. `boundary` takes one end of an interval.
  bool side(Side& made, Meaning meaning, const std::string& boundary) {
    const Span where = meaning.span;
    if (meaning.kind != Kind::interval && !is_value_of(meaning, ir::Type::Kind::interval)) {
      if (!boundary.empty()) {
        context.report<DiagnosticId::not_an_interval>(where, type_name(context, meaning));
        return false;
      }
      made.low = made.high = as_value(context, std::move(meaning));
      return !is_error(made.low);
    }
    made.interval = boundary.empty();
    if (boundary != "end") made.low = low_end(context, meaning);
    if (boundary != "start") made.high = high_end(context, meaning);
    if (boundary == "start") made.high = made.low;
    if (boundary == "end") made.low = made.high;
    made.meaning = std::move(meaning);
    return !is_error(made.low) && !is_error(made.high);
  }

  ir::Expr report_interval(const Side& which, size_t argument) {
    context.report<DiagnosticId::not_an_interval>(expression.args[argument].span, type_name(context, which.low.type));
    return error_expression(span);
  }

  // Days are the precision of a Date. Months and years compare the months and years of both sides.
  ir::Expr at_precision(ir::Expr date) {
    const std::string& precision = expression.precision;
    if (precision.empty() || precision == "day") return date;
    if (!is_scalar(date, Type::date) || (precision != "year" && precision != "month")) {
      context.report<DiagnosticId::not_supported>(span, "this phrase with the precision " + precision);
      return error_expression(span);
    }
    ir::Expr year = make_call(context, "year from", {date}, span);
    if (precision == "year") return year;
    ir::Expr months = make_call(context, "*", {std::move(year), make_integer(12, span)}, span);
    return make_call(context, "+", {std::move(months), make_call(context, "month from", {std::move(date)}, span)}, span);
  }

  ir::Expr compared(std::string_view name, const ir::Expr& x, const ir::Expr& y) {
    if (is_error(x) || is_error(y)) return error_expression(span);
    static constexpr std::string_view components[] = {"", "year", "month", "day", "hour", "minute", "second", "millisecond"};
    const bool dates = is_scalar(x, Type::date) && is_scalar(y, Type::date);
    if (!expression.precision.empty() && (context.plain || !dates)) {
      const auto* component = std::ranges::find(components, expression.precision);
      if (component == std::end(components)) return error_of(not_supported(context, span, "the precision " + expression.precision));
      return make_call(context, std::string(name) + " at", {x, y, make_integer(component - std::begin(components), span)}, span, text);
    }
    if (expression.precision.empty() || expression.precision == "day") return compare_points(context, name, x, y, span, text);
    return compare(context, name, at_precision(x), at_precision(y), span, text);
  }

  ir::Expr shifted(const ir::Expr& date, bool back) {
    if (!is_scalar(date, Type::date) || context.plain) return make_call(context, back ? "-" : "+", {date, offset}, span);
    if (!expression.precision.empty() && expression.precision != "day") {
      context.report<DiagnosticId::not_supported>(span, "an amount of time together with the precision " + expression.precision);
      return error_expression(span);
    }
    ir::Expr made = shift_date(context, date, offset, back, span);
    const std::string date_words = spoken(date);
    if (!is_error(made) && !date_words.empty()) {
      made.text = fmt::format("{} {} {}", date_words, back ? "-" : "+", spoken(offset));
    }
    return made;
  }

  ir::Expr error_of(const Meaning&) const { return error_expression(span); }

  ir::Expr both(ir::Expr x, ir::Expr y) { return make_and({std::move(x), std::move(y)}, span); }

  std::string joined() const {
    std::string made;
    for (const std::string& word : phrase) made += (made.empty() ? "" : " ") + word;
    return made;
  }

  ir::Expr lower() {
    const std::string name = joined();
    if (name == "same as") return same();
    if (name == "same or before") return compared("<=", a.high, b.low);
    if (name == "same or after") return compared(">=", a.low, b.high);
    if (name == "within of") return within();
    if (name == "during" || name == "included in") return included(a, b, 1);
    if (name == "includes") return included(b, a, 0);
    if (phrase.back() == "before" || phrase.back() == "after") {
      if (phrase[0] != "meets" && phrase[0] != "overlaps") return before_or_after();
    }
    return relation(name);
  }

  ir::Expr same() {
    if (a.interval != b.interval && !context.plain) return report_interval(a.interval ? b : a, a.interval ? 1 : 0);
    ir::Expr starts = compared("=", a.low, b.low);
    return a.interval ? both(std::move(starts), compared("=", a.high, b.high)) : starts;
  }

  ir::Expr within() {
    const ir::Expr low = shifted(b.low, true), high = shifted(b.high, false);
    return both(compared(properly ? ">" : ">=", a.low, low), compared(properly ? "<" : "<=", a.high, high));
  }

  ir::Expr included(const Side& inner, const Side& outer, size_t outer_argument) {
    if (!outer.interval && !(context.plain && is_null(outer.low))) return report_interval(outer, outer_argument);
    if (!outer.interval) return converted(context, make_null(span), Type::truth);
    const bool days = expression.precision.empty() || expression.precision == "day";
    if (!inner.interval && (days && (expression.precision.empty() || outer.meaning.kind == Kind::interval)) &&
        !(context.plain && !expression.precision.empty()))
      return point_in_interval(context, inner.low, outer.meaning, properly, span, text);
    ir::Expr made = both(compared(">=", inner.low, outer.low), compared("<=", inner.high, outer.high));
    if (!properly) return made;
    if (!inner.interval) return both(compared(">", inner.low, outer.low), compared("<", inner.low, outer.high));
    ir::Expr shorter = make_or({compared(">", inner.low, outer.low), compared("<", inner.high, outer.high)}, span);
    return both(std::move(made), std::move(shorter));
  }

  //   before             a < b                        after              a > b
  //   on or before       a <= b                       on or after        a >= b
  //   q before           a = b - q                    q after            a = b + q
  //   q or more before   a <= b - q                   q or more after    a >= b + q
  //   more than q before a < b - q                    more than q after  a > b + q
  //   q or less before   b - q <= a < b               q or less after    b < a <= b + q
  //   less than q before b - q < a < b                less than q after  b < a < b + q
  ir::Expr before_or_after() {
    const bool before = phrase.back() == "before";
    const bool inclusive = joined().find("on or ") != std::string::npos;
    const bool less = std::ranges::count(phrase, "less") > 0, more = std::ranges::count(phrase, "more") > 0;
    const bool than = std::ranges::count(phrase, "than") > 0;
    const ir::Expr& x = before ? a.high : a.low;
    const ir::Expr& y = before ? b.low : b.high;
    const std::string_view beyond = before ? "<" : ">", beyond_or_at = before ? "<=" : ">=";
    const std::string_view short_of = before ? ">" : "<", short_of_or_at = before ? ">=" : "<=";
    if (expression.args.size() < 3) return compared(inclusive ? beyond_or_at : beyond, x, y);
    const ir::Expr far = shifted(y, before);
    if (more) return compared(than ? beyond : beyond_or_at, x, far);
    if (!less) return compared("=", x, far);
    return both(compared(than ? short_of : short_of_or_at, x, far), compared(inclusive ? beyond_or_at : beyond, x, y));
  }

  // Relations of two intervals.
  ir::Expr relation(const std::string& name) {
    if (context.plain && ((!a.interval && is_null(a.low)) || (!b.interval && is_null(b.low))))
      return converted(context, make_null(span), Type::truth);
    if (!a.interval) return report_interval(a, 0);
    if (!b.interval) return report_interval(b, 1);
    if (name == "starts") return both(compared("=", a.low, b.low), compared("<=", a.high, b.high));
    if (name == "ends") return both(compared("=", a.high, b.high), compared(">=", a.low, b.low));
    if (name == "overlaps") return both(compared("<=", a.low, b.high), compared("<=", b.low, a.high));
    if (name == "overlaps before") return both(compared("<", a.low, b.low), compared(">=", a.high, b.low));
    if (name == "overlaps after") return both(compared(">", a.high, b.high), compared("<=", a.low, b.high));
    if (name == "meets before") return compared("=", neighbour(context, a.high, true), b.low);
    if (name == "meets after") return compared("=", a.low, neighbour(context, b.high, true));
    if (name == "meets") {
      return make_or({compared("=", neighbour(context, a.high, true), b.low), compared("=", a.low, neighbour(context, b.high, true))},
                     span);
    }
    context.report<DiagnosticId::not_supported>(span, name);
    return error_expression(span);
  }
};

}  // namespace

Meaning check_timing(Context& context, const ast::Expr& expression, const Scope& scope) {
  return Timing(context, expression, scope).check();
}

}  // namespace rubric::check
