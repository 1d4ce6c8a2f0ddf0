// See kept_run.h.

#include "cli/kept_run.h"

#include "base/text.h"
#include "vm/byte_order.h"
#include "vm/record_dates.h"
#include "vm/save.h"
#include "vm/whole_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace rubric::cli {

namespace {

constexpr std::string_view magic = "\x89RBK\r\n\x1a\n";
constexpr uint32_t format_version = 4;
constexpr size_t start_size = 8 + 4 + 8, sum_size = 64;
constexpr uint64_t most_head = uint64_t{1} << 30;   // bytes, of programs

void append(std::string& out, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

uint64_t number(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes.size(); ++i) value |= uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return value;
}

// A text with its length before it; false: there is none.
bool take_text(std::string_view& from, std::string& out) {
  if (from.size() < 8) return false;
  const uint64_t length = number(from.substr(0, 8));
  from.remove_prefix(8);
  if (length > from.size()) return false;
  out = from.substr(0, length);
  from.remove_prefix(length);
  return true;
}

std::string errno_words() { return std::generic_category().message(errno); }

}  // namespace

KeptRunWriter::KeptRunWriter(File f, const std::optional<vm::Program>& model) : file(std::move(f)) {
  // Failures stay in the stream: finish says so.
  const auto write = [to = file.get()](std::string_view bytes) { std::fwrite(bytes.data(), 1, bytes.size(), to); };
  const std::vector<vm::SnapshotSource> none;
  cases = model ? std::make_unique<vm::SnapshotWriter>(*model, none, write) : std::make_unique<vm::SnapshotWriter>(none, write);
}

namespace {

// The first program's model, with the code systems that all of those know that mind: cases with other codes are kept as text. Nothing
// where that is not the others' model, or there is no such system.
std::optional<vm::Program> common_model(std::span<const vm::VerifiedProgram> programs) {
  vm::Program model = *programs[0];
  const std::string digest = vm::model_digest(model);
  bool minds = !model.code_systems.empty();
  for (const vm::VerifiedProgram& each : programs.subspan(1)) {
    const vm::Program& p = *each;
    if (vm::model_digest(p) != digest) return std::nullopt;
    if (p.code_systems.empty()) continue;
    const auto knows = [&](const std::string& system) {
      return std::any_of(p.code_systems.begin(), p.code_systems.end(), [&](vm::Id id) { return p.texts[id] == system; });
    };
    if (!minds) {
      for (const vm::Id id : p.code_systems) {
        model.code_systems.push_back(static_cast<vm::Id>(model.texts.size()));
        model.texts.push_back(p.texts[id]);
      }
    }
    minds = true;
    std::erase_if(model.code_systems, [&](vm::Id id) { return !knows(model.texts[id]); });
    if (model.code_systems.empty()) return std::nullopt;
  }
  return model;
}

}  // namespace

tl::expected<KeptRunWriter, std::string> KeptRunWriter::create(const std::string& path, std::span<const vm::VerifiedProgram> programs,
                                                               const std::string& as_of) {
  File file(std::fopen(path.c_str(), "wb"), std::fclose);
  if (!file) return tl::unexpected(errno_words());
  std::string head;
  const auto add = [&](const std::string& each) {
    append(head, each.size(), 8);
    head += each;
  };
  add(as_of);
  append(head, programs.size(), 8);
  for (const vm::VerifiedProgram& each : programs) add(vm::save(*each));
  std::string start(magic);
  append(start, format_version, 4);
  append(start, head.size(), 8);
  start += head + sha256_hex(head);
  std::fwrite(start.data(), 1, start.size(), file.get());
  return KeptRunWriter(std::move(file), common_model(programs));
}

void KeptRunWriter::add(const Record& record) {
  if (record.snapshot) {
    if (wrong.empty()) wrong = cases->add_block(record.snapshot, record.block);
  } else if (record.refused) {
    cases->add_rejected(record.source, *record.refused);
  } else {
    cases->add(record.json, record.source);
  }
}

void KeptRunWriter::add(const Decided& decided) {
  vm::ByteWriter w;
  w.number(static_cast<uint32_t>(decided.kept.size()));
  for (const KeptDecisions& part : decided.kept) {
    w.number(static_cast<uint32_t>(part.policy));
    w.number(static_cast<uint32_t>(part.cases.size()));
    w.array(part.cases.data(), part.cases.size());
    w.text(part.planes);
  }
  cases->attach(w.out, decided.tally.cases);
}

std::string KeptRunWriter::finish() {
  cases->finish();
  const bool failed = std::ferror(file.get());
  if (std::fclose(file.release()) != 0 || failed) return errno_words();
  return wrong;
}

bool KeptRun::is_one(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  std::array<char, 4> start{};
  return file && std::fread(start.data(), 1, start.size(), file.get()) == start.size() &&
         std::string_view(start.data(), start.size()) == magic.substr(0, 4);
}

tl::expected<KeptRun, std::string> KeptRun::open(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) return tl::unexpected(errno_words());
  std::error_code problem;
  const uint64_t size = std::filesystem::file_size(path, problem);
  if (problem) return tl::unexpected(problem.message());
  const auto cut = [] { return tl::unexpected(std::string("it is cut short")); };
  std::string bytes(start_size, '\0');
  if (std::fread(bytes.data(), 1, start_size, file.get()) != start_size) return cut();
  if (!bytes.starts_with(magic)) return tl::unexpected(std::string("it is not a kept run"));
  if (const uint64_t format = number(std::string_view(bytes).substr(8, 4)); format != format_version) {
    return tl::unexpected(
        fmt::format("it has format {}, and this version of rubric reads format {}: run the cases again", format, format_version));
  }
  const uint64_t length = number(std::string_view(bytes).substr(12, 8));
  if (length > size || start_size + length + sum_size > size) return cut();
  if (length > most_head) return tl::unexpected(std::string("it was changed or damaged"));
  std::string head(length, '\0'), sum(sum_size, '\0');
  if (std::fread(head.data(), 1, length, file.get()) != length || std::fread(sum.data(), 1, sum_size, file.get()) != sum_size) return cut();
  KeptRun run;
  std::string_view left(head);
  const auto changed = [] { return tl::unexpected(std::string("it was changed or damaged")); };
  if (sha256_hex(head) != sum || !take_text(left, run.as_of) || left.size() < 8) return changed();
  if (!run.as_of.empty() && !vm::day_called_today(run.as_of)) return changed();
  uint64_t programs = number(left.substr(0, 8));
  for (left.remove_prefix(8); programs > 0; --programs) {
    if (!take_text(left, bytes)) return changed();
    auto program = vm::load(bytes);
    if (!program) return tl::unexpected(fmt::format("the program in it cannot be read: {}", program.error()));
    run.programs.push_back(std::move(*program));
  }
  if (!left.empty() || run.programs.empty()) return changed();
  auto cases = vm::Snapshot::open(path, start_size + length + sum_size);
  if (!cases) return tl::unexpected(fmt::format("of the cases in it: {}", cases.error()));
  run.cases = std::make_shared<const vm::Snapshot>(std::move(*cases));
  return run;
}

tl::expected<std::vector<KeptRun::Kept>, std::string> KeptRun::decided(uint64_t number) const {
  std::vector<Kept> out;
  const auto at = cases->attached_to(number);
  if (!at) return tl::unexpected(std::string("it does not have what was decided of all its cases"));
  std::string bytes;
  if (auto why = cases->load_attached(at->first, bytes); !why.empty()) return tl::unexpected(why);
  vm::ByteReader r(bytes);
  for (uint32_t parts = r.number<uint32_t>(); parts > 0 && r.good(); --parts) {
    const auto policy = r.number<uint32_t>();
    std::vector<uint32_t> of;
    r.array(of, r.count(sizeof(of[0])));
    const std::string_view decisions = r.text();
    const auto found = std::find(of.begin(), of.end(), at->second);
    if (policy >= programs.size()) r.fail();
    if (found != of.end() && r.good())
      out.push_back({policy, static_cast<uint32_t>(of.size()), static_cast<uint32_t>(found - of.begin()), std::string(decisions)});
  }
  if (!r.good() || !r.at_end()) return tl::unexpected(std::string("it was changed or damaged"));
  std::stable_sort(out.begin(), out.end(), [](const Kept& a, const Kept& b) { return a.policy < b.policy; });
  const auto twice = std::adjacent_find(out.begin(), out.end(), [](const Kept& a, const Kept& b) { return a.policy == b.policy; });
  if (twice != out.end()) return tl::unexpected(std::string("it was changed or damaged"));
  return out;
}

}  // namespace rubric::cli
