// Warnings about what nobody cites or uses, and the bounds within which emit cannot fail.
//
// Nothing in here changes the policy. Conflicts and gaps, which need the rules' meaning, are check_decides.cpp's.

#include "compiler/check_policy.h"

namespace rubric::check {

using ast::DeclarationKind;

namespace {

void find_uncited(Builder& builder, const ast::Declaration& d) {
  auto report = [&](const ast::Word& name, const std::vector<ast::Cite>& cites) {
    if (cites.empty()) builder.context.report<DiagnosticId::uncited>(name.span, declaration_kind_name(d.kind), name.text);
  };
  for (const ast::Criterion& c : d.criterion) {
    if (!c.group) report(c.name, c.cites);  // a named group cites by its members
  }
  for (const ast::Limit& l : d.limit) report(l.name, l.cites);
  for (const ast::Rule& r : d.rule) report(r.name, r.cites);
  for (const ast::Condition& c : d.condition) report(c.name, c.cites);
  for (const ast::Section& s : d.section) {
    for (const ast::Declaration& member : s.members) find_uncited(builder, member);
  }
  for (const ast::Remark& r : d.remark) {
    if (r.kind.text != "note") report({.text = "'" + r.text + "'", .span = r.kind.span}, r.cites);
  }
  for (const ast::Amend& a : d.amend) {
    if (a.by && a.cites.empty() && !a.targets.empty())
      builder.context.report<DiagnosticId::uncited>(a.verb.span, a.verb.text + " of", a.targets[0].text);
    for (const ast::Declaration& added : a.added) find_uncited(builder, added);
  }
}

bool is_used_kind(DeclarationKind kind) {
  switch (kind) {
    case DeclarationKind::source:
    case DeclarationKind::value_set:
    case DeclarationKind::parameter:
    case DeclarationKind::define:
    case DeclarationKind::lookup:
    case DeclarationKind::criterion:
    case DeclarationKind::limit:
    case DeclarationKind::condition: return true;
    default: return false;
  }
}

void find_unused(Builder& builder, const std::vector<ast::Declaration>& declarations, const std::set<std::string, std::less<>>& used) {
  for (const ast::Declaration& d : declarations) {
    if (d.kind == DeclarationKind::section) {
      bool named = d.section[0].name && used.contains(d.section[0].name.text);
      if (!named) find_unused(builder, d.section[0].members, used);
    }
    const ast::Word* name = declared_name(d);
    if (!name || !is_used_kind(d.kind) || used.contains(name->text)) continue;
    builder.context.report<DiagnosticId::never_used>(name->span, declaration_kind_name(d.kind), name->text);
  }
}

}  // namespace

void lint(Builder& builder) {
  std::vector<const ast::Module*> modules{&builder.base};
  for (const Overlay& overlay : builder.overlays) modules.push_back(overlay.module);
  std::set<std::string, std::less<>> used = builder.used;
  for (const ast::Module* module : modules) {
    for (const ast::Declaration& d : module->declarations) {
      find_uncited(builder, d);
      collect_names(d, [&](const std::string& name, Span) { used.insert(name); });
      if (d.kind == DeclarationKind::source && d.source[0].unresolved) {
        builder.context.report<DiagnosticId::source_unresolved>(d.source[0].name.span, d.source[0].name.text);
      }
    }
  }
  // A misspelt name leaves the right one unused: that is one mistake.
  if (builder.context.diagnostics.has_errors()) return;
  for (const ast::Module* module : modules) find_unused(builder, module->declarations, used);
}

// A policy within these bounds is compiled and run in seconds and megabytes.
void check_sizes(Context& context) {
  auto bound = [&](size_t count, std::string_view what, size_t most) {
    if (count > most) context.report<DiagnosticId::limit_exceeded>({no_file, 0, 0}, count, what, most);
  };
  bound(context.policy.criteria.size(), "criteria", 10'000);
  bound(context.policy.rules.size(), "rules", 10'000);
  size_t exceptions = 0;
  for (const ir::Rule& rule : context.policy.rules) exceptions += rule.exceptions.size();
  bound(exceptions, "pairs of a rule and an exception to it", 200'000);
}

}  // namespace rubric::check
