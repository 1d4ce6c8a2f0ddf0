// Whether a policy's tests would notice mistakes: each mutant of its source is compiled and run over the tests' records.
//
// A mutant is *killed* by a test that fails on it. Of one that survives it is said what became of it: it compiles to the
// same decisions, it was proved to be equivalent, a case was found that tells it from the policy (and no test has it), it
// was accepted by name with a reason, or nothing of that. Only those that are equivalent are no finding; nothing is left
// out of the count in silence.
#pragma once

#include "analysis/equivalence.h"
#include "analysis/made_record.h"
#include "analysis/mutants.h"
#include "compiler/compile.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rubric::analysis {

enum class Fate : uint8_t { killed, same, proved, killable, accepted, undecided, does_not_compile };
std::string_view json_name(Fate);   // killed, sameProgram, provedEquivalent, killable, accepted, undecided, doesNotCompile

// A case that tells a mutant from the policy.
struct Killer {
  Json record;
  std::string base;                   // what it was made from, as a test names it; empty: from nothing
  std::vector<Change> changes;        // of that
  std::vector<std::string> expect;    // what the policy gives, in a test's words: the outcome, and where they differ
  std::vector<std::string> instead;   // what the mutant gives
};

struct MutantResult {
  Mutant mutant;
  Fate fate = Fate::undecided;
  std::string by;                 // the test that kills it; the reason why it is accepted; what proves it, or why nothing does
  std::optional<Killer> killer;   // killable
};

struct MutationReport {
  std::vector<MutantResult> mutants;
  std::vector<std::string> unused;     // accepted by name, and no mutant is called so, or a test kills it
  size_t count(Fate) const;
  size_t noticed() const { return count(Fate::killed); }
  // Those that a test should kill: not the ones that change nothing or are no program.
  size_t relevant() const;
  // Survivors that nobody accepted.
  size_t open() const { return count(Fate::killable) + count(Fate::undecided); }
};

struct MutationOptions {
  std::map<std::string, std::string> accepted;   // mutant's name: reason
  size_t candidates = 8'000;                   // records that are tried for the survivors
  ProofLimits proof{2, 2'000};                 // of those for which no case was found; no time: nothing is asked
  std::function<void(size_t done, size_t of)> progress;
};

// The policy's own tests must pass.
MutationReport run_mutants(const Compiled&, SourceSet&, const MutationOptions&);

}  // namespace rubric::analysis
