// Queries and quantifiers: where the rows come from, and which of them count.
//
// A query never moves rows. Its sources become variables, its conditions one `where`, its `return` an expression of the
// row, and all of it waits in Rows until a fold (Count, exists, First, some ... has) asks for it. So chained queries,
// `let` and `with` need no IR of their own: they are more sources, more conditions, other expressions.
#include <algorithm>
#include <deque>

#include <fmt/format.h>

#include "compiler/check_expressions.h"

namespace rubric::check {

using Kind = Meaning::Kind;
using AstKind = ast::ExprKind;

ir::Query query_of(Rows rows) {
  ir::Query query;
  for (Id variable : rows.sources) query.sources.push_back({variable});
  if (!rows.where.empty()) {
    const Span span = rows.where.front().span;
    query.where.push_back(make_and(std::move(rows.where), span));
  }
  query.key = std::move(rows.key);
  return query;
}

namespace {

// A name for an element: its row, its value, or its parts. Nothing for what a name cannot hold.
std::optional<Named> named_element(const std::string& name, const Meaning& element) {
  Named made;
  made.name = name;
  switch (element.kind) {
    case Kind::row:
      made.kind = Named::Kind::row;
      made.variable = element.variable;
      made.path = element.path;
      return made;
    case Kind::value:
      made.kind = Named::Kind::value;
      made.value.push_back(element.value);
      return made;
    case Kind::tuple:
      made.kind = Named::Kind::fields;
      for (size_t i = 0; i < element.parts.size(); ++i) {
        std::optional<Named> part = named_element(element.names[i], element.parts[i]);
        if (!part) return std::nullopt;
        made.fields.push_back(std::move(*part));
      }
      return made;
    case Kind::error:
    case Kind::rows:
    case Kind::picked:
    case Kind::list:
    case Kind::interval:
    case Kind::codes:
    case Kind::fields: return std::nullopt;
  }
  return std::nullopt;
}

// The rows of `other` for which `condition` holds: exist, in the sense of `with ... such that`.
ir::Expr exist(Rows other, ir::Expr condition, Span span, std::string text) {
  if (is_error(condition)) return error_expression(span);
  other.key.clear();
  other.where.push_back(std::move(condition));
  return make_fold(ir::Fold::any, query_of(std::move(other)), scalar_type(vm::Type::truth), span, std::move(text));
}

class Query {
public:
  Query(Context& c, const ast::Expr& e, const Scope& s) : context(c), expression(e) { scopes.push_back(Scope::inner(s)); }

  Meaning check() {
    for (const ast::Expr& clause : expression.args) {
      if (!this->clause(clause)) wrong = true;
    }
    if (wrong || rows.item.empty()) return error_meaning(expression.span);
    Meaning made;
    made.kind = Kind::rows;
    made.span = expression.span;
    made.rows.push_back(std::move(rows));
    return made;
  }

private:
  Context& context;
  const ast::Expr& expression;
  std::deque<Scope> scopes;  // one a name: what a `let` stands for is looked up where it was written
  Rows rows;
  bool wrong = false;

  const Scope& scope() const { return scopes.back(); }

  void name(Named named) {
    scopes.push_back(Scope::inner(scopes.back()));
    scopes.back().names.push_back(std::move(named));
  }

  // A name that stands for nothing: the mistake behind it was reported, its uses shall be silent.
  void name_error(const std::string& text, Span span) { name(value_named(text, error_expression(span))); }

  bool clause(const ast::Expr& written) {
    switch (written.kind) {
      case AstKind::source: return source(written);
      case AstKind::let_clause: return let(written);
      case AstKind::with_clause:
      case AstKind::without_clause: return related(written);
      case AstKind::where_clause: {
        ir::Expr condition = truth_of(context, written.args[0], scope());
        if (is_error(condition)) return false;
        rows.where.push_back(std::move(condition));
        return true;
      }
      case AstKind::return_clause: return returned(written);
      case AstKind::sort_clause: return sorted(written);
      case AstKind::aggregate_clause:
        context.report<DiagnosticId::not_supported>(written.span, "aggregate");
        return false;
      default: break;
    }
    context.report<DiagnosticId::not_supported>(written.span, "this clause of a query");
    return false;
  }

  bool source(const ast::Expr& written) {
    Meaning list = meaning_of(context, written.args[0], scope());
    if (list.kind == Kind::list) {
      context.report<DiagnosticId::not_supported>(list.span, "a query over a list that is written out");
      name_error(written.name, written.span);
      return false;
    }
    std::optional<Rows> other = as_rows(context, std::move(list));
    if (!other) {
      name_error(written.name, written.span);
      return false;
    }
    if (other->distinct) {
      context.report<DiagnosticId::not_supported>(written.span, "a query over distinct values");
      name_error(written.name, written.span);
      return false;
    }
    std::optional<Named> element = named_element(written.name, other->item[0]);
    if (!element) {
      context.report<DiagnosticId::not_supported>(written.span, "a query over lists of " + type_name(context, other->item[0]));
      name_error(written.name, written.span);
      return false;
    }
    if (element->kind == Named::Kind::row && element->path.empty()) {
      context.policy.variables[element->variable].name = written.name;  // rows go by the last name that they were given
    }
    name(std::move(*element));
    const bool first = rows.sources.empty();
    rows.sources.insert(rows.sources.end(), other->sources.begin(), other->sources.end());
    for (ir::Expr& condition : other->where) rows.where.push_back(std::move(condition));
    rows.key = first ? std::move(other->key) : std::vector<ir::Expr>{};
    rows.descending = first && other->descending;
    rows.item = std::move(other->item);
    return true;
  }

  bool let(const ast::Expr& written) {
    Meaning value = meaning_of(context, written.args[0], scope());
    if (is_error(value)) {
      name_error(written.name, written.span);
      return false;
    }
    if (std::optional<Named> named = named_element(written.name, value)) {
      name(std::move(*named));
      return true;
    }
    Named later;
    later.name = written.name;
    later.kind = Named::Kind::argument;
    later.argument = &written.args[0];
    later.argument_scope = &scopes.back();
    name(std::move(later));
    return true;
  }

  bool related(const ast::Expr& written) {
    std::optional<Rows> other = as_rows(context, meaning_of(context, written.args[0], scope()));
    if (!other) return false;
    Scope inside = Scope::inner(scope());
    std::optional<Named> element = named_element(written.name, other->item[0]);
    if (!element) return false;
    inside.names.push_back(std::move(*element));
    ir::Expr condition = truth_of(context, written.args[1], inside);
    ir::Expr exists = exist(std::move(*other), std::move(condition), written.span, words(written.args[1]));
    if (is_error(exists)) return false;
    const bool without = written.kind == AstKind::without_clause;
    rows.where.push_back(without ? make_not(std::move(exists), written.span) : std::move(exists));
    return true;
  }

  bool returned(const ast::Expr& written) {
    Meaning item = meaning_of(context, written.args[0], scope());
    if (is_error(item)) return false;
    if (item.kind == Kind::picked) item = value_meaning(as_value(context, std::move(item)));
    if (!named_element("", item)) {
      if (!is_error(item)) context.report<DiagnosticId::not_supported>(written.span, "return of " + type_name(context, item));
      return false;
    }
    rows.distinct = written.name == "distinct" && item.kind != Kind::row;
    rows.item = {std::move(item)};
    return true;
  }

  bool sorted(const ast::Expr& written) {
    if (rows.item.empty()) return false;
    const Meaning& item = rows.item[0];
    if (written.args.size() > 1) {
      context.report<DiagnosticId::not_supported>(written.args[1].span, "sorting by several keys");
      return false;
    }
    ir::Expr key;
    if (written.args.empty()) {
      key = as_value(context, item);
      rows.descending = written.name == "desc";
    } else {
      Scope inside = Scope::inner(scope());
      std::optional<Named> element = named_element("$this", item);
      if (element) {
        for (const Named& field : element->fields) inside.names.push_back(field);
        inside.names.push_back(std::move(*element));
      }
      key = value_of(context, written.args[0].args[0], inside);
      rows.descending = written.args[0].name == "desc";
    }
    if (is_error(key)) return false;
    static constexpr vm::Type ordered[] = {vm::Type::integer, vm::Type::decimal, vm::Type::date, vm::Type::text, vm::Type::quantity};
    if (key.type.kind != ir::Type::Kind::scalar || std::ranges::find(ordered, key.type.scalar) == std::ranges::end(ordered)) {
      context.report<DiagnosticId::not_an_order>(written.span, type_name(context, key.type));
      return false;
    }
    rows.key = {std::move(key)};
    return true;
  }
};

}  // namespace

Meaning check_query(Context& context, const ast::Expr& expression, const Scope& scope) {
  return Query(context, expression, scope).check();
}

// ---------------------------------------------------------------- some, every, no, another, at least

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
    ir::Expr different = make_call(context, "!=", {make_position(rows->sources.back(), has.span), make_position(other, has.span)}, has.span);
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
