// What an expression can stand for while it is checked, and how types meet.
//
// IR has scalar expressions and queries, nothing else. An author's expression has more shapes (a row, a list of rows, an
// interval, a value set, the First of a sorted list), and they exist only in here: a Meaning is taken apart by the
// operator around it before it could become IR. Used by check_expressions_*.cpp; the policy layer needs check_context.h
// alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check_context.h"
#include "vm/operators.h"
#include "vm/units.h"

namespace rubric::check {

struct Meaning;

// The rows of record lists, on their way to become an ir::Query.
struct Rows {
  std::vector<Id> sources;               // variables, in nested order
  std::vector<ir::Expr> where;           // all of them
  std::vector<Meaning> item;             // one: what an element is (the last source's row, or what `return` says)
  std::vector<ir::Expr> key;             // none or one: sorted by it; of values any number
  bool descending = false;
  bool of_values = false;                // a source is a list value: what it comes to is one too
  bool single = false;                   // every source is one value: so is what it comes to
  uint32_t falling = 0;                  // of_values: bit k: the kth key falls
  std::vector<ir::Expr> lists;           // of_values: the lists that were given; where one is none, so is the result
  bool distinct = false;                 // equal elements count once
};

struct Meaning {
  enum class Kind : uint8_t {
    error,     // reported already
    value,     // a scalar, or null: `value`
    row,       // a row of a list, the case, or an object inside of one: `variable`, `path`, `node`
    rows,      // a list of the record: `rows`
    picked,    // First, Last or the only one of `rows`: its members can be read
    list,      // a list written out: `parts`
    interval,  // `parts`: low, high
    tuple,     // `parts`, `names`
    codes,     // a value set: `set`
    fields,    // only its members can be read: `named`
  };
  Kind kind = Kind::error;
  Span span;
  ir::Expr value;
  Id variable = none_id, node = none_id;
  std::vector<Id> path;
  std::vector<Rows> rows;                // rows, picked: one
  ir::Fold fold = ir::Fold::first;       // picked
  std::vector<Meaning> parts;
  std::vector<std::string> names;
  bool low_closed = true, high_closed = true;
  Id set = none_id;
  const Named* named = nullptr;
  std::string name;                      // list, interval: the define that holds it, for the trace
};

Meaning error_meaning(Span span);
Meaning value_meaning(ir::Expr value);
Meaning row_meaning(const Context& context, Id variable, std::vector<Id> path, Span span);
bool is_error(const Meaning& meaning);
bool is_null(const ir::Expr& expression);              // the literal null
bool is_scalar(const ir::Expr& expression, vm::Type type);
bool is_general(const ir::Type& type);                 // of a type that only boxed operators know: lists, moments, choices
ir::Type list_type(ir::Type of);
ir::Type interval_type(ir::Type of);
ir::Type any_type();
ir::Type element_type(const ir::Type& type);           // of a list or interval; a choice where it is not known
bool is_number(vm::Type type);                         // integer, long, decimal

// What an author calls a type or a meaning, with its article where it needs one: "Integer", "a list of Trial".
std::string_view scalar_name(vm::Type type);
std::string type_name(const Context& context, const Meaning& meaning);

// A type as it is written in a field, parameter or function head. `row` with node none_id and the entity's name in
// `names` where an entity is named, since an entity can stand at several places of a record.
std::optional<ir::Type> type_of(Context& context, const ast::TypeRef& type);

// -- how types meet --

// The cost of taking a value of type `from` for `to`: 0 same, more for implicit conversions, nothing if it does not fit.
std::optional<int> conversion_cost(vm::Type from, vm::Type to);
// Of values, to a type of which more is known than the machine's.
ir::Type common(const std::vector<ir::Type>& types);   // a choice where there is none
ir::Expr narrowed(ir::Expr value, ir::Type type);
// The value as the type; the conversion must have a cost. A literal null takes the type.
ir::Expr converted(Context& context, ir::Expr value, vm::Type to);
// One type for all (numbers widen, nulls take the others'); nothing if there is none. All null: nothing too.
std::optional<vm::Type> common_type(const std::vector<const ir::Expr*>& values);
// The index of an operator with exactly these types, if it exists.
std::optional<uint16_t> find_operator(std::string_view name, std::span<const vm::Type> types);
bool operator_exists(std::string_view name);
// What an operator makes of these operands: more than the machine's type where it makes a list, an interval or a choice.
ir::Type result_type(const vm::OperatorInfo& row, const std::vector<ir::Expr>& args);

// -- what is known of a value beside its type --

// The words that a field may hold (`one of`), through First, if and Coalesce; empty: any text.
std::vector<std::string> words_of(const Context& context, const ir::Expr& value);
// The code system of a code, or nothing where the record decides it.
std::optional<std::string> system_of(const Context& context, const ir::Expr& value);
std::optional<vm::Dimension> dimension_of(const Context& context, const ir::Expr& value);
// Whether the value can be none: only then null-testing parts of an operator's meaning are needed.
bool may_be_none(const Context& context, const ir::Expr& value);
std::string_view dimension_name(vm::Dimension dimension);
// False, with a report: the field does not know the word; the two quantities measure different things.
bool check_word(Context& context, const ir::Expr& field, const ir::Expr& word);
bool check_dimensions(Context& context, const ir::Expr& a, const ir::Expr& b, Span span);

// -- constants --

std::optional<vm::Constant> integer_constant(int64_t value);   // nothing beyond 32 bits
vm::Constant decimal_constant(vm::Decimal value);
vm::Constant quantity_constant(vm::Decimal value, uint16_t unit);
vm::Decimal decimal_of(const vm::Constant& constant);          // decimal and quantity
ir::Expr make_null(Span span);
ir::Expr negated_text(ir::Expr inner, std::string text, Span span);  // `not inner`, shown as `text`
bool same_expression(const ir::Expr& a, const ir::Expr& b);    // spans and texts aside

}  // namespace rubric::check
