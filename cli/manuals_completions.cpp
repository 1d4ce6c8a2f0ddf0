// Completions for bash, zsh and fish from the commands' tables. See manuals.h.

#include "cli/manuals.h"

#include "cli/command.h"

#include <fmt/format.h>

namespace rubric::cli {

namespace {

constexpr std::string_view made = "# Made by ./dev docs from the tables in cli/.\n";

std::vector<Option> options_of(const Command& command) {
  std::vector<Option> all(command.options.begin(), command.options.end());
  all.insert(all.end(), common_options().begin(), common_options().end());
  return all;
}

// 'text' in a shell, whatever is in it.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'') out += "'\\''";
    else out += c;
  }
  return out + "'";
}

std::string command_names() {
  std::string names;
  for (const Command* each : commands()) (names += names.empty() ? "" : " ") += each->name;
  return names;
}

// -- bash --

std::string bash() {
  std::string out = std::string(made) +
                    "# Put it into ~/.local/share/bash-completion/completions/rubric\n_rubric() {\n"
                    "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options=\n"
                    "  COMPREPLY=()\n";
  out += fmt::format("  if [[ $COMP_CWORD -eq 1 ]]; then COMPREPLY=($(compgen -W '{} --help --version' -- \"$word\")); return; fi\n",
                     command_names());
  out += "  case ${COMP_WORDS[1]}:$before in\n";
  for (const Command* command : commands()) {
    for (const Option& each : options_of(*command)) {
      if (each.value.empty()) continue;
      std::string spelled = fmt::format("{}:--{}", command->name, each.name);
      if (each.letter) spelled += fmt::format(" | {}:-{}", command->name, each.letter);
      const auto words = choices(each);
      if (!words.empty()) {
        out += fmt::format("    {}) COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n", spelled, fmt::join(words, " "));
      } else if (each.completes == Completes::directory) {
        out += fmt::format("    {}) COMPREPLY=($(compgen -d -- \"$word\")); return ;;\n", spelled);
      } else if (each.completes != Completes::nothing) {
        out += fmt::format("    {}) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n", spelled);
      } else {
        out += fmt::format("    {}) return ;;\n", spelled);
      }
    }
  }
  out += "  esac\n  case ${COMP_WORDS[1]} in\n";
  for (const Command* command : commands()) {
    std::string words;
    for (const Option& each : options_of(*command)) words += fmt::format("{}--{}", words.empty() ? "" : " ", each.name);
    out += fmt::format("    {}) options='{}' ;;\n", command->name, words);
  }
  out +=
      "  esac\n"
      "  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
      "  else COMPREPLY=($(compgen -f -- \"$word\")); fi\n"
      "}\n"
      "complete -o filenames -F _rubric rubric\n";
  return out;
}

// -- zsh --

// A colon and brackets have a meaning in _arguments.
std::string zsh_words(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == ':' || c == '[' || c == ']' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string_view zsh_action(Completes completes) {
  switch (completes) {
    case Completes::nothing: return " ";
    case Completes::directory: return "_files -/";
    case Completes::file:
    case Completes::policy:
    case Completes::cases: return "_files";
  }
  return " ";
}

std::string zsh() {
  std::string out = "#compdef rubric\n" + std::string(made) +
                    "# Put it into a folder of $fpath, as _rubric.\n_rubric() {\n  local -a commands\n  commands=(\n";
  for (const Command* each : commands()) out += fmt::format("    {}\n", quoted(fmt::format("{}:{}", each->name, zsh_words(each->summary))));
  out +=
      "  )\n  if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
      "  local command=$words[2]\n  shift words; (( CURRENT-- ))\n  case $command in\n";
  for (const Command* command : commands()) {
    out += fmt::format("    {})\n      _arguments", command->name);
    for (const Option& each : options_of(*command)) {
      const std::string help = fmt::format("[{}]", zsh_words(each.help));
      std::string value;
      if (const auto words = choices(each); !words.empty()) value = fmt::format(":{}:({})", each.name, fmt::join(words, " "));
      else if (!each.value.empty()) value = fmt::format(":{}:{}", zsh_words(each.value), zsh_action(each.completes));
      out += fmt::format(" \\\n        {}", quoted(fmt::format("--{}{}{}", each.name, help, value)));
      if (each.letter) out += fmt::format(" \\\n        {}", quoted(fmt::format("-{}{}{}", each.letter, help, value)));
    }
    for (const Operand& each : command->operands) {
      const bool repeats = each.count == Operand::Count::some || each.count == Operand::Count::any;
      out += fmt::format(" \\\n        {}",
                         quoted(fmt::format("{}:{}:{}", repeats ? "*" : "", zsh_words(each.name), zsh_action(each.completes))));
    }
    out += " ;;\n";
  }
  out += "  esac\n}\n_rubric \"$@\"\n";
  return out;
}

// -- fish --

std::string fish() {
  std::string out = std::string(made) + "# Put it into ~/.config/fish/completions/\n";
  const auto line = [&](std::string_view words) { out += fmt::format("complete -c rubric {}\n", words); };
  const auto option = [&](std::string_view where, const Option& each) {
    std::string words = fmt::format("-n {} -l {}", where, each.name);
    if (each.letter) words += fmt::format(" -s {}", each.letter);
    if (const auto values = choices(each); !values.empty()) words += fmt::format(" -x -a '{}'", fmt::join(values, " "));
    else if (!each.value.empty()) words += each.completes == Completes::nothing ? " -x" : " -r";
    line(fmt::format("{} -d {}", words, quoted(each.help)));
  };
  line("-n __fish_use_subcommand -l version -d 'say which version this is'");
  for (const Option& each : common_options()) option("'not __fish_use_subcommand'", each);
  for (const Command* command : commands()) {
    line(fmt::format("-n __fish_use_subcommand -f -a {} -d {}", command->name, quoted(command->summary)));
    for (const Option& each : command->options) option(fmt::format("'__fish_seen_subcommand_from {}'", command->name), each);
  }
  return out;
}

}  // namespace

std::vector<Manual> shell_completions() {
  return {{"completions/rubric.bash", bash()}, {"completions/_rubric", zsh()}, {"completions/rubric.fish", fish()}};
}

}  // namespace rubric::cli
