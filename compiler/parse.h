// Text to AST: everything that knows how a source is spelled.
//
// One function a text: a whole file, one expression, one cell of a table, one sentence with {expressions} in it. What
// is wrong becomes a diagnostic, and what could be parsed is returned: a declaration with a mistake is left out, those
// around it are kept, so that one run reports many mistakes. Nothing here throws, whatever the text is. Names are not
// resolved and nothing is checked beyond spelling: check does that. No ANTLR type leaves the parse_*.cpp files.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/source.h"
#include "compiler/ast.h"

namespace rubric {

// How deep a text may nest, in brackets, operators and blocks alike. No tree that parse returns is deeper, so that what
// walks one may do so by recursion.
inline constexpr uint32_t deepest_nesting = 150;

// How many bytes a source may have. A policy of 10,000 criteria has a tenth of that; a parse tree takes a hundred times it.
inline constexpr size_t largest_source = 4 * 1024 * 1024;

// A whole file. One whose name ends in .md is literate (literate.h).
ast::Module parse(const SourceSet& sources, FileId file, Diagnostics& diagnostics);

// A text that is one expression, as on the command line of `rubric eval`. Nothing if it has a mistake.
std::optional<ast::Expr> parse_expression(const SourceSet& sources, FileId file, Diagnostics& diagnostics);

// What the column under a table's head holds.
enum class ColumnKind : uint8_t {
  condition,  // under an expression (`Line.code`) or `if`: expressions, separated by commas
  outcome,    // then, else: an outcome
  cite,       // citations, separated by commas, without the word cite
  text,       // name, note, `<outcome> because`: text as it stands
};
ColumnKind column_kind(std::string_view head);

// One cell of a table, also of one in a CSV file. `span` is where the text stands; its length may differ (quotes).
ast::Cell parse_cell(std::string_view text, Span span, ColumnKind kind, Diagnostics& diagnostics);

// A sentence with values in it: 'No more than {MaxSessions} sessions: {because}.' A brace itself is written {{ or }}.
struct TemplatePart {
  enum class Kind : uint8_t { literal, expression, because } kind = Kind::literal;
  std::string text;               // of a literal
  std::optional<ast::Expr> expr;  // of an expression; its spans point into the sentence
  Span span;
};

// `text` is the sentence as the AST has it, `span` the string literal, quotes included, that it came from. An
// expression with a mistake is reported and stands in the result as literal text.
std::vector<TemplatePart> split_template(const SourceSet& sources, std::string_view text, Span span, Diagnostics& diagnostics);

// Whether the word is read as a name as it stands: it is spelled like one and is no reserved word of the language.
bool is_plain_name(std::string_view word);

}  // namespace rubric
