#include "analysis/proof_terms.h"

#include "vm/date.h"

#include <fmt/format.h>

namespace rubric::analysis {

using vm::Type;

Terms::Terms() { text(""); }

// ---------------------------------------------------------------- logic

z3::expr Terms::both(const z3::expr& a, const z3::expr& b) {
  if (a.is_false() || b.is_true()) return a;
  if (b.is_false() || a.is_true()) return b;
  return z3::eq(a, b) ? a : a && b;
}
z3::expr Terms::either(const z3::expr& a, const z3::expr& b) {
  if (a.is_true() || b.is_false()) return a;
  if (b.is_true() || a.is_false()) return b;
  return z3::eq(a, b) ? a : a || b;
}
z3::expr Terms::negated(const z3::expr& a) {
  if (a.is_true()) return no();
  if (a.is_false()) return yes();
  if (a.is_app() && a.decl().decl_kind() == Z3_OP_NOT) return a.arg(0);
  return !a;
}
z3::expr Terms::chosen(const z3::expr& condition, const z3::expr& a, const z3::expr& b) {
  if (condition.is_true() || z3::eq(a, b)) return a;
  if (condition.is_false()) return b;
  if (a.is_bool()) {
    if (a.is_true() && b.is_false()) return condition;
    if (a.is_false() && b.is_true()) return negated(condition);
  }
  return z3::ite(condition, a, b);
}
z3::expr Terms::same(const z3::expr& a, const z3::expr& b) {
  if (z3::eq(a, b)) return yes();
  if (a.is_numeral() && b.is_numeral()) return no();
  if (a.is_true() || b.is_false()) return a.is_true() ? b : negated(a);
  if (b.is_true() || a.is_false()) return b.is_true() ? a : negated(b);
  return a == b;
}

void Terms::forget(const Mark& m) {
  for (; civils_.size() > m.civils; civils_.pop_back()) civil_of_.erase(civils_.back());
  for (; moves_.size() > m.moves; moves_.pop_back()) moved_.erase(moves_.back());
  definitions.erase(definitions.begin() + static_cast<std::ptrdiff_t>(m.definitions), definitions.end());
  kept_.erase(kept_.begin() + static_cast<std::ptrdiff_t>(m.kept), kept_.end());
  functions = m.functions;
}

// ---------------------------------------------------------------- cells

Symbol Terms::unknown(Type type) {
  if (type == Type::truth) return {type, no(), no(), number(0)};
  return {type, no(), yes(), number(0)};
}
Symbol Terms::none(Type type) {
  if (type == Type::truth) return {type, yes(), yes(), number(0)};
  return {type, yes(), no(), number(0)};
}
Symbol Terms::truth(const z3::expr& is) { return {Type::truth, is, negated(is), number(0)}; }
Symbol Terms::value(Type type, const z3::expr& v) { return {type, no(), no(), v}; }

Symbol Terms::count(std::vector<z3::expr> of, const z3::expr& open) {
  z3::expr n = number(0);
  for (const z3::expr& e : of) n = n + chosen(e, number(1), number(0));
  Symbol s{Type::integer, no(), open, n};
  s.counted = std::make_shared<const std::vector<z3::expr>>(std::move(of));
  return s;
}

z3::expr Terms::is_yes(const Symbol& s) { return both(s.p, negated(s.q)); }
z3::expr Terms::is_no(const Symbol& s) { return both(s.q, negated(s.p)); }
z3::expr Terms::is_none(const Symbol& s) { return s.type == Type::truth ? both(s.p, s.q) : s.p; }
z3::expr Terms::is_unknown(const Symbol& s) { return s.type == Type::truth ? both(negated(s.p), negated(s.q)) : s.q; }

Symbol Terms::constant(const vm::Program& p, const vm::Constant& k) {
  if (k.kind == vm::Kind::none) return none(k.type);
  const auto scaled = [&] {
    // The two halves of a 128-bit number, as digits.
    vm::Int128 n = (vm::Int128{k.high} << 64) | static_cast<uint64_t>(k.low);
    const bool below = n < 0;
    std::string digits;
    for (auto rest = below ? -n : n; rest > 0; rest /= 10)
      digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    const z3::expr all = c.int_val(digits.empty() ? "0" : digits.c_str());
    return below ? (-all).simplify() : all;
  };
  switch (k.type) {
    case Type::truth: return truth(c.bool_val(k.low != 0));
    case Type::integer:
    case Type::long_integer: return value(k.type, number(k.low));
    case Type::decimal: return value(k.type, scaled());
    case Type::text: return value(k.type, number(text(p.texts[static_cast<size_t>(k.low)])));
    case Type::code: {
      const auto& [system, word] = p.codes[static_cast<size_t>(k.low)];
      return value(k.type, number(code(p.texts[system], p.texts[word])));
    }
    case Type::date:
      if (k.precision == 3) return value(k.type, number(k.low));
      break;
    case Type::quantity: {
      Symbol s = value(k.type, scaled());
      s.unit = k.unit;
      return s;
    }
    case Type::date_time:
    case Type::time:
    case Type::interval:
    case Type::list:
    case Type::tuple:
    case Type::outcome:
    case Type::ratio:
    case Type::code_concept:
    case Type::any: break;
  }
  // A partial date and the like: some value that is the same wherever it is written so.
  const std::string written = fmt::format("{} {} {} {} {}", static_cast<int>(k.type), k.precision, k.unit, k.low, k.high);
  const z3::expr any = c.int_const(fmt::format("constant {}", written).c_str());
  functions.insert("constants that are partial dates or moments");
  return value(k.type, any);
}

Symbol Terms::chosen(const z3::expr& condition, const Symbol& a, const Symbol& b) {
  if (condition.is_true()) return a;
  if (condition.is_false()) return b;
  if (a.type == Type::quantity && a.unit != b.unit) {
    // Numbers of two units: only their identity is left.
    const auto bare = [&](const Symbol& s) {
      if (!s.unit) return s;
      return function(fmt::format("quantity of unit {}", *s.unit), Type::quantity, {s});
    };
    return chosen(condition, bare(a), bare(b));
  }
  Symbol s{a.type, chosen(condition, a.p, b.p), chosen(condition, a.q, b.q), chosen(condition, a.v, b.v), a.unit};
  if (a.fault || b.fault) s.fault = chosen(condition, a.fault.value_or(no()), b.fault.value_or(no()));
  return s;
}

z3::expr Terms::identical(const Symbol& a, const Symbol& b) {
  if (a.type == Type::truth && b.type == Type::truth) return both(same(a.p, b.p), same(a.q, b.q));
  if (a.type != b.type || a.unit != b.unit) return no();
  const z3::expr empty = either(is_none(a), is_unknown(a));
  return both(both(same(a.p, b.p), same(a.q, b.q)), either(empty, same(a.v, b.v)));
}

Symbol Terms::as(Type type, const Symbol& s) {
  if (s.type == type) return s;
  return function(fmt::format("type {} as {}", static_cast<int>(s.type), static_cast<int>(type)), type, {s});
}

Symbol Terms::function(const std::string& name, Type result, const std::vector<Symbol>& args) {
  std::string id = name;
  z3::sort_vector sorts(c);
  z3::expr_vector values(c);
  z3::expr open = no();
  for (const Symbol& s : args) {
    id += fmt::format(" {}{}", static_cast<int>(s.type), s.unit ? fmt::format("u{}", *s.unit) : "");
    open = either(open, is_unknown(s));
    const z3::expr gone = is_none(s);
    sorts.push_back(c.bool_sort());
    values.push_back(gone);
    sorts.push_back(s.type == Type::truth ? c.bool_sort() : c.int_sort());
    values.push_back(s.type == Type::truth ? is_yes(s) : chosen(gone, number(0), s.v));
  }
  const auto apply = [&](const char* what, const z3::sort& range) {
    if (sorts.empty()) return c.constant((id + what).c_str(), range);
    return c.function((id + what).c_str(), sorts, range)(values);
  };
  const z3::expr absent = both(negated(open), apply(" is none", c.bool_sort()));
  if (result == Type::truth) {
    const z3::expr is = apply(" is true", c.bool_sort());
    return {result, both(negated(open), either(absent, is)), both(negated(open), either(absent, negated(is))), number(0)};
  }
  return {result, absent, open, apply("", c.int_sort())};
}

// ---------------------------------------------------------------- texts and codes

int64_t Terms::text(std::string_view words) {
  const auto at = texts_.find(words);
  if (at != texts_.end()) return at->second;
  const auto id = static_cast<int64_t>(text_words_.size());
  text_words_.emplace_back(words);
  texts_.emplace(std::string(words), id);
  return id;
}
int64_t Terms::code(std::string_view system, std::string_view word) {
  const auto [at, added] = codes_.try_emplace({std::string(system), std::string(word)}, static_cast<int64_t>(code_words_.size()));
  if (added) {
    code_words_.emplace_back(system, word);
    if (code_system.empty()) code_system = system;
  }
  return at->second;
}
std::string Terms::text_of(int64_t id) const {
  const auto known = static_cast<int64_t>(text_words_.size());
  return id >= 0 && id < known ? text_words_[static_cast<size_t>(id)] : fmt::format("another {}", id - known + 1);
}
std::pair<std::string, std::string> Terms::code_of(int64_t id) const {
  const auto known = static_cast<int64_t>(code_words_.size());
  return id >= 0 && id < known ? code_words_[static_cast<size_t>(id)] : std::pair(code_system, fmt::format("another {}", id - known + 1));
}

// ---------------------------------------------------------------- days
//
// A day is its number. Where months and years are asked of it, its year, month and day are symbols of their own, tied to the
// number: within the years that records use, in which every fourth is a leap year. Outside of them nothing is known of the
// symbols, so that nothing wrong can be proved with them.

z3::expr Terms::fresh(const char* name) { return c.int_const(fmt::format("{}#{}", name, fresh_++).c_str()); }

z3::expr Terms::days_in_month(const z3::expr& year, const z3::expr& month) {
  const z3::expr leap = z3::mod(year, 4) == 0;
  return chosen(month == 2, chosen(leap, number(29), number(28)),
                chosen(month == 4 || month == 6 || month == 9 || month == 11, number(30), number(31)));
}

z3::expr Terms::days_of(const Civil& d) {
  z3::expr before = number(0);
  constexpr int of_months[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  for (int m = 12; m >= 2; --m) before = chosen(d.month == m, number(of_months[m - 1]), before);
  const z3::expr leap_day = chosen(d.month > 2 && z3::mod(d.year, 4) == 0, number(1), number(0));
  return (d.year - 1970) * 365 + (d.year - 1) / 4 - 1969 / 4 + before + leap_day + d.day - 1;
}

Terms::Civil Terms::civil(const z3::expr& days) {
  const auto at = civil_of_.find(days.id());
  if (at != civil_of_.end()) return at->second;
  Civil d{number(0), number(0), number(0)};
  int64_t known = 0;
  if (days.is_numeral_i64(known) && vm::in_calendar(known)) {
    const vm::Civil civil = vm::civil(static_cast<int32_t>(known));
    d = {number(civil.year), number(civil.month), number(civil.day)};
  } else {
    d = {fresh("year"), fresh("month"), fresh("day")};
    const z3::expr within = days >= vm::days_of(first_year - 1, 1, 1) && days <= vm::days_of(last_year + 1, 12, 31);
    definitions.push_back(z3::implies(within, d.year >= first_year - 1 && d.year <= last_year + 1 && d.month >= 1 && d.month <= 12 &&
                                                  d.day >= 1 && d.day <= days_in_month(d.year, d.month) && days == days_of(d)));
  }
  kept_.push_back(days);
  civil_of_.emplace(days.id(), d);
  civils_.push_back(days.id());
  return d;
}

z3::expr Terms::moved_by_months(const z3::expr& days, const z3::expr& months) {
  int64_t from = 0, by = 0;
  if (days.is_numeral_i64(from) && months.is_numeral_i64(by) && vm::in_calendar(from)) {
    const auto moved = vm::add_months(static_cast<int32_t>(from), by);
    return number(moved ? *moved : vm::last_day_of_all + 1);
  }
  const auto known = moved_.find({days.id(), months.id()});
  if (known != moved_.end()) return known->second;
  const Civil d = civil(days);
  const z3::expr all = d.year * 12 + (d.month - 1) + months;
  const z3::expr year = all / 12, month = z3::mod(all, 12) + 1, most = days_in_month(year, month);
  const Civil to{year, month, chosen(d.day > most, most, d.day)};
  // Every fourth year is a leap year only here.
  const z3::expr result = chosen(year >= first_year - 1 && year <= last_year + 1, days_of(to), fresh("far"));
  kept_.push_back(months);
  moved_.emplace(std::pair(days.id(), months.id()), result);
  moves_.emplace_back(days.id(), months.id());
  return result;
}

z3::expr Terms::months_between(const z3::expr& from, const z3::expr& to) {
  int64_t a = 0, b = 0;
  if (from.is_numeral_i64(a) && to.is_numeral_i64(b) && vm::in_calendar(a) && vm::in_calendar(b))
    return number(vm::months_between(static_cast<int32_t>(a), static_cast<int32_t>(b)));
  const Civil x = civil(from), y = civil(to);
  const z3::expr months = (y.year - x.year) * 12 + y.month - x.month;
  return z3::ite(to >= from, months - chosen(y.day < x.day, number(1), number(0)), months + chosen(x.day < y.day, number(1), number(0)));
}

z3::expr Terms::toward_zero(const z3::expr& a, int64_t divisor) { return z3::ite(a >= 0, a / number(divisor), -((-a) / number(divisor))); }

}  // namespace rubric::analysis
