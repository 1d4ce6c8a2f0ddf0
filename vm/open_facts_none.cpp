// Whether an open cell may turn out to have no value, as the least of a list that may be empty: a completion in which
// it is none can end where no completion with a value does. See open_facts.h.
#include "vm/domains.h"
#include "vm/kernels.h"
#include "vm/open_facts.h"
#include "vm/operators.h"

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
      return s == no_row || may_be_none(arg(i, 0), s);
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
      const std::string_view name = operators()[i.fn].name;
      const bool divides = name == "/" || name == "div" || name == "mod";
      // What is taken out of lists, intervals and choices may not be there.
      const auto boxed = operators()[i.fn].args;
      const bool taken = std::any_of(boxed.begin(), boxed.end(), [](Type t) { return always_boxed(t) && t != Type::quantity; });
      return divides || taken || any_argument();
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
