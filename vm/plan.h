// What a run does, step by step, made once for a program: not every instruction is computed anew on every row. A column of
// the loader's, a constant, and what an instruction passes on as it stands are there already; folds go through windows; and
// what no other instruction reads waits until a trace asks.
#pragma once

#include "vm/program.h"
#include "vm/windows.h"

#include <optional>
#include <span>
#include <vector>

namespace rubric::vm {

struct Declared;

struct Step {
  enum class How : uint8_t {
    compute,
    window,                          // Prepared::windows `of`
    loaded,                          // the loader's column `of` as it is
    uniform,                         // Prepared::uniform `of`: the same on every row of every batch
    same,                            // the column of register `of`
    loop,                            // over the next `of` steps
  };
  Id inst = none_id;
  Id dst = none_id;                  // the register that it writes; none_id: a loop's steps do
  How how = How::compute;
  Id of = none_id;
};

struct Plan {
  std::vector<Step> steps;           // in order
  std::vector<bool> late;            // instructions that no other one reads: they are no steps
  std::vector<Id> late_registers;    // what they write
  std::vector<bool> late_domains;    // crosses on which no instruction stands that is not late
};

// Columns that are the same whatever the batch: each truth (by its number), then constants whose cells need no pool.
struct UniformColumns {
  std::vector<Column> columns;
  std::vector<Id> of;                // per instruction, or none_id
};
UniformColumns uniform_columns(const Program&, std::span<const Value> constants);

// What of a program a plan is made from.
struct PlanParts {
  const Program& program;
  const std::vector<Window>& windows;
  const std::vector<Declared>& declared;
  const UniformColumns& uniform;
};
enum class PlanFor : uint8_t {
  any_run,                           // only moves are left for later
  windows,                           // nothing that is left for later is held at a value
  nobody_judged,                     // the same, and no person's word is in the batch: see assertions
};
Plan make_plan(const PlanParts&, PlanFor);

// The columns with a person's word on a criterion.
std::vector<Id> assertions(const Program&);

// What an instruction passes on as it stands: the operand whose column is its result, or none_id. Truths that are the same
// on every row need no row each; nobody judged a criterion, and it always applies. `rows` knows of registers:
// is_uniform(reg), truth(reg) of a uniform truth, and is_empty(reg), of a person's word that is nowhere.
template <class Rows>
Id passed_on(const Program& p, const Inst& inst, const Rows& rows) {
  const auto operand = [&](uint32_t k) { return p.operands[inst.args + k]; };
  const auto only_one = [&](Truth neutral, Truth strong) {
    Id one = none_id;
    bool several = false;
    for (uint32_t k = 0; k < inst.n; ++k) {
      const Id reg = operand(k);
      if (rows.is_uniform(reg)) {
        const Truth t = rows.truth(reg);
        if (t == strong) return reg;
        if (t == neutral) continue;
      }
      several |= one != none_id;
      one = reg;
    }
    return several ? none_id : one != none_id ? one : operand(0);
  };
  switch (inst.op) {
    case Op::up: return rows.is_uniform(operand(0)) ? operand(0) : none_id;
    case Op::assert_value:
    case Op::assert_applicable: return rows.is_empty(operand(0)) ? operand(1) : none_id;
    case Op::truth_and: return only_one(Truth::yes, Truth::no);
    case Op::truth_or: return only_one(Truth::no, Truth::yes);
    default: return none_id;
  }
}

}  // namespace rubric::vm
