// Reporting, ordering and rendering diagnostics.

#include <gtest/gtest.h>

#include "base/diagnostic.h"
#include "base/render_diagnostics.h"

namespace rubric {
namespace {

using enum DiagnosticId;

// What the report's static_assert rests on; that a wrong count does not compile cannot itself be a running test.
static_assert(arguments_wanted("plain") == 0);
static_assert(arguments_wanted("{0} and {2}") == 3);
static_assert(arguments_wanted("a brace {{0}} is not an argument") == 0);

TEST(diagnostic, takes_words_and_severity_from_its_row) {
  Diagnostics diagnostics;
  EXPECT_FALSE(diagnostics.has_errors());
  diagnostics.report<unexpected_text>({0, 1, 2}, "'end'", "a condition");
  const Diagnostic& d = diagnostics.all().at(0);
  EXPECT_EQ(d.message, "unexpected 'end'");
  EXPECT_EQ(d.help, "expected a condition");
  EXPECT_TRUE(diagnostics.has_errors());
}

TEST(diagnostic, help_names_what_was_meant) {
  Diagnostics diagnostics;
  EXPECT_EQ(diagnostics.report<unknown_name>({}, "criterion", "'Diagnossis'").did_you_mean("Diagnosis").help, "did you mean Diagnosis?");
  EXPECT_EQ(diagnostics.report<unknown_name>({}, "criterion", "'Pony'").did_you_mean(std::nullopt).help,
            "declare it, or include the library that does");
}

TEST(diagnostic, sort_puts_places_in_order_and_says_each_once) {
  Diagnostics diagnostics;
  diagnostics.report<declared_twice>({1, 0, 1}, "B");
  diagnostics.report<declared_twice>({0, 5, 6}, "A");
  diagnostics.report<unexpected_end>({0, 5, 6}, "more");
  diagnostics.report<declared_twice>({0, 5, 6}, "A");  // a repeat with something else between
  diagnostics.report<declared_twice>({0, 2, 3}, "A");  // the same words elsewhere are not one
  diagnostics.sort();
  std::vector<std::pair<DiagnosticId, uint32_t>> order;
  for (const Diagnostic& d : diagnostics.all()) order.emplace_back(d.id, d.span.begin);
  EXPECT_EQ(order, (std::vector<std::pair<DiagnosticId, uint32_t>>{
                       {declared_twice, 2}, {declared_twice, 5}, {unexpected_end, 5}, {declared_twice, 0}}));
}

// A set of one diagnostic at [begin, end) of a text.
struct Example {
  SourceSet sources;
  Diagnostics diagnostics;

  Example(std::string text, uint32_t begin, uint32_t end) {
    sources.add("p.rubric", std::move(text));
    diagnostics.report<declared_twice>({0, begin, end}, "X");
  }
  std::string text() { return render_text(diagnostics, sources); }
};

constexpr std::string_view help = "  help: give one of the two another name\n";

TEST(render_text, underlines_the_span) {
  EXPECT_EQ(Example("define A: 1\ndefine X: 2\n", 19, 20).text(),
            "p.rubric:2:8: error: X is already declared [declared_twice]\n"
            "     2 | define X: 2\n"
            "       |        ^\n" +
                std::string(help));
}

TEST(render_text, carets_stand_under_tabs_and_wide_characters) {
  // A tab goes to the next stop, é takes one column in two bytes, 漢 two columns in three.
  EXPECT_EQ(Example("\té漢 bad", 7, 10).text(),
            "p.rubric:1:5: error: X is already declared [declared_twice]\n"
            "     1 |     é漢 bad\n"
            "       |         ^^^\n" +
                std::string(help));
}

TEST(render_text, a_span_over_lines_is_underlined_to_the_end_of_its_first) {
  std::string text = Example("ab cd\nef", 3, 8).text();
  EXPECT_NE(text.find("| ab cd\n       |    ^^\n"), std::string::npos) << text;
}

TEST(render_text, an_empty_span_at_the_end_has_a_caret) {
  std::string text = Example("ab", 2, 2).text();
  EXPECT_NE(text.find("| ab\n       |   ^\n"), std::string::npos) << text;
}

TEST(render_text, control_characters_become_visible) {
  std::string text = Example("a \x1b[31m\u202e \xff X", 13, 14).text();
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("a \\u{1b}[31m\\u{202e} \\x{ff} X"), std::string::npos) << text;
}

TEST(render_text, a_very_long_line_is_cut_around_the_span) {
  std::string text = Example(std::string(1'000'000, 'x'), 500'000, 500'002).text();
  EXPECT_LT(text.size(), 1000u);
  EXPECT_NE(text.find("| ...xxx"), std::string::npos) << text;
  EXPECT_NE(text.find("xxx...\n"), std::string::npos) << text;
  EXPECT_NE(text.find(" ^^\n"), std::string::npos) << text;
}

TEST(render_text, related_places_have_their_line_and_sentence) {
  Example example("define X: 1\ndefine X: 2\n", 19, 20);
  Diagnostics diagnostics;
  diagnostics.report<declared_twice>({0, 19, 20}, "X").relate({0, 7, 8}, "X is declared here first");
  EXPECT_EQ(render_text(diagnostics, example.sources),
            "p.rubric:2:8: error: X is already declared [declared_twice]\n"
            "     2 | define X: 2\n"
            "       |        ^\n"
            "p.rubric:1:8: note: X is declared here first\n"
            "     1 | define X: 1\n"
            "       |        ^\n" +
                std::string(help));
}

TEST(render_text, a_diagnostic_may_be_about_no_place) {
  Diagnostics diagnostics;
  diagnostics.report<cannot_read>({no_file, 0, 0}, "x.json", "no such file");
  EXPECT_EQ(render_text(diagnostics, SourceSet()), "error: cannot read x.json: no such file [cannot_read]\n");
}

TEST(render_text, color_is_asked_for) {
  Example example("X", 0, 1);
  EXPECT_EQ(example.text().find('\x1b'), std::string::npos);
  EXPECT_NE(render_text(example.diagnostics, example.sources, Color::yes).find("\x1b[1;31merror"), std::string::npos);
}

TEST(render_json, is_one_array) {
  EXPECT_EQ(render_json(Diagnostics(), SourceSet()), "[]\n");
  Example example("\"\x1b\" X", 4, 5);
  EXPECT_EQ(render_json(example.diagnostics, example.sources),
            "[\n"
            R"(  {"name": "declared_twice", "severity": "error", "file": "p.rubric", "line": 1, "column": 5, )"
            R"("endLine": 1, "endColumn": 6, "message": "X is already declared", )"
            R"("help": "give one of the two another name", "related": []})"
            "\n]\n");
}

TEST(render_sarif, numbers_rules_and_points_at_regions) {
  SourceSet sources;
  sources.add("a folder/p.rubric", "X X");
  Diagnostics diagnostics;
  diagnostics.report<unexpected_text>({0, 0, 1}, "'X'", "a name");
  diagnostics.report<declared_twice>({0, 2, 3}, "X").relate({0, 0, 1}, "first here");
  std::string sarif = render_sarif(diagnostics, sources);
  for (const char* part :
       {R"("version": "2.1.0")", R"("rules": [{"id": "unexpected_text"}, {"id": "declared_twice"}])",
        R"("ruleId": "declared_twice", "ruleIndex": 1, "level": "error")", R"("uri": "a%20folder/p.rubric")",
        R"("startLine": 1, "startColumn": 3)", R"("relatedLocations": [{"message": {"text": "first here"}, "physicalLocation")"}) {
    EXPECT_NE(sarif.find(part), std::string::npos) << part << "\n" << sarif;
  }
}

}  // namespace
}  // namespace rubric
