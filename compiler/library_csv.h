// A decision table's rows from a CSV file, as a spreadsheet writes it. Used by library.cpp alone.
#pragma once

#include "base/diagnostic.h"
#include "base/source.h"
#include "compiler/ast.h"

namespace rubric {

// Fills the table's head and rows from the file. Cells hold what they would hold between the bars of a table in the
// policy; quotes and doubled quotes are CSV's.
void parse_csv_table(ast::Table& table, const SourceSet& sources, FileId file, Diagnostics& diagnostics);

}  // namespace rubric
