// A suite of expressions with the values that they should have, as the public CQL conformance suite is written: XML files
// with groups of tests, each an expression and its expected value, itself an expression.
//
// Both sides run on the machine, and values are compared by type, not text. A test that expects an error passes where the
// expression is refused for what is wrong with it, never for what the language lacks; and, if the error may come when it
// runs, where its value is none with a fault. Every test stands alone; none is left out.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <tl/expected.hpp>

namespace rubric::analysis {

enum class Expects : uint8_t { value, refusal, error };   // refusal: before it runs; error: then or at run time

struct ConformanceTest {
  std::string file, group, name;
  std::string expression;
  Expects expects = Expects::value;
  std::vector<std::string> expected;   // the values wanted, of which one will do
  bool applies = true;                 // false: written for versions of the language before 1.5 only

  std::string actual, wanted;          // filled by run, in words
  bool passed = false;
};

// The tests of a file or of a folder's XML files, by name; or what is wrong with them.
tl::expected<std::vector<ConformanceTest>, std::string> read_conformance(const std::filesystem::path&);

void run_conformance(ConformanceTest&, const std::string& as_of);

}  // namespace rubric::analysis
