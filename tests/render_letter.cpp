// The letter to the member: its words are in golden/render/member.txt; here, what no letter may do.

#include "render/letter.h"

#include "render/plain_words.h"
#include "tests/example_trace.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace rubric {
namespace {

std::string all_words(const Letter& letter) {
  std::string out = letter.subject + "\n" + letter.decision + "\n";
  for (const auto& [name, value] : letter.head) out += value + "\n";
  for (const LetterPart& part : letter.parts) {
    out += part.heading + "\n";
    for (const auto* list : {&part.paragraphs, &part.points}) {
      for (const std::string& each : *list) out += each + "\n";
    }
  }
  return out;
}

bool has_part(const Letter& letter, std::string_view heading) {
  return std::any_of(letter.parts.begin(), letter.parts.end(), [&](const LetterPart& p) { return p.heading == heading; });
}

vm::Trace denied() {
  vm::Trace t = example_trace();
  vm::LineTrace& l = t.lines[0];
  l.outcome = vm::Outcome::deny, l.requires_clinician = true, l.decided_by = {"Covered"};
  l.rules[0].reads = {"NonInvasiveFirst"}, l.rules[0].state = vm::RuleState::stands;
  t.lines.resize(1);
  return t;
}

TEST(letter, an_adverse_one_has_a_reason_an_appeal_and_a_place_to_sign) {
  const Letter letter = letters(denied())[0];
  EXPECT_TRUE(letter.draft);
  EXPECT_EQ(letter.signature, (std::vector<std::string>{"Signature", "Name", "Credential", "Date"}));
  EXPECT_TRUE(has_part(letter, "Why we decided this"));
  EXPECT_TRUE(has_part(letter, "What could change this decision"));
  EXPECT_TRUE(has_part(letter, "If you do not agree: how to appeal"));
  EXPECT_NE(all_words(letter).find("Non-invasive treatment was tried first"), std::string::npos);
}

TEST(letter, an_adverse_one_without_a_criterion_gives_the_rule) {
  vm::Trace t = denied();
  t.lines[0].criteria.clear(), t.lines[0].rules[0].text = "This treatment is not part of the plan", t.lines[0].missing.clear();
  EXPECT_NE(all_words(letters(t)[0]).find("This treatment is not part of the plan"), std::string::npos);
}

TEST(letter, one_that_is_not_adverse_is_not_signed_and_not_appealed) {
  const Letter letter = letters(example_trace())[0];
  EXPECT_FALSE(letter.draft);
  EXPECT_TRUE(letter.signature.empty());
  EXPECT_FALSE(has_part(letter, "If you do not agree: how to appeal"));
  EXPECT_TRUE(has_part(letter, "What we need"));
}

TEST(letter, names_no_code_rule_or_place_in_the_record) {
  vm::Trace t = denied();
  t.lines[0].criteria[1].criteria[0].text = "no more than one of CPT 20552 and 20553 for M79.18";
  const std::string words = all_words(letters(t)[0]);
  for (const char* never : {"20553", "20552", "CPT", "M79", "NonInvasiveFirst", "AHHIndication", "/trials", "T.outcome"}) {
    EXPECT_EQ(words.find(never), std::string::npos) << never;
  }
}

TEST(letter, says_only_what_is_known_and_leaves_the_rest_blank) {
  vm::Trace t = denied();
  t.case_id = t.as_of = "";
  const Letter letter = letters(t)[0];
  EXPECT_EQ(letter.head[0].second, "[date]");
  EXPECT_EQ(letter.head[1].second, "[member’s name and address]");
  EXPECT_EQ(letter.head[3].second, "[reference]");
}

TEST(plain_words, abbreviations_are_explained_once_and_others_noted) {
  PlainWords plain;
  EXPECT_EQ(plain.of("TENS or an NSAID; TENS"),
            "TENS (a mild electrical current through the skin) or an NSAID (a medicine against pain and inflammation, like "
            "ibuprofen); TENS");
  plain.of("the HPHC form");
  EXPECT_EQ(plain.unexplained(), std::set<std::string>{"HPHC"});
}

TEST(plain_words, codes_are_taken_out_and_other_numbers_stay) {
  PlainWords plain;
  EXPECT_EQ(plain.of("CPT 20553, ICD10CM M79.18 or J3301: 3 in 12 months, 50 % of 2025-11-14"),
            "[code], [code] or [code]: 3 in 12 months, 50 % of 2025-11-14");
}

TEST(plain_words, dates_are_said_in_words) {
  EXPECT_EQ(date_in_words("2025-11-14"), "November 14, 2025");
  EXPECT_EQ(date_in_words("2025-11"), "2025-11");
}

}  // namespace
}  // namespace rubric
