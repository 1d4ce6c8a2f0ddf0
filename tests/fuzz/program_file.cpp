// Whatever a program file holds, reading it ends with a program or a reason, and looking at the program is safe.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/must.h"
#include "base/text.h"
#include "vm/disassemble.h"
#include "vm/save.h"

namespace {

void try_file(const std::string& bytes) {
  const auto program = rubric::vm::load(bytes);
  if (!program) {
    rubric::must(!program.error().empty(), "a refusal has a reason");
    return;
  }
  rubric::must(rubric::vm::save(*program) == bytes, "a file that is read is written the same");
  rubric::vm::disassemble(*program);
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
