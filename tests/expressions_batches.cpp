// All operators at once: expressions made from the examples of operators.def, over a thousand cases in one batch, give case by
// case what each case gives alone. The examples' literals are made to hang on the record, so that each operator sees other
// arguments in neighbouring cases, and open ones where the record does not say.
#include "compiler/compile.h"
#include "vm/machine.h"
#include "vm/operators.h"
#include "vm/value_words.h"
#include "vm/verify.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <regex>
#include <set>

namespace rubric {
namespace {

// Another literal of the same type.
std::string another(const std::string& literal) {
  if (literal == "true") return "false";
  if (literal == "false") return "true";
  if (literal[0] == '\'') return literal.substr(0, literal.size() - 1) + "z'";
  std::string made = literal;
  const size_t unit = made.find(' '), end = unit == std::string::npos ? made.size() : unit;
  for (size_t at = end; at-- > 0;) {
    char& digit = made[at];
    if (digit < '0' || digit > '9') continue;
    const bool only = at == 0 || (made[at - 1] != '0' && made[at - 1] != '1');
    digit = digit == '1' && only ? '0' : digit == '1' ? '2' : '1';
    break;
  }
  return made;
}

struct Variant {
  size_t row;
  std::string text;
};

// The left side of each example, and it once more for each of its literals with that one chosen by the record.
std::vector<Variant> variants() {
  static const std::regex literal(R"(@T?[0-9][-0-9T:.+Z]*|\d+(\.\d+)? '[^']*'|'[^']*'|\b\d+\.\d+\b|\b\d+L?\b|\b(true|false)\b)");
  std::vector<Variant> out;
  for (size_t row = 0; row < vm::operators().size(); ++row) {
    const std::string example(vm::operators()[row].example), left = example.substr(0, example.rfind(" = "));
    out.push_back({row, left});
    for (auto at = std::sregex_iterator(left.begin(), left.end(), literal); at != std::sregex_iterator(); ++at) {
      const std::string chosen = fmt::format("(if Sum(Case.lines L return L.units) > 2 then {} else {})", at->str(), another(at->str()));
      const auto begin = static_cast<size_t>(at->position()), end = begin + static_cast<size_t>(at->length());
      out.push_back({row, left.substr(0, begin) + chosen + left.substr(end)});
    }
  }
  return out;
}

// Without those that policies may not say, such as another dimension.
std::optional<vm::VerifiedProgram> compiled(std::vector<Variant>& chosen) {
  for (int round = 0; round < 3; ++round) {
    SourceSet sources;
    Diagnostics diagnostics;
    std::vector<std::string> texts;
    for (const Variant& v : chosen) texts.push_back(v.text);
    Compiled made = compile_expressions(texts, true, sources, diagnostics);
    if (made.program) {
      auto verified = vm::verify(std::move(*made.program));
      if (auto* program = std::get_if<vm::VerifiedProgram>(&verified)) return std::move(*program);
      ADD_FAILURE() << std::get<std::string>(verified);
      return std::nullopt;
    }
    // Each is a source of its own, behind those of the standard library.
    const size_t before = sources.size() - texts.size();
    std::set<size_t> wrong;
    for (const Diagnostic& each : diagnostics.all()) {
      if (each.severity == Severity::error) wrong.insert(each.span.file - before);
    }
    std::vector<Variant> kept;
    for (size_t k = 0; k < chosen.size(); ++k) {
      if (!wrong.contains(k)) kept.push_back(std::move(chosen[k]));
    }
    chosen = std::move(kept);
  }
  return std::nullopt;
}

TEST(Expressions, GiveInAThousandCasesWhatEachGivesAlone) {
  std::vector<Variant> chosen = variants();
  const auto program = compiled(chosen);
  ASSERT_TRUE(program);
  std::set<size_t> rows;
  for (const Variant& v : chosen) rows.insert(v.row);
  std::mt19937 dice(20260301);
  std::vector<std::string> records;
  for (int k = 0; k < 1000; ++k) {
    const uint32_t units = dice() % 5;
    records.push_back(units == 0 ? R"({"lines": [{"sequence": 1}]})"
                                 : fmt::format(R"({{"lines": [{{"sequence": 1, "units": {}}}]}})", units));
  }
  vm::Loader loader(**program, "2026-01-01");
  for (const std::string& record : records) loader.add(record, "together");
  const auto together = std::make_shared<const vm::Batch>(loader.take());
  const vm::Decisions all = vm::run(*program, together);
  const auto& pieces = (**program).remarks.at(0).text.pieces;
  const auto said = [](const vm::Batch& batch, const vm::Value& v) {
    return fmt::format("{} {} {}", static_cast<int>(v.kind), static_cast<int>(v.cause), vm::words_of(batch, v));
  };
  std::set<size_t> differing;
  std::vector<std::string> first(pieces.size());
  for (vm::Row row = 0; row < records.size(); ++row) {
    loader.add(records[row], "alone");
    const auto one = std::make_shared<const vm::Batch>(loader.take());
    const vm::Decisions alone = vm::run(*program, one);
    for (size_t k = 0; k < pieces.size(); ++k) {
      const std::string here = said(*together, all.value(pieces[k].reg, row));
      ASSERT_EQ(here, said(*one, alone.value(pieces[k].reg, 0))) << chosen[k].text << " in case " << row;
      if (row == 0) first[k] = here;
      else if (here != first[k]) differing.insert(chosen[k].row);
    }
  }
  // Not a test that passes because there was nothing to compare.
  EXPECT_GT(rows.size(), vm::operators().size() * 9 / 10) << rows.size() << " of " << vm::operators().size();
  EXPECT_GT(differing.size(), vm::operators().size() * 7 / 10) << differing.size();
}

}  // namespace
}  // namespace rubric
