// What the author wrote, as values: one Module per file, every node with its span.
//
// The AST keeps the author's words and order and resolves nothing: names are text, phrases are
// normalised to one spelling ("included  in" is "included in"), sugar is still sugar. What it means
// is ir.h. Nothing here knows ANTLR; parse.h makes it, print.h writes it back as canonical source.
#pragma once

#include "base/source.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rubric::ast {

// A name or a word together with where it stands.
struct Word {
  std::string text;
  Span span;
  explicit operator bool() const { return !text.empty(); }
};

// `Integer`, `List<Date>`, `Interval<Date>`, `Tuple { a Integer }`, `Choice<A, B>`.
// A tuple's element names stand in `names`, their types in `arguments`.
struct TypeRef {
  std::string name;  // empty: no type was written
  std::vector<TypeRef> arguments;
  std::vector<std::string> names;
  Span span;
};

// Expressions are one node type, so that printing and walking them is one function each. The comment
// behind each kind says what `name`, `text` and `args` hold.
enum class ExprKind : uint8_t {
  // literals
  null_literal,
  boolean_literal,   // text: true | false
  integer_literal,   // text: digits
  long_literal,      // text: digits, without the L
  decimal_literal,   // text: as written
  string_literal,    // text: unescaped
  date_literal,      // text: after the @, e.g. 2026-01-31, 2026-01
  datetime_literal,  // text: after the @, e.g. 2026-01-31T10:00:00.000Z
  time_literal,      // text: after the @T
  quantity_literal,  // text: the number; name: the unit ('mg', month, months ...); flag: a calendar word, not a quoted unit
  ratio_literal,     // args: two quantities
  code_literal,      // name: code system; text: the code; `CPT '20552'`
  none_literal,      // `none`, in contents and records: there is no value
  // names
  name,              // name: identifier ("quoted" or plain; flag: it was quoted)
  external,          // $this, $index, $total: name
  member,            // args: object; name: the member
  index,             // args: list, position
  invoke,            // name: function; args: arguments
  member_invoke,     // args: object, arguments ...; name: function
  // operators: name is the operator in one spelling
  unary,             // name: - + not exists distinct flatten "start of" "end of" "width of" "successor of" "predecessor of"
  //       "singleton from" "point from" "size of" collapse expand "is null" "is not null" "is true" "is not true" "is false" "is not false"
  //       "minimum" "maximum" (type)   "date from" "time from" "timezoneoffset from" "year from" ... (component in precision)
  //       "duration in" (precision) of an interval, "difference in" (precision) of an interval
  binary,  // and, or: all of a chain, two args or more; others: two. name: + - * / div mod ^ & = != ~ !~ < <= > >= and or xor implies in contains union intersect except
  //       "properly in" ..., "in force on", "collapse per", "expand per"
  between,  // args: value, low, high; flag: properly
  between_period,  // "days between a and b": name: duration | difference; precision; args: a, b
  timing,  // args: left, right [, offset quantity]; name: the phrase in canonical words, e.g. "during", "included in",
  //       "starts before start", "within of start", "or less before"; precision: "day" in "same day as"
  type_test,  // args: value; type           x is T
  cast,  // args: value; type; flag: strict (cast x as T)
  convert,  // args: value; type, or name: the unit      convert x to T
  // constructors
  interval,  // args: low, high; low_closed, high_closed
  list,  // args: elements; type: element type where written
  tuple,  // names, args
  instance,  // name: the type; names, args      Quantity { value: 3, unit: 'days' }
  // conditionals
  if_else,  // args: condition, then, else
  case_of,  // args: [comparand if flag], when, then, when, then, ..., else
  // queries: args are clauses in order, each one of the kinds below
  query,
  source,  // name: alias; args: the list. (In `from A a, B b` there are several.)
  let_clause,  // name; args: value
  with_clause,  // name: alias; args: list, such that
  without_clause,  // the same
  where_clause,  // args: condition
  return_clause,  // args: value; name: "" | all | distinct
  aggregate_clause,  // name: accumulator; text: "" | all | distinct; args: body [, starting]
  sort_clause,  // args: sort_item ...; or none with name: asc | desc
  sort_item,  // args: key; name: asc | desc
  // words for people
  has,  // name: some | every | no | another | "at least" ("another approved": text: approved);
  // text2: entity or list name; alias; args: condition [, of] [, count for "at least"] : see Expr fields
  group,  // name: "all of" | "any of" | "none of" | "at least"; args: item ...; count in `count`; flag: written inline
  item,  // name: label; text: sentence; args: condition
  status,  // args: a name, member path or inline group; name: "met" "not met" "shown" "not shown" "undetermined" "applicable" "not applicable"
  judged,  // judged by the reviewer
  condition_of_last,  // name: condition;   condition C of the last authorization
};

struct Expr {
  ExprKind kind = ExprKind::null_literal;
  Span span;
  std::string name;  // see the kinds
  std::string text;
  std::string precision;  // year month week day hour minute second millisecond, or empty
  std::vector<Expr> args;
  std::vector<std::string> names;  // tuple and instance element names
  TypeRef type;
  bool flag = false;
  bool low_closed = true, high_closed = true;
  // has: `<name> <entity> <alias> [of <of>] [where <where>] has <args[0]>`, `at least <count> ...`; the optional parts:
  std::string entity, alias;
  bool approved = false;  // another approved Line
  std::vector<Expr> of, where, count;  // none or one each (group "at least N of" uses count too)
};

// cite LCD 'Group 1 codes' grade 'weak for'
struct Cite {
  Word source;
  std::string section;
  std::string grade;
  Span span;
};

// in force from @2026-01-01 to @2026-12-31; both ends included, either may be missing. Expr is a date literal.
struct InForce {
  std::optional<Expr> from, to;
};

// The two registers: what a reviewer and what the member reads. Text may hold {expression} and {because}.
struct Sentences {
  Word met, not_met, undetermined;  // met '...'   not met '...'   undetermined '...'
  Word member_met, member_not_met, member_undetermined;  // member met '...' ...
};

struct Source {
  Word name;
  std::string title;
  std::vector<std::string> grades;
  bool unresolved = false;
  Span span;
};
struct Include {
  Word name;
  Word called;
  Span span;
};
struct CodeEntry {
  std::string code;
  InForce in_force;
  Span span;
};
// codesystem ICD10CM [ { 'M79.1' to @2018-09-30, 'M79.10' from @2018-10-01 } ]: the listed codes have dates, others are always valid
struct CodeSystem {
  Word name;
  std::vector<CodeEntry> codes;
  Span span;
};
// valueset V: CPT { 'a', 'b' from @2024-01-01 };  members may also be other value sets: `valueset W: A or B`
struct ValueSet {
  Word name;
  Word system;
  std::vector<CodeEntry> codes;
  std::vector<Word> unions;
  std::vector<Cite> cites;
  Span span;
};
// parameter P [Type] default 3, 4 from @2026-01-01   cite ...
struct DatedValue {
  Expr value;
  InForce in_force;
};
struct Parameter {
  Word name;
  TypeRef type;
  std::vector<DatedValue> values;
  std::vector<Cite> cites;
  Span span;
};
struct Define {
  Word name;
  bool function = false;
  std::vector<std::pair<Word, TypeRef>> parameters;
  TypeRef result;
  Expr body;
  Span span;
};
// lookup L: String to Integer  'a' -> 1 ... [otherwise expr]; `otherwise the key itself` is otherwise_key
struct Lookup {
  Word name;
  TypeRef from, to;
  std::vector<std::pair<Expr, Expr>> rows;
  std::optional<Expr> otherwise;
  bool otherwise_key = false;
  std::vector<Cite> cites;
  Span span;
};

// One field of an entity:
//   serviceDate Date called date     side one of 'left', 'right'     units Integer at least 1     x Integer from 0 to 31 optional
//   onset Date at most Case.received     lines list of Line complete     trials list of Trial dated by start
//   diagnoses list of Diagnosis complete by sequence     schedule { interval Duration, count Integer }
struct Field {
  Word name;
  Word called;
  TypeRef type;  // of the field, or of the list's rows
  bool list = false, complete = false, optional = false;
  Word by;  // complete by sequence: numbers in the record, rows here
  Word dated_by;
  std::vector<std::string> one_of;
  std::vector<Field> fields;  // a nested object { ... }
  std::optional<Expr> low, high;  // a literal, a sibling field's name, or Case.field
  Span span;
};
struct Entity {
  Word name;
  bool extends = false;
  std::vector<Field> fields;
  Span span;
};  // entity X ... | extend entity X ...

// decides [Name] [after A, B]: each Line [where scope] [, for each Diagnosis D [of Line] [where c], taking the best | taking the worst | approving those that qualify]
//   when undetermined pend; in retrospective review deny    cite ...
struct WhenUndetermined {
  Word review_type;
  Word outcome;
  Span span;
};  // review_type empty: the default
struct Decides {
  Word name;
  std::vector<Word> after;
  std::optional<Expr> scope;
  Word item_entity, item_alias;
  std::optional<Expr> item_where;
  Word fold;  // best | worst | qualifying
  std::vector<WhenUndetermined> when_undetermined;
  std::vector<Cite> cites;
  Span span;
};

// criterion Name [for each Target T] 'sentence' [applies when e] condition cite... ask '...' met '...' note '...'
struct Criterion {
  Word name;
  Word item_entity, item_alias;
  std::string text;
  std::optional<Expr> applies;
  Expr condition;
  std::vector<Cite> cites;
  std::vector<Word> asks;
  Sentences sentences;
  std::vector<std::string> notes;
  InForce in_force;
  Span span;
  bool group = false;  // `criteria Common: all of A, B`: a named group
};
// limit Name 'sentence' at most N days|procedures of CODES <window> [per Target T by expr] ;  at least W between days of CODES
enum class LimitKind : uint8_t { at_most_days, at_most_procedures, at_least_between };
enum class WindowKind : uint8_t { in_up_to, in_any, on_day_of, in_year_of, in_lifetime, in_interval };
// in the 12 months up to Line.date | in any 12 months | on the day of Line.date | in the year of Line.date | in a lifetime | in <interval expression>
struct Limit {
  Word name;
  std::string text;
  std::optional<Expr> applies;
  LimitKind kind = LimitKind::at_most_days;
  Expr amount;  // N, or the interval W
  Expr codes;  // a value set's name, or a list of codes
  WindowKind window = WindowKind::in_lifetime;
  std::optional<Expr> length, anchor;  // length: `12 months` or a parameter; anchor: Line.date; in_interval: length holds the interval
  Word per_entity, per_alias;
  std::optional<Expr> per_key;  // per Target T by MuscleOf(T.site)
  std::vector<Cite> cites;
  std::vector<Word> asks;
  Sentences sentences;
  std::vector<std::string> notes;
  InForce in_force;
  Span span;
};

// section Name 'text' [applies when e] criteria and limits ... end; sections nest
struct Declaration;
struct Section {
  Word name;
  std::string text;
  std::optional<Expr> applies;
  std::vector<Cite> cites;
  std::vector<Declaration> members;
  Span span;
};

// modify to { units: 1, schedule: none }
struct Contents {
  std::vector<std::pair<Word, Expr>> fields;
  Span span;
};
struct Outcome {
  Word word;
  std::optional<Contents> contents;
};  // approve, deny, pend, review, modify to, not required
struct ExceptionTo {
  bool every_other = false;
  std::vector<Word> targets, but;
};
// rule Name outcome when c [exception to R, S | exception to every other rule [but X]] [subject to C, D] cite ...
// exception Name to R [, S] [outcome] when c cite ...
struct Rule {
  Word name;
  std::optional<Outcome> outcome;
  std::optional<Expr> when;
  ExceptionTo exception_to;
  bool is_exception = false;
  std::vector<Word> subject_to;
  std::vector<Cite> cites;
  Sentences sentences;
  std::string text;
  std::vector<std::string> notes;
  InForce in_force;
  Span span;
};
// condition Name 'text' [due from A to B after performed] [met when e] cite...
struct Condition {
  Word name;
  std::string text;
  std::optional<Expr> due_from, due_to;
  Word after;
  std::optional<Expr> met_when;
  std::vector<Cite> cites;
  InForce in_force;
  Span span;
};

// advise | warn | note 'text' [when e] cite ...;   observe 'title' from List: 'a', 'b' cite ...
struct Remark {
  Word kind;
  std::string text;
  std::optional<Expr> when;
  Word from;
  std::vector<std::string> features;
  std::vector<Cite> cites;
  Span span;
};

// table Name [for each Diagnosis D]  | head | ... rows of cells; `table Name from 'file.csv'`
struct Cell {
  std::string text;
  Span span;
  std::vector<Expr> exprs;
  Span inner;  // exprs: the parsed cell, comma separated
  std::optional<Outcome> outcome;  // under then and else
  std::vector<Cite> cites;  // under cite
};
struct Table {
  Word name;
  Word item_entity, item_alias;
  std::vector<Cell> head;
  std::vector<std::vector<Cell>> rows;
  Word csv;
  std::vector<Cite> cites;
  Span span;
};

// add | replace | relax X by c | tighten X by c | remove X, in an overlay
struct Amend {
  Word verb;
  std::vector<Word> targets;
  std::optional<Expr> by;
  std::vector<Declaration> added;
  std::vector<Word> to;
  std::vector<Cite> cites;
  Span span;
};

// Tests. A record is JSON-like: { key: value, list: [ ... ] }, with dates as literals; it becomes JSON text.
enum class JsonKind : uint8_t { null, boolean, number, text, array, object };
struct Json {
  JsonKind kind = JsonKind::null;
  std::string text;
  std::vector<Json> items;
  std::vector<std::string> keys;
  Span span;
};
struct Override {
  std::vector<Word> path;
  Json value;
  bool remove = false;
  Span span;
};  // lines[0].code = '20553'; path words: lines, 0, code
struct Record {
  Word name;
  Word base;
  std::optional<Json> value;
  Word file;
  std::vector<Override> overrides;
  Span span;
};
// expect [line 2 [target 1]] <what>, <what> ... ; see compiler/parse for the forms
struct Expectation {
  std::vector<uint32_t> lines;
  uint32_t item = 0;  // empty: every line
  Word outcome;
  Word by;
  std::vector<Word> also_by, subject_to;  // review by A, B: A stands in by, B in also_by
  std::optional<Contents> contents;
  Word criterion;
  Word status;
  Word cause;  // Palpated [on line 1 [target 2]] met
  std::vector<std::string> asks, could_change, judgments;  // asks for /a, /b, judgment X; could change with /c
  bool asks_nothing = false, asks_written = false, requires_clinician = false;
  Word defeated, defeated_by;
  Span span;
};
struct Concludes {
  std::vector<uint32_t> lines;
  Word outcome;
  Span span;
};
struct Test {
  std::string name;
  Span span;
  Record record;
  std::vector<Word> overlays;
  std::vector<Expectation> expectations;
  std::vector<Concludes> concludes;
  std::string because;
  std::string as_of;
};

enum class DeclarationKind : uint8_t {
  title,
  in_force,
  precedence,
  applies_when,
  include,
  source,
  code_system,
  value_set,
  parameter,
  define,
  lookup,
  entity,
  decides,
  criterion,
  limit,
  section,
  rule,
  condition,
  remark,
  table,
  amend,
  record,
  test,
  dated_by
};
// Exactly one of the vectors below holds one element, the one that `kind` names: declarations keep their order in a
// file, and a plain value type keeps copying and printing simple.
struct Declaration {
  DeclarationKind kind;
  Span span;
  std::string text;  // title
  InForce in_force;  // in force
  std::vector<Word> names;  // precedence
  std::vector<Expr> expr;  // applies when, dated by
  std::vector<Include> include;
  std::vector<Source> source;
  std::vector<CodeSystem> code_system;
  std::vector<ValueSet> value_set;
  std::vector<Parameter> parameter;
  std::vector<Define> define;
  std::vector<Lookup> lookup;
  std::vector<Entity> entity;
  std::vector<Decides> decides;
  std::vector<Criterion> criterion;
  std::vector<Limit> limit;
  std::vector<Section> section;
  std::vector<Rule> rule;
  std::vector<Condition> condition;
  std::vector<Remark> remark;
  std::vector<Table> table;
  std::vector<Amend> amend;
  std::vector<Record> record;
  std::vector<Test> test;
};

enum class ModuleKind : uint8_t { policy, overlay, library, tests };
struct Module {
  FileId file = 0;
  ModuleKind kind = ModuleKind::policy;
  Word name;
  std::string version;
  Word amends, layer;  // overlay Name version '1' amends Base as Layer;  tests of Name
  std::vector<Declaration> declarations;
  Span span;
};

}  // namespace rubric::ast
