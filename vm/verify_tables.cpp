// The tables that everything else stands on: domains, constants, the record model, columns and registers.
#include "vm/verify_parts.h"

#include "vm/column.h"
#include "vm/date.h"
#include "vm/decimal.h"
#include "vm/moment.h"
#include "vm/units.h"

#include <set>

namespace rubric::vm {
namespace {

// Bounds that no policy reaches, so that a crafted file cannot ask for unreasonable work.
constexpr size_t most_registers = 1 << 20, most_code = 1 << 20;
constexpr uint32_t deepest_domain = 16;

class TablesCheck : Check {
 public:
  explicit TablesCheck(const Program& p) : Check(p) {}

  std::string reason() {
    for (const auto look : {&TablesCheck::sizes, &TablesCheck::domains, &TablesCheck::constants, &TablesCheck::nodes, &TablesCheck::columns,
                            &TablesCheck::registers}) {
      (this->*look)();
      if (bad()) break;
    }
    return reason_;
  }

 private:
  void sizes() {
    if (p_.registers.size() > most_registers || p_.code.size() > most_code) fail("it is larger than any policy");
    if (p_.file_texts.size() != p_.files.size()) fail("its sources do not match their names");
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
        if (made_while_running(p_.domains[def.parent].make) || p_.domains[def.parent].make == Make::reference)
          return fail("domain {}: a record list cannot stand under made rows", d);
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
        if (at == none_id || at >= p_.domains.size() || steps > deepest_domain ||
            (p_.domains[at].make != Make::cross && p_.domains[at].make != Make::reference)) {
          return fail("domain {}: its owner has no such list", d);
        }
        at = p_.domains[at].from;
      }
    }
  }

  void moment_constant(const Constant& c) {
    const bool time = c.type == Type::time;
    const int64_t from = time ? 0 : int64_t{days_of(min_year, 1, 1)} * day_ms,
                  to = time ? day_ms : (int64_t{days_of(max_year, 12, 31)} + 1) * day_ms;
    if (c.low < from || c.low >= to || c.precision < first_component(c.type) || c.precision > 7 || c.unit > 2880)
      fail("a constant is no moment of the calendar");
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
      if (t.from.size() != t.to.size() || (!t.from.empty() && t.from.size() != t.keys.size()))
        return fail("a table has a key without dates");
      const auto constant = [&](Id id, Type type, bool optional) {
        in(id, p_.constants, "constant", optional);
        if (!bad() && id != none_id && p_.constants[id].kind == Kind::value && p_.constants[id].type != type)
          fail("a table holds a value of another type");
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
            if (!bad() && (p_.constants[b->constant].kind != Kind::value || p_.constants[b->constant].type != f.type))
              fail("a field's bound is of another type");
          }
          const auto& owner = b->kind == Bound::Kind::of_case ? p_.nodes[0] : node;
          if (b->kind == Bound::Kind::sibling || b->kind == Bound::Kind::of_case) {
            in(b->field, owner.fields, "field");
            if (!bad() && (owner.fields[b->field].kind != FieldKind::scalar || owner.fields[b->field].type != f.type))
              fail("a field's bound is of another type");
          }
        }
        if (bad()) return;
        if (f.kind == FieldKind::scalar) {
          if (has_items(f.type) || f.type == Type::any || f.type == Type::outcome) fail("a field's type cannot stand in a record");
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
          if (!bad() &&
              (p_.nodes[f.node].fields[f.dated_by].kind != FieldKind::scalar || p_.nodes[f.node].fields[f.dated_by].type != Type::date))
            fail("a list is dated by something else than a date");
        }
        if (f.domain == none_id) continue;
        const DomainDef& d = p_.domains[f.domain];
        const Make wanted = f.kind == FieldKind::list ? Make::rows : Make::reference;
        if (d.make != wanted || d.node != f.node || node.domain == none_id || d.parent != node.domain)
          return fail("a list's rows stand elsewhere");
        if (f.kind == FieldKind::list && p_.nodes[f.node].domain != f.domain) return fail("a list's rows stand elsewhere");
        if (f.kind == FieldKind::reference && p_.nodes[0].fields[f.refers_to].domain != d.from)
          return fail("a reference names another list than its rows");
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
            if (f.kind != FieldKind::scalar || f.type != c.type || p_.nodes[c.node].domain != c.domain)
              fail("a column reads a field of another type or list");
            else if (f.column >= p_.columns.size() || &p_.columns[f.column] != &c) fail("a column is not the one that its field names");
          }
          break;
        case ColumnKind::position:
          if (c.type != Type::integer || make != Make::rows) fail("a column of positions has another type");
          break;
        case ColumnKind::assertion:
        case ColumnKind::judgment:
          if (c.type != Type::truth || c.criterion >= p_.criteria.size()) fail("a column of judgments names no criterion");
          break;
        case ColumnKind::decided_date:
          if (c.type != Type::date || make != Make::rows) fail("a column of decided dates has another type");
          in(c.node, p_.nodes, "node");
          if (!bad() && p_.nodes[c.node].domain != c.domain) fail("a column of decided dates stands elsewhere");
          if (!bad() && c.field != none_id) {
            in(c.field, p_.nodes[c.node].fields, "field");
            if (!bad() &&
                (p_.nodes[c.node].fields[c.field].type != Type::date || p_.nodes[c.node].fields[c.field].kind != FieldKind::scalar))
              fail("a decided date is no date");
          }
          break;
        case ColumnKind::as_of:
          if ((c.type != Type::date && c.type != Type::date_time) || c.domain != 0) fail("today stands elsewhere");
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

  std::set<Id> owners_;   // domains that a list of the record has claimed
};

}  // namespace

std::string wrong_in_tables(const Program& p) { return TablesCheck(p).reason(); }

}  // namespace rubric::vm
