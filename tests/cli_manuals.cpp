// The manuals in docs/ are what the tables say today. If this fails: ./dev docs, or ./dev test --update.

#include "cli/manuals.h"

#include "base/text.h"
#include "cli/arguments.h"
#include "tests/paths.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

namespace rubric::cli {
namespace {

namespace fs = std::filesystem;
const fs::path docs = fs::path(source_folder) / "docs";

TEST(manuals, are_those_in_docs) {
  std::set<fs::path> made;
  for (const Manual& each : all_manuals()) {
    const fs::path path = docs / each.path;
    made.insert(path);
    if (std::getenv("RUBRIC_UPDATE")) {
      fs::create_directories(path.parent_path());
      std::ofstream(path, std::ios::binary) << each.text;
      continue;
    }
    EXPECT_EQ(read_file(path.string()).value_or(""), each.text) << path << ": ./dev docs makes it";
  }
  // A command that is gone leaves no page behind.
  for (const char* folder : {"man", "completions", "reference"}) {
    for (const auto& entry : fs::directory_iterator(docs / folder))
      EXPECT_TRUE(made.contains(entry.path())) << entry.path() << " has no table any more";
  }
}

TEST(commands, have_what_help_needs) {
  std::set<std::string_view> names;
  for (const Command* command : commands()) {
    EXPECT_TRUE(names.insert(command->name).second) << command->name;
    EXPECT_FALSE(command->examples.empty()) << command->name;
    EXPECT_FALSE(command->summary.ends_with('.')) << command->name;
    std::set<std::string_view> options;
    std::set<char> letters;
    for (const auto& list : {command->options, common_options()}) {
      for (const Option& each : list) {
        EXPECT_TRUE(options.insert(each.name).second) << command->name << " --" << each.name;
        if (each.letter) {
          EXPECT_TRUE(letters.insert(each.letter).second) << command->name << " -" << each.letter;
        }
        EXPECT_FALSE(each.help.empty()) << command->name << " --" << each.name;
      }
    }
  }
}

// Examples are copied by people: their words must be ones that the command takes.
TEST(commands, take_the_words_of_their_examples) {
  for (const Command* command : commands()) {
    for (const Example& example : command->examples) {
      std::string text(example.command);
      text = text.substr(text.find("rubric " + std::string(command->name)) + 7 + command->name.size());
      std::vector<std::string> words;
      bool quoted = false, in_word = false;
      for (char c : text) {
        if (c == '>' || c == '|') {
          if (!quoted) break;
        }
        if (c == '"') quoted = !quoted;
        if (c == ' ' && !quoted) {
          in_word = false;
          continue;
        }
        if (!in_word) words.emplace_back(), in_word = true;
        if (c != '"') words.back() += c;
      }
      const auto arguments = parse_arguments(*command, words);
      EXPECT_TRUE(arguments.has_value()) << example.command << ": " << (arguments ? "" : arguments.error());
    }
  }
}

}  // namespace
}  // namespace rubric::cli
