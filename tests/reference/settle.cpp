// semantics.md, section 5, as it is written. See settle.h.
#include "tests/reference/settle.h"

#include <algorithm>
#include <bit>

namespace rubric::reference {

using vm::Outcome;

namespace {

// What a completion gives, if that is one decision: in it another line may wait for a person, of whom the record did not tell. With
// that open, each rule is free, which is more than a person's answer could give.
std::optional<Decision> decision_of(const LineResult& line) {
  return line.decisions.size() == 1 ? std::optional(*line.decisions.begin()) : std::nullopt;
}

// The sets of completions that differ in one fact alone.
std::vector<std::vector<uint64_t>> neighbours(const std::vector<Question>& questions, size_t fact, uint64_t n) {
  uint64_t stride = 1;
  for (size_t k = 0; k < fact; ++k) stride *= questions[k].answers.size();
  const uint64_t count = questions[fact].answers.size();
  std::vector<std::vector<uint64_t>> out;
  for (uint64_t x = 0; x < n; ++x) {
    if (x / stride % count != 0) continue;
    out.emplace_back();
    for (uint64_t a = 0; a < count; ++a) out.back().push_back(x + a * stride);
  }
  return out;
}

// The fewest facts that force each outcome: for every choice of facts and every way of answering them, whether all
// completions with these answers end alike. Nothing where no answer is needed.
std::map<Outcome, size_t> fewest(const std::vector<Question>& questions, const std::vector<std::optional<Decision>>& decisions) {
  std::map<Outcome, size_t> out;
  for (uint32_t chosen = 0; chosen < 1u << questions.size(); ++chosen) {
    std::map<std::vector<size_t>, std::set<Outcome>> ends;
    for (uint64_t x = 0; x < decisions.size(); ++x) {
      std::vector<size_t> answers;
      for (size_t k = 0; k < questions.size(); ++k) {
        if (chosen >> k & 1) answers.push_back(answer_of(questions, x, k));
      }
      if (decisions[x]) ends[answers].insert(decisions[x]->outcome);
    }
    const auto size = static_cast<size_t>(std::popcount(chosen));
    for (const auto& [answers, outcomes] : ends) {
      if (outcomes.size() != 1) continue;
      if (chosen == 0) return {};
      const auto [at, fresh] = out.try_emplace(*outcomes.begin(), size);
      at->second = std::min(at->second, size);
    }
  }
  return out;
}

Outcome when_undetermined(const ir::Block& block, const Json& record, const Decisions& possible) {
  Outcome chosen = Outcome::pend;
  const bool disputed = record.contains("annotations") && record["annotations"].contains("/reviewType");
  if (record.contains("reviewType") && record["reviewType"].is_string() && !disputed) {
    bool specific = false;
    for (const auto& [type, outcome] : block.when_undetermined) {
      if (type.empty() ? specific : type != record["reviewType"].get<std::string>()) continue;
      chosen = static_cast<Outcome>(outcome);
      specific |= !type.empty();
    }
  }
  // Deny only if it is among what is possible.
  const bool may_deny = std::any_of(possible.begin(), possible.end(), [](const Decision& d) { return d.outcome == Outcome::deny; });
  return chosen == Outcome::deny && !may_deny ? Outcome::pend : chosen;
}

}  // namespace

std::optional<Settled> settle(const ir::Policy& policy, const Json& record, size_t line, uint64_t most) {
  const Evaluation now = evaluate(policy, record);
  const LineResult& here = now.lines[line];
  Settled out;
  const auto asked = questions(policy, record, here.open);
  if (!asked) return std::nullopt;
  out.questions = *asked;
  const uint64_t n = completions_of(out.questions);
  if (n > most) return std::nullopt;
  out.alone = !here.facts_meet &&
              std::none_of(here.open.begin(), here.open.end(), [](const auto& f) { return f.second.kind == OpenFact::Kind::list; });

  std::vector<std::optional<Decision>> held;
  for (uint64_t x = 0; x < n; ++x) {
    const Completion c = completed(policy, record, out.questions, x);
    Options options;
    options.granted = &c.granted;
    const Evaluation live = evaluate(policy, c.record, options);
    if (live.invalid) {
      out.decisions.push_back(std::nullopt);
      held.push_back(std::nullopt);
      continue;
    }
    for (const auto& [pointer, fact] : live.lines[line].open) out.complete &= fact.kind == OpenFact::Kind::line;
    out.decisions.push_back(decision_of(live.lines[line]));
    const auto hold = [&](const LineResult& ends) {
      held.push_back(decision_of(ends));
      out.alone &= ends.decisions.size() == 1;
      for (const RuleResult& rule : ends.rules) {
        if (rule.state == "stands") out.stand.insert(rule.name);
      }
    };
    if (now.tests.empty()) {
      hold(live.lines[line]);
    } else {
      options.held = &now.tests;
      hold(evaluate(policy, c.record, options).lines[line]);
    }
  }
  for (const auto& d : held) {
    if (d) out.possible.insert(*d);
  }
  out.enough = fewest(out.questions, out.decisions);

  // A fact matters if two completions that differ only in it end differently, record tests read either way.
  bool only_persons = true, any = false;
  for (size_t f = 0; f < out.questions.size(); ++f) {
    std::set<Outcome> leads_to;
    bool matters_held = false;
    for (const auto& group : neighbours(out.questions, f, n)) {
      for (const auto* decisions : {&out.decisions, &held}) {
        std::set<Decision> seen;
        for (const uint64_t x : group) {
          if ((*decisions)[x]) seen.insert(*(*decisions)[x]);
        }
        if (seen.size() < 2) continue;
        for (const Decision& d : seen) leads_to.insert(d.outcome);
        matters_held |= decisions == &held;
      }
    }
    if (leads_to.empty()) {
      out.irrelevant.insert(out.questions[f].fact);
    } else {
      out.missing[out.questions[f].fact] = leads_to;
    }
    if (!matters_held) continue;
    any = true;
    only_persons &= out.questions[f].kind == OpenFact::Kind::judgment || out.questions[f].kind == OpenFact::Kind::line;
  }

  if (here.decided == Truth::unknown) {
    out.outcome = Outcome::pend;  // whether the policy decides it at all
  } else if (out.possible.size() == 1) {
    out.outcome = out.possible.begin()->outcome;
  } else if (!any || only_persons) {
    out.outcome = Outcome::review;
  } else {
    out.outcome = when_undetermined(policy.blocks[here.block], record, out.possible);
  }
  return out;
}

}  // namespace rubric::reference
