// The smallest changes that would change an outcome: what is shown leads there, each of its facts is needed, one step short
// does not; and what cannot change stays.
#include "analysis/what_if.h"
#include "analysis/witness.h"

#include "base/diagnostic.h"
#include "base/render_diagnostics.h"
#include "compiler/compile.h"
#include "vm/outcomes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace rubric::analysis {
namespace {

constexpr const char* policy = R"(policy P version '1'
include Clinical
source S 'The source'
valueset Backs: ICD10CM { 'M54.50', 'M54.51' } cite S '1'
decides each Line when undetermined pend cite S '0'
criterion Back 'It is the back' some Diagnosis D of Line has D.code in Backs cite S '1'
criterion Pain 'It hurts' some Measurement M has M.instrument = 'NRS' and M.value >= 6 cite S '2'
criterion Long 'For four weeks' some Trial T has T.start + 4 weeks <= T.end cite S '3'
criterion Adult 'Grown up' Member.birthDate + 18 years <= Case.received cite S '4'
criterion Few 'Few blocks' Count(PriorProcedures B where B.status = 'performed') < 3 cite S '5'
criterion Fit 'Fit for it' judged by the reviewer cite S '6'
rule Covered approve when all of Back, Pain, Long, Adult, Few, Fit cite S '7'
rule Denied deny when any of Back, Pain, Long, Adult, Few, Fit is not met cite S '7'
)";

constexpr const char* record = R"({"id": "r", "reviewType": "prospective", "received": "2026-03-01", "member": {"birthDate": "1980-01-01"},
 "lines": [{"sequence": 1, "code": {"system": "CPT", "code": "97124"}, "serviceDate": "2026-03-02", "diagnoses": [1]}],
 "diagnoses": [{"sequence": 1, "code": {"system": "ICD10CM", "code": "M54.50"}}],
 "measurements": {"items": [{"instrument": "NRS", "value": 7}], "complete": true},
 "trials": {"items": [{"category": "rest", "start": "2026-01-01", "end": "2026-02-10"}], "complete": true},
 "priorProcedures": {"items": [{"status": "performed", "date": "2025-06-01"}, {"status": "performed", "date": "2025-07-01"}], "complete": true},
 "assertions": [{"criterion": "Fit", "status": "met"}]})";

vm::VerifiedProgram program(const char* text = policy) {
  SourceSet sources;
  Diagnostics diagnostics;
  Compiled compiled = compile_text("p.rubric", text, sources, diagnostics);
  EXPECT_TRUE(compiled.program) << render_text(diagnostics, sources);
  return std::get<vm::VerifiedProgram>(vm::verify(std::move(*compiled.program)));
}

Json with(const std::string& place_of, const Json& value) {
  Json out = Json::parse(record);
  **place(out, steps_of_pointer(place_of)) = value;
  return out;
}

// "deny: /measurements/0/value 7 -> 5 (6)"
std::vector<std::string> said(const Json& of, WhatIfOptions options = {}) {
  const vm::VerifiedProgram p = program();
  options.limit = 40;
  options.facts = std::min<size_t>(options.facts, 2);
  std::vector<std::string> out;
  const WhatIfs found = what_if(p, of, options);
  for (const WhatIf& w : found.lines.at(0).changes) {
    // Everything that is shown leads where it is said to.
    EXPECT_EQ(decided(p, w.record.dump()).lines.at(0).outcome, w.outcome) << w.record;
    EXPECT_FALSE(w.criteria.empty());
    std::string words = fmt::format("{}:", vm::outcome_row(w.outcome).json);
    for (const FactChange& f : w.facts)
      words += fmt::format(" {} {} -> {}{}", f.fact, f.from, f.to, f.short_of.empty() ? "" : fmt::format(" ({})", f.short_of));
    out.push_back(words);
  }
  return out;
}

bool has(const std::vector<std::string>& list, const std::string& what) { return std::find(list.begin(), list.end(), what) != list.end(); }
bool speaks_of(const std::vector<std::string>& list, const std::string& what) {
  return std::any_of(list.begin(), list.end(), [&](const std::string& s) { return s.find(what) != std::string::npos; });
}

TEST(WhatIf, StepsStandAtTheThreshold) {
  const auto list = said(Json::parse(record), {.facts = 1});
  EXPECT_TRUE(has(list, "deny: /measurements/0/value 7 -> 5 (6)")) << fmt::format("{}", fmt::join(list, "\n"));
  EXPECT_TRUE(has(list, "deny: /trials/0/end 2026-02-10 -> 2026-01-28 (2026-01-29)")) << fmt::format("{}", fmt::join(list, "\n"));
  EXPECT_TRUE(has(list, "deny: judgment:Fit met -> not met")) << fmt::format("{}", fmt::join(list, "\n"));
  EXPECT_TRUE(has(list, "deny: /diagnoses/0/code ICD10CM M54.50 -> another code of ICD10CM"));
  EXPECT_TRUE(has(list, "deny: /lines/0/diagnoses 1 -> none recorded"));
}

TEST(WhatIf, WhatThePastFixedStays) {
  const auto list = said(Json::parse(record), {.facts = 1});
  EXPECT_FALSE(speaks_of(list, "birthDate"));
  EXPECT_FALSE(speaks_of(list, "received"));
  EXPECT_FALSE(speaks_of(list, "left out")) << fmt::format("{}", fmt::join(list, "\n"));   // the chart's rows stay
  EXPECT_TRUE(
      speaks_of(said(Json::parse(record), {.changeable = {.only = {"member"}, .fixed = {}, .free = {"birthDate", "member"}}, .facts = 1}),
                "/member/birthDate 1980-01-01 -> 2008-03-02 (2008-03-01)"));
}

// A row is one change, and has the fields that it takes, no more.
TEST(WhatIf, AFurtherRowIsOneChange) {
  const auto list = said(with("/measurements", Json::array()), {.to = {vm::Outcome::approve}, .facts = 1});
  ASSERT_EQ(list.size(), 1u) << fmt::format("{}", fmt::join(list, "\n"));
  EXPECT_TRUE(list[0].starts_with("approve: /measurements 0 rows -> one more: ")) << list[0];
  EXPECT_TRUE(speaks_of(list, "instrument NRS"));
  EXPECT_EQ(std::count(list[0].begin(), list[0].end(), ','), 1) << list[0];
}

TEST(WhatIf, TwoFactsWhereOneLeadsNowhere) {
  Json two = with("/measurements/0/value", 4);
  two["assertions"][0]["status"] = "notMet";
  const auto list = said(two, {.to = {vm::Outcome::approve}});
  ASSERT_FALSE(list.empty());
  EXPECT_TRUE(has(list, "approve: /measurements/0/value 4 -> 6 (5) judgment:Fit not met -> met") ||
              has(list, "approve: judgment:Fit not met -> met /measurements/0/value 4 -> 6 (5)"))
      << fmt::format("{}", fmt::join(list, "\n"));
  // Nothing with one fact alone, and what is fixed stays.
  EXPECT_TRUE(said(two, {.to = {vm::Outcome::approve}, .facts = 1}).empty());
  EXPECT_TRUE(said(two, {.to = {vm::Outcome::approve}, .changeable = {.only = {}, .fixed = {"judgment:Fit"}, .free = {}}}).empty());
}

TEST(WhatIf, WhatIsNotDocumentedCanBe) {
  Json silent = Json::parse(record);
  silent["trials"]["items"][0].erase("end");
  const auto list = said(silent, {.to = {vm::Outcome::approve}, .facts = 1});
  EXPECT_TRUE(has(list, "approve: /trials/0/end not documented -> 2026-01-29 (2026-01-28)")) << fmt::format("{}", fmt::join(list, "\n"));
}

// A further row stands at the edge too: one step short of each of its days and numbers has been run and does not do.
TEST(WhatIf, AFurtherRowStandsAtTheEdge) {
  const auto pain = said(with("/measurements", Json::array()), {.to = {vm::Outcome::approve}, .facts = 1});
  EXPECT_TRUE(speaks_of(pain, "value 6, instrument NRS (value 5)")) << fmt::format("{}", fmt::join(pain, "\n"));
  const auto trial = said(with("/trials", Json::array()), {.to = {vm::Outcome::approve}, .facts = 1});
  ASSERT_EQ(trial.size(), 1u) << fmt::format("{}", fmt::join(trial, "\n"));
  EXPECT_NE(trial[0].find("(end "), std::string::npos) << trial[0];
  EXPECT_NE(trial[0].find(" or start "), std::string::npos) << trial[0];
}

// Of two rows neither does alone, and four more facts are missing: step by step, and none of them is superfluous.
TEST(WhatIf, AsManyFactsAsItTakes) {
  const vm::VerifiedProgram p = program(R"(policy P version '1'
include Clinical
source S 'The source'
decides each Line when undetermined pend cite S '0'
criterion Twice 'Found on two days' Count(distinct (Findings F where F.type = 'triggerPoint' return F.date)) >= 2 cite S '1'
criterion Pain 'It hurts' some Measurement M has M.instrument = 'NRS' and M.value >= 6 cite S '2'
criterion Long 'For four weeks' some Trial T has T.category = 'rest' and T.start + 4 weeks <= T.end cite S '3'
criterion Left 'On the left' Line.side = 'left' cite S '4'
criterion Fit 'Fit for it' judged by the reviewer cite S '5'
rule Covered approve when all of Twice, Pain, Long, Left, Fit cite S '6'
rule Denied deny when any of Twice, Pain, Long, Left, Fit is not met cite S '6'
)");
  const Json silent = Json::parse(R"({"id": "r", "reviewType": "prospective", "received": "2026-03-01",
    "lines": [{"sequence": 1, "code": {"system": "CPT", "code": "97124"}, "serviceDate": "2026-03-02"}]})");
  const auto approved = [&](const Json& record) { return decided(p, record.dump()).lines.at(0).outcome == vm::Outcome::approve; };
  const WhatIfs found = what_if(p, silent, {.to = {vm::Outcome::approve}});
  ASSERT_EQ(found.lines.at(0).changes.size(), 1u);
  const WhatIf& w = found.lines[0].changes[0];
  EXPECT_TRUE(approved(w.record)) << w.record;
  EXPECT_EQ(std::count_if(w.facts.begin(), w.facts.end(), [](const FactChange& f) { return f.fact == "/findings"; }), 2);
  EXPECT_EQ(w.facts.size(), 6u);
  Json one_less = w.record;
  elements(one_less["findings"])->erase(0);
  EXPECT_FALSE(approved(one_less)) << one_less;
}

}  // namespace
}  // namespace rubric::analysis
