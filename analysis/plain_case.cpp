#include "analysis/plain_case.h"

#include <algorithm>
#include <functional>
#include <map>

namespace rubric::analysis {
namespace {

using Pointer = Json::json_pointer;

class Plain {
 public:
  Plain(RecordSearch& search, Json record, const std::vector<uint32_t>& features)
      : search_(search), record_(std::move(record)), features_(features) {}

  Json made() {
    do {
      while (take_away()) {
      }
    } while (put_plainer());
    number_lines();
    return std::move(record_);
  }

 private:
  std::vector<bool> suffice(const std::vector<Json>& records) {
    std::vector<bool> out;
    for (const auto& shown : search_.shown(records))
      out.push_back(std::includes(shown.begin(), shown.end(), features_.begin(), features_.end()));
    return out;
  }
  bool take(Json next) {
    if (next == record_ || !suffice({next})[0]) return false;
    record_ = std::move(next);
    return true;
  }

  // Whole keys and rows first, then what is inside of them.
  bool take_away() {
    std::vector<Pointer> places;
    const std::function<void(const Json&, const Pointer&)> collect = [&](const Json& j, const Pointer& at) {
      const bool code = j.is_object() && j.contains("system");
      if (!j.is_structured() || code) return;
      for (const auto& [key, inner] : j.items()) {
        const Pointer here = j.is_array() ? at / static_cast<size_t>(std::stoul(key)) : at / key;
        if (!(at.empty() && (key == "id" || key == "lines"))) places.push_back(here);
        collect(inner, here);
      }
    };
    collect(record_, Pointer());
    std::vector<Json> tries;
    for (const Pointer& place : places) tries.push_back(without(record_, place));
    const std::vector<bool> good = suffice(tries);
    std::vector<size_t> order;
    for (size_t k = 0; k < places.size(); ++k) {
      if (good[k]) order.push_back(k);
    }
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return tries[a].dump().size() < tries[b].dump().size(); });
    // Rows move up when one before them goes: what follows in its list waits for the next round.
    bool any = false;
    std::vector<Pointer> moved;
    for (const size_t k : order) {
      const std::string at = places[k].to_string();
      const bool waits = std::any_of(moved.begin(), moved.end(), [&](const Pointer& m) { return at.starts_with(m.to_string()); });
      if (waits || !record_.contains(places[k])) continue;
      if (!take(without(record_, places[k]))) continue;
      any = true;
      moved.push_back(record_[places[k].parent_pointer()].is_array() ? places[k].parent_pointer() : places[k]);
    }
    return any;
  }
  static Json without(Json record, const Pointer& place) {
    Json& parent = record[place.parent_pointer()];
    if (parent.is_array()) {
      parent.erase(std::stoul(place.back()));
    } else if (place.back() == "items") {   // the list as a whole
      record[place.parent_pointer().parent_pointer()].erase(place.parent_pointer().back());
    } else {
      parent.erase(place.back());
      // A list of which is not said that it is complete is written plainly.
      if (place.back() == "complete" && parent.contains("items")) parent = Json(parent["items"]);
    }
    return record;
  }

  bool put_plainer() {
    const std::vector<RecordSpace::Plainer> all = search_.space().plainer(record_);
    std::vector<Json> tries;
    for (const auto& [at, value] : all) {
      tries.push_back(record_);
      tries.back()[at] = value;
    }
    const std::vector<bool> good = suffice(tries);
    bool any = false;
    std::string done;
    for (size_t k = 0; k < all.size(); ++k) {
      if (!good[k] || all[k].at.to_string() == done) continue;
      Json next = record_;
      next[all[k].at] = all[k].value;
      if (take(std::move(next))) any = true, done = all[k].at.to_string();
    }
    return any;
  }

  // Several lines are told apart by their numbers, one needs none.
  void number_lines() {
    Json next = record_;
    if (!next.contains("lines") || !next["lines"].is_array()) return;
    size_t number = 0;
    for (Json& line : next["lines"]) {
      if (!line.is_object()) return;
      Json numbered = Json::object();
      numbered["sequence"] = ++number;
      for (const auto& [key, value] : line.items()) {
        if (key != "sequence") numbered[key] = value;
      }
      line = std::move(numbered);
    }
    (void)take(std::move(next));
  }

  RecordSearch& search_;
  Json record_;
  const std::vector<uint32_t>& features_;
};

}  // namespace

Json plain_case(RecordSearch& search, Json record, const std::vector<uint32_t>& features) {
  return Plain(search, std::move(record), features).made();
}

}  // namespace rubric::analysis
