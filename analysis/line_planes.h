// Planes of a run as what they say of its lines: 64 rows at once.
#pragma once

#include "vm/column.h"
#include "vm/machine.h"

#include <bit>
#include <cstdint>

namespace rubric::analysis {

// A truth register's planes over the rows of a domain; a constant's are spread over them.
struct Truths {
  vm::Plane yes, no;
  Truths(const vm::Decisions&, vm::Id reg, uint32_t rows);
};

template <class Word>
vm::Plane made(uint32_t rows, Word word) {
  vm::Plane out(vm::words(rows));
  for (uint32_t w = 0; w < out.size(); ++w) out[w] = word(w);
  if (!out.empty()) out.back() &= vm::tail_mask(rows);
  return out;
}

inline void add(vm::Plane& to, const vm::Plane& from) {
  for (size_t w = 0; w < to.size(); ++w) to[w] |= from[w];
}

template <class F>
void each_row(const vm::Plane& p, F f) {
  for (uint32_t w = 0; w < p.size(); ++w) {
    for (uint64_t left = p[w]; left; left &= left - 1) f(w * 64 + static_cast<vm::Row>(std::countr_zero(left)));
  }
}

// What belongs to rows, as what belongs to their lines; what belongs to the case is all of its lines'.
vm::Plane on_lines(const vm::Decisions&, vm::Plane rows, vm::Id domain);
// What belongs to lines, as what may belong to rows: all those of the lines' cases.
vm::Plane on_rows(const vm::Decisions&, vm::Plane lines, vm::Id domain);

inline uint32_t rows_in(const vm::Decisions& d, vm::Id domain) { return domain == vm::none_id ? 1 : d.rows_of(domain).rows; }

}  // namespace rubric::analysis
