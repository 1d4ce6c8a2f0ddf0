// Calls: author's functions and defines (inlined), lookups, and the functions that CQL names.
//
// A function's body sees its arguments, the line and the case, never the caller's names. Its arguments are checked once;
// those that are lists are checked again at each use, so that each use has variables of its own. A definition that is
// being inlined while it is asked for again is a recursion: the message shows the way round.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "compiler/check_expressions.h"
#include "vm/decimal.h"

namespace rubric::check {

using vm::Type;
using Kind = Meaning::Kind;

namespace {

// The functions that take one list.
constexpr std::string_view list_functions[] = {"Count", "Sum", "Min", "Max", "Avg", "First", "Last", "AllTrue", "AnyTrue"};
std::string way_round(const Context& context, Id definition) {
  std::string way;
  auto first = std::ranges::find(context.active, definition);
  for (; first != context.active.end(); ++first) way += context.definitions[*first].define->name.text + " -> ";
  return way + context.definitions[definition].define->name.text;
}

// What the argument is bound to, or nothing with a report.
std::optional<Named> bind(Context& context, const std::pair<ast::Word, ast::TypeRef>& parameter, const ast::Expr& written, Meaning argument,
                          const Scope& scope) {
  if (is_error(argument)) return std::nullopt;
  Named made;
  made.name = parameter.first.text;
  std::optional<ir::Type> type;
  if (!parameter.second.name.empty()) {
    type = type_of(context, parameter.second);
    if (!type) return std::nullopt;
  }
  const auto wrong = [&] {
    Diagnostic& report = context.report<DiagnosticId::wrong_argument>(written.span, type_name(context, argument), parameter.first.text,
                                                                      type_name(context, *type));
    if (type_name(context, *type) == "Quantity") {
      const bool number = written.kind == ast::ExprKind::integer_literal;
      report.help =
          "write an amount with its unit: " + (number ? written.text + " days, " + written.text + " weeks" : "6 weeks, 12 months");
    }
    return std::nullopt;
  };
  if (argument.kind == Kind::picked && argument.rows[0].item[0].kind == Kind::value) {
    argument = value_meaning(as_value(context, std::move(argument)));
    if (is_error(argument)) return std::nullopt;
  }
  if (type) {
    const bool row = argument.kind == Kind::row || argument.kind == Kind::picked;
    if (type->kind == ir::Type::Kind::row && (!row || type_name(context, argument) != type->names[0])) return wrong();
    if (type->kind == ir::Type::Kind::list && argument.kind != Kind::rows && argument.kind != Kind::list) return wrong();
    if (type->kind == ir::Type::Kind::interval && argument.kind != Kind::interval) return wrong();
    if (type->kind == ir::Type::Kind::scalar) {
      if (argument.kind != Kind::value) return wrong();
      if (!is_null(argument.value) && !conversion_cost(argument.value.type.scalar, type->scalar)) return wrong();
      argument.value = converted(context, std::move(argument.value), type->scalar);
    }
  }
  if (argument.kind == Kind::row) {
    made.kind = Named::Kind::row;
    made.variable = argument.variable;
    made.path = argument.path;
  } else if (argument.kind == Kind::value) {
    made.kind = Named::Kind::value;
    if (argument.value.text.empty() && argument.value.kind != ir::ExprKind::constant) argument.value.text = words(written);
    made.value.push_back(std::move(argument.value));
  } else {
    made.kind = Named::Kind::argument;
    made.argument = &written;
    made.argument_scope = &scope;
  }
  return made;
}

Meaning call_function(Context& context, const Symbol& symbol, const ast::Expr& expression, const Scope& scope) {
  const ast::Define& define = *context.definitions[symbol.index].define;
  if (define.parameters.size() != expression.args.size()) {
    for (const ast::Expr& arg : expression.args) meaning_of(context, arg, scope);
    context.report<DiagnosticId::wrong_number_of_arguments>(expression.span, symbol.name, define.parameters.size(), expression.args.size())
        .relate(symbol.span, "it is declared here");
    return error_meaning(expression.span);
  }
  std::vector<Named> arguments;
  bool wrong = false;
  for (size_t i = 0; i < expression.args.size(); ++i) {
    Meaning argument = meaning_of(context, expression.args[i], scope);
    std::optional<Named> bound = bind(context, define.parameters[i], expression.args[i], std::move(argument), scope);
    wrong = wrong || !bound;
    if (bound) arguments.push_back(std::move(*bound));
  }
  if (wrong) return error_meaning(expression.span);
  Meaning made = inline_definition(context, symbol.index, std::move(arguments), expression.span, scope);
  // A value and a single comparison go by the call, since the body speaks of the function's own names; a truth that
  // joins several keeps them, which say more.
  const bool joins = made.kind == Kind::value && (made.value.kind == ir::ExprKind::truth_and || made.value.kind == ir::ExprKind::truth_or ||
                                                  made.value.kind == ir::ExprKind::truth_not || made.value.kind == ir::ExprKind::select);
  if (made.kind == Kind::value && !(joins && is_scalar(made.value, Type::truth))) made.value.text = words(expression);
  if (made.kind == Kind::picked) made.name = words(expression);
  return made;
}

Meaning call_lookup(Context& context, const Symbol& symbol, const ast::Expr& expression, const Scope& scope) {
  const Span span = expression.span;
  const Lookup& lookup = context.lookups[symbol.index];
  if (expression.args.size() != 1) {
    context.report<DiagnosticId::wrong_number_of_arguments>(span, symbol.name, 1, expression.args.size())
        .relate(symbol.span, "it is declared here");
    return error_meaning(span);
  }
  ir::Expr key = value_of(context, expression.args[0], scope);
  if (is_error(key) || lookup.table == none_id) return error_meaning(span);
  if (!is_null(key) && !conversion_cost(key.type.scalar, lookup.from.scalar)) {
    context.report<DiagnosticId::wrong_argument>(expression.args[0].span, type_name(context, key.type), symbol.name,
                                                 type_name(context, lookup.from));
    return error_meaning(span);
  }
  ir::Expr made;
  made.kind = ir::ExprKind::lookup;
  made.type = lookup.to;
  made.span = span;
  made.text = words(expression);
  made.table = lookup.table;
  made.args.push_back(converted(context, std::move(key), lookup.from.scalar));
  return value_meaning(std::move(made));
}

Meaning unknown_function(Context& context, const ast::Expr& expression) {
  const std::string& name = expression.name;
  std::vector<std::string> names{"Coalesce", "Today"};
  for (std::string_view each : list_functions) names.emplace_back(each);
  for (const vm::OperatorInfo& row : vm::operators()) {
    if (!row.name.empty() && row.name[0] >= 'A' && row.name[0] <= 'Z') names.emplace_back(row.name);
  }
  for (const auto& [text, symbol] : context.symbols) {
    if (symbol.kind == SymbolKind::function || symbol.kind == SymbolKind::lookup) names.push_back(text);
  }
  context.report<DiagnosticId::unknown_name>(word_span(context, expression.span, name), "function", name)
      .did_you_mean(nearest(name, names));
  return error_meaning(expression.span);
}

}  // namespace

Meaning check_invoke(Context& context, const ast::Expr& expression, const Scope& scope) {
  const Span span = expression.span;
  const std::string& name = expression.name;
  if (const Symbol* symbol = find_symbol(context, name)) {
    if (symbol->kind == SymbolKind::function) return call_function(context, *symbol, expression, scope);
    if (symbol->kind == SymbolKind::lookup) return call_lookup(context, *symbol, expression, scope);
    context.report<DiagnosticId::wrong_kind>(word_span(context, span, name), name, a_kind(symbol->kind), "a function or lookup")
        .relate(symbol->span, "it is declared here");
    return error_meaning(span);
  }
  if (std::optional<Meaning> made = check_value_function(context, expression, scope)) return std::move(*made);
  if (std::ranges::find(list_functions, name) != std::end(list_functions) || name == "Exists") {
    if (expression.args.size() != 1) {
      context.report<DiagnosticId::wrong_number_of_arguments>(span, name, 1, expression.args.size());
      return error_meaning(span);
    }
    return fold_rows(context, name == "Exists" ? "exists" : name, meaning_of(context, expression.args[0], scope), span, words(expression));
  }
  if (name == "Today") {
    ir::Expr made;
    made.kind = ir::ExprKind::as_of;
    made.type = scalar_type(Type::date);
    made.span = span;
    made.text = words(expression);
    return value_meaning(std::move(made));
  }
  if (name == "Coalesce" && !expression.args.empty()) {
    std::vector<ir::Expr> values;
    for (const ast::Expr& arg : expression.args) values.push_back(value_of(context, arg, scope));
    if (values.size() == 1) return value_meaning(std::move(values[0]));
    return value_meaning(make_coalesce(context, std::move(values), span, words(expression)));
  }
  if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z' && operator_exists(name)) {
    std::vector<ir::Expr> args;
    for (const ast::Expr& arg : expression.args) args.push_back(value_of(context, arg, scope));
    return value_meaning(make_call(context, name, std::move(args), span, words(expression)));
  }
  for (const ast::Expr& arg : expression.args) meaning_of(context, arg, scope);
  return unknown_function(context, expression);
}

// ---------------------------------------------------------------- inlining

Meaning inline_definition(Context& context, Id definition, std::vector<Named> arguments, Span span, const Scope& scope) {
  const ast::Define& define = *context.definitions[definition].define;
  if (std::ranges::count(context.active, definition) > 0) {
    context.report<DiagnosticId::recursive>(span, way_round(context, definition), "every definition must end: write it without itself");
    return error_meaning(span);
  }
  if (context.definitions[definition].broken) return error_meaning(span);
  Scope inside = scope;
  inside.parent = nullptr;
  inside.names = std::move(arguments);
  context.active.push_back(definition);
  const size_t reported = context.diagnostics.all().size();
  Meaning made = meaning_of(context, define.body, inside);
  // What is wrong with the body only here is the arguments' doing.
  if (!context.dry) context.diagnostics.relate_since(reported, span, "it is used here");
  context.active.pop_back();
  if (made.kind == Kind::list || made.kind == Kind::interval) made.name = define.name.text;
  if (made.kind == Kind::value && made.value.type.kind == ir::Type::Kind::scalar && !define.result.name.empty()) {
    const std::optional<ir::Type> result = type_of(context, define.result);
    if (result && result->kind == ir::Type::Kind::scalar && conversion_cost(made.value.type.scalar, result->scalar)) {
      made.value = converted(context, std::move(made.value), result->scalar);
    }
  }
  if (!is_error(made)) made.span = span;
  return made;
}

namespace {

// A value of the type that says nothing about itself: it may be none, no code system, no words, no unit are known.
ir::Expr opaque(Type type, Span span) {
  if (type == Type::quantity) return make_constant(quantity_constant(vm::to_decimal(1), *vm::find_unit("day")), span);
  ir::Expr made;
  made.kind = ir::ExprKind::lookup;
  made.type = scalar_type(type);
  made.span = span;
  return made;
}

std::optional<Named> stand_in(Context& context, const std::pair<ast::Word, ast::TypeRef>& parameter) {
  const std::optional<ir::Type> type = type_of(context, parameter.second);
  if (!type) return std::nullopt;
  if (type->kind == ir::Type::Kind::scalar) return value_named(parameter.first.text, opaque(type->scalar, parameter.first.span));
  if (type->kind != ir::Type::Kind::row) return std::nullopt;
  const ir::Model& model = context.policy.model;
  if (type->names[0] == "Case") return row_named(parameter.first.text, 0);
  for (Id domain = 1; domain < model.domains.size(); ++domain) {
    const Id node = model.domains[domain].node;
    if (node == none_id || entity_name(context, node) != type->names[0]) continue;
    // Any row of the entity will do; its owner is a row of the list around it.
    Id owner = 0;
    std::vector<Id> way;
    for (Id at = model.domains[domain].parent; at != 0; at = model.domains[at].parent) way.push_back(at);
    for (auto at = way.rbegin(); at != way.rend(); ++at) owner = add_variable(context, "", *at, owner);
    return row_named(parameter.first.text, add_variable(context, parameter.first.text, domain, owner));
  }
  for (Id field = 0; field < model.nodes[0].fields.size(); ++field) {
    const vm::Field& object = model.nodes[0].fields[field];
    if (object.kind != vm::FieldKind::object || entity_name(context, object.node) != type->names[0]) continue;
    Named made = row_named(parameter.first.text, 0);
    made.path = {field};
    return made;
  }
  return std::nullopt;
}

}  // namespace

void check_definition(Context& context, Id definition) {
  const ast::Define& define = *context.definitions[definition].define;
  Scope scope;
  if (lines_domain(context) != none_id) scope.line = add_line_variable(context);
  std::vector<Named> arguments;
  for (const auto& parameter : define.parameters) {
    std::optional<Named> made = stand_in(context, parameter);
    if (!made) return;  // a list or an interval: checked where it is called
    arguments.push_back(std::move(*made));
  }
  std::optional<ir::Type> result;
  if (!define.result.name.empty()) result = type_of(context, define.result);
  context.dry = true;
  Meaning body = inline_definition(context, definition, std::move(arguments), define.body.span, scope);
  context.dry = false;
  if (is_error(body) || !result || result->kind != ir::Type::Kind::scalar) return;
  ir::Expr value = as_value(context, std::move(body));
  if (is_error(value) || is_null(value) || conversion_cost(value.type.scalar, result->scalar)) return;
  context.report<DiagnosticId::wrong_result>(define.body.span, define.name.text, type_name(context, *result),
                                             type_name(context, value.type));
}

}  // namespace rubric::check
