// What a policy's tests have exercised, in the policy's own terms: each criterion seen in each status that it can have, each
// rule and exception in each state, each outcome that the rules name. Read from traces; nothing is decided here.
//
// Not measured: values just below, at and just above a threshold, codes in and out of a set, and pairs of cases that differ
// in one member of a group.
#pragma once

#include "vm/program.h"
#include "vm/trace.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::analysis {

// One clause, and how often it was seen in each of its states.
struct Covered {
  std::string kind, name;                                   // "criterion", "rule", "exception", "outcome"
  std::vector<std::pair<std::string, uint64_t>> states;     // json names; an outcome has one, "seen"
};

class Coverage {
 public:
  explicit Coverage(const vm::Program&);
  void add(const vm::Trace&);   // of this policy, with whatever overlays

  const std::vector<Covered>& clauses() const { return clauses_; }
  uint64_t seen() const;        // states
  uint64_t wanted() const;
  double percent() const { return wanted() == 0 ? 100 : 100.0 * static_cast<double>(seen()) / static_cast<double>(wanted()); }

 private:
  void expect(std::string kind, std::string name, std::vector<std::string_view> states);
  void count(std::string_view kind, const std::string& name, std::string_view state);
  void count(const std::vector<vm::CriterionTrace>&);
  void count(const std::vector<vm::RuleTrace>&);

  std::vector<Covered> clauses_;
  std::map<std::pair<std::string, std::string>, size_t> at_;   // kind and name
};

}  // namespace rubric::analysis
