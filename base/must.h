// must(condition, invariant): a check that stays on in release.
//
// For what can be false only if Rubric itself has a bug: a wrong decision about a person's care is worse than no
// decision, so the program stops and says where. What an author or a record can get wrong is a Diagnostic, never this.

#pragma once

#include <source_location>

namespace rubric {

[[noreturn]] void must_failed(const char* invariant, std::source_location where);

// The invariant is a sentence that should have been true: must(count > 0, "a batch has a case").
constexpr void must(bool condition, const char* invariant, std::source_location where = std::source_location::current()) {
  if (!condition) must_failed(invariant, where);
}

}  // namespace rubric
