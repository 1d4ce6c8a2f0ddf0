// `rubric compile`: a policy as a program file, which runs without its sources.

#include "cli/subcommands.h"

#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/output.h"
#include "cli/policy_input.h"
#include "cli/write_file.h"
#include "vm/save.h"

#include <fmt/format.h>

namespace rubric::cli {

namespace {

Exit run(const Arguments& arguments, Console& console) {
  auto program = open_program(arguments.operand("POLICY"), console);
  if (!program) return program.error();
  const std::string bytes = vm::save(*program);
  // Nobody should get a file that run refuses.
  const auto runs = verified(std::move(*program), arguments.operand("POLICY"), console);
  if (!runs) return runs.error();
  const std::string path = *arguments.value("output");
  if (path == "-") {
    Output output;
    output.write(bytes);
    return output.finish(console);
  }
  if (const std::string problem = write_file(path, bytes); !problem.empty()) {
    console.error(fmt::format("cannot write {}: {}", path, problem));
    return Exit::failed;
  }
  console.note(fmt::format("{}: {} {}, {}", path, (*runs)->name, (*runs)->version, (*runs)->digest));
  return Exit::expected;
}

constexpr Operand operands[] = {
    {"POLICY", Operand::Count::one, Completes::policy, "a .rubric or .md file, a folder (base and overlays), or a compiled .rbc"},
};
constexpr Option options[] = {
    {"output", 'o', "FILE.rbc", Completes::file, "where the program goes; - for standard output", true},
};
constexpr Example examples[] = {
    {"rubric compile policies/trigger-point-injections -o tpi.rbc", "one file that decides, with its sources inside for traces"},
};

}  // namespace

constexpr Command compile_command = {
    "compile",
    "keep a policy as a program file",
    "Compiles the policy and writes the program, which other commands take as POLICY. Its digest names the exact program: the "
    "same digest and the same record give the same determination on any machine.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
