// See line_planes.h.
#include "analysis/line_planes.h"

#include "vm/domains.h"

namespace rubric::analysis {

using vm::Id;
using vm::Plane;
using vm::Row;

Truths::Truths(const vm::Decisions& d, Id reg, uint32_t rows) {
  const vm::Column& c = d.column(reg);
  const uint32_t n = vm::words(rows);
  yes.resize(n), no.resize(n);
  for (uint32_t w = 0; w < n; ++w) {
    const uint64_t p = c.uniform ? (c.p[0] & 1 ? ~uint64_t{0} : 0) : c.p[w], q = c.uniform ? (c.q[0] & 1 ? ~uint64_t{0} : 0) : c.q[w];
    yes[w] = p & ~q, no[w] = q & ~p;
  }
  if (n > 0) yes[n - 1] &= vm::tail_mask(rows), no[n - 1] &= vm::tail_mask(rows);
}

Plane on_lines(const vm::Decisions& d, Plane rows, Id domain) {
  const vm::Program& p = **d.program;
  if (domain == p.lines_domain) return rows;
  const vm::DomainRows& lines = d.rows_of(p.lines_domain);
  Plane out(vm::words(lines.rows));
  each_row(rows, [&](Row r) {
    Id at = domain;
    while (at != p.lines_domain && at != 0) {
      r = d.rows_of(at).up[r];
      at = p.domains[at].parent;
    }
    if (at != 0) return vm::set_bit(out, r, true);
    for (Row line = lines.first[r]; line < lines.first[r + 1]; ++line) vm::set_bit(out, line, true);
  });
  return out;
}

Plane on_rows(const vm::Decisions& d, Plane lines, Id domain) {
  const vm::Program& p = **d.program;
  if (domain == p.lines_domain) return lines;
  const uint32_t rows = d.rows_of(domain).rows;
  const auto all = [](uint32_t) { return ~uint64_t{0}; };
  if (lines == made(d.rows_of(p.lines_domain).rows, all)) return made(rows, all);
  Plane out(vm::words(rows));
  each_row(lines, [&](Row line) {
    const auto [begin, end] = vm::case_rows(d, domain, d.ancestor(p.lines_domain, line, 0));
    for (Row r = begin; r < end; ++r) vm::set_bit(out, r, true);
  });
  return out;
}

}  // namespace rubric::analysis
