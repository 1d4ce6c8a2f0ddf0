#include "compiler/check_policy.h"
namespace rubric::check {
void plan_overlays(Builder&, const std::vector<const ast::Module*>&) {}
void amend_criteria(Builder&) {}
void amend_rules(Builder&) {}
}  // namespace rubric::check
