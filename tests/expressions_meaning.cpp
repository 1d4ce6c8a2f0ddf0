// What CQL's expressions mean where policies stand on them: the exact day, month ends, leap days, partial dates, ages,
// windows, with and without. Each line is two expressions that are the same value.
#include "compiler/compile.h"
#include "vm/machine.h"
#include "vm/value_words.h"
#include "vm/verify.h"

#include <gtest/gtest.h>

namespace rubric {
namespace {

std::string words(const vm::Batch& batch, const vm::Value& v) {
  return v.kind == vm::Kind::none ? "null" : v.kind == vm::Kind::unknown ? "unknown" : vm::words_of(batch, v);
}

struct Pair {
  const char *expression, *value;
};
constexpr Pair pairs[] = {
    // a window holds the day 12 months back, and not the day itself
    {"@2025-06-30 12 months or less before @2026-06-30", "true"},
    {"@2025-06-29 12 months or less before @2026-06-30", "false"},
    {"@2026-06-30 12 months or less before @2026-06-30", "false"},
    {"@2026-06-30 12 months or less on or before @2026-06-30", "true"},
    {"@2025-06-30 less than 12 months before @2026-06-30", "false"},
    {"@2025-06-30 12 months or more before @2026-06-30", "true"},
    {"@2025-06-30 more than 12 months before @2026-06-30", "false"},
    {"@2025-02-28 12 months before @2026-02-28", "true"},
    // month ends and leap days
    {"@2024-02-29 1 year or less before @2025-02-28", "true"},
    {"@2024-02-29 + 1 year", "@2025-02-28"},
    {"@2026-01-31 + 1 month", "@2026-02-28"},
    {"@2024-01-31 + 1 month", "@2024-02-29"},
    {"@2026-03-31 - 1 month", "@2026-02-28"},
    {"@2026-12-31 + 1 day", "@2027-01-01"},
    {"@2026-01 + 1 month", "@2026-02"},
    {"@2026-01 + 31 days", "@2026-02"},
    // ages count birthdays, differences count boundaries
    {"years between @2008-07-01 and @2026-06-30", "17"},
    {"years between @2008-07-01 and @2026-07-01", "18"},
    {"difference in years between @2008-07-01 and @2026-06-30", "18"},
    {"years between @2008-02-29 and @2026-02-28", "18"},
    {"CalculateAgeInYearsAt(@2008-07-01, @2026-06-30)", "17"},
    {"CalculateAgeInYears(@2008-01-01)", "18"},
    {"CalculateAgeInDaysAt(@2026-01-01, @2026-01-31)", "30"},
    {"Coalesce(null as Boolean, true)", "true"},
    {"months between @2026-01-31 and @2026-02-28", "1"},
    {"weeks between @2026-01-01 and @2026-02-12", "6"},
    {"days between @2024-02-28 and @2024-03-01", "2"},
    {"hours between @2026-01-31T23:30:00.000 and @2026-02-01T00:30:00.000", "1"},
    // what partial dates leave undecided
    {"@2012-01 < @2012-01-15", "null"},
    {"@2012-01 < @2012-02-15", "true"},
    {"@2012-01 ~ @2012-01-15", "false"},
    {"@2026-01 same month as @2026-01-31", "true"},
    {"(days between @2014-01-15T and @2014-02T) > 40", "null"},
    {"(days between @2014-01-15T and @2014-02T) > 44", "false"},
    {"(days between @2014-01-15T and @2014-02T) >= 16", "true"},
    {"((days between @2014-01-15T and @2014-02T) > 40) is null", "true"},
    // membership in intervals, at their ends
    {"@2026-01-01 during Interval[@2026-01-01, @2026-12-31]", "true"},
    {"@2026-01-01 during Interval(@2026-01-01, @2026-12-31]", "false"},
    {"@2027-01-01 during Interval[@2026-01-01, null]", "true"},
    {"@2027-01-01 during Interval[@2026-01-01, null)", "null"},
    {"@2025-01-01 during Interval[@2026-01-01, null)", "false"},
    {"@2026-01-03 within 2 days of @2026-01-01", "true"},
    {"@2026-01-04 within 2 days of @2026-01-01", "false"},
    {"Interval[@2026-01-01, @2026-01-31] starts 3 days or less after start Interval[@2025-12-29, @2026-02-01]", "true"},
    {"Interval[@2026-01-01, @2026-01-31] meets before Interval[@2026-02-01, @2026-02-28]", "true"},
    {"Interval[1, 5) = Interval[1, 4]", "true"},
    // clocks
    {"@2026-03-10T10:20:00.999+07:00 same hour as @2026-03-10T09:20:00.999+06:00", "true"},
    {"@2026-01-31T23:00:00.000-02:00 same day as @2026-02-01T00:00:00.000Z", "true"},
    {"@T23:30 + 1 hour", "@T00:30"},
    // amounts
    {"1 year = 1 'a'", "null"},
    {"1 year ~ 1 'a'", "true"},
    {"2 'g' = 2000 'mg'", "true"},
    {"0.1 + 0.2 = 0.3", "true"},
    {"1 / 3 * 3 = 1", "false"},
    {"1 / 0 is null", "true"},
    {"2147483647 + 1", "null"},
    // queries over values
    {"({5, 1, 3}) X where X > 1 return X * 2", "{10, 6}"},
    {"({5, 1, 3}) X where X > 1 sort desc", "{5, 3}"},
    {"({1, 1, 2}) X return X", "{1, 2}"},
    {"({1, 1, 2}) X return all X", "{1, 1, 2}"},
    {"({1, 2, 3}) X with ({2, 3, 4}) Y such that X = Y", "{2, 3}"},
    {"({1, 2, 3}) X without ({2, 3, 4}) Y such that X = Y", "{1}"},
    {"from ({1, 2}) X, ({10, 20}) Y where X + Y > 11 return all X + Y", "{21, 12, 22}"},
    {"({1, 2, 3}) X let Y: X * X where Y > 1 return Y", "{4, 9}"},
    {"({Tuple{a: 2, b: 'x'}, Tuple{a: 1, b: 'y'}}) T sort by a", "{Tuple{a: 1, b: 'y'}, Tuple{a: 2, b: 'x'}}"},
    {"({1, 2, 3}) X aggregate R starting 0: R + X", "6"},
    {"({1, 2}) X aggregate R starting 0: R + (({10, 20}) Y aggregate S starting 0: S + X * Y)", "90"},
    {"({1, 2}) X return all Count(({1, 2, 3}) Y where Y > X)", "{2, 1}"},
    {"exists (({1, 2}) X where X > 2)", "false"},
    {"First(({3, 1, 2}) X sort asc)", "1"},
    {"(null as List<Integer>) X return X", "null"},
    {"Sum({1, 2, null})", "3"},
    {"Coalesce(null, 5)", "5"},
};

TEST(Expressions, MeanWhatCqlSays) {
  for (const Pair& pair : pairs) {
    SourceSet sources;
    Diagnostics diagnostics;
    Compiled made = compile_expressions({pair.expression, pair.value}, false, sources, diagnostics);
    ASSERT_TRUE(made.program) << pair.expression << ": " << (diagnostics.all().empty() ? "" : diagnostics.all()[0].message);
    auto verified = vm::verify(std::move(*made.program));
    ASSERT_TRUE(std::holds_alternative<vm::VerifiedProgram>(verified)) << pair.expression << ": " << std::get<std::string>(verified);
    const auto& program = std::get<vm::VerifiedProgram>(verified);
    vm::Loader loader(*program, "2026-01-01");
    for (int copy = 0; copy < 3; ++copy) loader.add("{}", "test:1");
    const auto batch = std::make_shared<const vm::Batch>(loader.take());
    const vm::Decisions d = vm::run(program, batch);
    const auto& pieces = program->remarks.at(0).text.pieces;
    for (vm::Row row = 0; row < 3; ++row) {
      EXPECT_EQ(words(*batch, d.value(pieces[0].reg, row)), words(*batch, d.value(pieces[1].reg, row))) << pair.expression << ", case " << row;
    }
  }
}

}  // namespace
}  // namespace rubric
