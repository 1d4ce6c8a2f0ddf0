// Folds over a cross that need no cross: `any` and `count` of a list's rows under each line, where what depends on the
// line is that a cell of the row lies within bounds of the line's (`T.start > Line.date - 12 months`), and all else is
// asked of the row alone. They are found in a program's code, and computed from the list's own rows; the cross and
// what stands on it are made when a trace asks for them.
//
// The code that they stand for says what they mean; tests compare the two.
#pragma once

#include "vm/column.h"
#include "vm/meanings.h"
#include "vm/program.h"

#include <span>
#include <vector>

namespace rubric::vm {

// One side of a window: `key <op> limit`, or with the sides exchanged.
struct WindowBound {
  Id limit = none_id;            // register on the parent's rows
  uint16_t fn = 0;               // the comparison, of operators.def
  bool key_first = true;
  // Whole numbers that order as the cells do: key >= limit + above, key <= limit + below.
  bool has_low = false, has_high = false;
  int32_t above = 0, below = 0;
};

// The members are: rows of the list (a phantom row may be one) where `sure` is yes and keep(`truth` and the bounds) is.
struct Window {
  uint32_t inst = 0;             // the fold
  Id cross = none_id, list = none_id, parent = none_id;
  bool only_members = false;     // phantom rows are unknown to be members, not ordinary rows
  Id key = none_id;              // register on the list's rows, of a type whose plain cells order as values do
  std::vector<WindowBound> bounds;
  Id truth = none_id;            // register on the list's rows, inside `keep`
  std::vector<Id> sure;          // registers on the list's rows that are never none, outside of it
};

std::vector<Window> find_windows(const Program&);

// What a window reads, as columns.
struct WindowColumns {
  const Column* key = nullptr;
  std::vector<const Column*> limits;      // parallel to bounds
  const Column* truth = nullptr;          // there may be none
  std::vector<const Column*> sure;
};
// The rows of the list that belong to a parent row's case: list_starts[case_of[r]] .. list_starts[case_of[r] + 1].
struct WindowRows {
  const Plane& phantom;
  std::span<const Row> list_starts, case_of;
  const std::vector<uint64_t>& limited;   // cases that have no rows, one bit each
  bool any_limited = false;
};

// What the computing of one window after the other writes on.
struct WindowScratch {
  WindowColumns columns;
  // The list's rows, with a word of room behind the last: members if their key lies within the bounds, possible ones if it
  // does, possible ones whatever it is, phantom rows, and rows whose lines go by themselves.
  Plane members, possible, open, endless, alone;
  std::vector<int32_t> keys, last_keys;   // of a uniform key all; of any key the last ones, with room
  std::vector<int32_t> low, high;         // each line's bounds
  std::vector<uint32_t> possibles;        // each line's number of possible members
  Plane singly, partly, ranges, unbounded;   // of the lines
};

// Whether any member is there, or how many; `out` as kernels.h has it.
void window_any(const Context&, const Window&, const WindowRows&, WindowScratch&, const Pool&, Column& out);
void window_count(const Context&, const Window&, const WindowRows&, WindowScratch&, const Pool&, Column& out, Pool& out_pool);

inline bool use_windows = true;           // a test turns it off, to compare

}  // namespace rubric::vm
