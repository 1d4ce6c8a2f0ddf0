#include "analysis/record_questions.h"

#include "analysis/proof_size.h"

#include <fmt/format.h>

namespace rubric::analysis {

using vm::Id;
using vm::none_id;

void bound_effort(z3::solver& solver, ProofEffort effort) {
  z3::params params(solver.ctx());
  params.set(effort.in == ProofEffort::In::steps ? "rlimit" : "timeout", effort.most);
  solver.set(params);
}

RecordQuestions::RecordQuestions(const vm::VerifiedProgram& program, const ProofSize& room, ProofEffort effort, bool criteria)
    : size(room), record(t, size), encoded(t, record, program, none_id, criteria), program_(program), solver_(t.c) {
  bound_effort(solver_, effort);
  sort_long(record, size, {&*program_});
  for (const z3::expr& e : record.constraints()) solver_.add(e);
}

z3::expr RecordQuestions::decides(const vm::Block& block, size_t line) {
  return t.both(encoded.lines()[line].there,
                t.both(t.is_yes(encoded.cell(block.scope, line)), t.is_yes(encoded.cell(block.version_gate, line))));
}

z3::expr RecordQuestions::decides(const vm::Block& block) {
  z3::expr some = t.no();
  for (size_t line = 0; line < encoded.lines().size(); ++line) some = t.either(some, decides(block, line));
  return some;
}

z3::expr RecordQuestions::somewhere(const vm::Block* block, Id domain, const std::function<z3::expr(size_t)>& what, Where where) {
  z3::expr some = t.no();
  for (size_t r = 0; r < encoded.rows(domain); ++r) {
    z3::expr here = domain == none_id ? t.yes() : encoded.there(domain, r);
    if (block) {
      const size_t line = encoded.line_of(domain, r);
      here = t.both(here, where == Where::decided ? decides(*block, line) : t.is_yes(encoded.cell(block->scope, line)));
    }
    here = t.both(here, what(r));
    if (block && domain == block->items && block->item_scope != none_id) here = t.both(here, t.is_yes(encoded.cell(block->item_scope, r)));
    some = t.either(some, here);
  }
  return some;
}

z3::check_result RecordQuestions::ask(const z3::expr& what, z3::model* model) {
  if (what.is_false()) return z3::unsat;
  for (; defined_ < t.definitions.size(); ++defined_) solver_.add(t.definitions[defined_]);
  solver_.push();
  solver_.add(what);
  const z3::check_result result = solver_.check();
  if (result == z3::sat && model) {
    *model = solver_.get_model();
    solver_.add(record.ordinary());
    if (solver_.check() == z3::sat) *model = solver_.get_model();
  }
  solver_.pop();
  return result;
}

RowsEnough RecordQuestions::enough(const vm::Block* block, Id domain, std::vector<Id> registers, bool near) const {
  Asked asked{&*program_, {}, {domain}, {}};
  if (near) asked.near.emplace_back(registers[0], registers[1]);
  if (block) {
    registers.insert(registers.end(), {block->scope, block->version_gate});
    if (domain == block->items) registers.push_back(block->item_scope);
  }
  asked.instructions = rest_on(*program_, registers);
  return rows_enough(std::span(&asked, 1), size.lines, false);
}

std::string RecordQuestions::of_lines(const RowsEnough& enough) const {
  return enough.lines_wait && size.lines > 1 ? fmt::format(" in requests of up to {} lines", size.lines) : "";
}

}  // namespace rubric::analysis
