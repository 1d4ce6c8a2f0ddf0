// Types, how they meet, and constants. No name is resolved in here.
#include "compiler/check_types.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/must.h"
#include "base/text.h"
#include "vm/decimal.h"

namespace rubric::check {

using vm::Type;

// ---------------------------------------------------------------- names of types

std::string_view scalar_name(Type type) {
  switch (type) {
    case Type::truth: return "Boolean";
    case Type::integer: return "Integer";
    case Type::long_integer: return "Long";
    case Type::decimal: return "Decimal";
    case Type::text: return "String";
    case Type::code: return "Code";
    case Type::date: return "Date";
    case Type::date_time: return "DateTime";
    case Type::time: return "Time";
    case Type::quantity: return "Quantity";
    case Type::interval: return "Interval";
    case Type::list: return "List";
    case Type::tuple: return "Tuple";
    case Type::outcome: return "an outcome";
    case Type::ratio: return "Ratio";
    case Type::code_concept: return "Concept";
    case Type::any: return "Any";
  }
  return "";
}

std::string type_name(const Context& context, const ir::Type& type) {
  using enum ir::Type::Kind;
  switch (type.kind) {
    case scalar: return std::string(scalar_name(type.scalar));
    case row:
      if (type.node == none_id) return type.names.empty() ? "a row" : type.names[0];
      return std::string(entity_name(context, type.node));
    case list: return "a list of " + (type.of.empty() ? "values" : type_name(context, type.of[0]));
    case interval: return "Interval<" + (type.of.empty() ? "null" : type_name(context, type.of[0])) + ">";
    case tuple: return "Tuple";
    case null: return "null";
  }
  return "";
}

std::string type_name(const Context& context, const Meaning& meaning) {
  using enum Meaning::Kind;
  switch (meaning.kind) {
    case error: return "nothing";
    case value: return type_name(context, meaning.value.type);
    case row: return std::string(entity_name(context, meaning.node));
    case rows: {
      const Meaning& item = meaning.rows[0].item[0];
      return "a list of " + (item.kind == row ? std::string(entity_name(context, item.node)) : type_name(context, item));
    }
    case picked: return type_name(context, meaning.rows[0].item[0]);
    case list: return meaning.parts.empty() ? "an empty list" : "a list of " + type_name(context, meaning.parts[0]);
    case interval: {
      const Meaning& known = check::is_null(meaning.parts[0].value) ? meaning.parts[1] : meaning.parts[0];
      return "Interval<" + type_name(context, known) + ">";
    }
    case tuple: return "a tuple";
    case codes: return "a value set";
    case fields: return "a group of values";
  }
  return "";
}

// ---------------------------------------------------------------- meanings

Meaning error_meaning(Span span) {
  Meaning made;
  made.span = span;
  return made;
}

Meaning value_meaning(ir::Expr value) {
  if (is_error(value)) return error_meaning(value.span);
  Meaning made;
  made.kind = Meaning::Kind::value;
  made.span = value.span;
  made.value = std::move(value);
  return made;
}

Meaning row_meaning(const Context& context, Id variable, std::vector<Id> path, Span span) {
  Meaning made;
  made.kind = Meaning::Kind::row;
  made.span = span;
  made.variable = variable;
  made.node = context.policy.variables[variable].node;
  for (Id field : path) made.node = context.policy.model.nodes[made.node].fields[field].node;
  made.path = std::move(path);
  return made;
}

bool is_error(const Meaning& meaning) { return meaning.kind == Meaning::Kind::error; }

bool is_null(const ir::Expr& expression) { return expression.type.kind == ir::Type::Kind::null; }

bool is_scalar(const ir::Expr& expression, Type type) {
  return expression.type.kind == ir::Type::Kind::scalar && expression.type.scalar == type;
}

bool is_general(const ir::Type& type) {
  using enum ir::Type::Kind;
  if (type.kind == list || type.kind == interval || type.kind == tuple) return true;
  if (type.kind != scalar) return false;
  const Type t = type.scalar;
  return t == Type::any || t == Type::long_integer || t == Type::date_time || t == Type::time || t == Type::ratio ||
         t == Type::code_concept;
}

namespace {
ir::Type made_of(ir::Type::Kind kind, Type scalar, ir::Type of) {
  ir::Type made;
  made.kind = kind;
  made.scalar = scalar;
  made.of.push_back(std::move(of));
  return made;
}
}  // namespace

ir::Type list_type(ir::Type of) { return made_of(ir::Type::Kind::list, Type::list, std::move(of)); }
ir::Type interval_type(ir::Type of) { return made_of(ir::Type::Kind::interval, Type::interval, std::move(of)); }
ir::Type any_type() { return scalar_type(Type::any); }
ir::Type element_type(const ir::Type& type) {
  const bool known = type.kind == ir::Type::Kind::list || type.kind == ir::Type::Kind::interval;
  return known && !type.of.empty() && type.of[0].kind != ir::Type::Kind::null ? type.of[0] : any_type();
}

bool is_number(Type type) { return type == Type::integer || type == Type::long_integer || type == Type::decimal; }

// ---------------------------------------------------------------- types as written

std::optional<ir::Type> type_of(Context& context, const ast::TypeRef& type) {
  struct Known {
    std::string_view name;
    Type type;
  };
  static constexpr Known known[] = {
      {"Boolean", Type::truth},
      {"Integer", Type::integer},
      {"Long", Type::long_integer},
      {"Decimal", Type::decimal},
      {"String", Type::text},
      {"Code", Type::code},
      {"Date", Type::date},
      {"DateTime", Type::date_time},
      {"Time", Type::time},
      {"Quantity", Type::quantity},
      {"Duration", Type::quantity},
      {"Ratio", Type::ratio},
      {"Concept", Type::code_concept},
      {"Any", Type::any},
      {"Choice", Type::any},
      {"Vocabulary", Type::any},
      {"ValueSet", Type::any},
      {"CodeSystem", Type::any},
  };
  if (type.name == "Tuple") {
    ir::Type made;
    made.kind = ir::Type::Kind::tuple;
    made.scalar = Type::tuple;
    made.names = type.names;
    for (const ast::TypeRef& argument : type.arguments) {
      std::optional<ir::Type> of = type_of(context, argument);
      if (!of) return std::nullopt;
      made.of.push_back(std::move(*of));
    }
    if (made.of.empty()) return any_type();
    return made;
  }
  if (type.name.starts_with("System.")) {
    ast::TypeRef plain = type;
    plain.name = type.name.substr(7);
    return type_of(context, plain);
  }
  if (type.name == "List" || type.name == "Interval") {
    ir::Type made;
    made.kind = type.name == "List" ? ir::Type::Kind::list : ir::Type::Kind::interval;
    made.scalar = type.name == "List" ? Type::list : Type::interval;
    for (const ast::TypeRef& argument : type.arguments) {
      std::optional<ir::Type> of = type_of(context, argument);
      if (!of) return std::nullopt;
      made.of.push_back(std::move(*of));
    }
    return made;
  }
  for (const Known& each : known) {
    if (each.name == type.name) return scalar_type(each.type);
  }
  for (const Entity& entity : context.entities) {
    if (entity.name != type.name) continue;
    ir::Type made;
    made.kind = ir::Type::Kind::row;
    made.names = {entity.name};
    return made;
  }
  std::vector<std::string> names;
  for (const Known& each : known) names.emplace_back(each.name);
  for (const Entity& entity : context.entities) names.push_back(entity.name);
  context.report<DiagnosticId::unknown_name>(type.span, "type", type.name).did_you_mean(nearest(type.name, names));
  return std::nullopt;
}

// ---------------------------------------------------------------- conversions

std::optional<int> conversion_cost(Type from, Type to) {
  if (from == to) return 0;
  if (from == Type::integer && to == Type::long_integer) return 1;
  if (from == Type::integer && to == Type::decimal) return 2;
  if (from == Type::long_integer && to == Type::decimal) return 25;  // dearer than the operators of choices, which keep it a Long
  if (from == Type::date && to == Type::date_time) return 3;
  if (from == Type::code && to == Type::code_concept) return 3;
  if (to == Type::any) return 10;
  if (from == Type::any) return 12;
  return std::nullopt;
}

ir::Expr narrowed(ir::Expr value, ir::Type type) {
  if (is_error(value) || value.type.scalar == type.scalar) {
    if (!is_error(value)) value.type = std::move(type);
    return value;
  }
  ir::Expr made;
  made.kind = ir::ExprKind::narrow;
  made.type = std::move(type);
  made.span = value.span;
  made.text = value.text;
  made.args.push_back(std::move(value));
  return made;
}

ir::Type common(const std::vector<ir::Type>& types) {
  using enum ir::Type::Kind;
  std::optional<ir::Type> found;
  for (const ir::Type& type : types) {
    if (type.kind == null) continue;
    if (!found) {
      found = type;
    } else if (found->kind == scalar && type.kind == scalar && found->scalar != type.scalar) {
      const auto up = conversion_cost(found->scalar, type.scalar), down = conversion_cost(type.scalar, found->scalar);
      const bool choice = found->scalar == Type::any || type.scalar == Type::any;
      if (choice || (!up && !down) || (up && *up >= 10) || (down && *down >= 10)) return any_type();
      if (up) found = type;
    } else if (found->kind != type.kind) {
      return any_type();
    } else if (type.kind == list || type.kind == interval) {
      std::vector<ir::Type> inner;
      for (const ir::Type* each : {static_cast<const ir::Type*>(&*found), &type}) {
        if (!each->of.empty()) inner.push_back(each->of[0]);
      }
      found->of = {common(inner)};
    }
  }
  if (found) return *found;
  ir::Type nothing;
  nothing.kind = null;
  nothing.scalar = Type::any;
  return nothing;
}

namespace {

ir::Expr operator_converted(Context& context, ir::Expr value, Type to) {
  const Type from = value.type.scalar;
  const Span span = value.span;
  const std::string_view name = to == Type::decimal        ? "ToDecimal"
                                : to == Type::quantity     ? "ToQuantity"
                                : to == Type::date_time    ? "ToDateTime"
                                : to == Type::code_concept ? "ToConcept"
                                                           : "ToLong";
  const Type argument[] = {from}, boxed[] = {Type::any};
  std::optional<uint16_t> fn = find_operator(name, argument);
  if (!fn) fn = find_operator(name, boxed);
  if (!fn) {
    context.report<DiagnosticId::not_supported>(span, fmt::format("a {} as a {}", scalar_name(from), scalar_name(to)));
    return error_expression(span);
  }
  ir::Expr made;
  made.kind = ir::ExprKind::call;
  made.type = scalar_type(to);
  made.span = span;
  made.fn = *fn;
  made.args.push_back(std::move(value));
  return made;
}

}  // namespace

ir::Expr converted(Context& context, ir::Expr value, Type to) {
  if (is_error(value)) return value;
  if (is_null(value)) {
    value.type = scalar_type(to);
    return value;
  }
  const Type from = value.type.scalar;
  if (from == to || to == Type::any) return value;
  if (from == Type::any) return narrowed(std::move(value), scalar_type(to));
  must(value.type.kind == ir::Type::Kind::scalar, "only scalars are converted");
  must(conversion_cost(from, to).has_value() || (is_number(from) && to == Type::quantity), "only what fits is converted");
  if (value.kind == ir::ExprKind::constant) {
    // A literal becomes a literal of the other type: `> 3` over decimals needs no operator in the trace.
    if (to == Type::quantity && value.value.kind == vm::Kind::value) {
      ir::Expr amount = value;
      amount.value = quantity_constant(from == Type::decimal ? decimal_of(value.value) : vm::to_decimal(value.value.low), 0);
      amount.type = scalar_type(to);
      return amount;
    }
    if (to == Type::code_concept || to == Type::date_time) return operator_converted(context, std::move(value), to);
    ir::Expr made = value;
    made.type = scalar_type(to);
    if (value.value.kind == vm::Kind::value) {
      made.value = to == Type::decimal ? decimal_constant(vm::to_decimal(value.value.low)) : value.value;
    }
    made.value.type = to;
    return made;
  }
  if (value.kind == ir::ExprKind::select) {  // a parameter with dates: the choice stays one of constants
    value.args[1] = converted(context, std::move(value.args[1]), to);
    value.args[2] = converted(context, std::move(value.args[2]), to);
    value.type = scalar_type(to);
    return value;
  }
  return operator_converted(context, std::move(value), to);
}

std::optional<Type> common_type(const std::vector<const ir::Expr*>& values) {
  std::optional<Type> common;
  for (const ir::Expr* value : values) {
    if (is_null(*value)) continue;
    if (value->type.kind != ir::Type::Kind::scalar || is_general(value->type)) return std::nullopt;
    const Type type = value->type.scalar;
    if (!common || conversion_cost(*common, type)) {
      common = type;
    } else if (!conversion_cost(type, *common)) {
      return std::nullopt;
    }
  }
  return common;
}

std::optional<uint16_t> find_operator(std::string_view name, std::span<const Type> types) {
  const std::span<const vm::OperatorInfo> rows = vm::operators();
  for (size_t row = 0; row < rows.size(); ++row) {
    if (rows[row].name == name && std::ranges::equal(rows[row].args, types)) return static_cast<uint16_t>(row);
  }
  return std::nullopt;
}

bool operator_exists(std::string_view name) {
  return std::ranges::any_of(vm::operators(), [&](const vm::OperatorInfo& row) { return row.name == name; });
}

// ---------------------------------------------------------------- constants

std::optional<vm::Constant> integer_constant(int64_t value) {
  if (value < INT32_MIN || value > INT32_MAX) return std::nullopt;
  vm::Constant made;
  made.type = Type::integer;
  made.low = value;
  return made;
}

namespace {
vm::Constant scaled_constant(Type type, vm::Decimal value) {
  vm::Constant made;
  made.type = type;
  made.low = static_cast<int64_t>(value.scaled);
  made.high = static_cast<int64_t>(value.scaled >> 64);
  return made;
}
}  // namespace

vm::Constant decimal_constant(vm::Decimal value) { return scaled_constant(Type::decimal, value); }

vm::Constant quantity_constant(vm::Decimal value, uint16_t unit) {
  vm::Constant made = scaled_constant(Type::quantity, value);
  made.unit = unit;
  return made;
}

vm::Decimal decimal_of(const vm::Constant& constant) {
  const auto low = static_cast<vm::Int128>(static_cast<uint64_t>(constant.low));
  return {(static_cast<vm::Int128>(constant.high) << 64) | low};
}

ir::Expr make_null(Span span) {
  ir::Expr made;
  made.type.kind = ir::Type::Kind::null;
  made.type.scalar = Type::any;
  made.value.kind = vm::Kind::none;
  made.span = span;
  return made;
}

ir::Expr negated_text(ir::Expr inner, std::string text, Span span) {
  if (is_error(inner)) return inner;
  ir::Expr made = make_not(std::move(inner), span);
  if (made.kind == ir::ExprKind::truth_not) made.text = std::move(text);
  return made;
}

bool same_expression(const ir::Expr& a, const ir::Expr& b) {
  const auto all_same = [](const std::vector<ir::Expr>& x, const std::vector<ir::Expr>& y) {
    return std::ranges::equal(x, y, same_expression);
  };
  if (a.kind != b.kind || a.type != b.type || a.value != b.value || a.string != b.string || a.system != b.system ||
      a.variable != b.variable || a.path != b.path || a.fn != b.fn || a.table != b.table || a.criterion != b.criterion ||
      a.block != b.block || a.fold != b.fold || a.test != b.test || a.items != b.items || a.group != b.group || a.at_least != b.at_least ||
      a.query.size() != b.query.size() || !all_same(a.args, b.args)) {
    return false;
  }
  for (size_t i = 0; i < a.query.size(); ++i) {
    const ir::Query &x = a.query[i], &y = b.query[i];
    const auto same_source = [](const auto& s, const auto& t) { return s.variable == t.variable; };
    if (!std::ranges::equal(x.sources, y.sources, same_source) || !all_same(x.where, y.where) || !all_same(x.value, y.value) ||
        !all_same(x.key, y.key)) {
      return false;
    }
  }
  return true;
}

}  // namespace rubric::check
