// A few attempts at an open line before all of its completions, where no more is asked than its outcome. An attempt is a completion,
// or the line with one variable at a value and all else as it is; what such a one decides, every completion decides that agrees with
// it. Most lines end differently in the first completions, and of those that do not most hang on one variable.
#pragma once

#include "vm/completions.h"

namespace rubric::vm {

class Attempts {
 public:
  // `one_by_one`: whether all completions would be tried; of others nothing is said that rests on all.
  Attempts(const Program&, const OpenLine&, bool one_by_one);

  // None where all completions are no more.
  const std::vector<Choice>& choices() const { return choices_; }
  // What the verdicts of the choices, in order, say of all completions, if they do.
  std::optional<Tried> told(const Program&, const std::vector<Verdict>&) const;

 private:
  bool waits_for_record() const;

  const OpenLine& line_;
  std::vector<Choice> choices_;          // completions, and behind them of some variables each value alone
  std::vector<uint32_t> alone_;          // how many of the latter belong to one variable
};

}  // namespace rubric::vm
