// See code_digests.h.
//
// What stands in a table is told by what it holds, a place in the record by the keys that lead there, a register by the instruction
// that writes it.

#include "vm/code_digests.h"

#include <xxhash.h>

#include <algorithm>
#include <string_view>

namespace rubric::vm {
namespace {

using Digest = uint64_t;

class Digests {
 public:
  explicit Digests(const Program& p) : p_(p), places_(p.nodes.size(), 0), lists_(p.domains.size(), 0), registers_(p.registers.size(), 0) {
    if (!p.nodes.empty()) place(0, 1);
  }

  std::vector<Digest> all() {
    std::vector<Digest> out;
    for (const Inst& i : p_.code) {
      const bool loops = i.op == Op::repeat || i.op == Op::scan;
      const Digest digest = of(i);
      registers_[loops ? p_.operands[i.args] : i.dst] = digest;
      out.push_back(digest);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

 private:
  // Several into one.
  template <class... Part>
  static Digest of_all(Part... part) {
    const Digest parts[] = {static_cast<Digest>(part)...};
    return XXH3_64bits(parts, sizeof parts);
  }
  static Digest of_bytes(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

  void place(Id node, Digest digest) {
    places_[node] = digest;
    for (const Field& field : p_.nodes[node].fields) {
      const Digest at = of_all(digest, text(field.key));
      if (field.domain != none_id) lists_[field.domain] = at;
      if (field.node != none_id && field.kind != FieldKind::reference) place(field.node, at);
    }
  }

  Digest text(Id id) const { return id == none_id ? 0 : of_bytes(p_.texts[id]); }

  Digest constant(Id id) const {
    if (id == none_id) return 0;
    const Constant& c = p_.constants[id];
    Digest low = static_cast<Digest>(c.low);
    if (c.kind == Kind::value && c.type == Type::text) low = text(static_cast<Id>(c.low));
    if (c.kind == Kind::value && c.type == Type::code) {
      const auto& [system, code] = p_.codes[static_cast<Id>(c.low)];
      low = of_all(text(system), text(code));
    }
    return of_all(c.kind, c.type, c.precision, c.unit, low, c.high);
  }

  Digest table(const Table& t) const {
    Digest out = of_all(t.key, t.value, t.otherwise_key, constant(t.otherwise));
    for (const std::vector<Id>* list : {&t.keys, &t.values, &t.from, &t.to}) {
      for (const Id each : *list) out = of_all(out, constant(each));
      out = of_all(out, list->size());
    }
    return out;
  }

  Digest domain(Id id) const {
    if (id == none_id) return 0;
    const DomainDef& d = p_.domains[id];
    return of_all(d.make, domain(d.parent), domain(d.from), domain(d.via), lists_[id]);
  }

  Digest column(const ColumnDef& c) const {
    const Digest field = c.field == none_id ? 0 : of_all(places_[c.node], text(p_.nodes[c.node].fields[c.field].key));
    const Digest criterion = c.criterion == none_id ? 0 : text(p_.criteria[c.criterion].name);
    return of_all(c.kind, c.type, domain(c.domain), field, text(c.path), criterion);
  }

  // A block by what it makes of its rules.
  Digest block(const Block& b) const {
    Digest out = of_all(b.fold);
    for (const Id r : b.rules) out = of_all(out, p_.rules[r].outcome, p_.rules[r].modification, !p_.rules[r].subject_to.empty());
    return out;
  }

  Digest named(const Inst& i) const {
    switch (i.op) {
      case Op::konst: return constant(i.imm);
      case Op::column: return column(p_.columns[i.imm]);
      case Op::lookup:
      case Op::in_set:
      case Op::in_set_on: return table(p_.tables[i.imm]);
      case Op::decide:
      case Op::fold_items: return block(p_.blocks[i.imm]);
      default: return i.imm;   // a number
    }
  }

  Digest of(const Inst& i) const {
    Digest out = of_all(i.op, i.fn, domain(i.domain), i.n, named(i));
    for (uint32_t k = 0; k < i.n; ++k) out = of_all(out, registers_[p_.operands[i.args + k]]);
    return out;
  }

  const Program& p_;
  std::vector<Digest> places_, lists_;   // of nodes; of domains that are lists of the record
  std::vector<Digest> registers_;
};

}  // namespace

std::vector<uint64_t> code_digests(const Program& p) { return Digests(p).all(); }

}  // namespace rubric::vm
