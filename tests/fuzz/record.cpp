// Whatever stands in a file of records, each is loaded or rejected with a reason, and every cell that comes of it is sound.

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/fuzz/sound_batch.h"
#include "tests/record_model.h"
#include "vm/record_schema.h"
#include "vm/record_stream.h"

namespace {

using namespace rubric::vm;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Program program = clinical_program();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr LoadLimits limits{.cells_per_case = 4096};
  constexpr size_t few_bytes = 512;   // of a record, so that records are also refused for their length

  static Loader loader(program, "2026-01-01", limits);
  static RecordChecker checker(program, limits);
  RecordStream stream(text, size % 2 ? RecordStream::Lines::perhaps : RecordStream::Lines::always,
                      size % 4 < 2 ? limits.bytes_per_record : few_bytes);
  RecordSlice slice;
  while (stream.next(slice)) {
    if (slice.refused) {
      loader.add_rejected("fuzz", *slice.refused);
      continue;
    }
    loader.add(slice.json, "fuzz");
    checker.check(slice.json, "fuzz");
    if (loader.pending() == 8) must_be_sound(loader.take());
  }
  must_be_sound(loader.take());

  // Streams rarely put a record together by chance; as one it gets further.
  loader.add(text, "fuzz");
  must_be_sound(loader.take());
  return 0;
}
