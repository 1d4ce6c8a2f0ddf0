// Folds: from rows to one value. exists, Count, Sum, Min, Max, Avg, AllTrue, AnyTrue, First, Last, singleton from.
//
// First, Last and singleton from give a row, and what is read of it is the value of the fold: the fold is made when the
// field is known (picked_expression), so that an answer exists wherever all candidates agree on that field.
#include <algorithm>
#include <span>

#include "compiler/check_expressions.h"

namespace rubric::check {

using vm::Type;
using Kind = Meaning::Kind;

ir::Expr picked_expression(Context& context, const Meaning& picked, ir::Expr value, Span span) {
  if (is_null(value)) {
    context.report<DiagnosticId::not_supported>(span, "a list of nulls");
    return error_expression(span);
  }
  const ir::Type type = value.type;
  ir::Query query = query_of(picked.rows[0]);
  query.value.push_back(std::move(value));
  return make_fold(picked.fold, std::move(query), type, span, picked.name);
}

namespace {

bool is_any_of(Type type, std::span<const Type> types) { return std::ranges::find(types, type) != types.end(); }

// Elements without a value do not count.
void drop_nones(Context& context, Rows& rows, const ir::Expr& value) {
  if (!may_be_none(context, value)) return;
  ir::Expr none;
  none.kind = ir::ExprKind::is_null;
  none.type = scalar_type(Type::truth);
  none.span = value.span;
  none.args.push_back(value);
  rows.where.push_back(make_not(std::move(none), value.span));
}

Meaning fold_list(Context& context, std::string_view function, const Meaning& list, Span span, const std::string& text) {
  const std::vector<Meaning>& parts = list.parts;
  const auto present = [](const Meaning& part) { return part.kind != Kind::value || !is_null(part.value); };
  const auto count = std::ranges::count_if(parts, present);
  if (function == "Count") return value_meaning(make_integer(count, span));
  if (function == "exists") return value_meaning(make_truth(count > 0, span));
  if (function == "First" || function == "Last" || function == "singleton from") {
    if (parts.empty()) return value_meaning(make_null(span));
    if (function == "singleton from" && parts.size() > 1) {
      context.report<DiagnosticId::more_than_one>(span);
      return error_meaning(span);
    }
    return function == "Last" ? parts.back() : parts.front();
  }
  if (function == "AllTrue" || function == "AnyTrue") {
    std::vector<ir::Expr> truths;
    for (const Meaning& part : parts) truths.push_back(as_truth(context, part));
    return value_meaning(function == "AllTrue" ? make_and(std::move(truths), span) : make_or(std::move(truths), span));
  }
  return value_meaning(make_call(context, function, {as_value(context, list)}, span, text));
}

// Whether the elements of a list that is written out are all there, so that what is asked of it is asked of its parts.
bool has_all_elements(const Context& context, const Meaning& list) {
  return list.kind == Kind::list && std::ranges::none_of(list.parts, [&](const Meaning& part) {
           return part.kind == Kind::value && !is_null(part.value) && may_be_none(context, part.value);
         });
}

}  // namespace

Meaning fold_rows(Context& context, std::string_view function, Meaning list, Span span, const std::string& text) {
  if (is_error(list)) return error_meaning(span);
  const bool no_list = list.kind == Kind::value && (context.plain || is_general(list.value.type));
  if (no_list || (is_list_value(list) && (context.plain || !has_all_elements(context, list)))) {
    return value_meaning(make_call(context, function, {as_value(context, std::move(list))}, span, text));
  }
  if (list.kind == Kind::list) return fold_list(context, function, list, span, text);
  std::optional<Rows> found = as_rows(context, std::move(list));
  if (!found) return error_meaning(span);
  Rows& rows = *found;
  const Meaning item = rows.item[0];
  const ir::Type truth = scalar_type(Type::truth), integer = scalar_type(Type::integer);

  if (function == "First" || function == "Last" || function == "singleton from") {
    const bool only = function == "singleton from";
    if (!only && rows.key.empty()) {
      context.report<DiagnosticId::unsorted>(span, function);
      return error_meaning(span);
    }
    if (only && rows.distinct) return not_supported(context, span, "singleton from distinct values");
    Meaning made;
    made.kind = Kind::picked;
    made.span = span;
    made.name = text;
    made.fold = only ? ir::Fold::only : (function == "First") != rows.descending ? ir::Fold::first : ir::Fold::last;
    if (only) rows.key.clear();
    made.rows.push_back(std::move(rows));
    return made;
  }
  rows.key.clear();

  if (function == "exists" || function == "Count") {
    const bool counts = function == "Count";
    const bool distinct = counts && rows.distinct;
    if (item.kind == Kind::tuple && distinct) return not_supported(context, span, "a count of distinct tuples");
    if (item.kind == Kind::value && !distinct) drop_nones(context, rows, item.value);  // distinct values are values
    ir::Query query = query_of(std::move(rows));
    if (distinct) query.value.push_back(item.value);
    const ir::Fold fold = !counts ? ir::Fold::any : distinct ? ir::Fold::count_distinct : ir::Fold::count;
    return value_meaning(make_fold(fold, std::move(query), counts ? integer : truth, span, text));
  }

  ir::Expr value = as_value(context, item);
  if (is_error(value)) return error_meaning(span);
  if (value.type.kind != ir::Type::Kind::scalar) return not_supported(context, span, "a list of nulls");
  const Type type = value.type.scalar;
  if (function == "AllTrue" || function == "AnyTrue") {
    if (type != Type::truth) {
      context.report<DiagnosticId::wrong_elements>(span, function, scalar_name(type), "Boolean");
      return error_meaning(span);
    }
    drop_nones(context, rows, value);
    ir::Query query = query_of(std::move(rows));
    query.value.push_back(std::move(value));
    return value_meaning(make_fold(function == "AllTrue" ? ir::Fold::all : ir::Fold::any, std::move(query), truth, span, text));
  }

  static constexpr Type summed[] = {Type::integer, Type::decimal, Type::quantity};
  static constexpr Type ordered[] = {Type::integer, Type::decimal, Type::quantity, Type::date, Type::text};
  static constexpr Type averaged[] = {Type::integer, Type::decimal};
  struct Row {
    std::string_view name;
    ir::Fold fold;
    std::span<const Type> types;
    std::string_view wants;
  };
  static constexpr Row rows_of_functions[] = {
      {"Sum", ir::Fold::sum, summed, "Integer, Decimal or Quantity"},
      {"Min", ir::Fold::min, ordered, "numbers, quantities, dates or texts"},
      {"Max", ir::Fold::max, ordered, "numbers, quantities, dates or texts"},
      {"Avg", ir::Fold::avg, averaged, "Integer or Decimal"},
  };
  for (const Row& row : rows_of_functions) {
    if (row.name != function) continue;
    if (!is_any_of(type, row.types)) {
      context.report<DiagnosticId::wrong_elements>(span, function, scalar_name(type), row.wants);
      return error_meaning(span);
    }
    const bool idempotent = row.fold == ir::Fold::min || row.fold == ir::Fold::max;
    if (rows.distinct && !idempotent) return not_supported(context, span, std::string(function) + " of distinct values");
    if (row.fold == ir::Fold::avg) value = converted(context, std::move(value), Type::decimal);
    const ir::Type result = value.type;
    ir::Query query = query_of(std::move(rows));
    query.value.push_back(std::move(value));
    return value_meaning(make_fold(row.fold, std::move(query), result, span, text));
  }
  return not_supported(context, span, function);
}

}  // namespace rubric::check
