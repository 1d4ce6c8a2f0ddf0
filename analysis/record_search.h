// Looking for records that show something new of a policy: small changes of what was found before, run in batches through
// the machine, kept where a point is seen that no earlier record has shown.
//
// What leads on is what a record shows on the way: a row that meets three of four conditions is new, and one change from
// the fourth. Without clock and chance: the same program and the same seeds find the same records.
#pragma once

#include "analysis/nearness.h"
#include "analysis/points.h"
#include "analysis/record_space.h"
#include "vm/machine.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rubric::analysis {

// One thing that a record can show: a state of a subject, or truths of a condition's members.
struct Feature {
  uint32_t subject, state;
  Truths truths;
  auto operator<=>(const Feature&) const = default;
};

class RecordSearch {
 public:
  RecordSearch(vm::VerifiedProgram, const std::vector<Json>& seeds);

  void look(size_t candidates);
  // Looks for one state alone, step by step from the records that come nearest to it, changing little but what it is computed
  // from. It begins with one in so many of what was found. How many were tried.
  size_t aim(uint32_t subject, uint32_t state, size_t candidates, size_t one_in = 1);

  struct Found {
    Json record;
    std::vector<uint32_t> features;
  };
  const std::vector<Found>& found() const { return found_; }
  const std::vector<Feature>& features() const { return features_; }
  const Points& points() const { return points_; }
  const vm::VerifiedProgram& program() const { return program_; }

  // What records show, sorted; nothing of one that is rejected. That a line is decided is one thing more, the first.
  static constexpr uint32_t decides_a_line = 0;
  std::vector<std::vector<uint32_t>> shown(const std::vector<Json>&);
  // From now on an outcome counts only where the whole determination comes to it: a line that several blocks decide may not.
  void settle_outcomes() { settles_ = true; }
  // The next candidates, made from what was found.
  std::vector<Json> candidates(size_t n);
  RecordSpace& space() { return space_; }
  void let_words_overrule() { space_.let_words_overrule(), nearness_.let_words_overrule(); }

 private:
  void keep(std::vector<Json>);
  void keep(std::vector<Json>&, std::vector<std::vector<uint32_t>> shown);
  RecordSpace::Part part_of(uint32_t subject, uint32_t state) const;
  bool reached(uint32_t subject, uint32_t state) const;
  bool several_decide(const vm::Decisions&, vm::Row case_row) const;   // one of its lines
  // How far each case of the last run is from a state.
  std::vector<double> distances(uint32_t subject, uint32_t state, size_t cases);

  vm::VerifiedProgram program_;
  Points points_;
  RecordSpace space_;
  Nearness nearness_;
  Dice dice_;
  std::vector<Found> found_;
  std::vector<Feature> features_;
  std::map<Feature, uint32_t> feature_of_;
  std::vector<bool> known_;            // features of what was found
  // Of a condition that nothing has met: the record that meets most of its members, and for each member one that meets it.
  struct Nearest {
    size_t members = 0, found = 0;
    bool met = false;
    Truths truths;
    std::map<size_t, size_t> meets;    // member: found
  };
  std::map<uint32_t, Nearest> nearest_;
  vm::Decisions used_;
  bool settles_ = false;
};

}  // namespace rubric::analysis
