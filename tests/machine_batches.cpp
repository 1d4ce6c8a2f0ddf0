// A case's determination does not depend on its company: the batch's size, its place in it, a neighbour that is refused
// or too large, another run. Whole determinations are compared as JSON text.
#include "tests/reference/machine.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace rubric::reference {
namespace {

std::vector<std::string> json_of(const std::vector<vm::Trace>& traces) {
  std::vector<std::string> out;
  for (const vm::Trace& t : traces) out.push_back(to_json(t, true));
  return out;
}

// A few are judged by a person: with one of them a batch has another plan (vm/plan.h) than without.
std::vector<std::string> random_records(const Machine& machine, Dice& dice, size_t n) {
  const vm::Program& p = *machine.program;
  std::vector<std::string> out;
  for (size_t k = 0; k < n; ++k) {
    Json record = random_record(dice, {});
    record["id"] = std::to_string(k);
    if (dice.one_in(20) && !p.criteria.empty()) {
      const vm::Criterion& judged = p.criteria[dice.below(static_cast<uint32_t>(p.criteria.size()))];
      record["assertions"] = {{{"criterion", p.texts[judged.name]}, {"status", dice.of({"met", "notMet", "notApplicable"})}}};
    }
    if (dice.one_in(40)) record["lines"] = "not a list";  // refused: its neighbours shall not notice
    out.push_back(record.dump());
  }
  return out;
}

TEST(Batches, AnySizeGivesTheSameBytes) {
  for (uint32_t at = 0; at < random_pairs(12); ++at) {
    Dice dice(uint64_t{31} << 32 | at);
    const auto machine = compiled(random_policy(dice, {}).source());
    ASSERT_TRUE(machine);
    const std::vector<std::string> records = random_records(*machine, dice, 70);
    const auto alone = json_of(traces(*machine, records, 1));
    for (const uint32_t batch : {7u, 64u, 1024u}) {
      const auto together = json_of(traces(*machine, records, batch));
      for (size_t k = 0; k < records.size(); ++k) ASSERT_EQ(alone[k], together[k]) << "batch of " << batch << "\n" << records[k];
    }
    std::vector<std::string> backwards(records.rbegin(), records.rend());
    const auto reversed = json_of(traces(*machine, backwards));
    for (size_t k = 0; k < records.size(); ++k) ASSERT_EQ(alone[k], reversed[records.size() - 1 - k]) << records[k];
  }
}

// Two lines too near to each other, each denied for as long as the other is not decided: they take turns, and how many
// there are depends on nothing that stands elsewhere in the batch.
TEST(Batches, LinesThatWaitForEachOtherEndAlike) {
  std::string why;
  const auto machine = compiled(R"(policy P version '1'
source S 'A source'
codesystem CPT
valueset Shots: CPT { 'A1' }
entity Case
  lines list of Line complete
  priorProcedures list of PriorProcedure complete dated by date
entity Line
  sequence Integer at least 1
  code Code
  serviceDate Date called date
entity PriorProcedure
  code Code
  date Date
decides each Line  cite S 'd'
limit Apart 'two days apart'
  at least 2 days between days of Shots
  cite S 'l'
rule Yes approve when Line.code in Shots  cite S 'y'
exception Near to Yes deny when Apart is not shown  cite S 'n'
)",
                                &why);
  ASSERT_TRUE(machine) << why;
  const auto with_lines = [](std::initializer_list<int> days) {
    Json record = {{"id", "a"}, {"lines", Json::array()}, {"priorProcedures", Json::array()}};
    for (const int day : days) {
      record["lines"].push_back({{"sequence", record["lines"].size() + 1},
                                 {"code", {{"system", "CPT"}, {"code", "A1"}}},
                                 {"serviceDate", fmt::format("2025-01-{:02}", day)}});
    }
    return record;
  };
  const std::vector<Json> records{with_lines({1, 2}), with_lines({1, 2, 20}), with_lines({1}), with_lines({20, 1, 2, 10, 11})};
  std::vector<std::string> texts;
  for (size_t n = 0; n < records.size(); ++n) {
    texts.push_back(records[n].dump());
    const auto together = traces(*machine, texts), alone = traces(*machine, texts, 1);
    EXPECT_EQ(json_of(together), json_of(alone));
    for (size_t k = 0; k <= n; ++k) EXPECT_EQ(difference(*machine, records[k], together[k]), "");
  }
  std::vector<vm::Outcome> outcomes;
  for (const vm::Trace& t : traces(*machine, texts)) {
    for (const vm::LineTrace& line : t.lines) outcomes.push_back(line.outcome);
  }
  constexpr auto yes = vm::Outcome::approve, no = vm::Outcome::deny;
  EXPECT_EQ(outcomes, (std::vector{no, no, no, no, yes, yes, yes, no, no, no, no}));
}

TEST(Batches, ARunAndACompilationCanBeRepeated) {
  for (uint32_t at = 0; at < random_pairs(12); ++at) {
    Dice dice(uint64_t{32} << 32 | at);
    const std::string source = random_policy(dice, {}).source();
    const auto machine = compiled(source), again = compiled(source);
    ASSERT_TRUE(machine && again);
    EXPECT_EQ(machine->program->digest, again->program->digest);
    EXPECT_EQ(machine->program->code, again->program->code);
    const std::vector<std::string> records = random_records(*machine, dice, 20);
    const auto first = json_of(traces(*machine, records));
    EXPECT_EQ(first, json_of(traces(*machine, records)));
    EXPECT_EQ(first, json_of(traces(*again, records)));
  }
}

// A batch and a run that take the storage of those before them are as those that begin with none.
TEST(Batches, StorageIsUsedAgain) {
  for (uint32_t at = 0; at < random_pairs(12); ++at) {
    Dice dice(uint64_t{34} << 32 | at);
    const auto machine = compiled(random_policy(dice, {}).source());
    ASSERT_TRUE(machine);
    const std::vector<std::string> records = random_records(*machine, dice, 90), alone = json_of(traces(*machine, records, 1));
    vm::Loader loader(*machine->program, "");
    const auto batch = std::make_shared<vm::Batch>();
    vm::Decisions d;
    for (size_t from = 0, n = 1; from < records.size(); from += n, n = dice.one_in(2) ? 1 : 1 + dice.below(40)) {
      const size_t to = std::min(records.size(), from + n);
      for (size_t k = from; k < to; ++k) loader.add(records[k], "");
      *batch = loader.take(std::move(*batch));
      d = vm::run(machine->program, batch, {}, nullptr, std::move(d));
      for (size_t k = from; k < to; ++k) {
        vm::Trace t = vm::trace(d, static_cast<vm::Row>(k - from));
        t.source.clear();
        ASSERT_EQ(alone[k], to_json(t, true)) << records[k];
      }
    }
  }
}

// A policy that pairs every finding with every other: rows by the square.
constexpr const char* pairs_policy = R"(policy P version '1'
source S 'A source'
entity Case
  lines list of Line complete
  findings list of Finding
entity Line
  sequence Integer at least 1
  code Code
  serviceDate Date called date
entity Finding
  score Integer
  kind String
decides each Line  cite S 'd'
criterion Twice 'two findings with one score'
  exists (from Findings A, Findings B where A.score = B.score and A.kind != B.kind)  cite S 'c'
rule Yes approve when Twice  cite S 'y'
rule No deny when Twice is not met  cite S 'n'
)";

std::string with_findings(const std::string& id, size_t n, Dice& dice) {
  Json record = {{"id", id}, {"lines", {{{"sequence", 1}}}}};
  Json items = Json::array();
  for (size_t k = 0; k < n; ++k)
    items.push_back({{"score", n > 100 ? static_cast<uint32_t>(k) : dice.below(6)}, {"kind", dice.of({"a", "b", "c"})}});
  record["findings"] = {{"items", std::move(items)}, {"complete", true}};
  return record.dump();
}

TEST(Batches, AHugeCaseIsRefusedAlone) {
  std::string why;
  const auto machine = compiled(pairs_policy, &why);
  ASSERT_TRUE(machine) << why;
  Dice dice(33);
  std::vector<std::string> small;
  for (int k = 0; k < 1023; ++k) small.push_back(with_findings(std::to_string(k), dice.below(5), dice));
  std::vector<std::string> all = small;
  constexpr size_t place = 511;
  all.insert(all.begin() + place, with_findings("huge", 1500, dice));   // 2,250,000 pairs

  const vm::Decisions d = decided(*machine, all), others = decided(*machine, small);
  for (size_t k = 0; k < all.size(); ++k) {
    const bool limited = d.limited[k / 64] >> (k % 64) & 1;
    EXPECT_EQ(limited, k == place) << k;
  }
  const vm::Trace refused = vm::trace(d, place);
  EXPECT_TRUE(refused.rejected);
  EXPECT_TRUE(refused.lines.empty());
  ASSERT_FALSE(refused.messages.empty());
  uint32_t met_ones = 0;
  for (size_t k = 0; k < small.size(); ++k) {
    vm::Trace beside = vm::trace(d, static_cast<vm::Row>(k < place ? k : k + 1)), alone = vm::trace(others, static_cast<vm::Row>(k));
    beside.source = alone.source;
    ASSERT_EQ(to_json(beside, true), to_json(alone, true)) << small[k];
    met_ones += alone.lines.at(0).outcome == vm::Outcome::approve;
  }
  EXPECT_GT(met_ones, 100u);
  EXPECT_LT(met_ones, 900u);
}

}  // namespace
}  // namespace rubric::reference
