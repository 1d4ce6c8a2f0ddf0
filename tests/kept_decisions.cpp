// What a kept run keeps of a case is what its trace shows later, whatever a run of the same record comes to then.

#include "vm/kept_decisions.h"

#include "base/text.h"
#include "compiler/compile.h"
#include "tests/paths.h"
#include "vm/join.h"
#include "vm/trace.h"

#include <gtest/gtest.h>

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
  EXPECT_EQ(restore_decisions(packed, 1, d, 2), Restored::as_computed);
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
  EXPECT_EQ(restore_decisions(packed, 0, loose, 0), Restored::as_computed);
  EXPECT_EQ(restore_decisions(packed, 1, loose, 1), Restored::otherwise);
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
  for (Row row = 0; row < 3; ++row) EXPECT_EQ(restore_decisions(packed, row, alone, row), Restored::as_computed);
}

TEST(KeptDecisions, OfNoSuchCaseAreRefused) {
  const VerifiedProgram policy = program();
  Decisions d = decided(policy);
  const Row cases[] = {0, 1};
  const std::string packed = pack_decisions(d, cases);
  EXPECT_EQ(restore_decisions(packed, 2, d, 2), Restored::damaged);
  for (size_t size = 0; size < packed.size(); ++size) EXPECT_EQ(restore_decisions(packed.substr(0, size), 0, d, 0), Restored::damaged);
}

}  // namespace
}  // namespace rubric::vm
