// Every row of the registries that tests name by hand is in one: causes, statuses and outcomes in tests/properties/ (or the
// page on the language, whose tests run as well), commands and their options in a session of tests/golden/cli/. Opcodes,
// operators and diagnostics have their own tests: machine_coverage.cpp, operators_examples.cpp, base_diagnostics_shown.cpp.
#include "base/text.h"
#include "bench/figures.h"
#include "cli/command.h"
#include "tests/paths.h"
#include "vm/enum_names.h"
#include "vm/outcomes.h"
#include "vm/trace.h"

#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace rubric {
namespace {

namespace fs = std::filesystem;

// The texts of all files below a folder, in lower case and without blanks: "not met" and notMet are one.
std::string squeezed_texts(const fs::path& folder) {
  std::string out = read_file((fs::path(source_folder) / "docs" / "language.md").string()).value();
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) out += read_file(entry.path().string()).value();
  }
  std::erase_if(out, [](char c) { return std::isspace(static_cast<unsigned char>(c)); });
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string lower(std::string_view name) {
  std::string out(name);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

TEST(Registries, CausesStatusesAndOutcomesAreExpectedSomewhere) {
  const std::string texts = squeezed_texts(fs::path(source_folder) / "tests" / "properties");
  for (uint8_t c = 1; c < vm::enum_count<vm::Cause>; ++c) {
    const std::string name(vm::json_name(static_cast<vm::Cause>(c)));
    EXPECT_NE(texts.find("because" + lower(name)), std::string::npos) << "no property is undetermined because " << name;
  }
  for (const vm::Status s : {vm::Status::met, vm::Status::not_met, vm::Status::undetermined, vm::Status::not_applicable}) {
    EXPECT_NE(texts.find(lower(vm::json_name(s))), std::string::npos) << vm::json_name(s);
  }
  for (const vm::OutcomeRow& row : vm::outcome_rows) {
    const std::regex expected("expect(lines?[0-9,]+)?([^']*,)?(lines?[0-9,]+)?" + lower(row.json));
    EXPECT_TRUE(std::regex_search(texts, expected)) << "no property expects " << row.json;
  }
}

TEST(Registries, FiguresOfTheBenchmarkAreExplained) {
  std::string page = read_file((fs::path(source_folder) / "docs" / "performance.md").string()).value();
  page = page.substr(page.find("These names are the JSON's."));
  page = page.substr(0, page.find("\n## "));
  const std::regex row(R"(\| `([a-z0-9_]+)` \|[^|\n]+\|[^|\n]+\| ?([^|\n]*?) ?\|)");
  std::vector<std::pair<std::string, std::string>> explained, measured;
  for (std::sregex_iterator it(page.begin(), page.end(), row), end; it != end; ++it) explained.emplace_back((*it)[1], (*it)[2]);
  for (const bench::Figure& figure : bench::figures) measured.emplace_back(figure.name, figure.wanted);
  EXPECT_EQ(explained, measured);  // each name with what is wanted of it, in the same order
}

TEST(Registries, CommandsAndTheirOptionsAreInASession) {
  // command -> the words of the lines that call it
  std::map<std::string, std::set<std::string>, std::less<>> called;
  for (const auto& entry : fs::directory_iterator(fs::path(source_folder) / "tests" / "golden" / "cli")) {
    std::istringstream lines(read_file(entry.path().string()).value());
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("$ ") && !line.starts_with("> ")) continue;
      std::istringstream words(line);
      std::set<std::string>* now = nullptr;
      for (std::string word, before; words >> word; before = word) {
        if (before == "rubric") now = &called[word];
        if (now) now->insert(word.substr(0, word.find('=')));
      }
    }
  }
  std::set<std::string> all;
  for (const auto& [name, words] : called) all.insert(words.begin(), words.end());
  const auto given = [](const std::set<std::string>& words, const cli::Option& option) {
    return words.contains("--" + std::string(option.name)) || (option.letter && words.contains(std::string{'-', option.letter}));
  };
  for (const cli::Command* command : cli::commands()) {
    ASSERT_TRUE(called.contains(command->name)) << "no session calls rubric " << command->name;
    for (const cli::Option& option : command->options) {
      EXPECT_TRUE(given(called.find(command->name)->second, option)) << "no session calls rubric " << command->name << " --" << option.name;
    }
  }
  for (const cli::Option& option : cli::common_options()) EXPECT_TRUE(given(all, option)) << "no session has --" << option.name;
}

}  // namespace
}  // namespace rubric
