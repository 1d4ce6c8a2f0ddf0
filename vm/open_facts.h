// Finding what is open behind a register's cell: a walk back through the instructions that made it.
#pragma once

#include "vm/machine.h"
#include "vm/settle.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rubric::vm {

struct Cell {
  Id reg;
  Row row;
  auto operator<=>(const Cell&) const = default;
};

// What the walk needs to know of a program, independent of any run; worked out when it is first asked, for few traces do.
class Definitions {
 public:
  explicit Definitions(const Program& p) : program_(p) {}
  const Inst* of(Id reg) const { return tables().by[reg]; }       // nullptr: a repeat's accumulator
  Id elements(Id domain) const { return tables().elements.at(domain); }   // of an unnested domain
  Id made_for(Id accumulator) const { return tables().made.at(accumulator); }
  // Whether a register rests on a test of the record ("shown"), which an answer can change although it is never unknown.
  bool tests_record(Id reg) const { return tables().tests[reg]; }

 private:
  struct Tables {
    std::vector<const Inst*> by;
    std::map<Id, Id> made, elements;
    std::vector<bool> tests;
    explicit Tables(const Program&);
  };
  const Tables& tables() const {
    if (!tables_) tables_.emplace(program_);
    return *tables_;
  }
  const Program& program_;
  mutable std::optional<Tables> tables_;
};

struct Variable {
  Cell cell;                        // what is pinned
  std::vector<Value> values;        // what it is tried at
  std::vector<Cell> readers;        // comparisons that read it; itself, where it is a truth
  std::set<size_t> facts;           // indices in Walk::facts
  bool test = false;                // settled by a test of the record, which completions of the record as it stands hold
  bool every = false;               // tried at each of the few values that it can have, whatever reads it
};

class Walk {
 public:
  Walk(const Decisions&, const Definitions&);

  void from(Id reg, Row);           // gather the variables behind a cell
  std::set<size_t> facts_behind(Id reg, Row);  // facts only
  void settle_values();             // after the last from(): what each variable is tried at

  std::vector<OpenFact> facts;
  std::vector<Variable> variables;

 private:
  bool open(Id reg, Row) const;
  bool may_be_none(Id reg, Row) const;
  std::pair<Row, Row> below(Id domain, Row parent, Id top) const;
  Row at(Id reg, Row) const;
  Row above(Id domain, Row, Id target) const;
  void atom(Cell);
  std::vector<Value> few_values(Cell) const;
  std::optional<Cell> only_cell(const std::set<Cell>& walked) const;
  bool behind_members(Cell fold, std::map<Cell, std::set<Cell>>& readers_of);
  bool behind_member(Id reg, Row, std::map<Cell, std::set<Cell>>& readers_of);
  void children(const Inst&, Id arg, Row parent);
  void leaves(Id reg, Row, bool direct, std::set<std::pair<Cell, bool>>& out);
  void leaf_facts(Cell, std::set<size_t>& out, std::set<Cell>& seen);
  size_t fact(OpenFact::Kind, std::string name, Cause);
  size_t list_fact(Id domain, Row);
  size_t column_fact(const Inst&, Row);
  Variable& variable(Cell);
  void try_values(Variable&);
  uint32_t arg_count(const Inst& i) const { return i.n; }
  Id arg(const Inst& i, uint32_t k) const;

  const Decisions& d_;
  const Definitions& definitions_;
  const Program& p_;
  const Batch& batch_;
  std::set<Cell> seen_;
  std::map<Cell, size_t> variable_of_;
  std::map<std::string, size_t> fact_of_;
};

}  // namespace rubric::vm
