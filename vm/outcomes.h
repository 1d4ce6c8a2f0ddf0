// The rows of outcomes.def as a table: what an outcome is called, what it counts as, and how it is said.
//
// How outcomes combine (rules to a line, items to a line) is the machine's to say, not this table's.
#pragma once

#include "vm/program.h"

#include <optional>
#include <string_view>

namespace rubric::vm {

// Which standing rules agree: two different classes of verdict are a conflict. See outcomes.def.
enum class OutcomeClass : uint8_t { favourable, modify, deny, not_required, review, pend, none };

struct OutcomeRow {
  std::string_view name;    // as the source code and the program file have it
  std::string_view json;    // as determinations have it
  OutcomeClass outcome_class;
  std::string_view action;  // X12 278 action code
  bool clinician;           // a clinician must sign it
  std::string_view words;   // "approved with conditions"
};

inline constexpr OutcomeRow outcome_rows[] = {
#define OUTCOME(name, json, outcome_class, action, clinician, words) {#name, json, OutcomeClass::outcome_class, action, clinician, words},
#include "vm/outcomes.def"
#undef OUTCOME
};

constexpr const OutcomeRow& outcome_row(Outcome outcome) { return outcome_rows[static_cast<size_t>(outcome)]; }

// The row of a json name, or nullptr.
constexpr const OutcomeRow* outcome_named(std::string_view json) {
  for (const OutcomeRow& row : outcome_rows) {
    if (row.json == json) return &row;
  }
  return nullptr;
}

}  // namespace rubric::vm
