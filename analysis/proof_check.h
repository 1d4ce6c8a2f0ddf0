// What the encoding of an operator says of constants: to be compared with the machine. No part of a proof.
#pragma once

#include "vm/verify.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rubric::analysis {

// Operators whose encoding is no more than an unknown function, by their names in operators.def's order.
std::vector<std::string> operators_out_of_reach();
bool operator_in_reach(uint16_t fn);
// The type by which an operand is tried: one that may be of any type by a long, of which the others that are encoded differ
// in their limits alone.
vm::Type operand_type(uint16_t fn, size_t operand);

// "none", "unknown", "true", "false", or a number: of a decimal or a quantity scaled, of a date its days, of a text or a code
// nothing to be compared. Nothing where these operands are taken as those of an unknown function. The solver does not see
// that the operands are constants until it is asked.
std::optional<std::string> encoded_value(uint16_t fn, const vm::Program&, std::span<const vm::Constant> args);

std::vector<std::string> opcode_names_out_of_reach();

// A program's encoding against the machine: for each truth that outcomes rest on, or some `most` of them spread evenly, a record of at
// most so many lines on which the solver has it yes and one on which it has it no, decided by both. Of each record what the
// first line comes to is compared, and every cell of every register that outcomes rest on.
struct ProgramCheck {
  uint32_t records = 0;
  std::map<std::string, uint32_t> cells;  // compared, by the opcode that made them
  std::vector<std::string> disagreements;  // "r17 yes: 2, the machine says 6", with the record
};
ProgramCheck check_encoding(const vm::VerifiedProgram&, size_t most = 60, uint32_t lines = 1);

}  // namespace rubric::analysis
