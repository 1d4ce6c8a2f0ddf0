#include "vm/value_words.h"

#include "vm/date.h"
#include "vm/decimal.h"
#include "vm/moment.h"
#include "vm/units.h"

#include <fmt/format.h>

namespace rubric::vm {

std::string words_of(const Batch& batch, const Value& v) {
  switch (v.kind) {
    case Kind::unknown:
    case Kind::none: return "";
    case Kind::range:
      if (v.items[0].kind != Kind::value) return fmt::format("at most {}", words_of(batch, v.items[1]));
      if (v.items[1].kind != Kind::value) return fmt::format("at least {}", words_of(batch, v.items[0]));
      return fmt::format("between {} and {}", words_of(batch, v.items[0]), words_of(batch, v.items[1]));
    case Kind::open: {
      std::string out;
      for (uint32_t k = 0; k < v.n; ++k) {
        if (k > 0) out += " or ";
        out += v.items[k].kind == Kind::none ? "none" : words_of(batch, v.items[k]);
      }
      return out;
    }
    case Kind::value: break;
  }
  switch (v.type) {
    case Type::truth: return v.i ? "true" : "false";
    case Type::integer:
    case Type::long_integer: return std::to_string(v.i);
    case Type::decimal: return to_string(unbox<Decimal>(v));
    case Type::date: return iso_date(unbox<Date>(v));
    case Type::text: {
      const auto id = static_cast<size_t>(v.i);
      return id < batch.text_count() ? std::string(batch.text(static_cast<Id>(id))) : "another value";
    }
    case Type::code: {
      const auto id = static_cast<size_t>(v.i);
      if (id >= batch.code_count()) return "another code";
      const auto [system, code] = batch.code(static_cast<Id>(id));
      return fmt::format("{} {}", batch.text(system), batch.text(code));
    }
    case Type::quantity: {
      const Quantity q = unbox<Quantity>(v);
      const Unit& u = unit(q.unit);
      if (u.name == "1") return to_string(q.value);
      return in_words(to_string(q.value), u);
    }
    case Type::date_time:
    case Type::time: return text_of(moment(v));
    case Type::interval: {
      const auto end = [&](const Value& e) { return e.kind == Kind::value ? words_of(batch, e) : std::string("null"); };
      return fmt::format("Interval{}{}, {}{}", v.precision & 1 ? '[' : '(', end(v.items[0]), end(v.items[1]), v.precision & 2 ? ']' : ')');
    }
    case Type::list:
    case Type::tuple:
    case Type::ratio:
    case Type::code_concept: {
      std::string out;
      const uint32_t step = v.type == Type::tuple ? 2 : 1;
      for (uint32_t k = 0; k + step <= v.n; k += step) {
        const Value& item = v.items[k + step - 1];
        if (k > 0) out += v.type == Type::ratio ? ":" : ", ";
        if (step == 2) out += words_of(batch, v.items[k]) + ": ";
        out += item.kind == Kind::value ? words_of(batch, item) : "null";
      }
      return v.type == Type::ratio ? out : v.type == Type::tuple ? "{ " + out + " }" : "{" + out + "}";
    }
    case Type::any:
    case Type::outcome: break;
  }
  return "";
}

}  // namespace rubric::vm
