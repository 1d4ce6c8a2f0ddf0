// Expressions to registers. Each expression is computed on the smallest domain that its variables need: a condition
// on trials that does not mention the line is computed once a trial, not once a line and trial.
#pragma once

#include "compiler/emit_builder.h"

#include <map>
#include <string>
#include <vector>

namespace rubric {

// Whether something applies, and its truth where it does.
struct Logic {
  Id applicable, value;
};

// The same, so that nothing is lost where both are open: whether it is met, and whether it is met or does not apply.
struct Status {
  Id applicable, met, held;
};

class Expressions {
 public:
  Expressions(const ir::Policy&, Builder&);

  // What the policy layer knows and expressions ask for.
  struct Criteria {
    virtual Logic of_criterion(Id criterion) = 0;     // registers on its own domain
    virtual Id item_scope(Id criterion) = 0;          // of a per-item criterion: which items count
    virtual Id granted(Id block) = 0;                 // on the block's lines
    virtual Id judgment(Id criterion) = 0;            // the judgment column
   protected:
    ~Criteria() = default;
  };
  void use(Criteria& c) { criteria_ = &c; }

  void bind(Id variable, Id domain) { domains_[variable] = domain; }
  Id domain_of_variable(Id variable) const { return domains_.at(variable); }
  Id bind_list(Id variable, Id context);              // the domain of a list under the rows of `context`: its own, or a cross

  Id value(const ir::Expr&);
  Status logic(const ir::Expr&);                      // status and group allowed
  Logic group(const ir::Expr&);                       // of a criterion that is a group
  Id truth(const ir::Expr& e);                        // logic, collapsed: met

  // A query's rows: bound, with the conjunction of membership and `where`.
  struct Rows {
    Id parent, domain, member;
    std::vector<std::pair<Id, Id>> restore;
  };
  Rows open(const ir::Query&, const std::vector<const ir::Expr*>& body);
  void close(const Rows&);

  // A condition with the sites that show it; the id of the site on top.
  Id with_site(const ir::Expr&, Id& reg);
  // As `truth`, of a condition that no trace shows (a scope, a remark's, a rule's that names criteria as well): what it
  // compares is a place of the source all the same, for whoever asks what a policy's tests have seen.
  Id noted(const ir::Expr&);

  Id decided_date(Id line_variable);
  vm::Template filled(const ir::Template&, Id domain);

 private:
  Id field(const ir::Expr&);
  Id move(Id reg, Id variable);                       // from the variable's list domain to where it is bound
  Id base_domain(Id variable) const;                  // the record list whose rows the variable's are
  Id fold(const ir::Expr&);
  Id first_truth(const std::vector<ir::Expr>&);
  Status status(const ir::Expr&);
  Status of_truth(Id reg) { return {b_.truth(true), reg, reg}; }
  Id gather(const ir::Expr&);
  Id nest(const ir::Expr&);
  Id aggregate(const ir::Expr&);
  void free_domains(const ir::Expr&, const std::vector<Id>& inner, std::vector<Id>& out) const;
  static const ir::Expr* single_condition(const ir::Expr&);
  Id note_site(vm::SiteKind, const ir::Expr&, Id value, std::vector<Id> operands);
  Id compute(const ir::Expr&);
  // A truth that could not be computed is none, as CQL says, where it is taken as a value: as a condition of `if`, an
  // element, an argument. Where it is a condition on rows or a criterion it stays open, so that a fault drops no row.
  Id as_value(const ir::Expr&);
  Id as_condition(const ir::Expr&);
  Id operand(const ir::Expr& of, const ir::Expr&);

  const ir::Policy& policy_;
  Builder& b_;
  Criteria* criteria_ = nullptr;
  std::map<Id, Id> domains_;                          // variable -> domain it is bound to
  std::map<Id, Id> elements_;                         // variable over a list value, or accumulator -> its register
  std::map<const ir::Expr*, Id> aggregates_;          // made already: a scan is not found again by its operands
  bool faults_are_none_ = false;                      // see as_value
  std::vector<Id>* sink_ = nullptr;                   // sites made while computing
};

}  // namespace rubric
