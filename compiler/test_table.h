// Tests as rows of a table: a CSV file that a spreadsheet can edit, one case a row.
//
//   test,case,with lines[0].serviceDate,expect,expect Spacing
//   'late enough',Responder,2026-05-10,approve by RepeatBlock,met
//
// A row says what a `test` block says, and becomes one: the head of an `expect` column stands before each of its cells.
// So nothing of a test is explained here: see parse.h.
#pragma once

#include "base/diagnostic.h"
#include "base/source.h"
#include "compiler/ast.h"

#include <string>
#include <string_view>

namespace rubric {

// tests.csv and *.tests.csv: files of a policy's folder that hold tests.
bool is_test_table(std::string_view file_name);

// The tests of a file, in a module of their own. Spans are those of the cells.
ast::Module parse_test_table(const SourceSet&, FileId, Diagnostics&);

}  // namespace rubric
