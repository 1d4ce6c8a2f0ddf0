#include "vm/texts.h"

#include <re2/re2.h>

#include <algorithm>
#include <vector>

namespace rubric::vm {
namespace {

std::string_view text(const Context& c, const Value& v) { return c.text(unbox<Text>(v)); }
bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }
int32_t characters(std::string_view t) {
  return static_cast<int32_t>(std::count_if(t.begin(), t.end(), [](char b) { return !continues(b); }));
}

// Where the nth character begins; the text's length if there are no more than n.
size_t byte_of(std::string_view t, int64_t n) {
  size_t at = 0;
  while (at < t.size() && (n > 0 || continues(t[at]))) n -= !continues(t[at]) && at < t.size(), ++at;
  while (at < t.size() && continues(t[at])) ++at;
  return at;
}

Value list_of(const Context& c, const std::vector<Value>& items) {
  return box_items(Type::list, items.data(), static_cast<uint32_t>(items.size()), *c.arena);
}

template <class F>
Value mapped(const Context& c, const Value& v, F f) {
  std::string out(text(c, v));
  std::transform(out.begin(), out.end(), out.begin(), [&](char b) { return static_cast<char>(f(static_cast<unsigned char>(b))); });
  return text_value(c, out);
}

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  return options;
}

}  // namespace

Value text_length(const Context& c, const Value& v) { return box(characters(text(c, v))); }
Value concatenate(const Context& c, const Value& a, const Value& b) { return plus(c, a, b); }
Value join_texts(const Context& c, const Value& a, const Value& b) {
  return text_value(c, std::string(absent(a) ? "" : text(c, a)) + std::string(absent(b) ? "" : text(c, b)));
}
Value combine(const Context& c, const Value& list, const Value& separator) {
  if (absent(list)) return list;
  std::string out;
  bool some = false;
  for (uint32_t k = 0; k < list.n; ++k) {
    if (absent(list.items[k])) continue;
    if (some && !absent(separator)) out += text(c, separator);
    out += text(c, list.items[k]);
    some = true;
  }
  return some ? text_value(c, out) : Value::none();
}
Value split(const Context& c, const Value& v, const Value& separator) {
  if (absent(v)) return v;
  std::vector<Value> out;
  std::string_view rest = text(c, v);
  const std::string_view by = absent(separator) ? "" : text(c, separator);
  if (!by.empty()) {
    for (size_t at = rest.find(by); at != std::string_view::npos; at = rest.find(by)) {
      out.push_back(text_value(c, rest.substr(0, at)));
      rest.remove_prefix(at + by.size());
    }
  }
  out.push_back(text_value(c, rest));
  return list_of(c, out);
}
Value split_on_matches(const Context& c, const Value& v, const Value& pattern) {
  const RE2 re(re2::StringPiece(text(c, pattern).data(), text(c, pattern).size()), quiet());
  if (!re.ok()) return Value::none(Cause::error);
  const std::string_view whole = text(c, v);
  const re2::StringPiece piece(whole.data(), whole.size());
  std::vector<Value> out;
  size_t from = 0, at = 0;
  re2::StringPiece found;
  while (at <= whole.size() && re.Match(piece, at, whole.size(), RE2::UNANCHORED, &found, 1)) {
    const size_t begin = static_cast<size_t>(found.data() - whole.data());
    if (found.empty()) {
      at = begin + 1;
      continue;
    }
    out.push_back(text_value(c, whole.substr(from, begin - from)));
    from = at = begin + found.size();
  }
  out.push_back(text_value(c, whole.substr(from)));
  return list_of(c, out);
}
Value upper(const Context& c, const Value& v) {
  return mapped(c, v, [](unsigned char b) { return b >= 'a' && b <= 'z' ? b - 32 : b; });
}
Value lower(const Context& c, const Value& v) {
  return mapped(c, v, [](unsigned char b) { return b >= 'A' && b <= 'Z' ? b + 32 : b; });
}
Value character(const Context& c, const Value& v, const Value& position) { return substring(c, v, position, box(int32_t{1})); }
Value substring(const Context& c, const Value& v, const Value& start, const Value& length) {
  if (absent(v) || absent(start)) return Value::none();
  const std::string_view t = text(c, v);
  if (start.i < 0 || start.i >= characters(t)) return Value::none();
  const size_t from = byte_of(t, start.i);
  if (absent(length)) return text_value(c, t.substr(from));
  if (length.i < 0) return text_value(c, "");
  return text_value(c, t.substr(from, byte_of(t, start.i + length.i) - from));
}
Value position_of(const Context& c, const Value& pattern, const Value& v) {
  const size_t at = text(c, v).find(text(c, pattern));
  return box(at == std::string_view::npos ? int32_t{-1} : characters(text(c, v).substr(0, at)));
}
Value last_position_of(const Context& c, const Value& pattern, const Value& v) {
  const size_t at = text(c, v).rfind(text(c, pattern));
  return box(at == std::string_view::npos ? int32_t{-1} : characters(text(c, v).substr(0, at)));
}
Truth starts_with(const Context& c, const Value& v, const Value& prefix) { return truth(text(c, v).starts_with(text(c, prefix))); }
Truth ends_with(const Context& c, const Value& v, const Value& suffix) { return truth(text(c, v).ends_with(text(c, suffix))); }
Value matches(const Context& c, const Value& v, const Value& pattern) {
  const std::string_view t = text(c, v), p = text(c, pattern);
  const RE2 re(re2::StringPiece(p.data(), p.size()), quiet());
  if (!re.ok()) return Value::none(Cause::error);
  return box(truth(RE2::FullMatch(re2::StringPiece(t.data(), t.size()), re)));
}
// `$1` of the replacement is the first group, `\$` a dollar.
Value replace_matches(const Context& c, const Value& v, const Value& pattern, const Value& replacement) {
  const std::string_view p = text(c, pattern), given = text(c, replacement);
  const RE2 re(re2::StringPiece(p.data(), p.size()), quiet());
  if (!re.ok()) return Value::none(Cause::error);
  std::string rewrite, out(text(c, v));
  for (size_t k = 0; k < given.size(); ++k) {
    const bool more = k + 1 < given.size();
    if (given[k] == '\\' && more) {
      const char next = given[++k];
      rewrite += next == '\\' ? "\\\\" : std::string(1, next);
    } else if (given[k] == '$' && more && given[k + 1] >= '0' && given[k + 1] <= '9') {
      rewrite += '\\';
    } else {
      rewrite += given[k];
    }
  }
  std::string problem;
  if (!re.CheckRewriteString(rewrite, &problem)) return Value::none(Cause::error);
  RE2::GlobalReplace(&out, re, rewrite);
  return text_value(c, out);
}

}  // namespace rubric::vm
