#include "analysis/coverage.h"

#include "vm/opcodes.h"
#include "vm/outcomes.h"

#include <algorithm>

namespace rubric::analysis {
namespace {

using vm::Id;
using vm::none_id;

// Whether a register holds a constant: it is one, or one moved to other rows.
bool is_constant(const vm::Program& p, Id reg) {
  for (const vm::Inst& i : p.code) {
    if (i.dst != reg || i.op == vm::Op::repeat || i.op == vm::Op::scan) continue;
    return i.op == vm::Op::konst || (i.op == vm::Op::up && is_constant(p, p.operands[i.args]));
  }
  return false;
}

// Parts of a criterion that its trace shows as criteria of their own, but for the two versions of an amended one: which of
// them is shown hangs on the layer.
bool is_shown(const vm::Program& p, const vm::Criterion& c) {
  for (Id up = c.parent; up != none_id; up = p.criteria[up].parent) {
    if (p.criteria[up].kind == vm::CriterionKind::choice) return false;
  }
  return true;
}

}  // namespace

Coverage::Coverage(const vm::Program& p) {
  const auto name = [&](Id text) { return text == none_id ? std::string() : p.texts[text]; };
  for (const vm::Block& block : p.blocks) {
    for (const Id id : block.criteria) {
      const vm::Criterion& c = p.criteria[id];
      if (!is_shown(p, c)) continue;
      std::vector<std::string_view> states = {json_name(vm::Status::met), json_name(vm::Status::not_met),
                                              json_name(vm::Status::undetermined)};
      if (!is_constant(p, c.computed_applicable)) states.push_back(json_name(vm::Status::not_applicable));
      expect("criterion", name(c.name), states);
    }
  }
  std::vector<bool> named(std::size(vm::outcome_rows), false);
  for (const vm::Rule& r : p.rules) {
    std::vector<std::string_view> states = {json_name(vm::RuleState::stands), json_name(vm::RuleState::does_not_fire),
                                            json_name(vm::RuleState::open)};
    if (!r.exceptions.empty()) states.push_back(json_name(vm::RuleState::defeated));
    expect(r.is_exception ? "exception" : "rule", name(r.name), states);
    if (r.outcome == vm::no_outcome) continue;
    const bool conditional = static_cast<vm::Outcome>(r.outcome) == vm::Outcome::approve && !r.subject_to.empty();
    named[conditional ? static_cast<size_t>(vm::Outcome::approve_with_conditions) : r.outcome] = true;
  }
  for (size_t o = 0; o < named.size(); ++o) {
    if (named[o]) expect("outcome", std::string(vm::outcome_rows[o].json), {"seen"});
  }
}

void Coverage::expect(std::string kind, std::string name, std::vector<std::string_view> states) {
  const auto [at, added] = at_.try_emplace({kind, name}, clauses_.size());
  if (!added) return;
  Covered clause{std::move(kind), std::move(name), {}};
  for (const std::string_view state : states) clause.states.emplace_back(state, 0);
  clauses_.push_back(std::move(clause));
}

void Coverage::count(std::string_view kind, const std::string& name, std::string_view state) {
  const auto at = at_.find({std::string(kind), name});
  if (at == at_.end()) return;
  for (auto& [each, times] : clauses_[at->second].states) times += each == state;
}

void Coverage::count(const std::vector<vm::CriterionTrace>& list) {
  for (const vm::CriterionTrace& c : list) {
    count("criterion", c.name, json_name(c.status));
    count(c.criteria);
  }
}

void Coverage::count(const std::vector<vm::RuleTrace>& list) {
  for (const vm::RuleTrace& r : list) {
    for (const std::string_view kind : {"rule", "exception"}) count(kind, r.name, json_name(r.state));
  }
}

void Coverage::add(const vm::Trace& trace) {
  for (const vm::LineTrace& line : trace.lines) {
    count("outcome", std::string(vm::outcome_row(line.outcome).json), "seen");
    count(line.criteria);
    count(line.rules);
    for (const vm::ItemTrace& item : line.items) {
      count("outcome", std::string(vm::outcome_row(item.outcome).json), "seen");
      count(item.criteria);
      count(item.rules);
    }
  }
}

uint64_t Coverage::seen() const {
  uint64_t out = 0;
  for (const Covered& c : clauses_)
    out += static_cast<uint64_t>(std::count_if(c.states.begin(), c.states.end(), [](const auto& s) { return s.second > 0; }));
  return out;
}

uint64_t Coverage::wanted() const {
  uint64_t out = 0;
  for (const Covered& c : clauses_) out += c.states.size();
  return out;
}

}  // namespace rubric::analysis
