// Which instructions wait is found from the last one back, what is known before a run from the first one on.
#include "vm/plan.h"

#include "vm/declared.h"
#include "vm/kernels.h"
#include "vm/opcodes.h"
#include "vm/values.h"

namespace rubric::vm {
namespace {

// What can be computed whenever it is asked for.
bool can_wait(Op op) { return op == Op::member || is_pointwise(op); }

// The window that an instruction is computed through, or none_id.
std::vector<Id> windows_of(const PlanParts& parts) {
  std::vector<Id> out(parts.program.code.size(), none_id);
  for (Id w = 0; w < parts.windows.size(); ++w) out[parts.windows[w].inst] = w;
  return out;
}

// All of the plan but its steps.
Plan what_waits(const PlanParts& parts, bool windowed, const std::vector<Id>& window_of) {
  const Program& p = parts.program;
  std::vector<bool> read(p.registers.size(), false), of_window(p.domains.size(), false), in_scan(p.code.size(), false);
  if (windowed) {
    for (const Window& w : parts.windows) of_window[w.cross] = true;
  }
  for (size_t k = 0; k < p.code.size(); ++k) {
    for (size_t b = k + 1; p.code[k].op == Op::scan && b <= k + p.code[k].imm; ++b) in_scan[b] = true;
  }
  Plan out;
  out.late.resize(p.code.size());
  out.late_domains.assign(p.domains.size(), false);
  std::vector<bool> used(p.domains.size(), false);
  // Readers stand behind what they read, but for a scan and a repeat, which read what their bodies write.
  for (const Inst& i : p.code) {
    if (i.op != Op::scan && i.op != Op::repeat) continue;
    for (uint32_t a = 0; a < i.n; ++a) read[p.operands[i.args + a]] = true;
  }
  for (size_t k = p.code.size(); k-- > 0;) {
    const Inst& i = p.code[k];
    const bool movable = i.op == Op::up || i.op == Op::src;
    const bool left = i.dst != none_id && !read[i.dst] && (movable || (i.domain != none_id && of_window[i.domain] && can_wait(i.op)));
    out.late[k] = left && (movable || !in_scan[k]);
    if (out.late[k]) {
      out.late_registers.push_back(i.dst);
      continue;
    }
    const auto reads = [&](Id reg) {
      read[reg] = true;
      if (p.registers[reg].domain != none_id) used[p.registers[reg].domain] = true;
    };
    if (i.domain != none_id) used[i.domain] = true;
    if (windowed && window_of[k] != none_id) {
      const Window& w = parts.windows[window_of[k]];
      reads(w.key);
      if (w.truth != none_id) reads(w.truth);
      for (const Id reg : w.sure) reads(reg);
      for (const WindowBound& b : w.bounds) reads(b.limit);
    } else {
      for (uint32_t a = 0; a < i.n; ++a) reads(p.operands[i.args + a]);
    }
  }
  for (Id d = static_cast<Id>(p.domains.size()); d-- > 0;) {
    const DomainDef& def = p.domains[d];
    out.late_domains[d] = def.make == Make::cross && of_window[d] && !used[d];
    if (out.late_domains[d]) continue;
    for (const Id other : {def.parent, def.via}) {
      if (other != none_id) used[other] = true;
    }
  }
  return out;
}

// What is known of registers before a run.
class Foreseen {
 public:
  Foreseen(const PlanParts& parts, bool nobody_judged)
      : parts_(parts), nobody_judged_(nobody_judged), uniform_(parts.program.registers.size(), none_id), empty_(uniform_.size(), false) {}

  bool is_uniform(Id reg) const { return uniform_[reg] != none_id; }
  Truth truth(Id reg) const { return parts_.uniform.columns[uniform_[reg]].truth(0); }
  bool is_empty(Id reg) const { return empty_[reg]; }

  // In the order of the code.
  Step step(Id at) {
    const Program& p = parts_.program;
    const Inst& inst = p.code[at];
    const Step compute{at, inst.dst};
    const auto uniform = [&](Id column) {
      uniform_[inst.dst] = column;
      return Step{at, inst.dst, Step::How::uniform, column};
    };
    if (inst.op == Op::column) {
      empty_[inst.dst] = nobody_judged_ && p.columns[inst.imm].kind == ColumnKind::assertion;
      return parts_.declared[inst.imm].matters ? compute : Step{at, inst.dst, Step::How::loaded, inst.imm};
    }
    if (inst.op == Op::konst) return parts_.uniform.of[at] == none_id ? compute : uniform(parts_.uniform.of[at]);
    // What a run with pins, or with some instructions alone, does not compute is not foreseen either.
    if (!nobody_judged_) return compute;
    if (const Id reg = passed_on(p, inst, *this); reg != none_id) {
      uniform_[inst.dst] = uniform_[reg];
      return {at, inst.dst, Step::How::same, reg};
    }
    const Id first = inst.n == 0 ? none_id : p.operands[inst.args];
    if (inst.op == Op::truth_not && is_uniform(first)) return uniform(static_cast<Id>(truth_not(truth(first))));
    return compute;
  }

 private:
  const PlanParts& parts_;
  bool nobody_judged_;
  std::vector<Id> uniform_;          // register -> its column, or none_id
  std::vector<bool> empty_;
};

}  // namespace

UniformColumns uniform_columns(const Program& p, std::span<const Value> constants) {
  UniformColumns out;
  out.of.assign(p.code.size(), none_id);
  const auto column = [](Type type, const Value& value) {
    Column made;
    made.reset(type, 1);
    made.uniform = true;
    Pool pool;
    put(made, 0, value, pool);
    return pool.empty() ? std::optional(std::move(made)) : std::nullopt;
  };
  for (int t = 0; t < 4; ++t) {
    out.columns.push_back(*column(Type::truth, Value{}));
    out.columns.back().set_truth(0, static_cast<Truth>(t));
  }
  for (size_t k = 0; k < p.code.size(); ++k) {
    if (p.code[k].op != Op::konst) continue;
    auto made = column(p.registers[p.code[k].dst].type, constants[p.code[k].imm]);
    if (!made) continue;
    out.of[k] = static_cast<Id>(out.columns.size());
    out.columns.push_back(std::move(*made));
  }
  return out;
}

Plan make_plan(const PlanParts& parts, PlanFor what) {
  const Program& p = parts.program;
  const std::vector<Id> window_of = windows_of(parts);
  const bool windowed = what != PlanFor::any_run;
  Plan out = what_waits(parts, windowed, window_of);
  Foreseen foreseen(parts, what == PlanFor::nobody_judged);
  std::vector<std::pair<Id, size_t>> loops;   // the last instruction of each, and its step
  for (Id k = 0; k < p.code.size(); ++k) {
    if (p.code[k].op == Op::repeat || p.code[k].op == Op::scan) {
      loops.push_back({k + p.code[k].imm, out.steps.size()});
      out.steps.push_back({k, none_id, Step::How::loop, 0});
    } else if (!out.late[k]) {
      out.steps.push_back(windowed && window_of[k] != none_id ? Step{k, p.code[k].dst, Step::How::window, window_of[k]} : foreseen.step(k));
    }
    for (; !loops.empty() && loops.back().first == k; loops.pop_back()) {
      Step& loop = out.steps[loops.back().second];
      loop.of = static_cast<Id>(out.steps.size() - loops.back().second - 1);
    }
  }
  return out;
}

std::vector<Id> assertions(const Program& p) {
  std::vector<Id> out;
  for (Id c = 0; c < p.columns.size(); ++c) {
    if (p.columns[c].kind == ColumnKind::assertion) out.push_back(c);
  }
  return out;
}

}  // namespace rubric::vm
