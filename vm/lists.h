// What lists written out mean, and tuples: values of values. Record lists are rows, and never come here.
#pragma once

#include "vm/values.h"

namespace rubric::vm {

Truth list_exists(const Context&, const Value&);
Value list_count(const Context&, const Value&);
Value list_length(const Context&, const Value&);
Value first(const Context&, const Value&);
Value last(const Context&, const Value&);
Value element(const Context&, const Value& list, const Value& position);
Value index_of(const Context&, const Value& list, const Value& value);
Value singleton(const Context&, const Value&);
Value skip(const Context&, const Value& list, const Value& n);
Value take(const Context&, const Value& list, const Value& n);
Value tail(const Context&, const Value&);
Value slice(const Context&, const Value& list, const Value& from, const Value& to);
Value distinct(const Context&, const Value&);
Value flatten(const Context&, const Value&);
Value list_union(const Context&, const Value&, const Value&);
Value list_intersect(const Context&, const Value&, const Value&);
Value list_except(const Context&, const Value&, const Value&);
Truth list_contains(const Context&, const Value& list, const Value& value);
Truth list_properly_contains(const Context&, const Value& list, const Value& value);
Truth list_includes(const Context&, const Value& list, const Value& part);
Truth list_properly_includes(const Context&, const Value& list, const Value& part);
Value children(const Context&, const Value&);      // the values that a value is made of
Value descendents(const Context&, const Value&);   // and those below them
Value member(const Context&, const Value& tuple, const Value& name);

Truth all_true(const Context&, const Value&);
Truth any_true(const Context&, const Value&);
Value sum(const Context&, const Value&);
Value product(const Context&, const Value&);
Value minimum(const Context&, const Value&);
Value maximum(const Context&, const Value&);
Value average(const Context&, const Value&);
Value geometric_mean(const Context&, const Value&);
Value median(const Context&, const Value&);
Value mode(const Context&, const Value&);
Value variance(const Context&, const Value&);
Value population_variance(const Context&, const Value&);
Value standard_deviation(const Context&, const Value&);
Value population_standard_deviation(const Context&, const Value&);

}  // namespace rubric::vm
