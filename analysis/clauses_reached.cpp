#include "analysis/clauses_reached.h"

#include "analysis/free_truths.h"
#include "analysis/rows_enough.h"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <optional>

namespace rubric::analysis {
namespace {

using vm::Id;
using vm::none_id;

class Reached {
 public:
  Reached(const vm::VerifiedProgram& program, const ProofSize& size, ProofEffort effort)
      : program_(program), p_(*program), size_(size), effort_(effort) {}

  std::vector<std::string> result() {
    for (const vm::Block& block : p_.blocks) {
      for (const Id id : block.rules) {
        const vm::Rule& rule = p_.rules[id];
        if (rule.stands == none_id) continue;
        const std::string name = "rule " + p_.texts[rule.name];
        look(block, rule.domain, none_id, rule.stands, true, name + " never stands");
        look(block, rule.domain, none_id, rule.stands, false, name + " always stands");
      }
      for (const Id id : block.criteria) {
        const vm::Criterion& c = p_.criteria[id];
        if (c.value == none_id || c.applicable == none_id) continue;
        const std::string name = "criterion " + p_.texts[c.name];
        look(block, c.domain, c.applicable, c.value, true, name + " is never met");
        look(block, c.domain, c.applicable, c.value, false, name + " is always met");
      }
    }
    return std::move(out_);
  }

 private:
  // Whether a truth can be so on some row, where another one is yes.
  void look(const vm::Block& block, Id domain, Id applies, Id reg, bool wanted, const std::string& otherwise) {
    const std::array roots{applies, reg, block.scope, block.version_gate, domain == block.items ? block.item_scope : none_id};
    const Asked asked{&p_, rest_on(p_, roots), {domain}, {}};
    if (rows_enough(std::span(&asked, 1), size_.lines, false).beyond(size_).empty()) return;
    if (!allowed_by_logic(block, applies, reg, wanted)) return;
    if (!about_) about_ = std::make_unique<RecordQuestions>(program_, size_, effort_, false);
    if (!about_->encoded.reads(reg)) return;
    Terms& t = about_->t;
    const z3::check_result found = about_->ask(about_->somewhere(&block, domain, [&](size_t row) {
      const Symbol s = about_->encoded.cell(reg, row);
      const z3::expr is = wanted ? t.is_yes(s) : t.is_no(s);
      return applies == none_id ? is : t.both(t.is_yes(about_->encoded.cell(applies, row)), is);
    }));
    if (found != z3::sat) out_.push_back(found == z3::unsat ? otherwise : otherwise + ", as far as there was time");
  }

  bool allowed_by_logic(const vm::Block& block, Id applies, Id reg, bool wanted) {
    if (!logic_) logic_.emplace(p_, effort_);
    return logic_->allows({{block.scope, true}, {applies, true}, {reg, wanted}});
  }

  struct Logic {
    Logic(const vm::Program& p, ProofEffort effort) : solver(t.c), truths(t, solver, p.registers.size(), false) {
      bound_effort(solver, effort);
      truths.add(p);
    }
    bool allows(const std::vector<std::pair<Id, bool>>& all) {
      z3::expr what = t.yes();
      for (const auto& [reg, yes] : all) {
        if (reg == none_id) continue;
        const Symbol s = truths.value(FreeTruths::completed, reg);
        what = t.both(what, yes ? t.is_yes(s) : t.is_no(s));
      }
      solver.push();
      solver.add(what);
      const z3::check_result found = solver.check();
      solver.pop();
      return found != z3::unsat;
    }
    Terms t;
    z3::solver solver;
    FreeTruths truths;
  };

  const vm::VerifiedProgram& program_;
  const vm::Program& p_;
  const ProofSize& size_;
  const ProofEffort effort_;
  std::unique_ptr<RecordQuestions> about_;   // made when one is asked
  std::optional<Logic> logic_;
  std::vector<std::string> out_;
};

}  // namespace

std::vector<std::string> clauses_not_reached(const vm::VerifiedProgram& program, const ProofSize& size, ProofEffort effort) {
  return Reached(program, size, effort).result();
}

std::string words(const ProofSize& size) {
  std::string out = fmt::format("up to {} {} in a list", size.rows, size.rows == 1 ? "row" : "rows");
  for (const auto& [path, rows] : size.of_list) {
    if (rows > size.rows) out += fmt::format(", {} in {}", rows, path.substr(1));
  }
  if (size.lines > 1) out += fmt::format(", requests of up to {} lines", size.lines);
  return out;
}

}  // namespace rubric::analysis
