// How many rows of each list are enough to see all that instructions can make of it: a proof with so many is one for any number.
//
// Rows can be taken out of a record without changing what is asked of it, as long as those stay that an answer rests on: for
// `some`, the row that it is true of; for `every`, one that fails; for a count that is only compared with numbers, one more
// than the greatest of them; for the least, the latest and the like, the row itself. What stays is as many rows as the
// instructions that fold a list need together, for each row that they stand on.
//
// Of lines this is as many as one line needs that looks at others. Where it waits for whether these are approved (`lines_wait`),
// that may rest on still others: then what is proved is proved of requests of so many lines.
//
// Not so for a sum or a mean, a count that is compared with something else, a row's number in its list, or rows that look at
// other rows of their own list: of these lists no number is enough.
#pragma once

#include "analysis/proof_record.h"
#include "vm/program.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace rubric::analysis {

struct RowsEnough {
  struct Rows {
    uint64_t number = 0;      // of those of which it can be told
    bool endless = false;     // no number is enough
  };
  // By the list's path, "/lines/targets": none where the question looks at none of its rows.
  std::map<std::string, Rows> of_list;
  bool lines_wait = false;
  // Lists that a record of this size has too few rows for, as "4 in trials": empty where it stands for one with any number.
  std::vector<std::string> beyond(const ProofSize&) const;
};

// What is asked of one program: the instructions that the answer rests on, and the domains of the rows that it speaks of.
struct Asked {
  const vm::Program* program;
  std::vector<bool> instructions;
  std::vector<vm::Id> rows;
  std::vector<std::pair<vm::Id, vm::Id>> near;   // numbers of which is asked whether they are the same, or next to each other
  vm::Id own = vm::none_id;   // a register that is something else than in the others, and so is what rests on it
};

// Of several programs what they compute alike counts once, if they are joined under the same numbers.
RowsEnough rows_enough(std::span<const Asked>, uint32_t lines, bool joined);

// The instructions that some registers rest on.
std::vector<bool> rest_on(const vm::Program&, std::span<const vm::Id> registers);

}  // namespace rubric::analysis
