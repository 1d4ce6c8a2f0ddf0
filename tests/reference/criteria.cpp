// Criteria, groups and rules: semantics.md, sections 3 and 4. See evaluator.h.
//
// A criterion is the set of statuses that it may still have. Groups and tests map sets to sets, member by member; one
// status left is the answer, several are undetermined.
#include "tests/reference/evaluator.h"

#include "base/must.h"

#include <algorithm>
#include <bit>
#include <set>

namespace rubric::reference {

using ir::Test;
using vm::CriterionKind;

namespace {

constexpr Statuses either_way = met | not_met;

// What cannot be computed stays said only while it leaves something open.
Statuses settled(Statuses s) { return std::popcount<Statuses>(s & ~not_computable) > 1 ? s : s & ~not_computable; }

}  // namespace

std::string status_name(Statuses s) {
  if (s == met) return "met";
  if (s == not_met) return "notMet";
  return s == not_applicable ? "notApplicable" : "undetermined";
}

namespace {

Statuses of(Truth t) {
  switch (t) {
    case Truth::yes: return met;
    case Truth::no: return not_met;
    case Truth::unknown: return either_way;
    case Truth::none:
    case Truth::fault: return either_way | not_computable;
  }
  return either_way;
}

Statuses negated(Statuses s) {
  Statuses kept = s & (not_applicable | not_computable);
  if (s & met) kept |= not_met;
  if (s & not_met) kept |= met;
  return kept;
}

// Outside of the truth's reach a clause does not apply.
Statuses where_applicable(Truth applies, Statuses body) {
  switch (applies) {
    case Truth::yes: return body;
    case Truth::no: return not_applicable;
    case Truth::unknown: return body | not_applicable;
    case Truth::none:
    case Truth::fault: return settled(body | not_applicable | not_computable);
  }
  return body;
}

// What is known of a group after some of its members.
struct Tally {
  uint32_t met = 0, not_met = 0;
  auto operator<=>(const Tally&) const = default;
};

Statuses result(ir::Group group, uint32_t at_least, const Tally& t) {
  if (t.met + t.not_met == 0) return not_applicable;
  switch (group) {
    case ir::Group::all: return t.not_met ? not_met : met;
    case ir::Group::any: return t.met ? met : not_met;
    case ir::Group::none: return t.met ? not_met : met;
    case ir::Group::at_least: return t.met >= at_least ? met : not_met;
  }
  return either_way;
}

}  // namespace

// Members may be any of their statuses, independently; one that stands for unrecorded rows may be there several times.
Statuses Evaluator::grouped(ir::Group group, uint32_t at_least, const std::vector<std::pair<Statuses, bool>>& members) {
  std::set<Tally> tallies{Tally{}};
  for (const auto& [statuses, repeats] : members) {
    for (int copies = repeats ? 2 : 1; copies > 0; --copies) {
      std::set<Tally> next = repeats ? tallies : std::set<Tally>{};
      for (const Tally& t : tallies) {
        for (const Statuses s : {met, not_met, not_applicable}) {
          if (!(statuses & s)) continue;
          Tally more = t;
          more.met += s == met;
          more.not_met += s == not_met;
          next.insert(more);
        }
      }
      tallies = std::move(next);
    }
  }
  Statuses all = 0;
  for (const auto& [statuses, repeats] : members) all |= statuses & not_computable;
  for (const Tally& t : tallies) all |= result(group, at_least, t);
  return settled(all);
}

// Where a criterion stands: the line, and its item's row, which may be one that lines share.
std::string Evaluator::place(const ir::Criterion& c) const {
  // A list in its long form has its rows under "items"; they are the same rows.
  std::string pointer = row(policy_.blocks[c.block].line).pointer;
  if (c.per_item) pointer += " " + row(c.item).pointer;
  for (size_t at; (at = pointer.find("/items/")) != std::string::npos;) pointer.erase(at, 6);
  return pointer;
}

const Json* Evaluator::assertion(Id id) {
  const ir::Criterion& c = policy_.criteria[id];
  if (!record_.json().contains("assertions")) return nullptr;
  const Row& line = row(policy_.blocks[c.block].line);
  const Json* found = nullptr;
  for (const Json& a : record_.json()["assertions"]) {
    if (a["criterion"] != c.path) continue;
    if (a.contains("line") && (!line.object || !line.object->contains("sequence") || (*line.object)["sequence"] != a["line"])) continue;
    if (a.contains("item") && (!c.per_item || row(c.item).position != a["item"].get<uint32_t>())) continue;
    if (!found) found = &a;  // the first that speaks of this one counts
  }
  return found;
}

// A reviewer's own word on a criterion that asks for it.
Truth Evaluator::judgment(Id id) {
  if (const Json* said = assertion(id)) {
    const std::string status = (*said)["status"];
    if (status == "met") return Truth::yes;
    if (status == "notMet") return Truth::no;
    if (status == "notApplicable") return Truth::none;
  }
  const ir::Criterion& c = policy_.criteria[id];
  OpenFact& fact = record_.open["judgment:" + c.path];
  fact.kind = OpenFact::Kind::judgment;
  fact.criterion = c.path;
  const Row& line = row(policy_.blocks[c.block].line);
  const uint32_t sequence = line.object && line.object->contains("sequence") ? (*line.object)["sequence"].get<uint32_t>() : line.position;
  fact.on.emplace(sequence, c.per_item ? row(c.item).position : 0);
  return Truth::unknown;
}

Statuses Evaluator::body(Id id) {
  const ir::Criterion& c = policy_.criteria[id];
  switch (c.kind) {
    case CriterionKind::leaf: return of(truth(*c.condition));
    case CriterionKind::judged: return of(judgment(id));
    case CriterionKind::limit: return of(within_limit(c));
    case CriterionKind::choice: {
      const Statuses amended = criterion(c.members[0]), defeated = criterion(c.members[1]);
      const Truth gate = truth(*c.gate);
      return gate == Truth::yes ? amended : gate == Truth::unknown || gate == Truth::fault ? amended | defeated : defeated;
    }
    case CriterionKind::all:
    case CriterionKind::any:
    case CriterionKind::none:
    case CriterionKind::at_least: break;
  }
  std::vector<std::pair<Statuses, bool>> members;
  for (const Id m : c.members) {
    ir::Expr read;
    read.kind = ir::ExprKind::status;
    read.criterion = m;
    read.items = policy_.criteria[m].per_item && !(c.per_item && c.item == policy_.criteria[m].item) ? ir::Items::every : ir::Items::same;
    members.emplace_back(logic(read), false);
  }
  const ir::Group group = c.kind == CriterionKind::all    ? ir::Group::all
                          : c.kind == CriterionKind::any  ? ir::Group::any
                          : c.kind == CriterionKind::none ? ir::Group::none
                                                          : ir::Group::at_least;
  return grouped(group, c.at_least, members);
}

// The record's own status, before a person's word.
Statuses Evaluator::computed(Id id) {
  const ir::Criterion& c = policy_.criteria[id];
  Statuses s = body(id);
  if (c.applies) s = where_applicable(truth(*c.applies), s);
  for (const Id r : c.exceptions) s = where_applicable(opposite(stands(r)), s);
  return s;
}

Statuses Evaluator::criterion(Id id) {
  const ir::Criterion& c = policy_.criteria[id];
  const std::pair key{id, place(c)};
  if (const auto known = done_.find(key); known != done_.end()) return known->second;
  Statuses s = computed(id);
  if (const Json* said = assertion(id)) {
    const std::string status = (*said)["status"];
    s = status == "met" ? met : status == "notMet" ? not_met : status == "notApplicable" ? not_applicable : s;
  }
  return done_[key] = s;
}

// The items that a criterion runs over, each with whether it is one to look at.
std::vector<std::pair<Row, Truth>> Evaluator::items_of(const ir::Criterion& c) {
  const ir::Variable& v = policy_.variables[c.item];
  std::vector<std::pair<Row, Truth>> out;
  for (const Row& r : record_.rows(row(v.owner), v.list)) {
    rows_[c.item] = r;
    Truth in = r.phantom ? Truth::unknown : Truth::yes;
    if (c.item_where) in = both(in, kept(truth(*c.item_where)));
    if (in != Truth::no) out.emplace_back(r, in);
  }
  rows_.erase(c.item);
  return out;
}

// What a condition says of one criterion where it stands.
Statuses Evaluator::tested(const ir::Expr& e) {
  const Statuses s = criterion(e.criterion);
  const auto as_it_stands = [&](bool now) {
    const std::tuple key{e.criterion, e.test, place(policy_.criteria[e.criterion])};
    // Of a row that only the completion has nothing is held.
    if (options_.held) {
      if (const auto held = options_.held->find(key); held != options_.held->end()) now = held->second;
    }
    tests_[key] = now;
    return now ? met : not_met;
  };
  switch (e.test) {
    case Test::met: return s;
    case Test::not_met: return negated(s);
    case Test::shown: return as_it_stands(s == met);
    case Test::not_shown: return as_it_stands(s != met && s != not_applicable);
    case Test::undetermined: return as_it_stands(std::popcount(s) > 1);
    case Test::applicable:
    case Test::not_applicable: {
      const Statuses applies = settled((s & not_computable) | (s & not_applicable ? not_met : 0) | (s & either_way ? met : 0));
      return e.test == Test::applicable ? applies : negated(applies);
    }
  }
  return s;
}

// A condition over criteria. Truths among its members are always applicable.
Statuses Evaluator::logic(const ir::Expr& e) {
  if (e.kind == ir::ExprKind::group) {
    std::vector<std::pair<Statuses, bool>> members;
    for (const ir::Expr& a : e.args) members.emplace_back(logic(a), false);
    return grouped(e.group, e.at_least, members);
  }
  if (e.kind != ir::ExprKind::status) return of(truth(e));
  const ir::Criterion& c = policy_.criteria[e.criterion];
  if (e.items == ir::Items::same) return tested(e);
  std::vector<std::pair<Statuses, bool>> members;
  const auto bound = rows_.find(c.item);
  const std::optional<Row> outer = bound == rows_.end() ? std::nullopt : std::optional(bound->second);
  for (const auto& [item, in] : items_of(c)) {
    rows_[c.item] = item;
    members.emplace_back(where_applicable(in, tested(e)), item.phantom);
  }
  rows_.erase(c.item);
  if (outer) rows_[c.item] = *outer;
  return grouped(e.items == ir::Items::every ? ir::Group::all : ir::Group::any, 0, members);
}

Truth Evaluator::fires(Id id) {
  const ir::Rule& rule = policy_.rules[id];
  const Statuses s = logic(rule.when);
  Truth t = s == met ? Truth::yes : !(s & met) ? Truth::no : s & not_computable ? Truth::fault : Truth::unknown;
  if (rule.gate) t = both(truth(*rule.gate), t);
  return t;
}

Truth Evaluator::stands(Id id) {
  Truth t = fires(id);
  for (const Id x : policy_.rules[id].exceptions) t = both(t, opposite(stands(x)));
  return t;
}

}  // namespace rubric::reference
