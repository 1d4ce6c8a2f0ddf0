#include "vm/trace_rules.h"

#include "vm/outcomes.h"
#include "vm/prepared.h"
#include "vm/value_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace rubric::vm {
namespace {

class Decision {
 public:
  Decision(const CaseReading& at, bool with_rules) : at_(at), d_(at.d), p_(at.p), with_rules_(with_rules) {}

  void add(const Settlement& s, Row line, LineTrace& t) {
    const Block& block = p_.blocks[s.block];
    t.block = at_.name(block.name);
    const bool items = block.items != none_id;
    Row begin = line, end = line + 1;
    if (items) {
      begin = d_.rows_of(block.items).first[line];
      end = d_.rows_of(block.items).first[line + 1];
    }
    if (s.by_when_undetermined) t.decided_by.emplace_back("when undetermined");
    for (Row r = begin; r < end; ++r) {
      if (items && (d_.truth(block.item_scope, r) == Truth::no || bit(d_.rows_of(block.items).phantom, r))) continue;
      if (!s.by_when_undetermined) add_deciding(block, r, s.outcome, t.decided_by);
      for (const Id id : block.rules) {
        const Rule& rule = p_.rules[id];
        if (d_.truth(rule.fires, r) != Truth::yes) continue;
        for (const Id x : rule.exceptions) {
          if (d_.truth(p_.rules[x].stands, r) == Truth::yes)
            add_once(t.defeated, fmt::format("{} by {}", at_.name(rule.name), at_.name(p_.rules[x].name)));
        }
      }
      approval(t, block, s, r, r - begin);
      if (items) t.items.push_back(item(block, r, r - begin));
    }
    if (!items && with_rules_) {
      for (const Id r : block.rules) t.rules.push_back(rule(p_.rules[r], line));
    }
  }

 private:
  static bool verdict_class(OutcomeClass c, Outcome o) {
    switch (o) {
      case Outcome::approve:
      case Outcome::approve_with_conditions: return c == OutcomeClass::favourable || c == OutcomeClass::modify;
      case Outcome::modify: return c == OutcomeClass::modify || c == OutcomeClass::favourable;
      case Outcome::deny: return c == OutcomeClass::deny;
      case Outcome::pend: return c == OutcomeClass::pend;
      case Outcome::review: return c == OutcomeClass::review;
      case Outcome::not_required: return c == OutcomeClass::not_required;
      case Outcome::conflict: return c != OutcomeClass::review && c != OutcomeClass::pend && c != OutcomeClass::none;
      case Outcome::gap:
      case Outcome::not_decided: break;
    }
    return false;
  }

  static void add_once(std::vector<std::string>& list, const std::string& what) {
    if (std::find(list.begin(), list.end(), what) == list.end()) list.push_back(what);
  }

  // The rules that an outcome rests on: those that stand, else those that are open and say the same.
  void add_deciding(const Block& block, Row r, Outcome o, std::vector<std::string>& out) const {
    bool found = false;
    for (const bool standing : {true, false}) {
      for (const Id id : block.rules) {
        const Rule& rule = p_.rules[id];
        if (rule.outcome == no_outcome) continue;
        const Truth t = d_.truth(rule.stands, r);
        if (standing ? t != Truth::yes : t != Truth::unknown && t != Truth::none) continue;
        if (!verdict_class(outcome_row(static_cast<Outcome>(rule.outcome)).outcome_class, o)) continue;
        add_once(out, at_.name(rule.name));
        found = true;
      }
      if (found) return;
    }
  }

  void approval(LineTrace& t, const Block& block, const Settlement& s, Row r, Row number) {
    const bool granting = s.outcome == Outcome::approve || s.outcome == Outcome::approve_with_conditions || s.outcome == Outcome::modify;
    if (!granting) return;
    bool stands = false;
    for (const Id id : block.rules) {
      const Rule& rule = p_.rules[id];
      if (rule.outcome == no_outcome || d_.truth(rule.stands, r) != Truth::yes) continue;
      const OutcomeClass kind = outcome_row(static_cast<Outcome>(rule.outcome)).outcome_class;
      if (kind != OutcomeClass::favourable && kind != OutcomeClass::modify) continue;
      stands = true;
      for (const Id c : rule.subject_to) {
        if (std::none_of(t.conditions.begin(), t.conditions.end(),
                         [&](const ConditionTrace& x) { return x.name == at_.name(p_.conditions[c].name); }))
          t.conditions.push_back(condition(p_.conditions[c], r));
      }
      const bool as_requested = rule.equals_request != none_id && d_.truth(rule.equals_request, r) == Truth::yes;
      if (rule.modification != none_id && !as_requested && t.modified.empty()) {
        const Row line = d_.ancestor(rule.domain, r, p_.lines_domain);
        for (const auto& [field, value] : p_.modifications[rule.modification].fields)
          t.modified.push_back({at_.name(field), at_.values.words(value, r), requested(field, line)});
      }
    }
    if (stands && block.fold == FoldItems::qualifying && s.outcome == Outcome::modify) t.approved_items.push_back(item_name(block, number));
  }

  // What the request itself has in a field of the line.
  std::string requested(Id field, Row line) const {
    for (Id c = 0; c < p_.columns.size(); ++c) {
      if (p_.columns[c].domain == p_.lines_domain && p_.columns[c].path == field)
        return words_of(*d_.batch, get(d_.batch->columns[c], line, d_.batch->pool));
    }
    return "";
  }

  ConditionTrace condition(const Condition& c, Row r) const {
    ConditionTrace t;
    t.name = at_.name(c.name);
    t.text = at_.values.fill(c.text, r, "");
    const auto& constants = d_.program->prepared().constants;
    if (c.due_from != none_id) t.due_from = words_of(*d_.batch, constants[c.due_from]);
    if (c.due_to != none_id) t.due_to = words_of(*d_.batch, constants[c.due_to]);
    t.after = at_.name(c.after);
    for (const auto& [parameter, reg] : c.values) t.values.emplace_back(at_.name(parameter), at_.values.words(reg, r));
    t.cites = at_.cited(c.cites);
    return t;
  }

  std::string item_name(const Block& block, Row number) const {
    std::string word = at_.name(block.item_name);
    for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return fmt::format("{} {}", word, number + 1);
  }

  // An item's own words: the first code or text that stands on its rows.
  std::string description(Id domain, Row r) const {
    for (const Id reg : at_.program.descriptions[domain]) {
      if (std::string said = words_of(*d_.batch, d_.value(reg, r)); !said.empty()) return said;
    }
    return "";
  }

  ItemTrace item(const Block& block, Row r, Row number) {
    ItemTrace t;
    t.item = item_name(block, number);
    t.description = description(block.items, r);
    const auto set = static_cast<OutcomeSet>(d_.column(block.item_outcome).cell8[r]);
    t.outcome = has_one(set) ? the_one(set) : Outcome::pend;
    if (has_one(set)) add_deciding(block, r, t.outcome, t.decided_by);
    if (with_rules_) {
      for (const Id id : block.rules) t.rules.push_back(rule(p_.rules[id], r));
    }
    return t;
  }

  RuleTrace rule(const Rule& rule, Row r) const {
    RuleTrace t;
    t.name = at_.name(rule.name);
    if (rule.outcome != no_outcome) t.outcome = outcome_row(static_cast<Outcome>(rule.outcome)).json;
    const Truth fires = d_.truth(rule.fires, r), stands = d_.truth(rule.stands, r);
    t.state = stands == Truth::yes  ? RuleState::stands
              : fires == Truth::no  ? RuleState::does_not_fire
              : stands == Truth::no ? RuleState::defeated
                                    : RuleState::open;
    for (const Id x : rule.exceptions) {
      if (d_.truth(p_.rules[x].stands, r) == Truth::yes) t.defeated_by.push_back(at_.name(p_.rules[x].name));
    }
    t.text = at_.values.fill(rule.text, r, "");
    t.layer = at_.layer(rule.layer);
    t.cites = at_.cited(rule.cites);
    for (const Id n : rule.notes) t.notes.push_back(at_.name(n));
    t.span = rule.span;
    if (at_.pictures == Pictures::wanted) {
      t.clause = at_.clause(rule.span);
      for (const Id c : rule.reads) t.reads.push_back(at_.name(p_.criteria[c].name));
    }
    return t;
  }

  const CaseReading& at_;
  const Decisions& d_;
  const Program& p_;
  const bool with_rules_;
};

}  // namespace

void add_decision(const CaseReading& at, const Settlement& s, Row line, bool with_rules, LineTrace& t) {
  Decision(at, with_rules).add(s, line, t);
}

void add_remarks(const CaseReading& at, Id block, Row line, LineTrace& t) {
  for (const Remark& r : at.p.remarks) {
    if (r.block != none_id && r.block != block) continue;
    Row row = r.domain == at.p.lines_domain ? line : at.case_row;
    if (r.domain != at.p.lines_domain && r.domain != 0) continue;
    if (r.when != none_id && at.d.truth(r.when, row) != Truth::yes) continue;
    RemarkTrace remark{"", at.values.fill(r.text, row, ""), at.cited(r.cites)};
    switch (r.kind) {
      case Remark::Kind::advise:
        remark.kind = "advise";
        t.advice.push_back(remark);
        break;
      case Remark::Kind::warn:
        remark.kind = "warn";
        t.warnings.push_back(remark);
        break;
      case Remark::Kind::note:
        remark.kind = "note";
        t.remarks.push_back(remark);
        break;
      case Remark::Kind::observe:
        remark.kind = "observe";
        t.remarks.push_back(remark);
        break;
    }
  }
}

}  // namespace rubric::vm
