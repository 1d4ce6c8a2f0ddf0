// Many policies, for who decides cases by all of them: which of them may decide a line, and which run as one program.
//
// Policies that run together are joined (vm/join.h): a case is loaded once for all of them, and what they share is computed once.
// But a joined program also computes for a case what only the members need that have nothing to say of it. So policies are joined
// where that costs less: where they share much, and few cases are some members' alone. It is a matter of cost and of nothing else: a
// determination has the bytes that the policy alone gives.
#pragma once

#include "vm/join.h"
#include "vm/verify.h"

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rubric::cli {

class Policies {
 public:
  explicit Policies(std::vector<vm::VerifiedProgram>);

  struct Group {
    std::vector<size_t> members;          // of `programs`
    std::optional<vm::Joined> joined;     // of several
  };
  std::vector<vm::VerifiedProgram> programs;
  std::vector<Group> groups;              // each program is in one
  vm::VerifiedProgram nobody;             // no_policy of them: reads which codes there are

  // Programs that may decide a line with this code, in order.
  std::vector<size_t> of_code(std::string_view system, std::string_view code) const;
  // Programs whose records have another model than `nobody` reads.
  const std::vector<size_t>& of_other_models() const { return other_models_; }

 private:
  std::map<std::pair<std::string, std::string>, std::vector<size_t>, std::less<>> by_code_;
  std::vector<size_t> every_;             // whose scopes do not say which codes
  std::vector<size_t> other_models_;
};

// A program without a name that decides nothing: it says what there is to say of a case that none of these decides. It reads records of
// the model that they have in common, else of the library's.
vm::VerifiedProgram no_policy(std::span<const vm::VerifiedProgram>);

}  // namespace rubric::cli
