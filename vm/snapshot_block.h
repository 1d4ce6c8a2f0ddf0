// One block of a snapshot: a batch as bytes, and the columns that a program reads back from them.
//
//   cases         (4), charges (4 each), ids, sources, remarks on facts (case, kind, texts)
//   dictionary    texts; codes as pairs of them
//   values        what no dense cell holds, each a tree
//   rows          for each domain: rows (4), first rows (4 each), planes of phantoms and of wrapped lists; references: rows named
//   columns       where each begins (4 each; 0: nothing is documented in it), then planes and cells
//
// Numbers of rows, texts and values are checked as they are taken, so that no bytes lead out of the batch.
#pragma once

#include "vm/interner.h"
#include "vm/record_plan.h"

#include <string>
#include <string_view>
#include <vector>

namespace rubric::vm {

std::string pack_block(const Program& model, const Batch&);

// Which columns and domains of the model are those of a program's plan.
class BlockReader {
 public:
  BlockReader(const Program& model, const RecordPlan&);

  // False: these bytes are no such block. The batch has all of the plan's columns, and no dates are settled.
  bool unpack(std::string_view bytes, Batch& out);

 private:
  struct Unpacking;
  const Program& model_;
  const RecordPlan& plan_;
  std::vector<Id> columns_;  // of the model -> of the plan, or none_id
  std::vector<Id> domains_;
  struct Unnamed {
    Id column, numbers;
  };
  std::vector<Unnamed> unnamed_;  // columns of fields that only the program's policy names; the model's column of their rows' numbers
  Interner interned_;
};

}  // namespace rubric::vm
