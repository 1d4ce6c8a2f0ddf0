// Instructions: each reads what is already written, on domains and of types that its opcode takes.
#include "vm/verify_parts.h"

#include "vm/kernels.h"
#include "vm/opcodes.h"
#include "vm/operators.h"

#include <set>

namespace rubric::vm {
namespace {

class CodeCheck : Check {
 public:
  explicit CodeCheck(const Program& p) : Check(p) {}

  std::string reason() {
    code();
    return reason_;
  }

 private:
  void code() {
    written_.assign(p_.registers.size(), false);
    uint32_t body_end = 0;
    Id seen = none_id, made = none_id;
    std::vector<std::pair<uint32_t, Id>> scans;   // the end of each body, and what it has to make
    for (uint32_t at = 0; at < p_.code.size() && !bad(); ++at) {
      const Inst& inst = p_.code[at];
      if (at == body_end && made != none_id) {
        if (!written_[made]) return fail("instruction {}: a repeat's body does not make what it waits for", at);
        seen = made = none_id;
      }
      if (static_cast<size_t>(inst.op) >= opcodes().size())
        return fail("instruction {}: opcode {} does not exist", at, static_cast<int>(inst.op));
      if (uint64_t{inst.args} + inst.n > p_.operands.size()) return fail("instruction {}: operands do not exist", at);
      in(inst.domain, p_.domains, "domain", true);
      while (!scans.empty() && scans.back().first <= at) {
        if (!written_[scans.back().second]) return fail("instruction {}: a scan's body does not make its next step", at);
        scans.pop_back();
      }
      if ((inst.op == Op::scan || inst.op == Op::repeat) && inst.dst != none_id)
        return fail("instruction {}: writes what it does not make", at);
      if (inst.op == Op::scan) {
        scan(at, inst);
        if (bad()) return;
        const uint32_t end = at + 1 + inst.imm;
        if ((!scans.empty() && end > scans.back().first) || (made != none_id && end > body_end))
          return fail("instruction {}: a scan reaches beyond what it stands in", at);
        scans.emplace_back(end, operand(inst, 2));
        continue;
      }
      if (inst.op == Op::repeat) {
        if (!scans.empty()) return fail("instruction {}: a repeat inside of a scan", at);
        if (made != none_id) return fail("instruction {}: repeats cannot be nested", at);
        if (inst.n != 2 || inst.imm > p_.code.size() - at - 1 || inst.imm == 0) return fail("instruction {}: a repeat without a body", at);
        seen = operand(inst, 0);
        made = operand(inst, 1);
        reg(seen, false);
        reg(made, false);
        if (bad()) return;
        // What is waited for may also lie before the body: then one round more takes it over.
        if (seen == made || written_[seen] || p_.registers[seen].type != Type::truth || p_.registers[made].type != Type::truth ||
            p_.registers[seen].domain != p_.registers[made].domain || p_.registers[seen].domain == none_id) {
          return fail("instruction {}: a repeat's two registers do not belong together", at);
        }
        written_[seen] = true;
        body_end = at + 1 + inst.imm;
        continue;
      }
      instruction(at, inst);
    }
    if (!bad() && made != none_id && !written_[made]) return fail("a repeat's body does not make what it waits for");
    for (const auto& [end, next] : scans) {
      if (!bad() && !written_[next]) fail("a scan's body does not make its next step");
    }
  }

  void scan(uint32_t at, const Inst& inst) {
    if (inst.n != 3 || inst.imm > p_.code.size() - at - 1 || inst.imm == 0) return fail("instruction {}: a scan without a body", at);
    const Id seen = operand(inst, 0), start = operand(inst, 1), next = operand(inst, 2);
    for (const Id r : {seen, start, next}) reg(r, false);
    if (bad()) return;
    const Register &a = p_.registers[seen], &b = p_.registers[start], &c = p_.registers[next];
    if (seen == next || written_[seen] || written_[next] || !written_[start] || a.type != b.type || a.type != c.type ||
        a.type == Type::outcome || a.domain == none_id || c.domain != a.domain || p_.domains[a.domain].make != Make::unnest ||
        !unnested_.contains(a.domain) || (b.domain != none_id && b.domain != p_.domains[a.domain].parent)) {
      return fail("instruction {}: a scan's registers do not belong together", at);
    }
    written_[seen] = true;
  }

  Id operand(const Inst& inst, uint32_t k) const { return p_.operands[inst.args + k]; }

  void instruction(uint32_t at, const Inst& inst) {
    const OpcodeInfo& info = opcodes()[static_cast<size_t>(inst.op)];
    reg(inst.dst, false);
    if (bad()) return;
    const Register& dst = p_.registers[inst.dst];
    if (written_[inst.dst]) return fail("instruction {}: register {} is written twice", at, inst.dst);
    if (dst.domain != inst.domain) return fail("instruction {}: its register stands on another domain", at);
    operands(at, inst, info.operands);
    if (bad()) return;
    for (Id d = inst.domain; d != none_id; d = p_.domains[d].parent) {
      if (p_.domains[d].make == Make::unnest && !(inst.op == Op::unnest && d == inst.domain) && !unnested_.contains(d))
        return fail("instruction {}: its rows are not made yet", at);
    }
    if (info.writes == Writes::typed && dst.type != info.type) return fail("instruction {}: its register has another type", at);
    if (info.writes == Writes::same && dst.type != p_.registers[operand(inst, inst.n - 1)].type)
      return fail("instruction {}: its register has another type", at);
    special(at, inst, dst);
    written_[inst.dst] = true;
  }

  void operands(uint32_t at, const Inst& inst, std::string_view kinds) {
    Id child = none_id, second = none_id;
    uint32_t k = 0;
    size_t c = 0;
    while (k < inst.n || c < kinds.size()) {
      if (c >= kinds.size()) return fail("instruction {}: too many operands", at);
      const size_t begin = c;
      const bool truth = kinds[c] == 't';
      if (truth) ++c;
      const char kind = kinds[c++];
      const bool many = c < kinds.size() && kinds[c] == '*';
      if (k >= inst.n) {
        // A repeated operand may be missing altogether.
        if (many) return;
        return fail("instruction {}: too few operands", at);
      }
      const Id id = operand(inst, k);
      reg(id, false);
      if (bad()) return;
      if (!written_[id]) return fail("instruction {}: register {} is read before it is written", at, id);
      const Register& r = p_.registers[id];
      if (truth && r.type != Type::truth) return fail("instruction {}: operand {} is not a truth", at, k);
      switch (kind) {
        case 'H':
          if (r.domain != none_id && r.domain != inst.domain) return fail("instruction {}: operand {} stands on another domain", at, k);
          break;
        case 'U':
          if (r.domain == none_id || inst.domain == none_id || r.domain == inst.domain || !is_ancestor(r.domain, inst.domain))
            return fail("instruction {}: operand {} does not stand above", at, k);
          break;
        case 'P':
          if (inst.domain == none_id || (r.domain != none_id && r.domain != p_.domains[inst.domain].parent))
            return fail("instruction {}: operand {} does not stand on the parent", at, k);
          break;
        case 'S':
          if (inst.domain == none_id || r.domain == none_id || p_.domains[inst.domain].from != r.domain)
            return fail("instruction {}: its rows are not made from operand {}'s", at, k);
          break;
        case 'B':
        case 'C': {
          Id& below = kind == 'B' ? child : second;
          if (below == none_id && r.domain == none_id) return fail("instruction {}: operand {} stands on no rows", at, k);
          if (below == none_id) below = r.domain;
          if (r.domain != none_id &&
              (r.domain != below || inst.domain == none_id || r.domain == inst.domain || !is_ancestor(inst.domain, r.domain)))
            return fail("instruction {}: operand {} does not stand below", at, k);
          break;
        }
        default: return fail("instruction {}: operand {} has an unknown kind", at, k);
      }
      ++k;
      if (many) {
        if (k < inst.n) {
          c = begin;
        } else {
          ++c;
        }
      }
    }
  }

  void types_match(uint32_t at, const Inst& inst, uint32_t a, uint32_t b) {
    if (p_.registers[operand(inst, a)].type != p_.registers[operand(inst, b)].type) fail("instruction {}: operands of different types", at);
  }

  void special(uint32_t at, const Inst& inst, const Register& dst) {
    const auto type_of = [&](uint32_t k) { return p_.registers[operand(inst, k)].type; };
    switch (inst.op) {
      case Op::konst:
        in(inst.imm, p_.constants, "constant");
        if (!bad() && inst.domain != none_id) fail("instruction {}: a constant stands on no domain", at);
        if (!bad() && p_.constants[inst.imm].kind == Kind::value && p_.constants[inst.imm].type != dst.type)
          fail("instruction {}: the constant has another type", at);
        if (!bad() && dst.type == Type::outcome) fail("instruction {}: an outcome is no constant", at);
        break;
      case Op::column:
        in(inst.imm, p_.columns, "column");
        if (!bad() && (p_.columns[inst.imm].type != dst.type || p_.columns[inst.imm].domain != dst.domain))
          fail("instruction {}: the column is another", at);
        break;
      case Op::member:
        if (inst.domain == none_id) fail("instruction {}: there are no rows", at);
        break;
      case Op::up:
      case Op::src:
        if (inst.domain == none_id || dst.type == Type::outcome) fail("instruction {}: there are no rows", at);
        break;
      case Op::select: types_match(at, inst, 1, 2); break;
      case Op::coalesce:
        for (uint32_t k = 1; k < inst.n; ++k) types_match(at, inst, 0, k);
        if (dst.type == Type::truth || dst.type == Type::outcome) fail("instruction {}: a value is expected", at);
        break;
      case Op::is_null:
        if (type_of(0) == Type::outcome) fail("instruction {}: a value is expected", at);
        break;
      case Op::call: {
        if (inst.fn >= vm::operators().size()) return fail("instruction {}: operator {} does not exist", at, inst.fn);
        const OperatorInfo& op = vm::operators()[inst.fn];
        if (op.args.size() != inst.n || op.result != dst.type)
          return fail("instruction {}: operator {} is called in another form", at, op.name);
        for (uint32_t k = 0; k < inst.n; ++k) {
          if (type_of(k) == Type::outcome || (op.args[k] != Type::any && type_of(k) != op.args[k]))
            fail("instruction {}: operator {} takes operands of other types", at, op.name);
        }
        break;
      }
      case Op::gather:
        if (inst.fn > 1 || dst.type != (inst.fn == 0 ? Type::list : Type::tuple))
          return fail("instruction {}: its register has another type", at);
        for (uint32_t k = 0; k < inst.n; ++k) {
          if (type_of(k) == Type::outcome || (inst.fn == 1 && k % 2 == 0 && type_of(k) != Type::text))
            return fail("instruction {}: these values cannot be gathered", at);
        }
        if (inst.fn == 1 && inst.n % 2 != 0) fail("instruction {}: a name without a value", at);
        break;
      case Op::narrow:
        if (type_of(0) == Type::outcome || dst.type == Type::outcome) fail("instruction {}: a value is expected", at);
        break;
      case Op::unnest:
        if (inst.domain == none_id || p_.domains[inst.domain].make != Make::unnest || type_of(0) != Type::list || dst.type != Type::any)
          return fail("instruction {}: it makes no elements", at);
        if (!unnested_.insert(inst.domain).second) fail("instruction {}: its rows are made twice", at);
        break;
      case Op::nest:
        for (uint32_t k = 1; k < inst.n; ++k) {
          if (type_of(k) == Type::outcome) fail("instruction {}: values are expected", at);
        }
        break;
      case Op::final:
        if (dst.type == Type::outcome || type_of(0) != dst.type || p_.registers[operand(inst, 1)].domain == none_id ||
            p_.domains[p_.registers[operand(inst, 1)].domain].parent != inst.domain)
          fail("instruction {}: there are no steps", at);
        break;
      case Op::lookup:
        in(inst.imm, p_.tables, "table");
        if (!bad() && (p_.tables[inst.imm].key != type_of(0) || p_.tables[inst.imm].value != dst.type ||
                       (p_.tables[inst.imm].values.empty() && !p_.tables[inst.imm].keys.empty())))
          fail("instruction {}: the table is of other types", at);
        break;
      case Op::in_set:
      case Op::in_set_on:
        in(inst.imm, p_.tables, "table");
        if (!bad() && p_.tables[inst.imm].key != type_of(0)) fail("instruction {}: the set is of another type", at);
        if (!bad() && inst.op == Op::in_set_on && type_of(1) != Type::date) fail("instruction {}: a date is expected", at);
        break;
      case Op::fold: {
        const auto kind = static_cast<FoldKind>(inst.fn);
        if (inst.fn > static_cast<uint16_t>(FoldKind::distinct)) return fail("instruction {}: fold {} does not exist", at, inst.fn);
        const Type t = type_of(1);
        const bool numeric = t == Type::integer || t == Type::decimal || t == Type::quantity;
        if (t == Type::outcome || (kind == FoldKind::sum && !numeric) || (kind == FoldKind::avg && t != Type::decimal))
          fail("instruction {}: these values cannot be folded so", at);
        if (dst.type != (kind == FoldKind::distinct ? Type::integer : t)) fail("instruction {}: its register has another type", at);
        break;
      }
      case Op::pick:
        if (inst.fn > 1 || dst.type != type_of(2) || dst.type == Type::outcome || type_of(1) == Type::outcome || dst.type == Type::truth)
          fail("instruction {}: these rows cannot be picked from so", at);
        break;
      case Op::only:
        if (dst.type != type_of(1) || dst.type == Type::outcome) fail("instruction {}: its register has another type", at);
        break;
      case Op::decide: {
        in(inst.imm, p_.blocks, "block");
        if (bad()) return;
        uint32_t wanted = 0;
        for (const Id r : p_.blocks[inst.imm].rules) {
          in(r, p_.rules, "rule");
          if (bad()) return;
          if (p_.rules[r].outcome != no_outcome) wanted += 1 + (p_.rules[r].equals_request != none_id);
        }
        if (wanted != inst.n || inst.domain == none_id) fail("instruction {}: the block has other rules", at);
        break;
      }
      case Op::fold_items:
        in(inst.imm, p_.blocks, "block");
        if (!bad() && (type_of(0) != Type::outcome || p_.registers[operand(inst, 0)].domain == none_id))
          fail("instruction {}: outcomes are expected", at);
        break;
      case Op::granted:
        if (type_of(0) != Type::outcome || inst.domain == none_id) fail("instruction {}: outcomes are expected", at);
        break;
      case Op::used_days:
      case Op::fullest:
        if (type_of(1) != Type::date || type_of(3) != Type::date || type_of(5) != Type::date ||
            p_.registers[operand(inst, 0)].domain == none_id || p_.registers[operand(inst, 2)].domain == none_id)
          fail("instruction {}: dates are expected", at);
        if (inst.op == Op::fullest && (inst.n < 7 || type_of(6) != Type::quantity)) fail("instruction {}: a length is expected", at);
        break;
      case Op::truth_not:
      case Op::truth_and:
      case Op::truth_or:
      case Op::keep:
      case Op::any:
      case Op::all:
      case Op::count:
      case Op::at_least:
      case Op::shown:
      case Op::not_shown:
      case Op::undetermined:
      case Op::assert_value:
      case Op::assert_applicable:
      case Op::status_value:
      case Op::repeat:
      case Op::scan: break;
    }
    if ((inst.op == Op::truth_and || inst.op == Op::truth_or || inst.op == Op::coalesce) && inst.n == 0)
      fail("instruction {}: too few operands", at);
  }

  std::vector<bool> written_;   // per register
  std::set<Id> unnested_;       // domains whose rows are made by then
};

}  // namespace

std::string wrong_in_code(const Program& p) { return CodeCheck(p).reason(); }

}  // namespace rubric::vm
