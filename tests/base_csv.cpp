// Cells of spreadsheets: what is written is read again, and nothing that is written becomes a formula.
#include "base/csv.h"

#include <gtest/gtest.h>

namespace rubric {
namespace {

TEST(csv, a_field_that_is_written_is_read_again) {
  for (const std::string text : {"plain", "a, b", "say \"no\"", "two\nlines", "", "'quoted'"}) {
    const auto rows = split_csv("x," + csv_field(text) + ",y\n");
    ASSERT_EQ(rows.size(), 1u) << text;
    ASSERT_EQ(rows[0].size(), 3u) << text;
    EXPECT_EQ(rows[0][1].text, text);
  }
}

TEST(csv, a_quote_without_an_end_is_said) {
  const auto rows = split_csv("a,b\n\"c,d\ne,f\n");
  const CsvField* const open = unclosed_field(rows);
  ASSERT_NE(open, nullptr);
  EXPECT_EQ(open->begin, 4u);
  EXPECT_EQ(unclosed_field(split_csv("a,b\n\"c\",\"\"\n")), nullptr);
}

TEST(csv, no_cell_becomes_a_formula) {
  for (const std::string text : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "''-1", "plain", "'text'", "a=b", ""}) {
    const std::string written = guarded_cell(text);
    EXPECT_TRUE(written.empty() || std::string("=+-@\t\r\n").find(written[0]) == std::string::npos) << text;
    EXPECT_EQ(unguarded_cell(written), text);
  }
  EXPECT_EQ(guarded_cell("plain"), "plain");
  EXPECT_EQ(guarded_cell("-1"), "'-1");
}

}  // namespace
}  // namespace rubric
