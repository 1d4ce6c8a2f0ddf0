// How much room a record needs for the lists of a policy: a few rows, more where the policy counts them.
#pragma once

#include "analysis/proof_record.h"

#include <vector>

namespace rubric::analysis {

// Beyond so many rows counting is out of reach.
inline constexpr uint32_t most_counted = 40;

// Lists whose rows are counted and compared with a number have room for one more than that; a request has two lines where
// lines look at each other.
ProofSize proof_size(const std::vector<const vm::Program*>&, uint32_t rows);

// Sorts the lists that are counted and whose order no program looks at, after the programs have been followed.
void sort_counted(ProofRecord&, const ProofSize&, const std::vector<const vm::Program*>&);

}  // namespace rubric::analysis
