// One block of a snapshot: a batch as bytes, and the columns that a program reads back from them.
//
//   head          cases (4); where infos, values and the block's own words begin (4 each)
//                 for each domain: form (1), rows (4), where it begins (4); for each column: form (1), cause (1), any odd (1),
//                 where it begins (4)
//   infos         charges (4 each); ends of ids, what all sources begin with, ends of their rest (4 each); remarks on facts
//   values        what no dense cell holds, each a tree
//   own words     texts and codes that are not in the dictionary
//   rows          first rows, planes of phantoms and of wrapped lists; references: rows named
//   columns       planes, and cells
//
// Numbers of four bytes (first rows, rows named, cells) take as few bytes as all of them in the block need, counted
// from the least: to read fewer bytes is quicker than to read them as registers have them.
//
// What follows from the rest is not written: a list that nobody documents has one phantom row for each row above, rows lie
// above those that begin with them, numbers of rows are counted, and of a column in which nothing is known the one cause is
// enough. Arrays begin at eights.
//
// A checksum is no proof that rubric has written a block. Whatever its bytes are, what is taken from them is a batch as the
// loader makes them, in everything that the machine relies on: rows in the order of their parents and within their case,
// ids that there are, values of their field's type, words of UTF-8.
#pragma once

#include "vm/record_plan.h"
#include "vm/snapshot_block_cells.h"
#include "vm/snapshot_dictionary.h"
#include "vm/snapshot_infos.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::vm {

constexpr uint32_t cases_per_block = 1024;
// What a case may be charged and still be columns. One that comes near the limit is charged by each program itself.
constexpr uint32_t most_cells = uint32_t{1} << 14;

std::string pack_block(const Program& model, const Batch&, const DictionaryWriter::OfBatch&);

// A block as it stands in the file, with the checksum that it should have. Several readers may take from it what they want, one after the other.
struct SnapshotBlock {
  size_t number = 0;
  std::string bytes;
  uint32_t cases = 0;
  std::string_view least, greatest;  // of columns: between which ids they lie
  std::shared_ptr<const PackedInfos> infos;  // of columns, once somebody has taken them
};

// Which columns and domains of the model are those of a program's plan.
class BlockReader {
 public:
  BlockReader(const Program& model, const RecordPlan&, const Translation&);

  // Empty, or what these bytes have that no such block has. The batch has all of the plan's columns, and no dates are settled.
  // It may be an earlier one, whose storage is taken. `only`: cases that are wanted, in order; none: all.
  std::string_view unpack(SnapshotBlock&, std::optional<std::span<const Row>> only, Batch& out);

 private:
  struct Unpacking;
  const Program& model_;
  const RecordPlan& plan_;
  const Translation& translation_;
  std::vector<Id> columns_;  // of the model -> of the plan, or none_id
  std::vector<Id> domains_;
  std::vector<FieldCells> cells_;  // of the model's columns
  struct Unnamed {
    Id column, numbers;
  };
  std::vector<Unnamed> unnamed_;  // columns of fields that only the program's policy names; the model's column of their rows' numbers
  std::vector<bool> unfilled_;  // the plan's columns that no column of the model fills
};

}  // namespace rubric::vm
