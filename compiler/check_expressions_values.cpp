// Values of values: lists, tuples and intervals as operands, types as operands, moments.
//
// What a policy asks of the record needs none of this: its lists are rows, its intervals fall apart into comparisons. What
// is left is CQL's general case, where an expression yields a list or an interval: one boxed value in one cell, made by
// `gather` or an operator, taken apart by operators, and by `unnest` where a query runs over it.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "compiler/check_expressions.h"
#include "vm/decimal.h"
#include "vm/moment.h"

namespace rubric::check {

using vm::Type;
using Kind = Meaning::Kind;
using AstKind = ast::ExprKind;

bool is_value_of(const Meaning& meaning, ir::Type::Kind kind) { return meaning.kind == Kind::value && meaning.value.type.kind == kind; }

bool is_list_value(const Meaning& meaning) {
  if (meaning.kind == Kind::rows) return meaning.rows[0].of_values;
  return meaning.kind == Kind::list || is_value_of(meaning, ir::Type::Kind::list);
}

// ---------------------------------------------------------------- made of parts

ir::Expr list_value(Context& context, std::vector<ir::Expr> elements, Span span) {
  std::vector<ir::Type> types;
  for (const ir::Expr& each : elements) {
    if (is_error(each)) return error_expression(span);
    types.push_back(each.type);
  }
  const ir::Type type = common(types);
  ir::Expr made;
  made.kind = ir::ExprKind::gather;
  made.type = list_type(type);
  made.span = span;
  for (ir::Expr& each : elements) {
    const bool converts = type.kind == ir::Type::Kind::scalar && type.scalar != Type::any && each.type != type;
    made.args.push_back(converts ? converted(context, std::move(each), type.scalar) : std::move(each));
  }
  return made;
}

ir::Expr tuple_value(std::vector<std::pair<std::string, ir::Expr>> elements, Span span) {
  std::ranges::stable_sort(elements, {}, [](const auto& each) { return each.first; });
  ir::Expr made;
  made.kind = ir::ExprKind::gather;
  made.type.kind = ir::Type::Kind::tuple;
  made.type.scalar = Type::tuple;
  made.span = span;
  for (auto& [name, value] : elements) {
    if (is_error(value)) return error_expression(span);
    made.type.names.push_back(name);
    made.type.of.push_back(value.type);
    made.args.push_back(std::move(value));
  }
  if (made.type.of.empty()) {   // a tuple of nothing
    made.type.names.emplace_back("");
    made.type.of.push_back(any_type());
    made.args.push_back(make_null(span));
  }
  return made;
}

ir::Expr interval_value(Context& context, const Meaning& interval) {
  const Span span = interval.span;
  ir::Expr made = make_call(
      context, "Interval",
      {interval.parts[0].value, interval.parts[1].value, make_truth(interval.low_closed, span), make_truth(interval.high_closed, span)},
      span);
  if (!is_error(made)) made.type = interval_type(common({interval.parts[0].value.type, interval.parts[1].value.type}));
  return made;
}

ir::Expr null_test(ir::Expr value, Span span, std::string text) {
  ir::Expr made;
  made.kind = ir::ExprKind::is_null;
  made.type = scalar_type(Type::truth);
  made.span = span;
  made.text = std::move(text);
  made.args.push_back(std::move(value));
  return made;
}

ir::Expr member_value(Context& context, ir::Expr tuple, std::string_view name, Span span) {
  static constexpr std::string_view of_intervals[] = {"low", "high", "lowClosed", "highClosed"};
  if (tuple.type.kind == ir::Type::Kind::interval && std::ranges::count(of_intervals, name) > 0)
    return make_call(context, name, {std::move(tuple)}, span);
  const auto at = std::ranges::find(tuple.type.names, name);
  if (tuple.type.kind == ir::Type::Kind::tuple && at == tuple.type.names.end()) {
    context.report<DiagnosticId::no_member>(span, "this tuple", name);
    return error_expression(span);
  }
  const ir::Type type =
      tuple.type.kind == ir::Type::Kind::tuple ? tuple.type.of[static_cast<size_t>(at - tuple.type.names.begin())] : any_type();
  return narrowed(make_call(context, "member", {std::move(tuple), make_text(std::string(name), span)}, span),
                  type.kind == ir::Type::Kind::null ? any_type() : type);
}

// ---------------------------------------------------------------- rows and list values

Rows unnested(Context& context, ir::Expr list, std::string name, bool single) {
  Rows rows;
  const auto variable = static_cast<Id>(context.policy.variables.size());
  if (is_null(list)) list = converted(context, std::move(list), Type::list);
  ir::Expr element;
  element.kind = ir::ExprKind::element;
  element.type = element_type(list.type);
  element.span = list.span;
  element.variable = variable;
  context.policy.variables.push_back({.name = std::move(name), .elements = {list}});
  rows.sources.push_back(variable);
  rows.item.push_back(value_meaning(std::move(element)));
  rows.of_values = true;
  rows.single = single;
  rows.lists.push_back(std::move(list));
  return rows;
}

ir::Expr nested(Context& context, Rows rows, Span span) {
  ir::Expr value = as_value(context, rows.item[0]);
  if (is_error(value)) return value;
  ir::Expr made;
  made.kind = ir::ExprKind::nest;
  made.type = list_type(value.type);
  made.span = span;
  made.falling = rows.falling;
  const bool distinct = rows.distinct, single = rows.single;
  const std::vector<ir::Expr> lists = std::move(rows.lists);
  ir::Query query = query_of(std::move(rows));
  query.value.push_back(std::move(value));
  made.query.push_back(std::move(query));
  if (distinct) made = make_call(context, "distinct", {std::move(made)}, span);
  std::vector<ir::Expr> absent;
  for (const ir::Expr& list : lists) {
    if (list.kind != ir::ExprKind::gather) absent.push_back(null_test(list, span, {}));
  }
  if (!absent.empty() && !is_error(made)) {
    ir::Expr none = make_null(span);
    none.type = made.type;
    made = make_select(make_or(std::move(absent), span), std::move(none), std::move(made), span);
  }
  return single ? make_call(context, "singleton from", {std::move(made)}, span) : made;
}

// ---------------------------------------------------------------- types as operands

namespace {

std::string type_text(const ast::TypeRef& type) {
  std::string text = type.name.starts_with("System.") ? type.name.substr(7) : type.name;
  for (size_t i = 0; i < type.arguments.size() && type.names.empty(); ++i) text += (i == 0 ? "<" : ", ") + type_text(type.arguments[i]);
  return type.arguments.empty() || !type.names.empty() ? text : text + ">";
}

}  // namespace

// x is T, x as T, cast x as T, convert x to T
Meaning check_type_test(Context& context, const ast::Expr& expression, const Scope& scope) {
  const Span span = expression.span;
  ir::Expr value = value_of(context, expression.args[0], scope);
  if (is_error(value)) return error_meaning(span);
  if (expression.kind == AstKind::convert && !expression.name.empty()) {
    if (is_scalar(value, Type::text)) value = make_call(context, "ToQuantity", {std::move(value)}, span);
    if (is_number(value.type.scalar)) value = converted(context, std::move(value), Type::quantity);
    return value_meaning(
        make_call(context, "ConvertQuantity", {std::move(value), make_text(expression.name, span)}, span, words(expression)));
  }
  const std::optional<ir::Type> type = type_of(context, expression.type);
  if (!type) return error_meaning(span);
  const bool tests = expression.kind == AstKind::type_test, converts = expression.kind == AstKind::convert;
  if (!tests && is_null(value)) {   // null as T
    value.type = *type;
    return value_meaning(std::move(value));
  }
  const std::string_view name = tests ? "is type" : converts ? "convert to type" : expression.flag ? "cast type" : "as type";
  ir::Expr made = make_call(context, name, {std::move(value), make_text(type_text(expression.type), span)}, span, words(expression));
  return value_meaning(tests ? std::move(made) : narrowed(std::move(made), *type));
}

Meaning check_instance(Context& context, const ast::Expr& expression, const Scope& scope) {
  const Span span = expression.span;
  const std::string name = expression.name.starts_with("System.") ? expression.name.substr(7) : expression.name;
  std::vector<std::pair<std::string, ir::Expr>> elements;
  const auto element = [&](std::string_view wanted) {
    const auto at = std::ranges::find(elements, wanted, [](const auto& each) { return each.first; });
    return at == elements.end() ? make_null(span) : at->second;
  };
  for (size_t i = 0; i < expression.args.size(); ++i) {
    const std::string key = i < expression.names.size() ? expression.names[i] : "codes";
    elements.emplace_back(key, value_of(context, expression.args[i], scope));
    if (is_error(elements.back().second)) return error_meaning(span);
  }
  if (name == "Quantity")
    return value_meaning(make_call(context, "ToQuantity", {element("value"), element("unit")}, span, words(expression)));
  if (name == "Ratio")
    return value_meaning(make_call(context, "ratio", {element("numerator"), element("denominator")}, span, words(expression)));
  if (name == "Concept") return value_meaning(make_call(context, "ToConcept", {element("codes")}, span, words(expression)));
  if (name == "Code") {
    const ir::Expr code = element("code"), system = element("system");
    if (code.kind == ir::ExprKind::constant && is_scalar(code, Type::text))
      return value_meaning(make_code(is_null(system) ? "" : system.string, code.string, span));
    return not_supported(context, span, "a code that is not written out");
  }
  if (name == "Interval") return not_supported(context, span, "Interval { }; write Interval[low, high]");
  elements.emplace_back(" type", make_text(name, span));
  ir::Expr made = tuple_value(std::move(elements), span);
  if (!is_error(made)) made.text = words(expression);
  return value_meaning(std::move(made));
}

// ---------------------------------------------------------------- literals

Meaning check_moment_literal(Context& context, const ast::Expr& expression) {
  const Span span = expression.span;
  if (expression.kind == AstKind::ratio_literal) {
    ir::Expr parts[2];
    for (size_t i = 0; i < 2; ++i) {
      Meaning part = meaning_of(context, expression.args[i], Scope{});
      parts[i] = as_value(context, std::move(part));
      if (is_error(parts[i])) return error_meaning(span);
      if (!is_scalar(parts[i], Type::quantity)) parts[i] = converted(context, std::move(parts[i]), Type::quantity);
    }
    return value_meaning(make_call(context, "ratio", {parts[0], parts[1]}, span, words(expression)));
  }
  if (expression.kind == AstKind::long_literal) {
    vm::Constant made;
    made.type = Type::long_integer;
    const auto [end, problem] = std::from_chars(expression.text.data(), expression.text.data() + expression.text.size(), made.low);
    if (problem == std::errc{}) return value_meaning(make_constant(made, span));
    context.report<DiagnosticId::number_too_large>(span, expression.text, "a Long has at most 9223372036854775807");
    return error_meaning(span);
  }
  const Type type = expression.kind == AstKind::time_literal ? Type::time : Type::date_time;
  const auto moment = vm::parse_moment(type, expression.text);
  if (!moment) {
    context.report<DiagnosticId::impossible_date>(span, context.sources.text(span));
    return error_meaning(span);
  }
  const vm::Value boxed = vm::box(*moment);
  vm::Constant made;
  made.type = type;
  made.low = boxed.i;
  made.precision = boxed.precision;
  made.unit = boxed.unit;
  return value_meaning(make_constant(made, span));
}

// ---------------------------------------------------------------- operators and functions

// year from, date from, duration in, width of, minimum ...
Meaning check_value_unary(Context& context, const ast::Expr& expression, const Scope& scope) {
  const Span span = expression.span;
  const std::string& name = expression.name;
  if (name == "minimum" || name == "maximum")
    return value_meaning(make_call(context, name, {make_text(type_text(expression.type), span)}, span, words(expression)));
  ir::Expr value = value_of(context, expression.args[0], scope);
  if (is_error(value)) return error_meaning(span);
  if (name == "duration in" || name == "difference in") {
    const ir::Expr from = make_call(context, "start of", {value}, span), to = make_call(context, "end of", {value}, span);
    const std::string_view called = name == "duration in" ? "duration between" : "difference between";
    return value_meaning(make_call(context, called, {make_text(expression.precision, span), from, to}, span, words(expression)));
  }
  if (!expression.precision.empty() || name.ends_with(" from")) {
    std::string spelling = name;
    if (!expression.precision.empty() && spelling.find(expression.precision) == std::string::npos)
      spelling = expression.precision + " " + name;
    if (is_scalar(value, Type::date) && operator_exists(spelling))
      return value_meaning(make_call(context, spelling, {std::move(value)}, span, words(expression)));
    if (name != "point from" && name != "singleton from") {
      std::string component = spelling.substr(0, spelling.find(' '));
      if (component == "timezone") component = "timezoneoffset";
      return value_meaning(make_call(context, "component from", {make_text(component, span), std::move(value)}, span, words(expression)));
    }
  }
  return value_meaning(make_call(context, name, {std::move(value)}, span, words(expression)));
}

// CQL's functions whose operands are not all values, or that go by another name in the table.
std::optional<Meaning> check_value_function(Context& context, const ast::Expr& expression, const Scope& scope) {
  const Span span = expression.span;
  const std::string& name = expression.name;
  const std::vector<ast::Expr>& args = expression.args;
  const auto values = [&] {
    std::vector<ir::Expr> made;
    for (const ast::Expr& arg : args) made.push_back(value_of(context, arg, scope));
    return made;
  };
  const auto call = [&](std::string_view called, std::vector<ir::Expr> given) {
    return value_meaning(make_call(context, called, std::move(given), span, words(expression)));
  };
  if ((name == "Now" || name == "TimeOfDay") && args.empty()) {
    ir::Expr now;
    now.kind = ir::ExprKind::as_of;
    now.type = scalar_type(Type::date_time);
    now.span = span;
    return call(name, {std::move(now)});
  }
  if ((name == "DateTime" || name == "Date" || name == "Time") && !args.empty()) {
    std::vector<ir::Expr> components = values();
    for (const ir::Expr& each : components) {
      if (is_error(each)) return error_meaning(span);
    }
    // Components are integers but for the offset, which is a decimal.
    ir::Expr list;
    list.kind = ir::ExprKind::gather;
    list.type = list_type(any_type());
    list.span = span;
    list.args = std::move(components);
    return call("moment", {make_text(name, span), std::move(list)});
  }
  // Ages are whole periods elapsed.
  for (std::string_view unit : {"year", "month", "week", "day", "hour", "minute", "second"}) {
    std::string called = "CalculateAgeIn" + std::string(unit) + "s";
    called[14] = static_cast<char>(called[14] - 'a' + 'A');
    if (name != called && name != called + "At") continue;
    if (args.size() != (name == called ? 1u : 2u)) break;
    ast::Expr period;
    period.kind = AstKind::between_period;
    period.span = span;
    period.name = "duration";
    period.precision = unit;
    period.args = args;
    if (name == called) {
      ast::Expr today;
      today.kind = AstKind::invoke;
      today.span = span;
      today.name = "Today";
      period.args.push_back(std::move(today));
    }
    return check_period_between(context, period, scope);
  }
  if (name == "Message" && args.size() == 5) {
    std::vector<ir::Expr> given = values();
    return call(name, {given[0], given[1], given[3]});
  }
  static constexpr std::pair<std::string_view, std::string_view> aliases[] = {{"Indexer", "[ ]"},
                                                                              {"IsNull", "is null"},
                                                                              {"IsTrue", "is true"},
                                                                              {"IsFalse", "is false"},
                                                                              {"Flatten", "flatten"},
                                                                              {"Distinct", "distinct"},
                                                                              {"SingletonFrom", "singleton from"},
                                                                              {"Start", "start of"},
                                                                              {"End", "end of"},
                                                                              {"Width", "width of"},
                                                                              {"Size", "size of"},
                                                                              {"PointFrom", "point from"},
                                                                              {"Successor", "successor of"},
                                                                              {"Predecessor", "predecessor of"},
                                                                              {"Negate", "negate"},
                                                                              {"Add", "+"},
                                                                              {"Subtract", "-"},
                                                                              {"Multiply", "*"},
                                                                              {"Divide", "/"},
                                                                              {"Modulo", "mod"},
                                                                              {"TruncatedDivide", "div"},
                                                                              {"Equal", "="},
                                                                              {"Equivalent", "~"},
                                                                              {"Union", "union"},
                                                                              {"Intersect", "intersect"},
                                                                              {"Except", "except"},
                                                                              {"DateFrom", "date from"},
                                                                              {"Collapse", "collapse"},
                                                                              {"Expand", "expand"},
                                                                              {"Contains", "contains"},
                                                                              {"Includes", "includes"}};
  for (const auto& [function, called] : aliases) {
    if (function != name) continue;
    std::vector<ir::Expr> given = values();
    if (called == "is null") return value_meaning(make_null_test(context, std::move(given[0]), span, words(expression)));
    if ((called == "collapse" || called == "expand") && given.size() == 1) given.push_back(make_null(span));
    return call(called, std::move(given));
  }
  static constexpr std::string_view convertible[] = {"Boolean", "Date",     "DateTime", "Decimal", "Integer",
                                                     "Long",    "Quantity", "Ratio",    "String",  "Time"};
  for (std::string_view type : convertible) {
    if (name == "ConvertsTo" + std::string(type) && args.size() == 1) {
      std::vector<ir::Expr> given = values();
      return call("converts to type", {given[0], make_text(std::string(type), span)});
    }
  }
  if (name == "Slice" && !args.empty() && args.size() < 3) {
    std::vector<ir::Expr> given = values();
    while (given.size() < 3) given.push_back(make_null(span));
    return call(name, std::move(given));
  }
  if ((name == "LowBoundary" || name == "HighBoundary") && args.size() == 1)
    return call(name, {value_of(context, args[0], scope), make_null(span)});
  if (name == "Precision" && args.size() == 1 && args[0].kind == AstKind::decimal_literal) {
    // The digits that were written, which the value itself does not keep.
    const size_t point = args[0].text.find('.');
    return value_meaning(make_integer(static_cast<int64_t>(args[0].text.size() - point - 1), span));
  }
  if (name == "Coalesce" && args.size() == 1) {
    ir::Expr list = value_of(context, args[0], scope);
    if (list.type.kind == ir::Type::Kind::list) {   // the first element that is a value
      Rows rows = unnested(context, std::move(list), "", false);
      rows.where.push_back(make_not(null_test(rows.item[0].value, span, {}), span));
      return call("First", {nested(context, std::move(rows), span)});
    }
    return value_meaning(std::move(list));
  }
  return std::nullopt;
}

}  // namespace rubric::check
