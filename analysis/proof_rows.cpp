// What a program makes of several rows: quantifiers, counts, folds, the rows that are picked, and what a limit has used;
// vm/kernels_rows.cpp and vm/kernels_limits.cpp in the solver's terms.
#include "analysis/proof_program.h"
#include "vm/kernels.h"
#include "vm/opcodes.h"

#include <fmt/format.h>

namespace rubric::analysis {

using vm::Id;
using vm::Inst;
using vm::none_id;
using vm::Op;
using vm::Type;

// ---------------------------------------------------------------- over rows

Symbol ProofProgram::of_children(const Inst& i, size_t r) {
  const Id child = domain_of(i, 0);
  z3::expr yes = t_.no(), open = yes, none = yes;
  std::vector<z3::expr> counted;
  for (const size_t k : below(i.domain, r, child)) {
    const Symbol& s = registers_[operand(i, 0)][k];
    const z3::expr there = rows_[child].rows[k].there;
    yes = t_.either(yes, t_.both(there, i.op == Op::all ? t_.is_no(s) : t_.is_yes(s)));
    open = t_.either(open, t_.both(there, t_.is_unknown(s)));
    none = t_.either(none, t_.both(there, t_.is_none(s)));
    if (i.op == Op::count) counted.push_back(t_.both(there, t_.is_yes(s)));
  }
  if (i.op == Op::count) return t_.count(std::move(counted), open);
  const z3::expr settled = t_.either(yes, t_.negated(open));
  const z3::expr is = t_.both(settled, t_.either(yes, none)), is_not = t_.both(settled, t_.negated(yes));
  return i.op == Op::all ? Symbol{Type::truth, is_not, is, t_.number(0)} : Symbol{Type::truth, is, is_not, t_.number(0)};
}

// A fold that is not followed in itself: a function of its rows' members and values.
Symbol ProofProgram::rows_function(const Inst& i, size_t r, const std::string& name) {
  std::vector<Symbol> args;
  const Id child = i.n == 0 ? none_id : domain_of(i, 0);
  if (child == none_id || child == i.domain) {
    for (uint32_t k = 0; k < i.n; ++k) args.push_back(arg(i, k, r));
  } else {
    for (const size_t row : below(i.domain, r, child)) {
      const z3::expr member = t_.both(rows_[child].rows[row].there, t_.is_yes(registers_[operand(i, 0)][row]));
      args.push_back(t_.truth(member));
      for (uint32_t k = 1; k < i.n; ++k) {
        const Symbol& s = arg(i, k, row);
        args.push_back(t_.chosen(member, s, t_.none(s.type)));
      }
    }
  }
  return t_.function(name, program_.registers[i.dst].type, args);
}

Symbol ProofProgram::folded(const Inst& i, size_t r) {
  const auto kind = static_cast<vm::FoldKind>(i.fn);
  const Id child = domain_of(i, 0);
  const Type of = program_.registers[operand(i, 1)].type, type = program_.registers[i.dst].type;
  const bool number = of == Type::integer || of == Type::decimal;
  const bool ordered = number || of == Type::date;
  const bool plain = ordered || of == Type::text || of == Type::code;
  const bool reached = (kind == vm::FoldKind::distinct && plain) || (kind == vm::FoldKind::sum && number) ||
                       ((kind == vm::FoldKind::min || kind == vm::FoldKind::max) && ordered);
  if (!reached) {
    t_.functions.insert("sums, means and ends of values that are no whole numbers or dates");
    return rows_function(i, r, fmt::format("fold {}", i.fn));
  }
  z3::expr open = t_.no(), some = t_.no(), v = t_.number(0);
  std::vector<std::pair<z3::expr, z3::expr>> before;   // counted, value
  std::vector<z3::expr> counted;
  for (const size_t k : below(i.domain, r, child)) {
    const Symbol &member = registers_[operand(i, 0)][k], &value = arg(i, 1, k);
    const z3::expr there = rows_[child].rows[k].there;
    const z3::expr counts = t_.both(t_.both(there, t_.is_yes(member)), t_.negated(t_.either(t_.is_none(value), t_.is_unknown(value))));
    const z3::expr possible = t_.both(there, t_.either(t_.is_unknown(member), t_.both(t_.is_yes(member), t_.is_unknown(value))));
    open = t_.either(open, possible);
    switch (kind) {
      case vm::FoldKind::distinct: {
        z3::expr fresh = counts;
        for (const auto& [counted, other] : before) fresh = t_.both(fresh, t_.negated(t_.both(counted, t_.same(other, value.v))));
        counted.push_back(fresh);
        break;
      }
      case vm::FoldKind::sum:
      case vm::FoldKind::avg: v = v + t_.chosen(counts, value.v, t_.number(0)); break;
      case vm::FoldKind::min: v = t_.chosen(t_.both(counts, t_.either(t_.negated(some), value.v < v)), value.v, v); break;
      case vm::FoldKind::max: v = t_.chosen(t_.both(counts, t_.either(t_.negated(some), value.v > v)), value.v, v); break;
    }
    some = t_.either(some, counts);
    before.emplace_back(counts, value.v);
  }
  const z3::expr known = t_.negated(open);
  if (kind == vm::FoldKind::distinct) return t_.count(std::move(counted), open);
  z3::expr none = t_.negated(some);
  Symbol s{type, none, open, v};
  if (kind == vm::FoldKind::sum && of == Type::integer) {
    const z3::expr overflow = v < t_.number(INT32_MIN) || v > t_.number(INT32_MAX);
    none = none || overflow;
    s.fault = t_.both(known, overflow);
  }
  s.p = t_.both(known, none);
  return s;
}

Symbol ProofProgram::picked(const Inst& i, size_t r) {
  const Id child = domain_of(i, 0);
  const Type of = program_.registers[operand(i, 1)].type, type = program_.registers[i.dst].type;
  if (of != Type::integer && of != Type::decimal && of != Type::date && of != Type::long_integer) {
    t_.functions.insert("rows sorted by values that are no numbers or dates");
    return rows_function(i, r, fmt::format("pick {}", i.fn));
  }
  const bool last = i.fn == 1;
  z3::expr open = t_.no(), some = t_.no(), key = t_.number(0), none = t_.no();
  Symbol found = t_.none(type);
  for (const size_t k : below(i.domain, r, child)) {
    const Symbol &member = registers_[operand(i, 0)][k], &by = arg(i, 1, k), &value = arg(i, 2, k);
    const z3::expr there = rows_[child].rows[k].there, is = t_.both(there, t_.is_yes(member));
    open = t_.either(open, t_.both(there, t_.either(t_.is_unknown(member), t_.both(t_.is_yes(member), t_.is_unknown(by)))));
    // None comes first; of equal ones the first row, looking from the wanted end.
    const z3::expr gone = t_.is_none(by);
    const z3::expr better = last ? t_.chosen(gone, none, t_.either(none, by.v >= key))
                                 : t_.chosen(gone, t_.negated(none), t_.both(t_.negated(none), by.v < key));
    const z3::expr take = t_.both(is, t_.either(t_.negated(some), better));
    found = t_.chosen(take, t_.as(type, value), found);
    key = t_.chosen(take, by.v, key);
    none = t_.chosen(take, gone, none);
    some = t_.either(some, is);
  }
  return t_.chosen(open, t_.unknown(type), found);
}

Symbol ProofProgram::only(const Inst& i, size_t r) {
  const Id child = domain_of(i, 0);
  const Type type = program_.registers[i.dst].type;
  z3::expr open = t_.no(), one = t_.no(), more = t_.no();
  Symbol found = t_.none(type);
  for (const size_t k : below(i.domain, r, child)) {
    const Symbol& member = registers_[operand(i, 0)][k];
    const z3::expr there = rows_[child].rows[k].there, is = t_.both(there, t_.is_yes(member));
    open = t_.either(open, t_.both(there, t_.is_unknown(member)));
    more = t_.either(more, t_.both(one, is));
    one = t_.either(one, is);
    found = t_.chosen(is, t_.as(type, arg(i, 1, k)), found);
  }
  return t_.chosen(more, t_.none(type), t_.chosen(open, t_.unknown(type), found));
}

// ---------------------------------------------------------------- limits

Symbol ProofProgram::used(const Inst& i, size_t r) {
  struct Use {
    z3::expr counts, day;
  };
  std::vector<Use> uses;
  z3::expr open = t_.no();
  const auto gather = [&](uint32_t member, uint32_t date, const uint32_t* grant) {
    const Id child = domain_of(i, member);
    for (const size_t k : below(i.domain, r, child)) {
      const Symbol &is = arg(i, member, k), &day = arg(i, date, k);
      z3::expr yes = t_.is_yes(is), may = t_.is_unknown(is);
      if (grant) {
        const Symbol& g = arg(i, *grant, k);
        const z3::expr granted = t_.is_yes(g);
        may = t_.both(t_.either(may, yes), t_.both(t_.negated(t_.is_no(g)), t_.negated(t_.both(yes, granted))));
        yes = t_.both(yes, granted);
      }
      const z3::expr there = t_.both(rows_[child].rows[k].there, t_.negated(t_.is_none(day)));
      open = t_.either(open, t_.both(there, t_.either(may, t_.both(yes, t_.is_unknown(day)))));
      uses.push_back({t_.both(there, yes), day.v});
    }
  };
  gather(0, 1, nullptr);
  const uint32_t granted = 4;
  gather(2, 3, &granted);
  const Symbol& own = arg(i, 5, r);
  const bool procedures = i.op == Op::fullest && i.imm == 1;
  open = t_.either(open, t_.either(t_.is_none(own), t_.is_unknown(own)));
  const auto within = [&](const z3::expr* after, const z3::expr* until) {
    std::vector<z3::expr> counted;
    std::vector<Use> before;
    for (const Use& u : uses) {
      z3::expr counts = u.counts;
      if (after) counts = t_.both(counts, u.day > *after && u.day <= *until);
      z3::expr fresh = counts;
      if (!procedures) {
        fresh = t_.both(fresh, t_.negated(t_.same(u.day, own.v)));
        for (const Use& b : before) fresh = t_.both(fresh, t_.negated(t_.both(b.counts, t_.same(b.day, u.day))));
      }
      counted.push_back(fresh);
      before.push_back({counts, u.day});
    }
    return counted;
  };
  if (i.op == Op::used_days) return t_.count(within(nullptr, nullptr), open);
  // The fullest window that contains the line's day ends on it or on a later use's.
  const Symbol& span = arg(i, 6, r);
  z3::expr most = t_.number(0);
  const auto window = [&](const z3::expr& counts, const z3::expr& end) {
    const Symbol start = t_.earlier(t_.value(Type::date, end), span);
    const z3::expr after = start.v;
    const z3::expr n = t_.count(within(&after, &end), t_.no()).v;
    const z3::expr reaches = t_.both(counts, t_.both(t_.negated(t_.is_none(start)), after < own.v));
    most = t_.chosen(t_.both(reaches, n > most), n, most);
  };
  window(t_.yes(), own.v);
  for (const Use& u : uses) window(t_.both(u.counts, u.day > own.v), u.day);
  return {Type::integer, t_.no(), open, most};
}

}  // namespace rubric::analysis
