// See dates.h.

#include "cli/dates.h"

#include "vm/date.h"
#include "vm/moment.h"

#include <fmt/format.h>

namespace rubric::cli {

std::optional<std::string> as_of_date(const Arguments& arguments, Console& console) {
  const std::string text = arguments.value_or("as-of", "");
  if (!arguments.has("as-of")) return text;
  const std::optional<vm::Date> date = vm::parse_iso_date(text);
  if (date && date->precision == 3) return text;
  console.error(fmt::format("--as-of takes a day, as in 2026-01-31, not {}", text.empty() ? "nothing" : text));
  return std::nullopt;
}

std::optional<std::string> as_of_moment(const Arguments& arguments, Console& console) {
  if (!arguments.has("now")) return as_of_date(arguments, console);
  const std::string text = arguments.value_or("now", "");
  if (arguments.has("as-of")) {
    console.error("--now says which day is today: leave out --as-of");
    return std::nullopt;
  }
  const auto given = vm::parse_moment(vm::Type::date_time, text);
  constexpr uint8_t minutes = 5;
  if (given && given->precision >= minutes) return text;
  console.error(
      fmt::format("--now takes a moment, as in 2026-01-31T10:30 or 2026-01-31T10:30:00+01:00, not {}", text.empty() ? "nothing" : text));
  return std::nullopt;
}

}  // namespace rubric::cli
