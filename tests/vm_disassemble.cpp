// Disassembly of a small program, as a person reads it, and of programs that are wrong everywhere.

#include "vm/disassemble.h"

#include "tests/example_program.h"
#include "tests/golden.h"
#include "vm/enum_names.h"

#include <gtest/gtest.h>

namespace rubric::vm {
namespace {

TEST(disassemble, example) { expect_golden("disassemble/example.txt", disassemble(example_program())); }

TEST(disassemble, is_empty_of_an_empty_program) { EXPECT_EQ(disassemble({}).substr(0, 8), "program\n"); }

// One can look at a program that verify refuses, whatever is wrong with it.
TEST(disassemble, any_index_may_be_wrong) {
  Program p = example_program();
  for (Inst& inst : p.code) inst.imm = inst.dst = inst.domain = 77, inst.n = 0xfffffff0, inst.args = 0xfffffff0;
  p.code.push_back({static_cast<Op>(200), 0xffff, 1, 2, 3, 4, 5});
  for (size_t op = 0; op < enum_count<Op>; ++op) p.code.push_back({static_cast<Op>(op), 0xffff, 99, 99, 0, 1, 9999});
  p.operands.assign(1, 500);
  p.criteria[0].parent = 0;  // a circle
  p.criteria[0].name = p.criteria[0].cites[0] = p.criteria[0].value = 900;
  p.rules[0].outcome = 80, p.rules[0].modification = 7, p.rules[0].exceptions = {5};
  p.blocks[0].criteria.push_back(8), p.blocks[0].rules.push_back(8), p.blocks[0].lines = 70;
  p.constants[2].low = 1LL << 60, p.constants[5].unit = 60000;
  p.tables[0].name = 1000, p.sites[0].span = {4, 5, 6}, p.sites[1].span.begin = 4000000, p.columns[1].criterion = 4;
  const std::string text = disassemble(p);
  EXPECT_NE(text.find("?"), std::string::npos);
}

}  // namespace
}  // namespace rubric::vm
