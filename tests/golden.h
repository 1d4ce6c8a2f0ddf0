// Expected output that is kept in tests/golden/: compared, or rewritten where RUBRIC_UPDATE is set (./dev test --update).
//
// A golden file shows what a person reads. It holds the test's subject and nothing else, so that its diff is a review.
#pragma once

#include "base/text.h"
#include "tests/paths.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace rubric {

inline void expect_golden(const std::string& name, std::string_view actual) {
  const std::filesystem::path path = std::filesystem::path(source_folder) / "tests" / "golden" / name;
  if (std::getenv("RUBRIC_UPDATE")) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  const auto expected = read_file(path.string());
  ASSERT_TRUE(expected.has_value()) << path << ": " << expected.error().reason << "\nit would be:\n" << actual;
  EXPECT_EQ(std::string_view(*expected), actual) << "in " << path << "; if it is right: ./dev test --update";
}

}  // namespace rubric
