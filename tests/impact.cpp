// A made-up history of edits to one policy, each with the impact that it should have on a small corpus.
#include "analysis/impact.h"

#include "base/diagnostic.h"
#include "base/render_diagnostics.h"
#include "base/text.h"
#include "compiler/compile.h"
#include "tests/edit_history.h"
#include "tests/paths.h"
#include "vm/outcomes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace rubric::analysis {
namespace {

// A request for massage on 2026-03-02, after so many days of exercise that failed, and with so many massages before:
// the first a day before, each other a week before the one after it.
std::string record(std::string_view id, int exercise_days, int massages, std::string_view diagnosis = "M54.50", bool infection = false) {
  // 2026-01-01 and the days after it; massages go back from 2026-03-01.
  constexpr std::string_view massage_days[] = {"2026-03-01", "2026-02-22", "2026-02-15", "2026-02-08", "2026-02-01", "2026-01-25",
                                               "2026-01-18", "2026-01-11", "2026-01-04", "2025-12-28", "2025-12-21", "2025-12-14"};
  std::string prior, trials;
  for (int k = 0; k < massages; ++k) {
    prior += fmt::format(R"({}{{"code": {{"system": "CPT", "code": "97124"}}, "date": "{}", "status": "performed"}})", k ? ", " : "",
                         massage_days[k]);
  }
  if (exercise_days > 0) {
    const int last = exercise_days;   // of January and February
    trials = fmt::format(
        R"("trials": {{"complete": true, "items": [{{"category": "homeExercise", "status": "completed", "start": "2026-01-01", "end": "2026-{:02}-{:02}", "outcome": "failed"}}]}}, )",
        last <= 31 ? 1 : 2, last <= 31 ? last : last - 31);
  }
  return fmt::format(
      R"({{"id": "{}", "reviewType": "prospective", "received": "2026-03-01", "decisionDate": "2026-03-02", {}"safety": {{"infection": {}}},
    "lines": [{{"sequence": 1, "code": {{"system": "CPT", "code": "97124"}}, "serviceDate": "2026-03-02", "diagnoses": [1]}}],
    "diagnoses": [{{"sequence": 1, "code": {{"system": "ICD10CM", "code": "{}"}}}}], "priorProcedures": {{"complete": true, "items": [{}]}}}})",
      id, trials, infection, diagnosis, prior);
}

const std::vector<std::string>& corpus() {
  static const std::vector<std::string> all = {
      record("fourWeeks", 29, 0),
      record("aDayLess", 27, 0),
      record("sixWeeks", 43, 0),
      record("elevenBefore", 29, 11),
      record("twelveBefore", 29, 12),
      record("neck", 29, 0, "M54.2"),
      record("untold", 0, 0),
      record("infected", 29, 0, "M54.50", true),
      record("neckADayLess", 27, 0, "M54.2"),
  };
  return all;
}

std::string original() { return read_file(std::string(source_folder) + "/docs/massage-therapy/massage-therapy.rubric").value(); }

struct Compared {
  Edits edits;
  Impact impact;
};

Compared compare(const std::string& before, const std::string& after) {
  SourceSet sources;
  Diagnostics diagnostics;
  const auto program = [&](const std::string& text, std::vector<ast::Module>& modules) {
    Compiled compiled = compile_text("policy.rubric", text, sources, diagnostics);
    EXPECT_TRUE(compiled.program) << render_text(diagnostics, sources);
    modules = compiled.modules;
    return std::get<vm::VerifiedProgram>(vm::verify(std::move(*compiled.program)));
  };
  std::vector<ast::Module> old_modules, new_modules;
  const vm::VerifiedProgram old_program = program(before, old_modules), new_program = program(after, new_modules);
  Compared out{find_edits(old_modules, new_modules, sources), {}};
  ImpactRun run(old_program, new_program, out.edits, sources, "");
  for (const std::string& json : corpus()) run.add(json, "corpus");
  out.impact = run.finish();
  EXPECT_EQ(out.impact.rejected, 0u);
  return out;
}

std::string words(const Edits& edits) {
  std::string out;
  for (const Edit& e : edits.list) out += fmt::format("{}{} {}", out.empty() ? "" : "; ", json_name(e.kind), e.clause);
  return out;
}

// "fourWeeks approve -> deny (1)" a line that differs; of several edits "(1 or 2)" or "(1 and 2)".
std::string words(const Impact& impact) {
  std::string out;
  for (const LineImpact& line : impact.changed) {
    std::string causes;
    for (const size_t e : line.causes) causes += fmt::format("{}{}", causes.empty() ? "" : line.together ? " and " : " or ", e + 1);
    const std::string how = line.before != line.after
                                ? fmt::format("{} -> {}", vm::outcome_row(line.before).json, vm::outcome_row(line.after).json)
                                : std::string(json_name(line.difference));
    out += fmt::format("{}{} {} ({})", out.empty() ? "" : "; ", line.case_id, how, causes);
  }
  return out;
}

class EditHistory : public testing::TestWithParam<HistoricEdit> {};

TEST_P(EditHistory, HasTheImpactThatItShould) {
  const Compared found = compare(original(), edited(original(), GetParam().changes));
  EXPECT_EQ(words(found.edits), GetParam().edits);
  EXPECT_EQ(words(found.impact), GetParam().impact);
  EXPECT_EQ(found.impact.lines, corpus().size());
}

INSTANTIATE_TEST_SUITE_P(massage, EditHistory, testing::ValuesIn(edit_history()), [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rubric::analysis
