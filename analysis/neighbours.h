// Which criteria and rules stand beside each other in a policy: what an editor takes by mistake, into a list of criteria or
// under an exception, is the clause before or behind the one that was meant.
//
// Beside is next to, in one section or among the clauses of one `decides`, whatever else stands between. So what could be
// added grows with a list and not with the policy. Beside a word that a field is compared with stand those that the record
// model has for the field, or else those that the policy compares it with elsewhere.
#pragma once

#include "compiler/ast.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace rubric::analysis {

class Neighbours {
 public:
  explicit Neighbours(const std::vector<ast::Module>&);

  bool is_criterion(const std::string& name) const { return criteria_.contains(name); }
  // Names of criteria in an expression.
  std::set<std::string> named_in(const ast::Expr&) const;
  // Whether there is nothing but criteria in a list, "all of A, B".
  bool is_list(const std::vector<ast::Expr>&) const;

  // The criteria beside those of a list, without those that its clause names, be it in a section or a group that holds them.
  std::vector<std::string> criteria_beside(size_t module, const std::vector<ast::Expr>& list, const std::set<std::string>& named) const;
  // The rules beside some.
  std::vector<std::string> rules_beside(size_t module, const std::vector<ast::Word>& rules) const;
  // The rules beside those that a rule is an exception to, without those, itself, and what is an exception to it.
  std::vector<std::string> rules_beside(size_t module, const ast::Rule&) const;
  // A word for a field that a list of words leaves out, or nothing.
  std::string word_beside(const std::string& field, const std::vector<ast::Expr>& words) const;

 private:
  struct Place {
    size_t module, row, at;            // row: an index into rows_
  };
  using Rows = std::vector<std::vector<std::string>>;
  void learn(size_t module, const std::vector<ast::Declaration>&, const std::string& section);
  void learn_words(const ast::Expr&);
  std::vector<std::string> beside(size_t module, const std::string& name, const std::map<std::string, std::vector<Place>>&) const;

  std::set<std::string> criteria_;
  std::map<std::string, std::set<std::string>> inside_;   // of a section or group: what it holds, however deep
  Rows rows_;                                             // of clauses that stand one behind the other
  std::map<std::string, std::vector<Place>> criterion_at_, rule_at_;
  std::map<std::string, const ast::Rule*> rules_;
  std::map<std::string, std::vector<std::string>> model_words_, words_;   // of a field
};

}  // namespace rubric::analysis
