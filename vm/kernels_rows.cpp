// Folds: from the rows of a list to one value. A member is a row whose plane says yes; a row that says unknown is
// possible; a phantom row that is possible stands for any number of them, so a count has no upper end.
#include "vm/kernels.h"

#include "vm/bits.h"
#include "vm/moment.h"
#include "vm/operator_forms.h"
#include "vm/widely.h"

#include <algorithm>

namespace rubric::vm {
namespace {

uint16_t add_of(Type t) {
  static const auto find = [](Type type) {
    const auto table = operators();
    for (uint16_t fn = 0; fn < table.size(); ++fn) {
      if (table[fn].name == "+" && table[fn].result == type && table[fn].args[0] == type) return fn;
    }
    return uint16_t{0};
  };
  static const uint16_t integer = find(Type::integer), decimal = find(Type::decimal), quantity = find(Type::quantity);
  return t == Type::integer ? integer : t == Type::decimal ? decimal : quantity;
}

// A member's value as the interval in which it lies; nothing known: two unknown ends.
struct Range {
  Value low, high;
  bool maybe_none = false;
};
Range range_of(const Context& c, const Value& v) {
  if (v.kind == Kind::value) return {v, v};
  if (v.kind == Kind::unknown) return {Value{}, Value{}, true};
  Range r;
  bool first = true, low_open = false, high_open = false;
  for (uint32_t k = 0; k < v.n; ++k) {
    const Value& i = v.items[k];
    if (i.kind == Kind::none) {
      r.maybe_none = true;
      continue;
    }
    const Value &l = i.kind == Kind::range ? i.items[0] : i, &h = i.kind == Kind::range ? i.items[1] : i;
    low_open |= l.kind != Kind::value;
    high_open |= h.kind != Kind::value;
    if (l.kind == Kind::value && (first || r.low.kind != Kind::value || compare_known(c, l, r.low) < 0)) r.low = l;
    if (h.kind == Kind::value && (first || r.high.kind != Kind::value || compare_known(c, h, r.high) > 0)) r.high = h;
    first = false;
  }
  if (low_open) r.low = Value{};
  if (high_open) r.high = Value{};
  return r;
}

bool less(const Context& c, const Value& a, const Value& b) { return compare_known(c, a, b) < 0; }

// Several integers as a cell: exact, or a range whose upper end may be missing.
Value count_value(const Context& c, uint32_t low, uint32_t high, bool unbounded) {
  const auto n = [](uint32_t v) { return box(static_cast<int32_t>(std::min<uint32_t>(v, INT32_MAX))); };
  if (unbounded) return range(n(low), Value{}, Cause::incomplete, *c.arena);
  return range(n(low), n(high), Cause::not_documented, *c.arena);
}

}  // namespace

int compare_known(const Context& c, const Value& a, const Value& b) {
  std::optional<int> o = 0;
  switch (a.type) {
    case Type::truth: o = order(c, unbox<Truth>(a), unbox<Truth>(b)); break;
    case Type::integer: o = order(c, unbox<int32_t>(a), unbox<int32_t>(b)); break;
    case Type::long_integer: o = order(c, unbox<int64_t>(a), unbox<int64_t>(b)); break;
    case Type::decimal: o = order(c, unbox<Decimal>(a), unbox<Decimal>(b)); break;
    case Type::text: o = order(c, unbox<Text>(a), unbox<Text>(b)); break;
    case Type::code: o = order(c, unbox<Code>(a), unbox<Code>(b)); break;
    case Type::date: o = order(c, unbox<Date>(a), unbox<Date>(b)); break;
    case Type::quantity: o = order(c, unbox<Quantity>(a), unbox<Quantity>(b)); break;
    case Type::date_time:
    case Type::time: o = compare(moment(a), moment(b), 0); break;
    case Type::interval:
    case Type::list:
    case Type::tuple:
    case Type::ratio:
    case Type::code_concept:
    case Type::any:
    case Type::outcome: break;
  }
  return o.value_or(0);
}

Value sum_of(const Context& c, Type t, const Value& a, const Value& b) {
  const Value args[] = {a, b};
  return forms(add_of(t)).boxed(c, args);
}

namespace {

// Up to 64 child rows at a time: which of them are yes, unknown or none.
struct Some {
  uint64_t yes, no, unknown, none;
};
struct Child {
  const uint64_t *p, *q;
  bool uniform;
  explicit Child(const Column& c) : p(c.p.data()), q(c.q.data()), uniform(c.uniform) {}
  [[gnu::always_inline]] Some some(Row begin, uint32_t n) const {
    const uint64_t all = low_mask(n);
    const uint64_t t = uniform ? (*p & 1 ? all : 0) : bits(p, begin, n), f = uniform ? (*q & 1 ? all : 0) : bits(q, begin, n);
    return {t & ~f, f & ~t, all & ~(t | f), t & f};
  }
};

// Kleene's or over the child rows of each parent row, or of what they are not.
template <bool negated>
void any_of(const DomainRows& rows, const Column& column, Column& out) {
  const Child child(column);
  const Row* const first = rows.first.data();
  for (uint32_t word = 0; word < words(out.rows); ++word) {
    const Row begin = word * 64, end = std::min(begin + 64, out.rows);
    uint64_t t = 0, f = 0;
    for (Row parent = begin; parent < end; ++parent) {
      uint64_t yes = 0, unknown = 0, none = 0;
      for (Row k = first[parent]; k < first[parent + 1]; k += 64) {
        const Some some = child.some(k, std::min<uint32_t>(64, first[parent + 1] - k));
        yes |= negated ? some.no : some.yes;
        unknown |= some.unknown;
        none |= some.none;
      }
      // yes, else unknown, else none, else no; of a negation, no is yes.
      const uint64_t is_yes = yes != 0, is_none = none != 0, settled = is_yes | (unknown == 0);
      t |= (settled & (negated ? !is_yes : is_yes | is_none)) << (parent - begin);
      f |= (settled & (negated ? is_yes | is_none : !is_yes)) << (parent - begin);
    }
    out.p[word] = t;
    out.q[word] = f;
  }
}

}  // namespace

void any(const DomainRows& rows, const Column& child, Column& out) {
  widely([&] { any_of<false>(rows, child, out); });
}
void all(const DomainRows& rows, const Column& child, Column& out) {
  widely([&] { any_of<true>(rows, child, out); });
}

namespace {

struct Counted {
  uint32_t certain = 0, possible = 0;
  bool unbounded = false;
};
[[gnu::always_inline]] inline Counted count_of(const DomainRows& rows, const Child& child, Row parent) {
  Counted out;
  for (Row k = rows.first[parent]; k < rows.first[parent + 1]; k += 64) {
    const uint32_t n = std::min<uint32_t>(64, rows.first[parent + 1] - k);
    const Some some = child.some(k, n);
    out.certain += static_cast<uint32_t>(__builtin_popcountll(some.yes));
    out.possible += static_cast<uint32_t>(__builtin_popcountll(some.unknown));
    out.unbounded |= some.unknown && (some.unknown & bits(rows.phantom.data(), k, n)) != 0;
  }
  return out;
}

}  // namespace

void count(const Context& c, const DomainRows& rows, const Column& member, Column& out, Pool& out_pool) {
  const Child child(member);
  widely([&] {
    // Of the rows before a parent's end those of all parents before it are taken away: a list's rows lie one behind the other.
    uint32_t at = 0, certain_before = 0, possible_before = 0, certain_to = 0, possible_to = 0;
    Some some = rows.rows ? child.some(0, std::min<uint32_t>(64, rows.rows)) : Some{};
    for (uint32_t word = 0; word < words(out.rows); ++word) {
      const Row begin = word * 64, end = std::min(begin + 64, out.rows);
      uint64_t ranges = 0;
      for (Row r = begin; r < end; ++r) {
        const Row last = rows.first[r + 1];
        for (; at < last / 64; ++at) {
          certain_before += static_cast<uint32_t>(__builtin_popcountll(some.yes));
          possible_before += static_cast<uint32_t>(__builtin_popcountll(some.unknown));
          const Row next = (at + 1) * 64;
          some = next < rows.rows ? child.some(next, std::min<uint32_t>(64, rows.rows - next)) : Some{};
        }
        const uint64_t before_end = low_mask(last % 64);
        const uint32_t certain = certain_before + static_cast<uint32_t>(__builtin_popcountll(some.yes & before_end));
        const uint32_t possible = possible_before + static_cast<uint32_t>(__builtin_popcountll(some.unknown & before_end));
        out.cell4[r] = static_cast<int32_t>(certain - certain_to);
        ranges |= uint64_t{possible != possible_to} << (r - begin);
        certain_to = certain;
        possible_to = possible;
      }
      out.p[word] = low_mask(end - begin);
      out.q[word] = ranges;
    }
  });
  Counts counts(c, out, out_pool);
  for (uint32_t word = 0; word < words(out.rows); ++word) {
    for (uint64_t left = out.q[word]; left; left &= left - 1) {
      const Row r = word * 64 + static_cast<Row>(__builtin_ctzll(left));
      const Counted n = count_of(rows, child, r);
      counts.put(r, n.certain, n.possible, n.unbounded);
    }
  }
}

void Counts::put(Row r, uint32_t certain, uint32_t possible, bool unbounded) {
  set_bit(out_.p, r, true);
  set_bit(out_.q, r, possible != 0);
  if (possible == 0) {
    out_.cell4[r] = static_cast<int32_t>(certain);
    return;
  }
  const bool small = certain < most && possible < most;
  if (small && !any_) made_.fill(-1);
  any_ |= small;
  int32_t* const made = small ? &made_[(size_t{unbounded} * most + certain) * most + possible] : nullptr;
  if (made && *made >= 0) {
    out_.cell4[r] = *made;
    return;
  }
  vm::put(out_, r, count_value(context_, certain, certain + possible, unbounded), pool_);
  if (made) *made = out_.cell4[r];
}

void fold(const Context& c, FoldKind kind, const DomainRows& rows, const Column& member, const Column& value, bool has_values,
          const Pool& pool, Column& out, Pool& out_pool) {
  struct Member {
    Range range;
    bool certain, any_number;
  };
  std::vector<Member> items;
  for (Row r = 0; r < out.rows; ++r) {
    items.clear();
    bool phantom = false, settled = true;
    for (Row k = rows.first[r]; k < rows.first[r + 1]; ++k) {
      const Truth t = member.truth(k);
      if (t == Truth::no || t == Truth::none) continue;
      const Value v = get(value, k, pool);
      if (v.kind == Kind::none) continue;
      const bool any_number = t == Truth::unknown && bit(rows.phantom, k);
      phantom |= any_number;
      const Range range = range_of(c, v);
      // A value that may be none may not count at all.
      const bool counts = !range.maybe_none || (has_values && v.kind == Kind::unknown);
      items.push_back({range, t == Truth::yes && counts, any_number});
      settled &= t == Truth::yes && v.kind == Kind::value;
    }
    const bool some = std::any_of(items.begin(), items.end(), [](const Member& i) { return i.certain; });
    const Cause why = phantom ? Cause::incomplete : Cause::not_documented;
    Value result;
    switch (kind) {
      case FoldKind::distinct: {
        std::vector<Value> sure, all_known;
        uint32_t open = 0;
        bool sure_open = false;
        for (const auto& [range, certain, any_number] : items) {
          if (range.low.kind == Kind::value && range.high.kind == Kind::value && same(range.low, range.high)) {
            all_known.push_back(range.low);
            if (certain) sure.push_back(range.low);
          } else {
            ++open;
            sure_open |= certain;
          }
        }
        const auto unique = [&](std::vector<Value>& v) {
          std::sort(v.begin(), v.end(), [&](const Value& a, const Value& b) { return less(c, a, b); });
          v.erase(std::unique(v.begin(), v.end(), [&](const Value& a, const Value& b) { return compare_known(c, a, b) == 0; }), v.end());
          return static_cast<uint32_t>(v.size());
        };
        uint32_t low = unique(sure);
        if (low == 0 && sure_open) low = 1;
        result = count_value(c, low, unique(all_known) + open, phantom);
        break;
      }
      case FoldKind::sum: {
        if (items.empty()) {
          result = Value::none(Cause::no_row);
        } else if (!some) {
          result = Value::unknown(Cause::incomplete);
        } else {
          // Each row adds its range; a row that may not be there adds its range extended to nothing, and rows of any
          // number go without limit wherever one of them can.
          bool open_low = false, open_high = false, first = true;
          Value low, high, zero;
          for (const auto& [range, certain, any_number] : items) {
            if (!certain) continue;
            if (range.low.kind != Kind::value) open_low = true;
            if (range.high.kind != Kind::value) open_high = true;
            if (!open_low) low = first ? range.low : sum_of(c, value.type, low, range.low);
            if (!open_high) high = first ? range.high : sum_of(c, value.type, high, range.high);
            first = false;
          }
          for (const auto& [range, certain, any_number] : items) {
            if (certain) continue;
            if (range.low.kind != Kind::value) open_low = true;
            if (range.high.kind != Kind::value) open_high = true;
            const auto sign = [&](const Value& v) { return v.type == Type::integer ? v.i : v.wide ? (*v.big > 0 ? 1 : -1) : v.i; };
            open_low |= any_number && range.low.kind == Kind::value && sign(range.low) < 0;
            open_high |= any_number && range.high.kind == Kind::value && sign(range.high) > 0;
            if (!open_low && low.kind == Kind::value && sign(range.low) < 0) low = sum_of(c, value.type, low, range.low);
            if (!open_high && high.kind == Kind::value && sign(range.high) > 0) high = sum_of(c, value.type, high, range.high);
          }
          if (low.kind == Kind::none || high.kind == Kind::none) {
            result = low.kind == Kind::none && high.kind == Kind::none && settled ? low : Value::unknown(Cause::overflow);
          } else {
            result = vm::range(open_low ? Value{} : low, open_high ? Value{} : high, why, *c.arena);
          }
        }
        break;
      }
      case FoldKind::min:
      case FoldKind::max: {
        if (items.empty()) {
          result = Value::none(Cause::no_row);
          break;
        }
        if (!some) {
          result = Value::unknown(why);
          break;
        }
        const bool want_max = kind == FoldKind::max;
        // The sure end comes from the certain rows, the other from all of them and from rows that are not recorded.
        Value sure, reach;
        bool sure_open = false, reach_open = false;
        const auto better = [&](const Value& a, const Value& b) { return want_max ? less(c, b, a) : less(c, a, b); };
        for (const auto& [range, certain, any_number] : items) {
          const Value& near = want_max ? range.low : range.high;
          const Value& far = want_max ? range.high : range.low;
          if (certain && near.kind == Kind::value && (sure.kind != Kind::value || better(near, sure))) sure = near;
          if (far.kind != Kind::value) {
            reach_open = true;
          } else if (reach.kind != Kind::value || better(far, reach)) {
            reach = far;
          }
        }
        sure_open = sure.kind != Kind::value;
        const Value a = sure_open ? Value{} : sure, b = reach_open ? Value{} : reach;
        result = want_max ? vm::range(a, b, why, *c.arena) : vm::range(b, a, why, *c.arena);
        break;
      }
      case FoldKind::avg: {
        if (items.empty()) {
          result = Value::none(Cause::no_row);
        } else if (!settled || phantom) {
          result = Value::unknown(Cause::not_documented);
        } else {
          std::optional<Decimal> sum = Decimal{};
          for (const auto& [range, certain, any_number] : items) {
            if (sum) sum = add(*sum, unbox<Decimal>(range.low));
          }
          const auto mean = sum ? divide(*sum, to_decimal(static_cast<int64_t>(items.size()))) : std::nullopt;
          result = mean ? box(*mean, *c.arena) : Value::none(Cause::overflow);
        }
        break;
      }
    }
    put(out, r, result, out_pool);
  }
}

void pick(const Context& c, bool last, const DomainRows& rows, const Column& member, const Column& key, const Column& value,
          const Pool& pool, Column& out, Pool& out_pool) {
  struct Candidate {
    Row row;
    Range key;
    bool none, certain;
  };
  std::vector<Candidate> found;
  // a comes surely before b in the wanted direction. None sorts first.
  const auto surely_before = [&](const Candidate& a, const Candidate& b) {
    if (a.none && b.none) return last ? a.row > b.row : a.row < b.row;
    if (a.none || b.none)
      return last ? !a.none && b.none && a.key.low.kind == Kind::value : a.none && !b.none && b.key.low.kind == Kind::value;
    if (a.key.maybe_none || b.key.maybe_none) return false;
    const Value& x = last ? b.key.high : a.key.high;
    const Value& y = last ? a.key.low : b.key.low;
    if (x.kind != Kind::value || y.kind != Kind::value) return false;
    const int o = compare_known(c, x, y);
    // Equal and certain keys: the record's order decides.
    return o < 0 || (o == 0 && same(a.key.low, a.key.high) && same(b.key.low, b.key.high) && (last ? a.row > b.row : a.row < b.row));
  };
  for (Row r = 0; r < out.rows; ++r) {
    found.clear();
    for (Row k = rows.first[r]; k < rows.first[r + 1]; ++k) {
      const Truth t = member.truth(k);
      if (t == Truth::no || t == Truth::none) continue;
      const Value v = get(key, k, pool);
      const bool none = v.kind == Kind::none;
      found.push_back({k, none ? Range{} : range_of(c, v), none, t == Truth::yes});
    }
    const bool maybe_empty = std::none_of(found.begin(), found.end(), [](const Candidate& x) { return x.certain; });
    Value result = Value::none(Cause::no_row);
    bool have = maybe_empty;
    for (const Candidate& x : found) {
      const bool beaten =
          std::any_of(found.begin(), found.end(), [&](const Candidate& y) { return y.certain && y.row != x.row && surely_before(y, x); });
      if (beaten) continue;
      const Value v = get(value, x.row, pool);
      result = have ? either(result, v, *c.arena) : v;
      have = true;
    }
    put(out, r, result, out_pool);
  }
}

void only(const Context&, const DomainRows& rows, const Column& member, const Column& value, const Pool& pool, Column& out,
          Pool& out_pool) {
  for (Row r = 0; r < out.rows; ++r) {
    uint32_t certain = 0, possible = 0;
    Row at = no_row;
    for (Row k = rows.first[r]; k < rows.first[r + 1]; ++k) {
      const Truth t = member.truth(k);
      certain += t == Truth::yes;
      possible += t == Truth::unknown;
      if (t == Truth::yes) at = k;
    }
    Value result = Value::unknown(Cause::incomplete);
    if (certain > 1) {
      result = Value::none(Cause::error);
    } else if (possible == 0) {
      result = certain == 0 ? Value::none(Cause::no_row) : get(value, at, pool);
    }
    put(out, r, result, out_pool);
  }
}

}  // namespace rubric::vm
