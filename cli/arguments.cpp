// Parsing the command line. See arguments.h.
//
// --name VALUE, --name=VALUE, -n VALUE, -nVALUE; options may stand anywhere; `--` ends them. A word that begins with a
// dash and could not be an option (-3, -, -(2)) is an operand.

#include "cli/arguments.h"

#include "base/must.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace rubric::cli {

namespace {

std::vector<const Option*> options_of(const Command& command) {
  std::vector<const Option*> all;
  for (const Option& each : command.options) all.push_back(&each);
  for (const Option& each : common_options()) all.push_back(&each);
  return all;
}

const Option* find(const Command& command, std::string_view name) {
  for (const Option* each : options_of(command)) {
    if (each->name == name) return each;
  }
  return nullptr;
}

const Option* find_letter(const Command& command, char letter) {
  for (const Option* each : options_of(command)) {
    if (each->letter == letter) return each;
  }
  return nullptr;
}

bool is_letter(char c) { return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z'); }

bool looks_like_option(std::string_view word) {
  if (word.size() < 2 || word[0] != '-') return false;
  return word[1] == '-' ? word.size() > 2 && is_letter(word[2]) : is_letter(word[1]);
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& names) {
  const std::optional<std::string> name = nearest(word, names);
  return name ? fmt::format("; did you mean {}?", *name) : "";
}

using Result = tl::expected<Arguments, std::string>;

template <class... Arguments>
tl::unexpected<std::string> no(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  return tl::unexpected(fmt::format(format, std::forward<Arguments>(arguments)...));
}

// Why a value cannot stand behind an option, or nothing.
std::string wrong_value(const Option& option, const std::string& value) {
  const auto words = choices(option);
  if (!words.empty() && std::find(words.begin(), words.end(), value) == words.end()) {
    return fmt::format("--{} is one of {}, not {}{}", option.name, fmt::join(words, ", "), printable(value),
                       did_you_mean(value, {words.begin(), words.end()}));
  }
  if (option.value == "N" || option.value == "PERCENT") {
    uint64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size()) {
      return fmt::format("--{} takes a whole number, not {}", option.name, printable(value));
    }
  }
  return "";
}

}  // namespace

std::string usage_line(const Command& command) {
  std::string line = fmt::format("rubric {}", command.name);
  for (const Operand& each : command.operands) {
    switch (each.count) {
      case Operand::Count::one: line += fmt::format(" {}", each.name); break;
      case Operand::Count::optional: line += fmt::format(" [{}]", each.name); break;
      case Operand::Count::some: line += fmt::format(" {}...", each.name); break;
      case Operand::Count::any: line += fmt::format(" [{}...]", each.name); break;
    }
  }
  for (const Option& each : command.options) {
    // In the form that people type: -o FILE, --format json.
    const std::string spelled = each.name == "output" ? fmt::format("-{}", each.letter) : fmt::format("--{}", each.name);
    const std::string word = each.value.empty() ? spelled : fmt::format("{} {}", spelled, each.value);
    line += each.required ? " " + word : fmt::format(" [{}]", word);
  }
  return line;
}

tl::expected<Arguments, std::string> parse_arguments(const Command& command, const std::vector<std::string>& words) {
  Arguments arguments;
  arguments.command = &command;
  std::vector<std::string> operands;
  bool options_end = false;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (!options_end && word == "--") {
      options_end = true;
      continue;
    }
    if (options_end || !looks_like_option(word)) {
      operands.push_back(word);
      continue;
    }

    const bool is_long = word[1] == '-';
    const size_t equals = is_long ? word.find('=') : std::string::npos;
    const std::string name = is_long ? word.substr(2, equals - 2) : word.substr(1, 1);
    const Option* option = is_long ? find(command, name) : find_letter(command, name[0]);
    if (!option) {
      std::vector<std::string> names;
      for (const Option* each : options_of(command)) names.push_back(fmt::format("--{}", each->name));
      return no("there is no option {}{}", printable(is_long ? "--" + name : word), is_long ? did_you_mean("--" + name, names) : "");
    }
    std::optional<std::string> value;
    if (equals != std::string::npos) value = word.substr(equals + 1);
    else if (!is_long && word.size() > 2) value = word.substr(2);
    if (option->value.empty()) {
      if (value) return no("--{} takes no value", option->name);
      value = "";
    } else if (!value) {
      if (i + 1 == words.size()) return no("--{} takes a value: --{} {}", option->name, option->name, option->value);
      value = words[++i];
    }
    if (!option->value.empty()) {
      if (std::string wrong = wrong_value(*option, *value); !wrong.empty()) return tl::unexpected(std::move(wrong));
      // Output that goes to two places, or a line that is asked for twice, is a slip of the hand.
      const auto earlier = arguments.values.find(option->name);
      if (earlier != arguments.values.end() && earlier->second != *value) return no("--{} is given twice", option->name);
    }
    arguments.values.insert_or_assign(option->name, *value);
  }

  // --help wants nothing else.
  if (arguments.values.contains("help")) return arguments;
  size_t at = 0, needed_later = 0;
  for (const Operand& each : command.operands) {
    needed_later += each.count == Operand::Count::one || each.count == Operand::Count::some;
  }
  for (const Operand& each : command.operands) {
    const bool needed = each.count == Operand::Count::one || each.count == Operand::Count::some;
    const bool repeats = each.count == Operand::Count::some || each.count == Operand::Count::any;
    needed_later -= needed;
    if (needed && at == operands.size()) return no("{} is missing: {}", each.name, usage_line(command));
    std::vector<std::string>& mine = arguments.found[each.name];
    // Each takes what it needs first, then what the later ones do not need.
    while (at < operands.size() && ((needed && mine.empty()) || ((repeats || mine.empty()) && operands.size() - at > needed_later))) {
      mine.push_back(operands[at++]);
    }
  }
  if (at < operands.size()) return no("{} is one word too many: {}", printable(operands[at]), usage_line(command));
  for (const Option& each : command.options) {
    if (each.required && !arguments.values.contains(each.name)) {
      return no("--{} {} is missing: {}", each.name, each.value, usage_line(command));
    }
  }
  return arguments;
}

bool Arguments::has(std::string_view option) const {
  must(find(*command, option) != nullptr, "a command asks only for options of its table");
  return values.contains(option);
}

std::optional<std::string> Arguments::value(std::string_view option) const {
  if (!has(option)) return std::nullopt;
  return values.at(option);
}

std::string Arguments::value_or(std::string_view option, std::string_view otherwise) const {
  return has(option) ? values.at(option) : std::string(otherwise);
}

std::optional<uint64_t> Arguments::number(std::string_view option) const {
  if (!has(option)) return std::nullopt;
  const std::string& text = values.at(option);
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

const std::vector<std::string>& Arguments::operands(std::string_view name) const {
  const auto here = found.find(name);
  must(here != found.end(), "a command asks only for operands of its table");
  return here->second;
}

const std::string& Arguments::operand(std::string_view name) const {
  must(operands(name).size() == 1, "this operand stands once");
  return operands(name).front();
}

}  // namespace rubric::cli
