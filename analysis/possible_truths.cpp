#include "analysis/possible_truths.h"

#include "vm/operators.h"

#include <array>

namespace rubric::analysis {
namespace {

using vm::Truth;

constexpr uint8_t bit_of(Truth t) { return static_cast<uint8_t>(1u << static_cast<uint8_t>(t)); }
constexpr std::array all_truths = {Truth::unknown, Truth::yes, Truth::no, Truth::none};
constexpr uint8_t truth_bits = can_be_true | can_be_false;

// None counts as unknown here: Kleene's tables do not tell them apart.
Truth both(Truth a, Truth b) {
  if (a == Truth::no || b == Truth::no) return Truth::no;
  if (a == Truth::yes) return b;
  if (b == Truth::yes) return a;
  return a == Truth::none || b == Truth::none ? Truth::none : Truth::unknown;
}
Truth negated(Truth a) { return a == Truth::yes ? Truth::no : a == Truth::no ? Truth::yes : a; }

uint8_t each_pair(uint8_t a, uint8_t b, bool either) {
  uint8_t out = 0;
  for (const Truth x : all_truths) {
    for (const Truth y : all_truths) {
      if (!(a & bit_of(x)) || !(b & bit_of(y))) continue;
      const Truth t = either ? negated(both(negated(x), negated(y))) : both(x, y);
      out |= bit_of(t);
      if (t == Truth::none) out |= x == Truth::unknown || y == Truth::unknown ? can_be_unknown : 0;
    }
  }
  return out;
}

uint8_t negated(uint8_t a) {
  return static_cast<uint8_t>((a & ~truth_bits) | (a & can_be_true ? can_be_false : 0) | (a & can_be_false ? can_be_true : 0));
}

}  // namespace

std::vector<uint8_t> possible_truths(const vm::Program& p) {
  constexpr uint8_t anything = truth_bits | can_be_unknown | can_be_none;
  std::vector<uint8_t> out(p.registers.size(), anything);
  for (const vm::Inst& i : p.code) {
    if (i.dst == vm::none_id) continue;
    const auto arg = [&](uint32_t k) { return out[p.operands[i.args + k]]; };
    uint8_t open = 0;   // what of its operands may have no certain value
    for (uint32_t k = 0; k < i.n; ++k) open |= arg(k) & (can_be_unknown | can_be_none);
    uint8_t& made = out[i.dst];
    switch (i.op) {
      case vm::Op::konst: {
        const vm::Constant& c = p.constants[i.imm];
        made = c.kind == vm::Kind::none ? can_be_none : c.type != vm::Type::truth ? truth_bits : c.low ? can_be_true : can_be_false;
        break;
      }
      case vm::Op::column: {
        const vm::ColumnDef& c = p.columns[i.imm];
        const bool always = c.kind == vm::ColumnKind::position;
        made = static_cast<uint8_t>(truth_bits | (always ? 0 : can_be_unknown) |
                                    (c.optional || c.kind == vm::ColumnKind::assertion ? can_be_none : 0));
        break;
      }
      case vm::Op::member: made = can_be_true | can_be_unknown; break;
      case vm::Op::up: made = arg(0); break;
      case vm::Op::src: made = static_cast<uint8_t>(arg(0) | can_be_unknown); break;
      case vm::Op::truth_not: made = negated(arg(0)); break;
      case vm::Op::truth_and:
      case vm::Op::truth_or:
        made = arg(0);
        for (uint32_t k = 1; k < i.n; ++k) made = each_pair(made, arg(k), i.op == vm::Op::truth_or);
        break;
      case vm::Op::any:
      case vm::Op::all: made = static_cast<uint8_t>(truth_bits | can_be_unknown | (arg(0) & can_be_none)); break;
      case vm::Op::count: made = truth_bits | can_be_unknown; break;
      case vm::Op::keep: made = static_cast<uint8_t>((arg(0) & ~can_be_none) | (arg(0) & can_be_none ? can_be_false : 0)); break;
      case vm::Op::call: {
        const std::string_view name = vm::operators()[i.fn].name;
        const bool decided = name == "is true" || name == "is false" || name == "~" || name == "!~";
        made = static_cast<uint8_t>(truth_bits | (open & can_be_unknown));
        // Partial dates and faults come from known operands too.
        if (!decided && (open & can_be_none || (name != "<" && name != "<=" && name != ">" && name != ">=" && name != "=" && name != "!=")))
          made |= can_be_none;
        break;
      }
      case vm::Op::in_set:
      case vm::Op::in_set_on: made = static_cast<uint8_t>(truth_bits | open); break;
      case vm::Op::is_null:
        made = static_cast<uint8_t>((arg(0) & can_be_none ? truth_bits : can_be_false) | (open & can_be_unknown));
        break;
      // A person's word aside.
      case vm::Op::assert_value:
      case vm::Op::assert_applicable: made = arg(1); break;
      case vm::Op::shown:
      case vm::Op::not_shown:
      case vm::Op::undetermined: made = truth_bits; break;
      default: made = anything; break;
    }
  }
  return out;
}

}  // namespace rubric::analysis
