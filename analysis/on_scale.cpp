#include "analysis/on_scale.h"

#include "analysis/proof_record.h"
#include "vm/date.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rubric::analysis {

Json OnScale::json() const {
  switch (kind) {
    case Kind::day: return json_day(static_cast<int32_t>(n));
    case Kind::amount: return fmt::format("{}{}", n, unit);
    case Kind::number: break;
  }
  return digits == 0 ? Json(n) : Json(static_cast<double>(n) / std::pow(10, digits));
}

std::optional<OnScale> on_scale(const Json& j, int digits) {
  OnScale out;
  if (j.is_number_integer()) {
    const int64_t n = j.get<int64_t>();
    if (std::abs(n) > 1'000'000'000) return std::nullopt;
    out.n = n * static_cast<int64_t>(std::pow(10, digits));
    out.digits = digits;
    return out;
  }
  if (j.is_number()) {
    out.n = std::llround(j.get<double>() * std::pow(10, digits));
    out.digits = digits;
    return out;
  }
  if (!j.is_string()) return std::nullopt;
  const std::string& text = j.get_ref<const std::string&>();
  if (const auto date = vm::parse_iso_date(text); date && date->precision == 3) {
    out.n = date->days;
    out.kind = OnScale::Kind::day;
    return out;
  }
  const size_t end = text.find_first_not_of("0123456789");
  if (end == 0 || end == std::string::npos || text[end] != ' ' || end > 9) return std::nullopt;
  out.n = std::stoll(text.substr(0, end));
  out.kind = OnScale::Kind::amount;
  out.unit = text.substr(end);
  if (!out.unit.ends_with('s')) out.unit += 's';
  return out;
}

int digits_of(const Json& j) {
  if (!j.is_number_float()) return 0;
  const std::string text = j.dump();
  const size_t point = text.find('.');
  return point == std::string::npos || text.find('e') != std::string::npos ? 0
                                                                           : std::min<int>(4, static_cast<int>(text.size() - point - 1));
}

}  // namespace rubric::analysis
