// Proofs from the rules alone: what is followed is what the machine does with every truth there is, edits that come to the
// same are proved, and none that some record tells apart.
#include "tests/edit_history.h"
#include "tests/program_of.h"

#include "analysis/made_record.h"
#include "analysis/mutants.h"
#include "analysis/proof_terms.h"
#include "analysis/record_space.h"
#include "analysis/rules_proof.h"
#include "analysis/witness.h"
#include "base/diagnostic.h"
#include "compiler/compile.h"
#include "vm/kernels.h"
#include "vm/opcodes.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <map>

namespace rubric::analysis {
namespace {

// ---------------------------------------------------------------- opcodes

constexpr std::array all_truths = {vm::Truth::unknown, vm::Truth::yes, vm::Truth::no, vm::Truth::none};

// Of three operands each value with each.
constexpr vm::Row all_rows = 64;
vm::Truth operand_at(uint32_t operand, vm::Row row) { return all_truths[row >> (2 * operand) & 3]; }

vm::Column machine_gives(vm::Op op) {
  std::array<vm::Column, 3> args;
  for (uint32_t k = 0; k < args.size(); ++k) {
    args[k].reset(vm::Type::truth, all_rows);
    for (vm::Row row = 0; row < all_rows; ++row) args[k].set_truth(row, operand_at(k, row));
  }
  const std::array<const vm::Column*, 3> all = {&args[0], &args[1], &args[2]};
  vm::Column out;
  out.reset(vm::Type::truth, all_rows);
  switch (op) {
    case vm::Op::truth_not: vm::truth_not(args[0], out); break;
    case vm::Op::truth_and: vm::truth_and(all, out); break;
    case vm::Op::truth_or: vm::truth_or(all, out); break;
    case vm::Op::keep: vm::keep(args[0], out); break;
    case vm::Op::is_null: vm::is_null(args[0], {}, out); break;
    case vm::Op::at_least: vm::at_least(all, 2, out); break;
    case vm::Op::shown: vm::shown(args[0], args[1], out); break;
    case vm::Op::not_shown: vm::not_shown(args[0], args[1], out); break;
    case vm::Op::undetermined: vm::undetermined(args[0], args[1], out); break;
    case vm::Op::assert_value: vm::assert_value(args[0], args[1], out); break;
    case vm::Op::assert_applicable: vm::assert_applicable(args[0], args[1], out); break;
    case vm::Op::status_value: vm::status_value(args[0], args[1], out); break;
    default: ADD_FAILURE() << "no opcode of truths";
  }
  return out;
}

TEST(EncodedTruths, AreThoseOfTheMachine) {
  Terms t;
  const auto symbol = [&](vm::Truth is) {
    const auto bits = static_cast<uint8_t>(is);
    return Symbol{vm::Type::truth, t.c.bool_val(bits & 1), t.c.bool_val(bits & 2), t.number(0)};
  };
  for (const auto& [op, operands] : std::map<vm::Op, uint16_t>{{vm::Op::truth_not, 1},
                                                               {vm::Op::truth_and, 3},
                                                               {vm::Op::truth_or, 3},
                                                               {vm::Op::keep, 1},
                                                               {vm::Op::is_null, 1},
                                                               {vm::Op::at_least, 3},
                                                               {vm::Op::shown, 2},
                                                               {vm::Op::not_shown, 2},
                                                               {vm::Op::undetermined, 2},
                                                               {vm::Op::assert_value, 2},
                                                               {vm::Op::assert_applicable, 2},
                                                               {vm::Op::status_value, 2}}) {
    const vm::Column machine = machine_gives(op);
    vm::Inst inst;
    inst.op = op, inst.n = operands, inst.imm = 2;
    for (vm::Row row = 0; row < all_rows; ++row) {
      std::vector<Symbol> args;
      for (uint32_t k = 0; k < operands; ++k) args.push_back(symbol(operand_at(k, row)));
      const Symbol made = t.cell(inst, vm::Type::truth, args);
      const int bits = made.p.simplify().is_true() | made.q.simplify().is_true() << 1;
      EXPECT_EQ(static_cast<int>(machine.truth(row)), bits) << vm::opcodes()[static_cast<size_t>(op)].name << " row " << row;
    }
  }
}

// ---------------------------------------------------------------- edits

constexpr const char* policy = R"(policy P version '1'
include Clinical
source S 'The source'
decides each Line when undetermined pend cite S '0'
criterion Enough 'Enough units' Line.units >= 2 and (Line.side = 'left' or Line.side = 'right') cite S '1'
criterion Few 'Not too many' Line.units <= 9 cite S '1'
criterion Tried 'Something was tried' some Trial T has T.outcome = 'failed' cite S '1'
limit Yearly 'Not too often' at most 3 days of Codes in the 12 months up to Line.date cite S '1'
valueset Codes: CPT { '64405' } cite S '1'
rule Covered approve when all of Enough, Few, Tried, Yearly cite S '2'
rule Sparse pend when Enough is not met cite S '2'
rule First review when Tried is not shown exception to Sparse, Covered cite S '2'
rule TooMuch deny when Few is not met exception to every other rule cite S '2'
rule Often review when Yearly is not met cite S '2'
)";

Compiled compiled_text(const std::string& text, SourceSet& sources) {
  Diagnostics diagnostics;
  Compiled compiled = compile_text("policy.rubric", text, sources, diagnostics);
  EXPECT_TRUE(compiled.program) << text;
  return compiled;
}

// "always", "unless overruled", or "".
std::string proved(const vm::VerifiedProgram& before, const vm::VerifiedProgram& after, bool tested = true) {
  const auto joined = vm::join(std::array{before, after});
  if (!joined) return "";
  constexpr uint32_t patient = 300'000;
  return rules_alike(*joined, tested, true, patient) ? "always" : rules_alike(*joined, tested, false, patient) ? "unless overruled" : "";
}
std::string proved(const std::string& from, const std::string& to, bool tested = true) {
  return proved(program_of(policy), program_of(edited(policy, {{from, to}})), tested);
}

TEST(RulesProof, FollowsLogicWhateverTheConditionsComeTo) {
  EXPECT_EQ(proved("Line.units >= 2 and (Line.side = 'left' or Line.side = 'right')",
                   "(Line.units >= 2 and Line.side = 'left') or (Line.units >= 2 and Line.side = 'right')"),
            "always");
  EXPECT_EQ(proved("all of Enough, Few, Tried, Yearly", "all of Yearly, Tried, Few, Enough"), "always");
  EXPECT_EQ(proved("Line.units >= 2 and (", "Line.units >= 2 or ("), "");
  EXPECT_EQ(proved("units >= 2", "units >= 3"), "");
}

TEST(RulesProof, FollowsWhatOtherRulesTakeAway) {
  // A person may say of the others that they do not apply: then the member is what is left of the group.
  EXPECT_EQ(proved("all of Enough, Few, Tried, Yearly", "all of Few, Tried, Yearly"), "unless overruled");
  EXPECT_EQ(proved("all of Enough, Few, Tried, Yearly", "all of Enough, Tried, Yearly"), "unless overruled");
  // The test of the record, held while facts are open, and what the completion makes of the same criterion.
  EXPECT_EQ(proved("all of Enough, Few, Tried, Yearly", "all of Enough, Few, Yearly"), "unless overruled");
  // A limit looks at what other lines of the same block come to.
  EXPECT_EQ(proved("all of Enough, Few, Tried, Yearly", "all of Enough, Few, Tried"), "unless overruled");
  EXPECT_EQ(proved("rule Often review when Yearly is not met", "rule Often approve when Yearly is not met"), "");
  // A review goes before what it is no exception to, but not before a conflict.
  EXPECT_EQ(proved("exception to Sparse, Covered", "exception to Sparse"), "always");
  EXPECT_EQ(proved("deny when Few is not met exception to every other rule", "deny when Few is not met"), "");
  EXPECT_EQ(proved("when undetermined pend", "when undetermined review"), "");
}

TEST(RulesProof, TellsWhichRulesGiveTheOutcomeIfAsked) {
  const std::string more = "rule Sparse pend when Enough is not met cite S '2'\n";
  const std::string twice = more + "rule Sparser pend when all of (Enough is not met), (Few is met) cite S '2'\n";
  EXPECT_EQ(proved(more, twice, false), "unless overruled");
  EXPECT_EQ(proved(more, twice), "");
}

// Mutants that are proved to be alike, on records with open facts and persons' words.
TEST(RulesProof, ProvesNothingThatARecordTellsApart) {
  SourceSet sources;
  const Compiled compiled = compiled_text(policy, sources);
  const auto before = std::get<vm::VerifiedProgram>(vm::verify(*compiled.program));
  RecordSpace space(*before);
  Dice dice(5);
  std::vector<Json> records;
  constexpr size_t wanted = 240;
  Json record = space.blank();
  record["lines"][0]["code"] = {{"system", "CPT"}, {"code", "64405"}};
  for (size_t k = 0; k < wanted; ++k) {
    if (k % 20 == 0) record = space.blank();
    space.change(record, dice);
    records.push_back(record);
    if (k % 2) continue;
    constexpr std::array criteria = {"Enough", "Few", "Tried", "Yearly"};
    constexpr std::array statuses = {"met", "notMet", "notApplicable"};
    for (size_t words = 1 + dice.below(4); words > 0; --words)
      records.back()["assertions"].push_back({{"criterion", criteria[dice.below(4)]}, {"status", statuses[dice.below(3)]}});
  }
  size_t alike = 0, apart = 0;
  const std::vector<Mutant> mutants = mutants_of(compiled.modules, sources);
  for (size_t m = 0; m < mutants.size(); ++m) {
    Diagnostics unread;
    auto program = compile_modules(mutated(compiled.modules, m, sources), sources, unread, {}).program;
    if (!program) continue;
    const auto after = std::get<vm::VerifiedProgram>(vm::verify(std::move(*program)));
    const std::string how = proved(before, after);
    if (how.empty()) continue;
    ++alike;
    for (const Json& each : records) {
      if (how != "always" && each.contains("assertions")) continue;
      EXPECT_FALSE(told_apart(before, after, each.dump(), true)) << mutants[m].name() << "\n" << each.dump();
    }
    if (how == "always") continue;
    apart += std::any_of(records.begin(), records.end(),
                         [&](const Json& each) { return told_apart(before, after, each.dump(), true).has_value(); });
  }
  EXPECT_GE(alike, 4u);
  EXPECT_GE(apart, 1u) << "what persons say is not idle";
}

}  // namespace
}  // namespace rubric::analysis
