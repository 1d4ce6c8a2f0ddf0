// What an expression may be worth, for the reference evaluator: a set of possibilities, spelled out.
//
// semantics.md, section 1: a value is known, none (there is no value) or unknown (an open fact lies behind it), and an
// operator gives a value only if all values of its unknown operands give that value. A Possible is that set: pieces that
// are points, ranges or none; or nothing said at all. Slow and plain on purpose. It shares no code with vm/'s values,
// forms or kernels; of vm/ it uses the types' names, the calendar, decimal arithmetic and the table of units.
#pragma once

#include "vm/program.h"

#include <optional>
#include <string>
#include <vector>

namespace rubric::reference {

using vm::Id;
using vm::none_id;

// One value, whatever its type. Texts and codes are spelled out: nothing is interned here.
struct Scalar {
  vm::Type type = vm::Type::integer;
  vm::Int128 number = 0;    // truth: 0, 1; integer; date: days; decimal, quantity: scaled
  uint16_t unit = 0;        // quantity
  uint8_t precision = 3;    // date
  std::string text, system; // text; code: both
  bool operator==(const Scalar&) const = default;
};
Scalar truth_scalar(bool);
Scalar integer_scalar(int64_t);
Scalar date_scalar(int64_t days);
Scalar text_scalar(std::string);

// Negative, zero, positive; nothing where there is no order (another dimension, a part of a date that is not there).
std::optional<int> order(const Scalar&, const Scalar&);
std::string shown(const Scalar&);

// One alternative. A range includes both ends; one that is missing is without limit.
struct Piece {
  enum class Kind : uint8_t { none, fault, point, range } kind = Kind::none;
  std::optional<Scalar> low, high;   // point: both are the value
  bool operator==(const Piece&) const = default;
};

struct Possible {
  bool unknown = false;              // every value, and none
  std::vector<Piece> pieces;         // else: at least one
};
Possible anything();
Possible none();
Possible fault();
Possible point(Scalar);
Possible range(std::optional<Scalar> low, std::optional<Scalar> high);
Possible either(const Possible&, const Possible&);
bool is_point(const Possible&);
bool is_none(const Possible&);       // certainly: none or fault

// Kleene's values, CQL's null, and null with a cause that no further fact removes.
enum class Truth : uint8_t { no, yes, unknown, none, fault };
Truth both(Truth, Truth);            // and
Truth one_of(Truth, Truth);          // or
Truth opposite(Truth);
Truth kept(Truth);                   // as a filter reads it: none drops, a fault leaves it open

Truth truth_of(const Possible&);     // of a Boolean
Possible possible_of(Truth);

// ---- operators (operators.cpp)

// The operator of row `fn` of operators.def, found by its spelling and the types of its arguments.
Possible operate(uint16_t fn, const std::vector<Possible>& args);
// The same for arguments that are values: a point, none, or a fault.
Piece on_points(uint16_t fn, const std::vector<Scalar>& args);

}  // namespace rubric::reference
