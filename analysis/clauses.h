// Clauses of a policy as its author sees them: what each is called, what text is its own, and when two texts say the
// same. A clause is a declaration; a section's members and what an overlay adds are clauses of their own.
#pragma once

#include "base/source.h"
#include "compiler/ast.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::analysis {

// "criterion", "rule", "value set".
std::string_view clause_kind(const ast::Declaration&);
// Its name; of a clause that has none, nothing.
std::string clause_name(const ast::Declaration&);
// "criterion LongEnough"; of a remark its kind and its words.
std::string clause_words(const ast::Declaration&);

// The clauses that stand inside of a clause, or null.
const std::vector<ast::Declaration>* members(const ast::Declaration&);
std::vector<ast::Declaration>* members(ast::Declaration&);

// Of a table whose rows lie in a file of their own that file, whole; of any other clause nothing.
std::optional<Span> rows_elsewhere(const ast::Declaration&, const SourceSet&);

// A clause's text without the clauses inside of it; a table's rows belong to it wherever they lie.
std::string own_text(const ast::Declaration&, const SourceSet&);

// What tells a clause from its neighbours: `at`, the key of what it stands in, its kind and its name. `seen` counts
// those of one name in a list. Empty for what is no policy: tests and records.
std::string clause_key(const ast::Declaration&, const std::string& at, std::map<std::string, uint32_t>& seen);

using Names = std::map<std::string, std::string, std::less<>>;

// The words of a text with one space between them and no comments, under other names: equal for texts that differ in
// layout alone.
std::string one_spelling(std::string_view text, const Names& = {});
// The text as it stands, under other names: also those in a sentence's {braces}.
std::string with_names(std::string_view text, const Names&);

}  // namespace rubric::analysis
