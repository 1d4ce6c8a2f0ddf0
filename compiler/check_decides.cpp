#include "compiler/check_policy.h"
namespace rubric::check {
void find_conflicts_and_gaps(Builder&) {}
}  // namespace rubric::check
