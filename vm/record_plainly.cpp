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
#include <bit>
#include <cstring>

namespace rubric::vm {

namespace {

constexpr int32_t not_plain = INT32_MIN;  // of another form

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool ends_value(char c) { return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

template <class T>
T load(const char* at) {
  T v;
  std::memcpy(&v, at, sizeof v);
  return v;
}

inline bool is_word(const char* at, const Word& word) {
  const auto differs = [&](size_t k) { return (load<uint64_t>(at + 8 * k) ^ word.bytes[k]) & word.mask[k]; };
  return differs(0) == 0 && (!word.more || (differs(1) | differs(2)) == 0);
}

// Eight characters at once: for each that is no digit the highest bit of its byte.
inline uint64_t no_digits(uint64_t values) { return ((values + 0x7676767676767676) | values) & 0x8080808080808080; }

// Up to seven digits of a whole number without a branch on how many there are: typical numbers have one or two, and which
// is anybody's guess. `at` moves behind them; not_plain: of another form, or more.
inline int32_t take_digits(const char*& at) {
  const uint64_t values = load<uint64_t>(at) ^ load<uint64_t>("00000000");
  const uint64_t stops = no_digits(values);
  const auto count = static_cast<unsigned>(std::countr_zero(stops)) / 8;
  if (count == 0 || count == 8 || (count > 1 && *at == '0')) return not_plain;
  at += count;
  // The digits move to the end of the eight; pairs of neighbours then are added up.
  uint64_t pairs = values << (64 - 8 * count);
  pairs = (pairs * 10 + (pairs >> 8)) & 0x00ff00ff00ff00ff;
  pairs = (pairs * 100 + (pairs >> 16)) & 0x0000ffff0000ffff;
  return static_cast<int32_t>(pairs * 10'000 + (pairs >> 32));
}

// true, false or null, with what may stand behind it.
inline bool is_atom(const char* at) {
  const auto begin = load<uint32_t>(at);
  if (begin == load<uint32_t>("true") || begin == load<uint32_t>("null")) return ends_value(at[4]);
  return begin == load<uint32_t>("fals") && at[4] == 'e' && ends_value(at[5]);
}

const Word system_key = Word::of_key("system"), code_key = Word::of_key("code"), items_key = Word::of_key("items"),
           complete_key = Word::of_key("complete");

// The first day of each month of the years in which nearly all dates lie.
constexpr uint32_t first_year = 1900, last_year = 2100;
const std::array<int32_t, (last_year - first_year + 1) * 12 + 1> month_starts = [] {
  std::array<int32_t, (last_year - first_year + 1) * 12 + 1> out{};
  for (size_t k = 0; k < out.size(); ++k) out[k] = days_of(static_cast<int32_t>(first_year + k / 12), static_cast<int32_t>(k) % 12 + 1, 1);
  return out;
}();

// "2025-03-01" with its quotes, of a year in the table, or not_plain.
inline int32_t day_of(const char* quote) {
  // What remains of a digit is its value, and of a dash or a quote nothing; adding says whether anything is more.
  const uint64_t first = load<uint64_t>(quote) ^ load<uint64_t>("\"0000-00");
  const uint32_t rest = load<uint32_t>(quote + 8) ^ load<uint32_t>("-00\"");
  const uint64_t too_much = ((first + 0x76767f767676767f) | first) & 0x8080808080808080;
  if (too_much | (((rest + 0x7f76767f) | rest) & 0x80808080)) return not_plain;
  // Each byte becomes the number that it and the next one write.
  const uint64_t pairs = first * 10 + (first >> 8);
  const uint32_t year = (pairs >> 8 & 0xff) * 100 + (pairs >> 24 & 0xff), month = (pairs >> 48 & 0xff) - 1;
  const uint32_t day = (rest * 10 + (rest >> 8)) / 256 % 256 - 1;
  const uint32_t k = (year - first_year) * 12 + month;
  if (year < first_year || year > last_year || month >= 12) return not_plain;
  const int32_t begin = month_starts[k];
  return day < static_cast<uint32_t>(month_starts[k + 1] - begin) ? begin + static_cast<int32_t>(day) : not_plain;
}

}  // namespace

// The tokens of the copy; the one behind the last is a zero.
struct RecordReader::Plain {
  const char* text;
  const uint32_t* starts;
  bool escapes;  // there is one somewhere
  bool ends(Token t, const char* at) const { return at == text + starts[t + 1] || ends_value(*at); }
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
  if (!json_.index(json)) return false;
  const Plain tokens{json.data(), json_.starts(), json_.has_escapes()};
  plain_ = true;
  bool good = plain_objects(tokens, 0, 0, nullptr, case_row_, 0) == json_.count() && within_late_bounds();
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

// Whether a plain value lies within its bounds, as far as the fields that bound it have been read; the others wait.
[[gnu::always_inline]] inline bool RecordReader::plain_within(const PlainField& field, Row row, int64_t value) {
  if (value < field.least || value > field.most) return false;
  if (!field.has_other_bounds()) return true;
  bool wait = false, good = true;
  const auto compare = [&](const PlainField::Other& other, int sign) {
    if (other.column == none_id) return;
    const Row at = other.of_case ? case_row_ : row;
    if (out_.is_plain(other.column, at)) {
      const int32_t limit = out_.cell4_of(other.column, at);
      good &= sign < 0 ? value >= limit : value <= limit;
    } else {
      wait = true;
    }
  };
  compare(field.low, -1);
  compare(field.high, 1);
  if (wait) plain_late_.push_back({&field, row, value});
  return good;
}

// Text of any kind, or one of the field's own words.
template <bool word>
[[gnu::always_inline]] inline bool RecordReader::plain_text(const Plain& tokens, const PlainField& field, Token t, Row row) {
  if (tokens.escapes) return escaped_text(field, t, row);
  if (!word && field.column == none_id) return true;  // nobody will look at it
  const std::string_view text = tokens.inside(t);
  if (!word && text.size() >= 16 && !out_.charge(text.size() / 16)) return false;
  const Id id = out_.text_with_room(text);
  if (word && !field.allows(id)) return false;
  if (field.column != none_id) out_.set_cell4(field.column, row, static_cast<int32_t>(id));
  return true;
}

[[gnu::noinline]] bool RecordReader::escaped_text(const PlainField& field, Token t, Row row) {
  if (!json_.check_string(t)) return false;
  if (field.plainly == Plainly::text && field.column == none_id) return true;
  const std::string_view text = json_.string(t, scratch_);
  if (field.plainly == Plainly::text && !out_.charge(text.size() / 16)) return false;
  const Id id = out_.text(text);
  if (field.plainly == Plainly::word && !field.allows(id)) return false;
  if (field.column != none_id) out_.set_cell4(field.column, row, static_cast<int32_t>(id));
  return true;
}

// {"system": "...", "code": "..."}, in this order or the other.
RecordReader::Token RecordReader::plain_code(const Plain& tokens, const PlainField& field, Token t, Row row, uint32_t depth) {
  if (json_.count() < t + 9) return no_token;
  const bool first = is_word(tokens.at(t + 1), system_key);
  const Token system = t + (first ? 3 : 7), code = t + (first ? 7 : 3);
  const bool form = is_word(tokens.at(system - 2), system_key) && is_word(tokens.at(code - 2), code_key) && tokens[t + 3] == '"' &&
                    tokens[t + 4] == ',' && tokens[t + 7] == '"' && tokens[t + 8] == '}';
  if (!form || tokens.escapes || depth > 100) return no_token;
  const std::string_view system_text = tokens.inside(system), code_text = tokens.inside(code);
  const size_t size = system_text.size() + code_text.size();
  if (size >= 16 && !out_.charge(size / 16)) return no_token;
  const Id system_id = out_.text_with_room(system_text);
  if (!field.words.empty() && !field.allows(system_id)) return no_token;  // nobody declared it
  if (field.column != none_id) {
    out_.set_cell4(field.column, row, static_cast<int32_t>(out_.code_with_room(system_id, code_text)));
  }
  return t + 9;
}

RecordReader::Token RecordReader::plain_decimal(const Plain& tokens, const PlainField& field, Token t, Row row) {
  const char* at = tokens.at(t);
  const auto whole = take_digits(at);
  if (whole == not_plain) return no_token;
  int64_t scaled = whole * Decimal::scale;
  if (*at == '.') {
    int64_t worth = Decimal::scale;
    const char* const point = at;
    while (is_digit(*++at) && worth > 1) scaled += (*at - '0') * (worth /= 10);
    if (at - point == 1) return no_token;
  }
  if (!tokens.ends(t, at) || !plain_within(field, row, scaled)) return no_token;
  if (field.column != none_id) out_.set_cell8(field.column, row, scaled);
  return t + 1;
}

// What is none of the plain forms: null, a value that nobody reads, or one that the careful readers know.
RecordReader::Token RecordReader::plain_rest(const Plain& tokens, const PlainField& field, Id node, Token t, Row row, uint32_t depth) {
  if (tokens[t] == 'n') return is_atom(tokens.at(t)) ? t + 1 : no_token;
  switch (field.plainly) {
    case Plainly::id:
      if (tokens[t] != '"' || (tokens.escapes && !json_.check_string(t))) return no_token;
      out_.info().id = json_.string(t, scratch_);
      return t + 1;
    case Plainly::skipped: return json_.check_value(t, depth);
    case Plainly::never: return no_token;
    case Plainly::truth:
    case Plainly::integer:
    case Plainly::decimal:
    case Plainly::date:
    case Plainly::code:
    case Plainly::text:
    case Plainly::word:
    case Plainly::carefully:
    case Plainly::object:
    case Plainly::rows: break;
  }
  return careful_value(*field.field, node, t, row, depth);
}

// ---------------------------------------------------------------- objects and lists

// Until records have shown their order, a key is expected behind the one that the model declares before it.
void RecordReader::expect_keys() {
  plain_nodes_.resize(plan_.nodes.size());
  for (size_t n = 0; n < plan_.nodes.size(); ++n) {
    PlainNode& node = plain_nodes_[n];
    const std::vector<PlainField>& fields = plan_.nodes[n].plain;
    node.too_many = fields.size() > 64;
    for (const PlainField& field : fields) node.keys.push_back({field, {}});
    const size_t none = fields.size() - 1;
    const auto expect = [&](PlainKey& key, size_t first) {
      for (PlainKey*& next : key.next) next = &node.keys[std::min(first++, none)];
    };
    for (size_t k = 0; k < none; ++k) expect(node.keys[k], k + 1);
    expect(node.keys[none], 0);
  }
}

// The field that a key names, or none, where it is not the one that mostly follows. A key that takes another's place does
// so slowly: a field that one record in fifty leaves out should not cost twice.
[[gnu::noinline]] RecordReader::PlainKey* RecordReader::plain_key(const Plain& tokens, Id node, Token key, PlainKey& last) {
  const bool move = ++last.surprises % 8 == 0;
  for (size_t k = 1; k < last.next.size(); ++k) {
    PlainKey* const found = last.next[k];
    if (!is_word(tokens.at(key), found->key)) continue;
    if (move) std::swap(last.next[k - 1], last.next[k]);
    return found;
  }
  if (tokens[key] != '"' || tokens[key + 1] != ':') return nullptr;
  const auto found = plan_.nodes[node].by_key.find(tokens.inside(key));
  if (found == plan_.nodes[node].by_key.end()) return nullptr;
  return last.next.back() = &plain_nodes_[node].keys[found->second];
}

// An object whose facts stand on `owner`, or the elements of a list, each on a row of its own under it; t: the first's "{".
RecordReader::Token RecordReader::plain_objects(const Plain& tokens, Token t, Id node, const Field* list, Row owner, uint32_t depth) {
  PlainNode& keys = plain_nodes_[node];
  if (keys.too_many) return no_token;
  const NodePlan& plan = plan_.nodes[node];
  const Id position = list ? plan_.position_on[list->domain] : none_id;
  uint32_t number = 0;

element:
  if (tokens[t] != '{') return no_token;
  fetch_ahead();
  Row row = owner;
  if (list) {
    row = out_.add_row(list->domain, owner, false);
    if (row == no_row) return no_token;
    if (position != none_id) out_.set_cell4(position, row, static_cast<int32_t>(number + 1));
  }
  PlainKey* key = &keys.keys.back();
  uint64_t seen = 0, twice = 0, entered = 0;  // bits of fields
  bool more = tokens[++t] != '}';
  while (more) {
    PlainKey* const expected = key->next[0];
    if (is_word(tokens.at(t), expected->key)) [[likely]] {
      key = expected;
    } else {
      key = plain_key(tokens, node, t, *key);
      if (!key) return no_token;
    }
    const PlainKey& field = *key;
    twice |= seen & field.bit;
    seen |= field.bit;
    t += 2;
    const char* at = tokens.at(t);
    Token behind = no_token;  // the value, where it is a plain one
    switch (field.plainly) {
      case Plainly::date:
        if (const int32_t day = day_of(at); day != not_plain) {
          if (!plain_within(field, row, day)) return no_token;
          if (field.column != none_id) out_.set_cell4(field.column, row, day);
          behind = t + 1;
        }
        break;
      case Plainly::text:
        if (*at == '"') {
          if (!plain_text<false>(tokens, field, t, row)) return no_token;
          behind = t + 1;
        }
        break;
      case Plainly::word:
        if (*at == '"') {
          if (!plain_text<true>(tokens, field, t, row)) return no_token;
          behind = t + 1;
        }
        break;
      case Plainly::truth: {
        const auto word = load<uint32_t>(at);
        const bool yes = word == load<uint32_t>("true"), no = word == load<uint32_t>("fals") && at[4] == 'e';
        if ((yes || no) && tokens.ends(t, at + 5 - yes)) {
          if (field.column != none_id) out_.set_said(field.column, row, yes);
          behind = t + 1;
        }
        break;
      }
      case Plainly::integer: {
        const int32_t value = take_digits(at);
        if (value != not_plain && tokens.ends(t, at)) {
          if (!plain_within(field, row, value)) return no_token;
          if (field.column != none_id) out_.set_cell4(field.column, row, value);
          behind = t + 1;
        }
        break;
      }
      case Plainly::decimal: behind = plain_decimal(tokens, field, t, row); break;
      case Plainly::code:
        if (*at == '{') behind = plain_code(tokens, field, t, row, depth + 1);
        break;
      case Plainly::object:
      case Plainly::rows:
        if (*at == 'n') break;
        entered |= field.bit;
        behind = field.plainly == Plainly::object ? plain_objects(tokens, t, field.field->field->node, nullptr, row, depth + 1)
                                                  : plain_list(tokens, *field.field, t, row, depth + 1);
        if (behind == no_token) return no_token;
        break;
      case Plainly::carefully:
      case Plainly::skipped:
      case Plainly::id:
      case Plainly::never: break;
    }
    if (behind == no_token) {
      behind = plain_rest(tokens, field, node, t, row, depth + 1);
      if (behind == no_token) return no_token;
      if (tokens[t] != 'n') entered |= field.bit;
    }
    t = behind;
    const char next = tokens[t];
    if (next == ',') ++t;
    else if (next == '}') more = false;
    else return no_token;
  }
  if (twice) return no_token;
  for (const uint32_t f : plan.entered) {
    if (entered >> f & 1) continue;
    const FieldPlan& field = plan.fields[f];
    if (field.kind == FieldKind::object) nothing_documented(field.field->node, row, Cause::not_documented, no_mark);
    else missing_list(field, row, Cause::not_documented);
  }
  ++t;
  if (!list) return t;
  if (tokens[t] == ']') return t + 1;
  if (tokens[t] != ',') return no_token;
  ++t, ++number;
  goto element;
}

RecordReader::Token RecordReader::plain_list(const Plain& tokens, const FieldPlan& field, Token t, Row row, uint32_t depth) {
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
    const char* const key = tokens.at(++t);
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

RecordReader::Token RecordReader::plain_rows(const Plain& tokens, const FieldPlan& field, Token t, Row parent, uint32_t depth) {
  if (tokens[t] != '[') return no_token;
  if (tokens[++t] == ']') return t + 1;
  return plain_objects(tokens, t, field.field->node, field.field, parent, depth + 1);
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
      if (out_.is_plain(other.column, row)) {
        const int32_t limit = out_.cell4_of(other.column, row);
        if (sign < 0 ? late.value < limit : late.value > limit) return false;
      } else if (out_.cell(other.column, row).kind != Kind::unknown) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace rubric::vm
