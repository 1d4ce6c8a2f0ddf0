// Soundness of the whole engine, without a second opinion: what is sure of a record is so in each of its completions.
//
// Random policies over random records; each completion of a record is a record of its own, and all of them are decided
// in one batch by the same machine. No later document may overturn a met, a not met, a not applicable or an outcome that
// section 5 calls the only possible one (semantics.md, section 1).
#include "tests/reference/machine.h"
#include "vm/outcomes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace rubric::reference {
namespace {

constexpr uint64_t most = 160;   // completions that are tried of one line

// The line's completions as record texts; nothing where there are too many or none to try.
std::vector<std::string> completions(const Machine& machine, const Json& record, size_t line, uint32_t& seed) {
  const Evaluation now = evaluate(machine.policy, record);
  const auto asked = questions(machine.policy, record, now.lines[line].open);
  if (!asked || asked->empty()) return {};
  const uint64_t n = completions_of(*asked);
  std::vector<std::string> out;
  Dice dice(++seed);
  for (uint64_t k = 0; k < std::min(n, most); ++k) {
    const uint64_t x = n <= most ? k : (uint64_t{dice.below(1u << 31)} << 20 | dice.below(1u << 20)) % n;
    out.push_back(completed(machine.policy, record, *asked, x).record.dump());
  }
  return out;
}

// What a complete record says against what was sure before.
std::string overturned(const vm::LineTrace& before, const vm::LineTrace& after, bool record_tests) {
  std::string out;
  const auto now = statuses(after);
  for (const auto& [where, status] : statuses(before)) {
    const auto at = now.find(where);
    if (at == now.end()) continue;
    const auto check = [&](const char* what, const std::string& was, const std::string& is) {
      if (was != "undetermined" && was != is)
        out += fmt::format("{} {}: {} was {}, in a completion {}\n", where.first, where.second, what, was, is);
    };
    check("status", status.first, at->second.first);
    check("computed", status.second, at->second.second);
  }
  // What the record does not show, it may show later: such rules speak of the record as it stands.
  if (record_tests) return out;
  const auto states = rule_states(after);
  for (const auto& [where, state] : rule_states(before)) {
    const auto at = states.find(where);
    if (at == states.end() || state == "open" || state == at->second) continue;
    // A rule that is defeated whatever it would say may turn out not to fire.
    if (state == "defeated" && at->second == "doesNotFire") continue;
    out += fmt::format("rule {} {}: was {}, in a completion {}\n", where.first, where.second, state, at->second);
  }
  const auto json = [](vm::Outcome o) { return std::string(vm::outcome_row(o).json); };
  // One outcome whose contents are open waits for them: then the line has another outcome than its only possible one.
  if (before.possible.size() == 1 && before.possible.front() == before.outcome && before.exact && before.outcome != after.outcome) {
    out += fmt::format("outcome was {}, in a completion {}\n", json(before.outcome), json(after.outcome));
  }
  // A complete record may still leave something to a person: then its own outcome is a review, whatever is possible.
  if (before.exact && after.possible.size() == 1 &&
      std::find(before.possible.begin(), before.possible.end(), after.outcome) == before.possible.end()) {
    out += fmt::format("a completion gives {}, which was not possible\n", json(after.outcome));
  }
  return out;
}

std::string unsound(const Machine& machine, const Json& record, bool record_tests, uint64_t& tried) {
  const vm::Trace before = trace_of(machine, record);
  uint32_t seed = 0;
  for (size_t l = 0; l < before.lines.size(); ++l) {
    const std::vector<std::string> records = completions(machine, record, l, seed);
    if (records.empty()) continue;
    const std::vector<vm::Trace> after = traces(machine, records);
    for (size_t k = 0; k < after.size(); ++k) {
      if (after[k].rejected) continue;  // a value outside of its bounds: not a completion
      ++tried;
      const std::string wrong = overturned(before.lines[l], after[k].lines[l], record_tests);
      if (!wrong.empty()) return fmt::format("line {}: {}completion {}\n", l + 1, wrong, records[k]);
    }
  }
  return "";
}

void look(uint32_t seed, uint32_t pairs, const Taste& taste) {
  uint64_t tried = 0;
  for (uint32_t at = 0; at < pairs; at += 3) {
    Dice dice(uint64_t{seed} << 32 | at);
    const RandomPolicy policy = random_policy(dice, taste);
    const auto machine = compiled(policy.source());
    ASSERT_TRUE(machine) << compile_report(policy);
    for (int k = 0; k < 3; ++k) {
      const Json record = random_record(dice, taste);
      if (unsound(*machine, record, taste.record_tests, tried).empty()) continue;
      FAIL() << report({policy, record}, [&](const Pair& p) -> std::string {
        const auto again = compiled(p.policy.source());
        return again ? unsound(*again, p.record, taste.record_tests, tried) : "";
      });
    }
  }
  EXPECT_GT(tried, uint64_t{pairs} * 3) << "completions were tried";
}

TEST(Soundness, NoCompletionOverturnsWhatIsSure) {
  Taste taste;
  taste.record_tests = false;
  look(11, random_pairs(150), taste);
}

// With rules that read the record as it stands, statuses are sound all the same.
TEST(Soundness, RecordTestsLeaveStatusesSound) { look(12, random_pairs(120), {}); }

}  // namespace
}  // namespace rubric::reference
