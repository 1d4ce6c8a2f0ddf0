// What a field that is not documented can be: the words and bounds that the model declares for it, and none where it is
// optional. The loader leaves such a cell unknown; where some instruction could make more of it, the machine reads the
// cell as the open value that it is.
//
// Bounds of what the record does say are the loader's (record_bounds.h).
#pragma once

#include "vm/column.h"
#include "vm/program.h"

#include <span>
#include <vector>

namespace rubric::vm {

struct Decisions;

// Of one column. An end is a constant, or another column: that of a field beside this one, or of the case.
struct Declared {
  struct End {
    Value constant;                  // kind unknown: no such end
    Id column = none_id;
    bool of_case = false;
  };
  bool matters = false;              // whether a reader could settle something by it; the others are spared the open cells
  Value words;                       // the words, or none of them, as one open value; kind unknown: not of listed words
  End low, high;
  bool optional = false;
};

// For each column of the program; `constants` are its own, and alternatives are placed in the arena.
std::vector<Declared> declared_columns(const Program&, std::span<const Value> constants, Arena&);

// The loaded column with its unknown cells as what they can be, in `out`; false: there are none, `out` is untouched.
bool read_as_declared(const Declared&, const Decisions&, Id column, Column& out, Pool&);

}  // namespace rubric::vm
