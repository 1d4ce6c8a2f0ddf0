// What a line's outcome rests on: the rules that stand, what they grant, its items, and what the policy remarks.
#pragma once

#include "vm/case_reading.h"
#include "vm/settle.h"

namespace rubric::vm {

// `with_rules`: each rule by itself, too.
void add_decision(const CaseReading&, const Settlement&, Row line, bool with_rules, LineTrace&);
void add_remarks(const CaseReading&, Id block, Row line, LineTrace&);

// What of a settled line both of these tell as a few bytes: of lines that have the same they tell the same. These are the states of the rules, and the words that may be quoted.
class Likeness {
 public:
  // `with_rules`: as add_decision.
  Likeness(const Program&, bool with_rules);
  void read(const CaseReading&, const Settlement&, Row line, std::string& key) const;

 private:
  struct Told {
    std::vector<Id> rules;  // with those that defeat them
    std::vector<Id> quoted;  // registers, on the rows that rules run for, where something is granted
    std::vector<Id> said;  // registers that the rules' own words quote
    std::vector<Id> requested;  // columns
  };
  std::vector<Told> of_block_;
};

}  // namespace rubric::vm
