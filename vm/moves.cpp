// Moving is a plane's bits a segment at a time, and cells row by row.
#include "vm/moves.h"

#include "vm/bits.h"
#include "vm/domains.h"
#include "vm/widely.h"

#include <algorithm>

namespace rubric::vm {
namespace {

// What an unknown cell holds whose row refers to none.
constexpr auto no_source = static_cast<int64_t>(Cause::not_documented);

template <class Cell>
void gather_cells(const Cell* from, const Row* source, uint32_t rows, Cell* to) {
  for (Row r = 0; r < rows; ++r) to[r] = source[r] == no_row ? static_cast<Cell>(no_source) : from[source[r]];
}

void gather_plane(const Plane& from, const Row* sources, uint32_t rows, Plane& to) {
  for (Row begin = 0; begin < rows; begin += 64) {
    const Row* source = sources + begin;
    const uint32_t n = std::min<uint32_t>(64, rows - begin);
    uint64_t word = 0;
    for (uint32_t k = 0; k < n; ++k) {
      if (source[k] != no_row) word |= uint64_t{bit(from, source[k])} << k;
    }
    to[begin / 64] = word;
  }
}

void move_cells(const Column& from, const std::vector<Row>& sources, Column& out) {
  if (from.type == Type::truth) return;
  if (wide_cell(from.type)) gather_cells(from.cell8.data(), sources.data(), out.rows, out.cell8.data());
  else gather_cells(from.cell4.data(), sources.data(), out.rows, out.cell4.data());
}

// The planes that hold anything; q is all zero where nothing is odd.
template <class Each>
void each_plane(const Column& from, Column& out, Each each) {
  out.any_odd = from.any_odd;
  each(from.p, out.p);
  if (from.type == Type::truth || from.any_odd) each(from.q, out.q);
}

}  // namespace

void gather(const Column& from, const std::vector<Row>& sources, Column& out) {
  each_plane(from, out, [&](const Plane& plane, Plane& to) { gather_plane(plane, sources.data(), out.rows, to); });
  move_cells(from, sources, out);
}

void spread(const Column& from, const DomainRows& children, Column& out) {
  each_plane(from, out, [&](const Plane& plane, Plane& to) {
    widely([&] {
      PlaneWriter writer(to);
      const uint64_t* const parents = plane.data();
      each_segment(children.first,
                   [&](Row parent, Row, uint32_t n) { writer.add((0 - (parents[parent / 64] >> (parent % 64) & 1)) & low_mask(n), n); });
      writer.finish();
    });
  });
  move_cells(from, children.up, out);
}

void spread(const Column& from, const DomainRows& children, const Segments& segments, Column& out) {
  each_plane(from, out, [&](const Plane& plane, Plane& to) { spread_by_carry(segments, plane, to); });
  move_cells(from, children.up, out);
}

void copy_slices(const Column& from, const DomainRows& made, Column& out) {
  each_plane(from, out, [&](const Plane& plane, Plane& to) {
    widely([&] {
      PlaneWriter writer(to);
      const uint64_t* const rows = plane.data();
      const Row* const sources = made.src.data();
      each_segment(made.first,
                   [&](Row, Row begin, uint32_t n) { writer.add(sources[begin] == no_row ? 0 : bits(rows, sources[begin], n), n); });
      writer.finish();
    });
  });
  move_cells(from, made.src, out);
}

// The one row that there is, for every row.
void repeat_first(const Column& from, Column& out) {
  const auto fill = [&](const Plane& plane, Plane& to) {
    std::fill(to.begin(), to.end(), 0 - (plane[0] & 1));
    if (!to.empty()) to.back() &= tail_mask(out.rows);
  };
  each_plane(from, out, fill);
  if (from.type == Type::truth) return;
  if (wide_cell(from.type)) std::fill(out.cell8.begin(), out.cell8.end(), from.cell8[0]);
  else std::fill(out.cell4.begin(), out.cell4.end(), from.cell4[0]);
}

void move(const Decisions& d, const Inst& inst, const Column& from, Column& out) {
  const Program& p = **d.program;
  const DomainRows& rows = d.rows_of(inst.domain);
  const Id target = p.registers[p.operands[inst.args]].domain;
  out.reset(p.registers[inst.dst].type, rows.rows);
  if (from.uniform || (inst.op == Op::up && from.rows == 1)) {
    repeat_first(from, out);
  } else if (inst.op == Op::src) {
    if (p.domains[inst.domain].make == Make::cross) copy_slices(from, rows, out);
    else gather(from, rows.src, out);
  } else if (p.domains[inst.domain].parent == target) {
    if (can_carry()) spread(from, rows, d.segments_of(inst.domain), out);
    else spread(from, rows, out);
  } else {
    std::vector<Row>& ancestors = d.ancestors[{inst.domain, target}];
    if (ancestors.size() != rows.rows) {
      ancestors.resize(rows.rows);
      for (Row r = 0; r < rows.rows; ++r) ancestors[r] = d.ancestor(inst.domain, r, target);
    }
    gather(from, ancestors, out);
  }
}

}  // namespace rubric::vm
