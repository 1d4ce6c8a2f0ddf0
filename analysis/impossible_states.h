// States of a policy's clauses that no record can show, by proof: what coverage then does not want.
//
// Two things are asked of a solver. Whether the clause's own logic allows the state, whatever the conditions below it come to
// (free_truths.h): a proof for every record. Of what is certain (met, not met, a rule that stands, a value at a threshold, a
// code in a set) also whether some record shows it that has all facts and no person's word against a criterion; what an open record
// shows for certain its completions show too. Not of rules that test the record. It has to be shown of any number of rows in a list
// (rows_enough.h); what only few rows cannot show stays wanted.
//
// Each question may cost the solver so much and no more, counted in its own steps: the same policy has the same answers on any
// machine.
#pragma once

#include "analysis/points.h"
#include "vm/verify.h"

#include <memory>
#include <string>

namespace rubric::analysis {

struct StateProof {
  enum class Answer : uint8_t {
    impossible,   // no record shows it
    unknown,      // some may
    gave_up,      // the solver did not settle it
  } answer = Answer::unknown;
  std::string why;   // impossible: what proves it
};

// Questions that may be left unsettled, each about a second, before no more are worth asking of a policy.
inline constexpr size_t most_given_up = 6;

class ImpossibleStates {
 public:
  ImpossibleStates(const vm::VerifiedProgram&, const Points&);   // both outlive this
  ~ImpossibleStates();
  // Of a subject of the points; what outcomes a line can have is not asked.
  StateProof ask(uint32_t subject, uint32_t state);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rubric::analysis
