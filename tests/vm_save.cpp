// Program files: what goes in comes out, and bytes from anywhere are refused with a reason.

#include "vm/save.h"

#include "base/text.h"
#include "tests/example_program.h"

#include <gtest/gtest.h>

namespace rubric::vm {
namespace {

const std::string& example_bytes() {
  static const std::string bytes = save(example_program());
  return bytes;
}

std::string reason(std::string_view bytes) {
  const auto loaded = load(bytes);
  return loaded ? "it was loaded" : loaded.error();
}

// The bytes with a digest that fits them, as somebody makes them who wants them to be taken.
std::string with_right_digest(std::string bytes) {
  const std::string digest = sha256_hex(bytes.substr(8, 12) + bytes.substr(92));
  return bytes.replace(20, 64, digest);
}

TEST(program_file, keeps_every_member) {
  const auto loaded = load(example_bytes());
  ASSERT_TRUE(loaded.has_value()) << loaded.error();
  // Each member is written, so programs with the same bytes are the same; and a few, looked at one by one.
  EXPECT_EQ(save(*loaded), example_bytes());
  EXPECT_EQ(loaded->name, "Example");
  EXPECT_EQ(loaded->code, example_program().code);
  EXPECT_EQ(loaded->constants, example_program().constants);
  EXPECT_EQ(loaded->criteria[0].met.pieces[0].because, true);
  EXPECT_EQ(loaded->rules[0].span, example_program().rules[0].span);
  EXPECT_EQ(loaded->nodes[1].fields[0].one_of, example_program().nodes[1].fields[0].one_of);
  EXPECT_EQ(loaded->file_texts, example_program().file_texts);
  EXPECT_EQ(loaded->line_code, 0u);
}

TEST(program_file, digest_names_the_program) {
  EXPECT_EQ(load(example_bytes())->digest, digest_of(example_program()));
  EXPECT_EQ(digest_of(example_program()).substr(0, 7), "sha256:");
  EXPECT_EQ(digest_of(example_program()).size(), 7u + 64u);
  Program other = example_program();
  other.file_texts[0] += " ";
  EXPECT_NE(digest_of(other), digest_of(example_program()));
  other = example_program();
  other.digest = "sha256:of something else";  // is not part of what it speaks for
  EXPECT_EQ(digest_of(other), digest_of(example_program()));
}

TEST(program_file, is_the_same_wherever_its_sources_lie) {
  Program elsewhere = example_program();
  elsewhere.files = {"/home/somebody/policies/example.rubric"};
  EXPECT_EQ(digest_of(elsewhere), digest_of(example_program()));
  EXPECT_EQ(load(save(elsewhere))->files, example_program().files);
}

TEST(program_file, empty_program_is_one_too) { EXPECT_TRUE(load(save({})).has_value()); }

TEST(program_file, says_why_it_is_refused) {
  EXPECT_EQ(reason(""), "it is not a compiled policy");
  EXPECT_EQ(reason("policy Example"), "it is not a compiled policy");
  std::string as_text = example_bytes();
  as_text.erase(4, 1);
  EXPECT_EQ(reason(as_text), "it was changed on its way, as copying it as text does");
  std::string future = example_bytes();
  future[8] = 77;
  EXPECT_EQ(reason(future), "it has program format 77, and this version of rubric reads format 1: compile the policy again");
  std::string foreign = example_bytes();
  foreign.replace(12, 8, "0badf00d");
  EXPECT_NE(reason(foreign).find("(0badf00d, here "), std::string::npos) << reason(foreign);
  EXPECT_EQ(reason(example_bytes().substr(0, 50)), "it is cut short");
  EXPECT_EQ(reason(example_bytes().substr(0, 100)),
            "it is cut short: 8 of " + std::to_string(example_bytes().size() - 92) + " bytes are there");
  EXPECT_EQ(reason(example_bytes() + "x"), "something follows the program");
  std::string damaged = example_bytes();
  damaged[damaged.size() / 2] ^= 1;
  EXPECT_EQ(reason(damaged), "its content does not match its digest: it was changed or damaged");
}

TEST(program_file, every_prefix_is_refused) {
  for (size_t size = 0; size < example_bytes().size(); ++size) {
    EXPECT_FALSE(load(std::string_view(example_bytes()).substr(0, size)).has_value()) << size;
  }
}

// A file with a fitting digest may still say anything: reading it must end, and in little memory.
TEST(program_file, wrong_content_under_a_right_digest) {
  const std::string& good = example_bytes();
  EXPECT_TRUE(load(with_right_digest(good)).has_value());
  size_t refused = 0;
  for (size_t at = 92; at < good.size(); ++at) {
    std::string bytes = good;
    bytes[at] = static_cast<char>(0xff);
    refused += !load(with_right_digest(bytes)).has_value();
  }
  EXPECT_GT(refused, 100u);  // lengths, enums and flags; other bytes are values, which verify looks at

  std::string huge = good;
  huge.replace(92, 4, "\xff\xff\xff\xff");  // the length of the first text
  EXPECT_EQ(reason(with_right_digest(huge)), "its content is wrong at byte 96: a length is larger than the file");
}

}  // namespace
}  // namespace rubric::vm
