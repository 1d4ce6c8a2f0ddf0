// `rubric run` as a process of its own that decides what is written to it, or what a file has.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace rubric::bench {

struct RubricProcess {
  pid_t id;
  int in;              // its standard input; whoever started it closes it and waits for it
  std::string binary;
};

// With `arguments` behind "run POLICY CASES --format ndjson --quiet"; its output goes nowhere, and what it says too where it is `mute`.
RubricProcess start_rubric(const std::string& policy, const std::string& cases, std::vector<std::string> arguments, bool mute);

}  // namespace rubric::bench
