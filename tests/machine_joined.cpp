// A program joined with others decides as it does alone. Whole determinations are compared as JSON text.
#include "tests/policies_of_the_repository.h"
#include "tests/reference/machine.h"
#include "vm/join.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace rubric::reference {
namespace {

// Empty where the record is remarked on: remarks are on fields that are read, or are not, by any of those joined.
std::vector<std::string> determinations(const vm::Decisions& d) {
  std::vector<std::string> out;
  for (vm::Row row = 0; row < d.batch->cases; ++row) {
    const vm::Trace trace = vm::trace(d, row);
    out.push_back(trace.messages.empty() ? to_json(trace, true) : "");
  }
  return out;
}

std::vector<std::string> alone(const vm::VerifiedProgram& program, const std::vector<std::string>& records) {
  vm::Loader loader(*program, "2026-03-01");
  for (const std::string& each : records) loader.add(each, "here");
  return determinations(vm::run(program, std::make_shared<const vm::Batch>(loader.take())));
}

void expect_the_same(const std::vector<vm::VerifiedProgram>& programs, const std::vector<std::string>& records) {
  size_t compared = 0;
  const auto joined = vm::join(programs);
  ASSERT_TRUE(joined);
  vm::Loader loader(*joined->whole, "2026-03-01");
  for (const std::string& each : records) loader.add(each, "here");
  const auto batch = std::make_shared<const vm::Batch>(loader.take());
  vm::Decisions together = vm::run(joined->whole, batch);
  for (size_t k = 0; k < programs.size(); ++k) {
    const size_t members[] = {k};
    const std::vector<bool> only = joined->only(members);
    vm::Decisions own = vm::run(joined->whole, batch, {}, &only);
    const std::vector<std::string> expected = alone(programs[k], records);
    for (vm::Decisions* d : {&together, &own}) {
      vm::seen_as(*d, joined->members[k]);
      const std::vector<std::string> found = determinations(*d);
      for (size_t row = 0; row < records.size(); ++row) {
        if (found[row].empty() || expected[row].empty()) continue;
        ASSERT_EQ(expected[row], found[row]) << records[row];
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, records.size());
}

TEST(Joined, RandomPoliciesDecideAsAlone) {
  for (uint32_t at = 0; at < random_pairs(12); ++at) {
    Dice dice(uint64_t{41} << 32 | at);
    std::vector<vm::VerifiedProgram> programs;
    for (int k = 0; k < 3; ++k) {
      const auto machine = compiled(random_policy(dice, {}).source());
      ASSERT_TRUE(machine);
      programs.push_back(machine->program);
    }
    std::vector<std::string> records;
    for (int k = 0; k < 30; ++k) records.push_back(random_record(dice, {}).dump());
    expect_the_same(programs, records);
  }
}

// Assertions on criteria of one policy are messages of another: what `run` gives to each program alone.
TEST(Joined, ThePoliciesDecideAsAlone) {
  auto [programs, records] = policies_of_the_repository();
  std::erase_if(records, [](const std::string& each) { return each.find("assertions") != std::string::npos; });
  ASSERT_GT(programs.size(), 3u);
  ASSERT_GT(records.size(), 10u);
  expect_the_same(programs, records);
}

TEST(Joined, TheSameProgramTwiceIsNoMoreCode) {
  Dice dice(42);
  const auto machine = compiled(random_policy(dice, {}).source()), again = compiled(random_policy(dice, {}).source());
  const std::vector<vm::VerifiedProgram> twice{machine->program, machine->program};
  EXPECT_EQ(vm::join(twice)->whole->code.size(), machine->program->code.size());
  const std::vector<vm::VerifiedProgram> two{machine->program, again->program};
  EXPECT_LT(vm::join(two)->whole->code.size(), machine->program->code.size() + again->program->code.size());
}

TEST(Joined, ModelsThatContradictEachOtherAreNotJoined) {
  const auto with = [](std::string_view units) {
    return compiled(
        fmt::format("policy P version '1'\nsource S 'A source'\nentity Case\n  lines list of Line complete\n"
                    "entity Line\n  sequence Integer\n  code Code\n  serviceDate Date called date\n  units {}\n"
                    "decides each Line  cite S 'd'\ncriterion Many 'many'\n  Line.units >= 2  cite S 'c'\n"
                    "rule Yes approve when Many  cite S 'y'\n",
                    units));
  };
  const auto whole = with("Integer"), bounded = with("Integer at least 0");
  ASSERT_TRUE(whole && bounded);
  const std::vector<vm::VerifiedProgram> both{whole->program, bounded->program};
  EXPECT_FALSE(vm::join(both));
}

}  // namespace
}  // namespace rubric::reference
