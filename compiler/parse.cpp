// Running ANTLR: text to tokens to contexts to AST. See parse.h; the contexts are read by parse_builder.h.
//
// Two passes at most. The first predicts with SLL, which is some ten times faster and wrongly rejects a few texts; it
// gives up at the first mistake, silently. Only then the second, with full LL, which also says what is wrong.

#include "compiler/parse.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "compiler/literate.h"
#include "compiler/parse_builder.h"
#include "grammar/RubricLexer.h"

namespace rubric {

namespace parsing {

using grammar::RubricLexer;

// -- texts --

Text::Text(std::string_view bytes, FileId file, uint32_t offset) : bytes(bytes), file(file), offset(offset) {
  if (std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return;
  for (uint32_t at = 0; at < bytes.size(); ++at) {
    if ((static_cast<unsigned char>(bytes[at]) & 0xC0) != 0x80) starts.push_back(at);
  }
  starts.push_back(static_cast<uint32_t>(bytes.size()));
}

uint32_t Text::byte(size_t code_point) const {
  if (starts.empty()) return static_cast<uint32_t>(std::min(code_point, bytes.size()));
  return starts[std::min(code_point, starts.size() - 1)];
}

// ANTLR's stop is the last code point of a token; of an empty context, and at the end of the text, it lies before
// start.
Span Text::span(const Token* first, const Token* last) const {
  uint32_t begin = byte(first->getStartIndex());
  uint32_t end = last ? byte(last->getStopIndex() + 1) : begin;
  return {file, offset + begin, offset + std::max(begin, end)};
}

Span Text::span(const Node* node) const { return span(node->start, node->stop); }

std::string_view Text::view(const Token* first, const Token* last) const {
  Span place = span(first, last);
  return bytes.substr(place.begin - offset, place.end - place.begin);
}

std::string Builder::unquote(const Token* token) {
  std::string_view raw = text.view(token);
  if (raw.starts_with("\xE2")) return std::string(raw.substr(3, raw.size() - 6));  // curly quotes, reported already
  bool closed = raw.size() >= 2 && raw.back() == raw.front();                      // if not, that is reported as well
  Unescaped result = unescape(raw.substr(1, raw.size() - (closed ? 2 : 1)));
  uint32_t begin = text.span(token).begin + 1;
  for (auto [at, size] : result.unknown) {
    Span place{text.file, begin + at, begin + at + size};
    diagnostics.report<DiagnosticId::unknown_escape>(place, raw.substr(1 + at, size));
  }
  return std::move(result.text);
}

Unescaped unescape(std::string_view raw) {
  Unescaped result;
  for (size_t at = 0; at < raw.size(); ++at) {
    size_t begin = at;
    auto put = [&](std::string_view piece) {
      result.text += piece;
      result.origins.resize(result.text.size(), static_cast<uint32_t>(begin));
    };
    if (raw[at] != '\\' || at + 1 == raw.size()) {
      put(raw.substr(at, 1));
      continue;
    }
    char c = raw[++at];
    switch (c) {
      case 'f': put("\f"); break;
      case 'n': put("\n"); break;
      case 'r': put("\r"); break;
      case 't': put("\t"); break;
      case '\\':
      case '/':
      case '\'':
      case '"':
      case '`': put(raw.substr(at, 1)); break;
      case 'u': {
        std::string_view digits = raw.substr(at + 1, 4);
        char32_t value = 0;
        bool good = digits.size() == 4;
        for (char digit : digits) {
          size_t v = std::string_view("0123456789abcdef").find(static_cast<char>(digit | 0x20));
          good &= v != std::string_view::npos && digit != '\x10';
          value = value * 16 + static_cast<char32_t>(v & 15);
        }
        // Surrogates are halves of characters that JSON writes in two; CQL has no such pairs.
        if (good && (value < 0xD800 || value > 0xDFFF)) {
          std::string utf8;
          append_utf8(utf8, value);
          put(utf8);
          at += 4;
          break;
        }
        [[fallthrough]];
      }
      default: {
        size_t size = first_code_point(raw.substr(at)).bytes + 1;
        result.unknown.emplace_back(static_cast<uint32_t>(begin), static_cast<uint32_t>(size));
        put(raw.substr(begin, size));
        at = begin + size - 1;
      }
    }
  }
  result.origins.push_back(static_cast<uint32_t>(raw.size()));
  return result;
}

namespace {

struct TooDeep {
  Span at;
};

// Counts how often each rule is active, while the parser runs: that is before its own recursion could get too deep. The
// links of a chain (`a or b or c`) are no recursion of the parser's; Builder sees how deep the tree becomes.
class DepthGuard : public antlr4::tree::ParseTreeListener {
 public:
  explicit DepthGuard(const Text& text) : text(text), active(parser_rules) {}

  void enterEveryRule(Node* node) override {
    if (is_link(node)) return;
    if (++active[node->getRuleIndex()] > deepest_nesting) throw TooDeep{text.span(node->start)};
  }
  void exitEveryRule(Node* node) override {
    if (!is_link(node)) --active[node->getRuleIndex()];
  }
  void visitTerminal(antlr4::tree::TerminalNode*) override {}
  void visitErrorNode(antlr4::tree::ErrorNode*) override {}

 private:
  static bool is_link(const Node* node) {
    const auto* first = node->children.empty() ? nullptr : dynamic_cast<const Node*>(node->children[0]);
    return first && first->getRuleIndex() == node->getRuleIndex();
  }

  static constexpr size_t parser_rules = Parser::RuleHardWord + 1;  // the last rule of the grammar
  const Text& text;
  std::vector<uint32_t> active;
};

// Lexes and parses a text with one of the grammar's entry rules, and gives the context to `use` while it lives. False
// if there was a mistake: then it has been reported, and `use` gets a context with what could be parsed, or is not
// called.
template <class Entry, class Use>
bool run(const Text& text, Diagnostics& diagnostics, Entry entry, Use use) {
  size_t errors = diagnostics.all().size();
  if (text.bytes.size() > largest_source) {
    diagnostics.report<DiagnosticId::file_too_large>({text.file, text.offset, text.offset}, text.bytes.size(), largest_source);
    return false;
  }
  if (std::optional<size_t> bad = first_invalid_utf8(text.bytes)) {
    auto at = text.offset + static_cast<uint32_t>(*bad);
    diagnostics.report<DiagnosticId::not_utf8>({text.file, at, at + 1}, *bad);
    return false;
  }
  try {
    // ANTLR drops a byte order mark, which would put every place off by one: it is given a space in its stead.
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    bool marked = text.bytes.starts_with(byte_order_mark);
    antlr4::ANTLRInputStream input(marked ? " " + std::string(text.bytes.substr(3)) : std::string(text.bytes));
    RubricLexer lexer(&input);
    lexer.removeErrorListeners();
    antlr4::CommonTokenStream tokens(&lexer);
    tokens.fill();
    mend_tokens(tokens, text, diagnostics);

    Parser parser(&tokens);
    parser.removeErrorListeners();
    DepthGuard guard(text);
    parser.addParseListener(&guard);
    auto* interpreter = parser.getInterpreter<antlr4::atn::ParserATNSimulator>();
    interpreter->setPredictionMode(antlr4::atn::PredictionMode::SLL);
    parser.setErrorHandler(std::make_shared<antlr4::BailErrorStrategy>());
    try {
      use((parser.*entry)(), tokens);
      return diagnostics.all().size() == errors;
    } catch (const antlr4::ParseCancellationException&) {
    }
    DepthGuard second_guard(text);
    parser.removeParseListeners();
    parser.addParseListener(&second_guard);
    interpreter->setPredictionMode(antlr4::atn::PredictionMode::LL);
    parser.setErrorHandler(reporting_strategy(text, diagnostics));
    parser.reset();
    use((parser.*entry)(), tokens);
  } catch (const TooDeep& deep) {
    diagnostics.report<DiagnosticId::nested_too_deep>(deep.at, deepest_nesting);
  }
  return diagnostics.all().size() == errors;
}

}  // namespace

bool parse_file(const Text& text, Diagnostics& diagnostics, const FileUse& use) { return run(text, diagnostics, &Parser::file, use); }

}  // namespace parsing

using namespace parsing;

ast::Module parse(const SourceSet& sources, FileId file, Diagnostics& diagnostics) {
  const SourceFile& source = sources.file(file);
  std::string_view bytes = source.text;
  std::string blanked;
  if (source.name.ends_with(".md")) bytes = blanked = rubric_of_markdown(bytes);
  Text text(bytes, file, 0);
  ast::Module module;
  module.file = file;
  run(text, diagnostics, &Parser::file,
      [&](Parser::FileContext* node, antlr4::CommonTokenStream&) { module = Builder(text, diagnostics).module(node); });
  return module;
}

std::optional<ast::Expr> parse_expression(const SourceSet& sources, FileId file, Diagnostics& diagnostics) {
  Text text(sources.file(file).text, file, 0);
  std::optional<ast::Expr> result;
  bool good = run(text, diagnostics, &Parser::expressionFile, [&](Parser::ExpressionFileContext* node, antlr4::CommonTokenStream&) {
    if (!node->expression() || node->expression()->exception || node->exception) return;
    Builder builder(text, diagnostics);
    ast::Expr expr = builder.expression(node->expression());
    result = node->name() ? builder.bare_query(std::move(expr), node->name()) : std::move(expr);
  });
  if (!good) result.reset();
  return result;
}

std::optional<ast::Expr> parsing::parse_one(const Text& text, Diagnostics& diagnostics) {
  std::optional<ast::Expr> result;
  bool good = run(text, diagnostics, &Parser::expressionOnly, [&](Parser::ExpressionOnlyContext* node, antlr4::CommonTokenStream&) {
    if (!node->exception) result = Builder(text, diagnostics).expression(node->expression());
  });
  if (!good) result.reset();
  return result;
}

ast::Cell parse_cell(std::string_view bytes, Span span, ColumnKind kind, Diagnostics& diagnostics) {
  ast::Cell cell;
  cell.text = bytes;
  cell.span = cell.inner = span;
  if (bytes.empty()) return cell;
  Text text(bytes, span.file, span.begin);
  Builder builder(text, diagnostics);
  auto whole = [](const Node* node) { return !node->exception; };
  switch (kind) {
    case ColumnKind::condition:
      run(text, diagnostics, &Parser::expressionsCell, [&](Parser::ExpressionsCellContext* node, antlr4::CommonTokenStream&) {
        if (!whole(node)) return;
        for (auto* each : node->expression()) cell.exprs.push_back(builder.expression(each));
      });
      break;
    case ColumnKind::outcome:
      run(text, diagnostics, &Parser::outcomeCell, [&](Parser::OutcomeCellContext* node, antlr4::CommonTokenStream&) {
        if (whole(node)) cell.outcome = builder.outcome(node->outcome());
      });
      break;
    case ColumnKind::cite:
      run(text, diagnostics, &Parser::citesCell, [&](Parser::CitesCellContext* node, antlr4::CommonTokenStream&) {
        if (!whole(node)) return;
        for (auto* each : node->citation()) cell.cites.push_back(builder.citation(each));
      });
      break;
    case ColumnKind::text:
      if (bytes.size() >= 2 && bytes.front() == '\'' && bytes.back() == '\'') {
        cell.text = unescape(bytes.substr(1, bytes.size() - 2)).text;
      }
  }
  return cell;
}

bool is_plain_name(std::string_view word) {
  auto letter = [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (word.empty() || !letter(word[0])) return false;
  if (!std::all_of(word.begin(), word.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); })) return false;
  // The grammar's words, without those that its rule `name` lets stand for names.
  static const std::set<std::string, std::less<>> reserved = [] {
    antlr4::CommonTokenStream no_tokens(nullptr);
    Parser parser(&no_tokens);
    const antlr4::atn::ATN& atn = parser.getATN();
    antlr4::misc::IntervalSet names = atn.nextTokens(atn.ruleToStartState[Parser::RuleName]);
    std::set<std::string, std::less<>> words;
    for (size_t type = 1; type <= atn.maxTokenType; ++type) {
      std::string literal = parser.getVocabulary().getLiteralName(type);
      if (literal.size() > 2 && !names.contains(type)) words.insert(literal.substr(1, literal.size() - 2));
    }
    return words;
  }();
  return !reserved.contains(word);
}

}  // namespace rubric
