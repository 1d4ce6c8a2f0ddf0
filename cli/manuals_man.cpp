// Man pages from the commands' tables. See manuals.h.

#include "cli/manuals.h"

#include "cli/command.h"
#include "cli/help.h"

#include <fmt/format.h>

namespace rubric::cli {

namespace {

// Text that troff takes as it stands: no request at the beginning of a line, no escapes, dashes that can be copied.
std::string troff(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') out += "\\e";
    else if (c == '-') out += "\\-";
    else out += c;
    line_begins = c == '\n';
  }
  return out;
}

void add_options(std::string& out, std::span<const Option> options) {
  for (const Option& each : options) out += fmt::format(".TP\n.B {}\n{}\n", troff(spelling(each)), troff(each.help));
}

void add_examples(std::string& out, std::span<const Example> examples) {
  out += ".SH EXAMPLES\n";
  for (const Example& each : examples) out += fmt::format(".TP\n.B {}\n{}\n", troff(each.command), troff(each.says));
}

// Without a date: the same sources make the same pages.
std::string head(std::string_view name, std::string_view summary) {
  std::string title;
  for (char c : name) title += 'a' <= c && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return fmt::format(".\\\" Made by ./dev docs from the tables in cli/.\n.TH {} 1 \"\" \"rubric\" \"Rubric\"\n.SH NAME\n{} \\- {}\n",
                     troff(title), troff(name), troff(summary));
}

constexpr std::string_view exit_section =
    ".SH EXIT STATUS\n.TP\n.B 0\nas expected\n.TP\n.B 1\nfindings: an error in a policy, a rejected record, a failed test\n"
    ".TP\n.B 2\nthe command could not be carried out\n";

Manual page_of(const Command& command) {
  const std::string name = fmt::format("rubric-{}", command.name);
  std::string out = head(name, command.summary);
  out += fmt::format(".SH SYNOPSIS\n.B rubric {}\n", command.name);
  for (const Operand& each : command.operands) {
    const bool optional = each.count == Operand::Count::optional || each.count == Operand::Count::any;
    const bool repeats = each.count == Operand::Count::some || each.count == Operand::Count::any;
    out += fmt::format("{}\\fI{}\\fR{}{}\n", optional ? "[" : "", troff(each.name), repeats ? "..." : "", optional ? "]" : "");
  }
  out += "[\\fIoptions\\fR]\n.SH DESCRIPTION\n";
  for (std::string_view rest = command.description; !rest.empty();) {
    const size_t end = rest.find("\n\n");
    out += fmt::format(".PP\n{}\n", troff(rest.substr(0, end)));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
  }
  for (const Operand& each : command.operands) out += fmt::format(".TP\n.I {}\n{}\n", troff(each.name), troff(each.help));
  out += ".SH OPTIONS\n";
  add_options(out, command.options);
  add_options(out, common_options());
  out += exit_section;
  add_examples(out, command.examples);
  out += ".SH SEE ALSO\n.BR rubric (1)\n";
  return {fmt::format("man/{}.1", name), std::move(out)};
}

}  // namespace

std::vector<Manual> man_pages() {
  std::string out = head("rubric", "decide coverage requests by written criteria, and show why");
  out +=
      ".SH SYNOPSIS\n.B rubric\n\\fICOMMAND\\fR ...\n.SH DESCRIPTION\n"
      "A policy is a \\fI.rubric\\fR file, a Markdown file with rubric blocks, a folder of them (base and overlays), or a compiled "
      "\\fI.rbc\\fR. Cases are \\fI.json\\fR (one or an array) or \\fI.ndjson\\fR files, folders of them, or \\- for standard input.\n"
      ".SH COMMANDS\n";
  for (const Command* each : commands()) out += fmt::format(".TP\n.BR rubric\\-{} (1)\n{}\n", each->name, troff(each->summary));
  out += ".SH OPTIONS\n";
  add_options(out, common_options());
  out += ".TP\n.B \\-\\-version\nsay which version this is\n";
  out += exit_section;
  out += ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nif set, no colours unless \\-\\-color always\n";
  std::vector<Manual> pages = {{"man/rubric.1", std::move(out)}};
  for (const Command* each : commands()) pages.push_back(page_of(*each));
  return pages;
}

}  // namespace rubric::cli
