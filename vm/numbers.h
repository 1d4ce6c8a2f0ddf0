// Functions of numbers beyond the four operations.
#pragma once

#include "vm/values.h"

namespace rubric::vm {

Value absolute(const Context&, const Value&);
Value ceiling(const Context&, const Value&);
Value floor(const Context&, const Value&);
Value truncate(const Context&, const Value&);
Value round(const Context&, const Value&, const Value& digits);
Value exponential(const Context&, const Value&);
Value natural_logarithm(const Context&, const Value&);
Value logarithm(const Context&, const Value&, const Value& base);
Value power(const Context&, const Value&, const Value& exponent);
Value square_root(const Context&, const Value&);
Value truncated_quotient(const Context&, const Value&, const Value&);
Value remainder(const Context&, const Value&, const Value&);

// Of decimals the digits behind the point, of moments the digits written.
Value precision(const Context&, const Value&);
// The least and the greatest value that a number or moment stands for, with that many digits.
Value low_boundary(const Context&, const Value&, const Value& digits);
Value high_boundary(const Context&, const Value&, const Value& digits);

}  // namespace rubric::vm
