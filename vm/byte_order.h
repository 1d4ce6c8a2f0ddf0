// Numbers, texts and arrays as little-endian bytes, and back: what the snapshot's parts are written with.
//
// Arrays are written as they lie in memory, since columns are large: this is for little-endian machines, which all are
// that Rubric is built for.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::vm {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie in memory");

class ByteWriter {
 public:
  std::string out;

  template <class T>
  void number(T value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class T>
  void array(const T* items, size_t n) {
    out.append(reinterpret_cast<const char*>(items), n * sizeof(T));
  }
  void text(std::string_view s) {
    number(static_cast<uint32_t>(s.size()));
    out += s;
  }
};

// After the first problem everything reads as nothing, so that no reader in between has to ask.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  bool good() const { return good_; }
  bool at_end() const { return at_ == bytes_.size(); }
  size_t left() const { return bytes_.size() - at_; }
  void fail() { good_ = false, at_ = bytes_.size(); }
  void go_to(size_t at) { at > bytes_.size() ? fail() : static_cast<void>(at_ = at); }

  template <class T>
  T number() {
    T value{};
    if (const char* from = take(sizeof value)) std::memcpy(&value, from, sizeof value);
    return value;
  }
  template <class T>
  void array(std::vector<T>& to, size_t n) {
    if (n > left() / sizeof(T)) return fail();
    to.resize(n);
    if (n > 0) std::memcpy(static_cast<void*>(to.data()), take(n * sizeof(T)), n * sizeof(T));
  }
  std::string_view text() {
    const auto size = number<uint32_t>();
    const char* from = take(size);
    return from ? std::string_view(from, size) : std::string_view();
  }
  // How many things follow that take at least `least` bytes each.
  uint32_t count(size_t least) {
    const auto n = number<uint32_t>();
    if (n > left() / least) fail();
    return good_ ? n : 0;
  }

 private:
  const char* take(size_t n) {
    if (n > left()) {
      fail();
      return nullptr;
    }
    at_ += n;
    return bytes_.data() + at_ - n;
  }

  std::string_view bytes_;
  size_t at_ = 0;
  bool good_ = true;
};

}  // namespace rubric::vm
