#include "analysis/coverage.h"

#include "vm/outcomes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace rubric::analysis {
namespace {

bool is_condition(const Covered& c) { return c.kind == Subject::Kind::condition; }

Coverage::Figure counted(const std::vector<Covered>& clauses, bool conditions) {
  Coverage::Figure out;
  for (const Covered& c : clauses) {
    if (is_condition(c) != conditions) continue;
    for (const CoveredState& s : c.states) {
      out.wanted += s.impossible.empty();
      out.seen += s.impossible.empty() && s.seen > 0;
    }
  }
  return out;
}

}  // namespace

Coverage::Coverage(const vm::Program& p) {
  const Points points(p);
  for (const Subject& s : points.subjects()) {
    const auto [at, added] = at_.try_emplace({s.kind, s.name}, clauses_.size());
    if (added) clauses_.push_back({s, std::vector<uint64_t>(s.states.size()), {}, 0, 0});
  }
}
Coverage::~Coverage() = default;
Coverage::Coverage(Coverage&&) noexcept = default;

const Points& Coverage::points_of(const vm::VerifiedProgram& program) {
  const auto at = points_.find(program->digest);
  if (at != points_.end()) return *at->second.second;
  return *points_.emplace(program->digest, std::pair(program, std::make_unique<Points>(*program))).first->second.second;
}

void Coverage::add(const vm::Decisions& d, const vm::Trace& trace) {
  if (trace.rejected) return;
  const Points& points = points_of(*d.program);
  for (const Points::Seen& seen : points.seen(d)) {
    const Subject& s = points.subjects()[seen.subject];
    const auto at = at_.find({s.kind, s.name});
    if (at == at_.end() || s.kind == Subject::Kind::outcome) continue;
    Clause& clause = clauses_[at->second];
    ++clause.times;
    if (!seen.truths.empty()) {
      if (s.states == clause.subject.states) clause.truths.insert(seen.truths);
    } else if (seen.state < clause.seen.size()) {
      ++clause.seen[seen.state];
    } else if (clause.nearest == 0 || std::abs(seen.distance) < std::abs(clause.nearest)) {
      clause.nearest = seen.distance;
    }
  }
  const auto outcome = [&](vm::Outcome o) {
    const auto at = at_.find({Subject::Kind::outcome, std::string(vm::outcome_row(o).json)});
    if (at != at_.end()) ++clauses_[at->second].seen[0], ++clauses_[at->second].times;
  };
  for (const vm::LineTrace& line : trace.lines) {
    outcome(line.outcome);
    for (const vm::ItemTrace& item : line.items) outcome(item.outcome);
  }
}

std::vector<std::string> Coverage::accept(const std::map<std::string, std::string>& reasons) {
  std::map<std::string, std::string> idle = reasons;
  for (const Covered& c : clauses()) {
    for (size_t k = 0; k < c.states.size(); ++k) {
      const auto at = idle.find(fmt::format("{} {} {}", words(c.kind), c.name, c.states[k].name));
      if (at == idle.end() || c.states[k].seen > 0) continue;
      std::string& why = clauses_[at_.at({c.kind, c.name})].subject.impossible[k];
      if (why.empty()) why = "accepted: " + at->second;
      idle.erase(at);
    }
  }
  std::vector<std::string> out;
  for (const auto& [name, reason] : idle) out.push_back(name);
  return out;
}

std::vector<Covered> Coverage::clauses() const {
  std::vector<Covered> out;
  for (const Clause& c : clauses_) {
    Covered covered{c.subject.kind, c.subject.name, c.subject.span, {}};
    const bool condition = c.subject.kind == Subject::Kind::condition;
    const auto pairs = condition ? deciding_pairs(c.truths, c.subject.states.size()) : std::vector<std::pair<Truths, Truths>>();
    for (size_t k = 0; k < c.subject.states.size(); ++k) {
      CoveredState s{c.subject.states[k], condition ? !pairs[k].first.empty() : c.seen[k], c.subject.impossible[k], "", {}};
      if (condition) s.pair = pairs[k];
      if (s.seen == 0 && s.impossible.empty()) {
        if (c.times == 0) s.why = "no case looks at it";
        else if (condition) s.why = "no two cases differ in it alone and in the result";
        else if (c.subject.kind == Subject::Kind::threshold && c.nearest != 0)
          s.why = c.nearest < 0 ? "the nearest is farther below, or on another side" : "the nearest is farther above, or on another side";
        else s.why = fmt::format("seen {} times, never so", c.times);
      }
      covered.states.push_back(std::move(s));
    }
    out.push_back(std::move(covered));
  }
  return out;
}

Coverage::Figure Coverage::states() const { return counted(clauses(), false); }
Coverage::Figure Coverage::conditions() const { return counted(clauses(), true); }

}  // namespace rubric::analysis
