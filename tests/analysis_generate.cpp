// Made cases: together they show all that can be seen of a policy, each shows something that no other does, and none has a
// field that it could do without.
#include "analysis/coverage.h"
#include "analysis/generated.h"

#include "base/diagnostic.h"
#include "base/render_diagnostics.h"
#include "compiler/compile.h"
#include "vm/machine.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace rubric::analysis {
namespace {

// What the policies of the project have little of: quantities, intervals, phrases of time, one list by way of another,
// exceptions, several lines, modifications beside conditions.
constexpr const char* lines_and_limits = R"(policy P version '1'
include Clinical
source S 'The source'
valueset Blocks: CPT { '64405', '64450' } cite S '1'
valueset Neuralgia: ICD10CM { 'M54.81' } cite S '1'
parameter Most default 2 cite S '2'
decides each Line where Line.code in Blocks when undetermined pend cite S '0'
criterion Diagnosed 'The diagnosis is listed' some Diagnosis D of Line has D.code in Neuralgia cite S '1'
criterion Severe 'It hurts' some Measurement M has M.instrument = 'NRS' and M.value >= 7 and M.date 3 months or less before Line.date cite S '2'
criterion Tried 'Two kinds of treatment' at least 2 of
  a: 'a drug' some Trial T has T.category = 'nsaid' and T.start + 6 weeks <= T.end
  b: 'exercise' some Trial T has T.category = 'exercise'
  c: 'heat' some Trial T has T.category = 'heatCold'
end cite S '3'
criterion Grown 'Of age' AgeOn(Member.birthDate, Line.date) >= 18 cite S '4'
criterion Alone 'No other block on the same day' not (another Line L has L.code in Blocks and L.date = Line.date) cite S '5'
limit Total 'No more than {Most} in a year' at most Most days of Blocks in the 12 months up to Line.date cite S '6'
condition Report 'A report' cite S '7'
rule Covered approve when all of Diagnosed, Severe, Tried, Total subject to Report cite S '7'
rule Young review when Grown is not met cite S '7'
rule Fewer modify to { units: 1 } when Alone is not met cite S '7'
rule No deny when any of Diagnosed, Severe, Tried, Total is not met exception to Fewer cite S '7'
rule Emergency approve when Case.priority = 'expedited' exception to No cite S '8'
)";
constexpr const char* small = R"(policy P version '1'
include Clinical
source S 'The source'
decides each Line when undetermined review cite S '0'
criterion Long 'For long enough' some Trial X has Interval[X.start, X.end] overlaps Interval[@2026-01-01, @2026-03-31] cite S '1'
criterion Near 'Soon' Line.date <= Case.received + 14 days cite S '2'
rule Yes approve when Long and Near cite S '3'
rule Not deny when Near is not met cite S '3'
)";
constexpr const char* targets = R"(policy P version '1'
include Clinical
source S 'The source'
decides each Line, for each Target T, approving those that qualify when undetermined pend cite S '0'
criterion Seen for each Target T 'A finding at {T.site}' some Finding F has MuscleOf(F.site) = MuscleOf(T.site) cite S '1'
criterion Helped for each Target T 'It helped there'
  applies when some PriorProcedure P has some Target Q of P has SameMuscle(Q, T)
  some PriorProcedure P has (some Target Q of P has SameMuscle(Q, T)) and P.reliefPercent >= 50 cite S '2'
rule Yes approve when all of Seen, Helped cite S '3'
rule Not deny when any of Seen, Helped is not met cite S '3'
)";

vm::VerifiedProgram program(const char* text) {
  SourceSet sources;
  Diagnostics diagnostics;
  Compiled compiled = compile_text("p.rubric", text, sources, diagnostics);
  if (!compiled.program) throw std::runtime_error(render_text(diagnostics, sources));
  return std::get<vm::VerifiedProgram>(vm::verify(std::move(*compiled.program)));
}

Coverage covered(const vm::VerifiedProgram& p, const std::vector<Json>& records) {
  Coverage out(*p);
  vm::Loader loader(*p, "");
  for (const Json& record : records) loader.add(record.dump(), "");
  const vm::Decisions d = vm::run(p, std::make_shared<const vm::Batch>(loader.take()));
  // One trace with the lines of all.
  vm::Trace all;
  for (size_t k = 0; k < records.size(); ++k) {
    for (vm::LineTrace& line : vm::trace(d, static_cast<vm::Row>(k), false).lines) all.lines.push_back(std::move(line));
  }
  out.add(d, all);
  return out;
}
uint64_t seen(const vm::VerifiedProgram& p, const std::vector<Json>& records) {
  const Coverage c = covered(p, records);
  return c.states().seen + c.conditions().seen;
}

// Once for all tests of a policy.
const Generated& made_for(const char* policy) {
  static std::map<std::string, Generated> made;
  const auto [at, added] = made.try_emplace(policy);
  if (added) at->second = generate_cases(program(policy), {});
  return at->second;
}
bool decides(const vm::VerifiedProgram& p, const Json& record) {
  vm::Loader loader(*p, "");
  loader.add(record.dump(), "");
  const vm::Trace t = vm::trace(vm::run(p, std::make_shared<const vm::Batch>(loader.take())), 0, false);
  return std::any_of(t.lines.begin(), t.lines.end(), [](const vm::LineTrace& l) { return l.outcome != vm::Outcome::not_decided; });
}

struct Example {
  const char* name;
  const char* policy;
  std::vector<std::string> missing;
};
class Generates : public testing::TestWithParam<Example> {};

TEST_P(Generates, WhatCanBeSeen) {
  const vm::VerifiedProgram p = program(GetParam().policy);
  const Generated& made = made_for(GetParam().policy);
  std::vector<std::string> missing;
  for (const MissingState& m : made.missing) missing.push_back(m.what + ": " + m.why);
  EXPECT_EQ(missing, GetParam().missing);
  std::vector<Json> records;
  for (const GeneratedCase& c : made.cases) records.push_back(c.record);
  // What is said to be shown is what the tests' coverage finds.
  EXPECT_EQ(seen(p, records), made.shown);
  const Coverage c = covered(p, records);
  const auto proved = std::count_if(made.missing.begin(), made.missing.end(), [](const MissingState& m) { return m.impossible; });
  EXPECT_EQ(c.states().wanted + c.conditions().wanted, made.wanted + static_cast<uint64_t>(proved));

  for (size_t k = 0; k < records.size(); ++k) {
    const GeneratedCase& one = made.cases[k];
    EXPECT_FALSE(one.shows.empty()) << one.name;
    EXPECT_FALSE(one.trace.lines.empty()) << one.name;
    // None is superfluous.
    std::vector<Json> others = records;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(k));
    EXPECT_LT(seen(p, others), made.shown) << one.name;
  }
}

TEST_P(Generates, NothingThatACaseCouldDoWithout) {
  const vm::VerifiedProgram p = program(GetParam().policy);
  const Generated& made = made_for(GetParam().policy);
  std::vector<Json> records;
  for (const GeneratedCase& c : made.cases) records.push_back(c.record);
  std::vector<std::string> idle;
  size_t left_out = 0;
  for (size_t k = 0; k < records.size(); ++k) {
    // One that is for an outcome has all that makes it certain; another case may come to it with facts left open.
    const std::vector<std::string>& shows = made.cases[k].shows;
    if (std::any_of(shows.begin(), shows.end(), [](const std::string& s) { return s.starts_with("the outcome"); })) continue;
    Json& record = records[k];
    const Json whole = record;
    const bool decided = decides(p, whole);
    for (const auto& [key, value] : whole.items()) {
      if (key == "id") continue;
      ++left_out;
      record.erase(key);
      if (seen(p, records) == made.shown && decides(p, record) == decided) idle.push_back(record["id"].dump() + " " + key);
      record = whole;
    }
  }
  EXPECT_GT(left_out, records.size());
  EXPECT_EQ(idle, std::vector<std::string>());
}

TEST_P(Generates, TheSameEveryTime) {
  const vm::VerifiedProgram p = program(GetParam().policy);
  const GenerateOptions few{.candidates = 2'000};
  const Generated a = generate_cases(p, {}, few), b = generate_cases(p, {}, few);
  ASSERT_EQ(a.cases.size(), b.cases.size());
  for (size_t k = 0; k < a.cases.size(); ++k) EXPECT_EQ(a.cases[k].record.dump(), b.cases[k].record.dump());
}

INSTANTIATE_TEST_SUITE_P(Policies, Generates,
                         testing::Values(Example{"Lines", lines_and_limits, {}}, Example{"Intervals", small, {}},
                                         Example{"Targets", targets, {}}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rubric::analysis
