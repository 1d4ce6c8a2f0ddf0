// `rubric schema`: the JSON Schema of the records that a policy reads, or of a record model as a whole.

#include "cli/subcommands.h"

#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/output.h"
#include "cli/policy_input.h"
#include "vm/record_schema.h"

namespace rubric::cli {

namespace {

Exit run(const Arguments& arguments, Console& console) {
  Output output;
  if (const auto whole = record_model(arguments.operand("POLICY|MODEL"))) {
    output.write(vm::record_schema(*whole, vm::SchemaScope::whole));
    return output.finish(console);
  }
  const auto program = open_program(arguments.operand("POLICY|MODEL"), console);
  if (!program) return program.error();
  output.write(vm::record_schema(*program, arguments.has("whole") ? vm::SchemaScope::whole : vm::SchemaScope::read));
  return output.finish(console);
}

constexpr Operand operands[] = {
    {"POLICY|MODEL", Operand::Count::one, Completes::policy,
     "a .rubric or .md file, a folder (base and overlays), a compiled .rbc, or the name of a library with a record model: Clinical"},
};
constexpr Option options[] = {
    {"whole", 'w', "", Completes::nothing, "every field of the record model, not only those that the policy reads"},
};
constexpr Example examples[] = {
    {"rubric schema policies/trigger-point-injections > record.schema.json", "for the editor or the system that writes records"},
    {"rubric schema Clinical", "every field that a record may have"},
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
