// Quantifiers: some, every, no, another, at least. What they look at is the rows of a query, and what they come to is a fold of them.
#include <fmt/format.h>

#include "compiler/check_expressions.h"

namespace rubric::check {

using Kind = Meaning::Kind;
using AstKind = ast::ExprKind;

namespace {

// `some Target T of Line`: the row whose list is meant.
std::optional<Meaning> owner_of(Context& context, const ast::Expr& has, const Scope& scope) {
  Meaning owner = meaning_of(context, has.of[0], scope);
  if (is_error(owner)) return std::nullopt;
  if (owner.kind == Kind::row) return owner;
  context.report<DiagnosticId::not_a_row>(has.of[0].span, type_name(context, owner));
  return std::nullopt;
}

// The variable that `another` is another of: the line, or the item.
Id one_at_hand(const Context& context, const ast::Expr& has, const Scope& scope) {
  const auto runs_over = [&](Id variable) {
    return variable != none_id && entity_name(context, context.policy.variables[variable].node) == has.entity;
  };
  if (runs_over(scope.item)) return scope.item;
  if (runs_over(scope.line)) return scope.line;
  return none_id;
}

std::optional<Rows> rows_of_list(Context& context, Id list, Id owner, const ast::Expr& has, Span span) {
  const std::string name = has.alias.empty() ? has.entity : has.alias;
  return as_rows(context, rows_meaning(context, list, owner, name, span));
}

// `some Line.targets T`, `some Recent P`: a list by its name or path.
std::optional<Rows> rows_by_path(Context& context, const ast::Expr& has, const Scope& scope) {
  ast::Expr path;
  path.kind = AstKind::name;
  path.span = has.span;
  size_t begin = 0;
  for (size_t dot = 0; dot != std::string::npos; begin = dot + 1) {
    dot = has.entity.find('.', begin);
    const std::string word = has.entity.substr(begin, dot == std::string::npos ? dot : dot - begin);
    if (begin == 0) {
      path.name = word;
      continue;
    }
    ast::Expr member;
    member.kind = AstKind::member;
    member.span = has.span;
    member.name = word;
    member.args.push_back(std::move(path));
    path = std::move(member);
  }
  return as_rows(context, meaning_of(context, path, scope));
}

std::optional<Rows> source_rows(Context& context, const ast::Expr& has, const Scope& scope) {
  const ast::Word entity{has.entity, word_span(context, has.span, has.entity)};
  if (!has.of.empty()) {
    std::optional<Meaning> owner = owner_of(context, has, scope);
    if (!owner) return std::nullopt;
    const Id list = expect_list(context, owner->variable, entity);
    if (list == none_id) return std::nullopt;
    return rows_of_list(context, list, owner->variable, has, has.span);
  }
  if (has.name == "another") {
    const Id other = one_at_hand(context, has, scope);
    if (other == none_id) {
      context.report<DiagnosticId::another_of_what>(entity.span, has.entity);
      return std::nullopt;
    }
    const ir::Variable& variable = context.policy.variables[other];
    return rows_of_list(context, variable.list, variable.owner, has, has.span);
  }
  const Symbol* symbol = find_symbol(context, has.entity);
  const bool named = scope.find(has.entity) || (symbol && symbol->kind == SymbolKind::define);
  if (named || has.entity.find('.') != std::string::npos) return rows_by_path(context, has, scope);
  const Id list = expect_list(context, 0, entity);
  if (list == none_id) return std::nullopt;
  return rows_of_list(context, list, 0, has, has.span);
}

// Blocks whose outcome `another approved Line` reads: those that this block comes after.
ir::Expr approved_line(Context& context, Id line, Span span, const Scope& scope) {
  std::vector<ir::Expr> blocks;
  for (Id block : scope.after) {
    ir::Expr made;
    made.kind = ir::ExprKind::approved;
    made.type = scalar_type(vm::Type::truth);
    made.span = span;
    made.variable = line;
    made.block = block;
    made.text = context.policy.variables[line].name + " is approved";
    blocks.push_back(std::move(made));
  }
  if (blocks.empty() && !context.dry) {
    context.report<DiagnosticId::approved_without_after>(span);
    return error_expression(span);
  }
  return make_or(std::move(blocks), span);
}

}  // namespace

std::optional<Rows> quantified_rows(Context& context, const ast::Expr& has, const Scope& scope, Scope& inside) {
  std::optional<Rows> rows = source_rows(context, has, scope);
  const std::string alias = has.alias.empty() ? has.entity : has.alias;
  if (!rows) {
    inside.names.push_back(value_named(alias, error_expression(has.span)));
    return std::nullopt;
  }
  std::optional<Named> element = named_element(alias, rows->item[0]);
  if (!element || rows->distinct) {
    context.report<DiagnosticId::not_supported>(has.span, "a quantifier over distinct values");
    inside.names.push_back(value_named(alias, error_expression(has.span)));
    return std::nullopt;
  }
  if (element->kind == Named::Kind::row && element->path.empty()) context.policy.variables[element->variable].name = alias;
  inside.names.push_back(std::move(*element));
  rows->key.clear();
  if (has.name == "another") {
    const Id other = one_at_hand(context, has, scope);
    if (other == none_id) {
      context.report<DiagnosticId::another_of_what>(has.span, has.entity);
      return std::nullopt;
    }
    ir::Expr different =
        make_call(context, "!=", {make_position(rows->sources.back(), has.span), make_position(other, has.span)}, has.span);
    rows->where.push_back(std::move(different));
  }
  if (has.approved) {
    const Id line = rows->sources.back();
    if (context.policy.variables[line].list != lines_domain(context)) {
      context.report<DiagnosticId::approved_not_a_line>(has.span, has.entity);
      return std::nullopt;
    }
    ir::Expr approved = approved_line(context, line, has.span, scope);
    if (is_error(approved)) return std::nullopt;
    rows->where.push_back(std::move(approved));
  }
  for (const ast::Expr& where : has.where) {
    ir::Expr condition = truth_of(context, where, inside);
    if (is_error(condition)) return std::nullopt;
    rows->where.push_back(std::move(condition));
  }
  return rows;
}

Meaning check_has(Context& context, const ast::Expr& expression, const Scope& scope) {
  const Span span = expression.span;
  Scope inside = Scope::inner(scope);
  std::optional<Rows> rows = quantified_rows(context, expression, scope, inside);
  ir::Expr condition = truth_of(context, expression.args[0], inside);
  ir::Expr count;
  if (expression.name == "at least") {
    count = value_of(context, expression.count[0], scope);
    if (!is_error(count) && !is_scalar(count, vm::Type::integer)) {
      context.report<DiagnosticId::wrong_type>(expression.count[0].span, type_name(context, count.type), "Integer");
      return error_meaning(span);
    }
  }
  if (!rows || is_error(condition) || is_error(count)) return error_meaning(span);
  const ir::Type truth = scalar_type(vm::Type::truth);
  if (expression.name == "at least") {
    rows->where.push_back(std::move(condition));
    const std::string alias = expression.alias.empty() ? "" : " " + expression.alias;
    std::string text = fmt::format("Count({}{} where {})", expression.entity, alias, words(expression.args[0]));
    ir::Expr many = make_fold(ir::Fold::count, query_of(std::move(*rows)), scalar_type(vm::Type::integer), span, std::move(text));
    return value_meaning(make_call(context, ">=", {std::move(many), std::move(count)}, span, words(expression)));
  }
  ir::Query query = query_of(std::move(*rows));
  query.value.push_back(std::move(condition));
  if (expression.name == "every") {
    return value_meaning(make_fold(ir::Fold::all, std::move(query), truth, span, words(expression)));
  }
  if (expression.name != "no") {
    return value_meaning(make_fold(ir::Fold::any, std::move(query), truth, span, words(expression)));
  }
  ast::Expr some = expression;
  some.name = "some";
  ir::Expr found = make_fold(ir::Fold::any, std::move(query), truth, span, words(some));
  return value_meaning(negated_text(std::move(found), words(expression), span));
}

}  // namespace rubric::check
