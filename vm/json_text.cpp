// Tokens from simdjson's structural index, and the grammar over them. See json_text.h.
//
// simdjson's first stage finds, 64 bytes at a time, where tokens start, and checks UTF-8 and what may stand inside
// strings. Its second stage would copy every string and turn every number into a double; here one pass over the
// tokens checks the grammar instead and notes where each object and array ends.

#include "vm/json_text.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace rubric::vm {

struct JsonText::Index {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
};

JsonText::JsonText() : index_(std::make_unique<Index>()) {}
JsonText::~JsonText() = default;
JsonText::JsonText(JsonText&&) noexcept = default;
JsonText& JsonText::operator=(JsonText&&) noexcept = default;

namespace {

// A record far larger than its neighbours should not keep its memory for the rest of a stream.
constexpr size_t kept_capacity = size_t{4} << 20;

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool ends_atom(char c) { return is_white(c) || c == ',' || c == '}' || c == ']' || c == ':' || c == '{' || c == '['; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The four digits of a \u escape, or -1.
int code_unit(std::string_view text, size_t at) {
  if (text.size() - at < 4) return -1;
  int value = 0;
  for (size_t i = at; i < at + 4; ++i) {
    const int digit = hex_digit(text[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

bool is_high_surrogate(int unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low_surrogate(int unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

// simdjson says that a string is broken, not where: the first string that holds a control character or never ends.
size_t broken_string(std::string_view text) {
  bool inside = false;
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      inside = !inside;
      start = i;
    } else if (inside && text[i] == '\\') {
      ++i;
    } else if (inside && static_cast<unsigned char>(text[i]) < 0x20) {
      return i;
    }
  }
  return start;
}

}  // namespace

bool JsonText::fail(std::string message, size_t offset) {
  problem_ = {std::move(message), std::min(offset, text_.size())};
  return false;
}

bool JsonText::index(std::string_view text) {
  text_ = text;
  count_ = 0;
  if (text.size() > size_limit) return fail("the text is larger than 4 GiB", 0);

  if (!index_->parser || index_->parser->capacity() < text.size() ||
      (index_->parser->capacity() > kept_capacity && text.size() <= kept_capacity)) {
    const size_t wanted = std::max(text.size(), size_t{4096});
    const size_t capacity = wanted <= kept_capacity / 2 ? wanted * 2 : wanted;
    index_->parser.reset();
    ends_ = {};
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1, index_->parser) != simdjson::SUCCESS) {
      index_->parser.reset();
      return fail("there is not enough memory to read it", 0);
    }
  }

  auto& parser = *index_->parser;
  // The first stage copies the last, partial block before it looks at it: the text needs no padding.
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  switch (text.empty() ? simdjson::EMPTY : parser.stage1(bytes, text.size(), simdjson::stage1_mode::regular)) {
    case simdjson::SUCCESS: break;
    case simdjson::EMPTY: return fail("there is nothing but white space", 0);
    case simdjson::UTF8_ERROR: return fail("not UTF-8", first_invalid_utf8(text).value_or(0));
    case simdjson::UNCLOSED_STRING: return fail("a string is not closed", broken_string(text));
    case simdjson::UNESCAPED_CHARS: return fail("a control character stands in a string", broken_string(text));
    default: return fail("not JSON", 0);
  }
  starts_ = parser.structural_indexes.get();
  count_ = parser.n_structural_indexes;
  escapes_ = std::memchr(text.data(), '\\', text.size()) != nullptr;
  if (ends_.size() < count_) ends_.resize(count_);
  return true;
}

bool JsonText::check() {
  const Token end = check_value(0, 0);
  if (end == no_token) return false;
  return end == count_ || fail("more text follows the end of the JSON value", starts_[end]);
}

JsonText::Token JsonText::check_value(Token t, uint32_t depth) {
  open_.clear();
  const auto fail = [&](std::string message, size_t offset) {
    this->fail(std::move(message), offset);
    return no_token;
  };
  const auto at = [&](Token token) -> size_t { return token < count_ ? starts_[token] : text_.size(); };

value:
  switch (kind_or_end(t)) {
    case '\0': return fail("it ends where a value should follow", at(t));
    case '{':
    case '[': {
      if (open_.size() + depth == depth_limit) return fail("it is nested deeper than 1,024 levels", at(t));
      open_.push_back(t);
      const bool object = kind(t) == '{';
      ++t;
      if (kind_or_end(t) == (object ? '}' : ']')) goto close;
      if (object) goto key;
      goto value;
    }
    case '"':
      if (escapes_ && !check_string(t)) return no_token;
      break;
    default:
      if (!check_atom(t)) return no_token;
  }
  ++t;

after:
  if (open_.empty()) return t;
  if (kind(open_.back()) == '{') {
    if (kind_or_end(t) == '}') goto close;
    if (kind_or_end(t) != ',') return fail("',' or '}' should follow here", at(t));
    ++t;
    goto key;
  }
  if (kind_or_end(t) == ']') goto close;
  if (kind_or_end(t) != ',') return fail("',' or ']' should follow here", at(t));
  ++t;
  goto value;

key:
  if (kind_or_end(t) != '"') return fail("a key in quotes should follow here", at(t));
  if (escapes_ && !check_string(t)) return no_token;
  ++t;
  if (kind_or_end(t) != ':') return fail("':' should follow here", at(t));
  ++t;
  goto value;

close:
  ends_[open_.back()] = t;
  open_.pop_back();
  ++t;
  goto after;
}

bool JsonText::check_string(Token t) {
  const std::string_view text = raw_string(t);
  const size_t start = starts_[t] + 1;
  for (size_t i = text.find('\\'); i != std::string_view::npos; i = text.find('\\', i)) {
    const char escape = i + 1 < text.size() ? text[i + 1] : '\0';
    if (escape != 'u') {
      if (escape == '\0' || !std::strchr("\"\\/bfnrt", escape)) return fail("there is no such escape", start + i);
      i += 2;
      continue;
    }
    const int unit = code_unit(text, i + 2);
    if (unit < 0) return fail("\\u wants four hexadecimal digits", start + i);
    i += 6;
    if (is_low_surrogate(unit)) return fail("half of a character is not one", start + i - 6);
    if (!is_high_surrogate(unit)) continue;
    const bool second = i + 6 <= text.size() && text[i] == '\\' && text[i + 1] == 'u';
    if (!second || !is_low_surrogate(code_unit(text, i + 2))) return fail("half of a character is not one", start + i - 6);
    i += 6;
  }
  return true;
}

bool JsonText::check_atom(Token t) {
  const size_t start = starts_[t];
  const std::string_view text = text_.substr(start);
  size_t i = 0;
  const auto now = [&] { return i < text.size() ? text[i] : '\0'; };
  const auto digits = [&] {
    const size_t from = i;
    while (is_digit(now())) ++i;
    return i > from;
  };

  if (text.starts_with("true") || text.starts_with("null")) {
    i = 4;
  } else if (text.starts_with("false")) {
    i = 5;
  } else if (text[0] == '-' || is_digit(text[0])) {
    if (now() == '-') ++i;
    if (now() == '0') {
      ++i;
      if (is_digit(now())) return fail("a number cannot begin with a zero", start);
    } else if (!digits()) {
      return fail("a digit should follow", start + i);
    }
    if (now() == '.') {
      ++i;
      if (!digits()) return fail("a digit should follow the point", start + i);
    }
    if (now() == 'e' || now() == 'E') {
      ++i;
      if (now() == '+' || now() == '-') ++i;
      if (!digits()) return fail("a digit should follow the exponent", start + i);
    }
  } else {
    return fail("a value should follow here", start);
  }
  return i == text.size() || ends_atom(text[i]) || fail("this is no JSON value", start);
}

std::string_view JsonText::raw(Token t) const {
  const Token last = behind(t) - 1;
  if (kind(t) == '"') {
    const std::string_view inside = raw_string(t);
    return {inside.data() - 1, inside.size() + 2};
  }
  if (last != t) return text_.substr(starts_[t], starts_[last] + 1 - starts_[t]);
  size_t end = starts_[t];
  while (end < text_.size() && !ends_atom(text_[end])) ++end;
  return text_.substr(starts_[t], end - starts_[t]);
}

// Between a string and the next token there is only white space, so the closing quote is found from behind.
std::string_view JsonText::raw_string(Token t) const {
  const size_t begin = starts_[t] + 1;
  size_t end = (t + 1 < count_ ? starts_[t + 1] : text_.size()) - 1;
  while (text_[end] != '"') --end;
  return text_.substr(begin, end - begin);
}

std::string_view JsonText::string(Token t, std::string& scratch) const {
  const std::string_view raw = raw_string(t);
  if (!escapes_ || raw.find('\\') == std::string_view::npos) return raw;
  scratch.clear();
  for (size_t i = 0; i < raw.size();) {
    if (raw[i] != '\\') {
      scratch += raw[i++];
      continue;
    }
    switch (raw[i + 1]) {
      case 'b': scratch += '\b'; break;
      case 'f': scratch += '\f'; break;
      case 'n': scratch += '\n'; break;
      case 'r': scratch += '\r'; break;
      case 't': scratch += '\t'; break;
      case 'u': {
        int value = code_unit(raw, i + 2);
        i += 4;
        if (is_high_surrogate(value)) {
          value = 0x10000 + ((value - 0xD800) << 10) + (code_unit(raw, i + 4) - 0xDC00);
          i += 6;
        }
        append_utf8(scratch, static_cast<char32_t>(value));
        break;
      }
      default: scratch += raw[i + 1];
    }
    i += 2;
  }
  return scratch;
}

size_t JsonText::element_count(Token array) const {
  size_t count = 0;
  each_element(array, [&](Token) { return ++count; });
  return count;
}

std::string JsonText::pointer(Token target) const {
  std::string out, scratch;
  for (Token at = 0; at != target;) {
    if (kind(at) == '[') {
      size_t number = 0;
      Token element = at + 1;
      for (; behind(element) <= target; ++number) element = behind(element) + 1;
      append_to_pointer(out, std::to_string(number));
      at = element;
      continue;
    }
    Token key = at + 1;
    while (behind(key + 2) <= target) key = behind(key + 2) + 1;
    append_to_pointer(out, string(key, scratch));
    if (target == key) break;
    at = key + 2;
  }
  return out;
}

void append_to_pointer(std::string& pointer, std::string_view key) {
  pointer += '/';
  if (key.find_first_of("~/") == std::string_view::npos) {
    pointer += key;
    return;
  }
  for (char c : key) {
    if (c == '~') pointer += "~0";
    else if (c == '/') pointer += "~1";
    else pointer += c;
  }
}

}  // namespace rubric::vm
