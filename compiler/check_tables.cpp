#include "compiler/check_policy.h"
namespace rubric::check {
void declare_table(Builder&, size_t, const ast::Table&, const Origin&) {}
ir::Expr check_row(Builder&, const RulePlan& plan, const Scope&) { return make_truth(true, plan.rule->span); }
}  // namespace rubric::check
