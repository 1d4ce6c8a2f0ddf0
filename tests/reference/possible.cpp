// Sets of possibilities: how they are made and joined, and Kleene's tables with CQL's null in them. See possible.h.
#include "tests/reference/possible.h"

#include "vm/date.h"
#include "vm/decimal.h"
#include "vm/units.h"

#include <algorithm>

namespace rubric::reference {

Scalar truth_scalar(bool v) { return {.type = vm::Type::truth, .number = v, .text = {}, .system = {}}; }
Scalar integer_scalar(int64_t v) { return {.type = vm::Type::integer, .number = v, .text = {}, .system = {}}; }
Scalar date_scalar(int64_t days) { return {.type = vm::Type::date, .number = days, .text = {}, .system = {}}; }
Scalar text_scalar(std::string text) { return {.type = vm::Type::text, .text = std::move(text), .system = {}}; }

namespace {

int sign(vm::Int128 a, vm::Int128 b) { return a < b ? -1 : a > b; }

// Year, month and day are compared in turn; where one side stops early, both stopping at once is equality and anything
// else leaves the order open.
std::optional<int> order_of_dates(const Scalar& a, const Scalar& b) {
  const vm::Civil x = vm::civil(static_cast<int32_t>(a.number)), y = vm::civil(static_cast<int32_t>(b.number));
  const int parts[] = {sign(x.year, y.year), sign(x.month, y.month), sign(x.day, y.day)};
  for (uint8_t part = 0; part < 3; ++part) {
    if (a.precision <= part || b.precision <= part) return a.precision == b.precision ? std::optional(0) : std::nullopt;
    if (parts[part] != 0) return parts[part];
  }
  return 0;
}

// Both amounts in the base unit of their dimension, as fractions over one denominator.
std::optional<int> order_of_quantities(const Scalar& a, const Scalar& b) {
  const vm::Unit &u = vm::unit(a.unit), &w = vm::unit(b.unit);
  if (u.dimension != w.dimension) return std::nullopt;
  return sign(a.number * u.numerator * w.denominator, b.number * w.numerator * u.denominator);
}

}  // namespace

std::optional<int> order(const Scalar& a, const Scalar& b) {
  switch (a.type) {
    case vm::Type::text: return a.text < b.text ? -1 : a.text > b.text;
    case vm::Type::code: return a.system == b.system && a.text == b.text ? 0 : 1;
    case vm::Type::date: return order_of_dates(a, b);
    case vm::Type::quantity: return order_of_quantities(a, b);
    default: return sign(a.number, b.number);
  }
}

std::string shown(const Scalar& s) {
  switch (s.type) {
    case vm::Type::truth: return s.number ? "true" : "false";
    case vm::Type::text: return "'" + s.text + "'";
    case vm::Type::code: return s.system + " '" + s.text + "'";
    case vm::Type::date: return vm::iso_date({static_cast<int32_t>(s.number), s.precision});
    case vm::Type::decimal: return vm::to_string(vm::Decimal{s.number});
    case vm::Type::quantity: return vm::to_string(vm::Decimal{s.number}) + " " + std::string(vm::unit(s.unit).plural);
    default: return std::to_string(static_cast<int64_t>(s.number));
  }
}

Possible anything() { return {.unknown = true, .pieces = {}}; }
Possible none() { return {.unknown = false, .pieces = {{Piece::Kind::none, {}, {}}}}; }
Possible fault() { return {.unknown = false, .pieces = {{Piece::Kind::fault, {}, {}}}}; }
Possible point(Scalar s) { return {.unknown = false, .pieces = {{Piece::Kind::point, s, s}}}; }

Possible range(std::optional<Scalar> low, std::optional<Scalar> high) {
  if (!low && !high) return anything();
  if (low && high && *low == *high) return point(*low);
  return {.unknown = false, .pieces = {{Piece::Kind::range, std::move(low), std::move(high)}}};
}

Possible either(const Possible& a, const Possible& b) {
  if (a.unknown || b.unknown) return anything();
  Possible all = a;
  for (const Piece& p : b.pieces) {
    if (std::find(all.pieces.begin(), all.pieces.end(), p) == all.pieces.end()) all.pieces.push_back(p);
  }
  return all;
}

bool is_point(const Possible& p) { return !p.unknown && p.pieces.size() == 1 && p.pieces[0].kind == Piece::Kind::point; }
bool is_none(const Possible& p) {
  return !p.unknown && std::all_of(p.pieces.begin(), p.pieces.end(),
                                   [](const Piece& x) { return x.kind == Piece::Kind::none || x.kind == Piece::Kind::fault; });
}

// no wins; what is open may still be no; then a fault outweighs plain absence, so that its cause is not lost.
Truth both(Truth a, Truth b) {
  for (const Truth first : {Truth::no, Truth::unknown, Truth::fault, Truth::none}) {
    if (a == first || b == first) return first;
  }
  return Truth::yes;
}
Truth opposite(Truth t) { return t == Truth::yes ? Truth::no : t == Truth::no ? Truth::yes : t; }
Truth one_of(Truth a, Truth b) { return opposite(both(opposite(a), opposite(b))); }
Truth kept(Truth t) { return t == Truth::none ? Truth::no : t == Truth::fault ? Truth::unknown : t; }

Truth truth_of(const Possible& p) {
  if (p.unknown) return Truth::unknown;
  std::optional<Truth> all;
  for (const Piece& x : p.pieces) {
    const Truth t = x.kind == Piece::Kind::none    ? Truth::none
                    : x.kind == Piece::Kind::fault ? Truth::fault
                    : x.low->number                ? Truth::yes
                                                   : Truth::no;
    if (all && *all != t) return Truth::unknown;
    all = t;
  }
  return *all;
}

Possible possible_of(Truth t) {
  switch (t) {
    case Truth::no: return point(truth_scalar(false));
    case Truth::yes: return point(truth_scalar(true));
    case Truth::unknown: return anything();
    case Truth::none: return none();
    case Truth::fault: return fault();
  }
  return anything();
}

}  // namespace rubric::reference
