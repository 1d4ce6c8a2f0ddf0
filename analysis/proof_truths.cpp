// What opcodes make of the cells of one row: logic, and the statuses of criteria. vm/kernels_truth.cpp in the solver's terms.
#include "analysis/proof_terms.h"

namespace rubric::analysis {
namespace {

using vm::Op;
using vm::Type;

Symbol turned(const Symbol& s) { return {s.type, s.q, s.p, s.v}; }

}  // namespace

Symbol Terms::kleene_and(const Symbol& a, const Symbol& b) {
  const z3::expr t = both(a.p, b.p);
  const z3::expr f = either(either(is_no(a), is_no(b)), both(t, either(a.q, b.q)));
  return {Type::truth, t, f, number(0)};
}

Symbol Terms::cell(const vm::Inst& i, Type type, std::span<const Symbol> a) {
  switch (i.op) {
    case Op::truth_not: return turned(a[0]);
    case Op::truth_and: {
      Symbol s = a[0];
      for (uint32_t k = 1; k < i.n; ++k) s = kleene_and(s, a[k]);
      return s;
    }
    case Op::truth_or: {
      Symbol s = turned(a[0]);
      for (uint32_t k = 1; k < i.n; ++k) s = kleene_and(s, turned(a[k]));
      return turned(s);
    }
    case Op::keep: return {Type::truth, is_yes(a[0]), a[0].q, number(0)};
    case Op::select: {
      const Symbol open = chosen(identical(a[1], a[2]), as(type, a[1]), unknown(type));
      return chosen(is_unknown(a[0]), open, chosen(is_yes(a[0]), as(type, a[1]), as(type, a[2])));
    }
    case Op::is_null: {
      const z3::expr open = is_unknown(a[0]), gone = is_none(a[0]);
      return {Type::truth, both(negated(open), gone), both(negated(open), negated(gone)), number(0)};
    }
    case Op::coalesce: {
      Symbol s = as(type, a[i.n - 1]);
      for (uint32_t k = i.n - 1; k-- > 0;) s = chosen(is_none(a[k]), s, as(type, a[k]));
      return s;
    }
    case Op::at_least: {
      z3::expr met = number(0), none = met, open = met;
      const auto one = [&](const z3::expr& e) { return chosen(e, number(1), number(0)); };
      for (const Symbol& s : a) {
        met = met + one(is_yes(s));
        none = none + one(is_none(s));
        open = open + one(is_unknown(s));
      }
      const z3::expr n = number(i.imm);
      const auto yes = [&](const z3::expr& m) { return m >= n; };
      const auto no = [&](const z3::expr& m) { return m + none < n; };
      // Settled where both ends agree; none where neither end is decided.
      const z3::expr low_yes = yes(met), high_yes = yes(met + open), low_no = no(met), high_no = no(met + open);
      const z3::expr neither = !low_yes && !low_no && !high_yes && !high_no;
      return {Type::truth, (low_yes && high_yes) || neither, (low_no && high_no) || neither, number(0)};
    }
    case Op::shown: return truth(both(is_yes(a[0]), is_yes(a[1])));
    case Op::not_shown: return truth(both(negated(is_no(a[0])), negated(both(is_yes(a[0]), is_yes(a[1])))));
    case Op::undetermined: {
      const z3::expr settled = both(is_yes(a[0]), either(is_yes(a[1]), is_no(a[1])));
      return truth(both(negated(is_no(a[0])), negated(settled)));
    }
    case Op::assert_value: {
      const z3::expr judged = either(is_yes(a[0]), is_no(a[0]));
      return chosen(judged, a[0], a[1]);
    }
    case Op::assert_applicable: {
      const z3::expr judged = either(is_yes(a[0]), is_no(a[0])), waived = is_none(a[0]);
      return {Type::truth, either(judged, both(a[1].p, negated(waived))), either(waived, both(a[1].q, negated(judged))), number(0)};
    }
    case Op::status_value: {
      const z3::expr sure = is_yes(a[1]), fails = both(is_no(a[0]), negated(sure));
      const z3::expr none = both(is_none(a[0]), is_none(a[1]));
      return {Type::truth, either(sure, none), either(fails, none), number(0)};
    }
    case Op::konst:
    case Op::column:
    case Op::member:
    case Op::up:
    case Op::src:
    case Op::call:
    case Op::lookup:
    case Op::in_set:
    case Op::in_set_on:
    case Op::any:
    case Op::all:
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
    case Op::final: break;   // they look at tables, at other rows or at the record
  }
  return unknown(type);
}

}  // namespace rubric::analysis
