// An edit of the benchmark's policy, and what it changes: the work of `rubric diff`, on one thread.
#pragma once

#include "analysis/impact.h"
#include "base/source.h"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace rubric::bench {

class EditedPolicy {
 public:
  explicit EditedPolicy(const std::filesystem::path& policy);

  struct Found {
    uint64_t lines = 0, changed = 0;
  };
  Found compare(const std::filesystem::path& snapshot) const;

 private:
  mutable SourceSet sources_;
  std::optional<vm::VerifiedProgram> before_, after_;
  analysis::Edits edits_;
};

}  // namespace rubric::bench
