// Whatever a snapshot holds, also one whose checksums are right, it is read or refused with a reason, and every cell of what is read can
// be shown. More is asked of what records come to (record.cpp): a file that is otherwise wrong and has its checksums right is no accident.

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/must.h"
#include "tests/record_model.h"
#include "vm/snapshot.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

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

uint64_t number_at(const std::string& bytes, size_t at) {
  uint64_t out = 0;
  std::memcpy(&out, bytes.data() + at, sizeof out);
  return out;
}

// A checksum in the file, and what it is of.
struct Sum {
  size_t at, begin, size;
};

class Whole {
 public:
  explicit Whole(const Program& model) {
    SnapshotWriter writer(model, {{"cases.ndjson", 77}}, [&](std::string_view more) { bytes += more; });
    for (const std::string_view each : records) writer.add(each, "cases.ndjson:1");
    writer.attach("what somebody keeps", records.size());
    writer.finish();
    // Where a checksum stands behind the place and size of what it is of, whatever else there is. Those of blocks come first:
    // the directory, which has them, is under the last one.
    for (size_t at = 0; at + 24 <= bytes.size(); ++at) {
      const uint64_t begin = number_at(bytes, at), size = number_at(bytes, at + 8);
      if (begin > bytes.size() || size > bytes.size() - begin) continue;
      if (number_at(bytes, at + 16) == XXH3_64bits(bytes.data() + begin, size)) sums.push_back({at + 16, begin, size});
    }
    must(sums.size() >= 4, "blocks of columns, of texts and of what is attached, and the directory");
  }
  std::string with(const uint8_t* edits, size_t size) const {
    std::string out = bytes;
    constexpr size_t edit = 4;   // where, in two bytes, how many bytes, and what they become
    for (size_t k = 0; k + edit <= size; k += edit) {
      const size_t at = (edits[k] | size_t{edits[k + 1]} << 8) % out.size();
      for (size_t b = at; b < std::min(at + 1 + edits[k + 2] % 4, out.size()); ++b) out[b] = static_cast<char>(edits[k + 3]);
    }
    for (const Sum& sum : sums) {
      const uint64_t now = XXH3_64bits(out.data() + sum.begin, sum.size);
      std::memcpy(out.data() + sum.at, &now, sizeof now);
    }
    return out;
  }

  std::string bytes;
  std::vector<Sum> sums;
};

void read(const std::string& bytes, const Program& program) {
  const int file = memfd_create("snapshot", 0);
  must(file >= 0 && write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), "a file in memory");
  const auto refused = [](const std::string& why) { must(!why.empty(), "a refusal has a reason"); };
  const auto snapshot = Snapshot::open("/proc/self/fd/" + std::to_string(file));
  close(file);
  if (!snapshot) return refused(snapshot.error());
  auto reader = SnapshotReader::create(*snapshot, program, "2026-02-01");
  if (!reader) return refused(reader.error());
  for (size_t b = 0; b < snapshot->blocks(); ++b) {
    const auto batch = reader->read(b);
    if (!batch) {
      refused(batch.error());
      continue;
    }
    for (Id c = 0; c < program.columns.size(); ++c) {
      for (Row row = 0; row < (*batch)->columns[c].rows; ++row) show_cell(**batch, c, row);
    }
  }
  std::string attached;
  for (uint64_t number = 0; number < std::min<uint64_t>(snapshot->cases(), 20); ++number) {
    if (const auto at = snapshot->attached_to(number)) snapshot->load_attached(at->first, attached);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Program program = clinical_program();
  static const Whole whole(program);
  read(std::string(reinterpret_cast<const char*>(data), size), program);
  read(whole.with(data, size), program);
  return 0;
}
