// Making a case record: values put at places of a JSON document. Tests, generated cases and witnesses are made with it.
//
// A record that is made says nothing about whether it is a good one: it goes through the loader like any other.
#pragma once

#include "vm/decimal.h"
#include "vm/program.h"

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::analysis {

// Keys keep their order, so that a record is read in the order in which it was made.
using Json = nlohmann::ordered_json;
using Steps = std::vector<std::string>;   // keys, and the numbers of list elements

// "/lines/0/code" and "lines[0].code" as steps.
Steps steps_of_pointer(std::string_view);

// The place that steps lead to, made where it does not exist. A position behind a list's end adds to it; a number goes
// through the "items" of a list that is written so.
tl::expected<Json*, std::string> place(Json& root, const Steps&);
// Takes a key or an element away; what is not there stays away.
tl::expected<Json*, std::string> take_away(Json& root, const Steps&);

// A constant of a program as records write it.
Json json_of(const vm::Program&, const vm::Constant&);
// A day, a decimal, a code, and that there is no value, as records write them.
std::string json_day(int32_t days);
Json json_decimal(vm::Decimal);
Json json_code(const std::string& system, const std::string& code);
Json json_none();

// What turns one record into another: values set at places, and what is taken away (no value). Lists of one length are
// compared element by element, others change as a whole.
struct Change {
  Steps steps;
  std::optional<Json> value;
};
std::vector<Change> changes_between(const Json& from, const Json& to);
Json changed(Json record, const std::vector<Change>&);

// A list's elements, whichever way it is written; null where it is not there.
Json* elements(Json& list);
const Json* elements(const Json& list);

}  // namespace rubric::analysis
