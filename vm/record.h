// A JSON case record to columns: the loader. Only the fields that a program reads become columns.
//
// A record that cannot be read is rejected whole, with every reason found and its JSON pointer; its neighbours in
// the batch cannot notice. Open facts become unknown or open cells: a field that is not documented is unknown
// (cause not_documented), {"vague": ..} a range, a partial date the range of its days, a disputed fact its claims.
#pragma once

#include "base/diagnostic.h"
#include "vm/column.h"
#include "vm/intern_table.h"
#include "vm/program.h"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rubric::vm {

// The rows of one domain over a batch. Rows lie in order of their parents.
struct DomainRows {
  uint32_t rows = 0;
  std::vector<Row> first;      // parent row -> first row; one more entry than the parent has rows
  std::vector<Row> up;         // row -> parent row
  std::vector<Row> src;        // reference, cross: row -> row of `from`; no_row: it is not known which
  Plane phantom;               // rows that stand for any number of unrecorded ones
  Plane wrapped;               // parent rows whose list is written {"items": [...]}: pointers go through "items"

  // rows, reference: index of the element in its JSON array; phantom rows: no_row
  uint32_t number(Row r) const { return bit(phantom, r) ? no_row : r - first[up[r]]; }
};

struct Evidence {
  std::string pointer, document, date, page, author;
};
struct Claim {
  std::string pointer, by, value;
};
struct RecordMessage {
  std::string pointer, message;
  bool error = true;
};
struct Assertion {
  std::string criterion, status, by, credential, date, reason;
  Id line = none_id, item = none_id;
};  // line: its sequence number, item: from 1; none_id: every one

struct CaseInfo {
  std::string id;
  std::string source;                    // "file:line"
  std::string as_of;                     // ISO date, or empty: unknown
  bool rejected = false;
  uint64_t cells = 0;                    // what the case was charged: rows made, text bytes / 16; the machine charges on top
  std::vector<RecordMessage> messages;   // all that was found; a record with an error is rejected
  std::vector<Evidence> evidence;        // from annotations
  std::vector<Claim> claims;             // from disputed annotations
  std::vector<Assertion> assertions;
  std::vector<std::pair<std::string, std::string>> vague;  // pointer -> the record's own words ("a couple of months")
  std::vector<std::pair<std::string, std::string>> not_applicable;  // pointer -> reason
};

// What is known of each case of a batch beside its columns. It is few cases that somebody asks this of: where the columns come
// from a file, each is made when it is first asked for.
class CaseInfos {
 public:
  using Make = std::function<CaseInfo(Row)>;
  CaseInfos() = default;
  CaseInfos(size_t cases, Make make) : size_(cases), make_(std::move(make)) {}   // none of them is rejected

  size_t size() const { return make_ ? size_ : all_.size(); }
  CaseInfo& operator[](size_t row) { return all_[row]; }          // of those that are not made
  const CaseInfo& operator[](size_t row) const { return make_ ? made(row) : all_[row]; }
  bool is_rejected(size_t row) const { return !make_ && all_[row].rejected; }
  bool is_made_when_asked() const { return static_cast<bool>(make_); }

  void reserve(size_t n) { all_.reserve(n); }
  void resize(size_t n) { all_.resize(n); }
  void emplace_back() { all_.emplace_back(); }
  CaseInfo& back() { return all_.back(); }

 private:
  const CaseInfo& made(size_t row) const;

  std::vector<CaseInfo> all_;
  size_t size_ = 0;
  Make make_;
  mutable std::vector<std::unique_ptr<const CaseInfo>> made_;     // a batch is read by one thread at a time
};

// Texts and codes that many batches share beside the program's: those of a snapshot.
struct Vocabulary {
  std::vector<std::string> texts;        // ids from Program::texts.size() on
  std::vector<std::pair<Id, Id>> codes;  // ids from Program::codes.size() on
  InternTable known;                     // the program's texts, and these
};

// One batch of cases as columns. A rejected case keeps its row of the `cases` domain and has no rows elsewhere.
struct Batch {
  const Program* program = nullptr;
  uint32_t cases = 0;
  std::vector<DomainRows> domains;       // parallel to Program::domains; cross domains are empty, the machine makes them
  std::vector<Column> columns;           // parallel to Program::columns
  CaseInfos info;
  Pool pool;
  std::unique_ptr<Arena> arena = std::make_unique<Arena>();
  std::shared_ptr<const Vocabulary> vocabulary;
  mutable std::deque<std::string> texts; // ids behind the program's and the vocabulary's; operators add those that they make
  std::vector<std::pair<Id, Id>> codes;  // the same

  std::string_view text(Id id) const {
    const size_t own = program->texts.size();
    if (id < own) return program->texts[id];
    const size_t shared = vocabulary ? vocabulary->texts.size() : 0;
    return id - own < shared ? std::string_view(vocabulary->texts[id - own]) : std::string_view(texts[id - own - shared]);
  }
  Id intern(std::string_view) const;     // a batch is run by one thread at a time
  std::pair<Id, Id> code(Id id) const {
    const size_t own = program->codes.size();
    if (id < own) return program->codes[id];
    const size_t shared = vocabulary ? vocabulary->codes.size() : 0;
    return id - own < shared ? vocabulary->codes[id - own] : codes[id - own - shared];
  }
  // How many there are: ids from here on are nobody's.
  size_t text_count() const { return first_own_text() + texts.size(); }
  size_t code_count() const { return program->codes.size() + (vocabulary ? vocabulary->codes.size() : 0) + codes.size(); }

  void forget_values();                  // nothing but the storage of rows and columns stays

 private:
  size_t first_own_text() const { return program->texts.size() + (vocabulary ? vocabulary->texts.size() : 0); }
  mutable std::unordered_map<std::string_view, Id> text_ids_;   // made when an operator first makes a text
};

struct LoadLimits {
  uint64_t cells_per_case = uint64_t{1} << 20;   // rows made, and text bytes / 16; charged before anything is allocated
  uint64_t bytes_per_record = uint64_t{64} << 20;
};

// Takes records one by one and hands out batches. Thread-compatible: one loader a thread.
class Loader {
 public:
  Loader(const Program&, const std::string& as_of /* ISO date or empty */, LoadLimits = {});
  ~Loader();
  Loader(Loader&&) noexcept;

  // `json` is one record's text; `source` says where it stands ("file:line"). Never fails: a record that cannot be read is a rejected case.
  void add(std::string_view json, std::string source);
  // A place where a record should be and none can be handed over (record_stream.h): a rejected case.
  void add_rejected(std::string source, std::string message);
  uint32_t pending() const;
  // What was added since the last take. `used`: a batch of this loader that nobody reads any more; the storage of its rows and
  // columns is taken for what is added next.
  Batch take(Batch used = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Reads a record for its mistakes alone, and everything in it: the loader skips what its program does not read.
class RecordChecker {
 public:
  explicit RecordChecker(const Program&, LoadLimits = {});
  ~RecordChecker();
  RecordChecker(RecordChecker&&) noexcept;
  CaseInfo check(std::string_view json, std::string source);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
std::vector<RecordMessage> check_record(const Program&, std::string_view json, std::string source);

// The JSON pointer of a cell: of a scalar column's row, or (column none_id) of the list that a row of `domain` stands in,
// or of the row itself. What stands on a phantom row has "-" for its number ("/trials/-/start"): the element behind the
// last. The first number is the case's row.
struct Place {
  Row case_row;
  std::string pointer;
};
Place place_of_column(const Batch&, Id column, Row);
Place place_of_list(const Batch&, Id domain, Row);
Place place_of_row(const Batch&, Id domain, Row);

}  // namespace rubric::vm
