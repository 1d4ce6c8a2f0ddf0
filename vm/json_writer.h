// Writes JSON text, one piece behind the other, into memory that is used again. No object is built first: that costs
// a hundred times as much, and a batch prints a million determinations.
//
// It knows where commas go and what has to be escaped, and nothing of what is written.
#pragma once

#include "base/text.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::vm {

class JsonWriter {
 public:
  std::string_view text() const { return {memory_.data(), size_}; }
  void clear() { size_ = 0, comma_ = false; }
  // What stands between two JSON texts.
  void between(std::string_view bytes) {
    append(bytes);
    comma_ = false;
  }

  // ---- values, and keys before them

  // A key of the contract: plain letters.
  template <size_t n>
  void key(const char (&name)[n]) {
    char* to = room(n + 3);
    *to = ',';
    to += comma_;
    *to++ = '"';
    std::memcpy(to, name, n - 1);
    std::memcpy(to + n - 1, "\":", 2);
    end_at(to + n + 1);
    comma_ = false;
  }
  // A name that a policy or a model gave.
  void given_key(std::string_view name) {
    text(name);
    *room(1) = ':';
    ++size_, comma_ = false;
  }

  void text(std::string_view value) {
    begin('"');
    escaped(value);
    end('"');
  }
  void null() { raw("null"); }
  void boolean(bool value) { value ? raw("true") : raw("false"); }
  void number(uint64_t value) {
    constexpr size_t most_digits = 20;
    separate();
    char* const to = room(most_digits);
    end_at(std::to_chars(to, to + most_digits, value).ptr);
    comma_ = true;
  }
  // JSON as it is.
  void raw(std::string_view value) {
    separate();
    append(value);
    comma_ = true;
  }

  // An object or a list by its brackets, for what is not written in one place.
  void begin(char bracket) {
    char* const to = room(2);
    *to = ',';
    to[comma_] = bracket;
    size_ += 1 + comma_;
    comma_ = false;
  }
  void end(char bracket) {
    *room(1) = bracket;
    ++size_, comma_ = true;
  }
  template <class Members>
  void object(Members members) {
    begin('{'), members(), end('}');
  }

  // ---- a key and its value in one; an extra one only where it says something

  template <size_t n>
  void member(const char (&name)[n], std::string_view value) {
    key(name), text(value);
  }
  template <size_t n>
  void member_or_null(const char (&name)[n], std::string_view value) {
    key(name), value.empty() ? null() : text(value);
  }
  template <size_t n>
  void extra(const char (&name)[n], std::string_view value) {
    if (!value.empty()) member(name, value);
  }
  template <size_t n>
  void flag(const char (&name)[n], bool value) {
    key(name), boolean(value);
  }
  template <size_t n>
  void extra_flag(const char (&name)[n], bool value) {
    if (value) flag(name, value);
  }

  template <size_t n, class List, class Each>
  void list(const char (&name)[n], const List& items, Each each) {
    key(name), begin('[');
    for (const auto& item : items) each(item);
    end(']');
  }
  template <size_t n>
  void list(const char (&name)[n], const std::vector<std::string>& items) {
    list(name, items, [this](const std::string& item) { text(item); });
  }
  template <size_t n, class List, class... Each>
  void extra_list(const char (&name)[n], const List& items, Each... each) {
    if (!items.empty()) list(name, items, each...);
  }

 private:
  // So much may be written from here on.
  char* room(size_t bytes) {
    if (memory_.size() - size_ < bytes) memory_.resize(2 * memory_.size() + bytes);
    return memory_.data() + size_;
  }
  void end_at(const char* at) { size_ = static_cast<size_t>(at - memory_.data()); }
  void append(std::string_view bytes) {
    std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  void separate() {
    *room(1) = ',';
    size_ += comma_;
  }

  // The inside of a text. Nearly all are plain ASCII: eight bytes at a time are copied and looked at, the last ones a second time
  // where there are not eight more.
  void escaped(std::string_view value) {
    for (;;) {
      char* const to = room(value.size() + 8);
      size_t plain = 0;
      const auto eight_at = [&](size_t at) {
        uint64_t eight = 0;
        std::memcpy(&eight, value.data() + at, 8);
        std::memcpy(to + at, &eight, 8);
        return is_plain(eight);
      };
      while (plain + 8 <= value.size() && eight_at(plain)) plain += 8;
      if (plain + 8 > value.size() && value.size() >= 8 && eight_at(value.size() - 8)) plain = value.size();
      while (plain < value.size() && is_plain(value[plain])) to[plain] = value[plain], ++plain;
      size_ += plain;
      if (plain == value.size()) return;
      value.remove_prefix(plain);
      const std::string_view point = value.substr(0, first_code_point(value).bytes);
      rare_.clear();
      escape_json(rare_, point);
      append(rare_);
      value.remove_prefix(point.size());
    }
  }
  // Stands for itself in JSON: printable ASCII but '"' and '\'.
  static bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }
  static bool is_plain(uint64_t eight) {
    constexpr uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    const auto has_zero = [](uint64_t x) { return (x - ones) & ~x; };  // of bytes below 0x80
    const uint64_t low = eight - ones * 0x20;
    return ((eight | low | has_zero(eight ^ ones * '"') | has_zero(eight ^ ones * '\\') | has_zero(eight ^ ones * 0x7f)) & tops) == 0;
  }

  std::string memory_;    // what is behind size_ is of no account
  size_t size_ = 0;
  bool comma_ = false;    // a value stands before what comes next
  std::string rare_;
};

}  // namespace rubric::vm
