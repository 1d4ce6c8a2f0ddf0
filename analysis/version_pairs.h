// What of two versions of a policy stands for what: blocks, criteria and rules by their names, and of each pair whether a clause
// of it was edited, which registers its traces show of one version and of the other, and what differs whatever a record says.
//
// Of programs alone: what a run of both comes to is comparison.h's.
#pragma once

#include "analysis/counterparts.h"
#include "vm/join.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace rubric::analysis {

using Registers = std::pair<vm::Id, vm::Id>;   // of the older version, of the newer one

struct CriterionPair {
  const vm::Criterion *before, *after;   // nullptr: the other version alone has it
  bool edited;
  // The truths that traces show of it, where they are other registers; not same_sites: of other forms, or in other lists.
  bool same_sites = true;
  std::vector<Registers> looked_at{};
};

struct RulePair {
  const vm::Rule *before, *after;
  bool edited;                           // in what it asks or concludes
  bool other_conditions = false;         // an approval is subject to others, or they say something else
  std::vector<Registers> quoted{};       // what conditions that say the same quote, where it is other registers
  bool other_contents = false;           // what is authorized instead comes from other registers, and may be the same all the same
  bool other_grant() const { return other_conditions || other_contents || !quoted.empty(); }
};

struct BlockPair {
  const vm::Block *before = nullptr, *after = nullptr;
  std::vector<CriterionPair> criteria{};
  std::vector<RulePair> rules{};
  bool other_end = false;                // what an undetermined line or its items amount to
  bool edited() const;
};

class VersionPairs {
 public:
  // Two members of one joined program, which must stay.
  VersionPairs(const vm::Program& before, const vm::Program& after);

  const std::vector<BlockPair>& blocks() const { return blocks_; }
  // Of what decides the lines; nothing: blocks make other outcomes of the same rules.
  const std::optional<Counterparts>& counterparts() const { return counterparts_; }
  // Whether two registers are made alike from clauses of the same names; `top`: the name of the registers themselves says nothing.
  bool alike(vm::Id before, vm::Id after, bool top) const;

 private:
  void pair_criteria(BlockPair&) const;
  void pair_rules(BlockPair&) const;
  void pair_conditions(RulePair&) const;
  void pair_sites(vm::Id before, vm::Id after, CriterionPair& out) const;
  bool same_table(const BlockPair&) const;
  void pair_roots();

  const vm::Program &a_, &b_;
  std::vector<const vm::Inst*> made_before_, made_after_;      // by register
  std::map<vm::Id, std::pair<int, vm::Id>> named_before_, named_after_;  // registers of clauses -> slot and name
  mutable std::map<Registers, bool> alike_;
  std::vector<BlockPair> blocks_;
  std::optional<Counterparts> counterparts_;
};

}  // namespace rubric::analysis
