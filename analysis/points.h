// What a policy's cases can show of it, point by point: a criterion with a status, a rule in a state, a threshold just
// below, at and just above, a set with a member and with another value, and of a compound condition the truths of its
// members together with its own.
//
// Points are found in a program and seen in the registers of its runs. Counting them is coverage.h's, making cases that
// show them generated.h's. A person's word on a criterion shows nothing of the criterion itself: what is seen is what was
// computed.
#pragma once

#include "analysis/thresholds.h"
#include "vm/machine.h"
#include "vm/trace.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace rubric::analysis {

// Something of which several states can be seen. `name`: the clause, or the author's words for the condition.
struct Subject {
  enum class Kind : uint8_t { criterion, rule, exception, outcome, threshold, codes, condition } kind;
  std::string name;
  Span span{no_file, 0, 0};
  std::vector<std::string> states;      // condition: its members
  std::vector<std::string> impossible;  // parallel to the states: why one cannot be, or nothing
};
std::string_view words(Subject::Kind);

// What was seen of a compound condition: a letter for each member and one for the whole (T, F, U undetermined, N no value,
// - not applicable).
using Truths = std::string;

// For each member two cases that differ in it, in no other member, and in the whole: three-valued MC/DC. Empty: none yet.
std::vector<std::pair<Truths, Truths>> deciding_pairs(const std::set<Truths>&, size_t members);

class Points {
 public:
  explicit Points(const vm::Program&);
  const std::vector<Subject>& subjects() const { return subjects_; }

  struct Seen {
    vm::Row case_row;
    uint32_t subject;
    uint32_t state;    // of a condition: nothing
    Truths truths;     // of a condition
    int64_t distance = 0;   // of a threshold that is neither near nor met: from it
  };
  // Everything that the rows of a run show. Outcomes are seen where the rules leave one; others are the caller's to settle.
  std::vector<Seen> seen(const vm::Decisions&) const;

  // What has to hold on one row of a domain, whose line the block decides, for a state to be seen; of a condition nothing.
  // Of a threshold how many steps the value should be from the limit.
  struct Way {
    vm::Id domain = vm::none_id, block = vm::none_id;
    std::vector<std::pair<vm::Id, vm::Truth>> truths;
    const Threshold* threshold = nullptr;
    int64_t steps = 0;
  };
  std::vector<Way> ways(uint32_t subject, uint32_t state) const;

  static constexpr uint32_t no_state = 0xffffffff;
  // States from here on are distances from a threshold, no points: those of up to so many steps.
  static constexpr uint32_t first_far = 100;
  static constexpr int64_t far = 8;
  uint32_t outcome_state(vm::Outcome) const;   // its subject, or no_state
  // How far a value is from a threshold: "3 days".
  std::string distance_words(uint32_t subject, int64_t from) const;

  // How a subject is seen.
  struct Reading {
    vm::Id a = vm::none_id, b = vm::none_id, result = vm::none_id;   // registers, by kind
    vm::Id domain = vm::none_id, block = vm::none_id;
    size_t threshold = 0;                                 // which of those
    std::vector<std::pair<vm::Id, vm::Id>> members;       // value, applicable or none_id
    vm::Id applicable = vm::none_id;
  };

  // Of a threshold that stands on the rows of several lists the first of them.
  const Reading& reading(uint32_t subject) const { return readings_[subject]; }
  const Threshold* threshold(uint32_t subject) const;   // of a threshold

  // The states of a subject, by kind.
  static constexpr uint32_t met = 0, not_met = 1, undetermined = 2, not_applicable = 3;
  static constexpr uint32_t stands = 0, does_not_fire = 1, open = 2, defeated = 3;
  static constexpr uint32_t below = 0, at = 1, above = 2;
  static constexpr uint32_t within = 0, outside = 1;

 private:
  void add(Subject, Reading);
  void find_criteria();
  void find_rules();
  void find_thresholds();
  void find_codes();
  void find_conditions();
  void find_outcomes();
  const vm::Inst* made_by(vm::Id reg) const { return made_[reg]; }
  vm::Id plain(vm::Id reg) const;        // behind moves
  std::string name(vm::Id text) const { return text == vm::none_id ? std::string() : p_.texts[text]; }
  std::vector<std::string> excluded(const std::vector<bool>& possible, std::string_view why) const;

  const vm::Program& p_;
  std::vector<const vm::Inst*> made_;
  std::vector<const vm::Site*> site_;    // of a register
  std::vector<uint8_t> truths_;          // that a register can have: bit T, F, U, N
  std::vector<Subject> subjects_;
  std::vector<Reading> readings_;
  std::vector<std::pair<uint32_t, Reading>> also_;   // of a subject: its other readings
  std::vector<Threshold> thresholds_;
  std::map<uint8_t, uint32_t> outcomes_;
};

}  // namespace rubric::analysis
