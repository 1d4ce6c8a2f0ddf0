// A batch while it is being filled: rows are appended list by list, cells are set, and a case that turns out to be
// unreadable is taken back without a trace.
//
// Columns are kept longer than their rows, filled with "not documented", so that adding a row is one count and
// setting a cell is one store. What a case costs is charged before it is allocated. Knows nothing of JSON.
#pragma once

#include "vm/interner.h"
#include "vm/record.h"
#include "vm/record_plan.h"

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
  void begin_list(Id domain, bool wrapped);
  Row add_row(Id domain, Row parent, uint32_t number, bool phantom);  // no_row: over the limit
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
  void set_truth(Id column, Row row, Truth t) { batch_.columns[column].set_truth(row, t); }
  // Whether a cell is a plain value, and which; of a type with a dense form.
  std::optional<int64_t> plain_cell(Id column, Row row) const;
  void set_cause(Id domain, Row row, Cause);           // of every column's cell that is unknown
  Value cell(Id column, Row row) const { return get(batch_.columns[column], row, batch_.pool); }
  Type type(Id column) const { return batch_.columns[column].type; }

  Id text(std::string_view text) { return interned_.text(text, batch_); }
  // The same for text that has sixteen bytes which may be read, whatever its own length: the same few words come again
  // and again, and are remembered.
  [[gnu::always_inline]] Id text_with_room(std::string_view text) {
    if (text.size() > 16) return this->text(text);
    uint64_t low, high;
    std::memcpy(&low, text.data(), 8);
    std::memcpy(&high, text.data() + 8, 8);
    const auto mask = [](size_t bytes) { return bytes >= 8 ? ~uint64_t{0} : (uint64_t{1} << (8 * bytes)) - 1; };
    low &= mask(text.size());
    high &= text.size() > 8 ? mask(text.size() - 8) : 0;
    KnownWord& known = known_words_[hash_of(low ^ high * 0xff51afd7ed558ccd) % known_words_.size()];
    if (known.low != low || known.high != high || known.generation != generation_) known = {low, high, this->text(text), generation_};
    return known.id;
  }
  Id code(Id system, Id code) { return interned_.code(system, code, batch_); }
  std::string_view text_of(Id id) const { return batch_.text(id); }
  std::pair<Id, Id> code_of(Id id) const { return batch_.code(id); }
  Arena& arena() { return *batch_.arena; }
  CaseInfo& info() { return batch_.info.back(); }

  uint32_t cases() const { return batch_.cases; }
  Batch take(const std::optional<Value>& today);

 private:
  struct Mark {                      // how much there was before the case
    std::vector<Row> rows;
    std::vector<uint32_t> lists;
    size_t texts = 0, codes = 0, pool = 0;
  };
  void start();
  void take_back();
  void forget_interned(size_t texts, size_t codes);    // those of the batch from these numbers on
  void grow(Id domain, uint32_t capacity);
  void clear_cells(Id column, Row from, Row to);

  const RecordPlan& plan_;
  uint64_t cells_per_case_;
  uint64_t charged_ = 0;
  bool over_limit_ = false;
  Batch batch_;
  std::vector<uint32_t> capacity_;   // domain -> rows that its columns have room for
  std::vector<uint32_t> expected_;   // domain -> rows of the batch before
  uint32_t expected_cases_ = 0;
  Mark case_start_;
  struct KnownWord {
    uint64_t low = 0, high = 0;
    Id id = 0;
    uint32_t generation = 0;
  };
  std::array<KnownWord, 512> known_words_;
  uint32_t generation_ = 1;          // of the batch's own ids
  Interner interned_;
};

}  // namespace rubric::vm
