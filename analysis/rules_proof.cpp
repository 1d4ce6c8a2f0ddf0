#include "analysis/rules_proof.h"

#include "analysis/free_truths.h"
#include "analysis/possible_truths.h"
#include "vm/opcodes.h"
#include "vm/outcomes.h"
#include "vm/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rubric::analysis {
namespace {

using vm::Block;
using vm::Id;
using vm::Inst;
using vm::none_id;
using vm::Op;
using vm::Outcome;
using vm::OutcomeClass;
using vm::OutcomeSet;
using vm::Program;
using vm::Rule;
using vm::Truth;
using vm::Type;

constexpr size_t most_kinds = 7;   // of what rules can add to a verdict: four to the power of it are looked at

constexpr OutcomeSet given = vm::set_of(Outcome::approve) | vm::set_of(Outcome::approve_with_conditions) | vm::set_of(Outcome::modify);
constexpr OutcomeSet refused = vm::set_of(Outcome::deny) | vm::set_of(Outcome::not_required) | vm::set_of(Outcome::not_decided);

// Of outcomes that open rules leave possible, what is looked at where there are several: whether a denial is among them
// (`when undetermined deny`), and what other lines may make of it.
constexpr OutcomeSet several = 1u << 24, has_denial = 1u << 25, all_given = 1u << 26, all_refused = 1u << 27;
OutcomeSet flags(OutcomeSet set) {
  return (set & vm::set_of(Outcome::deny) ? has_denial : 0) | (set & ~given ? 0 : all_given) | (set & ~refused ? 0 : all_refused);
}
OutcomeSet what_counts(OutcomeSet set) { return vm::has_one(set) ? set : several | flags(set); }

bool says_contents(const Rule& rule) { return !rule.subject_to.empty() || rule.modification != none_id; }

// Whether a rule is among those that an outcome rests on: see vm/trace.cpp.
bool gives(const Rule& rule, Outcome o) {
  const OutcomeClass kind = vm::outcome_row(static_cast<Outcome>(rule.outcome)).outcome_class;
  const OutcomeClass wanted = vm::outcome_row(o).outcome_class;
  const auto grants = [](OutcomeClass c) { return c == OutcomeClass::favourable || c == OutcomeClass::modify; };
  if (o == Outcome::conflict) return kind != OutcomeClass::review && kind != OutcomeClass::pend && kind != OutcomeClass::none;
  return kind == wanted || (grants(kind) && grants(wanted));
}

class TwoPrograms {
 public:
  TwoPrograms(const vm::Joined& joined, bool tested, bool overruled, uint32_t milliseconds)
      : a_(*joined.members[0]),
        b_(*joined.members[1]),
        tested_(tested),
        solver_(t_.c),
        truths_(t_, solver_, a_.registers.size(), overruled) {
    z3::params params(t_.c);
    params.set("timeout", milliseconds);
    solver_.set(params);
  }

  bool alike() {
    if (a_.blocks.size() != b_.blocks.size()) return false;
    is_granted_.resize(a_.registers.size());
    for (const Program* p : {&a_, &b_}) {
      for (const Inst& i : p->code) {
        if (i.op == Op::granted) is_granted_[operand(*p, i, 0)] = true;
      }
    }
    number(a_, false);
    number(b_, true);
    // What a repeat reads of its last round was taken to be alike.
    for (const auto& [x, y] : rounds_) {
      if (of(x) != of(y)) return false;
    }
    if (of(a_.review_type) != of(b_.review_type)) return false;
    for (Id b = 0; b < a_.blocks.size(); ++b) {
      if (!blocks_alike(a_.blocks[b], b_.blocks[b])) return false;
    }
    return !tested_ || statuses_alike();
  }

 private:
  using World = FreeTruths::World;
  static constexpr World as_it_stands = FreeTruths::as_it_stands, completed = FreeTruths::completed;

  Id of(Id reg) const { return truths_.of(reg); }
  Symbol value(World world, Id reg) { return truths_.value(world, reg); }
  static Id operand(const Program& p, const Inst& i, uint32_t k) { return p.operands[i.args + k]; }

  // ---------------------------------------------------------------- names

  // A register of the second program that is computed as one of the first is that one.
  void number(const Program& p, bool second) {
    const std::vector<uint8_t> possible = possible_truths(p);
    size_t repeats = 0;
    for (uint32_t at = 0; at < p.code.size(); ++at) {
      const Inst& i = p.code[at];
      if (i.op == Op::scan) {   // what its body writes it has read before: names of its own
        at += i.imm;
        continue;
      }
      if (i.op == Op::repeat) {
        // The first round begins with the same, and every later one with what the round before came to.
        const Id seen = operand(p, i, 0), next = operand(p, i, 1);
        if (!second) repeats_.emplace_back(seen, next);
        else if (repeats < repeats_.size() && p.registers[repeats_[repeats].first].domain == p.registers[seen].domain) {
          truths_.set_same(seen, repeats_[repeats].first);
          rounds_.emplace_back(repeats_[repeats].second, next);
        }
        ++repeats;
        continue;
      }
      if (i.dst == none_id) continue;
      if (i.op == Op::decide) {
        if (!second) decided_[i.imm] = i.dst;
        else if (decided_.contains(i.imm) && (decided_[i.imm] == i.dst || outcomes_alike(i.imm)))
          truths_.set_same(i.dst, of(decided_[i.imm]));
        continue;
      }
      std::vector<uint32_t> key = {
          static_cast<uint32_t>(i.op), i.fn, i.domain, meaning(p, i), static_cast<uint32_t>(p.registers[i.dst].type),
          p.registers[i.dst].domain};
      for (uint32_t k = 0; k < i.n; ++k) key.push_back(of(operand(p, i, k)));
      const auto [known, added] = computed_.try_emplace(std::move(key), i.dst);
      truths_.set_same(i.dst, known->second);
      if (added) truths_.set_maker(i.dst, p, i, possible[i.dst]);
    }
  }
  static uint32_t meaning(const Program& p, const Inst& i) {
    return i.op == Op::fold_items ? static_cast<uint32_t>(p.blocks[i.imm].fold) : i.imm;
  }

  bool never(const z3::expr& what) {
    if (what.is_false()) return true;
    solver_.push();
    solver_.add(what);
    const z3::check_result found = solver_.check();
    solver_.pop();
    return found == z3::unsat;
  }
  z3::expr unlike(World world, Id x, Id y) {
    if (of(x) == of(y)) return t_.no();
    if (x == none_id || y == none_id) return t_.yes();
    return t_.negated(t_.identical(value(world, x), value(world, y)));
  }
  bool truths_alike(Id x, Id y) { return never(t_.either(unlike(as_it_stands, x, y), unlike(completed, x, y))); }

  // ---------------------------------------------------------------- outcomes

  // What rules can add to a verdict, as vm/verdict.cpp tells it apart, with a rule that adds it.
  struct Addition {
    OutcomeClass kind;
    bool conditions;
    Id modification;
    const Rule* rule;
    bool as_requested;   // a modification that equals the request is an approval
    z3::expr yes, open, faulty;
  };

  std::vector<Addition> additions(World world, const Program& p, const Block& block) {
    std::vector<Addition> out;
    const auto add = [&](OutcomeClass kind, bool conditions, const Rule& rule, bool as_requested, const z3::expr& yes, const z3::expr& open,
                         const z3::expr& faulty) {
      const Id modification = kind == OutcomeClass::modify ? rule.modification : none_id;
      auto at = std::find_if(out.begin(), out.end(), [&](const Addition& x) {
        return x.kind == kind && x.conditions == conditions && x.modification == modification;
      });
      if (at == out.end()) at = out.insert(at, {kind, conditions, modification, &rule, as_requested, t_.no(), t_.no(), t_.no()});
      at->yes = t_.either(at->yes, yes);
      at->open = t_.either(at->open, open);
      at->faulty = t_.either(at->faulty, faulty);
    };
    for (const Id id : block.rules) {
      const Rule& rule = p.rules[id];
      if (rule.outcome == vm::no_outcome) continue;
      const Symbol stands = value(world, rule.stands);
      const z3::expr yes = t_.is_yes(stands), open = t_.is_unknown(stands), faulty = t_.is_none(stands);
      const auto outcome = static_cast<Outcome>(rule.outcome);
      const OutcomeClass kind = vm::outcome_row(outcome).outcome_class;
      const bool conditions = !rule.subject_to.empty();
      if (kind != OutcomeClass::modify) {
        add(kind, conditions || outcome == Outcome::approve_with_conditions, rule, false, yes, open, faulty);
        continue;
      }
      const Symbol equal = rule.equals_request == none_id ? t_.truth(t_.no()) : value(world, rule.equals_request);
      const z3::expr same = t_.is_yes(equal), differs = t_.is_no(equal);
      const z3::expr half = t_.both(t_.negated(t_.either(same, differs)), t_.negated(t_.is_no(stands)));
      if (!same.is_false() || !half.is_false())
        add(OutcomeClass::favourable, conditions, rule, true, t_.both(same, yes), t_.either(t_.both(same, open), half),
            t_.both(same, faulty));
      add(OutcomeClass::modify, false, rule, false, t_.both(differs, yes), t_.either(t_.both(differs, open), half),
          t_.both(differs, faulty));
    }
    return out;
  }

  // The outcomes that the machine's table gives for rules in these states, as a number.
  z3::expr outcomes(const std::vector<Addition>& all, std::vector<vm::Standing>& states,
                    const std::function<OutcomeSet(OutcomeSet)>& part) {
    if (states.size() == all.size()) return t_.number(part(vm::decide(states)));
    const Addition& next = all[states.size()];
    const auto with = [&](Truth stands) {
      states.push_back({next.rule, stands, next.as_requested ? Truth::yes : Truth::no});
      z3::expr out = outcomes(all, states, part);
      states.pop_back();
      return out;
    };
    z3::expr out = with(Truth::no);
    if (!next.faulty.is_false()) out = t_.chosen(next.faulty, with(Truth::none), out);
    if (!next.open.is_false()) out = t_.chosen(next.open, with(Truth::unknown), out);
    return next.yes.is_false() ? out : t_.chosen(next.yes, with(Truth::yes), out);
  }
  // `part`: what of them is looked at.
  std::optional<z3::expr> outcomes(World world, const Program& p, Id block, const std::function<OutcomeSet(OutcomeSet)>& part) {
    const std::vector<Addition> all = additions(world, p, p.blocks[block]);
    if (all.size() > most_kinds) return std::nullopt;
    std::vector<vm::Standing> none;
    return outcomes(all, none, part);
  }

  bool outcomes_alike(Id block) {
    if (block >= a_.blocks.size() || block >= b_.blocks.size()) return false;
    const Block &x = a_.blocks[block], &y = b_.blocks[block];
    // Of items the whole set goes into the line's.
    const bool exactly = x.items != none_id;
    const auto differ = [&](World world, const std::function<OutcomeSet(OutcomeSet)>& part) -> z3::expr {
      const auto of_a = outcomes(world, a_, block, part), of_b = outcomes(world, b_, block, part);
      return of_a && of_b ? t_.negated(t_.same(*of_a, *of_b)) : t_.yes();
    };
    const auto whole = [&](OutcomeSet set) { return exactly ? set : what_counts(set); };
    z3::expr wrong = differ(completed, whole);
    // The record as it stands: what other lines make of this one.
    if (exactly || is_granted_[x.outcome] || is_granted_[y.outcome]) {
      wrong =
          t_.either(wrong, differ(as_it_stands, [&](OutcomeSet set) { return exactly ? set : flags(set) & (all_given | all_refused); }));
    }
    return never(wrong);
  }

  // ---------------------------------------------------------------- what belongs to an outcome

  static std::string modification_key(const Program& p, Id modification, const std::function<Id(Id)>& of) {
    std::string out;
    for (const auto& [field, reg] : p.modifications[modification].fields) out += fmt::format("{}={};", field, of(reg));
    return out;
  }
  static std::string condition_key(const vm::Condition& c, const std::function<Id(Id)>& of) {
    std::string out = fmt::format("{} {} {} {};", c.name, c.due_from, c.due_to, c.after);
    for (const vm::Template::Piece& piece : c.text.pieces) out += fmt::format("{} {};", piece.text, of(piece.reg));
    for (const auto& [name, reg] : c.values) out += fmt::format("{}={};", name, of(reg));
    return out;
  }

  // When each condition and each modification is one that a rule which stands adds.
  std::map<std::string, z3::expr> contents(const Program& p, const Block& block) {
    std::map<std::string, z3::expr> out;
    const auto names = [this](Id reg) { return of(reg); };
    const auto add = [&](const std::string& key, const z3::expr& when) {
      const auto [at, added] = out.try_emplace(key, when);
      if (!added) at->second = t_.either(at->second, when);
    };
    for (const Id id : block.rules) {
      const Rule& rule = p.rules[id];
      if (rule.outcome == vm::no_outcome || !says_contents(rule)) continue;
      const z3::expr stands = t_.is_yes(value(completed, rule.stands));
      for (const Id c : rule.subject_to) add("condition " + condition_key(p.conditions[c], names), stands);
      if (rule.modification == none_id) continue;
      const z3::expr as_requested = rule.equals_request == none_id ? t_.no() : t_.is_yes(value(completed, rule.equals_request));
      add("modify " + modification_key(p, rule.modification, names), t_.both(stands, t_.negated(as_requested)));
    }
    return out;
  }

  // Of each rule, by name: whether it is named as one that an outcome rests on. Those that stand, else those that are open.
  std::map<std::string, z3::expr> deciding(const Program& p, const Block& block, Outcome o) {
    std::map<std::string, z3::expr> stand, open;
    z3::expr some = t_.no();
    for (const Id id : block.rules) {
      const Rule& rule = p.rules[id];
      if (rule.outcome == vm::no_outcome || !gives(rule, o)) continue;
      const Symbol s = value(as_it_stands, rule.stands);
      const std::string& name = p.texts[rule.name];
      // Two layers may each have a rule of the name.
      z3::expr &stands = stand.try_emplace(name, t_.no()).first->second, &is_open = open.try_emplace(name, t_.no()).first->second;
      stands = t_.either(stands, t_.is_yes(s));
      is_open = t_.either(is_open, t_.either(t_.is_unknown(s), t_.is_none(s)));
      some = t_.either(some, t_.is_yes(s));
    }
    for (auto& [name, is] : stand) is = t_.either(is, t_.both(t_.negated(some), open.at(name)));
    return stand;
  }

  z3::expr unlike(const std::map<std::string, z3::expr>& x, const std::map<std::string, z3::expr>& y) {
    z3::expr out = t_.no();
    for (const auto& [key, is] : x) out = t_.either(out, y.contains(key) ? t_.negated(t_.same(is, y.at(key))) : is);
    for (const auto& [key, is] : y) {
      if (!x.contains(key)) out = t_.either(out, is);
    }
    return out;
  }

  bool blocks_alike(const Block& x, const Block& y) {
    const auto open_cases = [](const Program& p, const Block& block) {
      std::set<std::pair<std::string, uint8_t>> out;
      for (const auto& [type, outcome] : block.when_undetermined) out.emplace(type == none_id ? "" : p.texts[type], outcome);
      return out;
    };
    if (x.lines != y.lines || x.items != y.items || x.fold != y.fold || open_cases(a_, x) != open_cases(b_, y)) return false;
    if (of(x.outcome) != of(y.outcome) || of(x.item_outcome) != of(y.item_outcome)) return false;
    if (!truths_alike(x.scope, y.scope) || !truths_alike(x.version_gate, y.version_gate) || !truths_alike(x.item_scope, y.item_scope))
      return false;
    const auto rules_of = [](const Program& p, const Block& block, bool contents) {
      return std::any_of(block.rules.begin(), block.rules.end(), [&](Id r) { return !contents || says_contents(p.rules[r]); });
    };
    if (!tested_ && !rules_of(a_, x, true) && !rules_of(b_, y, true)) return true;
    const auto end = outcomes(completed, a_, static_cast<Id>(&x - a_.blocks.data()), what_counts);
    if (!end) return false;
    z3::expr differ = t_.no();
    for (const vm::OutcomeRow& row : vm::outcome_rows) {
      const auto o = static_cast<Outcome>(&row - vm::outcome_rows);
      z3::expr here = t_.no();
      if (vm::set_of(o) & given) {
        here = unlike(contents(a_, x), contents(b_, y));
      }
      if (tested_) here = t_.either(here, unlike(deciding(a_, x, o), deciding(b_, y, o)));
      // The line's outcome may be that of another item.
      differ = t_.either(differ, x.items != none_id ? here : t_.both(t_.same(*end, t_.number(vm::set_of(o))), here));
    }
    return never(differ);
  }

  // ---------------------------------------------------------------- statuses

  bool statuses_alike() {
    const auto name = [](const Program& p, const vm::Criterion& c) { return p.texts[p.blocks[c.block].name] + " " + p.texts[c.name]; };
    std::map<std::string, const vm::Criterion*> theirs;
    for (const vm::Criterion& c : b_.criteria) {
      if (c.block != none_id) theirs.emplace(name(b_, c), &c);
    }
    z3::expr differ = t_.no();
    for (const vm::Criterion& c : a_.criteria) {
      if (c.block == none_id || !theirs.contains(name(a_, c))) continue;
      const vm::Criterion& d = *theirs.at(name(a_, c));
      if (c.domain != d.domain) return false;
      differ = t_.either(differ, unlike(as_it_stands, c.applicable, d.applicable));
      if (of(c.value) == of(d.value)) continue;
      if (c.value == none_id || d.value == none_id) return false;
      const z3::expr applies = c.applicable == none_id ? t_.yes() : t_.negated(t_.is_no(value(as_it_stands, c.applicable)));
      differ = t_.either(differ, t_.both(applies, unlike(as_it_stands, c.value, d.value)));
    }
    return never(differ);
  }

  const Program &a_, &b_;                     // under the whole's numbers
  const bool tested_;
  Terms t_;
  z3::solver solver_;
  FreeTruths truths_;
  std::map<std::vector<uint32_t>, Id> computed_;
  std::vector<std::pair<Id, Id>> repeats_, rounds_;
  std::vector<bool> is_granted_;              // outcomes that other lines look at
  std::map<uint32_t, Id> decided_;            // by block: the first program's outcome
};

}  // namespace

bool rules_alike(const vm::Joined& of_two, bool tested, bool overruled, uint32_t milliseconds) {
  return TwoPrograms(of_two, tested, overruled, milliseconds).alike();
}

}  // namespace rubric::analysis
