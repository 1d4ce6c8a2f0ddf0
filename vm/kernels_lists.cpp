// Between rows and list values. A value made of others is known only if all of them are: where one stands for several
// values, so does the whole; where one is unknown, the whole is.
#include "vm/kernels.h"
#include "vm/values.h"

#include <algorithm>

namespace rubric::vm {
namespace {

constexpr uint64_t most_combinations = 64;

Value composed(const Context& c, Type type, std::vector<Value>& parts) {
  uint64_t combinations = 1;
  Cause cause = Cause::nothing;
  for (const Value& v : parts) {
    if (v.kind == Kind::unknown) return Value::unknown(v.cause);
    if (v.kind != Kind::open) continue;
    combinations *= v.n;
    cause = v.cause;
    const bool ranged = std::any_of(v.items, v.items + v.n, [](const Value& x) { return x.kind == Kind::range; });
    if (ranged || combinations > most_combinations) return Value::unknown(cause);
  }
  const auto n = static_cast<uint32_t>(parts.size());
  if (combinations == 1) return box_items(type, parts.data(), n, *c.arena);
  Value result;
  std::vector<Value> now = parts;
  for (uint64_t k = 0; k < combinations; ++k) {
    uint64_t rest = k;
    for (size_t p = 0; p < parts.size(); ++p) {
      if (parts[p].kind != Kind::open) continue;
      now[p] = parts[p].items[rest % parts[p].n];
      rest /= parts[p].n;
    }
    const Value one = box_items(type, now.data(), n, *c.arena);
    result = k == 0 ? one : either(result, one, *c.arena);
  }
  if (result.kind == Kind::open || result.kind == Kind::unknown) result.cause = cause;
  return result;
}

// None comes first, as CQL sorts.
int sorted_before(const Context& c, const Value& a, const Value& b) {
  if (absent(a) || absent(b)) return absent(b) - absent(a);
  return order(c, a, b).value_or(0);
}

}  // namespace

void compose(const Context& c, Type type, std::span<const Column* const> args, const Pool& pool, Column& out, Pool& out_pool) {
  std::vector<Value> parts(args.size());
  for (Row r = 0; r < out.rows; ++r) {
    for (size_t k = 0; k < args.size(); ++k) parts[k] = get(*args[k], r, pool);
    put(out, r, composed(c, type, parts), out_pool);
  }
}

void narrow(const Column& a, const Pool& pool, Column& out, Pool& out_pool) {
  const auto fits = [&](const Value& v) { return v.kind != Kind::value || out.type == Type::any || v.type == out.type; };
  for (Row r = 0; r < out.rows; ++r) {
    const Value v = get(a, r, pool);
    const bool all = v.kind == Kind::open ? std::all_of(v.items, v.items + v.n, fits) : fits(v);
    put(out, r, all ? v : v.kind == Kind::open ? Value::unknown(v.cause) : Value::none(), out_pool);
  }
}

void nest(const Context& c, const DomainRows& rows, std::span<const Column* const> parts, uint32_t falling, const Pool& pool, Column& out,
          Pool& out_pool) {
  const Column &member = *parts[0], &value = *parts[1];
  const std::span<const Column* const> keys = parts.subspan(2);
  std::vector<Row> found;
  std::vector<Value> items;
  for (Row r = 0; r < out.rows; ++r) {
    found.clear();
    bool settled = true;
    for (Row k = rows.first[r]; k < rows.first[r + 1]; ++k) {
      const Truth t = member.truth(k);
      settled &= t != Truth::unknown;
      if (t == Truth::yes) found.push_back(k);
    }
    for (const Row k : found) {
      for (const Column* key : keys) {
        const Kind kind = get(*key, k, pool).kind;
        settled &= kind == Kind::value || kind == Kind::none;
      }
    }
    if (!settled) {
      put(out, r, Value::unknown(Cause::incomplete), out_pool);
      continue;
    }
    std::stable_sort(found.begin(), found.end(), [&](Row a, Row b) {
      for (size_t k = 0; k < keys.size(); ++k) {
        const int o = sorted_before(c, get(*keys[k], a, pool), get(*keys[k], b, pool));
        if (o != 0) return (falling >> k & 1) != 0 ? o > 0 : o < 0;
      }
      return false;
    });
    items.resize(found.size());
    for (size_t k = 0; k < found.size(); ++k) items[k] = get(value, found[k], pool);
    put(out, r, composed(c, Type::list, items), out_pool);
  }
}

void last_step(const DomainRows& rows, const Column& start, const Column& made, const Pool& pool, Column& out, Pool& out_pool) {
  for (Row r = 0; r < out.rows; ++r) {
    const Row begin = rows.first[r], end = rows.first[r + 1];
    put(out, r,
        begin == end                 ? get(start, r, pool)
        : bit(rows.phantom, end - 1) ? Value::unknown(Cause::incomplete)
                                     : get(made, end - 1, pool),
        out_pool);
  }
}

}  // namespace rubric::vm
