// What a policy means: resolved, typed, without sugar. `check` makes it from the AST, `emit` turns it into a
// Program, and the reference evaluator in tests/ runs it as it stands.
//
// Every name is an index, every node has a type, every layer, date and table has become plain expressions,
// groups and rules. Nothing here knows registers or domains.
#pragma once

#include "base/source.h"
#include "vm/program.h"

#include <optional>
#include <string>
#include <vector>

namespace rubric::ir {

using vm::Id;
using vm::none_id;

// A value type, or a row of a record list (`row`), or a list of either. `scalar` is the machine's type whatever the kind.
struct Type {
  enum class Kind : uint8_t { scalar, row, list, interval, tuple, null } kind = Kind::scalar;
  vm::Type scalar = vm::Type::truth;
  Id node = none_id;                 // row: the record node
  std::vector<Type> of;              // list, interval: one; tuple: one an element
  std::vector<std::string> names;    // tuple
  bool operator==(const Type&) const = default;
};

// A variable is bound to one row of a record list (or to the case: variable 0, or to a line: each block's).
// Variables are unique in a policy.
struct Expr;
struct Variable {
  std::string name;
  Id node = none_id;                 // what its row looks like
  Id list = none_id;                 // Program-model domain (see Model::domains) whose rows it runs over
  Id owner = none_id;                // the variable whose row holds the list (the case: 0); none_id for the case itself
  std::vector<Expr> elements;        // one: the list value over whose elements it runs, instead of a list of the record
};

enum class ExprKind : uint8_t {
  constant,        // value
  field,           // variable, node, field: a scalar field of the variable's row
  position,        // variable: the row's number in its list, from 1
  decided_date,    // variable (a line): the date of service, or the date received
  as_of,           // today
  call,            // fn (operators.def), args
  truth_and,
  truth_or,
  truth_not,
  select,          // args: condition, then, else
  is_null,         // args: one
  coalesce,
  lookup,          // table, args: key
  in_set,          // table, args: value
  in_set_on,       // table, args: value, date
  fold,            // fold, query; pick and only too
  gather,          // args: the elements of a list; of a tuple (type.kind), whose names stand in type.names, sorted
  narrow,          // args: a choice, read as `type`
  element,         // variable: the element of a list value that it runs over
  nest,            // query (value: what is listed; key: what sorts it, `falling` by bit): the rows as a list value
  aggregate,       // args: start, body; query: the source whose elements are the steps; variable: the accumulator
  accumulator,     // variable: what the step before made
  judged,          // criterion: the reviewer's judgment on it
  approved,        // variable (a line), block: the line's outcome in that block is favourable
  // the rest stand in rule conditions, remarks and criteria's `applies` only
  status,          // criterion, test, items
  group,           // group, at_least; args: members (status, group, or any truth). Not applicable where no member is.
};

enum class Fold : uint8_t { any, all, count, count_distinct, sum, min, max, avg, first, last, only };
enum class Test : uint8_t { met, not_met, shown, not_shown, undetermined, applicable, not_applicable };
enum class Items : uint8_t { same, every, some };   // a criterion of a line's items read from the line: every item's, or some item's
enum class Group : uint8_t { all, any, none, at_least };

struct Query;

struct Expr {
  ExprKind kind = ExprKind::constant;
  Type type;
  Span span;
  std::string text;                  // canonical source, for the trace; empty on nodes that the author did not write
  std::vector<Expr> args;
  vm::Constant value;                // constant: of types other than text and code
  std::string string;                // constant: a text; a code's code
  std::string system;                // constant: a code's system
  Id variable = none_id, node = none_id, field = none_id;
  std::vector<Id> path;  // field: the fields from the variable's row to the scalar, through nested objects (last: the scalar)
  uint16_t fn = 0;
  Id table = none_id, criterion = none_id, block = none_id;
  Fold fold = Fold::any;
  Test test = Test::met;
  Items items = Items::same;
  Group group = Group::all;
  uint32_t at_least = 0;
  uint32_t falling = 0;  // nest: bit k: the kth key falls
  std::vector<Query> query;  // fold, nest, aggregate: exactly one
};

// Rows of one or several record lists, in nested order, for which `where` holds.
//   any, all: `value` is the condition folded;   count: none;   count_distinct, sum, ...: the value;   first, last: `key` orders, `value` is taken
struct Query {
  struct Source {
    Id variable;
  };  // each source's list, owner: Variable
  std::vector<Source> sources;
  std::vector<Expr> where;  // none or one
  std::vector<Expr> value;  // none or one
  std::vector<Expr> key;  // none or one; nest: any number
};

struct Piece {
  std::string text;
  std::vector<Expr> expr;
  bool because = false;
};  // one of the three
using Template = std::vector<Piece>;

struct Cite {
  Id source = none_id;
  std::string section, grade;
};

// A limit's history and the request's other lines. `used` counts both; see semantics section 7.
struct Limit {
  enum class Kind : uint8_t { days, procedures, interval } kind = Kind::days;
  std::string text;  // the clause, for traces: "at most Most days of Codes in any 12 months"
  Expr amount;  // integer; interval: the shortest gap in days or months (quantity constant or parameter)
  Query history;  // rows in the window; value: the row's date
  Query siblings;  // other lines in the window that come before (interval: any other line); value: its date
  Id sibling = none_id;  // the siblings' variable
  Id line = none_id;  // the line's variable
  Expr date;  // the line's date
  bool any_window = false;  // "in any W": the fullest window of length `length` that contains the date
  std::optional<Expr> length;
  // interval: a day too near, on each row (truth); `history.where` and `siblings.where` already hold it, so the limit is met when no row does
};

struct Criterion {
  std::string path, label;
  vm::CriterionKind kind = vm::CriterionKind::leaf;
  uint32_t at_least = 0;
  Id block = none_id;
  bool per_item = false;  // runs over the block's or its own items
  Id item = none_id;  // variable: per_item
  std::optional<Expr> item_where;
  Id parent = none_id;
  std::vector<Id> members;  // choice: amended, defeated
  bool section = false, top = false;
  std::optional<Expr> applies, condition, gate;
  std::optional<Limit> limit;
  Id layer = 0;
  std::vector<Id> exceptions;  // rules whose standing makes it not applicable
  Template text, met, not_met, undetermined, member_met, member_not_met, member_undetermined;
  std::vector<Cite> cites;
  std::vector<Template> asks;
  std::vector<std::string> notes;
  Span span;
};

struct Rule {
  std::string name;
  Id block = none_id;
  uint8_t outcome = vm::no_outcome;
  bool is_exception = false;
  Expr when;  // truth, status or group
  std::optional<Expr> gate;  // in force, layer applies
  std::vector<std::pair<std::string, Expr>> modification;  // field of the line, its value (constant; none is a constant)
  std::optional<Expr> equals_request;
  std::vector<Id> exceptions;  // rules that defeat it
  std::vector<Id> subject_to;
  std::vector<Cite> cites;
  Id layer = 0;
  Template text;
  std::vector<std::string> notes;
  Span span;
};

struct Condition {
  std::string name;
  Template text;
  std::optional<Expr> due_from, due_to;  // constant quantities
  std::string after;
  std::vector<std::pair<std::string, Expr>> values;  // parameters that its text and test quote
  std::vector<Cite> cites;
  Span span;
};

struct Remark {
  vm::Remark::Kind kind = vm::Remark::Kind::advise;
  Template text;
  Id block = none_id;
  std::optional<Expr> when;
  std::vector<Cite> cites;
  Span span;
};

struct Block {
  std::string name, version;
  Id line = none_id;  // variable
  Id item = none_id;  // variable, or none_id
  std::string item_name;
  vm::FoldItems fold = vm::FoldItems::none;
  std::optional<Expr> scope, item_where, version_gate;
  std::vector<Id> after;  // blocks
  std::vector<Id> criteria, rules;  // outline order
  std::vector<std::pair<std::string, uint8_t>> when_undetermined;  // "": the default
  std::vector<Cite> cites;
  Span span;
};

struct Layer {
  std::string name, overlay, version;
  std::optional<Expr> applies;
};
struct Source {
  std::string name, title;
  bool unresolved = false;
};
struct Table {
  std::string name;
  vm::Type key = vm::Type::text, value = vm::Type::text;
  struct Row {
    Expr key;
    std::optional<Expr> value;
    std::optional<vm::Constant> from, to;
  };
  std::vector<Row> rows;
  std::optional<Expr> otherwise;
  bool otherwise_key = false;
};

// The record model, unrolled as Program::nodes; texts are indices into `texts` here and there alike.
struct Model {
  std::vector<std::string> texts;
  std::vector<vm::Constant> constants;
  std::vector<Id> code_systems;  // texts
  std::vector<vm::Node> nodes;
  std::vector<vm::DomainDef> domains;  // 0: cases; one for every list and reference of the tree (emit drops those not read)
};

struct Policy {
  std::string name, version, title;
  Model model;
  std::vector<Variable> variables;  // 0: the case
  std::vector<Source> sources;
  std::vector<Layer> layers;  // 0: the policy itself
  std::vector<Table> tables;
  std::vector<Criterion> criteria;
  std::vector<Rule> rules;
  std::vector<Condition> conditions;
  std::vector<Remark> remarks;
  std::vector<Block> blocks;  // in the order in which they are decided
  std::vector<FileId> files;
};

}  // namespace rubric::ir
