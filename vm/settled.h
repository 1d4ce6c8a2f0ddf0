// What the record alone settles, read from a run's registers: no completion is tried (settle.h), no path is followed.
#pragma once

#include "vm/machine.h"

#include <optional>

namespace rubric::vm {

// A line's outcome, where one block alone decides it, surely, and its rules leave one. Otherwise nothing: settle() says what
// becomes of the line.
std::optional<Outcome> settled_outcome(const Decisions&, Row line);

}  // namespace rubric::vm
