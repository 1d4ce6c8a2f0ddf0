#include "analysis/proof_check.h"

#include "analysis/proof_program.h"
#include "analysis/proof_terms.h"
#include "analysis/witness.h"
#include "vm/machine.h"
#include "vm/opcodes.h"
#include "vm/operators.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric::analysis {

namespace {

using vm::Type;

// Registers whose cells are compared: not what an outcome is made of, which the verdict is.
bool is_compared(Type type) {
  return type == Type::truth || type == Type::integer || type == Type::long_integer || type == Type::decimal || type == Type::date ||
         type == Type::text || type == Type::code;
}

std::string digits(vm::Int128 n) {
  std::string out;
  for (auto rest = n < 0 ? -n : n; rest > 0; rest /= 10) out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  return (n < 0 ? "-" : "") + (out.empty() ? std::string("0") : out);
}

std::string machine_words(const vm::Batch& batch, const vm::Value& v, Type type) {
  if (v.kind == vm::Kind::none) return "none";
  if (v.kind != vm::Kind::value) return "unknown";
  if (type == Type::truth) return vm::unbox<vm::Truth>(v) == vm::Truth::yes ? "true" : "false";
  if (type == Type::text) return std::string(batch.text(static_cast<vm::Id>(v.i)));
  if (type == Type::code) {
    const auto [system, code] = batch.code(static_cast<vm::Id>(v.i));
    return fmt::format("{} {}", batch.text(system), batch.text(code));
  }
  return digits(v.wide ? *v.big : vm::Int128{v.i});
}

std::string solver_words(Terms& t, z3::model& model, const Symbol& s) {
  const auto holds = [&](const z3::expr& e) { return model.eval(e, true).is_true(); };
  if (holds(t.is_none(s))) return "none";
  if (holds(t.is_unknown(s))) return "unknown";
  if (s.type == Type::truth) return holds(s.p) ? "true" : "false";
  const z3::expr v = model.eval(s.v, true);
  int64_t n = 0;
  if (s.type == Type::text && v.is_numeral_i64(n)) return t.text_of(n);
  if (s.type == Type::code && v.is_numeral_i64(n)) {
    const auto [system, code] = t.code_of(n);
    return fmt::format("{} {}", system, code);
  }
  return v.get_decimal_string(0);
}

// Every cell of a record that was decided, row for row.
void compare_cells(const vm::VerifiedProgram& program, Terms& t, const ProofProgram& encoded, z3::model& model, const std::string& json,
                   ProgramCheck& out) {
  vm::Loader loader(*program, "");
  loader.add(json, "");
  const auto batch = std::make_shared<const vm::Batch>(loader.take());
  const vm::Decisions d = vm::run(program, batch);
  if (batch->info[0].rejected) return;
  for (const vm::Inst& i : program->code) {
    if (i.dst == vm::none_id || !encoded.reads(i.dst) || !is_compared(program->registers[i.dst].type)) continue;
    const vm::Id domain = program->registers[i.dst].domain;
    std::vector<size_t> there;
    for (size_t r = 0; r < encoded.rows(domain); ++r) {
      if (domain == vm::none_id || model.eval(encoded.there(domain, r), true).is_true()) there.push_back(r);
    }
    if (domain != vm::none_id && d.rows_of(domain).rows != there.size()) {
      out.disagreements.push_back(fmt::format("r{}: {} rows, the machine has {}: {}", i.dst, there.size(), d.rows_of(domain).rows, json));
      return;
    }
    for (size_t k = 0; k < there.size(); ++k) {
      const std::string solver = solver_words(t, model, encoded.cell(i.dst, there[k]));
      const std::string machine = machine_words(*batch, d.value(i.dst, static_cast<vm::Row>(k)), program->registers[i.dst].type);
      ++out.cells[std::string(vm::opcodes()[static_cast<size_t>(i.op)].name)];
      if (solver != machine)
        out.disagreements.push_back(fmt::format("r{} row {} ({}): {}, the machine says {}: {}", i.dst, k,
                                                vm::opcodes()[static_cast<size_t>(i.op)].name, solver, machine, json));
    }
  }
}

}  // namespace

bool operator_in_reach(uint16_t fn) { return has_encoding(fn); }

vm::Type operand_type(uint16_t fn, size_t operand) { return stand_in(vm::operators()[fn].args[operand]); }

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

ProgramCheck check_encoding(const vm::VerifiedProgram& program, size_t most, uint32_t lines) {
  ProgramCheck out;
  try {
    Terms t;
    ProofRecord record(t, {2, lines, {}});
    ProofProgram encoded(t, record, program);
    const ProofVerdict verdict = encoded.verdict(0);
    z3::solver solver(t.c);
    for (const z3::expr& e : t.definitions) solver.add(e);
    for (const z3::expr& e : record.constraints()) solver.add(e);
    solver.add(record.ordinary());
    std::vector<vm::Id> truths;
    for (vm::Id reg = 0; reg < program->registers.size(); ++reg) {
      if (program->registers[reg].type == vm::Type::truth && encoded.reads(reg)) truths.push_back(reg);
    }
    const size_t step = std::max<size_t>(1, truths.size() / most);
    for (size_t k = 0; k < truths.size(); k += step) {
      const vm::Id reg = truths[k];
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
          if (t.functions.empty()) compare_cells(program, t, encoded, model, json, out);
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
