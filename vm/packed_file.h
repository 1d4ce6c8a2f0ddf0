// The bytes of an open file as they were before somebody packed them: gzip and zstd are told by their first bytes, and
// everything else is taken as it is. Works on pipes, in constant memory, however much comes out. The only place that
// knows zlib and zstd.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace rubric::vm {

class PackedFile {
 public:
  explicit PackedFile(int file);  // reads from it, does not close it
  ~PackedFile();
  PackedFile(PackedFile&&) noexcept;

  // At least one byte, or 0 at the end and where reading failed: `problem` says why.
  size_t read(char* to, size_t size);
  const std::string& problem() const;
  uint64_t bytes_read() const;  // as they were, packed

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rubric::vm
