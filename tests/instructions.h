// The sets of instructions that loops are compiled for, of those that this processor has.
#pragma once

#include "vm/widely.h"

#include <utility>
#include <vector>

namespace rubric {

inline std::vector<vm::Instructions> all_instructions() {
  std::vector<vm::Instructions> out;
  for (const auto each : {vm::Instructions::of_any, vm::Instructions::avx2, vm::Instructions::avx512}) {
    if (each <= vm::best_instructions()) out.push_back(each);
  }
  return out;
}
// All but the best.
inline std::vector<vm::Instructions> fewer_instructions() {
  std::vector<vm::Instructions> out = all_instructions();
  out.pop_back();
  return out;
}

class WithInstructions {
 public:
  explicit WithInstructions(vm::Instructions some) : before_(std::exchange(vm::instructions, some)) {}
  ~WithInstructions() { vm::instructions = before_; }
  WithInstructions(const WithInstructions&) = delete;
  WithInstructions& operator=(const WithInstructions&) = delete;

 private:
  vm::Instructions before_;
};

}  // namespace rubric
