// A suite of expressions with the values that they should have, as the public CQL conformance suite is written: XML files
// with groups of tests, each an expression and its expected value, itself an expression.
//
// Both sides run on the machine, and values are compared by type, not text. A test that expects an error passes where the
// expression is refused, or where its value is none with a fault. Every test stands alone; none is left out.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <tl/expected.hpp>

namespace rubric::analysis {

struct ConformanceTest {
  std::string file, group, name;
  std::string expression;
  std::vector<std::string> expected;   // the values wanted; empty with `error`: a mistake
  bool error = false;
  bool applies = true;                 // false: written for versions of the language before 1.5 only

  std::string actual, wanted;          // filled by run, in words
  bool passed = false;
};

// The tests of a file or of a folder's XML files, by name; or what is wrong with them.
tl::expected<std::vector<ConformanceTest>, std::string> read_conformance(const std::filesystem::path&);

void run_conformance(ConformanceTest&, const std::string& as_of);

}  // namespace rubric::analysis
