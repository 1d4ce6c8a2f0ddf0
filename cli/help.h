// The words of --help, made from the commands' tables.
#pragma once

#include "cli/command.h"

#include <string>

namespace rubric::cli {

std::string general_help(int width);
std::string command_help(const Command&, int width);

// "-f, --format text|json": how an option is written.
std::string spelling(const Option&);

}  // namespace rubric::cli
