// The completions of lines' open facts, tried: rows of one batch for the same machine, with the variables' registers pinned.
// What comes of it is said of variables and facts by their numbers, so that it holds for every line with the same pattern.
#pragma once

#include "vm/enough.h"
#include "vm/line_verdict.h"
#include "vm/open_facts.h"

#include <optional>
#include <span>
#include <vector>

namespace rubric::vm {

struct Tried {
  // Whether all were tried. If not, then as many as show that lines end differently, and by facts of the record: of the rest nothing
  // is said.
  bool all = true;
  std::optional<Verdict> one;              // where all completions of the record as it stands end alike
  OutcomeSet possible = 0;                 // of the record as it stands
  std::vector<bool> matters, matters_held; // facts: at all, and while tests of the record stay as they are
  std::vector<OutcomeSet> could_lead_to;
  std::vector<Forced> enough;
};

// Whether there are too many to try.
bool too_many_completions(const std::vector<Variable>&);

// A line that is open, after a walk from all that decides it; `tests`: whether a rule tests the record.
struct OpenLine {
  Row line;
  const Walk* walk;
  bool tests;
};

// All of them in one batch. Where no more is asked than outcomes, few completions come first: most lines end differently in these.
// `used`: an earlier run of completions, whose storage is taken; the program that ran must still stand in memory, as must the one
// that is run.
std::vector<Tried> try_completions(const VerifiedProgram&, const Decisions&, std::span<const OpenLine>, Settle, Decisions& used);
uint32_t completions_of(const std::vector<Variable>&);   // of which there are not too many

// Of a line on which nothing is open.
Tried nothing_to_try(const Verdict&);

}  // namespace rubric::vm
