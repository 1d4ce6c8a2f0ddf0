// Moving is a plane's bits a segment at a time, and cells row by row.
#include "vm/moves.h"

#include "vm/bits.h"
#include "vm/domains.h"

namespace rubric::vm {
namespace {

// What an unknown cell holds whose row refers to none.
constexpr auto no_source = static_cast<int64_t>(Cause::not_documented);

template <class Cell> void gather_cells(const Cell* from, const std::vector<Row>& sources, Cell* to) {
  const Row* source = sources.data();
  for (size_t r = 0; r < sources.size(); ++r) to[r] = source[r] == no_row ? static_cast<Cell>(no_source) : from[source[r]];
}

void gather_plane(const Plane& from, const std::vector<Row>& sources, Plane& to) {
  for (Row begin = 0; begin < sources.size(); begin += 64) {
    const Row* source = sources.data() + begin;
    const auto n = static_cast<uint32_t>(std::min<size_t>(64, sources.size() - begin));
    uint64_t word = 0;
    for (uint32_t k = 0; k < n; ++k) {
      if (source[k] != no_row) word |= uint64_t{bit(from, source[k])} << k;
    }
    to[begin / 64] = word;
  }
}

void move_cells(const Column& from, const std::vector<Row>& sources, Column& out) {
  if (from.type == Type::truth) return;
  if (wide_cell(from.type)) gather_cells(from.cell8.data(), sources, out.cell8.data());
  else gather_cells(from.cell4.data(), sources, out.cell4.data());
}

// The planes that hold anything; q is all zero where nothing is odd.
template <class Each> void each_plane(const Column& from, Column& out, Each each) {
  out.any_odd = from.any_odd;
  each(from.p, out.p);
  if (from.type == Type::truth || from.any_odd) each(from.q, out.q);
}

}  // namespace

void gather(const Column& from, const std::vector<Row>& sources, Column& out) {
  each_plane(from, out, [&](const Plane& plane, Plane& to) { gather_plane(plane, sources, to); });
  move_cells(from, sources, out);
}

void spread(const Column& from, const DomainRows& children, Column& out) {
  each_plane(from, out, [&](const Plane& plane, Plane& to) {
    each_segment(children.first, [&](Row parent, Row begin, uint32_t n) {
      if (bit(plane, parent)) add_bits(to.data(), begin, n, low_mask(n));
    });
  });
  move_cells(from, children.up, out);
}

void copy_slices(const Column& from, const DomainRows& made, Column& out) {
  each_plane(from, out, [&](const Plane& plane, Plane& to) {
    each_segment(made.first, [&](Row, Row begin, uint32_t n) {
      if (const Row source = made.src[begin]; source != no_row) add_bits(to.data(), begin, n, bits(plane.data(), source, n));
    });
  });
  move_cells(from, made.src, out);
}

void move(const Decisions& d, const Inst& inst, const Column& from, Column& out) {
  const Program& p = **d.program;
  const DomainRows& rows = d.rows_of(inst.domain);
  const Id target = p.registers[p.operands[inst.args]].domain;
  out.reset(p.registers[inst.dst].type, rows.rows);
  if (from.uniform) {
    gather(from, std::vector<Row>(rows.rows, 0), out);
  } else if (inst.op == Op::src) {
    if (p.domains[inst.domain].make == Make::cross) copy_slices(from, rows, out);
    else gather(from, rows.src, out);
  } else if (p.domains[inst.domain].parent == target) {
    spread(from, rows, out);
  } else {
    std::vector<Row>& ancestors = d.ancestors[{inst.domain, target}];
    if (ancestors.size() != rows.rows) {
      ancestors.resize(rows.rows);
      for (Row r = 0; r < rows.rows; ++r) ancestors[r] = ancestor(p, *d.batch, d.domains, inst.domain, r, target);
    }
    gather(from, ancestors, out);
  }
}

}  // namespace rubric::vm
