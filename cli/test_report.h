// What `rubric test` says of a policy's tests: for people, for machines, and for those who read JUnit's XML.
#pragma once

#include "analysis/coverage.h"
#include "analysis/mutation.h"
#include "analysis/policy_tests.h"
#include "base/source.h"

#include <optional>
#include <string>
#include <vector>

namespace rubric::cli {

struct Suite {
  std::string policy;
  SourceSet sources;
  std::vector<TestResult> results;
  std::optional<analysis::Coverage> coverage;
  std::optional<analysis::MutationReport> mutants;
};

// "passed" or "FAILED", where and how: what was expected beside what is, and the part of the trace that explains it.
std::string test_text(const Suite&, const TestResult&);
std::string coverage_text(const Suite&);
std::string mutants_text(const Suite&);
std::string suites_json(const std::vector<Suite>&);
std::string suites_junit(const std::vector<Suite>&);

// One decimal, and never "100.0" for less: 99.97 is 99.9.
std::string percent(uint64_t part, uint64_t whole);

// The test that would have killed a mutant, as it is written in a file of tests.
std::string killing_test(const analysis::MutantResult&);

}  // namespace rubric::cli
