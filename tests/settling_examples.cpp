// What a line could come to, and what it waits for, on small records: completions in which something cannot be computed, and lines that
// wait for another one which waits for a person. semantics.md, section 5.
#include "tests/reference/machine.h"
#include "vm/outcomes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace rubric::reference {
namespace {

// Its lines have no date of service.
constexpr const char* relief = R"(
policy Relief version '1'
source S 'A source'
entity Case
  lines list of Line complete
  procedures list of Procedure
entity Line
  units Integer from 1 to 3
entity Procedure
  relief Integer from 0 to 3
decides each Line when undetermined pend cite S 'p'
criterion Relieved 'the only procedure gave relief'
  applies when Line.units > 1
  met when (singleton from Procedures).relief > 1
  cite S 'p'
rule Refused deny when Relieved is not met cite S 'p'
)";

constexpr const char* weeks = R"(
policy Weeks version '1'
source S 'A source'
codesystem CPT
valueset Injections: CPT { '20552' }
entity Case
  lines list of Line complete
  priorProcedures list of PriorProcedure complete dated by date
entity Line
  sequence Integer at least 1
  code Code
  serviceDate Date
entity PriorProcedure
  code Code
  date Date
decides each Line when undetermined pend cite S 'p'
limit Often 'injections' at most 1 days of Injections in the 1 month up to Line.serviceDate cite S 'p'
rule TooOften deny when Often is not met cite S 'p'
)";

// The last line of a record: its outcome, what is possible, and the facts that it waits for.
std::string ending(const char* policy, const char* record) {
  std::string why;
  const auto machine = compiled(policy, &why);
  if (!machine) return why;
  const vm::Trace trace = trace_of(*machine, Json::parse(record));
  if (trace.lines.empty()) return "rejected";
  const vm::LineTrace& line = trace.lines.back();
  std::string out(vm::outcome_row(line.outcome).json);
  out += " of";
  for (const vm::Outcome o : line.possible) out += fmt::format(" {}", vm::outcome_row(o).json);
  for (const vm::MissingFact& m : line.missing) out += fmt::format(", {}", m.fact);
  return out;
}

TEST(SettlingExamples, WhatCannotBeComputedIsAReviewersInEveryCompletion) {
  EXPECT_EQ(ending(relief, R"({"lines": [{"units": 2}], "procedures": {"complete": true, "items": [{}, {}]}})"), "review of review");
  EXPECT_EQ(ending(relief, R"({"lines": [{}], "procedures": {"complete": true, "items": [{}, {}]}})"),
            "pend of review gap, /lines/0/units");
}

TEST(SettlingExamples, AnIncompleteListMayHoldASecondRow) {
  EXPECT_EQ(ending(relief, R"({"lines": [{"units": 2}], "procedures": {"complete": true, "items": [{"relief": 1}]}})"), "deny of deny");
  EXPECT_EQ(ending(relief, R"({"lines": [{"units": 2}], "procedures": {"complete": false, "items": [{}]}})"),
            "pend of review deny gap, /procedures, /procedures/items/0/relief");
}

TEST(SettlingExamples, ALimitWaitsForALineThatWaitsForAPerson) {
  EXPECT_EQ(ending(weeks, R"({"lines": [
    {"sequence": 1, "code": {"system": "CPT", "code": "20552"}, "serviceDate": "2025-01-06"},
    {"sequence": 2, "code": {"system": "CPT", "code": "20552"}, "serviceDate": "2025-01-07"}], "priorProcedures": []})"),
            "review of deny gap, line:1");
}

// What a limit counts changes with the line's own day in more ways than its comparison tells: each of its few days is tried.
TEST(SettlingExamples, ALimitIsTriedOnEachDayOfAVagueDate) {
  const std::string line = R"({"lines": [{"sequence": 1, "code": {"system": "CPT", "code": "20552"}, "serviceDate": {"vague": )",
                    history = R"(}}], "priorProcedures": [{"code": {"system": "CPT", "code": "20552"}, "date": "2025-01-07"}]})";
  EXPECT_EQ(ending(weeks, (line + R"({"low": "2025-01-08", "high": "2025-01-09"})" + history).c_str()), "deny of deny");
  EXPECT_EQ(ending(weeks, (line + R"({"low": "2025-01-07", "high": "2025-01-09"})" + history).c_str()),
            "pend of deny gap, /lines/0/serviceDate");
}

// A line's diagnoses are those of the case, and which they are is not known.
constexpr const char* graves = R"(
policy Graves version '1'
source S 'A source'
entity Case
  lines list of Line complete
  diagnoses list of Diagnosis complete
entity Line
  units Integer from 1 to 3
  diagnoses list of Diagnosis complete by sequence
entity Diagnosis
  sequence Integer at least 1
  weight Integer from 1 to 3 optional
  severe Boolean
decides each Line, for each Diagnosis D, taking the best when undetermined pend cite S 'p'
)";

TEST(SettlingExamples, AFactOfARowThatIsNotKnownHasSomeValueOrNone) {
  const std::string policy = std::string(graves) + R"(
criterion Weightless 'no weight' D.weight is null cite S 'p'
rule Free not required when Weightless is not met cite S 'p'
)";
  EXPECT_EQ(ending(policy.c_str(), R"({"lines": [{"units": 2}], "diagnoses": [{"sequence": 1, "weight": 2, "severe": true}]})"),
            "pend of notRequired gap, /lines/0/diagnoses");
}

TEST(SettlingExamples, OfWhatIsNotRecordedNoTestOfTheRecordIsHeld) {
  const std::string policy = std::string(graves) + R"(
criterion Severe 'it is severe' D.severe cite S 'p'
rule Many   approve when Line.units > 1 cite S 'p'
rule Unseen deny exception to Many when Severe is undetermined cite S 'p'
)";
  EXPECT_EQ(ending(policy.c_str(), R"({"lines": [{"units": 2}], "diagnoses": [{"sequence": 1, "weight": 2, "severe": true}]})"),
            "pend of approve gap, /lines/0/diagnoses");
}

constexpr const char* powers = R"(
policy Powers version '1'
source S 'A source'
entity Case
  lines list of Line complete
entity Line
  dose Decimal from 0 to 5
  share Decimal from 1 to 5
decides each Line when undetermined pend cite S 'p'
criterion Dose  'the dose'  Ln(Line.dose) > 1.0   cite S 'p'
criterion Share 'the share' Ln(Line.share) > 1.0  cite S 'p'
rule Strong approve when all of Dose, Share cite S 'p'
rule Weak   deny    when any of Dose, Share is not met cite S 'p'
)";

TEST(SettlingExamples, WhereAnOperatorCanFailACompletionMayNotBeComputable) {
  EXPECT_EQ(ending(powers, R"({"lines": [{"share": 3}]})"), "pend of approve review deny, /lines/0/dose");
  EXPECT_EQ(ending(powers, R"({"lines": [{"dose": 3}]})"), "pend of approve deny, /lines/0/share");
}

// The first line's rule rests on one of two procedures, and which is not known from anything in the record.
TEST(SettlingExamples, ALimitWaitsForALineThatCannotBeComputed) {
  constexpr const char* policy = R"(
policy Weeks version '1'
source S 'A source'
codesystem CPT
valueset Injections: CPT { '20552' }
entity Case
  lines list of Line complete
  priorProcedures list of PriorProcedure complete dated by date
entity Line
  sequence Integer at least 1
  code Code
  serviceDate Date
entity PriorProcedure
  code Code
  date Date
  relief Integer from 0 to 3
decides each Line when undetermined pend cite S 'p'
criterion Relieved 'the only procedure gave relief'
  applies when Line.sequence = 1
  met when (singleton from PriorProcedures).relief > 1
  cite S 'p'
limit Often 'injections' at most 1 days of Injections in the 1 month up to Line.serviceDate cite S 'p'
rule Approved approve when Relieved is met or Relieved is not applicable cite S 'p'
rule TooOften deny exception to Approved when Often is not met cite S 'p'
)";
  EXPECT_EQ(ending(policy, R"({"lines": [
    {"sequence": 1, "code": {"system": "CPT", "code": "20552"}, "serviceDate": "2025-01-06"},
    {"sequence": 2, "code": {"system": "CPT", "code": "20552"}, "serviceDate": "2025-01-07"}],
    "priorProcedures": [{"relief": 1, "date": "2020-01-01"}, {"relief": 2, "date": "2020-01-02"}]})"),
            "review of approve deny, line:1");
}

}  // namespace
}  // namespace rubric::reference
