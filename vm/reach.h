// Where a cell lies, as whole numbers that order as its type's plain cells do: all that a comparison with another cell
// asks. It says of cells that are no plain values what the comparisons' boxed forms say, without boxing them; a test
// holds the two together for every operator. For types of four-byte cells.
#pragma once

#include "vm/column.h"

namespace rubric::vm {

struct Reach {
  // none: there is no value. fault: none, because it could not be computed. other: goes by the boxed forms.
  enum class Kind : uint8_t { within, none, fault, other } kind = Kind::other;
  int64_t low = 0, high = 0;                // within: both included
};

// Of a cell of which nothing is known, and of one that may be none: no comparison with it is settled.
constexpr Reach anywhere{Reach::Kind::within, INT64_MIN / 2, INT64_MAX / 2};
constexpr bool is_anywhere(const Reach& r) { return r.kind == Reach::Kind::within && r.low == anywhere.low && r.high == anywhere.high; }

Reach reach_of(const Value&);

inline Reach reach_at(const Column& c, Row row, const Pool& pool) {
  const Row r = c.at(row);
  const bool known = bit(c.p, r), odd = bit(c.q, r);
  if (known && !odd) return {Reach::Kind::within, c.cell4[r], c.cell4[r]};
  if (known) return reach_of(pool[static_cast<size_t>(c.cell4[r])]);
  if (!odd) return anywhere;
  return {is_fault(static_cast<Cause>(c.cell4[r])) ? Reach::Kind::fault : Reach::Kind::none};
}

// Whether F, a comparison, holds of two that are not `other`.
template <class F>
Truth compared(const Reach& a, const Reach& b) {
  if (a.kind == Reach::Kind::fault || b.kind == Reach::Kind::fault) return Truth::unknown;
  if (a.kind == Reach::Kind::none || b.kind == Reach::Kind::none) return Truth::none;
  const bool less = a.low < b.high, equal = a.high >= b.low && a.low <= b.high, greater = a.high > b.low;
  const bool yes = (less && F::holds(-1)) || (equal && F::holds(0)) || (greater && F::holds(1));
  const bool no = (less && !F::holds(-1)) || (equal && !F::holds(0)) || (greater && !F::holds(1));
  return yes && no ? Truth::unknown : yes ? Truth::yes : Truth::no;
}

}  // namespace rubric::vm
