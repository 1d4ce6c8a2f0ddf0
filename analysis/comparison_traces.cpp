// Two determinations compared by their traces. See comparison.h.

#include "analysis/comparison.h"

#include "analysis/witness.h"
#include "vm/outcomes.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric::analysis {
namespace {

using Statuses = std::map<std::string, std::pair<vm::Status, std::string>>;   // criterion (and its item): status, why

// What of a line's determination is compared, from most to least.
struct Determination {
  vm::Outcome outcome = vm::Outcome::gap;
  std::vector<std::string> contents;           // what is granted
  Statuses statuses;
  std::vector<std::string> reasoning;
};

void add_statuses(const std::vector<vm::CriterionTrace>& list, const std::string& item, Determination& out) {
  for (const vm::CriterionTrace& c : list) {
    const std::string name = c.name + (c.item.empty() ? item.empty() ? "" : " on " + item : " on " + c.item);
    out.statuses.try_emplace(name, c.status, c.sentence);
    if (c.status == vm::Status::undetermined) out.reasoning.push_back(name + " " + c.cause);
    // Not what was compared: a threshold that moved past no value has changed nothing.
    std::string results = name;
    for (const vm::ObservedValue& v : c.values) results += " " + v.result;
    out.reasoning.push_back(std::move(results));
    add_statuses(c.criteria, item, out);
  }
}

void add_rules(const std::vector<vm::RuleTrace>& rules, const std::string& item, Determination& out) {
  for (const vm::RuleTrace& r : rules) {
    if (r.state == vm::RuleState::does_not_fire) continue;
    std::string words = fmt::format("{} {} {} {}", item, r.name, r.outcome, json_name(r.state));
    for (const std::string& by : r.defeated_by) words += " by " + by;
    out.reasoning.push_back(std::move(words));
  }
}

Determination determination(const vm::LineTrace& t) {
  Determination out;
  out.outcome = t.outcome;
  out.contents = granted(t);
  add_statuses(t.criteria, "", out);
  add_rules(t.rules, "", out);
  for (const vm::ItemTrace& i : t.items) {
    add_statuses(i.criteria, i.item, out);
    add_rules(i.rules, i.item, out);
  }
  const auto all = [&](const std::vector<std::string>& list) { out.reasoning.insert(out.reasoning.end(), list.begin(), list.end()); };
  all(t.decided_by);
  all(t.defeated);
  out.reasoning.push_back(t.recommendation);
  for (const vm::MissingFact& m : t.missing) {
    out.reasoning.push_back("missing " + m.fact);
    all(m.could_lead_to);
  }
  for (const vm::Outcome o : t.possible) out.reasoning.emplace_back(vm::outcome_row(o).json);
  // The order in which clauses stand is no reason.
  std::sort(out.reasoning.begin(), out.reasoning.end());
  return out;
}

Difference difference(const Determination& a, const Determination& b) {
  if (a.outcome != b.outcome || a.contents != b.contents) return Difference::outcome;
  bool same_criteria = a.statuses.size() == b.statuses.size();
  for (const auto& [name, was] : a.statuses) {
    const auto now = b.statuses.find(name);
    if (now == b.statuses.end()) same_criteria = false;
    else if (now->second.first != was.first) return Difference::status;
  }
  return same_criteria && a.reasoning == b.reasoning ? Difference::unchanged : Difference::reasoning;
}

}  // namespace

std::string_view json_name(Difference d) {
  switch (d) {
    case Difference::unchanged: return "unchanged";
    case Difference::reasoning: return "reasoningOnly";
    case Difference::status: return "statusChanged";
    case Difference::outcome: return "outcomeChanged";
  }
  return "";
}

LineFinding compared(const vm::LineTrace& before, const vm::LineTrace& after) {
  return {0, 0, after.sequence, difference(determination(before), determination(after)), before.outcome, after.outcome, true, false};
}

std::vector<RuleChange> rule_changes(const vm::LineTrace& before, const vm::LineTrace& after) {
  using Change = std::pair<std::optional<vm::RuleState>, std::optional<vm::RuleState>>;
  std::map<std::string, Change> states;
  const auto add = [&](const vm::LineTrace& line, std::optional<vm::RuleState> Change::* side) {
    const auto each = [&](const std::vector<vm::RuleTrace>& rules, const std::string& on) {
      for (const vm::RuleTrace& r : rules) {
        // Of two layers' rules of one name the one that does more is meant.
        auto& state = states[r.name + on].*side;
        if (!state || *state == vm::RuleState::does_not_fire) state = r.state;
      }
    };
    each(line.rules, "");
    for (const vm::ItemTrace& item : line.items) each(item.rules, " on " + item.item);
  };
  add(before, &Change::first), add(after, &Change::second);
  std::vector<RuleChange> out;
  for (const auto& [name, change] : states) {
    const auto& [was, is] = change;
    const bool nothing = was.value_or(vm::RuleState::does_not_fire) == vm::RuleState::does_not_fire &&
                         is.value_or(vm::RuleState::does_not_fire) == vm::RuleState::does_not_fire;
    if (was != is && !nothing) out.push_back({name, was, is});
  }
  return out;
}

std::vector<StatusChange> statuses(const vm::LineTrace& before, const vm::LineTrace& after) {
  std::vector<StatusChange> out;
  const Determination a = determination(before), b = determination(after);
  for (const auto& [name, status] : a.statuses) {
    const auto other = b.statuses.find(name);
    if (other == b.statuses.end() || other->second.first == status.first) continue;
    out.push_back({name, status.first, other->second.first, status.second, other->second.second});
  }
  return out;
}

}  // namespace rubric::analysis
