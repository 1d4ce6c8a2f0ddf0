// Expressions back to text: what traces, reports and messages quote.
//
// One line, one spelling, only the parentheses that are needed. The text parses to the tree it was made from, but for
// the spans. Comments and the author's line breaks are not in the tree: whoever wants them formats the source
// (format.h).
#pragma once

#include <string>
#include <string_view>

#include "compiler/ast.h"

namespace rubric {

std::string print(const ast::Expr& expr);
std::string print(const ast::TypeRef& type);

// The pieces, also for messages: 'it\'s', and a name in double quotes where it would not be read as one without.
std::string print_text(std::string_view text);
std::string print_name(std::string_view name);

}  // namespace rubric
