#include "analysis/witness.h"

#include "vm/date.h"
#include "vm/machine.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace rubric::analysis {
namespace {

using Json = nlohmann::ordered_json;
using Pointer = Json::json_pointer;

bool is_none(const Json& j) { return j.is_object() && j.contains("none"); }
bool is_code(const Json& j) { return j.is_object() && j.contains("system"); }

// What can be taken away: facts, rows, and objects as a whole; not the names and numbers that rows are known by.
void parts(const Json& j, const Pointer& at, std::vector<Pointer>& out) {
  if (j.is_array()) {
    for (size_t k = 0; k < j.size(); ++k) {
      out.push_back(at / k);
      parts(j[k], at / k, out);
    }
    return;
  }
  if (!j.is_object() || is_none(j) || is_code(j)) return;
  for (const auto& [key, value] : j.items()) {
    if (key == "id" || key == "sequence" || key == "complete") continue;
    if (key != "items" && key != "lines") out.push_back(at / key);
    parts(value, at / key, out);
  }
}

void leaves(const Json& j, const Pointer& at, std::vector<Pointer>& out) {
  if (j.is_structured()) {
    for (const auto& [key, value] : j.items()) {
      if (key == "sequence" || key == "diagnoses" || key == "assertions") {
        if (!value.is_structured() || key == "assertions") continue;
        if (value.is_array() && !value.empty() && value[0].is_number()) continue;   // references
      }
      leaves(value, j.is_array() ? at / static_cast<size_t>(std::stoul(key)) : at / key, out);
    }
  } else {
    out.push_back(at);
  }
}

void take(Json& root, const Pointer& at) {
  Json& parent = root[at.parent_pointer()];
  if (parent.is_array()) parent.erase(std::stoul(at.back()));
  else parent.erase(at.back());
}

std::optional<int32_t> day(const Json& j) {
  if (!j.is_string()) return std::nullopt;
  const auto date = vm::parse_iso_date(j.get<std::string>());
  return date && date->precision == 3 ? std::optional(date->days) : std::nullopt;
}

class Small {
 public:
  Small(Json root, const std::function<bool(const std::string&)>& holds) : root_(std::move(root)), holds_(holds) {}

  Json made() {
    constexpr int rounds = 4;
    for (int k = 0; k < rounds && (take_away() | bring_near()); ++k) {
    }
    return std::move(root_);
  }

 private:
  bool tried(Json next) {
    if (next == root_ || !holds_(next.dump())) return false;
    root_ = std::move(next);
    return true;
  }

  bool take_away() {
    bool any = false;
    std::vector<Pointer> all;
    parts(root_, Pointer(), all);
    // From the last, so that the numbers of those before stay.
    for (auto at = all.rbegin(); at != all.rend(); ++at) {
      if (!root_.contains(*at)) continue;
      Json next = root_;
      take(next, *at);
      any |= tried(std::move(next));
    }
    return any;
  }

  // The nearest to `target` of a leaf's numbers that still will do.
  template <class Put>
  bool nearest(int64_t now, int64_t target, Put put) {
    bool any = false;
    const auto at = [&](int64_t n) {
      Json next = root_;
      put(next, n);
      return tried(std::move(next));
    };
    if (now == target) return false;
    if (at(target)) return true;
    int64_t good = now, bad = target;
    while (good - bad > 1 || bad - good > 1) {
      const int64_t middle = bad + (good - bad) / 2;
      if (at(middle)) {
        good = middle;
        any = true;
      } else {
        bad = middle;
      }
    }
    return any;
  }

  bool bring_near() {
    bool any = false;
    std::vector<Pointer> all;
    leaves(root_, Pointer(), all);
    for (const Pointer& at : all) {
      const Json& leaf = root_[at];
      if (leaf.is_number_integer()) {
        any |= nearest(leaf.get<int64_t>(), 0, [&](Json& next, int64_t n) { next[at] = n; });
      } else if (leaf.is_number()) {
        const auto whole = static_cast<int64_t>(leaf.get<double>());
        Json next = root_;
        next[at] = whole;
        if (tried(std::move(next))) nearest(whole, 0, [&](Json& n, int64_t v) { n[at] = v; });
      } else if (const auto own = day(leaf)) {
        for (const Pointer& other : all) {
          if (other == at) continue;
          const auto to = day(root_[other]);
          const auto from = day(root_[at]);
          if (!to || !from || *to == *from) continue;
          any |= nearest(*from, *to, [&](Json& next, int64_t n) { next[at] = vm::iso_date({static_cast<int32_t>(n), 3}); });
        }
      }
    }
    return any;
  }

  Json root_;
  const std::function<bool(const std::string&)>& holds_;
};

}  // namespace

vm::Trace decided(const vm::VerifiedProgram& program, const std::string& json, bool with_criteria) {
  vm::Loader loader(*program, "");
  loader.add(json, "");
  const vm::Decisions decisions = vm::run(program, std::make_shared<const vm::Batch>(loader.take()));
  return vm::trace(decisions, 0, with_criteria);
}

vm::Trace decided_with_word(const vm::VerifiedProgram& program, const std::string& json, const std::string& criterion,
                            std::string_view status) {
  Json root = Json::parse(json, nullptr, false);
  root["assertions"].push_back(Json{{"criterion", criterion}, {"status", status}});
  return decided(program, root.dump(), false);
}

std::vector<std::string> granted(const vm::LineTrace& line) {
  std::vector<std::string> out;
  for (const vm::ConditionTrace& c : line.conditions) {
    std::string& words = out.emplace_back(fmt::format("{}|{}|{}|{}|{}", c.name, c.text, c.due_from, c.due_to, c.after));
    for (const auto& [name, value] : c.values) words += fmt::format("|{}={}", name, value);
  }
  for (const vm::ModificationField& f : line.modified) out.push_back(fmt::format("{} {}", f.field, f.value));
  out.insert(out.end(), line.approved_items.begin(), line.approved_items.end());
  std::sort(out.begin(), out.end());
  return out;
}

std::string ending(const vm::LineTrace& line) {
  return fmt::format("{}\n{}", static_cast<int>(line.outcome), fmt::join(granted(line), "\n"));
}

std::map<std::string, vm::Status> statuses_by_name(const vm::LineTrace& line) {
  std::map<std::string, vm::Status> out;
  const auto add = [&](const auto& self, const std::vector<vm::CriterionTrace>& list) -> void {
    for (const vm::CriterionTrace& c : list) {
      out.emplace(c.name + " " + c.item, c.status);
      self(self, c.criteria);
    }
  };
  add(add, line.criteria);
  for (const vm::ItemTrace& item : line.items) {
    std::vector<vm::CriterionTrace> named = item.criteria;
    for (vm::CriterionTrace& c : named) c.item = item.item;
    add(add, named);
  }
  return out;
}

std::optional<std::pair<vm::LineTrace, vm::LineTrace>> told_apart(const vm::VerifiedProgram& before, const vm::VerifiedProgram& after,
                                                                  const std::string& json, bool by_statuses) {
  const vm::Trace was = decided(before, json), now = decided(after, json);
  if (was.rejected || now.rejected) return std::nullopt;
  for (size_t k = 0; k < std::min(was.lines.size(), now.lines.size()); ++k) {
    bool differs = ending(was.lines[k]) != ending(now.lines[k]);
    if (!differs && by_statuses) {
      const auto x = statuses_by_name(was.lines[k]), y = statuses_by_name(now.lines[k]);
      differs = std::any_of(x.begin(), x.end(), [&](const auto& each) {
        const auto other = y.find(each.first);
        return other != y.end() && other->second != each.second;
      });
    }
    if (differs) return std::pair(was.lines[k], now.lines[k]);
  }
  return std::nullopt;
}

std::string made_small(std::string json, const std::function<bool(const std::string&)>& holds) {
  Json root = Json::parse(json, nullptr, false);
  if (root.is_discarded()) return json;
  return Small(std::move(root), holds).made().dump(2);
}

std::vector<std::string> less_by_one(const std::string& json) {
  const Json root = Json::parse(json, nullptr, false);
  std::vector<std::string> out;
  std::vector<Pointer> all;
  parts(root, Pointer(), all);
  for (const Pointer& at : all) {
    Json next = root;
    take(next, at);
    out.push_back(next.dump());
  }
  return out;
}

}  // namespace rubric::analysis
