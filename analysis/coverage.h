// What a policy's tests have seen of it, in its own terms: points.h says what there is to see.
//
// Exceptions are rules and are counted among them; a clause that no test decides is counted as never seen. What cannot be
// seen, whatever the record, by structure or by proof, is listed and not wanted. Members of compound conditions are a figure of their own.
#pragma once

#include "analysis/points.h"
#include "vm/trace.h"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rubric::analysis {

struct CoveredState {
  std::string name;                       // json name; of a condition: its member
  uint64_t seen = 0;                      // how often; of a member: 1 once two cases show that it decides
  std::string impossible;                 // why it cannot be seen; empty: it can
  std::string why;                        // why it was not seen, as far as one can say
  std::pair<Truths, Truths> pair;         // of a member: the cases' truths
};

// One clause or condition, and how often it was seen in each of its states.
struct Covered {
  Subject::Kind kind;
  std::string name;
  std::string place;   // "policy.rubric:12"; empty: it has none of its own
  std::vector<CoveredState> states;
};

class Coverage {
 public:
  explicit Coverage(const vm::Program&);
  ~Coverage();
  Coverage(Coverage&&) noexcept;

  // A case of this policy, with whatever overlays.
  void add(const vm::Decisions&, const vm::Trace&);

  // Asks a solver of each state that was not seen whether a record can show it at all (impossible_states.h).
  void prove(const vm::VerifiedProgram& policy);

  // States that may stay unseen for a reason, by name ("criterion Spacing undetermined"): they are listed and not wanted.
  // Those come back that no state is called, or that were seen.
  std::vector<std::string> accept(const std::map<std::string, std::string>& reasons);

  std::vector<Covered> clauses() const;

  struct Figure {
    uint64_t seen = 0, wanted = 0;
    double percent() const { return wanted == 0 ? 100 : 100.0 * static_cast<double>(seen) / static_cast<double>(wanted); }
  };
  Figure states() const;       // all but conditions
  Figure conditions() const;   // MC/DC, in three values

 private:
  struct Clause {
    Subject subject;
    std::string place;
    std::vector<uint64_t> seen;
    std::set<Truths> truths;
    // Of a threshold: how far the nearest values are that are neither just below nor just above it, 0 where there is none.
    int64_t lower = 0, higher = 0;
    std::string lower_words, higher_words;
    uint64_t times = 0;
    std::set<size_t> gave_up;   // states of which the solver did not say whether they can be
  };
  const Points& points_of(const vm::VerifiedProgram&);
  static std::string why_unseen(const Clause&, size_t state);

  std::vector<Clause> clauses_;
  std::map<std::pair<Subject::Kind, std::string>, size_t> at_;
  std::map<std::string, std::pair<vm::VerifiedProgram, std::unique_ptr<Points>>> points_;   // by digest
};

}  // namespace rubric::analysis
