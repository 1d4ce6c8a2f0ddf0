// Expectations that no longer hold, rewritten to what is: in the text of the file that has them, and nothing else in it.
//
// It knows how a test says things, in a `test` block and in a cell of a table alike. Whether the new answer is the right
// one is for whoever reads the difference.
#pragma once

#include "analysis/policy_tests.h"

#include <map>
#include <string>
#include <vector>

namespace rubric::analysis {

struct Updates {
  std::map<FileId, std::string> texts;     // of the files that change
  size_t rewritten = 0;
  std::vector<std::string> left;           // tests with a failure that no rewriting mends, and why
};

Updates updated_expectations(const std::vector<TestResult>&, const SourceSet&);

}  // namespace rubric::analysis
