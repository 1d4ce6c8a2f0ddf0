#include "vm/prepared.h"

#include "vm/makers.h"
#include "vm/opcodes.h"

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

// What can be computed whenever it is asked for.
bool can_wait(Op op) { return op == Op::member || is_pointwise(op); }

Plan plan(const Program& p, const Prepared& prepared, bool windowed) {
  std::vector<bool> read(p.registers.size(), false), of_window(p.domains.size(), false), in_scan(p.code.size(), false);
  if (windowed) {
    for (const Window& w : prepared.windows) of_window[w.cross] = true;
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
    if (windowed && prepared.window_of[k] != none_id) {
      const Window& w = prepared.windows[prepared.window_of[k]];
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
  out->window_of.assign(p.code.size(), none_id);
  for (Id w = 0; w < out->windows.size(); ++w) out->window_of[out->windows[w].inst] = w;
  out->maker = makers_of(p);
  out->definitions = Definitions(p);
  out->plain = plan(p, *out, false);
  out->windowed = plan(p, *out, true);
  return out;
}

}  // namespace rubric::vm
