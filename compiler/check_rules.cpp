// Rules: their conditions and outcomes, who is an exception to whom, and what is said beside a decision.
//
// A rule is declared first (its name, its block), so that exceptions and layers can speak of it, and checked when all
// criteria stand. Exceptions form no circle: whether a rule stands would otherwise have no answer.

#include "compiler/check_policy.h"

#include "base/text.h"
#include "vm/outcomes.h"

#include <algorithm>
#include <utility>

namespace rubric::check {

namespace {

// The words that a rule can conclude with, and the rows of outcomes.def that they mean.
constexpr std::pair<std::string_view, vm::Outcome> outcome_words[] = {
    {"approve", vm::Outcome::approve}, {"modify", vm::Outcome::modify}, {"deny", vm::Outcome::deny},
    {"pend", vm::Outcome::pend},       {"review", vm::Outcome::review}, {"not required", vm::Outcome::not_required},
};

bool is_null_constant(const ir::Expr& e) { return e.kind == ir::ExprKind::constant && e.value.kind == vm::Kind::none; }

// The scalars below a field: the field itself, or those of a nested object.
void scalars_of(const Builder& builder, Id node, std::vector<Id> path, std::vector<std::vector<Id>>& found) {
  const vm::Field& field = builder.context.policy.model.nodes[node].fields[path.back()];
  if (field.kind == vm::FieldKind::scalar) {
    found.push_back(path);
  } else if (field.kind == vm::FieldKind::object) {
    for (Id inner = 0; inner < builder.context.policy.model.nodes[field.node].fields.size(); ++inner) {
      std::vector<Id> longer = path;
      longer.push_back(inner);
      scalars_of(builder, field.node, std::move(longer), found);
    }
  }
}

// What `modify to { ... }` changes, and the truth that the line asks for just that.
void check_contents(Builder& builder, const RulePlan& plan, const ast::Contents& contents) {
  Context& context = builder.context;
  Scope scope = Scope::inner(builder.blocks[plan.block].scope);
  Id node = builder.policy().variables[builder.line].node;
  std::vector<std::pair<std::string, ir::Expr>> modification;
  std::vector<ir::Expr> same;
  for (const auto& [word, value] : contents.fields) {
    Id field = find_field(context, node, word.text);
    if (field == none_id) {
      context.report<DiagnosticId::unknown_name>(word.span, "field of the line", word.text)
          .did_you_mean(nearest(word.text, field_names(context, node)));
      continue;
    }
    ir::Expr checked = check_field_value(context, node, word, value, scope);
    if (is_error(checked)) continue;
    std::string key(text_of(context, builder.policy().model.nodes[node].fields[field].key));
    if (std::any_of(modification.begin(), modification.end(), [&](const auto& m) { return m.first == key; })) {
      context.report<DiagnosticId::declared_twice>(word.span, word.text);
      continue;
    }
    if (is_null_constant(checked)) {
      std::vector<std::vector<Id>> scalars;
      scalars_of(builder, node, {field}, scalars);
      for (std::vector<Id>& path : scalars) {
        ir::Expr test;
        test.kind = ir::ExprKind::is_null;
        test.type = scalar_type(vm::Type::truth);
        test.span = word.span;
        test.args.push_back(make_field(context, builder.line, std::move(path), word.span));
        same.push_back(std::move(test));
      }
    } else {
      same.push_back(make_call(context, "=", {make_field(context, builder.line, std::vector<Id>{field}, word.span), checked}, word.span));
    }
    modification.emplace_back(std::move(key), std::move(checked));
  }
  ir::Rule& rule = builder.rule(plan.id);
  rule.modification = std::move(modification);
  rule.equals_request = make_and(std::move(same), contents.span);
}

void check_outcome(Builder& builder, const RulePlan& plan) {
  const ast::Rule& clause = *plan.rule;
  bool favourable = false;
  if (clause.outcome) {
    std::optional<uint8_t> outcome = outcome_of(builder, clause.outcome->word);
    if (!outcome) return;
    bool modifies = *outcome == static_cast<uint8_t>(vm::Outcome::modify);
    favourable = *outcome == static_cast<uint8_t>(vm::Outcome::approve);
    builder.rule(plan.id).outcome = *outcome;
    if (modifies && !clause.outcome->contents) builder.context.report<DiagnosticId::modify_without_contents>(clause.outcome->word.span);
    if (!modifies && clause.outcome->contents)
      builder.context.report<DiagnosticId::contents_without_modify>(clause.outcome->contents->span, clause.outcome->word.text);
    if (modifies && clause.outcome->contents) check_contents(builder, plan, *clause.outcome->contents);
    favourable = favourable || modifies;
  } else if (!clause.is_exception) {
    builder.context.report<DiagnosticId::rule_without_outcome>(clause.name.span, clause.name.text);
  }

  std::vector<Id> conditions;
  for (const ast::Word& word : clause.subject_to) {
    builder.used.insert(word.text);
    if (const Symbol* symbol = expect_symbol(builder.context, word, {SymbolKind::condition})) conditions.push_back(symbol->index);
  }
  if (!clause.subject_to.empty() && !favourable)
    builder.context.report<DiagnosticId::conditions_without_approval>(clause.subject_to[0].span, clause.name.text);
  ir::Rule& rule = builder.rule(plan.id);
  rule.subject_to = std::move(conditions);
  if (!rule.subject_to.empty() && rule.outcome == static_cast<uint8_t>(vm::Outcome::approve)) {
    rule.outcome = static_cast<uint8_t>(vm::Outcome::approve_with_conditions);
  }
}

// A criterion that a layer added to the rule: it must be met as well, where it applies.
ir::Expr join(Builder& builder, const RulePlan& plan, ir::Expr when, const Scope& scope) {
  if (plan.joined.empty()) return when;
  Span span = when.span;
  std::vector<ir::Expr> members{std::move(when)};
  for (Id id : plan.joined) members.push_back(make_status(builder.context, id, ir::Test::met, builder.criterion(id).span, scope));
  return make_group(ir::Group::all, 0, std::move(members), span);
}

}  // namespace

std::optional<uint8_t> outcome_of(Builder& builder, const ast::Word& word) {
  std::vector<std::string_view> words;
  for (const auto& [name, outcome] : outcome_words) {
    if (name == word.text) return static_cast<uint8_t>(outcome);
    words.push_back(name);
  }
  auto& report = builder.context.report<DiagnosticId::unknown_name>(word.span, "outcome", word.text);
  report.help = "the outcomes are approve, modify to {...}, deny, pend, review and not required";
  report.did_you_mean(nearest(word.text, words));
  return std::nullopt;
}

bool reads_record(const ir::Expr& e) {
  if (e.kind == ir::ExprKind::status && (e.test == ir::Test::shown || e.test == ir::Test::not_shown || e.test == ir::Test::undetermined))
    return true;
  return std::any_of(e.args.begin(), e.args.end(), reads_record);
}

void declare_rule(Builder& builder, size_t block, const ast::Rule& clause, const Origin& origin) {
  BlockPlan& plan = builder.blocks[block];
  ir::Rule rule;
  rule.name = clause.name.text;
  rule.block = plan.id;
  rule.is_exception = clause.is_exception;
  rule.layer = origin.layer;
  rule.span = clause.span;
  rule.notes = clause.notes;
  Id id = static_cast<Id>(builder.policy().rules.size());
  // A layer that replaces a rule keeps its name.
  bool variant = plan.rules.contains(clause.name.text) && origin.layer != 0;
  if (!variant && !add_symbol(builder.context, SymbolKind::rule, clause.name, id)) return;
  builder.policy().rules.push_back(std::move(rule));
  plan.rules[clause.name.text].push_back(id);
  builder.rules.push_back({.id = id, .block = block, .rule = &clause, .origin = origin});
}

ir::Expr check_row(Builder& builder, const RulePlan& plan, const Scope& scope);  // check_tables.cpp

void check_rules(Builder& builder) {
  for (const RulePlan& plan : builder.rules) {
    const ast::Rule& clause = *plan.rule;
    Scope scope = Scope::inner(builder.blocks[plan.block].scope);
    scope.statuses = true;
    ir::Expr when;
    if (plan.table) {
      when = check_row(builder, plan, scope);
    } else if (clause.when) {
      when = check_logic(builder.context, *clause.when, scope);
      collect_names(*clause.when, [&](const std::string& name, Span) { builder.used.insert(name); });
    } else {
      when = make_truth(true, clause.span);
    }
    when = join(builder, plan, std::move(when), scope);
    if (reads_record(when) && clause.cites.empty())
      builder.context.report<DiagnosticId::record_test_without_cite>(clause.name.span, clause.name.text);
    std::optional<ir::Expr> gate = clause_gate(builder, plan.origin, clause.in_force, clause.span);
    std::vector<ir::Cite> cites = check_cites(builder, clause.cites);
    ir::Template text = clause.text.empty() ? ir::Template{} : check_text(builder, clause.text, clause.span, scope);
    ir::Rule& rule = builder.rule(plan.id);
    rule.when = std::move(when);
    add_gate(rule.gate, gate, clause.span);
    rule.cites = std::move(cites);
    rule.text = std::move(text);
    check_outcome(builder, plan);
  }
}

// -- exceptions --

namespace {

// The rules and criteria that defeat or decide one another, as one graph: an edge leads to what the answer rests on.
class Exceptions {
 public:
  explicit Exceptions(Builder& builder) : builder(builder) {}

  void add_named() {
    for (const RulePlan& plan : builder.rules) {
      for (const ast::Word& word : plan.rule->exception_to.targets) add_target(plan, word);
    }
  }

  // "Every other rule" looks at the exceptions that are written out, so that its meaning does not hang on the order in
  // which several of them stand; two that would defeat one another are a circle, and `but` resolves it.
  void add_every_other() {
    std::vector<std::pair<Id, Id>> added;  // the rule that is defeated, the exception
    for (const RulePlan& plan : builder.rules) {
      if (!plan.rule->exception_to.every_other) continue;
      std::set<Id> spared = exceptions_to(plan.id);
      for (const ast::Word& word : plan.rule->exception_to.but) {
        const std::vector<Id>* variants = rules_named(plan, word);
        if (!variants) continue;
        for (Id variant : *variants) {  // what defeats that rule is its business too
          spared.insert(variant);
          spared.merge(exceptions_to(variant));
        }
      }
      for (const RulePlan& other : builder.rules) {
        // Versions of one rule that layers made are one clause: none is an exception to another.
        bool same = other.rule->name.text == plan.rule->name.text || (other.table && other.table == plan.table);
        if (other.block == plan.block && !same && !spared.contains(other.id)) added.emplace_back(other.id, plan.id);
      }
    }
    for (auto [rule, exception] : added) add_exception(builder.rule(rule).exceptions, exception);
  }

  void find_circles() {
    if (builder.groups_in_circle) return;  // said already, and every rule over them would say it again
    state.assign(builder.policy().rules.size() + builder.policy().criteria.size(), 0);
    for (const RulePlan& plan : builder.rules) visit(plan.id);
  }

 private:
  const std::vector<Id>* rules_named(const RulePlan& plan, const ast::Word& word) {
    const BlockPlan& block = builder.blocks[plan.block];
    auto at = block.rules.find(word.text);
    if (at != block.rules.end()) return &at->second;
    unknown(word, "rule of this block", block, false);
    return nullptr;
  }

  void unknown(const ast::Word& word, std::string_view what, const BlockPlan& block, bool criteria) {
    std::vector<std::string> names;
    for (const auto& [name, ids] : block.rules) names.push_back(name);
    if (criteria) {
      for (const auto& [name, id] : block.criteria) names.push_back(name);
    }
    builder.context.report<DiagnosticId::unknown_name>(word.span, what, word.text).did_you_mean(nearest(word.text, names));
  }

  static void add_exception(std::vector<Id>& exceptions, Id rule) {
    if (std::find(exceptions.begin(), exceptions.end(), rule) == exceptions.end()) exceptions.push_back(rule);
  }

  void add_target(const RulePlan& plan, const ast::Word& word) {
    const BlockPlan& block = builder.blocks[plan.block];
    builder.used.insert(word.text.substr(0, word.text.find('.')));
    if (auto at = block.rules.find(word.text); at != block.rules.end()) {
      for (Id id : at->second) {
        if (id == plan.id) {
          builder.context.report<DiagnosticId::exception_to_itself>(word.span, word.text);
        } else {
          add_exception(builder.rule(id).exceptions, plan.id);
        }
      }
      return;
    }
    std::string_view root = std::string_view(word.text).substr(0, word.text.find('.'));
    if (!block.criteria.contains(root)) {
      unknown(word, "rule, criterion or section of this block", block, true);
      return;
    }
    Id criterion = expect_criterion(builder.context, word.text, word.span, block.id);
    if (criterion == none_id) return;
    for_each_member(builder, criterion, [&](Id id) { add_exception(builder.criterion(id).exceptions, plan.id); });
  }

  // Those that defeat a rule, those that defeat them, and so on.
  std::set<Id> exceptions_to(Id rule) {
    std::set<Id> found;
    std::vector<Id> open{rule};
    while (!open.empty()) {
      Id at = open.back();
      open.pop_back();
      for (Id exception : builder.rule(at).exceptions) {
        if (found.insert(exception).second) open.push_back(exception);
      }
    }
    return found;
  }

  size_t node_of_criterion(Id criterion) const { return builder.context.policy.rules.size() + criterion; }
  bool is_rule(size_t node) const { return node < builder.context.policy.rules.size(); }
  Span span_of(size_t node) {
    for (const RulePlan& plan : builder.rules) {
      if (plan.id == node) return plan.rule->name.span;
    }
    return is_rule(node) ? builder.rule(static_cast<Id>(node)).span
                         : builder.criterion(static_cast<Id>(node - builder.policy().rules.size())).span;
  }
  std::string name_of(size_t node) {
    return is_rule(node) ? builder.rule(static_cast<Id>(node)).name
                         : builder.criterion(static_cast<Id>(node - builder.policy().rules.size())).path;
  }

  void named_criteria(const ir::Expr& e, std::vector<size_t>& found) {
    if (e.criterion != none_id) found.push_back(node_of_criterion(e.criterion));
    for (const ir::Expr& arg : e.args) named_criteria(arg, found);
  }

  std::vector<size_t> rests_on(size_t node) {
    std::vector<size_t> found;
    if (is_rule(node)) {
      const ir::Rule& rule = builder.rule(static_cast<Id>(node));
      found.assign(rule.exceptions.begin(), rule.exceptions.end());
      named_criteria(rule.when, found);
    } else {
      const ir::Criterion& criterion = builder.criterion(static_cast<Id>(node - builder.policy().rules.size()));
      found.assign(criterion.exceptions.begin(), criterion.exceptions.end());
      for (Id member : criterion.members) found.push_back(node_of_criterion(member));
    }
    return found;
  }

  void visit(size_t node) {
    if (state[node] == 2) return;
    if (state[node] == 1) {
      auto begin = std::find(path.begin(), path.end(), node);
      auto& report = builder.context.report<DiagnosticId::exceptions_in_circle>(span_of(node), name_of(node));
      for (auto at = begin + 1; at < path.end(); ++at) report.relate(span_of(*at), "rests on " + name_of(*at));
      report.relate(span_of(node), "which rests on " + name_of(node) + " again");
      return;
    }
    if (path.size() > deepest_chain) {
      if (!too_deep)
        builder.context.report<DiagnosticId::limit_exceeded>(span_of(node), path.size(), "clauses that rest on one another", deepest_chain);
      too_deep = true;
      return;
    }
    state[node] = 1;
    path.push_back(node);
    for (size_t next : rests_on(node)) visit(next);
    path.pop_back();
    state[node] = 2;
  }

  Builder& builder;
  std::vector<int> state;  // per node: 1 on the path, 2 done
  std::vector<size_t> path;
  bool too_deep = false;
};

}  // namespace

void check_exceptions(Builder& builder) {
  Exceptions exceptions(builder);
  exceptions.add_named();
  exceptions.add_every_other();
  exceptions.find_circles();
}

// -- remarks --

void check_remark(Builder& builder, size_t block, const ast::Remark& clause, const Origin& origin) {
  // One that names a criterion of another block is said beside that block's decisions: the author put it at the end.
  std::vector<size_t> targets;
  bool names_criteria = false;
  if (clause.when) {
    std::set<size_t> having;
    collect_names(*clause.when, [&](const std::string& name, Span) {
      builder.used.insert(name);
      for (size_t i = 0; i < builder.blocks.size(); ++i) {
        if (builder.blocks[i].criteria.contains(name)) having.insert(i);
      }
    });
    names_criteria = !having.empty();
    if (having.contains(block)) {
      targets.push_back(block);
    } else {
      targets.assign(having.begin(), having.end());
    }
  }
  if (!names_criteria) targets.push_back(block);

  for (size_t target : targets) {
    bool everywhere = target >= builder.blocks.size();
    Scope scope = Scope::inner(everywhere ? builder.scope : builder.blocks[target].scope);
    scope.statuses = true;
    // Remarks stand beside a line's decision, so an item is not theirs to read.
    scope.item = none_id;
    ir::Remark remark;
    remark.kind = clause.kind.text == "advise"    ? vm::Remark::Kind::advise
                  : clause.kind.text == "warn"    ? vm::Remark::Kind::warn
                  : clause.kind.text == "observe" ? vm::Remark::Kind::observe
                                                  : vm::Remark::Kind::note;
    remark.block = everywhere ? none_id : builder.blocks[target].id;
    std::string words = clause.text;
    for (size_t i = 0; i < clause.features.size(); ++i) words += (i == 0 ? ": " : "; ") + clause.features[i];
    remark.text = clause.features.empty() ? check_text(builder, words, clause.span, scope)
                                          : ir::Template{{.text = words, .expr = {}, .because = false}};
    if (clause.when) remark.when = check_logic(builder.context, *clause.when, scope);
    add_gate(remark.when, origin.gate, clause.span);
    remark.cites = check_cites(builder, clause.cites);
    if (clause.from && case_field_named(builder.context, clause.from.text) == none_id) {
      builder.context.report<DiagnosticId::unknown_name>(clause.from.span, "list of the case", clause.from.text)
          .did_you_mean(nearest(clause.from.text, case_names(builder.context)));
    }
    builder.policy().remarks.push_back(std::move(remark));
  }
}

}  // namespace rubric::check
