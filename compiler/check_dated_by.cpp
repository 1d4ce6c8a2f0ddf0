// `dated by e`: another date than that of service chooses version, parameters, codes and clauses.
//
// Everything that asks for the line's date has been built with one node for it; when the policy names another, that node
// is replaced by the author's expression, everywhere and last, so that no clause has to know.

#include "compiler/check_policy.h"

namespace rubric::check {

namespace {

using Visit = std::function<void(ir::Expr&)>;

void visit_query(ir::Query& query, const Visit& visit) {
  for (std::vector<ir::Expr>* part : {&query.where, &query.value, &query.key}) {
    for (ir::Expr& e : *part) visit(e);
  }
}

void visit_maybe(std::optional<ir::Expr>& e, const Visit& visit) {
  if (e) visit(*e);
}

void visit_text(ir::Template& text, const Visit& visit) {
  for (ir::Piece& piece : text) {
    for (ir::Expr& e : piece.expr) visit(e);
  }
}

void visit_criterion(ir::Criterion& c, const Visit& visit) {
  for (std::optional<ir::Expr>* e : {&c.applies, &c.condition, &c.gate, &c.item_where}) visit_maybe(*e, visit);
  if (c.limit) {
    visit(c.limit->amount);
    visit(c.limit->date);
    visit_maybe(c.limit->length, visit);
    visit_query(c.limit->history, visit);
    visit_query(c.limit->siblings, visit);
  }
  for (ir::Template* text : {&c.text, &c.met, &c.not_met, &c.undetermined, &c.member_met, &c.member_not_met, &c.member_undetermined})
    visit_text(*text, visit);
  for (ir::Template& ask : c.asks) visit_text(ask, visit);
}

void visit_rule(ir::Rule& r, const Visit& visit) {
  visit(r.when);
  visit_maybe(r.gate, visit);
  visit_maybe(r.equals_request, visit);
  visit_text(r.text, visit);
}

}  // namespace

void apply_dated_by(Builder& builder) {
  const ast::Declaration* dated_by = nullptr;
  for (const ast::Declaration& d : builder.base.declarations) {
    if (d.kind == ast::DeclarationKind::dated_by) dated_by = &d;
  }
  if (!dated_by) return;
  Scope scope = Scope::inner(builder.scope);
  ir::Expr date = check_expression(builder.context, dated_by->expr[0], scope);
  if (is_error(date)) return;
  if (date.type != scalar_type(vm::Type::date)) {
    builder.context.report<DiagnosticId::dated_by_no_date>(dated_by->expr[0].span, type_name(builder.context, date.type));
    return;
  }

  // Another line's date is the same expression, read on that line.
  std::map<Id, ir::Expr> of_line{{builder.line, date}};
  auto date_of = [&](Id line) {
    if (auto known = of_line.find(line); known != of_line.end()) return known->second;
    Scope other = Scope::inner(builder.scope);
    other.line = line;
    return of_line.emplace(line, check_expression(builder.context, dated_by->expr[0], other)).first->second;
  };
  Visit visit = [&](ir::Expr& e) {
    if (e.kind == ir::ExprKind::decided_date) {
      e = date_of(e.variable);
      return;  // the expression may itself fall back on the date of service
    }
    for (ir::Expr& arg : e.args) visit(arg);
    for (ir::Query& query : e.query) visit_query(query, visit);
  };
  ir::Policy& policy = builder.policy();
  for (size_t i = builder.first_criterion; i < policy.criteria.size(); ++i) visit_criterion(policy.criteria[i], visit);
  for (size_t i = builder.first_rule; i < policy.rules.size(); ++i) visit_rule(policy.rules[i], visit);
  for (size_t i = builder.first_remark; i < policy.remarks.size(); ++i) {
    visit_text(policy.remarks[i].text, visit);
    visit_maybe(policy.remarks[i].when, visit);
  }
  for (size_t i = builder.first_condition; i < policy.conditions.size(); ++i) {
    visit_text(policy.conditions[i].text, visit);
    for (auto& [name, value] : policy.conditions[i].values) visit(value);
  }
  for (BlockPlan& plan : builder.blocks) {
    ir::Block& block = builder.block(plan);
    for (std::optional<ir::Expr>* e : {&block.scope, &block.item_where, &block.version_gate}) visit_maybe(*e, visit);
  }
}

}  // namespace rubric::check
