// What the parts of `check` share: the symbol tables of one compilation, scopes, and the functions that turn an
// author's expression into IR.
//
// The seam between expressions (check_model, check_names, check_types, check_expressions_*) and the policy layer
// (check_policy_*: criteria, rules, limits, overlays, tables). The order: declare_model, declare_names, then the policy
// layer registers its own names and checks clause after clause. Mistakes go to Diagnostics; the expression that comes
// back is then of no type (`is_error`), and whatever is built on it is silent, so that one mistake is one message.
// No rules or statuses are decided here, and nothing is folded, emitted or run.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/source.h"
#include "compiler/ast.h"
#include "compiler/ir.h"

namespace rubric::check {

using vm::Id;
using vm::none_id;

// ---------------------------------------------------------------- names that are declared

// One namespace a policy: two declarations of one name are an error that shows both, whatever their kinds are.
enum class SymbolKind : uint8_t {
  // declared by declare_names; `index` counts in the vectors of Context
  code_system,
  value_set,
  parameter,
  define,
  function,
  lookup,
  source,     // index: ir::Policy::sources
  entity,     // index: Context::entities
  // registered by the policy layer; `index` counts in ir::Policy
  criterion,  // criteria, limits, sections and named groups: ir::Policy::criteria
  rule,
  condition,
  block,
  // registered by the policy layer; `index` is its own business
  table,
  record,
};
std::string_view symbol_kind_name(SymbolKind kind);  // "value set", for messages
std::string a_kind(SymbolKind kind);                 // "a value set", "an entity"

struct Symbol {
  SymbolKind kind = SymbolKind::define;
  std::string name;
  Span span;
  Id index = none_id;
  bool twice = false;   // declared again, which is reported: what is meant by it is not known, so uses are silent
};

// An entity with the fields that `extend entity` adds; pointers into the modules, which outlive the check.
struct Entity {
  std::string name;
  std::vector<const ast::Field*> fields;
  Span span;
};
// In force from one day to another, both included; an empty optional is no end.
struct Dates {
  std::optional<vm::Constant> from, to;  // of type date
};
struct CodeSystem {
  std::string name;
  std::vector<std::pair<std::string, Dates>> codes;  // those with dates; others are always valid
};
struct ValueSet {
  std::string name, system;              // system: empty where unions mix systems, see `systems`
  std::vector<std::string> systems;
  Id table = none_id;                    // ir table, key: code; rows of unions are copied in
  bool dated = false;                    // a row has dates: membership needs a date
  Span span;
};
struct Parameter {
  std::string name;
  ir::Type type;
  std::vector<ir::Expr> values;          // constants of `type`, parallel to `dates`
  std::vector<Dates> dates;
  Span span;
};
struct Definition {                      // define and define function: inlined where used
  const ast::Define* define = nullptr;
  bool broken = false;                   // its own check found mistakes: uses are silent
};
struct Lookup {
  std::string name;
  Id table = none_id;
  ir::Type from, to;
};

// The name that policies use for a field, where it is not the record's key: `serviceDate Date called date`.
struct Called {
  Id node = none_id, field = none_id;
  std::string name;                      // empty: the key
};

// ---------------------------------------------------------------- scopes

struct Scope;

// A name that an expression can use beside the declared ones.
struct Named {
  enum class Kind : uint8_t {
    row,       // an alias: `variable`, and `path` into its nested objects
    value,     // an expression: let, an argument
    fields,    // only its members can be read: `values.MaxSessions`
    argument,  // an argument or let that is a list: checked again at each use, so that each has variables of its own
  };
  std::string name;
  Kind kind = Kind::value;
  Id variable = none_id;
  std::vector<Id> path;
  std::vector<ir::Expr> value;           // value: one
  std::vector<Named> fields;
  const ast::Expr* argument = nullptr;   // argument: what to check, and where it stands
  const Scope* argument_scope = nullptr;
};

// What stands around an expression. Scopes live on the stack of the checker; an inner one points to the outer one, and
// takes `line`, `item` and the permissions from it (use `inner`).
struct Scope {
  const Scope* parent = nullptr;
  std::vector<Named> names;
  Id line = none_id;                     // variable of the block's line: `Line`; none_id: no line is in scope
  Id item = none_id;                     // variable of the block's or criterion's item
  std::string item_entity;               // "Target": what `T` of `for each Target T` is called without alias
  Id block = none_id;                    // ir::Policy::blocks: criteria of other blocks cannot be named; none_id: any block's can
  Id judged = none_id;                   // `judged by the reviewer` is the judgment on this criterion; none_id: not allowed
  std::vector<Id> after;                 // blocks whose outcomes may be read (`another approved Line`)
  bool statuses = false;                 // criteria may be named (check_logic)

  static Scope inner(const Scope& outer);  // names empty, all else as outside
  const Named* find(std::string_view name) const;
};
Named row_named(std::string name, Id variable);
Named value_named(std::string name, ir::Expr value);

// ---------------------------------------------------------------- the context

// How long a chain of declarations may be, each resting on the next: what walks one does so by recursion.
inline constexpr size_t deepest_chain = 300;

struct Context {
  Context(ir::Policy& policy, SourceSet& sources, Diagnostics& diagnostics);

  ir::Policy& policy;
  SourceSet& sources;
  Diagnostics& diagnostics;

  std::map<std::string, Symbol, std::less<>> symbols;
  std::vector<Entity> entities;
  std::vector<CodeSystem> code_systems;
  std::vector<ValueSet> value_sets;
  std::vector<Parameter> parameters;
  std::vector<Definition> definitions;   // defines and functions
  std::vector<Lookup> lookups;

  Id validity = none_id;                 // ir table of all codes that have dates, for `in force on`; none_id: there are none
  std::vector<Called> called;            // of every field of the model, in the order of declaration
  std::map<std::string, Id, std::less<>> text_ids;  // of the model's texts
  std::vector<std::pair<Id, Id>> durations;  // node and field of the model's Duration fields: quantities of time
  Dates in_force;                        // of the policy: parameters need values for these dates only

  std::vector<Id> active;                // definitions being inlined, outermost first: a repetition is a recursion
  size_t nodes = 0;                      // made so far: inlining is bounded
  size_t depth = 0;                      // of the expression at hand, through the definitions that are being inlined
  bool too_large = false;
  bool plain = false;  // an expression on its own: CQL to the letter, without what keeps a policy's author from mistakes
  bool dry = false;  // check_definitions is at work: what depends on the place of use is not asked for

  template <DiagnosticId Name, class... Arguments>
  Diagnostic& report(Span span, const Arguments&... arguments) {
    return diagnostics.report<Name>(span, arguments...);
  }
};

using Modules = std::vector<const ast::Module*>;  // included libraries first, then the policy, then its overlays

// Entities of all modules -> ir::Model, variable 0 (the case). Reports what cannot be a record: recursion, unknown types.
void declare_model(Context& context, const Modules& modules);
// Sources, code systems, value sets, parameters, lookups, defines and functions. After declare_model.
void declare_names(Context& context, const Modules& modules);
// Checks each define and function by itself, so that mistakes are found in the unused ones too. Between the policy
// layer's registration of its names and its first clause; what it makes is thrown away.
void check_definitions(Context& context);

// Where the word stands inside of the span; the whole span if it does not.
Span word_span(const Context& context, Span span, std::string_view word);
// Registers a name; a clash is reported with both places, and gives false.
bool add_symbol(Context& context, SymbolKind kind, const ast::Word& name, Id index);
const Symbol* find_symbol(const Context& context, std::string_view name);
// The symbol of one of these kinds; otherwise a report (unknown name with the nearest of these kinds, or: is a ... not a ...).
const Symbol* expect_symbol(Context& context, const ast::Word& name, std::initializer_list<SymbolKind> kinds);
// "Diagnosis1", "Diagnosis1.b.ii": a criterion of `block` (none_id: of any), or none_id with a report.
Id find_criterion(const Context& context, std::string_view path, Id block);  // without a report
Id expect_criterion(Context& context, std::string_view path, Span span, Id block);

// ---------------------------------------------------------------- variables and the model

Id add_variable(Context& context, std::string name, Id list, Id owner);  // a row of the list (a domain of the model)
Id add_line_variable(Context& context, std::string name = "Line");  // a row of the case's lines
Id lines_domain(const Context& context);
// `for each Target`: the list of that entity (or list name) in the variable's row, with references; none_id with a report.
Id expect_list(Context& context, Id owner, const ast::Word& entity);
// The list of the case whose rows are of the entity (`PriorProcedure` -> priorProcedures), or none_id without a report.
Id case_list_of(const Context& context, std::string_view entity);
// The case's list or object that policies call by this name: `Trials`, `Program`; a field of node 0, or none_id.
Id case_field_named(const Context& context, std::string_view name);
std::vector<std::string> case_names(const Context& context);
// The entity of a node ("Line"), the field of a node by its key or the name that it is `called`; none_id: no such field.
std::string_view entity_name(const Context& context, Id node);
Id find_field(const Context& context, Id node, std::string_view name);
std::vector<std::string> field_names(const Context& context, Id node);
Id text_id(Context& context, std::string_view text);  // interned in the model's texts
std::string_view text_of(const Context& context, Id text);

// ---------------------------------------------------------------- expressions

bool is_error(const ir::Expr& expression);
ir::Expr error_expression(Span span);

// One value of a scalar type (or an error). Rows, lists and intervals left over are reported.
ir::Expr check_expression(Context& context, const ast::Expr& expression, const Scope& scope);
// The same, and it must be Boolean.
ir::Expr check_truth(Context& context, const ast::Expr& expression, const Scope& scope);
// A truth that may hold criteria (status, group) at its top: rule conditions, `applies when` of remarks. Bare names of
// criteria mean `is met`. `and`, `or` and `not` over statuses become groups, so that "not applicable" drops out.
ir::Expr check_logic(Context& context, const ast::Expr& expression, const Scope& scope);
// A list of rows or of values of rows -> Query: `value` holds what `return` gives, if anything. Sorting is lost.
struct CheckedRows {
  ir::Query query;
  Id variable = none_id;  // the row that stands for an element, where the elements are rows
  bool distinct = false;
  bool error = false;
};
CheckedRows check_rows(Context& context, const ast::Expr& expression, const Scope& scope);
// 'No more than {MaxSessions} sessions': the word's text and span (with its quotes); `because` pieces where allowed.
ir::Template check_template(Context& context, std::string_view text, Span span, const Scope& scope, bool because = false);
// A code (of any type code expression) in a value set's name, a list of codes, or a define of either.
ir::Expr check_code_in(Context& context, ir::Expr code, const ast::Expr& codes, const Scope& scope);
// A constant for a field of a record object: type, `one of`, and null for none. Contents of `modify to { ... }`.
ir::Expr check_field_value(Context& context, Id node, const ast::Word& field, const ast::Expr& value, const Scope& scope);
// A quantity of calendar units, a literal or parameter: 12 months, MinDays.
ir::Expr check_period(Context& context, const ast::Expr& expression, const Scope& scope);
// date + period, date - period; dated parameters become a choice of dates.
ir::Expr shift_date(Context& context, ir::Expr date, const ir::Expr& period, bool back, Span span);
// The dates of `in force`, and the truth that a date lies between them (nothing where neither end is written).
Dates check_dates(Context& context, const ast::InForce& in_force);
std::optional<ir::Expr> within(Context& context, const ast::InForce& in_force, const ir::Expr& date);
std::optional<vm::Constant> date_constant(Context& context, const ast::Expr& literal);  // a report if it is no day

// ---------------------------------------------------------------- making IR

// An operator of operators.def by overload, with implicit conversions; `text` is for the trace. Reports what does not fit.
ir::Expr make_call(Context& context, std::string_view name, std::vector<ir::Expr> args, Span span, std::string text = {});
ir::Expr make_and(std::vector<ir::Expr> args, Span span);  // of none: true; of one: that one
ir::Expr make_or(std::vector<ir::Expr> args, Span span);  // of none: false
ir::Expr make_not(ir::Expr arg, Span span);  // not not x is x
ir::Expr make_select(ir::Expr condition, ir::Expr then, ir::Expr otherwise, Span span);
ir::Expr make_field(const Context& context, Id variable, std::vector<Id> path, Span span);
ir::Expr make_field(Context& context, Id variable, std::string_view name, Span span);  // an error where there is none
ir::Expr make_position(Id variable, Span span);
ir::Expr make_decided_date(Id line, Span span);
ir::Expr make_truth(bool value, Span span);
ir::Expr make_integer(int64_t value, Span span);
ir::Expr make_text(std::string text, Span span);
ir::Expr make_code(std::string system, std::string code, Span span);
ir::Expr make_constant(vm::Constant value, Span span);
ir::Expr make_status(Context& context, Id criterion, ir::Test test, Span span, const Scope& scope);
ir::Expr make_group(ir::Group group, uint32_t at_least, std::vector<ir::Expr> members, Span span);
ir::Expr make_fold(ir::Fold fold, ir::Query query, ir::Type type, Span span, std::string text = {});
ir::Type scalar_type(vm::Type type);

// What an author calls the type: "Date", "a list of PriorProcedure", "Interval<Date>".
std::string type_name(const Context& context, const ir::Type& type);

}  // namespace rubric::check
