// See snapshot_block.h.

#include "vm/snapshot_block.h"

#include "vm/byte_order.h"
#include "vm/date.h"
#include "vm/enum_names.h"
#include "vm/units.h"

#include <algorithm>
#include <array>
#include <bit>

namespace rubric::vm {

namespace {

constexpr auto undocumented = static_cast<int32_t>(Cause::not_documented);
constexpr uint32_t most_rows = uint32_t{1} << 30;
constexpr int deepest_value = 16;

enum class RemarkKind : uint8_t { vague, not_applicable, claim, evidence };
constexpr size_t remark_texts[] = {2, 2, 3, 5};

// ---------------------------------------------------------------- writing

bool nothing_documented(const Column& c) {
  const auto none = [](uint64_t word) { return word == 0; };
  const auto plain = [](auto cell) { return cell == undocumented; };
  return std::all_of(c.p.begin(), c.p.end(), none) && std::all_of(c.q.begin(), c.q.end(), none) &&
         std::all_of(c.cell4.begin(), c.cell4.end(), plain) && std::all_of(c.cell8.begin(), c.cell8.end(), plain);
}

class Packing {
 public:
  Packing(const Program& model, const Batch& batch) : model_(model), batch_(batch) {}

  std::string pack() {
    infos();
    dictionary();
    w_.number(static_cast<uint32_t>(batch_.pool.size()));
    for (const Value& each : batch_.pool) value(each);
    for (Id d = 0; d < model_.domains.size(); ++d) domain(d);
    const size_t table = w_.out.size();
    w_.out.resize(table + batch_.columns.size() * sizeof(uint32_t));
    for (Id c = 0; c < batch_.columns.size(); ++c) {
      const uint32_t at = nothing_documented(batch_.columns[c]) ? 0 : static_cast<uint32_t>(w_.out.size());
      std::memcpy(w_.out.data() + table + c * sizeof at, &at, sizeof at);
      if (at != 0) column(batch_.columns[c]);
    }
    return std::move(w_.out);
  }

 private:
  void infos() {
    w_.number(batch_.cases);
    uint32_t remarks = 0;
    for (const CaseInfo& info : batch_.info) {
      w_.number(static_cast<uint32_t>(info.cells));
      remarks += static_cast<uint32_t>(info.vague.size() + info.not_applicable.size() + info.claims.size() + info.evidence.size());
    }
    for (const CaseInfo& info : batch_.info) w_.text(info.id), w_.text(info.source);
    w_.number(remarks);
    for (uint32_t at = 0; at < batch_.cases; ++at) {
      const CaseInfo& info = batch_.info[at];
      for (const auto& [pointer, words] : info.vague) remark(at, RemarkKind::vague, {pointer, words});
      for (const auto& [pointer, reason] : info.not_applicable) remark(at, RemarkKind::not_applicable, {pointer, reason});
      for (const Claim& c : info.claims) remark(at, RemarkKind::claim, {c.pointer, c.by, c.value});
      for (const Evidence& e : info.evidence) remark(at, RemarkKind::evidence, {e.pointer, e.document, e.date, e.page, e.author});
    }
  }
  void remark(uint32_t at, RemarkKind kind, std::initializer_list<std::string_view> texts) {
    w_.number(at);
    w_.number(kind);
    for (const std::string_view each : texts) w_.text(each);
  }

  // Those of the batch stand behind those of the model, so ids stay as they are.
  void dictionary() {
    w_.number(static_cast<uint32_t>(model_.texts.size() + batch_.texts.size()));
    for (const std::string& each : model_.texts) w_.text(each);
    for (const std::string& each : batch_.texts) w_.text(each);
    w_.number(static_cast<uint32_t>(model_.codes.size() + batch_.codes.size()));
    w_.array(model_.codes.data(), model_.codes.size());
    w_.array(batch_.codes.data(), batch_.codes.size());
  }

  void value(const Value& v) {
    w_.number(v.kind), w_.number(v.type), w_.number(v.cause), w_.number(v.precision), w_.number(v.unit),
        w_.number(static_cast<uint8_t>(v.wide));
    const uint32_t items = v.kind == Kind::range ? 2 : v.kind == Kind::open || (v.kind == Kind::value && has_items(v.type)) ? v.n : 0;
    w_.number(items);
    for (uint32_t k = 0; k < items; ++k) value(v.items[k]);
    if (v.kind != Kind::value || has_items(v.type)) return;
    if (v.wide) w_.number(*v.big);
    else w_.number(v.i);
  }

  void domain(Id d) {
    const DomainRows& rows = batch_.domains[d];
    w_.number(rows.rows);
    if (model_.domains[d].make == Make::cases) return;
    w_.array(rows.first.data(), rows.first.size());
    w_.array(rows.phantom.data(), rows.phantom.size());
    w_.array(rows.wrapped.data(), rows.wrapped.size());
    if (model_.domains[d].make == Make::reference) w_.array(rows.src.data(), rows.src.size());
  }

  void column(const Column& c) {
    w_.number(static_cast<uint8_t>(c.any_odd));
    w_.array(c.p.data(), c.p.size());
    if (c.type == Type::truth || c.any_odd) w_.array(c.q.data(), c.q.size());
    w_.array(c.cell4.data(), c.cell4.size());
    w_.array(c.cell8.data(), c.cell8.size());
  }

  const Program& model_;
  const Batch& batch_;
  ByteWriter w_;
};

bool ends_with_its_rows(const Plane& p, uint32_t n) { return p.empty() || (p.back() & ~tail_mask(n)) == 0; }

template <class E>
bool is_one(E value) {
  return static_cast<size_t>(value) < enum_count<E>;
}

}  // namespace

std::string pack_block(const Program& model, const Batch& batch) { return Packing(model, batch).pack(); }

// ---------------------------------------------------------------- reading

BlockReader::BlockReader(const Program& model, const RecordPlan& plan) : model_(model), plan_(plan), interned_(plan.program) {
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
}

struct BlockReader::Unpacking {
  const Program& model;
  const RecordPlan& plan;
  const std::vector<Id>& columns;
  const std::vector<Id>& domains;
  const std::vector<BlockReader::Unnamed>& unnamed;
  Interner& interned;
  ByteReader r;
  Batch& out;
  std::vector<std::string_view> texts = {};
  std::vector<std::pair<Id, Id>> codes = {};
  std::vector<Id> text_ids = {}, code_ids = {};  // the block's -> the batch's; none_id: nobody has asked yet
  std::vector<Value> values = {};
  std::vector<uint32_t> rows = {};               // domain of the model -> rows

  bool all() {
    infos();
    dictionary();
    values.resize(r.count(sizeof(uint32_t)));
    for (Value& each : values) each = value(0);
    rows.resize(model.domains.size());
    for (Id d = 0; d < model.domains.size() && r.good(); ++d) domain(d);
    if (r.good()) all_columns();
    return r.good();
  }

  void infos() {
    out.cases = r.count(sizeof(uint32_t));
    out.info.resize(out.cases);
    for (CaseInfo& info : out.info) info.cells = r.number<uint32_t>();
    for (CaseInfo& info : out.info) info.id = r.text(), info.source = r.text();
    for (uint32_t left = r.count(sizeof(uint32_t)); left > 0 && r.good(); --left) remark();
  }
  void remark() {
    const auto at = r.number<uint32_t>();
    const auto kind = r.number<RemarkKind>();
    if (at >= out.cases || !is_one(kind)) return r.fail();
    std::array<std::string, 5> t;
    for (size_t k = 0; k < remark_texts[static_cast<size_t>(kind)]; ++k) t[k] = r.text();
    CaseInfo& info = out.info[at];
    switch (kind) {
      case RemarkKind::vague: info.vague.emplace_back(t[0], t[1]); break;
      case RemarkKind::not_applicable: info.not_applicable.emplace_back(t[0], t[1]); break;
      case RemarkKind::claim: info.claims.push_back({t[0], t[1], t[2]}); break;
      case RemarkKind::evidence: info.evidence.push_back({t[0], t[1], t[2], t[3], t[4]}); break;
    }
  }

  void dictionary() {
    texts.resize(r.count(sizeof(uint32_t)));
    for (std::string_view& each : texts) each = r.text();
    r.array(codes, r.count(sizeof(codes[0])));
    text_ids.assign(texts.size(), none_id);
    code_ids.assign(codes.size(), none_id);
  }
  Id text(uint64_t id) {
    if (id >= texts.size()) return r.fail(), 0;
    if (text_ids[id] == none_id) text_ids[id] = interned.text(texts[id], out);
    return text_ids[id];
  }
  Id code(uint64_t id) {
    if (id >= codes.size()) return r.fail(), 0;
    if (code_ids[id] == none_id) {
      const Id system = text(codes[id].first);
      code_ids[id] = interned.code(system, text(codes[id].second), out);
    }
    return code_ids[id];
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
      if (v.type == Type::text) v.i = text(static_cast<uint64_t>(v.i));
      if (v.type == Type::code) v.i = code(static_cast<uint64_t>(v.i));
    }
    return v;
  }

  // Rows of one domain, and where they belong. What follows from `first` was not written.
  void domain(Id d) {
    const DomainDef& def = model.domains[d];
    rows[d] = r.number<uint32_t>();
    if (rows[d] > most_rows) return r.fail();
    const Id to = def.make == Make::cases ? none_id : domains[d];
    if (def.make == Make::cases) {
      if (rows[d] != out.cases) return r.fail();
      for (Id k = 0; k < plan.program.domains.size(); ++k) {
        if (plan.program.domains[k].make == Make::cases) out.domains[k].rows = rows[d];
      }
      return;
    }
    DomainRows made;
    const uint32_t parents = rows[def.parent];
    made.rows = rows[d];
    r.array(made.first, size_t{parents} + 1);
    r.array(made.phantom, words(made.rows));
    r.array(made.wrapped, words(parents));
    if (def.make == Make::reference) {
      r.array(made.src, made.rows);
      for (const Row src : made.src) {
        if (src != no_row && src >= rows[def.from]) return r.fail();
      }
    }
    if (!r.good() || !ends_with_its_rows(made.phantom, made.rows) || !ends_with_its_rows(made.wrapped, parents) ||
        made.first.front() != 0 || made.first.back() != made.rows || !std::is_sorted(made.first.begin(), made.first.end()))
      return r.fail();
    if (to == none_id) return;
    made.up.resize(made.rows);
    made.number.resize(made.rows);
    Row row = 0;
    for (Row parent = 0; parent < parents; ++parent) {
      const Row begin = row, end = made.first[parent + 1];
      for (; row < end; ++row) {
        made.up[row] = parent;
        made.number[row] = row - begin;
      }
    }
    for (uint32_t w = 0; w < made.phantom.size(); ++w) {
      for (uint64_t left = made.phantom[w]; left != 0; left &= left - 1) {
        made.number[w * 64 + static_cast<uint32_t>(std::countr_zero(left))] = no_row;
      }
    }
    out.domains[to] = std::move(made);
  }

  void all_columns() {
    std::vector<uint32_t> begins;
    r.array(begins, model.columns.size());
    std::vector<uint32_t> begin_of(plan.columns.size());  // of the plan's; 0: nothing is documented in it
    for (Id c = 0; c < begins.size(); ++c) {
      if (columns[c] != none_id) begin_of[columns[c]] = begins[c];
    }
    for (Id c = 0; c < plan.columns.size(); ++c) {
      const Id domain = plan.columns[c].domain;
      out.columns[c].type = plan.columns[c].type;
      out.columns[c].rows = domain < out.domains.size() ? out.domains[domain].rows : 0;
      if (begin_of[c] == 0) empty(out.columns[c], plan.columns[c].type, out.columns[c].rows);
    }
    for (Id c = 0; c < begins.size() && r.good(); ++c) {
      if (columns[c] == none_id || begins[c] == 0) continue;
      r.go_to(begins[c]);
      column(out.columns[columns[c]], rows[model.columns[c].domain]);
    }
    for (const auto& [to, numbers] : unnamed) {
      if (!r.good() || begins[numbers] == 0) continue;
      r.go_to(begins[numbers]);
      unknown_as_numbers(out.columns[to]);
    }
  }
  static void empty(Column& c, Type type, uint32_t n) {
    c.type = type;
    c.rows = n;
    c.p.assign(words(n), 0);
    c.q.assign(words(n), 0);
    if (type == Type::truth) return;
    if (wide_cell(type)) c.cell8.assign(n, undocumented);
    else c.cell4.assign(n, undocumented);
  }

  void column(Column& c, uint32_t n) {
    if (n != c.rows) return r.fail();
    c.any_odd = r.number<uint8_t>() == 1;
    r.array(c.p, words(n));
    if (c.type == Type::truth || c.any_odd) r.array(c.q, words(n));
    else c.q.assign(words(n), 0);
    if (!r.good()) return;
    if (!ends_with_its_rows(c.p, n) || !ends_with_its_rows(c.q, n)) return r.fail();
    if (c.type == Type::truth) return;
    if (wide_cell(c.type)) {
      r.array(c.cell8, n);
      if (r.good()) cells(c, c.cell8);
    } else {
      r.array(c.cell4, n);
      if (r.good()) cells(c, c.cell4);
    }
  }
  // Nothing is documented in it; why, rows that stand for unrecorded ones know by their number, which nobody knows either.
  void unknown_as_numbers(Column& c) {
    Column numbers;
    empty(numbers, Type::integer, c.rows);
    column(numbers, c.rows);
    for (Row row = 0; row < c.rows && r.good(); ++row) {
      if (bit(numbers.p, row)) continue;
      if (wide_cell(c.type)) c.cell8[row] = numbers.cell4[row];
      else c.cell4[row] = numbers.cell4[row];
    }
  }

  // Ids and pool indexes are the batch's own; a cell without a value is its cause.
  template <class Cell>
  void cells(Column& c, std::vector<Cell>& all) {
    const bool named = c.type == Type::text || c.type == Type::code;
    const std::vector<Id>& ids = c.type == Type::text ? text_ids : code_ids;
    for (size_t w = 0; w < c.p.size(); ++w) {
      const size_t begin = w * 64, end = std::min(all.size(), begin + 64);
      const bool at_once = c.q[w] == 0 && end - begin == 64;
      if (at_once && (named ? renamed(ids, c.p[w], &all[begin]) : in_order(c.type, c.p[w], &all[begin]))) continue;
      for (size_t row = begin; row < end; ++row) {
        const bool known = c.p[w] >> (row % 64) & 1, odd = c.q[w] >> (row % 64) & 1;
        Cell& cell = all[row];
        if (known && odd) {
          if (static_cast<uint64_t>(cell) >= values.size()) return r.fail();
          out.pool.push_back(values[static_cast<size_t>(cell)]);
          cell = static_cast<Cell>(out.pool.size() - 1);
        } else if (!known) {
          if (!is_cause(cell)) return r.fail();
        } else if (named) {
          cell = static_cast<Cell>(c.type == Type::text ? text(static_cast<uint32_t>(cell)) : code(static_cast<uint32_t>(cell)));
        } else if (c.type == Type::date && !is_day(cell)) {
          return r.fail();
        }
      }
    }
  }

  // Of 64 cells that are plain values where `known` says so, and unknown elsewhere. False: one is not as it should be, or
  // its id has none yet, and nothing was changed.
  template <class Cell>
  static bool in_order(Type type, uint64_t known, const Cell* cells) {
    bool good = true;
    for (size_t k = 0; k < 64; ++k) good &= known >> k & 1 ? (type != Type::date) | is_day(cells[k]) : is_cause(cells[k]);
    return good;
  }
  template <class Cell>
  static bool renamed(const std::vector<Id>& ids, uint64_t known, Cell* cells) {
    if (ids.empty()) return false;
    std::array<Cell, 64> to;
    bool good = true;
    for (size_t k = 0; k < 64; ++k) {
      const bool is_id = known >> k & 1;
      const uint64_t id = is_id ? static_cast<uint64_t>(cells[k]) : 0;
      const bool there = id < ids.size();
      const Id given = ids[there ? id : 0];
      good &= is_id ? there & (given != none_id) : is_cause(cells[k]);
      to[k] = is_id ? static_cast<Cell>(given) : cells[k];
    }
    if (good) std::copy(to.begin(), to.end(), cells);
    return good;
  }
  template <class Cell>
  static bool is_day(Cell cell) {
    return (cell >= first_day) & (cell <= last_day);
  }
  template <class Cell>
  static bool is_cause(Cell cell) {
    return static_cast<uint64_t>(cell) < enum_count<Cause>;
  }
  static inline const int32_t first_day = days_of(1, 1, 1), last_day = days_of(9999, 12, 31);
};

bool BlockReader::unpack(std::string_view bytes, Batch& out) {
  out = Batch{};
  out.program = &plan_.program;
  out.domains.resize(plan_.program.domains.size());
  out.columns.resize(plan_.columns.size());
  Unpacking reading{model_, plan_, columns_, domains_, unnamed_, interned_, ByteReader(bytes), out};
  const bool good = reading.all();
  interned_.forget(0, 0);
  return good;
}

}  // namespace rubric::vm
