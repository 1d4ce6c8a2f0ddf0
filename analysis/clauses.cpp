#include "analysis/clauses.h"

#include "base/text.h"

#include <cctype>

namespace rubric::analysis {
namespace {

using ast::Declaration;
using ast::DeclarationKind;

enum class TokenKind : uint8_t { blank, word, text, other };

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80; }

// The end of the token that begins at `at`. Spaces and comments are blanks; a string goes to its quote.
size_t token_end(std::string_view text, size_t at, TokenKind& kind) {
  const char c = text[at];
  size_t end = at + 1;
  if (std::isspace(static_cast<unsigned char>(c))) {
    kind = TokenKind::blank;
    while (end < text.size() && std::isspace(static_cast<unsigned char>(text[end]))) ++end;
  } else if (text.substr(at, 2) == "//") {
    kind = TokenKind::blank;
    end = std::min(text.find('\n', at), text.size());
  } else if (text.substr(at, 2) == "/*") {
    kind = TokenKind::blank;
    const size_t close = text.find("*/", at + 2);
    end = close == std::string_view::npos ? text.size() : close + 2;
  } else if (is_word(c)) {
    kind = TokenKind::word;
    while (end < text.size() && is_word(text[end])) ++end;
  } else if (c == '\'' || c == '"') {
    kind = TokenKind::text;
    while (end < text.size() && text[end] != c) end += text[end] == '\\' ? 2 : 1;
    end = std::min(end + 1, text.size());
  } else {
    kind = TokenKind::other;
  }
  return end;
}

template <class Each>
void each_token(std::string_view text, Each each) {
  for (size_t at = 0; at < text.size();) {
    TokenKind kind;
    const size_t end = token_end(text, at, kind);
    each(kind, text.substr(at, end - at));
    at = end;
  }
}

std::string named(TokenKind kind, std::string_view token, const Names& names) {
  if (names.empty() || kind == TokenKind::blank || kind == TokenKind::other) return std::string(token);
  if (kind == TokenKind::word) {
    const auto found = names.find(token);
    return found == names.end() ? std::string(token) : found->second;
  }
  if (token.front() == '"') {
    const auto found = names.find(token.substr(1, token.size() - 2));
    return found == names.end() ? std::string(token) : "\"" + found->second + "\"";
  }
  // Of a sentence only what stands in braces is read as names.
  std::string out;
  for (size_t at = 0; at < token.size();) {
    const size_t open = std::min(token.find('{', at), token.size()), close = std::min(token.find('}', open), token.size());
    out += token.substr(at, open - at);
    out += with_names(token.substr(open, close - open), names);
    at = close;
    if (at < token.size()) out += token[at++];
  }
  return out;
}

}  // namespace

std::string_view clause_kind(const Declaration& d) {
  switch (d.kind) {
    case DeclarationKind::title: return "title";
    case DeclarationKind::in_force: return "in force";
    case DeclarationKind::precedence: return "precedence";
    case DeclarationKind::applies_when: return "applies when";
    case DeclarationKind::include: return "include";
    case DeclarationKind::source: return "source";
    case DeclarationKind::code_system: return "codesystem";
    case DeclarationKind::value_set: return "valueset";
    case DeclarationKind::parameter: return "parameter";
    case DeclarationKind::define: return "define";
    case DeclarationKind::lookup: return "lookup";
    case DeclarationKind::entity: return "entity";
    case DeclarationKind::decides: return "decides";
    case DeclarationKind::criterion: return d.criterion[0].group ? "criteria" : "criterion";
    case DeclarationKind::limit: return "limit";
    case DeclarationKind::section: return "section";
    case DeclarationKind::rule: return d.rule[0].is_exception ? "exception" : "rule";
    case DeclarationKind::condition: return "condition";
    case DeclarationKind::remark: return "remark";
    case DeclarationKind::table: return "table";
    case DeclarationKind::amend: return "amendment";
    case DeclarationKind::record: return "record";
    case DeclarationKind::test: return "test";
    case DeclarationKind::dated_by: return "dated by";
  }
  return "";
}

std::string clause_name(const Declaration& d) {
  switch (d.kind) {
    case DeclarationKind::include: return d.include[0].name.text;
    case DeclarationKind::source: return d.source[0].name.text;
    case DeclarationKind::code_system: return d.code_system[0].name.text;
    case DeclarationKind::value_set: return d.value_set[0].name.text;
    case DeclarationKind::parameter: return d.parameter[0].name.text;
    case DeclarationKind::define: return d.define[0].name.text;
    case DeclarationKind::lookup: return d.lookup[0].name.text;
    case DeclarationKind::entity: return d.entity[0].name.text;
    case DeclarationKind::decides: return d.decides[0].name.text;
    case DeclarationKind::criterion: return d.criterion[0].name.text;
    case DeclarationKind::limit: return d.limit[0].name.text;
    case DeclarationKind::section: return d.section[0].name.text;
    case DeclarationKind::rule: return d.rule[0].name.text;
    case DeclarationKind::condition: return d.condition[0].name.text;
    case DeclarationKind::table: return d.table[0].name.text;
    case DeclarationKind::title:
    case DeclarationKind::in_force:
    case DeclarationKind::precedence:
    case DeclarationKind::applies_when:
    case DeclarationKind::remark:
    case DeclarationKind::amend:
    case DeclarationKind::record:
    case DeclarationKind::test:
    case DeclarationKind::dated_by: return "";
  }
  return "";
}

std::string clause_words(const Declaration& d) {
  if (d.kind == DeclarationKind::remark) return d.remark[0].kind.text + " '" + d.remark[0].text + "'";
  if (d.kind == DeclarationKind::amend) {
    std::string out = d.amend[0].verb.text;
    for (size_t k = 0; k < d.amend[0].targets.size(); ++k) out += (k ? ", " : " ") + d.amend[0].targets[k].text;
    if (d.amend[0].targets.empty() && !d.amend[0].added.empty()) out += " " + clause_words(d.amend[0].added[0]);
    return out;
  }
  const std::string name = clause_name(d);
  return std::string(clause_kind(d)) + (name.empty() ? "" : " " + name);
}

const std::vector<Declaration>* members(const Declaration& d) {
  if (d.kind == DeclarationKind::section) return &d.section[0].members;
  if (d.kind == DeclarationKind::amend) return &d.amend[0].added;
  return nullptr;
}

std::vector<Declaration>* members(Declaration& d) { return const_cast<std::vector<Declaration>*>(members(std::as_const(d))); }

std::optional<Span> rows_elsewhere(const Declaration& d, const SourceSet& sources) {
  if (d.table.empty() || !d.table[0].csv || d.table[0].head.empty()) return std::nullopt;
  const FileId file = d.table[0].head[0].span.file;
  return Span{file, 0, static_cast<uint32_t>(sources.file(file).text.size())};
}

std::string own_text(const Declaration& d, const SourceSet& sources) {
  std::string out;
  Span rest = d.span;
  if (const auto* inner = members(d)) {
    for (const Declaration& each : *inner) {
      if (each.span.begin < rest.begin || each.span.end > rest.end) continue;
      out += sources.text({rest.file, rest.begin, each.span.begin});
      out += ' ';
      rest.begin = each.span.end;
    }
  }
  out += sources.text(rest);
  if (const auto rows = rows_elsewhere(d, sources)) out += "\n" + std::string(sources.text(*rows));
  return out;
}

std::string clause_key(const Declaration& d, const std::string& at, std::map<std::string, uint32_t>& seen) {
  if (d.kind == DeclarationKind::test || d.kind == DeclarationKind::record) return "";
  std::string key = at + "/" + std::string(clause_kind(d)) + " ";
  key += d.kind == DeclarationKind::remark || d.kind == DeclarationKind::amend ? clause_words(d) : clause_name(d);
  const uint32_t before = seen[key]++;
  return before == 0 ? key : key + "#" + std::to_string(before);
}

std::string one_spelling(std::string_view text, const Names& names) {
  std::string out;
  each_token(text, [&](TokenKind kind, std::string_view token) {
    if (kind == TokenKind::blank) return;
    if (!out.empty()) out += ' ';
    out += named(kind, token, names);
  });
  return out;
}

std::string with_names(std::string_view text, const Names& names) {
  std::string out;
  each_token(text, [&](TokenKind kind, std::string_view token) { out += named(kind, token, names); });
  return out;
}

}  // namespace rubric::analysis
