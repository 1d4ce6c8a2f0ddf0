// What several turns and curves do: all cases once, natively or by Rubric, and nothing beside it.
#pragma once

#include "bench/native.h"
#include "bench/programs.h"

namespace rubric::bench {

using Records = std::vector<std::string>;
using Batches = std::vector<std::shared_ptr<const vm::Batch>>;

void evaluate_natively(const Cases&);
// `wanted`: these instructions alone.
void evaluate_all(const vm::VerifiedProgram&, const Batches&, const std::vector<bool>* wanted = nullptr);
void load_all(const vm::VerifiedProgram&, const Records&);
// From records to decisions; every batch is loaded and decided by one of the threads.
void decide_on_threads(const vm::VerifiedProgram&, const Records&, unsigned threads);

}  // namespace rubric::bench
