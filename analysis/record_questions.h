// A program and the record it is run on as a solver has them, and questions about both: whether some record shows something,
// on some row of some line that a block decides.
//
// What cannot be followed is the asker's to look at: `encoded.unreached()` is not empty then, and no answer means anything.
#pragma once

#include "analysis/proof_program.h"
#include "analysis/proof_record.h"
#include "analysis/proof_terms.h"
#include "analysis/rows_enough.h"

#include <functional>
#include <string>
#include <vector>

namespace rubric::analysis {

// What a question may cost. Steps are the solver's own: the same question has the same answer on any machine.
struct ProofEffort {
  enum class In : uint8_t { milliseconds, steps } in = In::milliseconds;
  uint32_t most = 20'000;
};
void bound_effort(z3::solver&, ProofEffort);

class RecordQuestions {
 public:
  // `criteria`: those that no outcome rests on are encoded as well.
  RecordQuestions(const vm::VerifiedProgram&, const ProofSize&, ProofEffort, bool criteria);

  // A block decides the line, and its version is in force.
  z3::expr decides(const vm::Block&, size_t line);
  z3::expr decides(const vm::Block&);
  // On a row of a domain: of a line that a block decides, or in force or not is in the scope of; of an item that it decides.
  enum class Where : uint8_t { decided, in_scope };
  z3::expr somewhere(const vm::Block*, vm::Id domain, const std::function<z3::expr(size_t row)>& what, Where = Where::decided);

  // sat, and then a model if one is wanted, of ordinary values where that can be; unsat; or unknown: it cost too much.
  z3::check_result ask(const z3::expr& what, z3::model* = nullptr);

  // What a proof of these registers on a row of a domain, of a line that a block decides, takes of lists. `near`: of two numbers
  // whether they are the same or next to each other.
  RowsEnough enough(const vm::Block*, vm::Id domain, std::vector<vm::Id> registers, bool near = false) const;
  // " in requests of up to 2 lines", of what rests on whether other lines are approved.
  std::string of_lines(const RowsEnough&) const;

  Terms t;
  const ProofSize size;
  ProofRecord record;
  ProofProgram encoded;

 private:
  const vm::VerifiedProgram program_;
  z3::solver solver_;
  size_t defined_ = 0;
};

}  // namespace rubric::analysis
