#include "analysis/test_names.h"

#include "base/text.h"
#include "vm/outcomes.h"
#include "vm/trace.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

namespace rubric {
namespace {

using Names = std::vector<std::string>;

std::string squeezed(std::string_view words) {
  std::string out;
  for (const char c : words) {
    if (c != ' ' && c != '_') out.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  }
  return out;
}

class TestNames {
 public:
  TestNames(const Compiled& compiled, Diagnostics& diagnostics)
      : compiled_(compiled), policy_(*compiled.policy), diagnostics_(diagnostics) {
    for (const ir::Criterion& c : policy_.criteria) criteria_.push_back(c.path);
    for (const ir::Rule& r : policy_.rules) rules_.push_back(r.name);
    for (const ir::Condition& c : policy_.conditions) conditions_.push_back(c.name);
    for (const vm::OutcomeRow& row : vm::outcome_rows) outcomes_.emplace_back(row.json);
    for (auto cause = vm::Cause::not_documented; cause <= vm::Cause::imprecise;
         cause = static_cast<vm::Cause>(static_cast<uint8_t>(cause) + 1)) {
      causes_.emplace_back(vm::json_name(cause));
    }
    for (const ast::Module& m : compiled.modules) {
      for (const ast::Declaration& d : m.declarations) {
        for (const ast::Record& r : d.record) records_.push_back(r.name.text);
      }
    }
  }

  void check() {
    for (const ast::Module& m : compiled_.modules) {
      for (const ast::Declaration& d : m.declarations) {
        for (const ast::Record& r : d.record) name("record", r.base, records_);
        for (const ast::Test& t : d.test) test(t);
      }
    }
  }

 private:
  void test(const ast::Test& t) {
    name("record", t.record.base, records_);
    for (const ast::Expectation& e : t.expectations) expectation(e);
    for (const ast::Concludes& c : t.concludes) {
      if (!same_word(c.outcome.text, "undetermined")) word("outcome", c.outcome, outcomes_);
    }
  }

  void expectation(const ast::Expectation& e) {
    word("outcome", e.outcome, outcomes_);
    if (e.by.text != vm::when_undetermined && e.by.text != vm::not_in_force) name("rule", e.by, rules_);
    for (const ast::Word& each : e.also_by) name("rule", each, rules_);
    for (const ast::Word& each : e.subject_to) name("condition", each, conditions_);
    name("criterion", e.criterion, criteria_);
    word("cause", e.cause, causes_);
    name("rule", e.defeated, rules_);
    name("rule", e.defeated_by, rules_);
    for (const std::string& each : e.judgments) name("criterion", {.text = each, .span = e.span}, criteria_);
    for (const auto* facts : {&e.asks, &e.could_change}) {
      for (const std::string& each : *facts) fact(each, e.span);
    }
  }

  void name(std::string_view kind, const ast::Word& word, const Names& names) {
    if (!word || std::find(names.begin(), names.end(), word.text) != names.end()) return;
    diagnostics_.report<DiagnosticId::unknown_name>(word.span, kind, word.text).did_you_mean(nearest(word.text, names));
  }

  void word(std::string_view kind, const ast::Word& said, const Names& names) {
    if (std::none_of(names.begin(), names.end(), [&](const std::string& each) { return same_word(each, said.text); }))
      name(kind, said, names);
  }

  // Steps of a JSON pointer down the record model; numbers, "-" and "items" stand for rows.
  void fact(const std::string& pointer, Span span) {
    if (!pointer.starts_with('/')) return;
    const ir::Model& model = policy_.model;
    vm::Id node = 0;
    for (size_t at = 1; at <= pointer.size();) {
      const size_t end = std::min(pointer.find('/', at), pointer.size());
      const std::string step = pointer.substr(at, end - at);
      at = end + 1;
      if (step == "items" || step == "-" || (!step.empty() && std::isdigit(static_cast<unsigned char>(step[0])))) continue;
      Names keys;
      const vm::Field* found = nullptr;
      for (const vm::Field& f : model.nodes[node].fields) {
        keys.push_back(model.texts[f.key]);
        if (keys.back() == step) found = &f;
      }
      if (!found) {
        diagnostics_.report<DiagnosticId::unknown_name>(span, "fact", pointer).did_you_mean(nearest(step, keys));
        return;
      }
      if (found->kind == vm::FieldKind::scalar || found->kind == vm::FieldKind::reference) return;
      node = found->node;
    }
  }

  const Compiled& compiled_;
  const ir::Policy& policy_;
  Diagnostics& diagnostics_;
  Names criteria_, rules_, conditions_, outcomes_, causes_, records_;
};

}  // namespace

void check_test_names(const Compiled& compiled, Diagnostics& diagnostics) {
  if (compiled.policy) TestNames(compiled, diagnostics).check();
}

bool same_word(std::string_view a, std::string_view b) { return squeezed(a) == squeezed(b); }

}  // namespace rubric
