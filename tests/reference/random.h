// Random policies and records, for tests that compare, count and complete; and how a failing pair is made small.
//
// A policy is a tree of clauses and expressions that prints as source text in the language, over one small record model
// (random_policy.cpp has it): few fields, each with few values, so that completions can be tried one and all. Everything
// follows from a seed. What is drawn compiles, by construction; a test counts that it does.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace rubric::reference {

using Json = nlohmann::json;

class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 0x1234567) {}
  uint32_t below(uint32_t n) {  // splitmix64, the same everywhere
    uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return static_cast<uint32_t>((z ^ (z >> 31)) % n);
  }
  bool one_in(uint32_t n) { return below(n) == 0; }
  bool percent(uint32_t n) { return below(100) < n; }
  template <class T>
  T of(std::initializer_list<T> list) {
    return *(list.begin() + below(static_cast<uint32_t>(list.size())));
  }
  const std::string& of(const std::vector<std::string>& list) { return list[below(static_cast<uint32_t>(list.size()))]; }

 private:
  uint64_t state_;
};

// A piece of source text: the pattern with %0, %1 ... for its parts. `sort` says what can stand in its place: 't' a truth,
// 'n' a number, 'd' a date, 'o' a criterion's outline, 'r' a rule's condition, 'c' a clause.
struct Term {
  char sort = 't';
  std::string pattern;
  std::vector<Term> parts;
};
std::string text_of(const Term&);

struct RandomPolicy {
  std::vector<Term> clauses;
  std::string source() const;
};

// What shall be drawn.
struct Taste {
  uint32_t open_facts = 4;        // of the record, at most
  bool record_tests = true;       // X is shown, ...
  bool judgments = true;
  bool items = true;              // blocks that fold over diagnoses or targets
  bool limits = true;
  bool several_lines = true;
  bool everything = true;         // also what the machine may answer less sharply than the reference: products of ranges
};

RandomPolicy random_policy(Dice&, const Taste&);
Json random_record(Dice&, const Taste&);

// Smaller pairs that still fail: clauses dropped, expressions replaced by their parts, facts dropped.
struct Pair {
  RandomPolicy policy;
  Json record;
};
Pair shrunk(Pair, const std::function<bool(const Pair&)>& still_fails);

}  // namespace rubric::reference
