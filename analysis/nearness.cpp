#include "analysis/nearness.h"

#include "vm/operators.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

namespace rubric::analysis {
namespace {

using vm::Id;
using vm::Inst;
using vm::none_id;
using vm::Op;
using vm::Row;
using vm::Truth;

constexpr double a_fact = 1;       // that has to be another one

Truth negated(Truth t) { return t == Truth::yes ? Truth::no : t == Truth::no ? Truth::yes : t; }

// Less than 1, and the less the nearer.
double nearly(int64_t off) {
  const double by = std::abs(static_cast<double>(off));
  return by / (by + 10);
}

// A number, or of a range the end that is asked for.
std::optional<int64_t> number(const vm::Value& v, bool high = false) {
  const bool has_steps = v.type == vm::Type::integer || v.type == vm::Type::decimal || v.type == vm::Type::date;
  if (v.kind == vm::Kind::range && v.items) return number(v.items[high ? 1 : 0], high);
  return v.kind == vm::Kind::value && !v.wide && has_steps ? std::optional(v.i) : std::nullopt;
}

// The nearest of several ways; a step on any other one counts a little, because the nearest may be barred by something else.
struct Least {
  double least = 1e6, all = 0;
  void add(double far) { least = std::min(least, far), all += far; }
  double value() const { return least + 0.1 * all / (all + 10); }
};

uint64_t key_of(Id reg, Row row, Truth wanted) {
  return (static_cast<uint64_t>(reg) << 34) | (static_cast<uint64_t>(row) << 2) | static_cast<uint64_t>(wanted);
}

}  // namespace

Nearness::Nearness(const vm::Program& p) : p_(p), made_(p.registers.size(), nullptr) {
  for (const Inst& i : p.code) {
    if (i.dst != none_id && i.op != Op::repeat && i.op != Op::scan) made_[i.dst] = &i;
  }
}

double Nearness::off(const Threshold& t, Row row, int64_t steps) {
  double out = 0;
  if (!t.scopes.empty()) {
    Least scope;
    for (const Id reg : t.scopes)
      scope.add(far(reg, t.domain == p_.registers[reg].domain ? row : d_->ancestor(t.domain, row, p_.registers[reg].domain), Truth::yes));
    out += scope.value();
  }
  if (const auto is = distance(t, *d_, row)) {
    const int64_t step = std::max<int64_t>(1, is->step);
    return out + (is->from == steps * step ? 0 : 0.1 + 0.8 * nearly((is->from - steps * step) / step));
  }
  constexpr double open = 2;
  if (t.value == none_id || t.limit == none_id) return out + open;
  // What is counted in a list that may hold more is at least so much: the list has to be complete as well.
  const auto value = number(d_->value(t.value, row)), limit = number(d_->value(t.limit, row));
  return out + (value && limit ? 1 + 0.8 * nearly(*value - *limit - steps) : open);
}

void Nearness::look_at(const vm::Decisions& d) {
  d_ = &d;
  known_.clear();
}

double Nearness::far(Id reg, Row row, Truth wanted) {
  const Truth is = d_->truth(reg, row);
  if (is == wanted || (wanted == Truth::unknown && is == Truth::none)) return 0;
  const auto [at, added] = known_.try_emplace(key_of(reg, row, wanted), a_fact);   // while it is looked for: loops end
  if (!added) return at->second;
  const double way_there = made_[reg] ? way(*made_[reg], row, wanted) : a_fact;
  // What is on its way is never there: operands that agree may still be held apart by what has no words here.
  return known_[key_of(reg, row, wanted)] = std::max(way_there, 0.01);
}

double Nearness::together(const Inst& i, Row row, Truth wanted) {
  double out = 0;
  for (uint32_t k = 0; k < i.n; ++k) out += far(p_.operands[i.args + k], row, wanted);
  return out;
}

double Nearness::nearest(const Inst& i, Row row, Truth wanted) {
  Least out;
  for (uint32_t k = 0; k < i.n; ++k) out.add(far(p_.operands[i.args + k], row, wanted));
  return out.value();
}

// One member open, and none that decides.
double Nearness::open(const Inst& i, Row row, Truth neutral) {
  double least = 1e6, others = 0;
  for (uint32_t k = 0; k < i.n; ++k) {
    const Id reg = p_.operands[i.args + k];
    if (d_->truth(reg, row) == negated(neutral)) others += std::min(far(reg, row, neutral), far(reg, row, Truth::unknown));
    else least = std::min(least, far(reg, row, Truth::unknown));
  }
  return others + (least > 1e5 ? 0 : least);
}

double Nearness::rows(const Inst& i, Row row, Truth wanted, Truth one) {
  const Id reg = p_.operands[i.args], child = p_.registers[reg].domain;
  if (child == none_id || row == vm::no_row) return a_fact;
  const vm::DomainRows& rows = d_->rows_of(child);
  if (row + 1 >= rows.first.size()) return a_fact;
  Least least;
  double all = 0;
  if (wanted == one) least.add(a_fact + written(reg, wanted));
  for (Row r = rows.first[row]; r < rows.first[row + 1]; ++r) {
    const bool phantom = !rows.phantom.empty() && vm::bit(rows.phantom, r);
    if (phantom) {
      all += a_fact;             // the list has to be known to be complete
    } else {
      const double here = far(reg, r, wanted);
      least.add(here), all += here;
    }
  }
  if (wanted == Truth::unknown) return std::min(a_fact, least.value());
  return wanted == one ? least.value() : all;
}

double Nearness::comparison(const Inst& i, Row row, Truth wanted) const {
  if (i.n != 2) return a_fact;
  // Of a count in a list that may hold more the end that would have to be on the other side.
  const std::string_view name = vm::operators()[i.fn].name;
  const bool left_less = (name == "<" || name == "<=") == (wanted == Truth::yes);
  const auto left = number(d_->value(p_.operands[i.args], row), left_less),
             right = number(d_->value(p_.operands[i.args + 1], row), !left_less);
  if (!left || !right) return a_fact;
  const int64_t step = p_.registers[p_.operands[i.args]].type == vm::Type::decimal ? vm::Decimal::scale : 1;
  return 0.1 + 0.8 * nearly((*left - *right) / step);
}

double Nearness::way(const Inst& i, Row row, Truth wanted) {
  const auto arg = [&](uint32_t k) { return p_.operands[i.args + k]; };
  const auto either_value = [&] { return std::min(far(arg(1), row, Truth::no), far(arg(1), row, Truth::unknown)); };
  switch (i.op) {
    case Op::up: {
      const Id above = p_.registers[arg(0)].domain;
      return far(arg(0), above == none_id ? 0 : d_->ancestor(i.domain, row, above), wanted);
    }
    case Op::src: {
      const Row to = d_->rows_of(i.domain).src[row];
      return to == vm::no_row ? a_fact : far(arg(0), to, wanted);
    }
    case Op::truth_not: return far(arg(0), row, negated(wanted));
    case Op::keep: return far(arg(0), row, wanted);
    case Op::truth_and:
      return wanted == Truth::yes ? together(i, row, wanted) : wanted == Truth::no ? nearest(i, row, wanted) : open(i, row, Truth::yes);
    case Op::truth_or:
      return wanted == Truth::no ? together(i, row, wanted) : wanted == Truth::yes ? nearest(i, row, wanted) : open(i, row, Truth::no);
    case Op::any: return rows(i, row, wanted, Truth::yes);
    case Op::all: return rows(i, row, wanted, Truth::no);
    case Op::at_least: {
      std::vector<double> each;
      for (uint32_t k = 0; k < i.n; ++k) each.push_back(far(arg(k), row, wanted));
      std::sort(each.begin(), each.end());
      const size_t needed = wanted == Truth::yes ? i.imm : wanted == Truth::no ? i.n + 1 - std::min(i.imm, i.n) : 1;
      double out = 0;
      for (size_t k = 0; k < std::min(needed, each.size()); ++k) out += each[k];
      return out;
    }
    case Op::assert_value:
    case Op::assert_applicable: {
      constexpr double a_word = 2;
      const double computed = far(arg(1), row, wanted);
      return words_overrule_ && computed > a_word ? a_word + nearly(static_cast<int64_t>(computed)) : computed;
    }
    case Op::status_value:
      return wanted == Truth::yes  ? far(arg(0), row, Truth::yes)
             : wanted == Truth::no ? far(arg(1), row, Truth::no)
                                   : far(arg(0), row, Truth::unknown);
    case Op::shown: return wanted == Truth::yes ? far(arg(0), row, Truth::yes) + far(arg(1), row, Truth::yes) : either_value();
    case Op::not_shown: return wanted == Truth::yes ? far(arg(0), row, Truth::yes) + either_value() : far(arg(1), row, Truth::yes);
    case Op::undetermined: return wanted == Truth::yes ? far(arg(1), row, Truth::unknown) : far(arg(1), row, Truth::yes);
    case Op::select:
      return std::min(far(arg(0), row, Truth::yes) + far(arg(1), row, wanted), far(arg(0), row, Truth::no) + far(arg(2), row, wanted));
    case Op::call: return comparison(i, row, wanted);
    case Op::konst: return 1e3;   // never
    case Op::column:
    case Op::member:
    case Op::lookup:
    case Op::in_set:
    case Op::in_set_on:
    case Op::is_null:
    case Op::coalesce:
    case Op::count:
    case Op::fold:
    case Op::pick:
    case Op::only:
    case Op::decide:
    case Op::fold_items:
    case Op::granted:
    case Op::used_days:
    case Op::fullest:
    case Op::repeat:
    case Op::gather:
    case Op::narrow:
    case Op::unnest:
    case Op::nest:
    case Op::scan:
    case Op::final: return a_fact;
  }
  return a_fact;
}

double Nearness::written(Id reg, Truth wanted) {
  const auto [at, added] = written_.try_emplace(key_of(reg, 0, wanted), a_fact);
  if (!added) return at->second;
  double out = a_fact;
  if (const Inst* const i = made_[reg]) {
    const auto arg = [&](uint32_t k) { return p_.operands[i->args + k]; };
    if (i->op == Op::keep) out = written(arg(0), wanted);
    else if (i->op == Op::truth_not) out = written(arg(0), negated(wanted));
    else if ((i->op == Op::truth_and && wanted == Truth::yes) || (i->op == Op::truth_or && wanted == Truth::no)) {
      out = 0;
      for (uint32_t k = 0; k < i->n; ++k) out += written(arg(k), wanted);
    } else if (i->op == Op::member || i->op == Op::up) {
      out = 0.1;                 // the row alone, or what another row has to say
    }
  }
  return written_[key_of(reg, 0, wanted)] = out;
}

}  // namespace rubric::analysis
