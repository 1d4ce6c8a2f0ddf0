// What an edit of a policy changes: every line of every case decided by both versions, each difference attributed to the
// edited clauses that cause it.
//
// An edit causes a difference if taking it back alone undoes the difference. Where no edit alone does, the smallest set
// found that does so together is named: an interaction.
#pragma once

#include "analysis/comparison.h"
#include "analysis/edits.h"
#include "vm/snapshot.h"
#include "vm/trace.h"
#include "vm/verify.h"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::analysis {

struct LineImpact {
  std::string case_id, source;
  uint32_t line = 0;
  Difference difference = Difference::unchanged;
  vm::Outcome before = vm::Outcome::gap, after = vm::Outcome::gap;
  std::vector<StatusChange> statuses;
  std::vector<size_t> causes;          // of Impact::edits
  bool together = false;               // the causes undo it together only
};

// What is wrong with a record, or odd.
struct CaseMessage {
  std::string case_id, source;
  vm::RecordMessage message;
};

// Both traces of a line that differs.
struct Example {
  LineImpact impact;
  vm::Trace before, after;
};

struct Impact {
  uint64_t cases = 0, rejected = 0, lines = 0;
  std::array<uint64_t, differences> counts{};                               // by Difference
  uint64_t open_alike = 0;             // of the unchanged: undecided in both versions for the same reasons
  std::map<std::pair<vm::Outcome, vm::Outcome>, uint64_t> matrix;           // the other lines, from outcome to outcome
  std::vector<std::array<uint64_t, differences>> by_edit;                   // parallel to the edits
  uint64_t together = 0;               // lines that several edits change together only
  uint64_t unattributed = 0;           // lines for whose difference no edit was found
  std::vector<LineImpact> changed;     // in the order of the cases
  std::vector<Example> examples;       // the first few of each way in which lines differ
};

// Feeds cases to both versions, on several threads; what is found is the same for any number of them. Memory grows with
// what differs, not with the cases.
class ImpactRun {
 public:
  // Without edits (a version that is a program alone) differences are found and not attributed.
  ImpactRun(vm::VerifiedProgram before, vm::VerifiedProgram after, const Edits&, SourceSet&, std::string as_of, unsigned threads = 1);
  ~ImpactRun();

  void add(std::string_view json, std::string source);
  void add_rejected(std::string source, std::string message);
  void add_block(std::shared_ptr<const vm::Snapshot>, size_t block, std::string source);
  // Why a snapshot cannot be read: what was added from there on does not count.
  const std::string& problem() const;
  // What was found wrong with records since it was last asked for.
  std::vector<CaseMessage> take_messages();
  uint64_t cases() const;
  Impact finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rubric::analysis
