// A made-up history of edits to one policy (docs/massage-therapy): which clauses each edits, the impact that it should have on
// a small corpus (impact.cpp), and what a proof should say of it (analysis_proof.cpp).
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace rubric::analysis {

struct HistoricEdit {
  std::string name;
  std::vector<std::pair<std::string, std::string>> changes;   // of the source's text, everywhere
  std::string edits, impact;
  std::string proof;   // "equivalent" or "different"
};
inline std::ostream& operator<<(std::ostream& out, const HistoricEdit& h) { return out << h.name; }

inline std::string edited(std::string text, const std::vector<std::pair<std::string, std::string>>& changes) {
  for (const auto& [from, to] : changes) {
    size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    for (; at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
  }
  return text;
}

inline std::vector<HistoricEdit> edit_history() {
  return {
      HistoricEdit{
          "a_threshold",
          {{"FailedTrial(T, 4 weeks)", "FailedTrial(T, 6 weeks)"}},
          "changed criterion ActiveFirst",
          "fourWeeks approveWithConditions -> deny (1); elevenBefore approveWithConditions -> deny (1); twelveBefore statusChanged (1); neck statusChanged (1); infected statusChanged (1)",
          "different"},
      HistoricEdit{"a_window",
                   {{"in the 6 months", "in the 2 months"}},
                   "changed limit Sessions",
                   "twelveBefore review -> approveWithConditions (1)",
                   "different"},
      HistoricEdit{"a_code_added",
                   {{"'M54.59' }", "'M54.59', 'M54.2' }"}},
                   "changed valueset BackPain",
                   "neck deny -> approveWithConditions (1); neckADayLess statusChanged (1)",
                   "different"},
      HistoricEdit{"an_exception_dropped",
                   {{"  exception to every other rule\n", ""}},
                   "changed rule Infection",
                   "infected deny -> conflict (1)",
                   "different"},
      HistoricEdit{"edits_that_cancel",
                   {{"default 12", "default 11"}, {"at most MaxSessions days", "at most 12 days"}},
                   "changed parameter MaxSessions; changed limit Sessions",
                   "",
                   "equivalent"},
      HistoricEdit{"a_renaming", {{"ActiveFirst", "ExerciseFirst"}}, "renamed criterion ActiveFirst to ExerciseFirst", "", "equivalent"},
      HistoricEdit{"a_reformatting", {{"\nrule ", "\n\n// a rule\nrule   "}, {"  cite", "\n      cite"}}, "", "", "equivalent"},
      HistoricEdit{"an_outcome",
                   {{"rule OverLimit review", "rule OverLimit deny"}},
                   "changed rule OverLimit",
                   "twelveBefore review -> deny (1)",
                   "different"},
      HistoricEdit{"a_rule_removed",
                   {{"rule NotCovered deny\n  when any of Diagnosed, ActiveFirst is not met\n  cite Example 'Coverage'\n", ""}},
                   "removed rule NotCovered",
                   "aDayLess deny -> gap (1); neck deny -> gap (1); untold reasoningOnly (1); neckADayLess deny -> gap (1)",
                   "different"},
      HistoricEdit{
          "both_needed",
          {{"4 weeks)", "3 weeks)"}, {"'M54.59' }", "'M54.59', 'M54.2' }"}},
          "changed valueset BackPain; changed criterion ActiveFirst",
          "aDayLess deny -> approveWithConditions (2); neck deny -> approveWithConditions (1); neckADayLess deny -> approveWithConditions (1 or 2)",
          "different"},
      HistoricEdit{"either_is_enough",
                   {{"in the 6 months", "in the 2 months"}, {"default 12", "default 13"}},
                   "changed parameter MaxSessions; changed limit Sessions",
                   "twelveBefore review -> approveWithConditions (1 and 2)",
                   "different"}};
}

}  // namespace rubric::analysis
