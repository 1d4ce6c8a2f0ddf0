// Sentences with {expressions} in them, into parts. See split_template in parse.h.

#include "compiler/parse.h"
#include "compiler/parse_builder.h"

namespace rubric {

using namespace parsing;

namespace {

// Applies `move` to every span of the expression.
template <class Move>
void move_spans(ast::Expr& expr, const Move& move) {
  expr.span = move(expr.span);
  expr.type.span = move(expr.type.span);
  for (auto* parts : {&expr.args, &expr.of, &expr.where, &expr.count}) {
    for (ast::Expr& each : *parts) move_spans(each, move);
  }
}

}  // namespace

std::vector<TemplatePart> split_template(const SourceSet& sources, std::string_view text, Span span, Diagnostics& diagnostics) {
  // Where each byte of the sentence stands in the file: behind the opening quote, and further on for each escape. A
  // sentence that does not stand there as it is (from a CSV file with doubled quotes) is taken to, from its start on.
  std::vector<uint32_t> origins;
  std::string_view literal = sources.contains(span.file) ? sources.text(span) : std::string_view();
  if (literal.size() >= 2 && literal.front() == '\'') {
    Unescaped unescaped = unescape(literal.substr(1, literal.size() - 2));
    if (unescaped.text == text) origins = std::move(unescaped.origins);
  }
  auto place = [&](size_t begin, size_t end) {
    auto at = [&](size_t i) { return span.begin + (origins.empty() ? static_cast<uint32_t>(i) : 1 + origins[i]); };
    return Span{span.file, at(begin), at(end)};
  };

  std::vector<TemplatePart> parts;
  std::string pending;
  size_t pending_begin = 0;
  auto flush = [&](size_t end) {
    if (!pending.empty()) {
      parts.push_back({TemplatePart::Kind::literal, std::move(pending), {}, place(pending_begin, end)});
    }
    pending.clear();
  };
  for (size_t at = 0; at < text.size(); ++at) {
    if (pending.empty()) pending_begin = at;
    char c = text[at];
    if (c != '{' && c != '}') {
      pending += c;
    } else if (text.substr(at, 2) == "{{" || text.substr(at, 2) == "}}") {
      pending += c;
      ++at;
    } else if (c == '}') {
      diagnostics.report<DiagnosticId::stray_brace>(place(at, at + 1), "}");
      pending += c;
    } else {
      size_t end = closing_brace(text, at);
      if (end == text.npos) {
        diagnostics.report<DiagnosticId::stray_brace>(place(at, at + 1), "{");
        pending += text.substr(at);
        break;
      }
      std::string_view inner = text.substr(at + 1, end - at - 1);
      TemplatePart part{TemplatePart::Kind::because, {}, {}, place(at, end + 1)};
      size_t first = inner.find_first_not_of(" \t"), last = inner.find_last_not_of(" \t");
      if (first == inner.npos) {
        diagnostics.report<DiagnosticId::empty_braces>(part.span);
      } else if (inner.substr(first, last + 1 - first) != "because") {
        part.kind = TemplatePart::Kind::expression;
        // It is parsed with places in the sentence, which then become places in the file.
        Diagnostics found;
        auto move = [&](Span s) { return s.end > text.size() ? part.span : place(s.begin, s.end); };
        part.expr = parse_one(Text(inner, span.file, static_cast<uint32_t>(at + 1)), found);
        if (part.expr) move_spans(*part.expr, move);
        for (Diagnostic each : found.all()) {
          each.span = move(each.span);
          for (Related& related : each.related) related.span = move(related.span);
          diagnostics.add(std::move(each));
        }
      }
      bool good = first != inner.npos && (part.kind == TemplatePart::Kind::because || part.expr);
      if (good) {
        flush(at);
        parts.push_back(std::move(part));
      } else {
        pending += text.substr(at, end + 1 - at);
      }
      at = end;
    }
  }
  flush(text.size());
  return parts;
}

// The brace that closes the one at `open`. Braces inside (a list, a tuple) come in pairs, and text in quotes is
// skipped.
size_t parsing::closing_brace(std::string_view text, size_t open) {
  size_t depth = 0;
  char quote = 0;
  for (size_t at = open; at < text.size(); ++at) {
    char c = text[at];
    if (quote) {
      if (c == '\\') ++at;
      else if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return at;
    }
  }
  return text.npos;
}

}  // namespace rubric
