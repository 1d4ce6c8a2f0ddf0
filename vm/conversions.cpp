#include "vm/conversions.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace rubric::vm {
namespace {

constexpr std::pair<std::string_view, Type> named[] = {
    {"Boolean", Type::truth}, {"Integer", Type::integer},   {"Long", Type::long_integer}, {"Decimal", Type::decimal},
    {"String", Type::text},   {"Code", Type::code},         {"Date", Type::date},         {"DateTime", Type::date_time},
    {"Time", Type::time},     {"Quantity", Type::quantity}, {"Ratio", Type::ratio},       {"Concept", Type::code_concept}};

std::string_view text(const Context& c, const Value& v) { return c.text(unbox<Text>(v)); }
bool is_text(const Value& v) { return v.type == Type::text; }

// "List<Integer>" -> "Integer"
std::string_view inner(std::string_view type) {
  const size_t from = type.find('<');
  return from == std::string_view::npos ? "Any" : type.substr(from + 1, type.size() - from - 2);
}

bool is_of(const Context& c, const Value& v, std::string_view type) {
  if (absent(v)) return false;
  if (type == "Any") return true;
  if (type.starts_with("List<") || type.starts_with("Interval<")) {
    if (v.type != (type[0] == 'L' ? Type::list : Type::interval)) return false;
    const std::string_view of = inner(type);
    return std::all_of(v.items, v.items + v.n, [&](const Value& x) { return absent(x) || is_of(c, x, of); });
  }
  if (type.starts_with("Choice<")) {
    std::string_view rest = inner(type);
    for (size_t depth = 0, from = 0, at = 0; at <= rest.size(); ++at) {
      if (at < rest.size() && rest[at] == '<') ++depth;
      if (at < rest.size() && rest[at] == '>') --depth;
      if (at == rest.size() || (rest[at] == ',' && depth == 0)) {
        if (is_of(c, v, rest.substr(from, at - from))) return true;
        from = at + 2;
      }
    }
    return false;
  }
  if (type == "Tuple") return v.type == Type::tuple;
  if (type == "Vocabulary" || type == "ValueSet" || type == "CodeSystem") {
    if (v.type != Type::tuple) return false;
    // What an instance was made of stands in its first element.
    for (uint32_t k = 0; k + 1 < v.n; k += 2) {
      if (text(c, v.items[k]) != " type") continue;
      const std::string_view made = text(c, v.items[k + 1]);
      return made == type || (type == "Vocabulary" && (made == "ValueSet" || made == "CodeSystem"));
    }
    return false;
  }
  for (const auto& [name, t] : named) {
    if (name == type) return v.type == t;
  }
  return false;
}

std::optional<int64_t> whole(std::string_view t) {
  if (t.starts_with('+')) t.remove_prefix(1);
  int64_t value = 0;
  const auto [end, problem] = std::from_chars(t.data(), t.data() + t.size(), value);
  return problem == std::errc{} && end == t.data() + t.size() && !t.empty() ? std::optional(value) : std::nullopt;
}

// CQL's form of a decimal: a sign, digits, a point with digits behind it.
std::optional<Decimal> decimal(std::string_view t) {
  std::string_view rest = t;
  if (rest.starts_with('+') || rest.starts_with('-')) rest.remove_prefix(1);
  const size_t point = rest.find('.');
  const std::string_view before = rest.substr(0, point), behind = point == std::string_view::npos ? "0" : rest.substr(point + 1);
  const auto digits = [](std::string_view d) { return !d.empty() && d.find_first_not_of("0123456789") == std::string_view::npos; };
  if (!digits(before) || !digits(behind) || behind.size() > 8) return std::nullopt;
  if (t.starts_with('+')) t.remove_prefix(1);
  return parse_decimal(t);
}

Value quantity_in_text(const Context& c, std::string_view t) {
  size_t n = 0;
  while (n < t.size() && (t[n] == '+' || t[n] == '-' || t[n] == '.' || (t[n] >= '0' && t[n] <= '9'))) ++n;
  const auto value = decimal(t.substr(0, n));
  std::string_view name = t.substr(n);
  while (name.starts_with(' ')) name.remove_prefix(1);
  if (name.size() >= 2 && name.front() == '\'' && name.back() == '\'') {
    name = name.substr(1, name.size() - 2);
  } else if (!name.empty()) {
    const auto id = find_unit(name);
    if (!id || !unit(*id).calendar) return Value::none();
  }
  const auto id = find_unit(name);
  return value && id ? box(Quantity{*value, *id}, *c.arena) : Value::none();
}

Value moment_in(const Context& c, Type type, const Value& v) {
  const auto made = parse_moment(type, text(c, v));
  return made ? box(*made) : Value::none();
}

Value convert(const Context& c, const Value& v, std::string_view type) {
  if (is_of(c, v, type)) return v;
  if (type == "Boolean") return to_truth(c, v);
  if (type == "Integer") return to_integer(c, v);
  if (type == "Long") return to_long(c, v);
  if (type == "Decimal") return to_decimal_value(c, v);
  if (type == "String") return to_text(c, v);
  if (type == "Quantity") return to_quantity(c, v);
  if (type == "Ratio") return to_ratio(c, v);
  if (type == "Date") return to_date(c, v);
  if (type == "DateTime") return to_date_time(c, v);
  if (type == "Time") return to_time(c, v);
  if (type == "Concept") return to_concept(c, v);
  if (type.starts_with("List<") && v.type == Type::list) {
    std::vector<Value> items;
    for (uint32_t k = 0; k < v.n; ++k) items.push_back(absent(v.items[k]) ? v.items[k] : convert(c, v.items[k], inner(type)));
    return box_items(Type::list, items.data(), v.n, *c.arena);
  }
  if (type.starts_with("Interval<") && v.type == Type::interval) {
    const Interval i = unbox<Interval>(v);
    const auto end = [&](const Value& e) { return absent(e) ? e : convert(c, e, inner(type)); };
    return box_interval(end(i.ends[0]), end(i.ends[1]), i.low_closed, i.high_closed, *c.arena);
  }
  return Value::none();
}

Value whole_range(const Context& c, const Whole& w) {
  return range(integer_value(w.low), integer_value(w.high), Cause::imprecise, *c.arena);
}

std::string singular(std::string_view unit) { return std::string(unit.ends_with('s') ? unit.substr(0, unit.size() - 1) : unit); }

}  // namespace

Value to_truth(const Context& c, const Value& v) {
  if (v.type == Type::truth) return v;
  if (is_text(v)) {
    std::string t(text(c, v));
    std::transform(t.begin(), t.end(), t.begin(), [](char b) { return b >= 'A' && b <= 'Z' ? static_cast<char>(b + 32) : b; });
    for (const char* yes : {"true", "t", "yes", "y", "1"})
      if (t == yes) return box(Truth::yes);
    for (const char* no : {"false", "f", "no", "n", "0"})
      if (t == no) return box(Truth::no);
    return Value::none();
  }
  const auto n = number(v);
  if (n && n->scaled == Decimal::scale) return box(Truth::yes);
  return n && n->scaled == 0 ? box(Truth::no) : Value::none();
}
Value to_integer(const Context& c, const Value& v) {
  if (v.type == Type::integer) return v;
  if (v.type == Type::truth) return box(static_cast<int32_t>(v.i));
  const auto n = v.type == Type::long_integer ? std::optional(v.i) : is_text(v) ? whole(text(c, v)) : std::nullopt;
  return n && *n >= INT32_MIN && *n <= INT32_MAX ? box(static_cast<int32_t>(*n)) : Value::none();
}
Value to_long(const Context& c, const Value& v) {
  if (v.type == Type::integer || v.type == Type::long_integer || v.type == Type::truth) return box(int64_t{v.i});
  const auto n = is_text(v) ? whole(text(c, v)) : std::nullopt;
  return n ? box(*n) : Value::none();
}
Value to_decimal_value(const Context& c, const Value& v) {
  if (v.type == Type::truth) return box(to_decimal(v.i), *c.arena);
  const auto n = is_text(v) ? decimal(text(c, v)) : number(v);
  return n ? box(*n, *c.arena) : Value::none();
}
// A list, an interval or a tuple is no text.
Value to_text(const Context& c, const Value& v) {
  return has_items(v.type) && v.type != Type::ratio ? Value::none() : text_value(c, written(c, v));
}
Value to_quantity(const Context& c, const Value& v) {
  if (v.type == Type::quantity) return v;
  if (is_text(v)) return quantity_in_text(c, text(c, v));
  if (v.type == Type::ratio) return divided(c, v.items[0], v.items[1]);
  const auto n = number(v);
  return n ? box(Quantity{*n, 0}, *c.arena) : Value::none();
}
Value to_ratio(const Context& c, const Value& v) {
  if (!is_text(v)) return v.type == Type::ratio ? v : Value::none();
  const std::string_view t = text(c, v);
  const size_t colon = t.find(':');
  if (colon == std::string_view::npos) return Value::none();
  return make_ratio(c, quantity_in_text(c, t.substr(0, colon)), quantity_in_text(c, t.substr(colon + 1)));
}
Value to_date(const Context& c, const Value& v) {
  if (is_text(v)) return moment_in(c, Type::date, v);
  if (v.type != Type::date_time) return v.type == Type::date ? v : Value::none();
  Moment m = moment(v);
  return box(*moment_of(Type::date, fields(m), std::min<uint8_t>(m.precision, 3)));
}
Value to_date_time(const Context& c, const Value& v) {
  if (is_text(v)) return moment_in(c, Type::date_time, v);
  if (v.type == Type::date) return box(as_date_time(moment(v)));
  return v.type == Type::date_time ? v : Value::none();
}
Value to_time(const Context& c, const Value& v) {
  if (is_text(v)) return moment_in(c, Type::time, v);
  if (v.type != Type::date_time) return v.type == Type::time ? v : Value::none();
  const Moment m = moment(v);
  return m.precision < 4 ? Value::none() : box(*moment_of(Type::time, fields(m), m.precision));
}
Value to_concept(const Context& c, const Value& v) {
  if (v.type == Type::code_concept) return v;
  if (v.type == Type::code) return box_items(Type::code_concept, &v, 1, *c.arena);
  return v.type == Type::list ? box_items(Type::code_concept, v.items, v.n, *c.arena) : Value::none();
}
Value convert_quantity(const Context& c, const Value& v, const Value& unit_name) {
  const auto id = find_unit(text(c, unit_name));
  const auto value = id ? rubric::vm::convert(unbox<Quantity>(v), *id) : std::nullopt;
  return value ? box(Quantity{*value, *id}, *c.arena) : Value::none();
}
Truth can_convert_quantity(const Context& c, const Value& v, const Value& unit_name) {
  return truth(!absent(convert_quantity(c, v, unit_name)));
}

Truth is_of_type(const Context& c, const Value& v, const Value& type) { return truth(is_of(c, v, text(c, type))); }
Value as_type(const Context& c, const Value& v, const Value& type) { return is_of(c, v, text(c, type)) ? v : Value::none(); }
Value cast_type(const Context& c, const Value& v, const Value& type) { return is_of(c, v, text(c, type)) ? v : Value::none(Cause::error); }
Value convert_to(const Context& c, const Value& v, const Value& type) { return convert(c, v, text(c, type)); }
Truth converts_to(const Context& c, const Value& v, const Value& type) { return truth(!absent(convert(c, v, text(c, type)))); }

Value make_moment(const Context& c, const Value& type, const Value& components) {
  const std::string_view name = text(c, type);
  const Type t = name == "Date" ? Type::date : name == "Time" ? Type::time : Type::date_time;
  const size_t first = static_cast<size_t>(first_component(t) - 1);
  Fields f{};
  uint8_t precision = 0;
  // A component that is none ends the moment; one behind it would hang in the air.
  for (uint32_t k = 0; k < components.n && first + k < 7; ++k) {
    const Value& v = components.items[k];
    if (absent(v)) break;
    f[first + k] = static_cast<int32_t>(v.i);
    precision = static_cast<uint8_t>(first + k + 1);
  }
  if (precision == 0) return Value::none();
  auto made = moment_of(t, f, precision);
  if (!made) return Value::none(Cause::out_of_range);
  if (t == Type::date_time && components.n > 7 && !absent(components.items[7])) {
    made->zoned = true;
    made->offset = static_cast<int32_t>(number(components.items[7])->scaled * 60 / Decimal::scale);
  }
  return box(*made);
}
Value make_quantity(const Context& c, const Value& value, const Value& unit_name) {
  const auto id = absent(unit_name) ? std::optional<uint16_t>(0) : find_unit(text(c, unit_name));
  return id ? box(Quantity{*number(value), *id}, *c.arena) : Value::none(Cause::error);
}
Value unit_of(const Context& c, const Value& quantity) { return text_value(c, unit(unbox<Quantity>(quantity).unit).name); }
Value numerator_of(const Context&, const Value& ratio) { return ratio.items[0]; }
Value denominator_of(const Context&, const Value& ratio) { return ratio.items[1]; }
Value codes_of(const Context& c, const Value& concept_value) {
  return box_items(Type::list, concept_value.items, concept_value.n, *c.arena);
}
Value make_ratio(const Context& c, const Value& numerator, const Value& denominator) {
  if (absent(numerator) || absent(denominator)) return Value::none();
  const Value parts[] = {numerator, denominator};
  return box_items(Type::ratio, parts, 2, *c.arena);
}
Value component_from(const Context& c, const Value& name, const Value& v) {
  static constexpr std::string_view components[] = {"year", "month", "day", "hour", "minute", "second", "millisecond"};
  const std::string_view wanted = text(c, name);
  const Moment m = moment(v);
  if (wanted == "date") return to_date(c, v);
  if (wanted == "time") return to_time(c, v);
  if (wanted == "timezoneoffset") return box(*divide(to_decimal(m.offset), to_decimal(60)), *c.arena);
  const auto* at = std::find(std::begin(components), std::end(components), wanted);
  if (at == std::end(components)) return Value::none(Cause::error);
  const auto k = static_cast<size_t>(at - std::begin(components));
  if (static_cast<int>(k) + 1 > m.precision || static_cast<int>(k) + 1 < first_component(m.type)) return Value::none();
  return box(fields(m)[k]);
}
Value duration_between(const Context& c, const Value& unit, const Value& a, const Value& b) {
  return whole_range(c, duration(moment(a), moment(b), singular(text(c, unit))));
}
Value difference_between(const Context& c, const Value& unit, const Value& a, const Value& b) {
  return whole_range(c, difference(moment(a), moment(b), singular(text(c, unit))));
}
Value now_of(const Context&, const Value& now) { return now; }
Value time_of_day(const Context& c, const Value& now) { return to_time(c, now); }
Value message(const Context& c, const Value& v, const Value& condition, const Value& severity) {
  const bool holds = !absent(condition) && condition.i != 0;
  return holds && !absent(severity) && text(c, severity) == "Error" ? Value::none(Cause::error) : v;
}

}  // namespace rubric::vm
