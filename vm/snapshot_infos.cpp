// See snapshot_infos.h.

#include "vm/snapshot_infos.h"

#include "base/text.h"
#include "vm/byte_order.h"
#include "vm/snapshot_block.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace rubric::vm {

namespace {

enum class RemarkKind : uint8_t { vague, not_applicable, claim, evidence };
constexpr size_t remark_kinds = 4, remark_texts[remark_kinds] = {2, 2, 3, 5};

std::string common_start(const Batch& batch) {
  std::string start = batch.cases ? batch.info[0].source : "";
  for (Row row = 0; row < batch.cases; ++row) {
    const std::string& source = batch.info[row].source;
    start.resize(static_cast<size_t>(std::mismatch(start.begin(), start.end(), source.begin(), source.end()).first - start.begin()));
  }
  return start;
}

// Parts of one text, by where they end.
template <class Part>
void parts(ByteWriter& w, Row cases, Part part) {
  std::string all;
  std::vector<uint32_t> ends;
  for (Row row = 0; row < cases; ++row) {
    all += part(row);
    ends.push_back(static_cast<uint32_t>(all.size()));
  }
  w.array(ends.data(), ends.size());
  w.text(all);
}

// The first sixteen bytes of a text as two numbers, so that texts are in their order where they differ. The text stands among
// as many bytes that may be read.
struct Beginning {
  static constexpr size_t bytes = 16;
  uint64_t high, low;
  explicit Beginning(std::string_view text)
      : high(eight(text.data(), text.size())), low(eight(text.data() + 8, text.size() - std::min<size_t>(text.size(), 8))) {}
  bool before(const Beginning& other) const { return high != other.high ? high < other.high : low < other.low; }

 private:
  static uint64_t eight(const char* from, size_t size) {
    uint64_t all;
    std::memcpy(&all, from, sizeof all);
    if constexpr (std::endian::native == std::endian::little) all = __builtin_bswap64(all);
    return size >= sizeof all ? all : size == 0 ? 0 : all & ~uint64_t{0} << (64 - 8 * size);
  }
};

}  // namespace

std::string pack_infos(const Batch& batch) {
  ByteWriter w;
  const std::string start = common_start(batch);
  for (Row row = 0; row < batch.cases; ++row) w.number(static_cast<uint32_t>(batch.info[row].cells));
  parts(w, batch.cases, [&](Row row) -> std::string_view { return batch.info[row].id; });
  w.text(start);
  parts(w, batch.cases, [&](Row row) { return std::string_view(batch.info[row].source).substr(start.size()); });
  uint32_t count = 0;
  ByteWriter remarks;
  for (Row row = 0; row < batch.cases; ++row) {
    const CaseInfo& info = batch.info[row];
    const auto remark = [&](RemarkKind kind, std::initializer_list<std::string_view> texts) {
      ++count;
      remarks.number(row), remarks.number(kind);
      for (const std::string_view each : texts) remarks.text(each);
    };
    for (const auto& [pointer, words] : info.vague) remark(RemarkKind::vague, {pointer, words});
    for (const auto& [pointer, reason] : info.not_applicable) remark(RemarkKind::not_applicable, {pointer, reason});
    for (const Claim& c : info.claims) remark(RemarkKind::claim, {c.pointer, c.by, c.value});
    for (const Evidence& e : info.evidence) remark(RemarkKind::evidence, {e.pointer, e.document, e.date, e.page, e.author});
  }
  w.number(count);
  return std::move(w.out) + remarks.out;
}

std::shared_ptr<const PackedInfos> PackedInfos::read(std::string_view bytes, uint32_t cases, std::string_view least,
                                                     std::string_view greatest) {
  ByteReader r(bytes);
  const auto out = std::make_shared<PackedInfos>();
  const auto ends_in = [&](const std::vector<uint32_t>& ends, const std::string& all) {
    if (!std::is_sorted(ends.begin(), ends.end()) || (ends.empty() ? 0 : ends.back()) != all.size()) r.fail();
  };
  r.array(out->cells_, cases);
  for (const uint32_t each : out->cells_) {
    out->charged_ += each;
    if (each > most_cells) r.fail();
  }
  r.array(out->id_ends_, cases);
  out->ids_ = r.text();
  ends_in(out->id_ends_, out->ids_);
  if (!r.good() || !out->has_ids_between(least, greatest)) return nullptr;
  out->source_start_ = r.text();
  r.array(out->source_ends_, cases);
  out->sources_ = r.text();
  ends_in(out->source_ends_, out->sources_);
  for (uint32_t left = r.count(sizeof(uint32_t)); left > 0 && r.good(); --left) {
    const auto at = r.number<uint32_t>();
    const auto kind = r.number<RemarkKind>();
    auto& all = out->remarked_;
    if (at >= cases || static_cast<size_t>(kind) >= remark_kinds || (!all.empty() && at < all.back().first)) return nullptr;
    std::array<std::string, 5> t;
    for (size_t k = 0; k < remark_texts[static_cast<size_t>(kind)]; ++k) {
      t[k] = r.text();
      if (!is_valid_utf8(t[k])) return nullptr;
    }
    if (all.empty() || all.back().first != at) all.emplace_back(at, CaseInfo());
    CaseInfo& info = all.back().second;
    switch (kind) {
      case RemarkKind::vague: info.vague.emplace_back(t[0], t[1]); break;
      case RemarkKind::not_applicable: info.not_applicable.emplace_back(t[0], t[1]); break;
      case RemarkKind::claim: info.claims.push_back({t[0], t[1], t[2]}); break;
      case RemarkKind::evidence: info.evidence.push_back({t[0], t[1], t[2], t[3], t[4]}); break;
    }
  }
  return r.good() ? out : nullptr;
}

bool PackedInfos::has_ids_between(std::string_view least, std::string_view greatest) {
  if (!is_valid_utf8(ids_)) return false;
  ids_.append(Beginning::bytes, '\0');
  const auto with_room = [](std::string_view text) { return std::string(text).append(Beginning::bytes, '\0'); };
  const std::string least_bytes = with_room(least), greatest_bytes = with_room(greatest);
  const Beginning low(std::string_view(least_bytes).substr(0, least.size())),
      high(std::string_view(greatest_bytes).substr(0, greatest.size()));
  bool cut = false;
  for (Row row = 0; row < id_ends_.size(); ++row) {
    const std::string_view id = part(id_ends_, ids_, row);
    cut |= (ids_[id_ends_[row]] & 0xc0) == 0x80;   // in a character
    const Beginning here(id);
    if (low.before(here) && here.before(high)) continue;
    if (id < least || id > greatest) return false;
  }
  return !cut;
}

CaseInfo PackedInfos::of(Row row) const {
  const auto at = std::lower_bound(remarked_.begin(), remarked_.end(), row, [](const auto& one, Row r) { return one.first < r; });
  CaseInfo out = at != remarked_.end() && at->first == row ? at->second : CaseInfo();
  out.cells = cells_[row];
  out.id = part(id_ends_, ids_, row);
  (out.source = source_start_) += part(source_ends_, sources_, row);
  return out;
}

}  // namespace rubric::vm
