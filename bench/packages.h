// Contestants that are packages for Node (contestants/*.mjs): each a process that gets the cases as plain structures, and
// answers with every criterion and the decision of every line, and with its own time.
#pragma once

#include "bench/native.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::bench {

struct PackageResult {
  std::vector<LineResult> lines;
  double seconds;  // a case, of its fastest turn, by the processors' time of its process
  size_t timed;    // the first so many cases, in a turn
};

class Packages {
 public:
  // `installed` is the folder that contestants/install has filled.
  Packages(const Cases&, std::filesystem::path scripts, const std::filesystem::path& installed);
  ~Packages();
  Packages(const Packages&) = delete;
  Packages& operator=(const Packages&) = delete;

  // Nothing if its package is not there, or has no form for this machine.
  std::optional<PackageResult> decide(std::string_view contestant, int rounds) const;

 private:
  std::filesystem::path scripts_, installed_, folder_;
};

}  // namespace rubric::bench
