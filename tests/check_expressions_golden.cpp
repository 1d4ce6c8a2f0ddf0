// What check makes of expressions: tests/golden/check/expr_*.txt, one test a file. The form is in check_expression.h.
#include <filesystem>

#include <gtest/gtest.h>

#include "check_expression.h"
#include "golden.h"
#include "tests/paths.h"

namespace rubric {
namespace {

const std::filesystem::path folder = std::filesystem::path(source_folder) / "tests" / "golden" / "check";

std::vector<std::string> golden_files() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("expr_") && name.ends_with(".txt")) names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Expressions : public testing::TestWithParam<std::string> {};

TEST_P(Expressions, mean_what_the_file_says) {
  const std::string model = read_file((folder / "expr_model.rubric").string()).value();
  const std::string golden = read_file((folder / (GetParam() + ".txt")).string()).value();
  expect_golden("check/" + GetParam() + ".txt", check::rerun(model, golden));
}

INSTANTIATE_TEST_SUITE_P(check, Expressions, testing::ValuesIn(golden_files()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace rubric
