// What every part of a trace reads: a run, at one of its cases, and the words of its program.
#pragma once

#include "vm/trace_values.h"

#include <optional>
#include <string>
#include <vector>

namespace rubric::vm {

// What traces ask of a program, found once for all cases of a run.
struct ProgramReading {
  ProgramReading(const Program&, Pictures);

  Id decided_date = none_id;                       // register
  std::vector<std::vector<Id>> descriptions;       // per domain: registers with codes and texts of its rows, in their order
  std::vector<std::vector<uint32_t>> line_starts;  // per file, where pictures are wanted: to say where clauses stand
};

class CaseReading {
 public:
  CaseReading(const Decisions&, Row case_row, Pictures, const ProgramReading&);

  const Decisions& d;
  const Program& p;
  const Row case_row;
  const CaseInfo& info;
  const Pictures pictures;
  const ProgramReading& program;
  const ValueReader values;

  const std::string& name(Id text) const;                 // of none: empty
  const std::string& layer(Id) const;                     // of the policy's own clauses: empty
  std::vector<CitedSource> cited(const std::vector<Id>& cites) const;
  std::optional<Clause> clause(Span) const;
  Status status(Id applicable, Id value, Row) const;
  // Of an amended criterion: whether a member is the version that does not count.
  bool left_out(const Criterion& choice, Id member, Row) const;
};

}  // namespace rubric::vm
