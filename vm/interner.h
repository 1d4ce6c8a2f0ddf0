// Texts and codes of records to ids: those that the program has keep their ids, others get the batch's next ones and are
// forgotten when the batch leaves.
#pragma once

#include "vm/intern_table.h"
#include "vm/record.h"

#include <string_view>

namespace rubric::vm {

class Interner {
 public:
  explicit Interner(const Program&);

  Id text(std::string_view, Batch&);
  Id code(Id system, Id code, Batch&);
  void forget(size_t texts, size_t codes);  // those of the batch from these numbers on

 private:
  size_t own_texts_, own_codes_;  // of the program
  InternTable texts_, codes_;
};

}  // namespace rubric::vm
