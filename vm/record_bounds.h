// Order among the values that a record can state, and cutting an open value to the bounds of its field.
//
// Everything here is sound: an open bound cuts only what lies outside for every value that the bound may have, and
// what cannot be compared (quantities of different kinds) is left alone. No JSON in here, and no messages.
#pragma once

#include "vm/value.h"

#include <optional>
#include <string>

namespace rubric::vm {

// -1, 0 or 1; nothing where the two have no order. Both are of kind value and of one type.
std::optional<int> compare_values(const Value& a, const Value& b);

// The least and the greatest value that it can be; of kind unknown where there is no such end.
Value least(const Value&);
Value greatest(const Value&);

// What remains of a value when what surely lies below `low` (above `high`) is cut off; nothing: nothing remains.
std::optional<Value> cut_below(const Value&, const Value& low, Arena&);
std::optional<Value> cut_above(const Value&, const Value& high, Arena&);

// A value as a message shows it: 2025-11-10, 3 months, 12.5.
std::string value_text(const Value&);

}  // namespace rubric::vm
