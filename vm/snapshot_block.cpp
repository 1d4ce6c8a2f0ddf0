// The columns that a program reads back from a block's bytes. See snapshot_block.h.

#include "vm/snapshot_block.h"
#include "vm/snapshot_block_forms.h"

#include "vm/bits.h"
#include "vm/byte_order.h"
#include "vm/widely.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>

namespace rubric::vm {

namespace {

constexpr std::string_view outside = "parts that lie outside of it", unordered = "rows that are not in the order of those above them";

bool is_sorted(const std::vector<uint32_t>& cells) {
  uint32_t bad = 0;
  widely([&] {
    const uint32_t* const all = cells.data();
    size_t at = 0;
    for (; at + 65 <= cells.size(); at += 64) {
      uint32_t any = 0;
      for (size_t k = 0; k < 64; ++k) any |= all[at + k] > all[at + k + 1];
      bad |= any;
    }
    for (; at + 1 < cells.size(); ++at) bad |= all[at] > all[at + 1];
  });
  return bad == 0;
}

}  // namespace

BlockReader::BlockReader(const Program& model, const RecordPlan& plan, const Translation& translation)
    : model_(model), plan_(plan), translation_(translation) {
  columns_.assign(model.columns.size(), none_id);
  domains_.assign(model.domains.size(), none_id);
  for (const ColumnDef& column : model.columns) {
    const bool is_field = column.kind == ColumnKind::field && column.field < plan.nodes[column.node].fields.size();
    cells_.emplace_back(plan.program, column.type, is_field ? &plan.nodes[column.node].fields[column.field] : nullptr);
  }
  std::vector<bool> named(plan.columns.size());
  for (Id n = 0; n < model.nodes.size(); ++n) {
    if (plan.nodes[n].fields.empty()) continue;  // nobody enters it
    // Nodes and their fields have the same numbers in both.
    for (Id f = 0; f < model.nodes[n].fields.size(); ++f) {
      const Field& field = model.nodes[n].fields[f];
      const Id column = plan.nodes[n].fields[f].column;
      if (field.column != none_id) columns_[field.column] = column;
      if (field.column != none_id && column != none_id) named[column] = true;
      if (field.domain != none_id) domains_[field.domain] = plan.program.nodes[n].fields[f].domain;
    }
  }
  for (Id c = 0; c < model.columns.size(); ++c) {
    const ColumnDef& column = model.columns[c];
    if (column.kind != ColumnKind::position || domains_[column.domain] == none_id) continue;
    columns_[c] = plan.position_on[domains_[column.domain]];
    for (const Id each : plan.columns_on[domains_[column.domain]]) {
      const bool is_field = each >= plan.program.columns.size() || plan.program.columns[each].kind == ColumnKind::field;
      if (is_field && !named[each] && plan.columns[each].type != Type::truth) unnamed_.push_back({each, c});
    }
  }
  unfilled_.assign(plan.columns.size(), true);
  for (const Id column : columns_) {
    if (column != none_id) unfilled_[column] = false;
  }
}

struct BlockReader::Unpacking {
  // Rows of the file and where they go. There is one for all of a block, or one for each case that is taken out of it.
  struct Range {
    Row begin, end, to;
  };
  using Ranges = std::vector<Range>;

  const BlockReader& of;
  SnapshotBlock& block;
  std::optional<std::span<const Row>> only;
  Batch& out;
  std::string_view bytes = block.bytes;
  BlockWords own = {of.translation_};
  std::string_view problem = {};                       // the first
  std::vector<uint32_t> rows = {};                     // domain of the model -> rows in the file
  std::vector<bool> of_phantoms = {};                  // the same, its form
  std::vector<Ranges> ranges = {};                     // the same, of those that the plan has

  const Program& model() const { return of.model_; }
  const RecordPlan& plan() const { return of.plan_; }

  bool good() const { return problem.empty(); }
  void expect(bool right, std::string_view otherwise) {
    if (!right && good()) problem = otherwise;
  }

  std::string_view all() {
    ByteReader head(bytes);
    const auto cases = head.number<uint32_t>();
    const auto infos_at = head.number<uint32_t>(), values_at = head.number<uint32_t>(), words_at = head.number<uint32_t>();
    if (!head.good() || std::max({infos_at, values_at, words_at}) > bytes.size() || infos_at > values_at)
      return "parts that lie outside of it";
    if (cases != block.cases) return "another number of cases than the directory says";
    if (!block.infos) block.infos = PackedInfos::read(bytes.substr(infos_at, values_at - infos_at), cases, block.least, block.greatest);
    if (!block.infos) return "ids and sources of other cases";
    rows.resize(model().domains.size());
    of_phantoms.resize(rows.size());
    ranges.resize(rows.size());
    if (!only) {
      ranges[0] = {{0, cases, 0}};
    } else {
      for (const Row row : *only) {
        if (row >= cases) return "no such case";
        ranges[0].push_back({row, row + 1, static_cast<Row>(ranges[0].size())});
      }
    }
    out.cases = count(ranges[0]);
    for (Id d = 0; d < plan().program.domains.size(); ++d) {
      if (plan().program.domains[d].make == Make::cases) out.domains[d].rows = out.cases;
    }
    problem = own.read(bytes, words_at, out);
    if (good()) problem = read_values(bytes, values_at, own, out);
    std::vector<uint32_t> sources(rows.size());        // references: where the rows that they name stand
    uint64_t charged = 0;
    for (Id d = 0; d < rows.size() && good(); ++d) {
      const auto form = head.number<DomainForm>();
      rows[d] = head.number<uint32_t>();
      of_phantoms[d] = form == DomainForm::phantoms;
      const auto at = head.number<uint32_t>();
      if (d != 0) charged += rows[d];
      // First of all, since rows take room.
      expect(head.good() && form <= DomainForm::rows && (d != 0 || rows[d] == cases) && charged <= block.infos->charged(),
             "more rows than its cases were charged for");
      if (good() && d != 0) sources[d] = domain(d, at);
    }
    for (Id d = 0; d < rows.size() && good(); ++d) {
      if (sources[d] != 0) references(d, sources[d]);
    }
    if (good()) all_columns(head);
    return problem;
  }

  static uint32_t count(const Ranges& of) { return of.empty() ? 0 : of.back().to + of.back().end - of.back().begin; }

  // ---- arrays: the ranges of one that has n items
  template <class T>
  void array(uint32_t& at, std::vector<T>& to, size_t n, const Ranges& from) {
    at = (at + 7) / 8 * 8;
    if (at > bytes.size() || n > (bytes.size() - at) / sizeof(T)) return expect(false, outside);
    to.resize(count(from));
    for (const Range& range : from) {
      if (range.begin < range.end)
        std::memcpy(static_cast<void*>(to.data() + range.to), bytes.data() + at + range.begin * sizeof(T),
                    (range.end - range.begin) * sizeof(T));
    }
    at += static_cast<uint32_t>(n * sizeof(T));
  }
  // Numbers in as few bytes as they need.
  struct Packed {
    const char* items = nullptr;
    uint32_t width = 1, base = 0;
    uint32_t operator[](size_t k) const {
      uint32_t number = 0;
      std::memcpy(&number, items + k * width, width);
      return number + base;
    }
  };
  Packed packed(uint32_t& at, size_t n) {
    at = (at + 7) / 8 * 8;
    Packed out;
    if (at > bytes.size() || bytes.size() - at < 8) return expect(false, outside), out;
    std::memcpy(&out.width, bytes.data() + at, 4);
    std::memcpy(&out.base, bytes.data() + at + 4, 4);
    at += 8;
    if ((out.width != 1 && out.width != 2 && out.width != 4) || n > (bytes.size() - at) / out.width) return expect(false, outside), out;
    out.items = bytes.data() + at;
    at += static_cast<uint32_t>(n * out.width);
    return out;
  }
  // What a T does not hold went round, and lies beyond the extent.
  template <class T>
  Extent numbers(uint32_t& at, std::vector<T>& to, size_t n, const Ranges& from) {
    const Packed all = packed(at, n);
    if (!good()) return {};
    to.resize(count(from));
    uint32_t most = 0;
    for (const Range& range : from) {
      const char* const items = all.items + size_t{range.begin} * all.width;
      T* const out_items = to.data() + range.to;
      const size_t some = range.end - range.begin;
      switch (all.width) {
        case 1: most = std::max(most, widen<uint8_t>(items, all.base, out_items, some)); break;
        case 2: most = std::max(most, widen<uint16_t>(items, all.base, out_items, some)); break;
        default: most = std::max(most, widen<uint32_t>(items, all.base, out_items, some));
      }
    }
    if (to.empty()) return {0, 0};
    const int64_t least = static_cast<T>(all.base);
    return {least, least + most};
  }
  // The greatest of the items.
  template <class From, class T>
  static uint32_t widen(const char* items, uint32_t base, T* to, size_t n) {
    uint32_t greatest = 0;
    widely([&greatest, items, base, to, n] {
      // Names of their own, so that the compiler sees that nothing changes them.
      const char* const from = items;
      T* const out = to;
      const uint32_t least = base;
      const size_t whole = n / 64 * 64, rest = n - whole;
      std::array<From, 64> some, most{};
      for (size_t k = 0; k < whole; k += 64) {
        std::memcpy(some.data(), from + k * sizeof(From), sizeof some);
        for (size_t i = 0; i < 64; ++i) most[i] = std::max(most[i], some[i]);
        for (size_t i = 0; i < 64; ++i) out[k + i] = static_cast<T>(some[i] + least);
      }
      some.fill(0);
      std::memcpy(some.data(), from + whole * sizeof(From), rest * sizeof(From));
      for (size_t i = 0; i < 64; ++i) most[i] = std::max(most[i], some[i]);
      for (size_t i = 0; i < rest; ++i) out[whole + i] = static_cast<T>(some[i] + least);
      for (size_t i = 0; i < 16; ++i) most[i] = std::max({most[i], most[i + 16], most[i + 32], most[i + 48]});
      From all = 0;
      for (size_t i = 0; i < 16; ++i) all = std::max(all, most[i]);
      greatest = all;
    });
    return greatest;
  }
  void plane(uint32_t& at, Plane& to, uint32_t n, const Ranges& from) {
    if (!only) {
      array(at, to, words(n), {{0, words(n), 0}});
      return expect(!good() || to.empty() || (to.back() & ~tail_mask(n)) == 0, "bits behind its last row");
    }
    Plane whole;
    array(at, whole, words(n), {{0, words(n), 0}});
    if (!good()) return;
    to.assign(words(count(from)), 0);
    PlaneWriter writer(to);
    for (const Range& range : from) {
      for (Row r = range.begin; r < range.end; r += 64) {
        const uint32_t some = std::min<uint32_t>(64, range.end - r);
        writer.add(bits(whole.data(), r, some), some);
      }
    }
    writer.finish();
  }

  // ---- rows
  // Where the rows stand that it refers to, if it does.
  uint32_t domain(Id d, uint32_t at) {
    const DomainDef& def = model().domains[d];
    const Id to = of.domains_[d];
    const uint32_t above = rows[def.parent];
    expect(!of_phantoms[d] || rows[d] == above, "rows that belong to none above them");
    if (to == none_id || !good()) return 0;
    const Ranges& parents = ranges[def.parent];
    DomainRows& made = out.domains[to];
    if (of_phantoms[d]) {
      ranges[d] = parents;
      made.rows = count(parents);
      phantoms(made, def.make);
      return 0;
    }
    firsts(d, at, parents, made);
    if (!good()) return 0;
    rows_above(made);
    plane(at, made.phantom, rows[d], ranges[d]);
    plane(at, made.wrapped, above, parents);
    if (good()) expect(phantoms_are_last(made), "recorded rows behind those that stand for unrecorded ones");
    return def.make == Make::reference ? at : 0;
  }
  // First rows, and so the ranges of the domain.
  void firsts(Id d, uint32_t& at, const Ranges& parents, DomainRows& made) {
    std::vector<Row>& first = made.first;
    Row last = 0;
    const size_t n = size_t{rows[model().domains[d].parent]} + 1;
    const uint32_t begins = at;
    const Packed first_of = packed(at, n);
    uint32_t again = begins;
    numbers(again, first, n, parents);
    for (size_t k = 0; k < parents.size() && good(); ++k) {
      const Row begin = first_of[parents[k].begin], end = first_of[parents[k].end];
      expect(begin <= end && end <= rows[d], unordered);
      ranges[d].push_back({begin, end, last});
      for (Row r = 0; only && good() && r < parents[k].end - parents[k].begin; ++r) first[parents[k].to + r] += last - begin;
      last += end - begin;
    }
    first.push_back(last);
    made.rows = last;
    expect(first.front() == 0 && (only || last == rows[d]) && is_sorted(first), unordered);
  }
  // Rows are written some at a time, whatever their number is: what lies behind is written over or cut off.
  static void rows_above(DomainRows& made) {
    constexpr uint32_t at_once = 16;
    typedef Row Rows [[gnu::vector_size(at_once * sizeof(Row))]];
    made.up.resize(size_t{made.rows} + at_once);
    const auto parents = static_cast<Row>(made.first.size() - 1);
    widely([first = made.first.data(), up = made.up.data(), parents] {
      for (Row parent = 0; parent < parents; ++parent) {
        const Rows all = parent - Rows{};
        std::memcpy(up + first[parent], &all, sizeof all);
        for (Row r = first[parent] + at_once; r < first[parent + 1]; r += at_once) std::memcpy(up + r, &all, sizeof all);
      }
    });
    made.up.resize(made.rows);
  }
  // In each list.
  static bool phantoms_are_last(const DomainRows& made) {
    for (size_t w = 0; w < made.phantom.size(); ++w) {
      const uint64_t next = w + 1 < made.phantom.size() ? made.phantom[w + 1] << 63 : 0;
      for (uint64_t left = made.phantom[w] & ~(made.phantom[w] >> 1 | next); left != 0; left &= left - 1) {
        const size_t row = w * 64 + static_cast<size_t>(std::countr_zero(left));
        if (row + 1 < made.rows && made.up[row] == made.up[row + 1]) return false;
      }
    }
    return true;
  }
  // Each names a recorded row of its own case, unless it stands for unrecorded ones.
  void references(Id d, uint32_t at) {
    const DomainRows& from = out.domains[of.domains_[model().domains[d].from]];
    DomainRows& made = out.domains[of.domains_[d]];
    numbers(at, made.src, rows[d], ranges[d]);
    const std::vector<Row> starts = case_starts(d);
    const Ranges& named = ranges[model().domains[d].from];
    for (Row c = 0; c < out.cases && good(); ++c) {
      const uint32_t moved = only ? named[c].to - named[c].begin : 0;
      for (Row r = starts[c]; r < starts[c + 1]; ++r) {
        Row& row = made.src[r];
        const bool phantom = bit(made.phantom, r);
        if (!phantom) row += moved;
        const bool right = phantom ? row == no_row : row >= from.first[c] && row < from.first[c + 1] && !bit(from.phantom, row);
        if (!right) return expect(false, "a reference to what is no row of its case");
      }
    }
  }
  // Of a domain that the plan has: where each case's rows begin.
  std::vector<Row> case_starts(Id d) const {
    std::vector<Id> above;
    for (; d != 0; d = model().domains[d].parent) above.push_back(d);
    std::vector<Row> starts(size_t{out.cases} + 1);
    for (Row c = 0; c <= out.cases; ++c) starts[c] = c;
    for (; !above.empty(); above.pop_back()) {
      for (Row& each : starts) each = out.domains[of.domains_[above.back()]].first[each];
    }
    return starts;
  }
  static void phantoms(DomainRows& made, Make make) {
    made.first.resize(size_t{made.rows} + 1);
    made.up.resize(made.rows);
    for (Row r = 0; r <= made.rows; ++r) made.first[r] = r;
    std::copy(made.first.begin(), made.first.end() - 1, made.up.begin());
    made.phantom.assign(words(made.rows), ~uint64_t{0});
    if (!made.phantom.empty()) made.phantom.back() = tail_mask(made.rows);
    made.wrapped.assign(words(made.rows), 0);
    if (make == Make::reference) made.src.assign(made.rows, no_row);
  }

  // ---- columns
  struct Stored {
    ColumnForm form = ColumnForm::unknown;
    Cause cause{};
    bool any_odd = false;
    uint32_t at = 0;
  };
  void all_columns(ByteReader& head) {
    for (Id c = 0; c < plan().columns.size(); ++c) {
      const Id domain = plan().columns[c].domain;
      out.columns[c].type = plan().columns[c].type;
      out.columns[c].rows = domain < out.domains.size() ? out.domains[domain].rows : 0;
      if (of.unfilled_[c]) empty(out.columns[c], undocumented);
    }
    std::vector<Stored> stored(model().columns.size());
    for (Stored& s : stored) {
      s.form = head.number<ColumnForm>(), s.cause = head.number<Cause>();
      const auto any_odd = head.number<uint8_t>();
      s.any_odd = any_odd == 1;
      s.at = head.number<uint32_t>();
      expect(head.good() && s.form <= ColumnForm::cells && any_odd <= 1, "columns of no known form");
      expect(is_cause_of_unknown(s.cause), "a fact that is not known for no reason");
    }
    for (Id c = 0; c < stored.size() && good(); ++c) {
      if (of.columns_[c] != none_id) column(stored[c], c, out.columns[of.columns_[c]]);
    }
    for (const auto& [to, numbers] : of.unnamed_) {
      if (good()) unknown_as_numbers(stored[numbers], numbers, out.columns[to]);
    }
  }
  static void empty(Column& c, int32_t cause) {
    c.any_odd = false;
    c.p.assign(words(c.rows), 0);
    c.q.assign(words(c.rows), 0);
    if (c.type == Type::truth) return;
    if (wide_cell(c.type)) c.cell8.assign(c.rows, cause);
    else c.cell4.assign(c.rows, cause);
  }

  void column(const Stored& from, Id id, Column& c) {
    const Id domain = model().columns[id].domain;
    const bool counts = model().columns[id].kind == ColumnKind::position;
    expect(count(ranges[domain]) == c.rows && (from.form != ColumnForm::numbers || counts), "columns of no known form");
    if (!good()) return;
    if (from.form == ColumnForm::cells) cells(from, id, c);
    else empty(c, static_cast<int32_t>(from.cause));
    if (!counts || !good()) return;
    const Id of_plan = of.domains_[domain];
    if (of_plan == none_id) return;
    if (from.form == ColumnForm::numbers) numbers(out.domains[of_plan], c);
    else expect(are_numbers(out.domains[of_plan], c), "numbers of rows that do not count them");
  }
  void cells(const Stored& from, Id id, Column& c) {
    const Id domain = model().columns[id].domain;
    uint32_t at = from.at;
    c.any_odd = from.any_odd;
    plane(at, c.p, rows[domain], ranges[domain]);
    if (c.type == Type::truth || c.any_odd) plane(at, c.q, rows[domain], ranges[domain]);
    else c.q.assign(words(c.rows), 0);
    if (c.type == Type::truth) return;
    Extent extent;
    if (wide_cell(c.type)) array(at, c.cell8, rows[domain], ranges[domain]);
    else extent = numbers(at, c.cell4, rows[domain], ranges[domain]);
    if (good()) problem = of.cells_[id].take(c, extent, own, out.pool);
  }
  // In a column that has the cause of what is not known everywhere.
  static void numbers(const DomainRows& all, Column& c) {
    const int32_t cause = c.cell4.empty() ? undocumented : c.cell4[0];
    for (Row r = 0; r < c.rows; ++r) c.cell4[r] = static_cast<int32_t>(r - all.first[all.up[r]] + 1);
    for (size_t w = 0; w < c.p.size(); ++w) {
      const uint64_t there = w + 1 == c.p.size() ? tail_mask(c.rows) : ~uint64_t{0};
      c.p[w] = ~all.phantom[w] & there;
      for (uint64_t left = all.phantom[w] & there; left != 0; left &= left - 1) {
        c.cell4[w * 64 + static_cast<size_t>(std::countr_zero(left))] = cause;
      }
    }
  }
  static bool are_numbers(const DomainRows& all, const Column& c) {
    if (c.any_odd) return false;
    for (Row r = 0; r < c.rows; ++r) {
      const bool phantom = bit(all.phantom, r);
      if (bit(c.p, r) == phantom || (!phantom && c.cell4[r] != static_cast<int32_t>(all.number(r) + 1))) return false;
    }
    return true;
  }
  // Nothing is documented in it; why, rows that stand for unrecorded ones know by their number, which nobody knows either.
  void unknown_as_numbers(const Stored& from, Id position, Column& c) {
    empty(c, undocumented);
    Column known;
    known.type = Type::integer;
    known.rows = c.rows;
    column(from, position, known);
    for (Row row = 0; row < c.rows && good(); ++row) {
      if (bit(known.p, row)) continue;
      if (wide_cell(c.type)) c.cell8[row] = known.cell4[row];
      else c.cell4[row] = known.cell4[row];
    }
  }
};

std::string_view BlockReader::unpack(SnapshotBlock& block, std::optional<std::span<const Row>> only, Batch& out) {
  out.forget_values();
  out.program = &plan_.program;
  out.vocabulary = translation_.vocabulary;
  out.domains.resize(plan_.program.domains.size());
  out.columns.resize(plan_.columns.size());
  return Unpacking{*this, block, only, out}.all();
}

}  // namespace rubric::vm
