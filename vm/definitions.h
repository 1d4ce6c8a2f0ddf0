// Which instruction makes each register, and what it rests on: a program's, independent of any run.
#pragma once

#include "vm/program.h"

#include <map>
#include <vector>

namespace rubric::vm {

class Definitions {
 public:
  Definitions() = default;
  explicit Definitions(const Program&);                       // which must stay where it is
  const Inst* of(Id reg) const { return by_[reg]; }           // nullptr: a repeat's accumulator
  Id elements(Id domain) const { return elements_.at(domain); }   // of an unnested domain
  Id made_for(Id accumulator) const { return made_.at(accumulator); }
  // Whether a register rests on a test of the record ("shown"), which an answer can change although it is never unknown.
  bool tests_record(Id reg) const { return tests_[reg]; }
  // Whether a register has a value on every row, known or not: a field that is not optional, and what passes such values on.
  bool has_values(Id reg) const { return has_values_[reg]; }

 private:
  std::vector<const Inst*> by_;
  std::map<Id, Id> made_, elements_;
  std::vector<bool> tests_, has_values_;
};

}  // namespace rubric::vm
