// Records decided by many policies at once: each goes to the policies that may decide one of its lines, by the lines' codes.
//
// Policies that decide the same codes are joined (vm/join.h): a record is loaded once for all of them, and what they share is
// computed once. A record on which something is to be remarked is decided by each alone, since remarks depend on what a
// policy reads; so each determination has the bytes that the policy alone gives.
#pragma once

#include "cli/console.h"
#include "cli/decide_cases.h"
#include "vm/join.h"
#include "vm/verify.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rubric::cli {

class Policies {
 public:
  explicit Policies(std::vector<vm::VerifiedProgram>);

  struct Group {
    std::vector<size_t> members;          // of programs
    std::optional<vm::Joined> joined;     // where there are several, and they can be
    bool other_model;                     // than the library's, which `codes` reads
  };
  std::vector<vm::VerifiedProgram> programs;
  std::vector<Group> groups;
  // Groups that may decide a line with this code, in order.
  std::vector<size_t> of_code(std::string_view system, std::string_view code) const;
  vm::VerifiedProgram codes;              // decides nothing, and reads which codes there are

 private:
  std::map<std::pair<std::string, std::string>, std::vector<size_t>, std::less<>> by_code_;
  std::vector<size_t> every_;             // whose scopes do not say which codes
};

// What there is to say of a case that no policy decides: the trace by this program, in nobody's name.
vm::VerifiedProgram no_policy();
vm::Trace of_no_policy(vm::Trace);

// As decide_cases: of each case one determination for each policy that decides a line of it, in the order of the policies.
// A case of which none does has one determination, of no policy.
void decide_many(const NextRecord&, const Policies&, const DecideOptions&, const std::function<bool(Decided&&)>& done);

}  // namespace rubric::cli
