// The whole program as a function: what main does.
#pragma once

namespace rubric::cli {

// The exit status.
int run_command_line(int count, char** words);

}  // namespace rubric::cli
