// A fold computed through a window is the fold over the pairs that the window stands for: every register of every row,
// also of the pairs themselves, which a run with windows makes when they are first asked for.
#include "tests/instructions.h"
#include "tests/reference/machine.h"

#include "vm/prepared.h"
#include "vm/value_words.h"
#include "vm/windows.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

namespace rubric::reference {
namespace {

constexpr const char* policy = R"(policy P version '1'
source S 'A source'
entity Case
  lines list of Line complete
  trials list of Trial
entity Line
  sequence Integer at least 1
  code Code
  serviceDate Date called date
  units Integer optional
  kind String
entity Trial
  start Date optional
  end Date optional
  sessions Integer optional
  kind String optional
  outcome String optional
decides each Line  cite S 'd'
criterion Before 'a'  some Trial T has T.end < Line.date  cite S 'c'
criterion From 'b'  some Trial T has Line.date <= T.start and T.outcome = 'failed'  cite S 'c'
criterion Same 'c'  some Trial T has T.kind = Line.kind and T.outcome in { 'failed', 'done' }  cite S 'c'
criterion Within 'd'
  Count(Trials T where T.outcome = 'failed' and T.start > Line.date - 12 months and T.start <= Line.date) >= 2  cite S 'c'
criterion Many 'e'  Count(Trials T where T.sessions >= Line.units) < 3  cite S 'c'
criterion Both 'f'  some Trial T where T.kind = 'a' has T.outcome = 'failed' and Line.units > T.sessions  cite S 'c'
criterion None 'g'  no Trial T has T.end > Line.date - 6 months and T.end < Line.date  cite S 'c'
rule Yes approve when all of Before, From, Same, Within, Many, Both, None  cite S 'y'
rule No deny when any of Before, From, Same, Within, Many, Both, None is not met  cite S 'n'
)";

// A value, or one time in `rare` each none, two that contradict each other, or nothing.
template <class Make>
void fact(Dice& dice, Json& record, Json& row, const std::string& at, const char* key, bool optional, Make value, uint32_t rare = 8) {
  const uint32_t how = dice.below(rare);
  if (how == 0) return;
  if (how == 1 && optional) {
    row[key] = {{"none", true}};
    return;
  }
  row[key] = value();
  if (how == 2) {
    record["annotations"][at + "/" + key] = {{"disputed", {{{"by", "a"}, {"value", row[key]}}, {{"by", "b"}, {"value", value()}}}}};
  }
}

// With so many trials, if it says so. Long lists are plain more often: else nothing would be certain of them.
Json record(Dice& dice, const std::string& id, std::optional<uint32_t> long_list = {}) {
  const auto day = [&]() -> Json {
    const uint32_t month = 1 + dice.below(12);
    if (dice.one_in(12)) return fmt::format("2025-{:02}", month);
    return fmt::format("{}-{:02}-{:02}", 2024 + dice.below(2), month, 1 + dice.below(28));
  };
  const auto number = [&]() -> Json { return dice.below(6); };
  const auto word = [&](std::initializer_list<const char*> words) { return [&dice, words]() -> Json { return dice.of(words); }; };
  Json out = {{"id", id}, {"lines", Json::array()}};
  const uint32_t lines = 1 + dice.below(3), trials = long_list ? *long_list : dice.one_in(5) ? dice.below(40) : dice.below(9);
  const uint32_t rare = long_list ? dice.of({8u, 100u, 1'000u}) : 8;
  for (uint32_t k = 0; k < lines; ++k) {
    Json line = {{"sequence", k + 1}};
    const std::string at = fmt::format("/lines/{}", k);
    fact(dice, out, line, at, "serviceDate", false, day);
    fact(dice, out, line, at, "units", true, number);
    fact(dice, out, line, at, "kind", false, word({"a", "b"}));
    out["lines"].push_back(line);
  }
  Json items = Json::array();
  const bool complete = dice.below(4) != 0;
  for (uint32_t k = 0; k < trials; ++k) {
    Json trial = Json::object();
    const std::string at = (complete ? "/trials/items/" : "/trials/") + std::to_string(k);
    fact(dice, out, trial, at, "start", true, day, rare);
    fact(dice, out, trial, at, "end", true, day, rare);
    fact(dice, out, trial, at, "sessions", true, number, rare);
    fact(dice, out, trial, at, "kind", true, word({"a", "b"}), rare);
    fact(dice, out, trial, at, "outcome", true, word({"failed", "done"}), rare);
    items.push_back(trial);
  }
  if (complete) out["trials"] = {{"items", items}, {"complete", true}};
  else out["trials"] = items;
  return out;
}

struct WithoutWindows {
  WithoutWindows() { vm::use_windows = false; }
  ~WithoutWindows() { vm::use_windows = true; }
};

std::string shown(const vm::Decisions& d, vm::Id reg, vm::Row r) {
  const vm::Value v = d.value(reg, r);
  return fmt::format("kind {}, cause {}, '{}'", static_cast<int>(v.kind), static_cast<int>(v.cause), vm::words_of(*d.batch, v));
}

void compare(const Machine& machine, const std::vector<std::string>& records) {
  const vm::Program& p = *machine.program;
  const vm::Decisions with = decided(machine, records);
  const WithoutWindows guard;
  const vm::Decisions without = decided(machine, records);
  for (vm::Row c = 0; c < records.size(); ++c) EXPECT_FALSE(with.batch->info[c].rejected) << with.batch->info[c].messages[0].message;
  for (vm::Id d = 0; d < p.domains.size(); ++d) {
    EXPECT_EQ(with.rows_of(d).first, without.rows_of(d).first);
    EXPECT_EQ(with.rows_of(d).src, without.rows_of(d).src);
  }
  for (vm::Id reg = 0; reg < p.registers.size(); ++reg) {
    const vm::Column& column = without.column(reg);
    if (column.type == vm::Type::outcome) continue;
    for (vm::Row r = 0; r < column.rows; ++r) {
      ASSERT_TRUE(vm::same(with.value(reg, r), without.value(reg, r)))
          << "register " << reg << ", row " << r << ": " << shown(with, reg, r) << " and " << shown(without, reg, r);
    }
  }
}

TEST(Windows, AreTheFoldsThatTheyStandFor) {
  std::string why;
  const auto machine = compiled(policy, &why);
  ASSERT_TRUE(machine) << why;
  const vm::Prepared& prepared = machine->program.prepared();
  EXPECT_EQ(prepared.windows.size(), 7u);
  EXPECT_EQ(std::count(prepared.windowed.late_domains.begin(), prepared.windowed.late_domains.end(), true), 1);
  Dice dice(41);
  for (const vm::Instructions some : all_instructions()) {
    const WithInstructions guard(some);
    for (const uint32_t cases : {1u, 2u, 60u, 150u}) {
      std::vector<std::string> records;
      for (uint32_t k = 0; k < cases; ++k) records.push_back(record(dice, std::to_string(k)).dump());
      compare(*machine, records);
    }
  }
}

// Around the borders of what is read at once, with records before and behind.
TEST(Windows, AgreeOnLongLists) {
  const auto machine = compiled(policy);
  ASSERT_TRUE(machine);
  Dice dice(43);
  for (const vm::Instructions some : all_instructions()) {
    const WithInstructions guard(some);
    std::vector<std::string> records;
    for (const uint32_t trials :
         {47u, 48u, 49u, 63u, 64u, 65u, 95u, 96u, 97u, 127u, 128u, 129u, 143u, 144u, 145u, 191u, 192u, 193u, 200u}) {
      records.push_back(record(dice, fmt::format("{}", trials), trials).dump());
      compare(*machine, {records.back()});
      if (dice.one_in(2)) records.push_back(record(dice, fmt::format("behind {}", trials)).dump());
    }
    compare(*machine, records);
  }
}

TEST(Windows, AgreeOnPoliciesOfAnyShape) {
  for (uint32_t at = 0; at < random_pairs(24); ++at) {
    Dice dice(uint64_t{42} << 32 | at);
    const auto machine = compiled(random_policy(dice, {}).source());
    ASSERT_TRUE(machine);
    std::vector<std::string> records;
    for (int k = 0; k < 70; ++k) records.push_back(random_record(dice, {}).dump());
    compare(*machine, records);
  }
}

}  // namespace
}  // namespace rubric::reference
