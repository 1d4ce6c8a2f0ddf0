// From rules to lines: the verdict, the folding of items, the order of blocks. semantics.md, sections 4, 6 and 7.
#include "tests/reference/evaluator.h"
#include "vm/outcomes.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace rubric::reference {

using vm::Outcome;
using vm::OutcomeClass;

namespace {

OutcomeClass class_of(Outcome o) { return vm::outcome_row(o).outcome_class; }

// The table of section 4: the first line that fits. `standing` are rules that stand, with what each modifies to.
struct Stands {
  const ir::Rule* rule;
  bool equals_request;
  std::string contents;
};
Decision settled(const ir::Policy& policy, const std::vector<Stands>& standing) {
  std::set<std::string> verdicts, modifications;
  bool review = false, deny = false, pend = false, approve = false, not_required = false, conditional = false;
  Decision d;
  for (const Stands& s : standing) {
    const auto outcome = static_cast<Outcome>(s.rule->outcome);
    OutcomeClass kind = class_of(outcome);
    if (kind == OutcomeClass::modify && s.equals_request) kind = OutcomeClass::favourable;  // what was asked for
    switch (kind) {
      case OutcomeClass::favourable:
        approve = true;
        verdicts.insert("favourable");
        break;
      case OutcomeClass::modify:
        modifications.insert(s.contents);
        verdicts.insert("modify to " + s.contents);
        break;
      case OutcomeClass::deny:
        deny = true;
        verdicts.insert("deny");
        break;
      case OutcomeClass::not_required:
        not_required = true;
        verdicts.insert("not required");
        break;
      case OutcomeClass::review: review = true; break;
      case OutcomeClass::pend: pend = true; break;
      case OutcomeClass::none: break;
    }
    if (kind == OutcomeClass::favourable || kind == OutcomeClass::modify) {
      for (const Id c : s.rule->subject_to) d.conditions.insert(policy.conditions[c].name);
    }
    conditional |= kind == OutcomeClass::favourable && !s.rule->subject_to.empty();
  }
  const auto plain = [](Outcome o) { return Decision{o, {}, "", {}}; };
  if (verdicts.size() > 1) return plain(Outcome::conflict);
  if (review) return plain(Outcome::review);
  if (deny) return plain(Outcome::deny);
  if (pend) return plain(Outcome::pend);
  if (not_required) return plain(Outcome::not_required);
  if (approve) {
    d.outcome = conditional ? Outcome::approve_with_conditions : Outcome::approve;
    return d;
  }
  if (!modifications.empty()) {
    d.outcome = Outcome::modify;
    d.contents = *modifications.begin();
    return d;
  }
  return plain(Outcome::gap);
}

bool favourable(const Decision& d) { return class_of(d.outcome) == OutcomeClass::favourable; }

}  // namespace

Decisions decide(const ir::Policy& policy, const std::vector<Standing>& rules, const std::vector<std::string>& contents) {
  // The ways in which each rule may turn out: it does not stand, or it does, as a change or as what was asked for.
  struct Ways {
    bool computable;
    std::vector<std::optional<Stands>> ways;
  };
  std::vector<Ways> open;
  for (size_t k = 0; k < rules.size(); ++k) {
    const Standing& r = rules[k];
    const auto may_be = [](Truth t, bool answer) { return t == (answer ? Truth::yes : Truth::no) || (t != Truth::yes && t != Truth::no); };
    const auto computed = [](Truth t) { return t != Truth::none && t != Truth::fault; };
    Ways w{computed(r.stands) && computed(r.equals_request), {}};
    if (may_be(r.stands, false)) w.ways.emplace_back(std::nullopt);
    for (const bool equal : {false, true}) {
      if (may_be(r.stands, true) && may_be(r.equals_request, equal)) w.ways.emplace_back(Stands{r.rule, equal, contents[k]});
    }
    open.push_back(std::move(w));
  }
  const auto uncomputable = std::stable_partition(open.begin(), open.end(), [](const Ways& w) { return w.computable; }) - open.begin();
  std::vector<Stands> standing;
  const std::function<Decisions(size_t)> each = [&](size_t k) -> Decisions {
    if (k == open.size()) return {settled(policy, standing)};
    Decisions all;
    for (const std::optional<Stands>& way : open[k].ways) {
      if (way) standing.push_back(*way);
      all.merge(each(k + 1));
      if (way) standing.pop_back();
    }
    // Only what cannot be computed is left: if it makes a difference, a person has to look.
    if (static_cast<ptrdiff_t>(k) == uncomputable && all.size() > 1) return {Decision{Outcome::review, {}, "", {}}};
    return all;
  };
  return each(0);
}

Decisions fold_items(vm::FoldItems how, const std::vector<Item>& items) {
  Decisions all;
  std::vector<std::pair<Decision, std::string>> chosen;
  const auto fold = [&]() -> Decision {
    if (chosen.empty()) return {};
    for (const auto& [d, name] : chosen) {
      if (d.outcome == Outcome::conflict) return Decision{Outcome::conflict, {}, "", {}};
    }
    // Outcomes stand best first in outcomes.def.
    const auto of = [&](Outcome wanted) {
      Decision joined;
      joined.outcome = wanted;
      for (const auto& [d, name] : chosen) {
        if (d.outcome != wanted) continue;
        joined.conditions.insert(d.conditions.begin(), d.conditions.end());
        if (joined.contents.empty()) joined.contents = d.contents;
      }
      return joined;
    };
    const auto compare = [](const auto& a, const auto& b) { return a.first.outcome < b.first.outcome; };
    const Outcome best = std::min_element(chosen.begin(), chosen.end(), compare)->first.outcome;
    const Outcome worst = std::max_element(chosen.begin(), chosen.end(), compare)->first.outcome;
    if (how == vm::FoldItems::best) return of(best);
    if (how == vm::FoldItems::worst) return of(worst);
    const auto qualifying = std::count_if(chosen.begin(), chosen.end(), [](const auto& c) { return favourable(c.first); });
    if (qualifying == 0) return of(best);
    Decision joined;
    joined.outcome = Outcome::approve;
    for (const auto& [d, name] : chosen) {
      if (!favourable(d)) continue;
      joined.conditions.insert(d.conditions.begin(), d.conditions.end());
      if (d.outcome == Outcome::approve_with_conditions) joined.outcome = d.outcome;
      joined.items.insert(name);
    }
    if (static_cast<size_t>(qualifying) == chosen.size()) {
      joined.items.clear();
    } else {
      joined.outcome = Outcome::modify;
    }
    return joined;
  };
  const std::function<void(size_t)> each = [&](size_t k) {
    if (k == items.size()) {
      all.insert(fold());
      return;
    }
    const Item& item = items[k];
    if (item.included != Truth::yes) each(k + 1);
    if (item.included == Truth::no) return;
    for (const Decision& d : item.decisions) {
      chosen.emplace_back(d, item.name);
      each(k + 1);
      if (item.phantom) {
        for (const Decision& other : item.decisions) {
          chosen.emplace_back(other, item.name + " more");
          each(k + 1);
          chosen.pop_back();
        }
      }
      chosen.pop_back();
    }
  };
  each(0);
  return all;
}

Evaluator::Evaluator(const ir::Policy& policy, const Json& record, const Options& options)
    : policy_(policy), options_(options), record_(policy.model, record) {}

namespace {

// Whether a line's outcome is favourable; open while it pends or a person has to settle it.
Truth given(const LineResult& line) {
  if (line.decided == Truth::no || line.decided == Truth::none) return Truth::no;
  bool all_given = line.decided == Truth::yes, all_refused = true;
  for (const Decision& d : line.decisions) {
    const OutcomeClass kind = class_of(d.outcome);
    all_given &= kind == OutcomeClass::favourable || kind == OutcomeClass::modify;
    all_refused &= kind == OutcomeClass::deny || kind == OutcomeClass::not_required;
  }
  return all_given ? Truth::yes : all_refused ? Truth::no : Truth::unknown;
}

}  // namespace

// What a line of a block reads of another one.
Truth Evaluator::granted(Id block, const Row& line) {
  const auto found = decided_.find({block, line.pointer});
  if (line.phantom || found == decided_.end()) return Truth::unknown;
  LineResult& other = found->second;
  // What the other line misses is missing here too.
  for (const auto& [pointer, fact] : other.open) {
    const auto [at, added] = record_.open.insert({pointer, fact});
    if (!added) at->second.on.insert(fact.on.begin(), fact.on.end());
  }
  facts_meet_ |= other.facts_meet;
  if (held_.contains({block, line.pointer})) return Truth::unknown;
  if (const Truth truth = given(other); truth != Truth::unknown) return truth;
  if (other.decisions.size() > 1 || other.decided != Truth::yes) return Truth::unknown;
  const std::string name = "line:" + std::to_string(other.sequence);
  if (options_.granted) {
    if (const auto said = options_.granted->find(name); said != options_.granted->end()) return said->second ? Truth::yes : Truth::no;
  }
  record_.open[name].kind = OpenFact::Kind::line;
  return Truth::unknown;
}

LineResult Evaluator::line(Id id, const Row& row) {
  const ir::Block& block = policy_.blocks[id];
  LineResult out;
  out.block = id;
  record_.open.clear();
  facts_meet_ = false;
  done_.clear();
  rows_ = {{0, record_.the_case()}, {block.line, row}};
  out.sequence = row.object && row.object->contains("sequence") ? (*row.object)["sequence"].get<uint32_t>() : row.position;
  out.decided = block.scope ? truth(*block.scope) : Truth::yes;
  if (block.version_gate) out.decided = both(out.decided, truth(*block.version_gate));

  const auto contents = [&](const ir::Rule& rule) {
    std::string all;
    for (const auto& [field, v] : rule.modification) {
      const Possible value_of = value(v);
      all += field + ": " + (is_point(value_of) ? shown(*value_of.pieces[0].low) : "none") + "; ";
    }
    return all;
  };
  const auto decided = [&](const std::string& item) {
    std::vector<Standing> rules;
    std::vector<std::string> changes;
    for (const Id r : block.rules) {
      const ir::Rule& rule = policy_.rules[r];
      const Truth fired = fires(r), stood = stands(r);
      RuleResult said{rule.name, item,
                      stood == Truth::yes  ? "stands"
                      : fired == Truth::no ? "doesNotFire"
                      : stood == Truth::no ? "defeated"
                                           : "open"};
      out.rules.push_back(said);
      if (rule.outcome == vm::no_outcome) continue;
      const Truth equal = rule.equals_request ? truth(*rule.equals_request) : Truth::no;
      rules.push_back({&rule, stood, equal});
      changes.push_back(contents(rule));
    }
    return decide(policy_, rules, changes);
  };
  if (block.item == none_id) {
    out.decisions = decided("");
  } else {
    std::vector<Item> items;
    const ir::Variable& v = policy_.variables[block.item];
    for (const Row& r : record_.rows(row, v.list)) {
      rows_[block.item] = r;
      Truth in = r.phantom ? Truth::unknown : Truth::yes;
      if (block.item_where) in = both(in, kept(truth(*block.item_where)));
      if (in == Truth::no) continue;
      const std::string name = r.phantom ? "-" : std::to_string(r.position);
      items.push_back({decided(name), in, r.phantom, name});
      if (r.phantom) facts_meet_ = true;
    }
    rows_.erase(block.item);
    out.decisions = fold_items(block.fold, items);
  }
  // Every criterion is evaluated and shown.
  for (const Id c : block.criteria) {
    const ir::Criterion& criterion_ = policy_.criteria[c];
    if (!criterion_.per_item) {
      out.criteria.push_back({criterion_.path, "", criterion(c), computed(c)});
      continue;
    }
    const ir::Variable& v = policy_.variables[criterion_.item];
    for (const Row& r : record_.rows(row, v.list)) {
      if (r.phantom) continue;
      rows_[criterion_.item] = r;
      out.criteria.push_back({criterion_.path, std::to_string(r.position), criterion(c), computed(c)});
    }
    rows_.erase(criterion_.item);
  }
  out.open = record_.open;
  out.facts_meet = facts_meet_;
  return out;
}

// Blocks in their order. Within one, a limit reads what other lines are granted: all begin as undecided, and each round
// settles more of them. Lines that still change after as many rounds as there are lines wait for each other, by tests of
// the record as it stands: what they are granted is held undecided.
Evaluation Evaluator::run() {
  Evaluation out;
  Id lines = none_id;
  for (const ir::Variable& v : policy_.variables) {
    if (!policy_.blocks.empty() && &v == &policy_.variables[policy_.blocks[0].line]) lines = v.list;
  }
  if (lines == none_id) return out;
  const std::vector<Row> rows = record_.rows(record_.the_case(), lines);
  for (Id b = 0; b < policy_.blocks.size(); ++b) {
    size_t last = rows.size();             // what lines miss is handed on for as many rounds
    for (size_t round = 0; round <= last; ++round) {
      std::map<std::pair<Id, std::string>, LineResult> now;
      for (const Row& r : rows) now[{b, r.pointer}] = line(b, r);
      for (auto& [key, result] : now) {
        const bool late = round > 0 && round >= rows.size();
        if (late && given(result) != given(decided_.at(key)) && held_.insert(key).second) last = round + rows.size() + 1;
        decided_[key] = std::move(result);
      }
    }
    held_.clear();
  }
  for (const Row& r : rows) {
    if (r.phantom) continue;
    // The block that decides the line, or the first that may.
    LineResult result;
    bool any = false;
    for (Id b = 0; b < policy_.blocks.size(); ++b) {
      const LineResult& one = decided_.at({b, r.pointer});
      if (one.decided == Truth::no || one.decided == Truth::none) {
        if (!any && b == 0) result = one;
        continue;
      }
      if (!any || (one.decided == Truth::yes && result.decided != Truth::yes)) {
        const OpenFacts before = any ? result.open : OpenFacts{};
        result = one;
        result.open.insert(before.begin(), before.end());
      } else {
        result.open.insert(one.open.begin(), one.open.end());
        result.facts_meet |= one.facts_meet;
      }
      any = true;
    }
    if (!any) result.decisions.clear();
    if (!any || result.decided != Truth::yes) result.decisions.insert(Decision{Outcome::not_decided, {}, "", {}});
    out.lines.push_back(std::move(result));
  }
  out.tests = tests_;
  out.invalid = record_.invalid;
  return out;
}

Evaluation evaluate(const ir::Policy& policy, const Json& record, const Options& options) {
  return Evaluator(policy, record, options).run();
}

}  // namespace rubric::reference
