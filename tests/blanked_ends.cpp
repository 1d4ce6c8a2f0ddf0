// The experiment behind "unknowns are not laundered": records of treatments that were tried, decided whole and again with
// a fifth of the end dates blanked. Where a query drops what is not documented, approvals turn into refusals unnoticed.
// Here no approval may become a refusal, and whatever a blank touches waits for exactly the dates that decide it.
//
// What a blank touches is found without the engine: a trial is not long enough, long enough to count, or long enough to
// be the one of physical therapy, and all that its missing end could say is tried.
#include "tests/reference/machine.h"
#include "vm/date.h"
#include "vm/outcomes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

namespace rubric::reference {
namespace {

constexpr const char* policy = R"(policy Therapy version '1'
include Record
source S 'A source'
decides each Line
  when undetermined pend cite S 'd'
criterion TherapyTried 'physical therapy failed, after six weeks or more'
  exists (Trials T where T.category = 'physicalTherapy' and T.outcome = 'failed' and T.end >= T.start + 6 weeks)
  cite S 'a'
criterion TwoTried 'two treatments failed, after four weeks or more'
  Count(Trials T where T.outcome = 'failed' and weeks between T.start and T.end >= 4) >= 2
  cite S 'b'
rule Covered approve when all of TherapyTried, TwoTried  cite S 'y'
rule Refused deny when any of TherapyTried, TwoTried is not met  cite S 'n'
)";

struct Tried {
  bool therapy, failed, blank;
  uint32_t start, days;    // on that day of January 2025, for so long
};

bool approved(const std::vector<Tried>& trials) {
  bool therapy = false;
  int counted = 0;
  for (const Tried& t : trials) {
    therapy |= t.therapy && t.failed && t.days >= 42;
    counted += t.failed && t.days >= 28;
  }
  return therapy && counted >= 2;
}

std::string end_of(size_t trial) { return fmt::format("/trials/items/{}/end", trial); }

// What the record can still turn out to be, and the trials whose end decides it.
struct Settled {
  std::set<bool> answers;
  std::set<std::string> asked;
};
Settled settled(std::vector<Tried> trials, size_t from = 0) {
  while (from < trials.size() && !trials[from].blank) ++from;
  if (from == trials.size()) return {{approved(trials)}, {}};
  Settled all;
  std::vector<Settled> each;
  for (const uint32_t days : {0u, 28u, 42u}) {
    trials[from].days = days;
    each.push_back(settled(trials, from + 1));
    all.answers.insert(each.back().answers.begin(), each.back().answers.end());
    all.asked.insert(each.back().asked.begin(), each.back().asked.end());
  }
  // This end decides if, for some ends of the others, it alone makes a difference.
  std::vector<size_t> blanks;
  for (size_t k = from + 1; k < trials.size(); ++k) {
    if (trials[k].blank) blanks.push_back(k);
  }
  size_t ways = 1;
  for (size_t k = 0; k < blanks.size(); ++k) ways *= 3;
  for (size_t way = 0; way < ways; ++way) {
    for (size_t k = 0, rest = way; k < blanks.size(); ++k, rest /= 3) trials[blanks[k]].days = std::array{0u, 28u, 42u}[rest % 3];
    std::set<bool> answers;
    for (const uint32_t days : {0u, 28u, 42u}) {
      trials[from].days = days;
      answers.insert(approved(trials));
    }
    if (answers.size() > 1) all.asked.insert(end_of(from));
  }
  return all;
}

std::set<std::string> failed_and_blank(const std::vector<Tried>& trials) {
  std::set<std::string> ends;
  for (size_t k = 0; k < trials.size(); ++k) {
    if (trials[k].failed && trials[k].blank) ends.insert(end_of(k));
  }
  return ends;
}

std::string record(const std::vector<Tried>& trials, bool blanked) {
  Json items = Json::array();
  for (const Tried& t : trials) {
    Json item{{"category", t.therapy ? "physicalTherapy" : "nsaid"}, {"outcome", t.failed ? "failed" : "effective"}};
    item["start"] = fmt::format("2025-01-{:02}", t.start);
    const vm::Date end{vm::days_of(2025, 1, static_cast<int32_t>(t.start)) + static_cast<int32_t>(t.days), 3};
    if (!blanked || !t.blank) item["end"] = vm::iso_date(end);
    items.push_back(item);
  }
  return Json{
      {"id", "made up"}, {"lines", {{{"sequence", 1}, {"serviceDate", "2025-12-01"}}}}, {"trials", {{"items", items}, {"complete", true}}}}
      .dump();
}

TEST(Unknowns, ABlankedEndTurnsNoApprovalIntoARefusal) {
  std::string why;
  const auto machine = compiled(policy, &why);
  ASSERT_TRUE(machine) << why;
  Dice dice(20260101);
  std::vector<std::vector<Tried>> drawn(1000);
  std::vector<std::string> whole, blanked;
  for (auto& trials : drawn) {
    trials.resize(1 + dice.below(5));
    for (Tried& t : trials) t = {dice.percent(60), dice.percent(80), dice.percent(20), 1 + dice.below(28), 14 + dice.below(50)};
    whole.push_back(record(trials, false));
    blanked.push_back(record(trials, true));
  }
  const std::vector<vm::Trace> before = traces(*machine, whole), after = traces(*machine, blanked);
  size_t approvals = 0, touched = 0, laundered = 0, exactly = 0, pended = 0;
  for (size_t k = 0; k < drawn.size(); ++k) {
    const vm::LineTrace &first = before[k].lines.at(0), &then = after[k].lines.at(0);
    const vm::Outcome complete = approved(drawn[k]) ? vm::Outcome::approve : vm::Outcome::deny;
    ASSERT_EQ(first.outcome, complete) << whole[k];
    const Settled expected = settled(drawn[k]);
    ASSERT_EQ(then.outcome, expected.answers.size() > 1 ? vm::Outcome::pend : complete) << blanked[k];
    std::set<std::string> asked;
    for (const vm::MissingFact& fact : then.missing) asked.insert(fact.fact);
    ASSERT_TRUE(std::includes(asked.begin(), asked.end(), expected.asked.begin(), expected.asked.end())) << blanked[k];
    // Where several open dates meet in one count, a date too many may be asked for, but none that the count cannot see.
    const std::set<std::string> seen = expected.answers.size() > 1 ? failed_and_blank(drawn[k]) : std::set<std::string>{};
    ASSERT_TRUE(std::includes(seen.begin(), seen.end(), asked.begin(), asked.end())) << blanked[k];
    if (seen.size() == 1) {
      ASSERT_EQ(asked, expected.asked) << blanked[k];
    }
    exactly += !asked.empty() && asked == expected.asked;
    pended += then.outcome == vm::Outcome::pend;
    if (first.outcome != vm::Outcome::approve) continue;
    ++approvals;
    ASSERT_NE(then.outcome, vm::Outcome::deny) << blanked[k];
    touched += then.outcome == vm::Outcome::pend;
    // What a query that drops such rows would make of it.
    std::vector<Tried> documented;
    for (const Tried& t : drawn[k]) {
      if (!t.blank) documented.push_back(t);
    }
    laundered += !approved(documented);
  }
  EXPECT_GT(approvals, 200u);
  EXPECT_GT(touched, 50u);
  EXPECT_GT(exactly * 10, pended * 9);
  EXPECT_EQ(touched, laundered) << "each approval that would be lost waits, and no other";
}

}  // namespace
}  // namespace rubric::reference
