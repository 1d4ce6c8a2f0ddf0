// Records that show something, tried on the machine and made small: what is left of a witness is what it takes.
#pragma once

#include "vm/trace.h"
#include "vm/verify.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rubric::analysis {

// One record decided.
vm::Trace decided(const vm::VerifiedProgram&, const std::string& json, bool with_criteria = true);

// The record with a person's word on a criterion.
vm::Trace decided_with_word(const vm::VerifiedProgram&, const std::string& json, const std::string& criterion, std::string_view status);

// What a line is granted: conditions with what they say and quote, what is authorized instead, the items that qualify; in no
// order of the policy's.
std::vector<std::string> granted(const vm::LineTrace&);
// What a line comes to, in one text: equal for lines that end alike.
std::string ending(const vm::LineTrace&);
// The status of each criterion, by name.
std::map<std::string, vm::Status> statuses_by_name(const vm::LineTrace&);

// The first line that two versions end differently, or on request in which a criterion that both have comes out another way.
std::optional<std::pair<vm::LineTrace, vm::LineTrace>> told_apart(const vm::VerifiedProgram& before, const vm::VerifiedProgram& after,
                                                                  const std::string& json, bool by_statuses = false);

// A record of which `holds` is true, made smaller as long as it stays so: rows and facts are taken away, numbers brought
// nearer to zero, days nearer to each other. It has been tried last on what is given back.
std::string made_small(std::string json, const std::function<bool(const std::string&)>& holds);

// The record without one of its facts or rows: each way.
std::vector<std::string> less_by_one(const std::string& json);

}  // namespace rubric::analysis
