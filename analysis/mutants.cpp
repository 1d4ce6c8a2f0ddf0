#include "analysis/mutants.h"

#include "analysis/boundary_edits.h"
#include "analysis/clauses.h"
#include "analysis/neighbours.h"
#include "analysis/one_line.h"
#include "compiler/print.h"
#include "vm/decimal.h"
#include "vm/moment.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace rubric::analysis {
namespace {

using ast::Expr;
using ast::ExprKind;

constexpr size_t longest_words = 110;

// Of a place that is shown.
std::string shown(std::string_view text) {
  std::string out = one_line(text);
  if (out.size() > longest_words) out = out.substr(0, longest_words - 3) + "...";
  return out;
}

// A number written one step up or down, in its last place.
std::string stepped(const std::string& digits, int sign) {
  const size_t point = digits.find('.');
  const auto number = vm::parse_decimal(digits);
  if (!number) return digits;
  int64_t step = vm::Decimal::scale;
  for (size_t k = point == std::string::npos ? digits.size() : point + 1; k < digits.size(); ++k) step /= 10;
  const vm::Decimal moved{number->scaled + sign * step};
  return moved.scaled < 0 ? digits : vm::to_string(moved);
}

// A code that stands beside the last one and is not listed.
std::string next_code(const std::vector<std::string>& listed) {
  std::string code = listed.back();
  for (int tries = 0; tries < 20; ++tries) {
    if (code.empty() || !std::isdigit(static_cast<unsigned char>(code.back()))) break;
    if (code.back() != '9') {
      ++code.back();
    } else {
      code.back() = '0';
    }
    if (std::find(listed.begin(), listed.end(), code) == listed.end()) return code;
  }
  return listed.back() + "0";
}

// Offers every edit in turn; the one that is wanted is made, and ends the walk.
class Walk {
 public:
  Walk(const SourceSet& sources, std::optional<size_t> wanted) : sources_(sources), wanted_(wanted) {}

  std::vector<Mutant> offered;

  void modules(std::vector<ast::Module>& list) {
    known_.emplace(list);
    for (size_t k = 0; k < list.size(); ++k) {
      ast::Module& m = list[k];
      module_ = k;
      const bool own = m.kind == ast::ModuleKind::policy || m.kind == ast::ModuleKind::overlay ||
                       (m.kind == ast::ModuleKind::library && !sources_.file(m.file).name.starts_with("stdlib/"));
      if (own) declarations(m.declarations, m.kind == ast::ModuleKind::overlay ? fmt::format(" (overlay {})", m.name.text) : "");
      if (done_) return;
    }
  }

 private:
  // Whether the walk ends here.
  template <class Make>
  bool offer(std::string_view kind, Span span, std::string before, std::string after, Make make) {
    if (done_) return true;
    if (wanted_) {
      if (count_++ == *wanted_) {
        make();
        done_ = true;
      }
      return done_;
    }
    offered.push_back({std::string(kind), clause_, span, shown(before), shown(after)});
    return false;
  }
  std::string words(Span span) const { return std::string(sources_.text(span)); }

  void declarations(std::vector<ast::Declaration>& list, const std::string& where) {
    for (size_t k = 0; k < list.size() && !done_; ++k) {
      ast::Declaration& d = list[k];
      clause_ = clause_words(d) + where;
      in_force(d.in_force);
      for (ast::ValueSet& s : d.value_set) value_set(s);
      for (ast::CodeSystem& s : d.code_system) {
        for (ast::CodeEntry& code : s.codes) in_force(code.in_force);
      }
      for (ast::Parameter& p : d.parameter) {
        for (ast::DatedValue& v : p.values) expr(v.value), in_force(v.in_force);
      }
      if (d.kind == ast::DeclarationKind::applies_when &&
          offer("member", d.span, words(d.span), "", [&] { list.erase(list.begin() + static_cast<std::ptrdiff_t>(k)); }))
        return;
      for (Expr& e : d.expr) expr(e);
      for (ast::Define& each : d.define) expr(each.body);
      for (ast::Lookup& each : d.lookup) lookup(each);
      for (ast::Condition& c : d.condition) {
        if (c.met_when) expr(*c.met_when);
      }
      for (ast::Decides& each : d.decides) decides(each);
      for (ast::Criterion& c : d.criterion) criterion(c);
      for (ast::Limit& l : d.limit) limit(l);
      for (ast::Table& t : d.table) table(t);
      for (ast::Rule& r : d.rule) {
        if (offer("rule", d.span, words(r.name.span), "", [&] { list.erase(list.begin() + static_cast<std::ptrdiff_t>(k)); })) return;
        rule(r);
      }
      for (ast::Section& s : d.section) {
        if (s.applies) applies(s.applies);
        declarations(s.members, where);
      }
      for (ast::Amend& a : d.amend) {
        if (a.verb.text != "add" &&
            offer("exception", d.span, words(d.span), "", [&] { list.erase(list.begin() + static_cast<std::ptrdiff_t>(k)); }))
          return;
        if (a.by) expr(*a.by);
        joins(a);
        declarations(a.added, where);
      }
    }
  }

  // `add criterion X to R`: to none, and to one more.
  void joins(ast::Amend& a) {
    for (size_t k = 0; k < a.to.size(); ++k) {
      if (offer("member", a.to[k].span, "to " + a.to[k].text, "", [&] { erase(a.to, k); })) return;
    }
    for (const std::string& other : known_->rules_beside(module_, a.to)) {
      const ast::Word& last = a.to.back();
      if (offer("member", last.span, "to " + last.text, fmt::format("to {}, {}", last.text, other),
                [&] { a.to.push_back({other, last.span}); }))
        return;
    }
  }

  void value_set(ast::ValueSet& s) {
    for (ast::CodeEntry& code : s.codes) in_force(code.in_force);
    if (done_) return;
    for (size_t k = 0; k < s.codes.size() && s.codes.size() > 1; ++k) {
      if (offer("code", s.codes[k].span, fmt::format("'{}'", s.codes[k].code), "", [&] { erase(s.codes, k); })) return;
    }
    if (s.codes.empty()) return;
    std::vector<std::string> listed;
    for (const ast::CodeEntry& each : s.codes) listed.push_back(each.code);
    const std::string code = next_code(listed);
    offer("code", s.codes.back().span, fmt::format("'{}'", s.codes.back().code), fmt::format("'{}', '{}'", s.codes.back().code, code),
          [&] { s.codes.push_back({code, {}, s.codes.back().span}); });
  }

  void lookup(ast::Lookup& l) {
    for (size_t k = 0; k < l.rows.size(); ++k) {
      auto& [key, value] = l.rows[k];
      if (l.rows.size() > 1 && (l.otherwise || l.otherwise_key) &&
          offer("code", key.span, words(key.span) + " -> " + words(value.span), "", [&] { erase(l.rows, k); }))
        return;
      expr(key), expr(value);
    }
    if (l.otherwise) expr(*l.otherwise);
  }

  // The first and the last day, one day off.
  void in_force(ast::InForce& days) {
    for (auto* const end : {&days.from, &days.to}) {
      if (*end) expr(**end);
    }
  }

  void decides(ast::Decides& d) {
    if (d.scope) expr(*d.scope);
    if (d.item_where) applies(d.item_where);
    for (const auto& [from, to] : {std::pair("best", "worst"), std::pair("worst", "best")}) {
      if (d.fold.text == from &&
          offer("outcome", d.fold.span, fmt::format("taking the {}", from), fmt::format("taking the {}", to), [&] { d.fold.text = to; }))
        return;
    }
    for (ast::WhenUndetermined& w : d.when_undetermined) {
      const std::string other = w.outcome.text == "pend" ? "review" : "pend";
      if (offer("outcome", w.outcome.span, "when undetermined " + w.outcome.text, "when undetermined " + other,
                [&] { w.outcome.text = other; }))
        return;
    }
  }

  void applies(std::optional<Expr>& e) {
    if (offer("member", e->span, words(e->span), "", [&] { e.reset(); })) return;
    expr(*e);
  }

  void criterion(ast::Criterion& c) {
    if (c.applies) applies(c.applies);
    if (done_) return;
    // A group of criteria by name is a list of them as a rule's is.
    named_ = known_->named_in(c.condition);
    named_.insert(c.name.text);
    listing_ = c.group;
    expr(c.condition);
    listing_ = false;
    in_force(c.in_force);
  }

  void limit(ast::Limit& l) {
    if (l.applies) applies(l.applies);
    if (done_) return;
    expr(l.amount);
    for (auto* const part : {&l.length, &l.anchor, &l.per_key}) {
      if (*part) expr(**part);
    }
    if (l.window == ast::WindowKind::in_up_to &&
        offer("window", l.length->span, "in the " + words(l.length->span) + " up to", "in any " + words(l.length->span),
              [&] { l.window = ast::WindowKind::in_any, l.anchor.reset(); }))
      return;
    if (l.kind == ast::LimitKind::at_most_days) {
      offer("window", l.amount.span, words(l.amount.span) + " days", words(l.amount.span) + " procedures",
            [&] { l.kind = ast::LimitKind::at_most_procedures; });
    } else if (l.kind == ast::LimitKind::at_most_procedures) {
      offer("window", l.amount.span, words(l.amount.span) + " procedures", words(l.amount.span) + " days",
            [&] { l.kind = ast::LimitKind::at_most_days; });
    }
    in_force(l.in_force);
  }

  void outcome(ast::Outcome& o) {
    static const std::vector<std::pair<std::string, std::string>> swaps = {
        {"approve", "deny"}, {"deny", "approve"}, {"pend", "review"}, {"review", "pend"}, {"not required", "approve"}};
    for (const auto& [from, to] : swaps) {
      if (o.word.text == from && offer("outcome", o.word.span, from, to, [&] { o.word.text = to; })) return;
    }
    for (size_t k = 0; o.contents && k < o.contents->fields.size() && o.contents->fields.size() > 1; ++k) {
      const auto& [field, value] = o.contents->fields[k];
      if (offer("outcome", field.span, field.text + ": " + print(value), "", [&] { erase(o.contents->fields, k); })) return;
    }
    for (size_t k = 0; o.contents && k < o.contents->fields.size(); ++k) expr(o.contents->fields[k].second);
  }

  void rule(ast::Rule& r) {
    if (r.outcome) outcome(*r.outcome);
    if (done_) return;
    named_ = r.when ? known_->named_in(*r.when) : std::set<std::string>();
    in_rule_ = listing_ = true;
    if (r.when) expr(*r.when);
    in_rule_ = listing_ = false;
    in_force(r.in_force);
    if (done_) return;
    if (r.exception_to.every_other && !r.is_exception &&
        offer("exception", r.name.span, "exception to every other rule", "", [&] { r.exception_to = {}; }))
      return;
    auto& targets = r.exception_to.targets;
    for (size_t k = 0; k < targets.size() && (!r.is_exception || targets.size() > 1); ++k) {
      if (offer("exception", targets[k].span, "exception to " + targets[k].text, "", [&] { erase(targets, k); })) return;
    }
    // An exception to one rule more.
    for (const std::string& other : known_->rules_beside(module_, r)) {
      const ast::Word& last = targets.back();
      if (offer("exception", last.span, "exception to " + last.text, fmt::format("exception to {}, {}", last.text, other),
                [&] { targets.push_back({other, last.span}); }))
        return;
    }
    for (size_t k = 0; k < r.exception_to.but.size(); ++k) {
      auto& but = r.exception_to.but;
      if (offer("exception", but[k].span, "but " + but[k].text, "", [&] { erase(but, k); })) return;
    }
    for (size_t k = 0; k < r.subject_to.size(); ++k) {
      if (offer("outcome", r.subject_to[k].span, "subject to " + r.subject_to[k].text, "", [&] { erase(r.subject_to, k); })) return;
    }
  }

  void table(ast::Table& t) {
    for (size_t k = 0; k < t.rows.size() && !done_; ++k) {
      if (t.rows[k].empty()) continue;
      Span row = t.rows[k].front().span;
      row.end = t.rows[k].back().span.end;
      named_.clear();
      for (const ast::Cell& cell : t.rows[k]) {
        for (const Expr& e : cell.exprs) named_.merge(known_->named_in(e));
      }
      if (t.rows.size() > 1 && offer("rule", row, words(row), "", [&] { erase(t.rows, k); })) return;
      for (ast::Cell& cell : t.rows[k]) {
        if (cell.outcome) outcome(*cell.outcome);
        if (one_more(cell.exprs)) return;
        for (size_t c = 0; c < cell.exprs.size() && !done_; ++c) {
          if (cell.exprs.size() > 1 && offer("member", cell.exprs[c].span, words(cell.exprs[c].span), "", [&] { erase(cell.exprs, c); }))
            return;
          expr(cell.exprs[c]);
        }
        if (done_) return;
      }
    }
  }

  template <class T>
  static void erase(std::vector<T>& list, size_t at) {
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(at));
  }

  // An edit of a whole expression, in the words that it then has.
  template <class Make>
  bool rewrite(std::string_view kind, Expr& e, Make make) {
    Expr changed = e;
    make(changed);
    return offer(kind, e.span, words(e.span), print(changed), [&] { e = changed; });
  }

  void number(Expr& e, std::string_view kind) {
    for (const int sign : {-1, 1}) {
      const std::string moved = stepped(e.text, sign);
      if (moved == e.text) continue;
      if (rewrite(kind, e, [&](Expr& x) { x.text = moved; })) return;
    }
  }

  // A day or a moment one off, in its last place.
  void moment(Expr& e, vm::Type type) {
    const auto at = vm::parse_moment(type, e.text);
    for (const bool next : {false, true}) {
      const auto beside = at ? vm::step(*at, next) : std::nullopt;
      if (beside && rewrite("threshold", e, [&](Expr& x) { x.text = vm::text_of(*beside); })) return;
    }
  }

  // A list of codes or of words, `x in { ... }`, with one more.
  void one_more_value(Expr& e) {
    std::vector<Expr>& list = e.args[1].args;
    if (list.empty()) return;
    const auto all = [&](ExprKind kind) { return std::all_of(list.begin(), list.end(), [&](const Expr& x) { return x.kind == kind; }); };
    std::string more;
    if (all(ExprKind::code_literal)) {
      std::vector<std::string> listed;
      for (const Expr& each : list) listed.push_back(each.text);
      more = next_code(listed);
    } else if (all(ExprKind::string_literal) && e.args[0].kind == ExprKind::member) {
      more = known_->word_beside(e.args[0].name, list);
    }
    if (more.empty()) return;
    Expr added = list.back();
    added.text = more;
    const std::string last = words(list.back().span);
    offer("code", list.back().span, last, last + ", " + print(added), [&] { list.push_back(added); });
  }

  void binary(Expr& e) {
    if (e.name == "in" && e.args[1].kind == ExprKind::list) one_more_value(e);
    if (done_) return;
    if (e.name != "and" && e.name != "or") return;
    if (offer("group", e.span, words(e.span), e.name == "and" ? "... or ..." : "... and ...",
              [&] { e.name = e.name == "and" ? "or" : "and"; }))
      return;
    for (size_t k = 0; k < e.args.size(); ++k) {
      const bool ends = offer("member", e.args[k].span, words(e.args[k].span), "", [&] {
        erase(e.args, k);
        if (e.args.size() == 1) {
          Expr left = std::move(e.args[0]);
          e = std::move(left);
        }
      });
      if (ends) return;
    }
  }

  void group(Expr& e) {
    const std::string other = e.name == "all of" ? "any of" : e.name == "any of" ? "all of" : "";
    if (!other.empty() && offer("group", e.span, e.name, other, [&] { e.name = other; })) return;
    for (size_t k = 0; k < e.args.size() && e.args.size() > 1; ++k) {
      if (offer("member", e.args[k].span, words(e.args[k].span), "", [&] { erase(e.args, k); })) return;
    }
    if (listing_) one_more(e.args);
  }

  // A list of criteria with one that stands beside one of them.
  bool one_more(std::vector<Expr>& list) {
    if (!known_->is_list(list)) return done_;
    for (const std::string& name : known_->criteria_beside(module_, list, named_)) {
      const std::string last = words(list.back().span);
      const bool ends = offer("member", list.back().span, last, last + ", " + name, [&] {
        Expr added = list.back();
        added.name = name;
        added.flag = false;
        list.push_back(std::move(added));
      });
      if (ends) return true;
    }
    return done_;
  }

  void unknown_as_not_met(Expr& e) {
    if (e.kind == ExprKind::status) {
      static const std::vector<std::pair<std::string, std::string>> swaps = {
          {"met", "shown"}, {"not met", "not shown"}, {"shown", "met"}, {"not shown", "not met"}};
      for (const auto& [from, to] : swaps) {
        if (e.name == from && rewrite("unknown", e, [&](Expr& x) { x.name = to; })) return;
      }
    } else if (e.kind == ExprKind::name && known_->is_criterion(e.name)) {
      offer("unknown", e.span, words(e.span), e.name + " is shown", [&] {
        Expr shown;
        shown.kind = ExprKind::status;
        shown.span = e.span;
        shown.name = "shown";
        shown.args = {e};
        e = std::move(shown);
      });
    }
  }

  void expr(Expr& e) {
    if (done_) return;
    if (in_rule_) unknown_as_not_met(e);
    for (const Expr& other : done_ ? std::vector<Expr>() : other_boundaries(e)) {
      if (rewrite("boundary", e, [&](Expr& x) { x = other; })) return;
    }
    if (done_) return;
    switch (e.kind) {
      case ExprKind::integer_literal:
      case ExprKind::long_literal:
      case ExprKind::decimal_literal: number(e, "threshold"); break;
      case ExprKind::quantity_literal: number(e, "window"); break;
      case ExprKind::date_literal: moment(e, vm::Type::date); break;
      case ExprKind::datetime_literal: moment(e, vm::Type::date_time); break;
      case ExprKind::time_literal: moment(e, vm::Type::time); break;
      case ExprKind::binary: binary(e); break;
      case ExprKind::group: group(e); break;
      case ExprKind::status:
        if (e.args[0].kind != ExprKind::group) break;
        group(e.args[0]);
        for (Expr& count : e.args[0].count) expr(count);
        break;
      case ExprKind::unary:
        if (e.name == "not" && rewrite("member", e, [](Expr& x) {
              Expr inner = std::move(x.args[0]);
              x = std::move(inner);
            }))
          return;
        break;
      case ExprKind::list:
        for (size_t k = 0; k < e.args.size() && e.args.size() > 1; ++k) {
          if (offer("code", e.args[k].span, words(e.args[k].span), "", [&] { erase(e.args, k); })) return;
        }
        break;
      case ExprKind::has: {
        const std::string other = e.name == "some" ? "every" : e.name == "every" || e.name == "no" ? "some" : "";
        if (!other.empty() && offer("group", e.span, e.name + " " + e.entity, other + " " + e.entity, [&] { e.name = other; })) return;
        break;
      }
      // Nothing of their own to mistake.
      case ExprKind::null_literal:
      case ExprKind::boolean_literal:
      case ExprKind::string_literal:
      case ExprKind::ratio_literal:
      case ExprKind::code_literal:
      case ExprKind::none_literal:
      case ExprKind::name:
      case ExprKind::external:
      case ExprKind::member:
      case ExprKind::index:
      case ExprKind::invoke:
      case ExprKind::member_invoke:
      case ExprKind::interval:
      case ExprKind::between:
      case ExprKind::between_period:
      case ExprKind::timing:
      case ExprKind::type_test:
      case ExprKind::cast:
      case ExprKind::convert:
      case ExprKind::tuple:
      case ExprKind::instance:
      case ExprKind::if_else:
      case ExprKind::case_of:
      case ExprKind::query:
      case ExprKind::source:
      case ExprKind::let_clause:
      case ExprKind::with_clause:
      case ExprKind::without_clause:
      case ExprKind::where_clause:
      case ExprKind::return_clause:
      case ExprKind::aggregate_clause:
      case ExprKind::sort_clause:
      case ExprKind::sort_item:
      case ExprKind::item:
      case ExprKind::judged:
      case ExprKind::condition_of_last: break;
    }
    if (done_ || e.kind == ExprKind::status) return;
    for (auto* list : {&e.args, &e.of, &e.where, &e.count}) {
      for (Expr& inner : *list) {
        expr(inner);
        if (done_) return;
      }
    }
  }

  const SourceSet& sources_;
  std::optional<size_t> wanted_;
  std::optional<Neighbours> known_;
  size_t module_ = 0;
  std::set<std::string> named_;          // criteria that the clause names
  std::string clause_;
  size_t count_ = 0;
  bool done_ = false, in_rule_ = false, listing_ = false;
};

}  // namespace

std::vector<Mutant> mutants_of(const std::vector<ast::Module>& modules, const SourceSet& sources) {
  std::vector<ast::Module> copy = modules;
  Walk walk(sources, std::nullopt);
  walk.modules(copy);
  return std::move(walk.offered);
}

std::vector<ast::Module> mutated(const std::vector<ast::Module>& modules, size_t mutant, const SourceSet& sources) {
  std::vector<ast::Module> copy = modules;
  Walk(sources, mutant).modules(copy);
  return copy;
}

}  // namespace rubric::analysis
