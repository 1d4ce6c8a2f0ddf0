// Small mistakes that an editor of a policy could make, each as an edit of the author's source: a threshold or a day in
// force one step off, a boundary on the other side (boundary_edits.h), a window longer or shorter, all for any, a member, an
// exception, a code gone or one too many, another outcome, the undetermined taken for not met. A criterion or a rule too
// many is one that stands beside what was meant (neighbours.h).
//
// A mutant is made in the syntax tree and shown in the author's words. Whether tests notice it is mutation.h's to find out.
// What is said beside the decision (advice, warnings, conditions' dates) has no mutants: no test can expect it.
#pragma once

#include "base/source.h"
#include "compiler/ast.h"

#include <string>
#include <vector>

namespace rubric::analysis {

struct Mutant {
  std::string kind;            // "threshold", "boundary", "window", "group", "member", "exception", "code", "outcome", "unknown", "rule"
  std::string clause;          // "criterion Spacing"
  Span span;                   // what is edited
  std::string before, after;   // of that place; after empty: it is taken away

  // What accepts it: the clause and the edit.
  std::string name() const { return clause + ": " + before + (after.empty() ? " taken away" : " -> " + after); }
};

// In the order of the source. Libraries of the language and tests have none.
std::vector<Mutant> mutants_of(const std::vector<ast::Module>&, const SourceSet&);
// The modules with one of them made.
std::vector<ast::Module> mutated(const std::vector<ast::Module>&, size_t mutant, const SourceSet&);

}  // namespace rubric::analysis
