#include "vm/lists.h"

#include "vm/numbers.h"

#include <algorithm>
#include <vector>

namespace rubric::vm {
namespace {

Value made(const Context& c, const std::vector<Value>& items) {
  return box_items(Type::list, items.data(), static_cast<uint32_t>(items.size()), *c.arena);
}
Value sublist(const Value& list, uint32_t from, uint32_t n) {
  Value v = list;
  v.items = list.items + from;
  v.n = n;
  return v;
}

bool holds(const Context& c, const std::vector<Value>& items, const Value& v) {
  return std::any_of(items.begin(), items.end(), [&](const Value& x) { return same_element(c, x, v); });
}
bool holds(const Context& c, const Value& list, const Value& v) {
  return std::any_of(list.items, list.items + list.n, [&](const Value& x) { return same_element(c, x, v); });
}

// The elements that are values: what aggregates look at.
std::vector<Value> values(const Value& list) {
  std::vector<Value> out;
  if (list.kind != Kind::value) return out;
  std::copy_if(list.items, list.items + list.n, std::back_inserter(out), [](const Value& v) { return !absent(v); });
  return out;
}

template <class F>
Value reduced(const Value& list, F f) {
  const std::vector<Value> items = values(list);
  if (items.empty()) return Value::none();
  Value result = items[0];
  for (size_t k = 1; k < items.size() && !absent(result); ++k) result = f(result, items[k]);
  return result;
}

Value as_decimal(const Context& c, const Value& v) { return v.type == Type::quantity ? v : box(*number(v), *c.arena); }
Value count_of(const Context& c, size_t n) { return box(to_decimal(static_cast<int64_t>(n)), *c.arena); }

Value spread(const Context& c, const Value& list, size_t less) {
  std::vector<Value> items = values(list);
  if (items.size() <= less) return Value::none();
  for (Value& v : items) v = as_decimal(c, v);
  const Value mean = average(c, made(c, items));
  // Squares of quantities count in the quantity's own unit.
  const uint16_t unit = items[0].unit;
  const bool quantity = items[0].type == Type::quantity;
  Value sum = box(Decimal{}, *c.arena);
  for (const Value& v : items) {
    const Value off = minus(c, v, mean);
    if (absent(off)) return off;
    const Value plain = quantity ? box(unbox<Quantity>(off).value, *c.arena) : off;
    sum = plus(c, sum, times(c, plain, plain));
  }
  const Value result = divided(c, sum, count_of(c, items.size() - less));
  return absent(result) || !quantity ? result : box(Quantity{unbox<Decimal>(result), unit}, *c.arena);
}

Value root(const Context& c, const Value& v) {
  if (absent(v)) return v;
  if (v.type == Type::quantity) {
    const Value r = square_root(c, box(unbox<Quantity>(v).value, *c.arena));
    return absent(r) ? r : box(Quantity{unbox<Decimal>(r), v.unit}, *c.arena);
  }
  return square_root(c, v);
}

}  // namespace

Truth list_exists(const Context&, const Value& list) { return truth(!values(list).empty()); }
Value list_count(const Context&, const Value& list) { return box(static_cast<int32_t>(values(list).size())); }
Value list_length(const Context&, const Value& list) { return box(static_cast<int32_t>(absent(list) ? 0 : list.n)); }
Value first(const Context&, const Value& list) { return list.n == 0 ? Value::none() : list.items[0]; }
Value last(const Context&, const Value& list) { return list.n == 0 ? Value::none() : list.items[list.n - 1]; }
Value element(const Context&, const Value& list, const Value& position) {
  return position.i < 0 || position.i >= list.n ? Value::none() : list.items[position.i];
}
Value index_of(const Context& c, const Value& list, const Value& value) {
  for (uint32_t k = 0; k < list.n; ++k) {
    if (equal(c, list.items[k], value) == Truth::yes) return box(static_cast<int32_t>(k));
  }
  return box(int32_t{-1});
}
Value singleton(const Context&, const Value& list) {
  return list.n == 0 ? Value::none() : list.n == 1 ? list.items[0] : Value::none(Cause::error);
}
Value skip(const Context& c, const Value& list, const Value& n) {
  if (absent(list) || absent(n)) return Value::none();
  return n.i < 0 ? sublist(list, 0, 0) : slice(c, list, n, Value::none());
}
Value take(const Context&, const Value& list, const Value& n) {
  if (absent(list)) return list;
  const int64_t most = absent(n) ? 0 : std::clamp<int64_t>(n.i, 0, list.n);
  return sublist(list, 0, static_cast<uint32_t>(most));
}
Value tail(const Context&, const Value& list) { return list.n == 0 ? list : sublist(list, 1, list.n - 1); }
// Positions below zero count from the end.
Value slice(const Context&, const Value& list, const Value& from, const Value& to) {
  if (absent(list)) return list;
  const auto position = [&](const Value& v, int64_t otherwise) {
    if (absent(v)) return otherwise;
    return std::clamp<int64_t>(v.i < 0 ? v.i + list.n : v.i, 0, list.n);
  };
  const int64_t a = position(from, 0), b = position(to, list.n);
  return sublist(list, static_cast<uint32_t>(a), static_cast<uint32_t>(std::max<int64_t>(b - a, 0)));
}
Value distinct(const Context& c, const Value& list) {
  std::vector<Value> out;
  for (uint32_t k = 0; k < list.n; ++k) {
    if (!holds(c, out, list.items[k])) out.push_back(list.items[k]);
  }
  return made(c, out);
}
Value flatten(const Context& c, const Value& list) {
  std::vector<Value> out;
  for (uint32_t k = 0; k < list.n; ++k) {
    const Value& v = list.items[k];
    if (v.kind == Kind::value && v.type == Type::list) {
      out.insert(out.end(), v.items, v.items + v.n);
    } else if (!absent(v)) {
      out.push_back(v);
    }
  }
  return made(c, out);
}
Value list_union(const Context& c, const Value& a, const Value& b) {
  std::vector<Value> out;
  for (const Value* list : {&a, &b}) {
    if (!absent(*list)) out.insert(out.end(), list->items, list->items + list->n);
  }
  return distinct(c, made(c, out));
}
Value list_intersect(const Context& c, const Value& a, const Value& b) {
  if (absent(a) || absent(b)) return Value::none();
  std::vector<Value> out;
  for (uint32_t k = 0; k < a.n; ++k) {
    if (holds(c, b, a.items[k]) && !holds(c, out, a.items[k])) out.push_back(a.items[k]);
  }
  return made(c, out);
}
Value list_except(const Context& c, const Value& a, const Value& b) {
  if (absent(a)) return a;
  std::vector<Value> out;
  for (uint32_t k = 0; k < a.n; ++k) {
    if (!(b.kind == Kind::value && holds(c, b, a.items[k])) && !holds(c, out, a.items[k])) out.push_back(a.items[k]);
  }
  return made(c, out);
}
Truth list_contains(const Context& c, const Value& list, const Value& value) {
  if (absent(list)) return Truth::no;
  Truth any = Truth::no;
  for (uint32_t k = 0; k < list.n; ++k) {
    const Value& v = list.items[k];
    if (absent(v) || absent(value)) {
      if (absent(v) && absent(value)) return Truth::yes;
      continue;
    }
    any = truth_or(any, equal(c, v, value));
  }
  return any;
}
Truth list_properly_contains(const Context& c, const Value& list, const Value& value) {
  if (absent(list)) return Truth::no;
  Truth others = Truth::no;
  for (uint32_t k = 0; k < list.n; ++k) {
    const Value& v = list.items[k];
    if (absent(v) && absent(value)) continue;
    others = truth_or(others, absent(value) ? Truth::yes : unequal(c, v, value));
  }
  return truth_and(list_contains(c, list, value), others);
}
Truth list_includes(const Context& c, const Value& list, const Value& part) {
  Truth all = Truth::yes;
  for (uint32_t k = 0; k < part.n; ++k) all = truth_and(all, list_contains(c, list, part.items[k]));
  return all;
}
Truth list_properly_includes(const Context& c, const Value& list, const Value& part) {
  return truth_and(list_includes(c, list, part), truth(distinct(c, list).n > distinct(c, part).n));
}
Value member(const Context&, const Value& tuple, const Value& name) {
  if (tuple.type == Type::ratio || tuple.type == Type::code_concept || tuple.type != Type::tuple) return Value::none();
  for (uint32_t k = 0; k + 1 < tuple.n; k += 2) {
    if (tuple.items[k].i == name.i) return tuple.items[k + 1];
  }
  return Value::none();
}

Value children(const Context& c, const Value& v) {
  std::vector<Value> out;
  if (has_items(v.type)) {
    const uint32_t step = v.type == Type::tuple ? 2 : 1;
    for (uint32_t k = step - 1; k < v.n; k += step) out.push_back(v.items[k]);
  }
  return made(c, out);
}
Value descendents(const Context& c, const Value& v) {
  std::vector<Value> out;
  std::vector<Value> open{v};
  while (!open.empty()) {
    const Value below = children(c, open.back());
    open.pop_back();
    out.insert(out.end(), below.items, below.items + below.n);
    std::copy_if(below.items, below.items + below.n, std::back_inserter(open), [](const Value& x) { return !absent(x); });
  }
  return made(c, out);
}

// ---------------------------------------------------------------- aggregates

Truth all_true(const Context&, const Value& list) {
  const std::vector<Value> items = values(list);
  return truth(std::all_of(items.begin(), items.end(), [](const Value& v) { return v.i != 0; }));
}
Truth any_true(const Context&, const Value& list) {
  const std::vector<Value> items = values(list);
  return truth(std::any_of(items.begin(), items.end(), [](const Value& v) { return v.i != 0; }));
}
Value sum(const Context& c, const Value& list) {
  return reduced(list, [&](const Value& a, const Value& b) { return plus(c, a, b); });
}
Value product(const Context& c, const Value& list) {
  return reduced(list, [&](const Value& a, const Value& b) { return times(c, a, b); });
}
Value minimum(const Context& c, const Value& list) {
  return reduced(list, [&](const Value& a, const Value& b) { return less(c, b, a) == Truth::yes ? b : a; });
}
Value maximum(const Context& c, const Value& list) {
  return reduced(list, [&](const Value& a, const Value& b) { return greater(c, b, a) == Truth::yes ? b : a; });
}
Value average(const Context& c, const Value& list) {
  std::vector<Value> items = values(list);
  if (items.empty()) return Value::none();
  for (Value& v : items) v = as_decimal(c, v);
  return divided(c, sum(c, made(c, items)), count_of(c, items.size()));
}
Value geometric_mean(const Context& c, const Value& list) {
  const std::vector<Value> items = values(list);
  if (items.empty()) return Value::none();
  Value logs = box(Decimal{}, *c.arena);
  for (const Value& v : items) {
    const Value one = natural_logarithm(c, as_decimal(c, v));
    if (absent(one)) return one;
    logs = plus(c, logs, one);
  }
  return exponential(c, divided(c, logs, count_of(c, items.size())));
}
Value median(const Context& c, const Value& list) {
  std::vector<Value> items = values(list);
  if (items.empty()) return Value::none();
  std::stable_sort(items.begin(), items.end(), [&](const Value& a, const Value& b) { return less(c, a, b) == Truth::yes; });
  const size_t half = items.size() / 2;
  if (items.size() % 2 == 1) return as_decimal(c, items[half]);
  return divided(c, plus(c, as_decimal(c, items[half - 1]), as_decimal(c, items[half])), count_of(c, 2));
}
Value mode(const Context& c, const Value& list) {
  const std::vector<Value> items = values(list);
  size_t most = 0;
  Value result = Value::none();
  for (const Value& v : items) {
    const auto n = static_cast<size_t>(std::count_if(items.begin(), items.end(), [&](const Value& x) { return same_element(c, x, v); }));
    if (n > most) most = n, result = v;
  }
  return result;
}
Value variance(const Context& c, const Value& list) { return spread(c, list, 1); }
Value population_variance(const Context& c, const Value& list) { return spread(c, list, 0); }
Value standard_deviation(const Context& c, const Value& list) { return root(c, variance(c, list)); }
Value population_standard_deviation(const Context& c, const Value& list) { return root(c, population_variance(c, list)); }

}  // namespace rubric::vm
