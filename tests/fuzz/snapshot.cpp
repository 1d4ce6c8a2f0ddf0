// Whatever a snapshot holds, also one whose checksums are right, it is read or refused with a reason, and what is read is as
// sound as what the loader makes of records.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/must.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/sound_batch.h"
#include "tests/record_model.h"
#include "vm/snapshot.h"

namespace {

using namespace rubric::vm;
using rubric::must;

constexpr std::array<std::string_view, 8> records = {
    R"({"id":"a"})",
    R"({"id":"b","received":"2025-12-01","lines":[{"units":3,"serviceDate":"2025-12-02","code":{"system":"CPT","code":"20553"}},{}]})",
    R"({"id":"c","trials":{"items":[{"category":"nsaid","start":"2025-02-28"},{"category":"rest"}],"complete":true}})",
    R"({"id":"d","trials":[{"start":{"vague":{"low":"2025-01-01"},"text":"last year"}},{"start":"2025-03"},{"start":{"none":true}}]})",
    R"({"id":"e","program":{"comprehensive":true},"annotations":{"/program/comprehensive":{"document":"letter","page":2}}})",
    R"({"id":"f","priorProcedures":[{"reliefPercent":50.25,"code":{"system":"CPT","code":"new"}},{"reliefPercent":0.00000001}]})",
    R"({"id":"g","unknown":1})",
    R"({"id":"h","program":{"education":true},"assertions":[{"criterion":"NoSuch","status":"met"}]})",
};

std::string whole_file(const Program& model) {
  std::string bytes;
  SnapshotWriter writer(model, {{"cases.ndjson", 77}}, [&](std::string_view more) { bytes += more; });
  for (const std::string_view each : records) writer.add(each, "cases.ndjson:1");
  writer.attach("what somebody keeps", records.size());
  writer.finish();
  return bytes;
}

void read(const std::string& bytes, const Program& program) {
  const rubric::MemoryFile file(bytes);
  const auto refused = [](const std::string& why) { must(!why.empty(), "a refusal has a reason"); };
  const auto snapshot = Snapshot::open(file.path());
  if (!snapshot) return refused(snapshot.error());
  auto reader = SnapshotReader::create(*snapshot, program, "2026-02-01");
  if (!reader) return refused(reader.error());
  for (size_t b = 0; b < snapshot->blocks(); ++b) {
    const auto batch = reader->read(b);
    if (!batch) {
      refused(batch.error());
      continue;
    }
    must_be_sound(**batch);
  }
  std::string attached;
  for (uint64_t number = 0; number < std::min<uint64_t>(snapshot->cases(), 20); ++number) {
    if (const auto at = snapshot->attached_to(number)) snapshot->load_attached(at->first, attached);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Program program = clinical_program();
  static const std::string whole = whole_file(program);
  static const rubric::Checksums checksums(whole, 0);
  read(std::string(reinterpret_cast<const char*>(data), size), program);
  std::string file = whole;
  rubric::edit(file, data, size);
  checksums.make_right(file);
  read(file, program);
  return 0;
}
