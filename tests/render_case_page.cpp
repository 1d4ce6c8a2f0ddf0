// A case's page: what is on it, that its links lead somewhere, and that a record cannot break it.

#include "render/case_page.h"

#include "render/html.h"

#include "tests/example_trace.h"
#include "tests/golden.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>

namespace rubric {
namespace {

constexpr std::string_view policy_text =
    "policy Example version '1'\n"
    "\n"
    "criterion Diagnosis 'A listed diagnosis'\n"
    "  some Diagnosis D has D.code in Group\n"
    "\n"
    "rule Covered approve\n"
    "  when Diagnosis\n";

// A program that carries a policy's text, and a trace whose clauses lie in it.
vm::Program example_text() {
  vm::Program program;
  program.files = {"policies/example.rubric"}, program.file_texts = {std::string(policy_text)};
  return program;
}

vm::Trace example_with_pictures() {
  vm::Trace t = example_trace();
  const auto span = [](std::string_view words) {
    const auto at = static_cast<uint32_t>(policy_text.find(words));
    return Span{0, at, at + static_cast<uint32_t>(words.size())};
  };
  vm::LineTrace& l = t.lines[0];
  l.criteria[0].span = span("criterion Diagnosis 'A listed diagnosis'"), l.criteria[0].clause = vm::Clause{"example.rubric", 3, 3};
  l.rules[0].span = span("rule Covered approve"), l.rules[0].reads = {"Diagnosis", "NonInvasiveFirst", "Duration"};
  vm::WindowTrace window;
  window.kind = "within", window.days = vm::Days{"2025-03-02", "2026-03-01"}, window.length = "12 months";
  window.counted = {"/priorProcedures/0", "line:2"}, window.may_count = {"/priorProcedures/1"};
  vm::CriterionTrace limit;
  limit.name = limit.label = "Sessions", limit.text = "No more than 3 sessions in 12 months", limit.kind = "limit";
  limit.status = limit.computed = vm::Status::met;
  vm::ObservedValue used;
  used.expression = "at most 3 days of Codes", used.value = "1", used.has_value = true, used.against = "3", used.result = "true";
  used.window = window;
  limit.values = {used};
  l.criteria.push_back(limit);
  vm::HistoryTrace history;
  history.list = "priorProcedures", history.fact = "/priorProcedures", history.complete_for = vm::Days{"2024-01-01", "2026-02-01"};
  vm::EventTrace known, partial, undated;
  known.fact = "/priorProcedures/0", known.label = "CPT 20553", known.days = vm::Days{"2025-11-03", "2025-11-03"};
  known.values = {{"code", "CPT 20553"}, {"reliefPercent", "40"}};
  partial.fact = "/priorProcedures/1", partial.label = "CPT 20552", partial.days = vm::Days{"2025-06-01", "2025-06-30"},
  partial.cause = "vague";
  undated.fact = "/priorProcedures/2", undated.label = "CPT 20551", undated.cause = "notDocumented";
  history.events = {known, partial, undated};
  t.history = {history};
  return t;
}

std::vector<std::string> all_matches(const std::string& text, const std::string& pattern) {
  std::vector<std::string> out;
  const std::regex each(pattern);
  for (auto m = std::sregex_iterator(text.begin(), text.end(), each); m != std::sregex_iterator(); ++m) out.push_back((*m)[1]);
  return out;
}

size_t count(std::string_view text, std::string_view part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

TEST(case_page, every_link_leads_to_one_element_of_the_page) {
  const std::string made = case_page(example_with_pictures(), example_text());
  const std::vector<std::string> ids = all_matches(made, " id=\"([^\"]*)\"");
  const std::set<std::string> known(ids.begin(), ids.end());
  EXPECT_EQ(known.size(), ids.size());
  const std::vector<std::string> links = all_matches(made, "href=\"#([^\"]*)\"");
  EXPECT_GT(links.size(), 20u);
  for (const std::string& each : links) EXPECT_TRUE(known.contains(each)) << each;
  for (const std::string& names : all_matches(made, "aria-labelledby=\"([^\"]*)\"")) {
    std::istringstream each(names);
    for (std::string id; each >> id;) EXPECT_TRUE(known.contains(id)) << id;
  }
}

TEST(case_page, a_criterion_and_its_clause_lead_to_each_other) {
  const std::string made = case_page(example_with_pictures(), example_text());
  const auto clause = all_matches(made, "class=\"to-clause\" href=\"#(t1-3)\"");
  ASSERT_EQ(clause.size(), 1u);
  const size_t line = made.find("id=\"t1-3\"");
  const std::vector<std::string> back = all_matches(made.substr(line, made.find("</li>", line) - line), "href=\"#([^\"]*)\"");
  ASSERT_EQ(back.size(), 1u);
  EXPECT_NE(made.find("<li id=\"" + back[0] + "\" class=\"criterion"), std::string::npos);
}

TEST(case_page, embeds_the_determination_as_json_has_it) {
  const vm::Trace t = example_with_pictures();
  const std::string made = case_page(t, example_text());
  const std::string head = "<script type=\"application/json\" id=\"determination\">";
  const size_t begin = made.find(head) + head.size();
  EXPECT_EQ(made.substr(begin, made.find("</script>", begin) - begin), embeddable_json(to_json(t, true)));
}

TEST(case_page, says_what_the_trace_says) {
  const std::string made = case_page(example_with_pictures(), example_text());
  for (const char* said : {"Pends for information", "A clinician must sign this", "Experimental by AHHIndication",
                           "non-invasive treatments tried, with results", "cannot change the outcome", "What would be enough",
                           "from 2026-03-15 to 2026-03-29 after performed", "grade: weak for", "seen in exam note, 2025-11-03",
                           "first reviewer says", "No more than 3 sessions in 12 months: from 2025-03-02 to 2026-03-01; used 1 of 3",
                           "2025-06, day not known", "complete from 2024-01-01 to 2026-02-01", "example.rubric"}) {
    EXPECT_NE(made.find(said), std::string::npos) << said;
  }
}

TEST(case_page, draws_what_a_window_counts_and_what_is_not_known) {
  const std::string made = case_page(example_with_pictures(), example_text());
  const size_t windows = made.find("class=\"lane-row window\"");
  ASSERT_NE(windows, std::string::npos);
  const std::string lane = made.substr(windows, made.find("</li>", windows) - windows);
  EXPECT_EQ(count(lane, "<circle class=\"known\""), 1u);  // the other line has no date to be drawn at
  EXPECT_EQ(count(lane, "class=\"end\""), 2u);
  EXPECT_NE(made.find("class=\"unsure\""), std::string::npos);
  EXPECT_NE(made.find("class=\"complete\""), std::string::npos);
  EXPECT_NE(made.find("Without a date"), std::string::npos);
}

TEST(case_page, a_program_without_text_says_so) {
  const std::string made = case_page(example_with_pictures(), vm::Program{});
  EXPECT_NE(made.find("carries no text of its policy"), std::string::npos);
  EXPECT_EQ(made.find("class=\"to-clause\""), std::string::npos);
}

TEST(case_page, a_rejected_record_is_said_to_be_one) {
  const std::string made = case_page(rejected_trace(), example_text());
  EXPECT_NE(made.find("The record cannot be read, so nothing was decided"), std::string::npos);
  EXPECT_NE(made.find("a code is wanted here, not a number"), std::string::npos);
}

// Whatever a record or a policy holds is text: the markup around it is the same.
TEST(case_page, hostile_texts_stay_texts) {
  vm::Trace t = example_with_pictures();
  const std::string evil = "</script><script>alert('x')</script><img src=x onerror=\"x\"> \u202e" + std::string(10'000, 'w');
  t.case_id = t.policy = evil;
  t.warnings = {evil}, t.messages = {{evil, evil, false}};
  t.history[0].list = t.history[0].events[0].label = t.history[0].events[0].words = evil;
  t.history[0].events[0].values = {{evil, evil}};
  vm::LineTrace& l = t.lines[0];
  l.code = l.service = l.recommendation = evil, l.decided_by = l.defeated = l.irrelevant = {evil};
  l.criteria[0].text = l.criteria[0].sentence = l.criteria[0].layer = l.criteria[0].item = l.criteria[0].label = evil;
  l.criteria[0].values[0].value = l.criteria[0].values[0].words = l.criteria[0].values[0].evidence->document = evil;
  l.criteria[0].cites[0] = {evil, evil, evil, evil, true}, l.criteria[0].notes = {evil};
  l.missing[0].asks = {evil}, l.missing[0].fact = evil, l.warnings[0].text = evil;
  t.lines[1].modified[0].value = t.lines[1].conditions[0].text = t.lines[1].items[0].description = evil;
  const std::string made = case_page(t, example_text());
  EXPECT_EQ(count(made, "<script"), count(case_page(example_with_pictures(), example_text()), "<script"));
  EXPECT_EQ(made.find("<img"), std::string::npos);
  EXPECT_EQ(made.find("\u202e"), std::string::npos);
  EXPECT_NE(made.find("&lt;img src=x onerror=&quot;x&quot;&gt;"), std::string::npos);
}

}  // namespace
}  // namespace rubric
