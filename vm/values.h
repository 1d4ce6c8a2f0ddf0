// Equality, order and arithmetic of values whatever their type: what lists, intervals, tuples and choices are compared and
// moved by. An argument may be none here, since an element can be; it is never unknown.
#pragma once

#include "vm/meanings.h"
#include "vm/moment.h"

namespace rubric::vm {

Truth truth_and(Truth, Truth);
Truth truth_or(Truth, Truth);
Truth truth_not(Truth);
constexpr Truth truth(bool b) { return b ? Truth::yes : Truth::no; }
inline bool absent(const Value& v) { return v.kind != Kind::value; }

std::optional<Decimal> number(const Value&);        // of integer, long and decimal
Value integer_value(int64_t);                       // none where it does not fit
Value text_value(const Context&, std::string_view);

// Negative, zero, positive; nothing where there is no order or it is undecided. `precision` as in moment.h.
std::optional<int> order(const Context&, const Value& a, const Value& b, int precision = 0);
Truth equal(const Context&, const Value&, const Value&);        // CQL's =: undecided is none; two nones in one place of lists are equal
Truth unequal(const Context&, const Value&, const Value&);
Truth equivalent(const Context&, const Value&, const Value&);   // CQL's ~: always decided
Truth not_equivalent(const Context&, const Value&, const Value&);
bool same_element(const Context&, const Value&, const Value&);  // what `distinct` and the set operators mean by one element

// Comparisons read to a component: the third argument is its number.
Truth less_at(const Context&, const Value&, const Value&, const Value&);
Truth at_most_at(const Context&, const Value&, const Value&, const Value&);
Truth greater_at(const Context&, const Value&, const Value&, const Value&);
Truth at_least_at(const Context&, const Value&, const Value&, const Value&);
Truth equal_at(const Context&, const Value&, const Value&, const Value&);
Truth less(const Context&, const Value&, const Value&);
Truth at_most(const Context&, const Value&, const Value&);
Truth greater(const Context&, const Value&, const Value&);
Truth at_least(const Context&, const Value&, const Value&);

// Points: the next and the previous one, the ends of the type, sums and differences.
Value successor(const Context&, const Value&);
Value predecessor(const Context&, const Value&);
Value lowest(const Context&, const Value& like);    // of the type and unit of `like`
Value highest(const Context&, const Value& like);
Value smallest_step(const Context&, const Value& like);
Value lowest_of(const Context&, const Value& name);     // of the type that is named
Value highest_of(const Context&, const Value& name);
Value plus(const Context&, const Value&, const Value&);
Value minus(const Context&, const Value&, const Value&);
Value times(const Context&, const Value&, const Value&);
Value divided(const Context&, const Value&, const Value&);
Value negated(const Context&, const Value&);

std::string written(const Context&, const Value&);  // as ToString writes it

}  // namespace rubric::vm
