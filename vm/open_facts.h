// Finding what is open behind a register's cell: a walk back through the instructions that made it.
//
// The walk also writes down its *pattern*: the way from the rules to the variables, cells by the order in which they are met and by
// what their instructions do, with the states of what is not open beside it. What is known behind an open cell does not change its
// answer (an `and` that is open has no false member), so lines with one pattern end alike under the same answers, also of another
// version with the same rules: settle.cpp tries them once.
#pragma once

#include "vm/cell_map.h"
#include "vm/definitions.h"
#include "vm/machine.h"
#include "vm/settle.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rubric::vm {

// A few numbers, sorted.
class FactSet {
 public:
  FactSet() = default;
  FactSet(std::initializer_list<uint32_t> facts) {
    for (const uint32_t f : facts) insert(f);
  }
  void insert(uint32_t fact) {
    const auto at = std::lower_bound(facts_.begin(), facts_.end(), fact);
    if (at == facts_.end() || *at != fact) facts_.insert(at, fact);
  }
  void insert(const FactSet& other) {
    for (const uint32_t f : other) insert(f);
  }
  bool contains(uint32_t fact) const { return std::binary_search(facts_.begin(), facts_.end(), fact); }
  bool empty() const { return facts_.empty(); }
  std::vector<uint32_t>::const_iterator begin() const { return facts_.begin(); }
  std::vector<uint32_t>::const_iterator end() const { return facts_.end(); }

 private:
  std::vector<uint32_t> facts_;
};

struct Variable {
  Cell cell;                        // what is pinned
  std::vector<Value> values;        // what it is tried at
  std::vector<Cell> readers;        // comparisons that read it; itself, where it is a truth
  FactSet facts;                    // indices in Walk::facts
  bool test = false;                // settled by a test of the record, which completions of the record as it stands hold
  bool every = false;               // tried at each of the few values that it can have, whatever reads it
};

// Whether completions may still differ in a cell. Outcomes are followed through the rules behind them.
bool is_open(const Decisions&, Id reg, Row);

// Where the cases of a run stand in the run that they were taken from, by whose rows facts are named.
struct Origin {
  const Decisions& run;
  std::vector<Row> cases;           // parallel to the cases of the run that is walked
};

class Walk {
 public:
  // `named`: whether facts get their names. Without them the places that they have in the columns tell facts apart, so that one
  // that stands in two places is two facts.
  explicit Walk(const Decisions&, const Origin* = nullptr, bool named = true);
  void restart();                   // for another line of the same run
  void take_room(Walk& other);      // the storage of one that nobody needs any more, whose run may be gone

  void from(Id reg, Row);           // gather the variables behind a cell
  const FactSet& facts_behind(Id reg, Row);  // facts only; valid until it is asked again
  void settle_values();             // after the last from(): what each variable is tried at

  std::vector<OpenFact> facts;
  std::vector<Variable> variables;
  bool reads_outcomes = false;      // of other lines, which completions may leave to a person
  // Of facts without names, in order: a column or a list, and the row.
  const std::vector<Cell>& places() const { return places_.cells(); }

  // The way from the cells that were asked for to the variables: which cell was looked into from which, by their numbers in
  // cells(). Variables are numbered from `to_variable` on.
  struct Link {
    uint32_t from, to;
  };
  static constexpr uint32_t nowhere = 0xffffffff, to_variable = 1u << 31;
  std::vector<Link> links;          // from `nowhere`: what was asked for
  const std::vector<Cell>& cells() const { return seen_.cells(); }

  // What lines have in common that end alike; nothing where it is not known to say all. After settle_values().
  const std::string* pattern() const { return has_pattern_ ? &pattern_ : nullptr; }
  void note(uint32_t what) { pattern_.append(reinterpret_cast<const char*>(&what), sizeof what); }
  void note_state(Id reg, Row);     // of a truth or an outcome

 private:
  bool open(Id reg, Row r) const { return is_open(d_, reg, r); }
  void behind(Id reg, Row);
  bool may_be_none(Id reg, Row) const;
  bool may_fail(const Inst& call, Row) const;
  std::pair<Row, Row> below(Id domain, Row parent, Id top) const;
  Row at(Id reg, Row) const;
  Row above(Id domain, Row, Id target) const;
  void atom(Cell);
  std::vector<Value> few_values(Cell) const;
  std::optional<Cell> only_cell() const;     // among those that walked_ has
  using ReadersOf = std::vector<std::pair<Cell, std::vector<Cell>>>;   // cells, with what reads them
  static void add_reader(ReadersOf&, Cell, Cell reader);
  bool behind_members(Cell fold, ReadersOf&);
  bool behind_member(Id reg, Row, ReadersOf&);
  void children(const Inst&, Id arg, Row parent);
  void leaves(Id reg, Row, bool direct, std::vector<std::pair<Cell, bool>>& out);
  const FactSet& leaf_facts(Cell);           // walked_ and found_ say how
  void add_leaf_facts(Cell);
  bool is_a_persons(Cell outcome);
  struct Named {
    std::string name;
    Cause cause;
  };
  template <class Name>
  uint32_t fact(OpenFact::Kind, Cell place, Name);
  void note_form(const Inst&);
  uint32_t list_fact(Id domain, Row);
  uint32_t line_fact(Row);
  uint32_t column_fact(const Inst&, Row);
  Row original(Id domain, Row) const;
  size_t variable_at(Cell);
  void met(size_t variable, Cell reader);    // an open cell is, or is answered by, a variable
  void try_values(Variable&);
  Id arg(const Inst& i, uint32_t k) const { return p_.operands[i.args + k]; }

  const Decisions& d_;
  const Origin* origin_;
  const bool named_;
  const Definitions& definitions_;
  const Program& p_;
  const Batch& batch_;
  CellMap seen_, variables_of_, walked_;
  uint32_t inside_ = nowhere;       // of seen_: what is looked into
  FactSet found_;
  bool walked_outcomes_ = false;    // of other lines, on which something is open
  CellMap outcomes_;                // of other lines, that are open
  std::vector<bool> is_a_persons_;  // by their numbers
  CellMap places_;                  // of facts
  std::vector<uint32_t> fact_of_place_;
  std::unordered_map<std::string, uint32_t> fact_of_;
  std::string pattern_;
  bool has_pattern_ = true;
};

}  // namespace rubric::vm
