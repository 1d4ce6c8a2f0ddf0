// One JSON text as tokens: that the whole of it is JSON, where each value stands, and where it ends.
//
// The loader reads a record in two steps. `read` finds every token and checks grammar, UTF-8 and depth of the whole
// text; after it, any part can be skipped in one step, keys can be visited in any order, and a number is still the
// digits that the author wrote (a decimal must not pass through a double). This file knows JSON and nothing of
// records; its source is the only place that knows simdjson.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::vm {

class JsonText {
 public:
  // A token is one of { } [ ] : , or a string, number or literal; tokens are numbered in the order of the text.
  // A value is named by its first token, the whole text by token 0.
  using Token = uint32_t;
  static constexpr Token no_token = 0xffffffff;
  static constexpr uint32_t depth_limit = 1024;
  static constexpr size_t size_limit = size_t{0xffffffff} - 64;

  JsonText();
  ~JsonText();
  JsonText(JsonText&&) noexcept;
  JsonText& operator=(JsonText&&) noexcept;

  struct Problem {
    std::string message;
    size_t offset = 0;
  };

  // The text is not copied and must stay while the tokens are used. False: `problem` says what is wrong with it.
  bool read(std::string_view text) { return index(text) && check(); }
  const Problem& problem() const { return problem_; }

  // ---- `read` in its two halves, for who checks the grammar on the way

  bool index(std::string_view text);  // tokens, UTF-8, and what may stand in strings
  bool check();                       // the grammar of the whole text
  // The grammar of the value that begins here, itself `depth` levels deep. The token behind it, or no_token.
  Token check_value(Token, uint32_t depth);
  uint32_t count() const { return count_; }
  bool has_escapes() const { return escapes_; }
  const uint32_t* starts() const { return starts_; }  // offset of each token; one more entry, the text's length

  // ---- after a read that succeeded; what a checked value holds may be read before

  // '{', '[', '"', 't', 'f', 'n', or the first character of a number.
  char kind(Token t) const { return text_[starts_[t]]; }
  bool is_null(Token t) const { return kind(t) == 'n'; }
  bool is_number(Token t) const { return kind(t) == '-' || (kind(t) >= '0' && kind(t) <= '9'); }

  // The token behind a value: a ',' or the end of what holds it.
  Token behind(Token t) const { return kind(t) == '{' || kind(t) == '[' ? ends_[t] + 1 : t + 1; }

  // A value as it is written, without white space around it.
  std::string_view raw(Token t) const;

  // What stands between a string's quotes, escapes as written; the same for a string without escapes.
  std::string_view raw_string(Token t) const;

  // What a string means. The view is into the text, or into `scratch` where the string has escapes.
  std::string_view string(Token t, std::string& scratch) const;

  // The members of an object, as call(key token, value token), or the elements of an array, as call(token), in order.
  // A call that answers false is the last.
  template <class Call>
  void each_member(Token object, Call&& call) const {
    for (Token t = object + 1; kind(t) != '}';) {
      const Token value = t + 2;
      if (!call(t, value)) return;
      t = behind(value);
      if (kind(t) == ',') ++t;
    }
  }
  template <class Call>
  void each_element(Token array, Call&& call) const {
    for (Token t = array + 1; kind(t) != ']';) {
      if (!call(t)) return;
      t = behind(t);
      if (kind(t) == ',') ++t;
    }
  }
  size_t element_count(Token array) const;

  // The JSON pointer of a value, or of the member that a key begins.
  std::string pointer(Token t) const;

  // What the grammar asks of a string or of a number or literal by itself.
  bool check_string(Token t);
  bool check_atom(Token t);

 private:
  bool fail(std::string message, size_t offset);
  char kind_or_end(Token t) const { return t < count_ ? kind(t) : '\0'; }

  struct Index;  // simdjson's
  std::unique_ptr<Index> index_;
  std::string_view text_;
  const uint32_t* starts_ = nullptr;  // token -> offset; one more entry than there are tokens
  uint32_t count_ = 0;
  std::vector<Token> ends_;           // for { and [: the token that closes it
  std::vector<Token> open_;           // those that are not closed yet, during the check
  bool escapes_ = false;              // there is a backslash somewhere
  Problem problem_;
};

// Appends "/" and the key with ~ and / escaped, as RFC 6901 asks.
void append_to_pointer(std::string& pointer, std::string_view key);

}  // namespace rubric::vm
