// How far a value is from a threshold; what a threshold is and where thresholds are found is in thresholds.cpp.
#include "analysis/thresholds.h"

#include "vm/meanings.h"
#include "vm/moment.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace rubric::analysis {
namespace {

using vm::Id;
using vm::Int128;
using vm::none_id;
using vm::Type;

constexpr std::array<std::string_view, 8> components = {"", "year", "month", "day", "hour", "minute", "second", "millisecond"};

std::optional<int64_t> narrow(Int128 n) {
  if (n > std::numeric_limits<int64_t>::max() || n < std::numeric_limits<int64_t>::min()) return std::nullopt;
  return static_cast<int64_t>(n);
}

std::optional<Distance> of_moments(const vm::Value& value, const vm::Value& limit, int component) {
  const vm::Moment a = vm::moment(value), b = vm::moment(limit);
  const auto order = vm::compare(a, b, component);
  if (!order) return std::nullopt;
  if (*order == 0) return Distance{0, 1};
  const int finest = component ? component : std::min(a.precision, b.precision);
  const vm::Whole crossed = vm::difference(a, b, components[static_cast<size_t>(finest)]);
  if (crossed.low != crossed.high) return std::nullopt;
  return Distance{-crossed.low, 1};
}

}  // namespace

std::optional<Distance> distance(const Threshold& t, const vm::Decisions& d, vm::Row row) {
  if (!t.scopes.empty() && std::none_of(t.scopes.begin(), t.scopes.end(), [&](Id scope) { return d.truth(scope, row) == vm::Truth::yes; }))
    return std::nullopt;
  if (!t.members.empty()) {
    int64_t met = 0;
    for (const Id member : t.members) {
      const vm::Truth truth = d.truth(member, row);
      if (truth == vm::Truth::unknown) return std::nullopt;
      met += truth == vm::Truth::yes;
    }
    return Distance{met - t.least, 1};
  }
  if (t.code != none_id) {
    const vm::Program& p = **d.program;
    const vm::Value code = d.value(t.code, row), day = d.value(t.value, row);
    if (code.kind != vm::Kind::value || code.i != p.constants[t.is_code].low) return std::nullopt;
    if (day.kind != vm::Kind::value || day.precision != 3) return std::nullopt;
    return Distance{day.i - p.constants[t.day].low, 1};
  }
  const vm::Value value = d.value(t.value, row), limit = d.value(t.limit, row);
  if (value.kind != vm::Kind::value || limit.kind != vm::Kind::value) return std::nullopt;
  if (t.component != none_id) {
    const vm::Value component = d.value(t.component, row);
    if (component.kind != vm::Kind::value || component.i < 1 || component.i > 7) return std::nullopt;
    if (!vm::is_moment(value.type) || !vm::is_moment(limit.type)) return std::nullopt;
    return of_moments(value, limit, static_cast<int>(component.i));
  }
  if (value.type == Type::quantity && limit.type == Type::quantity) {
    const vm::Quantity a = vm::unbox<vm::Quantity>(value), b = vm::unbox<vm::Quantity>(limit);
    const auto other = vm::convert(a, b.unit);
    const auto from = other ? narrow(other->scaled - b.value.scaled) : std::nullopt;
    return from ? std::optional(Distance{*from, t.type == Type::quantity ? t.step : vm::Decimal::scale}) : std::nullopt;
  }
  if (value.type != limit.type || value.wide || limit.wide) return std::nullopt;
  switch (value.type) {
    case Type::date:
      if (value.precision != 3 || limit.precision != 3) return std::nullopt;
      [[fallthrough]];
    case Type::integer:
    case Type::long_integer: {
      const auto from = narrow(Int128{value.i} - limit.i);
      return from ? std::optional(Distance{*from, 1}) : std::nullopt;
    }
    case Type::decimal: {
      const auto from = narrow(Int128{value.i} - limit.i);
      return from ? std::optional(Distance{*from, t.type == Type::decimal ? t.step : vm::Decimal::scale}) : std::nullopt;
    }
    case Type::date_time:
    case Type::time: return of_moments(value, limit, 0);
    case Type::truth:
    case Type::text:
    case Type::code:
    case Type::quantity:
    case Type::interval:
    case Type::list:
    case Type::tuple:
    case Type::ratio:
    case Type::code_concept:
    case Type::any:
    case Type::outcome: return std::nullopt;
  }
  return std::nullopt;
}

std::string distance_words(const Threshold& t, int64_t from) {
  const int64_t size = from < 0 ? -from : from;
  switch (t.type) {
    case Type::date: return fmt::format("{} {}", size, size == 1 ? "day" : "days");
    case Type::decimal: return vm::to_string(vm::Decimal{size});
    case Type::quantity: {
      const std::string number = vm::to_string(vm::Decimal{size});
      return t.unit ? vm::in_words(number, vm::unit(*t.unit)) : number;
    }
    case Type::integer:
    case Type::long_integer: return std::to_string(size);
    case Type::date_time:
    case Type::time:
    case Type::truth:
    case Type::text:
    case Type::code:
    case Type::interval:
    case Type::list:
    case Type::tuple:
    case Type::ratio:
    case Type::code_concept:
    case Type::any:
    case Type::outcome: return "";
  }
  return "";
}

}  // namespace rubric::analysis
