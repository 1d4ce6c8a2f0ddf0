// See kept_run.h.

#include "cli/kept_run.h"

#include "vm/save.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace rubric::cli {

namespace {

constexpr std::string_view magic = "\x89RBK\r\n\x1a\n";
constexpr uint32_t format_version = 1;
enum class Kind : uint8_t { end, record, refused };

void append(std::string& out, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

std::string errno_words() { return std::generic_category().message(errno); }

}  // namespace

tl::expected<KeptRunWriter, std::string> KeptRunWriter::create(const std::string& path, const vm::Program& program,
                                                               const std::string& as_of) {
  File file(std::fopen(path.c_str(), "wb"), std::fclose);
  if (!file) return tl::unexpected(errno_words());
  const std::string bytes = vm::save(program);
  std::string head(magic);
  append(head, format_version, 4);
  append(head, bytes.size(), 8);
  head += bytes;
  append(head, as_of.size(), 4);
  head += as_of;
  std::fwrite(head.data(), 1, head.size(), file.get());  // failures stay in the stream: finish says so
  return KeptRunWriter(std::move(file));
}

void KeptRunWriter::add(const Record& record) {
  const std::string_view body = record.refused ? std::string_view(*record.refused) : record.json;
  std::string head;
  append(head, static_cast<uint64_t>(record.refused ? Kind::refused : Kind::record), 1);
  append(head, record.source.size(), 4);
  head += record.source;
  append(head, body.size(), 8);
  std::fwrite(head.data(), 1, head.size(), file.get());
  std::fwrite(body.data(), 1, body.size(), file.get());
  ++count;
}

std::string KeptRunWriter::finish() {
  std::string tail;
  append(tail, static_cast<uint64_t>(Kind::end), 1);
  append(tail, count, 8);
  std::fwrite(tail.data(), 1, tail.size(), file.get());
  const bool failed = std::ferror(file.get());
  if (std::fclose(file.release()) != 0 || failed) return errno_words();
  return "";
}

bool KeptRun::is_one(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  const File file(std::fopen(path.c_str(), "rb"), std::fclose);
  std::array<char, 4> start{};
  return file && std::fread(start.data(), 1, start.size(), file.get()) == start.size() &&
         std::string_view(start.data(), start.size()) == magic.substr(0, 4);
}

tl::expected<KeptRun, std::string> KeptRun::open(const std::string& path) {
  File file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) return tl::unexpected(errno_words());
  std::error_code problem;
  const uint64_t size = std::filesystem::file_size(path, problem);
  if (problem) return tl::unexpected(problem.message());
  KeptRun run(std::move(file), size);

  const auto cut = [] { return tl::unexpected(std::string("it is cut short")); };
  std::array<char, 8> start{};
  if (run.left < start.size() || std::fread(start.data(), 1, start.size(), run.file.get()) != start.size()) return cut();
  run.left -= start.size();
  if (std::string_view(start.data(), start.size()) != magic) return tl::unexpected(std::string("it is not a kept run"));
  uint64_t format = 0;
  if (!run.number(format, 4)) return cut();
  if (format != format_version) {
    return tl::unexpected(
        fmt::format("it has format {}, and this version of rubric reads format {}: run the cases again", format, format_version));
  }
  std::string bytes;
  if (!run.text(bytes, 8) || !run.text(run.as_of, 4)) return cut();
  auto program = vm::load(bytes);
  if (!program) return tl::unexpected(fmt::format("the program in it cannot be read: {}", program.error()));
  run.program = std::move(*program);
  return run;
}

bool KeptRun::number(uint64_t& value, size_t bytes) {
  std::array<unsigned char, 8> read{};
  if (left < bytes || std::fread(read.data(), 1, bytes, file.get()) != bytes) return false;
  left -= bytes;
  value = 0;
  for (size_t i = 0; i < bytes; ++i) value |= uint64_t{read[i]} << (8 * i);
  return true;
}

bool KeptRun::text(std::string& value, size_t length_bytes) {
  uint64_t length = 0;
  if (!number(length, length_bytes) || length > left) return false;
  value.resize(length);
  if (std::fread(value.data(), 1, length, file.get()) != length) return false;
  left -= length;
  return true;
}

bool KeptRun::next(Record& record) {
  uint64_t kind = 0;
  const auto is = [&](Kind k) { return kind == static_cast<uint64_t>(k); };
  if (!number(kind, 1)) return wrong = "it is cut short", false;
  if (is(Kind::end)) {
    uint64_t written = 0;
    if (!number(written, 8) || written != count || left != 0) wrong = "its end does not fit: it was changed or damaged";
    return false;
  }
  if (!is(Kind::record) && !is(Kind::refused)) return wrong = "it was changed or damaged", false;
  if (!text(record.source, 4) || !text(json, 8)) return wrong = "it is cut short", false;
  record.json = json;
  record.refused = is(Kind::refused) ? std::optional(json) : std::nullopt;
  if (record.refused) record.json = {};
  ++count;
  return true;
}

}  // namespace rubric::cli
