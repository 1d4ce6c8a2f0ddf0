// An AST as text, without spans: what the tests of the parser and the formatter compare, and what golden files show.
//
// Every field is here, so that two trees with one dump are the same tree. Empty parts are left out.
#pragma once

#include <string>
#include <string_view>

#include "compiler/ast.h"

namespace rubric {

class AstDump {
 public:
  static std::string of(const ast::Expr& e) {
    AstDump dump;
    dump.expr(e);
    return dump.out;
  }
  static std::string of(const ast::Module& m);

 private:
  void open(std::string_view name) { (out += '(') += name; }
  void close() { out += ')'; }
  void text(std::string_view t) { ((out += " '") += t) += '\''; }
  void word(std::string_view w) { (out += ' ') += w; }
  void flag(std::string_view name, bool value) {
    if (value) word(name);
  }
  void named(std::string_view key, std::string_view value) {
    if (!value.empty()) (((out += ' ') += key) += '=') += value;
  }
  void quoted(std::string_view key, std::string_view value) {
    if (!value.empty()) ((((out += ' ') += key) += "='") += value) += '\'';
  }
  void words(std::string_view key, const std::vector<ast::Word>& list) {
    std::string joined;
    for (const ast::Word& each : list) (joined += joined.empty() ? "" : ",") += each.text;
    named(key, joined);
  }
  void strings(std::string_view key, const std::vector<std::string>& list) {
    for (const std::string& each : list) quoted(key, each);
  }
  void sub(std::string_view key, const ast::Expr& e) {
    ((out += ' ') += key) += '=';
    expr(e);
  }
  void sub(std::string_view key, const std::optional<ast::Expr>& e) {
    if (e) sub(key, *e);
  }
  void type(std::string_view key, const ast::TypeRef& t) {
    if (!t.name.empty()) named(key, type_text(t));
  }
  static std::string type_text(const ast::TypeRef& t) {
    std::string result = t.name;
    for (size_t i = 0; i < t.arguments.size(); ++i) {
      result += i == 0 ? "<" : ",";
      if (i < t.names.size()) result += t.names[i] + ":";
      result += type_text(t.arguments[i]);
    }
    return t.arguments.empty() ? result : result + ">";
  }

  void expr(const ast::Expr& e) {
    open(kind_name(e.kind));
    if (e.flag) out += '!';
    if (!e.name.empty()) word(e.name);
    if (!e.text.empty()) text(e.text);
    named("precision", e.precision);
    type("type", e.type);
    flag("low-open", !e.low_closed), flag("high-open", !e.high_closed);
    named("entity", e.entity), named("alias", e.alias), flag("approved", e.approved);
    for (const std::string& each : e.names) (out += ' ') += each + ":";
    for (const ast::Expr& each : e.args) out += ' ', expr(each);
    for (const ast::Expr& each : e.of) sub("of", each);
    for (const ast::Expr& each : e.where) sub("where", each);
    for (const ast::Expr& each : e.count) sub("count", each);
    close();
  }

  static std::string_view kind_name(ast::ExprKind kind) {
    using enum ast::ExprKind;
    switch (kind) {
      case null_literal: return "null";
      case boolean_literal: return "boolean";
      case integer_literal: return "integer";
      case long_literal: return "long";
      case decimal_literal: return "decimal";
      case string_literal: return "string";
      case date_literal: return "date";
      case datetime_literal: return "datetime";
      case time_literal: return "time";
      case quantity_literal: return "quantity";
      case ratio_literal: return "ratio";
      case code_literal: return "code";
      case none_literal: return "none";
      case name: return "name";
      case external: return "external";
      case member: return "member";
      case index: return "index";
      case invoke: return "invoke";
      case member_invoke: return "member-invoke";
      case unary: return "unary";
      case binary: return "binary";
      case between: return "between";
      case between_period: return "between-period";
      case timing: return "timing";
      case type_test: return "is";
      case cast: return "as";
      case convert: return "convert";
      case interval: return "interval";
      case list: return "list";
      case tuple: return "tuple";
      case instance: return "instance";
      case if_else: return "if";
      case case_of: return "case";
      case query: return "query";
      case source: return "source";
      case let_clause: return "let";
      case with_clause: return "with";
      case without_clause: return "without";
      case where_clause: return "where";
      case return_clause: return "return";
      case aggregate_clause: return "aggregate";
      case sort_clause: return "sort";
      case sort_item: return "sort-item";
      case has: return "has";
      case group: return "group";
      case item: return "item";
      case status: return "status";
      case judged: return "judged";
      case condition_of_last: return "condition-of-last";
    }
    return "?";
  }

  void in_force(const ast::InForce& f) { sub("from", f.from), sub("to", f.to); }
  void cites(const std::vector<ast::Cite>& list) {
    for (const ast::Cite& c : list) {
      out += " (cite " + c.source.text;
      if (!c.section.empty()) text(c.section);
      quoted("grade", c.grade);
      close();
    }
  }
  void sentences(const ast::Sentences& s) {
    quoted("met", s.met.text), quoted("not-met", s.not_met.text), quoted("undetermined", s.undetermined.text);
    quoted("member-met", s.member_met.text), quoted("member-not-met", s.member_not_met.text);
    quoted("member-undetermined", s.member_undetermined.text);
  }
  void asks(const std::vector<ast::Word>& list) {
    for (const ast::Word& each : list) quoted("ask", each.text);
  }
  void contents(const std::optional<ast::Contents>& c) {
    if (!c) return;
    out += " {";
    for (const auto& [key, value] : c->fields) sub(key.text, value);
    out += " }";
  }
  void outcome(const std::optional<ast::Outcome>& o) {
    if (!o) return;
    named("outcome", o->word.text);
    contents(o->contents);
  }
  void codes(const std::vector<ast::CodeEntry>& list) {
    for (const ast::CodeEntry& c : list) text(c.code), in_force(c.in_force);
  }
  void field(const ast::Field& f) {
    out += " (" + f.name.text;
    named("called", f.called.text);
    flag("list", f.list);
    type("type", f.type);
    strings("one-of", f.one_of);
    flag("complete", f.complete), flag("optional", f.optional);
    named("by", f.by.text), named("dated-by", f.dated_by.text);
    sub("low", f.low), sub("high", f.high);
    for (const ast::Field& each : f.fields) field(each);
    close();
  }
  void json(const ast::Json& j) {
    switch (j.kind) {
      case ast::JsonKind::null: out += "null"; return;
      case ast::JsonKind::boolean:
      case ast::JsonKind::number: out += j.text; return;
      case ast::JsonKind::text: out += "'" + j.text + "'"; return;
      case ast::JsonKind::array:
      case ast::JsonKind::object: break;
    }
    out += j.kind == ast::JsonKind::array ? "[" : "{";
    for (size_t i = 0; i < j.items.size(); ++i) {
      if (i > 0) out += ' ';
      if (i < j.keys.size()) out += j.keys[i] + ":";
      json(j.items[i]);
    }
    out += j.kind == ast::JsonKind::array ? "]" : "}";
  }
  void record(const ast::Record& r) {
    named("name", r.name.text), named("base", r.base.text), quoted("file", r.file.text);
    if (r.value) out += ' ', json(*r.value);
    for (const ast::Override& each : r.overrides) {
      std::string path;
      for (const ast::Word& step : each.path) path += "/" + step.text;
      out += (each.remove ? " -" : " ") + path;
      if (!each.remove) out += '=', json(each.value);
    }
  }
  void lines(const std::vector<uint32_t>& list) {
    std::string joined;
    for (uint32_t each : list) (joined += joined.empty() ? "" : ",") += std::to_string(each);
    named("lines", joined);
  }

  void declaration(const ast::Declaration& d, size_t indent);
  void add(const ast::Source& s) {
    open("source"), word(s.name.text), text(s.title), strings("grade", s.grades), flag("unresolved", s.unresolved), close();
  }
  void add(const ast::Include& i) { open("include"), word(i.name.text), named("called", i.called.text), close(); }
  void add(const ast::CodeSystem& c) { open("codesystem"), word(c.name.text), codes(c.codes), close(); }
  void add(const ast::ValueSet& v) {
    open("valueset"), word(v.name.text), named("system", v.system.text), codes(v.codes), words("union", v.unions);
    cites(v.cites), close();
  }
  void add(const ast::Parameter& p) {
    open("parameter"), word(p.name.text), type("type", p.type);
    for (const ast::DatedValue& each : p.values) sub("value", each.value), in_force(each.in_force);
    cites(p.cites), close();
  }
  void add(const ast::Define& d) {
    open(d.function ? "function" : "define"), word(d.name.text);
    for (const auto& [name, of] : d.parameters) type(name.text, of);
    type("returns", d.result), sub("body", d.body), close();
  }
  void add(const ast::Lookup& l) {
    open("lookup"), word(l.name.text), type("from", l.from), type("to", l.to);
    for (const auto& [key, value] : l.rows) sub("key", key), sub("value", value);
    sub("otherwise", l.otherwise), flag("otherwise-key", l.otherwise_key), cites(l.cites), close();
  }
  void add(const ast::Entity& e) {
    open(e.extends ? "extend" : "entity"), word(e.name.text);
    for (const ast::Field& each : e.fields) field(each);
    close();
  }
  void add(const ast::Decides& d) {
    open("decides"), named("name", d.name.text), words("after", d.after), sub("scope", d.scope);
    named("item", d.item_entity.text), named("alias", d.item_alias.text), sub("item-where", d.item_where);
    named("fold", d.fold.text);
    for (const ast::WhenUndetermined& each : d.when_undetermined) {
      named(each.review_type ? "undetermined-" + each.review_type.text : "undetermined", each.outcome.text);
    }
    cites(d.cites), close();
  }
  void add(const ast::Criterion& c) {
    open(c.group ? "criteria" : "criterion"), word(c.name.text), named("item", c.item_entity.text);
    named("alias", c.item_alias.text), text(c.text), sub("applies", c.applies), sub("condition", c.condition);
    cites(c.cites), asks(c.asks), sentences(c.sentences), strings("note", c.notes), in_force(c.in_force), close();
  }
  void add(const ast::Limit& l) {
    open("limit"), word(l.name.text), text(l.text), sub("applies", l.applies);
    constexpr std::string_view kinds[] = {"at-most-days", "at-most-procedures", "at-least-between"};
    constexpr std::string_view windows[] = {"in-up-to", "in-any", "on-day-of", "in-year-of", "in-lifetime", "in-interval"};
    word(kinds[static_cast<size_t>(l.kind)]), sub("amount", l.amount), sub("codes", l.codes);
    word(windows[static_cast<size_t>(l.window)]), sub("length", l.length), sub("anchor", l.anchor);
    named("per", l.per_entity.text), named("per-alias", l.per_alias.text), sub("per-key", l.per_key);
    cites(l.cites), asks(l.asks), sentences(l.sentences), strings("note", l.notes), in_force(l.in_force), close();
  }
  void add(const ast::Rule& r) {
    open(r.is_exception ? "exception" : "rule"), word(r.name.text);
    if (!r.text.empty()) text(r.text);
    outcome(r.outcome), sub("when", r.when), words("to", r.exception_to.targets);
    flag("to-every-other", r.exception_to.every_other), words("but", r.exception_to.but), words("subject-to", r.subject_to);
    cites(r.cites), sentences(r.sentences), strings("note", r.notes), in_force(r.in_force), close();
  }
  void add(const ast::Condition& c) {
    open("condition"), word(c.name.text), text(c.text), sub("due-from", c.due_from), sub("due-to", c.due_to);
    named("after", c.after.text), sub("met-when", c.met_when), cites(c.cites), in_force(c.in_force), close();
  }
  void add(const ast::Remark& r) {
    open(r.kind.text), text(r.text), sub("when", r.when), named("from", r.from.text), strings("feature", r.features);
    cites(r.cites), close();
  }
  void add(const ast::Record& r) { open("record"), record(r), close(); }
  void add(const ast::Table& t) {
    open("table"), word(t.name.text), named("item", t.item_entity.text), named("alias", t.item_alias.text);
    quoted("csv", t.csv.text);
    auto cells = [&](const std::vector<ast::Cell>& row) {
      out += "\n  |";
      for (const ast::Cell& each : row) {
        bool parsed = !each.exprs.empty() || each.outcome || !each.cites.empty();
        if (!parsed) text(each.text);
        for (const ast::Expr& e : each.exprs) out += ' ', expr(e);
        outcome(each.outcome), cites(each.cites), out += " |";
      }
    };
    cells(t.head);
    for (const auto& row : t.rows) cells(row);
    cites(t.cites), close();
  }
  void add(const ast::Test& t) {
    open("test"), text(t.name), record(t.record), words("overlays", t.overlays), named("as-of", t.as_of);
    for (const ast::Expectation& e : t.expectations) {
      out += "\n  (expect", lines(e.lines);
      if (e.item) named("item", std::to_string(e.item));
      named("outcome", e.outcome.text), contents(e.contents), quoted("by", e.by.text), words("also-by", e.also_by);
      words("subject-to", e.subject_to);
      named("criterion", e.criterion.text), named("status", e.status.text), named("because", e.cause.text);
      flag("asks", e.asks_written), flag("nothing", e.asks_nothing), strings("for", e.asks);
      strings("could-change-with", e.could_change), strings("judgment", e.judgments);
      flag("requires-clinician", e.requires_clinician), named("defeated", e.defeated.text);
      named("defeated-by", e.defeated_by.text), close();
    }
    for (const ast::Concludes& c : t.concludes) out += "\n  (concludes", lines(c.lines), named("outcome", c.outcome.text), close();
    quoted("because", t.because), close();
  }

  std::string out;
};

inline void AstDump::declaration(const ast::Declaration& d, size_t indent) {
  out.append(indent, ' ');
  auto one = [&](const auto& members) {
    for (const auto& each : members) add(each);
  };
  switch (d.kind) {
    case ast::DeclarationKind::title: open("title"), text(d.text), close(); break;
    case ast::DeclarationKind::in_force: open("in-force"), in_force(d.in_force), close(); break;
    case ast::DeclarationKind::precedence: open("precedence"), words("layers", d.names), close(); break;
    case ast::DeclarationKind::applies_when: open("applies-when"), sub("scope", d.expr[0]), close(); break;
    case ast::DeclarationKind::dated_by: open("dated-by"), sub("date", d.expr[0]), close(); break;
    case ast::DeclarationKind::section: {
      const ast::Section& s = d.section[0];
      open("section"), word(s.name.text), text(s.text), sub("applies", s.applies), cites(s.cites), out += '\n';
      for (const ast::Declaration& each : s.members) declaration(each, indent + 2);
      out.append(indent, ' ');
      close();
      break;
    }
    case ast::DeclarationKind::amend: {
      const ast::Amend& a = d.amend[0];
      open(a.verb.text), words("targets", a.targets), sub("by", a.by), words("joins", a.to), cites(a.cites);
      if (!a.added.empty()) out += '\n';
      for (const ast::Declaration& each : a.added) declaration(each, indent + 2);
      close();
      break;
    }
    default:
      one(d.include), one(d.source), one(d.code_system), one(d.value_set), one(d.parameter), one(d.define), one(d.lookup);
      one(d.entity), one(d.decides), one(d.criterion), one(d.limit), one(d.rule), one(d.condition), one(d.remark);
      one(d.table), one(d.record), one(d.test);
  }
  out += '\n';
}

inline std::string AstDump::of(const ast::Module& m) {
  constexpr std::string_view kinds[] = {"policy", "overlay", "library", "tests"};
  AstDump dump;
  dump.open(kinds[static_cast<size_t>(m.kind)]);
  dump.word(m.name.text), dump.named("version", m.version), dump.named("amends", m.amends.text);
  dump.named("layer", m.layer.text), dump.close();
  dump.out += '\n';
  for (const ast::Declaration& each : m.declarations) dump.declaration(each, 0);
  return dump.out;
}

}  // namespace rubric
