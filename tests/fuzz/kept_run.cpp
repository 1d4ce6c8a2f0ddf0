// Whatever a kept run holds, also one whose checksums are right, it is read or refused with a reason, and what it says was decided
// of a case can be shown.

#include <zstd.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/must.h"
#include "base/text.h"
#include "cli/kept_run.h"
#include "compiler/compile.h"
#include "render/text.h"
#include "tests/fuzz/edits.h"
#include "vm/kept_decisions.h"
#include "vm/machine.h"
#include "vm/trace.h"

namespace {

using namespace rubric;

constexpr std::string_view policy = R"(policy Fuzz version '1'
title 'Something of everything that is kept'
in force from @2024-01-01
include Clinical

source S 'An example'

valueset Listed: ICD10CM { 'M79.7', 'M79.18' }

decides each Line
  when undetermined pend cite S 'Documentation'

criterion Listing 'A listed diagnosis'
  some Diagnosis D of Line has D.code in Listed
  cite S 'Codes'
  ask 'the diagnosis'

criterion Guided 'A program' judged by the reviewer

rule Covered approve when Listing and Guided cite S 'Codes'
rule NotListed deny when Listing is not met cite S 'Codes'
)";

constexpr std::string_view records[] = {
    R"({"id":"a","decisionDate":"2026-02-01","diagnoses":[{"sequence":1,"code":"M79.7"}],)"
    R"("lines":[{"sequence":1,"code":{"system":"CPT","code":"20552"},"diagnoses":[1]},{"sequence":2}]})",
    R"({"id":"b","decisionDate":"2026-02-01","diagnoses":[{"sequence":1,"code":"G43.1"}],)"
    R"("lines":[{"sequence":1,"code":{"system":"CPT","code":"20553"},"diagnoses":[1]}]})",
    R"({"id":"c","lines":[{"sequence":1}]})",
};

vm::VerifiedProgram compiled() {
  SourceSet sources;
  Diagnostics diagnostics;
  auto result = compile_text("fuzz.rubric", std::string(policy), sources, diagnostics);
  must(result.program.has_value(), "the policy compiles");
  return std::get<vm::VerifiedProgram>(vm::verify(std::move(*result.program)));
}

vm::Decisions decided(const vm::VerifiedProgram& program) {
  vm::Loader loader(*program, "");
  for (const std::string_view each : records) loader.add(each, "here");
  return vm::run(program, std::make_shared<const vm::Batch>(loader.take()));
}

void show(const vm::Decisions& decisions, vm::Row row) {
  const vm::Trace trace = vm::trace(decisions, row, true);
  must(is_valid_utf8(to_json(trace, true)), "a trace is UTF-8");
  to_text(trace, {});
}

// ---- what was decided, alone

constexpr vm::Row all_cases[] = {0, 1, 2};

std::string unpacked(const std::string& packed) {
  uint32_t size = 0;
  std::memcpy(&size, packed.data(), sizeof size);
  std::string out(size, '\0');
  must(ZSTD_decompress(out.data(), size, packed.data() + sizeof size, packed.size() - sizeof size) == size, "what was packed");
  return out;
}
std::string packed(const std::string& bytes) {
  const auto size = static_cast<uint32_t>(bytes.size());
  std::string out(sizeof size + ZSTD_compressBound(size), '\0');
  std::memcpy(out.data(), &size, sizeof size);
  out.resize(sizeof size + ZSTD_compress(out.data() + sizeof size, out.size() - sizeof size, bytes.data(), size, 1));
  return out;
}

void restore(const std::string& bytes, const vm::VerifiedProgram& program) {
  for (const vm::Row row : all_cases) {
    vm::Decisions decisions = decided(program);
    if (vm::restore_decisions(bytes, std::size(all_cases), row, decisions, row) != vm::Restored::damaged) show(decisions, row);
  }
}

// ---- the file

std::string whole_file(const vm::VerifiedProgram& program) {
  const MemoryFile file;
  auto writer = cli::KeptRunWriter::create(file.path(), std::span(&program, 1), "2026-02-01");
  must(writer.has_value(), "the file can be written");
  for (const std::string_view each : records) {
    cli::Record record;
    record.json = each;
    record.source = "here:1";
    writer->add(record);
  }
  cli::Decided unit;
  unit.tally.cases = std::size(records);
  cli::KeptDecisions kept;
  kept.cases = {0, 1, 2};
  kept.planes = vm::pack_decisions(decided(program), all_cases);
  unit.kept.push_back(std::move(kept));
  writer->add(unit);
  must(writer->finish().empty(), "the file is written");
  return read_file(file.path()).value();
}

constexpr size_t head_at = 8 + 4 + 8, sum_size = 64;
size_t head_size(const std::string& file) {
  uint64_t size = 0;
  std::memcpy(&size, file.data() + 12, sizeof size);
  return size;
}

void explain(const std::string& bytes) {
  const auto refused = [](const std::string& why) { must(!why.empty(), "a refusal has a reason"); };
  const MemoryFile file(bytes);
  const auto run = cli::KeptRun::open(file.path());
  if (!run) return refused(run.error());
  std::vector<vm::VerifiedProgram> programs;
  for (const vm::Program& each : run->programs) {
    auto verified = vm::verify(each);
    if (!std::holds_alternative<vm::VerifiedProgram>(verified)) return refused(std::get<std::string>(verified));
    programs.push_back(std::move(std::get<vm::VerifiedProgram>(verified)));
  }
  vm::SnapshotBlock block;
  uint64_t number = 0;
  for (size_t b = 0; b < run->cases->blocks(); ++b) {
    if (const std::string why = run->cases->load(b, block); !why.empty()) return refused(why);
    for (vm::Row row = 0; row < run->cases->cases_in(b); ++row, ++number) {
      const auto kept = run->decided(number);
      if (!kept) return refused(kept.error());
      for (const auto& each : *kept) {
        auto reader = vm::SnapshotReader::create(*run->cases, *programs[each.policy], run->as_of);
        if (!reader) return refused(reader.error());
        const auto batch = reader->read(block, std::span(&row, 1));
        if (!batch) return refused(batch.error());
        vm::Decisions decisions = vm::run(programs[each.policy], *batch);
        if (vm::restore_decisions(each.decisions, each.cases, each.number, decisions, 0) != vm::Restored::damaged) show(decisions, 0);
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const vm::VerifiedProgram program = compiled();
  static const std::string planes = unpacked(vm::pack_decisions(decided(program), all_cases)), whole = whole_file(program);
  static const size_t cases_at = head_at + head_size(whole) + sum_size;
  static const Checksums checksums(whole, cases_at);
  if (size == 0) return 0;
  const uint8_t way = data[0] % 4;
  ++data, --size;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  switch (way) {
    case 0: explain(bytes); break;
    case 1: restore(packed(bytes), program); break;
    case 2: {
      std::string changed = planes;
      edit(changed, data, size);
      restore(packed(changed), program);
      break;
    }
    case 3: {   // the cases and what is attached to them; the head has a digest, and the programs in it a target of their own
      std::string cases = whole.substr(cases_at);
      edit(cases, data, size);
      std::string file = whole.substr(0, cases_at) + cases;
      checksums.make_right(file);
      explain(file);
      break;
    }
    default: break;
  }
  return 0;
}
