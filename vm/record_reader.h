// Reads one record after the other into a batch: the walk over a record's objects along the model, what its values
// mean, and every message about it.
//
// One class, because a message needs the place in the text, a bound needs other cells, and an annotation changes what
// a field says; its parts are record_objects.cpp (objects, lists, rows), record_values.cpp (scalars),
// record_annotations.cpp and record_assertions.cpp. Most records are written so plainly that record_plainly.cpp can read
// them in one go; it has no meaning of its own, and leaves what is not plain to the others. Private to the loader: others see record.h.
#pragma once

#include "vm/json_text.h"
#include "vm/record_batch.h"
#include "vm/record_plan.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace rubric::vm {

class RecordReader {
 public:
  RecordReader(const RecordPlan&, RecordBatch&, const LoadLimits&);

  void add(std::string_view json, std::string source);
  void add_rejected(std::string source, std::string message);
  bool is_waiting() const { return waiting_.has_value(); }   // the record added last has not been read yet
  void finish();

 private:
  using Token = JsonText::Token;
  static constexpr Token no_token = JsonText::no_token;

  // ---- the case (record.cpp)
  void begin(std::string source);
  void restart(std::string source);                  // the same record again
  void read(std::string_view json, std::string source, bool copied);  // copied: zeros stand behind it
  void end();
  void not_json(std::string_view json);
  void read_case();

  // ---- the short way (record_plainly.cpp)
  struct Plain;
  // A field as records have shown it: keys that stood behind it, the one that mostly does first.
  struct PlainKey : PlainField {
    std::array<PlainKey*, 3> next{};
    uint32_t surprises = 0;                          // how often it was not the first
  };
  struct PlainNode {
    std::vector<PlainKey> keys;                      // parallel to the plan's; the one behind them begins and no text is it
    bool too_many = false;
  };
  void expect_keys();
  bool read_plainly(std::string_view json);          // false: nothing was added, and the record needs care
  Token plain_objects(const Plain&, Token, Id node, const Field* list, Row owner,
                      uint32_t depth);  // these answer the token behind, or no_token
  Token plain_list(const Plain&, const FieldPlan&, Token, Row parent, uint32_t depth);
  Token plain_rows(const Plain&, const FieldPlan&, Token, Row parent, uint32_t depth);
  Token plain_code(const Plain&, const PlainField&, Token, Row row, uint32_t depth);
  Token plain_decimal(const Plain&, const PlainField&, Token, Row row);
  Token plain_rest(const Plain&, const PlainField&, Id node, Token, Row row, uint32_t depth);
  Token careful_value(const FieldPlan&, Id node, Token, Row row, uint32_t depth);
  template <bool word>
  bool plain_text(const Plain&, const PlainField&, Token, Row row);
  bool escaped_text(const PlainField&, Token, Row row);
  bool plain_within(const PlainField&, Row row, int64_t value);
  PlainKey* plain_key(const Plain&, Id node, Token key, PlainKey& last);
  bool within_late_bounds();
  // A few lines of the next record's text into the cache; at each object, since many at once would wait for each other.
  void fetch_ahead() {
    constexpr size_t cache_line = 64;
    for (int lines = 0; lines < 2 && !ahead_.empty(); ++lines) {
      __builtin_prefetch(ahead_.data());
      ahead_.remove_prefix(std::min(ahead_.size(), cache_line));
    }
  }

  // ---- messages (record.cpp). A message says what was found and what was expected, in lower case.
  void error(Token, std::string message);
  void warn(Token, std::string message);
  void say(std::string pointer, std::string message, bool error);
  std::string shown(Token) const;                    // a value as a message quotes it
  std::string quoted(std::string_view) const;
  static std::string meant(const std::optional<std::string>& nearest);  // ", did you mean ...?", or nothing

  // ---- objects and lists (record_objects.cpp)
  uint32_t match_key(Id node, Token key, uint32_t expected);
  void unknown_key(Id node, Token key);
  void read_members(Token object, Id node, std::vector<Token>& values, size_t base);
  void read_object(Token object, Id node, Row row, uint32_t mark);
  void read_fields(Id node, Row row, uint32_t mark, size_t base);      // values_[base..]: the node's values
  void read_object_field(const FieldPlan&, Token value, Row row, uint32_t mark);
  void read_list(const FieldPlan&, Token value, Row row, uint32_t mark);
  void read_rows(const FieldPlan&, Token array, Row parent, uint32_t mark);
  void read_references(const FieldPlan&, Token array, Row parent);
  void resolve_references();
  struct Period {
    std::optional<Value> from, to;
  };  // plain dates
  struct Completeness {
    bool complete = false;
    std::optional<Period> period;
  };
  Completeness read_completeness(const FieldPlan&, Token value);
  void missing_list(const FieldPlan&, Row parent, Cause);
  void add_phantoms(const FieldPlan&, Row parent, Cause, const std::optional<Period>&);
  void add_phantom(const FieldPlan&, Row parent, Cause, const std::optional<Value>& date);
  std::vector<Value> outside_period(const FieldPlan& dated, const Period&);
  void nothing_documented(Id node, Row row, Cause, uint32_t mark);    // no object stands where one could
  void nothing_there(Id node, Row row, Cause);                        // the record says that there is no such object

  // ---- scalars (record_values.cpp)
  void read_scalar(const FieldPlan&, Id node, Token value, Row row, uint32_t mark);
  void store(const FieldPlan&, Row row, const Value&);
  std::optional<Value> value_of(const FieldPlan&, Token);             // nothing: an error was said
  std::optional<Value> plain_value(const FieldPlan&, Token);
  std::optional<Value> object_value(const FieldPlan&, Token);
  std::optional<Value> vague_value(const FieldPlan&, Token vague);
  void check_code_system(Token system);
  std::optional<Value> code_value(const FieldPlan&, Token system, Token code, Token at);
  std::optional<Value> quantity_value(Token number, Token unit, Token at);
  std::optional<Value> quantity_text(Token);
  std::optional<uint16_t> unit_id(Token at, std::string_view name);
  std::optional<Value> number_value(Type, Token);
  std::optional<Value> temporal_value(Type, Token);
  std::optional<Value> text_value(const FieldPlan&, Token);
  std::optional<Value> wrong_type(const FieldPlan&, Token);
  std::optional<Value> within_constant_bounds(const FieldPlan&, Token, Value);
  std::optional<Value> within(const FieldPlan&, Token, const Value&, const Value& bound, std::string_view name, int sign);
  void check_late(size_t from);                                        // bounds by other fields, of late_[from..]
  std::optional<bool> states_none(Token object);                       // {"none": true}; false: wrongly said, with an error

  // The members of a small object that is no part of the model, by name; no_token where there is none.
  template <size_t N>
  std::array<Token, N> members(Token object, const std::array<std::string_view, N>& names) {
    std::array<Token, N> found;
    found.fill(no_token);
    collect_members(object, names.data(), found.data(), N);
    return found;
  }
  void collect_members(Token object, const std::string_view* names, Token* found, size_t n);
  bool string_member(Token value, std::string& out);                   // no_token and null leave it empty

  // ---- annotations (record_annotations.cpp)

  // Annotations by the place that they speak of: a tree along JSON pointers, walked beside the record. Mark 0 is none.
  struct Mark {
    std::map<std::string, uint32_t, std::less<>> below;
    Token at = no_token;                                  // the annotation's key
    Token disputed = no_token, not_applicable = no_token;
    std::vector<Token> claims;                            // their values
  };
  static constexpr uint32_t no_mark = 0, root_mark = 1;
  void read_annotations(Token);
  void read_annotation(Token key, Token value);
  void read_claims(Token claims, const std::string& pointer, uint32_t mark);
  void check_marks(uint32_t mark, Id node, Token object, const std::string& pointer);
  void check_row_marks(uint32_t mark, const FieldPlan& list, Token value, const std::string& pointer);
  void refuse_mark(uint32_t mark, bool may_not_apply);
  void stray_marks(uint32_t mark, const std::string& why);
  uint32_t mark_below(uint32_t mark, std::string_view key) const;
  bool marked(uint32_t mark) const {
    return mark != no_mark && (marks_[mark].disputed != no_token || marks_[mark].not_applicable != no_token);
  }
  std::optional<Value> marked_value(const FieldPlan&, uint32_t mark);  // what an annotation makes of a fact

  // ---- assertions (record_assertions.cpp)
  struct Asserted {
    struct Said {
      Truth status;
      size_t number;
    };                // number: of the assertion
    std::map<std::pair<Id, Row>, Said> cells;                    // what is said of a cell
    std::map<std::tuple<std::string, Id, Id>, Said> criteria;    // of a criterion, line and item
    std::unordered_map<int64_t, Row> lines;                      // by sequence; no_row: two have it
  };
  void read_assertions(Token);
  void read_assertion(Token, Asserted&);
  void assert_cells(Id column, Row line, const Assertion&, Asserted::Said, Token, Asserted&);
  void disagree(Token, size_t other);
  Id assertion_number(Token);

  const RecordPlan& plan_;
  RecordBatch& out_;
  JsonText json_;
  std::string scratch_, scratch2_;
  const LoadLimits limits_;
  std::vector<char> copy_;                          // of a record, with zeros behind it
  struct Waiting {
    size_t size;
    std::string source;
  };
  std::string_view ahead_;                          // of the record behind it: what has not been fetched yet
  std::optional<Waiting> waiting_;                  // its text is the copy
  std::map<std::pair<Id, std::string>, std::string> unknown_;  // node and key -> what is said of it

  // ---- of the record that is being read
  Row case_row_ = 0;
  uint32_t errors_ = 0, warnings_ = 0;              // said or suppressed
  bool plain_ = false;                              // on the short way: they are counted, and nothing is said
  std::vector<Token> values_;                       // a stack: for each object that is being read its fields' values
  std::vector<PlainNode> plain_nodes_;              // parallel to the plan's nodes
  std::vector<std::vector<uint32_t>> after_;        // node -> field -> the field that followed it last time
  struct PlainLate {
    const PlainField* field;
    Row row;
    int64_t value;
  };
  std::vector<PlainLate> plain_late_;               // plain values whose bounds are other fields
  struct Late {
    const FieldPlan* field;
    Id node;
    Row row;
    Token token;
    Value value;
  };
  std::vector<Late> late_;                          // a stack too
  struct Reference {
    const FieldPlan* field;
    Row row;
    Token token;
    int64_t number;
  };
  std::vector<Reference> references_;
  std::vector<Mark> marks_;
  Token annotations_ = no_token, assertions_ = no_token;
};

}  // namespace rubric::vm
