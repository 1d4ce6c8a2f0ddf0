// Vocabulary and record model: codes, parameters, functions, lookups, entities. See parse_builder.h.

#include "compiler/parse_builder.h"

namespace rubric::parsing {

using ast::Expr;
using ast::ExprKind;

ast::InForce Builder::in_force(Parser::DateContext* from, Parser::DateContext* to) {
  ast::InForce result;
  if (from) result.from = date(from);
  if (to) result.to = date(to);
  return result;
}

ast::InForce Builder::dates(Parser::DatesContext* node) { return node ? in_force(node->from, node->to) : ast::InForce(); }

ast::Source Builder::source(Parser::SourceContext* node) {
  ast::Source result{word(node->name()), string(node->STRING()), {}, node->unresolved != nullptr, span(node)};
  for (auto* each : node->grade()) result.grades.push_back(string(each->STRING()));
  return result;
}

ast::CodeEntry Builder::code_entry(Parser::CodeEntryContext* node) { return {string(node->STRING()), dates(node->dates()), span(node)}; }

std::vector<ast::CodeEntry> Builder::code_entries(const std::vector<Parser::CodeEntryContext*>& nodes) {
  std::vector<ast::CodeEntry> result;
  for (auto* each : nodes) result.push_back(code_entry(each));
  return result;
}

// valueset V: CPT { ... }    valueset W: A or B
ast::ValueSet Builder::value_set(Parser::ValueSetContext* node) {
  ast::ValueSet result;
  result.span = span(node);
  std::vector<ast::Word> names = words(node->name());
  result.name = names[0];
  bool listed = false;
  for (auto* child : node->children) {
    auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(child);
    listed |= terminal && text.view(terminal->getSymbol()) == "{";
  }
  if (listed) {
    result.system = names[1];
    result.codes = code_entries(node->codeEntry());
  } else {
    result.unions.assign(names.begin() + 1, names.end());
  }
  result.cites = cites(node->cite());
  return result;
}

ast::Parameter Builder::parameter(Parser::ParameterContext* node) {
  ast::Parameter result;
  result.span = span(node);
  result.name = word(node->name());
  if (node->type()) result.type = type(node->type());
  for (auto* each : node->datedValue()) {
    result.values.push_back({expression(each->expression()), dates(each->dates())});
  }
  result.cites = cites(node->cite());
  return result;
}

ast::Define Builder::define(Parser::DefineContext* node) {
  ast::Define result;
  result.span = span(node);
  result.name = word(node->name());
  result.function = node->function != nullptr;
  for (auto* each : node->argument()) result.parameters.emplace_back(word(each->name()), type(each->type()));
  if (node->type()) result.result = type(node->type());
  result.body = expression(node->expression());
  return result;
}

ast::Lookup Builder::lookup(Parser::LookupContext* node) {
  ast::Lookup result;
  result.span = span(node);
  result.name = word(node->name());
  result.from = type(node->type(0));
  result.to = type(node->type(1));
  for (auto* each : node->lookupRow()) {
    result.rows.emplace_back(lookup_term(each->lookupTerm(0)), lookup_term(each->lookupTerm(1)));
  }
  if (node->expression()) result.otherwise = expression(node->expression());
  result.otherwise_key = node->key != nullptr;
  result.cites = cites(node->cite());
  return result;
}

Expr Builder::lookup_term(Parser::LookupTermContext* node) {
  if (node->expression()) return expression(node->expression());
  if (node->number()) return signed_literal(node, node->sign, number(node->number()));
  if (node->date()) return date(node->date());
  if (!node->name()) return token_literal(node->start);
  if (!node->STRING()) return expression(node->name());
  Expr code = make(ExprKind::code_literal, node);
  code.name = name_text(node->name()->start);
  code.text = string(node->STRING());
  return code;
}

// -- the record --

ast::Entity Builder::entity(Parser::EntityContext* node) {
  ast::Entity result;
  result.span = span(node);
  result.name = word(node->name());
  result.extends = node->extend != nullptr;
  for (auto* each : node->field()) result.fields.push_back(field(each));
  return result;
}

ast::Field Builder::field(Parser::FieldContext* node) {
  ast::Field result;
  result.span = span(node);
  result.name = word(node->fieldName());
  if (node->called) result.called = word(node->called);
  field_type(result, node->fieldType());
  for (auto* each : node->fieldLimit()) field_limit(result, each);
  return result;
}

void Builder::field_type(ast::Field& field, Node* node) {
  if (auto* c = as<Parser::PlainFieldContext>(node)) {
    field.type = type(c->type());
  } else if (auto* c = as<Parser::ListFieldContext>(node)) {
    field.list = true;
    field.type = type(c->type());
  } else if (auto* c = as<Parser::ChoiceFieldContext>(node)) {
    for (auto* each : c->STRING()) field.one_of.push_back(string(each));
  } else {
    auto* object = static_cast<Parser::ObjectFieldContext*>(node);
    for (auto* each : object->field()) field.fields.push_back(this->field(each));
  }
}

void Builder::field_limit(ast::Field& field, Parser::FieldLimitContext* node) {
  std::string_view first = text.view(node->start);
  if (first == "called") {
    field.called = word(node->name());
  } else if (first == "optional") {
    field.optional = true;
  } else if (first == "complete") {
    field.complete = true;
    if (node->name()) field.by = word(node->name());
  } else if (first == "dated") {
    field.dated_by = word(node->fieldName());
  } else if (first == "from") {
    field.low = bound(node->bound(0));
    field.high = bound(node->bound(1));
  } else {
    (text.view(node->side) == "least" ? field.low : field.high) = bound(node->bound(0));
  }
}

Expr Builder::bound(Parser::BoundContext* node) {
  if (node->number()) return signed_literal(node, node->sign, number(node->number()));
  if (node->qualifiedName()) return expression(node->qualifiedName());
  if (node->date()) return date(node->date());
  return token_literal(node->start);
}

}  // namespace rubric::parsing
