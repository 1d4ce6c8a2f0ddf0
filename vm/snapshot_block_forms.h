// How a block writes down what its writer (snapshot_block_write.cpp) and its reader (snapshot_block.cpp) must agree on.
#pragma once

#include "vm/value.h"

#include <cstdint>

namespace rubric::vm {

inline constexpr auto undocumented = static_cast<int32_t>(Cause::not_documented);

enum class DomainForm : uint8_t { phantoms, rows };         // phantoms: one under each row above, and nothing else
enum class ColumnForm : uint8_t { unknown, numbers, cells };  // numbers: of rows, from 1; both: the cause where nothing is known

}  // namespace rubric::vm
