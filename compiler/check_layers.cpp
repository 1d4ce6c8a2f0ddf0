// The modules in their places: versions of the policy, overlays from weakest to strongest, libraries before both.
//
// Vocabulary that a layer adds or replaces (parameters, value sets, defines) is worked into the modules here, as
// copies, because names are declared before any clause is read: a parameter that an overlay replaces becomes a define
// that chooses. Clauses are layered later, in check_overlays.cpp, where they have statuses.

#include "compiler/check_policy.h"

#include "base/text.h"

#include <algorithm>

namespace rubric::check {

namespace {

using ast::DeclarationKind;
using ast::ExprKind;

// Words of the language rather than clauses with a status.
bool is_vocabulary(DeclarationKind kind) {
  switch (kind) {
    case DeclarationKind::include:
    case DeclarationKind::source:
    case DeclarationKind::code_system:
    case DeclarationKind::value_set:
    case DeclarationKind::parameter:
    case DeclarationKind::define:
    case DeclarationKind::lookup:
    case DeclarationKind::entity:
    case DeclarationKind::condition:
    case DeclarationKind::remark: return true;
    default: return false;
  }
}

ast::Expr name_of(std::string name, Span span) {
  ast::Expr e;
  e.kind = ExprKind::name;
  e.name = std::move(name);
  e.span = span;
  return e;
}

ast::Declaration* find_named(ast::Module& module, std::string_view name) {
  for (ast::Declaration& d : module.declarations) {
    const ast::Word* declared = declared_name(d);
    if (declared && declared->text == name && is_vocabulary(d.kind)) return &d;
  }
  return nullptr;
}

class Layering {
 public:
  explicit Layering(Context& context) : context(context) {}

  Layers layers;

  void sort(const std::vector<const ast::Module*>& modules) {
    for (const ast::Module* module : modules) {
      if (module->kind == ast::ModuleKind::tests) continue;
      ast::Module& copy = layers.copies.emplace_back(*module);
      if (module->kind == ast::ModuleKind::library) layers.libraries.push_back(&copy);
      if (module->kind == ast::ModuleKind::policy) layers.policies.push_back(&copy);
      if (module->kind == ast::ModuleKind::overlay) layers.overlays.push_back({.module = &copy, .layer = copy.layer.text, .rank = 0});
    }
    if (layers.policies.empty()) return;
    check_names();
    rank_overlays();
    for (const Layered& overlay : layers.overlays) work_in(own(overlay.module));
    type_stored_values();
  }

 private:
  ast::Module& own(const ast::Module* module) {
    return *std::find_if(layers.copies.begin(), layers.copies.end(), [&](const ast::Module& m) { return &m == module; });
  }

  void check_names() {
    const ast::Module& first = *layers.policies.front();
    for (const ast::Module* module : layers.policies) {
      if (module->name.text == first.name.text) continue;
      context.report<DiagnosticId::several_policies>(module->name.span, module->name.text, first.name.text)
          .relate(first.name.span, "the other policy");
    }
    std::vector<std::string> names{first.name.text};
    for (const Layered& overlay : layers.overlays) {
      const ast::Word& amends = overlay.module->amends;
      if (amends.text == first.name.text) continue;
      context.report<DiagnosticId::unknown_name>(amends.span, "policy", amends.text).did_you_mean(nearest(amends.text, names));
    }
  }

  // Strongest first in `precedence`; the last of its names is the policy's own unless an overlay speaks for it.
  void rank_overlays() {
    std::vector<std::string> precedence;
    for (const ast::Module* module : layers.policies) {
      for (const ast::Declaration& d : module->declarations) {
        if (d.kind != DeclarationKind::precedence || !precedence.empty()) continue;
        for (const ast::Word& word : d.names) precedence.push_back(word.text);
      }
    }
    if (!precedence.empty()) layers.own_layer = precedence.back();
    const ast::Module* unplaced = nullptr;
    for (Layered& overlay : layers.overlays) {
      const ast::Word& layer = overlay.module->layer;
      if (overlay.layer.empty()) overlay.layer = overlay.module->name.text;
      auto at = std::find(precedence.begin(), precedence.end(), overlay.layer);
      overlay.rank = static_cast<size_t>(at - precedence.begin());
      if (at != precedence.end()) continue;
      if (!precedence.empty()) {
        context.report<DiagnosticId::unknown_name>(layer ? layer.span : overlay.module->name.span, "layer", overlay.layer)
            .did_you_mean(nearest(overlay.layer, precedence));
      } else if (unplaced && unplaced->layer.text != layer.text) {
        context.report<DiagnosticId::no_precedence>(overlay.module->name.span, overlay.module->name.text, unplaced->name.text)
            .relate(unplaced->name.span, "the other overlay");
      }
      unplaced = overlay.module;
    }
    std::stable_sort(layers.overlays.begin(), layers.overlays.end(), [](const Layered& a, const Layered& b) { return a.rank > b.rank; });
  }

  // `add parameter P ...` is a declaration like any other; `replace parameter P ...` leaves a choice behind.
  void work_in(ast::Module& overlay) {
    std::vector<ast::Declaration> hoisted;
    for (ast::Declaration& d : overlay.declarations) {
      for (ast::Amend& amend : d.amend) {
        auto vocabulary =
            std::stable_partition(amend.added.begin(), amend.added.end(), [](const ast::Declaration& a) { return !is_vocabulary(a.kind); });
        for (auto at = vocabulary; at != amend.added.end(); ++at) {
          if (amend.verb.text == "add") {
            hoisted.push_back(std::move(*at));
          } else {
            replace(overlay, std::move(*at), hoisted);
          }
        }
        amend.added.erase(vocabulary, amend.added.end());
      }
    }
    for (ast::Declaration& d : hoisted) overlay.declarations.push_back(std::move(d));
  }

  void replace(ast::Module& overlay, ast::Declaration d, std::vector<ast::Declaration>& hoisted) {
    const ast::Word name = *declared_name(d);
    if (d.kind != DeclarationKind::parameter) {
      context.report<DiagnosticId::not_replaceable>(name.span, declaration_kind_name(d.kind), name.text);
      return;
    }
    std::vector<std::string> names;
    bool found = false;
    for (ast::Module& module : layers.copies) {
      for (const ast::Declaration& each : module.declarations) {
        if (each.kind == DeclarationKind::parameter) names.push_back(each.parameter[0].name.text);
      }
      ast::Declaration* below = &module == &overlay ? nullptr : find_named(module, name.text);
      if (!below) continue;
      found = true;
      if (below->kind != DeclarationKind::parameter && !layers.replaced_parameters.contains(name.text)) {
        context.report<DiagnosticId::replaced_by_other_kind>(name.span, name.text, declaration_kind_name(below->kind), "parameter")
            .relate(declared_name(*below)->span, "the clause that is replaced");
        return;
      }
      ast::Word& old = below->kind == DeclarationKind::parameter ? below->parameter[0].name : below->define[0].name;
      old.text = name.text + " without " + overlay.name.text;
    }
    if (!found) {
      context.report<DiagnosticId::unknown_name>(name.span, "parameter", name.text).did_you_mean(nearest(name.text, names));
      return;
    }
    layers.replaced_parameters.insert(name.text);
    d.parameter[0].name.text = name.text + " of " + overlay.name.text;

    ast::Expr choice;
    choice.kind = ExprKind::if_else;
    choice.span = name.span;
    choice.args.push_back(name_of(gate_of(overlay, hoisted), name.span));
    choice.args.push_back(name_of(d.parameter[0].name.text, name.span));
    choice.args.push_back(name_of(name.text + " without " + overlay.name.text, name.span));
    hoisted.push_back(std::move(d));
    hoisted.push_back(definition(name.text, std::move(choice), name.span));
  }

  static ast::Declaration definition(std::string name, ast::Expr body, Span span) {
    ast::Declaration d;
    d.kind = DeclarationKind::define;
    d.span = span;
    ast::Define define;
    define.name = {std::move(name), span};
    define.body = std::move(body);
    define.span = span;
    d.define.push_back(std::move(define));
    return d;
  }

  // The name of a define that says whether the overlay speaks: what it applies when, and its dates as a parameter.
  std::string gate_of(const ast::Module& overlay, std::vector<ast::Declaration>& hoisted) {
    std::string name = overlay.name.text + " applies";
    if (!gated.insert(name).second) return name;
    std::vector<ast::Expr> parts;
    for (const ast::Declaration& d : overlay.declarations) {
      if (d.kind == DeclarationKind::applies_when) parts.push_back(d.expr[0]);
      if (d.kind != DeclarationKind::in_force) continue;
      auto truth = [&](const char* text) {
        ast::Expr e;
        e.kind = ExprKind::boolean_literal;
        e.text = text;
        e.span = d.span;
        return e;
      };
      ast::Declaration dated;
      dated.kind = DeclarationKind::parameter;
      dated.span = d.span;
      ast::Parameter parameter;
      parameter.name = {overlay.name.text + " in force", d.span};
      parameter.values = {{truth("false"), {}}, {truth("true"), d.in_force}};
      parameter.span = d.span;
      parts.push_back(name_of(parameter.name.text, d.span));
      dated.parameter.push_back(std::move(parameter));
      hoisted.push_back(std::move(dated));
    }
    ast::Expr body;
    body.kind = ExprKind::boolean_literal;
    body.text = "true";
    body.span = overlay.name.span;
    for (ast::Expr& part : parts) {
      if (body.kind == ExprKind::boolean_literal) {
        body = std::move(part);
        continue;
      }
      ast::Expr both;
      both.kind = ExprKind::binary;
      both.name = "and";
      both.span = part.span;
      both.args = {std::move(body), std::move(part)};
      body = std::move(both);
    }
    hoisted.push_back(definition(name, std::move(body), overlay.name.span));
    return name;
  }

  // -- stored values --
  // What an authorization keeps of a condition, and `values.P` in the condition's test reads: of the model's `values Tuple`
  // each parameter is a field, of the parameter's type.

  static std::string literal_type(const ast::Expr& e) {
    switch (e.kind) {
      case ExprKind::boolean_literal: return "Boolean";
      case ExprKind::integer_literal: return "Integer";
      case ExprKind::decimal_literal: return "Decimal";
      case ExprKind::date_literal: return "Date";
      case ExprKind::quantity_literal: return "Quantity";
      case ExprKind::code_literal: return "Code";
      default: return "String";
    }
  }

  void type_stored_values() {
    std::vector<ast::Field> fields;
    for (const ast::Module& module : layers.copies) {
      for (const ast::Declaration& d : module.declarations) {
        if (d.kind != DeclarationKind::parameter) continue;
        const ast::Parameter& p = d.parameter[0];
        if (p.values.empty() || std::any_of(fields.begin(), fields.end(), [&](const ast::Field& f) { return f.name.text == p.name.text; }))
          continue;
        ast::Field field;
        field.name = p.name;
        field.type = p.type;
        field.type.span = p.name.span;
        if (field.type.name.empty()) field.type.name = literal_type(p.values[0].value);
        field.span = p.span;
        fields.push_back(std::move(field));
      }
    }
    for (ast::Module& module : layers.copies) {
      for (ast::Declaration& d : module.declarations) {
        if (d.kind != DeclarationKind::entity || d.entity[0].name.text != "Obligation") continue;
        for (ast::Field& field : d.entity[0].fields) {
          if (field.name.text != "values" || field.type.name != "Tuple") continue;
          field.fields = fields;
        }
      }
    }
  }

  Context& context;
  std::set<std::string, std::less<>> gated;
};

}  // namespace

Layers sort_layers(Context& context, const std::vector<const ast::Module*>& modules) {
  Layering layering(context);
  layering.sort(modules);
  return std::move(layering.layers);
}

}  // namespace rubric::check
