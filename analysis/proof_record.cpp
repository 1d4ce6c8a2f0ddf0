#include "analysis/proof_record.h"

#include "analysis/made_record.h"
#include "vm/date.h"
#include "vm/decimal.h"
#include "vm/units.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace rubric::analysis {
namespace {

using vm::Type;

// The place that "/lines/0/code" names, made on the way.
Json& at(Json& root, const std::string& path) { return **place(root, steps_of_pointer(path)); }

}  // namespace

std::vector<std::string> list_paths(const vm::Program& p) {
  std::vector<std::string> out(p.domains.size());
  const auto visit = [&](const auto& self, vm::Id node, const std::string& way) -> void {
    for (const vm::Field& f : p.nodes[node].fields) {
      const std::string path = way + "/" + p.texts[f.key];
      if (f.kind == vm::FieldKind::object) self(self, f.node, path);
      if (f.kind != vm::FieldKind::list && f.kind != vm::FieldKind::reference) continue;
      if (f.domain == vm::none_id) continue;
      out[f.domain] = path;
      if (f.kind == vm::FieldKind::list && f.node != vm::none_id) self(self, f.node, path);
    }
  };
  if (!p.nodes.empty()) visit(visit, 0, "");
  for (vm::Id d = 0; d < p.domains.size(); ++d) {
    if (p.domains[d].make == vm::Make::cross) out[d] = out[p.domains[d].from];
  }
  return out;
}

bool tells_of_past(const vm::Node& node) {
  return std::any_of(node.fields.begin(), node.fields.end(),
                     [](const vm::Field& f) { return f.type == vm::Type::date && f.high.kind == vm::Bound::Kind::of_case; });
}

ProofRecord::ProofRecord(Terms& t, ProofSize size) : t_(t), size_(std::move(size)) {}

std::vector<ProofRow> ProofRecord::list(const vm::Program& p, const ProofRow& parent, const vm::Field& field, const std::string& key) {
  const std::string path = parent.path + "/" + key;
  const auto [at, added] = list_of_.try_emplace(path, lists_.size());
  if (!added) return lists_[at->second].rows;
  List list{path, parent.path, field.complete, field.node != vm::none_id && tells_of_past(p.nodes[field.node]), {}, {}};
  std::string kind;
  for (size_t at = 0; at < path.size();) {
    const size_t next = std::min(path.find('/', at + 1), path.size());
    const std::string step = path.substr(at, next - at);
    if (step.find_first_not_of("/0123456789") != std::string::npos) kind += step;
    at = next;
  }
  auto own = size_.of_list.find(path);
  if (own == size_.of_list.end()) own = size_.of_list.find(kind);
  const uint32_t most = own != size_.of_list.end() ? own->second : path == lines_path ? size_.lines : size_.rows;
  z3::expr before = parent.there;
  for (uint32_t k = 0; k < most; ++k) {
    const std::string row = fmt::format("{}/{}", path, k);
    // A request has a line.
    const bool sure = path == lines_path && k == 0;
    const z3::expr there = sure ? t_.yes() : t_.both(before, t_.c.bool_const(row.c_str()));
    list.rows.push_back({row, k, there});
    before = there;
  }
  lists_.push_back(std::move(list));
  return lists_.back().rows;
}

z3::expr ProofRecord::reference(const ProofRow& row, const std::vector<ProofRow>& to) {
  List& list = lists_[list_of_.at(row.path.substr(0, row.path.rfind('/')))];
  const auto [at, added] = list.references.try_emplace(row.path, t_.c.int_const((row.path + " refers to").c_str()));
  if (added) {
    z3::expr some = t_.no();
    for (const ProofRow& r : to) some = t_.either(some, t_.both(r.there, at->second == static_cast<int>(r.number)));
    constraints_.push_back(z3::implies(row.there, some));
    // A row is referred to once.
    for (const auto& [other, number] : list.references) {
      if (other == row.path) continue;
      for (const ProofRow& r : list.rows) {
        if (r.path == other) constraints_.push_back(z3::implies(row.there && r.there, number != at->second));
      }
    }
  }
  return at->second;
}

Symbol ProofRecord::symbol_of(const vm::Field& field, const std::string& name, const ProofRow& row) {
  const z3::expr gone = field.optional ? t_.c.bool_const((name + " is none").c_str()) : t_.no();
  if (field.type == Type::truth) {
    const z3::expr is = t_.c.bool_const(name.c_str());
    return {Type::truth, t_.either(gone, is), t_.either(gone, t_.negated(is)), t_.number(0)};
  }
  const z3::expr v = name.ends_with("/sequence") && !row.path.empty() ? t_.number(row.number + 1) : t_.c.int_const(name.c_str());
  return {field.type, gone, t_.no(), v};
}

Symbol ProofRecord::field(const vm::Program& p, const ProofRow& row, const std::string& key, vm::Id node, const vm::Field& field) {
  const std::string name = row.path + "/" + key;
  const auto [at, added] = fact_of_.try_emplace(name, facts_.size());
  if (added) facts_.push_back({row.path, key, field, tells_of_past(p.nodes[node]), symbol_of(field, name, row)});
  const Symbol s = facts_[at->second].symbol;
  if (s.type != field.type) return t_.unknown(field.type);
  if (bounded_.try_emplace({name, &p}, true).second) bound(p, row, key, node, field, s);
  return s;
}

Symbol ProofRecord::case_field(const vm::Program& p, const std::string& key) {
  for (const vm::Field& f : p.nodes[0].fields) {
    if (f.kind == vm::FieldKind::scalar && p.texts[f.key] == key) return field(p, {"", 0, t_.yes()}, key, 0, f);
  }
  return t_.unknown(Type::date);
}

// What a record must keep to that both versions can read.
void ProofRecord::bound(const vm::Program& p, const ProofRow& row, const std::string& key, vm::Id node, const vm::Field& field,
                        const Symbol& s) {
  const z3::expr given = t_.negated(t_.is_none(s));
  const auto need = [&](const z3::expr& what) { constraints_.push_back(z3::implies(given, what)); };
  switch (field.type) {
    case Type::integer: need(s.v >= t_.number(INT32_MIN) && s.v <= t_.number(INT32_MAX)); break;
    case Type::decimal: {
      const z3::expr limit = t_.c.int_val("1000000000000000000000000000000000000");
      need(s.v < limit && s.v > -limit);
      break;
    }
    case Type::date:
      need(s.v >= t_.number(vm::days_of(Terms::first_year, 1, 1)) && s.v <= t_.number(vm::days_of(Terms::last_year, 12, 31)));
      break;
    case Type::text:
    case Type::code: need(s.v >= 0); break;
    case Type::truth:
    case Type::long_integer:
    case Type::date_time:
    case Type::time:
    case Type::quantity:
    case Type::interval:
    case Type::list:
    case Type::tuple:
    case Type::outcome:
    case Type::ratio:
    case Type::code_concept:
    case Type::any: break;
  }
  if (!field.one_of.empty()) {
    z3::expr some = t_.no();
    for (const vm::Id word : field.one_of) some = t_.either(some, t_.same(s.v, t_.number(t_.text(p.texts[word]))));
    need(some);
  }
  const auto end = [&](const vm::Bound& b, bool low) {
    std::optional<Symbol> other;
    switch (b.kind) {
      case vm::Bound::Kind::unbounded: return;
      case vm::Bound::Kind::constant: other = t_.constant(p, p.constants[b.constant]); break;
      case vm::Bound::Kind::sibling: {
        const vm::Field& f = p.nodes[node].fields[b.field];
        const size_t slash = key.rfind('/');
        other = this->field(p, row, (slash == std::string::npos ? "" : key.substr(0, slash + 1)) + p.texts[f.key], node, f);
        break;
      }
      case vm::Bound::Kind::of_case: {
        const vm::Field& f = p.nodes[0].fields[b.field];
        other = this->field(p, {"", 0, t_.yes()}, p.texts[f.key], 0, f);
        break;
      }
    }
    if (other->type != s.type || s.type == Type::quantity) return;
    need(z3::implies(!t_.is_none(*other), low ? s.v >= other->v : s.v <= other->v));
  };
  end(field.low, true);
  end(field.high, false);
}

Symbol ProofRecord::judgment(const ProofRow& row, const std::string& criterion) {
  for (const Judgment& j : judgments_) {
    if (j.row == row.path && j.criterion == criterion) return j.symbol;
  }
  const Symbol s = t_.truth(t_.c.bool_const(fmt::format("{} judged {}", row.path, criterion).c_str()));
  judgments_.push_back({row.path, criterion, s});
  return s;
}

void ProofRecord::sort(const std::string& path, const std::string& by) {
  const auto list = list_of_.find(path);
  if (list == list_of_.end()) return;
  const std::vector<ProofRow>& rows = lists_[list->second].rows;
  for (size_t k = 0; k + 1 < rows.size(); ++k) {
    const auto first = fact_of_.find(rows[k].path + "/" + by), next = fact_of_.find(rows[k + 1].path + "/" + by);
    if (first == fact_of_.end() || next == fact_of_.end()) return;
    constraints_.push_back(z3::implies(rows[k + 1].there, facts_[first->second].symbol.v <= facts_[next->second].symbol.v));
  }
}

z3::expr ProofRecord::ordinary() {
  z3::expr out = t_.yes();
  for (const Fact& f : facts_) {
    // Digits that a JSON number keeps.
    const int64_t most = 1'000'000 * vm::Decimal::scale;
    if (f.symbol.type == Type::decimal) out = t_.both(out, f.symbol.v >= t_.number(-most) && f.symbol.v <= t_.number(most));
    if (f.symbol.type == Type::date)
      out = t_.both(out, f.symbol.v >= t_.number(vm::days_of(2016, 1, 1)) && f.symbol.v <= t_.number(vm::days_of(2036, 12, 31)));
  }
  return out;
}

std::string ProofRecord::json(z3::model& model) const {
  const auto holds = [&](const z3::expr& e) { return model.eval(e, true).is_true(); };
  const auto number = [&](const z3::expr& e) {
    int64_t n = 0;
    model.eval(e, true).is_numeral_i64(n);
    return n;
  };
  std::map<std::string, bool> there{{"", true}};
  Json root = Json::object();
  for (const List& list : lists_) {
    if (!there[list.parent]) continue;
    Json rows = Json::array();
    for (const ProofRow& row : list.rows) {
      there[row.path] = holds(row.there);
      if (!there[row.path]) continue;
      const auto reference = list.references.find(row.path);
      rows.push_back(reference == list.references.end() ? Json::object() : Json(number(reference->second) + 1));
    }
    at(root, list.path) = std::move(rows);
  }
  for (const Fact& fact : facts_) {
    if (!there[fact.row]) continue;
    Json& value = at(root, fact.row + "/" + fact.key);
    const Symbol& s = fact.symbol;
    if (fact.field.optional && holds(s.type == Type::truth ? s.p && s.q : s.p)) {
      value = json_none();
      continue;
    }
    switch (s.type) {
      case Type::truth: value = holds(s.p); break;
      case Type::integer:
      case Type::long_integer: value = number(s.v); break;
      case Type::decimal: {
        // Digits beyond 64 bits are beyond what a record is worth showing with.
        value = json_decimal({number(s.v)});
        break;
      }
      case Type::text: value = t_.text_of(number(s.v)); break;
      case Type::code: {
        const auto [system, word] = t_.code_of(number(s.v));
        value = json_code(system, word);
        break;
      }
      case Type::date: value = json_day(static_cast<int32_t>(number(s.v))); break;
      case Type::quantity: value = "1 day"; break;
      case Type::date_time:
      case Type::time:
      case Type::interval:
      case Type::list:
      case Type::tuple:
      case Type::outcome:
      case Type::ratio:
      case Type::code_concept:
      case Type::any: value = nullptr; break;
    }
  }
  // A row whose facts nobody reads still has its number.
  for (const List& list : lists_) {
    if (!there[list.parent] || !list.references.empty()) continue;
    Json& rows = at(root, list.path);
    if (list.path == lines_path || list.path == "/diagnoses") {
      for (size_t k = 0; k < rows.size(); ++k) rows[k]["sequence"] = k + 1;
    }
  }
  for (const Judgment& j : judgments_) {
    if (!there[j.row]) continue;
    Json assertion{{"criterion", j.criterion}, {"status", holds(j.symbol.p) ? "met" : "notMet"}};
    // "/lines/0/targets/1": its line and the item's number.
    const std::string rest = j.row.starts_with("/lines/") ? j.row.substr(7) : "";
    if (!rest.empty()) assertion["line"] = std::stoul(rest) + 1;
    if (const size_t item = rest.rfind('/'); item != std::string::npos) assertion["item"] = std::stoul(rest.substr(item + 1)) + 1;
    root["assertions"].push_back(assertion);
  }
  for (auto list = lists_.rbegin(); list != lists_.rend(); ++list) {
    if (!there[list->parent] || list->complete || !list->references.empty()) continue;
    Json& rows = at(root, list->path);
    rows = Json{{"items", std::move(rows)}, {"complete", true}};
  }
  Json out{{"id", "witness"}};
  out.update(root);
  return out.dump(2);
}

}  // namespace rubric::analysis
