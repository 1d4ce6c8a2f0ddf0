// The machine: one pass over a straight line of column operators. The only repetition is `repeat`, whose body's rows
// settle one after another, so that it ends after at most as many rounds as a case has lines.
#include "vm/machine.h"

#include "vm/bits.h"
#include "vm/domains.h"
#include "vm/kernels.h"
#include "vm/moves.h"
#include "vm/opcodes.h"
#include "vm/operator_forms.h"
#include "vm/prepared.h"
#include "vm/run_parts.h"
#include "vm/verdict.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <map>

namespace rubric::vm {
namespace {

// An arena whose first bytes are kept when it is released: most runs need no others.
struct Room {
  std::array<std::byte, 256 << 10> bytes;
};
struct ArenaWithRoom : private Room, public Arena {
  ArenaWithRoom() : Arena(bytes.data(), bytes.size()) {}
};

void resize(Column& c, Type type, uint32_t rows) {
  c.any_odd = false;
  if (c.rows == rows && c.type == type) return;
  c.type = type;
  c.rows = rows;
  if (c.p.size() != words(rows)) {
    c.p.resize(words(rows));
    c.q.resize(words(rows));
  }
  c.cell4.resize(type == Type::truth || wide_cell(type) ? 0 : rows);
  c.cell8.resize(wide_cell(type) ? rows : 0);
}

bool holds_nothing(const Column& c) {
  const auto zero = [](uint64_t word) { return word == 0; };
  return std::all_of(c.p.begin(), c.p.end(), zero) && std::all_of(c.q.begin(), c.q.end(), zero);
}

// What is known of registers that are computed, for `passed_on`.
struct Computed {
  const Decisions& d;
  bool is_uniform(Id reg) const { return d.registers[reg]->uniform; }
  Truth truth(Id reg) const { return d.registers[reg]->truth(0); }
  bool is_empty(Id reg) const { return holds_nothing(*d.registers[reg]); }
};

class Run {
 public:
  Run(const VerifiedProgram& program, const Decisions& d, const Plan& plan, std::span<const Pin> pins, const std::vector<bool>* wanted)
      : program_(*program),
        prepared_(program.prepared()),
        plan_(plan),
        foresees_(&plan == &prepared_.unjudged),
        d_(d),
        batch_(*d.batch),
        context_{d.batch.get(), d.arena.get()},
        pins_(pins),
        wanted_(wanted) {}

  void all() { range(0, plan_.steps.size()); }

  // An instruction that was left, with what it reads.
  void late(Id reg) {
    const Inst& inst = program_.code[prepared_.maker[reg]];
    for (uint32_t k = 0; k < inst.n; ++k) d_.column(operand(inst, k));
    one(inst);
  }

 private:
  void range(size_t from, size_t to) {
    const Step* const steps = plan_.steps.data();
    const Inst* const code = program_.code.data();
    const Column** const registers = d_.registers.data();
    for (size_t at = from; at < to; ++at) {
      const Step step = steps[at];
      if (!wanted_ || (*wanted_)[step.inst]) {
        switch (step.how) {
          case Step::How::compute: one(code[step.inst]); break;
          case Step::How::window: through(code[step.inst], prepared_.windows[step.of]); break;
          case Step::How::loaded: registers[step.dst] = &batch_.columns[step.of]; break;
          case Step::How::uniform: registers[step.dst] = &prepared_.uniform.columns[step.of]; break;
          case Step::How::same: registers[step.dst] = registers[step.of]; break;
          case Step::How::loop: loop(code[step.inst], at + 1, at + 1 + step.of); break;
        }
        if (!pins_.empty() && step.dst != none_id) pin(step.dst);
      }
      if (step.how == Step::How::loop) at += step.of;
    }
  }

  void loop(const Inst& inst, size_t from, size_t to) { inst.op == Op::repeat ? repeat(inst, from, to) : scan(inst, from, to); }

  // The accumulator starts unknown. What does not rest on itself is settled after as many rounds as its case has lines, and
  // so is all that is monotone in what is known. Tests of the record as it stands are not: two lines may each be refused
  // for as long as the other is undecided. What still changes then is held unknown, so that a case ends as it would alone.
  void repeat(const Inst& inst, size_t from, size_t to) {
    const Id reg = operand(inst, 0), domain = program_.registers[reg].domain;
    Column& seen = d_.own[reg];
    d_.registers[reg] = &seen;
    seen.uniform = false;
    seen.reset(Type::truth, rows(domain));
    pin(reg);
    Plane held(seen.p.size(), 0);          // rows that are as they stay: pinned ones, too
    for (const Pin& p : pins_) {
      if (p.reg == reg) set_bit(held, p.row, true);
    }
    std::vector<Row> starts;               // of each case's lines, once it is asked
    const auto late = [&](Row row, uint32_t round) {
      if (starts.empty()) starts = d_.case_starts(domain);
      const Row of_case = d_.ancestor(domain, row, 0);
      return round >= starts[of_case + 1] - starts[of_case];
    };
    for (uint32_t round = 0;; ++round) {
      range(from, to);
      const Column& made = arg(inst, 1);
      bool changed = false;
      for (uint32_t word = 0; word < seen.p.size(); ++word) {
        const uint64_t exist = word + 1 == seen.p.size() ? tail_mask(seen.rows) : ~uint64_t{0};
        const uint64_t p = made.uniform ? -(made.p[0] & 1) & exist : made.p[word],
                       q = made.uniform ? -(made.q[0] & 1) & exist : made.q[word];
        const uint64_t changes = ((seen.p[word] ^ p) | (seen.q[word] ^ q)) & ~held[word];
        changed |= changes != 0;
        for (uint64_t left = round == 0 ? 0 : changes; left; left &= left - 1) {
          const Row row = word * 64 + static_cast<Row>(__builtin_ctzll(left));
          if (late(row, round)) set_bit(held, row, true);
        }
        const uint64_t taken = changes & ~held[word];
        seen.p[word] = (seen.p[word] & ~changes) | (p & taken);
        seen.q[word] = (seen.q[word] & ~changes) | (q & taken);
      }
      if (!changed) break;
    }
  }

  // Step k settles the rows that are kth in their list; those before are settled, those behind not yet read.
  void scan(const Inst& inst, size_t from, size_t to) {
    Column& seen = d_.own[operand(inst, 0)];
    d_.registers[operand(inst, 0)] = &seen;
    const Column& start = arg(inst, 1);
    const Register& reg = program_.registers[operand(inst, 0)];
    const DomainRows& steps = d_.rows_of(reg.domain);
    seen.uniform = false;
    seen.reset(reg.type, steps.rows);
    Row longest = 0;
    for (Row r = 0; r + 1 < steps.first.size(); ++r) longest = std::max(longest, steps.first[r + 1] - steps.first[r]);
    for (Row k = 0; k < std::max<Row>(longest, 1); ++k) {
      for (Row r = 0; r + 1 < steps.first.size(); ++r) {
        const Row row = steps.first[r] + k;
        if (row < steps.first[r + 1]) put(seen, row, k == 0 ? get(start, r, d_.pool) : get(arg(inst, 2), row - 1, d_.pool), d_.pool);
      }
      range(from, to);
    }
  }

  void pin(Id reg) {
    const auto first = std::lower_bound(pins_.begin(), pins_.end(), reg, [](const Pin& p, Id id) { return p.reg < id; });
    if (first == pins_.end() || first->reg != reg) return;
    Column& own = d_.own[reg];
    if (d_.registers[reg] != &own || own.uniform) {
      // A cell of its own for every row.
      const Column from = *d_.registers[reg];
      own.reset(from.type, rows(program_.registers[reg].domain));
      own.uniform = false;
      if (from.uniform) gather(from, std::vector<Row>(own.rows, 0), own);
      else own = from;
    }
    d_.registers[reg] = &own;
    for (auto p = first; p != pins_.end() && p->reg == reg; ++p) put(own, p->row, p->value, d_.pool);
  }

  Id operand(const Inst& inst, uint32_t k) const { return program_.operands[inst.args + k]; }
  const Column& arg(const Inst& inst, uint32_t k) const { return *d_.registers[operand(inst, k)]; }
  const DomainRows& rows_of(Id domain) const {
    return made_while_running(program_.domains[domain].make) ? d_.rows_of(domain) : batch_.domains[domain];
  }
  uint32_t rows(Id domain) const { return domain == none_id ? 1 : rows_of(domain).rows; }

  // The rows of operand k's domain under each row of the instruction's: where levels lie between, their offsets are
  // joined, and a row is a phantom if any row above it is.
  const DomainRows& child(const Inst& inst, uint32_t k) {
    const Id domain = program_.registers[operand(inst, k)].domain;
    if (program_.domains[domain].parent == inst.domain) return d_.rows_of(domain);
    const auto [at, added] = joined_.try_emplace({inst.domain, domain});
    if (added) {
      DomainRows& out = at->second;
      const DomainRows& low = d_.rows_of(domain);
      out.rows = low.rows;
      out.phantom = low.phantom;
      out.first.resize(rows(inst.domain) + 1);
      for (Row r = 0; r < out.first.size(); ++r) out.first[r] = r;
      std::vector<Id> chain;
      for (Id d = domain; d != inst.domain; d = program_.domains[d].parent) chain.push_back(d);
      for (auto d = chain.rbegin(); d != chain.rend(); ++d) {
        for (Row& f : out.first) f = d_.rows_of(*d).first[f];
      }
      for (Row r = 0; r < low.rows; ++r) {
        Row above = r;
        for (size_t level = 0; level + 1 < chain.size(); ++level) {
          above = d_.rows_of(chain[level]).up[above];
          if (bit(d_.rows_of(chain[level + 1]).phantom, above)) set_bit(out.phantom, r, true);
        }
      }
    }
    return at->second;
  }

  std::span<const Column* const> args(const Inst& inst) {
    if (args_.size() < inst.n) args_.resize(inst.n);
    for (uint32_t k = 0; k < inst.n; ++k) args_[k] = &arg(inst, k);
    return {args_.data(), inst.n};
  }

  bool all_uniform(const Inst& inst) {
    for (uint32_t k = 0; k < inst.n; ++k) {
      if (!arg(inst, k).uniform) return false;
    }
    return true;
  }

  // A fold over a cross that is not made.
  void through(const Inst& inst, const Window& w) {
    WindowColumns& in = d_.scratch.columns;
    in.key = d_.registers[w.key];
    in.truth = w.truth == none_id ? nullptr : d_.registers[w.truth];
    in.limits.clear();
    in.sure.clear();
    for (const WindowBound& b : w.bounds) in.limits.push_back(d_.registers[b.limit]);
    for (const Id reg : w.sure) in.sure.push_back(d_.registers[reg]);
    const DomainRows& list = batch_.domains[w.list];
    std::vector<Row> deep;
    std::span<const Row> case_of = batch_.domains[w.parent].up;
    if (program_.domains[w.parent].parent != 0) {
      for (Row r = 0; r < rows(w.parent); ++r) deep.push_back(d_.ancestor(w.parent, r, 0));
      case_of = deep;
    }
    const bool any_limited = std::any_of(d_.limited.begin(), d_.limited.end(), [](uint64_t word) { return word != 0; });
    const WindowRows at{list.phantom, list.first, case_of, d_.limited, any_limited};
    Column& out = d_.own[inst.dst];
    d_.registers[inst.dst] = &out;
    out.uniform = false;
    out.reset(program_.registers[inst.dst].type, rows(w.parent));
    if (inst.op == Op::any) window_any(context_, w, at, d_.scratch, d_.pool, out);
    else window_count(context_, w, at, d_.scratch, d_.pool, out, d_.pool);
  }

  void fold_truth(const Inst& inst, Column& out) {
    const Id domain = program_.registers[operand(inst, 0)].domain;
    if (can_carry() && program_.domains[domain].parent == inst.domain) {
      (inst.op == Op::any ? any_by_carry : all_by_carry)(d_.segments_of(domain), arg(inst, 0), out);
    } else {
      (inst.op == Op::any ? any : vm::all)(child(inst, 0), arg(inst, 0), out);
    }
  }

  void decide_rows(const Inst& inst, Column& out) {
    const Block& block = program_.blocks[inst.imm];
    std::vector<Standing> standing;
    uint32_t next = 0;
    for (const Id r : block.rules) {
      const Rule& rule = program_.rules[r];
      if (rule.outcome == no_outcome) continue;
      standing.push_back({&rule, Truth::no});
      ++next;
    }
    // The same states give the same outcomes: each combination is decided once, however often the storage is used.
    constexpr uint32_t most_remembered = 5;
    std::vector<uint32_t>* const decided = inst.n <= most_remembered ? &d_.decided[inst.imm] : nullptr;
    if (decided) decided->resize(size_t{1} << (2 * inst.n));
    uint32_t* const sets = decided ? decided->data() : nullptr;
    int64_t* const cells = out.cell8.data();
    const auto decided_now = [&](Row row) {
      uint32_t modify = next;
      for (uint32_t k = 0; k < standing.size(); ++k) {
        standing[k].stands = arg(inst, k).truth(row);
        if (standing[k].rule->equals_request != none_id) standing[k].equals_request = arg(inst, modify++).truth(row);
      }
      return decide(standing);
    };
    for (uint32_t word = 0; word < words(out.rows); ++word) {
      out.p[word] = word + 1 == words(out.rows) ? tail_mask(out.rows) : ~uint64_t{0};
      for (Row row = word * 64; row < std::min(word * 64 + 64, out.rows); row += 8) {
        const Row end = std::min(row + 8, out.rows);
        // Eight rows' states at once, two bits each operand.
        uint64_t states[2] = {};
        for (uint32_t k = 0; sets && k < inst.n; ++k) {
          const Column& c = arg(inst, k);
          const uint64_t p = c.uniform ? -(c.p[0] & 1) : c.p[word] >> (row % 64), q = c.uniform ? -(c.q[0] & 1) : c.q[word] >> (row % 64);
          states[k / 4] |= (bytes_of_bits(p) | bytes_of_bits(q) << 1) << (2 * (k % 4));
        }
        for (Row r = row; r < end; ++r) {
          if (!sets) {
            cells[r] = decided_now(r);
            continue;
          }
          const uint32_t shift = 8 * (r - row);
          uint32_t& set = sets[(states[0] >> shift & 0xff) | (states[1] >> shift & 0xff) << 8];
          if (set == 0) set = decided_now(r);
          cells[r] = set;
        }
      }
    }
  }

  void fold_rows(const Inst& inst, Column& out) {
    const Block& block = program_.blocks[inst.imm];
    const Column &outcomes = arg(inst, 0), &included = arg(inst, 1);
    const DomainRows& items = child(inst, 0);
    std::vector<Item> found;
    for (Row row = 0; row < out.rows; ++row) {
      found.clear();
      for (Row k = items.first[row]; k < items.first[row + 1]; ++k) {
        found.push_back({static_cast<OutcomeSet>(outcomes.cell8[k]), included.truth(k)});
      }
      set_bit(out.p, row, true);
      out.cell8[row] = fold_items(block.fold, found);
    }
  }

  // Of rows that are not recorded a test of the record says nothing while their criterion is open: each may be another one.
  void leave_open(const Inst& inst, Column& out) {
    if (out.uniform) return;
    const Plane& phantom = d_.rows_of(inst.domain).phantom;
    const Column &applies = arg(inst, 0), &value = arg(inst, 1);
    for (uint32_t w = 0; w < words(out.rows); ++w) {
      for (uint64_t left = phantom[w]; left; left &= left - 1) {
        const Row r = w * 64 + static_cast<Row>(std::countr_zero(left));
        const Truth a = applies.truth(r);
        if (a == Truth::unknown || (a == Truth::yes && value.truth(r) == Truth::unknown)) out.set_truth(r, Truth::unknown);
      }
    }
  }

  void granted(const Inst& inst, Column& out) {
    constexpr OutcomeSet given = set_of(Outcome::approve) | set_of(Outcome::approve_with_conditions) | set_of(Outcome::modify);
    constexpr OutcomeSet refused = set_of(Outcome::deny) | set_of(Outcome::not_required) | set_of(Outcome::not_decided);
    const Column &outcomes = arg(inst, 0), &scope = arg(inst, 1);
    for (uint32_t word = 0; word < words(out.rows); ++word) {
      const Row begin = word * 64, n = std::min<uint32_t>(64, out.rows - begin);
      uint64_t none_given = 0, all_given = 0;
      for (Row k = 0; k < n; ++k) {
        const auto set = static_cast<OutcomeSet>(outcomes.cell8[begin + k]);
        none_given |= uint64_t{(set & ~refused) == 0} << k;
        all_given |= uint64_t{(set & ~given) == 0} << k;
      }
      const uint64_t t = scope.uniform ? -(scope.p[0] & 1) : scope.p[word], f = scope.uniform ? -(scope.q[0] & 1) : scope.q[word];
      const uint64_t no = (none_given | f) & low_mask(n);
      out.p[word] = all_given & t & ~no;
      out.q[word] = no;
    }
  }

  void unnest(const Inst& inst, Column& out) {
    const Column& lists = arg(inst, 0);
    make_unnested(program_, batch_, inst.domain, lists, d_.pool, d_.late_domains, d_.domains, d_.limited);
    joined_.clear();
    d_.ancestors.clear();
    for (Segments& s : d_.segments) s.made = false;
    const DomainRows& rows = d_.rows_of(inst.domain);
    out.reset(program_.registers[inst.dst].type, rows.rows);
    for (Row r = 0; r < rows.rows; ++r) {
      const Value list = get(lists, rows.up[r], d_.pool);
      put(out, r, list.kind == Kind::value ? list.items[r - rows.first[rows.up[r]]] : Value::unknown(list.cause), d_.pool);
    }
  }

  Usage usage(const Inst& inst) {
    return {child(inst, 0), arg(inst, 0), arg(inst, 1), child(inst, 2), arg(inst, 2), arg(inst, 3), arg(inst, 4), arg(inst, 5)};
  }

  void one(const Inst& inst) {
    if (inst.op == Op::column) {
      const Declared& declared = prepared_.declared[inst.imm];
      Column& own = d_.own[inst.dst];
      const bool open = declared.matters && read_as_declared(declared, d_, inst.imm, own, d_.pool);
      d_.registers[inst.dst] = open ? &own : &batch_.columns[inst.imm];
      return;
    }
    if (!foresees_) {
      if (const Id same = passed_on(program_, inst, Computed{d_}); same != none_id) {
        d_.registers[inst.dst] = d_.registers[same];
        return;
      }
    }
    Column& out = d_.own[inst.dst];
    const Register& reg = program_.registers[inst.dst];
    d_.registers[inst.dst] = &out;
    const bool of_truths = combines_truths(inst.op);
    out.uniform = reg.domain == none_id || (of_truths && all_uniform(inst));
    const uint32_t n = out.uniform ? 1 : rows(reg.domain);
    // What writes both planes of every word, and each cell that it makes known or odd, needs no rows that are unknown before.
    if (of_truths || inst.op == Op::call) resize(out, reg.type, n);
    else if (inst.op != Op::up && inst.op != Op::src) out.reset(reg.type, n);   // which move() does
    Pool& pool = d_.pool;
    switch (inst.op) {
      case Op::konst: put(out, 0, prepared_.constants[inst.imm], pool); break;
      case Op::column: break;  // above
      case Op::member: {
        const Plane& phantom = rows_of(inst.domain).phantom;
        for (uint32_t w = 0; w < words(out.rows); ++w)
          out.p[w] = ~phantom[w] & (w + 1 == words(out.rows) ? tail_mask(out.rows) : ~uint64_t{0});
        break;
      }
      case Op::up:
      case Op::src: move(d_, inst, arg(inst, 0), out); break;
      case Op::truth_not: truth_not(arg(inst, 0), out); break;
      case Op::truth_and: truth_and(args(inst), out); break;
      case Op::truth_or: truth_or(args(inst), out); break;
      case Op::keep: keep(arg(inst, 0), out); break;
      case Op::select: select(context_, arg(inst, 0), arg(inst, 1), arg(inst, 2), pool, out, pool); break;
      case Op::call: forms(inst.fn).columns(context_, args(inst).data(), pool, out, pool); break;
      case Op::lookup: lookup(context_, prepared_.tables[inst.imm], arg(inst, 0), pool, out, pool); break;
      case Op::in_set: in_set(prepared_.tables[inst.imm], arg(inst, 0), nullptr, pool, out); break;
      case Op::in_set_on: in_set(prepared_.tables[inst.imm], arg(inst, 0), &arg(inst, 1), pool, out); break;
      case Op::is_null: is_null(arg(inst, 0), pool, out); break;
      case Op::coalesce: coalesce(context_, args(inst), pool, out, pool); break;
      case Op::any:
      case Op::all: fold_truth(inst, out); break;
      case Op::count: count(context_, child(inst, 0), arg(inst, 0), out, pool); break;
      case Op::at_least: at_least(args(inst), inst.imm, out); break;
      case Op::fold: {
        const bool has_values = prepared_.definitions.has_values(program_.operands[inst.args + 1]);
        fold(context_, static_cast<FoldKind>(inst.fn), child(inst, 0), arg(inst, 0), arg(inst, 1), has_values, pool, out, pool);
        break;
      }
      case Op::pick: pick(context_, inst.fn == 1, child(inst, 0), arg(inst, 0), arg(inst, 1), arg(inst, 2), pool, out, pool); break;
      case Op::only: only(context_, child(inst, 0), arg(inst, 0), arg(inst, 1), pool, out, pool); break;
      case Op::shown: shown(arg(inst, 0), arg(inst, 1), out), leave_open(inst, out); break;
      case Op::not_shown: not_shown(arg(inst, 0), arg(inst, 1), out), leave_open(inst, out); break;
      case Op::undetermined: undetermined(arg(inst, 0), arg(inst, 1), out), leave_open(inst, out); break;
      case Op::assert_value: assert_value(arg(inst, 0), arg(inst, 1), out); break;
      case Op::assert_applicable: assert_applicable(arg(inst, 0), arg(inst, 1), out); break;
      case Op::status_value: status_value(arg(inst, 0), arg(inst, 1), out); break;
      case Op::decide: decide_rows(inst, out); break;
      case Op::fold_items: fold_rows(inst, out); break;
      case Op::granted: granted(inst, out); break;
      case Op::used_days: used_days(context_, usage(inst), pool, out, pool); break;
      case Op::fullest: fullest(context_, usage(inst), inst.imm == 1, arg(inst, 6), pool, out, pool); break;
      case Op::gather: compose(context_, inst.fn == 0 ? Type::list : Type::tuple, args(inst), pool, out, pool); break;
      case Op::narrow: narrow(arg(inst, 0), pool, out, pool); break;
      case Op::unnest: unnest(inst, out); break;
      case Op::nest: nest(context_, child(inst, 0), args(inst), inst.imm, pool, out, pool); break;
      case Op::final: last_step(child(inst, 1), arg(inst, 0), arg(inst, 1), pool, out, pool); break;
      case Op::repeat:
      case Op::scan: break;  // in range()
    }
  }

  const Program& program_;
  const Prepared& prepared_;
  const Plan& plan_;
  const bool foresees_;                     // the plan knows what is passed on
  const Decisions& d_;
  const Batch& batch_;
  Context context_;
  std::span<const Pin> pins_;
  const std::vector<bool>* wanted_;
  static constexpr size_t usual_args = 32;
  std::vector<const Column*> args_ = std::vector<const Column*>(usual_args);   // of the instruction that is computed
  std::map<std::pair<Id, Id>, DomainRows> joined_;
};

}  // namespace

const DomainRows& Decisions::rows_of(Id domain) const {
  if (!made_while_running((**program).domains[domain].make)) return batch->domains[domain];
  if (late_domains[domain]) {
    make_cross(**program, *batch, domain, domains, limited);
    late_domains[domain] = false;
  }
  return domains[domain];
}

const Segments& Decisions::segments_of(Id domain) const {
  Segments& out = segments[domain];
  if (!out.made) make_segments(rows_of(domain), out);
  return out;
}

Row Decisions::ancestor(Id domain, Row r, Id target) const {
  for (; domain != target; domain = (**program).domains[domain].parent) r = rows_of(domain).up[r];
  return r;
}

std::vector<Row> Decisions::case_starts(Id domain) const {
  for (Id d = domain; d != 0; d = (**program).domains[d].parent) rows_of(d);
  return vm::case_starts(**program, *batch, domains, domain);
}

const Column& Decisions::made_late(Id reg) const {
  const Prepared& prepared = program->prepared();
  Run(*program, *this, prepared.plain, {}, nullptr).late(reg);
  return *registers[reg];
}

namespace {

Decisions run(const VerifiedProgram& program, std::shared_ptr<const Batch> batch, std::span<const Pin> pins, const std::vector<bool>* only,
              Decisions used, bool whole, const std::function<void(Decisions&)>& give) {
  Decisions d = std::move(used);
  if (d.program != &program) d.decided.clear();
  d.program = &program;
  d.batch = std::move(batch);
  d.pool = d.batch->pool;
  if (d.arena) d.arena->release();
  else d.arena = std::make_unique<ArenaWithRoom>();
  d.own.resize(program->registers.size());
  d.registers.resize(program->registers.size());
  // A run of all instructions writes every register before one reads it.
  for (Id reg = 0; only && reg < d.own.size(); ++reg) d.registers[reg] = &d.own[reg];
  // What holds a register at a value must find that it is computed.
  const Prepared& prepared = program.prepared();
  const auto pinned_late = [&](const Pin& pin) {
    return prepared.maker[pin.reg] != none_id && prepared.windowed.late[prepared.maker[pin.reg]];
  };
  const bool windowed = use_windows && !whole && std::none_of(pins.begin(), pins.end(), pinned_late);
  const auto judged = [&](Id column) { return !holds_nothing(d.batch->columns[column]); };
  const bool unjudged = windowed && pins.empty() && std::none_of(prepared.assertions.begin(), prepared.assertions.end(), judged);
  const Plan& plan = unjudged ? prepared.unjudged : windowed ? prepared.windowed : prepared.plain;
  for (const Id reg : plan.late_registers) d.registers[reg] = nullptr;
  d.ancestors.clear();
  d.segments.resize(program->domains.size());
  for (Segments& s : d.segments) s.made = false;
  d.limited.assign(words(d.batch->cases), 0);
  d.late_domains = plan.late_domains;
  make_crosses(*program, *d.batch, 0, d.late_domains, d.domains, d.limited);
  if (give) give(d);
  Run(program, d, plan, pins, only).all();
  return d;
}

}  // namespace

Decisions run(const VerifiedProgram& program, std::shared_ptr<const Batch> batch, std::span<const Pin> pins, const std::vector<bool>* only,
              Decisions used) {
  return run(program, std::move(batch), pins, only, std::move(used), false, {});
}

Decisions run_whole(const VerifiedProgram& program, std::shared_ptr<const Batch> batch, const std::vector<bool>* only, Decisions used) {
  return run(program, std::move(batch), {}, only, std::move(used), true, {});
}

Decisions run_slice(const VerifiedProgram& program, std::shared_ptr<const Batch> batch, std::span<const Pin> pins,
                    const std::vector<bool>& only, const std::function<void(Decisions&)>& give, Decisions used) {
  return run(program, std::move(batch), pins, &only, std::move(used), true, give);
}

}  // namespace rubric::vm
