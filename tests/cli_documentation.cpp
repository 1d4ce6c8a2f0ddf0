// The examples of the README and of docs/ do what the pages say: docs/check_examples runs them as a reader would.

#include "tests/paths.h"

#include <gtest/gtest.h>

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace rubric {
namespace {

namespace fs = std::filesystem;

TEST(documentation, shows_what_is_printed) {
  const std::string binary = (fs::read_symlink("/proc/self/exe").parent_path() / "rubric").string();
  const std::string update = std::getenv("RUBRIC_UPDATE") ? "--update " : "";
  const std::string command = std::string("cd '") + source_folder + "' && docs/check_examples '" + binary + "' " + update + "README.md docs/*.md 2>&1";
  std::FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string said;
  std::array<char, 4096> piece;
  while (const size_t count = std::fread(piece.data(), 1, piece.size(), pipe)) said.append(piece.data(), count);
  EXPECT_EQ(WEXITSTATUS(pclose(pipe)), 0) << said;
}

}  // namespace
}  // namespace rubric
