// What a site shows at one row: the values that were looked at, read from the registers they stand in.
#pragma once

#include "vm/open_facts.h"
#include "vm/trace.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rubric::vm {

class ValueReader {
 public:
  ValueReader(const Decisions&, const Definitions&, const CaseInfo&);

  // The values under a site, as seen from row `r` of `domain`.
  void read(Id site, Id domain, Row r, std::vector<ObservedValue>& out) const;
  // A sentence with its values filled in; `because` stands for {because}.
  std::string fill(const Template&, Row r, const std::string& because) const;
  std::string words(Id reg, Row r) const;
  std::optional<Evidence> evidence(const std::string& pointer) const;

 private:
  struct Fact {
    std::string pointer;
    Cause cause = Cause::nothing;
  };
  std::optional<Row> at(Id reg, Id domain, Row r) const;
  Fact fact(Id reg, Row r) const;
  void about(ObservedValue&, Id reg, Row r) const;
  void compared(const Site&, Id domain, Row r, std::vector<ObservedValue>& out) const;
  std::pair<Id, Row> recorded(Id domain, Row r) const;
  void counted(const Site&, Id domain, Row r, ObservedValue&) const;
  void rows(const Site&, Id domain, Row r, std::vector<ObservedValue>& out) const;
  Id arg(const Inst& i, uint32_t k) const { return p_.operands[i.args + k]; }

  const Decisions& d_;
  const Definitions& definitions_;
  const Program& p_;
  const CaseInfo& info_;
};

}  // namespace rubric::vm
