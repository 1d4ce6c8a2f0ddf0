// Saying what is wrong with a text, and going on behind it. See parse_builder.h.
//
// A parser's own message ("no viable alternative at input ...") helps nobody, so each mistake is looked at: which words
// could have stood here, what stands here instead, and which declaration, group or brace is open. One mistake is
// reported per declaration. Then everything up to the next line that begins a declaration is skipped: what lies
// between is more likely a consequence than a mistake of its own.

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "compiler/parse.h"
#include "compiler/parse_builder.h"
#include "grammar/RubricLexer.h"

namespace rubric::parsing {

using antlr4::CommonTokenStream;
using antlr4::misc::IntervalSet;
using grammar::RubricLexer;

namespace {

// How a declaration is written, as help where the words that could follow are too many to list.
struct Form {
  size_t rule;
  std::string_view what, form;
};
constexpr Form forms[] = {
    {Parser::RuleHeader, "a file", "policy Name version '1', or library, overlay ... amends, tests of"},
    {Parser::RuleTitle, "a title", "title 'Trigger point injections'"},
    {Parser::RuleInForce, "the dates in force", "in force from @2026-01-01 to @2026-12-31"},
    {Parser::RulePrecedence, "the precedence of layers", "precedence Plan, Payer"},
    {Parser::RuleAppliesWhen, "an overlay's scope", "applies when Case.plan = 'HMO'"},
    {Parser::RuleDatedBy, "the date that chooses a version", "dated by Case.received"},
    {Parser::RuleInclude, "an include", "include Clinical"},
    {Parser::RuleSource, "a source", "source LCD 'Local coverage determination'"},
    {Parser::RuleCodeSystem, "a code system", "codesystem CPT"},
    {Parser::RuleValueSet, "a value set", "valueset Name: CPT { '20552', '20553' }"},
    {Parser::RuleParameter, "a parameter", "parameter Name default 3 cite Source 'section'"},
    {Parser::RuleDefine, "a definition", "define Name: expression, or define function Name(a Type) returns Type: expression"},
    {Parser::RuleLookup, "a lookup", "lookup Name: String to String 'key' -> 'value' ... otherwise the key itself"},
    {Parser::RuleEntity, "an entity", "entity Name field Type field list of Type ..."},
    {Parser::RuleDecides, "a block of decisions", "decides each Line where Line.code in Codes when undetermined pend"},
    {Parser::RuleCriterionBody, "a condition", "some Trial T has T.outcome = 'failed', or applies when ... met when ..."},
    {Parser::RuleCriterion, "a criterion", "criterion Name 'sentence' condition cite Source 'section' ask 'what is missing'"},
    {Parser::RuleNamedGroup, "a named group", "criteria Name: all of A, B"},
    {Parser::RuleLimit, "a limit", "limit Name 'sentence' at most 3 days of Codes in the 12 months up to Line.date"},
    {Parser::RuleWindow, "a window of time",
     "in the 12 months up to Line.date, in any 12 months, in the year of Line.date, on the day of Line.date, in a lifetime"},
    {Parser::RuleSection, "a section", "section Name 'text' applies when condition ... end"},
    {Parser::RuleOrdinaryRule, "a rule", "rule Name approve when condition cite Source 'section'"},
    {Parser::RuleExceptionRule, "an exception", "exception Name to Rule deny when condition"},
    {Parser::RuleCondition, "a condition of an approval", "condition Name 'text' due from 2 weeks to 4 weeks after performed met when ..."},
    {Parser::RuleRemark, "a remark", "advise, warn or note 'text' when condition cite Source 'section'"},
    {Parser::RuleObservation, "an observation", "observe 'text' from Findings: 'feature', 'feature'"},
    {Parser::RuleTable, "a table", "table Name, then a line | head | head | and a line for each row"},
    {Parser::RuleAmendment, "an amendment", "add or replace a declaration, relax or tighten Name by condition, remove Name"},
    {Parser::RuleRecord, "a record", "record name { key: value }, or record name = other with key = value"},
    {Parser::RuleTest, "a test", "test 'name' case record with key = value expect line 1 approve"},
    {Parser::RuleGroup, "a group", "all of label: 'sentence' condition ... end, or in one line all of A, B"},
};

const Form* form_of(size_t rule) {
  for (const Form& form : forms) {
    if (form.rule == rule) return &form;
  }
  return nullptr;
}

// The grammar's word for a token type, without quotes; empty for the types that have many spellings.
std::string literal(const antlr4::dfa::Vocabulary& vocabulary, size_t type) {
  std::string name = vocabulary.getLiteralName(type);
  return name.size() > 2 ? name.substr(1, name.size() - 2) : std::string();
}

bool is_word(std::string_view literal) { return !literal.empty() && std::isalpha(static_cast<unsigned char>(literal[0])); }

bool contains(const IntervalSet& set, size_t type) { return set.contains(type); }

class Strategy : public antlr4::DefaultErrorStrategy {
 public:
  Strategy(const Text& text, Diagnostics& diagnostics) : text(text), diagnostics(diagnostics) {}

  // No guessing by dropping or inserting single tokens: it makes up consequences.
  Token* recoverInline(antlr4::Parser* parser) override { throw antlr4::InputMismatchException(parser); }

  // Between declarations, something that begins none is reported here: the loops of the grammar would just end.
  void sync(antlr4::Parser* parser) override {
    size_t rule = parser->getContext()->getRuleIndex();
    if (rule != Parser::RuleFile && rule != Parser::RuleSection) return;
    if (inErrorRecoveryMode(parser)) return;
    size_t next = parser->getTokenStream()->LA(1);
    const antlr4::atn::ATN& atn = parser->getATN();
    if (next == Token::EOF || atn.nextTokens(atn.states[parser->getState()]).contains(next)) return;
    beginErrorCondition(parser);
    between_declarations(parser);
    skip(parser, parser->getContext());
    endErrorCondition(parser);
  }

  void reportError(antlr4::Parser* parser, const antlr4::RecognitionException& e) override {
    if (inErrorRecoveryMode(parser)) return;
    beginErrorCondition(parser);
    if (is_consequence(parser, e.getOffendingToken())) return;
    say(parser, e);
  }

  // Up to the declaration, every rule passes the mistake on.
  void recover(antlr4::Parser* parser, std::exception_ptr e) override {
    auto* context = parser->getContext();
    switch (context->getRuleIndex()) {
      case Parser::RuleDeclaration:
      case Parser::RuleHeader:
        skip(parser, context);
        endErrorCondition(parser);  // the next declaration's mistake is a mistake of its own, be it in its first word
        return;
      case Parser::RuleFile:
      case Parser::RuleExpressionFile:
      case Parser::RuleExpressionOnly:
      case Parser::RuleExpressionsCell:
      case Parser::RuleOutcomeCell:
      case Parser::RuleCitesCell: return;
      default: std::rethrow_exception(e);
    }
  }

 private:
  // -- where a declaration begins --

  const IntervalSet& first_of(antlr4::Parser* parser, size_t rule) {
    auto found = firsts.find(rule);
    if (found == firsts.end()) {
      const antlr4::atn::ATN& atn = parser->getATN();
      found = firsts.emplace(rule, atn.nextTokens(atn.ruleToStartState[rule])).first;
    }
    return found->second;
  }
  const IntervalSet& starts(antlr4::Parser* parser) { return first_of(parser, Parser::RuleDeclaration); }

  // A word that can begin a declaration may also be a key or a name, so it has to stand at the beginning of a line, and
  // not before a sign that makes it something else.
  bool begins_declaration(antlr4::Parser* parser, Token* token) {
    if (!starts(parser).contains(token->getType())) return false;
    auto* tokens = static_cast<CommonTokenStream*>(parser->getTokenStream());
    size_t index = token->getTokenIndex();
    Token* before = neighbour(tokens, index, -1);
    if (before && before->getLine() == token->getLine() && before->getType() != RubricLexer::TABLE_ROW) return false;
    Token* after = neighbour(tokens, index, +1);
    std::string_view sign = after ? text.view(after) : "";
    return sign != ":" && sign != "=" && sign != "." && sign != ",";
  }

  static Token* neighbour(CommonTokenStream* tokens, size_t index, int step) {
    for (size_t i = index + step; i < tokens->size(); i += step) {  // -1 wraps around, beyond the size
      if (tokens->get(i)->getChannel() == Token::DEFAULT_CHANNEL) return tokens->get(i);
    }
    return nullptr;
  }

  // To the next declaration. Inside a section its `end` stops as well; an `end` that closes a group, which was opened
  // in what is skipped, does not.
  void skip(antlr4::Parser* parser, Node* broken) {
    auto* tokens = static_cast<CommonTokenStream*>(parser->getTokenStream());
    bool in_section = false;
    for (auto* up = broken; up; up = static_cast<Node*>(up->parent)) {
      in_section |= up != broken && up->getRuleIndex() == Parser::RuleSection;
    }
    in_section |= broken->getRuleIndex() == Parser::RuleSection;
    bool whole = broken->getRuleIndex() == Parser::RuleDeclaration || broken->getRuleIndex() == Parser::RuleHeader;
    size_t begin = whole ? broken->start->getTokenIndex() : tokens->index();
    size_t open = 0;
    for (size_t i = begin; i < tokens->index(); ++i) count_blocks(tokens, i, open);
    while (tokens->LA(1) != Token::EOF) {
      Token* token = tokens->LT(1);
      bool fresh = token->getTokenIndex() > begin;
      if (fresh && begins_declaration(parser, token)) break;
      if (in_section && open == 0 && text.view(token) == "end" && fresh) break;
      count_blocks(tokens, token->getTokenIndex(), open);
      parser->consume();
    }
  }

  // Keeps the number of groups, sections and cases that are open behind the token.
  void count_blocks(CommonTokenStream* tokens, size_t index, size_t& open) {
    Token* token = tokens->get(index);
    if (token->getChannel() != Token::DEFAULT_CHANNEL) return;
    std::string_view word = text.view(token);
    if (word == "section") ++open;
    if (word == "of") {
      Token* label = neighbour(tokens, index, +1);
      Token* colon = label ? neighbour(tokens, label->getTokenIndex(), +1) : nullptr;
      if (colon && text.view(colon) == ":") ++open;
    }
    if (word == "end" && open > 0) {
      Token* before = neighbour(tokens, index, -1);
      Token* after = neighbour(tokens, index, +1);
      bool name = (before && text.view(before) == ".") || (after && text.view(after) == "of");
      if (!name) --open;
    }
  }

  // -- messages --

  // A character or a text that is no word of the language upsets what stands around it: in a declaration with one,
  // nothing else is reported.
  bool is_consequence(antlr4::Parser* parser, Token* token) {
    size_t begin = declaration_begin(parser, token);
    size_t end = std::min(text.bytes.find('\n', text.span(token).begin - text.offset), text.bytes.size());
    for (const Diagnostic& each : diagnostics.all()) {
      switch (each.id) {
        case DiagnosticId::unterminated_string:
        case DiagnosticId::unknown_character:
        case DiagnosticId::curly_quotes:
        case DiagnosticId::date_form: break;
        default: continue;
      }
      if (each.span.file != text.file || each.span.begin < text.offset) continue;
      size_t place = each.span.begin - text.offset;
      if (begin <= place && place <= end) return true;
    }
    return false;
  }

  // Of the declaration that the token stands in or behind, or of the token's line.
  size_t declaration_begin(antlr4::Parser* parser, Token* token) {
    Node* context = parser->getContext();
    for (Node* up = context; up; up = static_cast<Node*>(up->parent)) {
      if (up->getRuleIndex() == Parser::RuleDeclaration) return text.span(up->start).begin - text.offset;
    }
    if (!context->children.empty()) {
      if (auto* before = dynamic_cast<Parser::DeclarationContext*>(context->children.back())) {
        return text.span(before->start).begin - text.offset;
      }
    }
    size_t place = text.span(token).begin - text.offset;
    return place == 0 ? 0 : text.bytes.rfind('\n', place - 1) + 1;
  }

  std::string quoted(Token* token) const {
    if (token->getType() == RubricLexer::TABLE_ROW) return "table row";
    std::string_view word = text.view(token);
    bool has_quotes = token->getType() == RubricLexer::STRING || token->getType() == RubricLexer::QUOTED;
    return has_quotes ? std::string(word) : "'" + std::string(word) + "'";
  }

  void between_declarations(antlr4::Parser* parser) {
    Token* token = parser->getCurrentToken();
    if (is_consequence(parser, token)) return;
    if (text.view(token) == "end") {
      diagnostics.report<DiagnosticId::end_without_begin>(text.span(token));
      return;
    }
    if (token->getType() == RubricLexer::TABLE_ROW) {
      row_outside_table(token);
      return;
    }
    if (Parser::PlainConditionContext* before = plain_condition_before(parser)) {
      diagnostics.report<DiagnosticId::condition_behind_scope>(text.span(before->start, token));
      return;
    }
    // The word may be meant for a declaration, or for a clause or an operator of the one before: all words are near.
    std::vector<std::string> words;
    for (size_t type = 1; type <= parser->getATN().maxTokenType; ++type) {
      std::string word = literal(parser->getVocabulary(), type);
      if (is_word(word)) words.push_back(std::move(word));
    }
    std::optional<std::string> near = is_plain_name(text.view(token)) ? nearest(text.view(token), words) : std::nullopt;
    const std::string expected = "a declaration, such as criterion, rule or limit";
    if (!near && explained(parser, token, expected, true)) return;
    diagnostics.report<DiagnosticId::unexpected_text>(text.span(token), quoted(token), expected).did_you_mean(near);
  }

  // A slip that is known, with what to write instead.
  bool explained(antlr4::Parser* parser, Token* token, const std::string& expected, bool comma) {
    auto* tokens = static_cast<CommonTokenStream*>(parser->getTokenStream());
    size_t index = token->getTokenIndex();
    std::array<Token*, 2> before{neighbour(tokens, index, -1), nullptr};
    if (before[0]) before[1] = neighbour(tokens, before[0]->getTokenIndex(), -1);
    std::string help = meant_instead(text, before, token, neighbour(tokens, index, +1), comma);
    if (help.empty()) return false;
    diagnostics.report<DiagnosticId::unexpected_text>(text.span(token), quoted(token), expected).help = help;
    return true;
  }

  // criterion X 'sentence' applies when A  B = 3: the grammar takes B for the whole condition.
  static Parser::PlainConditionContext* plain_condition_before(antlr4::Parser* parser) {
    auto* declaration =
        dynamic_cast<Parser::DeclarationContext*>(parser->getContext()->children.empty() ? nullptr : parser->getContext()->children.back());
    Parser::CriterionContext* criterion = declaration ? declaration->criterion() : nullptr;
    if (!criterion || !criterion->criterionBody() || !criterion->clause().empty()) return nullptr;
    return criterion->criterionBody()->plainCondition();
  }

  // $this begins an operand and nothing else; names, numbers and signs also go on behind one.
  static bool operand_expected(antlr4::Parser* parser, const IntervalSet& expected) {
    return expected.contains(parser->getTokenType("'$this'"));
  }

  void row_outside_table(Token* token) {
    std::string_view row = text.view(token);
    Span place = text.span(token);
    place.begin += static_cast<uint32_t>(row.find('|'));
    diagnostics.report<DiagnosticId::row_outside_table>(place);
  }

  void say(antlr4::Parser* parser, const antlr4::RecognitionException& e) {
    Token* token = e.getOffendingToken();
    // Behind a decision that had to look ahead, what was expected at its beginning says nothing about the mistake.
    auto* no_way = dynamic_cast<const antlr4::NoViableAltException*>(&e);
    bool looked_ahead = no_way && no_way->getStartToken() != token;
    IntervalSet expected;
    if (!looked_ahead) expected = parser->getExpectedTokens();
    if (missing_end(parser, token, expected)) return;
    if (token->getType() == Token::EOF) {
      diagnostics.report<DiagnosticId::unexpected_end>(text.span(token), expectation(parser, expected));
      return;
    }
    if (token->getType() == RubricLexer::TABLE_ROW) {
      row_outside_table(token);
      return;
    }
    bool name = contains(expected, RubricLexer::IDENTIFIER), string = contains(expected, RubricLexer::STRING);
    if (token->getType() == RubricLexer::STRING && name && !string) {
      diagnostics.report<DiagnosticId::text_not_name>(text.span(token), text.view(token));
      return;
    }
    if (token->getType() == RubricLexer::QUOTED && string && !name) {
      diagnostics.report<DiagnosticId::name_not_text>(text.span(token), text.view(token));
      return;
    }
    std::string word = literal(parser->getVocabulary(), token->getType());
    bool comma = looked_ahead || expected.contains(parser->getTokenType("','"));
    if (!starts_near_word(parser, token, expected) && explained(parser, token, expectation(parser, expected), comma)) return;
    if (name && !operand_expected(parser, expected) && is_word(word) && !begins_declaration(parser, token)) {
      diagnostics.report<DiagnosticId::word_not_name>(text.span(token), word);
      return;
    }
    Diagnostic& d = diagnostics.report<DiagnosticId::unexpected_text>(text.span(token), quoted(token), expectation(parser, expected));
    if (token->getType() == RubricLexer::IDENTIFIER) d.did_you_mean(nearest(text.view(token), words_of(parser, expected)));
  }

  // A misspelt word of the language says more than what stands around it.
  bool starts_near_word(antlr4::Parser* parser, Token* token, const IntervalSet& expected) const {
    return token->getType() == RubricLexer::IDENTIFIER && nearest(text.view(token), words_of(parser, expected)).has_value();
  }

  // An `end` that could stand here, and a token that is no part of what is open: the next declaration, the next clause
  // of this one, or the end of the file.
  bool missing_end(antlr4::Parser* parser, Token* token, const IntervalSet& expected) {
    bool stops = token->getType() == Token::EOF || begins_declaration(parser, token) ||
                 first_of(parser, Parser::RuleClause).contains(token->getType());
    if (!stops) return false;
    bool end_expected = false;
    for (size_t type : words_types(expected)) end_expected |= literal(parser->getVocabulary(), type) == "end";
    if (!end_expected || operand_expected(parser, expected)) return false;  // `end of X` begins an operand
    for (auto* up = parser->getContext(); up; up = static_cast<Node*>(up->parent)) {
      size_t rule = up->getRuleIndex();
      bool block = rule == Parser::RuleGroup && static_cast<Parser::GroupContext*>(up)->comparison().empty();
      if (!block && rule != Parser::RuleSection && !as<Parser::CaseOfContext>(up)) continue;
      Parser::GroupContext* taken = block ? closed_for_another(static_cast<Parser::GroupContext*>(up)) : nullptr;
      Node* open = taken ? taken : up;
      std::string what(open->getRuleIndex() == Parser::RuleGroup ? text.view(static_cast<Parser::GroupContext*>(open)->groupHead())
                                                                 : text.view(open->start));
      Diagnostic& d = diagnostics.report<DiagnosticId::missing_end>(text.span(taken ? taken->stop : token), what);
      d.relate(text.span(open->start), "'" + what + "' opens here");
      if (taken) d.relate(text.span(up->start), "this end was probably meant for the group that opens here");
      return true;
    }
    return false;
  }

  // A group inside the open one that took its `end`: one that closes further to the left than its own line begins.
  Parser::GroupContext* closed_for_another(Parser::GroupContext* open) {
    for (auto* item : open->groupItem()) {
      for (Node* at = item; at;) {  // along the last children: the group in question ends its item
        auto* group = at->getRuleIndex() == Parser::RuleGroup ? static_cast<Parser::GroupContext*>(at) : nullptr;
        if (group && group->stop && text.view(group->stop) == "end" && column_of_line(group->stop) == column(group->stop) &&
            column(group->stop) < column_of_line(group->start)) {
          return group;
        }
        Node* last = nullptr;
        for (auto* child : at->children) {
          if (auto* node = dynamic_cast<Node*>(child)) last = node;
        }
        at = last;
      }
    }
    return nullptr;
  }

  static size_t column(Token* token) { return token->getCharPositionInLine(); }

  // Where the first word of the token's line stands.
  size_t column_of_line(Token* token) {
    size_t begin = text.span(token).begin - text.offset;
    size_t line = begin == 0 ? 0 : text.bytes.rfind('\n', begin - 1) + 1;  // npos + 1 is 0
    return text.bytes.find_first_not_of(" \t", line) - line;
  }

  static std::vector<size_t> words_types(const IntervalSet& set) {
    std::vector<size_t> types;
    for (ssize_t type : set.toList()) types.push_back(static_cast<size_t>(type));
    return types;
  }

  std::vector<std::string> words_of(antlr4::Parser* parser, const IntervalSet& set) const {
    std::vector<std::string> words;
    for (size_t type : words_types(set)) {
      std::string word = literal(parser->getVocabulary(), type);
      if (is_word(word)) words.push_back(std::move(word));
    }
    return words;
  }

  // What could have stood here, in words; the form of the declaration where that would be too long a list.
  std::string expectation(antlr4::Parser* parser, IntervalSet expected) {
    std::vector<std::string> parts;
    if (parser->getContext()->getRuleIndex() == Parser::RuleWindow && parser->getContext()->children.empty()) return form(parser);
    bool operand = operand_expected(parser, expected);
    if (operand) {
      parts.push_back("a condition or a value");
    } else {
      if (contains(expected, RubricLexer::IDENTIFIER)) parts.push_back("a name");
      if (contains(expected, RubricLexer::STRING)) parts.push_back("text in 'single quotes'");
      if (contains(expected, RubricLexer::NUMBER)) parts.push_back("a number");
      if (contains(expected, RubricLexer::DATE)) parts.push_back("a date such as @2026-01-31");
      if (contains(expected, RubricLexer::TABLE_ROW)) parts.push_back("a row | ... |");
    }
    const IntervalSet names = first_of(parser, Parser::RuleName);
    for (size_t type : words_types(expected)) {
      std::string word = literal(parser->getVocabulary(), type);
      if (word.empty() || (operand && !is_word(word))) continue;
      bool any_name = contains(expected, RubricLexer::IDENTIFIER) && names.contains(type);
      if (!any_name && !(operand && first_of(parser, Parser::RuleExpression).contains(type))) parts.push_back(word);
    }
    constexpr size_t readable = 6;
    if (parts.empty() || parts.size() > readable) return form(parser);
    std::string list;
    for (size_t i = 0; i < parts.size(); ++i) list += (i == 0 ? "" : i + 1 == parts.size() ? " or " : ", ") + parts[i];
    return list;
  }

  std::string form(antlr4::Parser* parser) {
    for (auto* up = parser->getContext(); up; up = static_cast<Node*>(up->parent)) {
      if (const Form* found = form_of(up->getRuleIndex())) {
        return std::string(found->what) + " in the form: " + std::string(found->form);
      }
    }
    return "an expression";
  }

  const Text& text;
  Diagnostics& diagnostics;
  std::map<size_t, IntervalSet> firsts;
};

// The date that was meant, for the forms that leave no doubt.
std::string date_meant(std::string_view written) {
  constexpr std::string_view forms = "a date as @2026-01-31, a time as @T14:30, both as @2026-01-31T14:30";
  if (written.starts_with('@')) written.remove_prefix(1);
  std::array<int, 3> parts{};
  std::array<size_t, 3> digits{};
  size_t count = 0;
  for (char c : written) {
    if (c >= '0' && c <= '9') {
      if (count == 0) count = 1;
      parts[count - 1] = std::min(parts[count - 1] * 10 + (c - '0'), 99999);
      ++digits[count - 1];
    } else if ((c == '-' || c == '/' || c == '.') && count >= 1 && count < 3) {
      ++count;
    } else {
      return std::string(forms);
    }
  }
  bool plain = count >= 2 && digits[0] == 4 && parts[1] >= 1 && parts[1] <= 12 && (count == 2 || (parts[2] >= 1 && parts[2] <= 31));
  if (!plain) return std::string(forms);
  return count == 2 ? fmt::format("@{:04}-{:02}", parts[0], parts[1]) : fmt::format("@{:04}-{:02}-{:02}", parts[0], parts[1], parts[2]);
}

}  // namespace

std::shared_ptr<antlr4::ANTLRErrorStrategy> reporting_strategy(const Text& text, Diagnostics& diagnostics) {
  return std::make_shared<Strategy>(text, diagnostics);
}

void mend_tokens(CommonTokenStream& tokens, const Text& text, Diagnostics& diagnostics) {
  size_t end_of_unknown = Token::EOF;  // a run of characters without a meaning is one mistake
  for (Token* each : tokens.getTokens()) {
    auto* token = static_cast<antlr4::WritableToken*>(each);
    std::string_view raw = text.view(token);
    Span span = text.span(token);
    switch (token->getType()) {
      case RubricLexer::UNCLOSED_TEXT:
      case RubricLexer::UNCLOSED_NAME:
        diagnostics.report<DiagnosticId::unterminated_string>(span, raw.substr(0, 1));
        token->setType(raw[0] == '\'' ? RubricLexer::STRING : RubricLexer::QUOTED);
        break;
      case RubricLexer::CURLY_TEXT:
        diagnostics.report<DiagnosticId::curly_quotes>(span);
        token->setType(RubricLexer::STRING);
        break;
      case RubricLexer::BAD_DATE:
        diagnostics.report<DiagnosticId::date_form>(span, raw, date_meant(raw));
        token->setType(RubricLexer::DATE);
        break;
      case RubricLexer::UNCLOSED_COMMENT:
        diagnostics.report<DiagnosticId::unterminated_comment>(Span{span.file, span.begin, span.begin + 2});
        token->setChannel(Token::HIDDEN_CHANNEL);
        break;
      case RubricLexer::OTHER:
        if (token->getStartIndex() != end_of_unknown) {
          Diagnostic& report = diagnostics.report<DiagnosticId::unknown_character>(span, raw);
          if (std::string help = character_meant(raw); !help.empty()) report.help = help;
        }
        end_of_unknown = token->getStopIndex() + 1;
        token->setChannel(Token::HIDDEN_CHANNEL);
        break;
      default: break;
    }
  }
  tokens.seek(0);  // the first token may be hidden now
}

}  // namespace rubric::parsing
