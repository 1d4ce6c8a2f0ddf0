// Conflicts and gaps, found without a case: a way for two rules with different verdicts to stand, and a way for none to.
//
// The search answers one question after another and gives up a path as soon as what it looks for has become impossible.
// What it finds is then made as small as it goes, and said in words: that is the case that shows it. It is bounded; a
// policy too large for it is searched as far as the bound reaches, and the machine sends conflicts and gaps to a person
// in any event.

#include "compiler/check_possible.h"

#include "compiler/ir_print.h"
#include "vm/outcomes.h"

#include <algorithm>

namespace rubric::check {

namespace {

constexpr size_t most_steps = 400'000;      // rules looked at, for one policy
constexpr size_t most_gaps = 3;             // said of one block
constexpr size_t most_conflicts = 20;
constexpr size_t most_related = 12;         // rules beside one gap

// What a rule concludes, where that can conflict: rules with the same words never do.
std::string verdict_of(const Builder& builder, const ir::Rule& rule) {
  if (rule.outcome == vm::no_outcome) return {};
  switch (vm::outcome_row(static_cast<vm::Outcome>(rule.outcome)).outcome_class) {
    case vm::OutcomeClass::favourable: return "approve";
    case vm::OutcomeClass::deny: return "deny";
    case vm::OutcomeClass::not_required: return "not required";
    case vm::OutcomeClass::modify: {
      std::string words = "modify";
      for (const auto& [field, value] : rule.modification) words += " " + field + " " + print(builder.context.policy, value);
      return words;
    }
    case vm::OutcomeClass::review:
    case vm::OutcomeClass::pend:
    case vm::OutcomeClass::none: return {};
  }
  return {};
}

class Search {
 public:
  Search(Builder& builder, size_t block, size_t& steps)
      : builder(builder),
        plan(builder.blocks[block]),
        possible(builder, block),
        steps(steps),
        scope_questions(possible.questions_of_scope()) {
    possible.keep_to_scope();
  }

  void conflicts() {
    const std::vector<Id>& rules = builder.block(plan).rules;
    std::vector<std::string> verdicts;
    for (Id rule : rules) verdicts.push_back(verdict_of(builder, builder.rule(rule)));
    size_t found = 0;
    for (size_t i = 0; i < rules.size(); ++i) {
      for (size_t j = i + 1; j < rules.size() && found < most_conflicts && steps < most_steps; ++j) {
        if (verdicts[i].empty() || verdicts[j].empty() || verdicts[i] == verdicts[j]) continue;
        wanted = {{rules[i], yes}, {rules[j], yes}};
        excluded.clear();
        if (!search()) continue;
        ++found;
        report_conflict(rules[i], rules[j]);
      }
    }
  }

  void gaps() {
    const ir::Block& block = builder.block(plan);
    if (block.fold == vm::FoldItems::best) return;  // best passes over items that no rule decides
    wanted.clear();
    for (Id rule : block.rules) {
      if (builder.rule(rule).outcome != vm::no_outcome) wanted.push_back({rule, no});
    }
    excluded.clear();
    if (wanted.empty()) {
      builder.context.report<DiagnosticId::no_rules>(plan.decides->span);
      return;
    }
    // What is reported next must not be a case of what was said: the same, with something more that is unusual. Nor is
    // another value in its place (the next code of the scope) another gap.
    std::set<Answers> said;
    for (size_t tries = 0; said.size() < most_gaps && tries < 4 * most_gaps && search(); ++tries) {
      Answers unusual = unusual_answers();
      Answers kind = unusual;
      for (size_t i = 0; i < kind.size(); ++i) {
        if (possible.atoms()[i].kind == Atom::Kind::value) kind[i] = no_answer;
        if (possible.atoms()[i].kind == Atom::Kind::status && kind[i] == 2) kind[i] = 1;  // nor is undetermined beside not met
      }
      if (said.insert(kind).second) report_gap(unusual);
      excluded.push_back(std::move(unusual));
    }
  }

 private:
  const std::set<size_t>& questions_of(Id rule) {
    auto known = questions.find(rule);
    if (known == questions.end()) known = questions.emplace(rule, possible.questions_of(rule)).first;
    return known->second;
  }

  // Looks for answers under which every wanted rule stands, or does not, for certain.
  bool search() {
    std::set<size_t> relevant = scope_questions;
    for (auto [rule, wish] : wanted) {
      const std::set<size_t>& about = questions_of(rule);
      relevant.insert(about.begin(), about.end());
    }
    order.assign(relevant.begin(), relevant.end());
    answers.assign(possible.atoms().size(), no_answer);
    if (!descend(0)) return false;
    shrink();
    return true;
  }

  enum class State : uint8_t { reached, possible, impossible };

  State state() {
    State result = State::reached;
    possible.suppose(answers);
    Truths scope = possible.in_scope();
    if (!(scope & yes)) return State::impossible;
    if (scope != yes) result = State::possible;
    for (auto [rule, wish] : wanted) {
      ++steps;
      Truths stands = possible.stands(rule);
      if (!(stands & wish)) return State::impossible;
      if (stands != wish) result = State::possible;
    }
    return result;
  }

  // Under answers that were found before, whatever else is answered.
  bool is_excluded() const {
    return std::any_of(excluded.begin(), excluded.end(), [&](const Answers& earlier) {
      for (size_t i = 0; i < earlier.size(); ++i) {
        if (earlier[i] != no_answer && earlier[i] != answers[i]) return false;
      }
      return true;
    });
  }

  bool descend(size_t at) {
    if (++steps > most_steps || is_excluded()) return false;
    State now = state();
    if (now == State::impossible) return false;
    if (now == State::reached && excluded.empty()) return true;
    if (at == order.size()) return now == State::reached;
    size_t question = order[at];
    for (size_t i = 0; i < possible.atoms()[question].answers.size(); ++i) {
      if (!possible.allowed(question, i)) continue;
      answers[question] = static_cast<int>(i);
      if (descend(at + 1)) return true;
    }
    answers[question] = no_answer;
    return false;
  }

  // Leaves out every answer without which it is still certain; of the scope it is enough that it can hold.
  void shrink() {
    std::set<size_t> read;
    for (auto [rule, wish] : wanted) {
      const std::set<size_t>& about = questions_of(rule);
      read.insert(about.begin(), about.end());
    }
    for (size_t question : order) {
      int kept = answers[question];
      if (kept == no_answer) continue;
      answers[question] = no_answer;
      if (read.contains(question) && state() != State::reached) answers[question] = kept;
    }
  }

  // A criterion that the checker made.
  bool is_own(const Atom& atom) const {
    const ir::Criterion& criterion = builder.context.policy.criteria[atom.criterion];
    return !criterion.top && criterion.parent == none_id;
  }

  // All but "this criterion is met".
  Answers unusual_answers() const {
    Answers unusual = answers;
    for (size_t i = 0; i < unusual.size(); ++i) {
      const Atom& atom = possible.atoms()[i];
      if (atom.kind == Atom::Kind::status && (unusual[i] == 0 || is_own(atom))) unusual[i] = no_answer;
    }
    return unusual;
  }

  // What is out of the ordinary first, then the criteria that are met.
  std::string words() const {
    std::string text, met_ones;
    size_t met_count = 0;
    for (size_t question : order) {
      if (answers[question] == no_answer) continue;
      const Atom& atom = possible.atoms()[question];
      if (atom.kind == Atom::Kind::status && is_own(atom)) continue;
      bool plain = atom.kind == Atom::Kind::status && answers[question] == 0;
      std::string& into = plain ? met_ones : text;
      if (!into.empty()) into += ", ";
      into += plain ? atom.words : atom.answers[static_cast<size_t>(answers[question])];
      met_count += plain;
    }
    if (met_count > 0) text += (text.empty() ? "" : ", and ") + met_ones + (met_count == 1 ? " is met" : " are met");
    return text.empty() ? "always" : "when " + text;
  }

  Span name_of(Id rule) const {
    for (const RulePlan& each : builder.rules) {
      if (each.id == rule) return each.rule->name.span;
    }
    return builder.rule(rule).span;
  }

  std::string outcome_words(Id rule) const {
    const std::string words = verdict_of(builder, builder.rule(rule));
    return words.substr(0, words.find(' ') == std::string::npos || words == "not required" ? words.size() : words.find(' '));
  }

  void report_conflict(Id first, Id second) {
    const std::string &a = builder.rule(first).name, &b = builder.rule(second).name;
    auto& report =
        builder.context.report<DiagnosticId::rules_conflict>(name_of(second), a, b, words(), outcome_words(first), outcome_words(second));
    report.relate(name_of(first), a + ": " + outcome_words(first));
    report.relate(name_of(second), b + ": " + outcome_words(second));
  }

  void report_gap(const Answers& unusual) {
    auto& report = builder.context.report<DiagnosticId::rules_gap>(plan.decides->span, words());
    size_t related = 0;
    std::set<Id> said;
    possible.suppose(answers);
    for (auto [rule, wish] : wanted) {
      const std::set<size_t>& about = questions.at(rule);
      if (builder.rule(rule).span == plan.decides->span) continue;  // the checker's own
      bool involved = std::any_of(about.begin(), about.end(), [&](size_t q) { return unusual[q] != no_answer; });
      if (!involved || ++related > most_related) continue;
      report.relate(name_of(rule), builder.rule(rule).name + " does not stand then");
      for (Id exception : builder.rule(rule).exceptions) {
        if (possible.stands(exception) == yes && said.insert(exception).second) {
          report.relate(name_of(exception), builder.rule(exception).name + " does, and takes " + builder.rule(rule).name + " away");
        }
      }
    }
  }

  Builder& builder;
  const BlockPlan& plan;
  Possible possible;
  size_t& steps;
  std::set<size_t> scope_questions;
  std::map<Id, std::set<size_t>> questions;
  std::vector<std::pair<Id, Truths>> wanted;
  std::vector<size_t> order;
  Answers answers;
  std::vector<Answers> excluded;
};

}  // namespace

void find_conflicts_and_gaps(Builder& builder) {
  size_t steps = 0;
  for (size_t block = 0; block < builder.blocks.size(); ++block) {
    Search search(builder, block, steps);
    search.conflicts();
    search.gaps();
  }
}

}  // namespace rubric::check
