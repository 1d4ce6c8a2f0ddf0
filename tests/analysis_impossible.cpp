// What coverage does not want because a solver proved that no record shows it, and what it still wants.
#include "analysis/coverage.h"
#include "analysis/overruled.h"
#include "analysis/witness.h"
#include "base/diagnostic.h"
#include "compiler/compile.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace rubric::analysis {
namespace {

constexpr const char* policy = R"(policy P version '1'
include Clinical
source S 'The source'
decides each Line when undetermined pend cite S '0'
criterion Many 'Many units' Line.units >= 5 cite S '1'
criterion Few 'Few units' Line.units < 3 cite S '1'
criterion Left 'On the left' Line.side = 'left' cite S '1'
rule Covered approve when Many cite S '2'
rule Never review when all of Many, Few cite S '2'
rule Sparse deny when Many is not met and Left is met exception to Covered cite S '2'
rule Other deny when Many is not met and Left is not met cite S '2'
)";

vm::VerifiedProgram program() {
  SourceSet sources;
  Diagnostics diagnostics;
  Compiled compiled = compile_text("policy.rubric", policy, sources, diagnostics);
  return std::get<vm::VerifiedProgram>(vm::verify(std::move(*compiled.program)));
}

// Why a state is not wanted; "wanted" where it is.
std::string impossible(const Coverage& coverage, Subject::Kind kind, const std::string& name, const std::string& state) {
  for (const Covered& c : coverage.clauses()) {
    if (c.kind != kind || c.name != name) continue;
    for (const CoveredState& s : c.states) {
      if (s.name == state) return s.impossible.empty() ? "wanted" : s.impossible;
    }
  }
  return "no such state";
}

TEST(ImpossibleStates, AreProvedAndNotWanted) {
  const vm::VerifiedProgram p = program();
  Coverage coverage(*p);
  const auto wanted = coverage.states().wanted;
  coverage.prove(p);
  const auto why = [&](Subject::Kind kind, const std::string& name, const std::string& state) {
    return impossible(coverage, kind, name, state);
  };
  // Its logic alone: the exception stands only where the rule does not fire.
  EXPECT_EQ(why(Subject::Kind::rule, "Covered", "defeated"), "proved: its logic does not allow it, whatever the conditions come to");
  // The numbers: five or more and fewer than three.
  EXPECT_EQ(why(Subject::Kind::rule, "Never", "stands"), "proved: no record shows it, unless a person overrules a criterion");
  // Open facts are no question about complete records.
  EXPECT_EQ(why(Subject::Kind::rule, "Never", "open"), "wanted");
  EXPECT_EQ(why(Subject::Kind::rule, "Sparse", "stands"), "wanted");
  EXPECT_EQ(why(Subject::Kind::criterion, "Many", "met"), "wanted");
  EXPECT_EQ(why(Subject::Kind::criterion, "Many", "undetermined"), "wanted");
  EXPECT_EQ(why(Subject::Kind::threshold, "Line.units >= 5", "at"), "wanted");
  EXPECT_EQ(coverage.states().wanted + 2, wanted);
}

TEST(ImpossibleStates, AreNotAskedOfWhatWasSeen) {
  const vm::VerifiedProgram p = program();
  Coverage coverage(*p);
  const std::string record = R"({"id":"r","lines":[{"sequence":1,"units":7,"side":"right"}]})";
  vm::Loader loader(*p, "");
  loader.add(record, "");
  coverage.add(vm::run(p, std::make_shared<const vm::Batch>(loader.take())), decided(p, record));
  coverage.prove(p);
  EXPECT_EQ(impossible(coverage, Subject::Kind::rule, "Covered", "stands"), "wanted");
  EXPECT_EQ(impossible(coverage, Subject::Kind::rule, "Covered", "defeated"),
            "proved: its logic does not allow it, whatever the conditions come to");
}

TEST(Overruled, SaysOfEachCriterionEachStatusAndOfARulesCriteriaAllButOne) {
  const vm::VerifiedProgram p = program();
  const std::vector<Json> records = overruled(*p, Json::parse(R"({"id":"r","assertions":[{"criterion":"Left","status":"met"}]})"));
  const auto says = [&](const std::string& of, const std::string& status, size_t words) {
    return std::any_of(records.begin(), records.end(), [&](const Json& r) {
      const Json& list = r["assertions"];
      return list.size() == words &&
             std::any_of(list.begin(), list.end(), [&](const Json& a) { return a["criterion"] == of && a["status"] == status; });
    });
  };
  for (const char* const status : {"met", "notMet", "notApplicable"}) {
    EXPECT_TRUE(says("Left", status, 1)) << "another word on it takes the place of the one that there is";
    EXPECT_TRUE(says("Few", status, 2) || says("Few", status, 3)) << status;
  }
  EXPECT_TRUE(says("Many", "notApplicable", 3)) << "of Never: Few is met, Many does not apply, and the record's own word";
}

}  // namespace
}  // namespace rubric::analysis
