#include "vm/trace_rules.h"

#include "vm/outcomes.h"
#include "vm/prepared.h"
#include "vm/value_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

namespace rubric::vm {
namespace {

// The rows that a block's rules run for on a line: its items, or the line itself.
std::pair<Row, Row> rows_of(const CaseReading& at, const Block& block, Row line) {
  if (block.items == none_id) return {line, line + 1};
  const DomainRows& items = at.d.rows_of(block.items);
  return {items.first[line], items.first[line + 1]};
}

bool is_passed_over(const CaseReading& at, const Block& block, Row r) {
  return block.items != none_id && (at.d.truth(block.item_scope, r) == Truth::no || bit(at.d.rows_of(block.items).phantom, r));
}

OutcomeSet item_outcome(const CaseReading& at, const Block& block, Row r) {
  return static_cast<OutcomeSet>(at.d.column(block.item_outcome).cell8[r]);
}

bool is_out_of_force(const CaseReading& at, const Block& block, Row line) {
  const Truth gate = at.d.truth(block.version_gate, line);
  return gate == Truth::no || gate == Truth::none;
}

// An item's own words: the first code or text that stands on its rows.
std::string description(const CaseReading& at, Id domain, Row r) {
  for (const Id reg : at.program.descriptions[domain]) {
    if (std::string said = words_of(*at.d.batch, at.d.value(reg, r)); !said.empty()) return said;
  }
  return "";
}

// What the request itself has in a field of the line.
Id requested_column(const Program& p, Id field) {
  for (Id c = 0; c < p.columns.size(); ++c) {
    if (p.columns[c].domain == p.lines_domain && p.columns[c].path == field) return c;
  }
  return none_id;
}
std::string requested(const CaseReading& at, Id column, Row line) {
  const Batch& batch = *at.d.batch;
  return column == none_id ? "" : words_of(batch, get(batch.columns[column], line, batch.pool));
}

// Whether a remark is made on a line that a block decides, and the row that it is made on.
std::optional<Row> remarked(const CaseReading& at, const Remark& remark, Id block, Row line) {
  if (remark.block != none_id && remark.block != block) return std::nullopt;
  if (remark.domain != at.p.lines_domain && remark.domain != 0) return std::nullopt;
  const Row row = remark.domain == at.p.lines_domain ? line : at.case_row;
  if (remark.when != none_id && at.d.truth(remark.when, row) != Truth::yes) return std::nullopt;
  return row;
}

class Decision {
 public:
  Decision(const CaseReading& at, bool with_rules) : at_(at), d_(at.d), p_(at.p), with_rules_(with_rules) {}

  void add(const Settlement& s, Row line, LineTrace& t) {
    const Block& block = p_.blocks[s.block];
    t.block = at_.name(block.name);
    const bool items = block.items != none_id;
    const auto [begin, end] = rows_of(at_, block, line);
    if (s.by_when_undetermined) t.decided_by.emplace_back(when_undetermined);
    else if (is_out_of_force(at_, block, line)) t.decided_by.emplace_back(not_in_force);
    for (Row r = begin; r < end; ++r) {
      if (is_passed_over(at_, block, r)) continue;
      if (!s.by_when_undetermined) add_deciding(block, s, r, r - begin, s.outcome, t.decided_by);
      for (const Id id : block.rules) {
        const Rule& rule = p_.rules[id];
        if (d_.truth(rule.fires, r) != Truth::yes) continue;
        for (const Id x : rule.exceptions) {
          if (d_.truth(p_.rules[x].stands, r) == Truth::yes)
            add_once(t.defeated, fmt::format("{} by {}", at_.name(rule.name), at_.name(p_.rules[x].name)));
        }
      }
      if (items) t.items.push_back(item(block, s, r, r - begin));
    }
    approval(t, s, begin);
    for (const Row number : s.items) t.approved_items.push_back(item_name(block, number));
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

  // The rules that an outcome rests on: those that stand, else those that are open, say the same and stand in some completion.
  void add_deciding(const Block& block, const Settlement& s, Row r, Row number, Outcome o, std::vector<std::string>& out) const {
    const auto may_stand = [&](Id id) {
      return std::find(s.may_stand.begin(), s.may_stand.end(), std::pair(id, number)) != s.may_stand.end();
    };
    bool found = false;
    for (const bool standing : {true, false}) {
      for (const Id id : block.rules) {
        const Rule& rule = p_.rules[id];
        if (rule.outcome == no_outcome) continue;
        if (standing ? d_.truth(rule.stands, r) != Truth::yes : !may_stand(id)) continue;
        if (!verdict_class(outcome_row(static_cast<Outcome>(rule.outcome)).outcome_class, o)) continue;
        add_once(out, at_.name(rule.name));
        found = true;
      }
      if (found) return;
    }
  }

  void approval(LineTrace& t, const Settlement& s, Row first) const {
    for (const Settlement::Giving& each : s.giving) {
      const Rule& rule = p_.rules[each.rule];
      const Row r = first + each.item;
      for (const Id c : rule.subject_to) {
        if (std::none_of(t.conditions.begin(), t.conditions.end(),
                         [&](const ConditionTrace& x) { return x.name == at_.name(p_.conditions[c].name); }))
          t.conditions.push_back(condition(p_.conditions[c], r));
      }
      if (rule.modification != none_id && !each.as_requested && t.modified.empty()) {
        const Row line = d_.ancestor(rule.domain, r, p_.lines_domain);
        for (const auto& [field, value] : p_.modifications[rule.modification].fields)
          t.modified.push_back({at_.name(field), at_.values.words(value, r), requested(at_, requested_column(p_, field), line)});
      }
    }
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

  ItemTrace item(const Block& block, const Settlement& s, Row r, Row number) {
    ItemTrace t;
    t.item = item_name(block, number);
    t.description = description(at_, block.items, r);
    const OutcomeSet set = item_outcome(at_, block, r);
    t.outcome = has_one(set) ? the_one(set) : Outcome::pend;
    if (has_one(set)) add_deciding(block, s, r, number, t.outcome, t.decided_by);
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
    const auto row = remarked(at, r, block, line);
    if (!row) continue;
    RemarkTrace remark{"", at.values.fill(r.text, *row, ""), at.cited(r.cites)};
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

Likeness::Likeness(const Program& p, bool with_rules) : of_block_(p.blocks.size()) {
  const auto add_once = [](std::vector<Id>& list, Id id) {
    if (std::find(list.begin(), list.end(), id) == list.end()) list.push_back(id);
  };
  for (Id b = 0; b < p.blocks.size(); ++b) {
    Told& told = of_block_[b];
    for (const Id id : p.blocks[b].rules) {
      const Rule& rule = p.rules[id];
      add_once(told.rules, id);
      for (const Id x : rule.exceptions) add_once(told.rules, x);
      for (const Template::Piece& piece : rule.text.pieces) {
        if (with_rules && piece.reg != none_id) add_once(told.said, piece.reg);
      }
      for (const Id c : rule.subject_to) {
        for (const Template::Piece& piece : p.conditions[c].text.pieces) {
          if (piece.reg != none_id) add_once(told.quoted, piece.reg);
        }
        for (const auto& [parameter, reg] : p.conditions[c].values) add_once(told.quoted, reg);
      }
      if (rule.modification == none_id) continue;
      for (const auto& [field, value] : p.modifications[rule.modification].fields) {
        add_once(told.quoted, value);
        if (const Id column = requested_column(p, field); column != none_id) add_once(told.requested, column);
      }
    }
  }
}

void Likeness::read(const CaseReading& at, const Settlement& s, Row line, std::string& key) const {
  const auto note = [&](uint32_t what) { key.append(reinterpret_cast<const char*>(&what), sizeof what); };
  const auto note_words = [&](const std::string& words) { note(static_cast<uint32_t>(words.size())), key += words; };
  key.clear();
  note(s.block), note(s.possible);
  note(static_cast<uint32_t>(s.outcome) | static_cast<uint32_t>(s.recommendation) << 8 | uint32_t{s.by_when_undetermined} << 16);
  if (s.block != none_id) {
    const Block& block = at.p.blocks[s.block];
    const Told& told = of_block_[s.block];
    const auto [begin, end] = rows_of(at, block, line);
    note(end - begin), note(is_out_of_force(at, block, line));
    // Which open rules may stand is told of what they decide: the line, or an item.
    if (!s.by_when_undetermined || block.items != none_id) {
      note(static_cast<uint32_t>(s.may_stand.size()));
      for (const auto& [rule, item] : s.may_stand) note(rule), note(item);
    }
    note(static_cast<uint32_t>(s.giving.size()));
    for (const Settlement::Giving& each : s.giving) note(each.rule), note(each.item << 1 | Row{each.as_requested});
    note(static_cast<uint32_t>(s.items.size()));
    for (const Row number : s.items) note(number);
    for (Row r = begin; r < end; ++r) {
      const bool passed_over = is_passed_over(at, block, r);
      note(passed_over);
      if (passed_over) continue;
      if (block.items != none_id) note(item_outcome(at, block, r)), note_words(description(at, block.items, r));
      for (const Id id : told.rules) {
        const Rule& rule = at.p.rules[id];
        const auto state = [&](Id reg) { return reg == none_id ? 0 : static_cast<int>(at.d.truth(reg, r)); };
        key += static_cast<char>(state(rule.fires) | state(rule.stands) << 2 | state(rule.equals_request) << 4);
      }
      for (const Id reg : told.said) note_words(at.values.words(reg, r));
      if (!granting(s.outcome)) continue;
      for (const Id reg : told.quoted) note_words(at.values.words(reg, r));
    }
    if (granting(s.outcome)) {
      for (const Id column : told.requested) note_words(requested(at, column, line));
    }
  }
  for (const Remark& remark : at.p.remarks) {
    const auto row = remarked(at, remark, s.block, line);
    note(row.has_value());
    if (row) note_words(at.values.fill(remark.text, *row, ""));
  }
}

}  // namespace rubric::vm
