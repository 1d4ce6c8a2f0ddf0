// The forms of a cell.
#include "vm/column.h"

namespace rubric::vm {

void Column::reset(Type t, uint32_t n) {
  type = t;
  rows = n;
  any_odd = false;
  p.assign(words(n), 0);
  q.assign(words(n), 0);
  cell4.clear();
  cell8.clear();
  if (t == Type::truth) return;
  if (wide_cell(t)) {
    cell8.assign(n, 0);
  } else {
    cell4.assign(n, 0);
  }
}

Value get(const Column& c, Row row, const Pool& pool) {
  const Row r = c.at(row);
  if (c.type == Type::truth) return box(c.truth(r));
  const bool known = bit(c.p, r), odd = bit(c.q, r);
  const int64_t cell = wide_cell(c.type) ? c.cell8[r] : c.cell4[r];
  if (known && odd) return pool[static_cast<size_t>(cell)];
  if (odd) return Value::none(static_cast<Cause>(cell));
  if (!known) return Value::unknown(static_cast<Cause>(cell));
  Value v;
  v.kind = Kind::value;
  v.type = c.type;
  v.precision = c.type == Type::date ? 3 : 0;
  v.i = cell;
  return v;
}

void put(Column& c, Row r, const Value& v, Pool& pool) {
  if (c.type == Type::truth) {
    const Truth t = v.kind == Kind::value ? unbox<Truth>(v) : v.kind == Kind::none ? Truth::none : Truth::unknown;
    c.set_truth(r, t);
    return;
  }
  const auto cell = [&](int64_t i) {
    if (wide_cell(c.type)) {
      c.cell8[r] = i;
    } else {
      c.cell4[r] = static_cast<int32_t>(i);
    }
  };
  const bool plain = v.kind == Kind::value && !always_boxed(c.type) && !v.wide && (c.type != Type::date || v.precision == 3);
  set_bit(c.p, r, v.kind != Kind::unknown && v.kind != Kind::none);
  set_bit(c.q, r, !plain && v.kind != Kind::unknown);
  if (plain) {
    cell(v.i);
  } else if (v.kind == Kind::unknown || v.kind == Kind::none) {
    cell(static_cast<int64_t>(v.cause));
    c.any_odd |= v.kind == Kind::none;
  } else {
    cell(static_cast<int64_t>(pool.size()));
    pool.push_back(v);
    c.any_odd = true;
  }
}

}  // namespace rubric::vm
