// A register's rows as other domains see them: a row's ancestor, the row that it was made from.
#pragma once

#include "vm/machine.h"

namespace rubric::vm {

// out's row r is from's row sources[r]; no_row: unknown, not documented.
void gather(const Column& from, const std::vector<Row>& sources, Column& out);
// The same where rows are known by their segments: every child of parent row r is from's row r ...
void spread(const Column& from, const DomainRows& children, Column& out);
void spread(const Column& from, const DomainRows& children, const Segments&, Column& out);
// ... and where the rows made under one parent row come from rows that stand one behind the other, as in a cross.
void copy_slices(const Column& from, const DomainRows& made, Column& out);

// What the instruction, an `up` or a `src`, writes.
void move(const Decisions&, const Inst&, const Column& from, Column& out);

}  // namespace rubric::vm
