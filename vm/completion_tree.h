// The completions of a line's open facts where these are too many to be tried one by one: as a tree. A node has some
// variables at values and the rest as the record has them; where no way leads from the rules to a variable any more, or the
// rest can change nothing, all completions below it end alike. Elsewhere the first such variable is given each of its values.
#pragma once

#include "vm/completions.h"

namespace rubric::vm {

constexpr uint32_t most_nodes = 512;   // that are run of one line; belongs to the language version

// As try_completions, of one line; without `enough`, and with the rules that may stand where `rules` says so. No more than `most` nodes
// are run either: what lies below the others is known by Kleene's tables alone, and the result is not exact.
Tried try_as_tree(const VerifiedProgram&, const Decisions&, const OpenLine&, uint32_t most, bool rules, Decisions& used);

}  // namespace rubric::vm
