// `rubric schema`: the JSON Schema of the records that a policy reads.

#include "cli/subcommands.h"

#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/output.h"
#include "cli/policy_input.h"
#include "vm/record_schema.h"

namespace rubric::cli {

namespace {

Exit run(const Arguments& arguments, Console& console) {
  const auto program = open_program(arguments.operand("POLICY"), console);
  if (!program) return program.error();
  Output output;
  output.write(vm::record_schema(*program, arguments.has("whole") ? vm::SchemaScope::whole : vm::SchemaScope::read));
  return output.finish(console);
}

constexpr Operand operands[] = {
    {"POLICY", Operand::Count::one, Completes::policy, "a .rubric or .md file, a folder (base and overlays), or a compiled .rbc"},
};
constexpr Option options[] = {
    {"whole", 'w', "", Completes::nothing, "every field of the record model, not only those that the policy reads"},
};
constexpr Example examples[] = {
    {"rubric schema policies/trigger-point-injections > record.schema.json", "for the editor or the system that writes records"},
};

}  // namespace

constexpr Command schema_command = {
    "schema",
    "print the JSON Schema of the records that a policy reads",
    "The schema (draft 2020-12) says what a record may look like. The loader checks more: bounds between fields, dates of the "
    "calendar and references are beyond a schema.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
