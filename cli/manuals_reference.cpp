// The reference: a Markdown page for each table. See manuals.h.

#include "cli/manuals.h"

#include "base/diagnostic.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/help.h"
#include "vm/enum_names.h"
#include "vm/opcodes.h"
#include "vm/operators.h"
#include "vm/outcomes.h"
#include "vm/save.h"
#include "vm/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>

namespace rubric::cli {

namespace {

// Of a cell: a bar would end it, and < would begin HTML.
std::string cell(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '|') out += "\\|";
    else if (c == '<') out += "&lt;";
    else out += c;
  }
  return out;
}

// Inside backticks only the bar means something to a table.
std::string code(std::string_view text) {
  std::string out = "`";
  for (char c : text) (out += c == '|' ? "\\" : "") += c;
  return out + "`";
}

class Page {
 public:
  // A page that is made whole, and one whose beginning is written by hand.
  Page(std::string_view name, std::string_view title, std::string_view from, std::string_view intro)
      : text(fmt::format("<!-- Made by ./dev docs from {}. -->\n\n# {}\n\n{}\n", from, title, intro)),
        path(fmt::format("reference/{}.md", name)) {}
  Page(std::string path, std::string_view written) : text(written), path(std::move(path)) {}
  void add(std::string_view words) { text += words; }
  void heading(std::string_view words) { text += fmt::format("\n## {}\n", words); }
  void paragraph(std::string_view words) { text += fmt::format("\n{}\n", words); }
  void head(std::initializer_list<std::string_view> names) {
    text += "\n|";
    for (std::string_view each : names) text += fmt::format(" {} |", each);
    text += "\n|";
    for (size_t i = 0; i < names.size(); ++i) text += "---|";
    text += '\n';
  }
  void row(std::initializer_list<std::string> cells) {
    text += '|';
    for (const std::string& each : cells) text += each.empty() ? " |" : fmt::format(" {} |", each);
    text += '\n';
  }
  Manual take() { return {path, std::move(text)}; }

 private:
  std::string text, path;
};

// As the language writes it.
std::string type_words(vm::Type type) {
  switch (type) {
    case vm::Type::truth: return "Boolean";
    case vm::Type::integer: return "Integer";
    case vm::Type::long_integer: return "Long";
    case vm::Type::decimal: return "Decimal";
    case vm::Type::text: return "String";
    case vm::Type::code: return "Code";
    case vm::Type::date: return "Date";
    case vm::Type::date_time: return "DateTime";
    case vm::Type::time: return "Time";
    case vm::Type::quantity: return "Quantity";
    case vm::Type::interval: return "Interval";
    case vm::Type::list: return "List";
    case vm::Type::tuple: return "Tuple";
    case vm::Type::outcome: return "outcome";
    case vm::Type::ratio: return "Ratio";
    case vm::Type::code_concept: return "Concept";
    case vm::Type::any: return "Any";
  }
  return "";
}

// Operators by their names, in the order in which the table first has them; overloads one below the other.
Manual expressions_page() {
  Page page("expressions.md", expressions_written);
  page.add("## The operators\n\n<!-- From here on made by ./dev docs from vm/operators.def. -->\n");
  page.paragraph(
      "One row for each combination of types. An operator gives a value only if every value of its open facts gives that "
      "value; none in gives none out, unless the row says otherwise. Each example is a test.");
  page.head({"operator", "of", "gives", "", "example"});
  const std::span<const vm::OperatorInfo> rows = vm::operators();
  std::vector<std::string_view> names;
  for (const vm::OperatorInfo& each : rows) {
    if (std::ranges::find(names, each.name) == names.end()) names.push_back(each.name);
  }
  for (const std::string_view name : names) {
    for (const vm::OperatorInfo& each : rows) {
      if (each.name != name) continue;
      std::vector<std::string> types;
      for (vm::Type type : each.args) types.push_back(type_words(type));
      page.row({code(name), fmt::format("{}", fmt::join(types, ", ")), type_words(each.result), cell(each.help), code(each.example)});
    }
  }
  return page.take();
}

Manual opcodes_page() {
  Page page("opcodes", "Opcodes", "vm/opcodes.def",
            fmt::format("The instructions of the column machine, as `rubric disasm` shows them. A program is a straight line: each "
                        "instruction writes one register on every row of its domain, and nothing jumps. Program files have format {}.",
                        vm::program_format));
  page.paragraph(
      "Operands, one letter each; `*` repeats the last: `H` a register on the instruction's own domain (or uniform), `U` on a "
      "proper ancestor of it, `P` on the parent of its rows, `S` on the domain its rows were made from, `B` on the child domain that is folded, `C` on another "
      "child domain; `t` before a letter: the register is a truth. `imm` and `fn` are numbers of the instruction itself.");
  page.head({"opcode", "operands", "writes", "what it does"});
  for (const vm::OpcodeInfo& each : vm::opcodes()) {
    const std::string writes =
        each.writes == vm::Writes::typed ? std::string(vm::enum_name(each.type)) : std::string(vm::enum_name(each.writes));
    page.row({code(each.name), each.operands.empty() ? "" : code(each.operands), writes, cell(each.help)});
  }
  return page.take();
}

Manual outcomes_page() {
  Page page("outcomes", "Outcomes", "vm/outcomes.def",
            "What a line can end with, best first: the order in which diagnoses and targets of a line are compared. Two different "
            "verdicts that both stand are a conflict. The action is the X12 278 code.");
  page.head({"outcome", "action", "counts as", "signed by", "in words"});
  for (const vm::OutcomeRow& each : vm::outcome_rows) {
    const std::string_view kind = each.outcome_class == vm::OutcomeClass::none ? "no verdict" : vm::enum_name(each.outcome_class);
    page.row({code(each.json), std::string(each.action), std::string(kind), each.clinician ? "a clinician" : "", cell(each.words)});
  }
  return page.take();
}

Manual diagnostics_page() {
  Page page("diagnostics", "Diagnostics", "base/diagnostics.def",
            "Everything that `rubric check` can object to. The name stands in brackets behind a message and is the handle for scripts; "
            "{0}, {1} are filled in. An error keeps a policy from running, a warning does not.");
  page.head({"name", "severity", "message", "what to do about it"});
  std::vector<DiagnosticRow> rows(std::begin(diagnostic_rows), std::end(diagnostic_rows));
  std::sort(rows.begin(), rows.end(), [](const DiagnosticRow& a, const DiagnosticRow& b) { return a.name < b.name; });
  for (const DiagnosticRow& each : rows) {
    page.row({code(each.name), std::string(severity_name(each.severity)), cell(each.message), cell(each.help)});
  }
  return page.take();
}

Manual units_page() {
  Page page("units", "Units", "vm/units.cpp",
            "The units of quantities. Calendar units are words (`3 months`), the others UCUM codes in quotes (`250 'mg'`). Quantities "
            "of one dimension can be compared and added; a month is no number of days.");
  page.head({"unit", "dimension", "calendar"});
  for (uint16_t id = 0; id < vm::unit_count(); ++id) {
    const vm::Unit& each = vm::unit(id);
    page.row({code(each.name), std::string(vm::enum_name(each.dimension)), each.calendar ? "yes" : ""});
  }
  return page.take();
}

Manual commands_page() {
  Page page("commands", "Commands", "the tables in cli/",
            "Output goes to stdout, messages and progress to stderr. Exit status: 0 as expected; 1 findings, such as an error in a "
            "policy, a rejected record or a failed test; 2 the command could not be carried out.");
  page.paragraph("Every command takes:");
  page.head({"option", ""});
  for (const Option& each : common_options()) page.row({code(spelling(each)), cell(each.help)});
  for (const Command* each : commands()) {
    page.heading(fmt::format("rubric {}", each->name));
    page.paragraph(fmt::format("```\n{}\n```", usage_line(*each)));
    page.paragraph(each->description);
    if (!each->operands.empty() || !each->options.empty()) page.head({"", ""});
    for (const Operand& operand : each->operands) page.row({code(operand.name), cell(operand.help)});
    for (const Option& option : each->options) page.row({code(spelling(option)), cell(option.help)});
    for (const Example& example : each->examples) {
      page.paragraph(fmt::format("```\n$ {}\n```\n{}", example.command, example.says));
    }
  }
  return page.take();
}

}  // namespace

std::vector<Manual> reference_manuals() {
  return {commands_page(), expressions_page(), outcomes_page(), units_page(), opcodes_page(), diagnostics_page()};
}

std::vector<Manual> all_manuals() {
  std::vector<Manual> all = reference_manuals();
  for (const auto& make : {man_pages, shell_completions}) {
    for (Manual& each : make()) all.push_back(std::move(each));
  }
  return all;
}

}  // namespace rubric::cli
