// A program file with any byte changed is refused, or runs safely. Half of the mutants get a digest that fits again, so
// that `verify` is all that stands between them and the machine; what verify lets through decides a case and traces it.

#include "base/text.h"
#include "compiler/compile.h"
#include "vm/disassemble.h"
#include "vm/machine.h"
#include "vm/save.h"
#include "vm/trace.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace rubric {
namespace {

// Small, so that many mutants fit into a test; with a limit, items, an exception, a window and a layer of groups.
constexpr const char* policy = R"(policy Mutated version '1'
in force from @2024-01-01
source S 'An example'
codesystem CPT codesystem ICD10CM
valueset Codes: CPT { '1', '2' }
parameter Most default 2 cite S 'a'
entity Case  reviewType String  received Date  lines list of Line complete  trials list of Trial dated by start  priorProcedures list of PriorProcedure dated by date
entity Line  sequence Integer  code Code  serviceDate Date called date  targets list of Target complete
entity Target  site String optional
entity Trial  category String  start Date optional  outcome one of 'failed', 'partial'
entity PriorProcedure  code Code  date Date at most Case.received  status one of 'authorized', 'performed'
decides each Line where Line.code in Codes  when undetermined pend cite S 'a'
criterion Tried 'Tried' any of
    a: 'one failed' some Trial T has T.outcome = 'failed' and T.start <= Line.date - 3 months
    b: 'two were tried' Count(Trials T where T.category = 'nsaid') >= 2
  end cite S 'a'
criterion Named for each Target T 'Named' T.site is not null cite S 'a'
limit Sessions 'Sessions' at most Most days of Codes in the 12 months up to Line.date cite S 'a'
rule Covered approve when all of Tried, Named, Sessions cite S 'a'
rule NotCovered deny when Tried is not met cite S 'a'
exception Waived to NotCovered when Line.code = CPT '2' cite S 'a'
)";
constexpr const char* record = R"({"id": "m", "received": "2025-01-02", "lines": [{"sequence": 1, "code": {"system": "CPT", "code": "1"},
  "serviceDate": "2025-02-01", "targets": [{"site": "trapezius"}, {}]}, {"sequence": 2, "code": {"system": "CPT", "code": "2"}}],
  "trials": [{"category": "nsaid", "start": "2024-03"}], "priorProcedures": [{"code": {"system": "CPT", "code": "1"}, "date": "2024-06-01", "status": "performed"}]})";

// Header of the file: see save.h.
constexpr size_t version_at = 8, digest_at = 20, content_at = 92;

void fit_digest(std::string& file) { file.replace(digest_at, 64, sha256_hex(file.substr(version_at, 12) + file.substr(content_at))); }

// Whether it ran.
bool survives(const std::string& file) {
  auto program = vm::load(file);
  if (!program) return false;
  auto verified = vm::verify(std::move(*program));
  if (std::holds_alternative<std::string>(verified)) return false;
  const auto& runnable = std::get<vm::VerifiedProgram>(verified);
  vm::Loader loader(*runnable, "2025-02-02");
  loader.add(record, "record");
  const auto decisions = vm::run(runnable, std::make_shared<const vm::Batch>(loader.take()));
  vm::to_json(vm::trace(decisions, 0), true);
  return true;
}

class ProgramFile : public testing::TestWithParam<uint32_t> {};

TEST_P(ProgramFile, AnyByteChangedIsRefusedOrRunsSafely) {
  SourceSet sources;
  Diagnostics diagnostics;
  const Compiled compiled = compile_text("mutated.rubric", policy, sources, diagnostics);
  ASSERT_TRUE(compiled.program) << diagnostics.all().at(0).message;
  vm::Program program = *compiled.program;
  program.file_texts.assign(program.files.size(), "");  // the sources are only shown; without them mutants hit what matters
  program.digest = vm::digest_of(program);
  const std::string whole = vm::save(program);
  ASSERT_TRUE(survives(whole));

  std::mt19937 random(GetParam());
  size_t ran = 0, refused = 0;
  for (int round = 0; round < 50'000; ++round) {
    std::string file = whole;
    const bool fitting = round % 2 == 1;
    const int changes = 1 + static_cast<int>(random() % 3);
    for (int k = 0; k < changes; ++k) {
      const size_t at = fitting ? content_at + random() % (file.size() - content_at) : random() % file.size();
      file[at] = random() % 4 == 0 ? static_cast<char>(random()) : static_cast<char>(file[at] + (random() % 2 ? 1 : -1));
    }
    if (fitting) fit_digest(file);
    (survives(file) ? ran : refused) += 1;
  }
  // Both happen: a check that refuses everything would hide what the machine does with the rest.
  EXPECT_GT(ran, 250u);
  EXPECT_GT(refused, 25'000u);
}

// 200,000 files, in parts that run side by side.
INSTANTIATE_TEST_SUITE_P(Seeds, ProgramFile, testing::Range(1u, 5u));

}  // namespace
}  // namespace rubric
