// Every row of diagnostics.def is shown by some golden file, so that each message was read by a person once.
//
// Rows that no golden file can show are listed in tests/diagnostics_not_shown.txt, a line each: `name: reason`. A line
// for a row that is shown after all, or that does not exist, fails as well: the list cannot outlive its reasons.

#include <cctype>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "base/diagnostic.h"
#include "base/text.h"
#include "tests/paths.h"

namespace rubric {
namespace {

const std::filesystem::path tests = std::filesystem::path(source_folder) / "tests";

// The words of all golden files; a diagnostic's name is one of them in every output form.
std::set<std::string> golden_words() {
  std::set<std::string> words;
  if (!std::filesystem::exists(tests / "golden")) return words;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(tests / "golden")) {
    if (!entry.is_regular_file()) continue;
    std::string word;
    for (char c : read_file(entry.path()).value() + "\n") {
      if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') {
        word += c;
      } else if (!word.empty()) {
        words.insert(std::exchange(word, ""));
      }
    }
  }
  return words;
}

std::map<std::string, std::string> exceptions() {
  std::map<std::string, std::string> reasons;
  std::istringstream lines(read_file(tests / "diagnostics_not_shown.txt").value());
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    size_t colon = std::min(line.find(": "), line.size());
    reasons[line.substr(0, colon)] = line.substr(std::min(colon + 2, line.size()));
  }
  return reasons;
}

TEST(diagnostics, each_is_shown_by_a_golden_file) {
  const std::set<std::string> shown = golden_words();
  std::map<std::string, std::string> excepted = exceptions();
  for (const DiagnosticRow& row : diagnostic_rows) {
    std::string name(row.name);
    auto exception = excepted.extract(name);
    if (exception.empty()) {
      EXPECT_TRUE(shown.contains(name)) << name << " is in no file of tests/golden/, nor in diagnostics_not_shown.txt";
    } else {
      EXPECT_FALSE(exception.mapped().empty()) << name << " is excepted without a reason";
      EXPECT_FALSE(shown.contains(name)) << name << " is shown by a golden file: take it off diagnostics_not_shown.txt";
    }
  }
  for (const auto& [name, reason] : excepted) ADD_FAILURE() << name << " is excepted, but no row of diagnostics.def";
}

}  // namespace
}  // namespace rubric
