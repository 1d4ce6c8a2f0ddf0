// UTF-8, output forms, digests and files. See text.h; the edit distance has a file of its own.

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/must.h"

namespace rubric {

namespace {

struct Range {
  char32_t first, last;
};

template <size_t N>
bool in_any(char32_t value, const Range (&ranges)[N]) {
  for (Range range : ranges) {
    if (range.first <= value && value <= range.last) return true;
  }
  return false;
}

// Characters that move the cursor, reorder their neighbours, or cannot be seen: a record that holds them could make
// a page read differently from what the engine decided on.
constexpr Range hidden[] = {
    {0x00, 0x1F},     {0x7F, 0x9F},                          // C0, DEL, C1
    {0x061C, 0x061C}, {0x200B, 0x200B}, {0x200E, 0x200F},    // zero-width space, directional marks
    {0x2028, 0x202E}, {0x2060, 0x206F},                      // line separators, overrides, isolates
    {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},  // byte order mark, annotations, tags
};

// Widths as terminals agree on them, in coarse ranges: a caret one column off is the worst that an omission does.
constexpr Range combining[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F}, {0x1AB0, 0x1AFF},   {0x1DC0, 0x1DFF},
    {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF},
};
constexpr Range wide[] = {
    {0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0xA4CF},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

// Printable ASCII alone, as nearly all texts are: each byte is a column, and stands for itself.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
  auto byte = [&](size_t at) -> char32_t { return static_cast<unsigned char>(text[at]); };
  char32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};

  const CodePoint ill_formed{lead, 1, false};
  uint8_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return ill_formed;
  char32_t value = lead & (0x7Fu >> length);
  for (size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xC0) != 0x80) return ill_formed;
    value = value << 6 | (byte(at) & 0x3F);
  }
  // Overlong forms and surrogates spell a character in a second way, or none at all.
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < least[length] || value > 0x10FFFF || (0xD800 <= value && value <= 0xDFFF)) return ill_formed;
  return {value, length, true};
}

std::optional<size_t> first_invalid_utf8(std::string_view text) {
  size_t at = 0;
  // Most texts are ASCII alone.
  for (uint64_t eight; at + sizeof eight <= text.size(); at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((eight & 0x8080808080808080) != 0) break;
  }
  while (at < text.size()) {
    CodePoint point = first_code_point(text.substr(at));
    if (!point.valid) return at;
    at += point.bytes;
  }
  return std::nullopt;
}

bool is_valid_utf8(std::string_view text) { return !first_invalid_utf8(text); }

void append_utf8(std::string& out, char32_t value) {
  auto add = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  auto add_tail = [&](int shift) { add(0x80 | (value >> shift & 0x3F)); };
  if (value < 0x80) {
    add(value);
  } else if (value < 0x800) {
    add(0xC0 | value >> 6), add_tail(0);
  } else if (value < 0x10000) {
    add(0xE0 | value >> 12), add_tail(6), add_tail(0);
  } else {
    add(0xF0 | value >> 18), add_tail(12), add_tail(6), add_tail(0);
  }
}

size_t display_width(std::string_view text) {
  if (is_plain(text)) return text.size();
  size_t width = 0;
  for (size_t at = 0; at < text.size();) {
    CodePoint point = first_code_point(text.substr(at));
    at += point.bytes;
    if (in_any(point.value, combining)) continue;
    width += in_any(point.value, wide) ? 2 : 1;
  }
  return width;
}

std::string printable(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    CodePoint point = first_code_point(text.substr(at));
    if (!point.valid) {
      fmt::format_to(std::back_inserter(out), "\\x{{{:x}}}", static_cast<uint32_t>(point.value));
    } else if (in_any(point.value, hidden)) {
      fmt::format_to(std::back_inserter(out), "\\u{{{:x}}}", static_cast<uint32_t>(point.value));
    } else {
      out.append(text.substr(at, point.bytes));
    }
    at += point.bytes;
  }
  return out;
}

void escape_json(std::string& out, std::string_view text) {
  auto add_unit = [&](uint32_t unit) { fmt::format_to(std::back_inserter(out), "\\u{:04x}", unit); };
  const auto stands_for_itself = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
  for (size_t at = 0; at < text.size();) {
    const auto other = std::find_if_not(text.begin() + static_cast<ptrdiff_t>(at), text.end(), stands_for_itself);
    out.append(text.begin() + static_cast<ptrdiff_t>(at), other);
    at = static_cast<size_t>(other - text.begin());
    if (at == text.size()) break;
    CodePoint point = first_code_point(text.substr(at));
    switch (point.value) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (!point.valid) {
          add_unit(0xFFFD);  // JSON has no way to say "this byte"
        } else if (!in_any(point.value, hidden)) {
          out.append(text.substr(at, point.bytes));
        } else if (point.value < 0x10000) {
          add_unit(point.value);
        } else {
          add_unit(0xD800 + ((point.value - 0x10000) >> 10));
          add_unit(0xDC00 + ((point.value - 0x10000) & 0x3FF));
        }
    }
    at += point.bytes;
  }
}

std::string quote_json(std::string_view text) {
  std::string out = "\"";
  escape_json(out, text);
  out += '"';
  return out;
}

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, 32> digest{};
  int done = EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  must(done == 1, "libcrypto computes SHA-256");
  std::string hex;
  for (unsigned char byte : digest) fmt::format_to(std::back_inserter(hex), "{:02x}", byte);
  return hex;
}

tl::expected<std::string, FileProblem> read_file(const std::string& path) {
  auto problem = [&](FileProblemKind kind, std::string reason) { return tl::unexpected(FileProblem{kind, path, std::move(reason)}); };
  std::error_code ignored;  // whatever stat cannot answer, opening will
  if (std::filesystem::is_directory(path, ignored)) return problem(FileProblemKind::directory, "it is a directory");

  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) {
    if (errno == ENOENT) return problem(FileProblemKind::missing, "no such file");
    return problem(FileProblemKind::unreadable, std::generic_category().message(errno));
  }
  // In pieces, not by size: a pipe (as in `rubric run POLICY <(zcat cases.gz)`) has none.
  std::string text;
  std::array<char, 1 << 16> piece;
  while (size_t count = std::fread(piece.data(), 1, piece.size(), file.get())) text.append(piece.data(), count);
  if (std::ferror(file.get())) {
    return problem(FileProblemKind::unreadable, std::generic_category().message(errno));
  }
  return text;
}

}  // namespace rubric
