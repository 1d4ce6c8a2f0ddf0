// Texts that are meant to break a parser: deep, wide, cut off, not text at all. Each gives one clear message, quickly.

#include <chrono>

#include <gtest/gtest.h>

#include "base/render_diagnostics.h"
#include "compiler/format.h"
#include "compiler/parse.h"
#include "compiler/print.h"

namespace rubric {
namespace {

std::string repeat(std::string_view piece, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += piece;
  return out;
}

std::vector<std::string> names_of(const Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for (const Diagnostic& each : diagnostics.all()) names.emplace_back(diagnostic_row(each.id).name);
  return names;
}

std::vector<std::string> said_of(const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  parse(sources, sources.add("p.rubric", text), diagnostics);
  return names_of(diagnostics);
}

class Deep : public testing::TestWithParam<std::pair<std::string_view, std::string_view>> {};

TEST_P(Deep, is_one_message) {
  auto [before, piece] = GetParam();
  auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(said_of(std::string(before) + repeat(piece, piece == "(" ? 100'000 : 20'000)), std::vector<std::string>{"nested_too_deep"});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));  // a second or two without sanitizers
}

constexpr std::string_view expression = "policy P version '1' define X: ";
INSTANTIATE_TEST_SUITE_P(parse, Deep,
                         testing::Values(std::pair{expression, "("}, std::pair{expression, "{"}, std::pair{expression, "{ a: "},
                                         std::pair{expression, "f("}, std::pair{expression, "a["}, std::pair{expression, "not "},
                                         std::pair{expression, "- "}, std::pair{expression, "exists "}, std::pair{expression, "start of "},
                                         std::pair{expression, "distinct "}, std::pair{expression, "Interval["},
                                         std::pair{expression, "if a then b else "}, std::pair{expression, "case when "},
                                         std::pair{expression, "all of a: "}, std::pair{expression, "any of "},
                                         std::pair{expression, "some T has "}, std::pair{expression, "(X) Y where "},
                                         std::pair{expression, "from ("}, std::pair{"policy P version '1' ", "section A "},
                                         std::pair{"overlay O amends P ", "add "}, std::pair{"policy P version '1' entity A ", "a { "},
                                         std::pair{"tests of P record r ", "{ a: "}, std::pair{"tests of P record r ", "["},
                                         std::pair{"library L parameter P ", "List<"}));

TEST(parse, long_chains_are_deep_as_well) {
  for (std::string_view piece : {" + 1", " is null", ".b", "[0]", " union c"}) {
    EXPECT_EQ(said_of(std::string(expression) + "a" + repeat(piece, 2'000)), std::vector<std::string>{"nested_too_deep"}) << piece;
  }
}

TEST(parse, chains_of_and_and_or_nest_nothing) {
  for (std::string_view piece : {" and b", " or b = 1"}) {
    EXPECT_EQ(said_of(std::string(expression) + "a" + repeat(piece, 2'000)), std::vector<std::string>()) << piece;
  }
}

// As deep as it may be: parsed, printed, formatted and destroyed on an ordinary stack.
TEST(parse, nesting_below_the_limit_is_fine) {
  for (auto [open, close] : {std::pair{"(", ")"}, {"f(", ")"}, {"{ ", " }"}, {"not (", ")"}, {"all of a: 'x' ", " end"}}) {
    std::string text = repeat(open, 60) + "x" + repeat(close, 60);
    SourceSet sources;
    Diagnostics diagnostics;
    auto expr = parse_expression(sources, sources.add("e", text), diagnostics);
    ASSERT_TRUE(expr) << render_text(diagnostics, sources);
    EXPECT_FALSE(print(*expr).empty());
    EXPECT_TRUE(format_source(sources, sources.add("p.rubric", "library L define X: " + text), diagnostics));
  }
}

TEST(parse, texts_that_are_no_text) {
  EXPECT_EQ(said_of("policy P version '\xff'"), std::vector<std::string>{"not_utf8"});
  EXPECT_EQ(said_of("library L" + std::string(largest_source, ' ')), (std::vector<std::string>{"file_too_large"}));
  EXPECT_EQ(said_of(""), std::vector<std::string>{"missing_header"});
  EXPECT_EQ(said_of("\xEF\xBB\xBFlibrary L"), std::vector<std::string>());  // a byte order mark
  EXPECT_EQ(said_of(repeat("\x01", 100'000)), (std::vector<std::string>{"unknown_character", "missing_header"}));
  EXPECT_EQ(said_of("library L " + repeat("foo ", 100'000)), std::vector<std::string>{"unexpected_text"});
  EXPECT_EQ(said_of("library L " + repeat("'", 99'999)).size(), 1u);
  EXPECT_EQ(said_of("library L /* " + repeat("*", 100'000)), std::vector<std::string>{"unterminated_comment"});
}

TEST(parse, spans_count_bytes_and_lines_may_end_as_on_windows) {
  SourceSet sources;
  Diagnostics diagnostics;
  FileId file = sources.add("p.rubric", "library L\r\ntitle 'é漢'\r\ndefine X: 'é' = y\r\n");
  ast::Module module = parse(sources, file, diagnostics);
  ASSERT_EQ(module.declarations.size(), 2u) << render_text(diagnostics, sources);
  const ast::Expr& body = module.declarations[1].define[0].body;
  EXPECT_EQ(sources.text(body.args[1].span), "y");
  EXPECT_EQ(sources.text(body.args[0].span), "'é'");
  EXPECT_EQ(sources.text(body.span), "'é' = y");
  EXPECT_EQ(module.declarations[0].text, "é漢");
}

// One mistake does not hide the next, and leaves the declarations around it alone.
TEST(parse, goes_on_behind_a_mistake) {
  SourceSet sources;
  Diagnostics diagnostics;
  FileId file = sources.add("p.rubric",
                            "policy P version '1'\n"
                            "define A: 1 +\n"
                            "define B: 2\n"
                            "section S 'text'\n"
                            "  criterion C 'x' some T hass y\n"
                            "  criterion D 'x' all of a: 'y' z end\n"
                            "end\n"
                            "rule R approve wen D\n"
                            "rule Q approve when D\n");
  ast::Module module = parse(sources, file, diagnostics);
  EXPECT_EQ(names_of(diagnostics), (std::vector<std::string>{"unexpected_text", "unexpected_text", "unexpected_text"}));
  ASSERT_EQ(module.declarations.size(), 4u);  // R ends before the word that is not known, and stands without it
  EXPECT_EQ(module.declarations[0].define[0].name.text, "B");
  ASSERT_EQ(module.declarations[1].section[0].members.size(), 1u);
  EXPECT_EQ(module.declarations[1].section[0].members[0].criterion[0].name.text, "D");
  EXPECT_EQ(module.declarations[3].rule[0].name.text, "Q");
}

}  // namespace
}  // namespace rubric
