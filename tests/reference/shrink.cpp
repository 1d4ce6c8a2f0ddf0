// Making a failing pair small, so that its message can be read. See random.h.
#include "tests/reference/random.h"

#include <functional>
#include <utility>

namespace rubric::reference {

namespace {

using Fails = std::function<bool(const Pair&)>;

// Places of a tree, in order; a change is tried at one after the other until nothing helps any more.
void places(Term& t, std::vector<Term*>& out) {
  out.push_back(&t);
  for (Term& p : t.parts) places(p, out);
}

// Below a node, what could stand in its place.
void replacements(const Term& t, char sort, std::vector<Term>& out) {
  for (const Term& p : t.parts) {
    const bool fits = p.sort == sort || (p.sort == 't' && (sort == 'o' || sort == 'r'));
    if (fits) out.push_back(p);
    replacements(p, sort, out);
  }
}

bool drop_a_clause(Pair& pair, const Fails& fails) {
  for (size_t k = 0; k < pair.policy.clauses.size(); ++k) {
    Pair smaller = pair;
    smaller.policy.clauses.erase(smaller.policy.clauses.begin() + static_cast<ptrdiff_t>(k));
    if (!fails(smaller)) continue;
    pair = std::move(smaller);
    return true;
  }
  return false;
}

bool simplify_an_expression(Pair& pair, const Fails& fails) {
  for (size_t c = 0; c < pair.policy.clauses.size(); ++c) {
    std::vector<Term*> nodes;
    places(pair.policy.clauses[c], nodes);
    for (size_t k = 1; k < nodes.size(); ++k) {
      std::vector<Term> others;
      const char sort = nodes[k]->sort;
      replacements(*nodes[k], sort, others);
      if (!nodes[k]->parts.empty() && (sort == 't' || sort == 'o' || sort == 'r')) others.push_back({sort, "true", {}});
      if (!nodes[k]->parts.empty() && sort == 'n') others.push_back({sort, "1", {}});
      for (Term& other : others) {
        Pair smaller = pair;
        std::vector<Term*> same;
        places(smaller.policy.clauses[c], same);
        other.sort = sort;
        *same[k] = other;
        if (!fails(smaller)) continue;
        pair = std::move(smaller);
        return true;
      }
    }
  }
  return false;
}

void members(const Json& j, const std::string at, std::vector<std::string>& out) {  // a copy: `out` moves
  if (j.is_object()) {
    for (const auto& [key, value] : j.items()) {
      std::string escaped;
      for (const char c : key) escaped += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
      out.push_back(at + "/" + escaped);
      members(value, out.back(), out);
    }
  } else if (j.is_array()) {
    for (size_t k = 0; k < j.size(); ++k) {
      out.push_back(at + "/" + std::to_string(k));
      members(j[k], out.back(), out);
    }
  }
}

bool drop_a_fact(Pair& pair, const Fails& fails) {
  std::vector<std::string> all;
  members(pair.record, "", all);
  for (const std::string& pointer : all) {
    if (pointer.ends_with("/serviceDate")) continue;  // what stands in for it is no law of unknowns: see random_record.cpp
    Pair smaller = pair;
    const Json::json_pointer at(pointer);
    Json& parent = smaller.record[at.parent_pointer()];
    if (parent.is_array()) parent.erase(std::stoul(at.back()));
    else parent.erase(at.back());
    if (!fails(smaller)) continue;
    pair = std::move(smaller);
    return true;
  }
  return false;
}

}  // namespace

Pair shrunk(Pair pair, const Fails& still_fails) {
  for (int rounds = 0; rounds < 400; ++rounds) {
    if (drop_a_clause(pair, still_fails) || simplify_an_expression(pair, still_fails) || drop_a_fact(pair, still_fails)) continue;
    break;
  }
  return pair;
}

}  // namespace rubric::reference
