// How many rows stand for any number of them: records with more can lose the others and come to the same. And what is claimed
// where a rule needs more rows than a proof looks at.
#include "analysis/equivalence.h"
#include "analysis/impossible_states.h"
#include "analysis/made_record.h"
#include "analysis/proof_size.h"
#include "analysis/proofs.h"
#include "analysis/record_space.h"
#include "analysis/witness.h"
#include "base/diagnostic.h"
#include "base/text.h"
#include "compiler/compile.h"
#include "tests/edit_history.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "program_of.h"

namespace rubric::analysis {
namespace {

constexpr ProofLimits patient{.rows = 2, .milliseconds = 300'000};

// A policy of one condition that is worth a line of its own.
std::string policy_of(const std::string& condition) {
  return R"(policy P version '1'
include Clinical
source S 'The source'
decides each Line when undetermined pend cite S '0'
criterion Tried 'Enough was tried' )" +
         condition + R"( cite S '1'
criterion Enough 'Enough units' Line.units >= 2 cite S '1'
rule Covered approve when all of Tried, Enough cite S '2'
rule Denied deny when any of Tried, Enough is not met cite S '2'
)";
}

RowsEnough enough_of(const vm::VerifiedProgram& p) {
  const Asked whole = whole_decision(p, false);
  return rows_enough(std::span(&whole, 1), 1, false);
}
std::string trials_enough(const std::string& condition) {
  const RowsEnough enough = enough_of(program_of(policy_of(condition)));
  const auto list = enough.of_list.find("/trials");
  if (list == enough.of_list.end()) return "0";
  return list->second.endless ? "never" : std::to_string(list->second.number);
}

TEST(RowsEnough, AreWhatTheInstructionsThatFoldAListNeedTogether) {
  EXPECT_EQ(trials_enough("Line.units < 9"), "0");
  EXPECT_EQ(trials_enough("some Trial T has T.status = 'completed'"), "1");
  EXPECT_EQ(trials_enough("(some Trial T has T.status = 'completed') and (every Trial T has T.outcome = 'failed')"), "2");
  EXPECT_EQ(trials_enough("Count(Trials T where T.status = 'completed') >= 6"), "7");
  EXPECT_EQ(trials_enough("Count(Trials T where T.status = 'completed') >= 6 or 8 = Count(Trials T where T.status = 'completed')"), "9")
      << "it is one count, compared twice";
  EXPECT_EQ(trials_enough("Count(distinct (Trials T return T.category)) > 2"), "3");
  EXPECT_EQ(trials_enough("Last(Trials T sort by start return T.sessions) > 2"), "1");
  EXPECT_EQ(trials_enough("Max(Trials T return T.sessions) > 2"), "1");
  EXPECT_EQ(trials_enough("(singleton from (Trials T return T.sessions)) > 2"), "2");
}

TEST(RowsEnough, AreNoNumberWhereEveryRowCounts) {
  EXPECT_EQ(trials_enough("Sum(Trials T return T.sessions) >= 6"), "never");
  EXPECT_EQ(trials_enough("Count(Trials T where T.status = 'completed') >= Line.units"), "never");
  EXPECT_EQ(trials_enough("Count(Trials T where T.status = 'completed') * 2 >= 6"), "never");
  EXPECT_EQ(trials_enough("every Trial T has (some Trial U has U.start > T.start)"), "never") << "always another one";
}

// What a count needs, every row of another list needs.
TEST(RowsEnough, AreSoManyForEachRowThatLooksAtThem) {
  const std::string each = "Count(Measurements M where (Count(Trials T where T.start < M.date) >= 2)) >= 2";
  const RowsEnough enough = enough_of(program_of(policy_of(each)));
  EXPECT_EQ(enough.of_list.at("/measurements").number, 3u);
  EXPECT_EQ(enough.of_list.at("/trials").number, 9u);
}

// ---------------------------------------------------------------- against the machine

class EnoughRows : public testing::TestWithParam<std::string> {};

// A record that can lose no row without another ending has no more rows than are enough.
TEST_P(EnoughRows, AreAllThatADecisionRestsOn) {
  const vm::VerifiedProgram program = program_at(GetParam());
  const RowsEnough enough = enough_of(program);
  RecordSpace space(*program);
  Dice dice(11);
  size_t rows_lost = 0;
  const auto endings = [&](const Json& record) {
    std::string out;
    const vm::Trace t = decided(program, record.dump(), false);
    for (const vm::LineTrace& line : t.lines) out += ending(line) + "\n";
    return t.rejected ? std::string() : out;
  };
  Json record = space.blank();
  for (size_t n = 0; n < 150; ++n) {
    if (n % 30 == 0) record = space.blank();
    for (size_t k = 0; k < 6; ++k) space.change(record, dice);
    Json small = record;
    if (small["lines"].size() != 1) small["lines"] = Json::array({small["lines"][0]});
    // Every list is known to be whole, as the proof has it.
    for (auto& [key, list] : small.items()) {
      if (list.is_object() && list.contains("items")) list["complete"] = true;
    }
    const std::string was = endings(small);
    if (was.empty()) continue;
    for (bool less = true; less;) {
      less = false;
      for (const auto& [path, most] : enough.of_list) {
        const std::string key = path.substr(1);
        if (key == "lines" || key == "diagnoses" || key.find('/') != std::string::npos || !small.contains(key)) continue;
        const Json* const rows = elements(small[key]);
        for (size_t k = rows ? rows->size() : 0; k-- > 0;) {
          Json without = small;
          elements(without[key])->erase(k);
          if (endings(without) != was) continue;
          small = std::move(without);
          less = true;
          ++rows_lost;
        }
      }
    }
    for (const auto& [path, most] : enough.of_list) {
      const std::string key = path.substr(1);
      if (key == "lines" || key == "diagnoses" || key.find('/') != std::string::npos || !small.contains(key)) continue;
      const Json* const rows = elements(small[key]);
      if (!rows || most.endless) continue;
      EXPECT_LE(rows->size(), most.number) << path << " of " << small.dump();
    }
  }
  EXPECT_GT(rows_lost, 20u);
}

INSTANTIATE_TEST_SUITE_P(policies, EnoughRows,
                         testing::Values("docs/massage-therapy/massage-therapy.rubric", "policies/aetna-myofascial",
                                         "policies/aetna-pain-injections", "policies/headache-injections",
                                         "policies/trigger-point-injections"),
                         [](const auto& info) {
                           std::string name;
                           for (const char c : info.param) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
                           return name;
                         });

// ---------------------------------------------------------------- what is claimed

std::string compared(const std::string& condition, const std::string& from, const std::string& to) {
  const std::string text = policy_of(condition);
  const vm::VerifiedProgram before = program_of(text), after = program_of(edited(text, {{from, to}}));
  const Equivalence found = compare_programs(before, after, patient);
  if (const auto* d = std::get_if<Different>(&found)) return told_apart(before, after, d->record) ? "different" : "not confirmed";
  if (const auto* n = std::get_if<NotProved>(&found)) return n->reason;
  const Equivalent& e = std::get<Equivalent>(found);
  return e.any_number ? "equivalent" : fmt::format("equivalent with {} rows", e.rows);
}

// Only with six trials the edited criterion matters.
TEST(Compare, LooksAtAsManyRowsAsAConditionNeeds) {
  const std::string six = "Count(Trials T where T.status = 'completed') >= 6";
  EXPECT_EQ(compared(six, "units >= 2", "units >= 3"), "different");
  EXPECT_EQ(compared(six, "units >= 2", "units > 1"), "equivalent");
  EXPECT_EQ(compared(six, ">= 6", ">= 7"), "different");
}

TEST(Compare, DecidesNothingOfARuleThatNeedsMoreRowsThanItLooksAt) {
  const std::string sum = "Sum(Trials T where T.sessions >= 0 and T.sessions <= 2 return T.sessions) >= 20";
  EXPECT_EQ(compared(sum, "units >= 2", "units > 1"),
            "no difference with up to 2 rows in a list, which decides nothing of more: with so few rule Covered never stands, rule Denied "
            "always stands, criterion Tried is never met");
  // What can be met with few rows is claimed of few.
  EXPECT_EQ(compared("Sum(Trials T where T.sessions <= 100 and T.sessions >= 0 return T.sessions) >= 20", "units >= 2", "units > 1"),
            "equivalent with 2 rows");
  EXPECT_EQ(compared("Count(Trials T where T.status = 'completed') >= 60", "units >= 2", "units > 1"),
            "no difference with up to 2 rows in a list, which decides nothing of more: with so few rule Covered never stands, rule Denied "
            "always stands, criterion Tried is never met");
}

// "never_fires Covered", and what is not proved.
std::vector<std::string> found_of(const std::string& condition) {
  const Proofs proofs = prove(program_of(policy_of(condition)), {.rows = 4, .milliseconds = 300'000});
  std::vector<std::string> out;
  for (const Finding& f : proofs.found) out.push_back(fmt::format("{} {}", static_cast<int>(f.kind), f.subject));
  for (const Unproved& u : proofs.unfinished) out.push_back(u.subject + ": " + u.reason);
  return out;
}

TEST(Prove, NeverSaysNeverBecauseOfFewRowsAlone) {
  EXPECT_EQ(found_of("Count(Trials T where T.status = 'completed') >= 12"), std::vector<std::string>());
  EXPECT_EQ(
      found_of("Sum(Trials T where T.sessions >= 0 and T.sessions <= 2 return T.sessions) >= 20"),
      (std::vector<std::string>{"rule Covered: no case with up to 4 in trials fires it; what happens with more rows is not decided",
                                "criterion Tried: no case with up to 4 in trials meets it; what happens with more rows is not decided"}));
  // What no row can be is so with any number.
  const auto kind = [](Finding::Kind k) { return std::to_string(static_cast<int>(k)); };
  EXPECT_EQ(found_of("some Trial T has T.sessions > 8 and T.sessions < 3"),
            (std::vector<std::string>{kind(Finding::Kind::never_fires) + " Covered", kind(Finding::Kind::never_differs) + " Tried",
                                      kind(Finding::Kind::never_matters) + " Enough"}));
}

}  // namespace
}  // namespace rubric::analysis
