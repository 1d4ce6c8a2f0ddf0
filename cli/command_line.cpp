// Finding the subcommand and handing its words over. See command_line.h.

#include "cli/command_line.h"

#include "base/text.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/help.h"
#include "cli/output.h"

#include <fmt/format.h>

#include <signal.h>

#include <string>
#include <vector>

namespace rubric::cli {

namespace {

int status(Exit exit) { return static_cast<int>(exit); }

int show(std::string_view text, Console& console) {
  Output output;
  output.write(text);
  return status(output.finish(console));
}

const Command* find_command(std::string_view name) {
  for (const Command* each : commands()) {
    if (each->name == name) return each;
  }
  return nullptr;
}

}  // namespace

int run_command_line(int count, char** words) {
  // A closed pipe is an answer of write, not the end of the process: Output says what follows.
  signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string> all(words + (count > 0), words + count);
  Console console;
  if (all.empty()) {
    console.error("a command is missing", "rubric --help lists the commands");
    return status(Exit::failed);
  }
  const std::string& first = all[0];
  if (first == "--version") return show("rubric " RUBRIC_VERSION "\n", console);
  if (first == "--help" || first == "-h") return show(general_help(console.width()), console);
  if (first == "help") {
    if (const Command* command = all.size() > 1 ? find_command(all[1]) : nullptr)
      return show(command_help(*command, console.width()), console);
    if (all.size() == 1) return show(general_help(console.width()), console);
  }
  const Command* command = find_command(first == "help" ? all[1] : first);
  if (!command) {
    std::vector<std::string> names;
    for (const Command* each : commands()) names.emplace_back(each->name);
    const std::string& word = first == "help" ? all[1] : first;
    const auto meant = nearest(word, names);
    console.error(fmt::format("there is no command {}", word),
                  meant ? fmt::format("did you mean {}?", *meant) : "rubric --help lists the commands");
    return status(Exit::failed);
  }

  const auto arguments = parse_arguments(*command, {all.begin() + 1, all.end()});
  if (!arguments) {
    console.error(arguments.error(), fmt::format("rubric {} --help", command->name));
    return status(Exit::failed);
  }
  if (arguments->has("help")) return show(command_help(*command, console.width()), console);
  console.configure(*arguments);
  return status(command->run(*arguments, console));
}

}  // namespace rubric::cli
