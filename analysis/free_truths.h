// The truths of a program's rows as a solver may choose them: each that is not made of other truths of its row (a comparison, a
// fold over rows, a person's word) may be any of the four that its instructions allow, and what is made of them follows.
//
// A truth is two: as the record stands, which tests of the record (`is shown`) and statuses look at, and as a completion has
// it, which outcomes rest on (section 5 of the semantics). A completion leaves what is certain as it is and nothing open.
//
// Truths are taken to be independent, which they may not be: what cannot be chosen cannot be, and what can be may still not.
#pragma once

#include "analysis/proof_terms.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rubric::analysis {

class FreeTruths {
 public:
  enum World : uint8_t { as_it_stands, completed };

  // `name`: goes before the names of what is chosen. `overruled`: persons may overrule criteria.
  FreeTruths(Terms&, z3::solver&, size_t registers, bool overruled, std::string name = "");

  // Of a program alone: each register as its instruction makes it.
  void add(const vm::Program&);
  // Of several joined: this one is made so, or is another one.
  void set_maker(vm::Id reg, const vm::Program& program, const vm::Inst& inst, uint8_t possible) {
    makers_[reg] = {&program, &inst, possible};
  }
  void set_same(vm::Id reg, vm::Id other) { same_as_[reg] = other; }
  vm::Id of(vm::Id reg) const { return reg == vm::none_id ? vm::none_id : same_as_[reg]; }

  Symbol value(World, vm::Id reg);

 private:
  struct Maker {
    const vm::Program* program = nullptr;
    const vm::Inst* inst = nullptr;
    uint8_t possible = 0;       // see possible_truths.h
  };
  bool is_made_of_truths(vm::Id reg) const;
  bool is_a_persons_word(vm::Id reg) const;
  Symbol made(World, const vm::Program&, const vm::Inst&);
  Symbol chosen(World, vm::Id reg);

  Terms& t_;
  z3::solver& solver_;
  const bool overruled_;
  const std::string name_;
  std::vector<vm::Id> same_as_;     // by register: the first that is computed alike
  std::vector<Maker> makers_;       // of those
  std::map<std::pair<World, vm::Id>, Symbol> values_;
};

}  // namespace rubric::analysis
