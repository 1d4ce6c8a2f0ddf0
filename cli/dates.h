// --as-of and --now, as every command that decides understands them.
#pragma once

#include "cli/arguments.h"
#include "cli/console.h"

#include <optional>
#include <string>

namespace rubric::cli {

// The date of --as-of, "" where it is not given; nothing, with a message, where it is no day.
std::optional<std::string> as_of_date(const Arguments&, Console&);
// The same for commands with --now as well: its moment, or the date of --as-of.
std::optional<std::string> as_of_moment(const Arguments&, Console&);

}  // namespace rubric::cli
