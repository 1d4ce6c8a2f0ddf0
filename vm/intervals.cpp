#include "vm/intervals.h"

#include <algorithm>
#include <vector>

namespace rubric::vm {
namespace {

// An expansion longer than this is refused: a mistake in `per` would fill the memory.
constexpr size_t most_points = 100'000;

Interval parts(const Value& v) { return unbox<Interval>(v); }
bool yes(Truth t) { return t == Truth::yes; }

// Neighbours: they overlap, or one begins where the other ends.
Truth touches(const Context& c, const Value& a, const Value& b) {
  const Value as = start_of(c, a), ae = end_of(c, a), bs = start_of(c, b), be = end_of(c, b);
  const Truth overlap = truth_and(at_most(c, as, be), at_most(c, bs, ae));
  const auto next = [&](const Value& x, const Value& y) {
    const Value s = successor(c, x);
    return absent(s) ? (absent(x) ? Truth::none : Truth::no) : equal(c, s, y);
  };
  return truth_or(overlap, truth_or(next(ae, bs), next(be, as)));
}

Value closed(const Context& c, const Value& a, const Value& b) { return box_interval(a, b, true, true, *c.arena); }

// An end is taken over as it was written, so that an open end without a value stays one.
Value between(const Context& c, const Value& from, const Value& to) {
  const Interval a = parts(from), b = parts(to);
  return box_interval(a.ends[0], b.ends[1], a.low_closed, b.high_closed, *c.arena);
}

// `per` as a step for points like `like`: the amount and, for moments, the component that it stands for.
struct Step {
  Value amount;
  int component = 0;
};
std::optional<Step> step_of(const Context& c, const Value& like, const Value& per) {
  if (absent(per)) {
    if (is_moment(like.type)) {
      static constexpr std::string_view units[] = {"", "year", "month", "day", "hour", "minute", "second", "millisecond"};
      return Step{box(Quantity{to_decimal(1), *find_unit(units[like.precision])}, *c.arena), like.precision};
    }
    if (like.type == Type::integer) return Step{box(int32_t{1})};
    if (like.type == Type::long_integer) return Step{box(int64_t{1})};
    if (like.type == Type::quantity) return Step{box(Quantity{to_decimal(1), like.unit}, *c.arena)};
    // The last digit that is written.
    Int128 digit = Decimal::scale;
    for (const Int128 v = unbox<Decimal>(like).scaled; digit > 1 && v % digit != 0; digit /= 10) {
    }
    return Step{box(Decimal{digit}, *c.arena)};
  }
  const Quantity q = unbox<Quantity>(per);
  if (q.value.scaled <= 0) return std::nullopt;
  if (is_moment(like.type)) {
    const Unit& u = unit(q.unit);
    const bool months = u.dimension == Dimension::months, days = u.dimension == Dimension::days;
    if (!months && !days && u.dimension != Dimension::time) return std::nullopt;
    const int component = months                ? (u.numerator == 12 ? 1 : 2)
                          : days                ? 3
                          : u.numerator == 3600 ? 4
                          : u.numerator == 60   ? 5
                          : u.denominator == 1  ? 6
                                                : 7;
    if (component > last_component(like.type) || component < first_component(like.type)) return std::nullopt;
    return Step{per, component};
  }
  if (like.type == Type::quantity) {
    // A step without a unit counts in the interval's.
    return q.unit == 0             ? std::optional(Step{box(Quantity{q.value, like.unit}, *c.arena)})
           : convert(q, like.unit) ? std::optional(Step{per})
                                   : std::nullopt;
  }
  if (unit(q.unit).dimension != Dimension::one) return std::nullopt;
  const bool whole = q.value.scaled % Decimal::scale == 0;
  if (whole) return Step{integer_value(static_cast<int64_t>(q.value.scaled / Decimal::scale))};
  return Step{box(q.value, *c.arena)};
}

Value truncated(const Value& v, int component) {
  if (component == 0 || v.precision <= component) return v;
  Moment m = moment(v);
  const auto made = moment_of(m.type, fields(m), static_cast<uint8_t>(component));
  Value out = box(*made);
  out.unit = v.unit;
  return out;
}

// One in the last digit that the step has.
Value last_digit(const Context& c, const Value& at, const Value& amount) {
  if (at.type != Type::decimal) return step_of(c, at, Value::none())->amount;
  return step_of(c, box(*number(amount), *c.arena), Value::none())->amount;
}

// A step of whole numbers reads the ends as whole numbers; one with digits behind the point gives such to both, and the
// upper end covers what is written with them: per 0.1, 10 is 10.0 to 10.9.
void to_step_digits(const Context& c, const Value& amount, Value& from, Value& to) {
  const Int128 scale = Decimal::scale, step = number(amount)->scaled;
  const auto whole = [&](const Value& v) { return integer_value(static_cast<int64_t>(number(v)->scaled / scale)); };
  if (step % scale == 0) {
    from = whole(from);
    to = whole(to);
    return;
  }
  Int128 digit = scale;
  while (digit > 1 && step % digit != 0) digit /= 10;
  const auto cut = [&](const Value& v) { return number(v)->scaled - number(v)->scaled % digit; };
  const Int128 high = to.type == Type::integer ? number(to)->scaled + scale - digit : cut(to);
  from = box(Decimal{cut(from)}, *c.arena);
  to = box(Decimal{high}, *c.arena);
}

// The points of an interval from its start, `per` apart, with the end of the unit that each begins.
bool expand_into(const Context& c, const Value& v, const Value& per, bool as_points, std::vector<Value>& out) {
  Value from = start_of(c, v), to = end_of(c, v);
  if (absent(from) || absent(to)) return false;
  const auto step = step_of(c, from, per);
  if (!step) return true;   // no such step: nothing fits
  if (is_moment(from.type) && (from.precision < step->component || to.precision < step->component)) return true;
  from = truncated(from, step->component);
  to = truncated(to, step->component);
  if (!absent(per) && (from.type == Type::decimal || from.type == Type::integer)) to_step_digits(c, step->amount, from, to);
  for (Value at = from; yes(at_most(c, at, to));) {
    if (out.size() >= most_points) return false;
    const Value next = plus(c, at, step->amount);
    // The step's last point lies before the next step's first; a step that is not whole is left out.
    const Value last = absent(next) ? to : is_moment(at.type) ? predecessor(c, next) : minus(c, next, last_digit(c, at, step->amount));
    if (!yes(at_most(c, last, to))) break;
    out.push_back(as_points ? at : closed(c, at, last));
    if (absent(next)) break;
    at = next;
  }
  return true;
}

// A list's intervals that have both ends, in order, without nones.
std::vector<Value> sorted(const Context& c, const Value& list) {
  std::vector<Value> all;
  for (uint32_t k = 0; k < list.n; ++k) {
    const Value& item = list.items[k];
    if (item.kind != Kind::value || item.type != Type::interval) continue;
    const Interval i = parts(item);
    if (absent(i.ends[0]) && absent(i.ends[1])) continue;
    all.push_back(item);
  }
  std::stable_sort(all.begin(), all.end(), [&](const Value& a, const Value& b) {
    const Value x = start_of(c, a), y = start_of(c, b);
    if (absent(x) || absent(y)) return absent(x) && !absent(y);
    const auto o = order(c, x, y);
    if (o && *o != 0) return *o < 0;
    return yes(less(c, end_of(c, a), end_of(c, b)));
  });
  return all;
}

}  // namespace

Value make_interval(const Context& c, const Value& low, const Value& high, const Value& low_closed, const Value& high_closed) {
  const bool l = low_closed.i != 0, h = high_closed.i != 0;
  const Value made = box_interval(low, high, l, h, *c.arena);
  if (absent(low) || absent(high)) return made;
  const auto o = order(c, low, high);
  if (o && (*o > 0 || (*o == 0 && !l && !h))) return Value::none(Cause::error);
  if (o && *o == 0 && !(l && h)) return Value::none(Cause::error);
  return made;
}

Value start_of(const Context& c, const Value& v) {
  if (absent(v)) return v;
  const Interval i = parts(v);
  if (!absent(i.ends[0])) return i.low_closed ? i.ends[0] : successor(c, i.ends[0]);
  if (!i.low_closed || absent(i.ends[1])) return Value::none();
  return lowest(c, i.ends[1]);
}
Value end_of(const Context& c, const Value& v) {
  if (absent(v)) return v;
  const Interval i = parts(v);
  if (!absent(i.ends[1])) return i.high_closed ? i.ends[1] : predecessor(c, i.ends[1]);
  if (!i.high_closed || absent(i.ends[0])) return Value::none();
  return highest(c, i.ends[0]);
}
Value low(const Context&, const Value& v) { return parts(v).ends[0]; }
Value high(const Context&, const Value& v) { return parts(v).ends[1]; }
Truth low_closed(const Context&, const Value& v) { return truth(parts(v).low_closed); }
Truth high_closed(const Context&, const Value& v) { return truth(parts(v).high_closed); }

Value width(const Context& c, const Value& v) {
  const Value a = start_of(c, v), b = end_of(c, v);
  if (absent(a) || absent(b)) return Value::none();
  if (is_moment(a.type)) return Value::none(Cause::error);   // durations are what `duration in` says
  return minus(c, b, a);
}
Value size(const Context& c, const Value& v) {
  const Value w = width(c, v);
  if (absent(w)) return w;
  return plus(c, w, w.type == Type::decimal || w.type == Type::quantity ? smallest_step(c, w) : smallest_step(c, w));
}
Value point_from(const Context& c, const Value& v) {
  const Value a = start_of(c, v), b = end_of(c, v);
  if (absent(a) || absent(b)) return Value::none();
  return yes(equal(c, a, b)) ? a : Value::none(Cause::error);
}

Value interval_union(const Context& c, const Value& a, const Value& b) {
  if (!yes(touches(c, a, b))) return Value::none();
  const bool first = yes(at_most(c, start_of(c, a), start_of(c, b))), last = yes(at_least(c, end_of(c, a), end_of(c, b)));
  return between(c, first ? a : b, last ? a : b);
}

Value interval_intersect(const Context& c, const Value& a, const Value& b) {
  const Value as = start_of(c, a), ae = end_of(c, a), bs = start_of(c, b), be = end_of(c, b);
  // An end that is not known takes part: it may be the nearer one.
  const Truth left = at_most(c, as, be), right = at_most(c, bs, ae);
  if (left == Truth::no || right == Truth::no) return Value::none();
  if (absent(as) && absent(ae) && absent(bs) && absent(be)) return Value::none();
  if ((absent(as) && absent(ae)) || (absent(bs) && absent(be))) return Value::none();
  const Value& low = absent(as) ? a : absent(bs) ? b : yes(at_least(c, as, bs)) ? a : b;
  const Value& high = absent(ae) ? a : absent(be) ? b : yes(at_most(c, ae, be)) ? a : b;
  return between(c, low, high);
}

Value interval_except(const Context& c, const Value& a, const Value& b) {
  const Value as = start_of(c, a), ae = end_of(c, a), bs = start_of(c, b), be = end_of(c, b);
  if (absent(as) || absent(ae) || absent(bs) || absent(be)) return Value::none();
  if (yes(less(c, be, as)) || yes(greater(c, bs, ae))) return a;
  const bool before = yes(less(c, as, bs)), after = yes(greater(c, ae, be));
  if (before == after) return Value::none();   // nothing is left, or two pieces
  if (before) return closed(c, as, predecessor(c, bs));
  return closed(c, successor(c, be), ae);
}

Value collapse(const Context& c, const Value& list, const Value& per) {
  if (absent(list)) return list;
  std::vector<Value> out;
  for (const Value& next : sorted(c, list)) {
    if (out.empty()) {
      out.push_back(next);
      continue;
    }
    Value& last = out.back();
    Truth joins = touches(c, last, next);
    if (!yes(joins) && !absent(per)) {
      // A gap of less than one step is none.
      const Value s = start_of(c, next), e = end_of(c, last);
      if (!absent(s) && !absent(e)) {
        const auto step = step_of(c, e, per);
        if (step) joins = at_most(c, truncated(s, step->component), plus(c, truncated(e, step->component), step->amount));
      }
    }
    if (!yes(joins)) {
      out.push_back(next);
      continue;
    }
    const Value le = end_of(c, last), ne = end_of(c, next);
    const bool keep = !absent(le) && !absent(ne) && yes(at_least(c, le, ne));
    last = between(c, last, keep ? last : next);
  }
  return box_items(Type::list, out.data(), static_cast<uint32_t>(out.size()), *c.arena);
}

Value expand(const Context& c, const Value& list, const Value& per) {
  if (absent(list)) return list;
  std::vector<Value> out;
  for (uint32_t k = 0; k < list.n; ++k) {
    if (absent(list.items[k])) continue;
    std::vector<Value> some;
    if (!expand_into(c, list.items[k], per, false, some)) return Value::none();
    for (const Value& v : some) {
      const auto known = [&](const Value& x) { return same_element(c, x, v); };
      if (std::none_of(out.begin(), out.end(), known)) out.push_back(v);
    }
  }
  return box_items(Type::list, out.data(), static_cast<uint32_t>(out.size()), *c.arena);
}

Value expand_one(const Context& c, const Value& v, const Value& per) {
  if (absent(v)) return v;
  std::vector<Value> out;
  if (!expand_into(c, v, per, true, out)) return Value::none();
  return box_items(Type::list, out.data(), static_cast<uint32_t>(out.size()), *c.arena);
}

}  // namespace rubric::vm
