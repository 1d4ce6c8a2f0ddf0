// What the mutants of a small policy are, that weak tests let them live and strong ones do not, and what made-up cases show.
#include "analysis/coverage.h"
#include "analysis/generated.h"
#include "analysis/mutation.h"
#include "analysis/policy_tests.h"
#include "analysis/same_code.h"
#include "analysis/test_rows.h"
#include "base/render_diagnostics.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "paths.h"

namespace rubric::analysis {
namespace {

constexpr const char* policy = R"(policy P version '1'
include Clinical
source S 'The source'
valueset Backs: ICD10CM { 'M54.50', 'M54.51' } cite S '1'
parameter Least default 2 cite S '2'
decides each Line when undetermined pend cite S '0'
criterion Back 'It is the back' some Diagnosis D of Line has D.code in Backs cite S '1'
criterion Enough 'Enough units' Line.units >= Least cite S '2'
rule Covered approve when all of Back, Enough cite S '3'
rule Denied deny when any of Back, Enough is not met cite S '3'
)";

constexpr const char* record = R"(record R { id: 'r', reviewType: 'prospective', received: @2026-01-01,
  lines: [{ sequence: 1, units: 2, diagnoses: [1], serviceDate: @2026-01-01 }], diagnoses: [{ sequence: 1, code: { system: 'ICD10CM', code: 'M54.50' } }] }
)";

constexpr const char* strong = R"(
test 'covered' case R  expect approve by Covered, Back met, Enough met
test 'another back' case R with diagnoses[0].code.code = 'M54.51'  expect approve
test 'one back is enough' case R with lines[0].diagnoses = [1, 2], diagnoses[1] = { sequence: 2, code: { system: 'ICD10CM', code: 'M79.7' } }  expect approve
test 'no back' case R with diagnoses[0].code.code = 'M54.52'  expect deny by Denied, Back not met
test 'just too few' case R with lines[0].units = 1  expect deny by Denied, Enough not met
test 'units are not told' case R without lines[0].units  expect pend, Enough undetermined
test 'the back does not apply' case R with assertions = [{ criterion: 'Back', status: 'notApplicable' }]  expect approve
test 'the units do not apply' case R with assertions = [{ criterion: 'Enough', status: 'notApplicable' }]  expect approve
)";

Compiled compiled(SourceSet& sources, const std::string& tests) {
  Diagnostics diagnostics;
  Compiled out = compile_text("p.rubric", std::string(policy) + record + tests, sources, diagnostics);
  EXPECT_TRUE(out.program.has_value()) << render_text(diagnostics, sources);
  return out;
}

MutationReport report_of(const std::string& tests, const MutationOptions& given = {}) {
  SourceSet sources;
  MutationOptions options = given;
  options.candidates = 2'000;
  return run_mutants(compiled(sources, tests), sources, options);
}

std::vector<std::string> names_of(const MutationReport& report, Fate fate) {
  std::vector<std::string> out;
  for (const MutantResult& r : report.mutants) {
    if (r.fate == fate) out.push_back(r.mutant.name());
  }
  return out;
}

TEST(mutation, mistakes_are_edits_of_the_authors_source) {
  SourceSet sources;
  std::set<std::string> names;
  for (const Mutant& m : mutants_of(compiled(sources, "").modules, sources)) names.insert(m.kind + " " + m.name());
  for (const char* wanted : {
           "code valueset Backs: 'M54.50' taken away",
           "code valueset Backs: 'M54.51' -> 'M54.51', 'M54.52'",
           "threshold parameter Least: 2 -> 3",
           "threshold parameter Least: 2 -> 1",
           "boundary criterion Enough: Line.units >= Least -> Line.units > Least",
           "group criterion Back: some Diagnosis -> every Diagnosis",
           "group rule Covered: all of -> any of",
           "member rule Covered: Back taken away",
           "outcome rule Covered: approve -> deny",
           "unknown rule Covered: Back -> Back is shown",
           "outcome decides: when undetermined pend -> when undetermined review",
           "rule rule Denied: Denied taken away",
           "group rule Denied: any of -> all of",
           "member rule Denied: Enough taken away",
       })
    EXPECT_TRUE(names.contains(wanted)) << wanted << "\nof\n" << fmt::format("{}", fmt::join(names, "\n"));
}

// Each kind of mistake that the policy above has no place for.
constexpr const char* richer = R"(policy P version '1'
in force from @2024-01-01
include Clinical
source S 'The source'
valueset Procs: CPT { '20552' } cite S '1'
parameter Gap default 3 months, 4 months from @2025-01-01 cite S '2'
condition Again 'Send the next report' cite S '3'
decides each Line when undetermined pend cite S '0'
criterion Tried 'It was tried' some Trial T has T.category = 'homeExercise' and FailedTrial(T, 4 weeks) cite S '2'
criterion Young 'Young, and a day that counts' Line.serviceDate >= @2026-01-01 and not (Line.units > 3) cite S '2'
limit Spacing 'Not too often' at least Gap between days of Procs cite S '2' ask 'dates'
limit Most 'Not too many' at most 3 days of Procs in the 12 months up to Line.serviceDate cite S '2' ask 'dates'
section Early 'Early'
  criterion Grown 'Grown up' AgeOn(Member.birthDate, Line.date) between 18 and 65 cite S '2'
  criterion Recent 'Not long ago' some Trial T has T.start 6 weeks or less before Line.date cite S '2'
  criterion Long 'Long ago' some Symptom S has S.onset 3 months or more before Line.date cite S '2'
  criterion Near 'Near' some Finding F has F.date within 2 days of Line.date and F.date on or before Case.received cite S '2'
  criterion In 'In' some Finding F has F.date properly during Interval[Line.date - 3 months, Line.date] cite S '2'
  criterion Less 'Less' some Finding F has F.date less than 3 weeks on or after Line.date or F.date same day or before Line.date cite S '2'
  criterion Then 'Then' some Finding F has F.date 2 weeks before Line.date or F.date 9 days on or before Line.date cite S '2'
end
criterion Listed 'Listed' Line.code in { CPT '20552', CPT '20553' } and Line.guidance in { 'none', 'ultrasound' } cite S '2'
rule Covered approve when any of Tried, Young, Spacing, Most subject to Again cite S '3'
rule Aged pend when all of Recent, Long cite S '3'
rule Whole pend when all of Early, Spacing cite S '3'
rule Denied deny when Young is not met exception to Covered cite S '3'
exception Lifted to Denied when Tried is shown cite S '3'
rule Late pend when Near is not met exception to Aged cite S '3'
rule Waits pend when none of Tried, Young exception to every other rule cite S '3'
)";

TEST(mutation, every_kind_of_mistake_is_made_where_there_is_room_for_it) {
  SourceSet sources;
  Diagnostics diagnostics;
  const Compiled whole = compile_text("p.rubric", richer, sources, diagnostics);
  ASSERT_TRUE(whole.program.has_value()) << render_text(diagnostics, sources);
  std::set<std::string> names;
  for (const Mutant& m : mutants_of(whole.modules, sources)) names.insert(m.kind + " " + m.name());
  for (const char* wanted : {
           "window parameter Gap: 3 months -> 2 months",
           "window parameter Gap: 3 months -> 4 months",
           "window criterion Tried: 4 weeks -> 5 weeks",
           "threshold criterion Young: @2026-01-01 -> @2025-12-31",
           "member criterion Young: not (Line.units > 3) -> Line.units > 3",
           "boundary criterion Young: Line.units > 3 -> Line.units >= 3",
           "threshold limit Most: 3 -> 4",
           "window limit Most: 12 months -> 11 months",
           "window limit Most: in the 12 months up to -> in any 12 months",
           "window limit Most: 3 days -> 3 procedures",
           "group rule Covered: any of -> all of",
           "outcome rule Covered: subject to Again taken away",
           "exception rule Denied: exception to Covered taken away",
           "exception rule Waits: exception to every other rule taken away",
           "outcome rule Waits: pend -> review",
           "unknown exception Lifted: Tried is shown -> Tried is met",
           "code criterion Listed: CPT '20553' -> CPT '20553', CPT '20554'",
           "code criterion Listed: 'ultrasound' -> 'ultrasound', 'fluoroscopy'",
           "threshold in force: @2024-01-01 -> @2023-12-31",
           "threshold parameter Gap: @2025-01-01 -> @2025-01-02",
           "boundary criterion Grown: AgeOn(Member.birthDate, Line.date) between 18 and 65 -> "
           "AgeOn(Member.birthDate, Line.date) > 18 and AgeOn(Member.birthDate, Line.date) <= 65",
           "boundary criterion Grown: AgeOn(Member.birthDate, Line.date) between 18 and 65 -> "
           "AgeOn(Member.birthDate, Line.date) >= 18 and AgeOn(Member.birthDate, Line.date) < 65",
           "boundary criterion Recent: T.start 6 weeks or less before Line.date -> T.start less than 6 weeks before Line.date",
           "boundary criterion Recent: T.start 6 weeks or less before Line.date -> T.start 6 weeks or less on or before Line.date",
           "boundary criterion Long: S.onset 3 months or more before Line.date -> S.onset more than 3 months before Line.date",
           "boundary criterion Near: F.date within 2 days of Line.date -> F.date properly within 2 days of Line.date",
           "boundary criterion Near: F.date on or before Case.received -> F.date before Case.received",
           "boundary criterion Then: F.date 2 weeks before Line.date -> F.date 2 weeks or more before Line.date",
           "boundary criterion In: F.date properly during Interval[Line.date - 3 months, Line.date] -> "
           "F.date during Interval[Line.date - 3 months, Line.date]",
           "boundary criterion Less: F.date less than 3 weeks on or after Line.date -> F.date 3 weeks or less on or after Line.date",
           "boundary criterion Less: F.date less than 3 weeks on or after Line.date -> F.date less than 3 weeks after Line.date",
           "boundary criterion Then: F.date 9 days on or before Line.date -> F.date 9 days or more on or before Line.date",
           "boundary criterion Less: F.date same day or before Line.date -> F.date before day of Line.date",
           "member rule Aged: Long -> Long, Grown",
           "member rule Aged: Long -> Long, Near",
           "exception rule Late: exception to Aged -> exception to Aged, Covered",
           "exception rule Late: exception to Aged -> exception to Aged, Whole",
       })
    EXPECT_TRUE(names.contains(wanted)) << wanted << "\nof\n" << fmt::format("{}", fmt::join(names, "\n"));
  // What a clause names already, be it in a section, is not added, nor what stands farther away.
  for (const char* unwanted :
       {"member rule Whole: Spacing -> Spacing, Recent", "member rule Aged: Long -> Long, Early", "member rule Aged: Long -> Long, Then",
        "exception rule Late: exception to Aged -> exception to Aged, Denied"})
    EXPECT_FALSE(names.contains(unwanted)) << unwanted;
}

// Every one of the other boundaries is a program that decides some day differently.
TEST(mutation, other_boundaries_are_programs) {
  SourceSet sources;
  Diagnostics diagnostics;
  const Compiled whole = compile_text("p.rubric", richer, sources, diagnostics);
  ASSERT_TRUE(whole.program.has_value());
  const std::vector<Mutant> mutants = mutants_of(whole.modules, sources);
  size_t boundaries = 0;
  for (size_t k = 0; k < mutants.size(); ++k) {
    if (mutants[k].kind != "boundary") continue;
    ++boundaries;
    Diagnostics unread;
    const Compiled other = compile_modules(mutated(whole.modules, k, sources), sources, unread);
    ASSERT_TRUE(other.program.has_value()) << mutants[k].name();
    EXPECT_FALSE(same_code(*whole.program, *other.program, Names::compared)) << mutants[k].name();
  }
  EXPECT_GE(boundaries, 17u);
}

TEST(mutation, a_survivor_comes_with_a_case_that_kills_it) {
  const MutationReport weak = report_of("test 'covered' case R  expect approve\n");
  EXPECT_GT(weak.open(), 0u);
  const auto boundary = std::find_if(weak.mutants.begin(), weak.mutants.end(),
                                     [](const MutantResult& r) { return r.mutant.name() == "parameter Least: 2 -> 1"; });
  ASSERT_NE(boundary, weak.mutants.end());
  ASSERT_TRUE(boundary->killer.has_value());
  EXPECT_EQ(boundary->killer->base, "R");
  ASSERT_FALSE(boundary->killer->expect.empty());
  EXPECT_FALSE(boundary->killer->instead.empty());
}

TEST(mutation, strong_tests_notice_every_mistake_that_there_is) {
  const MutationReport report = report_of(strong);
  EXPECT_EQ(names_of(report, Fate::killable), std::vector<std::string>());
  EXPECT_GT(report.noticed(), 12u);
}

TEST(mutation, run_together_they_meet_the_fate_that_each_meets_alone) {
  const std::string tests = std::string("test 'covered' case R  expect approve\n") +
                            "test 'units are not told' case R without lines[0].units  expect asks for /lines/0/units\n";
  SourceSet sources;
  const Compiled whole = compiled(sources, tests);
  MutationOptions options;
  options.candidates = 256;
  options.proof.milliseconds = 0;
  size_t killed = 0;
  const MutationReport report = run_mutants(whole, sources, options);
  for (size_t k = 0; k < report.mutants.size(); ++k) {
    Diagnostics unread;
    const Compiled mutant = compile_modules(mutated(whole.modules, k, sources), sources, unread);
    if (!mutant.program) continue;
    PolicyTests alone(mutant, sources, unread);
    bool fails = false;
    for (size_t t = 0; t < alone.size(); ++t) fails |= !alone.result(t).failures.empty();
    EXPECT_EQ(report.mutants[k].fate == Fate::killed, fails) << report.mutants[k].mutant.name();
    killed += fails;
  }
  EXPECT_GT(killed, 5u);
}

TEST(mutation, a_survivor_is_accepted_by_name_and_no_other) {
  const std::string tests = "test 'covered' case R  expect approve\n";
  const MutationReport before = report_of(tests);
  MutationOptions options;
  options.accepted = {{"parameter Least: 2 -> 1", "the plan says two"}, {"parameter Most: 1 -> 2", "there is none"}};
  const MutationReport after = report_of(tests, options);
  EXPECT_EQ(after.open() + 1, before.open());
  EXPECT_EQ(names_of(after, Fate::accepted), std::vector<std::string>{"parameter Least: 2 -> 1"});
  EXPECT_EQ(after.unused, std::vector<std::string>{"parameter Most: 1 -> 2"});
}

TEST(generated, cases_show_all_that_a_small_policy_can_show) {
  SourceSet sources;
  auto program = vm::verify(*compiled(sources, "").program);
  GenerateOptions options;
  options.candidates = 4'000;
  const Generated made = generate_cases(std::get<vm::VerifiedProgram>(program), {}, options);
  for (const MissingState& m : made.missing) ADD_FAILURE() << m.what << ": " << m.why;
  EXPECT_EQ(made.shown, made.wanted);
  EXPECT_LT(made.cases.size(), 12u);
  const Generated again = generate_cases(std::get<vm::VerifiedProgram>(program), {}, options);
  ASSERT_EQ(made.cases.size(), again.cases.size());
  for (size_t k = 0; k < made.cases.size(); ++k) EXPECT_EQ(made.cases[k].record, again.cases[k].record);
}

TEST(test_rows, small_numbers_are_written_as_the_language_reads_them) {
  EXPECT_EQ(record_words(Json::parse(R"({"a": 1e-8, "b": 2.5, "c": 3.0, "d": -4})")), "{ a: 0.00000001, b: 2.5, c: 3.0, d: -4 }");
}

TEST(coverage, what_is_accepted_by_name_is_not_wanted_and_what_was_seen_is_not_accepted) {
  SourceSet sources;
  const Compiled whole = compiled(sources, "test 'covered' case R  expect approve\n");
  Coverage coverage(*whole.program);
  Diagnostics unread;
  PolicyTests tests(whole, sources, unread);
  coverage.add(*tests.decisions(0), *tests.result(0).trace);
  const uint64_t wanted = coverage.states().wanted;
  EXPECT_EQ(coverage.accept({{"criterion Back undetermined", "always there"}, {"criterion Back met", "?"}, {"criterion Gone met", "?"}}),
            (std::vector<std::string>{"criterion Back met", "criterion Gone met"}));
  EXPECT_EQ(coverage.states().wanted, wanted - 1);
}

TEST(coverage, a_member_decides_where_two_cases_differ_in_it_alone_and_in_the_result) {
  const auto pairs = deciding_pairs({"TTT", "TFF", "UTU", "FFF"}, 2);
  EXPECT_EQ(pairs[0], (std::pair<Truths, Truths>{"TTT", "UTU"}));
  EXPECT_EQ(pairs[1], (std::pair<Truths, Truths>{"TFF", "TTT"}));
  EXPECT_EQ(deciding_pairs({"TTT", "FFF"}, 2)[0], (std::pair<Truths, Truths>{}));
}

}  // namespace
}  // namespace rubric::analysis
