// What the other tests of this folder exercise: every opcode of opcodes.def stands in some random program, every
// operator of operators.def in a program or in operators_*.cpp, every outcome of outcomes.def is some line's.
#include "tests/reference/machine.h"
#include "vm/opcodes.h"
#include "vm/operators.h"
#include "vm/outcomes.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace rubric::reference {
namespace {

struct Seen {
  std::map<std::string, uint32_t> opcodes, outcomes, statuses, states;
};

Seen corpus(uint32_t policies) {
  Seen seen;
  for (uint32_t at = 0; at < policies; ++at) {
    Dice dice(uint64_t{41} << 32 | at);
    const RandomPolicy policy = random_policy(dice, {});
    const auto machine = compiled(policy.source());
    if (!machine) {
      ADD_FAILURE() << compile_report(policy);
      continue;
    }
    for (const vm::Inst& i : machine->program->code) ++seen.opcodes[std::string(vm::opcodes()[static_cast<size_t>(i.op)].name)];
    std::vector<std::string> records;
    for (int k = 0; k < 4; ++k) records.push_back(random_record(dice, {}).dump());
    for (const vm::Trace& t : traces(*machine, records)) {
      for (const vm::LineTrace& line : t.lines) {
        ++seen.outcomes[std::string(vm::outcome_row(line.outcome).name)];
        for (const auto& [where, status] : statuses(line)) ++seen.statuses[status.first];
        for (const auto& [where, state] : rule_states(line)) ++seen.states[state];
      }
    }
  }
  return seen;
}

TEST(Coverage, OfOpcodesOutcomesStatusesAndStates) {
  Seen seen = corpus(random_pairs(150));
  // What few random policies happen to have.
  RandomPolicy rare;
  rare.clauses = {{'c', "decides each Line cite S 'x'\n", {}},
                  {'c', "criterion C 'c' Weight(Line.side) > 1 and some Finding F has Coalesce(F.remark, 'x') = 'x' cite S 'x'\n", {}},
                  {'c', "rule R approve when C is met cite S 'x'\n", {}}};
  const auto machine = compiled(rare.source());
  ASSERT_TRUE(machine) << compile_report(rare);
  for (const vm::Inst& i : machine->program->code) ++seen.opcodes[std::string(vm::opcodes()[static_cast<size_t>(i.op)].name)];
  std::string missing;
  // Random policies speak of the record; values that are lists are expressions_meaning.cpp's.
  const std::set<std::string> of_list_values{"gather", "narrow", "unnest", "nest", "scan", "final"};
  for (const vm::OpcodeInfo& op : vm::opcodes()) {
    if (of_list_values.contains(std::string(op.name))) continue;
    if (!seen.opcodes.contains(std::string(op.name))) missing += std::string(op.name) + " ";
  }
  EXPECT_EQ(missing, "") << "opcodes that no random program has";
  missing.clear();
  for (const vm::OutcomeRow& outcome : vm::outcome_rows) {
    if (!seen.outcomes.contains(std::string(outcome.name))) missing += std::string(outcome.name) + " ";
  }
  EXPECT_EQ(missing, "") << "outcomes that no random line has";
  for (const char* status : {"met", "notMet", "undetermined", "notApplicable"})
    EXPECT_GT(seen.statuses.contains(status) ? seen.statuses.at(status) : 0, 20u) << status;
  for (const char* state : {"stands", "defeated", "doesNotFire", "open"})
    EXPECT_GT(seen.states.contains(state) ? seen.states.at(state) : 0, 20u) << state;
}

}  // namespace
}  // namespace rubric::reference
