// What a scalar of the record means: plain values, vague ones, none, and the bounds of its field.
// See record_reader.h.

#include "vm/record_reader.h"

#include "base/text.h"
#include "vm/date.h"
#include "vm/decimal.h"
#include "vm/moment.h"
#include "vm/record_bounds.h"
#include "vm/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace rubric::vm {

namespace {

std::string_view expected(Type type) {
  switch (type) {
    case Type::truth: return "true or false";
    case Type::integer:
    case Type::long_integer: return "a whole number";
    case Type::decimal: return "a number";
    case Type::text: return "a text";
    case Type::code: return "a code";
    case Type::date: return "a date";
    case Type::date_time: return "a date and time";
    case Type::time: return "a time";
    case Type::quantity: return "a quantity, as in \"3 months\"";
    case Type::interval: return "an interval";
    case Type::list: return "a list";
    case Type::tuple: return "an object";
    case Type::ratio:
    case Type::code_concept:
    case Type::any:
    case Type::outcome: return "nothing";
  }
  return "a value";
}

bool may_be_vague(Type type) {
  return type == Type::integer || type == Type::long_integer || type == Type::decimal || type == Type::date || type == Type::date_time ||
         type == Type::time || type == Type::quantity;
}

bool is_point_in_time(Type type) { return type == Type::date || type == Type::date_time || type == Type::time; }

Value plain(Type type, int64_t i) {
  Value v;
  v.kind = Kind::value;
  v.type = type;
  v.i = i;
  v.precision = type == Type::date ? 3 : 0;
  return v;
}

// How many digits a JSON number has behind the point when nothing is lost: 1.50 has one, 1e-3 three, 1e3 none.
int64_t digits_behind_point(std::string_view number) {
  int64_t exponent = 0;
  if (const size_t e = number.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view digits = number.substr(e + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    if (std::from_chars(digits.data(), digits.data() + digits.size(), exponent).ec != std::errc()) {
      exponent = digits.starts_with('-') ? INT32_MIN : INT32_MAX;
    }
    number = number.substr(0, e);
  }
  const size_t point = number.find('.');
  auto behind = static_cast<int64_t>(point == std::string_view::npos ? 0 : number.size() - point - 1);
  bool any = false;
  for (size_t at = number.size(); at-- > 0 && !any;) {
    if (number[at] == '.') continue;
    any = number[at] != '0' && number[at] != '-';
    if (!any) --behind;
  }
  return any ? behind - exponent : 0;
}

}  // namespace

// ---------------------------------------------------------------- a field

void RecordReader::read_scalar(const FieldPlan& field, Id node, Token token, Row row, uint32_t mark) {
  std::optional<Value> value;
  if (token != no_token) value = value_of(field, token);
  if (marked(mark)) {
    if (token != no_token && marks_[mark].not_applicable != no_token) {
      error(token, "the record says that this does not apply, and yet states it");
      return;
    }
    value = marked_value(field, mark);
    token = marks_[mark].at;
  }
  if (!value) return;
  if (field.bounded_by_field) late_.push_back({&field, node, row, token, *value});
  store(field, row, *value);
}

void RecordReader::store(const FieldPlan& field, Row row, const Value& value) {
  if (field.column == none_id) return;
  if (value.kind == Kind::open && !out_.charge(value.n)) return;
  out_.set(field.column, row, value);
}

std::optional<Value> RecordReader::wrong_type(const FieldPlan& field, Token token) {
  error(token, fmt::format("expected {}, found {}", expected(field.type), shown(token)));
  return std::nullopt;
}

std::optional<Value> RecordReader::value_of(const FieldPlan& field, Token token) {
  const auto value = json_.kind(token) == '{' && field.type != Type::tuple && field.type != Type::interval ? object_value(field, token)
                                                                                                           : plain_value(field, token);
  return value ? within_constant_bounds(field, token, *value) : std::nullopt;
}

std::optional<Value> RecordReader::plain_value(const FieldPlan& field, Token token) {
  const char kind = json_.kind(token);
  switch (field.type) {
    case Type::truth:
      if (kind != 't' && kind != 'f') return wrong_type(field, token);
      return box(kind == 't' ? Truth::yes : Truth::no);
    case Type::integer:
    case Type::long_integer:
    case Type::decimal:
      if (!json_.is_number(token)) return wrong_type(field, token);
      return number_value(field.type, token);
    case Type::text:
      if (kind != '"') return wrong_type(field, token);
      return text_value(field, token);
    case Type::code:
      if (kind != '"') return wrong_type(field, token);
      return code_value(field, no_token, token, token);
    case Type::date:
    case Type::date_time:
    case Type::time:
      if (kind != '"') return wrong_type(field, token);
      return temporal_value(field.type, token);
    case Type::quantity:
      if (kind != '"') return wrong_type(field, token);
      return quantity_text(token);
    // Values without a form in cells: their shape is checked, and the cell stays as one that is not documented.
    case Type::interval:
    case Type::tuple:
      if (kind != '{') return wrong_type(field, token);
      return Value::unknown(Cause::not_documented);
    case Type::list:
      if (kind != '[') return wrong_type(field, token);
      return Value::unknown(Cause::not_documented);
    case Type::ratio:
    case Type::code_concept:
    case Type::any:
    case Type::outcome: return wrong_type(field, token);
  }
  return std::nullopt;
}

// ---------------------------------------------------------------- objects that stand for a scalar

void RecordReader::collect_members(Token object, const std::string_view* names, Token* found, size_t n) {
  json_.each_member(object, [&](Token key, Token value) {
    const std::string_view name = json_.string(key, scratch_);
    const size_t at = static_cast<size_t>(std::find(names, names + n, name) - names);
    if (at == n) {
      warn(key, fmt::format("unknown key {}{}", quoted(name), meant(nearest(name, std::vector(names, names + n)))));
    } else if (found[at] != no_token) {
      error(key, "the key stands twice in its object");
    } else {
      found[at] = value;
    }
    return true;
  });
}

bool RecordReader::string_member(Token value, std::string& out) {
  if (value == no_token || json_.is_null(value)) return true;
  if (json_.kind(value) != '"') {
    error(value, fmt::format("expected a text, found {}", shown(value)));
    return false;
  }
  out = json_.string(value, scratch_);
  return true;
}

std::optional<bool> RecordReader::states_none(Token object) {
  Token none = no_token;
  bool more = false;
  json_.each_member(object, [&](Token key, Token value) {
    const std::string_view name = json_.raw_string(key);
    if (name == "none") none = value;
    else if (name != "text") more = true;
    return true;
  });
  if (none == no_token) return std::nullopt;
  if (json_.kind(none) == 't' && !more) return true;
  error(none, more ? "\"none\" stands alone, as in {\"none\": true}"
                   : fmt::format("expected true, found {}: a fact that is not documented is left out", shown(none)));
  return false;
}

std::optional<Value> RecordReader::object_value(const FieldPlan& field, Token token) {
  if (const auto none = states_none(token)) {
    if (!*none) return std::nullopt;
    if (field.field && field.field->optional) return Value::none();
    error(token, "the model does not allow that there is none; a fact that is not documented is left out");
    return std::nullopt;
  }
  Token vague = no_token;
  json_.each_member(token, [&](Token key, Token value) {
    if (json_.raw_string(key) == "vague") vague = value;
    return vague == no_token;
  });
  if (vague != no_token) {
    const auto [range, text] = members<2>(token, {"vague", "text"});
    if (!may_be_vague(field.type)) {
      error(token, fmt::format("expected {}; only a date, number, quantity or duration can be vague", expected(field.type)));
      return std::nullopt;
    }
    std::string words;
    if (!string_member(text, words)) return std::nullopt;
    if (!words.empty() && plain_) {
      warn(token, "");  // where it stands is to be kept, and that the short way does not know
      return std::nullopt;
    }
    if (!words.empty() && out_.charge(1 + words.size() / 16)) out_.info().vague.emplace_back(json_.pointer(token), words);
    return vague_value(field, range);
  }
  if (field.type == Type::quantity) {
    const auto [number, unit] = members<2>(token, {"value", "unit"});
    return quantity_value(number, unit, token);
  }
  if (field.type == Type::code) {
    const auto [system, code, display, text, version] = members<5>(token, {"system", "code", "display", "text", "version"});
    for (const Token words : {display, text, version}) {
      if (!string_member(words, scratch2_)) return std::nullopt;
    }
    return code_value(field, system, code, token);
  }
  return wrong_type(field, token);
}

std::optional<Value> RecordReader::vague_value(const FieldPlan& field, Token vague) {
  if (json_.kind(vague) != '{') {
    error(vague, fmt::format("expected {{\"low\", \"high\"}}, found {}", shown(vague)));
    return std::nullopt;
  }
  const auto [low_token, high_token] = members<2>(vague, {"low", "high"});
  const auto end = [&](Token token, bool upper) -> std::optional<Value> {
    if (token == no_token || json_.is_null(token)) return Value::unknown(Cause::nothing);
    std::optional<Value> v;
    if (json_.kind(token) == '{' && field.type == Type::quantity) {
      const auto [number, unit] = members<2>(token, {"value", "unit"});
      v = quantity_value(number, unit, token);
    } else {
      v = plain_value(field, token);
    }
    if (!v) return v;
    return upper ? greatest(*v) : least(*v);
  };
  const auto low = end(low_token, false), high = end(high_token, true);
  if (!low || !high) return std::nullopt;
  if (low->kind == Kind::value && high->kind == Kind::value) {
    const auto way = compare_values(*low, *high);
    if (!way) {
      error(vague, fmt::format("low {} and high {} cannot be compared", shown(low_token), shown(high_token)));
      return std::nullopt;
    }
    if (*way > 0) {
      error(vague, fmt::format("low {} is {} high {}", shown(low_token), is_point_in_time(field.type) ? "later than" : "more than",
                               shown(high_token)));
      return std::nullopt;
    }
  }
  return range(*low, *high, Cause::vague, out_.arena());
}

// ---------------------------------------------------------------- texts and codes

std::optional<Value> RecordReader::text_value(const FieldPlan& field, Token token) {
  const std::string_view text = json_.string(token, scratch_);
  const Program& program = plan_.program;
  if (field.field && !field.field->one_of.empty()) {
    for (const Id word : field.field->one_of) {
      if (program.texts[word] == text) return box(Text{word});
    }
    std::vector<std::string_view> words;
    std::string list;
    for (const Id word : field.field->one_of) {
      words.emplace_back(program.texts[word]);
      list += (list.empty() ? "\"" : ", \"") + program.texts[word] + "\"";
    }
    error(token, fmt::format("{} is none of {}{}", quoted(text), list, meant(nearest(text, words))));
    return std::nullopt;
  }
  if (field.column == none_id) return Value::unknown(Cause::nothing);  // nobody will look at it
  if (!out_.charge(text.size() / 16)) return std::nullopt;
  return box(Text{out_.text(text)});
}

std::optional<Value> RecordReader::code_value(const FieldPlan& field, Token system, Token code, Token at) {
  const Id own_system = field.field ? field.field->code_system : none_id;
  for (const auto& [token, name] : {std::pair{system, "system"}, std::pair{code, "code"}}) {
    if (token != no_token && json_.kind(token) != '"') {
      error(token, fmt::format("expected a text under \"{}\", found {}", name, shown(token)));
      return std::nullopt;
    }
  }
  if (code == no_token) {
    error(at, "a code needs \"code\"");
    return std::nullopt;
  }
  if (system == no_token && own_system == none_id) {
    error(at, code == at ? fmt::format("expected a code as {{\"system\", \"code\"}}, found {}: the model fixes no system", shown(at))
                         : "a code needs \"system\", since the model fixes none");
    return std::nullopt;
  }
  if (system != no_token) check_code_system(system);
  if (field.column == none_id) return Value::unknown(Cause::nothing);
  const size_t bytes = json_.raw_string(code).size() + (system == no_token ? 0 : json_.raw_string(system).size());
  if (!out_.charge(bytes / 16)) return std::nullopt;
  const Id system_text = system == no_token ? own_system : out_.text(json_.string(system, scratch_));
  return box(Code{out_.code(system_text, out_.text(json_.string(code, scratch_)))});
}

// A system that nobody declared is in no set, which is more often a slip than meant.
void RecordReader::check_code_system(Token system) {
  const Program& program = plan_.program;
  const std::vector<Id>& known = program.code_systems;
  const std::string_view name = json_.string(system, scratch_);
  if (known.empty() || std::any_of(known.begin(), known.end(), [&](Id each) { return program.texts[each] == name; })) return;
  std::vector<std::string_view> names;
  for (const Id each : known) names.emplace_back(program.texts[each]);
  warn(system, fmt::format("unknown code system {}{}", quoted(name), meant(nearest(name, names))));
}

// ---------------------------------------------------------------- numbers, quantities, dates

std::optional<Value> RecordReader::number_value(Type type, Token token) {
  const std::string_view raw = json_.raw(token);
  if (type == Type::decimal) {
    const bool kept = digits_behind_point(raw) <= 8;
    const auto decimal = kept ? parse_decimal(raw) : std::nullopt;
    if (decimal) return box(*decimal, out_.arena());
    error(token,
          fmt::format("{} has more digits than a decimal keeps ({})", shown(token), kept ? "28 before the point" : "8 behind the point"));
    return std::nullopt;
  }
  int64_t number = 0;
  const auto [end, problem] = std::from_chars(raw.data(), raw.data() + raw.size(), number);
  if (end != raw.data() + raw.size()) {
    error(token, fmt::format("expected a whole number, found {}", shown(token)));
    return std::nullopt;
  }
  if (problem != std::errc() || (type == Type::integer && (number < INT32_MIN || number > INT32_MAX))) {
    error(token, fmt::format("{} is too large for a whole number", shown(token)));
    return std::nullopt;
  }
  return plain(type, number);
}

std::optional<Value> RecordReader::temporal_value(Type type, Token token) {
  const std::string_view text = json_.string(token, scratch_);
  if (type == Type::date_time || type == Type::time) {
    const auto read = text.ends_with('T') ? std::nullopt : parse_moment(type, text);
    // What is written to the minute means that very moment; a day or an hour alone any moment in it.
    if (read && read->precision >= 5) return box(first_of(*read));
    if (read) return range(box(first_of(*read)), box(last_of(*read)), Cause::vague, out_.arena());
    error(token, type == Type::time ? fmt::format("{} is not a time, as in \"10:30:00\"", shown(token))
                                    : fmt::format("{} is not a date and time, as in \"2025-03-01T10:30:00Z\"", shown(token)));
    return std::nullopt;
  }
  if (const auto date = parse_iso_date(text)) {
    if (date->precision == 3) return plain(type, date->days);
    return range(plain(type, date->days), plain(type, last_day(*date)), Cause::vague, out_.arena());
  }
  // A text that is written as a date but names no day deserves other words than one that is no date at all.
  const bool shaped =
      text.size() == 4 || (text.size() > 4 && text[4] == '-' && (text.size() == 7 || (text.size() == 10 && text[7] == '-')));
  const bool digits = text.find_first_not_of("0123456789-") == std::string_view::npos;
  error(token, shaped && digits ? fmt::format("{} is not a day of the calendar", shown(token))
                                : fmt::format("expected a date, as in \"2025-03-01\", found {}", shown(token)));
  return std::nullopt;
}

std::optional<Value> RecordReader::quantity_value(Token number, Token unit_token, Token at) {
  if (number == no_token) {
    error(at, fmt::format("expected {}, found an object without \"value\"", expected(Type::quantity)));
    return std::nullopt;
  }
  if (!json_.is_number(number)) {
    error(number, fmt::format("expected a number, found {}", shown(number)));
    return std::nullopt;
  }
  std::string name;
  if (!string_member(unit_token, name)) return std::nullopt;
  const auto value = number_value(Type::decimal, number);
  const auto id = unit_id(unit_token == no_token ? at : unit_token, name);
  if (!value || !id) return std::nullopt;
  return box(Quantity{unbox<Decimal>(*value), *id}, out_.arena());
}

std::optional<Value> RecordReader::quantity_text(Token token) {
  const std::string text(json_.string(token, scratch_));
  const size_t end = std::min(text.find_first_not_of("+-0123456789."), text.size());
  const std::string_view number = std::string_view(text).substr(0, end);
  std::string_view name = std::string_view(text).substr(end);
  while (name.starts_with(' ')) name.remove_prefix(1);
  if (name.size() >= 2 && name.starts_with('\'') && name.ends_with('\'')) name = name.substr(1, name.size() - 2);
  const bool exact = digits_behind_point(number) <= 8;
  const auto value = exact ? parse_decimal(number) : std::nullopt;
  if (!value) {
    error(token, exact ? fmt::format("expected {}, found {}", expected(Type::quantity), shown(token))
                       : fmt::format("{} has more digits than a decimal keeps (8 behind the point)", shown(token)));
    return std::nullopt;
  }
  const auto id = unit_id(token, name);
  return id ? std::optional(box(Quantity{*value, *id}, out_.arena())) : std::nullopt;
}

std::optional<uint16_t> RecordReader::unit_id(Token at, std::string_view name) {
  if (const auto id = find_unit(name)) return id;
  std::vector<std::string_view> names;
  for (uint16_t id = 0; id < unit_count(); ++id) {
    names.push_back(unit(id).name);
    names.push_back(unit(id).plural);
  }
  error(at, fmt::format("unknown unit {}{}", quoted(name), meant(nearest(name, names))));
  return std::nullopt;
}

// ---------------------------------------------------------------- bounds

std::optional<Value> RecordReader::within(const FieldPlan& field, Token token, const Value& value, const Value& bound,
                                          std::string_view name, int sign) {
  const auto rest = sign < 0 ? cut_below(value, bound, out_.arena()) : cut_above(value, bound, out_.arena());
  if (rest) return rest;
  const bool time = is_point_in_time(field.type);
  const std::string_view relation = sign < 0 ? (time ? "lies before" : "is less than") : (time ? "lies after" : "is more than");
  const Value end = sign < 0 ? least(bound) : greatest(bound);
  const Value found = sign < 0 ? greatest(value) : least(value);
  error(token, fmt::format("{} {} {} {}{}", field.key, found.kind == Kind::value ? value_text(found) : shown(token), relation,
                           name.empty() ? "" : fmt::format("{} ", name), value_text(end)));
  return std::nullopt;
}

std::optional<Value> RecordReader::within_constant_bounds(const FieldPlan& field, Token token, Value value) {
  if (field.low) {
    const auto rest = within(field, token, value, *field.low, "", -1);
    if (!rest) return rest;
    value = *rest;
  }
  if (field.high) return within(field, token, value, *field.high, "", 1);
  return value;
}

// All values of the object are stored by now, so that it does not matter which of two fields names the other.
void RecordReader::check_late(size_t from) {
  for (size_t k = from; k < late_.size(); ++k) {
    const Late late = late_[k];
    Value value = late.value;
    bool good = true;
    for (const auto& [bound, sign] : {std::pair{&late.field->field->low, -1}, std::pair{&late.field->field->high, 1}}) {
      if (!good || (bound->kind != Bound::Kind::sibling && bound->kind != Bound::Kind::of_case)) continue;
      const bool sibling = bound->kind == Bound::Kind::sibling;
      const FieldPlan& other = plan_.nodes[sibling ? late.node : 0].fields[bound->field];
      const Value limit = out_.cell(other.column, sibling ? late.row : case_row_);
      const auto rest = within(*late.field, late.token, value, limit, other.key, sign);
      good = rest.has_value();
      if (good) value = *rest;
    }
    if (good && !same(value, late.value)) store(*late.field, late.row, value);
  }
  late_.resize(from);
}

}  // namespace rubric::vm
