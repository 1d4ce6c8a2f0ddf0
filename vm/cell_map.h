// Numbers for cells in the order in which they are first met: what a walk over registers has seen. Emptied in no time and
// used again, so that walking line after line allocates nothing.
#pragma once

#include "vm/column.h"
#include "vm/program.h"

#include <compare>
#include <utility>
#include <vector>

namespace rubric::vm {

struct Cell {
  Id reg;
  Row row;
  auto operator<=>(const Cell&) const = default;
};

class CellMap {
 public:
  // The cell's number, and whether it was not there before.
  std::pair<uint32_t, bool> insert(Cell cell) {
    if ((cells_.size() + 1) * 2 > slots_.size()) grow();
    Slot& slot = slot_of(cell);
    if (slot.round == round_) return {slot.number, false};
    slot = {round_, static_cast<uint32_t>(cells_.size())};
    cells_.push_back(cell);
    return {slot.number, true};
  }
  const std::vector<Cell>& cells() const { return cells_; }    // by number
  void clear() {
    cells_.clear();
    if (++round_ == 0) slots_.assign(slots_.size(), {}), round_ = 1;
  }

 private:
  struct Slot {
    uint32_t round = 0, number = 0;
  };
  static constexpr size_t least = 64;

  // The cell's own, or the free one where it belongs.
  Slot& slot_of(Cell cell) {
    const size_t mask = slots_.size() - 1;
    uint64_t hash = (uint64_t{cell.reg} << 32 | cell.row) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32;
    for (size_t at = hash & mask;; at = (at + 1) & mask) {
      if (slots_[at].round != round_ || cells_[slots_[at].number] == cell) return slots_[at];
    }
  }
  void grow() {
    slots_.assign(slots_.empty() ? least : slots_.size() * 2, {});
    for (uint32_t k = 0; k < cells_.size(); ++k) slot_of(cells_[k]) = {round_, k};
  }

  std::vector<Slot> slots_;
  std::vector<Cell> cells_;
  uint32_t round_ = 1;
};

}  // namespace rubric::vm
