// A run's determinations, written without making a trace of each case, are those that a trace's JSON gives: byte for byte, over
// random policies and records, and over the five policies of the repository with their cases spoilt in many ways.

#include "vm/run_json.h"

#include "base/text.h"
#include "compiler/compile.h"
#include "tests/paths.h"
#include "tests/reference/machine.h"
#include "vm/each_trace.h"
#include "vm/outcomes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace rubric::reference {
namespace {

// What came up in some determination.
using Seen = std::set<std::string>;

void note(const vm::Trace& trace, Seen& seen) {
  if (trace.rejected) seen.insert("rejected");
  if (!trace.messages.empty()) seen.insert("messages");
  for (const vm::LineTrace& line : trace.lines) {
    seen.emplace(outcome_row(line.outcome).json);
    const auto note = [&](const char* what, bool there) {
      if (there) seen.insert(what);
    };
    note("missing", !line.missing.empty()), note("irrelevant", !line.irrelevant.empty()), note("enough", !line.enough.empty());
    note("conditions", !line.conditions.empty()), note("modified", !line.modified.empty()), note("items", !line.items.empty());
    note("defeated", !line.defeated.empty()), note("advice", !line.advice.empty()), note("inexact", !line.exact);
    note("criteria", !line.criteria.empty()), note("rules", !line.rules.empty());
  }
}

void compare(const vm::VerifiedProgram& program, const std::vector<std::string>& records, Seen& seen) {
  vm::RunJson brief(program, false, 16'384), whole(program, true, 3);   // few, which are soon forgotten
  vm::Settler settler;
  vm::JsonWriter json;
  vm::Loader loader(*program, "2026-02-01");
  // The second batch finds texts that the first one has made.
  for (int batch = 0; batch < 2; ++batch) {
    for (size_t k = batch; k < records.size(); k += 2) loader.add(records[k], "records:" + std::to_string(k));
    const vm::Decisions d = vm::run(program, std::make_shared<const vm::Batch>(loader.take()));
    // Of all cases but each seventh.
    std::vector<vm::Row> cases;
    for (vm::Row row = 0; row < d.batch->cases; ++row) {
      if (row % 7 != 6) cases.push_back(row);
    }
    for (const bool with_criteria : {false, true}) {
      size_t next = 0;
      json.clear();
      (with_criteria ? whole : brief)
          .write(d, cases, settler, json, [&](vm::Row row, const vm::Trace& but_lines, std::span<const vm::Settlement> lines) {
            ASSERT_LT(next, cases.size());
            ASSERT_EQ(row, cases[next++]);
            const vm::Trace trace = vm::trace(d, row, with_criteria);
            ASSERT_EQ(json.text(), to_json(trace, with_criteria)) << but_lines.source;
            json.clear();
            ASSERT_EQ(lines.size(), trace.lines.size());
            note(trace, seen);
          });
      ASSERT_EQ(next, cases.size());
    }
    // A line of text needs the reasons alone.
    const auto same = [&](vm::Row of, const vm::Trace& brief) {
      const vm::Trace trace = vm::trace(d, of, false);
      ASSERT_EQ(brief.lines.size(), trace.lines.size());
      for (size_t k = 0; k < brief.lines.size(); ++k) {
        ASSERT_EQ(brief.lines[k].outcome, trace.lines[k].outcome) << trace.source;
        ASSERT_EQ(brief.lines[k].decided_by, trace.lines[k].decided_by) << trace.source;
        ASSERT_EQ(brief.lines[k].missing.size(), trace.lines[k].missing.size()) << trace.source;
      }
    };
    vm::each_trace(d, settler, false, vm::Pictures::unwanted, same, vm::Settle::reasons);
  }
}

TEST(RunJson, IsThatOfTracesOverRandomPolicies) {
  Seen seen;
  for (uint32_t at = 0; at < random_pairs(40); ++at) {
    Dice dice(uint64_t{41} << 32 | at);
    const auto machine = compiled(random_policy(dice, {}).source());
    ASSERT_TRUE(machine);
    std::vector<std::string> records;
    for (int k = 0; k < 50; ++k) {
      Json record = random_record(dice, {});
      if (!dice.one_in(10)) record["id"] = dice.one_in(5) ? "né \"\n" : std::to_string(k);
      if (dice.one_in(40)) record["lines"] = "not a list";
      records.push_back(record.dump());
    }
    compare(machine->program, records, seen);
    if (HasFatalFailure()) return;
  }
  for (const char* each :
       {"approve", "deny", "pend", "review", "gap", "missing", "irrelevant", "enough", "items", "rejected", "criteria", "rules"})
    EXPECT_TRUE(seen.contains(each)) << each;
}

// What is quoted of a record tells lines apart whose rules are in the same states.
TEST(RunJson, IsThatOfTracesThatQuoteTheRecord) {
  const auto machine = compiled(R"(policy Quoting version '1'
include Record
source S 'A source'
decides Whole: each Line where Line.service = 'whole'
  when undetermined pend cite S 'd'
condition Few 'No more than {Line.units} units' cite S 'c'
criterion Small 'few units'
  Line.units <= 4
  cite S 'a'
rule Yes approve when Small subject to Few cite S 'y'
rule Less 'Four of {Line.units} units for {Line.service}' modify to { units: 4 } when Small is not met cite S 'y'
advise 'For {Case.plan}, {Line.service} of {Line.units}' when Line.units <= 9 cite S 'z'

decides Each: each Line where Line.service = 'each', for each Target T, taking the best
  when undetermined pend cite S 'd'
criterion Left 'on the left'
  T.side = 'left'
  cite S 'a'
rule OfLeft approve when Left cite S 'y'
rule OfRight 'The {T.side} one of {Line.service}' deny when Left is not met cite S 'y'
)");
  ASSERT_TRUE(machine);
  Dice dice(43);
  std::vector<std::string> records;
  for (int k = 0; k < 200; ++k) {
    Json record = {{"id", std::to_string(k)}, {"plan", dice.of({"é", "a", "b"})}};
    for (uint32_t line = 1 + dice.below(2); line > 0; --line) {
      record["lines"].push_back({{"service", dice.of({"whole", "each", "none"})}});
      if (!dice.one_in(8)) record["lines"].back()["units"] = 1 + dice.below(12);
      for (uint32_t n = dice.below(4); n > 0; --n) {
        record["lines"].back()["targets"].push_back({{"side", dice.of({"left", "right"})}});
        if (!dice.one_in(3)) record["lines"].back()["targets"].back()["site"] = dice.of({"neck", "n\u202e", "né"});
      }
    }
    records.push_back(record.dump());
  }
  Seen seen;
  compare(machine->program, records, seen);
  for (const char* each : {"approve", "approveWithConditions", "modify", "deny", "pend", "conditions", "items", "advice"})
    EXPECT_TRUE(seen.contains(each)) << each;
}

// Somewhere in a record something goes missing, is said twice, otherwise, or in other letters.
void spoil(Json& value, Dice& dice) {
  if (!value.is_structured() || value.empty()) return;
  auto at = value.begin();
  std::advance(at, dice.below(static_cast<uint32_t>(value.size())));
  if (at->is_structured() && !dice.one_in(6)) return spoil(*at, dice);
  switch (dice.below(5)) {
    case 0:
      if (at->is_string()) *at = at->get<std::string>() + dice.of({" é", "\"\\", "\u202e", " \x7f"});
      break;
    case 1:
      if (at->is_number()) *at = at->get<double>() < 3 ? 40 : 1;
      if (at->is_boolean()) *at = !at->get<bool>();
      break;
    case 2:
      if (value.is_array()) value.push_back(Json(*at));
      break;
    default: value.erase(at);
  }
}

void annotate(Json& record, Dice& dice) {
  const char* const pointer = dice.of({"/member/birthDate", "/lines/0/code", "/diagnoses/0/code", "/program"});
  record["annotations"][pointer] = Json{{"document", "a note"}, {"page", 2}};
  if (dice.one_in(2)) record["annotations"][pointer]["disputed"] = {{{"by", "né"}, {"value", true}}, {{"by", "b"}, {"value", false}}};
}

TEST(RunJson, IsThatOfTracesOverThePolicies) {
  const std::filesystem::path folder = std::filesystem::path(source_folder) / "policies";
  std::vector<Json> cases;
  std::vector<std::filesystem::path> policies;
  for (const auto& each : std::filesystem::recursive_directory_iterator(folder)) {
    if (each.path().parent_path() == folder && each.is_directory()) policies.push_back(each.path());
    if (each.path().parent_path().filename() == "cases") cases.push_back(Json::parse(read_file(each.path().string()).value()));
  }
  std::sort(policies.begin(), policies.end());
  std::sort(cases.begin(), cases.end());
  ASSERT_EQ(policies.size(), 5u);
  Seen seen;
  for (const auto& each : policies) {
    SourceSet sources;
    Diagnostics diagnostics;
    auto text = compile(each, sources, diagnostics);
    ASSERT_TRUE(text.program) << each;
    const auto program = std::get<vm::VerifiedProgram>(vm::verify(std::move(*text.program)));
    Dice dice(42);
    std::vector<std::string> records;
    for (const Json& known : cases) {
      records.push_back(known.dump());
      for (int k = 0; k < 12; ++k) {
        Json record = known;
        for (uint32_t n = 1 + dice.below(4); n > 0; --n) spoil(record, dice);
        if (dice.one_in(4) && record.is_object()) annotate(record, dice);
        records.push_back(record.dump());
      }
    }
    compare(program, records, seen);
    if (HasFatalFailure()) return;
  }
  for (const char* each : {"approve", "modify", "deny", "pend", "review", "notDecided", "missing", "irrelevant", "enough", "conditions",
                           "modified", "items", "rejected", "messages", "advice"})
    EXPECT_TRUE(seen.contains(each)) << each;
}

}  // namespace
}  // namespace rubric::reference
