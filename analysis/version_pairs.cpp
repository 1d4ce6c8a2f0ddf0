#include "analysis/version_pairs.h"

#include <algorithm>
#include <tuple>

namespace rubric::analysis {

using vm::Id;
using vm::none_id;

namespace {

template <class T, class Same>
const T* partner(const std::vector<Id>& ids, const std::vector<T>& table, Same same) {
  for (const Id id : ids) {
    if (same(table[id])) return &table[id];
  }
  return nullptr;
}

// A modification's fields, and whether they amount to what was asked for.
decltype(vm::Modification::fields) contents(const vm::Program& p, const vm::Rule& r) {
  auto fields = r.modification == none_id ? decltype(vm::Modification::fields)() : p.modifications[r.modification].fields;
  fields.emplace_back(none_id, r.equals_request);
  return fields;
}

}  // namespace

bool BlockPair::edited() const {
  return other_end || std::any_of(criteria.begin(), criteria.end(), [](const CriterionPair& c) { return c.edited; }) ||
         std::any_of(rules.begin(), rules.end(), [](const RulePair& r) { return r.edited || r.other_grant(); });
}

VersionPairs::VersionPairs(const vm::Program& before, const vm::Program& after)
    : a_(before), b_(after), made_before_(makers(before)), made_after_(makers(after)) {
  const auto named_in = [](const vm::Program& p) {
    std::map<Id, std::pair<int, Id>> out;
    const auto name = [&](Id reg, int slot, Id text) {
      if (reg != none_id) out.try_emplace(reg, slot, text);
    };
    for (const vm::Criterion& c : p.criteria) name(c.value, 0, c.name), name(c.applicable, 1, c.name);
    for (const vm::Rule& r : p.rules) name(r.stands, 2, r.name), name(r.fires, 3, r.name);
    return out;
  };
  named_before_ = named_in(a_), named_after_ = named_in(b_);
  std::vector<bool> taken(b_.blocks.size(), false);
  for (const vm::Block& each : a_.blocks) {
    BlockPair pair{.before = &each};
    for (size_t k = 0; k < b_.blocks.size() && !pair.after; ++k) {
      if (taken[k] || b_.blocks[k].name != each.name || b_.blocks[k].items != each.items) continue;
      taken[k] = true;
      pair.after = &b_.blocks[k];
    }
    if (pair.after) {
      pair.other_end = each.when_undetermined != pair.after->when_undetermined || each.fold != pair.after->fold;
      pair_criteria(pair);
      pair_rules(pair);
    }
    blocks_.push_back(std::move(pair));
  }
  for (size_t k = 0; k < b_.blocks.size(); ++k) {
    if (!taken[k]) blocks_.push_back({.after = &b_.blocks[k]});
  }
  pair_roots();
}

// ---------------------------------------------------------------- criteria

void VersionPairs::pair_criteria(BlockPair& pair) const {
  for (const Id id : pair.before->criteria) {
    const vm::Criterion& c = a_.criteria[id];
    const auto* const other = partner(pair.after->criteria, b_.criteria, [&](const vm::Criterion& o) { return o.name == c.name; });
    const bool edited = !other || !alike(c.value, other->value, true) || !alike(c.applicable, other->applicable, true);
    CriterionPair& made = pair.criteria.emplace_back(CriterionPair{&c, other, edited});
    if (!other) continue;
    pair_sites(c.site, other->site, made);
    pair_sites(c.applies_site, other->applies_site, made);
  }
  for (const Id id : pair.after->criteria) {
    const vm::Criterion& c = b_.criteria[id];
    if (!partner(pair.before->criteria, a_.criteria, [&](const vm::Criterion& o) { return o.name == c.name; }))
      pair.criteria.push_back({nullptr, &c, true});
  }
}

// The truths that a criterion's trace shows: of a list which rows count, not what each row is asked.
void VersionPairs::pair_sites(Id x, Id y, CriterionPair& out) const {
  if (x == none_id || y == none_id) {
    out.same_sites &= x == y;
    return;
  }
  const vm::Site &a = a_.sites[x], &b = b_.sites[y];
  const bool list = a.kind == vm::SiteKind::has || a.kind == vm::SiteKind::fold;
  if (a.kind != b.kind || a.domain != b.domain || (!list && a.sites.size() != b.sites.size())) {
    out.same_sites = false;
    return;
  }
  const auto truths = [&](Id r, Id s) {
    if (r == none_id || s == none_id || r == s) return;
    if (a_.registers[r].type != vm::Type::truth || b_.registers[s].type != vm::Type::truth) return;
    if (a_.registers[r].domain != b_.registers[s].domain) out.same_sites = false;
    else out.looked_at.emplace_back(r, s);
  };
  if (a.kind != vm::SiteKind::truth) truths(a.value, b.value);
  if (list) return truths(a.member, b.member);
  for (size_t k = 0; k < a.sites.size(); ++k) pair_sites(a.sites[k], b.sites[k], out);
}

// ---------------------------------------------------------------- rules

void VersionPairs::pair_rules(BlockPair& pair) const {
  const auto names = [](const vm::Program& p, const vm::Rule& r) {
    std::vector<Id> out;
    for (const Id x : r.exceptions) out.push_back(p.rules[x].name);
    std::sort(out.begin(), out.end());
    return out;
  };
  for (const Id id : pair.before->rules) {
    const vm::Rule& r = a_.rules[id];
    const auto* const other = partner(pair.after->rules, b_.rules, [&](const vm::Rule& o) { return o.name == r.name; });
    if (!other) {
      pair.rules.push_back({&r, nullptr, true});
      continue;
    }
    const bool edited = r.outcome != other->outcome || names(a_, r) != names(b_, *other) || r.domain != other->domain ||
                        !alike(r.fires, other->fires, true) || !alike(r.stands, other->stands, true);
    RulePair& made = pair.rules.emplace_back(RulePair{&r, other, edited});
    pair_conditions(made);
    made.other_contents = contents(a_, r) != contents(b_, *other);
  }
  for (const Id id : pair.after->rules) {
    const vm::Rule& r = b_.rules[id];
    if (!partner(pair.before->rules, a_.rules, [&](const vm::Rule& o) { return o.name == r.name; }))
      pair.rules.push_back({nullptr, &r, true});
  }
}

// Conditions by what a determination says of them: also the words, and what stands in them.
void VersionPairs::pair_conditions(RulePair& pair) const {
  const auto said = [](const vm::Condition& c) {
    std::vector<Id> words{c.name, c.due_from, c.due_to, c.after};
    for (const vm::Template::Piece& piece : c.text.pieces) words.push_back(piece.text);
    for (const auto& [name, reg] : c.values) words.push_back(name);
    return words;
  };
  const auto quoted = [](const vm::Condition& c) {
    std::vector<Id> out;
    for (const vm::Template::Piece& piece : c.text.pieces) out.push_back(piece.reg);
    for (const auto& [name, reg] : c.values) out.push_back(reg);
    return out;
  };
  const auto &x = pair.before->subject_to, &y = pair.after->subject_to;
  pair.other_conditions = x.size() != y.size();
  for (size_t k = 0; k < x.size() && !pair.other_conditions; ++k) {
    const vm::Condition &before = a_.conditions[x[k]], &after = b_.conditions[y[k]];
    pair.other_conditions = said(before) != said(after);
    if (pair.other_conditions) continue;
    const std::vector<Id> then = quoted(before), now = quoted(after);
    for (size_t q = 0; q < then.size(); ++q) {
      if (then[q] != now[q]) pair.quoted.emplace_back(then[q], now[q]);
    }
  }
}

// ---------------------------------------------------------------- what decides

// What makes an outcome of a block's rules, beside the rules' own states.
bool VersionPairs::same_table(const BlockPair& pair) const {
  const auto fields = [](const vm::Program& p, const vm::Rule& r) {
    return r.modification == none_id ? decltype(vm::Modification::fields)() : p.modifications[r.modification].fields;
  };
  return pair.before && pair.after && pair.before - a_.blocks.data() == pair.after - b_.blocks.data() && !pair.other_end &&
         pair.before->rules.size() == pair.after->rules.size() && std::all_of(pair.rules.begin(), pair.rules.end(), [&](const RulePair& r) {
           const auto k = static_cast<size_t>(&r - pair.rules.data());
           return r.before && r.after == &b_.rules[pair.after->rules[k]] && r.before->outcome == r.after->outcome && !r.other_conditions &&
                  r.quoted.empty() && fields(a_, *r.before) == fields(b_, *r.after);
         });
}

void VersionPairs::pair_roots() {
  if (!std::all_of(blocks_.begin(), blocks_.end(), [&](const BlockPair& pair) { return same_table(pair); })) return;
  counterparts_.emplace(a_, b_);
  for (const BlockPair& pair : blocks_) {
    counterparts_->root(pair.before->scope, pair.after->scope);
    counterparts_->root(pair.before->version_gate, pair.after->version_gate);
    counterparts_->root(pair.before->item_scope, pair.after->item_scope);
    for (const RulePair& r : pair.rules) {
      counterparts_->root(r.before->stands, r.after->stands);
      counterparts_->root(r.before->equals_request, r.after->equals_request);
    }
  }
}

bool VersionPairs::alike(Id x, Id y, bool top) const {
  if (x == y) return true;
  if (x == none_id || y == none_id) return false;
  if (!top) {
    const auto a = named_before_.find(x);
    const auto b = named_after_.find(y);
    if (a != named_before_.end() && b != named_after_.end() && a->second == b->second) return true;
    const auto [known, added] = alike_.try_emplace({x, y}, false);
    if (!added) return known->second;
  }
  const vm::Inst *const i = made_before_[x], *const j = made_after_[y];
  if (!same_form(i, j)) return false;
  for (uint32_t k = 0; k < i->n; ++k) {
    if (!alike(a_.operands[i->args + k], b_.operands[j->args + k], false)) return false;
  }
  if (!top) alike_[{x, y}] = true;
  return true;
}

}  // namespace rubric::analysis
