// Queries: the rows of a record's lists, and what folds make of them. semantics.md, section 2. See evaluator.h.
//
// A member is certainly in, possibly in, or out; one phantom stands for any number of rows that the record does not have.
#include "base/must.h"
#include "tests/reference/evaluator.h"
#include "vm/decimal.h"
#include "vm/operators.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace rubric::reference {

using vm::Type;

namespace {

uint16_t addition(Type type) {
  for (uint16_t fn = 0; fn < vm::operators().size(); ++fn) {
    const vm::OperatorInfo& row = vm::operators()[fn];
    if (row.name == "+" && row.args.size() == 2 && row.args[0] == type && row.args[1] == type) return fn;
  }
  must(false, "what is summed can be added");
  return 0;
}

// A member's value, as the ends between which it lies; no end where it has none.
struct Ends {
  std::optional<Scalar> low, high;
  bool maybe_none = false;
};
Ends ends_of(const Possible& p) {
  Ends e;
  if (p.unknown) {
    e.maybe_none = true;
    return e;
  }
  bool first = true, no_low = false, no_high = false;
  for (const Piece& x : p.pieces) {
    if (x.kind == Piece::Kind::none || x.kind == Piece::Kind::fault) {
      e.maybe_none = true;
      continue;
    }
    no_low |= !x.low;
    no_high |= !x.high;
    if (x.low && (first || (e.low && order(*x.low, *e.low) < 0))) e.low = x.low;
    if (x.high && (first || (e.high && order(*x.high, *e.high) > 0))) e.high = x.high;
    first = false;
  }
  if (no_low) e.low.reset();
  if (no_high) e.high.reset();
  return e;
}

Possible count_range(size_t low, size_t high, bool unlimited) {
  return range(integer_scalar(static_cast<int64_t>(low)),
               unlimited ? std::nullopt : std::optional(integer_scalar(static_cast<int64_t>(high))));
}

struct Element {
  Ends ends;
  Possible value;
  Truth in;
  bool phantom;
};

size_t different(std::vector<Scalar> values) {
  std::vector<Scalar> seen;
  for (const Scalar& v : values) {
    if (std::none_of(seen.begin(), seen.end(), [&](const Scalar& s) { return order(s, v) == 0; })) seen.push_back(v);
  }
  return seen.size();
}

// How many different values: the certain ones are there; each open one may be another, or one of those.
Possible count_distinct(const std::vector<Element>& elements) {
  std::vector<Scalar> certain, all;
  size_t open = 0;
  bool some_open = false, phantom = false;
  for (const Element& e : elements) {
    phantom |= e.phantom;
    if (is_point(e.value)) {
      all.push_back(*e.value.pieces[0].low);
      if (e.in == Truth::yes) certain.push_back(all.back());
    } else {
      ++open;
      some_open |= e.in == Truth::yes && !e.ends.maybe_none;
    }
  }
  const size_t least = std::max<size_t>(different(certain), some_open ? 1 : 0);
  return count_range(least, different(all) + open, phantom);
}

// The sum of the rows' ranges, a possible row's extended to nothing. Of no row there is no sum.
Possible sum(const std::vector<Element>& elements, Type type) {
  if (elements.empty()) return none();
  const bool some =
      std::any_of(elements.begin(), elements.end(), [](const Element& e) { return e.in == Truth::yes && !e.ends.maybe_none; });
  if (!some) return anything();
  const uint16_t plus = addition(type);
  std::optional<Possible> total;
  std::vector<Element> ordered = elements;
  std::stable_partition(ordered.begin(), ordered.end(), [](const Element& e) { return e.in == Truth::yes && !e.ends.maybe_none; });
  for (const Element& e : ordered) {
    Ends own = e.ends;
    if (e.in != Truth::yes || e.ends.maybe_none) {
      const auto zero = [&](const std::optional<Scalar>& end) {
        Scalar z = *end;
        z.number = 0;
        return z;
      };
      if (own.low && own.low->number > 0) own.low = zero(own.low);
      if (own.high && own.high->number < 0) own.high = zero(own.high);
    }
    // Any number of such rows: without limit in each direction in which one can go.
    if (e.phantom && own.low && own.low->number < 0) own.low.reset();
    if (e.phantom && own.high && own.high->number > 0) own.high.reset();
    const Possible one = range(own.low, own.high);
    total = total ? operate(plus, {*total, one}) : one;
  }
  return *total;
}

Possible least_or_greatest(const std::vector<Element>& elements, bool greatest) {
  if (elements.empty()) return none();
  bool some = false, reach_open = false;
  std::optional<Scalar> sure, reach;
  const auto better = [&](const Scalar& a, const Scalar& b) { return greatest ? order(a, b) > 0 : order(a, b) < 0; };
  for (const Element& e : elements) {
    const auto &near = greatest ? e.ends.low : e.ends.high, &far = greatest ? e.ends.high : e.ends.low;
    if (e.in == Truth::yes && !e.ends.maybe_none) {
      some = true;
      if (near && (!sure || better(*near, *sure))) sure = near;
    }
    reach_open |= !far;
    if (far && (!reach || better(*far, *reach))) reach = far;
  }
  if (!some) return anything();
  if (reach_open) reach.reset();
  return greatest ? range(sure, reach) : range(reach, sure);
}

Possible average(const std::vector<Element>& elements) {
  if (elements.empty()) return none();
  vm::Decimal total;
  for (const Element& e : elements) {
    if (e.in != Truth::yes || e.phantom || !is_point(e.value)) return anything();
    const auto more = vm::add(total, vm::Decimal{e.value.pieces[0].low->number});
    if (!more) return fault();
    total = *more;
  }
  Scalar mean = *elements[0].value.pieces[0].low;
  mean.number = vm::divide(total, vm::to_decimal(static_cast<int64_t>(elements.size())))->scaled;
  return point(mean);
}

}  // namespace

// Every combination of rows of the sources for which the condition does not surely fail.
std::vector<Evaluator::Member> Evaluator::members(const ir::Query& q) {
  std::vector<Member> found;
  std::vector<Row> now;
  const std::function<void(size_t, bool)> next = [&](size_t source, bool phantom) {
    if (source < q.sources.size()) {
      const Id variable = q.sources[source].variable;
      const ir::Variable& v = policy_.variables[variable];
      const std::vector<Row> rows = record_.rows(row(v.owner), v.list);
      for (const Row& r : rows) {
        rows_[variable] = r;
        now.push_back(r);
        next(source + 1, phantom || r.phantom);
        now.pop_back();
      }
      rows_.erase(variable);
      return;
    }
    Truth in = phantom ? Truth::unknown : Truth::yes;
    for (const ir::Expr& w : q.where) in = both(in, kept(truth(w)));
    if (in != Truth::no) found.push_back({now, in, phantom});
  };
  next(0, false);
  return found;
}

template <class F>
auto Evaluator::with(const ir::Query& q, const Member& m, F f) {
  for (size_t k = 0; k < q.sources.size(); ++k) rows_[q.sources[k].variable] = m.rows[k];
  auto result = f();
  for (const auto& s : q.sources) rows_.erase(s.variable);
  return result;
}

Truth Evaluator::any_or_all(const ir::Expr& e) {
  const ir::Query& q = e.query[0];
  const bool all = e.fold == ir::Fold::all;
  Truth result = all ? Truth::yes : Truth::no;
  bool phantom = false;
  for (const Member& m : members(q)) {
    const Truth c = q.value.empty() ? Truth::yes : with(q, m, [&] { return truth(q.value[0]); });
    const Truth one = all ? one_of(opposite(m.in), c) : both(m.in, kept(c));
    phantom |= m.phantom && one == Truth::unknown;
    result = all ? both(result, one) : one_of(result, one);
  }
  if (phantom && result == Truth::unknown) facts_meet_ = true;
  return result;
}

Possible Evaluator::fold(const ir::Expr& e) {
  const ir::Query& q = e.query[0];
  const std::vector<Member> in = members(q);
  if (e.fold == ir::Fold::count) {
    size_t certain = 0;
    bool phantom = false;
    for (const Member& m : in) {
      certain += m.in == Truth::yes;
      phantom |= m.phantom;
    }
    return count_range(certain, in.size(), phantom);
  }
  if (e.fold == ir::Fold::only) {
    const auto certain = std::count_if(in.begin(), in.end(), [](const Member& m) { return m.in == Truth::yes; });
    if (certain > 1) return fault();
    if (in.size() > static_cast<size_t>(certain)) return anything();
    return certain == 0 ? none() : with(q, in[0], [&] { return value(q.value[0]); });
  }
  std::vector<Element> elements;
  for (const Member& m : in) {
    const Possible v = with(q, m, [&] { return value(q.value[0]); });
    elements.push_back({ends_of(v), v, m.in, m.phantom});
  }
  if (e.fold == ir::Fold::first || e.fold == ir::Fold::last) {
    // A candidate is a row that no certain row surely comes before; the first of several equal ones counts.
    const bool last = e.fold == ir::Fold::last;
    std::vector<Possible> keys;
    for (const Member& m : in) keys.push_back(with(q, m, [&] { return value(q.key[0]); }));
    const auto surely_before = [&](size_t a, size_t b) {
      const bool a_none = is_none(keys[a]), b_none = is_none(keys[b]);
      const Ends x = ends_of(keys[a]), y = ends_of(keys[b]);
      if (a_none && b_none) return last ? a > b : a < b;
      if (a_none || b_none) return last ? b_none && !x.maybe_none : a_none && !y.maybe_none;
      if (x.maybe_none || y.maybe_none) return false;
      const auto &near = last ? y.high : x.high, &far = last ? x.low : y.low;
      if (!near || !far) return false;
      const auto o = *order(*near, *far);
      const bool settled = is_point(keys[a]) && is_point(keys[b]);
      return o < 0 || (o == 0 && settled && (last ? a > b : a < b));
    };
    std::optional<Possible> all;
    if (std::none_of(in.begin(), in.end(), [](const Member& m) { return m.in == Truth::yes; })) all = none();
    for (size_t k = 0; k < in.size(); ++k) {
      bool beaten = false;
      for (size_t other = 0; other < in.size(); ++other) beaten |= other != k && in[other].in == Truth::yes && surely_before(other, k);
      if (!beaten) all = all ? either(*all, elements[k].value) : elements[k].value;
    }
    return *all;
  }
  // Elements without a value do not count.
  std::erase_if(elements, [](const Element& x) { return is_none(x.value); });
  switch (e.fold) {
    case ir::Fold::count_distinct: return count_distinct(elements);
    case ir::Fold::sum: return sum(elements, e.type.scalar);
    case ir::Fold::min: return least_or_greatest(elements, false);
    case ir::Fold::max: return least_or_greatest(elements, true);
    default: return average(elements);
  }
}

}  // namespace rubric::reference
