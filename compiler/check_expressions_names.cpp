// Names and members: what a word stands for, and what stands behind its dot.
//
// The order: names of the scope (aliases, let, arguments), `Line` and the item, the case's lists and objects, then the
// declared names. A name that is not found is compared with all of these, and three confusions get a sentence of their
// own: a name in 'single quotes', a text in "double quotes", and a criterion inside of an expression.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "compiler/check_expressions.h"

namespace rubric::check {

Meaning rows_meaning(Context& context, Id list, Id owner, std::string name, Span span) {
  Rows rows;
  const Id variable = add_variable(context, std::move(name), list, owner);
  rows.sources.push_back(variable);
  rows.item.push_back(row_meaning(context, variable, {}, span));
  Meaning made;
  made.kind = Meaning::Kind::rows;
  made.span = span;
  made.rows.push_back(std::move(rows));
  return made;
}

Meaning named_meaning(Context& context, const Named& named, Span span) {
  switch (named.kind) {
    case Named::Kind::row: return row_meaning(context, named.variable, named.path, span);
    case Named::Kind::value: {
      Meaning made = value_meaning(named.value[0]);
      made.span = span;
      return made;
    }
    case Named::Kind::fields: {
      Meaning made;
      made.kind = Meaning::Kind::fields;
      made.span = span;
      made.named = &named;
      return made;
    }
    case Named::Kind::argument: {
      Meaning made = meaning_of(context, *named.argument, *named.argument_scope);
      made.span = span;
      return made;
    }
  }
  return error_meaning(span);
}

namespace {

Meaning line_meaning(Context& context, Span span, const Scope& scope) {
  if (scope.line != none_id) return row_meaning(context, scope.line, {}, span);
  context.report<DiagnosticId::no_line_here>(span);
  return error_meaning(span);
}

// The case's list or object of that name: `Trials`, `Program`.
Meaning case_meaning(Context& context, Id field, Span span) {
  const vm::Field& of_case = context.policy.model.nodes[0].fields[field];
  if (of_case.kind == vm::FieldKind::object) return row_meaning(context, 0, {field}, span);
  return rows_meaning(context, of_case.domain, 0, std::string(entity_name(context, of_case.node)), span);
}

Meaning codes_meaning(Id set, Span span) {
  Meaning made;
  made.kind = Meaning::Kind::codes;
  made.set = set;
  made.span = span;
  return made;
}

Meaning symbol_meaning(Context& context, const Symbol& symbol, const ast::Expr& expression, const Scope& scope) {
  const Span span = expression.span;
  if (symbol.twice) return error_meaning(span);
  switch (symbol.kind) {
    case SymbolKind::value_set: return codes_meaning(symbol.index, span);
    case SymbolKind::parameter: return parameter_meaning(context, symbol.index, span, scope);
    case SymbolKind::define: return inline_definition(context, symbol.index, {}, span, scope);
    case SymbolKind::function:
    case SymbolKind::lookup:
      context.report<DiagnosticId::call_without_arguments>(span, symbol.name, a_kind(symbol.kind))
          .relate(symbol.span, "it is declared here");
      return error_meaning(span);
    case SymbolKind::criterion:
      context.report<DiagnosticId::criterion_in_expression>(span, symbol.name).relate(symbol.span, "it stands here");
      return error_meaning(span);
    case SymbolKind::entity:
      if (symbol.name == "Case") return row_meaning(context, 0, {}, span);
      if (Id list = case_list_of(context, symbol.name); list != none_id) {
        const std::string key(text_of(context, context.policy.model.domains[list].name));
        for (const std::string& name : case_names(context)) {
          if (edit_distance(name, key, 0) == 0) {
            context.report<DiagnosticId::entity_as_value>(span, symbol.name).help =
                "the list of them is " + name + "; about one of them say: some " + symbol.name + " x has ...";
            return error_meaning(span);
          }
        }
      }
      context.report<DiagnosticId::entity_as_value>(span, symbol.name);
      return error_meaning(span);
    case SymbolKind::code_system:
    case SymbolKind::source:
    case SymbolKind::rule:
    case SymbolKind::condition:
    case SymbolKind::block:
    case SymbolKind::table:
    case SymbolKind::record:
      context.report<DiagnosticId::wrong_kind>(span, symbol.name, a_kind(symbol.kind), "a value")
          .relate(symbol.span, "it is declared here");
      return error_meaning(span);
  }
  return error_meaning(span);
}

std::vector<std::string> names_in_scope(const Context& context, const Scope& scope) {
  std::vector<std::string> names = case_names(context);
  for (const Scope* at = &scope; at; at = at->parent) {
    for (const Named& named : at->names) names.push_back(named.name);
  }
  if (scope.line != none_id) names.emplace_back("Line");
  names.emplace_back("Case");
  for (const auto& [name, symbol] : context.symbols) {
    using enum SymbolKind;
    if (symbol.kind == value_set || symbol.kind == parameter || symbol.kind == define) names.push_back(name);
  }
  return names;
}

Meaning unknown_name(Context& context, const ast::Expr& expression, const Scope& scope) {
  const Span span = expression.span;
  if (expression.flag) {
    context.report<DiagnosticId::quoted_name>(span, expression.name);
    return error_meaning(span);
  }
  Diagnostic& report = context.report<DiagnosticId::unknown_name>(span, "value", expression.name);
  // A field without its row is the commonest slip: `reviewType` for Case.reviewType, `code` for Line.code.
  if (find_field(context, 0, expression.name) != none_id) {
    report.help = "write Case." + expression.name;
  } else if (scope.line != none_id && find_field(context, context.policy.variables[scope.line].node, expression.name) != none_id) {
    report.help = "write Line." + expression.name;
  } else {
    static constexpr std::array numbers{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"};
    const auto number = std::ranges::find(numbers, expression.name);
    if (number != numbers.end()) {
      report.help = fmt::format("write {}", number - numbers.begin() + 1);
    } else {
      report.help = "declare it; if it is meant as text, write '" + expression.name + "'";
      report.did_you_mean(nearest(expression.name, names_in_scope(context, scope)));
    }
  }
  return error_meaning(span);
}

}  // namespace

Meaning check_name(Context& context, const ast::Expr& expression, const Scope& scope) {
  const Span span = expression.span;
  const std::string& name = expression.name;
  // Inside `sort by`, a bare name is a field of the element; $this is the element itself.
  const Named* element = scope.find("$this");
  if (const Named* named = scope.find(name)) return named_meaning(context, *named, span);
  if (element && element->kind == Named::Kind::value && std::ranges::count(element->value[0].type.names, name) > 0) {
    return value_meaning(member_value(context, element->value[0], name, span));
  }
  if (element && element->kind == Named::Kind::row) {
    Meaning row = named_meaning(context, *element, span);
    if (find_field(context, row.node, name) != none_id) return member_of(context, std::move(row), name, span);
  }
  if (name == "Line") return line_meaning(context, span, scope);
  if (scope.item != none_id && name == scope.item_entity) return row_meaning(context, scope.item, {}, span);
  if (name == "Case") return row_meaning(context, 0, {}, span);
  if (const Id field = case_field_named(context, name); field != none_id) return case_meaning(context, field, span);
  if (const Symbol* symbol = find_symbol(context, name)) return symbol_meaning(context, *symbol, expression, scope);
  return unknown_name(context, expression, scope);
}

// ---------------------------------------------------------------- members

namespace {

Meaning field_meaning(Context& context, const Meaning& row, Id index, Span span) {
  const vm::Field& field = context.policy.model.nodes[row.node].fields[index];
  std::vector<Id> path = row.path;
  path.push_back(index);
  switch (field.kind) {
    case vm::FieldKind::scalar: return value_meaning(make_field(context, row.variable, std::move(path), span));
    case vm::FieldKind::object: return row_meaning(context, row.variable, std::move(path), span);
    case vm::FieldKind::list:
    case vm::FieldKind::reference:
      if (field.node == none_id) return error_meaning(span);  // reported with the model
      return rows_meaning(context, field.domain, row.variable, std::string(entity_name(context, field.node)), span);
  }
  return error_meaning(span);
}

}  // namespace

Meaning member_of(Context& context, Meaning object, std::string_view name, Span span) {
  using enum Meaning::Kind;
  switch (object.kind) {
    case error: return object;
    case row: {
      const Id field = find_field(context, object.node, name);
      if (field != none_id) return field_meaning(context, object, field, span);
      context.report<DiagnosticId::no_member>(span, entity_name(context, object.node), name)
          .did_you_mean(nearest(name, field_names(context, object.node)));
      return error_meaning(span);
    }
    case picked: {
      Meaning inner = member_of(context, object.rows[0].item[0], name, span);
      if (is_error(inner)) return inner;
      if (inner.kind == rows) return not_supported(context, span, "a list inside of a row that First or Last picked");
      object.rows[0].item = {std::move(inner)};
      object.span = span;
      return object;
    }
    case rows: {
      const std::string list = type_name(context, object);
      const std::string help = "say which: some " + list.substr(list.rfind(' ') + 1) + " x has x." + std::string(name) +
                               " ..., or First( ... sort by ...)." + std::string(name);
      context.report<DiagnosticId::member_of_list>(span, list, name, help);
      return error_meaning(span);
    }
    case tuple:
      for (size_t i = 0; i < object.names.size(); ++i) {
        if (object.names[i] == name) return object.parts[i];
      }
      context.report<DiagnosticId::no_member>(span, "this tuple", name).did_you_mean(nearest(name, object.names));
      return error_meaning(span);
    case interval:
      if (name == "low" || name == "high") return object.parts[name == "low" ? 0 : 1];
      if (name == "lowClosed" || name == "highClosed")
        return value_meaning(make_truth(name == "lowClosed" ? object.low_closed : object.high_closed, span));
      break;
    case fields: {
      std::vector<std::string> names;
      for (const Named& field : object.named->fields) {
        if (field.name == name) return named_meaning(context, field, span);
        names.push_back(field.name);
      }
      context.report<DiagnosticId::no_member>(span, object.named->name, name).did_you_mean(nearest(name, names));
      return error_meaning(span);
    }
    case value:
      if (object.value.type.kind == ir::Type::Kind::tuple || object.value.type.kind == ir::Type::Kind::interval ||
          is_scalar(object.value, vm::Type::any)) {
        return value_meaning(member_value(context, std::move(object.value), name, span));
      }
      if (const std::string part = "." + std::string(name);
          object.value.type.kind == ir::Type::Kind::scalar && find_operator(part, {{object.value.type.scalar}})) {
        return value_meaning(make_call(context, part, {std::move(object.value)}, span));
      }
      break;
    case list:
    case codes: break;
  }
  const std::string type = type_name(context, object);
  context.report<DiagnosticId::no_members>(span, type, name);
  return error_meaning(span);
}

Meaning check_member(Context& context, const ast::Expr& expression, const Scope& scope) {
  // `Diagnosis1.a` is an item of a criterion, not a member of a value.
  const ast::Expr& head = expression.args[0];
  if (head.kind == ast::ExprKind::name && !scope.find(head.name)) {
    const Symbol* symbol = find_symbol(context, head.name);
    if (symbol && symbol->kind == SymbolKind::criterion && case_field_named(context, head.name) == none_id) {
      context.report<DiagnosticId::criterion_in_expression>(expression.span, head.name + "." + expression.name)
          .relate(symbol->span, "it stands here");
      return error_meaning(expression.span);
    }
  }
  Meaning object = meaning_of(context, head, scope);
  Meaning made = member_of(context, std::move(object), expression.name, expression.span);
  if (made.kind == Meaning::Kind::value) {
    made.value.span = expression.span;
    if (made.value.text.empty() && made.value.kind == ir::ExprKind::field) made.value.text = words(expression);
  } else if (made.kind == Meaning::Kind::picked) {
    made.name = words(expression);
  }
  return made;
}

// ---------------------------------------------------------------- parameters

Meaning parameter_meaning(Context& context, Id index, Span span, const Scope& scope) {
  const Parameter& parameter = context.parameters[index];
  if (parameter.values.empty()) return error_meaning(span);  // reported where it is declared
  const auto spoken = [&](ir::Expr value) {
    value.text = parameter.name;  // in a trace it goes by its name
    value.span = span;
    return value_meaning(std::move(value));
  };
  const bool dated = std::ranges::any_of(parameter.dates, [](const Dates& d) { return d.from || d.to; });
  if (!dated) return spoken(parameter.values[0]);
  if (scope.line == none_id) {
    context.report<DiagnosticId::dated_without_line>(span, "parameter", parameter.name);
    return error_meaning(span);
  }
  // The value that begins last holds; a day without a value has none.
  std::vector<size_t> order(parameter.values.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](size_t i) { return parameter.dates[i].from ? parameter.dates[i].from->low : INT64_MIN; });
  ir::Expr chosen = make_null(span);
  chosen.type = parameter.type;
  const ir::Expr date = make_decided_date(scope.line, span);
  for (size_t i : order) {
    std::vector<ir::Expr> ends;
    const Dates& dates = parameter.dates[i];
    if (dates.from) ends.push_back(on_or_after(context, date, *dates.from, span));
    if (dates.to) ends.push_back(on_or_before(context, date, *dates.to, span));
    if (ends.empty()) {
      chosen = parameter.values[i];
    } else {
      chosen = make_select(make_and(std::move(ends), span), parameter.values[i], std::move(chosen), span);
    }
  }
  return spoken(std::move(chosen));
}

}  // namespace rubric::check
