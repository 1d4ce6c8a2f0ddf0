// Limits over history. See check_policy.h.

#include "compiler/check_policy.h"

namespace rubric::check {

void check_limit(Builder&, size_t, Id, const ast::Limit&, const Scope&) {}

}  // namespace rubric::check
