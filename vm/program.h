// A compiled policy as plain data: what the loader takes from a record, a straight line of column
// operators, and the tables that a decision and its trace are read with.
//
// Everything refers to everything else by index. `compiler/emit` makes a Program, save and load keep it in a
// file, and only `verify` can turn it into something that runs.
#pragma once

#include "base/source.h"
#include "vm/value.h"

#include <string>
#include <vector>

namespace rubric::vm {

using Id = uint32_t;
constexpr Id none_id = 0xffffffff;

// ---------------------------------------------------------------- the record

// Domains are sets of rows. Each row of a domain belongs to one row of its parent; `cases` is the root.
//   rows       a list of the record, one row an element, and one *phantom* row per list that may hold more than is recorded
//   reference  a list of numbers that name rows of another record list (`from`), e.g. a line's diagnoses
//   cross      under each row of the parent, the rows of the record list `from` that belong to the same case, or, where
//              `via` names an ancestor of these rows (or the parent itself), to the row that this ancestor's row is or refers to
//   unnest     under each row of the parent, the elements of a list value, which an `unnest` makes while it runs
enum class Make : uint8_t { cases, rows, reference, cross, unnest };
constexpr bool made_while_running(Make m) { return m == Make::cross || m == Make::unnest; }
struct DomainDef {
  Make make = Make::cases;
  Id parent = none_id;
  Id from = none_id;   // reference, cross: the domain whose rows `src` names
  Id via = none_id;    // cross: see above
  Id node = none_id;   // rows, reference: index in Program::nodes; its fields describe a row (reference: those of `from`)
  Id name = none_id;   // text, for disassembly and messages
};

// The record model, unrolled: one node for each place in a record where an object can stand, node 0 the case itself.
// It is whole (the fields that no program reads too), so that unknown keys and wrong types are found wherever the loader goes.
enum class FieldKind : uint8_t { scalar, object, list, reference };
struct Bound {                 // an end of a field's range: a constant, or another field
  enum class Kind : uint8_t { unbounded, constant, sibling, of_case } kind = Kind::unbounded;
  Id constant = none_id;       // Program::constants
  Id field = none_id;          // sibling: index of the field in the same node; of_case: in node 0
};
struct Field {
  Id key = none_id;            // text: the key in the JSON record
  FieldKind kind = FieldKind::scalar;
  Type type = Type::text;
  bool optional = false;       // the record may state that there is none; otherwise {"none": true} is an error
  bool complete = false;       // list: a plain array is the whole list
  std::vector<Id> one_of;      // texts; empty: any
  Bound low, high;             // both included
  Id code_system = none_id;    // code: a bare string means this system
  Id node = none_id;           // object, list, reference: what a row or the object looks like
  Id domain = none_id;         // list, reference: the domain of its rows, or none_id where no program reads it
  Id dated_by = none_id;       // list: index in `node`'s fields of the date that "complete from .. to" speaks of
  Id refers_to = none_id;      // reference: index in node 0's fields of the list whose rows the numbers name
  Id refers_by = none_id;      //            index in that list's node of the number
  Id column = none_id;         // scalar: Program::columns, or none_id where no program reads it
};
struct Node {
  Id name = none_id;           // text: the entity, for messages
  Id domain = none_id;         // the rows on which this node's scalar fields stand (an object's are its owner's)
  std::vector<Field> fields;
};

// What the loader hands to the machine, one column each.
enum class ColumnKind : uint8_t {
  field,         // a scalar field of the record
  position,      // the row's number in its list, from 1 (integer, never unknown for recorded rows)
  assertion,     // a person's word on `criterion`: yes met, no not met, none not applicable, unknown: nobody judged
  judgment,      // the same cells, as the answer that a criterion judged by the reviewer waits for: an open fact
  decided_date,  // on lines: the date of service, or the date received where none is documented
  as_of,         // on cases: the day called today
};
struct ColumnDef {
  ColumnKind kind = ColumnKind::field;
  Type type = Type::text;
  Id domain = 0;
  Id node = none_id, field = none_id;  // field: where it stands in the model
  Id path = none_id;                   // text: the way from the row's own object, e.g. "program/comprehensive"
  Id criterion = none_id;              // assertion: Program::criteria
  bool optional = false;
};

// ---------------------------------------------------------------- code

enum class Op : uint8_t {
#define OPCODE(name, ...) name,
#include "vm/opcodes.def"
#undef OPCODE
};

struct Inst {
  Op op{};
  uint16_t fn = 0;             // call: operators.def; fold: Fold; gather: 0 list, 1 tuple
  Id domain = none_id;         // rows that are written; none_id: uniform
  Id dst = none_id;
  uint32_t args = 0;           // slice of Program::operands
  uint32_t n = 0;
  uint32_t imm = 0;
  bool operator==(const Inst&) const = default;
};

struct Register {
  Id domain = none_id;         // none_id: uniform, one row for all
  Type type = Type::truth;
};

// Members of constant sets and keys of lookup tables; `values` is parallel to `keys` for tables, empty for sets.
struct Table {
  Id name = none_id;
  Type key = Type::text, value = Type::text;
  std::vector<Id> keys, values;          // constants
  Id otherwise = none_id;                // constant
  bool otherwise_key = false;
  std::vector<Id> from, to;              // per key, validity: constants of type date, none_id: open end. Empty: always
};

struct Constant {                        // a Value that can be kept in a file
  Kind kind = Kind::value;               // value or none
  Type type = Type::integer;
  uint8_t precision = 0;
  uint16_t unit = 0;
  int64_t low = 0, high = 0;             // the scaled decimal's two halves; other types: low
  bool operator==(const Constant&) const = default;
};

// ---------------------------------------------------------------- what stands behind the code

// One place of the source whose value a trace can show.
enum class SiteKind : uint8_t { truth, comparison, fact, has, fold, limit };
struct Site {
  SiteKind kind = SiteKind::truth;
  Span span;
  Id text = none_id;                     // the expression in canonical words
  Id value = none_id;                    // register
  std::vector<Id> operands;              // registers: comparison: both sides; fact: the field; limit: used, allowed
  Id domain = none_id;                   // has, fold: the rows that are looked at
  Id member = none_id;                   // has, fold: register on `domain`: which rows count
  std::vector<Id> sites;                 // below
};

struct Cite {
  Id source = none_id;
  Id section = none_id;
  Id grade = none_id;
};
struct Source {
  Id name = none_id, title = none_id;
  bool unresolved = false;
};

// 'No more than {MaxSessions} sessions': literal and register pieces in turn.
struct Template {
  struct Piece {
    Id text = none_id;
    Id reg = none_id;
    bool because = false;
  };
  std::vector<Piece> pieces;
  bool empty() const { return pieces.empty(); }
};

// A layer that may amend clauses; layer 0 is the policy itself.
struct Layer {
  Id name = none_id;
  Id overlay = none_id;
  Id version = none_id;
  Id applies = none_id;
};  // applies: register or none_id (always)

enum class CriterionKind : uint8_t { leaf, judged, all, any, none, at_least, limit, choice };
struct Criterion {
  Id name = none_id;                     // text: the full path in its block, e.g. "Diagnosis1.b.ii"
  Id label = none_id;                    // text: its own name or label
  CriterionKind kind = CriterionKind::leaf;
  uint32_t at_least = 0;
  Id block = none_id;
  Id domain = none_id;                   // the block's lines, or items under them
  Id parent = none_id;                   // criterion
  std::vector<Id> members;               // all, any, none, at_least; choice: the amended one, the defeated one
  bool section = false, top = false;     // top: shown at the first level of the block's outline
  Id applicable = none_id, value = none_id;                    // registers: what counts
  Id computed_applicable = none_id, computed_value = none_id;  // before a person's assertion
  Id asserted = none_id;                 // register, or none_id
  Id gate = none_id;                     // choice: register: the layer applies
  Id layer = 0;
  Id site = none_id;                     // leaf, limit: its condition
  Id applies_site = none_id;
  Template text;
  Template met, not_met, undetermined, member_met, member_not_met, member_undetermined;
  std::vector<Id> cites;                 // Program::cites
  std::vector<Template> asks;
  std::vector<Id> notes;                 // texts
  std::vector<Id> defeated_by;           // rules that are exceptions to it
  Span span;
};

// Rows of outcomes.def.
enum class Outcome : uint8_t {
#define OUTCOME(name, ...) name,
#include "vm/outcomes.def"
#undef OUTCOME
};
constexpr uint8_t no_outcome = 0xff;

struct Rule {
  Id name = none_id;
  Id block = none_id;
  uint8_t outcome = no_outcome;          // an Outcome; no_outcome: an exception that only defeats
  bool is_exception = false;
  Id domain = none_id;
  Id fires = none_id, stands = none_id;  // registers
  Id equals_request = none_id;           // modify: register, the contents are what was asked for
  Id modification = none_id;             // Program::modifications
  std::vector<Id> exceptions;            // rules that defeat this one
  std::vector<Id> subject_to;            // Program::conditions
  std::vector<Id> cites;
  std::vector<Id> reads;                 // criteria that its condition names
  bool reads_record = false;             // uses "shown", "not shown", "undetermined"
  Id site = none_id;
  Id layer = 0;
  Id gate = none_id;                     // register: it is in force and its layer applies; none_id: always
  Template text;
  std::vector<Id> notes;
  Span span;
};

struct Modification {
  std::vector<std::pair<Id, Id>> fields;
};  // text: the field of the line; register: its value

struct Condition {
  Id name = none_id;
  Template text;
  Id due_from = none_id, due_to = none_id;   // constants (quantities), none_id: no date
  Id after = none_id;                        // text: the event
  std::vector<std::pair<Id, Id>> values;     // text: parameter; register: its value, kept with the approval
  std::vector<Id> cites;
};

struct Remark {                              // advice, warnings, notes: said beside the decision, never part of it
  enum class Kind : uint8_t { advise, warn, note, observe } kind = Kind::advise;
  Template text;
  Id block = none_id;                        // none_id: every line
  Id domain = none_id;
  Id when = none_id;                         // register; none_id: always
  std::vector<Id> cites;
};

enum class FoldItems : uint8_t { none, best, worst, qualifying };
struct Block {
  Id name = none_id;
  Id lines = none_id;                        // domain of the lines
  Id items = none_id;                        // domain of a line's items, or none_id
  Id item_name = none_id;                    // text: Diagnosis, Target
  FoldItems fold = FoldItems::none;
  Id scope = none_id;                        // register on lines: this block decides the line
  Id version_gate = none_id;                 // register on lines: this version of the policy is in force
  Id item_scope = none_id;                   // register on items: this item is one to decide on
  std::vector<Id> rules;
  std::vector<Id> criteria;                  // every criterion of the block, outline order
  Id item_outcome = none_id, outcome = none_id;  // registers of type outcome
  Id granted = none_id;                      // register on lines, where limits look at the request's other lines
  // by review type: texts and outcomes; the first entry with none_id is the default
  std::vector<std::pair<Id, uint8_t>> when_undetermined;
  std::vector<Id> cites;
  Id version = none_id;                      // text
};

struct SourceName {
  std::string name;
};     // of the files that spans point into

struct Program {
  std::string name, version, title;
  std::vector<std::string> texts;            // interned; register and record texts too
  std::vector<std::pair<Id, Id>> codes;      // interned codes: texts of system and code
  std::vector<Id> code_systems;              // texts: those that policy and libraries declare
  std::vector<Constant> constants;
  std::vector<Table> tables;
  std::vector<Node> nodes;
  std::vector<ColumnDef> columns;
  std::vector<DomainDef> domains;
  std::vector<Register> registers;
  std::vector<Inst> code;
  std::vector<Id> operands;
  std::vector<Site> sites;
  std::vector<Source> sources;
  std::vector<Cite> cites;
  std::vector<Layer> layers;
  std::vector<Criterion> criteria;
  std::vector<Rule> rules;
  std::vector<Modification> modifications;
  std::vector<Condition> conditions;
  std::vector<Remark> remarks;
  std::vector<Block> blocks;                 // in the order in which they are decided
  std::vector<std::string> files;
  std::vector<std::string> file_texts;       // the sources, so that a trace can show the clause
  Id lines_domain = none_id;                 // the case's lines
  Id review_type = none_id;                  // register on cases: text
  Id line_sequence = none_id, line_code = none_id, line_service = none_id, line_date = none_id;  // registers on lines, or none_id
  std::string digest;                        // sha256:... of everything above
};

}  // namespace rubric::vm
