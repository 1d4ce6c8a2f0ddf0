// Section 5 of the semantics: what a line's outcome is while facts are open, which facts matter, and what would settle it.
//
// A *variable* is something that the record leaves open and that a rule reads: a cell of the record that meets
// comparisons with known values (one value for each piece that they cut its type into), a fold or a comparison in
// which several open facts meet (over its sound range), a reviewer's judgment, another line's outcome. Completions are
// rows of one batch for the same machine, with the variables' registers pinned; nothing re-implements the decision.
#pragma once

#include "vm/machine.h"
#include "vm/verdict.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace rubric::vm {

constexpr uint32_t most_completions = 4096;  // a line; belongs to the language version

struct OpenFact {
  enum class Kind : uint8_t { record, judgment, line } kind = Kind::record;
  std::string fact;                     // JSON pointer; judgment: the criterion's name; line: its sequence
  Cause cause = Cause::not_documented;
  std::vector<Id> criteria;             // that read it, policy order
  OutcomeSet could_lead_to = 0;
};
struct AnswerGiven {
  std::string fact;
  Id site = none_id;
  std::string value;
};
struct EnoughAnswers {
  Outcome outcome;
  std::vector<AnswerGiven> answers;
};

struct Settlement {
  Id block = none_id;                   // that decides the line, or none_id
  Outcome outcome = Outcome::not_decided;
  bool by_when_undetermined = false;
  bool scope_open = false;              // whether the policy decides the line is itself open
  OutcomeSet possible = 0;
  std::vector<OpenFact> missing;        // the facts that matter
  std::vector<OpenFact> irrelevant;
  std::vector<EnoughAnswers> enough;
  bool exact = true;
  Outcome recommendation = Outcome::not_decided;  // with review: the verdict that would stand; not_decided: none
};

// `outcome` leaves out what only explains: what cannot matter, which criteria facts serve, which answers are enough.
enum class Settle : uint8_t { outcome, all };

// Settles lines of one run after the other. What lines have in common that end alike (open_facts.h) it tries once, and
// remembers. Where many are open, their cases are run again by themselves, with every register that a walk may ask for.
// One thread's.
class Settler {
 public:
  Settler();
  ~Settler();
  Settler(Settler&&) noexcept;
  Settler& operator=(Settler&&) noexcept;

  // Lines of the run, in order; a settlement for each.
  std::vector<Settlement> settle(const Decisions&, std::span<const Row> lines, Settle = Settle::all);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

Settlement settle(const Decisions&, Row line);

}  // namespace rubric::vm
