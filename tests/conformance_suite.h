// The conformance suite that RUBRIC_CONFORMANCE names. A test over it exists only where the suite does, so that none
// is counted that did not run.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace rubric {

inline std::vector<std::string> conformance_suites() {
  const char* folder = std::getenv("RUBRIC_CONFORMANCE");
  return folder ? std::vector<std::string>{folder} : std::vector<std::string>{};
}

// A test's name must not depend on where the suite lies.
inline std::string nameless(const testing::TestParamInfo<std::string>&) { return "suite"; }

}  // namespace rubric
