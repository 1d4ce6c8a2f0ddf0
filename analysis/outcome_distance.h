// How far lines are from an outcome: from a rule with it, and none with another. A guess that leads on (nearness.h).
#pragma once

#include "analysis/nearness.h"
#include "analysis/points.h"

namespace rubric::analysis {

class OutcomeDistance {
 public:
  OutcomeDistance(const vm::Program&, const Points&);   // which must stay

  // Of the run that follows.
  void look_at(const vm::Decisions&);
  // 0: it is so, as far as rules alone say. Very far where no rule has the outcome.
  double from(vm::Outcome, vm::Row line);

 private:
  double along(const Points::Way&, vm::Row line);

  const vm::Program& p_;
  const Points& points_;
  Nearness nearness_;
  const vm::Decisions* d_ = nullptr;
};

}  // namespace rubric::analysis
