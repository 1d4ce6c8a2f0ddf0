// The machine as the tests use it: source text in, traces out; and how a trace is held against the reference.
#pragma once

#include "compiler/compile.h"
#include "tests/reference/random.h"
#include "tests/reference/settle.h"
#include "vm/machine.h"
#include "vm/settle.h"
#include "vm/trace.h"
#include "vm/verify.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rubric::reference {

// How many random pairs a test looks at: its own number, or RUBRIC_RANDOM=N.
uint32_t random_pairs(uint32_t usually);

struct Machine {
  ir::Policy policy;
  vm::VerifiedProgram program;
};
// Nothing where the text does not compile; `why` says what is wrong with it.
std::optional<Machine> compiled(const std::string& source, std::string* why = nullptr);

// A run's decisions refer to the machine: it must live as long.
vm::Decisions decided(const Machine&, const std::vector<std::string>& records, const std::string& as_of = "");
// `most`: completions that are tried of a line one by one.
std::vector<vm::Trace> traces(const Machine&, const std::vector<std::string>& records, uint32_t batch = 1024,
                              uint32_t most = vm::most_completions);
vm::Trace trace_of(const Machine&, const Json& record, uint32_t most = vm::most_completions);

// A trace's criteria and rules in the reference's terms: by name and item number.
std::map<std::pair<std::string, std::string>, std::pair<std::string, std::string>> statuses(const vm::LineTrace&);  // -> status, computed
std::map<std::pair<std::string, std::string>, std::string> rule_states(const vm::LineTrace&);

// What the machine says otherwise than the reference, readable; empty where they agree.
std::string difference(const Machine&, const Json& record, const vm::Trace&);  // statuses, rules
// Section 5. `enough`: also the fewest answers, which are not looked for where there are too many to try one by one.
std::string settlement_difference(const Machine&, const Json& record, const vm::Trace&, uint64_t most, bool enough = true,
                                  bool* compared = nullptr);

// Why a policy does not compile, with a smaller one that does not for the same reason.
std::string compile_report(const RandomPolicy&);

// A failing pair as small as it gets, as text for a message.
std::string report(const Pair&, const std::function<std::string(const Pair&)>& failure);

}  // namespace rubric::reference
