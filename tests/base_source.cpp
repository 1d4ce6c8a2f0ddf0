// Offsets to lines and columns, as a person counts them.

#include <gtest/gtest.h>

#include "base/source.h"

namespace rubric {
namespace {

SourceFile one_file(std::string text) {
  SourceSet sources;
  return sources.file(sources.add("a.rubric", std::move(text)));
}

TEST(source, position_counts_code_points) {
  SourceFile file = one_file("ab\nné \U0001F600x\n");
  EXPECT_EQ(file.position(0), (Position{1, 1}));
  EXPECT_EQ(file.position(2), (Position{1, 3}));  // the line end belongs to its line
  EXPECT_EQ(file.position(3), (Position{2, 1}));
  EXPECT_EQ(file.position(7), (Position{2, 4}));   // n, é (2 bytes), space
  EXPECT_EQ(file.position(11), (Position{2, 5}));  // behind the 4-byte character
}

TEST(source, position_past_the_end_is_the_end) {
  EXPECT_EQ(one_file("ab").position(99), (Position{1, 3}));
  EXPECT_EQ(one_file("").position(0), (Position{1, 1}));
  EXPECT_EQ(one_file("ab\n").position(3), (Position{2, 1}));
}

TEST(source, lines_come_without_their_ends) {
  SourceFile file = one_file("a\r\n\nb");
  EXPECT_EQ(file.line(1), "a");
  EXPECT_EQ(file.line(2), "");
  EXPECT_EQ(file.line(3), "b");
  EXPECT_EQ(file.line(0), "");
  EXPECT_EQ(file.line(4), "");
}

TEST(source, references_survive_more_files) {
  SourceSet sources;
  const SourceFile& first = sources.file(sources.add("first", "short"));
  std::string_view text = sources.text({0, 1, 3});
  for (int i = 0; i < 1000; ++i) sources.add("more", "text");
  SourceSet moved = std::move(sources);
  EXPECT_EQ(first.text, "short");
  EXPECT_EQ(text, "ho");
  EXPECT_EQ(moved.size(), 1001u);
}

TEST(source_death, a_span_outside_its_file_is_a_bug) {
  SourceSet sources;
  sources.add("a", "abc");
  EXPECT_DEATH(sources.text({0, 2, 9}), "a span lies inside its file");
  EXPECT_DEATH(sources.file(7), "a file id comes from this set");
}

}  // namespace
}  // namespace rubric
