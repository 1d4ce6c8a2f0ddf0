// Literals, operators over values, if and case.
//
// An operator is a row of vm/operators.def wherever one fits; what has no row is written with others (xor, implies, is
// not null). Arithmetic of dates with a constant amount becomes add_months or add_days, so that the machine never sees a
// unit there; a dated parameter as amount becomes a choice of dates. Membership and time stand in files of their own.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/text.h"
#include "compiler/check_expressions.h"
#include "vm/date.h"
#include "vm/decimal.h"

namespace rubric::check {

using vm::Type;
using Kind = ast::ExprKind;

// ---------------------------------------------------------------- literals

std::optional<vm::Constant> date_of(std::string_view text) {
  const std::optional<vm::Date> date = vm::parse_iso_date(text);
  if (!date) return std::nullopt;
  vm::Constant made;
  made.type = Type::date;
  made.precision = date->precision;
  made.low = date->days;
  return made;
}

std::string date_text(int64_t days) { return vm::iso_date({static_cast<int32_t>(days), 3}); }

namespace {

Meaning integer_literal(Context& context, std::string_view digits, Span span) {
  int64_t value = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const std::optional<vm::Constant> constant = problem == std::errc{} ? integer_constant(value) : std::nullopt;
  if (constant) return value_meaning(make_constant(*constant, span));
  context.report<DiagnosticId::number_too_large>(span, digits, "an Integer has at most 2147483647");
  return error_meaning(span);
}

Meaning decimal_literal(Context& context, std::string_view text, Span span) {
  const size_t point = text.find('.');
  const bool too_fine = point != std::string_view::npos && text.size() - point - 1 > 8;
  if (std::optional<vm::Decimal> value = too_fine ? std::nullopt : vm::parse_decimal(text)) {
    return value_meaning(make_constant(decimal_constant(*value), span));
  }
  context.report<DiagnosticId::number_too_large>(span, text, "a Decimal has at most 20 digits before the point and 8 behind it");
  return error_meaning(span);
}

Meaning quantity_literal(Context& context, const ast::Expr& expression) {
  std::optional<uint16_t> unit = vm::find_unit(expression.name);
  if (!context.plain && (expression.name == "a" || expression.name == "mo")) unit = std::nullopt;   // no calendar years and months
  if (!unit) {
    std::vector<std::string> names;
    for (uint16_t id = 0; id < vm::unit_count(); ++id) names.emplace_back(vm::unit(id).name);
    Diagnostic& report = context.report<DiagnosticId::unknown_name>(expression.span, "unit", expression.name);
    if (expression.name == "a" || expression.name == "mo") {
      report.help = "write years or months without quotes: those of UCUM are not calendar months and years";
    } else {
      report.help = "units are calendar words (3 months) or UCUM codes in quotes (5 'mg')";
      report.did_you_mean(nearest(expression.name, names));
    }
    return error_meaning(expression.span);
  }
  const std::optional<vm::Decimal> value = vm::parse_decimal(expression.text);
  if (!value) {
    context.report<DiagnosticId::number_too_large>(expression.span, expression.text,
                                                   "a Decimal has at most 20 digits before the point and 8 behind it");
    return error_meaning(expression.span);
  }
  return value_meaning(make_constant(quantity_constant(*value, *unit), expression.span));
}

}  // namespace

Meaning check_literal(Context& context, const ast::Expr& expression) {
  const Span span = expression.span;
  if (expression.kind == Kind::null_literal || expression.kind == Kind::none_literal) return value_meaning(make_null(span));
  if (expression.kind == Kind::boolean_literal) return value_meaning(make_truth(expression.text == "true", span));
  if (expression.kind == Kind::integer_literal) return integer_literal(context, expression.text, span);
  if (expression.kind == Kind::decimal_literal) return decimal_literal(context, expression.text, span);
  if (expression.kind == Kind::string_literal) return value_meaning(make_text(expression.text, span));
  if (expression.kind == Kind::quantity_literal) return quantity_literal(context, expression);
  if (expression.kind == Kind::code_literal) return value_meaning(make_code(expression.name, expression.text, span));
  if (expression.kind == Kind::date_literal) {
    const std::optional<vm::Constant> date = date_constant(context, expression);
    return date ? value_meaning(make_constant(*date, span)) : error_meaning(span);
  }
  return check_moment_literal(context, expression);
}

// ---------------------------------------------------------------- dates and periods

ir::Expr shift_date(Context& context, ir::Expr date, const ir::Expr& period, bool back, Span span) {
  if (is_error(date) || is_error(period)) return error_expression(span);
  if (is_null(period) || is_null(date)) return converted(context, make_null(span), Type::date);
  if (period.kind == ir::ExprKind::select) {
    ir::Expr then = shift_date(context, date, period.args[1], back, span);
    ir::Expr otherwise = shift_date(context, std::move(date), period.args[2], back, span);
    return make_select(period.args[0], std::move(then), std::move(otherwise), span);
  }
  if (period.kind != ir::ExprKind::constant) {
    return make_call(context, back ? "-" : "+", {std::move(date), period}, span);
  }
  if (period.value.kind == vm::Kind::none) return converted(context, make_null(span), Type::date);
  const vm::Unit& unit = vm::unit(period.value.unit);
  if (unit.dimension != vm::Dimension::months && unit.dimension != vm::Dimension::days) {
    context.report<DiagnosticId::not_a_calendar_amount>(period.span, unit.plural);
    return error_expression(span);
  }
  const vm::Decimal value = decimal_of(period.value);
  const vm::Int128 scaled = value.scaled * unit.numerator;
  if (scaled % vm::Decimal::scale != 0) {
    context.report<DiagnosticId::not_a_whole_amount>(period.span, vm::to_string(value), unit.plural);
    return error_expression(span);
  }
  const vm::Int128 amount = scaled / vm::Decimal::scale * (back ? -1 : 1);
  const std::optional<vm::Constant> constant =
      amount > INT32_MAX || amount < INT32_MIN ? std::nullopt : integer_constant(static_cast<int64_t>(amount));
  if (!constant) {
    context.report<DiagnosticId::number_too_large>(period.span, vm::to_string(value), "the calendar has years 1 to 9999");
    return error_expression(span);
  }
  const std::string_view name = unit.dimension == vm::Dimension::months ? "add_months" : "add_days";
  return make_call(context, name, {std::move(date), make_constant(*constant, period.span)}, span);
}

namespace {

// A constant or a choice of constants; false if an unreported something else stands in it.
bool is_calendar_constant(const ir::Expr& value) {
  if (value.kind == ir::ExprKind::select) return is_calendar_constant(value.args[1]) && is_calendar_constant(value.args[2]);
  if (value.kind != ir::ExprKind::constant) return false;
  if (value.value.kind == vm::Kind::none) return true;
  const vm::Dimension dimension = vm::unit(value.value.unit).dimension;
  return dimension == vm::Dimension::months || dimension == vm::Dimension::days;
}

}  // namespace

ir::Expr check_period(Context& context, const ast::Expr& expression, const Scope& scope) {
  ir::Expr value = value_of(context, expression, scope);
  if (is_error(value)) return value;
  if (!is_scalar(value, Type::quantity) || !is_calendar_constant(value)) {
    context.report<DiagnosticId::not_a_period>(expression.span, type_name(context, value.type));
    return error_expression(expression.span);
  }
  return value;
}

// ---------------------------------------------------------------- one operand

ir::Expr make_null_test(Context& context, ir::Expr value, Span span, std::string text) {
  if (is_error(value)) return value;
  if (is_null(value)) return make_truth(true, span);
  if (context.plain || is_general(value.type)) return null_test(std::move(value), span, std::move(text));
  if (!may_be_none(context, value)) {
    // In a function the argument is the caller's: there it is simply false.
    if (!context.active.empty()) return make_truth(false, span);
    const std::string what = value.text.empty() ? "this" : value.text;
    if (value.kind == ir::ExprKind::field) {
      context.report<DiagnosticId::field_never_null>(span, what);
    } else {
      context.report<DiagnosticId::never_null>(span, what);
    }
    return error_expression(span);
  }
  return null_test(std::move(value), span, std::move(text));
}

namespace {

Meaning check_null_test(Context& context, const ast::Expr& expression, const Scope& scope) {
  const bool negated = expression.name == "is not null";
  ast::Expr positive;  // for the text of the inner node
  if (negated) {
    positive = expression;
    positive.name = "is null";
  }
  const std::string text = words(negated ? positive : expression);
  Meaning operand = meaning_of(context, expression.args[0], scope);
  if (is_error(operand)) return operand;
  ir::Expr test;
  if (operand.kind == Meaning::Kind::picked && operand.rows[0].item[0].kind == Meaning::Kind::row) {
    // There is no first row exactly if there is no row.
    operand.rows[0].key.clear();
    test = make_not(make_fold(ir::Fold::any, query_of(std::move(operand.rows[0])), scalar_type(Type::truth), expression.span),
                    expression.span);
  } else if (!context.plain && (operand.kind == Meaning::Kind::rows || operand.kind == Meaning::Kind::list)) {
    context.report<DiagnosticId::list_never_null>(expression.span);
    return error_meaning(expression.span);
  } else {
    test = make_null_test(context, as_value(context, std::move(operand)), expression.span, text);
  }
  if (negated) return value_meaning(negated_text(std::move(test), words(expression), expression.span));
  return value_meaning(std::move(test));
}

Meaning sign(Context& context, const ast::Expr& expression, const Scope& scope) {
  // The least number of a type is written with a number that the type does not have.
  const ast::Expr& operand = expression.args[0];
  if (expression.name == "-" && operand.kind == Kind::integer_literal && operand.text == "2147483648") {
    return value_meaning(make_integer(INT32_MIN, expression.span));
  }
  if (expression.name == "-" && operand.kind == Kind::long_literal && operand.text == "9223372036854775808") {
    vm::Constant least;
    least.type = Type::long_integer;
    least.low = INT64_MIN;
    return value_meaning(make_constant(least, expression.span));
  }
  ir::Expr value = value_of(context, expression.args[0], scope);
  if (is_error(value) || expression.name == "+") return value_meaning(std::move(value));
  const bool least = is_scalar(value, Type::integer) && value.value.low == INT32_MIN;   // which has no opposite
  const bool literal = value.kind == ir::ExprKind::constant && value.value.kind == vm::Kind::value && value.text.empty() && !least;
  if (literal && (is_scalar(value, Type::decimal) || is_scalar(value, Type::quantity) || is_scalar(value, Type::integer))) {
    const Type type = value.type.scalar;
    const uint16_t unit = value.value.unit;
    vm::Constant negated;
    if (type == Type::integer) {
      negated = *integer_constant(-value.value.low);
    } else {
      const vm::Decimal opposite{-decimal_of(value.value).scaled};
      negated = type == Type::decimal ? decimal_constant(opposite) : quantity_constant(opposite, unit);
    }
    return value_meaning(make_constant(negated, expression.span));
  }
  return value_meaning(make_call(context, "negate", {std::move(value)}, expression.span, words(expression)));
}

Meaning truth_test(Context& context, const ast::Expr& expression, const Scope& scope) {
  const bool negated = expression.name.starts_with("is not ");
  const std::string name = "is " + expression.name.substr(expression.name.rfind(' ') + 1);
  ir::Expr value = truth_of(context, expression.args[0], scope);
  if (!negated) return value_meaning(make_call(context, name, {std::move(value)}, expression.span, words(expression)));
  ast::Expr positive = expression;
  positive.name = name;
  ir::Expr test = make_call(context, name, {std::move(value)}, expression.span, words(positive));
  return value_meaning(negated_text(std::move(test), words(expression), expression.span));
}

}  // namespace

namespace {

Meaning distinct_rows(Context& context, Meaning list, Span span) {
  if (list.kind == Meaning::Kind::list) {
    std::vector<Meaning> parts;
    for (Meaning& part : list.parts) {
      const auto same = [&](const Meaning& known) {
        return known.kind == Meaning::Kind::value && part.kind == Meaning::Kind::value && same_expression(known.value, part.value);
      };
      if (std::ranges::none_of(parts, same)) parts.push_back(std::move(part));
    }
    list.parts = std::move(parts);
    return list;
  }
  std::optional<Rows> rows = as_rows(context, std::move(list));
  if (!rows) return error_meaning(span);
  Meaning made;
  made.kind = Meaning::Kind::rows;
  made.span = span;
  rows->distinct = rows->item[0].kind != Meaning::Kind::row;  // rows are distinct by themselves
  made.rows.push_back(std::move(*rows));
  return made;
}

// Of the record's rows and of an interval whose ends are written, these become folds and points; of anything else that is
// a value they are operators.
Meaning of_list_or_interval(Context& context, const ast::Expr& expression, Meaning operand) {
  const Span span = expression.span;
  const std::string& name = expression.name;
  if (is_error(operand)) return operand;
  const bool end = name == "start of" || name == "end of";
  const bool rows = operand.kind == Meaning::Kind::rows && !operand.rows[0].of_values;
  const bool written = operand.kind == Meaning::Kind::list && !context.plain;
  if (end && operand.kind == Meaning::Kind::interval)
    return value_meaning(name == "start of" ? low_end(context, operand) : high_end(context, operand));
  if (!end && (rows || written)) {
    if (name == "exists" || name == "singleton from") return fold_rows(context, name, std::move(operand), span, words(expression));
    if (name == "distinct") return distinct_rows(context, std::move(operand), span);
  }
  const bool value = operand.kind == Meaning::Kind::value || operand.kind == Meaning::Kind::interval || is_list_value(operand);
  if (end && !is_value_of(operand, ir::Type::Kind::interval) &&
      !(operand.kind == Meaning::Kind::value && (is_null(operand.value) || is_scalar(operand.value, Type::any)))) {
    context.report<DiagnosticId::not_an_interval>(operand.span, type_name(context, operand));
    return error_meaning(span);
  }
  const bool scalar =
      operand.kind == Meaning::Kind::value && operand.value.type.kind == ir::Type::Kind::scalar && !is_general(operand.value.type);
  if (!end && (!value || (scalar && !context.plain))) {
    context.report<DiagnosticId::not_a_list>(operand.span, type_name(context, operand));
    return error_meaning(span);
  }
  std::vector<ir::Expr> args{as_value(context, std::move(operand))};
  if (name == "collapse" || name == "expand") args.push_back(make_null(span));
  return value_meaning(make_call(context, name, std::move(args), span, words(expression)));
}

}  // namespace

Meaning check_unary(Context& context, const ast::Expr& expression, const Scope& scope) {
  const Span span = expression.span;
  const std::string& name = expression.name;
  if (name == "not") {
    Meaning operand = meaning_of(context, expression.args[0], scope);
    if (operand.kind == Meaning::Kind::value && !is_null(operand.value) && !is_scalar(operand.value, Type::truth) &&
        !is_scalar(operand.value, Type::any)) {
      context.report<DiagnosticId::not_binds_tightly>(span, type_name(context, operand));
      return error_meaning(span);
    }
    return value_meaning(make_not(as_truth(context, std::move(operand)), span));
  }
  if (name == "-" || name == "+") return sign(context, expression, scope);
  if (name == "is null" || name == "is not null") return check_null_test(context, expression, scope);
  if (name.starts_with("is ")) return truth_test(context, expression, scope);
  static constexpr std::string_view of_lists[] = {"exists",   "distinct", "flatten",  "singleton from",
                                                  "collapse", "expand",   "start of", "end of"};
  if (std::ranges::count(of_lists, name) > 0)
    return of_list_or_interval(context, expression, meaning_of(context, expression.args[0], scope));
  return check_value_unary(context, expression, scope);
}

// ---------------------------------------------------------------- two operands

ir::Expr compare(Context& context, std::string_view name, ir::Expr left, ir::Expr right, Span span, std::string text) {
  if (is_error(left) || is_error(right)) return error_expression(span);
  const bool mixed = (is_scalar(left, Type::date) && is_scalar(right, Type::date_time)) ||
                     (is_scalar(left, Type::date_time) && is_scalar(right, Type::date));
  if (mixed && !context.plain) context.report<DiagnosticId::date_and_datetime>(span);
  return make_call(context, name, {std::move(left), std::move(right)}, span, std::move(text));
}

namespace {

Meaning logic(Context& context, const ast::Expr& expression, const Scope& scope) {
  const Span span = expression.span;
  std::vector<ir::Expr> truths;
  for (const ast::Expr& arg : expression.args) truths.push_back(truth_of(context, arg, scope));
  if (std::ranges::any_of(truths, [](const ir::Expr& truth) { return is_error(truth); })) return error_meaning(span);
  if (expression.name == "and") return value_meaning(make_and(std::move(truths), span));
  if (expression.name == "or") return value_meaning(make_or(std::move(truths), span));
  ir::Expr left = std::move(truths[0]), right = std::move(truths[1]);
  if (expression.name == "implies") return value_meaning(make_or({make_not(std::move(left), span), std::move(right)}, span));
  ir::Expr one = make_or({left, right}, span), both = make_and({std::move(left), std::move(right)}, span);
  return value_meaning(make_and({std::move(one), make_not(std::move(both), span)}, span));
}

Meaning arithmetic(Context& context, const ast::Expr& expression, const Scope& scope) {
  const Span span = expression.span;
  ir::Expr left = value_of(context, expression.args[0], scope), right = value_of(context, expression.args[1], scope);
  if (is_error(left) || is_error(right)) return error_meaning(span);
  const bool adds = expression.name == "+" || expression.name == "-";
  if (adds && is_scalar(left, Type::date) && is_scalar(right, Type::quantity) && !context.plain) {
    ir::Expr made = shift_date(context, std::move(left), right, expression.name == "-", span);
    if (made.kind == ir::ExprKind::call || made.kind == ir::ExprKind::select) made.text = words(expression);
    return value_meaning(std::move(made));
  }
  if (adds && is_scalar(left, Type::date) && is_scalar(right, Type::date)) {
    context.report<DiagnosticId::date_difference>(span, context.sources.text(expression.args[1].span),
                                                  context.sources.text(expression.args[0].span));
    return error_meaning(span);
  }
  if (adds && is_scalar(left, Type::date) && is_scalar(right, Type::integer)) {
    context.report<DiagnosticId::date_and_number>(right.span, context.sources.text(expression.args[1].span));
    return error_meaning(span);
  }
  if (adds && is_scalar(left, Type::quantity) && is_scalar(right, Type::quantity) && !check_dimensions(context, left, right, span)) {
    return error_meaning(span);
  }
  return value_meaning(make_call(context, expression.name, {std::move(left), std::move(right)}, span, words(expression)));
}

Meaning comparison(Context& context, const ast::Expr& expression, const Scope& scope) {
  const Span span = expression.span;
  Meaning left = meaning_of(context, expression.args[0], scope), right = meaning_of(context, expression.args[1], scope);
  if (is_error(left) || is_error(right)) return error_meaning(span);
  for (const Meaning* side : {&left, &right}) {
    const Meaning& other = side == &left ? right : left;
    const bool text = other.kind == Meaning::Kind::value && !is_general(other.value.type);
    if (side->kind == Meaning::Kind::codes && text) {
      context.report<DiagnosticId::set_compared>(span, context.value_sets[side->set].name);
      return error_meaning(span);
    }
    if (side->kind == Meaning::Kind::list && text && !context.plain) {
      context.report<DiagnosticId::list_compared>(span);
      return error_meaning(span);
    }
  }
  ir::Expr a = as_value(context, std::move(left)), b = as_value(context, std::move(right));
  if (is_error(a) || is_error(b)) return error_meaning(span);
  if (!context.plain && (is_null(a) || is_null(b)) && (expression.name == "=" || expression.name == "!=")) {
    context.report<DiagnosticId::compared_with_null>(span, context.sources.text(expression.args[is_null(a) ? 1 : 0].span),
                                                     expression.name == "=" ? "is null" : "is not null");
    return error_meaning(span);
  }
  return value_meaning(compare(context, expression.name, std::move(a), std::move(b), span, words(expression)));
}

}  // namespace

Meaning check_binary(Context& context, const ast::Expr& expression, const Scope& scope) {
  static constexpr std::string_view logical[] = {"and", "or", "xor", "implies"};
  static constexpr std::string_view compared[] = {"=", "!=", "~", "!~", "<", "<=", ">", ">="};
  static constexpr std::string_view calculated[] = {"+", "-", "*", "/", "div", "mod", "^", "&"};
  const std::string_view name = expression.name;
  if (std::ranges::count(logical, name)) return logic(context, expression, scope);
  if (std::ranges::count(compared, name)) return comparison(context, expression, scope);
  if (std::ranges::count(calculated, name)) return arithmetic(context, expression, scope);
  if (name == "in" || name == "contains" || name == "properly in" || name == "properly contains") {
    return check_membership(context, expression, scope);
  }
  if (name == "in force on") {
    ir::Expr code = value_of(context, expression.args[0], scope), date = value_of(context, expression.args[1], scope);
    return value_meaning(make_in_force_on(context, std::move(code), std::move(date), expression.span, words(expression)));
  }
  // union, intersect, except; collapse and expand per
  const std::string_view called = name.ends_with(" per") ? name.substr(0, name.size() - 4) : name;
  ir::Expr left = value_of(context, expression.args[0], scope), right = value_of(context, expression.args[1], scope);
  if (name.ends_with(" per") && !is_error(right) && !is_null(right)) right = converted(context, std::move(right), Type::quantity);
  return value_meaning(
      make_call(context, called == "|" ? "union" : called, {std::move(left), std::move(right)}, expression.span, words(expression)));
}

// ---------------------------------------------------------------- if, case, Coalesce

namespace {

// Values that are alternatives of each other, as one type; false with a report if there is none.
bool unify(Context& context, std::vector<ir::Expr>& values, Span span) {
  std::vector<const ir::Expr*> pointers;
  for (const ir::Expr& value : values) {
    if (is_error(value)) return false;
    pointers.push_back(&value);
  }
  const std::optional<Type> type = common_type(pointers);
  if (type) {
    for (ir::Expr& value : values) value = converted(context, std::move(value), *type);
    return true;
  }
  if (std::ranges::all_of(values, [](const ir::Expr& value) { return is_null(value); })) return true;
  if (context.plain || std::ranges::any_of(values, [](const ir::Expr& value) { return is_general(value.type); })) {
    std::vector<ir::Type> types;
    for (const ir::Expr& value : values) types.push_back(value.type);
    const ir::Type type = common(types);
    for (ir::Expr& value : values) {
      if (is_null(value)) value.type = type;
      value = type.kind == ir::Type::Kind::scalar && !is_general(type) ? converted(context, std::move(value), type.scalar)
                                                                       : narrowed(std::move(value), type);
    }
    return true;
  }
  std::string types;
  std::vector<std::string> named;
  for (const ir::Expr& value : values) {
    if (is_null(value) || std::ranges::count(named, type_name(context, value.type)) > 0) continue;
    named.push_back(type_name(context, value.type));
    types += (types.empty() ? "" : ", ") + named.back();
  }
  context.report<DiagnosticId::alternatives_differ>(span, types);
  return false;
}

}  // namespace

ir::Expr make_coalesce(Context& context, std::vector<ir::Expr> values, Span span, std::string text) {
  if (!unify(context, values, span)) return error_expression(span);
  if (is_scalar(values[0], Type::truth)) {   // truths have no cells to choose from
    ir::Expr chosen = std::move(values.back());
    for (size_t i = values.size() - 1; i-- > 0;) {
      ir::Expr absent = null_test(values[i], span, {});
      chosen = make_select(std::move(absent), std::move(chosen), std::move(values[i]), span);
    }
    chosen.text = std::move(text);
    return chosen;
  }
  ir::Expr made;
  made.kind = ir::ExprKind::coalesce;
  made.type = values[0].type;
  made.span = span;
  made.text = std::move(text);
  made.args = std::move(values);
  return made;
}

Meaning check_conditional(Context& context, const ast::Expr& expression, const Scope& scope) {
  const Span span = expression.span;
  const std::vector<ast::Expr>& args = expression.args;
  std::vector<ir::Expr> conditions, values;
  if (expression.kind == Kind::if_else) {
    conditions.push_back(truth_of(context, args[0], scope));
    values.push_back(value_of(context, args[1], scope));
  } else {
    const size_t first = expression.flag ? 1 : 0;
    std::optional<ir::Expr> comparand;
    if (expression.flag) comparand = value_of(context, args[0], scope);
    for (size_t i = first; i + 2 < args.size(); i += 2) {  // the last argument is the else
      if (comparand) {
        const std::string text = words(args[0]) + " = " + words(args[i]);
        conditions.push_back(compare(context, "=", *comparand, value_of(context, args[i], scope), args[i].span, text));
      } else {
        conditions.push_back(truth_of(context, args[i], scope));
      }
      values.push_back(value_of(context, args[i + 1], scope));
    }
  }
  values.push_back(value_of(context, args.back(), scope));
  for (const ir::Expr& condition : conditions) {
    if (is_error(condition)) return error_meaning(span);
  }
  if (!unify(context, values, span)) return error_meaning(span);
  ir::Expr made = std::move(values.back());
  for (size_t i = conditions.size(); i-- > 0;) {
    made = make_select(std::move(conditions[i]), std::move(values[i]), std::move(made), span);
  }
  made.text = words(expression);
  return value_meaning(std::move(made));
}

}  // namespace rubric::check
