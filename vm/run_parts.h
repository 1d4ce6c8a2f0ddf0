// Runs for those who look closely at a few cases (settle.h).
#pragma once

#include "vm/machine.h"

#include <functional>

namespace rubric::vm {

// A run that leaves next to nothing for later, since much will be asked. `only` and `used` as in `run`.
Decisions run_whole(const VerifiedProgram&, std::shared_ptr<const Batch>, const std::vector<bool>* only = nullptr, Decisions used = {});

// A run of some instructions alone, with pins on what they write. What they read of others, and what is asked of the run besides,
// `give` puts into its registers (and its pool, if cells refer to it). The batch needs no columns, and nothing that makes rows may
// be among the instructions.
Decisions run_slice(const VerifiedProgram&, std::shared_ptr<const Batch>, std::span<const Pin>, const std::vector<bool>& only,
                    const std::function<void(Decisions&)>& give, Decisions used = {});

}  // namespace rubric::vm
