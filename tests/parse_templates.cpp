// Sentences with {expressions}, and literate files.

#include <gtest/gtest.h>

#include "base/render_diagnostics.h"
#include "compiler/literate.h"
#include "compiler/parse.h"
#include "compiler/print.h"
#include "golden.h"

namespace rubric {
namespace {

// The parts of a sentence, one a line, each with the text of its span.
std::string parts_of(const std::string& literal) {
  SourceSet sources;
  Diagnostics diagnostics;
  FileId file = sources.add("p.rubric", "library L title " + literal);
  ast::Module module = parse(sources, file, diagnostics);
  if (module.declarations.size() != 1) return render_text(diagnostics, sources);
  Span span{file, 16, static_cast<uint32_t>(16 + literal.size())};
  std::string out;
  for (const TemplatePart& part : split_template(sources, module.declarations[0].text, span, diagnostics)) {
    switch (part.kind) {
      case TemplatePart::Kind::literal: out += "literal    " + part.text; break;
      case TemplatePart::Kind::expression:
        out += "expression " + print(*part.expr) + " at " + std::string(sources.text(part.expr->span));
        break;
      case TemplatePart::Kind::because: out += "because"; break;
    }
    out += " <- " + std::string(sources.text(part.span)) + "\n";
  }
  return out + render_text(diagnostics, sources);
}

TEST(parse_templates, golden) {
  std::string out;
  for (const char* literal : {
           R"('plain')",
           R"('No more than {MaxSessions} sessions in {Window}: {because}.')",
           R"('{T.site}')",
           R"('{ Count(Line.targets T where T.side = \'x\') }')",
           R"('{{braces}} and {List { 1, 2 }} {Tuple { a: "}" }.a}')",
           R"('it\'s {Line.units} \u00e9 {a.b}')",
           R"('é漢 {Line.units}')",
           R"('')",
           R"('{a +} and {} and { } then {b}')",
           R"('{a and {b')",
           R"('a } b')",
           R"('{a b}')",
       }) {
    out += std::string("=== ") + literal + "\n" + parts_of(literal) + "\n";
  }
  expect_golden("parse/templates.txt", out);
}

TEST(parse_templates, a_sentence_from_elsewhere_is_placed_from_its_start_on) {
  SourceSet sources;
  Diagnostics diagnostics;
  FileId file = sources.add("t.csv", "x,\"a {b} c\"\n");
  std::vector<TemplatePart> parts = split_template(sources, "a {b} c", {file, 3, 10}, diagnostics);
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(sources.text(parts[1].span), "{b}");
  EXPECT_EQ(sources.text(parts[1].expr->span), "b");
}

TEST(literate, keeps_offsets_and_lines) {
  std::string_view markdown =
      "# T\u00eftle\r\n"
      "```rubric\n"
      "library L\n"
      "```\n"
      "prose ```rubric\n"
      "  ~~~~ rubric {.x}\n"
      "define A: 1\n"
      "~~~\n"
      "~~~~~\n"
      "    ```rubric\n"
      "```python\n"
      "```rubric\n"
      "```\n"
      "```rubricx\n"
      "x\n"
      "```\n"
      "```rubric\n"
      "define B: 2";
  std::string rubric = rubric_of_markdown(markdown);
  ASSERT_EQ(rubric.size(), markdown.size());
  std::string_view in_fence[] = {"library L", "define A: 1", "~~~\n", "define B: 2"};
  for (std::string_view each : in_fence) EXPECT_EQ(rubric.find(each), markdown.find(each)) << each;
  EXPECT_EQ(std::count(rubric.begin(), rubric.end(), '\n'), std::count(markdown.begin(), markdown.end(), '\n'));
  for (std::string_view each : in_fence) rubric.replace(rubric.find(each), each.size(), each.size(), ' ');
  EXPECT_EQ(rubric.find_first_not_of(" \r\n"), std::string::npos);
}

TEST(print, names_and_texts) {
  EXPECT_EQ(print_name("Line"), "Line");
  EXPECT_EQ(print_name("status"), "status");
  EXPECT_EQ(print_name("end"), "\"end\"");
  EXPECT_EQ(print_name("a b"), "\"a b\"");
  EXPECT_EQ(print_name("it's \"x\" \\"), "\"it's \\\"x\\\" \\\\\"");
  EXPECT_EQ(print_text("it's \"x\" \\ \n\x01"), "'it\\'s \"x\" \\\\ \\n\\u0001'");
}

}  // namespace
}  // namespace rubric
