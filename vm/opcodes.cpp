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

}  // namespace rubric::vm
