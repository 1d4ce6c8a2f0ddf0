// The short way: records whose facts are plain values under the model's own keys, in any order, once each. One pass over
// the tokens checks the grammar and fills the columns. See record_reader.h.
//
// What is not of that form (an annotation, a key that the model does not know, a value outside of its bounds, a mistake)
// ends the pass: what it added is taken back, and the record is read with care. So nothing is decided here, there are no
// messages, and what a value means is said elsewhere; a test holds both ways to the same columns.

#include "vm/record_reader.h"

#include "vm/date.h"
#include "vm/decimal.h"

#include <array>
#include <cstring>

namespace rubric::vm {

namespace {

constexpr size_t most_bytes = 64 << 10;  // of a record that is copied
constexpr size_t padding = 64;           // zeros behind the copy: no token, end of any number, room for a load of eight bytes

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool ends_value(char c) { return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// The digits of a whole number, or nothing: of another form, or too many. `at` moves behind them.
inline std::optional<int64_t> take_digits(const char*& at) {
  const char* begin = at;
  int64_t value = 0;
  for (; is_digit(*at); ++at) {
    if (at - begin == 9) return std::nullopt;
    value = value * 10 + (*at - '0');
  }
  if (at == begin || (at - begin > 1 && *begin == '0')) return std::nullopt;
  return value;
}

template <class T>
T load(const char* at) {
  T v;
  std::memcpy(&v, at, sizeof v);
  return v;
}

inline bool is_word(const char* at, const Word& word) {
  return (((load<uint64_t>(at) ^ word.low) & word.low_mask) | ((load<uint64_t>(at + 8) ^ word.high) & word.high_mask)) == 0;
}

// true, false or null, with what may stand behind it.
inline bool is_atom(const char* at) {
  const auto begin = load<uint32_t>(at);
  if (begin == load<uint32_t>("true") || begin == load<uint32_t>("null")) return ends_value(at[4]);
  return begin == load<uint32_t>("fals") && at[4] == 'e' && ends_value(at[5]);
}

const Word system_key("system"), code_key("code"), items_key("items"), complete_key("complete");

// The first day of each month of the years in which nearly all dates lie.
constexpr int32_t first_year = 1900, last_year = 2100;
const std::array<int32_t, (last_year - first_year + 1) * 12 + 1> month_starts = [] {
  std::array<int32_t, (last_year - first_year + 1) * 12 + 1> out{};
  for (size_t k = 0; k < out.size(); ++k) out[k] = days_of(first_year + static_cast<int32_t>(k) / 12, static_cast<int32_t>(k) % 12 + 1, 1);
  return out;
}();

// "2025-03-01", of a year in the table, or nothing.
inline std::optional<int32_t> day_of(const char* s) {
  // What remains of a digit is its value, and of a dash and the quote nothing; adding says whether anything is more.
  const uint64_t first = load<uint64_t>(s) ^ load<uint64_t>("0000-00-");
  const uint32_t rest = (load<uint32_t>(s + 8) ^ load<uint32_t>("00\"")) & 0xffffff;
  const uint64_t too_much = ((first + 0x7f76767f76767676) | first) & 0x8080808080808080;
  if (too_much | (((rest + 0x7f7676) | rest) & 0x808080)) return std::nullopt;
  const auto digit = [](uint64_t from, int at) { return static_cast<int>(from >> (8 * at) & 0xff); };
  const int year = digit(first, 0) * 1000 + digit(first, 1) * 100 + digit(first, 2) * 10 + digit(first, 3);
  const int month = digit(first, 5) * 10 + digit(first, 6), day = digit(rest, 0) * 10 + digit(rest, 1);
  if (year < first_year || year > last_year || month < 1 || month > 12) return std::nullopt;
  const auto k = static_cast<size_t>((year - first_year) * 12 + month - 1);
  const int32_t found = month_starts[k] + day - 1;
  return day < 1 || found >= month_starts[k + 1] ? std::nullopt : std::optional(found);
}

}  // namespace

// The tokens of the copy; the one behind the last is a zero.
struct RecordReader::Plain {
  const char* text;
  const uint32_t* starts;
  char operator[](Token t) const { return text[starts[t]]; }
  const char* at(Token t) const { return text + starts[t]; }
  std::string_view inside(Token string) const {
    const char* begin = at(string) + 1;
    const char* end = at(string + 1) - 1;
    while (*end != '"') --end;
    return {begin, static_cast<size_t>(end - begin)};
  }
};

bool RecordReader::read_plainly(std::string_view json) {
  if (json.size() > most_bytes) return false;
  if (copy_.size() < json.size() + padding) copy_.resize(json.size() + padding);
  std::memcpy(copy_.data(), json.data(), json.size());
  std::memset(copy_.data() + json.size(), 0, padding);
  if (!json_.index({copy_.data(), json.size()})) return false;
  const Plain tokens{copy_.data(), json_.starts()};
  plain_ = true;
  bool good = plain_object(tokens, 0, 0, case_row_, 0) == json_.count() && within_late_bounds();
  if (good) resolve_references();
  good &= errors_ + warnings_ == 0 && !out_.info().id.empty() && !out_.over_limit();
  plain_ = false;
  if (good) return true;
  out_.restart_case();
  std::string source = std::move(out_.info().source);
  out_.info() = {};
  restart(std::move(source));
  return false;
}

// ---------------------------------------------------------------- scalars

[[gnu::always_inline]] inline RecordReader::Token RecordReader::plain_cell(const PlainField& field, Token t, Row row, int64_t value) {
  if (value < field.least || value > field.most) return no_token;
  if (field.is_late()) plain_late_.push_back({&field, row, value});
  if (field.column != none_id) out_.set_plain(field.column, row, value);
  return t + 1;
}

[[gnu::always_inline]] inline RecordReader::Token RecordReader::plain_text(Plain tokens, const PlainField& field, Token t, Row row) {
  if (json_.has_escapes() && !json_.check_string(t)) return no_token;
  if (field.plainly == Plainly::text && field.column == none_id) return t + 1;  // nobody will look at it
  const std::string_view text = json_.has_escapes() ? json_.string(t, scratch_) : tokens.inside(t);
  if (field.plainly == Plainly::text && !out_.charge(text.size() / 16)) return no_token;
  const Id id = json_.has_escapes() ? out_.text(text) : out_.text_with_room(text);
  if (field.plainly == Plainly::word && !field.allows(id)) return no_token;
  if (field.column != none_id) out_.set_plain(field.column, row, id);
  return t + 1;
}

// {"system": "...", "code": "..."}, in this order or the other.
[[gnu::always_inline]] inline RecordReader::Token RecordReader::plain_code(Plain tokens, const PlainField& field, Token t, Row row,
                                                                           uint32_t depth) {
  constexpr std::string_view form = "{\":\",\":\"}";
  for (uint32_t k = 0; k < form.size(); ++k) {
    if (tokens[t + k] != form[k]) return no_token;
  }
  if (json_.has_escapes() || depth > 100) return no_token;
  const bool first = is_word(tokens.at(t + 1) + 1, system_key);
  const Token system = t + (first ? 3 : 7), code = t + (first ? 7 : 3);
  if (!is_word(tokens.at(system - 2) + 1, system_key) || !is_word(tokens.at(code - 2) + 1, code_key)) return no_token;
  const std::string_view system_text = tokens.inside(system), code_text = tokens.inside(code);
  if (!out_.charge((system_text.size() + code_text.size()) / 16)) return no_token;
  const Id system_id = out_.text_with_room(system_text);
  if (!field.words.empty() && !field.allows(system_id)) return no_token;  // nobody declared it
  if (field.column != none_id) out_.set_plain(field.column, row, out_.code(system_id, out_.text_with_room(code_text)));
  return t + static_cast<Token>(form.size());
}

[[gnu::always_inline]] inline RecordReader::Token RecordReader::plain_scalar(Plain tokens, const PlainField& field, Id node, Token t,
                                                                             Row row, uint32_t depth) {
  const char kind = tokens[t];
  const char* at = tokens.at(t);
  switch (field.plainly) {
    case Plainly::truth: {
      if ((kind != 't' && kind != 'f') || !is_atom(at)) break;
      if (field.column != none_id) out_.set_truth(field.column, row, kind == 't' ? Truth::yes : Truth::no);
      return t + 1;
    }
    case Plainly::integer: {
      if (!is_digit(kind)) break;
      const auto value = take_digits(at);
      if (!value || !ends_value(*at)) break;
      return plain_cell(field, t, row, *value);
    }
    case Plainly::decimal: {
      if (!is_digit(kind)) break;
      const auto whole = take_digits(at);
      if (!whole) break;
      int64_t scaled = *whole * Decimal::scale;
      if (*at == '.') {
        int64_t worth = Decimal::scale;
        const char* const point = at;
        while (is_digit(*++at) && worth > 1) scaled += (*at - '0') * (worth /= 10);
        if (at - point == 1) break;
      }
      if (!ends_value(*at)) break;
      return plain_cell(field, t, row, scaled);
    }
    case Plainly::date: {
      if (kind != '"') break;
      const auto day = day_of(at + 1);
      if (!day) break;
      return plain_cell(field, t, row, *day);
    }
    case Plainly::text:
    case Plainly::word:
      if (kind != '"') break;
      return plain_text(tokens, field, t, row);
    case Plainly::code: {
      if (kind != '{') break;
      const Token behind = plain_code(tokens, field, t, row, depth);
      if (behind != no_token) return behind;
      break;
    }
    case Plainly::id:
      if (kind != '"' || (json_.has_escapes() && !json_.check_string(t))) return no_token;
      out_.info().id = json_.string(t, scratch_);
      return t + 1;
    case Plainly::skipped: return json_.check_value(t, depth);
    case Plainly::never: return no_token;
    case Plainly::carefully:
    case Plainly::object:
    case Plainly::rows: break;
  }
  return careful_value(*field.field, node, t, row, depth);
}

// ---------------------------------------------------------------- objects and lists

// The field that a key names, or none_id: first the one that followed last time, or the ones that then followed it.
[[gnu::always_inline]] inline uint32_t RecordReader::plain_key(Plain tokens, const NodePlan& plan, Token key, uint32_t& after_last,
                                                               const uint32_t* after) {
  const char* at = tokens.at(key) + 1;
  const PlainField* const fields = plan.plain.data();
  uint32_t f = after_last;
  if (f < plan.count && is_word(at, fields[f].key)) return f;
  for (int tries = 0; tries < 3 && f < plan.count; ++tries) {
    f = after[f + 1];
    if (f < plan.count && is_word(at, fields[f].key)) return f;
  }
  const auto found = plan.by_key.find(tokens.inside(key));
  if (found == plan.by_key.end()) return none_id;
  return after_last = found->second;
}

RecordReader::Token RecordReader::plain_object(Plain tokens, Token t, Id node, Row row, uint32_t depth) {
  const NodePlan& plan = plan_.nodes[node];
  if (tokens[t] != '{' || plan.count > 64) return no_token;
  std::vector<uint32_t>& after = after_[node];
  uint64_t seen = 0, given = 0;
  uint32_t last = 0;  // one more than the field before; 0 at the start
  ++t;
  if (tokens[t] == '}') ++t;
  else {
    for (;; ++t) {
      if (tokens[t] != '"' || tokens[t + 1] != ':') return no_token;
      const uint32_t f = plain_key(tokens, plan, t, after[last], after.data());
      if (f == none_id || (seen >> f & 1)) return no_token;
      last = f + 1;
      seen |= uint64_t{1} << f;
      const PlainField& field = plan.plain[f];
      t += 2;
      if (tokens[t] == 'n') {
        if (!is_atom(tokens.at(t))) return no_token;
        ++t;
      } else {
        given |= uint64_t{1} << f;
        switch (field.plainly) {
          case Plainly::object: t = plain_object(tokens, t, field.field->field->node, row, depth + 1); break;
          case Plainly::rows: t = plain_list(tokens, *field.field, t, row, depth + 1); break;
          default: t = plain_scalar(tokens, field, node, t, row, depth + 1);
        }
        if (t == no_token) return no_token;
      }
      const char next = tokens[t];
      if (next == '}') break;
      if (next != ',') return no_token;
    }
    ++t;
  }
  for (const uint32_t f : plan.entered) {
    if (given >> f & 1) continue;
    const FieldPlan& field = plan.fields[f];
    if (field.kind == FieldKind::object) nothing_documented(field.field->node, row, Cause::not_documented, no_mark);
    else missing_list(field, row, Cause::not_documented);
  }
  return t;
}

RecordReader::Token RecordReader::plain_list(Plain tokens, const FieldPlan& field, Token t, Row row, uint32_t depth) {
  const Id domain = field.field->domain;
  if (tokens[t] == '[') {
    out_.begin_list(domain, false);
    const bool empty = tokens[t + 1] == ']';
    t = plain_rows(tokens, field, t, row, depth);
    if (t != no_token && !field.field->complete && !empty) add_phantom(field, row, Cause::incomplete, std::nullopt);
    return t;
  }
  // {"items": [...], "complete": true}, in this order or the other.
  if (tokens[t] != '{') return no_token;
  out_.begin_list(domain, true);
  bool items = false, empty = false;
  std::optional<bool> said;
  do {
    if (tokens[++t] != '"' || tokens[t + 1] != ':') return no_token;
    const char* const key = tokens.at(t) + 1;
    t += 2;
    if (is_word(key, items_key) && !items) {
      items = true;
      empty = tokens[t + 1] == ']';
      t = plain_rows(tokens, field, t, row, depth + 1);
      if (t == no_token) return no_token;
    } else if (is_word(key, complete_key) && !said && (tokens[t] == 't' || tokens[t] == 'f') && is_atom(tokens.at(t))) {
      said = tokens[t] == 't';
      ++t;
    } else {
      return no_token;
    }
  } while (tokens[t] == ',');
  if (tokens[t] != '}' || !items) return no_token;
  if (!said.value_or(field.field->complete || empty)) add_phantom(field, row, Cause::incomplete, std::nullopt);
  return t + 1;
}

RecordReader::Token RecordReader::plain_rows(Plain tokens, const FieldPlan& field, Token t, Row parent, uint32_t depth) {
  if (tokens[t] != '[') return no_token;
  if (tokens[++t] == ']') return t + 1;
  const Field& list = *field.field;
  const Id position = plan_.position_on[list.domain];
  for (uint32_t number = 0;; ++number, ++t) {
    const Row row = out_.add_row(list.domain, parent, number, false);
    if (row == no_row) return no_token;
    if (position != none_id) out_.set_plain(position, row, number + 1);
    t = plain_object(tokens, t, list.node, row, depth + 1);
    if (t == no_token) return no_token;
    if (tokens[t] == ']') return t + 1;
    if (tokens[t] != ',') return no_token;
  }
}

// A value of another form, which the careful readers know: they need its grammar checked, and that is all they need.
RecordReader::Token RecordReader::careful_value(const FieldPlan& field, Id node, Token t, Row row, uint32_t depth) {
  const Token behind = json_.check_value(t, depth);
  if (behind == no_token) return no_token;
  switch (field.kind) {
    case FieldKind::scalar: read_scalar(field, node, t, row, no_mark); break;
    case FieldKind::object: read_object_field(field, t, row, no_mark); break;
    case FieldKind::list:
    case FieldKind::reference: read_list(field, t, row, no_mark); break;
  }
  return errors_ + warnings_ == 0 && !out_.over_limit() ? behind : no_token;
}

// Bounds by other fields, when all have been read.
bool RecordReader::within_late_bounds() {
  check_late(0);
  for (const PlainLate& late : plain_late_) {
    for (const auto& [other, sign] : {std::pair{late.field->low, -1}, std::pair{late.field->high, 1}}) {
      if (other.column == none_id) continue;
      const Row row = other.of_case ? case_row_ : late.row;
      const auto limit = out_.plain_cell(other.column, row);
      if (!limit) {
        if (out_.cell(other.column, row).kind != Kind::unknown) return false;
      } else if (other.type != late.field->field->type || (sign < 0 ? late.value < *limit : late.value > *limit)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace rubric::vm
