// Expressions, continued: timing phrases, queries, and the words for people (has, groups, statuses). See
// parse_builder.h.

#include "compiler/parse.h"
#include "compiler/parse_builder.h"
#include "grammar/RubricLexer.h"

namespace rubric::parsing {

using ast::Expr;
using ast::ExprKind;
using grammar::RubricLexer;

// -- timing phrases --

// The phrase's words in one spelling, without what has a field of its own: the offset, and the precision with its `of`.
Expr Builder::timed(Parser::TimedContext* node) {
  Parser::TimingContext* phrase = node->timing();
  Expr expr = make(ExprKind::timing, node);
  expr.args.push_back(expression(node->comparison(0)));
  expr.args.push_back(expression(node->comparison(1)));

  std::string name;
  auto add = [&](std::string_view word) { (name += name.empty() ? "" : " ") += word; };
  bool after_precision = false;
  Parser::NumberContext* quantity = phrase->number();
  for (auto* child : phrase->children) {
    if (auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(child)) {
      std::string_view word = text.view(terminal->getSymbol());
      // `same day as` has no `of` behind its precision, the others do; `within ... of` keeps its own.
      if (!(after_precision && word == "of")) add(word);
    } else if (auto* offset = as<Parser::OffsetContext>(child)) {
      quantity = offset->number();
      for (auto* part : offset->children) {
        if (auto* word = dynamic_cast<antlr4::tree::TerminalNode*>(part)) add(text.view(word->getSymbol()));
      }
    } else if (auto* precision = as<Parser::PrecisionContext>(child)) {
      expr.precision = text.view(precision);
      after_precision = true;
      continue;
    } else if (!as<Parser::NumberContext>(child)) {
      add(text.view(static_cast<Node*>(child)));  // starts, ends, occurs; start, end
    }
    after_precision = false;
  }
  for (std::string_view side : {"before", "after"}) {  // `before or on` is `on or before`
    std::string swapped = std::string(side) + " or on";
    if (size_t at = name.find(swapped); at != name.npos) name.replace(at, swapped.size(), "on or " + std::string(side));
  }
  expr.name = std::move(name);
  if (quantity) expr.args.push_back(number(quantity));
  return expr;
}

// -- queries --

Expr Builder::value(Parser::ValueContext* node) {
  // Without clauses the context has one child, and was skipped.
  Expr query = bare_query(expression(node->arithmetic()), node->queryTail()->name());
  query.span = span(node);
  query_clauses(query, node->queryTail()->queryClause());
  return query;
}

Expr Builder::bare_query(Expr source, Parser::NameContext* alias) {
  Expr query;
  query.kind = ExprKind::query;
  query.span = source.span;
  query.span.end = span(alias).end;
  Expr clause;
  clause.kind = ExprKind::source;
  clause.span = query.span;
  clause.name = name_text(alias->start);
  clause.args.push_back(std::move(source));
  query.args.push_back(std::move(clause));
  return query;
}

Expr Builder::query_source(Parser::QuerySourceContext* node) {
  Expr expr = make(ExprKind::source, node);
  expr.name = name_text(node->name()->start);
  expr.args.push_back(expression(node->postfixed()));
  return expr;
}

Expr Builder::many_sources(Parser::ManySourcesContext* node) {
  Expr query = make(ExprKind::query, node);
  for (auto* each : node->querySource()) query.args.push_back(query_source(each));
  query_clauses(query, node->queryClause());
  return query;
}

void Builder::query_clauses(Expr& query, const std::vector<Parser::QueryClauseContext*>& clauses) {
  for (auto* each : clauses) query_clause(query, each);
}

void Builder::query_clause(Expr& query, Parser::QueryClauseContext* node) {
  Expr clause = make(ExprKind::where_clause, node);
  if (auto* c = as<Parser::LetClauseContext>(node)) {
    for (auto* each : c->letItem()) {
      Expr item = make(ExprKind::let_clause, each);
      item.name = name_text(each->name()->start);
      item.args.push_back(expression(each->expression()));
      query.args.push_back(std::move(item));
    }
    return;
  }
  if (auto* c = as<Parser::RelatedClauseContext>(node)) {
    clause.kind = text.view(c->related) == "with" ? ExprKind::with_clause : ExprKind::without_clause;
    clause.name = name_text(c->querySource()->name()->start);
    clause.args.push_back(expression(c->querySource()->postfixed()));
    clause.args.push_back(expression(c->expression()));
  } else if (auto* c = as<Parser::WhereClauseContext>(node)) {
    clause.args.push_back(expression(c->expression()));
  } else if (auto* c = as<Parser::ReturnClauseContext>(node)) {
    clause.kind = ExprKind::return_clause;
    if (c->way) clause.name = text.view(c->way);
    clause.args.push_back(expression(c->expression()));
  } else if (auto* c = as<Parser::AggregateClauseContext>(node)) {
    clause.kind = ExprKind::aggregate_clause;
    clause.name = name_text(c->name()->start);
    if (c->way) clause.text = text.view(c->way);
    clause.args.push_back(expression(c->expression()));
    if (c->starting()) clause.args.push_back(starting(c->starting()));
  } else {
    clause = sort_clause(static_cast<Parser::SortClauseContext*>(node));
  }
  query.args.push_back(std::move(clause));
}

Expr Builder::sort_clause(Parser::SortClauseContext* node) {
  auto direction = [&](Parser::DirectionContext* d) -> std::string_view { return d && text.view(d).starts_with("desc") ? "desc" : "asc"; };
  Expr clause = make(ExprKind::sort_clause, node);
  if (node->direction()) clause.name = direction(node->direction());
  for (auto* each : node->sortItem()) {
    Expr item = make(ExprKind::sort_item, each);
    item.name = direction(each->direction());
    item.args.push_back(each->fieldWord() ? expression(each->fieldWord()) : expression(each->arithmetic()));
    clause.args.push_back(std::move(item));
  }
  return clause;
}

Expr Builder::starting(Parser::StartingContext* node) {
  if (node->expression()) return expression(node->expression());
  Token* token = node->sign ? dynamic_cast<antlr4::tree::TerminalNode*>(node->children[1])->getSymbol() : node->start;
  Expr value = token_literal(token);
  if (auto* unit = node->unit()) {
    value.span.end = span(unit).end;
    value.kind = ExprKind::quantity_literal;
    value.flag = !unit->STRING();
    value.name = value.flag ? std::string(text.view(unit)) : string(unit->STRING());
  }
  return signed_literal(node, node->sign, std::move(value));
}

// -- words for people --

Expr Builder::quantified(Parser::QuantifiedContext* node) {
  Expr expr = make(ExprKind::has, node);
  Parser::QuantifierContext* quantifier = node->quantifier();
  expr.name = text.view(quantifier->start);
  if (expr.name == "any") expr.name = "some";
  expr.approved = quantifier->approved != nullptr;
  if (quantifier->amount()) {
    expr.name = "at least";
    expr.count.push_back(amount(quantifier->amount()));
  }
  expr.entity = text.view(node->entityName);
  if (node->entityName->start == node->entityName->stop) expr.entity = name_text(node->entityName->start);
  if (node->alias) expr.alias = name_text(node->alias->start);
  if (node->postfixed()) expr.of.push_back(expression(node->postfixed()));
  if (node->where) expr.where.push_back(expression(node->where));
  expr.args.push_back(expression(node->condition_));
  return expr;
}

Expr Builder::amount(Parser::AmountContext* node) {
  return expression(node->children.size() == 1 ? static_cast<Node*>(node) : node->expression());
}

Expr Builder::times(Parser::TimesContext* node) {
  if (node->NUMBER()) return token_literal(node->start);
  return expression(node->expression() ? static_cast<Node*>(node->expression()) : node->qualifiedName());
}

Expr Builder::path_expression(Parser::QualifiedNameContext* node) {
  if (depth + node->anyWord().size() > deepest_nesting) return too_deep(node);
  Expr expr = expression(node->name());
  for (auto* each : node->anyWord()) {
    Expr member;
    member.kind = ExprKind::member;
    member.name = name_text(each->start);
    member.span = expr.span;
    member.span.end = span(each).end;
    member.args.push_back(std::move(expr));
    expr = std::move(member);
  }
  return expr;
}

Expr Builder::status(Parser::StatusTestContext* node) {
  Parser::StatusContext* words = node->status();
  Expr expr = make(ExprKind::status, node);
  expr.name = text.view(words->start);
  if (words->start != words->stop) (expr.name += ' ') += text.view(words->stop);
  expr.args.push_back(expression(node->comparison()));
  return expr;
}

Expr Builder::group(Parser::GroupContext* node) {
  Parser::GroupHeadContext* head = node->groupHead();
  Expr expr = make(ExprKind::group, node);
  expr.name = head->amount() ? "at least" : std::string(text.view(head->word_)) + " of";
  if (head->amount()) expr.count.push_back(amount(head->amount()));
  if (!node->comparison().empty()) return inline_group(std::move(expr), node->comparison());
  for (auto* each : node->groupItem()) {
    Expr item = make(ExprKind::item, each);
    item.name = name_text(each->name()->start);
    item.text = string(each->STRING());
    item.args.push_back(expression(each->expression()));
    if (!each->STRING() && item.args[0].kind == ExprKind::string_literal) {  // its sentence was taken for its condition
      diagnostics.report<DiagnosticId::no_condition>(item.span, item.name);
    }
    expr.args.push_back(std::move(item));
  }
  return expr;
}

// In `any of A, B is not met` the grammar sees the status behind B. It is said of the list, unless another item has a
// status of its own: `any of A is met, B is not met`.
Expr Builder::inline_group(Expr head, const std::vector<Parser::ComparisonContext*>& items) {
  head.flag = true;
  size_t with_status = 0;
  for (auto* each : items) {
    head.args.push_back(expression(each));
    with_status += head.args.back().kind == ExprKind::status;
  }
  auto* last = as<Parser::StatusTestContext>(items.back());
  if (!last || with_status > 1) return head;
  Expr whole = std::move(head.args.back());
  head.args.back() = std::move(whole.args[0]);
  whole.span = head.span;
  head.span.end = span(last->comparison()).end;
  whole.args[0] = std::move(head);
  return whole;
}

}  // namespace rubric::parsing
