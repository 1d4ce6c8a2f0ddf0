// The opcodes' work, one function each, over whole columns. They rely on what verify has checked and check nothing.
//
// `out` is reset to its type and rows before each call. Child rows of parent row r are rows.first[r] .. rows.first[r+1].
#pragma once

#include "vm/column.h"
#include "vm/machine.h"
#include "vm/meanings.h"

#include <array>
#include <span>
#include <unordered_map>

namespace rubric::vm {

// A constant set or table, ready to be asked: keys by their cell's bits.
struct PreparedTable {
  struct Entry {
    Value value;
    Value from, to;
  };   // kind unknown: no such end, or a set's member
  std::unordered_map<int64_t, std::vector<Entry>> entries;
  // Keys that are small numbers, as ids are: one bit each, and of those the ones that do not hold on every day. Behind
  // the last key stands a word without any.
  std::vector<uint32_t> known, dated;
  bool any_dated = false;
  // The same keys as runs of neighbours, where they are few: first, and how many follow.
  struct Run {
    uint32_t first, more;
  };
  static constexpr size_t most_runs = 4;
  std::vector<Run> runs;                           // none: there are more
  bool all_small = true;                           // there are no other keys
  Value otherwise;                                 // kind none: not in the table
  bool otherwise_key = false;
};

// Four-valued logic on planes; see column.h for the encoding.
void truth_not(const Column& a, Column& out);
void truth_and(std::span<const Column* const>, Column& out);
void truth_or(std::span<const Column* const>, Column& out);
void keep(const Column& a, Column& out);
void at_least(std::span<const Column* const>, uint32_t n, Column& out);
void shown(const Column& applicable, const Column& value, Column& out);
void not_shown(const Column& applicable, const Column& value, Column& out);
void undetermined(const Column& applicable, const Column& value, Column& out);
void assert_value(const Column& assertion, const Column& value, Column& out);
void assert_applicable(const Column& assertion, const Column& applicable, Column& out);
void status_value(const Column& met, const Column& met_or_not_applicable, Column& out);

void select(const Context&, const Column& condition, const Column& a, const Column& b, const Pool&, Column& out, Pool& out_pool);
void is_null(const Column& a, const Pool&, Column& out);
void coalesce(const Context&, std::span<const Column* const>, const Pool&, Column& out, Pool& out_pool);
void lookup(const Context&, const PreparedTable&, const Column& key, const Pool&, Column& out, Pool& out_pool);
void in_set(const PreparedTable&, const Column& value, const Column* date, const Pool&, Column& out);

void any(const DomainRows& rows, const Column& child, Column& out);
void all(const DomainRows& rows, const Column& child, Column& out);
void count(const Context&, const DomainRows& rows, const Column& member, Column& out, Pool& out_pool);
// Numbers of rows as cells: those that are certain, and up to so many more; unbounded: any number of them. Of a column's
// cells few are different, so that what is no plain number is made once.
class Counts {
 public:
  Counts(const Context& c, Column& out, Pool& pool) : context_(c), out_(out), pool_(pool) {}
  void put(Row, uint32_t certain, uint32_t possible, bool unbounded);

 private:
  static constexpr uint32_t most = 12;                 // that are remembered, of either
  const Context& context_;
  Column& out_;
  Pool& pool_;
  bool any_ = false;
  std::array<int32_t, size_t{2} * most * most> made_;  // where they stand in the pool, or -1; from the first one on
};

enum class FoldKind : uint16_t { sum, min, max, avg, distinct };
// `has_values`: what is unknown of the values is which they are, not whether there is one.
void fold(const Context&, FoldKind, const DomainRows& rows, const Column& member, const Column& value, bool has_values, const Pool&,
          Column& out, Pool& out_pool);
void pick(const Context&, bool last, const DomainRows& rows, const Column& member, const Column& key, const Column& value, const Pool&,
          Column& out, Pool& out_pool);
void only(const Context&, const DomainRows& rows, const Column& member, const Column& value, const Pool&, Column& out, Pool& out_pool);

// Lists and tuples as values; the first of `parts` says which rows are members, the second what they hold, the others sort.
void compose(const Context&, Type, std::span<const Column* const>, const Pool&, Column& out, Pool& out_pool);
void narrow(const Column& a, const Pool&, Column& out, Pool& out_pool);
void nest(const Context&, const DomainRows& rows, std::span<const Column* const> parts, uint32_t falling, const Pool&, Column& out,
          Pool& out_pool);
void last_step(const DomainRows& rows, const Column& start, const Column& made, const Pool&, Column& out, Pool& out_pool);

// A limit's usage; `other` are the request's other lines.
struct Usage {
  const DomainRows& history;
  const Column &history_member, &history_date;
  const DomainRows& other;
  const Column &other_member, &other_date, &other_granted;
  const Column& own_date;
};
void used_days(const Context&, const Usage&, const Pool&, Column& out, Pool& out_pool);
void fullest(const Context&, const Usage&, bool procedures, const Column& length, const Pool&, Column& out, Pool& out_pool);

Value sum_of(const Context&, Type, const Value& a, const Value& b);
int compare_known(const Context&, const Value& a, const Value& b);  // two plain values of one type

}  // namespace rubric::vm
