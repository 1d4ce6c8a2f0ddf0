// The arrow from the AST to the IR: what the author wrote becomes what it means, or diagnostics say why it cannot.
//
// The policy that comes back is whole: every name resolved, every node typed, every layer, date and table turned into
// plain expressions, groups and rules, and its size within what emit can take. It exists only without errors. Warnings
// (a gap, a conflict, a clause without a citation) leave it standing. Nothing is read from disk in here: library.h has
// found the modules before.
#pragma once

#include "base/diagnostic.h"
#include "base/source.h"
#include "compiler/ast.h"
#include "compiler/ir.h"

#include <optional>
#include <vector>

namespace rubric {

// Gaps between rules and conflicts of them take a search, which whoever compiles many variations of a policy does without.
enum class Warnings : uint8_t { all, quick };

// Libraries first (each after those that it includes), then the policy in one or several versions, then its overlays.
// Modules of tests may stand among them and are passed over. The modules outlive the call, not the policy.
std::optional<ir::Policy> check_policy(const std::vector<const ast::Module*>& modules, SourceSet& sources, Diagnostics& diagnostics,
                                       Warnings = Warnings::all);

// Expressions over a case: a policy without blocks, whose only remark's text has one piece for each (for `rubric eval`).
std::optional<ir::Policy> check_single(const std::vector<ast::Expr>& expressions, const std::vector<const ast::Module*>& libraries,
                                       SourceSet& sources, Diagnostics& diagnostics);

}  // namespace rubric
