// What the thresholds of a policy are, in its own words, and which cases stand just below, at and just above them.
#include "analysis/thresholds.h"

#include "analysis/coverage.h"
#include "analysis/policy_tests.h"
#include "base/render_diagnostics.h"
#include "compiler/compile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

namespace rubric::analysis {
namespace {

// One criterion a form.
constexpr const char* policy = R"(policy P version '1'
in force from @2024-01-01 to @2026-12-31
include Clinical
source S 'The source'
extend entity Trial
  begun DateTime
parameter Least default 2, 3 from @2025-01-01 cite S '0'
define Near: if Line.side = 'left' then Interval[Line.date - 3 months, Line.date] else Interval[Line.date - 6 months, Line.date]
decides each Line when undetermined pend cite S '0'
criterion Plain 'Plain' Line.units >= Least cite S '1'
criterion Between 'Between' AgeOn(Member.birthDate, Line.date) between 18 and 65 cite S '1'
criterion Ends 'Ends' Line.units in Interval[1, 4) cite S '1'
criterion Before 'Before' some Symptom X has X.onset 6 weeks or more before Line.date cite S '1'
criterion Within 'Within' some Trial X has X.start within 3 months of Line.date cite S '1'
criterion Exactly 'Exactly' some Document X has X.date 2 days before Line.date cite S '1'
criterion During 'During' some Finding X has X.date during Near cite S '1'
criterion Amount 'Amount' some PriorProcedure X has X.reliefDuration >= 6 weeks cite S '1'
criterion Moment 'Moment' some Trial X has X.begun > @2025-01-01T10:30 and X.begun < @2025-06-01T08:00:00.000 cite S '1'
criterion Month 'Month' Member.birthDate same month or before Line.date cite S '1'
criterion Six 'Six' some Trial X has Lasted(X, 6 weeks) cite S '1'
criterion Nine 'Nine' some Trial X has Lasted(X, 9 weeks) cite S '1'
criterion Alike 'Alike' Line.code = CPT '20552' cite S '1'
criterion Decimal 'Decimal' some Trial X has X.perWeek < 1.5 cite S '1' in force from @2024-06-01
limit Gap 'Gap' at least 3 months between days of TriggerPointCodes cite S '1' ask 'dates'
limit Most 'Most' at most 3 procedures of TriggerPointCodes in any 12 months cite S '1' ask 'dates'
criterion Some 'Some'
  at least 2 of
    a: Line.units > 5
    b: Line.side = 'left'
    c: Program.comprehensive
  end
  cite S '1'
rule R approve when all of Some, Plain, Between, Ends, Before, Within, Exactly, During, Amount, Moment, Month, Six, Nine, Alike, Decimal, Gap, Most
  cite S '1'
)";

class Thresholds : public testing::Test {
 protected:
  Compiled compiled(const std::string& tests = "") {
    Diagnostics diagnostics;
    Compiled out = compile_text("p.rubric", policy + tests, sources, diagnostics);
    EXPECT_TRUE(out.program.has_value()) << render_text(diagnostics, sources);
    return out;
  }
  // "below, at, above" of those that the cases show of a threshold; a state that cannot be in brackets.
  std::string shown(const std::string& name, const std::vector<std::string>& cases) {
    std::string tests;
    for (size_t k = 0; k < cases.size(); ++k)
      tests += fmt::format("test '{}' case {{ id: 'c', received: @2026-06-15, {} }} expect pend\n", k, cases[k]);
    const Compiled whole = compiled(tests);
    Diagnostics unread;
    PolicyTests run(whole, sources, unread);
    Coverage coverage(*whole.program);
    for (size_t k = 0; k < run.size(); ++k) {
      EXPECT_FALSE(run.result(k).trace->rejected) << cases[k];
      coverage.add(*run.decisions(k), *run.result(k).trace);
    }
    for (const Covered& c : coverage.clauses()) {
      if (c.kind != Subject::Kind::threshold || c.name != name) continue;
      std::vector<std::string> states;
      for (const CoveredState& s : c.states) {
        if (!s.impossible.empty()) states.push_back("[" + s.name + "]");
        else if (s.seen > 0) states.push_back(s.name);
        else if (!s.why.empty()) why.push_back(s.name + ": " + s.why);
      }
      return fmt::format("{}", fmt::join(states, ", "));
    }
    return "there is no threshold " + name;
  }

  SourceSet sources;
  std::vector<std::string> why;
};

std::string line(const std::string& more) { return "lines: [{ sequence: 1, " + more + " }]"; }

TEST_F(Thresholds, each_comparison_is_one_in_the_authors_words) {
  std::vector<std::string> names;
  for (const Threshold& t : thresholds_of(*compiled().program)) names.push_back(t.name);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(fmt::format("{}", fmt::join(names, "\n")),
            R"(AgeOn(Member.birthDate, Line.date) between 18 and 65: AgeOn(Member.birthDate, Line.date) <= 65
AgeOn(Member.birthDate, Line.date) between 18 and 65: AgeOn(Member.birthDate, Line.date) >= 18
Decimal in force from @2024-06-01
Gap: days ahead
Gap: days back
Lasted(X, 6 weeks) in Six
Lasted(X, 9 weeks) in Nine
Line.units > 5
Line.units >= Least
Line.units in Interval[1, 4): Line.units < 4
Line.units in Interval[1, 4): Line.units >= 1
Member.birthDate same month or before Line.date
Most: at most 3 procedures of TriggerPointCodes in any 12 months
Most: days ahead
Most: days back
P in force from @2024-01-01
P in force to @2026-12-31
Plain: a value in force from @2025-01-01
Some: at least 2 of 3
X.begun < @2025-06-01T08:00:00.000
X.begun > @2025-01-01T10:30
X.date 2 days before Line.date: X.date = Line.date - 2 days
X.date during Near: X.date <= end of if Line.side = 'left' then Interval[Line.date - 3 months, Line.date] else Interval[Line.date - 6 months, Line.date]
X.date during Near: X.date >= start of if Line.side = 'left' then Interval[Line.date - 3 months, Line.date] else Interval[Line.date - 6 months, Line.date]
X.onset 6 weeks or more before Line.date: X.onset <= Line.date - 6 weeks
X.perWeek < 1.5
X.reliefDuration >= 6 weeks
X.start within 3 months of Line.date: X.start <= Line.date + 3 months
X.start within 3 months of Line.date: X.start >= Line.date - 3 months)");
}

TEST_F(Thresholds, the_days_on_which_a_policy_is_in_force) {
  EXPECT_EQ(shown("P in force from @2024-01-01",
                  {line("serviceDate: @2023-12-31"), line("serviceDate: @2024-01-01"), line("serviceDate: @2024-01-02")}),
            "below, at, above");
  EXPECT_EQ(shown("P in force to @2026-12-31", {line("serviceDate: @2026-12-31"), line("serviceDate: @2027-02-01")}), "at");
  EXPECT_EQ(why, (std::vector<std::string>{"below: nothing is below", "above: the nearest is 32 days above"}));
}

TEST_F(Thresholds, amounts_stand_below_by_less_than_one_of_their_unit) {
  const auto relief = [](const char* amount) {
    return line("serviceDate: @2026-06-15") + ", priorProcedures: [{ reliefDuration: '" + amount + "' }]";
  };
  EXPECT_EQ(shown("X.reliefDuration >= 6 weeks", {relief("41 days"), relief("42 days"), relief("7 weeks")}), "below, at, above");
  EXPECT_EQ(shown("X.reliefDuration >= 6 weeks", {relief("34 days"), relief("8 weeks"), relief("3 months")}), "");
  EXPECT_EQ(why[1], "at: the nearest is 1.14285714 weeks below, and 2 weeks above");
}

TEST_F(Thresholds, both_ends_of_what_stands_between) {
  const auto born = [](const char* day) { return line("serviceDate: @2026-06-15") + ", member: { birthDate: @" + day + " }"; };
  const std::string phrase = "AgeOn(Member.birthDate, Line.date) between 18 and 65: AgeOn(Member.birthDate, Line.date) ";
  EXPECT_EQ(shown(phrase + ">= 18", {born("2008-06-16"), born("2008-06-15"), born("2007-06-15")}), "below, at, above");
  EXPECT_EQ(shown(phrase + "<= 65", {born("1961-06-15"), born("1961-06-16")}), "below, at");
}

TEST_F(Thresholds, what_no_record_can_hold_is_not_wanted) {
  EXPECT_EQ(shown("Line.units in Interval[1, 4): Line.units >= 1", {line("units: 1, serviceDate: @2026-06-15")}), "[below], at");
}

TEST_F(Thresholds, timing_phrases_on_either_side_of_their_days) {
  const auto onset = [](const char* day) { return line("serviceDate: @2026-06-15") + ", symptoms: [{ onset: @" + day + " }]"; };
  EXPECT_EQ(shown("X.onset 6 weeks or more before Line.date: X.onset <= Line.date - 6 weeks",
                  {onset("2026-05-03"), onset("2026-05-04"), onset("2026-05-05")}),
            "below, at, above");
  const auto start = [](const char* day) { return line("serviceDate: @2026-06-15") + ", trials: [{ start: @" + day + " }]"; };
  EXPECT_EQ(shown("X.start within 3 months of Line.date: X.start <= Line.date + 3 months", {start("2026-09-14"), start("2026-09-15")}),
            "below, at");
  const auto document = [](const char* day) { return line("serviceDate: @2026-06-15") + ", documents: [{ date: @" + day + " }]"; };
  EXPECT_EQ(shown("X.date 2 days before Line.date: X.date = Line.date - 2 days", {document("2026-06-13"), document("2026-06-14")}),
            "at, above");
}

TEST_F(Thresholds, how_many_of_a_group_are_met) {
  const auto met = [](const char* units, const char* side, const char* program) {
    return line(fmt::format("units: {}, side: '{}', serviceDate: @2026-06-15", units, side)) + ", program: { comprehensive: " + program +
           " }";
  };
  EXPECT_EQ(shown("Some: at least 2 of 3", {met("6", "right", "false"), met("6", "left", "false"), met("6", "left", "true")}),
            "below, at, above");
  EXPECT_EQ(shown("Some: at least 2 of 3", {met("2", "right", "false")}), "");
  EXPECT_EQ(why[0], "below: the nearest is 2 below");
}

TEST_F(Thresholds, moments_and_months) {
  const auto begun = [](const char* at) { return line("serviceDate: @2026-06-15") + ", trials: [{ begun: @" + at + " }]"; };
  EXPECT_EQ(shown("X.begun > @2025-01-01T10:30", {begun("2025-01-01T10:29"), begun("2025-01-01T10:30"), begun("2025-01-01T10:32")}),
            "below, [at]");
  EXPECT_EQ(shown("X.begun < @2025-06-01T08:00:00.000", {begun("2025-06-01T07:59:59.999"), begun("2025-06-01T08:00")}), "below, at");
  const auto born = [](const char* day) { return line("serviceDate: @2026-06-15") + ", member: { birthDate: @" + day + " }"; };
  EXPECT_EQ(shown("Member.birthDate same month or before Line.date", {born("2026-05-31"), born("2026-06-01")}), "below, at");
}

}  // namespace
}  // namespace rubric::analysis
