// Calendar arithmetic: days to civil dates and back by eras of 400 years, no loops.
#include "vm/date.h"

#include "vm/bits.h"
#include "vm/widely.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace rubric::vm {

namespace {

constexpr int32_t day_number(int32_t y, int32_t m, int32_t d) {
  // Years are counted from March, so that the leap day is the last of its year.
  y -= m <= 2;
  const int32_t era = (y >= 0 ? y : y - 399) / 400;
  const int32_t yoe = y - era * 400;
  const int32_t doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
  return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static_assert(first_day == day_number(min_year, 1, 1) && last_day_of_all == day_number(max_year, 12, 31));

// The months in which nearly all days of records lie, numbered from March 1900 to December 2099: among them each fourth
// year has a leap day, so that sums do what a table would, which processors gather from slowly.
struct Months {
  static constexpr int32_t count = 200 * 12 - 2, start = day_number(1900, 3, 1);
  static constexpr bool has(int32_t month) { return month >= 0 && month < count; }
  // A twelfth, and 30.6 days a month, by shifts: exact for numbers as small as these.
  static constexpr int32_t begin(int32_t month) {
    const int32_t year = month * 43691 >> 19, month_of_year = month - 12 * year;
    return start + (1461 * year >> 2) + ((979 * month_of_year + 18) >> 5);
  }
  // From below, by the mean length of a month: it is that one or the next.
  static constexpr int32_t about(int32_t day) { return (day - start - 2) * 2153 >> 16; }
  // The number of a day's month, or -1.
  static constexpr int32_t of(int32_t day) {
    if (day < start + 2 || day >= begin(count)) return -1;
    const int32_t month = about(day);
    return month + (begin(month + 1) <= day);
  }
};

consteval bool months_are_exact() {
  for (int32_t m = 0; m <= Months::count; ++m) {
    const int32_t since = m + 2, last = Months::begin(m + 1) - 1;
    if (Months::begin(m) != day_number(1900 + since / 12, since % 12 + 1, 1)) return false;
    if (m < Months::count && (Months::about(Months::begin(m)) < m - 1 || Months::about(last) > m)) return false;
  }
  return true;
}
static_assert(months_are_exact());

}  // namespace

int32_t days_of(int32_t y, int32_t m, int32_t d) { return day_number(y, m, d); }

Civil civil(int32_t days) {
  const int32_t z = days + 719468;
  const int32_t era = (z >= 0 ? z : z - 146096) / 146097;
  const int32_t doe = z - era * 146097;
  const int32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const int32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const int32_t mp = (5 * doy + 2) / 153;
  const int32_t m = mp < 10 ? mp + 3 : mp - 9;
  return {yoe + era * 400 + (m <= 2), m, doy - (153 * mp + 2) / 5 + 1};
}

int32_t days_in_month(int32_t year, int32_t month) {
  constexpr int32_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : lengths[month - 1];
}

std::optional<int32_t> add_months(int32_t days, int64_t months) {
  if (months > 120'000 || months < -120'000) return std::nullopt;
  if (const int32_t month = Months::of(days); month >= 0) {
    if (const auto to = static_cast<int32_t>(month + months); Months::has(to)) {
      return Months::begin(to) + std::min(days - Months::begin(month), Months::begin(to + 1) - Months::begin(to) - 1);
    }
  }
  const Civil c = civil(days);
  const int64_t total = int64_t{c.year} * 12 + c.month - 1 + months;
  const int64_t year = total >= 0 ? total / 12 : (total - 11) / 12;
  if (year < min_year || year > max_year) return std::nullopt;
  const auto y = static_cast<int32_t>(year);
  const auto m = static_cast<int32_t>(total - year * 12) + 1;
  return days_of(y, m, std::min(c.day, days_in_month(y, m)));
}

int32_t months_between(int32_t from, int32_t to) {
  if (to < from) return -months_between(to, from);
  if (const int32_t first = Months::of(from), last = Months::of(to); first >= 0 && last >= 0) {
    return last - first - (to - Months::begin(last) < from - Months::begin(first) ? 1 : 0);
  }
  const Civil a = civil(from), b = civil(to);
  return (b.year - a.year) * 12 + b.month - a.month - (b.day < a.day ? 1 : 0);
}

int32_t years_between(int32_t from, int32_t to) { return months_between(from, to) / 12; }

namespace {

// one(row, ok): the result, and whether it is one; for all of a word's rows at once where there are 64.
template <class One>
[[gnu::always_inline]] inline uint64_t each_in_word(uint32_t rows, int32_t* out, One one) {
  if (rows < 64) {
    uint64_t done = 0;
    for (uint32_t k = 0; k < rows; ++k) {
      int32_t ok = 0;
      out[k] = one(k, ok);
      done |= uint64_t{ok != 0} << k;
    }
    return done;
  }
  // Into arrays of their own, which nothing that is read can lie in.
  int32_t results[64], good[64];
  uint8_t bytes[64];
  for (uint32_t k = 0; k < 64; ++k) {
    int32_t ok = 0;
    results[k] = one(k, ok);
    good[k] = ok;
  }
  std::memcpy(out, results, sizeof results);
  for (uint32_t k = 0; k < 64; ++k) bytes[k] = static_cast<uint8_t>(good[k]);
  return bits_of_bytes(bytes);
}

// With one side's only cell read once.
template <class One>
uint64_t with_sides(DayCells a, DayCells b, uint32_t rows, int32_t* out, One one) {
  constexpr uint32_t few = 8;
  if (rows > few && rows < 64) {   // a column's last rows, as a whole word
    int32_t left[64] = {}, right[64] = {}, results[64];
    std::memcpy(left, a.cells, (a.single ? 1 : rows) * sizeof *left);
    std::memcpy(right, b.cells, (b.single ? 1 : rows) * sizeof *right);
    const uint64_t of_all = with_sides({left, a.single}, {right, b.single}, 64, results, one);
    std::memcpy(out, results, rows * sizeof *out);
    return of_all & low_mask(rows);
  }
  uint64_t done = 0;
  const int32_t *const x = a.cells, *const y = b.cells;
  widely([&] {
    if (b.single && a.single) {
      const int32_t left = *x, right = *y;
      done = each_in_word(rows, out, [=](uint32_t, int32_t& ok) __attribute__((always_inline)) { return one(left, right, ok); });
    } else if (b.single) {
      const int32_t right = *y;
      done = each_in_word(rows, out, [=](uint32_t k, int32_t& ok) __attribute__((always_inline)) { return one(x[k], right, ok); });
    } else if (a.single) {
      const int32_t left = *x;
      done = each_in_word(rows, out, [=](uint32_t k, int32_t& ok) __attribute__((always_inline)) { return one(left, y[k], ok); });
    } else {
      done = each_in_word(rows, out, [=](uint32_t k, int32_t& ok) __attribute__((always_inline)) { return one(x[k], y[k], ok); });
    }
  });
  return done;
}

// Months::of without a branch, of days that have one; of others some month.
[[gnu::always_inline]] inline int32_t month_of(int32_t day, int32_t& ok) {
  constexpr int32_t begin = Months::start + 2, end = Months::begin(Months::count);
  ok &= static_cast<int32_t>(day >= begin) & static_cast<int32_t>(day < end);
  const int32_t within = std::clamp(day, begin, end - 1), month = Months::about(within);
  return month + static_cast<int32_t>(Months::begin(month + 1) <= within);
}

}  // namespace

uint64_t add_months_in_word(DayCells days, DayCells months, uint32_t rows, int32_t* out) {
  return with_sides(days, months, rows, out, [](int32_t day, int32_t n, int32_t& ok) __attribute__((always_inline)) {
    ok = static_cast<int32_t>(n > -Months::count) & static_cast<int32_t>(n < Months::count);
    const int32_t month = month_of(day, ok);
    const int32_t wanted = month + std::clamp(n, -Months::count, Months::count), to = std::clamp(wanted, 0, Months::count - 1);
    ok &= static_cast<int32_t>(wanted == to);
    return Months::begin(to) + std::min(day - Months::begin(month), Months::begin(to + 1) - Months::begin(to) - 1);
  });
}

uint64_t add_days_in_word(DayCells days, DayCells n, uint32_t rows, int32_t* out) {
  return with_sides(days, n, rows, out, [](int32_t day, int32_t more, int32_t& ok) __attribute__((always_inline)) {
    const auto within = [](int32_t x, int32_t low, int32_t high) {
      return static_cast<int32_t>(x >= low) & static_cast<int32_t>(x <= high);
    };
    const auto to = static_cast<int32_t>(static_cast<uint32_t>(day) + static_cast<uint32_t>(more));
    ok = within(day, first_day, last_day_of_all) & within(more, -4'000'000, 4'000'000) & within(to, first_day, last_day_of_all);
    return to;
  });
}

uint64_t months_between_in_word(DayCells from, DayCells to, uint32_t rows, int32_t* out) {
  return with_sides(from, to, rows, out, [](int32_t a, int32_t b, int32_t& ok) __attribute__((always_inline)) {
    ok = 1;
    const int32_t low = std::min(a, b), high = std::max(a, b);
    const int32_t x = month_of(low, ok), y = month_of(high, ok);
    const int32_t whole = y - x - static_cast<int32_t>(high - Months::begin(y) < low - Months::begin(x));
    return b < a ? -whole : whole;
  });
}

std::optional<Date> parse_iso_date(std::string_view s) {
  const auto number = [&](size_t at, size_t n) -> int32_t {
    int32_t v = 0;
    for (size_t k = at; k < at + n; ++k) {
      if (s[k] < '0' || s[k] > '9') return -1;
      v = v * 10 + (s[k] - '0');
    }
    return v;
  };
  if (s.size() != 4 && s.size() != 7 && s.size() != 10) return std::nullopt;
  if ((s.size() > 4 && s[4] != '-') || (s.size() > 7 && s[7] != '-')) return std::nullopt;
  const int32_t year = number(0, 4), month = s.size() > 4 ? number(5, 2) : 1, day = s.size() > 7 ? number(8, 2) : 1;
  if (year < min_year || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return std::nullopt;
  return Date{days_of(year, month, day), static_cast<uint8_t>(s.size() == 4 ? 1 : s.size() == 7 ? 2 : 3)};
}

std::string iso_date(Date d) {
  const Civil c = civil(d.days);
  std::string out = "0000-00-00";
  const auto put = [&](size_t first, size_t end, int32_t number) {
    for (; end-- > first; number /= 10) out[end] = static_cast<char>('0' + number % 10);
  };
  put(0, 4, c.year), put(5, 7, c.month), put(8, 10, c.day);
  out.resize(d.precision == 1 ? 4 : d.precision == 2 ? 7 : 10);
  return out;
}

int32_t last_day(Date d) {
  const Civil c = civil(d.days);
  if (d.precision == 1) return days_of(c.year, 12, 31);
  if (d.precision == 2) return days_of(c.year, c.month, days_in_month(c.year, c.month));
  return d.days;
}

}  // namespace rubric::vm
