// The one way in which Rubric sources are laid out: what `rubric fmt` writes.
//
// It moves tokens, and changes none: comments, spellings and the author's order stay. Where the author broke a line
// inside a sentence the break stays as well, and what the line is indented by is settled here. Declarations, items of
// a group, expectations and `end` begin lines of their own; a line that is too long is broken before its clauses. The
// columns of a decision table are aligned, and so are one-line rules, criteria, parameters and the like that stand right
// below each other, the items of a group, the rows of a lookup, and the fields of an entity with the comments behind them.
// Formatting what is formatted changes nothing.
#pragma once

#include <optional>
#include <string>

#include "base/diagnostic.h"
#include "base/source.h"

namespace rubric {

// The whole file; of a literate one (.md) the fences, and the prose as it was. Nothing if the file has a mistake of
// spelling: then that is reported.
std::optional<std::string> format_source(const SourceSet& sources, FileId file, Diagnostics& diagnostics);

}  // namespace rubric
