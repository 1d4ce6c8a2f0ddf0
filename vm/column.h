// A register's cells over the rows of its domain: two bit planes and an array of cells.
//
//            p        q        cell
//   truth    true     false    -              (1,1) is none, (0,0) unknown: Kleene's values and none in two planes
//   others   known    odd      the value      (1,0) plain value
//                              pool index     (1,1) a boxed Value: open, partial, wide, or of a type without a dense form
//                              Cause          (0,1) none     (0,0) unknown
//
// A uniform column has one row that stands for every row of every domain (constants).
// Planes end on a word border; the bits behind the last row are zero. There is no second kind of column.
#pragma once

#include "vm/value.h"

#include <vector>

namespace rubric::vm {

using Plane = std::vector<uint64_t>;
using Row = uint32_t;
constexpr Row no_row = 0xffffffff;

constexpr uint32_t words(uint32_t rows) { return (rows + 63) / 64; }
inline bool bit(const Plane& p, Row r) { return p[r / 64] >> (r % 64) & 1; }
inline void set_bit(Plane& p, Row r, bool on) {
  const uint64_t mask = uint64_t{1} << (r % 64);
  p[r / 64] = on ? p[r / 64] | mask : p[r / 64] & ~mask;
}
// The rows of the last word that exist.
constexpr uint64_t tail_mask(uint32_t rows) { return rows % 64 ? (uint64_t{1} << (rows % 64)) - 1 : ~uint64_t{0}; }

// 4-byte cells: integer, text, code, date, and the pool index of boxed types. 8-byte cells: long, decimal, outcome.
constexpr bool wide_cell(Type t) { return t == Type::long_integer || t == Type::decimal || t == Type::outcome; }
// Types whose known rows are all boxed.
constexpr bool always_boxed(Type t) {
  return t == Type::quantity || t == Type::date_time || t == Type::time || t == Type::any || has_items(t);
}

struct Column {
  Type type = Type::truth;
  bool uniform = false;
  bool any_odd = false;  // false promises that q is all zero (types other than truth)
  uint32_t rows = 0;
  Plane p, q;
  std::vector<int32_t> cell4;
  std::vector<int64_t> cell8;

  void reset(Type, uint32_t rows);  // every row unknown, cause nothing
  Row at(Row r) const { return uniform ? 0 : r; }
  Truth truth(Row r) const {
    r = at(r);
    return static_cast<Truth>((bit(p, r) ? 1 : 0) | (bit(q, r) ? 2 : 0));
  }
  void set_truth(Row r, Truth t) {
    set_bit(p, r, static_cast<uint8_t>(t) & 1);
    set_bit(q, r, static_cast<uint8_t>(t) & 2);
  }
};

using Pool = std::vector<Value>;

// The only two functions that know every form of a cell. get answers a truth column with Type::truth values too.
Value get(const Column&, Row, const Pool&);
void put(Column&, Row, const Value&, Pool&);

}  // namespace rubric::vm
