// What the files of the policy layer share: a policy on its way from clauses to IR.
//
// check_policy plans layers and blocks and holds the order of everything; check_criteria, check_limits, check_conditions,
// check_rules and check_tables turn clauses into IR; check_overlays amends what they made; check_decides and lint look
// at the result. Expressions are the business of check_context.h. Nothing in here is needed outside of these files.
#pragma once

#include "compiler/check_context.h"

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::check {

// Whose words a clause is, and when that layer speaks: a truth on the line, or nothing if it always does.
struct Origin {
  Id layer = 0;
  std::optional<ir::Expr> gate;
};

struct Overlay {
  const ast::Module* module = nullptr;
  Origin origin;
  size_t rank = 0;                         // place in `precedence`: 0 is the strongest
  const ast::Declaration* applies = nullptr;
  const ast::Declaration* in_force = nullptr;
};

// An overlay in its place among the layers. See check_layers.cpp.
struct Layered {
  const ast::Module* module = nullptr;
  std::string layer;
  size_t rank = 0;
};

// What check works on: copies of the modules in which layered vocabulary has become plain declarations.
struct Layers {
  std::deque<ast::Module> copies;          // pointers into it are kept
  std::vector<const ast::Module*> libraries, policies;
  std::vector<Layered> overlays;           // weakest first
  std::set<std::string, std::less<>> replaced_parameters;
  std::string own_layer;                   // what the policy itself is called among the layers
};

// A block on its way: its declarations, what its names stand for, and how expressions in it are read.
struct BlockPlan {
  const ast::Decides* decides = nullptr;
  Id id = none_id;                                     // ir::Policy::blocks
  std::vector<const ast::Declaration*> declarations;   // shared ones that it names, then its own
  Scope scope;                                         // Line, and the item where rules run per item
  std::map<std::string, Id, std::less<>> criteria;     // criteria, limits, named groups and sections by name
  std::map<std::string, std::vector<Id>, std::less<>> rules;  // several where a layer replaced one
  std::vector<Id> outline;                             // top-level criteria
};

// A member that is a criterion of its own: resolved when all criteria exist.
struct Reference {
  Id group = none_id;
  size_t member = 0;
  const ast::Expr* name = nullptr;
};

struct RulePlan {
  Id id = none_id;
  size_t block = 0;
  const ast::Rule* rule = nullptr;
  Origin origin;
  const ast::Table* table = nullptr;       // a row of it: row number, and whether this is its `else`
  size_t row = 0;
  bool otherwise = false;
  std::vector<Id> joined{};                // add criterion X to R: these must be met as well
};

// One version of a policy, together with the overlays that amend it.
struct Builder {
  Builder(Context& context, const ast::Module& base) : context(context), base(base) {}

  Context& context;
  const ast::Module& base;
  std::vector<Overlay> overlays;           // weakest first
  std::vector<BlockPlan> blocks;           // in the order of ir::Policy::blocks; never moved once planned
  std::vector<const ast::Declaration*> shared;  // before the first `decides`
  std::map<std::string, const ast::Condition*, std::less<>> conditions;
  std::vector<RulePlan> rules;
  std::deque<ast::Rule> made_rules;        // of table rows: they need a place to stand
  std::vector<Reference> references;
  std::set<std::string, std::less<>> used; // names that were used without being written in a declaration's expressions
  std::map<Id, Scope> scopes;              // of criteria with an item of their own: a layer's words are read as theirs are
  std::set<std::string, std::less<>> replaced_parameters;
  Scope scope;                             // the case and the line
  Id line = none_id;
  size_t first_criterion = 0, first_rule = 0, first_condition = 0, first_remark = 0;
  bool groups_in_circle = false;           // reported
  bool reads_authorizations = false;       // some criterion is a condition of the last authorization

  ir::Policy& policy() { return context.policy; }
  ir::Criterion& criterion(Id id) { return context.policy.criteria[id]; }
  ir::Rule& rule(Id id) { return context.policy.rules[id]; }
  ir::Block& block(const BlockPlan& plan) { return context.policy.blocks[plan.id]; }
};

// -- check_policy --
ir::Expr decided_date(const Builder& builder, Span span);
// `gate and within its dates`: when a clause of that origin speaks; nothing if always.
std::optional<ir::Expr> clause_gate(Builder& builder, const Origin& origin, const ast::InForce& in_force, Span span);
void add_gate(std::optional<ir::Expr>& gate, const std::optional<ir::Expr>& more, Span span);  // both must hold
std::vector<ir::Cite> check_cites(Builder& builder, const std::vector<ast::Cite>& cites);
ir::Template check_text(Builder& builder, const std::string& text, Span clause, const Scope& scope, bool because = false);
ir::Template check_word(Builder& builder, const ast::Word& word, const Scope& scope, bool because = false);
// The kind of a clause and its name, for messages: "rule Covered".
std::string_view declaration_kind_name(ast::DeclarationKind kind);
const ast::Word* declared_name(const ast::Declaration& declaration);
// Every name that a declaration mentions, in expressions, lists and texts.
void collect_names(const ast::Declaration& declaration, const std::function<void(const std::string&, Span)>& found);
void collect_names(const ast::Expr& expression, const std::function<void(const std::string&, Span)>& found);

// -- check_criteria --
void declare_criterion(Builder& builder, size_t block, const ast::Declaration& declaration, const Origin& origin, Id section);
void check_criterion(Builder& builder, size_t block, const ast::Declaration& declaration, const Origin& origin, Id section);
// The same for a criterion that exists already: the amended one of a choice.
void check_criterion_as(Builder& builder, size_t block, Id id, const ast::Declaration& declaration, const Origin& origin, Id section);
// A criterion that no declaration names: an overlay's `by`, the checker's own.
Id add_criterion(Builder& builder, size_t block, std::string path, std::string label, const Origin& origin, Span span);
void check_condition(Builder& builder, size_t block, Id criterion, const ast::Expr& condition, const Scope& scope, const Origin& origin);
void resolve_references(Builder& builder);
void settle_items(Builder& builder);       // which groups run per item, since a member does
void order_criteria(Builder& builder, size_t block);  // ir::Block::criteria: the outline
bool mentions(const ir::Expr& expression, Id variable);
void for_each_member(Builder& builder, Id criterion, const std::function<void(Id)>& visit);  // of a section: it and its clauses
// The scope of a criterion `for each Target T`: the block's item, or a variable of its own.
Scope item_scope(Builder& builder, size_t block, Id criterion, const ast::Word& entity, const ast::Word& alias);

// -- check_limits, check_conditions --
void check_limit(Builder& builder, size_t block, Id criterion, const ast::Limit& limit, const Scope& scope);
void declare_conditions(Builder& builder);
void check_conditions(Builder& builder);
void check_condition_of_last(Builder& builder, size_t block, Id criterion, const ast::Expr& condition, const Scope& scope);
void add_stored_condition_rules(Builder& builder);

// -- check_rules, check_tables --
void declare_rule(Builder& builder, size_t block, const ast::Rule& rule, const Origin& origin);
void check_rules(Builder& builder);        // conditions and outcomes of all declared rules
void check_exceptions(Builder& builder);   // who defeats whom; circles are errors
std::optional<uint8_t> outcome_of(Builder& builder, const ast::Word& word);
bool reads_record(const ir::Expr& condition);   // shown, not shown, undetermined
void declare_table(Builder& builder, size_t block, const ast::Table& table, const Origin& origin);
void check_remark(Builder& builder, size_t block, const ast::Remark& remark, const Origin& origin);  // block: none, all lines

// -- check_layers --
Layers sort_layers(Context& context, const std::vector<const ast::Module*>& modules);

// -- check_overlays --
void plan_overlays(Builder& builder, const std::vector<Layered>& overlays);
void amend_criteria(Builder& builder);     // add, replace, relax, tighten, remove: criteria, limits and sections
void amend_rules(Builder& builder);        // after the base's rules are declared, before they are checked

// -- check_dated_by: after all clauses --
void apply_dated_by(Builder& builder);

// -- check_decides, lint: warnings about what was built --
void find_conflicts_and_gaps(Builder& builder);
void lint(Builder& builder);
void check_sizes(Context& context);

}  // namespace rubric::check
