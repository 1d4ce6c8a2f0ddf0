#include "analysis/outcome_distance.h"

#include <algorithm>

namespace rubric::analysis {

namespace {

constexpr double nowhere = 1e9, no_row = 1e6;

}  // namespace

OutcomeDistance::OutcomeDistance(const vm::Program& p, const Points& points) : p_(p), points_(points), nearness_(p) {}

void OutcomeDistance::look_at(const vm::Decisions& d) {
  d_ = &d;
  nearness_.look_at(d);
}

double OutcomeDistance::from(vm::Outcome o, vm::Row line) {
  double out = nowhere;
  const uint32_t subject = points_.outcome_state(o);
  if (subject == Points::no_state) return out;
  for (const Points::Way& way : points_.ways(subject, 0)) out = std::min(out, along(way, line));
  return out;
}

double OutcomeDistance::along(const Points::Way& way, vm::Row line) {
  const vm::Block& block = p_.blocks[way.block];
  const auto all_of = [&](vm::Row r) {
    double sum = 0;
    for (const auto& [reg, truth] : way.truths) sum += nearness_.far(reg, r, truth);
    return sum;
  };
  double out = no_row;
  if (way.domain == p_.lines_domain) {
    out = all_of(line);
  } else {
    // The nearest of its items.
    const vm::DomainRows& rows = d_->rows_of(way.domain);
    for (vm::Row r = rows.first[line]; r < rows.first[line + 1]; ++r) {
      if (vm::bit(rows.phantom, r)) continue;
      const double in_scope = block.item_scope == vm::none_id ? 0 : nearness_.far(block.item_scope, r, vm::Truth::yes);
      out = std::min(out, all_of(r) + in_scope);
    }
  }
  return out + nearness_.far(block.scope, line, vm::Truth::yes) + nearness_.far(block.version_gate, line, vm::Truth::yes);
}

}  // namespace rubric::analysis
