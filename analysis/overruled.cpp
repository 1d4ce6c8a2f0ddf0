#include "analysis/overruled.h"

#include <utility>

namespace rubric::analysis {

std::vector<Json> overruled(const vm::Program& p, const Json& record) {
  using Words = std::vector<std::pair<vm::Id, const char*>>;   // criterion, status
  std::vector<Json> out;
  const auto add = [&](const Words& words) {
    Json made = record;
    Json& list = made["assertions"];
    if (!list.is_array()) list = Json::array();
    for (const auto& [criterion, status] : words) {
      const std::string& name = p.texts[p.criteria[criterion].name];
      for (size_t k = list.size(); k-- > 0;) {
        if (list[k].value("criterion", "") == name) list.erase(k);
      }
      list.push_back(Json{{"criterion", name}, {"status", status}, {"by", "reviewer"}, {"reason", "made up"}});
    }
    out.push_back(std::move(made));
  };
  for (vm::Id c = 0; c < p.criteria.size(); ++c) {
    for (const char* const status : {"notApplicable", "notMet", "met"}) add({{c, status}});
  }
  const auto all_but_one = [&](const std::vector<vm::Id>& named) {
    for (const vm::Id one : named) {
      Words words;
      for (const vm::Id other : named) {
        if (other != one) words.emplace_back(other, "notApplicable");
      }
      if (words.size() > 1) add(words);
      if (!words.empty()) words.emplace_back(one, "met"), add(words);
    }
  };
  for (const vm::Rule& r : p.rules) all_but_one(r.reads);
  for (const vm::Criterion& c : p.criteria) all_but_one(c.members);
  return out;
}

}  // namespace rubric::analysis
