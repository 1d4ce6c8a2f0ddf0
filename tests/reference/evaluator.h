// The reference evaluator: what a policy says of a record, worked out from semantics.md one notion at a time.
//
// It runs the IR as it stands over the JSON of one record, by recursion, and is slow. It shares nothing with the
// machine but the IR and the calendar. A record with open facts is evaluated as it stands (sections 1 to 4 and 6 to 9);
// what completions would say (section 5) is settle.h's, which runs the same evaluator on complete records.
#pragma once

#include "tests/reference/record.h"

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace rubric::reference {

// The statuses that a criterion may still have. `not_computable` beside several says that no answer would tell which.
using Statuses = uint8_t;
constexpr Statuses met = 1, not_met = 2, not_applicable = 4, not_computable = 8;
std::string status_name(Statuses);   // met, notMet, notApplicable; undetermined for everything else

// An outcome with what belongs to it: two are one if they say the same to the member.
struct Decision {
  vm::Outcome outcome = vm::Outcome::gap;
  std::set<std::string> conditions;
  std::string contents;              // of a modification
  std::set<std::string> items;       // that qualify, where only some do
  auto operator<=>(const Decision&) const = default;
};
using Decisions = std::set<Decision>;

struct CriterionResult {
  std::string name, item;
  Statuses status = 0, computed = 0;
};
struct RuleResult {
  std::string name, item, state;
};

struct LineResult {
  uint32_t sequence = 0;
  Id block = none_id;                // that decides it, or may
  Truth decided = Truth::no;         // whether any does
  std::vector<CriterionResult> criteria;
  std::vector<RuleResult> rules;
  Decisions decisions;               // with every open rule free
  OpenFacts open;                    // that were read for it
  bool facts_meet = false;           // in a comparison, a fold, a bound: then section 5 is exact from above only
};

// "X is shown" and its like read the record as it stands: key and answer of each, so that completions can hold them.
using RecordTests = std::map<std::tuple<Id, ir::Test, std::string>, bool>;  // criterion, test, pointer of its row

struct Options {
  std::optional<std::string> as_of;                // else the record's decisionDate
  const RecordTests* held = nullptr;               // answers of record tests, instead of the record's own
  const std::map<std::string, bool>* granted = nullptr;  // "line:2" -> granted, where its outcome leaves that open
};

struct Evaluation {
  std::vector<LineResult> lines;
  RecordTests tests;
  bool invalid = false;              // a value lies outside its bounds
};

Evaluation evaluate(const ir::Policy&, const Json& record, const Options& = {});

// The table of section 4: from the rules that stand to an outcome. `computable`: whether each rule's standing could be
// told; where it could not and it makes a difference, that is a review.
struct Standing {
  const ir::Rule* rule;
  Truth stands, equals_request;
};
Decisions decide(const ir::Policy&, const std::vector<Standing>&, const std::vector<std::string>& contents);

// Section 6: from the decisions that each item may get to the line's.
struct Item {
  Decisions decisions;
  Truth included;
  bool phantom;
  std::string name;
};
Decisions fold_items(vm::FoldItems, const std::vector<Item>&);

// ---- the parts, one file each

class Evaluator {
 public:
  Evaluator(const ir::Policy&, const Json& record, const Options&);
  Evaluation run();

 private:
  // expressions.cpp
  Truth truth(const ir::Expr&);
  Possible value(const ir::Expr&);
  Possible lookup(const ir::Table&, const Possible& key);
  Truth in_set(const ir::Table&, const Possible&, const Possible* day);
  const Row& row(Id variable) const;
  Truth compared(const ir::Expr&);

  // folds.cpp
  struct Member {
    std::vector<Row> rows;
    Truth in;
    bool phantom;
  };
  std::vector<Member> members(const ir::Query&);
  template <class F>
  auto with(const ir::Query&, const Member&, F);
  Truth any_or_all(const ir::Expr&);
  Possible fold(const ir::Expr&);

  // criteria.cpp
  Statuses criterion(Id);
  Statuses computed(Id);
  Statuses body(Id);
  Statuses logic(const ir::Expr&);
  Statuses tested(const ir::Expr&);
  Statuses grouped(ir::Group, uint32_t at_least, const std::vector<std::pair<Statuses, bool>>& members);
  Truth fires(Id rule);
  Truth stands(Id rule);
  std::vector<std::pair<Row, Truth>> items_of(const ir::Criterion&);
  Truth judgment(Id criterion);
  const Json* assertion(Id criterion);
  std::string place(const ir::Criterion&) const;

  // limits.cpp
  Truth within_limit(const ir::Criterion&);

  // lines.cpp
  LineResult line(Id block, const Row&);
  Truth granted(Id block, const Row& line);

  const ir::Policy& policy_;
  const Options options_;
  Record record_;
  std::map<Id, Row> rows_;                             // variables that are bound
  std::map<std::pair<Id, std::string>, Statuses> done_;  // criteria of the line at hand, by place
  std::map<std::pair<Id, std::string>, LineResult> decided_;  // by block and the line's pointer
  std::set<std::pair<Id, std::string>> held_;                 // of the block at hand, lines that stay undecided to the others
  RecordTests tests_;
  bool facts_meet_ = false;
};

}  // namespace rubric::reference
