// Each row of operators.def has an example, "2 < 3 = true", that manuals print. Here it is compiled and run: the left
// side must be the value that the right side says.
#include "compiler/compile.h"
#include "vm/machine.h"
#include "vm/operators.h"
#include "vm/value_words.h"
#include "vm/verify.h"

#include <gtest/gtest.h>

namespace rubric {
namespace {

// The value of an expression over no record, as words; what is wrong with it, where it does not compile.
std::string value_of(const std::string& expression) {
  SourceSet sources;
  Diagnostics diagnostics;
  Compiled made = compile_expression(expression, false, sources, diagnostics);
  if (!made.program) return diagnostics.all().empty() ? "nothing" : "error: " + diagnostics.all()[0].message;
  auto verified = vm::verify(std::move(*made.program));
  if (const auto* reason = std::get_if<std::string>(&verified)) return "verify: " + *reason;
  const vm::VerifiedProgram program = std::get<vm::VerifiedProgram>(std::move(verified));
  vm::Loader loader(*program, "2026-01-01");
  loader.add("{}", "test:1");
  const auto batch = std::make_shared<const vm::Batch>(loader.take());
  const vm::Decisions d = vm::run(program, batch);
  const vm::Value v = d.value(program->remarks.at(0).text.pieces.at(0).reg, 0);
  return v.kind == vm::Kind::none ? "none" : vm::words_of(*batch, v);
}

TEST(Operators, ExamplesAreTrue) {
  for (const vm::OperatorInfo& row : vm::operators()) {
    const std::string example(row.example);
    const size_t sign = example.rfind(" = ");
    ASSERT_NE(sign, std::string::npos) << example;
    const std::string value = value_of(example.substr(0, sign)), expected = value_of(example.substr(sign + 3));
    EXPECT_EQ(value, expected) << example;
    EXPECT_FALSE(value.empty()) << example;
    EXPECT_FALSE(value.starts_with("error")) << example << "\n" << value;
  }
}

}  // namespace
}  // namespace rubric
