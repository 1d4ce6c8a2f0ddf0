// See snapshot_block_values.h.

#include "vm/snapshot_block_values.h"

#include "base/text.h"
#include "vm/byte_order.h"
#include "vm/date.h"
#include "vm/decimal.h"
#include "vm/enum_names.h"
#include "vm/moment.h"
#include "vm/record_bounds.h"
#include "vm/snapshot_block_forms.h"
#include "vm/units.h"

#include <algorithm>

namespace rubric::vm {

std::string_view BlockWords::read(std::string_view block, size_t at, Batch& out) {
  ByteReader r(block);
  r.go_to(at);
  for (uint32_t left = r.count(sizeof(uint32_t)); left > 0 && r.good(); --left) {
    const std::string_view word = r.text();
    if (!is_valid_utf8(word)) return "a text that is not UTF-8";
    own_texts.push_back(of_file.own_text(word, out));
  }
  std::vector<std::pair<Id, Id>> codes;
  r.array(codes, r.count(sizeof(codes[0])));
  for (const auto& [system, code] : codes) {
    const auto in = text(system), word = text(code);
    if (!in || !word) return "a code of texts that it does not have";
    own_codes.push_back(of_file.own_code(*in, *word, out));
  }
  return r.good() ? "" : "words that do not end";
}

namespace {

constexpr uint32_t most_items = 32;                // as either() leaves them
constexpr int most_offset = 24 * 60;               // of a moment from UTC; as a unit it is this much more
constexpr int deepest = 2;                         // an end of a range among alternatives

bool is_moment_of_record(const Value& v) {
  const bool of_day = v.type == Type::time;
  const int64_t first = of_day ? 0 : first_day * day_ms, end = of_day ? day_ms : (int64_t{last_day_of_all} + 1) * day_ms;
  return v.i >= first && v.i < end && v.precision == last_component(v.type) && v.unit < (of_day ? 1 : 2 * most_offset);
}

// What a value says beside its kind and type is what the loader can have said of it.
bool is_of_record(const Value& v) {
  const bool no_more = v.precision == 0 && v.unit == 0 && !v.wide;
  switch (v.type) {
    case Type::integer: return no_more && v.i >= INT32_MIN && v.i <= INT32_MAX;
    case Type::long_integer:
    case Type::text:
    case Type::code: return no_more;
    case Type::date: return v.precision == 3 && v.unit == 0 && !v.wide && v.i >= first_day && v.i <= last_day_of_all;
    case Type::date_time:
    case Type::time: return !v.wide && is_moment_of_record(v);
    case Type::decimal: return v.precision == 0 && v.unit == 0 && fits(unbox<Decimal>(v).scaled);
    case Type::quantity: return v.precision == 0 && v.unit < unit_count() && fits(unbox<Quantity>(v).value.scaled);
    case Type::truth:
    case Type::interval:
    case Type::list:
    case Type::tuple:
    case Type::outcome:
    case Type::ratio:
    case Type::code_concept:
    case Type::any: return false;
  }
  return false;
}

// One end at least, and the first not behind the second, where they can be compared.
bool is_range(const Value& low, const Value& high) {
  const auto is_end = [](const Value& v) { return v.kind == Kind::value || v.kind == Kind::unknown; };
  if (!is_end(low) || !is_end(high)) return false;
  if (low.kind == Kind::unknown || high.kind == Kind::unknown) return low.kind != high.kind;
  const auto way = compare_values(low, high);
  return !way || *way <= 0;
}

class ValueReader {
 public:
  ValueReader(std::string_view block, size_t at, const BlockWords& words, Arena& arena) : words_(words), arena_(arena), r_(block) {
    r_.go_to(at);
  }

  uint32_t count() { return r_.count(sizeof(uint32_t)); }
  bool good() const { return r_.good(); }

  Value value(int depth) {
    Value v;
    v.kind = r_.number<Kind>(), v.type = r_.number<Type>(), v.cause = r_.number<Cause>(), v.precision = r_.number<uint8_t>();
    v.unit = r_.number<uint16_t>();
    const auto wide = r_.number<uint8_t>();
    v.wide = wide == 1;
    const uint32_t n = r_.count(sizeof(uint32_t));
    if (wide > 1 || static_cast<size_t>(v.type) >= enum_count<Type>) r_.fail();
    if (!r_.good()) return {};
    switch (v.kind) {
      case Kind::unknown:
      case Kind::none:
        if (n != 0 || depth == 0 || !is_cause_of_none(v.cause)) r_.fail();
        return v;
      case Kind::value:
        if (n != 0) r_.fail();
        return single(v);
      case Kind::range:
        if (n != 2 || depth == 0 || depth == deepest || !is_cause_of_unknown(v.cause)) r_.fail();
        else items(v, n, depth);
        if (r_.good() && !is_range(v.items[0], v.items[1])) r_.fail();
        break;
      case Kind::open:
        if (n == 0 || n > most_items || depth != 0 || !is_cause_of_unknown(v.cause)) r_.fail();
        else items(v, n, depth);
        v.n = n;
        if (r_.good() && !are_alternatives(v)) r_.fail();
        break;
      default: r_.fail();   // no number of the enum
    }
    return r_.good() ? v : Value{};
  }

 private:
  Value single(Value v) {
    if (v.wide) {
      auto* big = static_cast<Int128*>(arena_.allocate(sizeof(Int128), alignof(Int128)));
      *big = r_.number<Int128>();
      v.big = big;
    } else {
      v.i = r_.number<int64_t>();
    }
    if (v.type == Type::text || v.type == Type::code) {
      const auto id = v.wide                 ? std::nullopt
                      : v.type == Type::text ? words_.text(static_cast<uint64_t>(v.i))
                                             : words_.code(static_cast<uint64_t>(v.i));
      if (!id) return r_.fail(), Value{};
      v.i = *id;
    }
    if (!is_of_record(v)) r_.fail();
    return r_.good() ? v : Value{};
  }
  void items(Value& v, uint32_t n, int depth) {
    auto* all = static_cast<Value*>(arena_.allocate(n * sizeof(Value), alignof(Value)));
    for (uint32_t k = 0; k < n; ++k) {
      all[k] = value(depth + 1);
      if (all[k].kind == Kind::value && all[k].type != v.type) r_.fail();
    }
    v.items = all;
  }
  static bool are_alternatives(const Value& v) {
    return std::all_of(v.items, v.items + v.n,
                       [&](const Value& item) {
                         return item.kind == Kind::none || ((item.kind == Kind::value || item.kind == Kind::range) && item.type == v.type);
                       }) &&
           std::any_of(v.items, v.items + v.n, [](const Value& item) { return item.kind != Kind::none; });
  }

  const BlockWords& words_;
  Arena& arena_;
  ByteReader r_;
};

}  // namespace

std::string_view read_values(std::string_view block, size_t at, const BlockWords& words, Batch& out) {
  ValueReader reader(block, at, words, *out.arena);
  out.pool.resize(reader.count());
  for (Value& each : out.pool) each = reader.value(0);
  return reader.good() ? "" : "a value that no record states";
}

}  // namespace rubric::vm
