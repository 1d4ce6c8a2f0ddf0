// See dates.h.

#include "cli/dates.h"

#include "vm/date.h"

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

}  // namespace rubric::cli
