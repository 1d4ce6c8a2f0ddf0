// UTF-8, output forms, near names, digests and files.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "base/text.h"

namespace rubric {
namespace {

TEST(utf8, accepts_exactly_the_standard_forms) {
  for (const char* good : {"", "plain", "é", "漢", "\U0001F600", "\U0010FFFF", "\u007f\u0080\u07ff\u0800\uffff"}) {
    EXPECT_TRUE(is_valid_utf8(good)) << good;
  }
  for (const char* bad :
       {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5", "\xff", "\xe6\xbc", "a\xf0\x9f\x98"}) {
    EXPECT_FALSE(is_valid_utf8(bad)) << printable(bad);
  }
  EXPECT_EQ(first_invalid_utf8("ab\xff"), 2u);
}

// Every code point is written and read back; what lies between them is refused.
TEST(utf8, reads_what_it_writes) {
  for (char32_t value = 0; value <= 0x10FFFF; ++value) {
    std::string text;
    append_utf8(text, value);
    CodePoint point = first_code_point(text);
    bool surrogate = 0xD800 <= value && value <= 0xDFFF;
    ASSERT_EQ(point.valid, !surrogate) << static_cast<uint32_t>(value);
    bool same = point.value == value && point.bytes == text.size();
    ASSERT_TRUE(same || surrogate) << static_cast<uint32_t>(value);
  }
}

TEST(printable, shows_what_a_terminal_would_obey) {
  EXPECT_EQ(printable("plain é 漢"), "plain é 漢");
  EXPECT_EQ(printable("\x1b[2J\n\t\x7f"), "\\u{1b}[2J\\u{a}\\u{9}\\u{7f}");
  EXPECT_EQ(printable("\u0085\u202e\u2066\ufeff\U000E0041"), "\\u{85}\\u{202e}\\u{2066}\\u{feff}\\u{e0041}");
  EXPECT_EQ(printable("\xc3("), "\\x{c3}(");
}

TEST(escape_json, gives_the_inside_of_a_string) {
  std::string out = "x";
  escape_json(out, "\"\\\n\t\x01 é \u202e\U000E0041\xff");
  EXPECT_EQ(out, R"(x\"\\\n\t\u0001 é \u202e\udb40\udc41\ufffd)");
  EXPECT_EQ(quote_json("a\"b"), R"("a\"b")");
}

TEST(display_width, counts_columns) {
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("é"), 1u);
  EXPECT_EQ(display_width("e\u0301"), 1u);
  EXPECT_EQ(display_width("漢字"), 4u);
}

TEST(edit_distance, counts_mistakes) {
  EXPECT_EQ(edit_distance("", "", 3), 0u);
  EXPECT_EQ(edit_distance("kitten", "sitting", 9), 3u);
  EXPECT_EQ(edit_distance("form", "from", 9), 1u);  // a swap is one mistake
  EXPECT_EQ(edit_distance("Define", "define", 9), 0u);
  EXPECT_EQ(edit_distance("abcdef", "uvwxyz", 2), 3u);  // gave up: the limit and one
  EXPECT_EQ(edit_distance("a", "abcdefgh", 2), 3u);
}

TEST(nearest, finds_what_was_meant_and_only_that) {
  EXPECT_EQ(nearest("Diagnossis", {"Diagnosis", "Decision"}), "Diagnosis");
  EXPECT_EQ(nearest("criterian", std::vector<std::string>{"condition", "criterion"}), "criterion");
  EXPECT_EQ(nearest("rle", std::set<std::string>{"rule"}), "rule");
  EXPECT_EQ(nearest("Member", {"member"}), "member");
  EXPECT_EQ(nearest("pony", {"criterion", "rule"}), std::nullopt);
  EXPECT_EQ(nearest("x", {"y"}), std::nullopt);        // too short to guess at
  EXPECT_EQ(nearest("same", {"same"}), std::nullopt);  // it exists: not a spelling mistake
}

TEST(nearest, does_not_depend_on_order) {
  EXPECT_EQ(nearest("bade", {"bare", "bake"}), "bake");
  EXPECT_EQ(nearest("bade", {"bake", "bare"}), "bake");
}

TEST(sha256, gives_the_standard_digests) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(read_file, gives_the_bytes_or_a_reason) {
  auto folder = std::filesystem::temp_directory_path() / "rubric_read_file_test";
  std::filesystem::create_directories(folder);
  auto path = (folder / "file").string();
  const std::string bytes("a\r\n\0\xff", 5);
  std::ofstream(path, std::ios::binary) << bytes;

  EXPECT_EQ(read_file(path).value(), bytes);
  EXPECT_EQ(read_file(path + "x").error().kind, FileProblemKind::missing);
  EXPECT_EQ(read_file(path + "x").error().path, path + "x");
  EXPECT_EQ(read_file(folder.string()).error().kind, FileProblemKind::directory);
  // A path through a file stands for what permissions cause, which root would not notice.
  EXPECT_EQ(read_file(path + "/below").error().kind, FileProblemKind::unreadable);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace rubric
