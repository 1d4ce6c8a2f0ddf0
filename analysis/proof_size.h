// How much room a record needs for the lists of a policy: as many rows as stand for any number of them (rows_enough.h), where
// that is in reach, and a few where it is not.
#pragma once

#include "analysis/proof_record.h"
#include "analysis/rows_enough.h"
#include "vm/verify.h"

#include <span>
#include <vector>

namespace rubric::analysis {

// A policy's whole decision, with what belongs to it; on request the statuses of criteria that no outcome rests on.
Asked whole_decision(const vm::VerifiedProgram&, bool criteria);

// `rows`: of lists for which no number of rows is enough, or one beyond what can be asked of a solver. A request has two lines
// where lines look at each other.
ProofSize proof_size(std::span<const Asked>, bool joined, uint32_t rows);
ProofSize proof_size(const vm::VerifiedProgram&, bool criteria, uint32_t rows);

// Sorts the long lists whose order no program looks at, after the programs have been followed.
void sort_long(ProofRecord&, const ProofSize&, const std::vector<const vm::Program*>&);

}  // namespace rubric::analysis
