// Whether two programs decide every record alike, asked of a solver: a proof, a record that tells them apart, or why there
// is neither.
//
// *Alike* is what a determination comes to: the outcome, an approval's conditions with what they quote, a modification's
// contents, the items that qualify. Which rules and criteria lead there may differ.
//
// Two proofs speak of all records: of programs that are the same code, and of such whose rules do the same with whatever the
// conditions below them come to (rules_proof.h). Where neither is to be had, a record is looked for that tells them apart.
// What a proof speaks of that found none: every record that both versions can read, with all facts documented, all lists complete, dates
// within a century around today, and no person's word that overrules a criterion; with any number of rows where no more can matter
// (rows_enough.h), else with so many. Where with so few a rule cannot stand or a criterion cannot be met nothing is proved. A record that
// leaves facts open is decided by its completions, and so alike too, unless the versions do something else where facts
// matter: then nothing is proved. Rules that test what the record shows test the same in both versions, or nothing is.
//
// Of a line that waits for another line of the request is compared that it waits, not what it comes to.
//
// A case is only shown after the machine has decided it differently; one on which the machine agrees is never a difference,
// but the end of the proof.
#pragma once

#include "vm/trace.h"
#include "vm/verify.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace rubric::analysis {

struct ProofLimits {
  uint32_t rows = 2;  // in each list of which no number is enough, or time for a few alone
  uint32_t milliseconds = 20'000;  // for each question to the solver
};

struct Equivalent {
  enum class Proof : uint8_t {
    same_code,  // the two compile to the same code
    rules,  // their rules come to the same, whatever the conditions below them come to: see rules_proof.h
    unoverruled,  // the same, of records in which no person's word overrules a criterion
    records,  // on every such record within bounds: to the others none apply
  } by = Proof::records;
  bool any_number = false;       // of rows in a list: with more nothing else can happen
  uint32_t rows = 0, lines = 0;  // otherwise of those with so many rows in each list; and always in a request
  std::vector<std::pair<std::string, uint32_t>> longer;  // lists that had more room: "/priorProcedures", rows
  std::vector<std::string> functions;  // operators of which only was used that the same operands give the same
};
struct Different {
  std::string record;  // JSON
  vm::LineTrace before, after;  // of the line that differs
};
struct NotProved {
  std::string reason;
  bool timed_out = false;
};
using Equivalence = std::variant<Equivalent, Different, NotProved>;

// Another way to a record that tells two versions apart (difference_search.h), gone where no proof speaks of all records. Of one that
// is `decided` the solver is not asked; another one is shown where the solver has none.
struct TriedRecord {
  std::string json;
  bool decided = false;  // by both versions, without waiting for facts
};
using DifferenceSearch = std::function<std::optional<TriedRecord>()>;

// What has to come out alike.
enum class Alike : uint8_t {
  decisions,
  statuses,  // and the status of every criterion that both programs have, and, as far as the rules alone prove it, which rules
  // give the outcome: what tests of a policy can expect
};

// One program against many others. What is known of the first is encoded once for each size of records, and an answer that
// the two encodings share costs no question: where the edited clause has no way to the decision, none is asked.
//
// A prover of mutants is made with a short limit and used for all of them:
//
//   EquivalenceProver prover(policy, {.rows = 2, .milliseconds = 2'000}, Alike::statuses);
//   for each survivor:
//     Equivalence e = prover.compare(mutant);
//     Equivalent    the mutant is equivalent, within the bounds above
//     Different     `record` is a case that kills it; the machine has confirmed it
//     NotProved     neither; `timed_out` says whether more time could help
//
// Of statuses nothing follows for records that leave facts open: two criteria that agree wherever all is documented may be
// undetermined in different records.
class EquivalenceProver {
 public:
  explicit EquivalenceProver(vm::VerifiedProgram before, const ProofLimits& = {}, Alike = Alike::decisions);
  EquivalenceProver(EquivalenceProver&&) noexcept;
  ~EquivalenceProver();
  Equivalence compare(const vm::VerifiedProgram& after, const DifferenceSearch& = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Equivalence compare_programs(const vm::VerifiedProgram& before, const vm::VerifiedProgram& after, const ProofLimits& = {},
                             const DifferenceSearch& search = {});

}  // namespace rubric::analysis
