// Expressions: from contexts to ast::Expr. See parse_builder.h; queries and groups are in parse_phrases.cpp.

#include <array>

#include "compiler/parse.h"
#include "compiler/parse_builder.h"
#include "grammar/RubricLexer.h"

namespace rubric::parsing {

using ast::Expr;
using ast::ExprKind;
using grammar::RubricLexer;

Expr Builder::make(ExprKind kind, const Node* node) {
  Expr expr;
  expr.kind = kind;
  expr.span = span(node);
  return expr;
}

template <class... Nodes>
Expr Builder::make(ExprKind kind, const Node* node, std::string_view name, Nodes*... args) {
  Expr expr = make(kind, node);
  expr.name = name;
  expr.args.reserve(sizeof...(args));
  (expr.args.push_back(expression(args)), ...);
  return expr;
}

Expr Builder::too_deep(const Node* node) {
  if (!said_too_deep) diagnostics.report<DiagnosticId::nested_too_deep>(span(node), deepest_nesting);
  said_too_deep = true;
  return make(ExprKind::null_literal, node);
}

// The one way down: whatever wraps a single context is skipped here, without recursion.
Expr Builder::expression(Node* node) {
  struct Level {
    uint32_t& depth;
    ~Level() { --depth; }
  } level{++depth};
  if (depth > deepest_nesting) return too_deep(node);

  for (;;) {
    if (node->children.size() == 1 && node->getRuleIndex() != Parser::RuleName) {
      if (auto* inner = dynamic_cast<Node*>(node->children[0])) {
        node = inner;
        continue;
      }
    }
    if (auto* parenthesized = as<Parser::ParenthesizedContext>(node); parenthesized && !parenthesized->name()) {
      node = parenthesized->expression();
      continue;
    }
    break;
  }
  switch (node->getRuleIndex()) {
    case Parser::RuleExpression: return logic(static_cast<Parser::LogicContext*>(node));
    case Parser::RuleComparison: return comparison(node);
    case Parser::RuleArithmetic: return arithmetic(node);
    case Parser::RulePostfixed: return postfixed(static_cast<Parser::PostfixedContext*>(node));
    case Parser::RulePrimary: return primary(node);
    case Parser::RuleIntervalSelector: return interval(static_cast<Parser::IntervalSelectorContext*>(node));
    case Parser::RuleListSelector: return list(static_cast<Parser::ListSelectorContext*>(node));
    case Parser::RuleInstanceBody: return tuple(node, static_cast<Parser::InstanceBodyContext*>(node));
    case Parser::RuleLiteral: return literal(static_cast<Parser::LiteralContext*>(node));
    case Parser::RuleNumber: return number(static_cast<Parser::NumberContext*>(node));
    case Parser::RulePlainCondition: return make(ExprKind::judged, node);  // the others have one child
    case Parser::RuleQuantified: return quantified(static_cast<Parser::QuantifiedContext*>(node));
    case Parser::RuleGroup: return group(static_cast<Parser::GroupContext*>(node));
    case Parser::RuleQualifiedName: return path_expression(static_cast<Parser::QualifiedNameContext*>(node));
    case Parser::RuleFieldWord:
    case Parser::RuleName: {
      Expr name = make(ExprKind::name, node);
      name.name = name_text(node->start);
      name.flag = node->start->getType() == RubricLexer::QUOTED;
      return name;
    }
    default: return make(ExprKind::null_literal, node);  // no other rule is an expression
  }
}

// -- and, or, xor, implies, union, intersect, except --

Expr Builder::logic(Parser::LogicContext* node) {
  std::string_view name = text.view(node->op);
  if (name == "and" || name == "or") {
    // A chain is one node, however long: `a or b or c` nests no deeper than `a or b`.
    std::vector<Node*> parts;
    Node* first = node;
    for (auto* link = node; link && text.view(link->op) == name; link = as<Parser::LogicContext>(first)) {
      parts.push_back(link->expression(1));
      first = link->expression(0);
    }
    parts.push_back(first);
    Expr chain = make(ExprKind::binary, node);
    chain.name = name;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) chain.args.push_back(expression(*part));
    return chain;
  }
  return make(ExprKind::binary, node, name == "|" ? "union" : name, node->expression(0), node->expression(1));
}

// -- comparisons --

Expr Builder::comparison(Node* node) {
  if (auto* c = as<Parser::ValueContext>(node)) return value(c);
  if (auto* c = as<Parser::CompareContext>(node)) {
    return make(ExprKind::binary, c, text.view(c->op), c->comparison(0), c->comparison(1));
  }
  if (auto* c = as<Parser::MembershipContext>(node)) return membership(c);
  if (auto* c = as<Parser::StatusTestContext>(node)) return status(c);
  if (auto* c = as<Parser::LogicPrefixContext>(node)) {
    return make(ExprKind::unary, c, text.view(c->op), c->comparison());
  }
  if (auto* c = as<Parser::LiteralTestContext>(node)) {
    std::string name = (c->negated ? "is not " : "is ") + std::string(text.view(c->what));
    return make(ExprKind::unary, c, name, c->comparison());
  }
  if (auto* c = as<Parser::TimedContext>(node)) return timed(c);
  if (auto* c = as<Parser::TypeTestContext>(node)) return type_test(c);
  if (auto* c = as<Parser::CastContext>(node)) {
    Expr expr = make(ExprKind::cast, c, "", c->arithmetic());
    expr.type = type(c->type());
    expr.flag = true;
    return expr;
  }
  if (auto* c = as<Parser::BetweenContext>(node)) {
    Expr expr = make(ExprKind::between, c, "", c->comparison(), c->arithmetic(0), c->arithmetic(1));
    expr.flag = c->properly != nullptr;
    return expr;
  }
  if (auto* c = as<Parser::PeriodBetweenContext>(node)) {
    Expr expr = make(ExprKind::between_period, c, c->difference ? "difference" : "duration", c->arithmetic(0), c->arithmetic(1));
    expr.precision = text.view(c->periods());
    expr.precision.pop_back();  // days -> day
    return expr;
  }
  if (auto* c = as<Parser::InForceOnContext>(node)) {
    return make(ExprKind::binary, c, "in force on", c->comparison(0), c->comparison(1));
  }
  if (auto* c = as<Parser::ManySourcesContext>(node)) return many_sources(c);
  return make(ExprKind::judged, node);
}

Expr Builder::type_test(Parser::TypeTestContext* node) {
  Expr expr = make(text.view(node->op) == "is" ? ExprKind::type_test : ExprKind::cast, node, "", node->comparison());
  expr.type = type(node->type());
  return expr;
}

Expr Builder::membership(Parser::MembershipContext* node) {
  bool properly = false;
  std::string_view op = "in";
  for (auto* child : node->children) {
    if (auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(child)) {
      std::string_view word = text.view(terminal->getSymbol());
      if (word == "properly") properly = true;
      if (word == "contains") op = word;
    }
  }
  Expr expr = make(ExprKind::binary, node, (properly ? "properly " : "") + std::string(op), node->comparison(0), node->comparison(1));
  if (node->precision()) expr.precision = text.view(node->precision());
  if (!node->negated) return expr;
  Expr negation = make(ExprKind::unary, node, "not");
  negation.args.push_back(std::move(expr));
  return negation;
}

// -- arithmetic and extraction --

Expr Builder::arithmetic(Node* node) {
  if (auto* c = as<Parser::CalculateContext>(node)) {
    return make(ExprKind::binary, c, text.view(c->op), c->arithmetic(0), c->arithmetic(1));
  }
  if (auto* c = as<Parser::SignContext>(node)) return make(ExprKind::unary, c, text.view(c->op), c->arithmetic());
  if (auto* c = as<Parser::ExtractContext>(node)) {
    std::string name = std::string(text.view(c->op)) + ' ' + std::string(text.view(c->word_));
    return make(ExprKind::unary, c, name, c->arithmetic());
  }
  if (auto* c = as<Parser::ComponentFromContext>(node)) {
    std::string component(text.view(c->component()));
    Expr expr = make(ExprKind::unary, c, component + " from", c->arithmetic());
    expr.precision = component;
    return expr;
  }
  if (auto* c = as<Parser::PeriodOfContext>(node)) {
    Expr expr = make(ExprKind::unary, c, std::string(text.view(c->op)) + " in", c->arithmetic());
    expr.precision = text.view(c->periods());
    expr.precision.pop_back();
    return expr;
  }
  if (auto* c = as<Parser::ExtremeContext>(node)) {
    Expr expr = make(ExprKind::unary, c, text.view(c->op));
    expr.type = type(c->type());
    return expr;
  }
  if (auto* c = as<Parser::IfElseContext>(node)) {
    return make(ExprKind::if_else, c, "", c->expression(0), c->expression(1), c->expression(2));
  }
  if (auto* c = as<Parser::CaseOfContext>(node)) return case_of(c);
  if (auto* c = as<Parser::ListPrefixContext>(node)) {
    return make(ExprKind::unary, c, text.view(c->op), c->expression());
  }
  if (auto* c = as<Parser::RegroupContext>(node)) return regroup(c);
  return convert(static_cast<Parser::ConvertContext*>(node));
}

Expr Builder::case_of(Parser::CaseOfContext* node) {
  Expr expr = make(ExprKind::case_of, node);
  if (node->comparand) {
    expr.flag = true;
    expr.args.push_back(expression(node->comparand));
  }
  for (auto* each : node->whenThen()) {
    expr.args.push_back(expression(each->expression(0)));
    expr.args.push_back(expression(each->expression(1)));
  }
  expr.args.push_back(expression(node->otherwise));
  return expr;
}

// `per day` is `per 1 day`.
Expr Builder::regroup(Parser::RegroupContext* node) {
  std::string op(text.view(node->op));
  if (!node->precision() && node->expression().size() == 1) {
    return make(ExprKind::unary, node, op, node->expression(0));
  }
  Expr expr = make(ExprKind::binary, node, op + " per", node->expression(0));
  if (node->precision()) {
    Expr unit = make(ExprKind::quantity_literal, node->precision());
    unit.text = "1";
    unit.name = text.view(node->precision());
    unit.flag = true;
    expr.args.push_back(std::move(unit));
  } else {
    expr.args.push_back(expression(node->expression(1)));
  }
  return expr;
}

Expr Builder::convert(Parser::ConvertContext* node) {
  Expr expr = make(ExprKind::convert, node, "", node->expression());
  if (node->type()) {
    expr.type = type(node->type());
  } else if (auto* quoted = node->unit()->STRING()) {
    expr.name = string(quoted);
  } else {
    expr.name = text.view(node->unit());
    expr.flag = true;
  }
  return expr;
}

// -- names, members, literals --

// A path of any length is built by a loop, and counts as nested all the same: its members stand inside each other.
Expr Builder::postfixed(Parser::PostfixedContext* node) {
  std::vector<Parser::PostfixContext*> postfixes = node->postfix();
  if (depth + postfixes.size() > deepest_nesting) return too_deep(node);
  Expr expr = expression(node->primary());
  expr.span = span(node->primary());
  for (auto* each : postfixes) extend(expr, each);
  return expr;
}

void Builder::extend(Expr& object, Parser::PostfixContext* postfix) {
  Span whole = object.span;
  whole.end = span(postfix).end;
  if (postfix->instanceBody()) {  // System.Quantity { ... }
    Expr instance;
    instance.kind = ExprKind::instance;
    instance.name = object.name + '.' + name_text(postfix->anyWord()->start);
    elements(instance, postfix->instanceBody());
    object = std::move(instance);
  } else if (!postfix->anyWord()) {
    Expr index;
    index.kind = ExprKind::index;
    index.args.push_back(std::move(object));
    index.args.push_back(expression(postfix->expression()));
    object = std::move(index);
  } else {
    Expr member;
    member.kind = postfix->arguments() ? ExprKind::member_invoke : ExprKind::member;
    member.name = name_text(postfix->anyWord()->start);
    member.args.push_back(std::move(object));
    if (postfix->arguments()) {
      for (auto* each : postfix->arguments()->expression()) member.args.push_back(expression(each));
    }
    object = std::move(member);
  }
  object.span = whole;
}

Expr Builder::primary(Node* node) {
  if (auto* c = as<Parser::NamedContext>(node)) return named(c);
  if (auto* c = as<Parser::CodeLiteralContext>(node)) return code_literal(c);
  if (auto* c = as<Parser::ParenthesizedContext>(node)) return bare_query(expression(c->expression()), c->name());
  if (auto* c = as<Parser::TupleSelectorContext>(node)) return tuple(c, c->instanceBody());
  if (auto* c = as<Parser::VariableContext>(node)) return make(ExprKind::external, c, text.view(c->variable));
  if (auto* c = as<Parser::ConceptLiteralContext>(node)) return concept_literal(c);
  auto* last = static_cast<Parser::ConditionOfLastContext*>(node);
  return make(ExprKind::condition_of_last, last, name_text(last->name()->start));
}

Expr Builder::named(Parser::NamedContext* node) {
  ExprKind kind = node->arguments() ? ExprKind::invoke : node->instanceBody() ? ExprKind::instance : ExprKind::name;
  Expr expr = make(kind, node, name_text(node->name()->start));
  if (node->arguments()) {
    for (auto* each : node->arguments()->expression()) expr.args.push_back(expression(each));
  } else if (node->instanceBody()) {
    elements(expr, node->instanceBody());
  }
  return expr;
}

// CPT '20552', and CQL's Code '20552' from CPT display 'Injection'.
Expr Builder::code_literal(Parser::CodeLiteralContext* node) {
  bool with_system = node->name().size() > 1;
  Expr expr = make(ExprKind::code_literal, node, name_text(node->name(with_system ? 1 : 0)->start));
  expr.text = string(node->STRING(0));
  if (node->STRING().size() > 1) {
    Expr display = make(ExprKind::string_literal, node);
    display.span = text.span(node->STRING(1)->getSymbol());
    display.text = string(node->STRING(1));
    expr.args.push_back(std::move(display));
  }
  return expr;
}

// A concept is an instance of CQL's type Concept, however it was written.
Expr Builder::concept_literal(Parser::ConceptLiteralContext* node) {
  Expr expr = make(ExprKind::instance, node, "Concept");
  if (node->instanceBody()) {
    elements(expr, node->instanceBody());
    return expr;
  }
  Expr codes = make(ExprKind::list, node);
  for (auto* each : node->primary()) codes.args.push_back(expression(each));
  expr.names.push_back("codes");
  expr.args.push_back(std::move(codes));
  if (node->STRING()) {
    expr.names.push_back("display");
    expr.args.push_back(token_literal(node->STRING()->getSymbol()));
  }
  return expr;
}

Expr Builder::tuple(const Node* node, Parser::InstanceBodyContext* body) {
  Expr expr = make(ExprKind::tuple, node);
  elements(expr, body);
  return expr;
}

void Builder::elements(Expr& into, Parser::InstanceBodyContext* body) {
  for (auto* each : body->tupleElement()) {
    into.names.push_back(name_text(each->anyWord()->start));
    into.args.push_back(expression(each->expression()));
  }
}

Expr Builder::interval(Parser::IntervalSelectorContext* node) {
  Expr expr = make(ExprKind::interval, node, "", node->expression(0), node->expression(1));
  expr.low_closed = text.view(node->low) == "[";
  expr.high_closed = text.view(node->high) == "]";
  return expr;
}

Expr Builder::list(Parser::ListSelectorContext* node) {
  Expr expr = make(ExprKind::list, node);
  if (node->type()) expr.type = type(node->type());
  for (auto* each : node->expression()) expr.args.push_back(expression(each));
  return expr;
}

Expr Builder::literal(Parser::LiteralContext* node) {
  std::vector<Parser::NumberContext*> numbers = node->number();
  if (numbers.empty()) return token_literal(node->start);
  if (numbers.size() == 1) return number(numbers[0]);
  Expr expr = make(ExprKind::ratio_literal, node);
  for (auto* each : numbers) {
    Expr part = number(each);
    if (part.kind != ExprKind::quantity_literal) part.name = "1";  // 1:128 has no units, which UCUM writes '1'
    part.kind = ExprKind::quantity_literal;
    expr.args.push_back(std::move(part));
  }
  return expr;
}

Expr Builder::token_literal(Token* token) {
  Expr expr;
  expr.span = text.span(token);
  std::string_view word = text.view(token);
  switch (token->getType()) {
    case RubricLexer::STRING:
      expr.kind = ExprKind::string_literal;
      expr.text = unquote(token);
      break;
    case RubricLexer::NUMBER:
      expr.kind = word.find('.') == word.npos ? ExprKind::integer_literal : ExprKind::decimal_literal;
      expr.text = word;
      break;
    case RubricLexer::LONG:
      expr.kind = ExprKind::long_literal;
      expr.text = word.substr(0, word.size() - 1);
      break;
    case RubricLexer::DATE:
      expr.kind = ExprKind::date_literal;
      expr.text = word.substr(1);
      break;
    case RubricLexer::DATETIME:
      expr.kind = ExprKind::datetime_literal;
      expr.text = word.substr(1);
      break;
    case RubricLexer::TIME:
      expr.kind = ExprKind::time_literal;
      expr.text = word.substr(2);
      break;
    default:
      expr.kind = word == "null" ? ExprKind::null_literal : ExprKind::boolean_literal;
      if (word != "null") expr.text = word;
  }
  return expr;
}

Expr Builder::number(Parser::NumberContext* node) {
  Expr expr = token_literal(node->NUMBER()->getSymbol());
  expr.span = span(node);
  if (!node->unit()) return expr;
  expr.kind = ExprKind::quantity_literal;
  expr.flag = !node->unit()->STRING();
  expr.name = expr.flag ? std::string(text.view(node->unit())) : string(node->unit()->STRING());
  return expr;
}

Expr Builder::signed_literal(const Node* node, const Token* sign, Expr value) {
  if (!sign) return value;
  Expr expr = make(ExprKind::unary, node);
  expr.name = text.view(sign);
  expr.args.push_back(std::move(value));
  return expr;
}

Expr Builder::date(Parser::DateContext* node) { return token_literal(node->start); }

ast::TypeRef Builder::type(Parser::TypeContext* node) {
  ast::TypeRef result;
  result.span = span(node);
  if (!node->name().empty()) {
    for (auto* each : node->name()) result.name += (result.name.empty() ? "" : ".") + name_text(each->start);
  } else {
    result.name = text.view(node->start);
  }
  for (auto* each : node->type()) result.arguments.push_back(type(each));
  for (auto* each : node->argument()) {
    result.names.push_back(name_text(each->name()->start));
    result.arguments.push_back(type(each->type()));
  }
  return result;
}

}  // namespace rubric::parsing
