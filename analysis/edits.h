// What an author changed between two versions of a policy, clause by clause, and each version in between.
//
// A clause is a declaration: a criterion, a rule, a parameter, a value set ..., wherever it stands. Layout, comments and
// the order of clauses are no edits. A clause whose name alone changed is renamed: the older version is read under the
// new names, so that the two can be compared; a renaming changes no decision. Tests and records are not policy.
#pragma once

#include "base/source.h"
#include "compiler/ast.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::analysis {

struct Edit {
  enum class Kind : uint8_t { changed, added, removed, renamed } kind;
  std::string clause;                  // "criterion LongEnough", "rule Covered (overlay HarvardPilgrim)"
  Span before{no_file, 0, 0};          // where it stands in the older version; no_file: it does not
  Span after{no_file, 0, 0};
  std::string key;                     // of the clause, unique in the policy
};
std::string_view json_name(Edit::Kind);

struct Edits {
  std::vector<Edit> list;              // in the order of the newer version, what was removed behind it
  std::vector<ast::Module> before;     // under the newer version's names
  std::vector<ast::Module> after;
};

// The sources hold both versions' files, and take the older one's under its new names.
Edits find_edits(std::vector<ast::Module> before, std::vector<ast::Module> after, SourceSet&);

// The newer version with some of its edits taken back (one flag for each of the list). Of a renaming there is nothing
// to take back.
std::vector<ast::Module> taken_back(const Edits&, const std::vector<bool>& back);

}  // namespace rubric::analysis
