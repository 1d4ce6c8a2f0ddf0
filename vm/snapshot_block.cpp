// The columns that a program reads back from a block's bytes. See snapshot_block.h.

#include "vm/snapshot_block.h"
#include "vm/snapshot_block_forms.h"

#include "vm/bits.h"
#include "vm/byte_order.h"
#include "vm/date.h"
#include "vm/enum_names.h"
#include "vm/masks.h"
#include "vm/units.h"
#include "vm/widely.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>

namespace rubric::vm {

namespace {

constexpr uint32_t most_rows = uint32_t{1} << 30;
constexpr int deepest_value = 16;

template <class E>
bool is_one(E value) {
  return static_cast<size_t>(value) < enum_count<E>;
}

bool all_below(const std::vector<uint32_t>& cells, uint32_t bound) {
  return std::all_of(cells.begin(), cells.end(), [=](uint32_t each) { return each < bound; });
}
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

namespace {

// Which of up to 64 cells are no cause.
template <class Masks, class Cell>
[[gnu::always_inline]] inline uint64_t no_causes(Masks, const Cell* cells, uint32_t n) {
  using Number = std::make_unsigned_t<Cell>;
  uint8_t found[64] = {};
  if (n == 64) {
    for (uint32_t k = 0; k < 64; ++k) found[k] = static_cast<Number>(cells[k]) >= enum_count<Cause>;
  } else {
    for (uint32_t k = 0; k < n; ++k) found[k] = static_cast<Number>(cells[k]) >= enum_count<Cause>;
  }
  return bits_of_bytes(found);
}
#if RUBRIC_HAS_MASKS
[[gnu::target(RUBRIC_AVX512)]] inline uint64_t no_causes(WithMasks, const int32_t* cells, uint32_t n) {
  return ~masks::within(cells, n, 0, enum_count<Cause> - 1) & masks::first(n);
}
#endif

}  // namespace

struct BlockReader::Unpacking {
  // Rows of the file and where they go. There is one for all of a block, or one for each case that is taken out of it.
  struct Range {
    Row begin, end, to;
  };
  using Ranges = std::vector<Range>;

  const BlockReader& of;
  std::string_view bytes;
  std::optional<std::span<const Row>> only;
  Batch& out;
  ByteReader r = ByteReader(bytes);                    // of the values
  bool good = true;
  std::vector<Id> own_texts = {}, own_codes = {};      // the block's -> the batch's
  std::vector<uint32_t> rows = {};                     // domain of the model -> rows in the file
  std::vector<bool> of_phantoms = {};                  // the same, its form
  std::vector<Ranges> ranges = {};                     // the same, of those that the plan has

  const Program& model() const { return of.model_; }
  const RecordPlan& plan() const { return of.plan_; }

  // What infos there are, of how many cases.
  std::optional<std::pair<std::string_view, uint32_t>> all() {
    ByteReader head(bytes);
    const auto cases = head.number<uint32_t>();
    const auto infos = head.number<uint32_t>(), values_at = head.number<uint32_t>(), words_at = head.number<uint32_t>();
    if (!head.good() || cases > most_rows || std::max({infos, values_at, words_at}) > bytes.size() || infos > values_at)
      return std::nullopt;
    rows.resize(model().domains.size());
    of_phantoms.resize(rows.size());
    ranges.resize(rows.size());
    if (!only) {
      ranges[0] = {{0, cases, 0}};
    } else {
      for (const Row row : *only) {
        if (row >= cases) return std::nullopt;
        ranges[0].push_back({row, row + 1, static_cast<Row>(ranges[0].size())});
      }
    }
    out.cases = count(ranges[0]);
    for (Id d = 0; d < plan().program.domains.size(); ++d) {
      if (plan().program.domains[d].make == Make::cases) out.domains[d].rows = out.cases;
    }
    own_words(words_at);
    values(values_at);
    std::vector<uint32_t> sources(rows.size());        // references: where the rows that they name stand
    for (Id d = 0; d < rows.size() && good; ++d) {
      const auto form = head.number<DomainForm>();
      rows[d] = head.number<uint32_t>();
      of_phantoms[d] = form == DomainForm::phantoms;
      const auto at = head.number<uint32_t>();
      good = head.good() && form <= DomainForm::rows && rows[d] <= most_rows && (d != 0 || rows[d] == cases);
      if (good && d != 0) sources[d] = domain(d, at);
    }
    for (Id d = 0; d < rows.size() && good; ++d) {
      if (sources[d] != 0) references(d, sources[d]);
    }
    if (good) all_columns(head);
    if (!good || !head.good()) return std::nullopt;
    return std::pair(bytes.substr(infos, values_at - infos), cases);
  }

  static uint32_t count(const Ranges& of) { return of.empty() ? 0 : of.back().to + of.back().end - of.back().begin; }

  // ---- arrays: the ranges of one that has n items
  template <class T>
  void array(uint32_t& at, std::vector<T>& to, size_t n, const Ranges& from) {
    at = (at + 7) / 8 * 8;
    if (at > bytes.size() || n > (bytes.size() - at) / sizeof(T)) {
      good = false;
      return;
    }
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
    if (at > bytes.size() || bytes.size() - at < 8) return good = false, out;
    std::memcpy(&out.width, bytes.data() + at, 4);
    std::memcpy(&out.base, bytes.data() + at + 4, 4);
    at += 8;
    if ((out.width != 1 && out.width != 2 && out.width != 4) || n > (bytes.size() - at) / out.width) return good = false, out;
    out.items = bytes.data() + at;
    at += static_cast<uint32_t>(n * out.width);
    return out;
  }
  // Between what they lie: none is below the one, and the other is the greatest of them. Beyond what a T holds they went round.
  struct Extent {
    int64_t least = 0, greatest = 0;
    bool within(int64_t low, int64_t high) const { return least >= low && greatest <= high; }
  };
  template <class T>
  Extent numbers(uint32_t& at, std::vector<T>& to, size_t n, const Ranges& from) {
    const Packed all = packed(at, n);
    if (!good) return {};
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
    if (to.empty()) return {};
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
      if (good && !to.empty() && (to.back() & ~tail_mask(n)) != 0) good = false;
      return;
    }
    Plane whole;
    array(at, whole, words(n), {{0, words(n), 0}});
    if (!good) return;
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

  // ---- words and values
  void own_words(size_t at) {
    ByteReader words(bytes);
    words.go_to(at);
    for (uint32_t left = words.count(sizeof(uint32_t)); left > 0 && words.good(); --left) {
      own_texts.push_back(of.translation_.own_text(words.text(), out));
    }
    std::vector<std::pair<Id, Id>> codes;
    words.array(codes, words.count(sizeof(codes[0])));
    for (const auto& [system, code] : codes) {
      const auto in = text(system), word = text(code);
      if (!in || !word) break;
      own_codes.push_back(of.translation_.own_code(*in, *word, out));
    }
    good = good && words.good() && own_codes.size() == codes.size();
  }
  static std::optional<Id> found(Id id, const std::vector<Id>& dictionary, const std::vector<Id>& own) {
    const std::vector<Id>& all = id < of_block ? dictionary : own;
    id &= ~of_block;
    return id < all.size() ? std::optional(all[id]) : std::nullopt;
  }
  std::optional<Id> text(uint64_t id) const {
    return id > 0xffffffff ? std::nullopt : found(static_cast<Id>(id), of.translation_.texts, own_texts);
  }
  std::optional<Id> code(uint64_t id) const {
    return id > 0xffffffff ? std::nullopt : found(static_cast<Id>(id), of.translation_.codes, own_codes);
  }
  void values(size_t at) {
    r.go_to(at);
    out.pool.resize(r.count(sizeof(uint32_t)));
    for (Value& each : out.pool) each = value(0);
    good = good && r.good();
  }
  Value value(int depth) {
    Value v;
    v.kind = r.number<Kind>(), v.type = r.number<Type>(), v.cause = r.number<Cause>(), v.precision = r.number<uint8_t>();
    v.unit = r.number<uint16_t>(), v.wide = r.number<uint8_t>() == 1;
    const uint32_t n = r.count(sizeof(uint32_t));
    const bool listed = v.kind == Kind::open || (v.kind == Kind::value && has_items(v.type));
    if (!is_one(v.kind) || !is_one(v.type) || !is_one(v.cause) || v.unit >= unit_count() || depth == deepest_value ||
        (v.kind == Kind::range ? n != 2 : !listed && n != 0))
      r.fail();
    if (!r.good()) return {};
    if (n > 0) {
      auto* items = static_cast<Value*>(out.arena->allocate(n * sizeof(Value), alignof(Value)));
      for (uint32_t k = 0; k < n; ++k) items[k] = value(depth + 1);
      v.items = items;
    }
    if (listed) v.n = n;
    if (v.kind != Kind::value || has_items(v.type)) return v;
    if (v.wide) {
      auto* big = static_cast<Int128*>(out.arena->allocate(sizeof(Int128), alignof(Int128)));
      *big = r.number<Int128>();
      v.big = big;
    } else {
      v.i = r.number<int64_t>();
      if (v.type == Type::text || v.type == Type::code) {
        const auto id = v.type == Type::text ? text(static_cast<uint64_t>(v.i)) : code(static_cast<uint64_t>(v.i));
        if (!id) return r.fail(), Value{};
        v.i = *id;
      }
    }
    return v;
  }

  // ---- rows
  // Where the rows stand that it refers to, if it does.
  uint32_t domain(Id d, uint32_t at) {
    const DomainDef& def = model().domains[d];
    const Id to = of.domains_[d];
    const uint32_t above = rows[def.parent];
    if (of_phantoms[d] && rows[d] != above) good = false;
    if (to == none_id || !good) return 0;
    const Ranges& parents = ranges[def.parent];
    DomainRows& made = out.domains[to];
    if (of_phantoms[d]) {
      ranges[d] = parents;
      made.rows = count(parents);
      phantoms(made, def.make);
      return 0;
    }
    firsts(d, at, parents, made);
    if (!good) return 0;
    const Extent up = numbers(at, made.up, rows[d], ranges[d]);
    for (size_t k = 0; good && only && k < parents.size(); ++k) {
      for (Row r = 0; r < ranges[d][k].end - ranges[d][k].begin; ++r) made.up[ranges[d][k].to + r] += parents[k].to - parents[k].begin;
    }
    good = good && (only ? all_below(made.up, count(parents)) : made.up.empty() || up.greatest < count(parents));
    plane(at, made.phantom, rows[d], ranges[d]);
    plane(at, made.wrapped, above, parents);
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
    for (size_t k = 0; k < parents.size() && good; ++k) {
      const Row begin = first_of[parents[k].begin], end = first_of[parents[k].end];
      good = begin <= end && end <= rows[d];
      ranges[d].push_back({begin, end, last});
      for (Row r = 0; only && good && r < parents[k].end - parents[k].begin; ++r) first[parents[k].to + r] += last - begin;
      last += end - begin;
    }
    first.push_back(last);
    made.rows = last;
    good = good && first.front() == 0 && (only || last == rows[d]) && is_sorted(first);
  }
  void references(Id d, uint32_t at) {
    std::vector<Row>& src = out.domains[of.domains_[d]].src;
    const Ranges& to = ranges[model().domains[d].from];
    numbers(at, src, rows[d], ranges[d]);
    good = good && to.size() == ranges[d].size();
    for (size_t k = 0; good && k < to.size(); ++k) {
      for (Row r = 0; r < ranges[d][k].end - ranges[d][k].begin && good; ++r) {
        Row& row = src[ranges[d][k].to + r];
        if (row == no_row) continue;
        good = row >= to[k].begin && row < to[k].end;
        row += to[k].to - to[k].begin;
      }
    }
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
      s.form = head.number<ColumnForm>(), s.cause = head.number<Cause>(), s.any_odd = head.number<uint8_t>() == 1;
      s.at = head.number<uint32_t>();
      good = good && head.good() && s.form <= ColumnForm::cells && is_one(s.cause) && s.at <= bytes.size();
    }
    for (Id c = 0; c < stored.size() && good; ++c) {
      if (of.columns_[c] != none_id) column(stored[c], model().columns[c].domain, out.columns[of.columns_[c]]);
    }
    for (const auto& [to, numbers] : of.unnamed_) {
      if (good) unknown_as_numbers(stored[numbers], model().columns[numbers].domain, out.columns[to]);
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

  void column(const Stored& from, Id domain, Column& c) {
    if (count(ranges[domain]) != c.rows || (from.form == ColumnForm::numbers && c.type != Type::integer)) {
      good = false;
      return;
    }
    switch (from.form) {
      case ColumnForm::unknown: return empty(c, static_cast<int32_t>(from.cause));
      case ColumnForm::numbers: return numbers(from, domain, c);
      case ColumnForm::cells: break;
    }
    uint32_t at = from.at;
    c.any_odd = from.any_odd;
    plane(at, c.p, rows[domain], ranges[domain]);
    if (c.type == Type::truth || c.any_odd) plane(at, c.q, rows[domain], ranges[domain]);
    else c.q.assign(words(c.rows), 0);
    if (c.type == Type::truth || !good) return;
    if (wide_cell(c.type)) {
      array(at, c.cell8, rows[domain], ranges[domain]);
      if (good) good = others(c, c.cell8);
    } else {
      const Extent extent = numbers(at, c.cell4, rows[domain], ranges[domain]);
      if (good) good = plain(c, extent) && others(c, c.cell4);
    }
  }
  void numbers(const Stored& from, Id domain, Column& c) {
    empty(c, static_cast<int32_t>(from.cause));
    const Id of_plan = of.domains_[domain];
    if (of_plan == none_id || of_phantoms[domain]) return;
    const DomainRows& all = out.domains[of_plan];
    for (Row r = 0; r < c.rows; ++r) c.cell4[r] = static_cast<int32_t>(r - all.first[all.up[r]] + 1);
    for (size_t w = 0; w < c.p.size(); ++w) {
      const uint64_t there = w + 1 == c.p.size() ? tail_mask(c.rows) : ~uint64_t{0};
      c.p[w] = ~all.phantom[w] & there;
      for (uint64_t left = all.phantom[w] & there; left != 0; left &= left - 1) {
        c.cell4[w * 64 + static_cast<size_t>(std::countr_zero(left))] = static_cast<int32_t>(from.cause);
      }
    }
  }
  // Nothing is documented in it; why, rows that stand for unrecorded ones know by their number, which nobody knows either.
  void unknown_as_numbers(const Stored& from, Id domain, Column& c) {
    empty(c, undocumented);
    Column known;
    known.type = Type::integer;
    known.rows = c.rows;
    column(from, domain, known);
    for (Row row = 0; row < c.rows && good; ++row) {
      if (bit(known.p, row)) continue;
      if (wide_cell(c.type)) c.cell8[row] = known.cell4[row];
      else c.cell4[row] = known.cell4[row];
    }
  }

  // Ids become the batch's own, where they are no others; and no cell has what its type has not. All rows at once: what an
  // unknown or odd one holds is put right by `others`, which sees what the file has.
  bool plain(Column& c, Extent extent) {
    if (c.type == Type::date) {
      if (!c.any_odd) return c.cell4.empty() || extent.within(first_day, last_day);   // causes are numbers of days too
      return each_plain(c, [](int32_t day) { return day >= first_day && day <= last_day; });
    }
    if (c.type != Type::text && c.type != Type::code) return true;
    const bool is_text = c.type == Type::text;
    const Translation& t = of.translation_;
    const std::vector<Id>&ids = is_text ? t.texts : t.codes, &own = is_text ? own_texts : own_codes;
    const bool of_dictionary = own.empty() && !c.any_odd && ids.size() >= enum_count<Cause>;
    if (of_dictionary && !extent.within(0, static_cast<int64_t>(ids.size()) - 1)) return false;
    if (of_dictionary && (is_text ? t.same_texts : t.same_codes)) return true;
    if (of_dictionary) return renamed(c, ids);
    return each_plain(c, [&](int32_t& cell) {
      const auto id = found(static_cast<uint32_t>(cell), ids, own);
      if (id) cell = static_cast<int32_t>(*id);
      return id.has_value();
    });
  }
  // Where all are of the dictionary, or causes: 64 at once, and then the unknown ones as they were.
  static bool renamed(Column& c, const std::vector<Id>& ids) {
    std::array<int32_t, 64> to{};
    for (size_t w = 0; w < c.p.size(); ++w) {
      int32_t* const cells = c.cell4.data() + w * 64;
      const size_t n = std::min<size_t>(64, c.cell4.size() - w * 64);
      for (size_t k = 0; k < n; ++k) to[k] = static_cast<int32_t>(ids[static_cast<size_t>(cells[k])]);
      for (uint64_t left = ~c.p[w] & low_mask(static_cast<uint32_t>(n)); left != 0; left &= left - 1) {
        const auto k = static_cast<size_t>(std::countr_zero(left));
        to[k] = cells[k];
      }
      std::copy(to.begin(), to.begin() + static_cast<ptrdiff_t>(n), cells);
    }
    return true;
  }
  template <class Use>
  static bool each_plain(Column& c, Use use) {
    for (size_t w = 0; w < c.p.size(); ++w) {
      for (uint64_t left = c.p[w] & ~c.q[w]; left != 0; left &= left - 1) {
        if (!use(c.cell4[w * 64 + static_cast<size_t>(std::countr_zero(left))])) return false;
      }
    }
    return true;
  }
  // Pool indexes of the odd, causes of the unknown.
  template <class Cell>
  bool others(const Column& c, const std::vector<Cell>& cells) const {
    uint64_t bad = 0;
    widely([&](auto masks) __attribute__((always_inline)) {
      for (size_t w = 0; w < c.p.size(); ++w) {
        const auto n = static_cast<uint32_t>(std::min<size_t>(64, cells.size() - w * 64));
        bad |= no_causes(masks, cells.data() + w * 64, n) & ~c.p[w];
      }
    });
    for (size_t w = 0; c.any_odd && w < c.p.size(); ++w) {
      for (uint64_t left = c.p[w] & c.q[w]; left != 0; left &= left - 1) {
        const auto cell = static_cast<uint64_t>(cells[w * 64 + static_cast<size_t>(std::countr_zero(left))]);
        bad |= cell >= out.pool.size();
      }
    }
    return bad == 0;
  }
  static inline const int32_t first_day = days_of(1, 1, 1), last_day = days_of(9999, 12, 31);
};

bool BlockReader::unpack(SnapshotBlock& block, std::optional<std::span<const Row>> only, Batch& out) {
  out.forget_values();
  out.program = &plan_.program;
  out.vocabulary = translation_.vocabulary;
  out.domains.resize(plan_.program.domains.size());
  out.columns.resize(plan_.columns.size());
  const auto infos = Unpacking{*this, block.bytes, only, out}.all();
  if (infos && !block.infos) block.infos = PackedInfos::read(infos->first, infos->second);
  return infos && block.infos;
}

}  // namespace rubric::vm
