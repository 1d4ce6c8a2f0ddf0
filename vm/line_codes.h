// The codes of the lines that a program can decide at all, read off the scopes of its blocks, so that a case need not be
// loaded by programs that have nothing to say of it.
#pragma once

#include "vm/program.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

namespace rubric::vm {

// System and code. A line with any other code is not decided; one without a code may be. Nothing: the scopes do not say.
std::optional<std::set<std::pair<std::string, std::string>>> line_codes(const Program&);

}  // namespace rubric::vm
