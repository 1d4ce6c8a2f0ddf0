#include "vm/domains.h"

#include "vm/bits.h"
#include "vm/moves.h"
#include "vm/widely.h"

#include <algorithm>
#include <cstring>
#include <span>

namespace rubric::vm {
namespace {

constexpr uint64_t rows_per_case = uint64_t{1} << 20;

const DomainRows& rows_of(const Program& p, const Batch& b, const std::vector<DomainRows>& crosses, Id domain) {
  return made_while_running(p.domains[domain].make) ? crosses[domain] : b.domains[domain];
}

// The rows of `from` under row r of `parent`, before any limit: a range, empty where the owner is not known.
struct Slice {
  Row begin = 0, end = 0;
  bool unknown_owner = false;
};

}  // namespace

Row ancestor(const Program& p, const Batch& b, const std::vector<DomainRows>& crosses, Id domain, Row r, Id target) {
  while (domain != target) {
    r = rows_of(p, b, crosses, domain).up[r];
    domain = p.domains[domain].parent;
  }
  return r;
}

std::vector<Row> case_starts(const Program& p, const Batch& b, const std::vector<DomainRows>& crosses, Id domain) {
  std::vector<Row> starts(b.cases + 1);
  for (Row c = 0; c <= b.cases; ++c) starts[c] = c;
  // Down the chain from the cases: the first row of a parent's first row.
  std::vector<Id> chain;
  for (Id d = domain; d != 0; d = p.domains[d].parent) chain.push_back(d);
  std::reverse(chain.begin(), chain.end());
  for (const Id d : chain) {
    const DomainRows& rows = rows_of(p, b, crosses, d);
    for (Row& s : starts) s = rows.first[s];
  }
  return starts;
}

std::pair<Row, Row> case_rows(const Decisions& d, Id domain, Row case_row) {
  if (domain == 0) return {case_row, case_row + 1};
  const auto [begin, end] = case_rows(d, (**d.program).domains[domain].parent, case_row);
  const std::vector<Row>& first = d.rows_of(domain).first;
  return {first[begin], first[end]};
}

namespace {

// The same without a copy where the domain stands under the cases.
std::span<const Row> starts_of(const Program& p, const Batch& b, const std::vector<DomainRows>& crosses, Id domain,
                               std::vector<Row>& deep) {
  if (domain != 0 && p.domains[domain].parent == 0) return rows_of(p, b, crosses, domain).first;
  deep = case_starts(p, b, crosses, domain);
  return deep;
}

// The domain of elements that a domain stands under, or the cases.
Id elements_above(const Program& p, Id domain) {
  while (domain != 0 && p.domains[domain].make != Make::unnest) domain = p.domains[domain].parent;
  return domain;
}

}  // namespace

void make_unnested(const Program& p, const Batch& b, Id domain, const Column& lists, const Pool& pool, const std::vector<bool>& late,
                   std::vector<DomainRows>& domains, std::vector<uint64_t>& limited) {
  const Id above = p.domains[domain].parent;
  const Row parents = rows_of(p, b, domains, above).rows;
  std::vector<uint64_t> charged(b.cases, 0);
  DomainRows out;
  out.first.push_back(0);
  std::vector<Row> phantoms;
  for (Row r = 0; r < parents; ++r) {
    const Row of_case = ancestor(p, b, domains, above, r, 0);
    const Value list = get(lists, r, pool);
    const bool known = list.kind == Kind::value || list.kind == Kind::none;
    uint32_t n = list.kind == Kind::value ? list.n : list.kind == Kind::none ? 0 : 1;
    charged[of_case] += n;
    if (charged[of_case] > rows_per_case) {
      limited[of_case / 64] |= uint64_t{1} << (of_case % 64);
      n = 0;
    }
    if (!known && n > 0) phantoms.push_back(static_cast<Row>(out.up.size()));
    out.up.insert(out.up.end(), n, r);
    out.first.push_back(static_cast<Row>(out.up.size()));
  }
  out.rows = static_cast<uint32_t>(out.up.size());
  out.phantom.assign(words(out.rows), 0);
  for (const Row r : phantoms) set_bit(out.phantom, r, true);
  domains[domain] = std::move(out);
  make_crosses(p, b, domain, late, domains, limited);
}

namespace {

// `made` counts each case's rows of all crosses.
void charge(uint64_t rows, Row c, std::vector<uint64_t>& made, std::vector<uint64_t>& limited) {
  made[c] += rows;
  if (made[c] > rows_per_case) limited[c / 64] |= uint64_t{1} << (c % 64);
}

// The rows of one cross: under each row of the parent, those of its slice.
template <class SliceOf>
void make_rows(std::span<const Row> cases_of_parent, uint32_t parents, const DomainRows& from, SliceOf slice, std::vector<uint64_t>& made,
               std::vector<uint64_t>& limited, DomainRows& out) {
  const auto cases = static_cast<Row>(made.size());
  // Charge first, per case, and only then allocate.
  uint64_t total = 0;
  for (Row c = 0; c < cases; ++c) {
    uint64_t rows = 0;
    for (Row r = cases_of_parent[c]; r < cases_of_parent[c + 1]; ++r) {
      const Slice s = slice(r, c);
      rows += s.end - s.begin + s.unknown_owner;
    }
    charge(rows, c, made, limited);
    if (!(limited[c / 64] >> (c % 64) & 1)) total += rows;
  }
  // Rows are written eight at a time, whatever their number is: what lies behind is written over or cut off.
  constexpr uint32_t at_once = 8;
  typedef Row Rows [[gnu::vector_size(at_once * sizeof(Row))]];
  out.rows = static_cast<uint32_t>(total);
  out.first.resize(parents + 1);
  out.up.resize(total + at_once);
  out.src.resize(total + at_once);
  out.phantom.resize(words(out.rows));
  Row *const first = out.first.data(), *const up = out.up.data(), *const src = out.src.data();
  const uint64_t* const phantoms = from.phantom.data();
  PlaneWriter phantom(out.phantom);
  Row at = 0;
  for (Row c = 0; c < cases; ++c) {
    const bool refused = limited[c / 64] >> (c % 64) & 1;
    for (Row r = cases_of_parent[c]; r < cases_of_parent[c + 1]; ++r) {
      const Slice s = refused ? Slice{} : slice(r, c);
      first[r] = at;
      for (Row k = 0; k < s.end - s.begin; k += at_once) {
        const Rows parent = r - Rows{}, source = s.begin + k + Rows{0, 1, 2, 3, 4, 5, 6, 7};
        std::memcpy(up + at + k, &parent, sizeof parent);
        std::memcpy(src + at + k, &source, sizeof source);
      }
      for (Row k = s.begin; k < s.end; k += 64) {
        const uint32_t n = std::min<uint32_t>(64, s.end - k);
        phantom.add(bits(phantoms, k, n), n);
      }
      at += s.end - s.begin;
      if (s.unknown_owner) {
        phantom.add(1, 1);
        up[at] = r;
        src[at++] = no_row;
      }
    }
  }
  first[parents] = at;
  phantom.finish();
  out.up.resize(total);
  out.src.resize(total);
}

}  // namespace

namespace {

void make_one(const Program& p, const Batch& b, Id id, std::vector<DomainRows>& domains, std::vector<uint64_t>& made,
              std::vector<uint64_t>& limited) {
  const DomainDef& def = p.domains[id];
  const uint32_t parents = rows_of(p, b, domains, def.parent).rows;
  const DomainRows& from = b.domains[def.from];
  std::vector<Row> deep_parent, deep_from;
  const std::span<const Row> cases_of_parent = starts_of(p, b, domains, def.parent, deep_parent);
  if (def.via == none_id) {
    const std::span<const Row> starts = starts_of(p, b, domains, def.from, deep_from);
    const auto of_case = [=](Row, Row c) -> Slice { return {starts[c], starts[c + 1]}; };
    widely([&] { make_rows(cases_of_parent, parents, from, of_case, made, limited, domains[id]); });
    return;
  }
  const auto of_owner = [&](Row r, Row) -> Slice {
    Row owner = ancestor(p, b, domains, def.parent, r, def.via);
    // A reference's or a cross's row stands for a row of the list it was made from.
    for (Id d = def.via; d != p.domains[def.from].parent; d = p.domains[d].from) {
      owner = rows_of(p, b, domains, d).src[owner];
      if (owner == no_row) return {0, 0, true};
    }
    return {from.first[owner], from.first[owner + 1]};
  };
  make_rows(cases_of_parent, parents, from, of_owner, made, limited, domains[id]);
}

}  // namespace

namespace {

// The most rows that a case has.
uint32_t widest(std::span<const Row> starts) {
  const size_t cases = starts.empty() ? 0 : starts.size() - 1;
  uint32_t out = 0;
  size_t at = 0;
  if (cases >= 64) {
    widely([&] {
      uint32_t most[64] = {};
      for (; at + 64 <= cases; at += 64) {
        for (size_t k = 0; k < 64; ++k) most[k] = std::max(most[k], starts[at + k + 1] - starts[at + k]);
      }
      for (const uint32_t each : most) out = std::max(out, each);
    });
  }
  for (; at < cases; ++at) out = std::max(out, starts[at + 1] - starts[at]);
  return out;
}

// Whether no case can pass its limit, by the widest of each list: what is not made while running need not be charged then.
bool all_are_within_limits(const Program& p, const Batch& b, Id below, const std::vector<bool>& late,
                           const std::vector<DomainRows>& domains) {
  uint64_t rows = 0;
  for (Id id = 0; id < p.domains.size(); ++id) {
    const DomainDef& def = p.domains[id];
    if (def.make != Make::cross || elements_above(p, id) != below) continue;
    if (!late[id]) return false;
    std::vector<Row> deep_parent, deep_from;
    rows += uint64_t{widest(starts_of(p, b, domains, def.parent, deep_parent))} * widest(starts_of(p, b, domains, def.from, deep_from));
  }
  return rows <= rows_per_case;
}

}  // namespace

void make_crosses(const Program& p, const Batch& b, Id below, const std::vector<bool>& late, std::vector<DomainRows>& domains,
                  std::vector<uint64_t>& limited) {
  domains.resize(p.domains.size());
  limited.resize(words(b.cases), 0);
  if (all_are_within_limits(p, b, below, late, domains)) return;
  std::vector<uint64_t> made;
  for (Id id = 0; id < p.domains.size(); ++id) {
    const DomainDef& def = p.domains[id];
    if (def.make != Make::cross || elements_above(p, id) != below) continue;
    made.resize(b.cases, 0);
    if (!late[id]) {
      make_one(p, b, id, domains, made, limited);
      continue;
    }
    // All of a case's rows of one list under all of its rows of another.
    std::vector<Row> deep_parent, deep_from;
    const std::span<const Row> parents = starts_of(p, b, domains, def.parent, deep_parent),
                               rows = starts_of(p, b, domains, def.from, deep_from);
    for (Row c = 0; c < b.cases; ++c) charge(uint64_t{parents[c + 1] - parents[c]} * (rows[c + 1] - rows[c]), c, made, limited);
  }
}

void make_cross(const Program& p, const Batch& b, Id domain, std::vector<DomainRows>& domains, const std::vector<uint64_t>& limited) {
  std::vector<uint64_t> made(b.cases, 0), refused = limited;
  make_one(p, b, domain, domains, made, refused);
}

std::shared_ptr<Batch> copies(const Batch& b, std::span<const Row> cases, Copied what) {
  const Program& p = *b.program;
  auto out = std::make_shared<Batch>();
  out->program = b.program;
  out->cases = static_cast<uint32_t>(cases.size());
  out->pool = b.pool;      // values point into the original's arena, which outlives the copies
  out->vocabulary = b.vocabulary;
  out->texts = b.texts;
  out->codes = b.codes;
  // A text and a code that nothing else is equal to: what an open fact may be beside the values it is compared with.
  out->texts.emplace_back("another value");
  const auto other = static_cast<Id>(out->text_count() - 1);
  out->codes.emplace_back(other, other);
  out->info.resize(cases.size());
  out->domains.resize(p.domains.size());
  out->columns.resize(p.columns.size());
  struct Slice {
    Row begin, end, to;    // a copy's rows, and where they begin
  };
  std::vector<std::vector<Slice>> slices(p.domains.size());
  std::vector<std::vector<Row>> sources(p.domains.size());
  for (Id d = 0; d < p.domains.size(); ++d) {
    const DomainDef& def = p.domains[d];
    if (made_while_running(def.make)) continue;
    const DomainRows& from = b.domains[d];
    Row to = 0;
    slices[d].reserve(cases.size());
    for (size_t k = 0; k < cases.size(); ++k) {
      const Row begin = d == 0 ? cases[k] : from.first[slices[def.parent][k].begin];
      const Row end = d == 0 ? cases[k] + 1 : from.first[slices[def.parent][k].end];
      slices[d].push_back({begin, end, to});
      to += end - begin;
      for (Row r = begin; r < end && what == Copied::columns; ++r) sources[d].push_back(r);
    }
    out->domains[d].rows = to;
    out->domains[d].phantom.assign(words(to), 0);
  }
  for (Id d = 1; d < p.domains.size(); ++d) {
    const DomainDef& def = p.domains[d];
    if (made_while_running(def.make)) continue;
    const DomainRows& from = b.domains[d];
    DomainRows& made = out->domains[d];
    made.wrapped.assign(words(out->domains[def.parent].rows), 0);
    made.first.push_back(0);
    made.up.reserve(made.rows);
    for (size_t k = 0; k < cases.size(); ++k) {
      const Slice &slice = slices[d][k], &above = slices[def.parent][k];
      for (Row r = slice.begin; r < slice.end; ++r) {
        made.up.push_back(from.up[r] - above.begin + above.to);
        if (bit(from.phantom, r)) set_bit(made.phantom, r - slice.begin + slice.to, true);
        if (def.make != Make::reference) continue;
        const Slice& owner = slices[def.from][k];
        made.src.push_back(from.src[r] == no_row ? no_row : from.src[r] - owner.begin + owner.to);
      }
      for (Row r = above.begin; r < above.end; ++r) {
        if (r / 64 < from.wrapped.size() && bit(from.wrapped, r)) set_bit(made.wrapped, r - above.begin + above.to, true);
        made.first.push_back(from.first[r + 1] - slice.begin + slice.to);
      }
    }
  }
  for (Id c = 0; c < p.columns.size() && what == Copied::columns; ++c) {
    const Id d = p.columns[c].domain;
    out->columns[c].reset(b.columns[c].type, out->domains[d].rows);
    gather(b.columns[c], sources[d], out->columns[c]);
  }
  return out;
}

}  // namespace rubric::vm
