// `test` blocks: what a policy's author expects of records, checked against the traces of the machine.
//
// A test names a record (inline, by name, or a file) with overrides, and says what it expects. Nothing is decided
// here: the record is written out as JSON and goes through the loader like any other.
#pragma once

#include "compiler/compile.h"
#include "vm/trace.h"

#include <optional>
#include <string>
#include <vector>

namespace rubric {

struct TestFailure {
  Span span;                          // of the expectation
  std::string expected, actual;       // in words
};

struct TestResult {
  std::string name;
  Span span;
  std::vector<TestFailure> failures;  // none: it passed
  std::vector<std::string> notes;     // where the source's own conclusion differs, and why
  std::optional<vm::Trace> trace;     // none where the record could not be made
};

struct TestRun {
  std::vector<TestResult> results;    // in the order of the files
  bool found_any = false;             // before the filter
};

// Every test of the modules whose name contains `filter`. Files that tests name are relative to the file of the test.
TestRun run_policy_tests(const Compiled&, SourceSet&, Diagnostics&, const std::string& filter);

}  // namespace rubric
