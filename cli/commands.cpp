// The list of subcommands, and what all of them share. See command.h.

#include "cli/command.h"
#include "cli/subcommands.h"

namespace rubric::cli {

namespace {

constexpr const Command* list[] = {&check_command,    &run_command,     &explain_command,     &report_command, &test_command,
                                   &diff_command,     &compare_command, &whatif_command,      &fmt_command,    &compile_command,
                                   &disasm_command,   &eval_command,    &conformance_command, &schema_command, &generate_command,
                                   &snapshot_command, &docs_command};

constexpr Option common[] = {
    {"help", 'h', "", Completes::nothing, "say what the command does, with examples"},
    {"color", 0, "auto|always|never", Completes::nothing, "colours: on a terminal unless NO_COLOR is set (auto), always or never"},
    {"quiet", 'q', "", Completes::nothing, "no progress and no remarks; errors and warnings stay"},
};

}  // namespace

std::span<const Command* const> commands() { return list; }
std::span<const Option> common_options() { return common; }

std::vector<std::string_view> choices(const Option& option) {
  std::vector<std::string_view> words;
  if (option.value.find('|') == std::string_view::npos) return words;
  for (std::string_view rest = option.value;;) {
    const size_t bar = rest.find('|');
    words.push_back(rest.substr(0, bar));
    if (bar == std::string_view::npos) return words;
    rest.remove_prefix(bar + 1);
  }
}

}  // namespace rubric::cli
