// Conditions on an approval, and reading them back from the payer's earlier decisions.
//
// An approval carries a condition with the values that it quotes; the next record returns it among `authorizations`. The
// criterion `condition C of the last authorization` asks of the last one that names C: it applies once the condition
// is due, or as soon as its test is met, and then it is that test, read with the stored values.

#include "compiler/check_policy.h"

#include "base/text.h"

#include <algorithm>

namespace rubric::check {

namespace {

using ast::ExprKind;

void for_each_condition(Builder& builder, const std::function<void(const ast::Condition&)>& visit) {
  auto look = [&](const std::vector<ast::Declaration>& declarations) {
    for (const ast::Declaration& d : declarations) {
      for (const ast::Condition& c : d.condition) visit(c);
    }
  };
  look(builder.base.declarations);
  for (const Overlay& overlay : builder.overlays) look(overlay.module->declarations);
}

bool mentions_name(const ast::Expr& e, std::string_view name) {
  bool found = false;
  collect_names(e, [&](const std::string& mentioned, Span) { found = found || mentioned == name; });
  return found;
}

// The names behind `values.`, each with its place.
void stored_values(const ast::Expr& e, std::vector<ast::Word>& found) {
  if (e.kind == ExprKind::member && e.args[0].kind == ExprKind::name && e.args[0].name == "values") found.push_back({e.name, e.span});
  for (const std::vector<ast::Expr>* part : {&e.args, &e.of, &e.where, &e.count}) {
    for (const ast::Expr& inner : *part) stored_values(inner, found);
  }
}

ast::Expr name_expr(std::string name, Span span) {
  ast::Expr e;
  e.kind = ExprKind::name;
  e.name = std::move(name);
  e.span = span;
  return e;
}

ast::Expr binary_expr(std::string op, ast::Expr a, ast::Expr b) {
  ast::Expr e;
  e.kind = ExprKind::binary;
  e.name = std::move(op);
  e.span = b.span;
  e.args.push_back(std::move(a));
  e.args.push_back(std::move(b));
  return e;
}

// The payer's decisions as the record model has them; not every model does.
struct Authorizations {
  Id list = none_id;
  bool obligations = false;
};

Authorizations find_authorizations(Context& context) {
  Authorizations found;
  found.list = case_list_of(context, "Authorization");
  if (found.list == none_id) return found;
  const vm::Node& node = context.policy.model.nodes[context.policy.model.domains[found.list].node];
  for (const vm::Field& field : node.fields) {
    if (field.kind == vm::FieldKind::list && entity_name(context, field.node) == "Obligation") found.obligations = true;
  }
  return found;
}

// The rows that a condition's criterion reads: each use has variables of its own.
struct StoredRow {
  ir::Query query;
  Id authorization = none_id, obligation = none_id;
};

class LastAuthorization {
 public:
  LastAuthorization(Builder& builder, const ast::Condition& condition, Id list, Span span)
      : builder(builder), context(builder.context), condition(condition), list(list), span(span) {}

  ir::Expr exists() {
    StoredRow row = stored();
    row.query.value = std::move(row.query.where);
    row.query.where.clear();
    return make_fold(ir::Fold::any, std::move(row.query), scalar_type(vm::Type::truth), span,
                     "an earlier authorization has the condition " + condition.name.text);
  }

  // A field of the last authorization that names the condition, or of its obligation.
  ir::Expr last(bool of_obligation, std::vector<std::string> path) {
    StoredRow row = stored();
    Id variable = of_obligation ? row.obligation : row.authorization;
    std::vector<Id> fields;
    Id node = builder.policy().variables[variable].node;
    for (const std::string& name : path) {
      Id field = node == none_id ? none_id : find_field(context, node, name);
      if (field == none_id) {
        context.report<DiagnosticId::stored_value_unknown>(span, path.back(), condition.name.text);
        return error_expression(span);
      }
      fields.push_back(field);
      node = builder.policy().model.nodes[node].fields[field].node;
    }
    ir::Expr value = make_field(context, variable, std::move(fields), span);
    ir::Type type = value.type;
    row.query.key.push_back(make_field(context, row.authorization, "date", span));
    row.query.value.push_back(std::move(value));
    return make_fold(ir::Fold::last, std::move(row.query), std::move(type), span);
  }

 private:
  StoredRow stored() {
    StoredRow row;
    row.authorization = add_variable(context, "Authorization", list, 0);
    Id conditions = expect_list(context, row.authorization, {"Obligation", span});
    row.obligation = add_variable(context, "Obligation", conditions, row.authorization);
    row.query.sources = {{row.authorization}, {row.obligation}};
    row.query.where.push_back(
        make_call(context, "=", {make_field(context, row.obligation, "name", span), make_text(condition.name.text, span)}, span));
    return row;
  }

  Builder& builder;
  Context& context;
  const ast::Condition& condition;
  Id list;
  Span span;
};

// The test of a condition. `Performed` is the procedure that was done under the authorization, `values.P` what was
// stored with it; without an authorization (the condition checked for itself) they are any procedure and today's values.
ir::Expr check_test(Builder& builder, const ast::Condition& condition, LastAuthorization* last, const Scope& outer) {
  Context& context = builder.context;
  const ast::Expr& written = *condition.met_when;
  Scope scope = Scope::inner(outer);
  std::vector<ast::Word> names;
  stored_values(written, names);
  if (!names.empty()) {
    Named values;
    values.name = "values";
    values.kind = Named::Kind::fields;
    for (const ast::Word& word : names) {
      if (std::any_of(values.fields.begin(), values.fields.end(), [&](const Named& n) { return n.name == word.text; })) continue;
      ir::Expr value = last ? last->last(true, {"values", word.text}) : check_expression(context, name_expr(word.text, word.span), outer);
      values.fields.push_back(value_named(word.text, std::move(value)));
    }
    scope.names.push_back(std::move(values));
  }
  if (!mentions_name(written, "Performed")) return check_truth(context, written, scope);

  ast::Expr has;
  has.kind = ExprKind::has;
  has.name = "some";
  has.entity = "PriorProcedure";
  has.alias = "Performed";
  has.span = written.span;
  if (last) {
    scope.names.push_back(value_named("the authorization's id", last->last(false, {"id"})));
    ast::Expr under;
    under.kind = ExprKind::member;
    under.name = "authorization";
    under.span = written.span;
    under.args.push_back(name_expr("Performed", written.span));
    has.args.push_back(binary_expr("and", binary_expr("=", std::move(under), name_expr("the authorization's id", written.span)), written));
  } else {
    has.args.push_back(written);
  }
  ir::Expr test = check_truth(context, has, scope);
  if (!is_error(test)) test.text = "a procedure done under it has " + std::string(context.sources.text(written.span));
  return test;
}

ir::Expr as_of(Span span) {
  ir::Expr e;
  e.kind = ir::ExprKind::as_of;
  e.type = scalar_type(vm::Type::date);
  e.span = span;
  return e;
}

// None (no date was set, or the event has not happened) is not yet due.
ir::Expr or_false(ir::Expr truth, Span span) {
  ir::Expr e;
  e.kind = ir::ExprKind::coalesce;
  e.type = scalar_type(vm::Type::truth);
  e.span = span;
  e.args = {std::move(truth), make_truth(false, span)};
  return e;
}

}  // namespace

void declare_conditions(Builder& builder) {
  for_each_condition(builder, [&](const ast::Condition& clause) {
    Id id = static_cast<Id>(builder.policy().conditions.size());
    if (!add_symbol(builder.context, SymbolKind::condition, clause.name, id)) return;
    ir::Condition condition;
    condition.name = clause.name.text;
    condition.span = clause.span;
    builder.policy().conditions.push_back(std::move(condition));
    builder.conditions.emplace(clause.name.text, &clause);
  });
}

void check_conditions(Builder& builder) {
  Context& context = builder.context;
  for (const auto& [name, clause] : builder.conditions) {
    Id id = find_symbol(context, name)->index;
    ir::Condition condition = std::move(builder.policy().conditions[id]);
    Scope scope = Scope::inner(builder.scope);
    if (!clause->text.empty()) condition.text = check_text(builder, clause->text, clause->span, scope);
    if (clause->due_from) condition.due_from = check_period(context, *clause->due_from, scope);
    if (clause->due_to) condition.due_to = check_period(context, *clause->due_to, scope);
    condition.after = clause->after.text;
    condition.cites = check_cites(builder, clause->cites);
    if (clause->met_when) check_test(builder, *clause, nullptr, scope);

    // The parameters that its text and test quote go with the approval.
    std::vector<ast::Word> quoted;
    ast::Declaration whole;
    whole.kind = ast::DeclarationKind::condition;
    whole.condition.push_back(*clause);
    collect_names(whole, [&](const std::string& word, Span span) { quoted.push_back({word, span}); });
    if (clause->met_when) stored_values(*clause->met_when, quoted);
    for (const ast::Word& word : quoted) {
      const Symbol* symbol = find_symbol(context, word.text);
      bool parameter = symbol && (symbol->kind == SymbolKind::parameter || builder.replaced_parameters.contains(word.text));
      bool known = std::any_of(condition.values.begin(), condition.values.end(), [&](const auto& v) { return v.first == word.text; });
      if (parameter && !known) condition.values.emplace_back(word.text, check_expression(context, name_expr(word.text, word.span), scope));
    }
    builder.policy().conditions[id] = std::move(condition);
  }
}

void check_condition_of_last(Builder& builder, size_t, Id criterion, const ast::Expr& e, const Scope& scope) {
  Context& context = builder.context;
  builder.used.insert(e.name);
  if (!expect_symbol(context, {e.name, e.span}, {SymbolKind::condition})) return;
  const ast::Condition& condition = *builder.conditions.at(e.name);
  if (!condition.met_when) {
    context.report<DiagnosticId::condition_without_test>(e.span, e.name).relate(condition.span, "the condition");
    return;
  }
  Authorizations authorizations = find_authorizations(context);
  if (!authorizations.obligations) {
    context.report<DiagnosticId::no_authorizations>(e.span);
    return;
  }
  builder.reads_authorizations = true;
  LastAuthorization last(builder, condition, authorizations.list, e.span);
  ir::Expr test = check_test(builder, condition, &last, scope);
  std::optional<ir::Expr> applies = last.exists();
  if (condition.due_from || condition.due_to) {
    ir::Expr due = make_call(context, ">=", {as_of(e.span), last.last(true, {"dueFrom"})}, e.span, "the condition " + e.name + " is due");
    add_gate(applies, make_or({or_false(std::move(due), e.span), test}, e.span), e.span);
  }
  ir::Criterion& filled = builder.criterion(criterion);
  filled.kind = vm::CriterionKind::leaf;
  add_gate(filled.applies, applies, e.span);
  filled.condition = std::move(test);
}

// A stored condition that the policy no longer has is for a person to judge. The rule reads the record as it stands: a
// record without authorizations is silent about them, and that alone must not hold a line.
void add_stored_condition_rules(Builder& builder) {
  if (!builder.reads_authorizations) return;
  Context& context = builder.context;
  Authorizations authorizations = find_authorizations(context);
  Id line_node = builder.policy().variables[builder.line].node;
  for (size_t block = 0; block < builder.blocks.size(); ++block) {
    BlockPlan& plan = builder.blocks[block];
    Span span = plan.decides->span;
    Id criterion = add_criterion(builder, block, "UnknownStoredCondition", "UnknownStoredCondition", {}, span);
    Id authorization = add_variable(context, "Authorization", authorizations.list, 0);
    Id obligation = add_variable(context, "Obligation", expect_list(context, authorization, {"Obligation", span}), authorization);
    std::vector<ir::Expr> tests;
    Id code = find_field(context, builder.policy().variables[authorization].node, "code");
    if (code != none_id && find_field(context, line_node, "code") != none_id) {
      tests.push_back(make_call(context, "=",
                                {make_field(context, authorization, "code", span), make_field(context, builder.line, "code", span)}, span));
    }
    for (const auto& [name, clause] : builder.conditions) {
      tests.push_back(make_call(context, "!=", {make_field(context, obligation, "name", span), make_text(name, span)}, span));
    }
    ir::Query query;
    query.sources = {{authorization}, {obligation}};
    query.value.push_back(make_and(std::move(tests), span));
    ir::Expr condition = make_fold(ir::Fold::any, std::move(query), scalar_type(vm::Type::truth), span);
    builder.criterion(criterion).condition = std::move(condition);
    builder.criterion(criterion).text.push_back(
        {.text = "An earlier approval has a condition that this policy does not have", .expr = {}, .because = false});

    Scope scope = Scope::inner(plan.scope);
    scope.statuses = true;
    ir::Rule rule;
    rule.name = "UnknownStoredCondition";
    rule.block = plan.id;
    rule.outcome = static_cast<uint8_t>(vm::Outcome::review);
    rule.when = make_status(context, criterion, ir::Test::shown, span, scope);
    rule.span = span;
    builder.policy().rules.push_back(std::move(rule));
    plan.rules["UnknownStoredCondition"].push_back(static_cast<Id>(builder.policy().rules.size() - 1));
  }
}

}  // namespace rubric::check
