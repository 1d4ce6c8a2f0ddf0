// What the loader does at each place of a record, worked out once for a program: which keys there are, which of them
// become columns, which objects and lists are entered.
//
// The loader needs a few facts that no program may have asked for: what other facts are bounded by, the numbers that
// references name, the dates that stand in for a line's own. They get columns behind the program's, which never leave
// the loader. Nothing in here has seen a record.
#pragma once

#include "vm/program.h"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rubric::vm {

// Keys of the case that mean something to the loader itself, whether the model declares them or not.
enum class CaseKey : uint8_t { none, id, decision_date, annotations, assertions, ignored };

// How a value is read where it is written in the plainest way (record_plainly.cpp).
enum class Plainly : uint8_t {
  truth,
  integer,
  decimal,
  date,
  code,
  text,
  word,   // cells; word: one of the field's own
  object,
  rows,                                      // entered
  carefully,                                         // a scalar of another form, references, an object that nobody enters
  skipped,
  id,
  never,                                // never: whoever meets it reads the whole record with care
};

struct FieldPlan {
  std::string_view key;
  const Field* field = nullptr;     // nullptr: a key of the case that the model does not declare
  FieldKind kind = FieldKind::scalar;
  Type type = Type::text;
  CaseKey case_key = CaseKey::none;
  bool entered = false;             // object, list, reference: something in it is read
  bool bounded_by_field = false;    // can be checked only when the whole object has been read
  Id column = none_id;              // RecordPlan::columns
  std::optional<Value> low, high;   // constant bounds
};

// A few bytes to be compared with those of a text, all at once: a key with its quotes and its colon, as it is written
// where no white space stands between them.
struct Word {
  static constexpr size_t parts = 3, most = 8 * parts;
  std::array<uint64_t, parts> bytes{}, mask{};
  bool more = false;                         // there is more than the first of the parts
  static Word of_key(std::string_view key);  // a key that is longer is never met
};

// What the short way needs of a field, and no more: there are many, and each is looked at for each value.
struct PlainField {
  Word key;
  uint64_t bit = 0;                             // of its number in the node
  Plainly plainly = Plainly::never;
  Id column = none_id;
  int64_t least = INT64_MIN, most = INT64_MAX;  // constant bounds of a plain cell
  struct Other {
    Id column = none_id;
    bool of_case = false;
  };
  Other low, high;                              // bounds that are other fields
  std::vector<uint64_t> words;                  // bits: program texts that may stand here, where not all may
  const FieldPlan* field = nullptr;

  bool has_other_bounds() const { return low.column != none_id || high.column != none_id; }
  bool allows(Id text) const { return text / 64 < words.size() && (words[text / 64] >> (text % 64) & 1); }
};

struct NodePlan {
  std::vector<FieldPlan> fields;    // parallel to Node::fields; behind them the case's own keys
  std::vector<PlainField> plain;    // parallel to fields, and one more behind them that no key names
  std::vector<uint32_t> entered;    // objects, lists and references that make rows even where the record has none
  std::unordered_map<std::string_view, uint32_t> by_key;
};

// A list of the record that becomes a domain, and the way to it from the row that it belongs to.
struct ListPlace {
  Id node = none_id, field = none_id;
};

struct RecordPlan {
  explicit RecordPlan(const Program&);

  struct ColumnPlan {
    Type type = Type::text;
    Id domain = none_id;
  };

  const Program& program;
  std::vector<NodePlan> nodes;               // parallel to Program::nodes
  std::vector<ColumnPlan> columns;           // the program's, then the loader's own
  std::vector<std::vector<Id>> columns_on;   // domain -> its columns
  std::vector<Id> position_on;               // domain -> the program's column of row numbers, or none_id
  std::vector<ListPlace> lists;              // domain -> where it stands (rows, reference)
  std::set<std::string_view> criteria;       // names; one may stand in several blocks
  std::map<std::string_view, std::vector<Id>> assertions_on;  // criterion -> the program's columns of judgments on it
  Id received = none_id;                     // columns on cases, or none_id
  Id decision_date = none_id;
  Id line_sequence = none_id;                // column on lines, or none_id
  std::unique_ptr<Arena> arena = std::make_unique<Arena>();  // of the constant bounds

 private:
  bool plan_node(Id node);
  Id column_of(Id node, Id field);           // makes one where there is none
  void want_columns(Id node);
  PlainField plan_plainly(Id node, const FieldPlan&) const;
};

// A constant of the program as a value of the given type (a whole number may bound a decimal).
std::optional<Value> constant_value(const Program&, Id constant, Type, Arena&);

// Index of the field with this key, or none_id.
Id find_field(const Program&, const Node&, std::string_view key);

}  // namespace rubric::vm
