#include "vm/completion_tree.h"

#include "vm/bits.h"
#include "vm/prepared.h"
#include "vm/values.h"

#include <algorithm>
#include <utility>

namespace rubric::vm {
namespace {

// Completions that end alike, or of which that is not known: those that have these values, whatever else they have.
struct Leaf {
  Choice choice;
  Verdict verdict;
  std::vector<GivingRule> giving;        // where it is wanted which rules stand
  bool finished = true;
  std::vector<uint32_t> variables;       // of one that is not: those that may change its end
};

// The way from the rules to the variables, followed through a run of copies as far as it is open there.
class Way {
 public:
  Way(const Decisions& d, const OpenLine& line, bool hold) : d_(d), p_(**d.program), walk_(*line.walk), hold_(hold) {
    const std::vector<Cell>& cells = walk_.cells();
    next_.resize(cells.size());
    // What leads to no variable does not rest on what is chosen, and is not run again.
    std::vector<bool> leads(cells.size(), false);
    const auto goes_on = [&](const Walk::Link& link) {
      if (!(link.to & Walk::to_variable)) return static_cast<bool>(leads[link.to]);
      return can_choose(walk_.variables[link.to & ~Walk::to_variable]);
    };
    for (bool more = true; more;) {
      more = false;
      for (auto link = walk_.links.rbegin(); link != walk_.links.rend(); ++link) {
        if (link->from == Walk::nowhere || leads[link->from] || !goes_on(*link)) continue;
        leads[link->from] = more = true;
      }
    }
    for (const Walk::Link& link : walk_.links) {
      if (!goes_on(link)) continue;
      if (link.from != Walk::nowhere) next_[link.from].push_back(link.to);
      else if (std::find(asked_.begin(), asked_.end(), link.to) == asked_.end()) asked_.push_back(link.to);
    }
    const Definitions& definitions = d.program->prepared().definitions;
    for (const Cell& cell : cells) {
      const Id domain = p_.registers[cell.reg].domain;
      rows_.push_back(copied_row(d, domain, cell.row));
      always_open_.push_back(made_by_values(domain) || (!hold && definitions.tests_record(cell.reg)));
    }
    seen_.resize(cells.size(), 0);
    met_.resize(walk_.variables.size(), 0);
  }

  // In a copy in which variables have been chosen: those that can still be reached, in order.
  std::vector<uint32_t> variables(const Decisions& run, uint32_t copy, const Choice& choice) {
    start(run, copy, choice);
    for (const uint32_t cell : asked_) look(cell);
    return std::move(found_);
  }

  // Whether a variable can be reached from what was asked for first.
  bool leads(const Decisions& run, uint32_t copy, const Choice& choice, Id reg, Row row) {
    start(run, copy, choice);
    const auto at = std::find_if(asked_.begin(), asked_.end(), [&](uint32_t each) { return walk_.cells()[each] == Cell{reg, row}; });
    if (at != asked_.end()) look(*at);
    return !found_.empty();
  }

 private:
  bool can_choose(const Variable& v) const { return vm::can_choose(p_, v) && !(hold_ && v.test); }

  // Rows that a run makes out of values are not where they are in the record's own.
  bool made_by_values(Id domain) const {
    for (; domain != none_id && domain != 0; domain = p_.domains[domain].parent) {
      if (p_.domains[domain].make == Make::unnest) return true;
    }
    return false;
  }

  void start(const Decisions& run, uint32_t copy, const Choice& choice) {
    run_ = &run, copy_ = copy, choice_ = &choice;
    found_.clear();
    ++round_;
  }

  void look(uint32_t at) {
    if (at & Walk::to_variable) {
      const uint32_t v = at & ~Walk::to_variable;
      if (met_[v] == round_ || (*choice_)[v] != as_it_is) return;
      met_[v] = round_;
      found_.push_back(v);
      return;
    }
    if (seen_[at] == round_) return;
    seen_[at] = round_;
    if (!always_open_[at] && !is_open(*run_, walk_.cells()[at].reg, rows_[at].in(copy_))) return;
    for (const uint32_t next : next_[at]) look(next);
  }

  const Decisions& d_;
  const Program& p_;
  const Walk& walk_;
  const bool hold_;
  std::vector<std::vector<uint32_t>> next_;       // by cell: cells, and variables
  std::vector<uint32_t> asked_;
  std::vector<CopiedRow> rows_;                   // by cell
  std::vector<bool> always_open_;
  std::vector<uint32_t> seen_, met_, found_;      // in which round
  uint32_t round_ = 0, copy_ = 0;
  const Decisions* run_ = nullptr;
  const Choice* choice_ = nullptr;
};

class Tree {
 public:
  Tree(const VerifiedProgram& program, const Decisions& d, const OpenLine& line, Decisions& used)
      : program_(program), d_(d), p_(*program), line_(line), used_(used) {}

  std::vector<Leaf> leaves(bool hold, uint32_t most, std::vector<RuleAt>* standing) {
    Way way(d_, line_, hold);
    std::vector<Leaf> out;
    std::vector<Choice> level{Choice(line_.walk->variables.size(), as_it_is)};
    uint32_t left = std::min(most, most_nodes);
    while (!level.empty()) {
      left -= std::min(left, static_cast<uint32_t>(level.size()));
      std::vector<Verdict> verdicts = run_choices(program_, d_, line_, level, hold, used_);
      std::vector<uint32_t> finished;
      std::vector<Leaf> open;
      size_t children = 0;
      for (uint32_t x = 0; x < level.size(); ++x) {
        Leaf leaf{std::move(level[x]), std::move(verdicts[x]), {}, true, {}};
        leaf.variables = way.variables(used_, x, leaf.choice);
        Node node(*this, way, x, leaf.choice, hold || !line_.tests);
        if (leaf.variables.empty() || node.settled()) {
          if (leaf.verdict.open) leaf.verdict = verdict_of_completion(used_, copied(x), nothing_left_open(p_, *line_.walk));
          finished.push_back(x);
          if (standing) leaf.giving = giving_rules(used_, copied(x), leaf.verdict);
          leaf.variables.clear();
          out.push_back(std::move(leaf));
          continue;
        }
        leaf.finished = false;
        leaf.verdict.possible = node.possible() | set_of(Outcome::review);   // of what cannot be computed there
        leaf.verdict.open = true;
        children += values_of_first(leaf);
        open.push_back(std::move(leaf));
      }
      if (standing) add_standing(d_, line_.line, used_, finished, *standing);
      // A tree that grows and has few leaves will not come to its end.
      const bool hopeless = children > left || (children > left / 4 && children > out.size());
      level.clear();
      for (Leaf& leaf : open) {
        if (hopeless) {
          out.push_back(std::move(leaf));
          continue;
        }
        for (uint16_t value = 0; value < values_of_first(leaf); ++value) {
          level.push_back(leaf.choice);
          level.back()[leaf.variables.front()] = value;
        }
      }
    }
    return out;
  }

 private:
  size_t values_of_first(const Leaf& leaf) const { return line_.walk->variables[leaf.variables.front()].values.size(); }
  Row copied(uint32_t copy) const { return copied_row(d_, p_.lines_domain, line_.line).in(copy); }

  // A copy of the line: what its registers say where no variable can be reached, else nothing.
  class Node {
   public:
    Node(const Tree& tree, Way& way, uint32_t copy, const Choice& choice, bool sure)
        : tree_(tree), p_(tree.p_), way_(way), copy_(copy), choice_(choice), sure_(sure) {}

    // Whether what can still be reached changes nothing: one block decides, and its open rules leave one outcome and its contents.
    bool settled() {
      const Block* decides = nullptr;
      for (const Block& block : p_.blocks) {
        const Truth scope = truth(block.scope);
        if (scope == Truth::no || scope == Truth::none) continue;
        if (decides || scope != Truth::yes || truth(block.version_gate) != Truth::yes || block.items != none_id) return false;
        decides = &block;
      }
      if (!decides) return false;
      const std::vector<Standing> rules = standing(*decides);
      return has_one(decide(rules)) && !contents_open(rules);
    }

    // What the open rules of all blocks leave possible.
    OutcomeSet possible() {
      OutcomeSet out = 0;
      uint32_t deciding = 0;
      bool surely = false;
      for (const Block& block : p_.blocks) {
        const Truth scope = truth(block.scope), gate = truth(block.version_gate);
        if (scope == Truth::no || scope == Truth::none) continue;
        if (gate != Truth::yes) out |= set_of(Outcome::gap);
        surely |= scope == Truth::yes;
        if (gate == Truth::no || gate == Truth::none) continue;
        ++deciding;
        if (sure_) out |= outcome_set(tree_.used_, block.outcome, tree_.copied(copy_));
        else out |= block.items == none_id ? decide(standing(block)) : any_outcome;
      }
      if (deciding > 1) out |= set_of(Outcome::conflict);
      if (!surely) out |= set_of(Outcome::not_decided);
      return out;
    }

   private:
    static constexpr OutcomeSet any_outcome = set_of(Outcome::not_decided) - 1;

    Truth truth(Id reg) {
      const Row row = p_.registers[reg].domain == none_id ? 0 : tree_.line_.line;
      return way_.leads(tree_.used_, copy_, choice_, reg, row) ? Truth::unknown : tree_.used_.truth(reg, tree_.copied(copy_));
    }
    std::vector<Standing> standing(const Block& block) {
      std::vector<Standing> out;
      for (const Id r : block.rules) {
        const Rule& rule = p_.rules[r];
        if (rule.outcome == no_outcome) continue;
        out.push_back({&rule, truth(rule.stands), rule.equals_request == none_id ? Truth::no : truth(rule.equals_request)});
      }
      return out;
    }

    const Tree& tree_;
    const Program& p_;
    Way& way_;
    const uint32_t copy_;
    const Choice& choice_;
    const bool sure_;        // no test of the record can turn what the run says
  };

  const VerifiedProgram& program_;
  const Decisions& d_;
  const Program& p_;
  const OpenLine& line_;
  Decisions& used_;
};

// Which facts matter: those in which completions of two leaves differ alone, if these end differently. Sets of leaves are planes
// of bits, so that one leaf is held against all others at once.
class Differences {
 public:
  Differences(const Walk& walk, const std::vector<Leaf>& leaves) : walk_(walk), leaves_(leaves), words_(words(leaves.size())) {
    for (uint32_t v = 0; v < walk.variables.size(); ++v) {
      const size_t values = walk.variables[v].values.size();
      std::vector<Plane>& with = with_.emplace_back(values, Plane(words_, 0));
      Plane& chosen = chosen_.emplace_back(words_, 0);
      for (uint32_t x = 0; x < leaves.size(); ++x) {
        if (leaves[x].choice[v] == as_it_is) continue;
        set_bit(with[leaves[x].choice[v]], x, true);
        set_bit(chosen, x, true);
      }
    }
    for (uint32_t x = 0; x < leaves.size(); ++x) {
      const auto same = [&](const auto& group) { return leaves[group.first].verdict.same_as(leaves[x].verdict); };
      auto group = std::find_if(alike_.begin(), alike_.end(), same);
      if (group == alike_.end()) group = alike_.insert(group, {x, Plane(words_, 0)});
      set_bit(group->second, x, true);
      alike_of_.push_back(static_cast<size_t>(group - alike_.begin()));
    }
  }

  void add(std::vector<bool>& matters, std::vector<OutcomeSet>& could_lead_to) const {
    Plane others(words_);
    for (uint32_t a = 0; a < leaves_.size(); ++a) {
      const Leaf& leaf = leaves_[a];
      const Plane& alike = alike_[alike_of_[a]].second;
      for (uint32_t f = 0; f < matters.size(); ++f) {
        for (size_t w = 0; w < words_; ++w) others[w] = ~alike[w];
        if (leaves_.size() % 64) others.back() &= tail_mask(static_cast<uint32_t>(leaves_.size()));
        for (uint32_t v = 0; v < leaf.choice.size(); ++v) {
          if (leaf.choice[v] == as_it_is || walk_.variables[v].facts.contains(f)) continue;
          for (size_t w = 0; w < words_; ++w) others[w] &= ~chosen_[v][w] | with_[v][leaf.choice[v]][w];
        }
        const bool below =
            std::any_of(leaf.variables.begin(), leaf.variables.end(), [&](uint32_t v) { return walk_.variables[v].facts.contains(f); });
        if (!below && std::all_of(others.begin(), others.end(), [](uint64_t word) { return word == 0; })) continue;
        matters[f] = true;
        could_lead_to[f] |= leaf.verdict.possible;
      }
    }
  }

 private:
  const Walk& walk_;
  const std::vector<Leaf>& leaves_;
  const size_t words_;
  std::vector<std::vector<Plane>> with_;             // by variable and value: the leaves that have it
  std::vector<Plane> chosen_;                        // by variable: the leaves that have any of its values
  std::vector<std::pair<uint32_t, Plane>> alike_;    // leaves that end alike, and the first of them
  std::vector<size_t> alike_of_;                     // by leaf
};

}  // namespace

Tried try_as_tree(const VerifiedProgram& program, const Decisions& d, const OpenLine& line, uint32_t most, bool rules, Decisions& used) {
  Tree tree(program, d, line, used);
  Tried out;
  const std::vector<Leaf> held = tree.leaves(line.tests, most, rules ? &out.stand : nullptr);
  const size_t facts = line.walk->facts.size();
  out.matters_held.assign(facts, false), out.could_lead_to.assign(facts, 0);
  Differences(*line.walk, held).add(out.matters_held, out.could_lead_to);
  out.matters = out.matters_held;
  for (const Leaf& leaf : held) {
    out.possible |= leaf.verdict.possible;
    out.exact &= leaf.finished;
  }
  const Leaf& first = held.front();
  if (std::all_of(held.begin(), held.end(), [&](const Leaf& leaf) { return leaf.verdict.same_as(first.verdict); })) {
    out.one = first.verdict;
    out.giving = first.giving;
  }
  if (!line.tests) return out;
  const std::vector<Leaf> live = tree.leaves(false, most, nullptr);
  Differences(*line.walk, live).add(out.matters, out.could_lead_to);
  for (const Leaf& leaf : live) out.exact &= leaf.finished;
  return out;
}

}  // namespace rubric::vm
