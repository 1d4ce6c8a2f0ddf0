// Fixed-point arithmetic on 128 bits. Products and quotients need up to 256 bits in between: they are taken apart
// into quotient and remainder by the scale, so that no wider type is needed.
#include "vm/decimal.h"

#include <algorithm>

namespace rubric::vm {
namespace {

constexpr Int128 pow10(int n) {
  Int128 v = 1;
  while (n-- > 0) v *= 10;
  return v;
}
constexpr Int128 limit = pow10(36);  // 10^28 at scale 8: every value lies strictly below
__extension__ typedef unsigned __int128 Wide;

Wide magnitude(Int128 v) { return v < 0 ? Wide{0} - static_cast<Wide>(v) : static_cast<Wide>(v); }

// a * b / scale, rounded half away from zero; nothing if it does not fit.
std::optional<Int128> multiply_scaled(Int128 a, Int128 b) {
  const bool negative = (a < 0) != (b < 0);
  const Wide x = magnitude(a), y = magnitude(b), s = Decimal::scale;
  const Wide xi = x / s, xf = x % s, yi = y / s, yf = y % s;
  if (xi != 0 && yi != 0 && xi > static_cast<Wide>(limit) / s / yi) return std::nullopt;
  Wide sum = xi * yi;
  if (sum > static_cast<Wide>(limit) / s) return std::nullopt;
  sum = sum * s + xi * yf + xf * yi + (xf * yf + s / 2) / s;
  if (sum >= static_cast<Wide>(limit)) return std::nullopt;
  return negative ? -static_cast<Int128>(sum) : static_cast<Int128>(sum);
}

}  // namespace

bool fits(Int128 v) { return v < limit && v > -limit; }

Decimal to_decimal(int64_t v) { return {Int128{v} * Decimal::scale}; }

std::optional<Decimal> add(Decimal a, Decimal b) {
  const Int128 sum = a.scaled + b.scaled;
  return fits(sum) ? std::optional(Decimal{sum}) : std::nullopt;
}

std::optional<Decimal> subtract(Decimal a, Decimal b) { return add(a, {-b.scaled}); }

std::optional<Decimal> multiply(Decimal a, Decimal b) {
  const auto product = multiply_scaled(a.scaled, b.scaled);
  return product ? std::optional(Decimal{*product}) : std::nullopt;
}

std::optional<Decimal> divide(Decimal a, Decimal b) {
  const bool negative = (a.scaled < 0) != (b.scaled < 0);
  const Wide x = magnitude(a.scaled), y = magnitude(b.scaled);
  const Wide whole = x / y;
  if (whole >= static_cast<Wide>(limit) / Decimal::scale) return std::nullopt;
  // Long division, one decimal digit a step: the remainder stays below y < 10^36, so ten times it fits.
  Wide rest = x % y, quotient = whole;
  for (int digit = 0; digit < 8; ++digit) {
    rest *= 10;
    quotient = quotient * 10 + rest / y;
    rest %= y;
  }
  if (rest >= y - rest) ++quotient;
  if (quotient >= static_cast<Wide>(limit)) return std::nullopt;
  return Decimal{negative ? -static_cast<Int128>(quotient) : static_cast<Int128>(quotient)};
}

std::optional<Decimal> parse_decimal(std::string_view s) {
  bool negative = false;
  if (!s.empty() && (s[0] == '-' || s[0] == '+')) {
    negative = s[0] == '-';
    s.remove_prefix(1);
  }
  int exponent = 0;
  if (const size_t e = s.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view digits = s.substr(e + 1);
    s = s.substr(0, e);
    bool down = false;
    if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) {
      down = digits[0] == '-';
      digits.remove_prefix(1);
    }
    if (digits.empty()) return std::nullopt;
    for (const char c : digits) {
      if (c < '0' || c > '9') return std::nullopt;
      exponent = std::min(exponent * 10 + (c - '0'), 1000);
    }
    if (down) exponent = -exponent;
  }
  // Digits are gathered at scale 8; the first one cut off rounds.
  Int128 value = 0;
  int behind = -1, seen = 0;
  bool any = false;
  std::string mantissa;
  for (const char c : s) {
    if (c == '.') {
      if (behind >= 0) return std::nullopt;
      behind = 0;
    } else if (c >= '0' && c <= '9') {
      any = true;
      mantissa.push_back(c);
      if (behind >= 0) ++behind;
    } else {
      return std::nullopt;
    }
  }
  if (!any) return std::nullopt;
  const int shift = 8 + exponent - std::max(behind, 0);  // value = mantissa * 10^shift at scale 8
  const int keep = static_cast<int>(mantissa.size()) + std::min(shift, 0);
  bool round_up = false;
  for (int k = 0; k < static_cast<int>(mantissa.size()); ++k) {
    if (k < keep) {
      value = value * 10 + (mantissa[static_cast<size_t>(k)] - '0');
      if (value >= limit) return std::nullopt;
      ++seen;
    } else if (k == keep) {
      round_up = mantissa[static_cast<size_t>(k)] >= '5';
    }
  }
  if (keep < 0) round_up = false;
  if (value != 0) {
    for (int k = 0; k < shift; ++k) {
      value *= 10;
      if (value >= limit) return std::nullopt;
    }
  }
  if (round_up) ++value;
  if (!fits(value)) return std::nullopt;
  return Decimal{negative ? -value : value};
}

std::string to_string(Decimal d) {
  Wide m = magnitude(d.scaled);
  std::string out;
  const auto push = [&](Wide v) {
    std::string digits;
    do {
      digits.push_back(static_cast<char>('0' + static_cast<int>(v % 10)));
      v /= 10;
    } while (v != 0);
    std::reverse(digits.begin(), digits.end());
    return digits;
  };
  if (d.scaled < 0) out.push_back('-');
  out += push(m / Decimal::scale);
  Wide fraction = m % Decimal::scale;
  if (fraction != 0) {
    std::string digits = push(fraction);
    digits.insert(0, 8 - digits.size(), '0');
    while (digits.back() == '0') digits.pop_back();
    out += '.';
    out += digits;
  }
  return out;
}

}  // namespace rubric::vm
