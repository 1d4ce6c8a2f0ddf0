// What a search shows of a policy before the solver is asked: what is there to be shown, and never what cannot be.
#include "tests/program_of.h"

#include "analysis/shown_cases.h"
#include "base/diagnostic.h"
#include "compiler/compile.h"

#include <gtest/gtest.h>

namespace rubric::analysis {
namespace {

constexpr const char* policy = R"(policy P version '1'
include Clinical
source S 'The source'
decides each Line
criterion Dated 'A day is named'  Line.date >= @2026-01-01  cite S '1'
criterion Need 'It is needed'
  all of
    a: 'much' Line.units >= 4
    b: 'more than little' Line.units >= 2
  end
  cite S '2'
criterion Idle 'Nothing rests on it'  Program.education  cite S '3'
criterion Same 'Always so'  Line.units >= 1 or Line.units < 1  cite S '4'
rule Covered approve when all of Dated, Need cite S '5'
rule Denied deny when any of Dated, Need is not met cite S '6'
rule Both review when Need and Need is not met cite S '7'
rule Early deny when Dated is not met exception to Denied cite S '8'
)";

TEST(ShownCases, ShowWhatIsThereAndNothingElse) {
  const vm::VerifiedProgram program = program_of(policy);
  const ShownCases shown(program);
  for (const char* rule : {"Covered", "Denied", "Early"}) EXPECT_TRUE(shown.fires("P", rule) && shown.stands("P", rule)) << rule;
  EXPECT_FALSE(shown.fires("P", "Both"));
  EXPECT_FALSE(shown.stands("Q", "Covered"));   // another block's

  for (const char* criterion : {"Dated", "Need", "Need.a", "Need.b", "Idle"}) {
    EXPECT_TRUE(shown.comes_out("P", criterion, vm::Status::met)) << criterion;
    EXPECT_TRUE(shown.comes_out("P", criterion, vm::Status::not_met)) << criterion;
  }
  EXPECT_FALSE(shown.comes_out("P", "Same", vm::Status::not_met));

  EXPECT_TRUE(shown.decides_alone("P", {"Need.a", "Need.b"}, "Need.a", true));
  EXPECT_FALSE(shown.decides_alone("P", {"Need.a", "Need.b"}, "Need.b", true));
  EXPECT_TRUE(shown.decides_alone("P", {"Need.a", "Need.b"}, "Need.b", false));   // were it `any of`

  for (const char* criterion : {"Dated", "Need"}) EXPECT_TRUE(shown.matters(criterion)) << criterion;
  EXPECT_FALSE(shown.matters("Idle"));
}

}  // namespace
}  // namespace rubric::analysis
