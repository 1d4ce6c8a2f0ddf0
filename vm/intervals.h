// What intervals mean: their ends, and what is made of two of them. The relations (during, overlaps, meets ...) are
// comparisons of ends, which the compiler writes out.
#pragma once

#include "vm/values.h"

namespace rubric::vm {

// An interval of two ends; a fault where the first lies behind the second.
Value make_interval(const Context&, const Value& low, const Value& high, const Value& low_closed, const Value& high_closed);
// The first and last value of an interval: an open end's neighbour; the end of the type where a closed end is none; none
// where an open end is.
Value start_of(const Context&, const Value&);
Value end_of(const Context&, const Value&);
Value width(const Context&, const Value&);
Value size(const Context&, const Value&);
Value point_from(const Context&, const Value&);
// The ends as they were written, and whether they belong to it.
Value low(const Context&, const Value&);
Value high(const Context&, const Value&);
Truth low_closed(const Context&, const Value&);
Truth high_closed(const Context&, const Value&);

Value interval_union(const Context&, const Value&, const Value&);
Value interval_intersect(const Context&, const Value&, const Value&);
Value interval_except(const Context&, const Value&, const Value&);
Value collapse(const Context&, const Value& list, const Value& per);
Value expand(const Context&, const Value& list, const Value& per);       // of a list of intervals: intervals
Value expand_one(const Context&, const Value& interval, const Value& per);  // of one interval: points

}  // namespace rubric::vm
