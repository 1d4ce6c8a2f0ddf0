// Every number, day and duration that a policy can be written with: which thresholds the tests must see of it, and which
// mistakes the tests must notice. One row a form of the grammar that holds one; docs/editing-a-policy.md has the same in words.
#include "analysis/mutants.h"
#include "analysis/thresholds.h"
#include "base/render_diagnostics.h"
#include "compiler/compile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace rubric::analysis {
namespace {

struct Form {
  const char* name;
  const char* head;        // before the block
  const char* clauses;     // in it
  std::vector<std::string> thresholds, mutants;   // of the form alone
};

// What stands around a form has neither thresholds nor numbers.
std::string policy(const Form& f) {
  return fmt::format(R"(policy P version '1'
include Clinical
source S 'The source'
extend entity Line
  since DateTime
  clock Time
{}
{}
)",
                     f.head, f.clauses);
}
std::string criterion(std::string_view condition) {
  return fmt::format("decides each Line when undetermined pend\ncriterion C 'C' {} cite S '1'\nrule R approve when C cite S '1'",
                     condition);
}

std::vector<std::string> sorted(std::vector<std::string> list) {
  std::sort(list.begin(), list.end());
  return list;
}

class Numbers : public testing::Test {
 protected:
  void expect(const Form& f) {
    SourceSet sources;
    Diagnostics diagnostics;
    const Compiled made = compile_text("p.rubric", policy(f), sources, diagnostics);
    ASSERT_TRUE(made.program.has_value()) << f.name << "\n" << render_text(diagnostics, sources);
    std::vector<std::string> thresholds, mutants;
    for (const Threshold& t : thresholds_of(*made.program)) thresholds.push_back(t.name);
    const std::set<std::string> of_numbers = {"threshold", "window"};
    for (const Mutant& m : mutants_of(made.modules, sources)) {
      if (of_numbers.contains(m.kind)) mutants.push_back(m.before + " -> " + m.after);
    }
    EXPECT_EQ(fmt::format("{}", fmt::join(sorted(thresholds), "\n")), fmt::format("{}", fmt::join(sorted(f.thresholds), "\n"))) << f.name;
    EXPECT_EQ(fmt::format("{}", fmt::join(sorted(mutants), "\n")), fmt::format("{}", fmt::join(sorted(f.mutants), "\n"))) << f.name;
  }
  void expect_limit(const char* name, const std::string& words, std::vector<std::string> thresholds, std::vector<std::string> mutants) {
    const std::string clauses = fmt::format(
        "decides each Line when undetermined pend\nlimit L 'L' {} cite S '1' ask 'dates'\nrule R approve when L cite S '1'", words);
    expect({name, "", clauses.c_str(), std::move(thresholds), std::move(mutants)});
  }
  void expect_criterion(const char* name, std::string_view condition, std::vector<std::string> thresholds,
                        std::vector<std::string> mutants) {
    expect({name, "", criterion(condition).c_str(), std::move(thresholds), std::move(mutants)});
  }
};

TEST_F(Numbers, of_conditions) {
  expect_criterion("a comparison", "Line.units > 4", {"Line.units > 4"}, {"4 -> 3", "4 -> 5"});
  expect_criterion("a decimal", "some Trial T has T.perWeek < 1.5", {"T.perWeek < 1.5"}, {"1.5 -> 1.4", "1.5 -> 1.6"});
  expect_criterion("an equality with a number", "Line.units = 4", {"Line.units = 4"}, {"4 -> 3", "4 -> 5"});
  expect_criterion("a day", "Line.date >= @2026-01-01", {"Line.date >= @2026-01-01"},
                   {"@2026-01-01 -> @2025-12-31", "@2026-01-01 -> @2026-01-02"});
  expect_criterion("a month", "Line.date >= @2026-01", {"Line.date >= @2026-01"}, {"@2026-01 -> @2025-12", "@2026-01 -> @2026-02"});
  expect_criterion("a moment", "Line.since >= @2026-01-01T10:30", {"Line.since >= @2026-01-01T10:30"},
                   {"@2026-01-01T10:30 -> @2026-01-01T10:29", "@2026-01-01T10:30 -> @2026-01-01T10:31"});
  expect_criterion("a time", "Line.clock < @T12:30", {"Line.clock < @T12:30"}, {"@T12:30 -> @T12:29", "@T12:30 -> @T12:31"});
  expect_criterion("an amount", "Line.schedule.interval >= 3 months", {"Line.schedule.interval >= 3 months"},
                   {"3 months -> 2 months", "3 months -> 4 months"});
  expect_criterion("a timing phrase", "some Finding F has F.date 2 days or more before Line.date",
                   {"F.date 2 days or more before Line.date: F.date <= Line.date - 2 days"}, {"2 days -> 1 days", "2 days -> 3 days"});
  expect_criterion("between", "Line.units between 2 and 5",
                   {"Line.units between 2 and 5: Line.units <= 5", "Line.units between 2 and 5: Line.units >= 2"},
                   {"2 -> 1", "2 -> 3", "5 -> 4", "5 -> 6"});
  expect_criterion("so many of a list", "at least 2 Finding F has F.tautBand", {"at least 2 Finding F has F.tautBand"},
                   {"2 -> 1", "2 -> 3"});
  expect_criterion("so many of a group", "at least 2 of a: Line.guidance = 'none' b: Line.side = 'left' c: Program.comprehensive end",
                   {"C: at least 2 of 3"}, {"2 -> 1", "2 -> 3"});
  expect_criterion("one of two numbers", "if Line.side = 'left' then Line.units > 7 else Line.units > 4",
                   {"Line.units > 4", "Line.units > 7"}, {"4 -> 3", "4 -> 5", "7 -> 6", "7 -> 8"});
}

TEST_F(Numbers, of_limits) {
  expect_limit("up to a day", "at most 3 days of TriggerPointCodes in the 12 months up to Line.date",
               {"L: at most 3 days of TriggerPointCodes in the 12 months up to Line.date", "L: days back", "L: the last day"},
               {"3 -> 2", "3 -> 4", "12 months -> 11 months", "12 months -> 13 months", "in the 12 months up to -> in any 12 months",
                "3 days -> 3 procedures"});
  expect_limit("any window", "at most 3 procedures of TriggerPointCodes in any 12 months",
               {"L: at most 3 procedures of TriggerPointCodes in any 12 months", "L: days ahead", "L: days back"},
               {"3 -> 2", "3 -> 4", "12 months -> 11 months", "12 months -> 13 months", "3 procedures -> 3 days"});
  expect_limit("a day", "at most 1 procedures of TriggerPointCodes on the day of Line.date",
               {"L: at most 1 procedures of TriggerPointCodes on one day", "L: the day"}, {"1 -> 0", "1 -> 2", "1 procedures -> 1 days"});
  expect_limit("a year", "at most 2 days of TriggerPointCodes in the year of Line.date",
               {"L: at most 2 days of TriggerPointCodes in a calendar year", "L: the year"},
               {"2 -> 1", "2 -> 3", "2 days -> 2 procedures"});
  expect_limit("a lifetime", "at most 2 days of TriggerPointCodes in a lifetime", {"L: at most 2 days of TriggerPointCodes in a lifetime"},
               {"2 -> 1", "2 -> 3", "2 days -> 2 procedures"});
  expect_limit("an interval", "at most 2 days of TriggerPointCodes in Interval[Line.date - 10 days, Line.date]",
               {"L: at most 2 days of TriggerPointCodes in Interval[Line.date - 10 days, Line.date]", "L: days back", "L: the last day"},
               {"2 -> 1", "2 -> 3", "10 days -> 9 days", "10 days -> 11 days", "2 days -> 2 procedures"});
  expect_limit("so far apart", "at least 7 days between days of TriggerPointCodes", {"L: days ahead", "L: days back"},
               {"7 days -> 6 days", "7 days -> 8 days"});
}

TEST_F(Numbers, of_days_in_force) {
  const std::string plain = criterion("Program.comprehensive");
  expect({"a policy",
          "in force from @2024-01-01 to @2026-12-31",
          plain.c_str(),
          {"P in force from @2024-01-01", "P in force to @2026-12-31"},
          {"@2024-01-01 -> @2023-12-31", "@2024-01-01 -> @2024-01-02", "@2026-12-31 -> @2026-12-30", "@2026-12-31 -> @2027-01-01"}});
  const std::string dated = plain + " in force from @2025-03-01";
  expect({"a rule", "", dated.c_str(), {"rule R in force from @2025-03-01"}, {"@2025-03-01 -> @2025-02-28", "@2025-03-01 -> @2025-03-02"}});
  const std::string value = criterion("Line.units <= Most");
  expect({"a value",
          "parameter Most default 3, 4 from @2026-01-01 cite S '1'",
          value.c_str(),
          {"C: a value in force from @2026-01-01", "Line.units <= Most"},
          {"3 -> 2", "3 -> 4", "4 -> 3", "4 -> 5", "@2026-01-01 -> @2025-12-31", "@2026-01-01 -> @2026-01-02"}});
  const std::string member = criterion("Line.code in Codes");
  expect({"a code of a set",
          "valueset Codes: CPT { '1', '2' from @2025-01-01 to @2025-12-31 }",
          member.c_str(),
          {"Line.code in Codes: '2' from @2025-01-01", "Line.code in Codes: '2' to @2025-12-31"},
          {"@2025-01-01 -> @2024-12-31", "@2025-01-01 -> @2025-01-02", "@2025-12-31 -> @2025-12-30", "@2025-12-31 -> @2026-01-01"}});
  const std::string valid = criterion("Line.code in Codes and Line.code in force on Line.date");
  expect({"a code of a system",
          "codesystem Own { 'a' to @2025-12-31, 'b' to @2020-01-01 }\nvalueset Codes: Own { 'a' }",
          valid.c_str(),
          {"Line.code in Codes: 'a' to @2025-12-31", "Line.code in force on Line.date: 'a' to @2025-12-31"},
          {"@2025-12-31 -> @2025-12-30", "@2025-12-31 -> @2026-01-01", "@2020-01-01 -> @2019-12-31", "@2020-01-01 -> @2020-01-02"}});
}

TEST_F(Numbers, of_other_places) {
  const std::string scope =
      "decides each Line where Line.units <= 40 when undetermined pend\n"
      "criterion C 'C' Program.comprehensive cite S '1'\nrule R approve when C cite S '1'";
  expect({"what is decided", "", scope.c_str(), {"Line.units <= 40"}, {"40 -> 39", "40 -> 41"}});
  const std::string rule =
      "decides each Line when undetermined pend\ncriterion C 'C' Program.comprehensive cite S '1'\n"
      "rule R modify to { units: 3 } when C and Line.units > 5 cite S '1'";
  expect({"a rule that names criteria as well, and what it modifies to",
          "",
          rule.c_str(),
          {"Line.units > 5"},
          {"3 -> 2", "3 -> 4", "5 -> 4", "5 -> 6"}});
  const std::string looked_up = criterion("Line.units <= Most(Line.side)");
  expect({"a lookup",
          "lookup Most: String to Integer 'left' -> 6, 'right' -> 8 otherwise 4",
          looked_up.c_str(),
          {"Line.units <= Most(Line.side)"},
          {"6 -> 5", "6 -> 7", "8 -> 7", "8 -> 9", "4 -> 3", "4 -> 5"}});
  const std::string remark = criterion("Program.comprehensive") + "\nwarn 'many' when Line.units > 9";
  expect({"a remark", "", remark.c_str(), {"Line.units > 9"}, {}});
  const std::string kept =
      "condition Progress 'P' due from 4 weeks to 6 weeks after performed met when some Measurement M has M.value >= 3 cite S '1'\n" +
      criterion("condition Progress of the last authorization");
  expect({"a condition's test",
          "",
          kept.c_str(),
          {"M.value >= 3", "condition Progress of the last authorization: the condition Progress is due"},
          {"3 -> 2", "3 -> 4"}});
  const std::string table =
      "decides each Line when undetermined pend\ntable T\n  | Line.units | then | cite |\n  | 3 | approve | S '1' |\n  | 4 | deny | S '1' |";
  expect({"a table", "", table.c_str(), {"3: Line.units = 3", "4: Line.units = 4"}, {"3 -> 2", "3 -> 4", "4 -> 3", "4 -> 5"}});
}

TEST_F(Numbers, of_codes_on_days_that_the_policy_decides) {
  SourceSet sources;
  Diagnostics diagnostics;
  const Form form{"", "in force from @2024-01-01\nvalueset Codes: CPT { '1' to @2020-12-31, '2' to @2023-12-31 }", "", {}, {}};
  const Compiled made = compile_text("p.rubric", policy(form) + criterion("Line.code in Codes"), sources, diagnostics);
  ASSERT_TRUE(made.program.has_value()) << render_text(diagnostics, sources);
  std::vector<std::string> names;
  for (const Threshold& t : thresholds_of(*made.program)) {
    if (t.code == vm::none_id) continue;
    names.push_back(t.name);
    EXPECT_EQ(t.impossible, (std::array<std::string, 3>{"the policy is not in force then", "the policy is not in force then", ""}));
  }
  EXPECT_EQ(names, (std::vector<std::string>{"Line.code in Codes: '2' to @2023-12-31"}));
}

}  // namespace
}  // namespace rubric::analysis
