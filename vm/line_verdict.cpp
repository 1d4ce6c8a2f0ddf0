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

OutcomeSet outcome_set(const Decisions& d, Id reg, Row r) {
  const Column& c = d.column(reg);
  return static_cast<OutcomeSet>(c.cell8[c.at(r)]);
}

namespace {

// The rows whose rules give a granted line its contents: the line, or items. `see` takes a row and the outcome there.
template <class See>
void each_giving_row(const Decisions& d, const Block& block, Row line, Outcome outcome, See see) {
  if (block.items == none_id) return see(line, outcome);
  const DomainRows& items = d.rows_of(block.items);
  std::vector<std::pair<Row, Outcome>> settled;
  bool some_qualify = false;
  for (Row k = items.first[line]; k < items.first[line + 1]; ++k) {
    const OutcomeSet set = outcome_set(d, block.item_outcome, k);
    if (d.truth(block.item_scope, k) != Truth::yes || !has_one(set)) continue;
    settled.emplace_back(k, the_one(set));
    some_qualify |= qualifies(the_one(set));
  }
  for (const auto& [row, item] : settled) {
    if (gives_contents(block.fold, outcome, some_qualify, item)) see(row, item);
  }
}

// The rules that stand on such a row. `see` takes a rule, its number in the block and whether it asks for what is requested.
template <class See>
void each_giving_rule(const Decisions& d, const Block& block, Row row, See see) {
  const Program& p = **d.program;
  for (uint32_t k = 0; k < block.rules.size(); ++k) {
    const Rule& rule = p.rules[block.rules[k]];
    if (rule.outcome == no_outcome || !granting(static_cast<Outcome>(rule.outcome)) || d.truth(rule.stands, row) != Truth::yes) continue;
    see(rule, k, rule.equals_request != none_id && d.truth(rule.equals_request, row) == Truth::yes);
  }
}

}  // namespace

std::vector<GivingRule> giving_rules(const Decisions& d, Row line, const Verdict& v) {
  std::vector<GivingRule> out;
  if (v.block == none_id || v.open || !granting(v.outcome)) return out;
  const Block& block = (**d.program).blocks[v.block];
  const Row first = block.items == none_id ? line : d.rows_of(block.items).first[line];
  each_giving_row(d, block, line, v.outcome, [&](Row row, Outcome) {
    each_giving_rule(d, block, row,
                     [&](const Rule&, uint32_t rule, bool as_requested) { out.push_back({rule, row - first, as_requested}); });
  });
  return out;
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
  each_giving_row(d, block, line, v.outcome, [&](Row row, Outcome item) {
    each_giving_rule(d, block, row, [&](const Rule& rule, uint32_t, bool as_requested) {
      for (const Id c : rule.subject_to) {
        if (std::find(v.conditions.begin(), v.conditions.end(), c) == v.conditions.end()) v.conditions.push_back(c);
      }
      if (!as_requested && rule.modification != none_id && v.modification == none_id) v.modification = rule.modification;
    });
    if (block.fold == FoldItems::qualifying && v.outcome == Outcome::modify && qualifies(item))
      v.items.push_back(row - d.rows_of(block.items).first[line]);
  });
  std::sort(v.conditions.begin(), v.conditions.end());
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
