// How statuses, causes and outcomes are said to people: one place for the words, read by every form of a trace.
#pragma once

#include "render/layout.h"
#include "vm/outcomes.h"
#include "vm/trace.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rubric {

std::string_view words(vm::Status);     // "not met"
std::string_view mark(vm::Status);      // one character, as all marks
Style style(vm::Status);

// Whether a group's status rests on a member: in an outline, the others need no more than their own line.
bool bears_on(const vm::CriterionTrace& member, const vm::CriterionTrace& group);

std::string_view words(vm::RuleState);  // "does not fire"
std::string_view mark(vm::RuleState);
Style style(vm::RuleState);

std::string_view words(vm::Outcome);    // "approved with conditions"
std::string_view mark(vm::Outcome);
Style style(vm::Outcome);
std::string outcome_words(std::string_view json_name);  // a name that is no outcome stays as it is

// "approved or denied"
std::string outcomes_words(const std::vector<std::string>& json_names);
std::string outcomes_words(const std::vector<vm::Outcome>&);

std::string policy_words(const vm::Trace&);        // "Tiny, version 1, as of 2026-02-01", or that no policy decides it
std::string service_words(const vm::LineTrace&);  // "CPT 20553 (trigger point injection)"
std::string date_words(const vm::LineTrace&);     // "on 2025-12-01", or that there is no date
std::string decided_by_words(const vm::LineTrace&);  // the rules, or what decides in their place; empty: nothing does

// "not documented", of a cause's json name.
std::string cause_words(std::string_view json_name);

std::string group_digits(uint64_t);                        // "12,000"
std::string counted(uint64_t n, std::string_view thing);  // "1 line", "12,000 lines"

// "priorProcedures", "TriggerPointInjection": "Prior procedures", "Trigger point injection"
std::string spaced(std::string_view name);

// "a", "a or b", "a, b or c"
std::string join(const std::vector<std::string>& items, std::string_view last);

// 'LCD: Group 1 codes (grade: weak for)'
std::string words(const vm::CitedSource&);
std::string words(const std::vector<vm::CitedSource>&);  // with "; " between them
std::string words(const vm::Evidence&);                  // "exam note, 2025-11-03, page 2"
std::string words(const vm::Claim&);                     // 'first reviewer says "true"'

}  // namespace rubric
