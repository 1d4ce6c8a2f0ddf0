// What a trace asks for is what matters, by the machine's own word: each fact that it lists has two completions which
// differ in that fact alone and end differently; no fact that it calls irrelevant has. semantics.md, section 5.
//
// Each completion is decided as a record of its own. So this holds the list against the decisions, whatever the
// reference thinks. Policies here have no rules that read the record as it stands: those are the reference's to hold.
#include "tests/reference/machine.h"
#include "vm/outcomes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace rubric::reference {
namespace {

constexpr uint64_t most = 240;

// The outcome, the conditions and the contents of a complete record's line.
std::string ending(const vm::LineTrace& line) {
  std::string out(vm::outcome_row(line.outcome).json);
  std::set<std::string> conditions;
  for (const auto& c : line.conditions) conditions.insert(c.name);
  for (const auto& c : conditions) out += " subject to " + c;
  for (const auto& m : line.modified) out += " " + m.field + "=" + m.value;
  for (const auto& i : line.approved_items) out += " for " + i;
  return out;
}

std::string wrongly_listed(const Machine& machine, const Json& record, size_t& looked_at) {
  std::string out;
  const vm::Trace trace = trace_of(machine, record);
  const Evaluation now = evaluate(machine.policy, record);
  for (size_t l = 0; l < trace.lines.size(); ++l) {
    const vm::LineTrace& line = trace.lines[l];
    const auto asked = questions(machine.policy, record, now.lines[l].open);
    if (!asked || asked->empty() || !line.exact) continue;
    const uint64_t n = completions_of(*asked);
    if (n > most) continue;
    bool alone = !now.lines[l].facts_meet;
    bool plain = true;
    for (const Question& q : *asked) {
      alone &= q.kind != OpenFact::Kind::list;
      plain &= q.kind != OpenFact::Kind::line;
    }
    if (!plain) continue;  // another line's outcome cannot be written into a record
    std::vector<std::string> records;
    for (uint64_t x = 0; x < n; ++x) records.push_back(completed(machine.policy, record, *asked, x).record.dump());
    const std::vector<vm::Trace> after = traces(machine, records);
    std::set<std::string> missing, irrelevant(line.irrelevant.begin(), line.irrelevant.end());
    for (const auto& m : line.missing) missing.insert(m.fact);
    ++looked_at;
    for (size_t f = 0; f < asked->size(); ++f) {
      std::map<uint64_t, std::set<std::string>> endings;   // completions that agree in all other facts
      for (uint64_t x = 0; x < n; ++x) {
        if (after[x].rejected) continue;
        uint64_t stride = 1;
        for (size_t k = 0; k < f; ++k) stride *= (*asked)[k].answers.size();
        endings[x - answer_of(*asked, x, f) * stride].insert(ending(after[x].lines[l]));
      }
      const bool matters = std::any_of(endings.begin(), endings.end(), [](const auto& e) { return e.second.size() > 1; });
      const std::string& fact = (*asked)[f].fact;
      if (matters && irrelevant.contains(fact)) out += fmt::format("line {}: {} is said to be irrelevant, and decides\n", l + 1, fact);
      if (matters && !missing.contains(fact)) out += fmt::format("line {}: {} decides and is not asked for\n", l + 1, fact);
      if (!matters && alone && missing.contains(fact))
        out += fmt::format("line {}: {} is asked for, and no answer makes a difference\n", l + 1, fact);
    }
  }
  return out;
}

TEST(Completeness, WhatIsListedMattersAndNothingElseDoes) {
  Taste taste;
  taste.record_tests = false;
  taste.several_lines = false;
  taste.open_facts = 3;
  const uint32_t pairs = random_pairs(300);
  size_t looked_at = 0;
  for (uint32_t at = 0; at < pairs; at += 3) {
    Dice dice(uint64_t{21} << 32 | at);
    const RandomPolicy policy = random_policy(dice, taste);
    const auto machine = compiled(policy.source());
    ASSERT_TRUE(machine) << compile_report(policy);
    for (int k = 0; k < 3; ++k) {
      const Json record = random_record(dice, taste);
      if (wrongly_listed(*machine, record, looked_at).empty()) continue;
      FAIL() << report({policy, record}, [&](const Pair& p) -> std::string {
        const auto again = compiled(p.policy.source());
        return again ? wrongly_listed(*again, p.record, looked_at) : "";
      });
    }
  }
  EXPECT_GT(looked_at, pairs / 4);
}

// ---------------------------------------------------------------- cases by hand

Machine policy_of(const std::string& clauses) {
  std::string why;
  auto machine = compiled(R"(policy P version '1'
source S 'A source'
entity Case
  lines list of Line complete
  findings list of Finding
entity Line
  sequence Integer at least 1
  code Code
  serviceDate Date called date
  urgent Boolean
  planned Boolean
  units Integer from 1 to 9
entity Finding
  score Integer from 0 to 9
decides each Line  cite S 'd'
)" + clauses,
                          &why);
  EXPECT_TRUE(machine) << why;
  return std::move(*machine);
}

vm::LineTrace line_of(const Machine& machine, const char* record) { return trace_of(machine, Json::parse(record)).lines.at(0); }

std::set<std::string> asked_for(const vm::LineTrace& line) {
  std::set<std::string> out;
  for (const auto& m : line.missing) out.insert(m.fact);
  return out;
}

// A criterion `A or not A` keeps its Kleene status, and does not hold the line.
TEST(Completeness, ExcludedMiddleDoesNotHoldALineUp) {
  const Machine machine = policy_of(R"(criterion A 'a' Line.urgent or not (Line.urgent)  cite S 'a'
rule Yes approve when A is met  cite S 'y'
rule No deny when A is not met  cite S 'n'
)");
  const vm::LineTrace line = line_of(machine, R"({"lines": [{"sequence": 1}]})");
  EXPECT_EQ(statuses(line).at({"A", ""}).first, "undetermined");
  EXPECT_EQ(line.outcome, vm::Outcome::approve);
  EXPECT_EQ(line.possible, std::vector{vm::Outcome::approve});
  EXPECT_TRUE(line.missing.empty());
  EXPECT_EQ(line.irrelevant, std::vector<std::string>{"/lines/0/urgent"});
}

// The same over two comparisons of one number: no number is below 3 and above 5, and each is one of the two or neither.
TEST(Completeness, ComparisonsOfOneFactAgree) {
  const Machine machine = policy_of(R"(criterion Low 'low' Line.units < 3  cite S 'a'
criterion High 'high' Line.units > 5  cite S 'a'
rule Both deny when all of Low, High  cite S 'y'
rule One approve when any of Low, High is not met  cite S 'n'
)");
  const vm::LineTrace line = line_of(machine, R"({"lines": [{"sequence": 1}]})");
  EXPECT_EQ(line.outcome, vm::Outcome::approve);
  EXPECT_TRUE(line.missing.empty());
}

// A fact that only one answer of another makes matter, matters.
TEST(Completeness, AFactBehindAnotherMatters) {
  const Machine machine = policy_of(R"(criterion A 'a' Line.urgent  cite S 'a'
criterion B 'b' Line.planned  cite S 'a'
rule Yes approve when all of A, B  cite S 'y'
rule No deny when any of A, B is not met  cite S 'n'
)");
  EXPECT_EQ(asked_for(line_of(machine, R"({"lines": [{"sequence": 1}]})")), (std::set<std::string>{"/lines/0/planned", "/lines/0/urgent"}));
  EXPECT_TRUE(asked_for(line_of(machine, R"({"lines": [{"sequence": 1, "urgent": false}]})")).empty());
  EXPECT_EQ(asked_for(line_of(machine, R"({"lines": [{"sequence": 1, "urgent": true}]})")), std::set<std::string>{"/lines/0/planned"});
}

// No row that is missing can matter where one that is there decides.
TEST(Completeness, AnOpenListMattersUntilARowDecides) {
  const Machine machine = policy_of(R"(criterion A 'a' some Finding F has F.score > 5  cite S 'a'
rule Yes approve when A  cite S 'y'
rule No deny when A is not met  cite S 'n'
)");
  EXPECT_EQ(asked_for(line_of(machine, R"({"lines": [{"sequence": 1}], "findings": [{"score": 1}]})")), std::set<std::string>{"/findings"});
  EXPECT_TRUE(asked_for(line_of(machine, R"({"lines": [{"sequence": 1}], "findings": [{"score": 7}]})")).empty());
  EXPECT_EQ(line_of(machine, R"({"lines": [{"sequence": 1}], "findings": []})").outcome, vm::Outcome::deny);
}

}  // namespace
}  // namespace rubric::reference
