// What a kept run keeps of a case is what its trace shows later, whatever a run of the same record comes to then.

#include "vm/kept_decisions.h"

#include "base/text.h"
#include "compiler/compile.h"
#include "tests/paths.h"
#include "vm/join.h"
#include "vm/trace.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <cstring>
#include <filesystem>
#include <sstream>

namespace rubric::vm {
namespace {

const std::filesystem::path fixtures = std::filesystem::path(source_folder) / "tests/fixtures";

// A variant of the smallest policy, with what stands in it replaced.
VerifiedProgram program(const std::string& from = "", const std::string& to = "") {
  std::string text = read_file((fixtures / "tiny.rubric").string()).value();
  if (!from.empty()) text.replace(text.find(from), from.size(), to);
  SourceSet sources;
  Diagnostics diagnostics;
  return std::get<VerifiedProgram>(verify(std::move(*compile_text("tiny.rubric", text, sources, diagnostics).program)));
}

Decisions decided(const VerifiedProgram& by) {
  Loader loader(*by, "");
  std::istringstream lines(read_file((fixtures / "cases.ndjson").string()).value());
  std::string line;
  for (int k = 0; k < 3 && std::getline(lines, line); ++k) loader.add(line, "here");
  return run(by, std::make_shared<const Batch>(loader.take()));
}

// Without the digest, which is another policy's.
std::string shown(const Decisions& d, Row row) {
  Trace trace = vm::trace(d, row);
  trace.digest.clear();
  return to_json(trace, true);
}

TEST(KeptDecisions, AreThoseOfTheSameRun) {
  const VerifiedProgram policy = program();
  Decisions d = decided(policy);
  const Row cases[] = {0, 2};
  const std::string packed = pack_decisions(d, cases);
  const std::string before = shown(d, 2);
  EXPECT_EQ(restore_decisions(packed, 2, 1, d, 2), Restored::as_computed);
  EXPECT_EQ(shown(d, 2), before);
}

TEST(KeptDecisions, AreShownWhateverIsComputed) {
  // The second case is denied by the one and approved by the other.
  const VerifiedProgram one = program(), other = program("'M79.7'", "'M79.7', 'M54.2'");
  Decisions strict = decided(one), loose = decided(other);
  const Row all[] = {0, 1, 2};
  const std::string packed = pack_decisions(strict, all);
  const Trace was = trace(strict, 1), is = trace(loose, 1);
  ASSERT_NE(was.lines[0].outcome, is.lines[0].outcome);
  EXPECT_EQ(restore_decisions(packed, 3, 0, loose, 0), Restored::as_computed);
  EXPECT_EQ(restore_decisions(packed, 3, 1, loose, 1), Restored::otherwise);
  const Trace kept = trace(loose, 1);
  EXPECT_EQ(kept.lines[0].outcome, was.lines[0].outcome);
  ASSERT_EQ(kept.lines[0].criteria.size(), was.lines[0].criteria.size());
  for (size_t k = 0; k < kept.lines[0].criteria.size(); ++k) EXPECT_EQ(kept.lines[0].criteria[k].status, was.lines[0].criteria[k].status);
  for (size_t k = 0; k < kept.lines[0].rules.size(); ++k) EXPECT_EQ(kept.lines[0].rules[k].state, was.lines[0].rules[k].state);
}

TEST(KeptDecisions, OfAPolicyAmongOthersAreItsOwn) {
  const VerifiedProgram one = program(), other = program("'M79.7'", "'M54.2'");
  const VerifiedProgram both[] = {other, one};
  const auto joined = join(both);
  ASSERT_TRUE(joined);
  Decisions together = decided(joined->whole), alone = decided(one);
  seen_as(together, joined->members[1]);
  const Row all[] = {0, 1, 2};
  const std::string packed = pack_decisions(together, all);
  EXPECT_EQ(packed, pack_decisions(alone, all));
  for (Row row = 0; row < 3; ++row) EXPECT_EQ(restore_decisions(packed, 3, row, alone, row), Restored::as_computed);
}

TEST(KeptDecisions, OfNoSuchCaseAreRefused) {
  const VerifiedProgram policy = program();
  Decisions d = decided(policy);
  const Row cases[] = {0, 1};
  const std::string packed = pack_decisions(d, cases);
  EXPECT_EQ(restore_decisions(packed, 2, 2, d, 2), Restored::damaged);
  EXPECT_EQ(restore_decisions(packed, 3, 0, d, 0), Restored::damaged) << "the file says that they are of other cases";
  for (size_t size = 0; size < packed.size(); ++size) EXPECT_EQ(restore_decisions(packed.substr(0, size), 2, 0, d, 0), Restored::damaged);
}

// What was decided, with one number of four bytes made another, wherever it stands: it is refused or shown.
TEST(KeptDecisions, WhateverTheyAreCanBeShown) {
  const VerifiedProgram policy = program();
  const Decisions d = decided(policy);
  const Row cases[] = {0, 1, 2};
  const std::string packed = pack_decisions(d, cases);
  uint32_t size = 0;
  std::memcpy(&size, packed.data(), sizeof size);
  std::string bytes(size, '\0');
  ASSERT_EQ(ZSTD_decompress(bytes.data(), size, packed.data() + sizeof size, packed.size() - sizeof size), size);
  size_t refused = 0, shown_otherwise = 0;
  for (size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    for (const uint32_t number : {0U, 3U, 0x55555555U, 0xfffffffeU, 0xffffffffU}) {
      std::string changed = bytes;
      std::memcpy(changed.data() + at, &number, sizeof number);
      std::string again(sizeof size + ZSTD_compressBound(size), '\0');
      std::memcpy(again.data(), &size, sizeof size);
      again.resize(sizeof size + ZSTD_compress(again.data() + sizeof size, again.size() - sizeof size, changed.data(), size, 1));
      Decisions run = decided(policy);
      const Restored restored = restore_decisions(again, 3, 1, run, 1);
      refused += restored == Restored::damaged;
      shown_otherwise += restored == Restored::otherwise;
      if (restored != Restored::otherwise) continue;
      EXPECT_NE(shown(run, 1), "");
    }
  }
  EXPECT_GT(refused, 50u);
  EXPECT_GT(shown_otherwise, 50u);
}

}  // namespace
}  // namespace rubric::vm
