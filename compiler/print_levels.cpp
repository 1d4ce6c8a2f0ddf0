#include "compiler/print_levels.h"

namespace rubric {

using ast::Expr;
using ast::ExprKind;

bool is_not_in(const Expr& e) {
  return e.kind == ExprKind::unary && e.name == "not" && e.args[0].kind == ExprKind::binary && e.args[0].name == "in";
}

namespace {

Level binary_level(std::string_view name) {
  struct Row {
    std::string_view name;
    Level level;
  };
  static constexpr Row rows[] = {
      {"union", set_operation},
      {"intersect", set_operation},
      {"except", set_operation},
      {"implies", implication},
      {"or", disjunction},
      {"xor", disjunction},
      {"and", conjunction},
      {"in force on", in_force_on},
      {"=", equality},
      {"!=", equality},
      {"~", equality},
      {"!~", equality},
      {"<", inequality},
      {"<=", inequality},
      {">", inequality},
      {">=", inequality},
      {"^", power},
      {"*", multiplication},
      {"/", multiplication},
      {"div", multiplication},
      {"mod", multiplication},
      {"+", addition},
      {"-", addition},
      {"&", addition},
      {"collapse per", open_end},
      {"expand per", open_end},
  };
  for (const Row& row : rows) {
    if (row.name == name) return row.level;
  }
  return membership;  // in, contains, properly in, properly contains
}

Level unary_level(const Expr& e) {
  if (is_not_in(e)) return membership;
  if (e.name == "not" || e.name == "exists") return logic_prefix;
  if (e.name.starts_with("is ")) return literal_test;
  if (e.name == "distinct" || e.name == "flatten" || e.name == "collapse" || e.name == "expand") return open_end;
  if (e.name == "minimum" || e.name == "maximum") return whole_arithmetic;
  return prefix;
}

}  // namespace

Level level_of(const Expr& e) {
  switch (e.kind) {
    case ExprKind::unary: return unary_level(e);
    case ExprKind::binary: return binary_level(e.name);
    case ExprKind::between: return between;
    case ExprKind::timing: return timing;
    case ExprKind::type_test: return type_test;
    case ExprKind::cast: return e.flag ? whole_comparison : type_test;
    case ExprKind::between_period:
    case ExprKind::judged: return whole_comparison;
    case ExprKind::convert:
    case ExprKind::case_of: return whole_arithmetic;
    case ExprKind::group: return e.flag ? open_end : whole_comparison;
    case ExprKind::status: return e.args[0].kind == ExprKind::group && e.args[0].flag ? open_end : status;
    case ExprKind::if_else:
    case ExprKind::query:
    case ExprKind::has: return open_end;
    case ExprKind::null_literal:
    case ExprKind::boolean_literal:
    case ExprKind::integer_literal:
    case ExprKind::long_literal:
    case ExprKind::decimal_literal:
    case ExprKind::string_literal:
    case ExprKind::date_literal:
    case ExprKind::datetime_literal:
    case ExprKind::time_literal:
    case ExprKind::quantity_literal:
    case ExprKind::ratio_literal:
    case ExprKind::code_literal:
    case ExprKind::none_literal:
    case ExprKind::name:
    case ExprKind::external:
    case ExprKind::member:
    case ExprKind::index:
    case ExprKind::invoke:
    case ExprKind::member_invoke:
    case ExprKind::interval:
    case ExprKind::list:
    case ExprKind::tuple:
    case ExprKind::instance:
    case ExprKind::condition_of_last: return primary;
    case ExprKind::source:
    case ExprKind::let_clause:
    case ExprKind::with_clause:
    case ExprKind::without_clause:
    case ExprKind::where_clause:
    case ExprKind::return_clause:
    case ExprKind::aggregate_clause:
    case ExprKind::sort_clause:
    case ExprKind::sort_item:
    case ExprKind::item: return open_end;  // parts, never operands
  }
  return open_end;
}

}  // namespace rubric
