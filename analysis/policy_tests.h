// `test` blocks: what a policy's author expects of records, checked against the traces of the machine.
//
// A test names a record (inline, by name, or a file) with overrides, and says what it expects. Nothing is decided
// here: the record is written out as JSON and goes through the loader like any other.
#pragma once

#include "compiler/compile.h"
#include "vm/trace.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rubric {

struct TestFailure {
  Span span;                          // of the expectation
  std::string expected, actual;       // in words
  uint32_t line = 0;                  // of the request; 0: none
  std::string criterion;              // whose part of the trace explains it; empty: the line's outcome
  std::string item;                   // "target 2", where it runs for each
  const ast::Expectation* expectation = nullptr;   // none where there is no trace to look at
};

struct TestResult {
  std::string name;
  Span span;
  std::vector<TestFailure> failures;  // none: it passed
  std::vector<std::string> notes;     // where the source's own conclusion differs, and why
  std::optional<vm::Trace> trace;     // none where the record could not be made
};

// The tests of a policy, one by one: its program is made once for each choice of overlays.
class PolicyTests {
 public:
  PolicyTests(const Compiled&, SourceSet&, Diagnostics&);
  ~PolicyTests();
  PolicyTests(PolicyTests&&) noexcept;

  size_t size() const;
  const ast::Test& test(size_t) const;
  TestResult result(size_t);
  // The same by the trace that another version of the policy gives of its record.
  TestResult judged(size_t, vm::Trace) const;
  // Its record, as JSON text; nothing where it cannot be made.
  std::optional<std::string> record(size_t) const;
  // What records are made from: each by its name or its file, as a test writes it, with its JSON text.
  std::vector<std::pair<std::string, std::string>> bases() const;
  // The run behind a result, for what a trace does not show; nothing where there is none.
  std::optional<vm::Decisions> decisions(size_t);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct TestRun {
  std::vector<TestResult> results;    // in the order of the files
  bool found_any = false;             // before the filter
};

// Every test of the modules whose name contains `filter`. Files that tests name are relative to the file of the test.
TestRun run_policy_tests(const Compiled&, SourceSet&, Diagnostics&, const std::string& filter);

}  // namespace rubric
