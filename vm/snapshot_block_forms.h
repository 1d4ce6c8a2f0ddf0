// How a block writes down what its writer (snapshot_block_write.cpp) and its readers must agree on, and what a record's cells
// can say.
#pragma once

#include "vm/value.h"

#include <cstdint>

namespace rubric::vm {

inline constexpr auto undocumented = static_cast<int32_t>(Cause::not_documented);

enum class DomainForm : uint8_t { phantoms, rows };         // phantoms: one under each row above, and nothing else
enum class ColumnForm : uint8_t { unknown, numbers, cells };  // numbers: of rows, from 1; both: the cause where nothing is known

// Why a fact of a record is not known, which are neighbours, and why there is none.
inline constexpr Cause first_cause_of_unknown = Cause::not_documented, last_cause_of_unknown = Cause::disputed;
constexpr bool is_cause_of_unknown(Cause c) { return c >= first_cause_of_unknown && c <= last_cause_of_unknown; }
constexpr bool is_cause_of_none(Cause c) { return c == Cause::nothing || c == Cause::not_applicable; }

}  // namespace rubric::vm
