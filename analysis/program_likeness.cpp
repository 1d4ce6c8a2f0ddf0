#include "analysis/program_likeness.h"

#include <fmt/format.h>

#include <string>

namespace rubric::analysis {
namespace {

// Everything that a determination rests on, in text: the instructions with what their indices stand for, and the tables
// that rules, criteria and blocks are read with. Sentences, citations and places in the source are left out.
std::string essence(const vm::Program& p) {
  std::string out;
  const auto number = [&](auto n) { out += fmt::format("{} ", n); };
  const auto text = [&](vm::Id id) { out += id == vm::none_id ? "- " : p.texts[id] + "\n"; };
  const auto ids = [&](const std::vector<vm::Id>& list) {
    for (const vm::Id id : list) number(id);
    out += "; ";
  };
  const auto constant = [&](vm::Id id) {
    if (id == vm::none_id) return out += "- ", void();
    const vm::Constant& c = p.constants[id];
    number(static_cast<int>(c.kind)), number(static_cast<int>(c.type)), number(static_cast<int>(c.precision)), number(c.unit);
    if (c.kind == vm::Kind::value && c.type == vm::Type::text) text(static_cast<vm::Id>(c.low));
    else if (c.kind == vm::Kind::value && c.type == vm::Type::code)
      text(p.codes[static_cast<size_t>(c.low)].first), text(p.codes[static_cast<size_t>(c.low)].second);
    else number(c.low), number(c.high);
  };
  for (const vm::Inst& i : p.code) {
    number(static_cast<int>(i.op)), number(i.fn), number(i.domain), number(i.dst);
    for (uint32_t k = 0; k < i.n; ++k) number(p.operands[i.args + k]);
    if (i.op == vm::Op::konst) constant(i.imm);
    else number(i.imm);
    out += '\n';
  }
  for (const vm::Table& t : p.tables) {
    number(static_cast<int>(t.key)), number(static_cast<int>(t.value)), number(static_cast<int>(t.otherwise_key));
    for (const auto* list : {&t.keys, &t.values, &t.from, &t.to}) {
      for (const vm::Id id : *list) constant(id);
      out += "; ";
    }
    constant(t.otherwise);
  }
  for (const vm::ColumnDef& c : p.columns) {
    number(static_cast<int>(c.kind)), number(c.domain), number(c.node), number(c.field), text(c.path), number(c.criterion);
  }
  for (const vm::DomainDef& d : p.domains)
    number(static_cast<int>(d.make)), number(d.parent), number(d.from), number(d.via), number(d.node);
  for (const vm::Criterion& c : p.criteria) {
    text(c.name), number(static_cast<int>(c.kind)), number(c.at_least), number(c.applicable), number(c.value), ids(c.members);
  }
  for (const vm::Rule& r : p.rules) {
    text(r.name), number(static_cast<int>(r.outcome)), number(r.fires), number(r.stands), number(r.equals_request), number(r.gate);
    ids(r.exceptions), ids(r.subject_to);
    if (r.modification == vm::none_id) continue;
    for (const auto& [field, value] : p.modifications[r.modification].fields) text(field), number(value);
  }
  for (const vm::Block& b : p.blocks) {
    text(b.name), number(b.lines), number(b.items), number(static_cast<int>(b.fold)), number(b.scope), number(b.version_gate);
    number(b.item_scope), number(b.item_outcome), number(b.outcome), ids(b.rules), ids(b.criteria);
    for (const auto& [review, outcome] : b.when_undetermined) text(review), number(static_cast<int>(outcome));
  }
  return out;
}

}  // namespace

bool same_decisions(const vm::Program& a, const vm::Program& b) { return essence(a) == essence(b); }

}  // namespace rubric::analysis
