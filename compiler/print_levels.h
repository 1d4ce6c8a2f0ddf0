// How tightly each kind of expression binds; the grammar has the same order.
#pragma once

#include "compiler/ast.h"

namespace rubric {

// Where an expression stands says how tightly it has to bind to go without parentheses. An open one takes everything
// that follows, commas included, so it goes bare only where a word or a bracket ends it.
enum Level : int {
  open_end,
  set_operation,
  implication,
  disjunction,
  conjunction,  // rule expression
  membership,
  in_force_on,
  equality,
  timing,
  inequality,
  between,
  logic_prefix,
  type_test,  // rule comparison
  status,
  literal_test,
  whole_comparison,
  addition,
  multiplication,
  power,
  prefix,
  whole_arithmetic,  // rule arithmetic
  primary,
};

Level level_of(const ast::Expr&);

inline Level next(Level level) { return static_cast<Level>(level + 1); }

// `a not in b` is one operator to its readers, and two in the tree.
bool is_not_in(const ast::Expr&);

}  // namespace rubric
