#include "compiler/check_policy.h"
namespace rubric::check {
void declare_conditions(Builder&) {}
void check_conditions(Builder&) {}
void check_condition_of_last(Builder&, size_t, Id, const ast::Expr&, const Scope&) {}
void add_stored_condition_rules(Builder&) {}
}  // namespace rubric::check
