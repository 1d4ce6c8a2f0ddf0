// A policy and many small variations of it over the same records: joined (vm/join.h), so that a record is loaded once and
// what a variation does not change is computed once. Where they differ is read from the planes of a run, before anything
// that is open is settled.
//
// A glance may see a difference that no determination shows, and of a line that is open it does not see what it comes to:
// traces tell. Line by line and with reasons is comparison.h's.
#pragma once

#include "vm/join.h"
#include "vm/trace.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rubric::analysis {

class SideBySide {
 public:
  SideBySide(vm::VerifiedProgram policy, std::vector<vm::VerifiedProgram> variations);

  // Records as JSON texts, decided by the policy and by those variations that `wanted` names; these alone may be asked
  // for afterwards.
  void run(const std::vector<std::string>& records, const std::string& as_of, const std::vector<size_t>& wanted);

  // A case in which something differs from the policy: what a line comes to, a criterion's status, a rule's state; or
  // nothing that is seen, but a line is open and so is what the variation changes. Cases that have `alike` in common
  // differ in the same clauses, and the policy says the same of their lines.
  struct Glimpse {
    enum class What : uint8_t { outcome, status, rule, open } what;
    vm::Row case_row;
    uint64_t alike;
  };
  // In the order of `What`. What is not among them comes to the same.
  std::vector<Glimpse> glimpses(size_t variation) const;

  const vm::Trace& policy_trace(vm::Row);   // each made once a run
  vm::Trace trace(size_t variation, vm::Row);

 private:
  // Registers of one meaning in two programs; none_id: the other program alone has it.
  struct Pair {
    vm::Id ours, theirs;
    vm::Id our_block, their_block;
    vm::Id our_rows, their_rows;            // domains
    Glimpse::What what;
  };
  // Variations that share a run with the policy; one that cannot be joined with it stands alone, and has a run of its own.
  struct Group {
    std::optional<vm::Joined> joined;
    std::vector<size_t> variations;         // member k + 1 is the k-th
    bool ran = false;
    vm::Decisions run, alone;
    vm::Decisions& theirs() { return joined ? run : alone; }
    const vm::Decisions& theirs() const { return joined ? run : alone; }
  };
  struct Place {
    size_t group, at;
    std::vector<Pair> pairs;
    bool other_end = false;                 // what an undetermined line comes to
  };

  void make_group(std::vector<size_t> variations);
  void pair_up(Place&);
  static bool is_open(const vm::Decisions&, const vm::Program&, vm::Row);
  static uint64_t statuses(const vm::Decisions&, const vm::Program&, vm::Row);
  const vm::VerifiedProgram& ours(const Group& g) const { return g.joined ? g.joined->members[0] : policy_; }
  const vm::VerifiedProgram& theirs(const Group& g, size_t at) const {
    return g.joined ? g.joined->members[at + 1] : programs_[g.variations[at]];
  }
  vm::Trace traced(vm::Decisions&, const vm::VerifiedProgram& as, const vm::VerifiedProgram& alone, vm::Row) const;

  vm::VerifiedProgram policy_;
  std::vector<vm::VerifiedProgram> programs_;
  std::vector<Group> groups_;
  std::vector<Place> places_;               // of the variations
  std::vector<std::string> records_;
  std::string as_of_;
  std::map<vm::Row, vm::Trace> our_traces_;
};

}  // namespace rubric::analysis
