// opcodes.def as data, for whoever must know every opcode: verify, disassembler, manual; and what only some of them are.
#pragma once

#include "vm/program.h"

#include <span>
#include <string_view>

namespace rubric::vm {

// What an instruction writes, beside a type of its own.
enum class Writes : uint8_t { typed, any, same, nothing };

struct OpcodeInfo {
  std::string_view name;
  Writes writes;
  Type type;                  // Writes::typed
  std::string_view operands;  // as opcodes.def explains
  std::string_view help;
};

std::span<const OpcodeInfo> opcodes();  // index is the Op

// Whether an instruction makes each row of its operands' cells on that row alone.
bool is_pointwise(Op);

// Whether an instruction makes a truth of truths on the same row, and of nothing else: its row of the table says so.
bool combines_truths(Op);

// Whether it asks what the record shows as it stands: never unknown, and an answer can change it.
constexpr bool tests_record(Op op) { return op == Op::shown || op == Op::not_shown || op == Op::undetermined; }

}  // namespace rubric::vm
