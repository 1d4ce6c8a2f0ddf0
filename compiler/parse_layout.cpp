// From the parse tree to layout tokens. See parse_layout.h.

#include "compiler/parse_layout.h"

#include <algorithm>

#include "base/text.h"
#include "compiler/parse_builder.h"
#include "grammar/RubricLexer.h"

namespace rubric {

using namespace parsing;
using grammar::RubricLexer;

namespace {

class Layouter {
 public:
  Layouter(const Text& text, antlr4::CommonTokenStream& stream) : text(text) {
    size_t previous_end = 0;
    for (Token* token : stream.getTokens()) {
      if (token->getType() == Token::EOF) break;
      LayoutToken made;
      made.text = text.view(token);
      made.offset = text.span(token).begin;
      made.kind = kind_of(token, made.text);
      if (made.kind == TokenKind::row) {
        size_t bar = made.text.find('|');
        made.text.remove_prefix(bar);
        made.offset += static_cast<uint32_t>(bar);
        made.begins_line = true;
      }
      // A comment and a row take the blanks at their line's end along, but a line break is no part of either.
      while (made.text.ends_with(' ') || made.text.ends_with('\t') || made.text.ends_with('\r')) made.text.remove_suffix(1);
      std::string_view gap = text.bytes.substr(previous_end, made.offset - previous_end);
      made.lines_before = static_cast<uint32_t>(std::count(gap.begin(), gap.end(), '\n'));
      previous_end = made.offset + made.text.size();
      if (made.kind == TokenKind::line_comment && !tokens.empty() && tokens.back().kind == TokenKind::line_comment &&
          made.lines_before == 1) {
        bool trails = tokens.back().below_comment || (tokens.size() > 1 && tokens.back().lines_before == 0);
        made.below_comment = trails && column_of(made.offset) == column_of(tokens.back().offset);
      }
      indices.resize(token->getTokenIndex() + 1);
      indices[token->getTokenIndex()] = tokens.size();
      tokens.push_back(std::move(made));
    }
  }

  // Iterative where the tree is deep, by parents and children on a list of its own: trees nest up to 1,000 levels, and
  // this keeps one frame for all of them.
  void walk(Node* root) {
    std::vector<Node*> pending{root};
    while (!pending.empty()) {
      Node* node = pending.back();
      pending.pop_back();
      visit(node);
      for (auto child = node->children.rbegin(); child != node->children.rend(); ++child) {
        if (auto* inner = dynamic_cast<Node*>(*child)) pending.push_back(inner);
      }
    }
  }

  std::vector<LayoutToken> tokens;

 private:
  static TokenKind kind_of(Token* token, std::string_view text) {
    switch (token->getType()) {
      case RubricLexer::TABLE_ROW: return TokenKind::row;
      case RubricLexer::LINE_COMMENT: return TokenKind::line_comment;
      case RubricLexer::BLOCK_COMMENT: return TokenKind::block_comment;
      case RubricLexer::STRING: return TokenKind::text;
      default: break;
    }
    char c = text.empty() ? ' ' : text[0];
    bool word = std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '@' || c == '"' || c == '`' || c == '$';
    return word ? TokenKind::word : TokenKind::sign;
  }

  size_t column_of(size_t offset) const {
    size_t line = offset == 0 ? 0 : text.bytes.rfind('\n', offset - 1) + 1;  // npos + 1 is 0
    return display_width(text.bytes.substr(line, offset - line));
  }

  LayoutToken& at(Token* token) { return tokens[indices[token->getTokenIndex()]]; }
  LayoutToken* at(Node* node, std::string_view sign, bool last = false) {
    LayoutToken* found = nullptr;
    for (auto* child : node->children) {
      auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(child);
      if (!terminal || text.view(terminal->getSymbol()) != sign) continue;
      found = &at(terminal->getSymbol());
      if (!last) break;
    }
    return found;
  }

  void frame(Node* node, FrameKind kind) {
    if (!node->stop || node->stop->getTokenIndex() < node->start->getTokenIndex()) return;  // it is empty
    frame(node->start, node->stop, kind);
  }
  void frame(Token* first, Token* last, FrameKind kind) {
    at(first).opens.push_back(kind);
    ++at(last).ends;
  }

  // A part of a declaration that may begin a line, and goes on one step further in.
  void clause(Token* first, Token* last) {
    at(first).begins_clause = true;
    frame(first, last, FrameKind::continuation);
  }
  // `when` and its expression, where they are no context of their own.
  void clauses_with(Node* node, std::string_view word) {
    for (size_t i = 0; i + 1 < node->children.size(); ++i) {
      auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(node->children[i]);
      auto* expression = dynamic_cast<Parser::ExpressionContext*>(node->children[i + 1]);
      if (terminal && expression && text.view(terminal->getSymbol()) == word) clause(terminal->getSymbol(), expression->stop);
    }
  }

  void bracket(Node* node, std::string_view open, std::string_view close) {
    LayoutToken* first = at(node, open);
    LayoutToken* last = at(node, close, true);
    if (!first || !last) return;
    first->opens.push_back(FrameKind::bracket);
    last->closes = true;
    ++last->ends;
  }

  void visit(Node* node);
  void type(Node* node);
  void part(Node* node, uint32_t series, bool neighbours);

  const Text& text;
  std::vector<size_t> indices;  // of each ANTLR token, hidden ones included, in `tokens`
};

void Layouter::type(Node* node) {
  if (LayoutToken* open = at(node, "<")) {
    open->tight_before = open->tight_after = true;
    at(node, ">", true)->tight_before = true;
  }
  bracket(node, "{", "}");
}

// Which column the child of a part begins, and the least space before it. Clauses have columns of their own, so that
// `cite` stands below `cite` whatever stands between.
struct Column {
  uint8_t number = 0, gap = 2;
};
Column column_of_word(std::string_view word) {
  struct Row {
    std::string_view word;
    Column column;
  };
  static constexpr Row rows[] = {
      {"default", {1, 1}}, {"to", {1}},  {"->", {1, 1}},     {"grades", {3}},  {"unresolved", {4}}, {"due", {3}}, {"by", {3}},
      {"when", {4}},       {"met", {4}}, {"exception", {5}}, {"subject", {6}}, {"in", {7}},         {"ask", {8}}, {"cite", {cite_column}},
  };
  for (const Row& row : rows) {
    if (row.word == word) return row.column;
  }
  return {};
}

void Layouter::part(Node* node, uint32_t series, bool neighbours) {
  if (!node->stop || node->stop->getTokenIndex() < node->start->getTokenIndex()) return;
  LayoutToken& first = at(node->start);
  first.series = series;
  first.neighbours = neighbours;
  first.part_end = indices[node->stop->getTokenIndex()];
  bool item = node->getRuleIndex() == Parser::RuleGroupItem, set = node->getRuleIndex() == Parser::RuleValueSet;
  for (size_t i = 1; i < node->children.size(); ++i) {
    auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(node->children[i]);
    auto* inner = dynamic_cast<Node*>(node->children[i]);
    if (inner && (!inner->stop || inner->stop->getTokenIndex() < inner->start->getTokenIndex())) continue;
    Token* token = terminal ? terminal->getSymbol() : inner->start;
    Column column;
    if (terminal) {
      column = token->getType() == RubricLexer::STRING ? Column{2, 1} : column_of_word(text.view(token));
    } else {
      switch (inner->getRuleIndex()) {
        case Parser::RuleOutcome: column = {3, 1}; break;
        case Parser::RuleCriterionBody:
        case Parser::RuleMeasure: column = {3}; break;
        case Parser::RuleFieldType: column = {1}; break;
        case Parser::RuleExpression:
          if (item) column = {3};
          break;
        case Parser::RuleName:
          if (set && i == 3) column = {1, 1};
          break;
        case Parser::RuleClause:
        case Parser::RuleConditionClause:
        case Parser::RuleInForce:
        case Parser::RuleCite: column = column_of_word(text.view(token)); break;
        default: break;
      }
    }
    at(token).column = column.number;
    at(token).gap = column.gap;
  }
}

void Layouter::visit(Node* node) {
  switch (node->getRuleIndex()) {
    case Parser::RuleSource:
    case Parser::RuleValueSet:
    case Parser::RuleParameter:
    case Parser::RuleCriterion:
    case Parser::RuleLimit:
    case Parser::RuleOrdinaryRule:
    case Parser::RuleExceptionRule:
    case Parser::RuleCondition:
    case Parser::RuleDecides:
    case Parser::RuleRemark: part(node, static_cast<uint32_t>(node->getRuleIndex()) + 1, true); break;
    case Parser::RuleAmendment:
      if (text.view(node->start) != "add" && text.view(node->start) != "replace") part(node, Parser::RuleAmendment + 1, true);
      break;
    case Parser::RuleGroupItem:
    case Parser::RuleField:
    case Parser::RuleLookupRow:
      part(node, text.span(static_cast<Node*>(node->parent)->start).begin + Parser::RuleHardWord + 2, false);
      break;
    default: break;
  }
  switch (node->getRuleIndex()) {
    case Parser::RuleDeclaration: {
      bool amended = node->parent && static_cast<Node*>(node->parent)->getRuleIndex() == Parser::RuleAmendment;
      frame(node, FrameKind::declaration);
      if (!amended) at(node->start).begins_line = true;
      break;
    }
    case Parser::RuleHeader: frame(node, FrameKind::declaration); break;
    case Parser::RuleSection: {
      LayoutToken* end = at(node, "end", true);
      end->begins_line = end->closes = true;
      break;
    }
    case Parser::RuleGroup:
      if (LayoutToken* end = at(node, "end", true)) {
        frame(node, FrameKind::group);
        end->begins_line = end->closes = true;
      }
      break;
    case Parser::RuleGroupItem:
      frame(node, FrameKind::item);
      at(node->start).begins_line = true;
      break;
    case Parser::RuleCite:
      if (static_cast<Node*>(node->parent)->start == node->start) break;  // as a clause, below
      [[fallthrough]];
    case Parser::RuleClause:
    case Parser::RuleConditionClause:
    case Parser::RuleMeasure:
    case Parser::RuleWhenUndetermined: clause(node->start, node->stop); break;
    case Parser::RuleCriterionBody: {
      auto* body = static_cast<Parser::CriterionBodyContext*>(node);
      if (!body->scope) {
        clause(body->start, body->stop);
        break;
      }
      clause(body->start, body->scope->stop);
      auto* next = body->children[3];  // behind applies, when and the scope: met, or the condition itself
      auto* met = dynamic_cast<antlr4::tree::TerminalNode*>(next);
      clause(met ? met->getSymbol() : static_cast<Node*>(next)->start, body->stop);
      break;
    }
    case Parser::RuleRemark: clauses_with(node, "when"); break;
    case Parser::RuleDecides: clauses_with(node, "where"); break;
    case Parser::RuleField:
    case Parser::RuleLookupRow:
    case Parser::RuleQueryClause:
    case Parser::RuleRecordChange: frame(node, FrameKind::continuation); break;
    case Parser::RuleExpectation:
    case Parser::RuleSourceConcludes:
      frame(node, FrameKind::continuation);
      at(node->start).begins_line = true;
      break;
    case Parser::RuleType: type(node); break;
    case Parser::RulePostfix:
      at(node->start).tight_before = true;
      if (text.view(node->start) == "[") {
        at(node->start).tight_after = true;
        bracket(node, "[", "]");
      }
      break;
    case Parser::RuleArguments:
      at(node->start).tight_before = true;
      bracket(node, "(", ")");
      break;
    case Parser::RuleDefine:
      if (LayoutToken* open = at(node, "(")) open->tight_before = true;
      bracket(node, "(", ")");
      break;
    case Parser::RuleIntervalSelector:
      for (std::string_view open : {"[", "("}) {
        if (LayoutToken* found = at(node, open)) found->tight_before = true;
      }
      if (text.view(static_cast<Parser::IntervalSelectorContext*>(node)->low) == "[") at(node, "[")->opens.push_back(FrameKind::bracket);
      else at(node, "(")->opens.push_back(FrameKind::bracket);
      at(node->stop).closes = true;
      ++at(node->stop).ends;
      break;
    case Parser::RuleArithmetic:
      if (auto* sign = as<Parser::SignContext>(node)) at(sign->op).tight_after = true;
      if (auto* case_of = as<Parser::CaseOfContext>(node)) {
        frame(case_of, FrameKind::group);
        at(case_of->stop).closes = true;
      }
      break;
    case Parser::RuleStarting:
      if (auto* sign = static_cast<Parser::StartingContext*>(node)->sign) at(sign).tight_after = true;
      break;
    case Parser::RuleBound:
      if (auto* sign = static_cast<Parser::BoundContext*>(node)->sign) at(sign).tight_after = true;
      break;
    case Parser::RuleLookupTerm:
      if (auto* sign = static_cast<Parser::LookupTermContext*>(node)->sign) at(sign).tight_after = true;
      bracket(node, "(", ")");
      break;
    case Parser::RuleLiteral:
      if (LayoutToken* colon = at(node, ":")) colon->loose_before = true;  // a ratio, 1 : 128
      break;
    case Parser::RuleRecordPath:
      for (auto* child : node->children) {
        auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(child);
        if (!terminal) continue;
        std::string_view sign = text.view(terminal->getSymbol());
        LayoutToken& token = at(terminal->getSymbol());
        if (sign == "[") token.tight_before = token.tight_after = true;
      }
      break;
    case Parser::RulePointer:
      for (auto* child : node->children) {
        auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(child);
        LayoutToken& token = at(terminal ? terminal->getSymbol() : static_cast<Node*>(child)->start);
        if (&token != &at(node->start)) token.tight_before = true;
      }
      break;
    case Parser::RuleJson:
      if (text.view(node->start) == "-") at(node->start).tight_after = true;
      bracket(node, "{", "}");
      bracket(node, "[", "]");
      break;
    case Parser::RulePrimary:
      bracket(node, "(", ")");
      bracket(node, "{", "}");
      break;
    case Parser::RuleListSelector:
      if (LayoutToken* open = at(node, "<")) {
        open->tight_before = open->tight_after = true;
        at(node, ">")->tight_before = true;
      }
      bracket(node, "{", "}");
      break;
    case Parser::RuleInstanceBody:
    case Parser::RuleContents:
    case Parser::RuleValueSet:
    case Parser::RuleCodeSystem:
    case Parser::RuleFieldType: bracket(node, "{", "}"); break;
    case Parser::RuleAmount:
    case Parser::RuleTimes:
    case Parser::RuleCodes:
    case Parser::RuleWindow: bracket(node, "(", ")"); break;
    case Parser::RuleTable: {
      uint32_t number = at(node->start).offset;
      for (auto* row : static_cast<Parser::TableContext*>(node)->TABLE_ROW()) at(row->getSymbol()).table = number;
      break;
    }
    default: break;
  }
}

}  // namespace

std::optional<std::vector<LayoutToken>> layout(std::string_view source, FileId file, Diagnostics& diagnostics) {
  Text text(source, file, 0);
  std::optional<std::vector<LayoutToken>> result;
  size_t said = diagnostics.all().size();
  parse_file(text, diagnostics, [&](Parser::FileContext* node, antlr4::CommonTokenStream& stream) {
    if (diagnostics.all().size() != said) return;  // the tree may have holes
    Layouter layouter(text, stream);
    layouter.walk(node);
    result = std::move(layouter.tokens);
  });
  return result;
}

}  // namespace rubric
