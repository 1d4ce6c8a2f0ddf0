// What emit builds with: registers, instructions (each distinct one once), domains, constants and texts.
//
// A register stands on one domain, or is uniform. Operands of an instruction are lifted to the deepest domain among
// them, so that what does not depend on a row is computed once above it.
#pragma once

#include "base/must.h"
#include "compiler/ir.h"
#include "vm/program.h"

#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace rubric {

using vm::Id;
using vm::none_id;

class Builder {
 public:
  vm::Program program;

  Id text(const std::string&);
  Id constant(const vm::Constant&);
  Id constant(const ir::Expr&);                        // of an ir constant
  Id constant_register(const ir::Expr&);
  Id truth(bool);                                      // a uniform register
  Id text_register(const std::string&);                // the same

  Id domain_of(Id reg) const { return program.registers[reg].domain; }
  vm::Type type_of(Id reg) const { return program.registers[reg].type; }
  bool is_ancestor(Id above, Id domain) const;         // or the same; none_id (uniform) is above all
  Id deeper(Id a, Id b) const;                         // of two domains on one chain
  Id deepest(const std::vector<Id>& regs) const;
  Id cross(Id parent, Id from, Id via);
  Id unnested(Id parent, Id list);                     // the domain of a list value's elements

  Id fresh(Id domain, vm::Type);                       // a register that no instruction writes yet
  Id emit(vm::Op, Id domain, vm::Type, const std::vector<Id>& operands, uint32_t imm = 0, uint16_t fn = 0);
  Id emit_again(vm::Op, Id domain, vm::Type, const std::vector<Id>& operands);  // an instruction of its own, made before or not
  Id lift(Id reg, Id domain);
  Id source(Id reg, Id domain);                        // src
  // A condition on the rows of a list is asked of each row once, not again under each line that it is crossed with: what
  // emit computes from sources alone is computed where they stand, and moved. The rows' domain, or none_id: do not.
  Id asked_of_rows(vm::Op, Id domain, const std::vector<Id>& operands) const;
  std::vector<Id> joined_sources(vm::Op, Id domain, std::vector<Id> regs);  // of a connective: those of one list as one
  Id column(const vm::ColumnDef&);                     // register of a loader's column
  Id loaded(const vm::ColumnDef&);                     // the column itself, and those that bound it

  // A scan, whose body is what is emitted between the two calls.
  size_t begin_scan(Id domain);
  void end_scan(size_t scan, const std::vector<Id>& operands);

  // Logic over registers of any domains of one chain.
  Id all(std::vector<Id>);
  Id any(std::vector<Id>);
  Id negate(Id);
  Id call(uint16_t fn, const std::vector<Id>&);
  Id select(Id condition, Id a, Id b);

 private:
  std::map<std::string, Id> texts_;
  std::map<Id, Id> source_of_;                         // what `source` made -> the register it moves
  std::map<std::tuple<vm::Kind, vm::Type, uint8_t, uint16_t, int64_t, int64_t>, Id> constants_;
  std::map<std::tuple<vm::Op, uint16_t, Id, uint32_t, std::vector<Id>>, Id> made_;
  std::map<std::tuple<Id, Id, Id>, Id> crosses_;
  std::map<std::pair<Id, Id>, Id> unnested_;
  std::map<std::tuple<vm::ColumnKind, Id, Id, Id, Id, Id>, Id> columns_;
  std::map<std::pair<std::string, std::string>, Id> codes_;
};

}  // namespace rubric
