// Completions in which some variables have one value and the others any are a *cube*. A cube's number has one digit for
// each variable that has a choice, the first running fastest: the value, or, as the largest digit, any. So the cubes with
// one value in place of an "any" stand before it, and one pass over all of them knows the outcomes that each leaves.
// There are at most 3^12: completions are bounded, and a variable with a choice at least doubles them.
#include "vm/enough.h"

#include "base/must.h"

#include <algorithm>
#include <bit>
#include <set>

namespace rubric::vm {
namespace {

struct Digit {
  size_t variable;
  uint32_t any;
  uint32_t weight;
};   // any: the largest digit, one more than the last value

class Cubes {
 public:
  Cubes(const std::vector<Variable>& variables, std::span<const OutcomeSet> possible) : variables_(variables) {
    uint32_t cubes = 1;
    for (size_t k = 0; k < variables.size(); ++k) {
      const auto values = static_cast<uint32_t>(variables[k].values.size());
      if (values < 2) continue;
      digits_.push_back({k, values, cubes});
      cubes *= values + 1;
    }
    left_.resize(cubes);
    size_t completion = 0;
    for (uint32_t cube = 0; cube < cubes; ++cube) {
      const auto any = std::find_if(digits_.begin(), digits_.end(), [&](const Digit& d) { return of(cube, d) == d.any; });
      if (any == digits_.end()) {
        left_[cube] = possible[completion++];
        continue;
      }
      for (uint32_t value = 1; value <= any->any; ++value) left_[cube] |= left_[cube - value * any->weight];
    }
    must(completion == possible.size(), "completions are the cubes without a choice");
  }

  std::vector<Forced> fewest() const {
    std::vector<Forced> out;
    OutcomeSet reachable = left_.back();
    if (has_one(reachable)) return out;
    for (const uint32_t fixed : by_cost()) {
      each_cube(fixed, [&](uint32_t cube) {
        if (!has_one(left_[cube]) || !(reachable & left_[cube])) return;
        reachable &= ~left_[cube];
        out.push_back({the_one(left_[cube]), answers(fixed, cube)});
      });
      if (!reachable) break;
    }
    std::sort(out.begin(), out.end(), [](const Forced& a, const Forced& b) { return a.outcome < b.outcome; });
    return out;
  }

 private:
  static uint32_t of(uint32_t cube, const Digit& d) { return cube / d.weight % (d.any + 1); }

  // Every choice of variables to fix, as bits over the digits, the cheapest first.
  std::vector<uint32_t> by_cost() const {
    struct Choice {
      uint32_t fixed;
      size_t facts;
      int variables;
    };
    std::vector<Choice> choices;
    for (uint32_t fixed = 1; fixed < uint32_t{1} << digits_.size(); ++fixed) {
      std::set<size_t> facts;
      for (size_t k = 0; k < digits_.size(); ++k) {
        if (fixed >> k & 1) facts.insert(variables_[digits_[k].variable].facts.begin(), variables_[digits_[k].variable].facts.end());
      }
      choices.push_back({fixed, facts.size(), std::popcount(fixed)});
    }
    std::sort(choices.begin(), choices.end(), [](const Choice& a, const Choice& b) {
      if (a.facts != b.facts) return a.facts < b.facts;
      if (a.variables != b.variables) return a.variables < b.variables;
      // Of as many variables: the one that fixes the earliest variable in which they differ.
      const uint32_t differ = a.fixed ^ b.fixed;
      return (differ & (~differ + 1) & a.fixed) != 0;
    });
    std::vector<uint32_t> out;
    for (const Choice& c : choices) out.push_back(c.fixed);
    return out;
  }

  // The cubes that fix just these variables, in the order of their values.
  template <class F>
  void each_cube(uint32_t fixed, F see) const {
    uint32_t cube = static_cast<uint32_t>(left_.size()) - 1;
    for (size_t k = 0; k < digits_.size(); ++k) {
      if (fixed >> k & 1) cube -= digits_[k].any * digits_[k].weight;
    }
    for (;;) {
      see(cube);
      size_t k = 0;
      for (; k < digits_.size(); ++k) {
        if (!(fixed >> k & 1)) continue;
        cube += digits_[k].weight;
        if (of(cube, digits_[k]) != digits_[k].any) break;
        cube -= digits_[k].any * digits_[k].weight;
      }
      if (k == digits_.size()) return;
    }
  }

  std::vector<GivenAnswer> answers(uint32_t fixed, uint32_t cube) const {
    std::vector<GivenAnswer> out;
    for (size_t k = 0; k < digits_.size(); ++k) {
      if (fixed >> k & 1) out.push_back({digits_[k].variable, of(cube, digits_[k])});
    }
    return out;
  }

  const std::vector<Variable>& variables_;
  std::vector<Digit> digits_;
  std::vector<OutcomeSet> left_;
};

}  // namespace

std::vector<Forced> fewest_answers(const std::vector<Variable>& variables, std::span<const OutcomeSet> possible) {
  return Cubes(variables, possible).fewest();
}

}  // namespace rubric::vm
