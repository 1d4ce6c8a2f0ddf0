#include "analysis/proof_check.h"

#include "analysis/proof_program.h"
#include "analysis/proof_terms.h"
#include "analysis/witness.h"
#include "vm/operators.h"

#include <fmt/format.h>

namespace rubric::analysis {

bool operator_in_reach(uint16_t fn) { return has_encoding(fn); }

std::vector<std::string> operators_out_of_reach() {
  std::vector<std::string> out;
  for (uint16_t fn = 0; fn < vm::operators().size(); ++fn) {
    if (!has_encoding(fn)) out.emplace_back(vm::operators()[fn].name);
  }
  return out;
}

std::optional<std::string> encoded_value(uint16_t fn, const vm::Program& p, std::span<const vm::Constant> constants) {
  try {
    Terms t;
    z3::solver solver(t.c);
    std::vector<Symbol> args;
    for (const vm::Constant& k : constants) {
      const Symbol known = t.constant(p, k);
      const std::string name = "operand " + std::to_string(args.size());
      Symbol s = known;
      if (known.type == vm::Type::truth) {
        s.p = t.c.bool_const((name + " p").c_str());
        s.q = t.c.bool_const((name + " q").c_str());
        solver.add(s.p == known.p && s.q == known.q);
      } else {
        s.v = t.c.int_const(name.c_str());
        solver.add(s.v == known.v);
      }
      args.push_back(s);
    }
    t.functions.clear();
    const Symbol result = t.call(fn, args);
    if (!t.functions.empty()) return std::nullopt;
    for (const z3::expr& e : t.definitions) solver.add(e);
    if (solver.check() != z3::sat) return "no model";
    z3::model model = solver.get_model();
    const auto holds = [&](const z3::expr& e) { return model.eval(e, true).is_true(); };
    if (holds(t.is_none(result))) return "none";
    if (holds(t.is_unknown(result))) return "unknown";
    if (result.type == vm::Type::truth) return holds(result.p) ? "true" : "false";
    return model.eval(result.v, true).get_decimal_string(0);
  } catch (const z3::exception& e) {
    return e.msg();
  }
}

std::vector<std::string> opcode_names_out_of_reach() {
  const auto names = opcodes_out_of_reach();
  return {names.begin(), names.end()};
}

ProgramCheck check_encoding(const vm::VerifiedProgram& program) {
  ProgramCheck out;
  try {
    Terms t;
    ProofRecord record(t, {2, 1, {}});
    ProofProgram encoded(t, record, program);
    const ProofVerdict verdict = encoded.verdict(0);
    z3::solver solver(t.c);
    for (const z3::expr& e : t.definitions) solver.add(e);
    for (const z3::expr& e : record.constraints()) solver.add(e);
    for (vm::Id reg = 0; reg < program->registers.size(); ++reg) {
      if (program->registers[reg].type != vm::Type::truth || !encoded.reads(reg)) continue;
      for (const bool wanted : {true, false}) {
        const Symbol s = encoded.cell(reg, 0);
        const z3::expr is = wanted ? t.is_yes(s) : t.is_no(s);
        if (is.is_false() || (is.is_true() && out.records > 0)) continue;
        solver.push();
        solver.add(is);
        if (solver.check() == z3::sat) {
          z3::model model = solver.get_model();
          const std::string json = record.json(model);
          const vm::Trace shown = decided(program, json, false);
          int64_t outcome = 0;
          model.eval(verdict.outcome, true).is_numeral_i64(outcome);
          ++out.records;
          const int64_t machine = shown.rejected || shown.lines.empty() ? -1 : static_cast<int64_t>(shown.lines[0].outcome);
          if (machine != outcome)
            out.disagreements.push_back(
                fmt::format("r{} {}: {}, the machine says {}: {}", reg, wanted ? "yes" : "no", outcome, machine, json));
        }
        solver.pop();
      }
    }
  } catch (const z3::exception& e) {
    out.disagreements.emplace_back(e.msg());
  }
  return out;
}

}  // namespace rubric::analysis
