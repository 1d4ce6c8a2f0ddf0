// What the operators over boxed values make, of which the machine knows only that it is a list, an interval or a choice.
#include <algorithm>

#include "compiler/check_types.h"

namespace rubric::check {

using vm::Type;

namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

ir::Type amount(const std::vector<ir::Expr>& args, std::string_view name) {
  Type made = Type::integer;
  for (const ir::Expr& arg : args) {
    const Type t = arg.type.scalar;
    if (is_null(arg)) continue;
    if (t == Type::any) return any_type();
    if (t == Type::date_time || t == Type::date || t == Type::time || t == Type::text) return arg.type;
    if (t == Type::quantity) made = Type::quantity;
    if (made == Type::quantity) continue;
    if (t == Type::decimal || (t == Type::long_integer && made == Type::integer)) made = t;
  }
  return scalar_type(name == "/" && made != Type::quantity ? Type::decimal : made);
}

// Of an expression that names a type or component: `'hour'`.
ir::Type named(const ir::Expr& name) {
  static constexpr std::pair<std::string_view, Type> types[] = {
      {"Integer", Type::integer}, {"Long", Type::long_integer},     {"Decimal", Type::decimal}, {"Quantity", Type::quantity},
      {"Date", Type::date},       {"DateTime", Type::date_time},    {"Time", Type::time},       {"date", Type::date},
      {"time", Type::time},       {"timezoneoffset", Type::decimal}};
  for (const auto& [text, type] : types) {
    if (text == name.string) return scalar_type(type);
  }
  return scalar_type(Type::integer);
}

}  // namespace

ir::Type result_type(const vm::OperatorInfo& row, const std::vector<ir::Expr>& args) {
  const std::string_view name = row.name;
  const ir::Type& first = args[0].type;
  if (row.result == Type::list) {
    if (is_one_of(name, {"Split", "SplitOnMatches"})) return list_type(scalar_type(Type::text));
    if (name == ".codes") return list_type(scalar_type(Type::code));
    if (name == "expand" && first.kind == ir::Type::Kind::interval) return list_type(element_type(first));
    if (is_one_of(name, {"Children", "Descendents"})) return list_type(any_type());
    if (name == "flatten") return element_type(first).kind == ir::Type::Kind::list ? element_type(first) : list_type(any_type());
    if (is_one_of(name, {"union", "intersect", "except"})) return list_type(element_type(common({args[0].type, args[1].type})));
    return list_type(element_type(first));
  }
  if (row.result == Type::interval) {
    std::vector<ir::Type> ends;
    for (const ir::Expr& arg : args) ends.push_back(arg.type);
    if (name == "Interval") return interval_type(common({ends[0], ends[1]}));
    return interval_type(element_type(common(ends)));
  }
  if (row.result != Type::any) return scalar_type(row.result);
  if (is_one_of(name, {"+", "-", "*", "/", "div", "mod", "negate", "Abs"})) return amount(args, name);
  if (is_one_of(name, {"successor of", "predecessor of", "Message", "LowBoundary", "HighBoundary"}))
    return is_null(args[0]) ? any_type() : first;
  if (is_one_of(name, {"minimum", "maximum", "component from", "moment"})) return named(args[0]);
  if (is_one_of(name, {"start of", "end of", "point from", "low", "high", "width of", "size of", "First", "Last", "[ ]", "singleton from",
                       "Sum", "Product", "Min", "Max", "Mode"})) {
    return element_type(first);
  }
  if (is_one_of(name, {"Avg", "GeometricMean", "Median", "Variance", "PopulationVariance", "StdDev", "PopulationStdDev"})) {
    const Type of = element_type(first).scalar;
    return of == Type::any ? any_type() : scalar_type(of == Type::quantity ? of : Type::decimal);
  }
  return any_type();
}

}  // namespace rubric::check
