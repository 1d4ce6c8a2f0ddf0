// Cases decided one at a time, as a program that uses the library decides them: a JSON record in, what it settles out.
#pragma once

#include "bench/contestants.h"
#include "library/rubric.h"

#include <filesystem>
#include <string>
#include <vector>

namespace rubric::bench {

class SingleCases {
 public:
  SingleCases(const std::filesystem::path& policy, const std::vector<std::string>& records);

  struct Microseconds {
    double half, most;             // half of the cases take no longer, and 99 of 100
  };
  void agree(const std::vector<LineResult>& expected);
  void decide();                   // all of them
  Microseconds settled();
  Microseconds explained();        // with the path to each decision and what could settle it

 private:
  template <class Ask>
  Microseconds sampled(size_t most, Ask ask);
  const std::vector<std::string>& records_;
  api::Decider decider_;
};

}  // namespace rubric::bench
