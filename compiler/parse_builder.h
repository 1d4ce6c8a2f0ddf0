// From ANTLR's contexts to the values of ast.h. Shared by the parse_*.cpp files, and by nobody else: it shows ANTLR.
//
// The builder walks contexts of declarations that parsed without a mistake, so it trusts their shape; whether a word
// that the grammar lets through makes sense here (a rule's `ask`, two conditions) is reported by the builder.
// It is recursive, and each step of the recursion is a function of its own, so that what one keeps on the stack stays
// small; contexts that only wrap another (a comparison that is an arithmetic that is a name) are skipped in a loop.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

#include "antlr4-runtime.h"

#include "base/diagnostic.h"
#include "base/source.h"
#include "compiler/ast.h"
#include "grammar/RubricParser.h"

namespace rubric::parsing {

using Parser = grammar::RubricParser;
using Node = antlr4::ParserRuleContext;
using antlr4::Token;

// A text that is being parsed, and where in a file it stands. ANTLR counts code points, everyone else bytes.
class Text {
 public:
  Text(std::string_view bytes, FileId file, uint32_t offset);

  Span span(const Token* first, const Token* last) const;
  Span span(const Token* token) const { return span(token, token); }
  Span span(const Node* node) const;
  std::string_view view(const Token* token) const { return view(token, token); }
  std::string_view view(const Token* first, const Token* last) const;
  std::string_view view(const Node* node) const { return view(node->start, node->stop); }

  std::string_view bytes;
  FileId file;
  uint32_t offset;  // of the text's first byte in the file

 private:
  uint32_t byte(size_t code_point) const;
  std::vector<uint32_t> starts;  // each code point's first byte, and the end; empty while all are ASCII
};

// The context as one of the classes that the grammar's labels make, or null. Contexts have no subclasses beyond those.
template <class Context>
Context* as(antlr4::tree::ParseTree* node) {
  return typeid(*node) == typeid(Context) ? static_cast<Context*>(node) : nullptr;
}

// The clauses behind a declaration's body.
struct Clauses {
  std::vector<ast::Cite> cites;
  ast::InForce in_force;
  std::optional<ast::Expr> when;
  ast::ExceptionTo exception_to;
  std::vector<ast::Word> subject_to, asks;
  ast::Sentences sentences;
  std::vector<std::string> notes;
};

// Which clauses a declaration takes; the others are reported.
enum ClauseKind : unsigned {
  clause_cite = 1,
  clause_in_force = 2,
  clause_when = 4,
  clause_exception = 8,
  clause_subject = 16,
  clause_ask = 32,
  clause_note = 64,
  clause_sentence = 128,
};

class Builder {
 public:
  Builder(const Text& text, Diagnostics& diagnostics) : text(text), diagnostics(diagnostics) {}

  ast::Module module(Parser::FileContext* node);
  ast::Expr expression(Node* node);
  ast::Outcome outcome(Parser::OutcomeContext* node);
  ast::Cite citation(Parser::CitationContext* node);
  ast::Expr bare_query(ast::Expr source, Parser::NameContext* alias);

 private:
  // parse_expressions.cpp
  ast::Expr make(ast::ExprKind kind, const Node* node);
  template <class... Nodes>
  ast::Expr make(ast::ExprKind kind, const Node* node, std::string_view name, Nodes*... args);
  ast::Expr comparison(Node* node);
  ast::Expr arithmetic(Node* node);
  ast::Expr primary(Node* node);
  ast::Expr logic(Parser::LogicContext* node);
  ast::Expr value(Parser::ValueContext* node);
  ast::Expr many_sources(Parser::ManySourcesContext* node);
  ast::Expr membership(Parser::MembershipContext* node);
  ast::Expr timed(Parser::TimedContext* node);
  ast::Expr type_test(Parser::TypeTestContext* node);
  ast::Expr case_of(Parser::CaseOfContext* node);
  ast::Expr regroup(Parser::RegroupContext* node);
  ast::Expr convert(Parser::ConvertContext* node);
  ast::Expr postfixed(Parser::PostfixedContext* node);
  void extend(ast::Expr& object, Parser::PostfixContext* postfix);
  ast::Expr named(Parser::NamedContext* node);
  ast::Expr code_literal(Parser::CodeLiteralContext* node);
  ast::Expr concept_literal(Parser::ConceptLiteralContext* node);
  ast::Expr interval(Parser::IntervalSelectorContext* node);
  ast::Expr list(Parser::ListSelectorContext* node);
  ast::Expr literal(Parser::LiteralContext* node);
  ast::Expr token_literal(Token* token);
  ast::Expr number(Parser::NumberContext* node);
  ast::Expr starting(Parser::StartingContext* node);
  ast::Expr bound(Parser::BoundContext* node);
  ast::Expr signed_literal(const Node* node, const Token* sign, ast::Expr value);
  ast::Expr tuple(const Node* node, Parser::InstanceBodyContext* body);
  void elements(ast::Expr& into, Parser::InstanceBodyContext* body);
  ast::Expr quantified(Parser::QuantifiedContext* node);
  ast::Expr group(Parser::GroupContext* node);
  ast::Expr inline_group(ast::Expr head, const std::vector<Parser::ComparisonContext*>& items);
  ast::Expr status(Parser::StatusTestContext* node);
  ast::Expr amount(Parser::AmountContext* node);
  ast::Expr times(Parser::TimesContext* node);
  ast::Expr path_expression(Parser::QualifiedNameContext* node);
  ast::Expr query_source(Parser::QuerySourceContext* node);
  void query_clauses(ast::Expr& query, const std::vector<Parser::QueryClauseContext*>& clauses);
  void query_clause(ast::Expr& query, Parser::QueryClauseContext* node);
  ast::Expr sort_clause(Parser::SortClauseContext* node);
  ast::TypeRef type(Parser::TypeContext* node);
  ast::Expr date(Parser::DateContext* node);
  ast::Expr too_deep(const Node* node);

  // parse_policy.cpp, parse_model.cpp, parse_tests.cpp
  void header(ast::Module& module, Parser::HeaderContext* node);
  std::vector<ast::Declaration> declarations(const std::vector<Parser::DeclarationContext*>& nodes);
  void declaration(ast::Declaration& into, Node* node);
  ast::InForce in_force(Parser::DateContext* from, Parser::DateContext* to);
  ast::InForce dates(Parser::DatesContext* node);
  ast::Source source(Parser::SourceContext* node);
  ast::CodeEntry code_entry(Parser::CodeEntryContext* node);
  std::vector<ast::CodeEntry> code_entries(const std::vector<Parser::CodeEntryContext*>& nodes);
  ast::ValueSet value_set(Parser::ValueSetContext* node);
  ast::Parameter parameter(Parser::ParameterContext* node);
  ast::Define define(Parser::DefineContext* node);
  ast::Lookup lookup(Parser::LookupContext* node);
  ast::Expr lookup_term(Parser::LookupTermContext* node);
  ast::Entity entity(Parser::EntityContext* node);
  ast::Field field(Parser::FieldContext* node);
  void field_type(ast::Field& field, Node* node);
  void field_limit(ast::Field& field, Parser::FieldLimitContext* node);
  ast::Decides decides(Parser::DecidesContext* node);
  void for_each(Parser::ForEachContext* node, ast::Word& entity, ast::Word& alias);
  ast::Criterion criterion(Parser::CriterionContext* node);
  ast::Criterion named_group(Parser::NamedGroupContext* node);
  ast::Limit limit(Parser::LimitContext* node);
  void window(ast::Limit& limit, Node* node);
  ast::Section section(Parser::SectionContext* node);
  ast::Rule ordinary_rule(Parser::OrdinaryRuleContext* node);
  ast::Rule exception_rule(Parser::ExceptionRuleContext* node);
  ast::ExceptionTo exception_to(Parser::ExceptionToContext* node);
  ast::Contents contents(Parser::ContentsContext* node);
  ast::Word outcome_word(Parser::OutcomeWordContext* node);
  ast::Condition condition(Parser::ConditionContext* node);
  ast::Remark remark(Parser::RemarkContext* node);
  ast::Remark observation(Parser::ObservationContext* node);
  ast::Table table(Parser::TableContext* node);
  std::vector<ast::Cell> row(const Token* token);
  ast::Amend amendment(Parser::AmendmentContext* node);
  static std::vector<ast::Word> declared_names(const ast::Declaration& made);
  std::vector<ast::Word> joins(Parser::JoinsContext* node);
  std::vector<ast::Cite> cites(const std::vector<Parser::CiteContext*>& nodes);
  Clauses clauses(const std::vector<Parser::ClauseContext*>& nodes, std::string_view owner, unsigned taken);
  void clause(Clauses& into, Parser::ClauseContext* node, std::string_view owner, unsigned taken, unsigned& seen);

  ast::Record record(Parser::RecordContext* node);
  void record_source(ast::Record& record, Parser::RecordSourceContext* node, const std::vector<Parser::RecordChangeContext*>& changes);
  ast::Override change(Parser::RecordPathContext* path, Parser::JsonContext* value, const Node* node);
  ast::Json json(Parser::JsonContext* node);
  ast::Test test(Parser::TestContext* node);
  void expectation(ast::Test& test, Parser::ExpectationContext* node);
  void expected(ast::Expectation& into, Node* what);
  void facts(const std::vector<Parser::FactContext*>& nodes, std::vector<std::string>& pointers, ast::Expectation& into);
  void place(std::vector<uint32_t>& lines, uint32_t& item, Parser::PlaceContext* node);
  void concludes(ast::Test& test, Parser::SourceConcludesContext* node);
  uint32_t small_number(const Token* token);

  // names and texts
  std::string name_text(const Token* token);  // an identifier without its quotes
  std::string unquote(const Token* token);    // a string or a quoted name without quotes and escapes
  ast::Word word(const Node* node);           // of a name or anyWord context
  ast::Word word(const Token* token);         // as it stands
  ast::Word text_word(const Token* token);    // a string
  ast::Word text_word(antlr4::tree::TerminalNode* node) { return node ? text_word(node->getSymbol()) : ast::Word{}; }
  std::string string(antlr4::tree::TerminalNode* node) { return node ? unquote(node->getSymbol()) : std::string(); }
  ast::Word path(Parser::PathContext* node);
  template <class Contexts>
  std::vector<ast::Word> words(const Contexts& nodes) {
    std::vector<ast::Word> result;
    for (auto* each : nodes) result.push_back(word(each));
    return result;
  }
  std::vector<ast::Word> paths(const std::vector<Parser::PathContext*>& nodes);
  Span span(const Node* node) const { return text.span(node); }

  const Text& text;
  Diagnostics& diagnostics;
  uint32_t depth = 0;
  bool said_too_deep = false;
  std::vector<ast::Word> joined;  // `to R` inside a clause that an overlay adds
};

// -- parse.cpp --

// Parses a file and lends its context and tokens. False if there was a mistake.
using FileUse = std::function<void(Parser::FileContext*, antlr4::CommonTokenStream&)>;
bool parse_file(const Text& text, Diagnostics& diagnostics, const FileUse& use);

// A text that is one expression, and not a query without clauses.
std::optional<ast::Expr> parse_one(const Text& text, Diagnostics& diagnostics);

// A text between quotes with its escapes read; an escape without a meaning stays as it is.
struct Unescaped {
  std::string text;
  std::vector<uint32_t> origins;                       // of each byte of `text`, and of its end, in the raw text
  std::vector<std::pair<uint32_t, uint32_t>> unknown;  // escapes without a meaning: where, how long
};
Unescaped unescape(std::string_view raw);

// -- parse_templates.cpp --

size_t closing_brace(std::string_view text, size_t open);  // npos if there is none

// -- parse_slips.cpp --

// Help for a token that cannot stand where it stands, if it is a slip that people make; or nothing.
// `before`: the tokens before it, the nearest first; any of them may be null. `comma`: whether one could stand here.
std::string meant_instead(const Text& text, std::span<Token* const> before, Token* token, Token* after, bool comma);
std::string character_meant(std::string_view character);  // for one without a meaning

// -- parse_errors.cpp --

// Reports the first mistake of each declaration into diagnostics, and takes the parser on to the next declaration.
std::shared_ptr<antlr4::ANTLRErrorStrategy> reporting_strategy(const Text& text, Diagnostics& diagnostics);

// Reports what the lexer found that is no word, number or sign, and turns it into what it was probably meant to be.
void mend_tokens(antlr4::CommonTokenStream& tokens, const Text& text, Diagnostics& diagnostics);

}  // namespace rubric::parsing
