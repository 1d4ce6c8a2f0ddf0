// headache.rubric by hand, as an engineer would write it in C++: one case after the other, over plain structures.
#pragma once

#include "bench/cases.h"

#include <array>
#include <span>

namespace rubric::bench {

enum Criterion : uint8_t {
  adult,
  diagnosed,
  not_excluded,
  pain_lasted,
  active_point,
  taut_band,
  drugs_tried,
  movement_first,
  none_since,
  year_limit,
  responds,
  lasted,
  imaged,
  safe,
  in_program,
  amount,
  lasted_applies,
  criterion_count,
};
inline constexpr std::string_view criterion_names[] = {
    "Adult",     "Diagnosed", "NotExcluded", "PainLasted", "ActivePoint", "TautBand", "DrugsTried", "MovementFirst",
    "NoneSince", "YearLimit", "Responds",    "Lasted",     "Imaged",      "Safe",     "InProgram",  "Amount"};

enum class Decision : uint8_t { approve, deny, review, gap, conflict, open };

struct LineResult {
  std::array<Kleene, criterion_count> criteria;
  Decision decision;
  bool operator==(const LineResult&) const = default;
};

LineResult evaluate(const Cases&, const Case&, const Line&);  // every criterion, and the decision
Decision decide(const Cases&, const Case&, const Line&);      // the decision alone, and no criterion that it does not need
// What the rules come to: one decision if it is the same however the open ones turn out.
Decision decided(Kleene approve, Kleene deny, Kleene review);
int32_t months_before(int32_t day, int months);
int32_t years_between(int32_t from, int32_t to);

}  // namespace rubric::bench
