// Plans a policy and holds the order in which its clauses become IR: layers, blocks, criteria, conditions, rules.
//
// A file is a sequence of declarations; a block is a `decides` with everything up to the next one, and the criteria
// before the first one that it names. Several versions of a policy share one IR: each gets blocks of its own, gated by
// its dates. What a single clause means is the business of the other check_ files.

#include "compiler/check_policy.h"

#include "base/text.h"
#include "compiler/check.h"

#include <algorithm>

namespace rubric::check {

namespace {

using ast::DeclarationKind;

const ast::Declaration* find_declaration(const ast::Module& module, DeclarationKind kind) {
  for (const ast::Declaration& declaration : module.declarations) {
    if (declaration.kind == kind) return &declaration;
  }
  return nullptr;
}

bool is_criterion(const ast::Declaration& declaration) {
  return declaration.kind == DeclarationKind::criterion || declaration.kind == DeclarationKind::limit ||
         declaration.kind == DeclarationKind::section;
}

// -- blocks --

// The blocks' order: a block follows those whose outcomes it reads, and otherwise stands where the author put it.
std::vector<size_t> order_of_blocks(Builder& builder, const std::vector<const ast::Decides*>& decides) {
  std::map<std::string, size_t, std::less<>> named;
  for (size_t i = 0; i < decides.size(); ++i) {
    if (decides[i]->name) named.emplace(decides[i]->name.text, i);
  }
  std::vector<size_t> order, path;
  std::vector<int> state(decides.size(), 0);  // 0 new, 1 being placed, 2 placed
  std::function<void(size_t)> place = [&](size_t i) {
    if (state[i] == 2) return;
    if (state[i] == 1) {
      auto begin = std::find(path.begin(), path.end(), i);
      auto& report = builder.context.report<DiagnosticId::after_in_circle>(decides[i]->name.span, decides[i]->name.text);
      for (auto at = begin + 1; at < path.end(); ++at) report.relate(decides[*at]->name.span, "by way of this block");
      return;
    }
    state[i] = 1;
    path.push_back(i);
    for (const ast::Word& word : decides[i]->after) {
      auto at = named.find(word.text);
      if (at != named.end()) {
        place(at->second);
        continue;
      }
      std::vector<std::string> names;
      for (const auto& [name, block] : named) names.push_back(name);
      builder.context.report<DiagnosticId::unknown_name>(word.span, "block", word.text).did_you_mean(nearest(word.text, names));
    }
    path.pop_back();
    state[i] = 2;
    order.push_back(i);
  };
  for (size_t i = 0; i < decides.size(); ++i) place(i);
  return order;
}

// Which of the shared criteria a block names, and those that they name in turn.
std::set<const ast::Declaration*> shared_by(const Builder& builder, const std::vector<const ast::Declaration*>& own, bool only_block) {
  std::set<std::string, std::less<>> names, rules;
  auto note = [&](const std::string& name, Span) { names.insert(name); };
  for (const ast::Declaration* declaration : own) {
    collect_names(*declaration, note);
    if (const ast::Word* name = declared_name(*declaration)) rules.insert(name->text);
  }
  for (const Overlay& overlay : builder.overlays) {
    for (const ast::Declaration& declaration : overlay.module->declarations) {
      if (declaration.kind != DeclarationKind::amend) continue;
      std::set<std::string, std::less<>> mentioned;
      collect_names(declaration, [&](const std::string& name, Span) { mentioned.insert(name); });
      bool here = only_block || std::any_of(mentioned.begin(), mentioned.end(), [&](const auto& n) { return rules.contains(n); });
      if (here) names.insert(mentioned.begin(), mentioned.end());
    }
  }
  std::set<const ast::Declaration*> taken;
  for (bool more = true; more;) {
    more = false;
    for (const ast::Declaration* declaration : builder.shared) {
      if (!is_criterion(*declaration) || taken.contains(declaration)) continue;
      bool named = false;
      std::function<void(const ast::Declaration&)> look = [&](const ast::Declaration& inner) {
        const ast::Word* name = declared_name(inner);
        named = named || (name && names.contains(name->text));
        if (inner.kind == DeclarationKind::section) {
          for (const ast::Declaration& member : inner.section[0].members) look(member);
        }
      };
      look(*declaration);
      if (!named) continue;
      taken.insert(declaration);
      collect_names(*declaration, note);
      more = true;
    }
  }
  return taken;
}

// Sets the block's scope up: the line, and the item that its rules run over.
void plan_items(Builder& builder, BlockPlan& plan) {
  const ast::Decides& decides = *plan.decides;
  plan.scope = Scope::inner(builder.scope);
  plan.scope.block = plan.id;
  if (!decides.item_entity) {
    if (decides.fold) builder.context.report<DiagnosticId::fold_without_items>(decides.fold.span);
    return;
  }
  ir::Block& block = builder.block(plan);
  block.item_name = decides.item_entity.text;
  Id list = expect_list(builder.context, builder.line, decides.item_entity);
  if (list == none_id) return;
  block.item = add_variable(builder.context, decides.item_alias ? decides.item_alias.text : decides.item_entity.text, list, builder.line);
  plan.scope.item = block.item;
  plan.scope.item_entity = decides.item_entity.text;
  if (decides.item_alias) plan.scope.names.push_back(row_named(decides.item_alias.text, block.item));
  if (decides.fold.text == "best") {
    block.fold = vm::FoldItems::best;
  } else if (decides.fold.text == "worst") {
    block.fold = vm::FoldItems::worst;
  } else if (decides.fold) {
    block.fold = vm::FoldItems::qualifying;
  } else {
    builder.context.report<DiagnosticId::items_without_fold>(decides.item_entity.span, decides.item_entity.text);
  }
}

void plan_blocks(Builder& builder) {
  std::vector<const ast::Decides*> decides;
  std::vector<std::vector<const ast::Declaration*>> own;
  for (const ast::Declaration& declaration : builder.base.declarations) {
    if (declaration.kind == DeclarationKind::decides) {
      decides.push_back(&declaration.decides[0]);
      own.emplace_back();
    } else if (decides.empty()) {
      builder.shared.push_back(&declaration);
    } else {
      own.back().push_back(&declaration);
    }
  }
  if (decides.empty()) {
    builder.context.report<DiagnosticId::decides_nothing>(builder.base.name.span, builder.base.name.text);
    return;
  }
  for (const ast::Declaration* early : builder.shared) {
    if (early->kind != DeclarationKind::rule && early->kind != DeclarationKind::table) continue;
    builder.context.report<DiagnosticId::outside_block>(declared_name(*early)->span, declaration_kind_name(early->kind),
                                                        declared_name(*early)->text);
  }

  std::vector<std::set<const ast::Declaration*>> shared;
  std::set<const ast::Declaration*> named;
  for (const auto& declarations : own) {
    shared.push_back(shared_by(builder, declarations, own.size() == 1));
    named.insert(shared.back().begin(), shared.back().end());
  }
  builder.blocks.reserve(decides.size());  // scopes point into it
  for (size_t i : order_of_blocks(builder, decides)) {
    BlockPlan plan;
    plan.decides = decides[i];
    plan.id = static_cast<Id>(builder.policy().blocks.size());
    for (const ast::Declaration* declaration : builder.shared) {
      // A criterion that no block names is evaluated in every block: nothing that was written goes unchecked.
      if (is_criterion(*declaration) && (shared[i].contains(declaration) || !named.contains(declaration)))
        plan.declarations.push_back(declaration);
    }
    plan.declarations.insert(plan.declarations.end(), own[i].begin(), own[i].end());

    ir::Block block;
    block.name = decides[i]->name ? decides[i]->name.text : builder.base.name.text;
    block.version = builder.base.version;
    block.line = builder.line;
    block.span = decides[i]->span;
    builder.policy().blocks.push_back(std::move(block));
    if (decides[i]->name) add_symbol(builder.context, SymbolKind::block, decides[i]->name, plan.id);
    builder.blocks.push_back(std::move(plan));
  }
  for (BlockPlan& plan : builder.blocks) plan_items(builder, plan);
  for (BlockPlan& plan : builder.blocks) {
    for (const ast::Word& word : plan.decides->after) {
      for (const BlockPlan& other : builder.blocks) {
        if (other.decides->name.text == word.text && &other != &plan) builder.block(plan).after.push_back(other.id);
      }
    }
    plan.scope.after = builder.block(plan).after;
  }
}

void check_decides(Builder& builder, BlockPlan& plan) {
  const ast::Decides& decides = *plan.decides;
  Scope outer = Scope::inner(builder.scope);
  outer.block = plan.id;
  std::optional<ir::Expr> scope, item_where;
  if (decides.scope) scope = check_truth(builder.context, *decides.scope, outer);
  if (decides.item_where && builder.block(plan).item != none_id) item_where = check_truth(builder.context, *decides.item_where, plan.scope);
  std::vector<std::pair<std::string, uint8_t>> when_undetermined;
  for (const ast::WhenUndetermined& each : decides.when_undetermined) {
    std::optional<uint8_t> outcome = outcome_of(builder, each.outcome);
    if (!outcome) continue;
    auto is = [&](vm::Outcome o) { return *outcome == static_cast<uint8_t>(o); };
    if (!is(vm::Outcome::pend) && !is(vm::Outcome::review) && !is(vm::Outcome::deny)) {
      builder.context.report<DiagnosticId::undetermined_outcome>(each.outcome.span, each.outcome.text);
      continue;
    }
    std::string review_type = each.review_type.text;
    if (std::any_of(when_undetermined.begin(), when_undetermined.end(), [&](const auto& e) { return e.first == review_type; })) {
      builder.context.report<DiagnosticId::undetermined_twice>(each.span, review_type.empty() ? "every other" : review_type);
      continue;
    }
    if (each.review_type) {
      Id field = find_field(builder.context, builder.policy().variables[0].node, "reviewType");
      std::vector<std::string> words;
      if (field != none_id) {
        for (Id word : builder.policy().model.nodes[builder.policy().variables[0].node].fields[field].one_of)
          words.emplace_back(text_of(builder.context, word));
      }
      if (!words.empty() && std::find(words.begin(), words.end(), review_type) == words.end()) {
        builder.context.report<DiagnosticId::unknown_name>(each.review_type.span, "review type", review_type)
            .did_you_mean(nearest(review_type, words));
        continue;
      }
    }
    when_undetermined.emplace_back(review_type, *outcome);
  }
  std::vector<ir::Cite> cites = check_cites(builder, decides.cites);
  ir::Block& block = builder.block(plan);
  block.scope = std::move(scope);
  block.item_where = std::move(item_where);
  block.when_undetermined = std::move(when_undetermined);
  block.cites = std::move(cites);
}

// -- one version of the policy --

void check_version(Builder& builder, const Layers& layers, Warnings warnings) {
  ir::Policy& policy = builder.policy();
  builder.first_criterion = policy.criteria.size();
  builder.first_rule = policy.rules.size();
  builder.first_condition = policy.conditions.size();
  builder.first_remark = policy.remarks.size();
  builder.scope.line = builder.line;
  plan_overlays(builder, layers.overlays);
  plan_blocks(builder);
  declare_conditions(builder);

  const Origin own;
  auto clauses = [&](DeclarationKind kind, auto&& visit) {
    for (size_t block = 0; block < builder.blocks.size(); ++block) {
      for (const ast::Declaration* declaration : builder.blocks[block].declarations) {
        if (declaration->kind == kind) visit(block, *declaration);
      }
    }
  };
  for (size_t block = 0; block < builder.blocks.size(); ++block) {
    for (const ast::Declaration* declaration : builder.blocks[block].declarations) {
      if (is_criterion(*declaration)) declare_criterion(builder, block, *declaration, own, none_id);
    }
  }
  check_definitions(builder.context);
  for (size_t block = 0; block < builder.blocks.size(); ++block) {
    for (const ast::Declaration* declaration : builder.blocks[block].declarations) {
      if (is_criterion(*declaration)) check_criterion(builder, block, *declaration, own, none_id);
    }
  }
  amend_criteria(builder);
  resolve_references(builder);
  settle_items(builder);

  for (BlockPlan& plan : builder.blocks) check_decides(builder, plan);
  if (const ast::Declaration* in_force = find_declaration(builder.base, DeclarationKind::in_force)) {
    std::optional<ir::Expr> gate = within(builder.context, in_force->in_force, decided_date(builder, in_force->span));
    for (BlockPlan& plan : builder.blocks) builder.block(plan).version_gate = gate;
  }
  for (size_t block = 0; block < builder.blocks.size(); ++block) {
    for (const ast::Declaration* declaration : builder.blocks[block].declarations) {
      if (declaration->kind == DeclarationKind::rule) declare_rule(builder, block, declaration->rule[0], own);
      if (declaration->kind == DeclarationKind::table) declare_table(builder, block, declaration->table[0], own);
    }
  }
  amend_rules(builder);
  check_conditions(builder);
  check_rules(builder);
  add_stored_condition_rules(builder);
  check_exceptions(builder);
  settle_items(builder);  // again: what an exception is taken from stands where the exception does
  for (const ast::Declaration* declaration : builder.shared) {
    if (declaration->kind == DeclarationKind::remark) check_remark(builder, builder.blocks.size(), declaration->remark[0], own);
  }
  clauses(DeclarationKind::remark, [&](size_t block, const ast::Declaration& d) { check_remark(builder, block, d.remark[0], own); });

  for (size_t block = 0; block < builder.blocks.size(); ++block) {
    order_criteria(builder, block);
    for (size_t id = builder.first_rule; id < policy.rules.size(); ++id) {
      if (policy.rules[id].block == builder.blocks[block].id) policy.blocks[builder.blocks[block].id].rules.push_back(static_cast<Id>(id));
    }
  }
  apply_dated_by(builder);
  if (warnings == Warnings::all && !builder.context.diagnostics.has_errors()) find_conflicts_and_gaps(builder);
  lint(builder);
}

// Each version's dates, as given by its first `in force`; two that share a day are an error.
void check_version_dates(Context& context, const Layers& layers) {
  struct Range {
    int64_t from = INT64_MIN, to = INT64_MAX;
    const ast::Module* module;
    Span span;
  };
  std::vector<Range> ranges;
  for (const ast::Module* module : layers.policies) {
    Range range{.module = module, .span = module->name.span};
    if (const ast::Declaration* in_force = find_declaration(*module, DeclarationKind::in_force)) {
      Dates dates = check_dates(context, in_force->in_force);
      if (dates.from) range.from = dates.from->low;
      if (dates.to) range.to = dates.to->low;
      range.span = in_force->span;
    }
    ranges.push_back(range);
  }
  for (size_t i = 0; i < ranges.size(); ++i) {
    for (size_t j = i + 1; j < ranges.size(); ++j) {
      const Range &a = ranges[i], &b = ranges[j];
      if (a.module->name.text != b.module->name.text) continue;  // check_layers says that they are two policies
      if (std::max(a.from, b.from) > std::min(a.to, b.to)) continue;
      context.report<DiagnosticId::versions_overlap>(b.span, b.module->version, a.module->version)
          .relate(a.span, "version " + a.module->version + " is in force here");
    }
  }
}

}  // namespace

// -- shared with the other files --

ir::Expr decided_date(const Builder& builder, Span span) { return make_decided_date(builder.line, span); }

void add_gate(std::optional<ir::Expr>& gate, const std::optional<ir::Expr>& more, Span span) {
  if (!more) return;
  gate = gate ? make_and({*gate, *more}, span) : *more;
}

std::optional<ir::Expr> clause_gate(Builder& builder, const Origin& origin, const ast::InForce& in_force, Span span) {
  std::optional<ir::Expr> gate = origin.gate;
  if (in_force.from || in_force.to) add_gate(gate, within(builder.context, in_force, decided_date(builder, span)), span);
  return gate;
}

std::vector<ir::Cite> check_cites(Builder& builder, const std::vector<ast::Cite>& cites) {
  std::vector<ir::Cite> checked;
  for (const ast::Cite& cite : cites) {
    builder.used.insert(cite.source.text);
    const Symbol* source = expect_symbol(builder.context, cite.source, {SymbolKind::source});
    if (!source) continue;
    if (!cite.grade.empty()) {
      const ast::Source* declared = nullptr;
      auto look = [&](const ast::Module& module) {
        for (const ast::Declaration& d : module.declarations) {
          if (d.kind == DeclarationKind::source && d.source[0].name.span == source->span) declared = &d.source[0];
        }
      };
      look(builder.base);
      for (const Overlay& overlay : builder.overlays) look(*overlay.module);
      if (declared && std::find(declared->grades.begin(), declared->grades.end(), cite.grade) == declared->grades.end()) {
        auto& report = builder.context.report<DiagnosticId::unknown_grade>(cite.span, cite.grade, cite.source.text);
        report.relate(declared->span, declared->grades.empty() ? "the source has no grades" : "the source's grades");
        if (auto near = nearest(cite.grade, declared->grades)) report.did_you_mean("'" + *near + "'");
      }
    }
    checked.push_back({source->index, cite.section, cite.grade});
  }
  return checked;
}

// The AST keeps a sentence's words, not its place: the text is looked for inside its clause, so that a mistake in
// {braces} is shown where it stands. One with escapes is not found, and the clause stands for it.
ir::Template check_text(Builder& builder, const std::string& text, Span clause, const Scope& scope, bool because) {
  Span span = clause;
  if (builder.context.sources.contains(clause.file)) {
    size_t at = builder.context.sources.text(clause).find("'" + text + "'");
    if (at != std::string_view::npos) {
      span.begin = clause.begin + static_cast<uint32_t>(at);
      span.end = span.begin + static_cast<uint32_t>(text.size()) + 2;
    }
  }
  return check_template(builder.context, text, span, scope, because);
}

ir::Template check_word(Builder& builder, const ast::Word& word, const Scope& scope, bool because) {
  if (!word) return {};
  return check_template(builder.context, word.text, word.span, scope, because);
}

}  // namespace rubric::check

namespace rubric {

using namespace check;

std::optional<ir::Policy> check_policy(const std::vector<const ast::Module*>& modules, SourceSet& sources, Diagnostics& diagnostics,
                                       Warnings warnings) {
  ir::Policy policy;
  Context context(policy, sources, diagnostics);
  Layers layers = sort_layers(context, modules);
  if (layers.policies.empty()) return std::nullopt;  // compile has said so
  Modules all = layers.libraries;
  all.insert(all.end(), layers.policies.begin(), layers.policies.end());
  for (const Layered& overlay : layers.overlays) all.push_back(overlay.module);
  declare_model(context, all);
  if (lines_domain(context) == none_id) return std::nullopt;  // which is reported, and all else would only follow from it
  check_version_dates(context, layers);

  const ast::Module& named = *layers.policies.back();
  policy.name = named.name.text;
  policy.version = named.version;
  if (const ast::Declaration* title = find_declaration(named, ast::DeclarationKind::title)) policy.title = title->text;
  policy.layers.push_back({.name = layers.own_layer, .overlay = "", .version = named.version, .applies = std::nullopt});

  // Every version has names of its own over one model, hence a copy of the context as it is before the names.
  for (const ast::Module* base : layers.policies) {
    Context names = context;
    Modules own = layers.libraries;
    own.push_back(base);
    for (const Layered& overlay : layers.overlays) own.push_back(overlay.module);
    const ast::Declaration* in_force = find_declaration(*base, ast::DeclarationKind::in_force);
    if (in_force) names.in_force = check_dates(names, in_force->in_force);
    declare_names(names, own);
    Builder builder(names, *base);
    builder.replaced_parameters = layers.replaced_parameters;
    builder.line = add_line_variable(names);
    check_version(builder, layers, warnings);
    if (names.too_large) context.too_large = true;
  }
  check_sizes(context);
  for (const ast::Module* module : all) policy.files.push_back(module->file);
  std::sort(policy.files.begin(), policy.files.end());
  policy.files.erase(std::unique(policy.files.begin(), policy.files.end()), policy.files.end());
  if (diagnostics.has_errors()) return std::nullopt;
  return policy;
}

std::optional<ir::Policy> check_single(const std::vector<ast::Expr>& expressions, const std::vector<const ast::Module*>& libraries,
                                       SourceSet& sources, Diagnostics& diagnostics) {
  ir::Policy policy;
  Context context(policy, sources, diagnostics);
  context.plain = libraries.empty();
  declare_model(context, libraries);
  declare_names(context, libraries);
  Scope scope;
  ir::Remark remark;
  remark.kind = vm::Remark::Kind::note;
  for (const ast::Expr& expression : expressions) {
    remark.text.push_back({.text = "", .expr = {check_expression(context, expression, scope)}, .because = false});
    policy.files.push_back(expression.span.file);
  }
  policy.name = "expression";
  policy.remarks.push_back(std::move(remark));
  policy.layers.push_back({});
  for (const ast::Module* module : libraries) policy.files.push_back(module->file);
  if (diagnostics.has_errors()) return std::nullopt;
  return policy;
}

}  // namespace rubric
