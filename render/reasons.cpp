// See reasons.h.

#include "render/reasons.h"

#include "render/words.h"
#include "vm/outcomes.h"

#include <algorithm>

namespace rubric {

using vm::CriterionTrace, vm::ItemTrace, vm::LineTrace, vm::OutcomeClass, vm::RuleState, vm::RuleTrace, vm::Status;

Reasons::Reasons(const vm::Trace& trace) {
  for (const LineTrace& line : trace.lines) {
    decide(line, line.outcome, line.decided_by, line.rules, "");
    for (const ItemTrace& each : line.items) {
      // An item's own rules count where its outcome is the line's.
      if (each.outcome == line.outcome || line.items.size() == 1) decide(line, each.outcome, each.decided_by, each.rules, each.item);
    }
  }
}

std::vector<const CriterionTrace*> Reasons::of(const LineTrace& line) const {
  std::vector<const CriterionTrace*> out;
  const auto add = [&](const std::vector<RuleTrace>& list, const std::string& item) {
    for (const RuleTrace& rule : list) {
      if (!decides(rule)) continue;
      for (const CriterionTrace* each : read_by(rule, line, item)) {
        if (decides(*each) && std::find(out.begin(), out.end(), each) == out.end()) out.push_back(each);
      }
    }
  };
  add(line.rules, "");
  for (const ItemTrace& each : line.items) add(each.rules, each.item);
  return out;
}

std::vector<const CriterionTrace*> Reasons::read_by(const RuleTrace& rule, const LineTrace& line, const std::string& item) {
  std::vector<const CriterionTrace*> out;
  const auto find = [&](const auto& self, const std::vector<CriterionTrace>& list) -> void {
    for (const CriterionTrace& each : list) {
      const bool here = each.item.empty() || item.empty() || each.item == item;
      if (here && !each.defeated && std::find(rule.reads.begin(), rule.reads.end(), each.name) != rule.reads.end()) out.push_back(&each);
      else self(self, each.criteria);
    }
  };
  find(find, line.criteria);
  return out;
}

void Reasons::decide(const LineTrace& line, vm::Outcome outcome, const std::vector<std::string>& decided_by,
                     const std::vector<RuleTrace>& rules, const std::string& item) {
  const bool open = vm::is_only(decided_by, vm::when_undetermined) || outcome == vm::Outcome::pend;
  const bool denied = vm::outcome_row(outcome).outcome_class == OutcomeClass::deny;
  for (const RuleTrace& rule : rules) {
    const bool named = std::find(decided_by.begin(), decided_by.end(), rule.name) != decided_by.end();
    if (!named && !(open && rule.state == RuleState::open)) continue;
    deciding.insert(&rule);
    const std::vector<const CriterionTrace*> read = read_by(rule, line, item);
    // What speaks for the outcome: where that is nothing, the rule rests on all that it reads.
    const Status wanted = rule.state == RuleState::open ? Status::undetermined : denied ? Status::not_met : Status::met;
    const bool any = std::any_of(read.begin(), read.end(), [&](const CriterionTrace* c) { return c->status == wanted; });
    for (const CriterionTrace* each : read) {
      if (!any || each->status == wanted) decide(*each);
    }
  }
}

void Reasons::decide(const CriterionTrace& c) {
  deciding.insert(&c);
  for (const CriterionTrace& each : c.criteria) {
    if (!each.defeated && each.status != Status::not_applicable && bears_on(each, c) &&
        (c.status != Status::undetermined || each.status == Status::undetermined || c.kind == "amended"))
      decide(each);
  }
}

}  // namespace rubric
