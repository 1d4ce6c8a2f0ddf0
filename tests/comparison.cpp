// Two versions compared by planes against the same two compared by their whole traces, on random policies and edits.
#include "analysis/comparison.h"

#include "tests/reference/machine.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

namespace rubric::reference {
namespace {

using analysis::Difference;

// Another number, another word for a group, or the opposite of a comparison, at a place that the dice choose.
std::string edited(const std::string& source, Dice& dice) {
  static const std::vector<std::pair<std::string, std::string>> edits = {{">= 1", ">= 2"},
                                                                         {">= 2", ">= 3"},
                                                                         {"<= 2", "<= 1"},
                                                                         {"all of", "any of"},
                                                                         {"any of", "all of"},
                                                                         {"= 1", "= 0"},
                                                                         {"approve when", "deny when"},
                                                                         {"'A1'", "'B1'"},
                                                                         {"2 weeks", "3 weeks"},
                                                                         {" and ", " or "}};
  for (int tries = 0; tries < 50; ++tries) {
    const auto& [from, to] = edits[dice.below(static_cast<uint32_t>(edits.size()))];
    std::vector<size_t> places;
    for (size_t at = source.find(from); at != std::string::npos; at = source.find(from, at + 1)) places.push_back(at);
    if (places.empty()) continue;
    std::string out = source;
    return out.replace(places[dice.below(static_cast<uint32_t>(places.size()))], from.size(), to);
  }
  return source;
}

TEST(Comparison, PlanesFindWhatTracesShow) {
  size_t changed = 0, alike = 0;
  for (uint32_t at = 0; at < random_pairs(40); ++at) {
    Dice dice(uint64_t{51} << 32 | at);
    const std::string source = random_policy(dice, {}).source(), other = edited(source, dice);
    const auto before = compiled(source), after = compiled(other);
    if (!before || !after || source == other) continue;
    const auto joined = vm::join(std::vector<vm::VerifiedProgram>{before->program, after->program});
    ASSERT_TRUE(joined);
    vm::Loader loader(*joined->whole, "2025-02-01");
    std::vector<std::string> records;
    for (int k = 0; k < 30; ++k) {
      Json record = random_record(dice, {});
      record.erase("annotations");   // programs remark on others than the joined one does
      records.push_back(record.dump());
      loader.add(records.back(), "here");
    }
    vm::Decisions d = vm::run(joined->whole, std::make_shared<const vm::Batch>(loader.take()));
    const analysis::Comparison comparison(*joined, 0, 1);
    const auto was = traces(*before, records, 1), is = traces(*after, records, 1);
    for (const analysis::LineFinding& f : comparison.findings(d)) {
      const auto line = [&](const vm::Trace& t) {
        return *std::find_if(t.lines.begin(), t.lines.end(), [&](const vm::LineTrace& l) { return l.sequence == f.sequence; });
      };
      const vm::LineTrace old = line(was[f.case_row]), now = line(is[f.case_row]);
      const analysis::LineFinding expected = analysis::compared(old, now);
      const auto show = [&] {
        return fmt::format("{} for {}, sequence {}\n{}\n--- edited\n{}\n{}\n{}\n{}", json_name(f.difference),
                           json_name(expected.difference), f.sequence, source, other, records[f.case_row], to_json(was[f.case_row], true),
                           to_json(is[f.case_row], true));
      };
      // What counts as another reason is for each to say; whether the outcome or a status is another, is not.
      ASSERT_EQ(std::max(f.difference, Difference::reasoning), std::max(expected.difference, Difference::reasoning)) << show();
      if (f.open_alike) {
        ++alike;
        const auto asked = [](const vm::LineTrace& t) {
          std::vector<std::string> out;
          for (const vm::MissingFact& m : t.missing) out.push_back(fmt::format("{} {}", m.fact, m.could_lead_to.size()));
          std::sort(out.begin(), out.end());
          return out;
        };
        ASSERT_EQ(old.outcome, now.outcome) << show();
        ASSERT_EQ(old.possible, now.possible) << show();
        ASSERT_EQ(asked(old), asked(now)) << show();
      } else {
        ASSERT_EQ(f.before, expected.before) << show();
        ASSERT_EQ(f.after, expected.after) << show();
      }
      if (f.difference == Difference::unchanged) continue;
      ++changed;
      std::vector<std::string> names, expected_names;
      for (const auto& s : comparison.statuses(d, f)) names.push_back(s.criterion);
      for (const auto& s : analysis::statuses(old, now)) expected_names.push_back(s.criterion);
      ASSERT_EQ(names, expected_names) << show();
    }
  }
  EXPECT_GT(changed, 50u);
  EXPECT_GT(alike, 10u);
}

}  // namespace
}  // namespace rubric::reference
