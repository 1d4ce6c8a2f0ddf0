// Whatever a program file holds, reading it ends with a program or a reason, looking at the program is safe, and what
// verify lets through decides a record without harm.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/must.h"
#include "base/text.h"
#include "vm/disassemble.h"
#include "vm/machine.h"
#include "vm/record.h"
#include "vm/save.h"
#include "vm/trace.h"
#include "vm/verify.h"

namespace {

constexpr std::string_view record =
    R"({"id": "a", "lines": [{"sequence": 1, "code": {"system": "CPT", "code": "20552"}, "serviceDate": "2026-03-01"}, {}]})";

void decide(rubric::vm::Program program) {
  const auto verified = rubric::vm::verify(std::move(program));
  const auto* good = std::get_if<rubric::vm::VerifiedProgram>(&verified);
  if (!good) return;
  rubric::vm::Loader loader(**good, "2026-02-01");
  loader.add(record, "record:1");
  loader.add("{}", "record:2");
  const auto batch = std::make_shared<const rubric::vm::Batch>(loader.take());
  const rubric::vm::Decisions decisions = rubric::vm::run(*good, batch);
  for (rubric::vm::Row row = 0; row < batch->cases; ++row) to_json(rubric::vm::trace(decisions, row), true);
}

void try_file(const std::string& bytes) {
  auto program = rubric::vm::load(bytes);
  if (!program) {
    rubric::must(!program.error().empty(), "a refusal has a reason");
    return;
  }
  rubric::must(rubric::vm::save(*program) == bytes, "a file that is read is written the same");
  rubric::vm::disassemble(*program);
  decide(std::move(*program));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  try_file(bytes);

  // The digest would keep the fuzzer out of the content: here the input is the content, in a file that fits it.
  std::string file = rubric::vm::save({}).substr(0, 92);
  const std::string digest = rubric::sha256_hex(file.substr(8, 12) + bytes);
  file.replace(20, 64, digest);
  for (size_t i = 0; i < 8; ++i) file[84 + i] = static_cast<char>(uint64_t{size} >> (8 * i) & 0xff);
  try_file(file + bytes);
  return 0;
}
