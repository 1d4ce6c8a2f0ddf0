// The fewest answers that force an outcome (section 5 of the semantics). Which facts matter is settle.h's to say.
#pragma once

#include "vm/open_facts.h"
#include "vm/verdict.h"

#include <span>
#include <vector>

namespace rubric::vm {

struct GivenAnswer {
  size_t variable, value;
};   // value: its number among those that the variable is tried at
struct Forced {
  Outcome outcome;
  std::vector<GivenAnswer> answers;
};

// `possible`: the outcomes that each completion leaves, the first variable's value running fastest. For each outcome that
// answers can force, best first: those that take the fewest facts, then the fewest variables, then the first of the policy.
// Nothing where no answer is needed.
std::vector<Forced> fewest_answers(const std::vector<Variable>&, std::span<const OutcomeSet> possible);

}  // namespace rubric::vm
