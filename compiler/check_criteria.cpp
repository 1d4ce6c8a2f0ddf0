// Criteria, sections and groups: from an author's outline to the flat list of the IR.
//
// A criterion's condition is an outline as well: its groups become member criteria with paths ("Diagnosis1.b.ii"), so
// that every one of them has a status of its own in the trace. A name in a group is the named criterion itself, which is
// then a member of several. Limits and the conditions of authorizations fill in a criterion from their own files.

#include "compiler/check_policy.h"

#include "base/text.h"

#include <algorithm>

namespace rubric::check {

using ast::DeclarationKind;
using ast::ExprKind;

namespace {

// The head of a criterion's name: "Diagnosis1" of `Diagnosis1.b.ii`; empty for any other expression.
std::string_view root_name(const ast::Expr& e) {
  if (e.kind == ExprKind::name) return e.name;
  if (e.kind == ExprKind::member && !e.args.empty()) return root_name(e.args[0]);
  return {};
}

std::string path_of(const ast::Expr& e) {
  if (e.kind == ExprKind::member) return path_of(e.args[0]) + "." + e.name;
  return e.name;
}

bool names_criterion(const Builder& builder, const ast::Expr& e, const Scope& scope) {
  std::string_view root = root_name(e);
  if (root.empty() || scope.find(root)) return false;
  const Symbol* symbol = find_symbol(builder.context, root);
  return symbol && symbol->kind == SymbolKind::criterion;
}

// Whether an expression is an outline rather than a truth: then its parts become criteria.
bool is_outline(const Builder& builder, const ast::Expr& e, const Scope& scope) {
  switch (e.kind) {
    case ExprKind::group:
    case ExprKind::status:
    case ExprKind::condition_of_last: return true;
    case ExprKind::binary:
      return (e.name == "and" || e.name == "or") &&
             std::any_of(e.args.begin(), e.args.end(), [&](const ast::Expr& arg) { return is_outline(builder, arg, scope); });
    case ExprKind::unary: return e.name == "not" && is_outline(builder, e.args[0], scope);
    default: return names_criterion(builder, e, scope);
  }
}

void flatten(const ast::Expr& e, const std::string& op, std::vector<const ast::Expr*>& parts) {
  if (e.kind == ExprKind::binary && e.name == op) {
    for (const ast::Expr& arg : e.args) flatten(arg, op, parts);
  } else {
    parts.push_back(&e);
  }
}

struct Member {
  std::string label{};
  std::string text{};
  const ast::Expr* condition = nullptr;
  Span span{};
};

// One criterion's outline, as it is being taken apart.
class Outline {
 public:
  Outline(Builder& builder, size_t block, const Origin& origin) : builder(builder), block(block), origin(origin) {}

  void fill(Id id, const ast::Expr& e, const Scope& scope) {
    switch (e.kind) {
      case ExprKind::judged: builder.criterion(id).kind = vm::CriterionKind::judged; return;
      case ExprKind::group: fill_group(id, e, scope); return;
      case ExprKind::status: fill_status(id, e, scope); return;
      case ExprKind::condition_of_last: check_condition_of_last(builder, block, id, e, scope); return;
      default: break;
    }
    if (names_criterion(builder, e, scope)) {
      builder.criterion(id).kind = vm::CriterionKind::all;
      refer(id, e);
      return;
    }
    if (is_outline(builder, e, scope)) {
      std::vector<const ast::Expr*> parts;
      if (e.kind == ExprKind::unary) {
        builder.criterion(id).kind = vm::CriterionKind::none;
        parts.push_back(&e.args[0]);
      } else {
        builder.criterion(id).kind = e.name == "and" ? vm::CriterionKind::all : vm::CriterionKind::any;
        flatten(e, e.name, parts);
      }
      for (const ast::Expr* part : parts) add_member(id, {.condition = part, .span = part->span}, scope);
      return;
    }
    Scope judging = Scope::inner(scope);
    judging.judged = id;
    ir::Expr condition = check_truth(builder.context, e, judging);
    builder.criterion(id).kind = vm::CriterionKind::leaf;
    builder.criterion(id).condition = std::move(condition);
  }

 private:
  void refer(Id group, const ast::Expr& name) {
    builder.used.insert(std::string(root_name(name)));
    builder.references.push_back({group, builder.criterion(group).members.size(), &name});
    builder.criterion(group).members.push_back(none_id);
  }

  void add_member(Id group, Member member, const Scope& scope) {
    if (member.label.empty() && names_criterion(builder, *member.condition, scope)) {
      refer(group, *member.condition);
      return;
    }
    if (member.label.empty()) member.label = std::to_string(builder.criterion(group).members.size() + 1);
    std::string path = builder.criterion(group).path + "." + member.label;
    for (Id other : builder.criterion(group).members) {
      if (other == none_id || builder.criterion(other).path != path) continue;
      builder.context.report<DiagnosticId::declared_twice>(member.span, member.label)
          .relate(builder.criterion(other).span, "the other item");
    }
    Id id = add_criterion(builder, block, path, member.label, origin, member.span);
    builder.criterion(id).parent = group;
    builder.criterion(id).per_item = builder.criterion(group).per_item;
    builder.criterion(id).item = builder.criterion(group).item;
    builder.criterion(group).members.push_back(id);
    ir::Template text = member.text.empty() ? ir::Template{} : check_text(builder, member.text, member.span, scope);
    builder.criterion(id).text = std::move(text);
    fill(id, *member.condition, scope);
  }

  void fill_group(Id id, const ast::Expr& e, const Scope& scope) {
    ir::Criterion& criterion = builder.criterion(id);
    criterion.kind = e.name == "all of"    ? vm::CriterionKind::all
                     : e.name == "any of"  ? vm::CriterionKind::any
                     : e.name == "none of" ? vm::CriterionKind::none
                                           : vm::CriterionKind::at_least;
    for (const ast::Expr& arg : e.args) {
      Member member{.condition = &arg, .span = arg.span};
      if (arg.kind == ExprKind::item) {
        member.label = arg.name;
        member.text = arg.text;
        member.condition = &arg.args[0];
      }
      add_member(id, std::move(member), scope);
    }
    if (!e.count.empty()) set_count(id, e.count[0], scope);
  }

  void set_count(Id id, const ast::Expr& count, const Scope& scope) {
    ir::Expr checked = check_expression(builder.context, count, scope);
    if (is_error(checked)) return;
    if (checked.kind != ir::ExprKind::constant || checked.type != scalar_type(vm::Type::integer) || checked.value.low < 1) {
      builder.context.report<DiagnosticId::count_not_constant>(count.span);
      return;
    }
    ir::Criterion& criterion = builder.criterion(id);
    criterion.at_least = static_cast<uint32_t>(std::min<int64_t>(checked.value.low, UINT32_MAX));
    if (criterion.at_least > criterion.members.size()) {
      builder.context.report<DiagnosticId::count_too_large>(count.span, criterion.at_least, criterion.members.size());
    }
  }

  // `A is not met` keeps "not applicable", and so does `none of`: one is written as the other.
  void fill_status(Id id, const ast::Expr& e, const Scope& scope) {
    if (e.name != "met" && e.name != "not met") {
      builder.context.report<DiagnosticId::status_outside_rule>(e.span, e.name);
      return;
    }
    const ast::Expr& of = e.args[0];
    bool negated = e.name == "not met";
    if (of.kind == ExprKind::group && negated) {  // any of A, B is not met: said of each
      fill_group_each_not_met(id, of, scope);
    } else {
      builder.criterion(id).kind = negated ? vm::CriterionKind::none : vm::CriterionKind::all;
      add_member(id, {.condition = &of, .span = of.span}, scope);
    }
  }

  void fill_group_each_not_met(Id id, const ast::Expr& group, const Scope& scope) {
    ast::Expr shell = group;
    shell.args.clear();
    fill_group(id, shell, scope);
    for (const ast::Expr& arg : group.args) {
      std::string label = std::to_string(builder.criterion(id).members.size() + 1);
      Id member = add_criterion(builder, block, builder.criterion(id).path + "." + label, label, origin, arg.span);
      builder.criterion(member).parent = id;
      builder.criterion(member).per_item = builder.criterion(id).per_item;
      builder.criterion(member).item = builder.criterion(id).item;
      builder.criterion(member).kind = vm::CriterionKind::none;
      builder.criterion(id).members.push_back(member);
      add_member(member, {.condition = &arg, .span = arg.span}, scope);
    }
  }

  Builder& builder;
  size_t block;
  const Origin& origin;
};

// `applies when`, the dates and the layer of a clause: outside of them it is not applicable.
void check_applies(Builder& builder, Id id, const std::optional<ast::Expr>& applies, const ast::InForce& in_force, const Origin& origin,
                   Id section, const Scope& scope, Span span) {
  std::optional<ir::Expr> all = clause_gate(builder, origin, in_force, span);
  if (section != none_id) add_gate(all, builder.criterion(section).applies, span);
  if (applies) add_gate(all, check_truth(builder.context, *applies, scope), applies->span);
  builder.criterion(id).applies = std::move(all);
}

// The parts that criteria and limits have alike.
template <class Clause>
void check_clause(Builder& builder, Id id, const Clause& clause, const Scope& scope, const Origin& origin, Id section) {
  check_applies(builder, id, clause.applies, clause.in_force, origin, section, scope, clause.span);
  ir::Criterion filled = std::move(builder.criterion(id));
  if (!clause.text.empty()) filled.text = check_text(builder, clause.text, clause.span, scope);
  filled.met = check_word(builder, clause.sentences.met, scope, true);
  filled.not_met = check_word(builder, clause.sentences.not_met, scope, true);
  filled.undetermined = check_word(builder, clause.sentences.undetermined, scope, true);
  filled.member_met = check_word(builder, clause.sentences.member_met, scope, true);
  filled.member_not_met = check_word(builder, clause.sentences.member_not_met, scope, true);
  filled.member_undetermined = check_word(builder, clause.sentences.member_undetermined, scope, true);
  for (const ast::Word& ask : clause.asks) filled.asks.push_back(check_word(builder, ask, scope));
  filled.cites = check_cites(builder, clause.cites);
  filled.notes = clause.notes;
  builder.criterion(id) = std::move(filled);
}

}  // namespace

Id add_criterion(Builder& builder, size_t block, std::string path, std::string label, const Origin& origin, Span span) {
  ir::Criterion criterion;
  criterion.path = std::move(path);
  criterion.label = std::move(label);
  criterion.block = builder.blocks[block].id;
  criterion.layer = origin.layer;
  criterion.span = span;
  builder.policy().criteria.push_back(std::move(criterion));
  return static_cast<Id>(builder.policy().criteria.size() - 1);
}

void check_condition(Builder& builder, size_t block, Id criterion, const ast::Expr& condition, const Scope& scope, const Origin& origin) {
  Outline(builder, block, origin).fill(criterion, condition, scope);
}

Scope item_scope(Builder& builder, size_t block, Id criterion, const ast::Word& entity, const ast::Word& alias) {
  BlockPlan& plan = builder.blocks[block];
  Scope scope = Scope::inner(plan.scope);
  if (!entity) return scope;
  Id item = none_id;
  if (builder.block(plan).item != none_id && plan.scope.item_entity == entity.text) {
    item = builder.block(plan).item;
  } else {
    Id list = expect_list(builder.context, builder.line, entity);
    if (list == none_id) return scope;
    item = add_variable(builder.context, alias ? alias.text : entity.text, list, builder.line);
  }
  scope.item = item;
  scope.item_entity = entity.text;
  if (alias) scope.names.push_back(row_named(alias.text, item));
  builder.criterion(criterion).per_item = true;
  builder.criterion(criterion).item = item;
  builder.scopes.insert_or_assign(criterion, scope);
  return scope;
}

// The names of a block's criteria, before any of them is read: groups may name those further down.
void declare_criterion(Builder& builder, size_t block, const ast::Declaration& declaration, const Origin& origin, Id section) {
  BlockPlan& plan = builder.blocks[block];
  if (declaration.kind != DeclarationKind::criterion && declaration.kind != DeclarationKind::limit &&
      declaration.kind != DeclarationKind::section) {
    const ast::Word* name = declared_name(declaration);
    builder.context.report<DiagnosticId::not_in_section>(name ? name->span : declaration.span, declaration_kind_name(declaration.kind));
    return;
  }
  const ast::Word* name = declared_name(declaration);
  std::string path = name->text;
  if (path.empty()) path = "section " + std::to_string(plan.outline.size() + 1);  // only sections may be nameless
  Id id = add_criterion(builder, block, path, path, origin, *name ? name->span : declaration.span);
  if (*name) {
    if (plan.criteria.contains(path)) {
      builder.context.report<DiagnosticId::declared_twice>(name->span, path)
          .relate(builder.criterion(plan.criteria.find(path)->second).span, "the other one");
      return;
    }
    // A criterion that several blocks share, or several versions have, is one name.
    const Symbol* known = find_symbol(builder.context, path);
    if (!(known && known->kind == SymbolKind::criterion && known->span == name->span))
      add_symbol(builder.context, SymbolKind::criterion, *name, id);
  }
  plan.criteria.emplace(path, id);
  builder.criterion(id).parent = section;
  builder.criterion(id).top = section == none_id;
  if (section == none_id) plan.outline.push_back(id);
  if (declaration.kind != DeclarationKind::section) return;
  builder.criterion(id).section = true;
  builder.criterion(id).kind = vm::CriterionKind::all;
  builder.criterion(id).label = declaration.section[0].text.empty() ? path : declaration.section[0].text;
  for (const ast::Declaration& member : declaration.section[0].members) {
    size_t before = builder.policy().criteria.size();
    declare_criterion(builder, block, member, origin, id);
    if (builder.policy().criteria.size() > before) builder.criterion(id).members.push_back(static_cast<Id>(before));
  }
}

void check_criterion(Builder& builder, size_t block, const ast::Declaration& declaration, const Origin& origin, Id section) {
  BlockPlan& plan = builder.blocks[block];
  const ast::Word* name = declared_name(declaration);
  if (!name) return;
  Id id = none_id;
  auto is_this = [&](Id at) { return builder.criterion(at).span == (*name ? name->span : declaration.span); };
  if (auto named = plan.criteria.find(name->text); named != plan.criteria.end() && is_this(named->second)) id = named->second;
  for (auto at = plan.criteria.begin(); !*name && at != plan.criteria.end(); ++at) {
    if (is_this(at->second)) id = at->second;
  }
  if (id != none_id) check_criterion_as(builder, block, id, declaration, origin, section);  // else: declared twice, or none
}

void check_criterion_as(Builder& builder, size_t block, Id id, const ast::Declaration& declaration, const Origin& origin, Id section) {
  BlockPlan& plan = builder.blocks[block];
  if (declaration.kind == DeclarationKind::section) {
    const ast::Section& clause = declaration.section[0];
    check_applies(builder, id, clause.applies, {}, origin, section, plan.scope, clause.span);
    ir::Template text = clause.text.empty() ? ir::Template{} : check_text(builder, clause.text, clause.span, plan.scope);
    builder.criterion(id).text = std::move(text);
    std::vector<ir::Cite> cites = check_cites(builder, clause.cites);
    builder.criterion(id).cites = std::move(cites);
    for (const ast::Declaration& member : clause.members) check_criterion(builder, block, member, origin, id);
    if (builder.criterion(id).members.empty()) builder.context.report<DiagnosticId::empty_section>(builder.criterion(id).span);
  } else if (declaration.kind == DeclarationKind::limit) {
    const ast::Limit& clause = declaration.limit[0];
    Scope scope = item_scope(builder, block, id, clause.per_entity, clause.per_alias);
    check_clause(builder, id, clause, scope, origin, section);
    check_limit(builder, block, id, clause, scope);
  } else if (declaration.kind == DeclarationKind::criterion) {
    const ast::Criterion& clause = declaration.criterion[0];
    Scope scope = item_scope(builder, block, id, clause.item_entity, clause.item_alias);
    check_clause(builder, id, clause, scope, origin, section);
    check_condition(builder, block, id, clause.condition, scope, origin);
  }
}

void resolve_references(Builder& builder) {
  for (const Reference& reference : builder.references) {
    Id block = builder.criterion(reference.group).block;
    Id found = expect_criterion(builder.context, path_of(*reference.name), reference.name->span, block);
    builder.criterion(reference.group).members[reference.member] = found;
  }
  for (size_t id = builder.first_criterion; id < builder.policy().criteria.size(); ++id) {
    std::vector<Id>& members = builder.policy().criteria[id].members;
    members.erase(std::remove(members.begin(), members.end(), none_id), members.end());
  }

  // A group that is among its own members, however far down.
  std::vector<int> state(builder.policy().criteria.size(), 0);  // 1 on the path, 2 done
  std::vector<Id> path;
  std::function<void(Id)> walk = [&](Id id) {
    if (state[id] == 2) return;
    if (state[id] == 1) {
      const ir::Criterion& criterion = builder.criterion(id);
      builder.groups_in_circle = true;
      auto& report = builder.context.report<DiagnosticId::group_in_itself>(criterion.span, criterion.path);
      for (auto at = std::find(path.begin(), path.end(), id) + 1; at < path.end(); ++at) {
        report.relate(builder.criterion(*at).span, "by way of " + builder.criterion(*at).path);
      }
      return;
    }
    if (path.size() > deepest_chain) {
      if (!builder.groups_in_circle)
        builder.context.report<DiagnosticId::limit_exceeded>(builder.criterion(id).span, path.size(), "groups within one another",
                                                             deepest_chain);
      builder.groups_in_circle = true;
      return;
    }
    state[id] = 1;
    path.push_back(id);
    for (size_t i = 0; i < builder.criterion(id).members.size(); ++i) walk(builder.criterion(id).members[i]);
    path.pop_back();
    state[id] = 2;
  };
  for (size_t id = builder.first_criterion; id < builder.policy().criteria.size(); ++id) walk(static_cast<Id>(id));
}

bool mentions(const ir::Expr& e, Id variable) {
  if (e.variable == variable && variable != none_id) return true;
  auto any = [&](const std::vector<ir::Expr>& list) {
    return std::any_of(list.begin(), list.end(), [&](const ir::Expr& inner) { return mentions(inner, variable); });
  };
  if (any(e.args)) return true;
  for (const ir::Query& query : e.query) {
    if (any(query.where) || any(query.value) || any(query.key)) return true;
  }
  return false;
}

namespace {

// Whether a query's sources hang on a row: `D.targets` mentions D without an expression that does.
bool runs_under(const Builder& builder, const ir::Expr& e, Id variable) {
  auto any = [&](const std::vector<ir::Expr>& list) {
    return std::any_of(list.begin(), list.end(), [&](const ir::Expr& inner) { return runs_under(builder, inner, variable); });
  };
  if (any(e.args)) return true;
  for (const ir::Query& query : e.query) {
    for (const ir::Query::Source& source : query.sources) {
      if (builder.context.policy.variables[source.variable].owner == variable) return true;
    }
    if (any(query.where) || any(query.value) || any(query.key)) return true;
  }
  return false;
}

}  // namespace

// A criterion that reads the block's item runs per item, and so does every group that holds one: the group's status is
// then the item's. One with an item of its own (`for each Target T` where rules run per line) is folded by whoever names it.
void settle_items(Builder& builder) {
  for (const BlockPlan& plan : builder.blocks) {
    Id item = builder.block(plan).item;
    if (item == none_id) continue;
    auto reads = [&](const std::optional<ir::Expr>& e) { return e && (mentions(*e, item) || runs_under(builder, *e, item)); };
    auto own = [&](auto&& visit) {
      for (size_t id = builder.first_criterion; id < builder.policy().criteria.size(); ++id) {
        if (builder.policy().criteria[id].block == plan.id) visit(builder.policy().criteria[id]);
      }
    };
    own([&](ir::Criterion& criterion) {
      // An exception stands for an item, so what it is taken from does too.
      const bool excepted = !criterion.exceptions.empty();
      if (!criterion.per_item && (excepted || reads(criterion.condition) || reads(criterion.applies) || reads(criterion.gate))) {
        criterion.per_item = true;
        criterion.item = item;
      }
    });
    for (bool more = true; more;) {
      more = false;
      own([&](ir::Criterion& criterion) {
        if (criterion.per_item) return;
        for (Id member : criterion.members) {
          if (!builder.criterion(member).per_item || builder.criterion(member).item != item) continue;
          criterion.per_item = true;
          criterion.item = item;
          more = true;
          return;
        }
      });
    }
  }
}

void for_each_member(Builder& builder, Id criterion, const std::function<void(Id)>& visit) {
  visit(criterion);
  bool choice = builder.criterion(criterion).kind == vm::CriterionKind::choice;
  if (!builder.criterion(criterion).section && !choice) return;
  std::vector<Id> members = builder.criterion(criterion).members;
  for (Id member : members) for_each_member(builder, member, visit);
}

void order_criteria(Builder& builder, size_t block) {
  BlockPlan& plan = builder.blocks[block];
  std::set<Id> placed;
  std::vector<Id> order;
  std::function<void(Id)> place = [&](Id id) {
    if (!placed.insert(id).second) return;
    order.push_back(id);
    for (Id member : builder.criterion(id).members) {
      if (builder.criterion(member).parent == id) place(member);
    }
  };
  for (Id id : plan.outline) place(id);
  // What hangs on no top-level criterion: those that the checker made.
  for (size_t id = builder.first_criterion; id < builder.policy().criteria.size(); ++id) {
    if (builder.criterion(static_cast<Id>(id)).block == plan.id) place(static_cast<Id>(id));
  }
  builder.block(plan).criteria = std::move(order);
}

}  // namespace rubric::check
