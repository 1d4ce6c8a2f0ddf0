#include "vm/prepared.h"

#include "vm/makers.h"

#include <algorithm>

namespace rubric::vm {
namespace {

std::vector<bool> decisive_code(const Program& p) {
  std::vector<bool> needed(p.registers.size(), false), stood_on(p.domains.size(), false), decisive(p.code.size(), false);
  const auto need = [&](Id reg) {
    if (reg != none_id) needed[reg] = true;
  };
  const auto stand_on = [&](Id domain) {
    for (Id d = domain; d != none_id; d = p.domains[d].parent) stood_on[d] = true;
  };
  for (const Block& b : p.blocks) {
    for (const Id r : {b.scope, b.version_gate, b.item_scope, b.item_outcome, b.outcome, b.granted}) need(r);
    for (const Id r : b.rules) {
      for (const Id x : {p.rules[r].fires, p.rules[r].stands, p.rules[r].equals_request}) need(x);
    }
  }
  for (size_t k = p.code.size(); k-- > 0;) {
    const Inst& i = p.code[k];
    // What unnests also makes the rows that others stand on, whether or not these read its elements.
    decisive[k] = i.op == Op::repeat || i.op == Op::scan || needed[i.dst] || (i.op == Op::unnest && stood_on[i.domain]);
    if (!decisive[k]) continue;
    stand_on(i.domain);
    for (uint32_t a = 0; a < i.n; ++a) {
      needed[p.operands[i.args + a]] = true;
      stand_on(p.registers[p.operands[i.args + a]].domain);
    }
  }
  return decisive;
}

// Sets of codes and words are asked by a bit.
void note_small(PreparedTable& table, int64_t key) {
  constexpr int64_t most = 1 << 20;
  if (key < 0 || key >= most) {
    table.all_small = false;
    return;
  }
  const auto id = static_cast<Row>(key);
  if (table.known.size() < id / 32 + 2) {
    table.known.resize(id / 32 + 2);
    table.dated.resize(id / 32 + 2);
  }
  const uint32_t bit = uint32_t{1} << (id % 32);
  table.known[id / 32] |= bit;
  const auto is_end = [](const Value& v) { return v.kind == Kind::value; };
  const auto& entries = table.entries.at(key);
  const bool dated = std::all_of(entries.begin(), entries.end(), [&](const auto& e) { return is_end(e.from) || is_end(e.to); });
  table.dated[id / 32] = dated ? table.dated[id / 32] | bit : table.dated[id / 32] & ~bit;
}

void note_runs(PreparedTable& table) {
  for (const uint32_t dated : table.dated) table.any_dated |= dated != 0;
  for (uint32_t id = 0; table.all_small && id < table.known.size() * 32; ++id) {
    if (!(table.known[id / 32] >> (id % 32) & 1)) continue;
    if (!table.runs.empty() && table.runs.back().first + table.runs.back().more + 1 == id) ++table.runs.back().more;
    else table.runs.push_back({id, 0});
  }
  if (table.runs.size() > PreparedTable::most_runs) table.runs.clear();
}

}  // namespace

Value value_of(const Constant& c, Arena& arena) {
  if (c.kind == Kind::none) return Value::none();
  if (c.type == Type::truth) return box(c.low ? Truth::yes : Truth::no);
  const Int128 scaled = (Int128{c.high} << 64) | static_cast<uint64_t>(c.low);
  if (c.type == Type::decimal) return box(Decimal{scaled}, arena);
  if (c.type == Type::quantity) return box(Quantity{{scaled}, c.unit}, arena);
  Value v;
  v.kind = Kind::value;
  v.type = c.type;
  const bool timed = c.type == Type::date_time || c.type == Type::time;
  v.precision = c.type == Type::date || timed ? c.precision : 0;
  v.unit = timed ? c.unit : 0;
  v.i = c.low;
  return v;
}

std::shared_ptr<const Prepared> prepare(const Program& p) {
  auto out = std::make_shared<Prepared>();
  for (const Constant& c : p.constants) out->constants.push_back(value_of(c, out->arena));
  for (const Table& t : p.tables) {
    PreparedTable& table = out->tables.emplace_back();
    table.otherwise_key = t.otherwise_key;
    table.otherwise = t.otherwise == none_id ? Value::none(Cause::not_in_table) : out->constants[t.otherwise];
    const auto end = [&](const std::vector<Id>& ends, size_t k) {
      return ends.empty() || ends[k] == none_id ? Value{} : out->constants[ends[k]];
    };
    for (size_t k = 0; k < t.keys.size(); ++k) {
      const Value& key = out->constants[t.keys[k]];
      table.entries[key.wide ? INT64_MIN : key.i].push_back(
          {t.values.empty() ? Value{} : out->constants[t.values[k]], end(t.from, k), end(t.to, k)});
      note_small(table, key.wide ? INT64_MIN : key.i);
    }
    note_runs(table);
  }
  out->declared = declared_columns(p, out->constants, out->arena);
  out->decisive = decisive_code(p);
  out->windows = find_windows(p);
  out->maker = makers_of(p);
  out->definitions = Definitions(p);
  out->uniform = uniform_columns(p, out->constants);
  out->assertions = assertions(p);
  const PlanParts parts{p, out->windows, out->declared, out->uniform};
  out->plain = make_plan(parts, PlanFor::any_run);
  out->windowed = make_plan(parts, PlanFor::windows);
  out->unjudged = make_plan(parts, PlanFor::nobody_judged);
  return out;
}

}  // namespace rubric::vm
