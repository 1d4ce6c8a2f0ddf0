// Two versions compared by planes against the same two compared by their whole traces, on random policies and edits.
#include "analysis/comparison.h"
#include "analysis/counterparts.h"

#include "tests/reference/machine.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>

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

// A random policy and an edit of it, over random records.
struct Versions {
  vm::Joined joined;
  std::vector<std::string> sources;
  vm::Decisions d;
  std::vector<vm::Row> lines;
  std::shared_ptr<const vm::Batch> batch;

  static std::optional<Versions> random(uint32_t at) {
    Dice dice(uint64_t{52} << 32 | at);
    const std::string source = random_policy(dice, {}).source(), other = edited(source, dice);
    const auto before = compiled(source), after = compiled(other);
    if (!before || !after || source == other) return std::nullopt;
    auto joined = vm::join(std::vector<vm::VerifiedProgram>{before->program, after->program});
    if (!joined) return std::nullopt;
    Versions out{std::move(*joined), {source, other}, {}, {}, nullptr};
    vm::Loader loader(*out.joined.whole, "2025-02-01");
    for (int k = 0; k < 30; ++k) {
      Json record = random_record(dice, {});
      record.erase("annotations");
      loader.add(record.dump(), "here");
    }
    out.batch = std::make_shared<const vm::Batch>(loader.take());
    return out;
  }
  void run() {
    d = vm::run(joined.whole, batch);
    const vm::DomainRows& rows = d.rows_of((*joined.whole).lines_domain);
    for (vm::Row c = 0; c < batch->cases; ++c) {
      if (batch->info.is_rejected(c) || d.limited[c / 64] >> (c % 64) & 1) continue;
      for (vm::Row line = rows.first[c]; line < rows.first[c + 1]; ++line) {
        if (!vm::bit(rows.phantom, line)) lines.push_back(line);
      }
    }
  }
  std::vector<vm::Settlement> settled(vm::Settler& settler, size_t version, vm::Settle how) {
    vm::seen_as(d, joined.members[version]);
    auto out = settler.settle(d, lines, how);
    vm::seen_as(d, joined.whole);
    return out;
  }
};

// What both versions say of a line that is not settled yet.
std::string reasons(const vm::Settlement& s) {
  std::vector<std::string> missing;
  for (const vm::OpenFact& f : s.missing) missing.push_back(fmt::format("{} {} {:x}", static_cast<int>(f.kind), f.fact, f.could_lead_to));
  std::sort(missing.begin(), missing.end());
  return fmt::format("{} {} {} {:x} {}: {}", static_cast<int>(s.outcome), s.by_when_undetermined, s.scope_open, s.possible,
                     static_cast<int>(s.recommendation), fmt::join(missing, ", "));
}

TEST(Comparison, OutcomesAloneAreThoseWithReasons) {
  size_t open = 0;
  for (uint32_t at = 0; at < random_pairs(40); ++at) {
    auto v = Versions::random(at);
    if (!v) continue;
    v->run();
    for (const size_t version : {0, 1}) {
      vm::Settler settler;
      const auto alone = v->settled(settler, version, vm::Settle::outcome), with = v->settled(settler, version, vm::Settle::reasons);
      for (size_t k = 0; k < alone.size(); ++k) {
        open += with[k].missing.size() > 1;
        ASSERT_EQ(alone[k].outcome, with[k].outcome) << v->sources[version] << "\n" << reasons(with[k]);
        ASSERT_EQ(alone[k].by_when_undetermined, with[k].by_when_undetermined) << v->sources[version] << "\n" << reasons(with[k]);
      }
    }
  }
  EXPECT_GT(open, 100u);
}

// Where registers that stand for each other are alike, versions end alike for the same reasons.
TEST(Comparison, WhatIsAlikeEndsAlike) {
  size_t open = 0, unlike = 0;
  for (uint32_t at = 0; at < random_pairs(150); ++at) {
    auto v = Versions::random(at);
    if (!v) continue;
    v->run();
    const vm::Program &before = *v->joined.members[0], &after = *v->joined.members[1];
    const auto tests_record = [](const vm::Rule& r) { return r.reads_record; };
    if (before.blocks.size() != after.blocks.size() || std::any_of(before.rules.begin(), before.rules.end(), tests_record) ||
        std::any_of(after.rules.begin(), after.rules.end(), tests_record))
      continue;
    analysis::Counterparts counterparts(before, after);
    bool same_table = true, edited_rules = false;
    for (size_t b = 0; b < before.blocks.size(); ++b) {
      const vm::Block &x = before.blocks[b], &y = after.blocks[b];
      same_table &= x.rules.size() == y.rules.size() && x.fold == y.fold && x.when_undetermined == y.when_undetermined;
      counterparts.root(x.scope, y.scope), counterparts.root(x.version_gate, y.version_gate);
      counterparts.root(x.item_scope, y.item_scope);
      for (size_t k = 0; same_table && k < x.rules.size(); ++k) {
        const vm::Rule &r = before.rules[x.rules[k]], &s = after.rules[y.rules[k]];
        same_table &= r.outcome == s.outcome;
        edited_rules |= r.stands != s.stands;
        counterparts.root(r.stands, s.stands), counterparts.root(r.equals_request, s.equals_request);
      }
    }
    if (!same_table) continue;
    const vm::Plane not_alike = counterparts.unlike(v->d);
    vm::Settler settler;
    const auto was = v->settled(settler, 0, vm::Settle::reasons), is = v->settled(settler, 1, vm::Settle::reasons);
    for (size_t k = 0; k < v->lines.size(); ++k) {
      const bool differs = vm::bit(not_alike, v->lines[k]);
      unlike += differs;
      if (differs) continue;
      open += !was[k].missing.empty() && edited_rules;
      ASSERT_EQ(reasons(was[k]), reasons(is[k])) << v->sources[0] << "\n--- edited\n" << v->sources[1];
    }
  }
  EXPECT_GT(open, 20u);
  EXPECT_GT(unlike, 20u);
}

// Two versions whose settlements went the same way have the same reasons.
TEST(Comparison, TheSameWayHasTheSameReasons) {
  size_t same = 0;
  for (uint32_t at = 0; at < random_pairs(40); ++at) {
    auto v = Versions::random(at);
    // An edit of an outcome makes another table of the same rules.
    if (!v || v->sources[0].find("deny when") == std::string::npos) continue;
    const auto outcomes = [](const vm::Program& p) {
      std::vector<uint8_t> out;
      for (const vm::Rule& r : p.rules) out.push_back(r.outcome);
      return out;
    };
    if (outcomes(*v->joined.members[0]) != outcomes(*v->joined.members[1])) continue;
    v->run();
    vm::Settler settler;
    settler.share(v->joined.members[0], v->joined.members[1]);
    vm::CloseLook look = vm::look_closely(v->d, v->lines);
    const auto settled = [&](size_t version, vm::Settle how) {
      vm::seen_as(v->d, v->joined.members[version]);
      auto out = settler.settle(v->d, look, v->lines, how);
      vm::seen_as(v->d, v->joined.whole);
      return out;
    };
    const auto was = settled(0, vm::Settle::outcome), is = settled(1, vm::Settle::outcome);
    const auto before = settled(0, vm::Settle::reasons), after = settled(1, vm::Settle::reasons);
    for (size_t k = 0; k < v->lines.size(); ++k) {
      if (!was[k].way.is_same_as(is[k].way)) continue;
      ++same;
      ASSERT_EQ(reasons(before[k]), reasons(after[k])) << v->sources[0] << "\n--- edited\n" << v->sources[1];
    }
  }
  EXPECT_GT(same, 100u);
}

}  // namespace
}  // namespace rubric::reference
