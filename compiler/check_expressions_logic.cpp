// Truths that name criteria: rule conditions, remarks and `applies when`; and groups of plain truths.
//
// A criterion can be not applicable, and then it drops out of what it stands in. Groups know that, `and` and `or` do
// not: so logic over criteria becomes groups, and only what holds no criterion stays an expression. `any of A, B is not
// met` says the status of each member.
#include <algorithm>
#include <string>

#include "compiler/check_expressions.h"

namespace rubric::check {

using AstKind = ast::ExprKind;

namespace {

// "Diagnosis1.b.ii", or nothing if the expression is no path of words.
std::optional<std::string> path_of(const ast::Expr& expression) {
  if (expression.kind == AstKind::name) return expression.name;
  if (expression.kind != AstKind::member) return std::nullopt;
  std::optional<std::string> head = path_of(expression.args[0]);
  if (head) *head += "." + expression.name;
  return head;
}

// Whether the path names a criterion here; aliases and the case's own names come first.
bool names_criterion(const Context& context, const ast::Expr& expression, const Scope& scope) {
  const std::optional<std::string> path = path_of(expression);
  if (!path) return false;
  const std::string head = path->substr(0, path->find('.'));
  if (scope.find(head) || head == "Line" || head == "Case") return false;
  if (case_field_named(context, head) != none_id) return false;
  if (find_criterion(context, *path, scope.block) != none_id) return true;
  const Symbol* symbol = find_symbol(context, head);
  return symbol && symbol->kind == SymbolKind::criterion;
}

bool holds_criterion(const Context& context, const ast::Expr& expression, const Scope& scope) {
  if (expression.kind == AstKind::status || names_criterion(context, expression, scope)) return true;
  switch (expression.kind) {
    case AstKind::group:
    case AstKind::item:
    case AstKind::unary:
    case AstKind::binary:
    case AstKind::has: break;
    default: return false;  // a criterion inside of anything else is an error, which check_name reports
  }
  return std::ranges::any_of(expression.args, [&](const ast::Expr& arg) { return holds_criterion(context, arg, scope); });
}

std::optional<ir::Test> test_of(std::string_view words) {
  if (words == "met") return ir::Test::met;
  if (words == "not met") return ir::Test::not_met;
  if (words == "shown") return ir::Test::shown;
  if (words == "not shown") return ir::Test::not_shown;
  if (words == "undetermined") return ir::Test::undetermined;
  if (words == "applicable") return ir::Test::applicable;
  if (words == "not applicable") return ir::Test::not_applicable;
  return std::nullopt;
}

std::optional<ir::Group> group_of(std::string_view words) {
  if (words == "all of") return ir::Group::all;
  if (words == "any of") return ir::Group::any;
  if (words == "none of") return ir::Group::none;
  if (words == "at least") return ir::Group::at_least;
  return std::nullopt;
}

class Logic {
 public:
  Logic(Context& c, const Scope& s) : context(c), scope(s) {}

  ir::Expr check(const ast::Expr& expression) {
    const Span span = expression.span;
    if (expression.kind == AstKind::group) return group(expression, ir::Test::met, false);
    if (items && !holds_criterion(context, expression, scope)) {
      context.report<DiagnosticId::criterion_among_rows>(span, item_entity);
      return error_expression(span);
    }
    if (!holds_criterion(context, expression, scope)) {
      ir::Expr value = truth_of(context, expression, scope);
      if (value.text.empty() && !is_error(value) && value.kind != ir::ExprKind::constant) value.text = words(expression);
      return value;
    }
    switch (expression.kind) {
      case AstKind::name:
      case AstKind::member: return criterion(expression, ir::Test::met, expression);
      case AstKind::item: return check(expression.args[0]);
      case AstKind::status: return status(expression);
      case AstKind::has: return of_items(expression);
      case AstKind::unary:
        if (expression.name == "not") return make_group(ir::Group::none, 0, {check(expression.args[0])}, span);
        break;
      case AstKind::binary: {
        if (expression.name == "and" || expression.name == "or") {
          std::vector<ir::Expr> parts;
          for (const ast::Expr& arg : expression.args) parts.push_back(check(arg));
          return make_group(expression.name == "and" ? ir::Group::all : ir::Group::any, 0, std::move(parts), span);
        }
        if (expression.name == "implies") {
          ir::Expr not_left = make_group(ir::Group::none, 0, {check(expression.args[0])}, span);
          return make_group(ir::Group::any, 0, {std::move(not_left), check(expression.args[1])}, span);
        }
        break;
      }
      default: break;
    }
    context.report<DiagnosticId::criterion_in_operator>(span, expression.name);
    return error_expression(span);
  }

 private:
  Context& context;
  const Scope& scope;
  std::optional<ir::Items> items;  // inside of `any Target has ...`
  std::string item_entity;

  ir::Expr criterion(const ast::Expr& name, ir::Test test, const ast::Expr& whole) {
    if (!scope.statuses) {
      context.report<DiagnosticId::status_not_here>(whole.span);
      return error_expression(whole.span);
    }
    const Id found = expect_criterion(context, *path_of(name), name.span, scope.block);
    if (found == none_id) return error_expression(whole.span);
    ir::Expr made = make_status(context, found, test, whole.span, scope);
    made.text = words(whole);
    if (items) {
      const ir::Criterion& named = context.policy.criteria[found];
      if (!named.per_item) {
        context.report<DiagnosticId::criterion_without_items>(name.span, *path_of(name));
        return error_expression(whole.span);
      }
      const std::string entity(named.item == none_id ? item_entity : entity_name(context, context.policy.variables[named.item].node));
      if (entity != item_entity) {
        context.report<DiagnosticId::criterion_of_other_items>(name.span, *path_of(name), entity, item_entity);
        return error_expression(whole.span);
      }
      made.items = *items;
    }
    return made;
  }

  ir::Expr status(const ast::Expr& expression) {
    const std::optional<ir::Test> test = test_of(expression.name);
    const ast::Expr& subject = expression.args[0];
    if (!test) {
      context.report<DiagnosticId::not_supported>(expression.span, "is " + expression.name);
      return error_expression(expression.span);
    }
    if (subject.kind == AstKind::group) return group(subject, *test, true);
    if (path_of(subject)) return criterion(subject, *test, expression);
    context.report<DiagnosticId::status_of_expression>(subject.span, expression.name);
    return error_expression(expression.span);
  }

  // `distributes`: the test is said of each member that is a bare name.
  ir::Expr group(const ast::Expr& expression, ir::Test test, bool distributes) {
    const std::optional<ir::Group> kind = group_of(expression.name);
    if (!kind) {
      context.report<DiagnosticId::not_supported>(expression.span, expression.name);
      return error_expression(expression.span);
    }
    std::vector<ir::Expr> members;
    bool wrong = false;
    for (const ast::Expr& arg : expression.args) {
      const ast::Expr& member = arg.kind == AstKind::item ? arg.args[0] : arg;
      if (distributes && member.kind == AstKind::group) {
        members.push_back(group(member, test, true));
      } else if (distributes && names_criterion(context, member, scope)) {
        members.push_back(criterion(member, test, member));
        if (!is_error(members.back()) && test != ir::Test::met)
          members.back().text = words(member) + " is " + std::string(test_words(test));
      } else if (distributes && member.kind != AstKind::status) {
        // A name that is no criterion, or an expression: neither has a status.
        const std::optional<std::string> path = path_of(member);
        if (path) {
          members.push_back(criterion(member, test, member));
        } else {
          context.report<DiagnosticId::status_of_expression>(member.span, test_words(test));
          wrong = true;
        }
      } else {
        members.push_back(check(member));
      }
      wrong = wrong || (!members.empty() && is_error(members.back()));
    }
    uint32_t at_least = 0;
    if (*kind == ir::Group::at_least) {
      const ir::Expr count = value_of(context, expression.count[0], scope);
      if (!is_error(count) && (count.kind != ir::ExprKind::constant || !is_scalar(count, vm::Type::integer) || count.value.low < 0)) {
        context.report<DiagnosticId::group_needs_a_number>(expression.count[0].span);
        wrong = true;
      }
      wrong = wrong || is_error(count);
      at_least = static_cast<uint32_t>(count.value.low);
    }
    if (wrong) return error_expression(expression.span);
    ir::Expr made = make_group(*kind, at_least, std::move(members), expression.span);
    made.text = words(expression);
    return made;
  }

  static std::string_view test_words(ir::Test test) {
    switch (test) {
      case ir::Test::met: return "met";
      case ir::Test::not_met: return "not met";
      case ir::Test::shown: return "shown";
      case ir::Test::not_shown: return "not shown";
      case ir::Test::undetermined: return "undetermined";
      case ir::Test::applicable: return "applicable";
      case ir::Test::not_applicable: return "not applicable";
    }
    return "";
  }

  // `any Target has MuscleResponds is not met`: over the items of the criterion.
  ir::Expr of_items(const ast::Expr& expression) {
    const bool every = expression.name == "every", some = expression.name == "some", no = expression.name == "no";
    if ((!every && !some && !no) || !expression.of.empty() || !expression.where.empty() || expression.approved) {
      context.report<DiagnosticId::not_supported>(
          expression.span, "a criterion inside of this quantifier; say any, every or no " + expression.entity + " has,");
      return error_expression(expression.span);
    }
    const std::optional<ir::Items> outer = items;
    items = every ? ir::Items::every : ir::Items::some;
    item_entity = expression.entity;
    ir::Expr made = check(expression.args[0]);
    items = outer;
    return no ? make_group(ir::Group::none, 0, {std::move(made)}, expression.span) : made;
  }
};

}  // namespace

ir::Expr check_logic(Context& context, const ast::Expr& expression, const Scope& scope) { return Logic(context, scope).check(expression); }

// A group in an expression: of truths, so `and`, `or` and `not` say it.
Meaning check_plain_group(Context& context, const ast::Expr& expression, const Scope& scope) {
  std::vector<ir::Expr> members;
  bool wrong = false;
  for (const ast::Expr& arg : expression.args) {
    members.push_back(truth_of(context, arg, scope));
    wrong = wrong || is_error(members.back());
  }
  if (wrong) return error_meaning(expression.span);
  const std::optional<ir::Group> kind = group_of(expression.name);
  if (kind == ir::Group::all) return value_meaning(make_and(std::move(members), expression.span));
  if (kind == ir::Group::any) return value_meaning(make_or(std::move(members), expression.span));
  if (kind == ir::Group::none) return value_meaning(make_not(make_or(std::move(members), expression.span), expression.span));
  return not_supported(context, expression.span, "at least N of, inside of an expression,");
}

}  // namespace rubric::check
