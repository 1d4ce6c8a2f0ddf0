#include "analysis/coverage.h"

#include "analysis/impossible_states.h"

#include "vm/outcomes.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric::analysis {
namespace {

// A program numbers its own files and has their texts.
std::string place_of(const vm::Program& p, Span span) {
  if (span.file >= p.files.size()) return "";
  std::string_view before = p.file_texts.size() == p.files.size() ? std::string_view(p.file_texts[span.file]) : "";
  before = before.substr(0, span.begin);
  return fmt::format("{}:{}", p.files[span.file], 1 + std::count(before.begin(), before.end(), '\n'));
}

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
    if (added) clauses_.push_back({s, place_of(p, s.span), std::vector<uint64_t>(s.states.size()), {}, 0, 0, "", "", 0, {}});
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
    } else if (seen.distance < 0 ? clause.lower == 0 || seen.distance > clause.lower
                                 : clause.higher == 0 || seen.distance < clause.higher) {
      (seen.distance < 0 ? clause.lower : clause.higher) = seen.distance;
      (seen.distance < 0 ? clause.lower_words : clause.higher_words) = points.distance_words(seen.subject, seen.distance);
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

void Coverage::prove(const vm::VerifiedProgram& policy) {
  points_of(policy);
  std::vector<std::pair<const Points*, std::unique_ptr<ImpossibleStates>>> provers;
  for (const auto& [digest, of] : points_) provers.emplace_back(of.second.get(), std::make_unique<ImpossibleStates>(of.first, *of.second));
  // Of the policy with each choice of overlays that was tested: what one of them can show can be shown.
  const auto proof_of = [&](const Subject& clause, uint32_t state) {
    StateProof out;
    for (const auto& [points, prover] : provers) {
      for (uint32_t s = 0; s < points->subjects().size(); ++s) {
        const Subject& each = points->subjects()[s];
        if (each.kind != clause.kind || each.name != clause.name) continue;
        out = each.states == clause.states ? prover->ask(s, state) : StateProof{};
        if (out.answer != StateProof::Answer::impossible) return out;
      }
    }
    return out;
  };
  size_t given_up = 0;
  for (Clause& clause : clauses_) {
    const bool condition = clause.subject.kind == Subject::Kind::condition;
    const auto pairs = condition ? deciding_pairs(clause.truths, clause.subject.states.size()) : std::vector<std::pair<Truths, Truths>>();
    for (uint32_t k = 0; k < clause.subject.states.size(); ++k) {
      if (!clause.subject.impossible[k].empty() || (condition ? !pairs[k].first.empty() : clause.seen[k] > 0)) continue;
      if (given_up == most_given_up) return;
      const StateProof proof = proof_of(clause.subject, k);
      clause.subject.impossible[k] = proof.why;
      if (proof.answer == StateProof::Answer::gave_up) clause.gave_up.insert(k), ++given_up;
    }
  }
}

// As far as one can say.
std::string Coverage::why_unseen(const Clause& c, size_t state) {
  if (c.times == 0) return "no case looks at it";
  switch (c.subject.kind) {
    case Subject::Kind::condition: return "no two cases differ in it alone and in the result";
    case Subject::Kind::threshold: {
      const auto nearest = [](const std::string& words, std::string_view side) {
        return words.empty() ? fmt::format("the nearest is farther {}", side) : fmt::format("the nearest is {} {}", words, side);
      };
      const bool lower = c.lower != 0 && state < 2, higher = c.higher != 0 && state > 0;
      const bool near = state == 1 && (c.seen[0] > 0 || c.seen[2] > 0);
      if (near) return "the nearest is one step away";
      if (lower && higher) return nearest(c.lower_words, "below") + ", and " + nearest(c.higher_words, "above").substr(15);
      if (lower) return nearest(c.lower_words, "below");
      if (higher) return nearest(c.higher_words, "above");
      return state == 0 ? "nothing is below" : state == 2 ? "nothing is above" : "nothing is near";
    }
    case Subject::Kind::criterion:
    case Subject::Kind::rule:
    case Subject::Kind::exception:
    case Subject::Kind::outcome:
    case Subject::Kind::codes: return fmt::format("seen {} times, never so", c.times);
  }
  return "";
}

std::vector<Covered> Coverage::clauses() const {
  std::vector<Covered> out;
  for (const Clause& c : clauses_) {
    Covered covered{c.subject.kind, c.subject.name, c.place, {}};
    const bool condition = c.subject.kind == Subject::Kind::condition;
    const auto pairs = condition ? deciding_pairs(c.truths, c.subject.states.size()) : std::vector<std::pair<Truths, Truths>>();
    for (size_t k = 0; k < c.subject.states.size(); ++k) {
      CoveredState s{c.subject.states[k], condition ? !pairs[k].first.empty() : c.seen[k], c.subject.impossible[k], "", {}};
      if (condition) s.pair = pairs[k];
      if (s.seen == 0 && s.impossible.empty()) {
        s.why = why_unseen(c, k);
        if (c.gave_up.contains(k)) s.why += "; whether it can be, the solver did not settle";
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
