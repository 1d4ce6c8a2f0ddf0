// Many policies at once against one: `rubric run` as users have it, on one thread, by the processor's time.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rubric::bench {

struct ManyPolicies {
  size_t policies;
  double at_once, one;   // seconds, without compiling: all policies, or one that decides all the lines
};

// Copies of the policy, each for two codes of its own and with an age of its own, on the records with their lines' codes
// spread over all: each line is one that two policies decide.
ManyPolicies many_policies(const std::filesystem::path& policy, const std::vector<std::string>& records, size_t policies);

}  // namespace rubric::bench
