// What was decided of some cases, as it stands in the registers, for whoever shows it later: the planes of every criterion,
// rule and block, and the outcomes, a few bytes a case.
//
// Values that they rest on are the record's columns, which are kept beside them. Registers are told by the clause that they
// belong to, so that it does not matter whether a policy ran alone or joined with others (join.h).
#pragma once

#include "vm/machine.h"

#include <span>
#include <string>
#include <string_view>

namespace rubric::vm {

// Of some cases of a run, in order. The decisions are seen as those of the program whose clauses they are.
std::string pack_decisions(const Decisions&, std::span<const Row> cases);

enum class Restored : uint8_t { as_computed, otherwise, damaged };

// Puts what was decided of `number` among so many packed cases into the run of the same record; what differs from what the run
// computed takes its place. Whatever the bytes are: what they put there can be shown.
Restored restore_decisions(std::string_view packed, uint32_t cases, uint32_t number, Decisions&, Row case_row);

}  // namespace rubric::vm
