// See kept_run.h.

#include "cli/kept_run.h"

#include "base/text.h"
#include "vm/save.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace rubric::cli {

namespace {

constexpr std::string_view magic = "\x89RBK\r\n\x1a\n";
constexpr uint32_t format_version = 2;
constexpr size_t start_size = 8 + 4 + 8, sum_size = 64;

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

KeptRunWriter::KeptRunWriter(File f, const vm::Program& program) : file(std::move(f)) {
  // Failures stay in the stream: finish says so.
  std::FILE* const to = file.get();
  cases = std::make_unique<vm::SnapshotWriter>(program, std::vector<vm::SnapshotSource>(),
                                               [to](std::string_view bytes) { std::fwrite(bytes.data(), 1, bytes.size(), to); });
}

tl::expected<KeptRunWriter, std::string> KeptRunWriter::create(const std::string& path, const vm::Program& program,
                                                               const std::string& as_of) {
  File file(std::fopen(path.c_str(), "wb"), std::fclose);
  if (!file) return tl::unexpected(errno_words());
  std::string head;
  for (const std::string& each : {vm::save(program), as_of}) {
    append(head, each.size(), 8);
    head += each;
  }
  std::string start(magic);
  append(start, format_version, 4);
  append(start, head.size(), 8);
  start += head + sha256_hex(head);
  std::fwrite(start.data(), 1, start.size(), file.get());
  return KeptRunWriter(std::move(file), program);
}

void KeptRunWriter::add(const Record& record) {
  if (record.snapshot) {
    if (wrong.empty()) wrong = cases->add_block(*record.snapshot, record.block);
  } else if (record.refused) {
    cases->add_rejected(record.source, *record.refused);
  } else {
    cases->add(record.json, record.source);
  }
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
  std::string head(length, '\0'), sum(sum_size, '\0');
  if (std::fread(head.data(), 1, length, file.get()) != length || std::fread(sum.data(), 1, sum_size, file.get()) != sum_size) return cut();
  KeptRun run;
  std::string_view left(head);
  if (sha256_hex(head) != sum || !take_text(left, bytes) || !take_text(left, run.as_of) || !left.empty())
    return tl::unexpected(std::string("it was changed or damaged"));
  auto program = vm::load(bytes);
  if (!program) return tl::unexpected(fmt::format("the program in it cannot be read: {}", program.error()));
  run.program = std::move(*program);
  auto cases = vm::Snapshot::open(path, start_size + length + sum_size);
  if (!cases) return tl::unexpected(fmt::format("of the cases in it: {}", cases.error()));
  run.cases = std::make_shared<const vm::Snapshot>(std::move(*cases));
  run.path = path;
  return run;
}

bool KeptRun::next(Record& record) {
  if (block == cases->blocks()) return false;
  record = {};
  record.source = path;
  record.snapshot = cases;
  record.block = block++;
  return true;
}

}  // namespace rubric::cli
