// What CQL's expressions mean where policies stand on them: the exact day, month ends, leap days, partial dates, ages,
// windows, with and without. Each line is two expressions that are the same value; of an uncertain one, its words.
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
    {"years between @2008-02-29 and @2026-02-28", "17"},
    {"years between @2008-02-29 and @2026-03-01", "18"},
    {"years between @2008-02-29 and @2028-02-29", "20"},
    {"years between @2008 and @2026-06-30", "between 17 and 18"},
    {"CalculateAgeInYearsAt(@2008-07-01, @2026-06-30)", "17"},
    {"CalculateAgeInYears(@2008-01-01)", "18"},
    {"CalculateAgeInMonthsAt(@2025-12-31, @2026-01-30)", "0"},
    {"CalculateAgeInMonthsAt(@2025-12-31, @2026-01-31)", "1"},
    {"CalculateAgeInWeeksAt(@2026-01-01, @2026-01-14)", "1"},
    {"CalculateAgeInDaysAt(@2026-01-01, @2026-01-31)", "30"},
    {"CalculateAgeInMinutesAt(@2026-01-01T10:00:00.0, @2026-01-01T10:05:00.0)", "5"},
    {"CalculateAgeInYearsAt(@2008-07-01, null)", "null"},
    {"Coalesce(null as Boolean, true)", "true"},
    // a month without a 31st is over on the first of the next
    {"months between @2026-01-31 and @2026-02-28", "0"},
    {"months between @2026-01-31 and @2026-03-01", "1"},
    {"months between @2026-03-01 and @2026-01-31", "-1"},
    {"months between @2026-01-31T10:00:00.0 and @2026-03-31T09:59:59.999", "1"},
    {"weeks between @2026-01-01 and @2026-02-12", "6"},
    {"days between @2024-02-28 and @2024-03-01", "2"},
    {"hours between @2026-01-31T23:30:00.000 and @2026-02-01T00:30:00.000", "1"},
    {"hours between @2026-03-08T01:00:00.0-07:00 and @2026-03-08T03:00:00.0-06:00", "1"},
    {"difference in days between @2026-01-31T23:30:00.0Z and @2026-02-01T01:00:00.0+01:00", "1"},
    // what partial dates leave undecided, through arithmetic
    {"(days between @2014-01-15T and @2014-02T) + 1", "between 17 and 45"},
    {"-(days between @2014-01-15T and @2014-02T)", "between -44 and -16"},
    {"Abs(days between @2014-02T and @2014-01-15T)", "between 16 and 44"},
    {"(days between @2014-01-15T and @2014-02T) div 4", "between 4 and 11"},
    {"(days between @2014-01-15T and @2014-02T) / 4", "between 4 and 11"},
    {"100 div ((days between @2014-01-15T and @2014-02T) - 20)", "null"},
    {"Abs((days between @2014-01-15T and @2014-02T) - 20)", "between 0 and 24"},
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
    {"Interval[@2026-01-04, @2026-01-08] within 3 days of Interval[@2026-01-01, @2026-01-10]", "true"},
    {"Interval[@2025-12-29, @2026-01-08] within 2 days of Interval[@2026-01-01, @2026-01-10]", "false"},
    {"Interval[@2026-01-04, @2026-01-08] ends 2 days or less before end Interval[@2026-01-01, @2026-01-10]", "true"},
    {"Interval[@2026-01-04, @2026-01-08] ends 1 day or less before end Interval[@2026-01-01, @2026-01-10]", "false"},
    {"Interval[@2026-01-04, @2026-01-08] starts same day as start Interval[@2026-01-04, @2026-01-10]", "true"},
    {"Interval[@2026-01-04, @2026-01-08] occurs during Interval[@2026-01-04, @2026-01-08]", "true"},
    {"Interval[@2026-01-04, @2026-01-08] properly during Interval[@2026-01-04, @2026-01-08]", "false"},
    {"@2026-01-10 3 days after @2026-01-07", "true"},
    {"@2026-01-10 more than 3 days after @2026-01-07", "false"},
    {"@2026-01-31 during month of Interval[@2026-01-01, @2026-01-02]", "true"},
    {"@2026-01 during Interval[@2026-01-01, @2026-01-31]", "null"},
    {"@2026-01 during month of Interval[@2026-01-01, @2026-01-31]", "true"},
    {"@2026-01 during Interval[@2026-01-15, @2026-01-31]", "null"},
    // clocks
    {"@2026-03-10T10:20:00.999+07:00 same hour as @2026-03-10T09:20:00.999+06:00", "true"},
    {"@2026-01-31T23:00:00.000-02:00 same day as @2026-02-01T00:00:00.000Z", "true"},
    {"@T23:30 + 1 hour", "@T00:30"},
    // amounts
    {"1 year = 1 'a'", "null"},
    {"1 year ~ 1 'a'", "true"},
    {"2 'g' = 2000 'mg'", "true"},
    {"1 'ng/dL' = 10 'pg/mL'", "true"},
    {"1 '10*9/L' = 1 '10*3/uL'", "true"},
    {"5 'mg{creatinine}' = 5 'mg'", "true"},
    {"10 'mg/kg' * 70 'kg'", "700 'mg'"},
    {"5 'mg/dL' * 200 'mL'", "10 'mg'"},
    {"10 'm' * 50 'cm'", "5 'm2'"},
    {"1 'm3' / 200 'cm'", "0.5 'm2'"},
    {"1 'mg':2 'mL' ~ 1000 'ug':0.002 'L'", "true"},
    {"1 'mg':2 'mL' ~ 1 'mg':2 'mg'", "false"},
    {"(1000 'mg').unit", "'mg'"},
    {"(maximum Decimal) > 1 and (successor of (maximum Decimal)) is null", "true"},
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
    const std::string_view expected = pair.value;
    const bool uncertain = expected.starts_with("between ");
    SourceSet sources;
    Diagnostics diagnostics;
    Compiled made = compile_expressions({pair.expression, uncertain ? "null" : pair.value}, false, sources, diagnostics);
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
      const std::string wanted = uncertain ? std::string(expected) : words(*batch, d.value(pieces[1].reg, row));
      EXPECT_EQ(words(*batch, d.value(pieces[0].reg, row)), wanted) << pair.expression << ", case " << row;
    }
  }
}

}  // namespace
}  // namespace rubric
