// Completions: what a record's open facts could turn out to be, and the records in which they do.
//
// Each open fact that was read gets a small list of answers: all values where its type and bounds leave few, else those
// around everything that somebody compares with, and one that nobody mentions. A list gets no row more, one row more, or
// two alike. So what is found over completions is there; that nothing else is, holds for small types only.
#pragma once

#include "tests/reference/evaluator.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rubric::reference {

struct Answer {
  Json value;                        // scalar: what it is;  list: the rows that it holds beside those recorded
  std::vector<Json> judgments;       // judgment: assertions
  bool granted = false;              // line
};
struct Question {
  std::string fact;                  // as OpenFacts has it
  OpenFact::Kind kind = OpenFact::Kind::scalar;
  std::vector<Answer> answers;
};

// Values that a policy and a record mention: where answers change.
std::vector<Scalar> mentioned(const ir::Policy&, const Json& record);

// The questions that a record leaves open. Nothing where one of them cannot be asked in this way.
std::optional<std::vector<Question>> questions(const ir::Policy&, const Json& record, const OpenFacts&);

uint64_t completions_of(const std::vector<Question>&);

// The record with answer number `x` to each question, in mixed radix: the first question's answer changes fastest.
struct Completion {
  Json record;
  std::map<std::string, bool> granted;
};
Completion completed(const ir::Policy&, const Json& record, const std::vector<Question>&, uint64_t x);
size_t answer_of(const std::vector<Question>&, uint64_t x, size_t question);

}  // namespace rubric::reference
