#include "analysis/same_code.h"

#include <fmt/format.h>

#include <string>

namespace rubric::analysis {
namespace {

using vm::Id;
using vm::none_id;

// All that decides, in one text, and what it is called, in another; ids of texts and codes are said in words.
class Written {
 public:
  explicit Written(const vm::Program& p) : p_(p) {}

  std::string all() {
    add("{} {} {} {} {} {};", p_.lines_domain, p_.review_type, p_.line_sequence, p_.line_code, p_.line_service, p_.line_date);
    for (const vm::DomainDef& d : p_.domains) add("d {} {} {} {} {};", static_cast<int>(d.make), d.parent, d.from, d.via, d.node);
    for (const vm::Node& n : p_.nodes) node(n);
    for (const vm::ColumnDef& c : p_.columns) {
      add("c {} {} {} {} {} {} {} {};", static_cast<int>(c.kind), static_cast<int>(c.type), c.domain, c.node, c.field,
          c.kind == vm::ColumnKind::field ? text(c.path) : "", c.criterion, c.optional);
      // A judgment is given under the criterion's name.
      if (c.kind == vm::ColumnKind::judgment) add("{};", text(p_.criteria[c.criterion].name));
    }
    for (const vm::Register& r : p_.registers) add("r {} {};", r.domain, static_cast<int>(r.type));
    for (const vm::Inst& i : p_.code) {
      add("i {} {} {} {} {};", static_cast<int>(i.op), i.fn, i.domain, i.dst, i.op == vm::Op::konst ? 0 : i.imm);
      if (i.op == vm::Op::konst) constant(i.imm);
      for (uint32_t k = 0; k < i.n; ++k) add("{} ", p_.operands[i.args + k]);
    }
    for (const vm::Table& t : p_.tables) {
      add("t {} {} {};", static_cast<int>(t.key), static_cast<int>(t.value), t.otherwise_key);
      constant(t.otherwise);
      for (const auto* list : {&t.keys, &t.values, &t.from, &t.to}) {
        for (const Id id : *list) constant(id);
      }
    }
    for (const vm::Block& b : p_.blocks) {
      add("b {} {} {} {} {} {} {} {};", b.lines, b.items, static_cast<int>(b.fold), b.scope, b.version_gate, b.item_scope, b.item_outcome,
          b.outcome);
      ids(b.rules);
      for (const auto& [type, outcome] : b.when_undetermined) add("{}:{} ", text(type), outcome);
    }
    for (const vm::Rule& r : p_.rules) {
      add("u {} {} {} {} {} {} {};", r.outcome, r.domain, r.fires, r.stands, r.equals_request, r.modification, r.gate);
      ids(r.exceptions);
      ids(r.subject_to);
    }
    for (const vm::Modification& m : p_.modifications) {
      for (const auto& [field, reg] : m.fields) add("m {} {};", text(field), reg);
    }
    for (const vm::Condition& c : p_.conditions) {
      add("o {} {};", text(c.name), text(c.after));
      constant(c.due_from);
      constant(c.due_to);
      for (const vm::Template::Piece& piece : c.text.pieces) add("{}|{}|", text(piece.text), piece.reg);
      for (const auto& [name, reg] : c.values) add("{}={} ", text(name), reg);
    }
    return std::move(out_);
  }

  // What determinations call it.
  std::string names() {
    for (const vm::Block& b : p_.blocks) add("{};", text(b.name)), ids(b.criteria);
    for (const vm::Rule& r : p_.rules) add("{};", text(r.name));
    for (const vm::Criterion& c : p_.criteria) {
      add("{} {} {} {} {} {} {};", text(c.name), static_cast<int>(c.kind), c.at_least, c.applicable, c.value, c.computed_applicable,
          c.computed_value);
      ids(c.members);
    }
    return std::move(out_);
  }

 private:
  template <class... A>
  void add(fmt::format_string<A...> format, A&&... a) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<A>(a)...);
  }
  std::string text(Id id) const { return id == none_id ? "-" : fmt::format("{}'{}'", p_.texts[id].size(), p_.texts[id]); }
  void ids(const std::vector<Id>& list) {
    for (const Id id : list) add("{} ", id);
    add(";");
  }
  void constant(Id id) {
    if (id == none_id) return add("k -;");
    const vm::Constant& c = p_.constants[id];
    add("k {} {} {} {};", static_cast<int>(c.kind), static_cast<int>(c.type), c.precision, c.unit);
    if (c.kind == vm::Kind::value && c.type == vm::Type::text) add("{};", text(static_cast<Id>(c.low)));
    else if (c.kind == vm::Kind::value && c.type == vm::Type::code)
      add("{} {};", text(p_.codes[static_cast<size_t>(c.low)].first), text(p_.codes[static_cast<size_t>(c.low)].second));
    else add("{} {};", c.low, c.high);
  }
  void node(const vm::Node& n) {
    add("n {};", n.domain);
    for (const vm::Field& f : n.fields) {
      add("f {} {} {} {} {} {} {} {} {} {} {};", text(f.key), static_cast<int>(f.kind), static_cast<int>(f.type), f.optional, f.complete,
          f.node, f.domain, f.dated_by, f.refers_to, f.refers_by, f.column);
      for (const Id word : f.one_of) add("{} ", text(word));
      for (const vm::Bound& b : {f.low, f.high}) {
        add("{} {};", static_cast<int>(b.kind), b.field);
        constant(b.constant);
      }
      add("{};", text(f.code_system));
    }
  }

  const vm::Program& p_;
  std::string out_;
};

}  // namespace

bool same_code(const vm::Program& a, const vm::Program& b, Names names) {
  if (a.digest == b.digest) return true;
  return Written(a).all() == Written(b).all() && (names == Names::aside || Written(a).names() == Written(b).names());
}

}  // namespace rubric::analysis
