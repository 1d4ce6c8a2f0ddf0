// Whether an open cell may turn out to have no value, as the least of a list that may be empty: a completion in which
// it is none can end where no completion with a value does. See open_facts.h.
#include "vm/domains.h"
#include "vm/kernels.h"
#include "vm/open_facts.h"
#include "vm/operator_forms.h"
#include "vm/operators.h"
#include "vm/units.h"
#include "vm/values.h"

#include <algorithm>

namespace rubric::vm {

// The rows below `parent`, whatever levels lie between.
std::pair<Row, Row> Walk::below(Id domain, Row parent, Id top) const {
  std::vector<Id> chain;
  for (Id d = domain; d != top; d = p_.domains[d].parent) chain.push_back(d);
  Row begin = parent, end = parent + 1;
  for (auto d = chain.rbegin(); d != chain.rend(); ++d) {
    begin = d_.rows_of(*d).first[begin];
    end = d_.rows_of(*d).first[end];
  }
  return {begin, end};
}

namespace {

// Values at which operators fail, if they do: nothing is divided by zero, the logarithm of no less has a value, a text may be too short,
// and amounts may have another dimension. That a number without bounds might be too great is no answer that anybody gives.
std::vector<Value> telling(const Context& c, Type type) {
  switch (type) {
    case Type::integer: return {box(int32_t{-1}), box(int32_t{0}), box(int32_t{1})};
    case Type::long_integer: return {box(int64_t{-1}), box(int64_t{0}), box(int64_t{1})};
    case Type::decimal: return {box(to_decimal(-1), *c.arena), box(to_decimal(0), *c.arena), box(to_decimal(1), *c.arena)};
    case Type::text: return {text_value(c, ""), text_value(c, "x")};
    case Type::quantity: return {box(Quantity{to_decimal(1), find_unit("day").value_or(0)}, *c.arena)};
    default: return {};
  }
}

// What an operand is tried at: its own values and ends, and of the telling ones those that it may have.
std::vector<Value> tried(const Context& c, const Value& operand, Type type) {
  if (operand.kind == Kind::value) return {operand};
  std::vector<Value> out = telling(c, type);
  if (operand.kind != Kind::open) return out;
  const auto is = [&](const Value& item, const Value& v) {
    const Value &low = item.kind == Kind::range ? item.items[0] : item, &high = item.kind == Kind::range ? item.items[1] : item;
    return (low.kind != Kind::value || compare_known(c, low, v) <= 0) && (high.kind != Kind::value || compare_known(c, v, high) <= 0);
  };
  const std::span<const Value> items(operand.items, operand.n);
  std::erase_if(out, [&](const Value& v) {
    return std::none_of(items.begin(), items.end(), [&](const Value& item) { return item.kind != Kind::none && is(item, v); });
  });
  for (const Value& item : items) {
    if (item.kind == Kind::value) out.push_back(item);
    if (item.kind != Kind::range) continue;
    for (const int end : {0, 1}) {
      if (item.items[end].kind == Kind::value) out.push_back(item.items[end]);
    }
  }
  return out;
}

}  // namespace

// Whether a call has no value for some of those that its open operands stand for. Comparisons are not asked: they are truths, whose
// operands are.
bool Walk::may_fail(const Inst& i, Row row) const {
  if (operators()[i.fn].result == Type::truth || forms(i.fn).inspects) return false;
  const Context context{&batch_, d_.arena.get()};
  std::vector<std::vector<Value>> candidates;
  size_t all = 1;
  for (uint32_t k = 0; k < i.n; ++k) {
    candidates.push_back(tried(context, d_.value(arg(i, k), row), p_.registers[arg(i, k)].type));
    all *= candidates.back().size();
  }
  constexpr size_t most = 256;
  if (all > most) return true;
  std::vector<Value> args(i.n);
  for (size_t x = 0; x < all; ++x) {
    size_t rest = x;
    for (uint32_t k = 0; k < i.n; ++k) {
      args[k] = candidates[k][rest % candidates[k].size()];
      rest /= candidates[k].size();
    }
    if (forms(i.fn).boxed(context, args.data()).kind == Kind::none) return true;
  }
  return false;
}

bool Walk::may_be_none(Id reg, Row row) const {
  const Column& c = d_.column(reg);
  const Row r = c.at(row);
  if (c.type == Type::outcome) return false;
  if (c.type == Type::truth) {
    if (c.truth(r) != Truth::unknown) return c.truth(r) == Truth::none;
  } else {
    const Value now = get(c, r, d_.pool);
    if (now.kind == Kind::open) return std::any_of(now.items, now.items + now.n, [](const Value& v) { return v.kind == Kind::none; });
    if (now.kind != Kind::unknown) return now.kind == Kind::none;
  }
  const Inst* const definition = definitions_.of(reg);
  if (!definition) return false;
  const Inst& i = *definition;
  const auto any_argument = [&] {
    for (uint32_t k = 0; k < i.n; ++k) {
      if (may_be_none(arg(i, k), r)) return true;
    }
    return false;
  };
  // Of the rows under a fold that may be members: whether one surely is, whether a value may be none, and whether they are several.
  bool several = false;
  const auto rows = [&](uint32_t value, bool& sure, bool& none) {
    const Id domain = p_.registers[arg(i, 0)].domain;
    const Id value_reg = arg(i, value);
    const auto [begin, end] = below(domain, r, i.domain);
    uint32_t members = 0;
    for (Row k = begin; k < end; ++k) {
      const Truth in = d_.truth(arg(i, 0), k);
      if (in == Truth::no || in == Truth::none) continue;
      several = ++members > 1;
      const bool empty = may_be_none(value_reg, k);
      sure |= in == Truth::yes && !empty;
      none |= empty;
    }
  };
  bool sure = false, none = false;
  switch (i.op) {
    case Op::column: return p_.columns[i.imm].optional;
    case Op::up: return may_be_none(arg(i, 0), above(i.domain, r, p_.registers[arg(i, 0)].domain));
    case Op::src: {
      const Row s = d_.rows_of(i.domain).src[r];
      return s == no_row ? !definitions_.has_values(arg(i, 0)) : may_be_none(arg(i, 0), s);
    }
    case Op::any:
    case Op::all: {
      const auto [begin, end] = below(p_.registers[arg(i, 0)].domain, r, i.domain);
      for (Row k = begin; k < end; ++k) {
        if (may_be_none(arg(i, 0), k)) return true;
      }
      return false;
    }
    case Op::call: {
      // What is taken out of lists, intervals and choices may not be there.
      const auto boxed = operators()[i.fn].args;
      const bool taken = std::any_of(boxed.begin(), boxed.end(), [](Type t) { return always_boxed(t) && t != Type::quantity; });
      return taken || any_argument() || may_fail(i, r);
    }
    case Op::narrow:
    case Op::unnest:
    case Op::nest:
    case Op::final: return true;
    case Op::gather:
    case Op::scan: return false;
    case Op::lookup: return p_.tables[i.imm].otherwise == none_id && !p_.tables[i.imm].otherwise_key ? true : any_argument();
    case Op::select: return may_be_none(arg(i, 1), r) || may_be_none(arg(i, 2), r);
    case Op::coalesce: return may_be_none(arg(i, i.n - 1), r);
    case Op::fold:
      if (static_cast<FoldKind>(i.fn) == FoldKind::distinct) return false;
      rows(1, sure, none);
      return !sure;
    case Op::pick: rows(2, sure, none); return !sure || none;
    case Op::only: rows(1, sure, none); return !sure || none || several;   // of several rows: a fault
    case Op::truth_not:
    case Op::truth_and:
    case Op::truth_or:
    case Op::in_set:
    case Op::in_set_on:
    case Op::assert_value:
    case Op::assert_applicable:
    case Op::status_value:
    case Op::at_least: return any_argument();
    case Op::konst:
    case Op::member:
    case Op::keep:
    case Op::is_null:
    case Op::count:
    case Op::shown:
    case Op::not_shown:
    case Op::undetermined:
    case Op::decide:
    case Op::fold_items:
    case Op::granted:
    case Op::used_days:
    case Op::fullest:
    case Op::repeat: return false;
  }
  return false;
}

}  // namespace rubric::vm
