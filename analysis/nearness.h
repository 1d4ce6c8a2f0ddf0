// How far the rows of a run are from a truth that is wanted of them: what a search descends.
//
// It goes back over the instructions that made a register: an `and` is as far as its members together, an `or` as its nearest
// one, a comparison as its sides lie apart, and of a list the nearest row counts, or one that would have to be written from
// nothing. Nothing is left of it where the truth is reached. It is a guess that leads on, never a finding.
#pragma once

#include "analysis/thresholds.h"
#include "vm/machine.h"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace rubric::analysis {

class Nearness {
 public:
  explicit Nearness(const vm::Program&);

  // Of the runs that follow; a run is forgotten when the next one is given.
  void look_at(const vm::Decisions&);
  // A person's word is a way too, where no other one was found.
  void let_words_overrule() { words_overrule_ = true, known_.clear(); }
  // 0: it is so. Each fact that stands in the way counts about 1.
  double far(vm::Id reg, vm::Row, vm::Truth wanted);
  // Of a threshold's value from being so many steps above its limit.
  double off(const Threshold&, vm::Row, int64_t steps);

 private:
  double way(const vm::Inst&, vm::Row, vm::Truth wanted);
  double rows(const vm::Inst&, vm::Row, vm::Truth wanted, vm::Truth one);   // `any`: one row is enough for `one`
  double comparison(const vm::Inst&, vm::Row, vm::Truth wanted) const;
  double together(const vm::Inst&, vm::Row, vm::Truth wanted);
  double nearest(const vm::Inst&, vm::Row, vm::Truth wanted);
  double open(const vm::Inst&, vm::Row, vm::Truth neutral);
  double written(vm::Id reg, vm::Truth wanted);   // on a row that does not exist yet

  const vm::Program& p_;
  const vm::Decisions* d_ = nullptr;
  std::vector<const vm::Inst*> made_;
  std::unordered_map<uint64_t, double> known_, written_;
  bool words_overrule_ = false;
};

}  // namespace rubric::analysis
