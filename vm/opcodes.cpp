#include "vm/opcodes.h"

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

}  // namespace

std::span<const OpcodeInfo> opcodes() { return table; }

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
