// The law of unknowns, over random expressions: with open facts in the record, an expression has a value only if every
// value of those facts gives it. Three undocumented fields, each of a few words, have 24 completions, which run beside the
// open record in one batch; and the open record alone gives what it gives among them.
#include "compiler/compile.h"
#include "vm/machine.h"
#include "vm/value_words.h"
#include "vm/verify.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

namespace rubric {
namespace {

const std::vector<std::string> reviews{"prospective", "concurrent", "retrospective"}, priorities{"standard", "expedited"},
    products{"commercial", "medicareAdvantage", "medicaid", "marketplace"};

class Draw {
 public:
  explicit Draw(uint32_t seed) : engine_(seed) {}
  uint32_t below(uint32_t n) { return engine_() % n; }
  const std::string& of(const std::vector<std::string>& words) { return words[below(static_cast<uint32_t>(words.size()))]; }

  std::string any(int kind, int depth) {
    switch (kind % 5) {
      case 0: return truth(depth);
      case 1: return number(depth);
      case 2: return list(depth);
      case 3: return interval(depth);
      default: return tuple(depth);
    }
  }

  std::string truth(int depth) {
    if (depth == 0) {
      switch (below(3)) {
        case 0: return fmt::format("(Case.reviewType = '{}')", of(reviews));
        case 1: return fmt::format("(Case.priority = '{}')", of(priorities));
        default: return fmt::format("(Case.product in {{'{}', '{}'}})", of(products), of(products));
      }
    }
    switch (below(17)) {
      case 0: return fmt::format("({} and {})", truth(depth - 1), truth(depth - 1));
      case 1: return fmt::format("({} or {})", truth(depth - 1), truth(depth - 1));
      case 2: return fmt::format("({} xor {})", truth(depth - 1), truth(depth - 1));
      case 3: return fmt::format("({} implies {})", truth(depth - 1), truth(depth - 1));
      case 4: return fmt::format("(not {})", truth(depth - 1));
      case 5: return fmt::format("({} {} {})", number(depth - 1), below(2) ? "<" : "=", number(depth - 1));
      case 6: return fmt::format("(({}) is true)", truth(depth - 1));
      case 7: return fmt::format("({} ~ {})", list(depth - 1), list(depth - 1));
      case 8: return fmt::format("({} contains {})", list(depth - 1), number(depth - 1));
      case 9: return fmt::format("(exists ({} X where X > {}))", list(depth - 1), below(4));
      case 10: return fmt::format("({} in {})", number(depth - 1), interval(depth - 1));
      case 11: return fmt::format("({} {} {})", interval(depth - 1), below(2) ? "overlaps" : "includes", interval(depth - 1));
      case 12: return fmt::format("({} {} {})", interval(depth - 1), below(2) ? "before" : "starts", interval(depth - 1));
      case 13: return fmt::format("({} {} {})", interval(depth - 1), below(2) ? "=" : "~", interval(depth - 1));
      case 14: return fmt::format("({} {} {})", tuple(depth - 1), below(2) ? "=" : "~", tuple(depth - 1));
      case 15: return fmt::format("({}.b)", tuple(depth - 1));
      default: return fmt::format("({} includes {})", list(depth - 1), list(depth - 1));
    }
  }

  std::string number(int depth) {
    if (depth == 0) return fmt::format("{}", below(5));
    switch (below(11)) {
      case 0: return fmt::format("(if {} then {} else {})", truth(depth - 1), number(depth - 1), number(depth - 1));
      case 1: return fmt::format("({} {} {})", number(depth - 1), below(2) ? "+" : "*", number(depth - 1));
      case 2: return fmt::format("Count({})", list(depth - 1));
      case 3: return fmt::format("Sum({})", list(depth - 1));
      case 4: return fmt::format("First({} X sort desc)", list(depth - 1));
      case 5: return "Length(Case.product)";
      case 6: return fmt::format("Coalesce({}, {})", number(depth - 1), number(depth - 1));
      case 7: return fmt::format("(start of {})", interval(depth - 1));
      case 8: return fmt::format("(end of ({} intersect {}))", interval(depth - 1), interval(depth - 1));
      case 9: return fmt::format("({}.a)", tuple(depth - 1));
      default: return fmt::format("({} X aggregate R starting {}: R + X)", list(depth - 1), below(3));
    }
  }

  // Never from a number to a lesser one, which would be a fault.
  std::string interval(int depth) {
    const std::string plain = fmt::format("Interval[{}, 3 + {}{}", below(4), depth == 0 ? "1" : number(depth - 1), below(3) ? "]" : ")");
    if (depth == 0 || below(2)) return plain;
    return fmt::format("(if {} then {} else {})", truth(depth - 1), plain, interval(depth - 1));
  }

  std::string tuple(int depth) {
    if (depth == 0) return fmt::format("(Tuple {{ a: {}, b: {} }})", below(4), below(2) ? "true" : "false");
    return fmt::format("(Tuple {{ a: {}, b: {} }})", number(depth - 1), truth(depth - 1));
  }

  std::string list(int depth) {
    if (depth == 0) return fmt::format("({{{}, {}}})", below(4), below(4));
    switch (below(6)) {
      case 0: return fmt::format("({{{}, {}}})", number(depth - 1), number(depth - 1));
      case 1: return fmt::format("({} X where X >= {})", list(depth - 1), number(depth - 1));
      case 2: return fmt::format("({} X return X + {})", list(depth - 1), below(3));
      case 3: return fmt::format("({} union {})", list(depth - 1), list(depth - 1));
      case 4: return fmt::format("(distinct {})", list(depth - 1));
      default: return fmt::format("({} X where {})", list(depth - 1), truth(depth - 1));
    }
  }

 private:
  std::mt19937 engine_;
};

bool known(const vm::Value& v) { return v.kind == vm::Kind::value || v.kind == vm::Kind::none; }
std::string words(const vm::Batch& batch, const vm::Value& v) {
  return v.kind == vm::Kind::none ? "null" : v.kind == vm::Kind::value ? vm::words_of(batch, v) : "open";
}

TEST(Expressions, AnswerOnlyWhatEveryCompletionAnswers) {
  Draw draw(20260101);
  std::vector<std::string> expressions;
  for (int k = 0; k < 600; ++k) expressions.push_back(draw.any(k, 3));
  SourceSet sources;
  Diagnostics diagnostics;
  Compiled made = compile_expressions(expressions, true, sources, diagnostics);
  ASSERT_TRUE(made.program) << (diagnostics.all().empty() ? "" : diagnostics.all()[0].message);
  auto verified = vm::verify(std::move(*made.program));
  ASSERT_TRUE(std::holds_alternative<vm::VerifiedProgram>(verified)) << std::get<std::string>(verified);
  const auto& program = std::get<vm::VerifiedProgram>(verified);
  vm::Loader loader(*program, "2026-01-01");
  loader.add("{}", "open");
  for (const std::string& review : reviews) {
    for (const std::string& priority : priorities) {
      for (const std::string& product : products) {
        loader.add(fmt::format(R"({{"reviewType": "{}", "priority": "{}", "product": "{}"}})", review, priority, product), "completion");
      }
    }
  }
  const auto batch = std::make_shared<const vm::Batch>(loader.take());
  const vm::Decisions d = vm::run(program, batch);
  loader.add("{}", "open");
  const auto alone = std::make_shared<const vm::Batch>(loader.take());
  const vm::Decisions d_alone = vm::run(program, alone);
  const auto& pieces = program->remarks.at(0).text.pieces;
  size_t answered = 0, left_open = 0;
  for (size_t k = 0; k < expressions.size(); ++k) {
    const vm::Value open = d.value(pieces[k].reg, 0);
    EXPECT_EQ(words(*batch, open), words(*alone, d_alone.value(pieces[k].reg, 0))) << expressions[k];
    ++(known(open) ? answered : left_open);
    for (vm::Row row = 1; row < batch->cases; ++row) {
      const vm::Value one = d.value(pieces[k].reg, row);
      EXPECT_TRUE(known(one)) << expressions[k] << " in a complete record";
      if (known(open)) {
        EXPECT_EQ(words(*batch, open), words(*batch, one)) << expressions[k] << ", completion " << row;
      }
    }
  }
  EXPECT_GT(answered, 50u);
  EXPECT_GT(left_open, 50u);
}

}  // namespace
}  // namespace rubric
