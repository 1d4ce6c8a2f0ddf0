// One block of a snapshot: a batch as bytes, and the columns that a program reads back from them.
//
//   head          cases (4); where infos, values and the block's own words begin (4 each)
//                 for each domain: form (1), rows (4), where it begins (4); for each column: form (1), cause (1), any odd (1),
//                 where it begins (4)
//   infos         charges (4 each); ends of ids, what all sources begin with, ends of their rest (4 each); remarks on facts
//   values        what no dense cell holds, each a tree
//   own words     texts and codes that are not in the dictionary
//   rows          first rows and rows above, planes of phantoms and of wrapped lists; references: rows named
//   columns       planes, and cells
//
// Numbers of four bytes (first rows, rows above, rows named, cells) take as few bytes as all of them in the block need, counted
// from the least: to read fewer bytes is quicker than to read them as registers have them.
//
// What follows from the rest is not written: a list that nobody documents has one phantom row for each row above, numbers of
// rows are counted, and of a column in which nothing is known the one cause is enough. Arrays begin at eights.
//
// Numbers of rows, texts and values are checked as they are taken, so that no bytes lead out of the batch.
#pragma once

#include "vm/record_plan.h"
#include "vm/snapshot_dictionary.h"
#include "vm/snapshot_infos.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::vm {

std::string pack_block(const Program& model, const Batch&, const DictionaryWriter::OfBatch&);

// A block as it stands in the file, checked. Several readers may take from it what they want, one after the other.
struct SnapshotBlock {
  size_t number = 0;
  std::string bytes;
  std::shared_ptr<const PackedInfos> infos;   // of columns, once somebody has taken them
};

// Which columns and domains of the model are those of a program's plan.
class BlockReader {
 public:
  BlockReader(const Program& model, const RecordPlan&, const Translation&);

  // False: these bytes are no such block. The batch has all of the plan's columns, and no dates are settled. It may be an
  // earlier one, whose storage is taken. `only`: cases that are wanted, in order; none: all.
  bool unpack(SnapshotBlock&, std::optional<std::span<const Row>> only, Batch& out);

 private:
  struct Unpacking;
  const Program& model_;
  const RecordPlan& plan_;
  const Translation& translation_;
  std::vector<Id> columns_;  // of the model -> of the plan, or none_id
  std::vector<Id> domains_;
  struct Unnamed {
    Id column, numbers;
  };
  std::vector<Unnamed> unnamed_;  // columns of fields that only the program's policy names; the model's column of their rows' numbers
  std::vector<bool> unfilled_;    // the plan's columns that no column of the model fills
};

}  // namespace rubric::vm
