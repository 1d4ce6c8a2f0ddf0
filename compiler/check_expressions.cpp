// The way in: check_expression, check_truth and check_rows, the dispatcher, and how a meaning becomes one value.
//
// An expression is checked from the leaves up into Meanings (check_types.h); the operator around a meaning takes it
// apart. What is left at the top has to be one value of one row. One file an area stands beside this one:
// names, operators, sets, timing, queries, folds, functions, logic, text.
#include "compiler/check_expressions.h"

#include <fmt/format.h>

#include "base/text.h"
#include "compiler/print.h"

namespace rubric::check {

namespace {

// Inlining functions into functions multiplies; what a person writes by hand stays far below this.
constexpr size_t most_nodes = 200'000;
// An expression is as deep as the definitions in it together; a level takes kilobytes of the stack.
constexpr size_t deepest_expression = 200;

struct Level {
  size_t& depth;
  explicit Level(Context& context) : depth(context.depth) { ++depth; }
  ~Level() { --depth; }
};

using Kind = ast::ExprKind;

}  // namespace

std::string words(const ast::Expr& expression) { return print(expression); }

Meaning not_supported(Context& context, Span span, std::string_view construct) {
  context.report<DiagnosticId::not_supported>(span, construct);
  return error_meaning(span);
}

Meaning meaning_of(Context& context, const ast::Expr& expression, const Scope& scope) {
  if (!context.too_large && ++context.nodes > most_nodes) {
    context.report<DiagnosticId::too_large>(expression.span);
    context.too_large = true;  // and everything else is silent: the policy has to change
  }
  const Level level(context);
  if (!context.too_large && context.depth > deepest_expression) {
    context.report<DiagnosticId::limit_exceeded>(expression.span, context.depth,
                                                 "expressions within one another, with definitions written out", deepest_expression);
    context.too_large = true;
  }
  if (context.too_large) return error_meaning(expression.span);
  const Span span = expression.span;
  switch (expression.kind) {
    case Kind::null_literal:
    case Kind::none_literal:
    case Kind::boolean_literal:
    case Kind::integer_literal:
    case Kind::long_literal:
    case Kind::decimal_literal:
    case Kind::string_literal:
    case Kind::date_literal:
    case Kind::datetime_literal:
    case Kind::time_literal:
    case Kind::quantity_literal:
    case Kind::ratio_literal:
    case Kind::code_literal: {
      Meaning made = check_literal(context, expression);
      if (expression.kind == Kind::code_literal && !context.plain && !is_error(made)) {
        // The system may be misspelt; a code of a system that nobody declared is never found in a record.
        if (!expect_symbol(context, {expression.name, word_span(context, span, expression.name)}, {SymbolKind::code_system}))
          return error_meaning(span);
      }
      return made;
    }
    case Kind::name: return check_name(context, expression, scope);
    case Kind::external: return check_name(context, expression, scope);
    case Kind::member: return check_member(context, expression, scope);
    case Kind::index: {
      ir::Expr list = value_of(context, expression.args[0], scope), position = value_of(context, expression.args[1], scope);
      return value_meaning(make_call(context, "[ ]", {std::move(list), std::move(position)}, span, words(expression)));
    }
    case Kind::invoke: return check_invoke(context, expression, scope);
    case Kind::member_invoke: return not_supported(context, span, fmt::format("the call .{}( )", expression.name));
    case Kind::unary: return check_unary(context, expression, scope);
    case Kind::binary: return check_binary(context, expression, scope);
    case Kind::between: return check_between(context, expression, scope);
    case Kind::between_period: return check_period_between(context, expression, scope);
    case Kind::timing: return check_timing(context, expression, scope);
    case Kind::type_test:
    case Kind::cast:
    case Kind::convert: return check_type_test(context, expression, scope);
    case Kind::interval: return check_interval(context, expression, scope);
    case Kind::list: {
      Meaning made;
      made.kind = Meaning::Kind::list;
      made.span = span;
      for (const ast::Expr& part : expression.args) {
        made.parts.push_back(meaning_of(context, part, scope));
        if (is_error(made.parts.back())) made.kind = Meaning::Kind::error;
      }
      return made;
    }
    case Kind::tuple: {
      Meaning made;
      made.kind = Meaning::Kind::tuple;
      made.span = span;
      made.names = expression.names;
      for (const ast::Expr& part : expression.args) {
        made.parts.push_back(meaning_of(context, part, scope));
        if (is_error(made.parts.back())) made.kind = Meaning::Kind::error;
      }
      return made;
    }
    case Kind::instance: return check_instance(context, expression, scope);
    case Kind::if_else:
    case Kind::case_of: return check_conditional(context, expression, scope);
    case Kind::query: return check_query(context, expression, scope);
    case Kind::source:
    case Kind::let_clause:
    case Kind::with_clause:
    case Kind::without_clause:
    case Kind::where_clause:
    case Kind::return_clause:
    case Kind::aggregate_clause:
    case Kind::sort_clause:
    case Kind::sort_item: return not_supported(context, span, "a clause of a query on its own");
    case Kind::has: return check_has(context, expression, scope);
    case Kind::group: return check_plain_group(context, expression, scope);
    case Kind::item: return meaning_of(context, expression.args[0], scope);
    case Kind::status: context.report<DiagnosticId::status_not_here>(span); return error_meaning(span);
    case Kind::judged: {
      if (scope.judged == none_id) {
        context.report<DiagnosticId::judged_not_here>(span);
        return error_meaning(span);
      }
      ir::Expr made;
      made.kind = ir::ExprKind::judged;
      made.type = scalar_type(vm::Type::truth);
      made.criterion = scope.judged;
      made.span = span;
      made.text = words(expression);
      return value_meaning(std::move(made));
    }
    case Kind::condition_of_last: context.report<DiagnosticId::condition_not_here>(span, expression.name); return error_meaning(span);
  }
  return error_meaning(span);
}

// ---------------------------------------------------------------- from a meaning to a value

ir::Expr as_value(Context& context, Meaning meaning) {
  const Span span = meaning.span;
  switch (meaning.kind) {
    case Meaning::Kind::error: return error_expression(span);
    case Meaning::Kind::value: return std::move(meaning.value);
    case Meaning::Kind::picked: {
      const Meaning& item = meaning.rows[0].item[0];
      if (item.kind == Meaning::Kind::value) return picked_expression(context, meaning, item.value, span);
      context.report<DiagnosticId::not_a_value>(span, type_name(context, meaning), "read one of its fields, as in .code");
      return error_expression(span);
    }
    case Meaning::Kind::row:
      context.report<DiagnosticId::not_a_value>(span, type_name(context, meaning), "read one of its fields, as in .code");
      return error_expression(span);
    case Meaning::Kind::list: {
      std::vector<ir::Expr> elements;
      for (Meaning& part : meaning.parts) elements.push_back(as_value(context, std::move(part)));
      return list_value(context, std::move(elements), span);
    }
    case Meaning::Kind::rows:
      // What is returned of the record's rows is a list value as well, where an operator wants one.
      if (meaning.rows[0].of_values || meaning.rows[0].item[0].kind == Meaning::Kind::value)
        return nested(context, std::move(meaning.rows[0]), span);
      context.report<DiagnosticId::not_a_value>(span, type_name(context, meaning),
                                                "ask about it: some ... has, exists, Count( ), First( )");
      return error_expression(span);
    case Meaning::Kind::interval: return interval_value(context, meaning);
    case Meaning::Kind::codes:
      context.report<DiagnosticId::not_a_value>(span, type_name(context, meaning), "ask whether a code is in it: Line.code in V");
      return error_expression(span);
    case Meaning::Kind::tuple: {
      std::vector<std::pair<std::string, ir::Expr>> elements;
      for (size_t i = 0; i < meaning.parts.size(); ++i) elements.emplace_back(meaning.names[i], as_value(context, meaning.parts[i]));
      return tuple_value(std::move(elements), span);
    }
    case Meaning::Kind::fields:
      context.report<DiagnosticId::not_a_value>(span, type_name(context, meaning), "name one of its elements");
      return error_expression(span);
  }
  return error_expression(span);
}

ir::Expr as_truth(Context& context, Meaning meaning) {
  const Span span = meaning.span;
  ir::Expr value = as_value(context, std::move(meaning));
  if (is_error(value)) return value;
  if (is_null(value)) return converted(context, std::move(value), vm::Type::truth);
  if (is_scalar(value, vm::Type::truth)) return value;
  if (is_scalar(value, vm::Type::any)) return narrowed(std::move(value), scalar_type(vm::Type::truth));
  context.report<DiagnosticId::not_a_truth>(span, type_name(context, value.type));
  return error_expression(span);
}

std::optional<Rows> as_rows(Context& context, Meaning meaning) {
  if (is_error(meaning)) return std::nullopt;
  if (meaning.kind == Meaning::Kind::rows) return std::move(meaning.rows[0]);
  if (is_list_value(meaning)) return unnested(context, as_value(context, std::move(meaning)), "", false);
  context.report<DiagnosticId::not_a_list>(meaning.span, type_name(context, meaning));
  return std::nullopt;
}

ir::Expr value_of(Context& context, const ast::Expr& expression, const Scope& scope) {
  return as_value(context, meaning_of(context, expression, scope));
}

ir::Expr truth_of(Context& context, const ast::Expr& expression, const Scope& scope) {
  return as_truth(context, meaning_of(context, expression, scope));
}

// ---------------------------------------------------------------- the way in

namespace {

// The whole of what was asked for has words, also where it is an `and` of others.
ir::Expr with_words(ir::Expr value, const ast::Expr& expression) {
  if (!is_error(value) && value.text.empty() && value.kind != ir::ExprKind::constant) value.text = words(expression);
  return value;
}

}  // namespace

ir::Expr check_expression(Context& context, const ast::Expr& expression, const Scope& scope) {
  return with_words(value_of(context, expression, scope), expression);
}

ir::Expr check_truth(Context& context, const ast::Expr& expression, const Scope& scope) {
  return with_words(truth_of(context, expression, scope), expression);
}

ir::Expr check_field_value(Context& context, Id node, const ast::Word& field, const ast::Expr& written, const Scope& scope) {
  const Id index = find_field(context, node, field.text);
  if (index == none_id) {
    context.report<DiagnosticId::no_member>(field.span, entity_name(context, node), field.text)
        .did_you_mean(nearest(field.text, field_names(context, node)));
    return error_expression(written.span);
  }
  ir::Expr value = value_of(context, written, scope);
  if (is_error(value)) return value;
  const vm::Field& of_record = context.policy.model.nodes[node].fields[index];
  if (is_null(value)) {  // nothing there: of objects and lists too
    return converted(context, std::move(value), of_record.kind == vm::FieldKind::scalar ? of_record.type : vm::Type::text);
  }
  if (value.kind != ir::ExprKind::constant) {
    context.report<DiagnosticId::not_constant>(written.span);
    return error_expression(written.span);
  }
  if (of_record.kind != vm::FieldKind::scalar || !conversion_cost(value.type.scalar, of_record.type)) {
    const std::string_view wanted = of_record.kind == vm::FieldKind::scalar ? scalar_name(of_record.type) : "none";
    context.report<DiagnosticId::wrong_type>(written.span, type_name(context, value.type), wanted);
    return error_expression(written.span);
  }
  ir::Expr place;  // the field itself, for the words that it knows
  place.kind = ir::ExprKind::field;
  place.node = node;
  place.field = index;
  if (of_record.type == vm::Type::text && !check_word(context, place, value)) return error_expression(written.span);
  return converted(context, std::move(value), of_record.type);
}

CheckedRows check_rows(Context& context, const ast::Expr& expression, const Scope& scope) {
  CheckedRows made;
  std::optional<Rows> rows = as_rows(context, meaning_of(context, expression, scope));
  if (!rows) {
    made.error = true;
    return made;
  }
  made.distinct = rows->distinct;
  const Meaning item = rows->item[0];
  if (item.kind == Meaning::Kind::row && item.path.empty()) made.variable = item.variable;
  made.query = query_of(std::move(*rows));
  if (item.kind == Meaning::Kind::value) made.query.value.push_back(item.value);
  return made;
}

}  // namespace rubric::check
