// A whole file of ours that a fuzzer's bytes change somewhere, and whose checksums are made right again: what accident does not do.
#pragma once

#include <unistd.h>

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "base/must.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace rubric {

// What four bytes say: where, in two bytes, how many bytes, and what they become.
inline void edit(std::string& file, const uint8_t* edits, size_t size) {
  constexpr size_t one = 4;
  for (size_t k = 0; k + one <= size && !file.empty(); k += one) {
    const size_t at = (edits[k] | size_t{edits[k + 1]} << 8) % file.size();
    for (size_t b = at; b < std::min(at + 1 + edits[k + 2] % 4, file.size()); ++b) file[b] = static_cast<char>(edits[k + 3]);
  }
}

// The checksums of a snapshot that stands in a file from `begin` on: each behind the place and size of what it is of, whatever
// else there is. Those of blocks come first: the directory, which has them, is under the last one.
class Checksums {
 public:
  Checksums(const std::string& file, size_t begin) : begin_(begin) {
    for (size_t at = begin; at + 24 <= file.size(); ++at) {
      const uint64_t from = number_at(file, at), size = number_at(file, at + 8);
      if (from > file.size() - begin || size > file.size() - begin - from) continue;
      if (number_at(file, at + 16) == XXH3_64bits(file.data() + begin + from, size)) sums_.push_back({at + 16, from, size});
    }
    must(sums_.size() >= 3, "blocks of cases and of what is attached, and the directory");
  }
  void make_right(std::string& file) const {
    for (const Sum& sum : sums_) {
      const uint64_t now = XXH3_64bits(file.data() + begin_ + sum.begin, sum.size);
      std::memcpy(file.data() + sum.at, &now, sizeof now);
    }
  }

 private:
  struct Sum {
    size_t at, begin, size;
  };
  static uint64_t number_at(const std::string& bytes, size_t at) {
    uint64_t out = 0;
    std::memcpy(&out, bytes.data() + at, sizeof out);
    return out;
  }
  size_t begin_;
  std::vector<Sum> sums_;
};

// A file in memory, with a path.
class MemoryFile {
 public:
  explicit MemoryFile(const std::string& bytes = "") : file_(memfd_create("fuzz", 0)) {
    must(file_ >= 0 && write(file_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), "a file in memory");
  }
  ~MemoryFile() { close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

}  // namespace rubric
