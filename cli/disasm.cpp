// `rubric disasm`: a program as text.

#include "cli/subcommands.h"

#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/output.h"
#include "cli/policy_input.h"
#include "vm/disassemble.h"

namespace rubric::cli {

namespace {

Exit run(const Arguments& arguments, Console& console) {
  auto program = open_program(arguments.operand("POLICY"), console);
  if (!program) return program.error();
  Output output;
  output.write(vm::disassemble(*program));
  if (const Exit wrote = output.finish(console); wrote != Exit::expected) return wrote;
  // One can look at a program that does not run; that it does not is still said.
  return verified(std::move(*program), arguments.operand("POLICY"), console) ? Exit::expected : Exit::failed;
}

constexpr Operand operands[] = {
    {"POLICY", Operand::Count::one, Completes::policy, "a compiled .rbc, or what rubric compile takes"},
};
constexpr Example examples[] = {
    {"rubric disasm tpi.rbc", "what the program reads, what it computes, and the source line behind each instruction"},
};

}  // namespace

constexpr Command disasm_command = {
    "disasm",
    "show a program's instructions and tables",
    "Prints what a program reads from a record, its straight line of column operators with the expression that each belongs to, "
    "and the tables of criteria, rules and citations behind it.",
    operands,
    {},
    examples,
    run,
};

}  // namespace rubric::cli
