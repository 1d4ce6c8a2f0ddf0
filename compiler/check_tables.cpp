// Decision tables: every row becomes a rule, and a second one where it has an `else`.
//
// A column's head says what its cells are: an expression (the cell is what it must be), `if` (criteria and conditions,
// all of which must hold), `then` and `else` (outcomes), `deny because` (the outcome is the head's, the cell says why),
// `cite`, `name` and `note`. The rules are ordinary ones afterwards: conflicts and gaps are found as anywhere else.

#include "compiler/check_policy.h"

#include "base/text.h"

#include <algorithm>

namespace rubric::check {

namespace {

constexpr std::string_view because = " because";

bool is_condition(const ast::Cell& head) {
  const std::string& text = head.text;
  return text != "if" && text != "then" && text != "else" && text != "cite" && text != "name" && text != "note" && !text.ends_with(because);
}

bool is_blank(const ast::Cell& cell) { return cell.text.empty() && cell.exprs.empty(); }

const ast::Cell* find_cell(const ast::Table& table, size_t row, std::string_view head) {
  for (size_t column = 0; column < table.head.size() && column < table.rows[row].size(); ++column) {
    if (table.head[column].text == head) return &table.rows[row][column];
  }
  return nullptr;
}

// What the row concludes where its `if` part holds: from `then`, or from the one `... because` column that is filled in.
struct Conclusion {
  std::optional<ast::Outcome> outcome;
  std::string because;
};

Conclusion conclusion_of(const ast::Table& table, size_t row) {
  Conclusion conclusion;
  for (size_t column = 0; column < table.head.size() && column < table.rows[row].size(); ++column) {
    const ast::Cell &head = table.head[column], &cell = table.rows[row][column];
    if (is_blank(cell)) continue;
    if (head.text == "then") conclusion.outcome = cell.outcome;
    if (!head.text.ends_with(because)) continue;
    conclusion.because = cell.text;
    ast::Outcome outcome;
    outcome.word = {head.text.substr(0, head.text.size() - because.size()), head.span};
    conclusion.outcome = std::move(outcome);
  }
  return conclusion;
}

bool holds_several(const Builder& builder, const ast::Expr& e) {
  if (e.kind == ast::ExprKind::list || e.kind == ast::ExprKind::interval) return true;
  if (e.kind != ast::ExprKind::name) return false;
  const Symbol* symbol = find_symbol(builder.context, e.name);
  if (!symbol) return false;
  if (symbol->kind == SymbolKind::value_set) return true;
  return symbol->kind == SymbolKind::define && holds_several(builder, builder.context.definitions[symbol->index].define->body);
}

// `Line.code` above `CPT '64400'`: the test that the author would have written out.
ast::Expr cell_test(const Builder& builder, const ast::Expr& head, const ast::Expr& cell) {
  ast::Expr test;
  test.kind = ast::ExprKind::binary;
  test.name = holds_several(builder, cell) ? "in" : "=";
  test.span = cell.span;
  test.args = {head, cell};
  return test;
}

bool names_criterion(const Builder& builder, const ast::Expr& e) {
  if (e.kind == ast::ExprKind::member) return names_criterion(builder, e.args[0]);
  if (e.kind != ast::ExprKind::name) return false;
  const Symbol* symbol = find_symbol(builder.context, e.name);
  return symbol && symbol->kind == SymbolKind::criterion;
}

ast::Expr negated(const Builder& builder, const ast::Expr& e) {
  ast::Expr test;
  test.span = e.span;
  test.args = {e};
  bool status = names_criterion(builder, e) || e.kind == ast::ExprKind::group;
  test.kind = status ? ast::ExprKind::status : ast::ExprKind::unary;
  test.name = status ? "not met" : "not";
  if (e.kind == ast::ExprKind::status && e.name == "met") return negated(builder, e.args[0]);
  if (e.kind == ast::ExprKind::status && e.name == "not met") {
    test = e;
    test.name = "met";
  }
  return test;
}

// Checks once what concerns whole columns, so that a mistake in a head is not said for every row.
bool check_heads(Builder& builder, const ast::Table& table) {
  bool conclusion = false, good = true;
  for (size_t column = 0; column < table.head.size(); ++column) {
    const ast::Cell& head = table.head[column];
    conclusion = conclusion || head.text == "then" || head.text.ends_with(because);
    if (head.text == "else" && !std::any_of(table.head.begin(), table.head.end(), [](const ast::Cell& c) { return c.text == "if"; })) {
      builder.context.report<DiagnosticId::table_else_without_if>(head.span);
      good = false;
    }
    if (is_condition(head) && head.exprs.size() != 1) {
      if (head.text.empty()) builder.context.report<DiagnosticId::table_head>(head.span);
      good = false;
    }
    for (size_t other = 0; other < column; ++other) {
      if (table.head[other].text != head.text) continue;
      builder.context.report<DiagnosticId::declared_twice>(head.span, head.text).relate(table.head[other].span, "the other column");
      good = false;
    }
  }
  if (!conclusion && !table.head.empty()) {
    builder.context.report<DiagnosticId::table_without_then>(table.name.span, table.name.text);
    good = false;
  }
  return good && !table.head.empty();
}

bool check_item(Builder& builder, size_t block, const ast::Table& table) {
  if (!table.item_entity) return true;
  const BlockPlan& plan = builder.blocks[block];
  if (plan.scope.item_entity == table.item_entity.text) return true;
  auto& report = builder.context.report<DiagnosticId::table_items>(table.item_entity.span, table.name.text, table.item_entity.text);
  report.relate(plan.decides->span,
                plan.scope.item_entity.empty() ? "these rules run once a line" : "these rules run for each " + plan.scope.item_entity);
  return false;
}

void add_row_rule(Builder& builder, size_t block, const ast::Table& table, size_t row, bool otherwise, ast::Rule rule,
                  const Origin& origin) {
  rule.cites = table.cites;
  if (const ast::Cell* cites = find_cell(table, row, "cite")) rule.cites.insert(rule.cites.end(), cites->cites.begin(), cites->cites.end());
  if (const ast::Cell* note = find_cell(table, row, "note"); note && !note->text.empty()) rule.notes.push_back(note->text);
  builder.made_rules.push_back(std::move(rule));
  size_t before = builder.rules.size();
  declare_rule(builder, block, builder.made_rules.back(), origin);
  if (builder.rules.size() == before) return;
  builder.rules.back().table = &table;
  builder.rules.back().row = row;
  builder.rules.back().otherwise = otherwise;
  builder.blocks[block].rules[table.name.text].push_back(builder.rules.back().id);  // `exception to Table`: to all its rows
}

}  // namespace

void declare_table(Builder& builder, size_t block, const ast::Table& table, const Origin& origin) {
  if (!add_symbol(builder.context, SymbolKind::table, table.name, none_id)) return;
  if (!check_heads(builder, table) || !check_item(builder, block, table)) return;
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const std::vector<ast::Cell>& cells = table.rows[row];
    Span span = cells.empty() ? table.span : Span{cells.front().span.file, cells.front().span.begin, cells.back().span.end};
    Conclusion conclusion = conclusion_of(table, row);
    if (!conclusion.outcome) {
      builder.context.report<DiagnosticId::row_without_outcome>(span, table.name.text);
      continue;
    }
    const ast::Cell* name = find_cell(table, row, "name");
    ast::Rule rule;
    rule.name = {name && !name->text.empty() ? name->text : table.name.text + "[" + std::to_string(row + 1) + "]", span};
    rule.outcome = std::move(conclusion.outcome);
    rule.text = std::move(conclusion.because);
    rule.span = span;
    ast::Rule otherwise = rule;
    add_row_rule(builder, block, table, row, false, std::move(rule), origin);

    const ast::Cell* cell = find_cell(table, row, "else");
    if (!cell || !cell->outcome) continue;
    const ast::Cell* condition = find_cell(table, row, "if");
    if (!condition || condition->exprs.empty()) {
      builder.context.report<DiagnosticId::table_else_without_if>(cell->span);
      continue;
    }
    otherwise.name.text += " else";
    otherwise.outcome = cell->outcome;
    otherwise.text.clear();
    add_row_rule(builder, block, table, row, true, std::move(otherwise), origin);
  }
}

// The condition of a row's rule: every filled cell under an expression, and the `if` part, or for `else` its opposite.
ir::Expr check_row(Builder& builder, const RulePlan& plan, const Scope& outer) {
  const ast::Table& table = *plan.table;
  Scope scope = Scope::inner(outer);
  if (table.item_alias && outer.item != none_id) scope.names.push_back(row_named(table.item_alias.text, outer.item));
  std::vector<ir::Expr> members;
  for (size_t column = 0; column < table.head.size() && column < table.rows[plan.row].size(); ++column) {
    const ast::Cell &head = table.head[column], &cell = table.rows[plan.row][column];
    if (cell.exprs.empty()) continue;
    if (head.text == "if") {
      ast::Expr group;
      group.kind = ast::ExprKind::group;
      group.span = cell.span;
      group.flag = true;
      group.name = plan.otherwise ? "any of" : "all of";
      for (const ast::Expr& each : cell.exprs) group.args.push_back(plan.otherwise ? negated(builder, each) : each);
      members.push_back(check_logic(builder.context, group, scope));
    } else if (is_condition(head)) {
      std::vector<ir::Expr> any;
      for (const ast::Expr& each : cell.exprs) any.push_back(check_truth(builder.context, cell_test(builder, head.exprs[0], each), scope));
      members.push_back(make_or(std::move(any), cell.span));
    }
  }
  if (std::any_of(members.begin(), members.end(), is_error)) return error_expression(plan.rule->span);
  if (members.empty()) return make_truth(true, plan.rule->span);
  if (members.size() == 1) return std::move(members[0]);
  return make_group(ir::Group::all, 0, std::move(members), plan.rule->span);
}

}  // namespace rubric::check
