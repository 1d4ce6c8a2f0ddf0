// What a subcommand is: words, operands, options and the function that carries it out.
//
// Each subcommand's file defines one Command; commands.cpp lists them. Parsing, help, suggestions, shell completions,
// man pages and the reference all read these values, so that none of them can say something that another does not.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace rubric::cli {

class Arguments;
class Console;

// 0 as expected; 1 findings: a message of error severity, a rejected record, a failed test; 2 could not be carried out.
enum class Exit : uint8_t { expected = 0, findings = 1, failed = 2 };

// What a shell offers for a word.
enum class Completes : uint8_t { nothing, file, directory, policy, cases };

struct Operand {
  std::string_view name;  // POLICY
  enum class Count : uint8_t { one, optional, some, any } count;  // some: one or more
  Completes completes;
  std::string_view help;
};

struct Option {
  std::string_view name;     // without the dashes: as-of
  char letter;               // 0: none
  std::string_view value;    // DATE, or text|json where only these words may stand; empty: a switch
  Completes completes;
  std::string_view help;
  bool required = false;
};

struct Example {
  std::string_view command, says;
};

struct Command {
  std::string_view name;
  std::string_view summary;      // one line, lower case, no full stop
  std::string_view description;  // paragraphs, separated by empty lines
  std::span<const Operand> operands;
  std::span<const Option> options;
  std::span<const Example> examples;
  Exit (*run)(const Arguments&, Console&);
};

// In the order in which help lists them.
std::span<const Command* const> commands();

// Options that every command takes.
std::span<const Option> common_options();

// The words that an option's value must be one of; empty where it may be any. `text|json` has two.
std::vector<std::string_view> choices(const Option&);

}  // namespace rubric::cli
