#include "vm/moment.h"

#include "vm/date.h"
#include "vm/units.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric::vm {
namespace {

constexpr int64_t component_ms[8] = {0, 0, 0, day_ms, 3'600'000, 60'000, 1000, 1};
constexpr int64_t first_ms = int64_t{-719162} * day_ms;               // 0001-01-01
constexpr int64_t end_ms = (int64_t{2932896} + 1) * day_ms;           // the day after 9999-12-31

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }
int64_t floor_mod(int64_t a, int64_t b) { return a - floor_div(a, b) * b; }

bool in_range(const Moment& m) { return m.type == Type::time ? m.ms >= 0 && m.ms < day_ms : m.ms >= first_ms && m.ms < end_ms; }

// The local clock of the evaluation, which is that of UTC.
Moment normal(Moment m) {
  if (m.type == Type::date_time && m.zoned && m.precision >= 4) {
    m.ms -= int64_t{m.offset} * 60'000;
    m.offset = 0;
  }
  return m;
}

int component_of(std::string_view unit) {
  static constexpr std::string_view names[] = {"", "year", "month", "day", "hour", "minute", "second", "millisecond"};
  for (int k = 1; k < 8; ++k) {
    if (unit == names[k]) return k;
  }
  return 0;   // week
}

int64_t whole_months(const Moment& from, const Moment& to) {
  if (to.ms < from.ms) return -whole_months(to, from);
  const Fields a = fields(from), b = fields(to);
  int64_t months = (int64_t{b[0]} - a[0]) * 12 + b[1] - a[1];
  // A month that has no 31st is over on the first of the next.
  const int64_t clock_a = floor_mod(from.ms, day_ms), clock_b = floor_mod(to.ms, day_ms);
  if (b[2] < a[2] || (b[2] == a[2] && clock_b < clock_a)) --months;
  return months;
}

int64_t elapsed(const Moment& a, const Moment& b, std::string_view unit) {
  if (unit == "year") return whole_months(a, b) / 12;
  if (unit == "month") return whole_months(a, b);
  if (unit == "week") return (b.ms - a.ms) / (7 * day_ms);
  return (b.ms - a.ms) / component_ms[component_of(unit)];
}

int64_t crossed(const Moment& a, const Moment& b, std::string_view unit) {
  if (unit == "year" || unit == "month") {
    const Fields x = fields(a), y = fields(b);
    const int64_t years = int64_t{y[0]} - x[0];
    return unit == "year" ? years : years * 12 + y[1] - x[1];
  }
  if (unit == "week") {   // Sundays; 1970-01-01 was a Thursday
    const auto week = [](const Moment& m) { return floor_div(floor_div(m.ms, day_ms) + 4, 7); };
    return week(b) - week(a);
  }
  const int64_t size = component_ms[component_of(unit)];
  return floor_div(b.ms, size) - floor_div(a.ms, size);
}

// Two digits or more at the start of the text.
std::optional<int32_t> digits(std::string_view& text, size_t least, size_t most) {
  int32_t value = 0;
  size_t n = 0;
  while (n < text.size() && n < most && text[n] >= '0' && text[n] <= '9') value = value * 10 + (text[n++] - '0');
  if (n < least) return std::nullopt;
  text.remove_prefix(n);
  return value;
}
bool take(std::string_view& text, char sign) {
  if (text.empty() || text[0] != sign) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

bool is_moment(Type t) { return t == Type::date || t == Type::date_time || t == Type::time; }
int first_component(Type t) { return t == Type::time ? 4 : 1; }
int last_component(Type t) { return t == Type::date ? 3 : 7; }

// A boxed date-time keeps its offset where a quantity keeps its unit, 1440 up so that zero says that none was given.
Moment moment(const Value& v) {
  Moment m;
  m.type = v.type;
  m.ms = v.type == Type::date ? v.i * day_ms : v.i;
  m.precision = v.precision;
  m.zoned = v.type == Type::date_time && v.unit != 0;
  m.offset = m.zoned ? int32_t{v.unit} - 1440 : 0;
  return m;
}

Value box(const Moment& m) {
  Value v;
  v.kind = Kind::value;
  v.type = m.type;
  v.i = m.type == Type::date ? floor_div(m.ms, day_ms) : m.ms;
  v.precision = m.precision;
  v.unit = m.zoned ? static_cast<uint16_t>(m.offset + 1440) : 0;
  return v;
}

Fields fields(const Moment& m) {
  Fields f{};
  const int64_t clock = floor_mod(m.ms, day_ms);
  if (m.type != Type::time) {
    const Civil c = civil(static_cast<int32_t>(floor_div(m.ms, day_ms)));
    f[0] = c.year, f[1] = c.month, f[2] = c.day;
  }
  f[3] = static_cast<int32_t>(clock / 3'600'000);
  f[4] = static_cast<int32_t>(clock / 60'000 % 60);
  f[5] = static_cast<int32_t>(clock / 1000 % 60);
  f[6] = static_cast<int32_t>(clock % 1000);
  return f;
}

std::optional<Moment> moment_of(Type type, const Fields& given, uint8_t precision) {
  Fields f{1, 1, 1, 0, 0, 0, 0};
  for (int k = first_component(type); k <= precision; ++k) f[static_cast<size_t>(k - 1)] = given[static_cast<size_t>(k - 1)];
  if (f[3] < 0 || f[3] > 23 || f[4] < 0 || f[4] > 59 || f[5] < 0 || f[5] > 59 || f[6] < 0 || f[6] > 999) return std::nullopt;
  Moment m;
  m.type = type;
  m.precision = precision;
  m.ms = ((int64_t{f[3]} * 60 + f[4]) * 60 + f[5]) * 1000 + f[6];
  if (type == Type::time) return m;
  if (f[0] < min_year || f[0] > max_year || f[1] < 1 || f[1] > 12 || f[2] < 1 || f[2] > days_in_month(f[0], f[1])) return std::nullopt;
  m.ms += days_of(f[0], f[1], f[2]) * day_ms;
  return m;
}

std::optional<Moment> parse_moment(Type type, std::string_view text) {
  Fields f{};
  uint8_t precision = 0;
  const auto component = [&](size_t at, size_t least, size_t most) {
    const auto n = digits(text, least, most);
    if (n) f[at] = *n, precision = static_cast<uint8_t>(at + 1);
    return n.has_value();
  };
  bool clock = type == Type::time;
  if (!clock) {
    if (!component(0, 4, 4)) return std::nullopt;
    if (take(text, '-') && !component(1, 2, 2)) return std::nullopt;
    if (precision == 2 && take(text, '-') && !component(2, 2, 2)) return std::nullopt;
    clock = take(text, 'T') && !text.empty();
    if (clock && type == Type::date) return std::nullopt;
  } else {
    take(text, 'T');
  }
  if (clock) {
    if (!component(3, 2, 2)) return std::nullopt;
    if (take(text, ':') && !component(4, 2, 2)) return std::nullopt;
    if (precision == 5 && take(text, ':') && !component(5, 2, 2)) return std::nullopt;
    if (precision == 6 && take(text, '.')) {
      // Milliseconds are all that there is: further digits are cut off.
      size_t n = 0;
      for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1), ++n) {
        if (n < 3) f[6] = f[6] * 10 + (text[0] - '0');
      }
      if (n == 0) return std::nullopt;
      for (; n < 3; ++n) f[6] *= 10;
      precision = 7;
    }
  }
  std::optional<Moment> made = moment_of(type, f, precision);
  if (!made) return std::nullopt;
  if (clock && !text.empty()) {
    int32_t sign = 0, offset = 0;
    if (take(text, 'Z')) {
      sign = 1;
    } else {
      sign = take(text, '+') ? 1 : take(text, '-') ? -1 : 0;
      const auto hours = digits(text, 2, 2);
      const auto minutes = hours && take(text, ':') ? digits(text, 2, 2) : std::nullopt;
      if (sign == 0 || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
      offset = sign * (*hours * 60 + *minutes);
    }
    if (type == Type::date_time) made->zoned = true, made->offset = offset;
  }
  return text.empty() ? made : std::nullopt;
}

std::string text_of(const Moment& m) {
  const Fields f = fields(m);
  std::string out;
  if (m.type != Type::time) {
    out = fmt::format("{:04}", f[0]);
    if (m.precision >= 2) out += fmt::format("-{:02}", f[1]);
    if (m.precision >= 3) out += fmt::format("-{:02}", f[2]);
    if (m.precision < 4) return out;
    out += 'T';
  }
  out += fmt::format("{:02}", f[3]);
  if (m.precision >= 5) out += fmt::format(":{:02}", f[4]);
  if (m.precision >= 6) out += fmt::format(":{:02}", f[5]);
  if (m.precision >= 7) out += fmt::format(".{:03}", f[6]);
  if (m.zoned)
    out += m.offset == 0 ? "Z" : fmt::format("{}{:02}:{:02}", m.offset < 0 ? '-' : '+', std::abs(m.offset) / 60, std::abs(m.offset) % 60);
  return out;
}

Moment as_date_time(Moment m) {
  m.type = Type::date_time;
  return m;
}

std::optional<int> compare(Moment a, Moment b, int precision) {
  if ((a.type == Type::time) != (b.type == Type::time)) return std::nullopt;
  a = normal(a);
  b = normal(b);
  const Fields x = fields(a), y = fields(b);
  for (int k = first_component(a.type); k <= 7; ++k) {
    const bool left = k <= a.precision, right = k <= b.precision;
    if (!left && !right) return precision == 0 ? std::optional(0) : std::nullopt;
    if (!left || !right) return std::nullopt;
    const size_t at = static_cast<size_t>(k - 1);
    if (x[at] != y[at]) return x[at] < y[at] ? -1 : 1;
    if (k == precision) return 0;
  }
  return 0;
}

Moment first_of(Moment m) {
  m.precision = 7;
  return m;
}

// Seconds without milliseconds are whole seconds.
Moment last_of(Moment m) {
  if (m.precision >= 6) return first_of(m);
  if (m.precision >= 3) {
    m.ms += component_ms[m.precision] - 1;
  } else {
    const Fields f = fields(m);
    const int32_t month = m.precision == 1 ? 12 : f[1];
    m.ms = (int64_t{days_of(f[0], month, days_in_month(f[0], month))} + 1) * day_ms - 1;
  }
  m.precision = 7;
  return m;
}

std::optional<Moment> shift(Moment m, const Quantity& q) {
  const Unit& u = unit(q.unit);
  constexpr Int128 scale = Decimal::scale;
  Int128 months = 0, ms = 0;
  if (u.dimension == Dimension::months) {
    if (m.type == Type::time) return std::nullopt;
    months = q.value.scaled / scale * u.numerator / u.denominator;
  } else if (u.dimension == Dimension::days) {
    ms = q.value.scaled / scale * u.numerator * day_ms;
  } else if (u.dimension == Dimension::time) {
    // The fraction of an amount counts from seconds on.
    const bool coarse = u.numerator >= 60;
    ms = coarse ? q.value.scaled / scale * u.numerator * 1000 : q.value.scaled * u.numerator * 1000 / u.denominator / scale;
  } else {
    return std::nullopt;
  }
  // What is finer than the moment is converted to its finest component, and the rest is dropped.
  if (m.type == Type::time) {
    ms = ms / component_ms[m.precision] * component_ms[m.precision];
    m.ms = static_cast<int64_t>((m.ms + ms % day_ms + day_ms) % day_ms);
    return m;
  }
  if (m.precision == 1) months = (months + ms / (365 * day_ms) * 12) / 12 * 12;
  if (m.precision == 2) months += ms / (30 * day_ms);
  if (m.precision <= 2) {
    ms = 0;
  } else {
    ms = ms / component_ms[m.precision] * component_ms[m.precision];
  }
  if (months > 200'000 || months < -200'000 || ms > 8 * Int128{end_ms} || ms < -8 * Int128{end_ms}) return std::nullopt;
  if (months != 0) {
    const auto day = add_months(static_cast<int32_t>(floor_div(m.ms, day_ms)), static_cast<int64_t>(months));
    if (!day) return std::nullopt;
    m.ms = *day * day_ms + floor_mod(m.ms, day_ms);
  }
  m.ms += static_cast<int64_t>(ms);
  return in_range(m) ? std::optional(m) : std::nullopt;
}

std::optional<Moment> step(const Moment& m, bool next) {
  Moment made = m;
  const int64_t sign = next ? 1 : -1;
  if (m.precision >= 3) {
    made.ms += sign * component_ms[m.precision];
  } else {
    const auto day = add_months(static_cast<int32_t>(floor_div(m.ms, day_ms)), sign * (m.precision == 1 ? 12 : 1));
    if (!day) return std::nullopt;
    made.ms = *day * day_ms;
  }
  return in_range(made) ? std::optional(made) : std::nullopt;
}

namespace {

template <class F>
Whole between(Moment a, Moment b, bool covered, F f) {
  a = normal(a);
  b = normal(b);
  if (covered) return {f(a, b), f(a, b)};
  // Two dates are counted in days, from midnight to midnight.
  if (a.type == Type::date && b.type == Type::date) {
    const auto midnight = [](Moment m) {
      m.ms = floor_div(m.ms, day_ms) * day_ms;
      return m;
    };
    return {f(midnight(last_of(a)), first_of(b)), f(first_of(a), midnight(last_of(b)))};
  }
  return {f(last_of(a), first_of(b)), f(first_of(a), last_of(b))};
}

}  // namespace

Whole duration(Moment a, Moment b, std::string_view unit) {
  return between(a, b, false, [&](const Moment& x, const Moment& y) { return elapsed(x, y, unit); });
}

Whole difference(Moment a, Moment b, std::string_view unit) {
  const int wanted = unit == "week" ? 3 : component_of(unit);
  const bool covered = a.precision >= wanted && b.precision >= wanted;
  return between(a, b, covered, [&](const Moment& x, const Moment& y) { return crossed(x, y, unit); });
}

}  // namespace rubric::vm
