// The subcommands, each defined in the file of its name.
#pragma once

#include "cli/command.h"

namespace rubric::cli {

extern const Command check_command;    // check.cpp
extern const Command run_command;      // run.cpp
extern const Command explain_command;  // explain.cpp
extern const Command report_command;   // report.cpp
extern const Command test_command;     // test.cpp
extern const Command diff_command;     // diff.cpp
extern const Command compare_command;  // compare.cpp
extern const Command whatif_command;   // whatif.cpp
extern const Command fmt_command;      // fmt.cpp
extern const Command compile_command;  // compile.cpp
extern const Command disasm_command;   // disasm.cpp
extern const Command eval_command;     // eval.cpp
extern const Command conformance_command;  // conformance.cpp
extern const Command schema_command;   // schema.cpp
extern const Command generate_command;  // generate.cpp
extern const Command snapshot_command;  // snapshot.cpp
extern const Command docs_command;     // docs.cpp

}  // namespace rubric::cli
