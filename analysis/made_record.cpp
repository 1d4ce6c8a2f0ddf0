#include "analysis/made_record.h"

#include "vm/date.h"
#include "vm/decimal.h"
#include "vm/prepared.h"
#include "vm/units.h"

#include <fmt/format.h>

namespace rubric::analysis {
namespace {

bool is_number(const std::string& s) { return !s.empty() && s.find_first_not_of("0123456789") == std::string::npos; }

}  // namespace

Steps steps_of_pointer(std::string_view path) {
  Steps out;
  std::string step;
  const auto end = [&] {
    if (!step.empty()) out.push_back(std::move(step));
    step.clear();
  };
  for (const char c : path) {
    if (c == '/' || c == '.' || c == '[' || c == ']') end();
    else step.push_back(c);
  }
  end();
  return out;
}

tl::expected<Json*, std::string> place(Json& root, const Steps& steps) {
  Json* at = &root;
  for (const std::string& step : steps) {
    if (is_number(step)) {
      if (at->is_object() && at->contains("items")) at = &(*at)["items"];
      if (at->is_null()) *at = Json::array();
      const size_t index = std::stoul(step.substr(0, 9));
      if (!at->is_array() || index > at->size()) return tl::unexpected(fmt::format("the record has no element {} there", step));
      if (index == at->size()) at->push_back(nullptr);
      at = &(*at)[index];
    } else {
      if (at->is_null()) *at = Json::object();
      if (!at->is_object()) return tl::unexpected(fmt::format("the record has no {} there", step));
      at = &(*at)[step];
    }
  }
  return at;
}

tl::expected<Json*, std::string> take_away(Json& root, const Steps& steps) {
  if (steps.empty()) return &root;
  const auto at = place(root, Steps(steps.begin(), steps.end() - 1));
  if (!at) return at;
  const std::string& last = steps.back();
  Json& list = (*at)->is_object() && is_number(last) && (*at)->contains("items") ? (**at)["items"] : **at;
  if (list.is_array() && is_number(last) && std::stoul(last.substr(0, 9)) < list.size()) {
    list.erase(std::stoul(last.substr(0, 9)));
  } else if (list.is_object()) {
    list.erase(last);
  }
  return at;
}

std::string json_day(int32_t days) { return vm::iso_date({days, 3}); }
Json json_decimal(vm::Decimal d) { return Json::parse(vm::to_string(d), nullptr, false); }
Json json_code(const std::string& system, const std::string& code) { return Json{{"system", system}, {"code", code}}; }
Json json_none() { return Json{{"none", true}}; }

Json json_of(const vm::Program& p, const vm::Constant& c) {
  if (c.kind == vm::Kind::none) return json_none();
  vm::Arena arena;
  const vm::Value v = vm::value_of(c, arena);
  switch (c.type) {
    case vm::Type::truth: return vm::unbox<vm::Truth>(v) == vm::Truth::yes;
    case vm::Type::integer:
    case vm::Type::long_integer: return c.low;
    case vm::Type::decimal: return json_decimal(vm::unbox<vm::Decimal>(v));
    case vm::Type::text: return p.texts[static_cast<size_t>(c.low)];
    case vm::Type::code: {
      const auto& [system, code] = p.codes[static_cast<size_t>(c.low)];
      return json_code(p.texts[system], p.texts[code]);
    }
    case vm::Type::date: return vm::iso_date(vm::unbox<vm::Date>(v));
    case vm::Type::quantity: {
      const vm::Quantity q = vm::unbox<vm::Quantity>(v);
      const vm::Unit& unit = vm::unit(q.unit);
      return fmt::format("{} {}", vm::to_string(q.value), unit.calendar ? unit.plural : unit.name);
    }
    case vm::Type::date_time:
    case vm::Type::time:
    case vm::Type::interval:
    case vm::Type::list:
    case vm::Type::tuple:
    case vm::Type::outcome:
    case vm::Type::ratio:
    case vm::Type::code_concept:
    case vm::Type::any: break;
  }
  return nullptr;
}

namespace {

void compare(const Json& from, const Json& to, Steps& at, std::vector<Change>& out) {
  if (from == to) return;
  if (from.is_object() && to.is_object() && !from.contains("items") && !to.contains("items")) {
    for (const auto& [key, value] : from.items()) {
      at.push_back(key);
      if (!to.contains(key)) out.push_back({at, std::nullopt});
      else compare(value, to[key], at, out);
      at.pop_back();
    }
    for (const auto& [key, value] : to.items()) {
      if (!from.contains(key)) out.push_back({at, value}), out.back().steps.push_back(key);
    }
    return;
  }
  if (from.is_array() && to.is_array() && from.size() == to.size()) {
    for (size_t k = 0; k < from.size(); ++k) {
      at.push_back(std::to_string(k));
      compare(from[k], to[k], at, out);
      at.pop_back();
    }
    return;
  }
  const bool both_items = from.is_object() && to.is_object() && from.contains("items") && to.contains("items");
  if (both_items && from["items"].size() == to["items"].size() && from["items"].is_array() && to["items"].is_array() &&
      from.value("complete", Json()) == to.value("complete", Json())) {
    compare(from["items"], to["items"], at, out);   // a number goes through the items
    return;
  }
  out.push_back({at, to});
}

}  // namespace

std::vector<Change> changes_between(const Json& from, const Json& to) {
  std::vector<Change> out;
  Steps at;
  compare(from, to, at, out);
  return out;
}

Json changed(Json record, const std::vector<Change>& changes) {
  for (const Change& c : changes) {
    if (!c.value) {
      (void)take_away(record, c.steps);
    } else if (const auto at = place(record, c.steps)) {
      **at = *c.value;
    }
  }
  return record;
}

Json* elements(Json& list) {
  if (list.is_array()) return &list;
  if (list.is_object() && list.contains("items")) return &list["items"];
  return nullptr;
}

const Json* elements(const Json& list) { return elements(const_cast<Json&>(list)); }

}  // namespace rubric::analysis
