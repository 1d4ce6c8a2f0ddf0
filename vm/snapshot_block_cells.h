// The cells of a column as a block has them: ids become the batch's own, and no cell stays that the loader would not have made.
// All of it 64 rows at a time: what costs more is asked only where the numbers that a block gives beside its cells do not
// already answer it.
#pragma once

#include "vm/column.h"
#include "vm/record_plan.h"
#include "vm/snapshot_block_values.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace rubric::vm {

// Between what a column's cells lie as they stand in the file: none is below the one, and the other is the greatest of them.
struct Extent {
  int64_t least = INT64_MIN, greatest = INT64_MAX;
  bool within(int64_t low, int64_t high) const { return least >= low && greatest <= high; }
};

// What a field's plain cells can be: those of its type that its model allows.
class FieldCells {
 public:
  FieldCells(const Program&, Type, const FieldPlan*);   // nullptr: any of the type; both must stay

  // Empty, or what is wrong.
  std::string_view take(Column&, Extent, const BlockWords&, const Pool&) const;

 private:
  std::string_view ids(Column&, Extent, const BlockWords&) const;
  bool all_are_words(const Column&) const;
  bool is_word(int64_t text) const;
  bool is_alternative(const Value&) const;

  const Program& program_;
  Type type_;
  int64_t least_ = INT64_MIN, most_ = INT64_MAX;   // of numbers and days
  const std::vector<Id>* words_ = nullptr;         // of texts, where not all may stand there
  Id first_word_ = 0, last_word_ = 0;
  std::vector<uint32_t> known_words_;              // bits, by id; the last word is empty. None: all from the first to the last
};

}  // namespace rubric::vm
