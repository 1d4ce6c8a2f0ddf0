// Registers of two versions that stand for each other, and on which lines that is more than a likeness of form.
//
// Registers are counterparts if the same things rest on them: the rules of two blocks, and then operand by operand what
// instructions of one form read. Counterparts are *alike on a row* if both are known there and equal, or if one form makes them of
// what is alike on the rows that it reads. Whatever answers what is open, they stay equal, and the facts behind them are the same:
// lines on which the roots are alike end alike, for the same reasons.
#pragma once

#include "vm/join.h"

#include <map>
#include <utility>
#include <vector>

namespace rubric::analysis {

class Counterparts {
 public:
  // Of two members of one joined program, which must stay.
  Counterparts(const vm::Program& before, const vm::Program& after);

  // What must be alike; both may be none_id.
  void root(vm::Id before, vm::Id after);
  // The lines on which some root may not be alike, in a run of both.
  vm::Plane unlike(const vm::Decisions&) const;

 private:
  struct Pair {
    vm::Id before, after;
    bool same_form = false;
    std::vector<size_t> operands;       // of those that differ, pairs that stand before this one
  };

  size_t pair_of(vm::Id before, vm::Id after);

  const vm::Program &a_, &b_;
  std::vector<const vm::Inst*> made_before_, made_after_;   // by register
  std::map<std::pair<vm::Id, vm::Id>, size_t> known_;
  std::vector<Pair> pairs_;
  std::vector<size_t> roots_;
  bool never_ = false;                  // a root has no counterpart
};

// Which instruction makes each register; nullptr: a repeat's or a scan's rounds.
std::vector<const vm::Inst*> makers(const vm::Program&);
// Whether two instructions do the same with their operands.
bool same_form(const vm::Inst*, const vm::Inst*);

}  // namespace rubric::analysis
