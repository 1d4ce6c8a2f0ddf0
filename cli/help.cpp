// See help.h.

#include "cli/help.h"

#include "cli/arguments.h"
#include "render/layout.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric::cli {

namespace {

// What a page says first and last.
constexpr std::string_view what_it_is =
    "Rubric decides coverage requests by written criteria and shows why. A policy is a .rubric file, a Markdown file with "
    "rubric blocks, a folder of them (base and overlays), or a compiled .rbc. Cases are .json (one or an array) or .ndjson "
    "files, folders of them, or - for standard input.";
constexpr std::string_view exits =
    "0 as expected; 1 findings, such as an error in a policy, a rejected record or a failed test; 2 the command could not "
    "be carried out.";

// Examples stand as they are typed: they are not wrapped.
void add_examples(std::string& out, std::span<const Example> examples) {
  out += examples.size() == 1 ? "\nExample\n" : "\nExamples\n";
  for (const Example& each : examples) out += fmt::format("  $ {}\n      {}\n", each.command, each.says);
}

void add_options(Layout& page, std::span<const Option> options) {
  size_t widest = 0;
  for (const Option& each : options) widest = std::max(widest, spelling(each).size());
  for (const Option& each : options) page.paragraph(2, spelling(each), Style::plain, std::min<size_t>(widest + 4, 36), each.help);
}

}  // namespace

std::string spelling(const Option& option) {
  std::string out = option.letter ? fmt::format("-{}, --{}", option.letter, option.name) : fmt::format("--{}", option.name);
  if (!option.value.empty()) out += fmt::format(" {}", option.value);
  return out;
}

std::string general_help(int width) {
  Layout page(width, Color::no);
  page.paragraph(0, "usage: rubric COMMAND ...");
  page.blank();
  page.paragraph(0, what_it_is);
  page.blank();
  page.paragraph(0, "Commands");
  for (const Command* each : commands()) page.paragraph(2, each->name, Style::plain, 12, each->summary);
  page.blank();
  page.paragraph(0, "Every command takes");
  std::vector<Option> options(common_options().begin(), common_options().end());
  options.push_back({"version", 0, "", Completes::nothing, "say which version this is"});
  add_options(page, options);
  std::string out = page.take();
  constexpr Example examples[] = {
      {"rubric explain policies/trigger-point-injections policies/trigger-point-injections/cases",
       "decide each case of the folder, and show the path to each decision"},
      {"rubric run --help", "what one command does, with its options and examples"},
  };
  add_examples(out, examples);
  Layout end(width, Color::no);
  end.paragraph(0, "Exit status:", Style::plain, 13, exits);
  return out + "\n" + end.take();
}

std::string command_help(const Command& command, int width) {
  Layout page(width, Color::no);
  page.paragraph(0, "usage:", Style::plain, 7, usage_line(command));
  for (std::string_view rest = command.description; !rest.empty();) {
    const size_t end = rest.find("\n\n");
    page.blank();
    page.paragraph(0, rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
  }
  page.blank();
  for (const Operand& each : command.operands) page.paragraph(2, each.name, Style::plain, 14, each.help);
  if (!command.operands.empty()) page.blank();
  page.paragraph(0, "Options");
  std::vector<Option> options(command.options.begin(), command.options.end());
  options.insert(options.end(), common_options().begin(), common_options().end());
  add_options(page, options);
  std::string out = page.take();
  add_examples(out, command.examples);
  return out;
}

}  // namespace rubric::cli
