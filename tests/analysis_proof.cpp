// What the solver is told of a program is what the machine does: each operator on drawn values, whole programs on records in
// which each of their truths is once yes and once no. And what is proved with it: edits that change nothing, edits that do.
#include "operators_values.h"
#include "tests/edit_history.h"
#include "tests/paths.h"
#include "tests/program_of.h"

#include "analysis/edits.h"
#include "analysis/equivalence.h"
#include "analysis/impact.h"
#include "analysis/proof_check.h"
#include "analysis/witness.h"
#include "base/diagnostic.h"
#include "base/text.h"
#include "compiler/compile.h"
#include "vm/opcodes.h"
#include "vm/outcomes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace rubric::analysis {
namespace {

// Machines that test are busy.
constexpr ProofLimits patient{.rows = 2, .milliseconds = 300'000};

std::string source_file(const std::string& path) { return std::string(source_folder) + "/" + path; }

// ---------------------------------------------------------------- operators

std::string digits(vm::Int128 n) {
  std::string out;
  for (auto rest = n < 0 ? -n : n; rest > 0; rest /= 10) out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  return (n < 0 ? "-" : "") + (out.empty() ? std::string("0") : out);
}

vm::Constant constant_of(const vm::Value& v) {
  vm::Constant c{v.kind, v.type, v.precision, v.unit, v.i, 0};
  if (v.type == vm::Type::truth && v.kind == vm::Kind::value) c.low = vm::unbox<vm::Truth>(v) == vm::Truth::yes;
  if (v.kind != vm::Kind::value || (v.type != vm::Type::decimal && v.type != vm::Type::quantity)) return c;
  const vm::Int128 scaled = v.wide ? *v.big : vm::Int128{v.i};
  c.low = static_cast<int64_t>(scaled);
  c.high = static_cast<int64_t>(scaled >> 64);
  return c;
}

std::string words(const vm::Value& v) {
  if (v.kind == vm::Kind::none) return "none";
  if (v.kind != vm::Kind::value) return "unknown";
  if (v.type == vm::Type::truth) return v.i ? vm::unbox<vm::Truth>(v) == vm::Truth::yes ? "true" : "false" : "false";
  return digits(v.wide ? *v.big : vm::Int128{v.i});
}

// Within the years of which the solver knows the calendar.
bool ordinary(const vm::Value& v) {
  return v.type != vm::Type::date || v.kind != vm::Kind::value ||
         (v.precision == 3 && v.i >= vm::days_of(1902, 1, 1) && v.i <= vm::days_of(2098, 12, 31));
}

class EncodedOperators : public testing::TestWithParam<uint16_t> {};

TEST_P(EncodedOperators, MeanWhatTheMachineDoes) {
  const uint16_t fn = GetParam();
  const vm::OperatorInfo& info = vm::operators()[fn];
  vm::OperatorWorld world;
  vm::Draw draw(fn + 1);
  uint32_t compared = 0;
  for (uint32_t k = 0; k < 200 && compared < 12; ++k) {
    std::vector<vm::Value> args;
    std::vector<vm::Constant> constants;
    bool fit = true;
    for (size_t operand = 0; operand < info.args.size(); ++operand) {
      const vm::Type type = operand_type(fn, operand);
      static constexpr std::array<int64_t, 9> longs{0, 1, -1, 7, -3, 1'000'000'007, INT64_MAX, INT64_MIN, INT64_MIN + 1};
      args.push_back(draw.one_in(12)                  ? vm::Value::none()
                     : type == vm::Type::long_integer ? vm::box(draw.of(longs))
                                                      : vm::draw_point(type, world, draw));
      args.back().type = type;
      constants.push_back(constant_of(args.back()));
      constants.back().type = type;
      fit &= ordinary(args.back());
    }
    const vm::Context context = world.context();
    const vm::Value expected = vm::forms(fn).boxed(context, args.data());
    // A day outside of these years may be anything.
    const bool moves_far = info.result == vm::Type::date && (expected.kind == vm::Kind::none || !ordinary(expected));
    if (!fit || moves_far) continue;
    const auto found = encoded_value(fn, world.program, constants);
    if (!found) continue;
    ++compared;
    std::string shown;
    for (const vm::Value& v : args) shown += " " + words(v);
    EXPECT_EQ(*found, words(expected)) << info.name << " of" << shown;
  }
  EXPECT_GT(compared, 3u) << info.name;
}

std::vector<uint16_t> in_reach() {
  std::vector<uint16_t> out;
  for (uint16_t fn = 0; fn < vm::operators().size(); ++fn) {
    if (operator_in_reach(fn)) out.push_back(fn);
  }
  return out;
}
INSTANTIATE_TEST_SUITE_P(all, EncodedOperators, testing::ValuesIn(in_reach()),
                         [](const auto& info) { return "row" + std::to_string(info.param); });

// The others are named, so that one that loses its encoding is noticed. Of those over values of any type and
// of lists and intervals it is said how many have one.
TEST(OperatorsOutOfReach, AreTheseAlone) {
  std::string out;
  for (const std::string& name : operators_out_of_reach()) {
    if (name == "~") break;
    out += name + " ";
  }
  EXPECT_EQ(out, "< <= > >= Length StartsWith CodeOf ");
  EXPECT_EQ(in_reach().size(), 83u);
  EXPECT_EQ(in_reach().size() + operators_out_of_reach().size(), vm::operators().size());
}

TEST(OpcodesOutOfReach, AreTheseAlone) {
  const auto names = opcode_names_out_of_reach();
  EXPECT_EQ(names, (std::vector<std::string>{"scan", "unnest", "nest", "final"}));
}

// ---------------------------------------------------------------- programs

class EncodedPrograms : public testing::TestWithParam<std::string> {};

TEST_P(EncodedPrograms, DecideAsTheMachineDoes) {
  const ProgramCheck check = check_encoding(program_at(GetParam()));
  EXPECT_GT(check.records, 20u);
  EXPECT_EQ(check.disagreements, std::vector<std::string>());
}

INSTANTIATE_TEST_SUITE_P(policies, EncodedPrograms,
                         testing::Values("docs/massage-therapy/massage-therapy.rubric", "policies/aetna-myofascial",
                                         "policies/aetna-pain-injections", "policies/headache-injections", "policies/nerve-block-matrix",
                                         "policies/trigger-point-injections"),
                         [](const auto& info) {
                           std::string name;
                           for (const char c : info.param) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
                           return name;
                         });

// Every opcode that can be followed, on records that the solver makes: the policies have most of them, and what they lack
// stands here.
constexpr const char* other_opcodes = R"(policy P version '1'
include Clinical
source S 'The source'
valueset Dated: CPT { '97124' }
parameter Most default 3 cite S '1'
decides each Line when undetermined pend cite S '0'
criterion Chosen 'if' (if Line.units > 2 then Line.units else 7) < 5 cite S '1'
criterion First 'coalesce' Coalesce(Line.schedule.count, 4) >= 4 cite S '1'
criterion Total 'sum' Sum(Trials T where T.status = 'completed' return T.sessions) >= 6 cite S '1'
criterion Least 'min' Min(Measurements M where M.instrument = 'NRS' return M.value) >= 4.5 cite S '1'
criterion Latest 'pick' Last(Measurements M where M.instrument = 'NRS' sort by date return M.value) >= 6 cite S '1'
criterion Single 'only' (singleton from (Measurements M where M.timing = 'after' return M.value)) > 2 cite S '1'
criterion Product 'times' Line.units * 2 + 1 > Most cite S '1'
criterion Two 'two of them'
  at least 2 of
    a: 'x' Line.units > 1
    b: 'y' Line.side = 'left'
    c: 'z' every Trial T has T.status = 'completed'
  end
  cite S '1'
criterion Many 'count' Count(Trials T where T.status = 'completed') >= 2 cite S '1'
limit Often 'in any window'
  at most 2 days of Dated in any 6 months
  cite S '1'
criterion Told 'judged' judged by the reviewer cite S '1'
rule Covered approve when all of Chosen, First, Total, Least, Two cite S '2'
rule Shown review when Latest is shown and Told is not shown cite S '2'
rule Unclear review when Single is undetermined cite S '2'
rule Denied deny when any of Chosen, Product, Many, Often is not met exception to Covered cite S '2'
)";

TEST(EncodedOpcodes, GiveWhatTheMachineGivesCellByCell) {
  std::map<std::string, uint32_t> cells;
  const auto check = [&](const vm::VerifiedProgram& program, size_t most = 60) {
    const ProgramCheck found = check_encoding(program, most);
    EXPECT_EQ(found.disagreements, std::vector<std::string>());
    for (const auto& [opcode, n] : found.cells) cells[opcode] += n;
  };
  check(program_of(other_opcodes));
  check(program_at("docs/massage-therapy/massage-therapy.rubric"));
  check(program_at("policies/headache-injections"), 1000);   // few of its truths rest on its table
  check(program_at("policies/nerve-block-matrix"));
  // These make no cell of their own, or one that stands for another line's answer; the outcomes rest on them.
  const std::set<std::string> others{"decide", "fold_items", "repeat", "gather", "narrow"};
  const auto out_of_reach = opcode_names_out_of_reach();
  std::vector<std::string> missing;
  for (const vm::OpcodeInfo& row : vm::opcodes()) {
    const std::string name(row.name);
    if (cells[name] < 10 && !others.contains(name) && std::find(out_of_reach.begin(), out_of_reach.end(), name) == out_of_reach.end())
      missing.push_back(name);
  }
  EXPECT_EQ(missing, std::vector<std::string>());
}

// Lines that wait for each other are held undecided: only two on two days make them wait, which is what Beside asks for.
TEST(EncodedRounds, EndAsTheMachinesDo) {
  const ProgramCheck found = check_encoding(program_of(R"(policy P version '1'
source S 'The source'
codesystem CPT
valueset Shots: CPT { 'A1' }
entity Case
  lines list of Line complete
  priorProcedures list of PriorProcedure complete dated by date
entity Line
  sequence Integer at least 1
  code Code
  serviceDate Date called date
entity PriorProcedure
  code Code
  date Date
decides each Line  cite S '0'
limit Apart 'two days apart'
  at least 2 days between days of Shots
  cite S '1'
criterion Beside 'another one on the next day'
  Line.code in Shots and Line.serviceDate = @2025-01-01 and
  (some Line L has (L.code in Shots and L.serviceDate = @2025-01-02))
  cite S '1'
rule Yes approve when Line.code in Shots and Apart is shown cite S '2'
rule Near deny when Line.code in Shots and Apart is not shown cite S '2'
exception Unclear to Near not required when Apart is undetermined cite S '2'
exception Waits to Near not required when Beside and Apart is undetermined cite S '2'
)"),
                                            60, 2);
  EXPECT_GT(found.records, 5u);
  EXPECT_EQ(found.disagreements, std::vector<std::string>());
}

// ---------------------------------------------------------------- edits

std::string compared(const std::vector<std::pair<std::string, std::string>>& changes) {
  const std::string text = read_file(source_file("docs/massage-therapy/massage-therapy.rubric")).value();
  const vm::VerifiedProgram before = program_of(text), after = program_of(edited(text, changes));
  const Equivalence found = compare_programs(before, after, patient);
  if (std::holds_alternative<Equivalent>(found)) return "equivalent";
  if (const auto* n = std::get_if<NotProved>(&found)) return n->reason;
  const Different& d = std::get<Different>(found);
  // What is shown is what the machine does.
  EXPECT_TRUE(told_apart(before, after, d.record)) << d.record;
  return fmt::format("{} -> {}", static_cast<int>(d.before.outcome), static_cast<int>(d.after.outcome));
}

class ProvedHistory : public testing::TestWithParam<HistoricEdit> {};

// Where the case comes from is the solver's to choose; the machine confirms it, and the edited clauses are found behind it.
TEST_P(ProvedHistory, SaysWhetherTheEditChangesAnything) {
  SourceSet sources;
  Diagnostics diagnostics;
  const std::string text = read_file(source_file("docs/massage-therapy/massage-therapy.rubric")).value();
  const auto program = [&](const std::string& words, std::vector<ast::Module>& modules) {
    Compiled compiled = compile_text("policy.rubric", words, sources, diagnostics);
    modules = compiled.modules;
    return std::get<vm::VerifiedProgram>(vm::verify(std::move(*compiled.program)));
  };
  std::vector<ast::Module> old_modules, new_modules;
  const vm::VerifiedProgram before = program(text, old_modules), after = program(edited(text, GetParam().changes), new_modules);
  const Equivalence found = compare_programs(before, after, patient);
  std::string said = "equivalent";
  if (const auto* d = std::get_if<Different>(&found)) {
    EXPECT_TRUE(told_apart(before, after, d->record)) << d->record;
    const Edits edits = find_edits(old_modules, new_modules, sources);
    ImpactRun run(before, after, edits, sources, "");
    run.add(d->record, "");
    said = "different";
    const Impact impact = run.finish();
    ASSERT_FALSE(impact.changed.empty());
    for (const LineImpact& line : impact.changed) EXPECT_FALSE(line.causes.empty()) << d->record;
  } else if (const auto* n = std::get_if<NotProved>(&found)) {
    said = n->reason;
  }
  EXPECT_EQ(said, GetParam().proof);
}

INSTANTIATE_TEST_SUITE_P(massage, ProvedHistory, testing::ValuesIn(edit_history()), [](const auto& info) { return info.param.name; });

TEST(Compare, EditsThatComeToTheSameAreEquivalent) {
  EXPECT_EQ(compared({{"when any of Diagnosed, ActiveFirst is not met", "when any of ActiveFirst, Diagnosed is not met"}}), "equivalent");
}

TEST(Compare, AMovedThresholdIsShownAtTheThreshold) {
  const std::string text = read_file(source_file("docs/massage-therapy/massage-therapy.rubric")).value();
  const vm::VerifiedProgram before = program_of(text),
                            after = program_of(edited(text, {{"FailedTrial(T, 4 weeks)", "FailedTrial(T, 6 weeks)"}}));
  const Equivalence found = compare_programs(before, after, patient);
  ASSERT_TRUE(std::holds_alternative<Different>(found));
  const std::string& record = std::get<Different>(found).record;
  const auto day = [&](const std::string& key) { return vm::parse_iso_date(record.substr(record.find(key) + key.size(), 10))->days; };
  EXPECT_EQ(day("\"end\": \"") - day("\"start\": \""), 28);
}

// A rule that tests what the record shows does so alike in both versions, or nothing is proved of records with open facts.
TEST(Compare, FollowsTestsOfTheRecordThatAreTheSame) {
  constexpr const char* text = R"(policy P version '1'
include Clinical
source S 'The source'
decides each Line when undetermined pend cite S '0'
criterion Enough 'Enough units' Line.units >= 2 cite S '1'
criterion Left 'On the left' Line.side = 'left' cite S '1'
rule Covered approve when Enough cite S '2'
rule Denied deny when Enough is not met cite S '2'
rule Unclear review when Left is not shown cite S '2'
)";
  const vm::VerifiedProgram before = program_of(text);
  const auto with = [&](const std::string& from, const std::string& to) {
    return compare_programs(before, program_of(edited(text, {{from, to}})), patient);
  };
  EXPECT_TRUE(std::holds_alternative<Equivalent>(with("units >= 2", "units > 1")));
  EXPECT_FALSE(std::holds_alternative<Equivalent>(with("Left is not shown", "Left is not met")));
  EXPECT_FALSE(std::holds_alternative<Equivalent>(with("Left is not shown", "Left is undetermined")));
}

// One prover for many programs answers as one for each would, in any order.
TEST(EquivalenceProver, AnswersForEachOfManyPrograms) {
  const std::string text = read_file(source_file("docs/massage-therapy/massage-therapy.rubric")).value();
  const std::vector<std::vector<std::pair<std::string, std::string>>> edits = {
      {{"FailedTrial(T, 4 weeks)", "FailedTrial(T, 6 weeks)"}},
      {{"ActiveFirst", "ExerciseFirst"}},
      {{"default 12", "default 11"}, {"at most MaxSessions days", "at most 12 days"}},
      {{"rule OverLimit review", "rule OverLimit deny"}},
      {{"FailedTrial(T, 4 weeks)", "FailedTrial(T, 28 days)"}},
  };
  const vm::VerifiedProgram before = program_of(text);
  EquivalenceProver prover(before, patient);
  const auto words = [](const Equivalence& e) {
    if (const auto* d = std::get_if<Different>(&e)) return d->record;
    return std::holds_alternative<Equivalent>(e) ? std::string("equivalent") : std::get<NotProved>(e).reason;
  };
  for (const auto& edit : edits) {
    const vm::VerifiedProgram after = program_of(edited(text, edit));
    const Equivalence many = prover.compare(after), alone = compare_programs(before, after, patient);
    EXPECT_EQ(many.index(), alone.index()) << edit[0].second << ": " << words(many) << " / " << words(alone);
    if (const auto* d = std::get_if<Different>(&many)) {
      EXPECT_TRUE(told_apart(before, after, d->record));
    }
  }
}

// Of the same decision another status is a difference for those who ask for statuses.
TEST(EquivalenceProver, TellsStatusesApartOnRequest) {
  constexpr const char* text = R"(policy P version '1'
include Clinical
source S 'The source'
decides each Line when undetermined pend cite S '0'
criterion Enough 'Enough units' Line.units >= 2 cite S '1'
criterion Plenty 'Very many units' Line.units >= 9 cite S '1'
rule Covered approve when any of Enough, Plenty is met cite S '2'
rule Denied deny when Enough is not met cite S '2'
)";
  const vm::VerifiedProgram before = program_of(text), more = program_of(edited(text, {{"units >= 9", "units >= 8"}})),
                            same = program_of(edited(text, {{"units >= 9", "units > 8"}}));
  EXPECT_TRUE(std::holds_alternative<Equivalent>(EquivalenceProver(before, patient).compare(more)));
  EquivalenceProver statuses(before, patient, Alike::statuses);
  const Equivalence found = statuses.compare(more);
  ASSERT_TRUE(std::holds_alternative<Different>(found));
  EXPECT_TRUE(told_apart(before, more, std::get<Different>(found).record, true));
  EXPECT_TRUE(std::holds_alternative<Equivalent>(statuses.compare(same)));
}

TEST(Compare, WhatDiffersWhereFactsAreOpenIsNeverEquivalent) {
  EXPECT_NE(compared({{"when undetermined pend", "when undetermined deny"}}), "equivalent");
}

}  // namespace
}  // namespace rubric::analysis
