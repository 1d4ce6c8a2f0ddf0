// The rows under each parent row as bits: where they end, and which parents have any. With them a fold's truth, or a
// parent's, is carried over all rows of a word by one addition; beside the plain loops of kernels_rows.cpp and moves.cpp,
// which processors without these instructions take.
#pragma once

#include "vm/record.h"

namespace rubric::vm {

struct Segments {
  uint32_t rows = 0, parents = 0;
  Plane last;              // rows that are the last under their parent
  Plane filled;            // parent rows that have any
  bool all_filled = false;
  bool made = false;
};

bool can_carry();          // the processor has them, and a test has not turned them off
void make_segments(const DomainRows&, Segments& out);

// kernels.h's `any` and `all`, and moves.h's `spread` of one plane.
void any_by_carry(const Segments&, const Column& child, Column& out);
void all_by_carry(const Segments&, const Column& child, Column& out);
void spread_by_carry(const Segments&, const Plane& parents, Plane& out);

}  // namespace rubric::vm
