// A trace as a page, wrapped, coloured and safe. The pages themselves are in golden/render/.

#include "render/text.h"

#include "base/text.h"
#include "render/layout.h"
#include "tests/example_trace.h"
#include "tests/golden.h"

#include <gtest/gtest.h>

#include <sstream>

namespace rubric {
namespace {

TEST(text, reviewer_page) { expect_golden("render/reviewer.txt", to_text(example_trace())); }
TEST(text, member_page) {
  TextOptions options;
  options.audience = Audience::member, options.width = 72;
  expect_golden("render/member.txt", to_text(example_trace(), options));
}
TEST(text, rejected_page) { expect_golden("render/rejected.txt", to_text(rejected_trace())); }
TEST(text, summary) { expect_golden("render/summary.txt", to_summary(example_trace()) + to_summary(rejected_trace()) + to_summary({})); }

TEST(text, one_line_of_the_request_alone) {
  TextOptions options;
  options.line = 3;
  const std::string page = to_text(example_trace(), options);
  EXPECT_NE(page.find("Line 3"), std::string::npos);
  EXPECT_EQ(page.find("Line 1"), std::string::npos);
}

std::string without_escapes(const std::string& text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\x1b') at = text.find('m', at);
    else out += text[at];
  }
  return out;
}

TEST(text, colour_says_nothing_that_the_words_do_not) {
  TextOptions options;
  options.color = Color::yes;
  const std::string page = to_text(example_trace(), options);
  EXPECT_NE(page.find("\x1b[32m"), std::string::npos);
  EXPECT_EQ(without_escapes(page), to_text(example_trace()));
  EXPECT_EQ(without_escapes(to_summary(example_trace(), Color::yes)), to_summary(example_trace()));
}

TEST(text, no_line_is_wider_than_the_page) {
  for (int width : {40, 60, 80, 200}) {
    TextOptions options;
    options.width = width;
    std::istringstream lines(to_text(example_trace(), options));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), static_cast<size_t>(width)) << line;
  }
}

// Records are written by anyone. What they hold must not move a cursor or turn a line around.
TEST(text, control_characters_of_a_record_stay_off_the_terminal) {
  vm::Trace t = example_trace();
  const std::string evil = "\x1b[2J\x07\r\nLine 9: approved \u202e";
  t.case_id = t.policy = evil;
  t.warnings = {evil};
  t.messages = {{evil, evil, false}};
  vm::LineTrace& l = t.lines[0];
  l.code = l.service = l.date = l.recommendation = evil;
  l.decided_by = l.defeated = l.irrelevant = {evil};
  l.criteria[0].text = l.criteria[0].sentence = l.criteria[0].layer = l.criteria[0].item = evil;
  l.criteria[0].values[0].value = l.criteria[0].values[0].words = l.criteria[0].values[0].evidence->document = evil;
  l.missing[0].asks = {evil}, l.missing[0].fact = evil, l.warnings[0].text = evil;
  t.lines[1].modified[0].value = t.lines[1].conditions[0].text = evil;
  for (const std::string& page : {to_text(t), to_summary(t), to_summary(rejected_trace())}) {
    for (char c : page) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << page;
    EXPECT_EQ(page.find("\u202e"), std::string::npos);
    EXPECT_EQ(page.find("\nLine 9"), std::string::npos);
  }
}

TEST(layout, wraps_by_columns_and_breaks_only_words_wider_than_the_page) {
  Layout page(40, Color::no);
  page.paragraph(2, "lead", Style::plain, 10, "漢字漢字漢字 漢字漢字漢字 漢字漢字漢字 " + std::string(50, 'x') + " end");
  EXPECT_EQ(page.take(),
            "  lead    漢字漢字漢字 漢字漢字漢字\n"
            "          漢字漢字漢字\n"
            "          xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"
            "          xxxxxxxxxxxxxxxxxxxx end\n");
}

TEST(layout, deep_indents_leave_room_for_text) {
  Layout page(40, Color::no);
  page.paragraph(200, "mark", Style::plain, 220, "some words to wrap");
  std::istringstream lines(page.take());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 40u);
}

TEST(layout, blank_lines_do_not_pile_up) {
  Layout page(40, Color::no);
  page.blank(), page.paragraph(0, "a"), page.blank(), page.blank(), page.paragraph(0, "b");
  EXPECT_EQ(page.take(), "a\n\nb\n");
}

}  // namespace
}  // namespace rubric
