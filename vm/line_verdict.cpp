#include "vm/line_verdict.h"

#include <algorithm>

namespace rubric::vm {

std::vector<Standing> standing_rules(const Decisions& d, const Block& block, Row row) {
  const Program& p = **d.program;
  std::vector<Standing> out;
  for (const Id r : block.rules) {
    const Rule& rule = p.rules[r];
    if (rule.outcome == no_outcome) continue;
    const Truth equal = rule.equals_request == none_id ? Truth::no : d.truth(rule.equals_request, row);
    out.push_back({&rule, d.truth(rule.stands, row), equal});
  }
  return out;
}

namespace {

void contents(const Decisions& d, const Block& block, Row row, Verdict& v) {
  for (const Standing& s : standing_rules(d, block, row)) {
    if (s.stands != Truth::yes) continue;
    const OutcomeClass kind = outcome_row(static_cast<Outcome>(s.rule->outcome)).outcome_class;
    if (kind != OutcomeClass::favourable && kind != OutcomeClass::modify) continue;
    for (const Id c : s.rule->subject_to) {
      if (std::find(v.conditions.begin(), v.conditions.end(), c) == v.conditions.end()) v.conditions.push_back(c);
    }
    if (kind == OutcomeClass::modify && s.equals_request != Truth::yes) v.modification = s.rule->modification;
  }
}

}  // namespace

bool granting(Outcome o) {
  return o == Outcome::approve || o == Outcome::approve_with_conditions || o == Outcome::modify || o == Outcome::not_required;
}

OutcomeSet outcome_set(const Decisions& d, Id reg, Row r) {
  const Column& c = d.column(reg);
  return static_cast<OutcomeSet>(c.cell8[c.at(r)]);
}

namespace {

Verdict verdict_of(const Decisions& d, Id block_id, Row line, bool complete) {
  const Program& p = **d.program;
  const Block& block = p.blocks[block_id];
  Verdict v;
  v.block = block_id;
  v.possible = outcome_set(d, block.outcome, line);
  if (complete && !has_one(v.possible)) v.possible = set_of(Outcome::review);
  v.open = !has_one(v.possible);
  v.outcome = v.open ? Outcome::review : the_one(v.possible);
  if (v.open || !granting(v.outcome)) return v;
  if (block.items == none_id) {
    contents(d, block, line, v);
    return v;
  }
  const DomainRows& items = d.rows_of(block.items);
  for (Row k = items.first[line]; k < items.first[line + 1]; ++k) {
    if (d.truth(block.item_scope, k) != Truth::yes) continue;
    const OutcomeSet set = outcome_set(d, block.item_outcome, k);
    if (!has_one(set) || !granting(the_one(set))) continue;
    contents(d, block, k, v);
    v.items.push_back(k - items.first[line]);
  }
  // Best and worst give the line one item's outcome; which item it was does not matter to the line.
  if (block.fold != FoldItems::qualifying) v.items.clear();
  return v;
}

}  // namespace

// The line's verdict over all blocks that may decide it.
Verdict line_verdict(const Decisions& d, Row line, bool complete) {
  const Program& p = **d.program;
  Verdict result;
  bool any = false, gap = false;
  for (Id b = 0; b < p.blocks.size(); ++b) {
    const Truth scope = d.truth(p.blocks[b].scope, line), gate = d.truth(p.blocks[b].version_gate, line);
    if (scope != Truth::yes) continue;
    if (gate != Truth::yes) {
      if (!any && !gap) result.block = b;
      gap = true;
      continue;
    }
    const Verdict v = verdict_of(d, b, line, complete);
    if (!any) {
      result = v;
    } else if (!result.same_as(v)) {
      result.outcome = Outcome::conflict;
      result.possible |= v.possible | set_of(Outcome::conflict);
      result.open |= v.open;
    }
    any = true;
  }
  if (!any && gap) {
    result.outcome = Outcome::gap;
  }
  if (!result.open) result.possible = set_of(result.outcome);
  return result;
}

Verdict verdict_of_completion(const Decisions& d, Row line, bool complete) {
  Verdict out = line_verdict(d, line, complete);
  if (out.open) out.possible |= set_of(Outcome::review);
  return out;
}

}  // namespace rubric::vm
