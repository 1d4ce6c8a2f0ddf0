// Membership: in and contains, over value sets, lists, intervals and rows; `in force on`.
//
// A list of constants becomes a table, so that a hundred codes are one operator and one line of a trace. A set whose
// members have dates is asked on the date of service. A list that holds anything else becomes an `or` of comparisons.
#include <algorithm>

#include "base/text.h"
#include "compiler/check_expressions.h"

namespace rubric::check {

using vm::Type;
using Kind = Meaning::Kind;

namespace {

bool goes_in_a_table(Type type) { return type == Type::text || type == Type::code || type == Type::integer || type == Type::date; }

Id intern_table(Context& context, ir::Table table) {
  for (Id id = 0; id < context.policy.tables.size(); ++id) {
    const ir::Table& known = context.policy.tables[id];
    const auto same_row = [](const ir::Table::Row& a, const ir::Table::Row& b) {
      return !b.from && !b.to && !b.value && same_expression(a.key, b.key);
    };
    if (known.name == table.name && known.key == table.key && !known.otherwise && !known.otherwise_key &&
        std::ranges::equal(table.rows, known.rows, same_row)) {
      return id;
    }
  }
  context.policy.tables.push_back(std::move(table));
  return static_cast<Id>(context.policy.tables.size() - 1);
}

ir::Expr in_table(Id table, ir::Expr value, std::optional<ir::Expr> date, Span span, std::string text) {
  if (is_error(value) || (date && is_error(*date))) return error_expression(span);
  ir::Expr made;
  made.kind = date ? ir::ExprKind::in_set_on : ir::ExprKind::in_set;
  made.type = scalar_type(Type::truth);
  made.span = span;
  made.text = std::move(text);
  made.table = table;
  made.args.push_back(std::move(value));
  if (date) made.args.push_back(std::move(*date));
  return made;
}

std::string join(const std::vector<std::string>& texts) {
  std::string made;
  for (const std::string& text : texts) made += (made.empty() ? "" : " or ") + text;
  return made;
}

ir::Expr in_value_set(Context& context, ir::Expr code, Id index, Span span, const std::string& text, const Scope& scope) {
  const ValueSet& set = context.value_sets[index];
  if (is_null(code)) code = converted(context, std::move(code), Type::code);
  if (!is_scalar(code, Type::code)) {
    if (is_scalar(code, Type::text) && code.kind == ir::ExprKind::constant) {
      context.report<DiagnosticId::code_and_text>(code.span, code.string, set.system.empty() ? "SYSTEM" : set.system);
    } else {
      context.report<DiagnosticId::not_a_code>(code.span, type_name(context, code.type), set.name);
    }
    return error_expression(span);
  }
  const std::optional<std::string> system = system_of(context, code);
  if (system && !set.systems.empty() && !std::ranges::count(set.systems, *system)) {
    context.report<DiagnosticId::other_code_system>(span, *system, join(set.systems)).relate(set.span, "the value set is declared here");
    return error_expression(span);
  }
  if (!set.dated) return in_table(set.table, std::move(code), std::nullopt, span, text);
  if (scope.line == none_id) {
    context.report<DiagnosticId::dated_without_line>(span, "value set", set.name);
    return error_expression(span);
  }
  return in_table(set.table, std::move(code), make_decided_date(scope.line, span), span, text);
}

// The words of one comparison that the author did not write as such; empty where a side has none.
std::string equal_words(const ir::Expr& a, const ir::Expr& b) {
  const std::string left = spoken(a), right = spoken(b);
  return left.empty() || right.empty() ? std::string() : left + " = " + right;
}

ir::Expr in_list(Context& context, ir::Expr value, const Meaning& list, Span span, const std::string& text) {
  if (list.parts.empty()) return make_truth(false, span);
  std::vector<ir::Expr> elements;
  for (const Meaning& part : list.parts) {
    elements.push_back(as_value(context, part));
    if (is_error(elements.back())) return error_expression(span);
    if (is_null(elements.back())) {
      context.report<DiagnosticId::not_supported>(part.span, "null as an element to look for");
      return error_expression(span);
    }
  }
  // Codes, words and types are compared one by one, so that each wrong element is a message where it stands.
  bool wrong = false, constant = true;
  std::vector<const ir::Expr*> all{&value};
  for (ir::Expr& element : elements) {
    const size_t before = context.diagnostics.all().size();
    const ir::Expr compared = make_call(context, "=", {value, element}, element.span);
    wrong = wrong || is_error(compared) || context.diagnostics.all().size() != before;
    constant = constant && element.kind == ir::ExprKind::constant && element.value.kind == vm::Kind::value;
    all.push_back(&element);
  }
  if (wrong) return error_expression(span);
  const std::optional<Type> type = common_type(all);
  if (!type) return error_expression(span);
  value = converted(context, std::move(value), *type);
  for (ir::Expr& element : elements) element = converted(context, std::move(element), *type);
  const auto partial = [](const ir::Expr& e) { return is_scalar(e, Type::date) && e.value.precision < 3; };
  if (constant && goes_in_a_table(*type) && std::ranges::none_of(elements, partial)) {
    ir::Table table;
    table.name = list.name;
    table.key = *type;
    for (ir::Expr& element : elements) {
      element.text.clear();
      const auto same = [&](const ir::Table::Row& row) { return same_expression(row.key, element); };
      if (std::ranges::any_of(table.rows, same)) continue;
      table.rows.push_back({std::move(element), std::nullopt, std::nullopt, std::nullopt});
    }
    return in_table(intern_table(context, std::move(table)), std::move(value), std::nullopt, span, text);
  }
  std::vector<ir::Expr> equal;
  for (ir::Expr& element : elements) {
    const Span where = element.span;
    std::string one = equal_words(value, element);
    equal.push_back(make_call(context, "=", {value, std::move(element)}, where, std::move(one)));
  }
  ir::Expr made = make_or(std::move(equal), span);
  made.text = text;
  return made;
}

ir::Expr in_rows(Context& context, Meaning element, Rows rows, Span span, const std::string& text) {
  if (rows.item[0].kind == Kind::row) {
    context.report<DiagnosticId::rows_compared>(span);
    return error_expression(span);
  }
  ir::Expr item = as_value(context, std::move(rows.item[0]));
  ir::Expr value = as_value(context, std::move(element));
  std::string one = equal_words(value, item);
  ir::Expr equal = compare(context, "=", std::move(value), item, span, std::move(one));
  if (is_error(equal)) return equal;
  rows.item = {value_meaning(item)};
  ir::Query query = query_of(std::move(rows));
  query.value.push_back(std::move(equal));
  return make_fold(ir::Fold::any, std::move(query), scalar_type(Type::truth), span, text);
}

}  // namespace

ir::Expr make_membership(Context& context, Meaning element, Meaning container, bool properly, Span span, const std::string& text,
                         const Scope& scope) {
  if (is_error(element) || is_error(container)) return error_expression(span);
  if (is_value_of(container, ir::Type::Kind::interval))
    return point_in_interval(context, as_value(context, std::move(element)), container, properly, span, text);
  const bool written = container.kind == Kind::list && !context.plain && !properly;
  if ((is_list_value(container) && !written) ||
      (container.kind == Kind::value && (is_null(container.value) || is_scalar(container.value, Type::any)))) {
    ir::Expr list = as_value(context, std::move(container)), value = as_value(context, std::move(element));
    return make_call(context, properly ? "properly contains" : "contains", {std::move(list), std::move(value)}, span, text);
  }
  if (properly && container.kind != Kind::interval) {
    context.report<DiagnosticId::not_supported>(span, "'properly' of a list");
    return error_expression(span);
  }
  switch (container.kind) {
    case Kind::codes: return in_value_set(context, as_value(context, std::move(element)), container.set, span, text, scope);
    case Kind::list: {
      ir::Expr value = as_value(context, std::move(element));
      return is_error(value) ? value : in_list(context, std::move(value), container, span, text);
    }
    case Kind::interval:
      if (element.kind == Kind::interval) {
        context.report<DiagnosticId::interval_in_interval>(span);
        return error_expression(span);
      }
      return point_in_interval(context, as_value(context, std::move(element)), container, properly, span, text);
    case Kind::rows: return in_rows(context, std::move(element), std::move(container.rows[0]), span, text);
    case Kind::value:
      // 'TriggerPointCodes' for TriggerPointCodes
      if (container.value.kind == ir::ExprKind::constant && is_scalar(container.value, Type::text) &&
          find_symbol(context, container.value.string)) {
        context.report<DiagnosticId::name_in_quotes>(container.span, container.value.string);
        return error_expression(span);
      }
      break;
    case Kind::error:
    case Kind::row:
    case Kind::picked:
    case Kind::tuple:
    case Kind::fields: break;
  }
  context.report<DiagnosticId::not_a_container>(container.span, type_name(context, container));
  return error_expression(span);
}

Meaning check_membership(Context& context, const ast::Expr& expression, const Scope& scope) {
  const bool contains = expression.name.ends_with("contains");
  Meaning element = meaning_of(context, expression.args[contains ? 1 : 0], scope);
  Meaning container = meaning_of(context, expression.args[contains ? 0 : 1], scope);
  const bool of_interval = container.kind == Kind::interval || is_value_of(container, ir::Type::Kind::interval);
  if (of_interval && !expression.precision.empty() && (context.plain || expression.precision != "day")) {
    // `in day of` is a phrase about time: `during day of`.
    ast::Expr phrase = expression;
    phrase.kind = ast::ExprKind::timing;
    phrase.name = std::string(expression.name.starts_with("properly") ? "properly " : "") + (contains ? "includes" : "included in");
    return check_timing(context, phrase, scope);
  }
  if (!expression.precision.empty() && expression.precision != "day") {
    return not_supported(context, expression.span, "membership with the precision " + expression.precision);
  }
  return value_meaning(make_membership(context, std::move(element), std::move(container), expression.name.starts_with("properly"),
                                       expression.span, words(expression), scope));
}

ir::Expr check_code_in(Context& context, ir::Expr code, const ast::Expr& codes, const Scope& scope) {
  Meaning container = meaning_of(context, codes, scope);
  const std::string text = code.text.empty() ? std::string() : code.text + " in " + words(codes);
  return make_membership(context, value_meaning(std::move(code)), std::move(container), false, codes.span, text, scope);
}

// ---------------------------------------------------------------- in force on

ir::Expr make_in_force_on(Context& context, ir::Expr code, ir::Expr date, Span span, std::string text) {
  if (is_error(code) || is_error(date)) return error_expression(span);
  if (!is_scalar(code, Type::code)) {
    context.report<DiagnosticId::operator_types>(span, "in force on",
                                                 type_name(context, code.type) + " and " + type_name(context, date.type), "Code and Date");
    return error_expression(span);
  }
  if (!is_scalar(date, Type::date)) {
    context.report<DiagnosticId::operator_types>(span, "in force on",
                                                 type_name(context, code.type) + " and " + type_name(context, date.type), "Code and Date");
    return error_expression(span);
  }
  if (context.validity == none_id) {
    context.report<DiagnosticId::no_code_has_dates>(span);
    return make_truth(true, span);
  }
  // A code that is not listed with dates has always been valid.
  ir::Expr listed = in_table(context.validity, code, std::nullopt, span, {});
  ir::Expr valid = in_table(context.validity, std::move(code), std::move(date), span, {});
  ir::Expr made = make_or({make_not(std::move(listed), span), std::move(valid)}, span);
  made.text = std::move(text);
  return made;
}

}  // namespace rubric::check
