// A comparison with its boundary on the other side: `>` for `>=`, an open end for a closed one, one end of `between` left
// out, `less than` for `or less`, `on or before` for `before`. Each is the slip of an editor who copied a sentence with the
// wrong little word. Numbers that are one step off are no business of this: see mutants.h.
#pragma once

#include "compiler/ast.h"

#include <vector>

namespace rubric::analysis {

// Nothing of an expression that is no comparison.
std::vector<ast::Expr> other_boundaries(const ast::Expr&);

}  // namespace rubric::analysis
