// See packed.h.

#include "render/packed.h"

#include "base/must.h"

#include <zlib.h>

namespace rubric {

namespace {

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - at);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[at + k]) : 0u);
    for (size_t k = 0; k < 4; ++k) out += k <= count ? digits[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

}  // namespace

std::string packed(std::string_view text) {
  std::string deflated(compressBound(text.size()), '\0');
  uLongf size = deflated.size();
  const int done = compress2(reinterpret_cast<Bytef*>(deflated.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size(),
                             Z_DEFAULT_COMPRESSION);
  must(done == Z_OK, "there is room for what zlib said that it needs");
  deflated.resize(size);
  return base64(deflated);
}

}  // namespace rubric
