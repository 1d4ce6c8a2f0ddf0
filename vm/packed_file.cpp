// See packed_file.h.

#include "vm/packed_file.h"

#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <vector>

namespace rubric::vm {

namespace {

constexpr size_t chunk = size_t{256} << 10;
constexpr int most_window = 26;  // 64 MiB: what a zstd file may make its reader remember

}  // namespace

struct PackedFile::Impl {
  enum class Form : uint8_t { not_known_yet, plain, gzip, zstd };

  int file;
  Form form = Form::not_known_yet;
  std::vector<char> packed;        // what was read and is not unpacked yet: [at, end)
  size_t at = 0, end = 0;
  bool at_end = false;             // of the file
  uint64_t bytes_read = 0;
  bool between = true;             // before a member or frame: the file may end here
  std::string problem;
  z_stream gzip{};
  ZSTD_DCtx* zstd = nullptr;

  explicit Impl(int f) : file(f) {}
  ~Impl() {
    if (form == Form::gzip) inflateEnd(&gzip);
    ZSTD_freeDCtx(zstd);
  }

  size_t read_file(char* to, size_t size) {
    ssize_t got;
    do {
      got = ::read(file, to, size);
    } while (got < 0 && errno == EINTR);
    if (got < 0) problem = std::system_category().message(errno);
    if (got <= 0) at_end = true;
    bytes_read += got > 0 ? static_cast<size_t>(got) : 0;
    return got > 0 ? static_cast<size_t>(got) : 0;
  }

  // More packed bytes behind `end`.
  void fill() {
    if (packed.empty()) packed.resize(chunk);
    std::memmove(packed.data(), packed.data() + at, end - at);
    end -= at;
    at = 0;
    end += read_file(packed.data() + end, packed.size() - end);
  }

  void find_form() {
    while (end < 4 && !at_end) fill();
    const auto begins_with = [&](std::string_view magic) { return std::string_view(packed.data(), end).starts_with(magic); };
    form = Form::plain;
    if (begins_with("\x1f\x8b")) {
      form = Form::gzip;
      constexpr int gzip_alone = 16;
      if (inflateInit2(&gzip, MAX_WBITS + gzip_alone) != Z_OK) problem = "there is not enough memory to unpack it";
    } else if (begins_with("\x28\xb5\x2f\xfd")) {
      form = Form::zstd;
      zstd = ZSTD_createDCtx();
      if (!zstd) problem = "there is not enough memory to unpack it";
      else ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, most_window);
    }
  }

  size_t take_plain(char* to, size_t size) {
    if (at == end) return at_end ? 0 : read_file(to, size);
    const size_t n = std::min(size, end - at);
    std::memcpy(to, packed.data() + at, n);
    at += n;
    return n;
  }

  // One step: what came out; between members nothing may.
  size_t step_gzip(char* to, size_t size) {
    if (between && gzip.total_in > 0) inflateReset(&gzip);
    between = false;
    gzip.next_in = reinterpret_cast<Bytef*>(packed.data() + at);
    gzip.avail_in = static_cast<uInt>(end - at);
    gzip.next_out = reinterpret_cast<Bytef*>(to);
    gzip.avail_out = static_cast<uInt>(std::min<size_t>(size, 1 << 30));
    const uInt room = gzip.avail_out;
    const int result = inflate(&gzip, Z_NO_FLUSH);
    at = end - gzip.avail_in;
    if (result == Z_STREAM_END) between = true;
    else if (result != Z_OK && result != Z_BUF_ERROR) problem = "the gzip data in it are damaged";
    return room - gzip.avail_out;
  }
  size_t step_zstd(char* to, size_t size) {
    ZSTD_inBuffer in{packed.data(), end, at};
    ZSTD_outBuffer out{to, size, 0};
    const size_t result = ZSTD_decompressStream(zstd, &out, &in);
    at = in.pos;
    if (ZSTD_isError(result)) problem = std::string("the zstd data in it cannot be unpacked: ") + ZSTD_getErrorName(result);
    else between = result == 0;
    return out.pos;
  }

  size_t read(char* to, size_t size) {
    if (form == Form::not_known_yet) find_form();
    if (!problem.empty()) return 0;
    if (form == Form::plain) return take_plain(to, size);
    for (;;) {
      if (at == end && !at_end) fill();
      const bool exhausted = at == end;
      if (exhausted && between) return 0;
      const size_t got = form == Form::gzip ? step_gzip(to, size) : step_zstd(to, size);
      if (got > 0) return got;
      if (!problem.empty()) return 0;
      if (exhausted) {
        problem = "it ends in the middle of its packed data";
        return 0;
      }
    }
  }
};

PackedFile::PackedFile(int file) : impl_(std::make_unique<Impl>(file)) {}
PackedFile::~PackedFile() = default;
PackedFile::PackedFile(PackedFile&&) noexcept = default;
size_t PackedFile::read(char* to, size_t size) { return impl_->read(to, size); }
uint64_t PackedFile::bytes_read() const { return impl_->bytes_read; }
const std::string& PackedFile::problem() const { return impl_->problem; }

}  // namespace rubric::vm
