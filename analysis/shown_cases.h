// What cases that a search has found show of a policy: that a rule fires or stands, that a criterion comes out either way,
// that it matters, that a member decides its group alone. What is shown needs no solver, which takes seconds where the
// machine takes microseconds; what is not shown may still be, and is to be asked of it. The search has neither clock nor
// chance: the same program shows the same.
#pragma once

#include "vm/machine.h"
#include "vm/trace.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rubric::analysis {

class ShownCases {
 public:
  explicit ShownCases(const vm::VerifiedProgram&);

  // Of a block's rules and criteria, by their names, on a line that it decides or on an item of one.
  bool fires(const std::string& block, const std::string& rule) const { return fired_.contains({block, rule}); }
  bool stands(const std::string& block, const std::string& rule) const { return stood_.contains({block, rule}); }
  bool comes_out(const std::string& block, const std::string& criterion, vm::Status) const;

  // Whether the group comes out by this member alone: in `all of` it is not met while the others are met or do not apply,
  // in any other group the other way round.
  bool decides_alone(const std::string& block, const std::vector<std::string>& members, const std::string& member, bool all) const;

  // Whether a person's word on the criterion, one way and the other, ends some line differently, with no other outcome possible.
  bool matters(const std::string& criterion) const;

 private:
  using Statuses = std::map<std::string, vm::Status>;   // by the criterion's name
  struct Place {                                        // a line, or an item of one
    std::string block;
    Statuses statuses;
    size_t record;
    bool settled;   // one outcome alone is possible
  };

  void add(const vm::LineTrace&, size_t record);

  const vm::VerifiedProgram& program_;
  std::vector<std::string> records_;
  std::vector<Place> places_;
  std::set<std::pair<std::string, std::string>> fired_, stood_;   // block, rule
};

}  // namespace rubric::analysis
