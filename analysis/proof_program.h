// A program in the solver's terms: every register of every row of the record that it is run on, and what each line comes to.
//
// It follows the machine instruction by instruction (vm/machine.cpp, vm/settle.cpp); that both say the same is tested on
// random values, and every witness is run. What cannot be followed is named: nothing may be proved then.
#pragma once

#include "analysis/proof_record.h"
#include "analysis/proof_terms.h"
#include "vm/verify.h"

#include <map>
#include <string>
#include <vector>

namespace rubric::analysis {

// What a line comes to, to be compared with what another program says of it.
struct ProofVerdict {
  z3::expr outcome;                                // of outcomes.def; -1: it stays open
  std::map<std::string, z3::expr> conditions;      // by all that a condition says
  std::map<std::string, Symbol> modified;          // by field; unknown: not modified
  std::vector<z3::expr> items;                     // of those that qualify
};

// Opcodes that cannot be followed, by name.
std::vector<std::string_view> opcodes_out_of_reach();

// Where two verdicts differ.
z3::expr differ(Terms&, const ProofVerdict&, const ProofVerdict&);

class ProofProgram {
 public:
  // `pinned`: a register of truth that is yes or no on every row, whatever it would be. `criteria`: those that no outcome
  // rests on are wanted as well. `held`: what a test of the record says (`is shown`) is yes or no, the same wherever it is the
  // same register.
  ProofProgram(Terms&, ProofRecord&, const vm::VerifiedProgram&, vm::Id pinned = vm::none_id, bool criteria = false, bool held = false);

  // The instructions that outcomes rest on, with what an approval quotes and a modification says; on request criteria as well.
  static std::vector<bool> needed(const vm::VerifiedProgram&, bool criteria);

  // Instructions that outcomes rest on and that have no encoding, by name. Not empty: nothing may be proved.
  const std::set<std::string>& unreached() const { return unreached_; }

  const std::vector<ProofRow>& lines() const { return rows_[program_.lines_domain].rows; }
  ProofVerdict verdict(size_t line);
  // Where several blocks decide a line with conditions or modifications: there the verdict is not followed.
  const std::vector<z3::expr>& contested() const { return contested_; }
  Symbol cell(vm::Id reg, size_t row) const;
  // Whether a criterion that both have by this name comes to another status on a line that is decided, as far as that is
  // followed; nothing where it is not.
  std::optional<z3::expr> statuses_differ(size_t line, const ProofProgram& other) const;
  bool reads(vm::Id reg) const { return made_[reg]; }   // outcomes rest on it
  size_t rows(vm::Id domain) const { return domain == vm::none_id ? 1 : rows_[domain].rows.size(); }
  z3::expr there(vm::Id domain, size_t row) const { return rows_[domain].rows[row].there; }
  size_t line_of(vm::Id domain, size_t row) const { return above(domain, row, program_.lines_domain); }

 private:
  struct Rows {
    bool made = false;
    std::vector<ProofRow> rows;
    std::vector<size_t> up;
    std::vector<std::vector<std::pair<z3::expr, size_t>>> src;   // what a row may refer to, and when it does
  };
  void make_rows(vm::Id domain);
  size_t above(vm::Id domain, size_t row, vm::Id target) const;
  std::vector<size_t> below(vm::Id domain, size_t row, vm::Id child) const;
  const Symbol& arg(const vm::Inst&, uint32_t k, size_t row) const;
  vm::Id operand(const vm::Inst& i, uint32_t k) const { return program_.operands[i.args + k]; }
  vm::Id domain_of(const vm::Inst& i, uint32_t k) const { return program_.registers[operand(i, k)].domain; }

  void range(uint32_t from, uint32_t to);
  void repeat(uint32_t at);
  void one(const vm::Inst&, bool decisive);
  Symbol row(const vm::Inst&, size_t row);
  Symbol column(const vm::ColumnDef&, size_t row);
  Symbol moved(const vm::Inst&, size_t row);
  Symbol member_of(const vm::Inst&, const Symbol& value, const Symbol* day);
  Symbol looked_up(const vm::Inst&, const Symbol& key);
  Symbol of_children(const vm::Inst&, size_t row);         // any, all, count
  Symbol folded(const vm::Inst&, size_t row);
  Symbol picked(const vm::Inst&, size_t row);
  Symbol only(const vm::Inst&, size_t row);
  Symbol used(const vm::Inst&, size_t row);
  Symbol decided(const vm::Inst&, size_t row);
  Symbol folded_items(const vm::Inst&, size_t row);
  Symbol granted(const vm::Inst&, size_t row);
  Symbol rows_function(const vm::Inst&, size_t row, const std::string& name);
  ProofVerdict block_verdict(vm::Id block, size_t line);
  void contents(const vm::Block&, size_t row, const z3::expr& when, ProofVerdict&);

  Terms& t_;
  ProofRecord& record_;
  const vm::VerifiedProgram verified_;
  const vm::Program& program_;
  std::vector<Rows> rows_;
  std::vector<std::string> list_key_;                        // of domains of rows: the key of the list in its row's object
  std::vector<const vm::Field*> list_field_;
  std::vector<std::vector<Symbol>> registers_;
  const vm::Id pinned_;
  const bool held_;
  std::vector<bool> made_, needed_;   // by register; by instruction
  std::set<std::string> unreached_;
  std::vector<z3::expr> contested_;
};

}  // namespace rubric::analysis
