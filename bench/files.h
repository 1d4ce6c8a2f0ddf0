// What Rubric does with files rather than with memory: a snapshot that is read, and a stream without an end in sight.
#pragma once

#include "vm/snapshot.h"
#include "vm/verify.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::bench {

// Records as a snapshot in a file of its own, which goes when this does.
class SnapshotFile {
 public:
  SnapshotFile(const vm::VerifiedProgram&, const std::vector<std::string>& records);
  // So many cases made up from a seed, part by part: as JSON they would not fit into memory.
  SnapshotFile(const vm::VerifiedProgram&, uint32_t cases, uint64_t seed);
  ~SnapshotFile();
  SnapshotFile(const SnapshotFile&) = delete;
  SnapshotFile& operator=(const SnapshotFile&) = delete;

  double bytes() const;
  const std::filesystem::path& path() const { return path_; }
  void decide(const vm::VerifiedProgram&) const;  // every case, read block by block

 private:
  using Records = std::function<void(const std::vector<std::string>&)>;
  void write(const vm::VerifiedProgram&, std::string_view name, const std::function<void(const Records&)>& give);

  std::filesystem::path path_;
};

// The most memory that `rubric run` takes, in MiB, while so many bytes of these records come to it through a pipe.
double stream_peak_mib(const std::filesystem::path& policy, const std::vector<std::string>& records, size_t bytes);

// What `rubric run` takes for the records of a file on one thread, its determinations as NDJSON going nowhere: the processor's seconds of
// a process, from its start to its end; the fastest of several. The policy is compiled ahead.
double run_seconds(const vm::VerifiedProgram&, const std::vector<std::string>& records, int rounds);

}  // namespace rubric::bench
