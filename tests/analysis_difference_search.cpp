// A record that tells two versions apart, found by trying: also where it takes more rows than a solver is given.
#include "analysis/difference_search.h"

#include "analysis/witness.h"
#include "base/diagnostic.h"
#include "base/text.h"
#include "compiler/compile.h"
#include "tests/edit_history.h"
#include "tests/paths.h"
#include "tests/program_of.h"

#include <gtest/gtest.h>

namespace rubric::analysis {
namespace {

TEST(DifferenceSearch, FindsNoneWhereThereIsNone) {
  const std::string text = read_file(std::string(source_folder) + "/docs/massage-therapy/massage-therapy.rubric").value();
  for (const HistoricEdit& each : edit_history()) {
    if (each.proof != "equivalent") continue;
    EXPECT_FALSE(search_difference(program_of(text), program_of(edited(text, each.changes)), {})) << each.name;
  }
}

constexpr const char* five_trials = R"(policy P version '1'
include Clinical
source S 'The source'
decides each Line when undetermined pend cite S '0'
criterion Tried 'Five treatments failed'
  Count(Trials T where T.status = 'completed' and T.outcome = 'failed') >= 5 cite S '1'
criterion Long 'The first took four weeks' some Trial T has T.category = 'rest' and T.start + 4 weeks <= T.end cite S '2'
rule Covered approve when all of Tried, Long cite S '3'
rule Denied deny when any of Tried, Long is not met cite S '3'
)";

// A seed shows the approval that the edit moves.
TEST(DifferenceSearch, StartsFromWhatTestsStartFrom) {
  Json seed = Json::parse(R"({"id": "five", "reviewType": "prospective", "received": "2026-03-01",
    "lines": [{"sequence": 1, "code": {"system": "CPT", "code": "97124"}, "serviceDate": "2026-03-02"}],
    "trials": {"complete": true, "items": []}})");
  for (int k = 0; k < 5; ++k)
    seed["trials"]["items"].push_back(
        Json::parse(R"({"category": "massage", "status": "completed", "outcome": "failed", "start": "2026-01-01", "end": "2026-02-28"})"));
  seed["trials"]["items"][0]["category"] = "rest";
  const auto before = program_of(five_trials), longer = program_of(edited(five_trials, {{"4 weeks", "8 weeks"}})),
             renamed = program_of(edited(five_trials, {{"status = 'completed' and", "status in { 'completed' } and"}}));
  const auto found = search_difference(before, longer, {seed});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->decided);
  EXPECT_TRUE(told_apart(before, longer, found->json)) << found->json;
  EXPECT_FALSE(search_difference(before, renamed, {seed}));
}

// What differs only where facts are open is found, and said not to be decided.
TEST(DifferenceSearch, SaysWhatWaitsForFacts) {
  const auto before = program_of(five_trials), waits = program_of(edited(five_trials, {{"undetermined pend", "undetermined review"}}));
  const auto found = search_difference(before, waits, {});
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->decided);
  EXPECT_TRUE(told_apart(before, waits, found->json)) << found->json;
}

}  // namespace
}  // namespace rubric::analysis
