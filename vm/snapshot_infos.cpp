// See snapshot_infos.h.

#include "vm/snapshot_infos.h"

#include "vm/byte_order.h"
#include "vm/enum_names.h"

#include <algorithm>
#include <array>

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

std::shared_ptr<const PackedInfos> PackedInfos::read(std::string_view bytes, uint32_t cases) {
  ByteReader r(bytes);
  const auto out = std::make_shared<PackedInfos>();
  const auto ends_in = [&](const std::vector<uint32_t>& ends, const std::string& all) {
    if (!std::is_sorted(ends.begin(), ends.end()) || (ends.empty() ? 0 : ends.back()) != all.size()) r.fail();
  };
  r.array(out->cells_, cases);
  r.array(out->id_ends_, cases);
  out->ids_ = r.text();
  ends_in(out->id_ends_, out->ids_);
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
    for (size_t k = 0; k < remark_texts[static_cast<size_t>(kind)]; ++k) t[k] = r.text();
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

CaseInfo PackedInfos::of(Row row) const {
  const auto at = std::lower_bound(remarked_.begin(), remarked_.end(), row, [](const auto& one, Row r) { return one.first < r; });
  CaseInfo out = at != remarked_.end() && at->first == row ? at->second : CaseInfo();
  out.cells = cells_[row];
  out.id = part(id_ends_, ids_, row);
  (out.source = source_start_) += part(source_ends_, sources_, row);
  return out;
}

}  // namespace rubric::vm
