// The HTML writer and the frame of the pages: what is written cannot break out of where it stands.

#include "render/html.h"

#include "render/page.h"
#include "render/page_files.h"

#include <gtest/gtest.h>

namespace rubric {
namespace {

constexpr std::string_view hostile = "</script><script>alert('x')</script> & \"quoted\" <!-- \x1b[2J \u202e";

TEST(html, texts_and_attributes_are_escaped) {
  Html html;
  html.open("p", {{"title", std::string(hostile)}, {"hidden", ""}, {"lang", absent()}});
  html.text(hostile);
  const std::string safe =
      "&lt;/script&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quoted&quot; &lt;!-- \\u{1b}[2J \\u{202e}";
  EXPECT_EQ(html.take(), "<p title=\"" + safe + "\" hidden=\"\">" + safe + "</p>");
}

TEST(html, line_ends_and_letters_of_any_script_stay) {
  EXPECT_EQ(escape_html("שלום\r\nمرحبا\t漢\rx"), "שלום\nمرحبا\t漢\nx");
  EXPECT_EQ(escape_html("\xc3("), "\\x{c3}(");
}

TEST(html, what_is_opened_is_closed_in_order) {
  Html html;
  html.open("ul"), html.element("li", {}, [&] { html.empty("br"), html.element("b", "x"); });
  html.open("li"), html.text("y");
  EXPECT_EQ(html.take(), "<ul><li><br><b>x</b></li><li>y</li></ul>");
}

TEST(html, embedded_json_is_the_same_value_without_markup) {
  EXPECT_EQ(embeddable_json(R"({"a<b":"</script>&"})"), R"({"a\u003cb":"\u003c/script\u003e\u0026"})");
}

TEST(page, is_one_file_that_fetches_nothing) {
  PageParts parts;
  parts.title = "A <title>", parts.body = "<p>x</p>", parts.data = {{"d", R"(["</script>"])"}};
  const std::string made = page(parts);
  EXPECT_TRUE(made.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
  EXPECT_NE(made.find("<title>A &lt;title&gt;</title>"), std::string::npos);
  EXPECT_NE(made.find(page_file("page.css")), std::string::npos);
  EXPECT_NE(made.find(R"(<script type="application/json" id="d">["\u003c/script\u003e"]</script>)"), std::string::npos);
  for (const std::string_view fetched : {"src=", "<link", "http://", "https://", "@import", "url("}) {
    EXPECT_EQ(made.find(fetched), std::string::npos) << fetched;
  }
}

TEST(page, of_a_folder_shares_its_files) {
  PageParts parts;
  parts.files_at = "../";
  const std::string made = page(parts);
  EXPECT_NE(made.find(R"(<link rel="stylesheet" href="../page.css">)"), std::string::npos);
  EXPECT_NE(made.find(R"(<script src="../page.js"></script>)"), std::string::npos);
  EXPECT_EQ(made.find("<style>"), std::string::npos);
}

// A style that closes its element, or a script that does, would be cut there.
TEST(page, files_can_stand_inside_of_their_elements) {
  ASSERT_FALSE(page_files.empty());
  for (const EmbeddedFile& each : page_files) {
    EXPECT_EQ(each.text.find("</"), std::string_view::npos) << each.name;
    EXPECT_EQ(each.text.find("<!--"), std::string_view::npos) << each.name;
  }
}

}  // namespace
}  // namespace rubric
