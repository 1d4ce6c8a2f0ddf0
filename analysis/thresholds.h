// What a policy compares with, number by number: limits of counts, amounts, dates and moments, both ends of an interval, of
// `between` and of a timing phrase, where a limit's window begins and ends, how many of a group must be met, the first and the
// last day on which the policy, an overlay, a clause or a value is in force, and those on which a code of a set is valid.
//
// A threshold is two registers of a program and how far apart their values are; what a run shows of it is points.h's. An
// order without steps (texts) has no just below. Of the codes that a code system dates those count that the policy names.
#pragma once

#include "vm/machine.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rubric::analysis {

struct Threshold {
  std::string name;             // in the author's words
  Span span;
  vm::Id value = vm::none_id, limit = vm::none_id;   // registers
  vm::Id component = vm::none_id;   // of two moments that are read to a component: the register that says which
  vm::Id domain = vm::none_id;
  vm::Id code = vm::none_id, is_code = vm::none_id;   // of a code's days: its register, and the constant that it has to be
  vm::Id day = vm::none_id;         // of these the constant in place of a limit
  std::vector<vm::Id> members;  // of `at least 2 of`: registers, of which `least` are to hold; there is no value and no limit then
  int64_t least = 0;
  std::vector<vm::Id> scopes;   // registers on lines: only where one of them holds. Empty: everywhere
  int64_t step = 1;             // what is just below or just above, in the last place of the limit as it is written
  std::optional<uint16_t> unit; // of an amount whose limit is a constant
  vm::Type type = vm::Type::integer;
  std::array<std::string, 3> impossible;   // below, at, above: why a record cannot show it, or nothing
  std::vector<Threshold> also;  // the same to its author, on other rows: what one of them shows is shown
};

// In the order of the program, each once, and no two by one name.
std::vector<Threshold> thresholds_of(const vm::Program&);

struct Distance {
  int64_t from = 0;             // of the value from the limit, in what `step` counts
  int64_t step = 1;
};
// Nothing where the two are not certain, or have no distance.
std::optional<Distance> distance(const Threshold&, const vm::Decisions&, vm::Row);
// "3 days", "0.5", "2 weeks": how far that is.
std::string distance_words(const Threshold&, int64_t from);

}  // namespace rubric::analysis
