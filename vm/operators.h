// The operators of expressions, as a table: what `call` can call. operators.def has one row each; the checker
// resolves names against it, the manual is printed from it.
#pragma once

#include "vm/value.h"

#include <span>
#include <string_view>

namespace rubric::vm {

struct OperatorInfo {
  std::string_view name;      // "<", "+", "Abs": several rows may share a name and differ in argument types
  Type result;
  std::span<const Type> args;
  std::string_view help;      // one sentence
  std::string_view example;   // an expression that can be evaluated, and its value: "Abs(-3) = 3"
};

std::span<const OperatorInfo> operators();  // index is Inst::fn and ir::Expr::fn

}  // namespace rubric::vm
