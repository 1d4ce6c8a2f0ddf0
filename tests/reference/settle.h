// Section 5 by brute force: every completion of a record is evaluated on its own, and the answers are compared.
#pragma once

#include "tests/reference/completions.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rubric::reference {

struct Settled {
  Decisions possible;                                  // P, record tests held as they are now
  vm::Outcome outcome = vm::Outcome::not_decided;
  std::map<std::string, std::set<vm::Outcome>> missing;  // facts that matter, and what they could lead to
  std::set<std::string> irrelevant;                    // the other open facts that were read
  std::set<std::string> stand;                         // rules that stand in some completion, record tests held
  std::map<vm::Outcome, size_t> enough;                // of each outcome that answers can force: how many facts they take
  bool alone = true;                                   // no two open facts meet, and no list is open: exact by the page
  bool complete = true;                                // no completion left a fact open
  std::vector<Question> questions;
  std::vector<std::optional<Decision>> decisions;      // D of each completion, record tests read on it; nothing: no such record
};

// Nothing where there are more than `most` completions, or one could not be made.
std::optional<Settled> settle(const ir::Policy&, const Json& record, size_t line, uint64_t most);

}  // namespace rubric::reference
