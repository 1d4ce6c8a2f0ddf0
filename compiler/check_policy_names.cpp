// What a declaration is called, and every name that it mentions: which block a shared criterion belongs to, and what is
// never used, are questions about words before they are questions about meaning.
//
// Mentions are taken generously: a word that is both an operator and a name counts. Nothing is resolved in here.

#include "compiler/check_policy.h"

namespace rubric::check {

using ast::DeclarationKind;

std::string_view declaration_kind_name(DeclarationKind kind) {
  switch (kind) {
    case DeclarationKind::title: return "title";
    case DeclarationKind::in_force: return "in force";
    case DeclarationKind::precedence: return "precedence";
    case DeclarationKind::applies_when: return "applies when";
    case DeclarationKind::include: return "include";
    case DeclarationKind::source: return "source";
    case DeclarationKind::code_system: return "codesystem";
    case DeclarationKind::value_set: return "valueset";
    case DeclarationKind::parameter: return "parameter";
    case DeclarationKind::define: return "define";
    case DeclarationKind::lookup: return "lookup";
    case DeclarationKind::entity: return "entity";
    case DeclarationKind::decides: return "decides";
    case DeclarationKind::criterion: return "criterion";
    case DeclarationKind::limit: return "limit";
    case DeclarationKind::section: return "section";
    case DeclarationKind::rule: return "rule";
    case DeclarationKind::condition: return "condition";
    case DeclarationKind::remark: return "remark";
    case DeclarationKind::table: return "table";
    case DeclarationKind::amend: return "amendment";
    case DeclarationKind::record: return "record";
    case DeclarationKind::test: return "test";
    case DeclarationKind::dated_by: return "dated by";
  }
  return "";
}

const ast::Word* declared_name(const ast::Declaration& d) {
  auto first = [](const auto& list) { return &list.front().name; };
  switch (d.kind) {
    case DeclarationKind::source: return first(d.source);
    case DeclarationKind::code_system: return first(d.code_system);
    case DeclarationKind::value_set: return first(d.value_set);
    case DeclarationKind::parameter: return first(d.parameter);
    case DeclarationKind::define: return first(d.define);
    case DeclarationKind::lookup: return first(d.lookup);
    case DeclarationKind::entity: return first(d.entity);
    case DeclarationKind::decides: return first(d.decides);
    case DeclarationKind::criterion: return first(d.criterion);
    case DeclarationKind::limit: return first(d.limit);
    case DeclarationKind::section: return first(d.section);
    case DeclarationKind::rule: return first(d.rule);
    case DeclarationKind::condition: return first(d.condition);
    case DeclarationKind::table: return first(d.table);
    case DeclarationKind::record: return first(d.record);
    case DeclarationKind::title:
    case DeclarationKind::in_force:
    case DeclarationKind::precedence:
    case DeclarationKind::applies_when:
    case DeclarationKind::include:
    case DeclarationKind::remark:
    case DeclarationKind::amend:
    case DeclarationKind::test:
    case DeclarationKind::dated_by: return nullptr;
  }
  return nullptr;
}

namespace {

using Found = std::function<void(const std::string&, Span)>;

void words(const std::vector<ast::Word>& list, const Found& found) {
  for (const ast::Word& word : list) found(word.text, word.span);
}

void cites(const std::vector<ast::Cite>& list, const Found& found) {
  for (const ast::Cite& cite : list) found(cite.source.text, cite.source.span);
}

void type(const ast::TypeRef& ref, const Found& found) {
  if (!ref.name.empty()) found(ref.name, ref.span);
  for (const ast::TypeRef& argument : ref.arguments) type(argument, found);
}

void maybe(const std::optional<ast::Expr>& expression, const Found& found) {
  if (expression) collect_names(*expression, found);
}

// 'No more than {MaxSessions} sessions': the identifiers within braces.
void text(const std::string& words, Span span, const Found& found) {
  bool inside = false;
  std::string name;
  auto take = [&] {
    if (!name.empty()) found(std::exchange(name, ""), span);
  };
  for (char c : words) {
    if (c == '{') {
      inside = true;
    } else if (c == '}') {
      take();
      inside = false;
    } else if (inside && (std::isalnum(static_cast<unsigned char>(c)) || c == '_')) {
      name += c;
    } else {
      take();
    }
  }
}

void sentences(const ast::Sentences& s, const Found& found) {
  for (const ast::Word* word : {&s.met, &s.not_met, &s.undetermined, &s.member_met, &s.member_not_met, &s.member_undetermined}) {
    text(word->text, word->span, found);
  }
}

void asks(const std::vector<ast::Word>& list, const Found& found) {
  for (const ast::Word& word : list) text(word.text, word.span, found);
}

void fields(const std::vector<ast::Field>& list, const Found& found) {
  for (const ast::Field& field : list) {
    type(field.type, found);
    fields(field.fields, found);
    maybe(field.low, found);
    maybe(field.high, found);
  }
}

void outcome(const std::optional<ast::Outcome>& o, const Found& found) {
  if (!o || !o->contents) return;
  for (const auto& [name, value] : o->contents->fields) collect_names(value, found);
}

void cell(const ast::Cell& c, const Found& found) {
  for (const ast::Expr& expression : c.exprs) collect_names(expression, found);
  // What is no expression (`Plan 'section' grade 'weak'`) mentions its first word.
  size_t begin = c.text.find_first_not_of(" \t\"");
  size_t end = begin;
  while (begin != std::string::npos && end < c.text.size() && (std::isalnum(static_cast<unsigned char>(c.text[end])) || c.text[end] == '_'))
    ++end;
  if (begin != std::string::npos && end > begin) found(c.text.substr(begin, end - begin), c.span);
  text(c.text, c.span, found);
}

}  // namespace

void collect_names(const ast::Expr& e, const Found& found) {
  if (!e.name.empty()) found(e.name, e.span);
  if (!e.entity.empty()) found(e.entity, e.span);
  type(e.type, found);
  for (const std::vector<ast::Expr>* part : {&e.args, &e.of, &e.where, &e.count}) {
    for (const ast::Expr& inner : *part) collect_names(inner, found);
  }
}

void collect_names(const ast::Declaration& d, const Found& found) {
  for (const ast::Expr& e : d.expr) collect_names(e, found);
  for (const ast::ValueSet& v : d.value_set) {
    found(v.system.text, v.system.span);
    words(v.unions, found);
    cites(v.cites, found);
  }
  for (const ast::Parameter& p : d.parameter) {
    type(p.type, found);
    for (const ast::DatedValue& value : p.values) collect_names(value.value, found);
    cites(p.cites, found);
  }
  for (const ast::Define& define : d.define) {
    for (const auto& [name, of] : define.parameters) type(of, found);
    type(define.result, found);
    collect_names(define.body, found);
  }
  for (const ast::Lookup& l : d.lookup) {
    for (const auto& [key, value] : l.rows) {
      collect_names(key, found);
      collect_names(value, found);
    }
    maybe(l.otherwise, found);
    cites(l.cites, found);
  }
  for (const ast::Entity& e : d.entity) fields(e.fields, found);
  for (const ast::Decides& decides : d.decides) {
    words(decides.after, found);
    maybe(decides.scope, found);
    maybe(decides.item_where, found);
    cites(decides.cites, found);
  }
  for (const ast::Criterion& c : d.criterion) {
    maybe(c.applies, found);
    collect_names(c.condition, found);
    text(c.text, c.span, found);
    cites(c.cites, found);
    asks(c.asks, found);
    sentences(c.sentences, found);
  }
  for (const ast::Limit& l : d.limit) {
    maybe(l.applies, found);
    collect_names(l.amount, found);
    collect_names(l.codes, found);
    for (const auto* e : {&l.length, &l.anchor, &l.per_key}) maybe(*e, found);
    text(l.text, l.span, found);
    cites(l.cites, found);
    asks(l.asks, found);
    sentences(l.sentences, found);
  }
  for (const ast::Section& s : d.section) {
    maybe(s.applies, found);
    cites(s.cites, found);
    for (const ast::Declaration& member : s.members) collect_names(member, found);
  }
  for (const ast::Rule& r : d.rule) {
    outcome(r.outcome, found);
    maybe(r.when, found);
    words(r.exception_to.targets, found);
    words(r.exception_to.but, found);
    words(r.subject_to, found);
    text(r.text, r.span, found);
    cites(r.cites, found);
  }
  for (const ast::Condition& c : d.condition) {
    maybe(c.due_from, found);
    maybe(c.due_to, found);
    maybe(c.met_when, found);
    text(c.text, c.span, found);
    cites(c.cites, found);
  }
  for (const ast::Remark& r : d.remark) {
    maybe(r.when, found);
    text(r.text, r.span, found);
    cites(r.cites, found);
  }
  for (const ast::Table& t : d.table) {
    for (const ast::Cell& head : t.head) cell(head, found);
    for (const auto& row : t.rows) {
      for (const ast::Cell& c : row) cell(c, found);
    }
    cites(t.cites, found);
  }
  for (const ast::Amend& a : d.amend) {
    words(a.targets, found);
    words(a.to, found);
    maybe(a.by, found);
    cites(a.cites, found);
    for (const ast::Declaration& added : a.added) collect_names(added, found);
  }
}

}  // namespace rubric::check
