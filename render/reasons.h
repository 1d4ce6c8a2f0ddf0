// What a line's outcome rests on, as a trace with pictures has it: the rules that decided, the criteria that these rules
// read and that speak for the outcome, and of groups the members that they rest on.
//
// It chooses among what the trace says and adds nothing. A trace is looked up by its own elements: it has to stay.
#pragma once

#include "vm/trace.h"

#include <set>
#include <string>
#include <vector>

namespace rubric {

class Reasons {
 public:
  explicit Reasons(const vm::Trace&);

  bool decides(const vm::CriterionTrace& c) const { return deciding.contains(&c); }
  bool decides(const vm::RuleTrace& r) const { return deciding.contains(&r); }

  // The criteria that the deciding rules read, each once.
  std::vector<const vm::CriterionTrace*> of(const vm::LineTrace&) const;
  // The criteria that a rule reads, of the line or, where the rule runs for an item, of this item.
  static std::vector<const vm::CriterionTrace*> read_by(const vm::RuleTrace&, const vm::LineTrace&, const std::string& item);

 private:
  void decide(const vm::LineTrace&, vm::Outcome, const std::vector<std::string>& decided_by, const std::vector<vm::RuleTrace>&,
              const std::string& item);
  void decide(const vm::CriterionTrace&);

  std::set<const void*> deciding;
};

}  // namespace rubric
