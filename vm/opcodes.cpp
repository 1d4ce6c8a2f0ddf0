#include "vm/opcodes.h"

#include <array>

namespace rubric::vm {
namespace {

// The words of the table's second column.
namespace words {
struct Word {
  Writes how;
  Type type;
};
constexpr Word truth{Writes::typed, Type::truth}, integer{Writes::typed, Type::integer}, outcome{Writes::typed, Type::outcome},
    list{Writes::typed, Type::list};
constexpr Word any{Writes::any, Type::truth}, same{Writes::same, Type::truth}, nothing{Writes::nothing, Type::truth};
}  // namespace words

constexpr OpcodeInfo table[] = {
#define OPCODE(name, writes, operands, help) {#name, words::writes.how, words::writes.type, operands, help},
#include "vm/opcodes.def"
#undef OPCODE
};

constexpr bool makes_truth_of_truths(const OpcodeInfo& info) {
  if (info.writes != Writes::typed || info.type != Type::truth || info.operands.empty()) return false;
  for (std::string_view rest = info.operands; !rest.empty() && rest != "*"; rest.remove_prefix(2)) {
    if (!rest.starts_with("tH")) return false;
  }
  return true;
}

constexpr auto of_truths = [] {
  std::array<bool, std::size(table)> out{};
  for (size_t k = 0; k < out.size(); ++k) out[k] = makes_truth_of_truths(table[k]);
  return out;
}();

}  // namespace

std::span<const OpcodeInfo> opcodes() { return table; }

bool combines_truths(Op op) { return of_truths[static_cast<size_t>(op)]; }

bool is_pointwise(Op op) {
  switch (op) {
    case Op::truth_not:
    case Op::truth_and:
    case Op::truth_or:
    case Op::keep:
    case Op::select:
    case Op::call:
    case Op::lookup:
    case Op::in_set:
    case Op::in_set_on:
    case Op::is_null:
    case Op::coalesce: return true;
    default: return false;
  }
}

}  // namespace rubric::vm
