// Golden files of expressions: input and what check makes of it, in one file that ./dev test --update rewrites.
//
//   # a comment
//   | declarations             read behind the model of expr_model.rubric; messages about them follow
//   > expression               checked with a line in scope: its IR and type, or the messages
//   ^ expression               the same without a line
//   ? expression               the same as a rule's condition, where criteria can be named
//   " sentence                 the same as a sentence with {expressions}
//   ====                       begins a new policy
//
// A policy that declares the entity Case does without the model. Where one declares blocks, what is checked stands in the last.
//
// Everything else in the file is output.
#pragma once

#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/render_diagnostics.h"
#include "base/text.h"
#include "compiler/check_context.h"
#include "compiler/ir_print.h"
#include "compiler/parse.h"

namespace rubric::check {

// One compilation up to the names, for one expression.
class Checked {
 public:
  Checked(const std::string& model, const std::string& declarations) {
    modules.push_back(parse(sources, sources.add("model.rubric", model), ignored));
    modules.push_back(parse(sources, sources.add("policy.rubric", "policy P version '1'\n" + declarations), diagnostics));
    const Modules all{&modules[0], &modules[1]};
    declare_model(context, all);
    declare_names(context, all);
    for (const ast::Module& module : modules) {
      for (const ast::Declaration& declaration : module.declarations) {
        for (const ast::Decides& written : declaration.decides) block(written);
        for (const ast::Criterion& written : declaration.criterion) criterion(written);
      }
    }
    check_definitions(context);
    if (scope.line == none_id && lines_domain(context) != none_id) scope.line = add_line_variable(context);
    scope.statuses = true;
  }

  std::string declaration_messages() {
    diagnostics.sort();
    return render_text(diagnostics, sources);
  }

  std::string expression(const std::string& text, bool as_condition, bool without_line = false) {
    Diagnostics own;
    Scope scope = this->scope;
    if (without_line) scope.line = none_id;
    Context here = context_with(own);
    const FileId file = sources.add("expression", text);
    std::optional<ast::Expr> parsed = parse_expression(sources, file, own);
    std::string out;
    if (parsed) {
      const ir::Expr made = as_condition ? check_logic(here, *parsed, scope) : check_expression(here, *parsed, scope);
      out = is_error(made) ? "" : print(policy, made) + " : " + print_type(policy, made.type) + "\n";
    }
    own.sort();
    return out + render_text(own, sources);
  }

  std::string sentence(const std::string& text) {
    Diagnostics own;
    Context here = context_with(own);
    const FileId file = sources.add("sentence", "'" + text + "'");
    const Span span{file, 0, static_cast<uint32_t>(text.size() + 2)};
    const ir::Template made = check_template(here, text, span, scope);
    return print(policy, made) + "\n" + render_text(own, sources);
  }

  SourceSet sources;
  Diagnostics diagnostics, ignored;
  std::vector<ast::Module> modules;
  ir::Policy policy;
  Context context{policy, sources, diagnostics};
  Scope scope;

 private:
  // The same tables, other messages.
  Context context_with(Diagnostics& own) {
    Context made(policy, sources, own);
    made.symbols = context.symbols;
    made.entities = context.entities;
    made.code_systems = context.code_systems;
    made.value_sets = context.value_sets;
    made.parameters = context.parameters;
    made.definitions = context.definitions;
    made.lookups = context.lookups;
    made.validity = context.validity;
    made.called = context.called;
    made.text_ids = context.text_ids;
    made.durations = context.durations;
    return made;
  }

  // What the policy layer would register.
  void block(const ast::Decides& written) {
    ir::Block made;
    made.name = written.name.text;
    if (scope.line == none_id) scope.line = add_line_variable(context);
    if (written.item_entity) {
      scope.item_entity = written.item_entity.text;
      scope.item = add_variable(context, scope.item_entity, expect_list(context, scope.line, written.item_entity), scope.line);
    }
    scope.block = static_cast<Id>(policy.blocks.size());
    policy.blocks.push_back(made);
  }

  void criterion(const ast::Criterion& written) {
    const Id id = static_cast<Id>(policy.criteria.size());
    if (!add_symbol(context, SymbolKind::criterion, written.name, id)) return;
    ir::Criterion made;
    made.path = made.label = written.name.text;
    made.block = scope.block;
    made.per_item = !written.item_entity.text.empty();
    if (made.per_item) {
      if (scope.line == none_id) scope.line = add_line_variable(context);
      made.item = add_variable(context, written.item_entity.text, expect_list(context, scope.line, written.item_entity), scope.line);
    }
    made.span = written.name.span;
    policy.criteria.push_back(made);
    for (const ast::Expr& item : written.condition.args) {
      if (item.kind != ast::ExprKind::item) continue;
      ir::Criterion inner = made;
      inner.path += "." + item.name;
      inner.label = item.name;
      policy.criteria.push_back(inner);
    }
  }
};

inline std::string indented(const std::string& text) {
  std::istringstream lines(text);
  std::string made;
  for (std::string line; std::getline(lines, line);) made += line.empty() ? "" : "    " + line + "\n";
  return made;
}

// The golden file as it should be, made from the inputs that stand in it.
inline std::string rerun(const std::string& model, const std::string& golden) {
  std::istringstream lines(golden);
  std::vector<std::string> inputs;
  for (std::string line; std::getline(lines, line);) {
    const std::string_view marks = "#|>^?\"=";
    if (line.empty() ? inputs.empty() || !inputs.back().empty() : marks.find(line[0]) != std::string_view::npos) inputs.push_back(line);
  }
  while (!inputs.empty() && inputs.back().empty()) inputs.pop_back();
  std::string out;
  for (size_t at = 0; at < inputs.size();) {
    std::string declarations;
    size_t begin = at;
    for (; at < inputs.size() && !inputs[at].starts_with("===="); ++at) {
      if (inputs[at].starts_with("|")) declarations += inputs[at].substr(inputs[at].size() > 1 ? 2 : 1) + "\n";
    }
    const bool alone = declarations.find("\nentity Case") != std::string::npos || declarations.starts_with("entity Case");
    const std::string use = alone ? "library Model version '1'\n" : model;
    bool shown = declarations.empty();
    for (size_t i = begin; i < at; ++i) {
      if (!shown && !inputs[i].starts_with("|") && i > begin && inputs[i - 1].starts_with("|")) {
        out += indented(Checked(use, declarations).declaration_messages());
        shown = true;
      }
      out += inputs[i] + "\n";
      const std::string text = inputs[i].size() > 2 ? inputs[i].substr(2) : "";
      if (inputs[i].starts_with(">") || inputs[i].starts_with("?")) {
        out += indented(Checked(use, declarations).expression(text, inputs[i][0] == '?'));
      } else if (inputs[i].starts_with("^")) {
        out += indented(Checked(use, declarations).expression(text, false, true));
      } else if (inputs[i].starts_with("\"")) {
        out += indented(Checked(use, declarations).sentence(text));
      }
    }
    if (!shown) out += indented(Checked(use, declarations).declaration_messages());
    if (at < inputs.size()) out += inputs[at++] + "\n";
  }
  return out;
}

}  // namespace rubric::check
