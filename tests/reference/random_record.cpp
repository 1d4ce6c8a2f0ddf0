// Random case records over the model of random_policy.cpp: complete first, then some facts are opened. See random.h.
#include "tests/reference/random.h"

#include <fmt/format.h>

#include <utility>

namespace rubric::reference {

namespace {

class Records {
 public:
  Records(Dice& dice, const Taste& taste) : dice_(dice), taste_(taste) {}

  Json run() {
    Json r = {{"id", "r"}, {"received", "2025-01-08"}, {"decisionDate", "2025-01-09"}};
    r["reviewType"] = dice_.of({"prospective", "retrospective"});
    r["plan"] = dice_.of({"gold", "basic"});
    r["safety"] = {{"infection", flip()}, {"risk", dice_.below(3)}};
    const uint32_t diagnoses = 1 + dice_.below(2);
    r["diagnoses"] = Json::array();
    for (uint32_t k = 1; k <= diagnoses; ++k) {
      Json d = {{"sequence", k}, {"code", code("ICD", {"D1", "D2", "D3"})}, {"severe", flip()}, {"weight", dice_.below(4)}};
      if (dice_.one_in(5)) d["weight"] = {{"none", true}};
      r["diagnoses"].push_back(d);
    }
    r["lines"] = Json::array();
    for (uint32_t n = taste_.several_lines && dice_.one_in(2) ? 2 + dice_.below(2) : 1, k = 1; k <= n; ++k)
      r["lines"].push_back(line(k, diagnoses));
    r["findings"] = list([&] { return finding(); });
    r["priorProcedures"] = list([&] { return procedure(); });
    for (uint32_t n = dice_.below(taste_.open_facts + 1); n > 0; --n) open(r);
    return r;
  }

 private:
  bool flip() { return dice_.one_in(2); }
  Json code(const char* system, std::initializer_list<const char*> codes) { return {{"system", system}, {"code", dice_.of(codes)}}; }
  std::string day(uint32_t last) { return fmt::format("2025-01-{:02}", 1 + dice_.below(last)); }

  Json line(uint32_t sequence, uint32_t diagnoses) {
    Json l = {{"sequence", sequence},
              {"code", code("CPT", {"A1", "A2", "A1", "B1", "B1", "C9"})},
              {"serviceDate", day(7)},
              {"units", 1 + dice_.below(3)},
              {"side", dice_.of({"left", "right"})},
              {"urgent", flip()}};
    l["diagnoses"] = Json::array();
    for (uint32_t k = 1; k <= diagnoses; ++k) {
      if (dice_.percent(75)) l["diagnoses"].push_back(k);
    }
    l["targets"] = Json::array();
    for (uint32_t k = dice_.below(3); k > 0; --k)
      l["targets"].push_back({{"site", dice_.of({"arm", "leg"})}, {"painful", flip()}, {"stage", dice_.below(3)}});
    return l;
  }
  Json finding() {
    Json f = {{"kind", dice_.of({"pain", "swelling", "rash"})},
              {"score", dice_.below(4)},
              {"level", dice_.of({0.5, 1.0, 1.25, 2.0})},
              {"date", day(6)},
              {"positive", flip()},
              {"remark", dice_.of({"x", "y"})},
              {"lasts", dice_.of({"1 week", "2 days", "10 days"})}};
    if (dice_.one_in(3)) f["remark"] = {{"none", true}};
    return f;
  }
  Json procedure() {
    return {{"code", code("CPT", {"A1", "A2", "B1"})},
            {"date", day(6)},
            {"status", dice_.of({"authorized", "performed"})},
            {"relief", dice_.below(4)}};
  }
  template <class F>
  Json list(F row) {
    Json rows = Json::array();
    for (uint32_t n = dice_.below(3); n > 0; --n) rows.push_back(row());
    return {{"items", std::move(rows)}, {"complete", true}};
  }

  // One fact less: not documented, vague, partial, disputed, a list that may hold more.
  void open(Json& r) {
    std::vector<std::pair<std::string, std::string>> facts;  // pointer, key
    const auto of_object = [&](const std::string& at, const Json& object) {
      for (const auto& [key, value] : object.items()) {
        const bool wrapped = value.is_object() && value.contains("items");
        const bool needed = key == "sequence" || (key == "serviceDate" && dice_.one_in(2));
        if (!value.is_array() && !wrapped && !needed) facts.emplace_back(at + "/" + key, key);
      }
    };
    of_object("/safety", r["safety"]);
    for (const char* list : {"lines", "diagnoses"}) {
      for (size_t k = 0; k < r[list].size(); ++k) of_object(fmt::format("/{}/{}", list, k), r[list][k]);
    }
    for (const char* list : {"findings", "priorProcedures"}) {
      if (!r.contains(list)) continue;
      const bool wrapped = r[list].is_object();
      const Json& rows = wrapped ? r[list]["items"] : r[list];
      for (size_t k = 0; k < rows.size(); ++k) of_object(fmt::format("/{}{}/{}", list, wrapped ? "/items" : "", k), rows[k]);
    }
    for (size_t l = 0; l < r["lines"].size(); ++l) {
      if (!r["lines"][l].contains("targets") || !r["lines"][l]["targets"].is_array()) continue;
      for (size_t k = 0; k < r["lines"][l]["targets"].size(); ++k)
        of_object(fmt::format("/lines/{}/targets/{}", l, k), r["lines"][l]["targets"][k]);
    }
    if (dice_.one_in(4)) return open_list(r);
    if (facts.empty()) return;
    const auto [pointer, key] = facts[dice_.below(static_cast<uint32_t>(facts.size()))];
    if (r.contains("annotations") && r["annotations"].contains(pointer)) return;
    Json& value = r[Json::json_pointer(pointer)];
    if (value.is_null()) return;
    const bool none = value.is_object() && value.contains("none");
    if (key == "serviceDate") {
      // A line without a date is decided by the date received, which is no law of unknowns: here it is vague at most.
      value = {{"vague", {{"low", "2025-01-03"}, {"high", dice_.of({"2025-01-04", "2025-01-05"})}}}};
    } else if (none || dice_.one_in(2)) {
      value = nullptr;
    } else if (value.is_number_integer() && value.get<int>() > 0 && dice_.one_in(2)) {
      value = {{"vague", {{"low", value.get<int>() - 1}, {"high", value}}}};
    } else if (key == "date") {
      value = dice_.one_in(3) ? Json("2025-01") : Json{{"vague", {{"low", "2025-01-02"}, {"high", "2025-01-05"}}}};
    } else {
      const Json other = key == "severe" || key == "positive" || key == "painful" || key == "urgent" || key == "infection"
                             ? Json(!value.get<bool>())
                         : key == "remark" && dice_.one_in(2) ? Json{{"none", true}}
                                                              : value;
      r["annotations"][pointer] = {{"disputed", {{{"by", "one"}, {"value", value}}, {{"by", "other"}, {"value", other}}}}};
    }
  }

  void open_list(Json& r) {
    if (dice_.one_in(4)) {
      Json& l = r["lines"][dice_.below(static_cast<uint32_t>(r["lines"].size()))];
      const char* key = dice_.of({"targets", "diagnoses"});
      if (!l.contains(key) || !l[key].is_array()) return;
      if (dice_.one_in(2)) l.erase(key);
      else l[key] = {{"items", l[key]}, {"complete", false}};
      return;
    }
    Json& list = r[dice_.of({"findings", "priorProcedures"})];
    if (!list.is_object()) return;
    switch (dice_.below(3)) {
      case 0: list["complete"] = false; break;
      case 1: list["complete"] = {{"from", "2025-01-02"}, {"to", dice_.of({"2025-01-04", "2025-01-08"})}}; break;
      default:
        if (list["items"].empty()) list = nullptr;
        else list["complete"] = false;
    }
  }

  Dice& dice_;
  const Taste& taste_;
};

}  // namespace

Json random_record(Dice& dice, const Taste& taste) { return Records(dice, taste).run(); }

}  // namespace rubric::reference
