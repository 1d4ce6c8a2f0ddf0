// A batch while it is being filled: rows are appended list by list, cells are set, and a case that turns out to be
// unreadable is taken back without a trace.
//
// Columns are kept longer than their rows, filled with "not documented", so that adding a row is one count and
// setting a cell is one store. What a case costs is charged before it is allocated. Knows nothing of JSON.
#pragma once

#include "vm/interner.h"
#include "vm/record.h"
#include "vm/record_plan.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

namespace rubric::vm {

class RecordBatch {
 public:
  RecordBatch(const RecordPlan&, uint64_t cells_per_case);

  // ---- one case
  Row begin_case();
  void keep_case();
  void restart_case();               // as if nothing had been added since begin_case
  void drop_case();                  // its row of the cases stays, with nothing documented; nothing else does
  bool charge(uint64_t cells) {      // false: the case costs too much; from then on nothing may be added to it
    charged_ += cells;
    over_limit_ |= charged_ > cells_per_case_;
    return !over_limit_;
  }
  bool over_limit() const { return over_limit_; }
  uint64_t charged() const { return charged_; }

  // ---- rows. Each list of each row is begun exactly once, in the order of the rows that they belong to.
  void begin_list(Id domain, bool wrapped) {
    DomainRows& rows = batch_.domains[domain];
    const auto list = static_cast<uint32_t>(rows.first.size());
    rows.first.push_back(rows.rows);
    if (rows.wrapped.size() < words(list + 1)) rows.wrapped.push_back(0);
    if (wrapped) set_bit(rows.wrapped, list, true);
  }
  Row add_row(Id domain, Row parent, bool phantom) {  // no_row: over the limit
    if (!charge(1)) return no_row;
    DomainRows& rows = batch_.domains[domain];
    const Row row = rows.rows++;
    if (row == capacity_[domain]) grow(domain, std::max(least_capacity, row * 2));
    rows.up[row] = parent;
    if (phantom) set_bit(rows.phantom, row, true);
    return row;
  }
  Row rows(Id domain) const { return batch_.domains[domain].rows; }
  Row first_of_case(Id domain) const { return case_start_.rows[domain]; }
  void set_source(Id domain, Row row, Row source) { batch_.domains[domain].src[row] = source; }
  const DomainRows& domain(Id id) const { return batch_.domains[id]; }

  // ---- cells
  void set(Id column, Row row, const Value& v) { put(batch_.columns[column], row, v, batch_.pool); }
  [[gnu::always_inline]] void set_plain(Id id, Row row, int64_t value) {  // a plain value of a type with a dense form
    Column& column = batch_.columns[id];
    column.p[row / 64] |= uint64_t{1} << (row % 64);
    if (wide_cell(column.type)) column.cell8[row] = value;
    else column.cell4[row] = static_cast<int32_t>(value);
  }
  [[gnu::always_inline]] void set_cell4(Id id, Row row, int32_t value) {  // the same, its width being known
    const Cells& cells = cells_[id];
    cells.p[row / 64] |= uint64_t{1} << (row % 64);
    cells.cell4[row] = value;
  }
  [[gnu::always_inline]] void set_cell8(Id id, Row row, int64_t value) {
    set_bit(batch_.columns[id].p, row, true);
    batch_.columns[id].cell8[row] = value;
  }
  [[gnu::always_inline]] void set_said(Id id, Row row, bool yes) {  // of a truth that is not documented yet
    const Cells& cells = cells_[id];
    cells.p[row / 64] |= uint64_t{yes} << (row % 64);
    cells.q[row / 64] |= uint64_t{!yes} << (row % 64);
  }
  void set_truth(Id column, Row row, Truth t) { batch_.columns[column].set_truth(row, t); }
  // Of a type with cells of four bytes: whether a cell is a plain value, and which.
  [[gnu::always_inline]] bool is_plain(Id id, Row row) const {
    const Cells& cells = cells_[id];
    return (cells.p[row / 64] & ~cells.q[row / 64]) >> (row % 64) & 1;
  }
  int32_t cell4_of(Id id, Row row) const { return cells_[id].cell4[row]; }
  void set_cause(Id domain, Row row, Cause);           // of every column's cell that is unknown
  Value cell(Id column, Row row) const { return get(batch_.columns[column], row, batch_.pool); }
  Type type(Id column) const { return batch_.columns[column].type; }

  Id text(std::string_view text) { return interned_.text(text, batch_); }
  // The same for text that has sixteen bytes which may be read, whatever its own length: the same few words come again
  // and again, and are remembered.
  [[gnu::always_inline]] Id text_with_room(std::string_view text) {
    if (text.size() > 16) return this->text(text);
    const Short word(text);
    Known& known = known_words_[word.hash() % known_words];
    if (!known.is(word, 0, generation_)) [[unlikely]]
      known = {word, this->text(text), 0, generation_};
    return known.id;
  }
  Id code(Id system, Id code) { return interned_.code(system, code, batch_); }
  [[gnu::always_inline]] Id code_with_room(Id system, std::string_view text) {
    if (text.size() > 16) return code(system, this->text(text));
    const Short word(text);
    Known& known = known_codes_[(word.hash() + system) % known_words];
    if (!known.is(word, system, generation_)) [[unlikely]]
      known = {word, code(system, this->text(text)), system, generation_};
    return known.id;
  }
  std::string_view text_of(Id id) const { return batch_.text(id); }
  std::pair<Id, Id> code_of(Id id) const { return batch_.code(id); }
  Arena& arena() { return *batch_.arena; }
  CaseInfo& info() { return batch_.info.back(); }

  uint32_t cases() const { return batch_.cases; }
  Batch take(const std::optional<Value>& today, Batch used);

 private:
  struct Mark {                      // how much there was before the case
    std::vector<Row> rows;
    std::vector<uint32_t> lists;
    size_t texts = 0, codes = 0, pool = 0;
  };
  static constexpr uint32_t least_capacity = 64;
  void start(Batch used);
  void take_back();
  void forget_interned(size_t texts, size_t codes);    // those of the batch from these numbers on
  void grow(Id domain, uint32_t capacity);
  void clear_cells(Id column, Row from, Row to);

  const RecordPlan& plan_;
  uint64_t cells_per_case_;
  uint64_t charged_ = 0;
  bool over_limit_ = false;
  Batch batch_;
  struct Cells {                     // of a column: where they lie
    uint64_t *p, *q;
    int32_t* cell4;
  };
  std::vector<Cells> cells_;         // parallel to the columns
  std::vector<int32_t> unset_;       // cells of which nothing is documented, to copy from
  std::vector<uint32_t> capacity_;   // domain -> rows that its columns have room for
  std::vector<uint32_t> expected_;   // domain -> rows of the batch before
  uint32_t expected_cases_ = 0;
  Mark case_start_;
  static constexpr std::array<std::pair<uint64_t, uint64_t>, 17> mask_of = [] {
    std::array<std::pair<uint64_t, uint64_t>, 17> out{};
    for (size_t n = 0; n <= 16; ++n) {
      for (size_t k = 0; k < n; ++k) (k < 8 ? out[n].first : out[n].second) |= uint64_t{0xff} << (8 * (k % 8));
    }
    return out;
  }();
  // A text of at most sixteen bytes, filled up with zeros, which no JSON string holds.
  struct Short {
    uint64_t low = 0, high = 0;
    Short() = default;
    [[gnu::always_inline]] explicit Short(std::string_view text) {
      std::memcpy(&low, text.data(), 8);
      std::memcpy(&high, text.data() + 8, 8);
      low &= mask_of[text.size()].first;
      high &= mask_of[text.size()].second;
    }
    uint64_t hash() const {
      const uint64_t mixed = (low ^ high * 0xff51afd7ed558ccd) * 0x9e3779b97f4a7c15;
      return mixed >> 40;
    }
  };
  struct Known {
    Short word;
    Id id = 0, system = 0;           // system: of a code
    uint32_t generation = 0;
    bool is(const Short& other, Id of, uint32_t now) const {
      return ((word.low ^ other.low) | (word.high ^ other.high) | (system ^ of) | (generation ^ now)) == 0;
    }
  };
  static constexpr size_t known_words = 2048;           // by hash; few of them are in use
  std::vector<Known> known_words_ = std::vector<Known>(known_words), known_codes_ = std::vector<Known>(known_words);
  uint32_t generation_ = 1;          // of the batch's own ids
  Interner interned_;
};

}  // namespace rubric::vm
