#include "vm/settle.h"

#include "vm/domains.h"
#include "vm/enough.h"
#include "vm/open_facts.h"
#include "vm/prepared.h"
#include "vm/value_words.h"
#include "vm/values.h"

#include <algorithm>
#include <map>

namespace rubric::vm {

std::vector<Standing> standing_rules(const Decisions& d, const Block& block, Row row) {
  const Program& p = **d.program;
  std::vector<Standing> out;
  for (const Id r : block.rules) {
    const Rule& rule = p.rules[r];
    if (rule.outcome == no_outcome) continue;
    const Truth equal = rule.equals_request == none_id ? Truth::no : d.truth(rule.equals_request, row);
    out.push_back({&rule, d.truth(rule.stands, row), equal});
  }
  return out;
}

namespace {

// D(x): the outcome of a line with what belongs to it. Two completions end alike if these are equal.
struct Verdict {
  Id block = none_id;
  Outcome outcome = Outcome::not_decided;
  std::vector<Id> conditions;
  Id modification = none_id;
  std::vector<Row> items;              // of those that qualify, numbered from the line's first
  bool open = false;                   // more than one outcome was left, as where a list may hold any number of rows
  OutcomeSet possible = 0;             // those that were left
  bool same_as(const Verdict& o) const {
    return !open && !o.open && outcome == o.outcome && conditions == o.conditions && modification == o.modification && items == o.items;
  }
};

void contents(const Decisions& d, const Block& block, Row row, Verdict& v) {
  for (const Standing& s : standing_rules(d, block, row)) {
    if (s.stands != Truth::yes) continue;
    const OutcomeClass kind = outcome_row(static_cast<Outcome>(s.rule->outcome)).outcome_class;
    if (kind != OutcomeClass::favourable && kind != OutcomeClass::modify) continue;
    for (const Id c : s.rule->subject_to) {
      if (std::find(v.conditions.begin(), v.conditions.end(), c) == v.conditions.end()) v.conditions.push_back(c);
    }
    if (kind == OutcomeClass::modify && s.equals_request != Truth::yes) v.modification = s.rule->modification;
  }
}

bool granting(Outcome o) {
  return o == Outcome::approve || o == Outcome::approve_with_conditions || o == Outcome::modify || o == Outcome::not_required;
}

OutcomeSet outcome_set(const Decisions& d, Id reg, Row r) {
  const Column& c = d.column(reg);
  return static_cast<OutcomeSet>(c.cell8[c.at(r)]);
}

Verdict verdict_of(const Decisions& d, Id block_id, Row line) {
  const Program& p = **d.program;
  const Block& block = p.blocks[block_id];
  Verdict v;
  v.block = block_id;
  v.possible = outcome_set(d, block.outcome, line);
  v.open = !has_one(v.possible);
  v.outcome = v.open ? Outcome::review : the_one(v.possible);
  if (v.open || !granting(v.outcome)) return v;
  if (block.items == none_id) {
    contents(d, block, line, v);
    return v;
  }
  const DomainRows& items = d.rows_of(block.items);
  for (Row k = items.first[line]; k < items.first[line + 1]; ++k) {
    if (d.truth(block.item_scope, k) != Truth::yes) continue;
    const OutcomeSet set = outcome_set(d, block.item_outcome, k);
    if (!has_one(set) || !granting(the_one(set))) continue;
    contents(d, block, k, v);
    v.items.push_back(k - items.first[line]);
  }
  // Best and worst give the line one item's outcome; which item it was does not matter to the line.
  if (block.fold != FoldItems::qualifying) v.items.clear();
  return v;
}

// The line's verdict over all blocks that may decide it.
Verdict line_verdict(const Decisions& d, Row line) {
  const Program& p = **d.program;
  Verdict result;
  bool any = false, gap = false;
  for (Id b = 0; b < p.blocks.size(); ++b) {
    const Truth scope = d.truth(p.blocks[b].scope, line), gate = d.truth(p.blocks[b].version_gate, line);
    if (scope != Truth::yes) continue;
    if (gate != Truth::yes) {
      if (!any && !gap) result.block = b;
      gap = true;
      continue;
    }
    const Verdict v = verdict_of(d, b, line);
    if (!any) {
      result = v;
    } else if (!result.same_as(v)) {
      result.outcome = Outcome::conflict;
      result.possible |= v.possible;
      result.open |= v.open;
    }
    any = true;
  }
  if (!any && gap) {
    result.outcome = Outcome::gap;
  }
  if (!result.open) result.possible = set_of(result.outcome);
  return result;
}

class Settling {
 public:
  Settling(const Decisions& d, Row line) : d_(d), p_(**d.program), line_(line), definitions_(p_), walk_(d, definitions_) {}

  Settlement run() {
    const Verdict now = line_verdict(d_, line_);
    out_.block = now.block;
    for (Id b = 0; b < p_.blocks.size(); ++b) {
      const Block& block = p_.blocks[b];
      const Truth scope = d_.truth(block.scope, line_), gate = d_.truth(block.version_gate, line_);
      if (scope == Truth::no || scope == Truth::none || gate == Truth::no || gate == Truth::none) continue;
      if (out_.block == none_id) out_.block = b;
      if (scope == Truth::unknown || gate == Truth::unknown) out_.scope_open |= scope == Truth::unknown;
      deciding_.push_back(b);
      gather(b);
    }
    walk_.settle_values();
    tests_ = std::any_of(deciding_.begin(), deciding_.end(), [&](Id b) {
      return std::any_of(p_.blocks[b].rules.begin(), p_.blocks[b].rules.end(), [&](Id r) { return p_.rules[r].reads_record; });
    });
    complete(now);
    conclude();
    describe();
    return std::move(out_);
  }

 private:
  void gather(Id id) {
    const Block& block = p_.blocks[id];
    walk_.from(block.scope, line_);
    walk_.from(block.version_gate, line_);
    const auto rules = [&](Row row) {
      for (const Id r : block.rules) {
        walk_.from(p_.rules[r].stands, row);
        if (p_.rules[r].equals_request != none_id) walk_.from(p_.rules[r].equals_request, row);
      }
    };
    if (block.items == none_id) return rules(line_);
    const DomainRows& items = d_.rows_of(block.items);
    for (Row k = items.first[line_]; k < items.first[line_ + 1]; ++k) {
      walk_.from(block.item_scope, k);
      if (d_.truth(block.item_scope, k) != Truth::no) rules(k);
    }
  }

  // ---------------------------------------------------------------- completions

  uint64_t completions() const {
    uint64_t n = 1;
    for (const Variable& v : walk_.variables) {
      n *= std::max<size_t>(v.values.size(), 1);
      if (n > most_completions) return n;
    }
    return n;
  }

  void complete(const Verdict& now) {
    // Where nothing is open, or every open rule leaves one outcome with the same contents, there is nothing to try.
    if (walk_.variables.empty()) {
      held_ = live_ = {now};
      return;
    }
    const uint64_t n = completions();
    if (n > most_completions) {
      out_.exact = false;
      return;
    }
    uint64_t stride = 1;
    for (const Variable& v : walk_.variables) {
      strides_.push_back(stride);
      stride *= std::max<size_t>(v.values.size(), 1);
    }
    live_ = tried(static_cast<uint32_t>(n), false);
    held_ = tests_ ? tried(static_cast<uint32_t>(n), true) : live_;
  }

  Row case_row() const { return d_.ancestor(p_.lines_domain, line_, 0); }

  // Every completion, as rows of one batch. With `hold`, tests of the record stay as they are in the record.
  std::vector<Verdict> tried(uint32_t n, bool hold) {
    const Row one = case_row();
    const auto batch = replicate(*d_.batch, one, n);
    std::map<Id, std::pair<Row, Row>> spans;  // domain -> first row of the case, rows of the case
    const auto span = [&](Id domain) {
      const auto [at, added] = spans.try_emplace(domain);
      if (added) {
        const auto [begin, end] = case_rows(d_, domain, one);
        at->second = {begin, end - begin};
      }
      return at->second;
    };
    std::vector<Pin> pins;
    const auto pin = [&](Id reg, Row row, uint32_t copy, const Value& value) {
      const Id domain = p_.registers[reg].domain;
      if (domain == none_id) return;
      const auto [first, size] = span(domain);
      pins.push_back({reg, copy * size + row - first, value});
    };
    for (size_t k = 0; k < walk_.variables.size(); ++k) {
      const Variable& v = walk_.variables[k];
      if (v.values.empty() || (hold && v.test)) continue;
      for (uint32_t x = 0; x < n; ++x) pin(v.cell.reg, v.cell.row, x, v.values[x / strides_[k] % v.values.size()]);
    }
    if (hold) {
      for (const Inst& i : p_.code) {
        if (i.op != Op::shown && i.op != Op::not_shown && i.op != Op::undetermined) continue;
        const auto [first, size] = i.domain == none_id ? std::pair<Row, Row>{0, 0} : span(i.domain);
        for (Row r = first; r < first + size; ++r) {
          for (uint32_t x = 0; x < n; ++x) pin(i.dst, r, x, box(d_.truth(i.dst, r)));
        }
      }
    }
    std::stable_sort(pins.begin(), pins.end(), [](const Pin& a, const Pin& b) { return a.reg < b.reg; });
    const Decisions tries = vm::run(*d_.program, batch, pins, &d_.program->prepared().decisive);
    const auto [first, size] = span(p_.lines_domain);
    std::vector<Verdict> verdicts;
    for (uint32_t x = 0; x < n; ++x) verdicts.push_back(line_verdict(tries, x * size + line_ - first));
    return verdicts;
  }

  // ---------------------------------------------------------------- what follows

  void conclude() {
    if (!out_.exact) {
      conclude_inexact();
      return;
    }
    for (const Verdict& v : held_) out_.possible |= v.possible;
    matter();
    const bool one = !held_[0].open && std::all_of(held_.begin(), held_.end(), [&](const Verdict& v) { return v.same_as(held_[0]); });
    if (one) {
      out_.outcome = held_[0].outcome;
      out_.block = held_[0].block == none_id ? out_.block : held_[0].block;
      recommend();
      return;
    }
    undetermined();
  }

  // Too many completions: what the open rules leave possible stands, and every open fact behind them is asked for.
  void conclude_inexact() {
    for (const Id b : deciding_) out_.possible |= outcome_set(d_, p_.blocks[b].outcome, line_);
    if (out_.scope_open) out_.possible |= set_of(Outcome::not_decided);
    for (OpenFact& f : walk_.facts) f.could_lead_to = out_.possible;
    matters_.assign(walk_.facts.size(), true);
    undetermined();
  }

  void undetermined() {
    if (out_.scope_open) {
      out_.outcome = Outcome::pend;
      return;
    }
    bool persons_only = true, any = false;
    for (size_t f = 0; f < walk_.facts.size(); ++f) {
      if (!matters_held(f)) continue;
      any = true;
      persons_only &= walk_.facts[f].kind != OpenFact::Kind::record;
    }
    if (!any || persons_only) {
      out_.outcome = Outcome::review;
      return;
    }
    out_.by_when_undetermined = true;
    out_.outcome = Outcome::pend;
    const Block& block = p_.blocks[out_.block];
    const Row one = case_row();
    const Value type = p_.review_type == none_id ? Value{} : d_.value(p_.review_type, one);
    for (const auto& [review, outcome] : block.when_undetermined) {
      const bool applies = review == none_id || (type.kind == Kind::value && type.i == static_cast<int64_t>(review));
      // An entry for a review type outweighs the default, whatever their order; an unknown type pends.
      if (applies && (review != none_id || type.kind == Kind::value || p_.review_type == none_id)) {
        if (review == none_id && specific_) continue;
        out_.outcome = static_cast<Outcome>(outcome);
        specific_ |= review != none_id;
      }
    }
    if (out_.outcome == Outcome::deny && !(out_.possible & set_of(Outcome::deny))) out_.outcome = Outcome::pend;
  }

  // With a review: the verdict that the other standing rules amount to.
  void recommend() {
    if (out_.outcome != Outcome::review || out_.block == none_id) return;
    const Block& block = p_.blocks[out_.block];
    if (block.items != none_id) return;
    std::vector<Standing> rest;
    for (const Standing& s : standing_rules(d_, block, line_)) {
      if (outcome_row(static_cast<Outcome>(s.rule->outcome)).outcome_class != OutcomeClass::review) rest.push_back(s);
    }
    const OutcomeSet set = decide(rest);
    if (has_one(set) && the_one(set) != Outcome::gap) out_.recommendation = the_one(set);
  }

  // Completions that agree in all but the variables of a fact.
  template <class F>
  void groups(size_t fact, F f) const {
    std::map<uint64_t, std::vector<uint32_t>> by_rest;
    for (uint32_t x = 0; x < live_.size(); ++x) {
      uint64_t rest = x;
      for (size_t k = 0; k < walk_.variables.size(); ++k) {
        const Variable& v = walk_.variables[k];
        if (v.values.empty() || !v.facts.contains(fact)) continue;
        rest -= x / strides_[k] % v.values.size() * strides_[k];
      }
      by_rest[rest].push_back(x);
    }
    for (const auto& [rest, members] : by_rest) f(members);
  }

  static bool differ(const std::vector<Verdict>& verdicts, const std::vector<uint32_t>& members) {
    return std::any_of(members.begin() + 1, members.end(), [&](uint32_t x) { return !verdicts[x].same_as(verdicts[members[0]]); });
  }

  void matter() {
    matters_.assign(walk_.facts.size(), false);
    held_matters_.assign(walk_.facts.size(), false);
    if (walk_.variables.empty()) return;
    for (size_t f = 0; f < walk_.facts.size(); ++f) {
      groups(f, [&](const std::vector<uint32_t>& members) {
        for (const auto* verdicts : {&live_, &held_}) {
          if (!differ(*verdicts, members)) continue;
          matters_[f] = true;
          if (verdicts == &held_) held_matters_[f] = true;
          for (const uint32_t x : members) walk_.facts[f].could_lead_to |= (*verdicts)[x].possible;
        }
      });
    }
    if (!tests_) held_matters_ = matters_;
    enough();
  }
  bool matters_held(size_t f) const { return out_.exact ? held_matters_[f] : matters_[f]; }

  // What a letter can offer: "either ... or".
  void enough() {
    std::vector<OutcomeSet> possible;
    for (const Verdict& v : live_) possible.push_back(v.possible);
    for (const Forced& forced : fewest_answers(walk_.variables, possible)) {
      EnoughAnswers& e = out_.enough.emplace_back();
      e.outcome = forced.outcome;
      for (const GivenAnswer& given : forced.answers) {
        const Variable& v = walk_.variables[given.variable];
        const Value& value = v.values[given.value];
        const Said said = words_for(v);
        e.answers.push_back({walk_.facts[*v.facts.begin()].fact, said.site, words_of(said.opposite ? opposite(value) : value)});
      }
    }
  }

  // The author's words that a variable's value answers, and whether they say the opposite: `every`, and a limit's
  // distance, hold where no row breaks them.
  struct Said {
    Id site = none_id;
    bool opposite = false;
  };

  Said words_for(const Variable& v) const {
    for (const Cell& reader : v.readers) {
      if (const Id site = site_at(reader.reg); site != none_id) return {site, false};
      if (p_.registers[reader.reg].type != Type::truth) continue;
      if (const Said said = words_above(reader.reg); said.site != none_id) return said;
    }
    for (const Cell& reader : v.readers) {
      for (Id s = 0; s < p_.sites.size(); ++s) {
        if (p_.sites[s].member == reader.reg) return {s, false};
      }
    }
    return {};
  }

  // Of a row under a fold: the words for the fold, or for its opposite.
  Said words_above(Id reg) const {
    Said said;
    for (const Inst& i : p_.code) {
      const auto args = std::span(p_.operands).subspan(i.args, i.n);
      if (std::find(args.begin(), args.end(), reg) == args.end()) continue;
      if (i.op != Op::any && i.op != Op::all && i.op != Op::truth_or && i.op != Op::truth_not && i.op != Op::up) continue;
      if (i.op == Op::truth_not) said.opposite = !said.opposite;
      reg = i.dst;
      said.site = site_at(reg);
      if (said.site != none_id) return said;
    }
    return {};
  }

  Id site_at(Id reg) const {
    for (Id s = 0; s < p_.sites.size(); ++s) {
      if (p_.sites[s].value == reg) return s;
    }
    return none_id;
  }

  static Value opposite(const Value& v) { return v.kind == Kind::value ? box(truth_not(unbox<Truth>(v))) : v; }

  std::string words_of(const Value& v) const { return v.kind == Kind::none ? "none" : vm::words_of(*d_.batch, v); }

  // Which criteria each fact serves, and the facts that were read and cannot matter.
  void describe() {
    const size_t decisive = walk_.facts.size();
    for (const Id b : deciding_) {
      for (const Id c : p_.blocks[b].criteria) {
        const Criterion& criterion = p_.criteria[c];
        Row begin = line_, end = line_ + 1;
        if (criterion.domain != p_.lines_domain) {
          const DomainRows& rows = d_.rows_of(criterion.domain);
          begin = rows.first[line_];
          end = rows.first[line_ + 1];
        }
        for (Row r = begin; r < end; ++r) {
          for (const Id reg : {criterion.applicable, criterion.value}) {
            for (const size_t f : walk_.facts_behind(reg, r)) {
              auto& list = walk_.facts[f].criteria;
              if (std::find(list.begin(), list.end(), c) == list.end()) list.push_back(c);
            }
          }
        }
      }
    }
    matters_.resize(walk_.facts.size(), false);
    for (size_t f = 0; f < walk_.facts.size(); ++f) {
      const bool asked = f < decisive && matters_[f];
      (asked ? out_.missing : out_.irrelevant).push_back(walk_.facts[f]);
    }
  }

  const Decisions& d_;
  const Program& p_;
  const Row line_;
  const Definitions definitions_;
  Walk walk_;
  std::vector<Id> deciding_;
  bool tests_ = false, specific_ = false;
  std::vector<uint64_t> strides_;
  std::vector<Verdict> live_, held_;
  std::vector<bool> matters_, held_matters_;
  Settlement out_;
};

}  // namespace

Settlement settle(const Decisions& d, Row line) { return Settling(d, line).run(); }

}  // namespace rubric::vm
