#include "vm/settle.h"

#include "vm/completions.h"
#include "vm/domains.h"
#include "vm/prepared.h"
#include "vm/run_parts.h"
#include "vm/value_words.h"
#include "vm/values.h"

#include <algorithm>
#include <bit>
#include <unordered_map>
#include <utility>

namespace rubric::vm {
namespace {

// What has been learnt of lines by their patterns, of a program or of those that share it.
struct Learnt {
  std::vector<VerifiedProgram> programs; // kept, so that no other one takes their place in memory
  Settle how;
  uint32_t most_completions;
  std::unordered_map<std::string, std::shared_ptr<const Tried>> tried;
  static constexpr size_t most = 16'384;

  bool is_about(const VerifiedProgram& program) const {
    return std::any_of(programs.begin(), programs.end(), [&](const VerifiedProgram& p) { return &*p == &*program; });
  }
};

bool tests_record(const Program& p, const Block& block) {
  return std::any_of(block.rules.begin(), block.rules.end(), [&](Id r) { return p.rules[r].reads_record; });
}

class Settling {
 public:
  // `open`: whether anything may be, of what rules or criteria rest on.
  Settling(const Decisions& d, Row line, bool open, Walk& walk, const Learnt& learnt)
      : d_(d), p_(**d.program), line_(line), open_(open), walk_(walk), learnt_(learnt) {}

  // What is open. False: its completions must be tried first, and are not known yet.
  bool look() {
    walk_.restart();
    const Verdict now = line_verdict(d_, line_);
    out_.block = now.block;
    for (Id b = 0; b < p_.blocks.size(); ++b) {
      const Block& block = p_.blocks[b];
      const Truth scope = d_.truth(block.scope, line_), gate = d_.truth(block.version_gate, line_);
      if (scope == Truth::no || scope == Truth::none) continue;
      walk_.note(b), walk_.note(static_cast<uint32_t>(scope) << 2 | static_cast<uint32_t>(gate));
      if (gate == Truth::no || gate == Truth::none) continue;
      if (out_.block == none_id) out_.block = b;
      if (scope == Truth::unknown) out_.scope_open = true;
      scope_known_ &= scope != Truth::unknown && gate != Truth::unknown;
      deciding_.push_back(b);
      gather(b);
    }
    walk_.settle_values();
    return complete(now);
  }

  OpenLine open_line() const {
    const bool tests = std::any_of(deciding_.begin(), deciding_.end(), [&](Id b) { return tests_record(p_, p_.blocks[b]); });
    return {line_, &walk_, tests, scope_known_};
  }

  Settlement result() {
    conclude();
    if (learnt_.how == Settle::outcome) {
      out_.possible = 0;
      if (walk_.pattern()) out_.way = {tried_, walk_.places()};
      return std::move(out_);
    }
    describe();
    return std::move(out_);
  }
  Settlement result_of(std::shared_ptr<const Tried> tried) {
    tried_ = std::move(tried);
    return result();
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
    constexpr uint32_t items_end = 0xfff80000;
    walk_.note(items_end);
  }

  bool complete(const Verdict& now) {
    // Where nothing is open, or every open rule leaves one outcome with the same contents, there is nothing to try.
    if (walk_.variables.empty()) {
      Tried none = nothing_to_try(d_, line_, now.open && !walk_.reads_outcomes ? line_verdict(d_, line_, true) : now);
      none.matters.assign(walk_.facts.size(), false);
      tried_ = std::make_shared<const Tried>(std::move(none));
      return true;
    }
    const std::string* const pattern = walk_.pattern();
    const auto known = pattern ? learnt_.tried.find(*pattern) : learnt_.tried.end();
    if (known == learnt_.tried.end()) return false;
    tried_ = known->second;
    return true;
  }

  // ---------------------------------------------------------------- what follows

  void conclude() {
    out_.exact = tried_->exact;
    out_.possible = tried_->possible;
    for (const RuleAt& each : tried_->stand) out_.may_stand.emplace_back(p_.blocks[each.block].rules[each.rule], each.item);
    for (size_t f = 0; f < tried_->could_lead_to.size(); ++f) walk_.facts[f].could_lead_to = tried_->could_lead_to[f];
    if (learnt_.how == Settle::all) enough();
    if (tried_->one) {
      out_.outcome = tried_->one->outcome;
      out_.block = tried_->one->block == none_id ? out_.block : tried_->one->block;
      for (const GivingRule& each : tried_->giving)
        out_.giving.push_back({p_.blocks[out_.block].rules[each.rule], each.item, each.as_requested});
      out_.items = tried_->one->items;
      recommend();
      return;
    }
    undetermined();
  }

  void undetermined() {
    if (out_.scope_open) {
      out_.outcome = Outcome::pend;
      return;
    }
    if (!waits_for_record()) {
      out_.outcome = Outcome::review;
      return;
    }
    out_.by_when_undetermined = true;
    out_.outcome = Outcome::pend;
    const Block& block = p_.blocks[out_.block];
    const Row one = d_.ancestor(p_.lines_domain, line_, 0);
    const Value type = p_.review_type == none_id ? Value{} : d_.value(p_.review_type, one);
    bool specific = false;
    for (const auto& [review, outcome] : block.when_undetermined) {
      const bool applies = review == none_id || (type.kind == Kind::value && type.i == static_cast<int64_t>(review));
      // An entry for a review type outweighs the default, whatever their order; an unknown type pends.
      if (applies && (review != none_id || type.kind == Kind::value || p_.review_type == none_id)) {
        if (review == none_id && specific) continue;
        out_.outcome = static_cast<Outcome>(outcome);
        specific |= review != none_id;
      }
    }
    if (out_.outcome == Outcome::deny && !(out_.possible & set_of(Outcome::deny))) out_.outcome = Outcome::pend;
  }

  bool waits_for_record() const {
    if (!tried_->all) return true;
    for (size_t f = 0; f < tried_->matters_held.size(); ++f) {
      if (tried_->matters_held[f] && walk_.facts[f].kind == OpenFact::Kind::record) return true;
    }
    return false;
  }

  // With a review: the verdict that the other standing rules amount to.
  void recommend() {
    if (learnt_.how == Settle::outcome || out_.outcome != Outcome::review || out_.block == none_id) return;
    const Block& block = p_.blocks[out_.block];
    if (block.items != none_id) return;
    std::vector<Standing> rest;
    for (const Standing& s : standing_rules(d_, block, line_)) {
      if (outcome_row(static_cast<Outcome>(s.rule->outcome)).outcome_class != OutcomeClass::review) rest.push_back(s);
    }
    const OutcomeSet set = decide(rest);
    if (has_one(set) && the_one(set) != Outcome::gap) out_.recommendation = the_one(set);
  }

  // What a letter can offer: "either ... or".
  void enough() {
    for (const Forced& forced : tried_->enough) {
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
    if (!open_) return;
    const size_t decisive = walk_.facts.size();
    const std::vector<bool>& matters = tried_->matters;
    if (learnt_.how == Settle::reasons) {
      for (size_t f = 0; f < decisive; ++f) {
        if (matters[f]) out_.missing.push_back(walk_.facts[f]);
      }
      return;
    }
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
            for (const uint32_t f : walk_.facts_behind(reg, r)) {
              auto& list = walk_.facts[f].criteria;
              if (std::find(list.begin(), list.end(), c) == list.end()) list.push_back(c);
            }
          }
        }
      }
    }
    for (size_t f = 0; f < walk_.facts.size(); ++f) {
      const bool asked = f < decisive && matters[f];
      (asked ? out_.missing : out_.irrelevant).push_back(std::move(walk_.facts[f]));
    }
  }

  const Decisions& d_;
  const Program& p_;
  const Row line_;
  const bool open_;
  Walk& walk_;
  const Learnt& learnt_;
  std::vector<Id> deciding_;
  bool scope_known_ = true;
  std::shared_ptr<const Tried> tried_;
  Settlement out_;
};

// The lines of a program on which something is open that a rule or a criterion of a block rests on.
class OpenLines {
 public:
  explicit OpenLines(const Decisions& d) : d_(d), p_(**d.program), open_(words(d.rows_of(p_.lines_domain).rows)) {
    const Definitions& definitions = d.program->prepared().definitions;
    for (const Block& block : p_.blocks) {
      for (const Id reg : {block.scope, block.version_gate, block.item_scope}) add(reg);
      for (const Id r : block.rules) {
        add(p_.rules[r].stands), add(p_.rules[r].equals_request);
        // What tests the record rests on facts also where it is known.
        if (p_.rules[r].reads_record) std::fill(open_.begin(), open_.end(), ~uint64_t{0});
      }
      for (const Id c : block.criteria) {
        for (const Id reg : {p_.criteria[c].applicable, p_.criteria[c].value}) {
          add(reg);
          if (definitions.tests_record(reg)) std::fill(open_.begin(), open_.end(), ~uint64_t{0});
        }
      }
    }
  }
  bool operator[](Row line) const { return bit(open_, line); }

 private:
  void add(Id reg) {
    if (reg == none_id) return;
    const Column& c = d_.column(reg);
    const Id domain = p_.registers[reg].domain;
    if (c.uniform || domain == none_id) {
      if (c.truth(0) == Truth::unknown) std::fill(open_.begin(), open_.end(), ~uint64_t{0});
      return;
    }
    for (uint32_t w = 0; w < words(c.rows); ++w) {
      uint64_t open = ~(c.p[w] | c.q[w]);
      if (w + 1 == words(c.rows)) open &= tail_mask(c.rows);
      if (domain == p_.lines_domain) {
        open_[w] |= open;
        continue;
      }
      for (; open; open &= open - 1) add_row(domain, w * 64 + static_cast<Row>(std::countr_zero(open)));
    }
  }
  // A row that belongs to a line is that line's, one of the case all of its lines'.
  void add_row(Id domain, Row r) {
    for (; domain != p_.lines_domain && domain != 0; domain = p_.domains[domain].parent) r = d_.rows_of(domain).up[r];
    if (domain == p_.lines_domain) return set_bit(open_, r, true);
    const auto [begin, end] = case_rows(d_, p_.lines_domain, r);
    for (Row line = begin; line < end; ++line) set_bit(open_, line, true);
  }

  const Decisions& d_;
  const Program& p_;
  Plane open_;
};

// What nobody reads any more, and whose storage is taken.
struct Room {
  Decisions completions, cases;
  std::vector<std::unique_ptr<Walk>> walks;
};

// Lines of one run, whose cases are a run's own or stand in it by themselves.
class Together {
 public:
  Together(const Decisions& d, const Origin* origin, Learnt& learnt, Room& room) : d_(d), origin_(origin), learnt_(learnt), room_(room) {}
  ~Together() { std::move(free_.begin(), free_.end(), std::back_inserter(room_.walks)); }
  Together(const Together&) = delete;
  Together& operator=(const Together&) = delete;

  void add(Row line, bool open, Settlement& to) {
    std::unique_ptr<Walk> walk = free_walk();
    Settling each(d_, line, open, *walk, learnt_);
    if (each.look()) {
      to = each.result();
      free_.push_back(std::move(walk));
      return;
    }
    const std::string* const pattern = walk->pattern();
    size_t number = open_.size();
    if (pattern) number = unknown_.try_emplace(*pattern, number).first->second;
    if (number == open_.size()) {
      open_.push_back(each.open_line());
      // Of outcomes alone most lines need a few attempts.
      constexpr uint32_t few = 32;
      rows_ += std::min(completions_of(walk->variables), learnt_.how == Settle::outcome ? few : learnt_.most_completions);
    }
    waiting_.push_back({std::move(walk), std::move(each), &to, number});
    constexpr uint32_t most_rows = 2 * most_completions;
    if (rows_ >= most_rows) finish();
  }

  // Those whose completions are not known yet.
  void finish() {
    if (open_.empty()) return;
    std::vector<std::shared_ptr<const Tried>> tried;
    for (Tried& each : try_completions(*d_.program, d_, open_, learnt_.how, learnt_.most_completions, room_.completions))
      tried.push_back(std::make_shared<const Tried>(std::move(each)));
    if (learnt_.tried.size() + unknown_.size() > Learnt::most) learnt_.tried.clear();
    for (const auto& [pattern, number] : unknown_) learnt_.tried.emplace(pattern, tried[number]);
    for (Waiting& each : waiting_) {
      *each.to = each.settling.result_of(tried[each.number]);
      free_.push_back(std::move(each.walk));
    }
    unknown_.clear(), open_.clear(), waiting_.clear();
    rows_ = 0;
  }

 private:
  struct Waiting {
    std::unique_ptr<Walk> walk;
    Settling settling;                   // that walks it
    Settlement* to;
    size_t number;                       // of the open line that tells
  };

  std::unique_ptr<Walk> free_walk() {
    std::unique_ptr<Walk> out;
    if (free_.empty()) {
      out = std::make_unique<Walk>(d_, origin_, learnt_.how != Settle::outcome);
      if (room_.walks.empty()) return out;
      out->take_room(*room_.walks.back());
      room_.walks.pop_back();
    } else {
      out = std::move(free_.back());
      free_.pop_back();
    }
    return out;
  }

  const Decisions& d_;
  const Origin* const origin_;
  Learnt& learnt_;
  Room& room_;
  std::vector<std::unique_ptr<Walk>> free_;
  std::vector<Waiting> waiting_;
  std::unordered_map<std::string, size_t> unknown_;   // patterns that are to be tried; the first line's number
  std::vector<OpenLine> open_;                        // those that are tried
  uint32_t rows_ = 0;
};

}  // namespace

CloseLook look_closely(const Decisions& d, std::span<const Row> lines, const std::vector<bool>* only, Decisions used) {
  CloseLook out;
  for (const Row line : lines) {
    const Row of_case = d.ancestor((**d.program).lines_domain, line, 0);
    if (out.cases.empty() || out.cases.back() != of_case) out.cases.push_back(of_case);
  }
  out.run = run_whole(*d.program, copies(*d.batch, out.cases), only, std::move(used));
  return out;
}

struct Settler::Impl {
  std::vector<std::unique_ptr<Learnt>> learnt;
  Room room;
  uint32_t most = most_completions;

  Learnt& about(const VerifiedProgram& program, Settle how) {
    for (const auto& each : learnt) {
      if (each->how == how && each->is_about(program)) return *each;
    }
    return *learnt.emplace_back(std::make_unique<Learnt>(std::vector{program}, how, most));
  }
};

Settler::Settler(uint32_t most) : impl_(std::make_unique<Impl>()) { impl_->most = most; }
Settler::~Settler() = default;
Settler::Settler(Settler&&) noexcept = default;
Settler& Settler::operator=(Settler&&) noexcept = default;

void Settler::share(const VerifiedProgram& one, const VerifiedProgram& other) {
  for (const Settle how : {Settle::outcome, Settle::reasons, Settle::all}) {
    Learnt& learnt = impl_->about(one, how);
    if (!learnt.is_about(other)) learnt.programs.push_back(other);
  }
}

std::vector<Settlement> Settler::settle(const Decisions& d, std::span<const Row> lines, Settle how) {
  std::vector<Settlement> out(lines.size());
  const OpenLines open(d);
  std::vector<Row> are_open;
  Together here(d, nullptr, impl_->about(*d.program, how), impl_->room);
  for (size_t k = 0; k < lines.size(); ++k) {
    if (d.batch->cases > 1 && open[lines[k]]) are_open.push_back(lines[k]);
    else here.add(lines[k], open[lines[k]], out[k]);
  }
  here.finish();
  if (are_open.empty()) return out;
  CloseLook look = look_closely(d, are_open, nullptr, std::move(impl_->room.cases));
  std::vector<Settlement> settled = settle(d, look, are_open, how);
  for (size_t k = 0, next = 0; k < lines.size(); ++k) {
    if (next < are_open.size() && lines[k] == are_open[next]) out[k] = std::move(settled[next++]);
  }
  impl_->room.cases = std::move(look.run);
  return out;
}

std::vector<Settlement> Settler::settle(const Decisions& d, CloseLook& look, std::span<const Row> lines, Settle how) {
  std::vector<Settlement> out(lines.size());
  const Program& p = **d.program;
  const VerifiedProgram* const seen = std::exchange(look.run.program, d.program);
  const Origin origin{d, look.cases};
  Together closely(look.run, &origin, impl_->about(*d.program, how), impl_->room);
  Row at = 0;
  for (size_t k = 0; k < lines.size(); ++k) {
    while (look.cases[at] != d.ancestor(p.lines_domain, lines[k], 0)) ++at;
    const Row first = case_rows(look.run, p.lines_domain, at).first;
    closely.add(first + lines[k] - case_rows(d, p.lines_domain, look.cases[at]).first, true, out[k]);
  }
  closely.finish();
  look.run.program = seen;
  return out;
}

Settlement settle(const Decisions& d, Row line) {
  Learnt learnt{{*d.program}, Settle::all, most_completions, {}};
  Room room;
  Settlement out;
  Together one(d, nullptr, learnt, room);
  one.add(line, true, out);
  one.finish();
  return out;
}

}  // namespace rubric::vm
