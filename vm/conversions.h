// From one type to another, values made of parts, and parts of moments.
#pragma once

#include "vm/values.h"

namespace rubric::vm {

Value to_truth(const Context&, const Value&);
Value to_integer(const Context&, const Value&);
Value to_long(const Context&, const Value&);
Value to_decimal_value(const Context&, const Value&);
Value to_text(const Context&, const Value&);
Value to_quantity(const Context&, const Value&);
Value to_ratio(const Context&, const Value&);
Value to_date(const Context&, const Value&);
Value to_date_time(const Context&, const Value&);
Value to_time(const Context&, const Value&);
Value to_concept(const Context&, const Value&);
Value convert_quantity(const Context&, const Value&, const Value& unit);
Truth can_convert_quantity(const Context&, const Value&, const Value& unit);

// `type` is the type's name as the author writes it: "Integer", "List<Integer>".
Truth is_of_type(const Context&, const Value&, const Value& type);
Value as_type(const Context&, const Value&, const Value& type);       // none where it is of another
Value cast_type(const Context&, const Value&, const Value& type);     // a fault there
Value convert_to(const Context&, const Value&, const Value& type);
Truth converts_to(const Context&, const Value&, const Value& type);

// A moment of the type named first, from its components and a list of them: DateTime(2026, 1, 31).
Value make_moment(const Context&, const Value& type, const Value& components);
Value make_quantity(const Context&, const Value& value, const Value& unit);
// The parts of values that are made of some.
Value unit_of(const Context&, const Value& quantity);
Value numerator_of(const Context&, const Value& ratio);
Value denominator_of(const Context&, const Value& ratio);
Value codes_of(const Context&, const Value& concept_value);
Value make_ratio(const Context&, const Value&, const Value&);
Value component_from(const Context&, const Value& name, const Value&);
Value duration_between(const Context&, const Value& unit, const Value&, const Value&);
Value difference_between(const Context&, const Value& unit, const Value&, const Value&);
Value now_of(const Context&, const Value& date);
Value time_of_day(const Context&, const Value& date);
// The value itself; a fault where the condition holds and the severity is Error.
Value message(const Context&, const Value&, const Value& condition, const Value& severity);

}  // namespace rubric::vm
