#include "analysis/proofs.h"

#include "analysis/proof_size.h"
#include "analysis/record_questions.h"
#include "analysis/shown_cases.h"
#include "analysis/witness.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <map>

namespace rubric::analysis {
namespace {

using vm::Id;
using vm::none_id;
using vm::Outcome;
using Json = nlohmann::ordered_json;

// What a trace says of a rule or a criterion, on whichever line or item it says it first.
template <class Holds>
bool some_rule(const vm::Trace& t, const std::string& name, Holds holds) {
  const auto in = [&](const std::vector<vm::RuleTrace>& rules) {
    return std::any_of(rules.begin(), rules.end(), [&](const vm::RuleTrace& r) { return r.name == name && holds(r.state); });
  };
  return std::any_of(t.lines.begin(), t.lines.end(), [&](const vm::LineTrace& line) {
    return in(line.rules) || std::any_of(line.items.begin(), line.items.end(), [&](const vm::ItemTrace& i) { return in(i.rules); });
  });
}
// Whether on some line or item all of these criteria have a status of this kind.
bool all_are(const vm::Trace& t, const std::vector<std::string>& names, vm::Status wanted) {
  return std::any_of(t.lines.begin(), t.lines.end(), [&](const vm::LineTrace& line) {
    std::map<std::string, size_t> of_item;
    for (const auto& [key, status] : statuses_by_name(line)) {
      const size_t space = key.find(' ');
      if (status == wanted && std::find(names.begin(), names.end(), key.substr(0, space)) != names.end()) ++of_item[key.substr(space + 1)];
    }
    return std::any_of(of_item.begin(), of_item.end(), [&](const auto& item) { return item.second == names.size(); });
  });
}

class Proving {
 public:
  Proving(const vm::VerifiedProgram& program, const ProofLimits& limits, const ProofProgress& progress)
      : program_(program),
        p_(*program),
        limits_(limits),
        progress_(progress),
        about_(program, proof_size(program, false, limits.rows), {ProofEffort::In::milliseconds, limits.milliseconds}, false),
        shown_(program) {}

  Proofs result() {
    if (!encoded_.unreached().empty()) {
      unfinished(p_.name, fmt::format("out of reach of the proof: {}", fmt::join(encoded_.unreached(), ", ")), {no_file, 0, 0});
      return std::move(out_);
    }
    size_t of = 0, done = 0;
    for (const vm::Block& block : p_.blocks) of += 1 + block.rules.size() + block.criteria.size();
    const auto step = [&] {
      if (progress_) progress_(++done, of);
    };
    for (Id b = 0; b < p_.blocks.size(); ++b) {
      cases(b, Outcome::gap, Finding::Kind::gap);
      cases(b, Outcome::conflict, Finding::Kind::conflict);
      step();
      for (const Id rule : p_.blocks[b].rules) fires(p_.blocks[b], p_.rules[rule]), step();
      for (const Id criterion : p_.blocks[b].criteria) statuses(p_.blocks[b], criterion), step();
    }
    return std::move(out_);
  }

 private:
  using Holds = std::function<bool(const vm::Trace&)>;
  using Also = std::function<bool(const std::string& json)>;   // asked of the record itself

  void unfinished(const std::string& subject, const std::string& reason, Span span, bool timed_out = false) {
    out_.unfinished.push_back({subject, reason, span, timed_out});
  }

  // sat, unsat, or unknown, which is noted under the name.
  z3::check_result possible(const z3::expr& what, const std::string& name, Span span, z3::model* model = nullptr) {
    const z3::check_result result = about_.ask(what, model);
    if (result == z3::unknown) unfinished(name, fmt::format("the solver ran out of time ({} s)", limits_.milliseconds / 1000), span, true);
    return result;
  }

  // A case of the model on which something holds, made small; empty where the machine does not confirm it.
  std::string confirmed(z3::model& model, const Holds& holds, const Also& also = {}) const {
    const std::string json = about_.record.json(model);
    // Lines whose code is known stay so: a reader asks first what is requested.
    const auto coded = [](const vm::Trace& t) {
      return std::all_of(t.lines.begin(), t.lines.end(), [](const vm::LineTrace& line) { return !line.code.empty(); });
    };
    const bool with_codes = coded(decided(program_, json));
    const auto held = [&](const std::string& less) {
      const vm::Trace t = decided(program_, less);
      return !t.rejected && (!with_codes || coded(t)) && holds(t) && (!also || also(less));
    };
    return held(json) ? Json::parse(made_small(json, held), nullptr, false).dump() : "";
  }
  // A case that stands beside a proof: the first of several wishes that the solver can fill and the machine confirms.
  std::string beside(const std::vector<z3::expr>& wishes, const Holds& holds, const Also& also = {}) {
    for (const z3::expr& wish : wishes) {
      z3::model model(t_.c);
      const size_t said = out_.unfinished.size();
      const bool some = possible(wish, "", {no_file, 0, 0}, &model) == z3::sat;
      out_.unfinished.resize(said);   // only the case would be missing
      if (!some) continue;
      if (std::string json = confirmed(model, holds, also); !json.empty()) return json;
    }
    return "";
  }

  z3::expr somewhere(const vm::Block& block, Id domain, const std::function<z3::expr(size_t)>& what) {
    return about_.somewhere(&block, domain, what);
  }

  // A line that comes to an outcome, as the machine confirms.
  void cases(Id b, Outcome outcome, Finding::Kind kind) {
    const vm::Block& block = p_.blocks[b];
    const std::string name = p_.texts[block.name];
    z3::expr some = t_.no();
    for (size_t line = 0; line < encoded_.lines().size(); ++line)
      some = t_.either(
          some, t_.both(about_.decides(block, line), t_.same(encoded_.cell(block.outcome, line).v, t_.number(static_cast<int>(outcome)))));
    z3::model model(t_.c);
    if (possible(some, name, place_of(block), &model) != z3::sat) return;
    // A day on which the policy does not hold is no gap in its rules.
    const auto line_of = [&](const vm::Trace& t) -> const vm::LineTrace* {
      const auto at = std::find_if(t.lines.begin(), t.lines.end(), [&](const vm::LineTrace& l) {
        return l.outcome == outcome && l.block == name && !vm::is_only(l.decided_by, vm::not_in_force);
      });
      return at == t.lines.end() ? nullptr : &*at;
    };
    const std::string json = confirmed(model, [&](const vm::Trace& t) { return line_of(t) != nullptr; });
    if (json.empty()) return unfinished(name, "the machine does not confirm the solver's case", place_of(block));
    const vm::Trace shown = decided(program_, json);
    out_.found.push_back({kind, name, fmt::format("{}", fmt::join(line_of(shown)->decided_by, ", ")), "", place_of(block), json});
  }

  // What no record of this size shows can never be only where more rows make no difference. Otherwise it is noted.
  bool never(const RowsEnough& enough, const std::string& name, const std::string& what, Span span) {
    const std::vector<std::string> beyond = enough.beyond(about_.size);
    if (!beyond.empty())
      unfinished(name, fmt::format("no case with up to {} {}; what happens with more rows is not decided", fmt::join(beyond, ", "), what),
                 span);
    return beyond.empty();
  }
  void add(Finding::Kind kind, const std::string& subject, const std::string& others, Span span, const RowsEnough& enough,
           std::string record) {
    out_.found.push_back({kind, subject, others, about_.of_lines(enough), span, std::move(record)});
  }

  Span place_of(const vm::Block& block) const { return block.rules.empty() ? Span{no_file, 0, 0} : p_.rules[block.rules[0]].span; }

  void fires(const vm::Block& block, const vm::Rule& rule) {
    const std::string name = p_.texts[rule.name];
    if (rule.fires == none_id || rule.stands == none_id || shown_.stands(p_.texts[block.name], name)) return;
    const auto yes = [&](Id reg) { return somewhere(block, rule.domain, [&](size_t r) { return t_.is_yes(encoded_.cell(reg, r)); }); };
    const z3::check_result fires =
        shown_.fires(p_.texts[block.name], name) ? z3::sat : possible(yes(rule.fires), "rule " + name, rule.span);
    if (fires == z3::unsat) {
      const RowsEnough enough = about_.enough(&block, rule.domain, {rule.fires});
      if (never(enough, "rule " + name, "fires it", rule.span))
        add(Finding::Kind::never_fires, name, "", rule.span, enough, nearest(block, rule, name));
      return;
    }
    if (fires != z3::sat || rule.exceptions.empty() || possible(yes(rule.stands), "rule " + name, rule.span) != z3::unsat) return;
    const RowsEnough enough = about_.enough(&block, rule.domain, {rule.stands});
    if (!never(enough, "rule " + name, "lets it stand", rule.span)) return;
    const auto defeated = [&](const vm::Trace& t) {
      return some_rule(t, name, [](vm::RuleState s) { return s == vm::RuleState::defeated; });
    };
    add(Finding::Kind::never_stands, name, "", rule.span, enough, beside({yes(rule.fires)}, defeated));
  }

  // The rule's condition with all parts but one, if it has several; else any case that its block decides.
  std::string nearest(const vm::Block& block, const vm::Rule& rule, const std::string& name) {
    std::vector<z3::expr> wishes;
    for (const vm::Inst& i : p_.code) {
      if (i.dst != rule.fires || i.op != vm::Op::truth_and || p_.registers[i.dst].domain != rule.domain) continue;
      for (uint32_t without = 0; without < i.n; ++without) {
        wishes.push_back(somewhere(block, rule.domain, [&](size_t r) {
          z3::expr e = t_.yes();
          for (uint32_t k = 0; k < i.n; ++k) {
            const Id reg = p_.operands[i.args + k];
            if (k != without && p_.registers[reg].domain == rule.domain) e = t_.both(e, t_.is_yes(encoded_.cell(reg, r)));
          }
          return e;
        }));
      }
    }
    wishes.push_back(about_.decides(block));
    return beside(
        wishes, [&](const vm::Trace& t) { return some_rule(t, name, [](vm::RuleState s) { return s == vm::RuleState::does_not_fire; }); });
  }

  void statuses(const vm::Block& block, Id id) {
    const vm::Criterion& c = p_.criteria[id];
    const std::string name = p_.texts[c.name];
    if (c.value == none_id || c.applicable == none_id || !encoded_.reads(c.value)) return;
    const auto is = [&](bool met) {
      return somewhere(block, c.domain, [&](size_t r) {
        const Symbol value = encoded_.cell(c.value, r);
        return t_.both(t_.is_yes(encoded_.cell(c.applicable, r)), met ? t_.is_yes(value) : t_.is_no(value));
      });
    };
    const auto comes_out = [&](vm::Status status) {
      return shown_.comes_out(p_.texts[block.name], name, status) ? z3::sat
                                                                  : possible(is(status == vm::Status::met), "criterion " + name, c.span);
    };
    const z3::check_result met = comes_out(vm::Status::met), not_met = comes_out(vm::Status::not_met);
    if (met == z3::unsat && not_met == z3::unsat) return;   // it never applies: said elsewhere, or a layer's
    if (met == z3::unsat || not_met == z3::unsat) {
      const vm::Status always = met == z3::unsat ? vm::Status::not_met : vm::Status::met;
      const RowsEnough enough = about_.enough(&block, c.domain, {c.applicable, c.value});
      if (!never(enough, "criterion " + name, met == z3::unsat ? "meets it" : "fails it", c.span)) return;
      add(Finding::Kind::never_differs, name, met == z3::unsat ? "not met" : "met", c.span, enough,
          beside({is(met != z3::unsat)}, [&](const vm::Trace& t) { return all_are(t, {name}, always); }));
      return;
    }
    matters(block, c, name, is(true));
    if (c.kind == vm::CriterionKind::all || c.kind == vm::CriterionKind::any) implied(block, c, name);
  }

  // Another run of the policy on the same record, in which the criterion is whatever one likes.
  void matters(const vm::Block&, const vm::Criterion& c, const std::string& name, const z3::expr& met) {
    if ((c.parent != none_id && c.section) || shown_.matters(name)) return;
    ProofProgram other(t_, about_.record, program_, c.value);
    z3::expr differs = t_.no();
    for (size_t line = 0; line < encoded_.lines().size(); ++line) {
      const ProofVerdict x = encoded_.verdict(line), y = other.verdict(line);
      differs = t_.either(differs, t_.both(encoded_.lines()[line].there, differ(t_, x, y)));
    }
    if (possible(differs, "criterion " + name, c.span) != z3::unsat) return;
    // Two runs: of the other one the criterion is its own, and what rests on it.
    std::array runs{whole_decision(program_, false), whole_decision(program_, false)};
    runs[1].own = c.value;
    const RowsEnough enough = rows_enough(runs, about_.size.lines, true);
    if (!never(enough, "criterion " + name, "shows that it matters", c.span)) return;
    // A person's word on it, either way, leaves the decision as it is.
    const auto endings = [&](const std::string& json, const char* status) {
      std::string out;
      const vm::Trace t = decided_with_word(program_, json, name, status);
      for (const vm::LineTrace& line : t.lines) out += ending(line) + "\n";
      return t.rejected ? std::string(status) : out;
    };
    const std::string json = beside(
        {met}, [&](const vm::Trace& t) { return all_are(t, {name}, vm::Status::met); },
        [&](const std::string& less) { return endings(less, "met") == endings(less, "notMet"); });
    add(Finding::Kind::never_matters, name, "", c.span, enough, json);
  }

  // In `all of`: the others met, and this one not. In `any of`: this one met, and none of the others.
  void implied(const vm::Block& block, const vm::Criterion& group, const std::string& name) {
    const bool all = group.kind == vm::CriterionKind::all;
    if (group.members.size() < 2) return;
    std::vector<std::string> names;
    for (const Id id : group.members) names.push_back(p_.texts[p_.criteria[id].name]);
    for (const Id id : group.members) {
      const vm::Criterion& member = p_.criteria[id];
      if (member.domain != group.domain || !encoded_.reads(member.value)) continue;
      if (shown_.decides_alone(p_.texts[block.name], names, p_.texts[member.name], all)) continue;
      const auto truth = [&](const vm::Criterion& m, size_t r) {
        const Symbol value = encoded_.cell(m.value, r), applies = encoded_.cell(m.applicable, r);
        return std::array{t_.both(t_.is_yes(applies), t_.is_yes(value)), t_.both(t_.is_yes(applies), t_.is_no(value)), t_.is_no(applies)};
      };
      const z3::expr alone = somewhere(block, group.domain, [&](size_t r) {
        z3::expr e = t_.yes();
        for (const Id other : group.members) {
          const auto [met, fails, out] = truth(p_.criteria[other], r);   // what does not apply is no member
          const bool own = other == id;
          e = t_.both(e, all == own ? (own ? fails : t_.either(fails, out)) : (own ? met : t_.either(met, out)));
        }
        return e;
      });
      if (possible(alone, "criterion " + p_.texts[member.name], member.span) != z3::unsat) continue;
      std::vector<Id> members;
      for (const Id other : group.members) members.insert(members.end(), {p_.criteria[other].value, p_.criteria[other].applicable});
      const RowsEnough enough = about_.enough(&block, group.domain, members);
      if (!never(enough, "criterion " + p_.texts[member.name], "shows it to decide " + name, member.span)) continue;
      // All members met together, or as many of them as can be.
      const std::string own = p_.texts[member.name];
      const z3::expr together = somewhere(block, group.domain, [&](size_t r) {
        z3::expr e = t_.yes();
        for (const Id other : group.members) e = t_.both(e, truth(p_.criteria[other], r)[0]);
        return e;
      });
      std::string json = beside({together}, [&](const vm::Trace& t) { return all_are(t, names, vm::Status::met); });
      if (json.empty())
        json = beside({somewhere(block, group.domain, [&](size_t r) { return truth(member, r)[all ? 1 : 0]; })},
                      [&](const vm::Trace& t) { return all_are(t, {own}, all ? vm::Status::not_met : vm::Status::met); });
      add(Finding::Kind::implied, own, name, member.span, enough, json);
    }
  }

  const vm::VerifiedProgram& program_;
  const vm::Program& p_;
  const ProofLimits limits_;
  const ProofProgress& progress_;
  RecordQuestions about_;
  const ShownCases shown_;
  Terms& t_ = about_.t;
  ProofProgram& encoded_ = about_.encoded;
  Proofs out_;
};

}  // namespace

Proofs prove(const vm::VerifiedProgram& program, const ProofLimits& limits, const ProofProgress& progress) {
  try {
    return Proving(program, limits, progress).result();
  } catch (const z3::exception& e) {
    Proofs out;
    out.unfinished.push_back({program->name, fmt::format("the solver gave up: {}", e.msg()), {no_file, 0, 0}, false});
    return out;
  }
}

}  // namespace rubric::analysis
