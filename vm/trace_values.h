// What a site shows at one row: the values that were looked at, read from the registers they stand in.
#pragma once

#include "vm/definitions.h"
#include "vm/trace.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rubric::vm {

// The record's annotation that covers a place most closely.
std::optional<Evidence> evidence_at(const CaseInfo&, const std::string& pointer);

class ValueReader {
 public:
  ValueReader(const Decisions&, const CaseInfo&, Pictures);

  // The values under a site, as seen from row `r` of `domain`.
  void read(Id site, Id domain, Row r, std::vector<ObservedValue>& out) const;
  // A sentence with its values filled in; `because` stands for {because}.
  std::string fill(const Template&, Row r, const std::string& because) const;
  std::string words(Id reg, Row r) const;

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

  // Limits as pictures need them: trace_windows.cpp.
  struct DayBounds {
    std::optional<int64_t> low, high;  // both included
    bool any = false, open = false;    // it is bounded; a bound is not known
    bool year = false;
  };
  std::optional<WindowTrace> window(const Site&, Id domain, Row r) const;
  void bounds(Id member, Id rows, Id domain, Row r, DayBounds&) const;
  std::vector<Id> folded(Id reg) const;
  void rows(const Site&, Id domain, Row r, std::vector<ObservedValue>& out) const;
  uint32_t line_number(Row line) const;
  Id arg(const Inst& i, uint32_t k) const { return p_.operands[i.args + k]; }

  const Decisions& d_;
  const Definitions& definitions_;
  const Program& p_;
  const CaseInfo& info_;
  const Pictures pictures_;
};

}  // namespace rubric::vm
