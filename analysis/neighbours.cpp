#include "analysis/neighbours.h"

#include <algorithm>

namespace rubric::analysis {
namespace {

using ast::Expr;
using ast::ExprKind;

void names_in(const Expr& e, std::set<std::string>& out) {
  if (e.kind == ExprKind::name) out.insert(e.name);
  for (const auto* list : {&e.args, &e.of, &e.where, &e.count}) {
    for (const Expr& inner : *list) names_in(inner, out);
  }
}

bool is_exception_to(const ast::Rule& rule, const std::string& other) {
  const auto has = [&](const std::vector<ast::Word>& list) {
    return std::any_of(list.begin(), list.end(), [&](const ast::Word& w) { return w.text == other; });
  };
  return rule.exception_to.every_other ? !has(rule.exception_to.but) : has(rule.exception_to.targets);
}

void add_once(std::vector<std::string>& list, const std::string& name) {
  if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
}

}  // namespace

Neighbours::Neighbours(const std::vector<ast::Module>& modules) {
  for (size_t m = 0; m < modules.size(); ++m) learn(m, modules[m].declarations, "");
  // What a group inside of a group holds, the outer one holds.
  for (bool more = true; more;) {
    more = false;
    for (auto& [name, held] : inside_) {
      for (const std::string& each : std::set<std::string>(held)) {
        if (const auto inner = inside_.find(each); inner != inside_.end()) {
          for (const std::string& deep : inner->second) more |= held.insert(deep).second;
        }
      }
    }
  }
}

void Neighbours::learn(size_t module, const std::vector<ast::Declaration>& list, const std::string& section) {
  size_t criteria = rows_.size(), rules = criteria + 1;
  rows_.resize(rows_.size() + 2);
  const auto put = [&](size_t row, const std::string& name, std::map<std::string, std::vector<Place>>& places) {
    places[name].push_back({module, row, rows_[row].size()});
    rows_[row].push_back(name);
  };
  const auto criterion = [&](const std::string& name) {
    criteria_.insert(name);
    if (!section.empty()) inside_[section].insert(name);
    put(criteria, name, criterion_at_);
  };
  for (const ast::Declaration& d : list) {
    if (d.kind == ast::DeclarationKind::decides) {
      criteria = rows_.size(), rules = criteria + 1;
      rows_.resize(rows_.size() + 2);
    }
    for (const ast::Entity& e : d.entity) {
      for (const ast::Field& f : e.fields) {
        for (const std::string& word : f.one_of) add_once(model_words_[f.name.text], word);
      }
    }
    for (const ast::Define& each : d.define) learn_words(each.body);
    for (const ast::Criterion& c : d.criterion) {
      criterion(c.name.text);
      learn_words(c.condition);
      if (c.group) names_in(c.condition, inside_[c.name.text]);
    }
    for (const ast::Limit& l : d.limit) criterion(l.name.text);
    for (const ast::Section& s : d.section) criterion(s.name.text), learn(module, s.members, s.name.text);
    for (const ast::Rule& r : d.rule) {
      put(rules, r.name.text, rule_at_), rules_.try_emplace(r.name.text, &r);
      if (r.when) learn_words(*r.when);
    }
    for (const ast::Amend& a : d.amend) learn(module, a.added, "");
  }
}

// `T.category = 'nsaid'`, `T.category in { 'nsaid', 'tca' }`.
void Neighbours::learn_words(const Expr& e) {
  if (e.kind == ExprKind::binary && e.args.size() == 2 && e.args[0].kind == ExprKind::member) {
    const std::vector<Expr> one = {e.args[1]};
    for (const Expr& word : e.args[1].kind == ExprKind::list ? e.args[1].args : one) {
      if (word.kind == ExprKind::string_literal) add_once(words_[e.args[0].name], word.text);
    }
  }
  for (const auto* list : {&e.args, &e.of, &e.where, &e.count}) {
    for (const Expr& inner : *list) learn_words(inner);
  }
}

std::string Neighbours::word_beside(const std::string& field, const std::vector<Expr>& list) const {
  for (const auto* words : {&model_words_, &words_}) {
    const auto known = words->find(field);
    if (known == words->end()) continue;
    for (const std::string& word : known->second) {
      if (std::none_of(list.begin(), list.end(), [&](const Expr& e) { return e.text == word; })) return word;
    }
    return "";
  }
  return "";
}

std::set<std::string> Neighbours::named_in(const Expr& e) const {
  std::set<std::string> names;
  names_in(e, names);
  std::erase_if(names, [&](const std::string& n) { return !is_criterion(n); });
  return names;
}

bool Neighbours::is_list(const std::vector<Expr>& items) const {
  return !items.empty() &&
         std::all_of(items.begin(), items.end(), [&](const Expr& e) { return e.kind == ExprKind::name && is_criterion(e.name); });
}

// The one before and the one behind; of what several modules have, in the same one where it is there.
std::vector<std::string> Neighbours::beside(size_t module, const std::string& name,
                                            const std::map<std::string, std::vector<Place>>& places) const {
  const auto known = places.find(name);
  if (known == places.end()) return {};
  const auto own = std::find_if(known->second.begin(), known->second.end(), [&](const Place& p) { return p.module == module; });
  const Place& place = own == known->second.end() ? known->second.front() : *own;
  const std::vector<std::string>& row = rows_[place.row];
  std::vector<std::string> out;
  if (place.at > 0) out.push_back(row[place.at - 1]);
  if (place.at + 1 < row.size()) out.push_back(row[place.at + 1]);
  return out;
}

std::vector<std::string> Neighbours::criteria_beside(size_t module, const std::vector<Expr>& list,
                                                     const std::set<std::string>& named) const {
  const auto holds = [&](const std::string& outer, const std::string& inner) {
    const auto at = inside_.find(outer);
    return at != inside_.end() && at->second.contains(inner);
  };
  std::vector<std::string> out;
  for (const Expr& e : list) {
    for (const std::string& each : beside(module, e.name, criterion_at_)) {
      const bool there = named.contains(each) ||
                         std::any_of(named.begin(), named.end(), [&](const std::string& n) { return holds(n, each) || holds(each, n); });
      if (!there) add_once(out, each);
    }
  }
  return out;
}

std::vector<std::string> Neighbours::rules_beside(size_t module, const std::vector<ast::Word>& rules) const {
  std::vector<std::string> out;
  for (const ast::Word& rule : rules) {
    for (const std::string& each : beside(module, rule.text, rule_at_)) {
      if (std::none_of(rules.begin(), rules.end(), [&](const ast::Word& r) { return r.text == each; })) add_once(out, each);
    }
  }
  return out;
}

std::vector<std::string> Neighbours::rules_beside(size_t module, const ast::Rule& rule) const {
  std::vector<std::string> out = rules_beside(module, rule.exception_to.targets);
  std::erase_if(out, [&](const std::string& each) { return each == rule.name.text || is_exception_to(*rules_.at(each), rule.name.text); });
  return out;
}

}  // namespace rubric::analysis
