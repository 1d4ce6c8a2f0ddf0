// What a block of a snapshot says of its cases beside their columns: ids, sources, remarks on facts. It is kept packed, and a
// case's is made when somebody asks.
#pragma once

#include "vm/record.h"

#include <memory>
#include <string>
#include <string_view>

namespace rubric::vm {

std::string pack_infos(const Batch&);

class PackedInfos {
 public:
  // nullptr: these bytes are none of so many cases with ids between these two, both included.
  static std::shared_ptr<const PackedInfos> read(std::string_view bytes, uint32_t cases, std::string_view least, std::string_view greatest);
  uint64_t charged() const { return charged_; }   // all cases together
  CaseInfo of(Row) const;

 private:
  bool has_ids_between(std::string_view least, std::string_view greatest);
  std::string_view part(const std::vector<uint32_t>& ends, const std::string& all, Row row) const {
    const uint32_t begin = row ? ends[row - 1] : 0;
    return std::string_view(all).substr(begin, ends[row] - begin);
  }
  uint64_t charged_ = 0;
  std::vector<uint32_t> cells_, id_ends_, source_ends_;
  std::string ids_, sources_, source_start_;         // behind the ids are some bytes more
  std::vector<std::pair<Row, CaseInfo>> remarked_;   // their remarks alone, by row
};

}  // namespace rubric::vm
