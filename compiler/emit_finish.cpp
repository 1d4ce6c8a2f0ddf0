#include "compiler/emit_finish.h"

#include "vm/save.h"

#include <functional>
#include <vector>

namespace rubric {

using vm::Id;
using vm::none_id;

namespace {

// A domain that is read needs those it hangs on. Parents come before children and sources before crosses: numbers only grow.
std::vector<bool> read_domains(const vm::Program& p) {
  std::vector<bool> used(p.domains.size(), false);
  const std::function<void(Id)> use = [&](Id d) {
    if (d == none_id || used[d]) return;
    used[d] = true;
    use(p.domains[d].parent);
    use(p.domains[d].from);
    use(p.domains[d].via);
  };
  use(0);
  use(p.lines_domain);
  for (const vm::Register& r : p.registers) use(r.domain);
  for (const vm::ColumnDef& c : p.columns) use(c.domain);
  return used;
}

}  // namespace

void finish(vm::Program& p) {
  const std::vector<bool> used = read_domains(p);
  std::vector<Id> now(p.domains.size(), none_id);
  std::vector<vm::DomainDef> kept;
  for (Id d = 0; d < p.domains.size(); ++d) {
    if (!used[d]) continue;
    now[d] = static_cast<Id>(kept.size());
    kept.push_back(p.domains[d]);
  }
  const auto renumber = [&](Id& d) {
    if (d != none_id) d = now[d];
  };
  for (vm::DomainDef& d : kept) {
    renumber(d.parent);
    renumber(d.from);
    renumber(d.via);
  }
  p.domains = std::move(kept);
  for (vm::Node& n : p.nodes) {
    renumber(n.domain);
    for (vm::Field& f : n.fields) renumber(f.domain);
  }
  for (vm::ColumnDef& c : p.columns) renumber(c.domain);
  for (vm::Register& r : p.registers) renumber(r.domain);
  for (vm::Inst& i : p.code) renumber(i.domain);
  for (vm::Site& s : p.sites) renumber(s.domain);
  for (vm::Criterion& c : p.criteria) renumber(c.domain);
  for (vm::Rule& r : p.rules) renumber(r.domain);
  for (vm::Remark& r : p.remarks) renumber(r.domain);
  for (vm::Block& b : p.blocks) {
    renumber(b.lines);
    renumber(b.items);
  }
  renumber(p.lines_domain);
  for (Id c = 0; c < p.columns.size(); ++c) {
    const vm::ColumnDef& def = p.columns[c];
    if (def.kind == vm::ColumnKind::field) p.nodes[def.node].fields[def.field].column = c;
  }
  p.digest = vm::digest_of(p);
}

}  // namespace rubric
