// --as-of, as every command that decides understands it.
#pragma once

#include "cli/arguments.h"
#include "cli/console.h"

#include <optional>
#include <string>

namespace rubric::cli {

// The date of --as-of, "" where it is not given; nothing, with a message, where it is no day.
std::optional<std::string> as_of_date(const Arguments&, Console&);

}  // namespace rubric::cli
