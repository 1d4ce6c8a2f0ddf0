// See counterparts.h.
#include "analysis/counterparts.h"

#include "analysis/line_planes.h"

#include <algorithm>

namespace rubric::analysis {

using vm::Id;
using vm::none_id;
using vm::Plane;

std::vector<const vm::Inst*> makers(const vm::Program& p) {
  std::vector<const vm::Inst*> out(p.registers.size());
  for (const vm::Inst& i : p.code) {
    if (i.op != vm::Op::repeat && i.op != vm::Op::scan) out[i.dst] = &i;
  }
  return out;
}

bool same_form(const vm::Inst* i, const vm::Inst* j) {
  if (!i || !j || i->op != j->op || i->fn != j->fn || i->domain != j->domain || i->n != j->n) return false;
  return i->op != vm::Op::decide && i->op != vm::Op::fold_items && i->imm == j->imm;   // of these two it is the version's block
}

Counterparts::Counterparts(const vm::Program& before, const vm::Program& after)
    : a_(before), b_(after), made_before_(makers(before)), made_after_(makers(after)) {}

void Counterparts::root(Id before, Id after) {
  if (before == after) return;
  if (before == none_id || after == none_id) never_ = true;
  else roots_.push_back(pair_of(before, after));
}

size_t Counterparts::pair_of(Id before, Id after) {
  if (const auto at = known_.find({before, after}); at != known_.end()) return at->second;
  Pair pair{before, after, false, {}};
  const vm::Inst *const i = made_before_[before], *const j = made_after_[after];
  pair.same_form = same_form(i, j) && a_.registers[before].domain == b_.registers[after].domain;
  for (uint32_t k = 0; pair.same_form && k < i->n; ++k) {
    const Id x = a_.operands[i->args + k], y = b_.operands[j->args + k];
    if (x != y) pair.operands.push_back(pair_of(x, y));
  }
  pairs_.push_back(std::move(pair));
  return known_[{before, after}] = pairs_.size() - 1;
}

Plane Counterparts::unlike(const vm::Decisions& d) const {
  const uint32_t lines = d.rows_of(a_.lines_domain).rows;
  const Plane all = made(lines, [](uint32_t) { return ~uint64_t{0}; });
  if (never_) return all;
  // A truth that was computed has its say row by row. Of other registers the lines are known that may have an unlike row.
  std::vector<std::pair<Id, Plane>> unlike;   // parallel to the pairs: where, and the rows
  for (const Pair& pair : pairs_) {
    const bool truths = a_.registers[pair.before].type == vm::Type::truth && b_.registers[pair.after].type == vm::Type::truth;
    const Id domain = a_.registers[pair.before].domain;
    const bool seen = truths && domain == b_.registers[pair.after].domain && d.registers[pair.before] && d.registers[pair.after];
    auto& [at, rows] = unlike.emplace_back(seen && domain != none_id ? domain : a_.lines_domain, Plane());
    const uint32_t n = rows_in(d, at);
    if (pair.same_form) {
      rows.resize(vm::words(n));
      for (const size_t operand : pair.operands) {
        const auto& [from, theirs] = unlike[operand];
        add(rows, from == at ? theirs : on_rows(d, on_lines(d, theirs, from), at));
      }
    } else {
      rows = made(n, [](uint32_t) { return ~uint64_t{0}; });
    }
    if (!seen) continue;
    const Truths x(d, pair.before, n), y(d, pair.after, n);
    const auto of_word = [&, &rows = rows](uint32_t w) {
      const uint64_t open = ~(x.yes[w] | x.no[w]) | ~(y.yes[w] | y.no[w]);
      return (x.yes[w] ^ y.yes[w]) | (x.no[w] ^ y.no[w]) | (open & rows[w]);
    };
    rows = made(n, of_word);
  }
  Plane out(vm::words(lines));
  for (const size_t root : roots_) add(out, on_lines(d, unlike[root].second, unlike[root].first));
  return out;
}

}  // namespace rubric::analysis
