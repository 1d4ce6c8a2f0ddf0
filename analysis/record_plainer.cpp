// The values that a reader would rather see: see RecordSpace::plainer.
#include "analysis/record_space.h"

#include "vm/date.h"

#include <algorithm>

namespace rubric::analysis {
namespace {

// Days as months and days from the one of service, the plainest first: of the chart earlier ones.
std::vector<Json> plain_days(bool chart, bool first_of_two) {
  constexpr std::pair<int32_t, int32_t> before[] = {{-1, 0}, {-2, 0}, {-3, 0}, {-6, 0}, {-12, 0}, {0, -7}, {0, -14}, {0, -1}, {-24, 0}};
  constexpr std::pair<int32_t, int32_t> around[] = {{0, 0}, {0, 1}, {0, -1}, {0, 7}, {0, -7}, {1, 0}, {12, 0}};
  const int32_t service = vm::parse_iso_date(service_day)->days;
  std::vector<Json> out;
  const auto add = [&](std::pair<int32_t, int32_t> off) {
    Json day = json_day(vm::add_months(service, off.first).value_or(service) + off.second);
    if (std::find(out.begin(), out.end(), day) == out.end()) out.push_back(std::move(day));
  };
  // What has a beginning and an end begins first.
  if (first_of_two) add({-3, 0});
  if (chart) std::for_each(std::begin(before), std::end(before), add);
  std::for_each(std::begin(around), std::end(around), add);
  std::for_each(std::begin(before), std::end(before), add);
  return out;
}

std::vector<Json> plain_values(const vm::Field& field, bool chart, bool first_of_two) {
  switch (field.type) {
    case vm::Type::date: return plain_days(chart, first_of_two);
    case vm::Type::integer:
    case vm::Type::long_integer:
    case vm::Type::decimal: return {1, 2, 3, 5, 10, 20, 50, 100, 0};
    case vm::Type::truth:
    case vm::Type::text:
    case vm::Type::code:
    case vm::Type::date_time:
    case vm::Type::time:
    case vm::Type::quantity:
    case vm::Type::interval:
    case vm::Type::list:
    case vm::Type::tuple:
    case vm::Type::outcome:
    case vm::Type::ratio:
    case vm::Type::code_concept:
    case vm::Type::any: break;
  }
  return {};
}

}  // namespace

void RecordSpace::find_plainer(const Json& object, vm::Id node, const Json::json_pointer& at, bool chart, std::vector<Plainer>& out) const {
  if (!object.is_object()) return;
  auto days = std::count_if(whole_.nodes[node].scalars.begin(), whole_.nodes[node].scalars.end(),
                            [&](const vm::Field* f) { return f->type == vm::Type::date && object.contains(text(f->key)); });
  for (const vm::Field* const field : whole_.nodes[node].scalars) {
    const std::string key = text(field->key);
    const auto there = object.find(key);
    if (there == object.end()) continue;
    const bool first_of_two = field->type == vm::Type::date && days-- > 1;
    if (there->is_structured() || key == "sequence") continue;
    for (Json& value : plain_values(*field, chart || field->high.kind == vm::Bound::Kind::of_case, first_of_two && chart)) {
      if (value == *there) break;
      out.push_back({at / key, std::move(value)});
    }
  }
  for (const auto& [key, inner] : whole_.nodes[node].objects) {
    if (object.contains(key)) find_plainer(object[key], inner, at / key, chart, out);
  }
  for (const ListField& list : whole_.nodes[node].lists) {
    if (list.reference || !object.contains(list.key)) continue;
    const Json* const rows = elements(object[list.key]);
    if (!rows) continue;
    const auto place = object[list.key].is_object() ? at / list.key / "items" : at / list.key;
    for (size_t k = 0; k < rows->size(); ++k) find_plainer((*rows)[k], list.node, place / k, chart || !list.complete, out);
  }
}

std::vector<RecordSpace::Plainer> RecordSpace::plainer(const Json& record) const {
  std::vector<Plainer> out;
  find_plainer(record, 0, Json::json_pointer(), false, out);
  return out;
}

}  // namespace rubric::analysis
