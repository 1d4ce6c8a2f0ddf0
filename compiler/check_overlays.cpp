// Layers: what overlays add to, replace in, relax, tighten and remove from the policy below them.
//
// Overlays apply from the weakest layer to the strongest, each to the result below. An amended criterion becomes a
// choice between the amended and the defeated one, under the name and the index that the clause had: whatever names it
// means the choice from then on, and both stay in the trace. Rules need no choice: the old one and the new one are
// gated. Vocabulary (parameters, value sets) is layered in check_layers.cpp, before names are declared.

#include "compiler/check_policy.h"

#include "base/text.h"

#include <algorithm>

namespace rubric::check {

namespace {

using ast::DeclarationKind;

bool is_criterion(DeclarationKind kind) {
  return kind == DeclarationKind::criterion || kind == DeclarationKind::limit || kind == DeclarationKind::section;
}

std::optional<ir::Expr> opposite(const Origin& origin, Span span) {
  return origin.gate ? make_not(*origin.gate, span) : make_truth(false, span);
}

const std::string& layer_name(Builder& builder, const Overlay& overlay) { return builder.policy().layers[overlay.origin.layer].name; }

// The blocks whose clauses a declaration names; all of one if there is only one.
std::vector<size_t> blocks_named(Builder& builder, const ast::Declaration& declaration, const std::vector<ast::Word>& to) {
  if (builder.blocks.size() == 1) return {0};
  std::set<std::string, std::less<>> names;
  for (const ast::Word& word : to) names.insert(word.text);
  if (names.empty()) {
    const ast::Word* own = declared_name(declaration);
    collect_names(declaration, [&](const std::string& name, Span) {
      if (!own || name != own->text) names.insert(name);
    });
  }
  std::vector<size_t> found;
  for (size_t i = 0; i < builder.blocks.size(); ++i) {
    const BlockPlan& plan = builder.blocks[i];
    if (std::any_of(names.begin(), names.end(), [&](const std::string& n) {
          return plan.criteria.contains(n) || plan.rules.contains(n) || plan.decides->name.text == n;
        })) {
      found.push_back(i);
    }
  }
  return found;
}

void report_no_block(Builder& builder, const ast::Declaration& declaration) {
  const ast::Word* name = declared_name(declaration);
  builder.context.report<DiagnosticId::which_block>(name ? name->span : declaration.span, declaration_kind_name(declaration.kind),
                                                    name ? name->text : "");
}

// -- criteria --

class Amender {
 public:
  Amender(Builder& builder, const Overlay& overlay) : builder(builder), overlay(overlay) {}

  void apply(const ast::Amend& amend) {
    if (amend.verb.text == "add") {
      for (const ast::Declaration& d : amend.added) {
        if (is_criterion(d.kind)) add(d, amend.to);
      }
    } else if (amend.verb.text == "replace") {
      for (const ast::Declaration& d : amend.added) {
        if (is_criterion(d.kind)) replace(d);
      }
    } else if (amend.verb.text == "remove") {
      for (const ast::Word& target : amend.targets) remove(target);
    } else {
      for (const ast::Word& target : amend.targets) adjust(amend, target);
    }
  }

 private:
  // A new criterion stands in the blocks of the rules that it joins, and applies only where its layer does.
  void add(const ast::Declaration& d, const std::vector<ast::Word>& to) {
    std::vector<size_t> blocks = blocks_named(builder, d, to);
    if (blocks.empty()) {
      report_no_block(builder, d);
      return;
    }
    for (size_t block : blocks) {
      declare_criterion(builder, block, d, overlay.origin, none_id);
      check_criterion(builder, block, d, overlay.origin, none_id);
    }
  }

  // Turns the clause into a choice: its content moves to a new index, and the amended one is made empty.
  struct Choice {
    Id defeated, amended;
  };
  Choice make_choice(size_t block, Id id, Span span) {
    const std::string layer = layer_name(builder, overlay);
    ir::Criterion defeated = builder.criterion(id);
    const std::string path = defeated.path;
    Id moved = static_cast<Id>(builder.policy().criteria.size());
    defeated.path = path + " without " + layer;
    defeated.parent = id;
    defeated.top = false;
    for (Id member : defeated.members) {
      if (member != none_id && builder.criterion(member).parent == id) builder.criterion(member).parent = moved;
    }
    for (Reference& reference : builder.references) {
      if (reference.group == id) reference.group = moved;
    }
    // `judged by the reviewer` of the old clause is the judgment that its own name stands for, whatever the layers say.
    builder.policy().criteria.push_back(std::move(defeated));
    rename_judgment(moved, id, moved);

    Id amended = add_criterion(builder, block, layer + "." + path, builder.criterion(id).label, overlay.origin, span);
    ir::Criterion& choice = builder.criterion(id);
    ir::Criterion& made = builder.criterion(amended);
    made.parent = id;
    made.text = choice.text;
    made.per_item = choice.per_item;
    made.item = choice.item;
    made.applies = choice.applies;
    choice.kind = vm::CriterionKind::choice;
    choice.members = {amended, moved};
    choice.gate = overlay.origin.gate ? *overlay.origin.gate : make_truth(true, span);
    choice.section = false;
    choice.at_least = 0;
    choice.applies.reset();
    choice.condition.reset();
    choice.limit.reset();
    choice.cites.clear();
    choice.asks.clear();
    choice.notes.clear();
    for (ir::Template* sentence :
         {&choice.met, &choice.not_met, &choice.undetermined, &choice.member_met, &choice.member_not_met, &choice.member_undetermined}) {
      sentence->clear();
    }
    return {moved, amended};
  }

  void rename_judgment(Id criterion, Id from, Id to) {
    std::function<void(ir::Expr&)> walk = [&](ir::Expr& e) {
      if (e.kind == ir::ExprKind::judged && e.criterion == from) e.criterion = to;
      for (ir::Expr& arg : e.args) walk(arg);
    };
    if (builder.criterion(criterion).condition) walk(*builder.criterion(criterion).condition);
  }

  // What a clause of the base is, in the words that an author would use.
  std::string_view kind_name(Id id) {
    Id at = id;
    while (builder.criterion(at).kind == vm::CriterionKind::choice) at = builder.criterion(at).members[0];
    if (builder.criterion(at).kind == vm::CriterionKind::limit) return "limit";
    return builder.criterion(at).section ? "section" : "criterion";
  }

  void replace(const ast::Declaration& d) {
    const ast::Word& name = *declared_name(d);
    bool found = false;
    for (size_t block = 0; block < builder.blocks.size(); ++block) {
      Id id = named(block, name.text);
      if (id == none_id) continue;
      found = true;
      if (kind_name(id) != declaration_kind_name(d.kind)) {
        builder.context.report<DiagnosticId::replaced_by_other_kind>(name.span, name.text, kind_name(id), declaration_kind_name(d.kind))
            .relate(builder.criterion(id).span, "the clause that is replaced");
        return;
      }
      Choice choice = make_choice(block, id, name.span);
      builder.criterion(choice.amended).applies.reset();
      builder.criterion(choice.amended).text.clear();
      Origin origin{.layer = overlay.origin.layer, .gate = std::nullopt};  // the choice looks at the gate
      if (d.kind == DeclarationKind::section) {
        replace_section(block, d, choice.amended, origin);
      } else {
        check_criterion_as(builder, block, choice.amended, d, origin, none_id);
      }
    }
    if (!found) unknown(name, "criterion");
  }

  // The members of a section are criteria with names of their own: those that the base has too are replaced with it.
  void replace_section(size_t block, const ast::Declaration& d, Id amended, const Origin& origin) {
    builder.criterion(amended).section = true;
    builder.criterion(amended).kind = vm::CriterionKind::all;
    for (const ast::Declaration& member : d.section[0].members) {
      size_t before = builder.policy().criteria.size();
      declare_criterion(builder, block, member, origin, amended);
      if (builder.policy().criteria.size() > before) builder.criterion(amended).members.push_back(static_cast<Id>(before));
    }
    check_criterion_as(builder, block, amended, d, origin, none_id);
  }

  // relax X by c: any of X, c.   tighten X by c: all of X, c.
  void adjust(const ast::Amend& amend, const ast::Word& target) {
    bool relaxes = amend.verb.text == "relax";
    bool found = false;
    for (size_t block = 0; block < builder.blocks.size(); ++block) {
      Id id = named(block, target.text);
      if (id == none_id) {
        if (!builder.blocks[block].rules.contains(target.text)) continue;
        found = true;
        builder.context.report<DiagnosticId::rule_not_adjustable>(target.span, amend.verb.text, target.text);
        continue;
      }
      found = true;
      Choice choice = make_choice(block, id, target.span);
      ir::Criterion& amended = builder.criterion(choice.amended);
      amended.kind = relaxes ? vm::CriterionKind::any : vm::CriterionKind::all;
      amended.members.push_back(choice.defeated);
      amended.cites = check_cites(builder, amend.cites);
      const Origin origin{.layer = overlay.origin.layer, .gate = std::nullopt};
      const Scope& scope = scope_of(block, id);
      const ast::Expr& by = *amend.by;
      bool same_group = by.kind == ast::ExprKind::group && by.name == (relaxes ? "any of" : "all of");
      if (same_group) {  // its items stand beside the clause that they widen
        Id kept = choice.amended;
        check_condition(builder, block, kept, by, scope, origin);
      } else {
        std::string path = builder.criterion(choice.amended).path + ".by";
        Id added = add_criterion(builder, block, path, relaxes ? "or" : "and", origin, by.span);
        builder.criterion(added).parent = choice.amended;
        builder.criterion(added).per_item = builder.criterion(choice.amended).per_item;
        builder.criterion(added).item = builder.criterion(choice.amended).item;
        builder.criterion(choice.amended).members.push_back(added);
        std::vector<ir::Cite> cites = builder.criterion(choice.amended).cites;
        builder.criterion(added).cites = std::move(cites);
        check_condition(builder, block, added, by, scope, origin);
      }
    }
    if (!found && !declared_rule(target.text)) unknown(target, "criterion, limit or section");
    if (!found && declared_rule(target.text))
      builder.context.report<DiagnosticId::rule_not_adjustable>(target.span, amend.verb.text, target.text);
  }

  void remove(const ast::Word& target) {
    for (size_t block = 0; block < builder.blocks.size(); ++block) {
      Id id = named(block, target.text);
      if (id == none_id) continue;
      for_each_member(builder, id,
                      [&](Id each) { add_gate(builder.criterion(each).applies, opposite(overlay.origin, target.span), target.span); });
    }
    // Rules are removed when they are declared; an unknown name is reported there.
  }

  Id named(size_t block, std::string_view name) {
    const auto& criteria = builder.blocks[block].criteria;
    auto at = criteria.find(name);
    if (at != criteria.end()) return at->second;
    if (name.find('.') == std::string_view::npos) return none_id;
    return find_criterion(builder.context, name, builder.blocks[block].id);  // an item: "Diagnosis1.b"
  }

  bool declared_rule(std::string_view name) {
    const Symbol* symbol = find_symbol(builder.context, name);
    if (symbol && (symbol->kind == SymbolKind::rule || symbol->kind == SymbolKind::table)) return true;
    auto has = [&](const std::vector<ast::Declaration>& declarations) {
      return std::any_of(declarations.begin(), declarations.end(), [&](const ast::Declaration& d) {
        return (d.kind == DeclarationKind::rule || d.kind == DeclarationKind::table) && declared_name(d)->text == name;
      });
    };
    return has(builder.base.declarations);
  }

  void unknown(const ast::Word& word, std::string_view what) {
    std::vector<std::string> names;
    for (const BlockPlan& plan : builder.blocks) {
      for (const auto& [name, id] : plan.criteria) names.push_back(name);
    }
    builder.context.report<DiagnosticId::unknown_name>(word.span, what, word.text).did_you_mean(nearest(word.text, names));
  }

  const Scope& scope_of(size_t block, Id id) {
    auto at = builder.scopes.find(id);
    return at != builder.scopes.end() ? at->second : builder.blocks[block].scope;
  }

  Builder& builder;
  const Overlay& overlay;
};

// -- two overlays of one layer --

// The value that `applies when` wants of a field, where that is all it says: enough to see that two never apply at once.
void wanted(const ast::Expr& e, std::map<std::string, std::string>& values, SourceSet& sources) {
  if (e.kind != ast::ExprKind::binary) return;
  if (e.name == "and") {
    for (const ast::Expr& arg : e.args) wanted(arg, values, sources);
  } else if (e.name == "=" && (e.args[1].kind == ast::ExprKind::string_literal || e.args[1].kind == ast::ExprKind::code_literal)) {
    values.emplace(sources.text(e.args[0].span), e.args[1].name + "'" + e.args[1].text);
  }
}

bool never_together(Builder& builder, const Overlay& a, const Overlay& b) {
  if (a.in_force && b.in_force) {
    Dates x = check_dates(builder.context, a.in_force->in_force), y = check_dates(builder.context, b.in_force->in_force);
    if (x.to && y.from && x.to->low < y.from->low) return true;
    if (y.to && x.from && y.to->low < x.from->low) return true;
  }
  if (!a.applies || !b.applies) return false;
  std::map<std::string, std::string> x, y;
  wanted(a.applies->expr[0], x, builder.context.sources);
  wanted(b.applies->expr[0], y, builder.context.sources);
  return std::any_of(x.begin(), x.end(), [&](const auto& entry) {
    auto other = y.find(entry.first);
    return other != y.end() && other->second != entry.second;
  });
}

// The clauses that an overlay changes; adding to a rule does not get in the way of others that do.
std::vector<ast::Word> changed(const Overlay& overlay) {
  std::vector<ast::Word> words;
  for (const ast::Declaration& d : overlay.module->declarations) {
    for (const ast::Amend& amend : d.amend) {
      if (amend.verb.text == "add") continue;
      words.insert(words.end(), amend.targets.begin(), amend.targets.end());
      for (const ast::Declaration& added : amend.added) {
        if (const ast::Word* name = declared_name(added)) words.push_back(*name);
      }
    }
  }
  return words;
}

void find_double_amendments(Builder& builder) {
  for (size_t i = 0; i < builder.overlays.size(); ++i) {
    for (size_t j = i + 1; j < builder.overlays.size(); ++j) {
      const Overlay &a = builder.overlays[i], &b = builder.overlays[j];
      if (a.rank != b.rank || never_together(builder, a, b)) continue;
      std::vector<ast::Word> first = changed(a);
      for (const ast::Word& word : changed(b)) {
        auto at = std::find_if(first.begin(), first.end(), [&](const ast::Word& w) { return w.text == word.text; });
        if (at == first.end()) continue;
        builder.context.report<DiagnosticId::amended_twice>(word.span, word.text, layer_name(builder, b))
            .relate(at->span, a.module->name.text + " amends it as well");
      }
    }
  }
}

}  // namespace

void plan_overlays(Builder& builder, const std::vector<Layered>& overlays) {
  for (const Layered& layered : overlays) {
    Overlay overlay{.module = layered.module, .origin = {}, .rank = layered.rank};
    Scope scope = Scope::inner(builder.scope);
    std::optional<ir::Expr> applies, gate;
    for (const ast::Declaration& d : overlay.module->declarations) {
      if (d.kind == DeclarationKind::applies_when) overlay.applies = &d;
      if (d.kind == DeclarationKind::in_force) overlay.in_force = &d;
    }
    if (overlay.applies) {
      applies = check_truth(builder.context, overlay.applies->expr[0], scope);
      gate = applies;
    }
    if (overlay.in_force)
      add_gate(gate, within(builder.context, overlay.in_force->in_force, decided_date(builder, overlay.in_force->span)),
               overlay.in_force->span);
    overlay.origin.layer = static_cast<Id>(builder.policy().layers.size());
    overlay.origin.gate = gate;
    if (applies && mentions(*applies, builder.line)) applies.reset();  // a layer's row speaks of the case
    builder.policy().layers.push_back(
        {.name = layered.layer, .overlay = overlay.module->name.text, .version = overlay.module->version, .applies = applies});
    for (const ast::Declaration& d : overlay.module->declarations) {
      bool clause = is_criterion(d.kind) || d.kind == DeclarationKind::rule || d.kind == DeclarationKind::table;
      const ast::Word* name = declared_name(d);
      if (clause)
        builder.context.report<DiagnosticId::overlay_without_verb>(name ? name->span : d.span, declaration_kind_name(d.kind),
                                                                   name ? name->text : "");
      if (d.kind == DeclarationKind::decides) builder.context.report<DiagnosticId::overlay_decides>(d.span);
    }
    builder.overlays.push_back(std::move(overlay));
  }
  find_double_amendments(builder);
}

void amend_criteria(Builder& builder) {
  for (const Overlay& overlay : builder.overlays) {
    for (const ast::Declaration& d : overlay.module->declarations) {
      for (const ast::Amend& amend : d.amend) Amender(builder, overlay).apply(amend);
    }
  }
}

// -- rules --

namespace {

void gate_variants(Builder& builder, const std::vector<Id>& variants, const Origin& origin, Span span) {
  for (Id id : variants) add_gate(builder.rule(id).gate, opposite(origin, span), span);
}

std::vector<std::string> rule_names(const Builder& builder) {
  std::vector<std::string> names;
  for (const BlockPlan& plan : builder.blocks) {
    for (const auto& [name, ids] : plan.rules) names.push_back(name);
  }
  return names;
}

void add_clause(Builder& builder, const Overlay& overlay, const ast::Declaration& d, const std::vector<ast::Word>& to) {
  std::vector<ast::Word> near = to;
  if (near.empty() && d.kind == DeclarationKind::rule) near = d.rule[0].exception_to.targets;
  std::vector<size_t> blocks = blocks_named(builder, d, near);
  if (blocks.size() != 1) {
    report_no_block(builder, d);
    return;
  }
  if (d.kind == DeclarationKind::rule) declare_rule(builder, blocks[0], d.rule[0], overlay.origin);
  if (d.kind == DeclarationKind::table) declare_table(builder, blocks[0], d.table[0], overlay.origin);
}

// add criterion X to R: the rule wants X as well. All variants of R do: whichever is in force.
void join_criterion(Builder& builder, const ast::Declaration& d, const std::vector<ast::Word>& to) {
  for (const ast::Word& word : to) {
    bool found = false;
    for (const BlockPlan& plan : builder.blocks) {
      auto rules = plan.rules.find(word.text);
      auto criterion = plan.criteria.find(declared_name(d)->text);
      if (rules == plan.rules.end() || criterion == plan.criteria.end()) continue;
      found = true;
      builder.used.insert(criterion->first);
      for (RulePlan& rule : builder.rules) {
        if (std::find(rules->second.begin(), rules->second.end(), rule.id) != rules->second.end()) rule.joined.push_back(criterion->second);
      }
    }
    if (!found)
      builder.context.report<DiagnosticId::unknown_name>(word.span, "rule", word.text)
          .did_you_mean(nearest(word.text, rule_names(builder)));
  }
}

void replace_rule(Builder& builder, const Overlay& overlay, const ast::Declaration& d) {
  const ast::Word& name = d.rule[0].name;
  bool found = false;
  for (size_t block = 0; block < builder.blocks.size(); ++block) {
    auto variants = builder.blocks[block].rules.find(name.text);
    if (variants == builder.blocks[block].rules.end()) continue;
    found = true;
    gate_variants(builder, variants->second, overlay.origin, name.span);
    declare_rule(builder, block, d.rule[0], overlay.origin);
  }
  if (!found)
    builder.context.report<DiagnosticId::unknown_name>(name.span, "rule", name.text).did_you_mean(nearest(name.text, rule_names(builder)));
}

void remove_rule(Builder& builder, const Overlay& overlay, const ast::Word& target) {
  bool found = false;
  std::vector<std::string> names = rule_names(builder);
  for (const BlockPlan& plan : builder.blocks) {
    for (const auto& [name, id] : plan.criteria) names.push_back(name);
    if (auto at = plan.rules.find(target.text); at != plan.rules.end()) {
      gate_variants(builder, at->second, overlay.origin, target.span);
      found = true;
    }
    found = found || plan.criteria.contains(target.text) || find_criterion(builder.context, target.text, plan.id) != none_id;
  }
  if (!found)
    builder.context.report<DiagnosticId::unknown_name>(target.span, "rule or criterion", target.text)
        .did_you_mean(nearest(target.text, names));
}

}  // namespace

void amend_rules(Builder& builder) {
  for (const Overlay& overlay : builder.overlays) {
    for (const ast::Declaration& declaration : overlay.module->declarations) {
      if (declaration.kind == DeclarationKind::remark) check_remark(builder, builder.blocks.size(), declaration.remark[0], overlay.origin);
      for (const ast::Amend& amend : declaration.amend) {
        for (const ast::Declaration& d : amend.added) {
          bool rule = d.kind == DeclarationKind::rule || d.kind == DeclarationKind::table;
          if (amend.verb.text == "add" && rule) add_clause(builder, overlay, d, amend.to);
          if (amend.verb.text == "add" && is_criterion(d.kind)) join_criterion(builder, d, amend.to);
          if (amend.verb.text == "replace" && d.kind == DeclarationKind::rule) replace_rule(builder, overlay, d);
        }
        if (amend.verb.text == "remove") {
          for (const ast::Word& target : amend.targets) remove_rule(builder, overlay, target);
        }
      }
    }
  }
}

}  // namespace rubric::check
