// One pass over everything that the loader, the machine and the trace rely on. A check that fails is a reason in
// words; nothing is repaired.
#include "vm/verify.h"

#include "vm/date.h"
#include "vm/moment.h"
#include "vm/opcodes.h"
#include "vm/operators.h"
#include "vm/prepared.h"
#include "vm/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

namespace rubric::vm {
namespace {

// Bounds that no policy reaches, so that a crafted file cannot ask for unreasonable work.
constexpr size_t most_registers = 1 << 20, most_code = 1 << 20;
constexpr uint32_t deepest_domain = 16, deepest_outline = 64;

class Check {
 public:
  explicit Check(const Program& p) : p_(p) {}

  // The first thing found wrong, or nothing.
  std::string reason() {
    sizes();
    domains();
    constants();
    nodes();
    columns();
    registers();
    code();
    clauses();
    sites();
    return reason_;
  }

 private:
  template <class... A> void fail(fmt::format_string<A...> words, A&&... args) {
    if (reason_.empty()) reason_ = fmt::format(words, std::forward<A>(args)...);
  }
  bool bad() const { return !reason_.empty(); }
  template <class T> void in(Id id, const std::vector<T>& table, std::string_view what, bool optional = false) {
    if (id == none_id && optional) return;
    if (id >= table.size()) fail("{} {} does not exist", what, id);
  }
  void text(Id id, bool optional = true) { in(id, p_.texts, "text", optional); }
  void reg(Id id, bool optional = true) { in(id, p_.registers, "register", optional); }
  template <class E> void within(E value, E last, std::string_view what) {
    if (value > last) fail("a {} is out of range", what);
  }

  void sizes() {
    if (p_.registers.size() > most_registers || p_.code.size() > most_code) fail("it is larger than any policy");
    if (p_.file_texts.size() != p_.files.size()) fail("its sources do not match their names");
  }

  bool is_ancestor(Id above, Id domain) const {
    if (above == none_id) return true;
    for (; domain != none_id; domain = p_.domains[domain].parent) {
      if (domain == above) return true;
    }
    return false;
  }

  void domains() {
    if (p_.domains.empty() || p_.domains[0].make != Make::cases) return fail("it has no cases");
    for (Id d = 0; d < p_.domains.size() && !bad(); ++d) {
      const DomainDef& def = p_.domains[d];
      within(def.make, Make::unnest, "way of making rows");
      text(def.name);
      in(def.node, p_.nodes, "node", true);
      if (d == 0) {
        if (def.parent != none_id || def.from != none_id || def.via != none_id) fail("the cases have a parent");
        continue;
      }
      if (def.make == Make::cases) return fail("domain {} is a second set of cases", d);
      if (def.parent >= d) return fail("domain {} comes before its parent", d);
      uint32_t depth = 0;
      for (Id up = d; up != none_id; up = p_.domains[up].parent) ++depth;
      if (depth > deepest_domain) fail("domains are nested too deep");
      if (def.make == Make::rows || def.make == Make::reference) {
        if (def.node >= p_.nodes.size()) return fail("domain {} has no record list", d);
        if (made_while_running(p_.domains[def.parent].make) || p_.domains[def.parent].make == Make::reference) return fail("domain {}: a record list cannot stand under made rows", d);
      }
      if (def.make == Make::unnest) {
        if (def.from != none_id || def.via != none_id || def.node != none_id) fail("domain {} is made from another", d);
        continue;
      }
      if (def.make == Make::rows) {
        if (def.from != none_id || def.via != none_id) fail("domain {} is made from another", d);
        continue;
      }
      if (def.from >= p_.domains.size()) return fail("domain {} is made from nothing", d);
      const DomainDef& from = p_.domains[def.from];
      if (def.make == Make::reference) {
        if (from.make != Make::rows || from.parent != 0 || def.via != none_id) fail("domain {} refers to no list of the case", d);
        continue;
      }
      if (def.from >= d || (from.make != Make::rows && from.make != Make::reference)) return fail("domain {} crosses no record list", d);
      if (def.via == none_id) continue;
      if (!is_ancestor(def.via, def.parent)) return fail("domain {}: its owner is not above it", d);
      // From the owner's row the way must lead to the list's own parent.
      Id at = def.via;
      for (uint32_t steps = 0; at != from.parent; ++steps) {
        if (at == none_id || at >= p_.domains.size() || steps > deepest_domain || (p_.domains[at].make != Make::cross && p_.domains[at].make != Make::reference)) {
          return fail("domain {}: its owner has no such list", d);
        }
        at = p_.domains[at].from;
      }
    }
  }

  void moment_constant(const Constant& c) {
    const bool time = c.type == Type::time;
    const int64_t from = time ? 0 : int64_t{days_of(min_year, 1, 1)} * day_ms, to = time ? day_ms : (int64_t{days_of(max_year, 12, 31)} + 1) * day_ms;
    if (c.low < from || c.low >= to || c.precision < first_component(c.type) || c.precision > 7 || c.unit > 2880) fail("a constant is no moment of the calendar");
  }

  void constants() {
    for (const Constant& c : p_.constants) {
      if (c.kind != Kind::value && c.kind != Kind::none) return fail("a constant has no value");
      within(c.type, Type::any, "constant's type");
      if (c.kind == Kind::none) continue;
      if (has_items(c.type) || c.type == Type::any || c.type == Type::outcome) return fail("a constant of a type that has no constants");
      if (c.type == Type::date_time || c.type == Type::time) {
        moment_constant(c);
        continue;
      }
      if (c.unit >= unit_count()) fail("unit {} does not exist", c.unit);
      if (c.type == Type::text && static_cast<uint64_t>(c.low) >= p_.texts.size()) fail("a constant's text does not exist");
      if (c.type == Type::code && static_cast<uint64_t>(c.low) >= p_.codes.size()) fail("a constant's code does not exist");
      if (c.type == Type::date && (!in_calendar(c.low) || c.precision < 1 || c.precision > 3)) fail("a constant is no day of the calendar");
      if (c.type == Type::integer && (c.low < INT32_MIN || c.low > INT32_MAX)) fail("a constant is no integer");
      if (c.type == Type::truth && c.low != 0 && c.low != 1) fail("a constant is neither true nor false");
      if (c.type == Type::decimal || c.type == Type::quantity) {
        if (!fits((Int128{c.high} << 64) | static_cast<uint64_t>(c.low))) fail("a constant has too many digits");
      }
    }
    for (const Id system : p_.code_systems) text(system, false);
    for (const auto& [system, code] : p_.codes) {
      text(system, false);
      text(code, false);
    }
    for (const Table& t : p_.tables) {
      text(t.name);
      within(t.key, Type::any, "table's key type");
      within(t.value, Type::any, "table's value type");
      if (!t.values.empty() && t.values.size() != t.keys.size()) return fail("a table has a key without a value");
      if (t.from.size() != t.to.size() || (!t.from.empty() && t.from.size() != t.keys.size())) return fail("a table has a key without dates");
      const auto constant = [&](Id id, Type type, bool optional) {
        in(id, p_.constants, "constant", optional);
        if (!bad() && id != none_id && p_.constants[id].kind == Kind::value && p_.constants[id].type != type) fail("a table holds a value of another type");
      };
      for (const Id k : t.keys) {
        constant(k, t.key, false);
        if (!bad() && p_.constants[k].kind == Kind::none) fail("a table's key is none");
      }
      for (const Id v : t.values) constant(v, t.value, false);
      for (const Id d : t.from) constant(d, Type::date, true);
      for (const Id d : t.to) constant(d, Type::date, true);
      constant(t.otherwise, t.value, true);
      if (t.otherwise_key && t.key != t.value) fail("a table cannot answer with its key");
    }
  }

  void nodes() {
    if (p_.nodes.empty()) return p_.columns.empty() ? void() : fail("it reads a record without a model");
    for (Id n = 0; n < p_.nodes.size() && !bad(); ++n) {
      const Node& node = p_.nodes[n];
      text(node.name);
      in(node.domain, p_.domains, "domain", true);
      for (const Field& f : node.fields) {
        text(f.key, false);
        within(f.kind, FieldKind::reference, "field's kind");
        within(f.type, Type::any, "field's type");
        for (const Id word : f.one_of) text(word, false);
        text(f.code_system);
        in(f.domain, p_.domains, "domain", true);
        in(f.column, p_.columns, "column", true);
        for (const Bound* b : {&f.low, &f.high}) {
          within(b->kind, Bound::Kind::of_case, "bound");
          if (b->kind == Bound::Kind::constant) {
            in(b->constant, p_.constants, "constant");
            if (!bad() && (p_.constants[b->constant].kind != Kind::value || p_.constants[b->constant].type != f.type)) fail("a field's bound is of another type");
          }
          const auto& owner = b->kind == Bound::Kind::of_case ? p_.nodes[0] : node;
          if (b->kind == Bound::Kind::sibling || b->kind == Bound::Kind::of_case) {
            in(b->field, owner.fields, "field");
            if (!bad() && (owner.fields[b->field].kind != FieldKind::scalar || owner.fields[b->field].type != f.type)) fail("a field's bound is of another type");
          }
        }
        if (bad()) return;
        if (f.kind == FieldKind::scalar) {
          if (always_boxed(f.type) && f.type != Type::quantity) fail("a field's type cannot stand in a record");
          if (f.type == Type::outcome) fail("a field's type cannot stand in a record");
          if (f.domain != none_id || f.node != none_id) fail("a scalar field has rows");
          continue;
        }
        if (f.column != none_id) fail("a field that is no scalar has a column");
        // Nodes lie in order from the outside in, so that the model is a tree.
        if (f.kind != FieldKind::reference && (f.node <= n || f.node >= p_.nodes.size())) return fail("the record model is not a tree");
        if (f.kind == FieldKind::reference) {
          in(f.node, p_.nodes, "node");
          in(f.refers_to, p_.nodes[0].fields, "field");
          if (bad()) return;
          const Field& list = p_.nodes[0].fields[f.refers_to];
          if (list.kind != FieldKind::list || list.node >= p_.nodes.size()) return fail("a reference names no list");
          in(f.refers_by, p_.nodes[list.node].fields, "field");
          if (!bad() && p_.nodes[list.node].fields[f.refers_by].kind != FieldKind::scalar) fail("a reference names no number");
        }
        if (f.kind == FieldKind::object) {
          if (f.domain != none_id) fail("an object has rows of its own");
          continue;
        }
        if (f.kind == FieldKind::list && f.dated_by != none_id) {
          in(f.dated_by, p_.nodes[f.node].fields, "field");
          if (!bad() && (p_.nodes[f.node].fields[f.dated_by].kind != FieldKind::scalar || p_.nodes[f.node].fields[f.dated_by].type != Type::date)) fail("a list is dated by something else than a date");
        }
        if (f.domain == none_id) continue;
        const DomainDef& d = p_.domains[f.domain];
        const Make wanted = f.kind == FieldKind::list ? Make::rows : Make::reference;
        if (d.make != wanted || d.node != f.node || node.domain == none_id || d.parent != node.domain) return fail("a list's rows stand elsewhere");
        if (f.kind == FieldKind::list && p_.nodes[f.node].domain != f.domain) return fail("a list's rows stand elsewhere");
        if (f.kind == FieldKind::reference && p_.nodes[0].fields[f.refers_to].domain != d.from) return fail("a reference names another list than its rows");
        if (!owners_.insert(f.domain).second) return fail("two lists share their rows");
      }
    }
    if (!bad() && p_.nodes[0].domain != 0) return fail("the record model does not begin with the case");
    for (Id n = 0; n < p_.nodes.size() && !bad(); ++n) {
      for (const Field& f : p_.nodes[n].fields) {
        if (f.kind == FieldKind::object && p_.nodes[f.node].domain != p_.nodes[n].domain) return fail("an object's fields stand elsewhere");
      }
    }
    for (Id d = 0; d < p_.domains.size() && !bad(); ++d) {
      const Make m = p_.domains[d].make;
      if ((m == Make::rows || m == Make::reference) && !owners_.contains(d)) fail("domain {} has no list in the record", d);
    }
  }

  void columns() {
    for (const ColumnDef& c : p_.columns) {
      within(c.kind, ColumnKind::as_of, "column's kind");
      within(c.type, Type::any, "column's type");
      in(c.domain, p_.domains, "domain");
      text(c.path);
      if (bad()) return;
      const Make make = p_.domains[c.domain].make;
      switch (c.kind) {
        case ColumnKind::field:
          in(c.node, p_.nodes, "node");
          if (!bad()) in(c.field, p_.nodes[c.node].fields, "field");
          if (!bad()) {
            const Field& f = p_.nodes[c.node].fields[c.field];
            if (f.kind != FieldKind::scalar || f.type != c.type || p_.nodes[c.node].domain != c.domain) fail("a column reads a field of another type or list");
            else if (f.column >= p_.columns.size() || &p_.columns[f.column] != &c) fail("a column is not the one that its field names");
          }
          break;
        case ColumnKind::position:
          if (c.type != Type::integer || make != Make::rows) fail("a column of positions has another type");
          break;
        case ColumnKind::assertion: case ColumnKind::judgment:
          if (c.type != Type::truth || c.criterion >= p_.criteria.size()) fail("a column of judgments names no criterion");
          break;
        case ColumnKind::decided_date:
          if (c.type != Type::date || make != Make::rows) fail("a column of decided dates has another type");
          in(c.node, p_.nodes, "node");
          if (!bad() && p_.nodes[c.node].domain != c.domain) fail("a column of decided dates stands elsewhere");
          if (!bad() && c.field != none_id) {
            in(c.field, p_.nodes[c.node].fields, "field");
            if (!bad() && (p_.nodes[c.node].fields[c.field].type != Type::date || p_.nodes[c.node].fields[c.field].kind != FieldKind::scalar)) fail("a decided date is no date");
          }
          break;
        case ColumnKind::as_of:
          if (c.type != Type::date || c.domain != 0) fail("today stands elsewhere");
          break;
      }
      if (bad()) return;
    }
  }

  void registers() {
    for (const Register& r : p_.registers) {
      within(r.type, Type::any, "register's type");
      in(r.domain, p_.domains, "domain", true);
    }
  }

  // ---------------------------------------------------------------- code

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
      if (static_cast<size_t>(inst.op) >= opcodes().size()) return fail("instruction {}: opcode {} does not exist", at, static_cast<int>(inst.op));
      if (uint64_t{inst.args} + inst.n > p_.operands.size()) return fail("instruction {}: operands do not exist", at);
      in(inst.domain, p_.domains, "domain", true);
      while (!scans.empty() && scans.back().first <= at) {
        if (!written_[scans.back().second]) return fail("instruction {}: a scan's body does not make its next step", at);
        scans.pop_back();
      }
      if (inst.op == Op::scan) {
        scan(at, inst);
        if (bad()) return;
        const uint32_t end = at + 1 + inst.imm;
        if ((!scans.empty() && end > scans.back().first) || (made != none_id && end > body_end)) return fail("instruction {}: a scan reaches beyond what it stands in", at);
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
    for (Id r = 0; r < p_.registers.size() && !bad(); ++r) {
      if (!written_[r]) fail("register {} is never written", r);
    }
  }

  void scan(uint32_t at, const Inst& inst) {
    if (inst.n != 3 || inst.imm > p_.code.size() - at - 1 || inst.imm == 0) return fail("instruction {}: a scan without a body", at);
    const Id seen = operand(inst, 0), start = operand(inst, 1), next = operand(inst, 2);
    for (const Id r : {seen, start, next}) reg(r, false);
    if (bad()) return;
    const Register &a = p_.registers[seen], &b = p_.registers[start], &c = p_.registers[next];
    if (seen == next || written_[seen] || written_[next] || !written_[start] || a.type != b.type || a.type != c.type || a.type == Type::outcome || a.domain == none_id ||
        c.domain != a.domain || p_.domains[a.domain].make != Make::unnest || !unnested_.contains(a.domain) || (b.domain != none_id && b.domain != p_.domains[a.domain].parent)) {
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
      if (p_.domains[d].make == Make::unnest && !(inst.op == Op::unnest && d == inst.domain) && !unnested_.contains(d)) return fail("instruction {}: its rows are not made yet", at);
    }
    if (info.writes == Writes::typed && dst.type != info.type) return fail("instruction {}: its register has another type", at);
    if (info.writes == Writes::same && dst.type != p_.registers[operand(inst, inst.n - 1)].type) return fail("instruction {}: its register has another type", at);
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
          if (r.domain == none_id || inst.domain == none_id || r.domain == inst.domain || !is_ancestor(r.domain, inst.domain)) return fail("instruction {}: operand {} does not stand above", at, k);
          break;
        case 'P':
          if (inst.domain == none_id || (r.domain != none_id && r.domain != p_.domains[inst.domain].parent)) return fail("instruction {}: operand {} does not stand on the parent", at, k);
          break;
        case 'S':
          if (inst.domain == none_id || r.domain == none_id || p_.domains[inst.domain].from != r.domain) return fail("instruction {}: its rows are not made from operand {}'s", at, k);
          break;
        case 'B':
        case 'C': {
          Id& below = kind == 'B' ? child : second;
          if (below == none_id && r.domain == none_id) return fail("instruction {}: operand {} stands on no rows", at, k);
          if (below == none_id) below = r.domain;
          if (r.domain != none_id && (r.domain != below || inst.domain == none_id || r.domain == inst.domain || !is_ancestor(inst.domain, r.domain))) return fail("instruction {}: operand {} does not stand below", at, k);
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
        if (!bad() && p_.constants[inst.imm].kind == Kind::value && p_.constants[inst.imm].type != dst.type) fail("instruction {}: the constant has another type", at);
        if (!bad() && dst.type == Type::outcome) fail("instruction {}: an outcome is no constant", at);
        break;
      case Op::column:
        in(inst.imm, p_.columns, "column");
        if (!bad() && (p_.columns[inst.imm].type != dst.type || p_.columns[inst.imm].domain != dst.domain)) fail("instruction {}: the column is another", at);
        break;
      case Op::member:
        if (inst.domain == none_id) fail("instruction {}: there are no rows", at);
        break;
      case Op::up: case Op::src:
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
        if (op.args.size() != inst.n || op.result != dst.type) return fail("instruction {}: operator {} is called in another form", at, op.name);
        for (uint32_t k = 0; k < inst.n; ++k) {
          if (type_of(k) == Type::outcome || (op.args[k] != Type::any && type_of(k) != op.args[k])) fail("instruction {}: operator {} takes operands of other types", at, op.name);
        }
        break;
      }
      case Op::gather:
        if (inst.fn > 1 || dst.type != (inst.fn == 0 ? Type::list : Type::tuple)) return fail("instruction {}: its register has another type", at);
        for (uint32_t k = 0; k < inst.n; ++k) {
          if (type_of(k) == Type::outcome || (inst.fn == 1 && k % 2 == 0 && type_of(k) != Type::text)) return fail("instruction {}: these values cannot be gathered", at);
        }
        if (inst.fn == 1 && inst.n % 2 != 0) fail("instruction {}: a name without a value", at);
        break;
      case Op::narrow:
        if (type_of(0) == Type::outcome || dst.type == Type::outcome) fail("instruction {}: a value is expected", at);
        break;
      case Op::unnest:
        if (inst.domain == none_id || p_.domains[inst.domain].make != Make::unnest || type_of(0) != Type::list || dst.type != Type::any) return fail("instruction {}: it makes no elements", at);
        if (!unnested_.insert(inst.domain).second) fail("instruction {}: its rows are made twice", at);
        break;
      case Op::nest:
        for (uint32_t k = 1; k < inst.n; ++k) {
          if (type_of(k) == Type::outcome) fail("instruction {}: values are expected", at);
        }
        break;
      case Op::final:
        if (dst.type == Type::outcome || type_of(0) != dst.type || p_.registers[operand(inst, 1)].domain == none_id || p_.domains[p_.registers[operand(inst, 1)].domain].parent != inst.domain) fail("instruction {}: there are no steps", at);
        break;
      case Op::lookup:
        in(inst.imm, p_.tables, "table");
        if (!bad() && (p_.tables[inst.imm].key != type_of(0) || p_.tables[inst.imm].value != dst.type || (p_.tables[inst.imm].values.empty() && !p_.tables[inst.imm].keys.empty()))) fail("instruction {}: the table is of other types", at);
        break;
      case Op::in_set: case Op::in_set_on:
        in(inst.imm, p_.tables, "table");
        if (!bad() && p_.tables[inst.imm].key != type_of(0)) fail("instruction {}: the set is of another type", at);
        if (!bad() && inst.op == Op::in_set_on && type_of(1) != Type::date) fail("instruction {}: a date is expected", at);
        break;
      case Op::fold: {
        const auto kind = static_cast<FoldKind>(inst.fn);
        if (inst.fn > static_cast<uint16_t>(FoldKind::distinct)) return fail("instruction {}: fold {} does not exist", at, inst.fn);
        const Type t = type_of(1);
        const bool numeric = t == Type::integer || t == Type::decimal || t == Type::quantity;
        if (t == Type::outcome || (kind == FoldKind::sum && !numeric) || (kind == FoldKind::avg && t != Type::decimal)) fail("instruction {}: these values cannot be folded so", at);
        if (dst.type != (kind == FoldKind::distinct ? Type::integer : t)) fail("instruction {}: its register has another type", at);
        break;
      }
      case Op::pick:
        if (inst.fn > 1 || dst.type != type_of(2) || dst.type == Type::outcome || type_of(1) == Type::outcome || dst.type == Type::truth) fail("instruction {}: these rows cannot be picked from so", at);
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
        if (!bad() && (type_of(0) != Type::outcome || p_.registers[operand(inst, 0)].domain == none_id)) fail("instruction {}: outcomes are expected", at);
        break;
      case Op::granted:
        if (type_of(0) != Type::outcome || inst.domain == none_id) fail("instruction {}: outcomes are expected", at);
        break;
      case Op::used_days: case Op::fullest:
        if (type_of(1) != Type::date || type_of(3) != Type::date || type_of(5) != Type::date || p_.registers[operand(inst, 0)].domain == none_id || p_.registers[operand(inst, 2)].domain == none_id) fail("instruction {}: dates are expected", at);
        if (inst.op == Op::fullest && (inst.n < 7 || type_of(6) != Type::quantity)) fail("instruction {}: a length is expected", at);
        break;
      case Op::truth_not: case Op::truth_and: case Op::truth_or: case Op::keep: case Op::any: case Op::all: case Op::count: case Op::at_least:
      case Op::shown: case Op::not_shown: case Op::undetermined: case Op::assert_value: case Op::assert_applicable: case Op::status_value: case Op::repeat:
      case Op::scan:
        break;
    }
    if ((inst.op == Op::truth_and || inst.op == Op::truth_or || inst.op == Op::coalesce) && inst.n == 0) fail("instruction {}: too few operands", at);
  }

  // ---------------------------------------------------------------- what traces read

  // A register that is read at rows of `domain`.
  void at(Id r, Id domain, bool optional, std::string_view what, Type type = Type::truth, bool typed = true) {
    if (r == none_id && optional) return;
    reg(r, false);
    if (bad()) return;
    if (p_.registers[r].domain != none_id && p_.registers[r].domain != domain) return fail("{} stands on another domain", what);
    if (typed && p_.registers[r].type != type) fail("{} has another type", what);
  }
  void filled(const Template& t, Id domain) {
    for (const Template::Piece& piece : t.pieces) {
      text(piece.text);
      at(piece.reg, domain, true, "a sentence's value", Type::truth, false);
      if (!bad() && piece.reg != none_id && p_.registers[piece.reg].type == Type::outcome) fail("a sentence's value is an outcome");
    }
  }
  void cited(const std::vector<Id>& list) {
    for (const Id c : list) in(c, p_.cites, "citation");
  }

  void clauses() {
    if (bad()) return;
    for (const Source& s : p_.sources) {
      text(s.name);
      text(s.title);
    }
    for (const Cite& c : p_.cites) {
      in(c.source, p_.sources, "source", true);
      text(c.section);
      text(c.grade);
    }
    for (const Layer& l : p_.layers) {
      text(l.name);
      text(l.overlay);
      text(l.version);
      reg(l.applies);
    }
    for (const Criterion& c : p_.criteria) criterion(c);
    outline();
    for (const Rule& r : p_.rules) rule(r);
    for (const Modification& m : p_.modifications) {
      for (const auto& [field, value] : m.fields) {
        text(field, false);
        reg(value, false);
      }
    }
    for (const Condition& c : p_.conditions) {
      text(c.name);
      text(c.after);
      for (const Template::Piece& piece : c.text.pieces) {
        text(piece.text);
        reg(piece.reg);
      }
      for (const Id d : {c.due_from, c.due_to}) {
        in(d, p_.constants, "constant", true);
        if (!bad() && d != none_id && p_.constants[d].type != Type::quantity) fail("a condition is due at no duration");
      }
      for (const auto& [name, value] : c.values) {
        text(name, false);
        reg(value, false);
      }
      cited(c.cites);
    }
    for (const Remark& r : p_.remarks) {
      within(r.kind, Remark::Kind::observe, "remark's kind");
      in(r.block, p_.blocks, "block", true);
      in(r.domain, p_.domains, "domain");
      if (bad()) return;
      at(r.when, r.domain, true, "a remark's condition");
      filled(r.text, r.domain);
      cited(r.cites);
    }
    for (Id b = 0; b < p_.blocks.size() && !bad(); ++b) block(p_.blocks[b]);
    for (const auto& [id, type] : {std::pair{p_.line_sequence, Type::integer}, {p_.line_code, Type::code}, {p_.line_service, Type::text}, {p_.line_date, Type::date}}) {
      if (!bad() && id != none_id) at(id, p_.lines_domain, true, "what is said of a line", type);
    }
    if (!bad()) at(p_.review_type, 0, true, "the review type", Type::text);
    in(p_.lines_domain, p_.domains, "domain", true);
    if (!bad() && !p_.blocks.empty() && (p_.lines_domain == none_id || p_.domains[p_.lines_domain].make != Make::rows || p_.domains[p_.lines_domain].parent != 0)) fail("it decides no lines");
  }

  void criterion(const Criterion& c) {
    if (bad()) return;
    text(c.name, false);
    text(c.label);
    within(c.kind, CriterionKind::choice, "criterion's kind");
    in(c.block, p_.blocks, "block");
    in(c.domain, p_.domains, "domain");
    in(c.parent, p_.criteria, "criterion", true);
    for (const Id m : c.members) in(m, p_.criteria, "criterion");
    if (c.kind == CriterionKind::choice && c.members.size() != 2) fail("an amended criterion has not two versions");
    in(c.layer, p_.layers, "layer", p_.layers.empty());
    in(c.site, p_.sites, "site", true);
    in(c.applies_site, p_.sites, "site", true);
    if (bad()) return;
    for (const Id r : {c.applicable, c.value, c.computed_applicable, c.computed_value}) at(r, c.domain, false, "a criterion's register");
    at(c.asserted, c.domain, true, "a criterion's judgment");
    if (c.gate != none_id) {
      reg(c.gate);
      if (!bad() && (p_.registers[c.gate].type != Type::truth || !is_ancestor(p_.registers[c.gate].domain, c.domain))) fail("a criterion's layer stands elsewhere");
    }
    for (const Template* t : {&c.text, &c.met, &c.not_met, &c.undetermined, &c.member_met, &c.member_not_met, &c.member_undetermined}) filled(*t, c.domain);
    for (const Template& t : c.asks) filled(t, c.domain);
    for (const Id n : c.notes) text(n, false);
    for (const Id r : c.defeated_by) in(r, p_.rules, "rule");
    cited(c.cites);
  }

  // Members form trees: walking down from any criterion ends.
  void outline() {
    std::vector<uint8_t> state(p_.criteria.size(), 0);
    const std::function<void(Id, uint32_t)> walk = [&](Id id, uint32_t depth) {
      if (bad() || state[id] == 2) return;
      if (state[id] == 1 || depth > deepest_outline) return fail("criteria are members of themselves");
      state[id] = 1;
      for (const Id m : p_.criteria[id].members) walk(m, depth + 1);
      state[id] = 2;
    };
    for (Id c = 0; c < p_.criteria.size() && !bad(); ++c) walk(c, 0);
  }

  void rule(const Rule& r) {
    if (bad()) return;
    text(r.name, false);
    in(r.block, p_.blocks, "block");
    if (r.outcome != no_outcome && r.outcome >= std::size(outcome_rows)) fail("a rule's outcome does not exist");
    in(r.domain, p_.domains, "domain");
    in(r.modification, p_.modifications, "modification", true);
    for (const Id x : r.exceptions) in(x, p_.rules, "rule");
    for (const Id c : r.subject_to) in(c, p_.conditions, "condition");
    for (const Id c : r.reads) in(c, p_.criteria, "criterion");
    in(r.site, p_.sites, "site", true);
    in(r.layer, p_.layers, "layer", p_.layers.empty());
    for (const Id n : r.notes) text(n, false);
    cited(r.cites);
    if (bad()) return;
    at(r.fires, r.domain, false, "a rule's register");
    at(r.stands, r.domain, false, "a rule's register");
    at(r.equals_request, r.domain, true, "a rule's register");
    at(r.gate, r.domain, true, "a rule's register");
    filled(r.text, r.domain);
  }

  void block(const Block& b) {
    text(b.name);
    text(b.item_name);
    text(b.version);
    in(b.lines, p_.domains, "domain");
    in(b.items, p_.domains, "domain", true);
    within(b.fold, FoldItems::qualifying, "way of folding");
    for (const Id r : b.rules) in(r, p_.rules, "rule");
    for (const Id c : b.criteria) in(c, p_.criteria, "criterion");
    for (const auto& [review, outcome] : b.when_undetermined) {
      text(review);
      if (outcome >= std::size(outcome_rows)) fail("an outcome does not exist");
    }
    cited(b.cites);
    if (bad()) return;
    if (b.lines != p_.lines_domain) return fail("a block decides other lines");
    if ((b.items != none_id) != (b.fold != FoldItems::none)) return fail("a block folds no items");
    if (b.items != none_id && p_.domains[b.items].parent != b.lines) return fail("a block's items stand elsewhere");
    const Id domain = b.items == none_id ? b.lines : b.items;
    for (const Id r : b.rules) {
      if (p_.rules[r].domain != domain) return fail("a rule stands elsewhere than its block");
    }
    for (const Id c : b.criteria) {
      if (!is_ancestor(b.lines, p_.criteria[c].domain)) return fail("a criterion stands elsewhere than its block");
      const Id d = p_.criteria[c].domain;
      if (d != b.lines && p_.domains[d].parent != b.lines) return fail("a criterion stands elsewhere than its block");
    }
    at(b.scope, b.lines, false, "a block's scope");
    at(b.version_gate, b.lines, false, "a block's dates");
    at(b.item_scope, b.items, b.items == none_id, "a block's items");
    at(b.granted, b.lines, true, "a block's grants");
    at(b.item_outcome, domain, false, "a block's outcome", Type::outcome);
    at(b.outcome, b.lines, false, "a block's outcome", Type::outcome);
    for (const Id o : {b.item_outcome, b.outcome}) {
      if (!bad() && p_.registers[o].domain == none_id) fail("a block's outcome stands on no rows");
    }
  }

  void sites() {
    if (bad()) return;
    for (Id s = 0; s < p_.sites.size() && !bad(); ++s) {
      const Site& site = p_.sites[s];
      within(site.kind, SiteKind::limit, "site's kind");
      text(site.text);
      reg(site.value);
      for (const Id r : site.operands) reg(r, false);
      in(site.domain, p_.domains, "domain", true);
      reg(site.member);
      if (bad()) return;
      const bool rows = site.kind == SiteKind::has || site.kind == SiteKind::fold;
      if (site.value == none_id || (!rows && site.kind != SiteKind::truth && p_.registers[site.value].type != Type::truth)) return fail("a site shows no truth");
      if (rows) {
        // Its rows lie below the row that its value stands on.
        const Id above = p_.registers[site.value].domain;
        if (site.member == none_id || site.domain == none_id || above == none_id || above == site.domain || !is_ancestor(above, site.domain)) return fail("a site's rows stand elsewhere");
        if (p_.registers[site.member].type != Type::truth || p_.registers[site.member].domain != site.domain) return fail("a site's rows stand elsewhere");
      }
      for (const Id child : site.sites) {
        if (child >= s) return fail("sites are parts of themselves");
      }
    }
  }

  const Program& p_;
  std::string reason_;
  std::vector<bool> written_;
  std::set<Id> owners_, unnested_;
};

}  // namespace

std::variant<VerifiedProgram, std::string> verify(Program program) {
  if (std::string reason = Check(program).reason(); !reason.empty()) return reason;
  auto shared = std::make_shared<const Program>(std::move(program));
  auto prepared = prepare(*shared);
  return VerifiedProgram(std::move(shared), std::move(prepared));
}

}  // namespace rubric::vm
