// See kept_decisions.h.
//
//   cases (4), domains (4); for each domain the rows of each case (4 each)
//   for each register: its domain's number (4), planes p and q over the rows of all cases, outcomes (8 each)
//
// all of it packed by zstd, with its length before it (4).

#include "vm/kept_decisions.h"

#include "vm/bits.h"
#include "vm/byte_order.h"
#include "vm/domains.h"
#include "vm/outcomes.h"

#include <zstd.h>

#include <algorithm>
#include <iterator>

namespace rubric::vm {

namespace {

constexpr size_t most_bytes = size_t{1} << 30;
constexpr int level = 3;
constexpr int64_t every_outcome = int64_t{1} << std::size(outcome_rows);

// Truths and outcomes that a trace shows, in the order of the clauses.
std::vector<Id> registers_of(const Program& p) {
  std::vector<Id> out;
  const auto add = [&](Id reg) {
    if (reg != none_id && p.registers[reg].domain != none_id &&
        (p.registers[reg].type == Type::truth || p.registers[reg].type == Type::outcome))
      out.push_back(reg);
  };
  for (const Layer& l : p.layers) add(l.applies);
  for (const Block& b : p.blocks) {
    for (const Id reg : {b.scope, b.version_gate, b.item_scope, b.item_outcome, b.outcome, b.granted}) add(reg);
  }
  for (const Criterion& c : p.criteria) {
    for (const Id reg : {c.applicable, c.value, c.computed_applicable, c.computed_value, c.asserted, c.gate}) add(reg);
  }
  for (const Rule& r : p.rules) {
    for (const Id reg : {r.fires, r.stands, r.equals_request, r.gate}) add(reg);
  }
  for (const Remark& r : p.remarks) add(r.when);
  return out;
}

// Domains by when they are first met.
class Domains {
 public:
  explicit Domains(const Program& p, const std::vector<Id>& registers) {
    for (const Id reg : registers) {
      const Id domain = p.registers[reg].domain;
      if (std::find(all.begin(), all.end(), domain) == all.end()) all.push_back(domain);
    }
  }
  uint32_t number(Id domain) const { return static_cast<uint32_t>(std::find(all.begin(), all.end(), domain) - all.begin()); }
  std::vector<Id> all;
};

Column on_rows(const Column& from, uint32_t rows, Pool& pool) {
  Column out;
  out.reset(from.type, rows);
  for (Row r = 0; r < rows; ++r) put(out, r, get(from, r, pool), pool);
  return out;
}

}  // namespace

std::string pack_decisions(const Decisions& d, std::span<const Row> cases) {
  const Program& p = **d.program;
  const std::vector<Id> registers = registers_of(p);
  const Domains domains(p, registers);
  ByteWriter w;
  w.number(static_cast<uint32_t>(cases.size()));
  w.number(static_cast<uint32_t>(domains.all.size()));
  std::vector<std::vector<std::pair<Row, Row>>> ranges;   // of each domain: the rows of the cases, neighbours together
  for (const Id domain : domains.all) {
    const std::vector<Row> starts = d.case_starts(domain);
    auto& own = ranges.emplace_back();
    for (const Row c : cases) {
      w.number(starts[c + 1] - starts[c]);
      if (!own.empty() && own.back().second == starts[c]) own.back().second = starts[c + 1];
      else own.emplace_back(starts[c], starts[c + 1]);
    }
  }
  Plane plane;
  for (const Id reg : registers) {
    const Column& column = d.column(reg);
    const uint32_t number = domains.number(p.registers[reg].domain);
    uint32_t rows = 0;
    for (const auto& [begin, end] : ranges[number]) rows += end - begin;
    w.number(number);
    for (const Plane* from : {&column.p, &column.q}) {
      plane.assign(words(rows), 0);
      PlaneWriter writer(plane);
      for (const auto& [begin, end] : ranges[number]) {
        for (Row r = begin; r < end; r += 64) {
          const uint32_t n = std::min<uint32_t>(64, end - r);
          writer.add(column.uniform ? (0 - ((*from)[0] & 1)) & low_mask(n) : bits(from->data(), r, n), n);
        }
      }
      writer.finish();
      w.array(plane.data(), plane.size());
    }
    if (column.type != Type::outcome) continue;
    for (const auto& [begin, end] : ranges[number]) {
      for (Row r = begin; r < end; ++r) w.number(column.cell8[column.at(r)]);
    }
  }
  std::string packed(ZSTD_compressBound(w.out.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), w.out.data(), w.out.size(), level));
  ByteWriter out;
  out.number(static_cast<uint32_t>(w.out.size()));
  return std::move(out.out) + packed;
}

Restored restore_decisions(std::string_view packed, uint32_t cases, uint32_t number, Decisions& d, Row case_row) {
  ByteReader head(packed);
  const auto size = head.number<uint32_t>();
  if (!head.good() || size > most_bytes || ZSTD_getFrameContentSize(packed.data() + sizeof size, packed.size() - sizeof size) != size)
    return Restored::damaged;
  std::string bytes(size, '\0');
  packed.remove_prefix(sizeof size);
  if (ZSTD_decompress(bytes.data(), bytes.size(), packed.data(), packed.size()) != size) return Restored::damaged;
  ByteReader r(bytes);
  const Program& p = **d.program;
  const std::vector<Id> registers = registers_of(p);
  const Domains domains(p, registers);
  if (r.number<uint32_t>() != cases || number >= cases || r.number<uint32_t>() != domains.all.size()) return Restored::damaged;
  struct Rows {
    uint64_t all = 0, before = 0;   // packed
    Row begin = 0, count = 0;       // of the run
  };
  std::vector<Rows> rows;
  for (const Id domain : domains.all) {
    std::vector<uint32_t> of_case;
    r.array(of_case, cases);
    if (!r.good()) return Restored::damaged;
    Rows& own = rows.emplace_back();
    for (uint32_t c = 0; c < cases; ++c) {
      own.all += of_case[c];
      if (c < number) own.before += of_case[c];
    }
    const auto [begin, end] = case_rows(d, domain, case_row);
    own.begin = begin, own.count = end - begin;
    if (own.count != of_case[number] || own.all > uint64_t{size} * 8) return Restored::damaged;
  }
  bool same = true;
  for (const Id reg : registers) {
    const uint32_t domain = r.number<uint32_t>();
    if (domain != domains.number(p.registers[reg].domain)) return Restored::damaged;
    const Rows& own = rows[domain];
    Plane planes[2];
    for (Plane& plane : planes) r.array(plane, words(static_cast<uint32_t>(own.all)));
    std::vector<int64_t> outcomes;
    const bool is_outcome = p.registers[reg].type == Type::outcome;
    if (is_outcome) r.array(outcomes, own.all);
    const bool are_outcomes = std::all_of(outcomes.begin(), outcomes.end(), [](int64_t set) { return set > 0 && set < every_outcome; });
    if (!r.good() || !are_outcomes) return Restored::damaged;
    for (Row k = 0; k < own.count; ++k) {
      const Row from = static_cast<Row>(own.before) + k, to = own.begin + k;
      const auto kept_bits = std::pair(bit(planes[0], from), bit(planes[1], from));
      const Column& computed = d.column(reg);
      const Row at = computed.at(to);
      // An outcome's planes say nothing of its own, and would make its cell an index.
      if (is_outcome && std::pair(bit(computed.p, at), bit(computed.q, at)) != kept_bits) return Restored::damaged;
      if (std::pair(bit(computed.p, at), bit(computed.q, at)) == kept_bits && (!is_outcome || computed.cell8[at] == outcomes[from]))
        continue;
      same = false;
      if (&computed != &d.own[reg] || computed.uniform) {
        d.own[reg] = on_rows(computed, d.rows_of(p.registers[reg].domain).rows, d.pool);
        d.registers[reg] = &d.own[reg];
      }
      set_bit(d.own[reg].p, to, kept_bits.first);
      set_bit(d.own[reg].q, to, kept_bits.second);
      if (is_outcome) d.own[reg].cell8[to] = outcomes[from];
    }
  }
  return !r.at_end() ? Restored::damaged : same ? Restored::as_computed : Restored::otherwise;
}

}  // namespace rubric::vm
