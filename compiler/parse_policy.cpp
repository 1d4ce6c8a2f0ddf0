// Declarations: headers, criteria, limits, rules, sections, tables, overlays. See parse_builder.h.

#include "compiler/parse.h"
#include "compiler/parse_builder.h"
#include "grammar/RubricLexer.h"

namespace rubric::parsing {

using ast::Declaration;
using ast::DeclarationKind;
using grammar::RubricLexer;

ast::Module Builder::module(Parser::FileContext* node) {
  ast::Module result;
  result.file = text.file;
  result.span = {text.file, text.offset, text.offset + static_cast<uint32_t>(text.bytes.size())};
  if (!node->header()) {
    Span begin = node->start ? text.span(node->start) : Span{text.file, text.offset, text.offset};
    diagnostics.report<DiagnosticId::missing_header>(begin);
  } else if (!node->header()->exception) {
    header(result, node->header());
  }
  result.declarations = declarations(node->declaration());
  return result;
}

void Builder::header(ast::Module& module, Parser::HeaderContext* node) {
  std::string_view kind = text.view(node->kind);
  module.kind = kind == "policy"    ? ast::ModuleKind::policy
                : kind == "overlay" ? ast::ModuleKind::overlay
                : kind == "library" ? ast::ModuleKind::library
                                    : ast::ModuleKind::tests;
  module.name = word(node->name(0));
  if (node->version()) module.version = string(node->version()->STRING());
  if (node->amended) module.amends = word(node->amended);
  if (node->layer) module.layer = word(node->layer);
}

std::vector<Declaration> Builder::declarations(const std::vector<Parser::DeclarationContext*>& nodes) {
  std::vector<Declaration> result;
  for (auto* each : nodes) {
    if (each->exception || each->children.empty()) continue;  // reported, and left out
    Declaration made{};
    made.span = span(each);
    declaration(made, static_cast<Node*>(each->children[0]));
    if (!joined.empty()) diagnostics.report<DiagnosticId::joins_outside_add>(joined[0].span);
    joined.clear();
    result.push_back(std::move(made));
  }
  return result;
}

void Builder::declaration(Declaration& into, Node* node) {
  auto set = [&](DeclarationKind kind, auto& members, auto value) {
    into.kind = kind;
    members.push_back(std::move(value));
  };
  switch (node->getRuleIndex()) {
    case Parser::RuleTitle:
      into.kind = DeclarationKind::title;
      into.text = string(static_cast<Parser::TitleContext*>(node)->STRING());
      break;
    case Parser::RuleInForce: {
      auto* c = static_cast<Parser::InForceContext*>(node);
      into.kind = DeclarationKind::in_force;
      into.in_force = in_force(c->from, c->to);
      break;
    }
    case Parser::RulePrecedence:
      into.kind = DeclarationKind::precedence;
      into.names = words(static_cast<Parser::PrecedenceContext*>(node)->name());
      break;
    case Parser::RuleAppliesWhen:
      set(DeclarationKind::applies_when, into.expr, expression(static_cast<Parser::AppliesWhenContext*>(node)->expression()));
      break;
    case Parser::RuleDatedBy:
      set(DeclarationKind::dated_by, into.expr, expression(static_cast<Parser::DatedByContext*>(node)->expression()));
      break;
    case Parser::RuleInclude: {
      auto* c = static_cast<Parser::IncludeContext*>(node);
      set(DeclarationKind::include, into.include, ast::Include{word(c->name(0)), c->called ? word(c->called) : ast::Word(), span(c)});
      break;
    }
    case Parser::RuleSource: set(DeclarationKind::source, into.source, source(static_cast<Parser::SourceContext*>(node))); break;
    case Parser::RuleCodeSystem: {
      auto* c = static_cast<Parser::CodeSystemContext*>(node);
      set(DeclarationKind::code_system, into.code_system, ast::CodeSystem{word(c->name()), code_entries(c->codeEntry()), span(c)});
      break;
    }
    case Parser::RuleValueSet:
      set(DeclarationKind::value_set, into.value_set, value_set(static_cast<Parser::ValueSetContext*>(node)));
      break;
    case Parser::RuleParameter:
      set(DeclarationKind::parameter, into.parameter, parameter(static_cast<Parser::ParameterContext*>(node)));
      break;
    case Parser::RuleDefine: set(DeclarationKind::define, into.define, define(static_cast<Parser::DefineContext*>(node))); break;
    case Parser::RuleLookup: set(DeclarationKind::lookup, into.lookup, lookup(static_cast<Parser::LookupContext*>(node))); break;
    case Parser::RuleEntity: set(DeclarationKind::entity, into.entity, entity(static_cast<Parser::EntityContext*>(node))); break;
    case Parser::RuleDecides: set(DeclarationKind::decides, into.decides, decides(static_cast<Parser::DecidesContext*>(node))); break;
    case Parser::RuleCriterion:
      set(DeclarationKind::criterion, into.criterion, criterion(static_cast<Parser::CriterionContext*>(node)));
      break;
    case Parser::RuleNamedGroup:
      set(DeclarationKind::criterion, into.criterion, named_group(static_cast<Parser::NamedGroupContext*>(node)));
      break;
    case Parser::RuleLimit: set(DeclarationKind::limit, into.limit, limit(static_cast<Parser::LimitContext*>(node))); break;
    case Parser::RuleSection: set(DeclarationKind::section, into.section, section(static_cast<Parser::SectionContext*>(node))); break;
    case Parser::RuleOrdinaryRule:
      set(DeclarationKind::rule, into.rule, ordinary_rule(static_cast<Parser::OrdinaryRuleContext*>(node)));
      break;
    case Parser::RuleExceptionRule:
      set(DeclarationKind::rule, into.rule, exception_rule(static_cast<Parser::ExceptionRuleContext*>(node)));
      break;
    case Parser::RuleCondition:
      set(DeclarationKind::condition, into.condition, condition(static_cast<Parser::ConditionContext*>(node)));
      break;
    case Parser::RuleRemark: set(DeclarationKind::remark, into.remark, remark(static_cast<Parser::RemarkContext*>(node))); break;
    case Parser::RuleObservation:
      set(DeclarationKind::remark, into.remark, observation(static_cast<Parser::ObservationContext*>(node)));
      break;
    case Parser::RuleTable: set(DeclarationKind::table, into.table, table(static_cast<Parser::TableContext*>(node))); break;
    case Parser::RuleAmendment: set(DeclarationKind::amend, into.amend, amendment(static_cast<Parser::AmendmentContext*>(node))); break;
    case Parser::RuleRecord: set(DeclarationKind::record, into.record, record(static_cast<Parser::RecordContext*>(node))); break;
    default: set(DeclarationKind::test, into.test, test(static_cast<Parser::TestContext*>(node)));
  }
}

// -- what is decided --

// for each Target T [of Line]
void Builder::for_each(Parser::ForEachContext* node, ast::Word& entity, ast::Word& alias) {
  if (!node) return;
  entity = word(node->item);
  if (node->alias) alias = word(node->alias);
  if (!node->owner) return;
  if (ast::Word owner = word(node->owner); owner.text != "Line")
    diagnostics.report<DiagnosticId::items_of_line>(owner.span, entity.text, owner.text);
}

ast::Decides Builder::decides(Parser::DecidesContext* node) {
  ast::Decides result;
  result.span = span(node);
  if (node->block) result.name = word(node->block);
  for (auto* each : node->after()) result.after.push_back(word(each));
  // Of the two conditions, the one of the items carries a label.
  for (auto* each : node->expression()) {
    (each == node->itemWhere ? result.item_where : result.scope) = expression(each);
  }
  for_each(node->forEach(), result.item_entity, result.item_alias);
  if (auto* fold = node->fold()) {
    result.fold = word(fold->way);
    if (result.fold.text == "qualify") result.fold.text = "qualifying";
  }
  if (auto* open = node->whenUndetermined()) {
    result.when_undetermined.push_back({{}, outcome_word(open->outcomeWord()), span(open)});
    for (auto* each : open->reviewOutcome()) {
      result.when_undetermined.push_back({word(each->name()), outcome_word(each->outcomeWord()), span(each)});
    }
  }
  result.cites = cites(node->cite());
  return result;
}

ast::Criterion Builder::criterion(Parser::CriterionContext* node) {
  ast::Criterion result;
  result.span = span(node);
  result.name = word(node->name());
  for_each(node->forEach(), result.item_entity, result.item_alias);
  result.text = string(node->STRING());
  joined = joins(node->joins());
  Parser::CriterionBodyContext* body = node->criterionBody();
  if (body->scope) result.applies = expression(body->scope);
  result.condition = expression(body->plainCondition() ? static_cast<Node*>(body->plainCondition()) : body->expression().back());
  Clauses c = clauses(node->clause(), "criterion", clause_cite | clause_in_force | clause_ask | clause_note | clause_sentence);
  result.cites = std::move(c.cites);
  result.asks = std::move(c.asks);
  result.sentences = std::move(c.sentences);
  result.notes = std::move(c.notes);
  result.in_force = std::move(c.in_force);
  return result;
}

ast::Criterion Builder::named_group(Parser::NamedGroupContext* node) {
  ast::Criterion result;
  result.span = span(node);
  result.group = true;
  result.name = word(node->name());
  result.condition = expression(node->expression());
  Clauses c = clauses(node->clause(), "named group", clause_cite | clause_in_force | clause_note | clause_sentence);
  result.cites = std::move(c.cites);
  result.sentences = std::move(c.sentences);
  result.notes = std::move(c.notes);
  result.in_force = std::move(c.in_force);
  return result;
}

ast::Limit Builder::limit(Parser::LimitContext* node) {
  ast::Limit result;
  result.span = span(node);
  result.name = word(node->name());
  result.text = string(node->STRING());
  joined = joins(node->joins());
  if (node->expression()) result.applies = expression(node->expression());
  Parser::MeasureContext* measure = node->measure();
  result.kind = !measure->counted                       ? ast::LimitKind::at_least_between
                : text.view(measure->counted) == "days" ? ast::LimitKind::at_most_days
                                                        : ast::LimitKind::at_most_procedures;
  result.amount = measure->times() ? times(measure->times()) : amount(measure->amount());
  Parser::CodesContext* codes = measure->codes();
  result.codes = expression(codes->expression() ? static_cast<Node*>(codes->expression()) : codes);
  if (measure->window()) window(result, measure->window());
  if (auto* per = node->per()) {
    result.per_entity = word(per->item);
    if (per->alias) result.per_alias = word(per->alias);
    if (per->postfixed()) result.per_key = expression(per->postfixed());
  }
  Clauses c = clauses(node->clause(), "limit", clause_cite | clause_in_force | clause_ask | clause_note | clause_sentence);
  result.cites = std::move(c.cites);
  result.asks = std::move(c.asks);
  result.sentences = std::move(c.sentences);
  result.notes = std::move(c.notes);
  result.in_force = std::move(c.in_force);
  return result;
}

void Builder::window(ast::Limit& limit, Node* node) {
  if (auto* c = as<Parser::WindowUpToContext>(node)) {
    limit.window = ast::WindowKind::in_up_to;
    limit.length = amount(c->amount());
    limit.anchor = expression(c->postfixed());
  } else if (auto* c = as<Parser::WindowAnyContext>(node)) {
    limit.window = ast::WindowKind::in_any;
    limit.length = amount(c->amount());
  } else if (auto* c = as<Parser::WindowDayContext>(node)) {
    limit.window = ast::WindowKind::on_day_of;
    limit.anchor = expression(c->postfixed());
  } else if (auto* c = as<Parser::WindowYearContext>(node)) {
    limit.window = ast::WindowKind::in_year_of;
    limit.anchor = expression(c->postfixed());
  } else if (auto* c = as<Parser::WindowLifetimeContext>(node)) {
    limit.window = ast::WindowKind::in_lifetime;
    // `a` is a label and an alias everywhere, so the grammar has any name in its place.
    ast::Word article = word(c->article);
    if (article.text != "a") diagnostics.report<DiagnosticId::unexpected_text>(article.span, "'" + article.text + "'", "a");
  } else {
    auto* interval = static_cast<Parser::WindowIntervalContext*>(node);
    limit.window = ast::WindowKind::in_interval;
    auto* inner = interval->expression() ? interval->expression() : interval->children[1];
    limit.length = expression(static_cast<Node*>(inner));
  }
}

ast::Section Builder::section(Parser::SectionContext* node) {
  ast::Section result;
  result.span = span(node);
  if (node->name()) result.name = word(node->name());
  result.text = string(node->STRING());
  if (node->expression()) result.applies = expression(node->expression());
  result.cites = cites(node->cite());
  result.members = declarations(node->declaration());
  return result;
}

// -- rules --

ast::Word Builder::outcome_word(Parser::OutcomeWordContext* node) {
  ast::Word result = word(node->name());
  result.span = span(node);
  if (node->start != node->name()->start) result.text = "not " + result.text;  // not required
  return result;
}

ast::Outcome Builder::outcome(Parser::OutcomeContext* node) {
  ast::Outcome result{outcome_word(node->outcomeWord()), {}};
  if (node->contents()) result.contents = contents(node->contents());
  return result;
}

ast::Contents Builder::contents(Parser::ContentsContext* node) {
  ast::Contents result{{}, span(node)};
  for (auto* each : node->content()) {
    ast::Expr value;
    if (each->none) {
      value.kind = ast::ExprKind::none_literal;
      value.span = text.span(each->none);
    } else {
      value = expression(each->expression());
    }
    result.fields.emplace_back(word(each->anyWord()), std::move(value));
  }
  return result;
}

ast::ExceptionTo Builder::exception_to(Parser::ExceptionToContext* node) {
  ast::ExceptionTo result;
  result.every_other = text.view(node->start) == "every";
  (result.every_other ? result.but : result.targets) = paths(node->path());
  return result;
}

namespace {

constexpr unsigned rule_clauses =
    clause_cite | clause_in_force | clause_when | clause_exception | clause_subject | clause_note | clause_sentence;

void take(ast::Rule& rule, Clauses&& c) {
  rule.when = std::move(c.when);
  rule.subject_to = std::move(c.subject_to);
  rule.cites = std::move(c.cites);
  rule.sentences = std::move(c.sentences);
  rule.notes = std::move(c.notes);
  rule.in_force = std::move(c.in_force);
}

}  // namespace

ast::Rule Builder::ordinary_rule(Parser::OrdinaryRuleContext* node) {
  ast::Rule result;
  result.span = span(node);
  result.name = word(node->name());
  result.text = string(node->STRING());
  if (node->outcome()) result.outcome = outcome(node->outcome());
  Clauses c = clauses(node->clause(), "rule", rule_clauses);
  result.exception_to = std::move(c.exception_to);
  take(result, std::move(c));
  return result;
}

ast::Rule Builder::exception_rule(Parser::ExceptionRuleContext* node) {
  ast::Rule result;
  result.span = span(node);
  result.is_exception = true;
  result.name = word(node->name());
  result.text = string(node->STRING());
  result.exception_to = exception_to(node->exceptionTo());
  if (node->outcome()) result.outcome = outcome(node->outcome());
  take(result, clauses(node->clause(), "exception", rule_clauses & ~clause_exception));
  return result;
}

ast::Condition Builder::condition(Parser::ConditionContext* node) {
  ast::Condition result;
  result.span = span(node);
  std::vector<Parser::NameContext*> names = node->name();
  result.name = word(names[0]);
  if (names.size() > 1) result.after = word(names[1]);
  result.text = string(node->STRING());
  if (node->from) result.due_from = expression(node->from);
  if (node->to) result.due_to = expression(node->to);
  for (auto* each : node->conditionClause()) {
    if (each->cite()) result.cites.push_back(citation(each->cite()->citation()));
    if (each->inForce()) result.in_force = in_force(each->inForce()->from, each->inForce()->to);
    if (!each->expression()) continue;
    if (result.met_when) diagnostics.report<DiagnosticId::clause_twice>(span(each), "condition", "met when");
    result.met_when = expression(each->expression());
  }
  return result;
}

ast::Remark Builder::remark(Parser::RemarkContext* node) {
  ast::Remark result;
  result.span = span(node);
  result.kind = word(node->kind);
  result.text = string(node->STRING());
  if (node->expression().size() > 1) diagnostics.report<DiagnosticId::clause_twice>(span(node), "remark", "when");
  if (!node->expression().empty()) result.when = expression(node->expression(0));
  result.cites = cites(node->cite());
  return result;
}

ast::Remark Builder::observation(Parser::ObservationContext* node) {
  ast::Remark result;
  result.span = span(node);
  result.kind = word(node->start);
  result.text = string(node->STRING());
  result.from = word(node->name());
  for (auto* each : node->feature()) result.features.push_back(string(each->STRING()));
  result.cites = cites(node->cite());
  return result;
}

// -- overlays --

std::vector<ast::Word> Builder::joins(Parser::JoinsContext* node) { return node ? paths(node->path()) : std::vector<ast::Word>(); }

ast::Amend Builder::amendment(Parser::AmendmentContext* node) {
  ast::Amend result;
  result.span = span(node);
  result.verb = word(node->verb);
  result.targets = paths(node->path());
  if (node->expression()) result.by = expression(node->expression());
  if (auto* inner = node->declaration()) {
    Declaration made{};
    made.span = span(inner);
    declaration(made, static_cast<Node*>(inner->children[0]));
    result.to = std::exchange(joined, {});
    if (result.verb.text == "replace") result.targets = declared_names(made);
    result.added.push_back(std::move(made));
  }
  result.cites = cites(node->cite());
  return result;
}

// What a declaration behind `replace` replaces: what has its name.
std::vector<ast::Word> Builder::declared_names(const Declaration& made) {
  std::vector<ast::Word> names;
  auto add = [&](const auto& members) {
    for (const auto& each : members) names.push_back(each.name);
  };
  add(made.source), add(made.code_system), add(made.value_set), add(made.parameter), add(made.define), add(made.lookup);
  add(made.entity), add(made.criterion), add(made.limit), add(made.section), add(made.rule), add(made.condition);
  add(made.table), add(made.decides);
  return names;
}

// -- clauses --

ast::Cite Builder::citation(Parser::CitationContext* node) {
  ast::Cite result{word(node->name()), string(node->STRING()), {}, span(node)};
  if (node->grade()) result.grade = string(node->grade()->STRING());
  return result;
}

std::vector<ast::Cite> Builder::cites(const std::vector<Parser::CiteContext*>& nodes) {
  std::vector<ast::Cite> result;
  for (auto* each : nodes) result.push_back(citation(each->citation()));
  return result;
}

Clauses Builder::clauses(const std::vector<Parser::ClauseContext*>& nodes, std::string_view owner, unsigned taken) {
  Clauses result;
  unsigned seen = 0;
  for (auto* each : nodes) clause(result, each, owner, taken, seen);
  return result;
}

void Builder::clause(Clauses& into, Parser::ClauseContext* node, std::string_view owner, unsigned taken, unsigned& seen) {
  std::string_view first = text.view(node->start);
  std::string said(first);
  unsigned kind = first == "cite"        ? clause_cite
                  : first == "in"        ? clause_in_force
                  : first == "when"      ? clause_when
                  : first == "exception" ? clause_exception
                  : first == "subject"   ? clause_subject
                  : first == "ask"       ? clause_ask
                  : node->note           ? clause_note
                                         : clause_sentence;
  if (kind == clause_in_force) said = "in force";
  if (kind == clause_exception) said = "exception to";
  if (kind == clause_subject) said = "subject to";
  if (kind == clause_sentence) said = text.view(node->start, node->statusClause()->stop);
  if (!(taken & kind)) {
    diagnostics.report<DiagnosticId::clause_not_taken>(span(node), owner, said);
    return;
  }
  constexpr unsigned repeatable = clause_cite | clause_ask | clause_note | clause_subject | clause_sentence;
  if (seen & kind & ~repeatable) diagnostics.report<DiagnosticId::clause_twice>(span(node), owner, said);
  seen |= kind;

  auto append = [](auto& to, auto from) { to.insert(to.end(), from.begin(), from.end()); };
  switch (kind) {
    case clause_cite: into.cites.push_back(citation(node->cite()->citation())); break;
    case clause_in_force: into.in_force = in_force(node->inForce()->from, node->inForce()->to); break;
    case clause_when: into.when = expression(node->expression()); break;
    case clause_exception: into.exception_to = exception_to(node->exceptionTo()); break;
    case clause_subject: append(into.subject_to, paths(node->path())); break;
    case clause_ask:
      for (auto* each : node->STRING()) into.asks.push_back(text_word(each));
      break;
    case clause_note: into.notes.push_back(string(node->STRING(0))); break;
    default: {
      bool member = node->member != nullptr;
      std::string_view status = text.view(node->statusClause()->start);
      ast::Sentences& s = into.sentences;
      ast::Word& to = status == "not"   ? (member ? s.member_not_met : s.not_met)
                      : status == "met" ? (member ? s.member_met : s.met)
                                        : (member ? s.member_undetermined : s.undetermined);
      if (to) diagnostics.report<DiagnosticId::clause_twice>(span(node), owner, said);
      to = text_word(node->STRING(0));
    }
  }
}

// -- names and texts --

std::string Builder::name_text(const Token* token) {
  return token->getType() == RubricLexer::QUOTED ? unquote(token) : std::string(text.view(token));
}

ast::Word Builder::word(const Node* node) { return {name_text(node->start), span(node)}; }

ast::Word Builder::word(const Token* token) { return {std::string(text.view(token)), text.span(token)}; }

ast::Word Builder::text_word(const Token* token) { return {unquote(token), text.span(token)}; }

ast::Word Builder::path(Parser::PathContext* node) {
  ast::Word result = word(node->name());
  for (auto* each : node->anyWord()) result.text += '.' + name_text(each->start);
  result.span = span(node);
  return result;
}

std::vector<ast::Word> Builder::paths(const std::vector<Parser::PathContext*>& nodes) {
  std::vector<ast::Word> result;
  for (auto* each : nodes) result.push_back(path(each));
  return result;
}

}  // namespace rubric::parsing
