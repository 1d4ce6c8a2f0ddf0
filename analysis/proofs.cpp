#include "analysis/proofs.h"

#include "analysis/proof_program.h"
#include "analysis/proof_size.h"
#include "analysis/witness.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>

namespace rubric::analysis {
namespace {

using vm::Id;
using vm::none_id;
using vm::Outcome;
using Json = nlohmann::ordered_json;

class Proving {
 public:
  Proving(const vm::VerifiedProgram& program, const ProofLimits& limits)
      : program_(program),
        p_(*program),
        limits_(limits),
        size_(proof_size({&*program}, limits.rows)),
        record_(t_, size_),
        encoded_(t_, record_, program),
        solver_(t_.c) {}

  Proofs result() {
    out_.rows = size_.rows;
    if (!encoded_.unreached().empty()) {
      out_.unfinished.push_back(fmt::format("{}: out of reach of the proof: {}", p_.name, fmt::join(encoded_.unreached(), ", ")));
      return std::move(out_);
    }
    z3::params params(t_.c);
    params.set("timeout", limits_.milliseconds);
    solver_.set(params);
    sort_counted(record_, size_, {&p_});
    for (const z3::expr& e : record_.constraints()) solver_.add(e);
    for (Id b = 0; b < p_.blocks.size(); ++b) {
      cases(b, Outcome::gap, Finding::Kind::gap);
      cases(b, Outcome::conflict, Finding::Kind::conflict);
      for (const Id rule : p_.blocks[b].rules) fires(p_.rules[rule]);
      for (const Id criterion : p_.blocks[b].criteria) statuses(b, criterion);
    }
    return std::move(out_);
  }

 private:
  // sat, unsat, or unknown, which is noted under the name.
  z3::check_result possible(const z3::expr& what, const std::string& name, z3::model* model = nullptr) {
    if (what.is_false()) return z3::unsat;
    for (; defined_ < t_.definitions.size(); ++defined_) solver_.add(t_.definitions[defined_]);
    solver_.push();
    solver_.add(what);
    z3::check_result result = solver_.check();
    if (result == z3::sat && model) {
      *model = solver_.get_model();
      solver_.add(record_.ordinary());
      if (solver_.check() == z3::sat) *model = solver_.get_model();
    }
    solver_.pop();
    if (result == z3::unknown) out_.unfinished.push_back(name + ": the solver ran out of time");
    return result;
  }

  z3::expr decides(const vm::Block& block, size_t line) {
    return t_.both(encoded_.lines()[line].there,
                   t_.both(t_.is_yes(encoded_.cell(block.scope, line)), t_.is_yes(encoded_.cell(block.version_gate, line))));
  }

  // A line that comes to an outcome, as the machine confirms.
  void cases(Id b, Outcome outcome, Finding::Kind kind) {
    const vm::Block& block = p_.blocks[b];
    const std::string name = p_.texts[block.name];
    z3::expr some = t_.no();
    for (size_t line = 0; line < encoded_.lines().size(); ++line)
      some = t_.either(some,
                       t_.both(decides(block, line), t_.same(encoded_.cell(block.outcome, line).v, t_.number(static_cast<int>(outcome)))));
    z3::model model(t_.c);
    if (possible(some, name, &model) != z3::sat) return;
    const auto line_of = [&](const vm::Trace& t) -> const vm::LineTrace* {
      if (t.rejected) return nullptr;
      const auto at =
          std::find_if(t.lines.begin(), t.lines.end(), [&](const vm::LineTrace& l) { return l.outcome == outcome && l.block == name; });
      return at == t.lines.end() ? nullptr : &*at;
    };
    const auto holds = [&](const std::string& json) { return line_of(decided(program_, json)) != nullptr; };
    const std::string json = record_.json(model);
    if (!holds(json)) {
      out_.unfinished.push_back(fmt::format("{}: the machine does not confirm the solver's case", name));
      return;
    }
    const std::string small = made_small(json, holds);
    const vm::Trace shown = decided(program_, small);
    out_.found.push_back({kind, name, fmt::format("{}", fmt::join(line_of(shown)->decided_by, ", ")), place_of(block),
                          Json::parse(small, nullptr, false).dump()});
  }

  Span place_of(const vm::Block& block) const { return block.rules.empty() ? Span{no_file, 0, 0} : p_.rules[block.rules[0]].span; }

  z3::expr somewhere(Id domain, const std::function<z3::expr(size_t)>& what) {
    z3::expr some = t_.no();
    for (size_t r = 0; r < encoded_.rows(domain); ++r) some = t_.either(some, t_.both(encoded_.there(domain, r), what(r)));
    return some;
  }

  void fires(const vm::Rule& rule) {
    const std::string name = p_.texts[rule.name];
    const auto truth = [&](Id reg) {
      return possible(somewhere(rule.domain, [&](size_t r) { return t_.is_yes(encoded_.cell(reg, r)); }), "rule " + name);
    };
    if (rule.fires == none_id || rule.stands == none_id) return;
    const z3::check_result fires = truth(rule.fires);
    if (fires == z3::unsat) out_.found.push_back({Finding::Kind::never_fires, name, "", rule.span, ""});
    else if (fires == z3::sat && !rule.exceptions.empty() && truth(rule.stands) == z3::unsat)
      out_.found.push_back({Finding::Kind::never_stands, name, "", rule.span, ""});
  }

  void statuses(Id b, Id id) {
    const vm::Criterion& c = p_.criteria[id];
    const std::string name = p_.texts[c.name];
    if (c.value == none_id || c.applicable == none_id || !encoded_.reads(c.value)) return;
    const auto status = [&](bool met) {
      return possible(somewhere(c.domain,
                                [&](size_t r) {
                                  const Symbol value = encoded_.cell(c.value, r);
                                  return t_.both(t_.is_yes(encoded_.cell(c.applicable, r)), met ? t_.is_yes(value) : t_.is_no(value));
                                }),
                      "criterion " + name);
    };
    const z3::check_result met = status(true), not_met = status(false);
    if (met == z3::unsat && not_met == z3::unsat) return;   // it never applies: said elsewhere, or a layer's
    if (met == z3::unsat || not_met == z3::unsat) {
      out_.found.push_back({Finding::Kind::never_differs, name, met == z3::unsat ? "not met" : "met", c.span, ""});
      return;
    }
    matters(b, c, name);
    if (c.kind == vm::CriterionKind::all || c.kind == vm::CriterionKind::any) implied(c, name);
  }

  // Another run of the policy on the same record, in which the criterion is whatever one likes on the first line's rows.
  void matters(Id, const vm::Criterion& c, const std::string& name) {
    if (c.parent != none_id && c.section) return;
    ProofProgram other(t_, record_, program_, c.value);
    z3::expr differs = t_.no();
    for (size_t line = 0; line < encoded_.lines().size(); ++line) {
      const ProofVerdict x = encoded_.verdict(line), y = other.verdict(line);
      differs = t_.either(differs, t_.both(encoded_.lines()[line].there, differ(t_, x, y)));
    }
    if (possible(differs, "criterion " + name) == z3::unsat) out_.found.push_back({Finding::Kind::never_matters, name, "", c.span, ""});
  }

  // In `all of`: the others met, and this one not. In `any of`: this one met, and none of the others.
  void implied(const vm::Criterion& group, const std::string& name) {
    const bool all = group.kind == vm::CriterionKind::all;
    if (group.members.size() < 2) return;
    for (const Id id : group.members) {
      const vm::Criterion& member = p_.criteria[id];
      if (member.domain != group.domain || !encoded_.reads(member.value)) continue;
      const z3::expr alone = somewhere(group.domain, [&](size_t r) {
        z3::expr e = t_.yes();
        for (const Id other : group.members) {
          const vm::Criterion& m = p_.criteria[other];
          const Symbol value = encoded_.cell(m.value, r), applies = encoded_.cell(m.applicable, r);
          // What does not apply is no member.
          const z3::expr met = t_.both(t_.is_yes(applies), t_.is_yes(value)), fails = t_.both(t_.is_yes(applies), t_.is_no(value));
          const z3::expr out = t_.is_no(applies);
          const bool own = other == id;
          e = t_.both(e, all == own ? (own ? fails : t_.either(fails, out)) : (own ? met : t_.either(met, out)));
        }
        return e;
      });
      if (possible(alone, "criterion " + p_.texts[member.name]) == z3::unsat)
        out_.found.push_back({Finding::Kind::implied, p_.texts[member.name], name, member.span, ""});
    }
  }

  const vm::VerifiedProgram& program_;
  const vm::Program& p_;
  const ProofLimits limits_;
  const ProofSize size_;
  Terms t_;
  ProofRecord record_;
  ProofProgram encoded_;
  z3::solver solver_;
  size_t defined_ = 0;
  Proofs out_;
};

}  // namespace

Proofs prove(const vm::VerifiedProgram& program, const ProofLimits& limits) {
  try {
    return Proving(program, limits).result();
  } catch (const z3::exception& e) {
    Proofs out;
    out.unfinished.push_back(fmt::format("{}: the solver gave up: {}", program->name, e.msg()));
    return out;
  }
}

}  // namespace rubric::analysis
