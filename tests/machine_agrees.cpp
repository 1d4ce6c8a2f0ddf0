// The machine against the reference evaluator, on whole traces over random policies and records: every criterion's
// status, computed and counted, every rule's state (semantics.md, sections 1 to 4 and 6 to 9), and what section 5 makes
// of what is open. Where they differ one of them is wrong, and the page says which.
#include "tests/reference/machine.h"

#include <gtest/gtest.h>

namespace rubric::reference {
namespace {

constexpr uint32_t records_each = 4;   // records that a policy is tried on: compiling costs more than running

// Calls `look` with every pair that the seeds give; stops at the first failure, made small.
void each_pair(uint32_t seed, uint32_t pairs, const Taste& taste, uint32_t most,
               const std::function<std::string(const Machine&, const Json&, const vm::Trace&)>& look) {
  for (uint32_t at = 0; at < pairs; at += records_each) {
    Dice dice(uint64_t{seed} << 32 | at);
    const RandomPolicy policy = random_policy(dice, taste);
    const auto machine = compiled(policy.source());
    ASSERT_TRUE(machine) << compile_report(policy);
    std::vector<Json> records;
    std::vector<std::string> texts;
    for (uint32_t k = 0; k < records_each; ++k) {
      records.push_back(random_record(dice, taste));
      texts.push_back(records.back().dump());
    }
    const std::vector<vm::Trace> found = traces(*machine, texts, 1024, most);
    for (uint32_t k = 0; k < records_each; ++k) {
      const std::string wrong = look(*machine, records[k], found[k]);
      if (wrong.empty()) continue;
      FAIL() << "pair " << at + k << " of seed " << seed << "\n"
             << wrong << "made smaller:\n"
             << report({policy, records[k]}, [&](const Pair& p) -> std::string {
                  const auto again = compiled(p.policy.source());
                  return again ? look(*again, p.record, trace_of(*again, p.record, most)) : "";
                });
    }
  }
}

TEST(Machine, AgreesWithTheReference) { each_pair(1, random_pairs(1200), {}, vm::most_completions, difference); }

uint32_t pairs_compared(uint32_t seed, uint32_t pairs, uint32_t most) {
  uint32_t compared = 0;
  Taste taste;
  taste.open_facts = 3;
  each_pair(seed, pairs, taste, most, [&](const Machine& m, const Json& record, const vm::Trace& trace) {
    bool one = false;
    std::string wrong = settlement_difference(m, record, trace, 200, most == vm::most_completions, &one);
    compared += one;
    return wrong;
  });
  return compared;
}

class Settling : public testing::TestWithParam<uint32_t> {};

TEST_P(Settling, IsAsTheReferences) {
  const uint32_t pairs = random_pairs(100);
  const uint32_t compared = pairs_compared(GetParam(), pairs, vm::most_completions);
  // Not a test that passes because there was nothing to compare.
  if (!HasFatalFailure()) {
    EXPECT_GT(compared, pairs / 2);
  }
}

// In parts that run side by side.
INSTANTIATE_TEST_SUITE_P(Seeds, Settling, testing::Range(2u, 5u));

// Where no more than so many completions may be tried one by one, or nodes of their tree.
class Crowded : public testing::TestWithParam<uint32_t> {};

TEST_P(Crowded, SaysNothingThatCompletionsDoNot) {
  const uint32_t pairs = random_pairs(60);
  const uint32_t compared = pairs_compared(5 + GetParam(), pairs, GetParam());
  if (!HasFatalFailure()) {
    EXPECT_GT(compared, pairs / 2);
  }
}

INSTANTIATE_TEST_SUITE_P(Most, Crowded, testing::Values(1u, 3u, 7u, 20u));

}  // namespace
}  // namespace rubric::reference
