// From rules that stand to what a line comes to: vm/verdict.cpp and the end of vm/settle.cpp in the solver's terms.
#include "analysis/proof_program.h"
#include "vm/outcomes.h"
#include "vm/verdict.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric::analysis {

using vm::Id;
using vm::Inst;
using vm::none_id;
using vm::Outcome;
using vm::OutcomeClass;
using vm::Type;

namespace {

int number_of(Outcome o) { return static_cast<int>(o); }
// Whether an outcome is one of those of which this is true.
z3::expr one_of(Terms& t, const z3::expr& outcome, bool (*is)(Outcome)) {
  z3::expr out = t.no();
  for (size_t o = 0; o < std::size(vm::outcome_rows); ++o) {
    if (is(static_cast<Outcome>(o))) out = t.either(out, t.same(outcome, t.number(static_cast<int>(o))));
  }
  return out;
}
constexpr int stays_open = -1, no_item = 255;

// What rules can add to a verdict, and in which of them something stands, is open, or is not computable.
struct Category {
  OutcomeClass kind;
  bool conditions;
  Id modification;
  z3::expr yes, open, faulty;
};

// A template as a key: its words, and what it is filled with.
std::string written(const vm::Program& p, const vm::Template& t) {
  std::string out;
  for (const vm::Template::Piece& piece : t.pieces) out += piece.text == none_id ? std::string("{}") : p.texts[piece.text];
  return out;
}

std::string written(const vm::Program& p, const vm::Condition& c) {
  const auto text = [&](Id id) { return id == none_id ? std::string() : p.texts[id]; };
  const auto constant = [&](Id id) {
    return id == none_id ? std::string() : fmt::format("{} {} {}", p.constants[id].low, p.constants[id].high, p.constants[id].unit);
  };
  return fmt::format("{}|{}|{}|{}|{}", text(c.name), written(p, c.text), constant(c.due_from), constant(c.due_to), text(c.after));
}

}  // namespace

Symbol ProofProgram::decided(const Inst& i, size_t r) {
  const vm::Block& block = program_.blocks[i.imm];
  std::vector<Category> categories;
  const auto add = [&](OutcomeClass kind, bool conditions, Id modification, const z3::expr& yes, const z3::expr& open,
                       const z3::expr& faulty) {
    auto at = std::find_if(categories.begin(), categories.end(), [&](const Category& c) {
      return c.kind == kind && c.conditions == conditions && c.modification == modification;
    });
    if (at == categories.end()) at = categories.insert(at, {kind, conditions, modification, t_.no(), t_.no(), t_.no()});
    at->yes = t_.either(at->yes, yes);
    at->open = t_.either(at->open, open);
    at->faulty = t_.either(at->faulty, faulty);
  };
  uint32_t next = 0;
  for (const Id id : block.rules) next += program_.rules[id].outcome != vm::no_outcome;
  uint32_t k = 0;
  for (const Id id : block.rules) {
    const vm::Rule& rule = program_.rules[id];
    if (rule.outcome == vm::no_outcome) continue;
    const Symbol& stands = arg(i, k++, r);
    const auto outcome = static_cast<Outcome>(rule.outcome);
    const OutcomeClass kind = vm::outcome_row(outcome).outcome_class;
    const bool conditions = !rule.subject_to.empty();
    const z3::expr yes = t_.is_yes(stands), open = t_.is_unknown(stands), faulty = t_.is_none(stands);
    if (kind != OutcomeClass::modify) {
      add(kind, conditions || outcome == Outcome::approve_with_conditions, none_id, yes, open, faulty);
      continue;
    }
    const Symbol equal = rule.equals_request == none_id ? t_.truth(t_.no()) : arg(i, next++, r);
    const z3::expr same = t_.is_yes(equal), differs = t_.is_no(equal), undecided = t_.negated(t_.either(same, differs));
    const z3::expr half = t_.both(undecided, t_.negated(t_.is_no(stands)));
    add(OutcomeClass::favourable, conditions, none_id, t_.both(same, yes), t_.either(t_.both(same, open), half), t_.both(same, faulty));
    add(OutcomeClass::modify, false, rule.modification, t_.both(differs, yes), t_.either(t_.both(differs, open), half),
        t_.both(differs, faulty));
  }

  // The table of outcomes for categories that all either stand or do not.
  const auto settled = [&](const std::vector<z3::expr>& stands) {
    z3::expr approve = t_.no(), with = t_.no(), deny = t_.no(), free = t_.no(), look = t_.no(), wait = t_.no(), changed = t_.no();
    std::vector<z3::expr> verdicts;
    for (size_t c = 0; c < categories.size(); ++c) {
      const z3::expr& s = stands[c];
      switch (categories[c].kind) {
        case OutcomeClass::favourable:
          approve = t_.either(approve, s);
          if (categories[c].conditions) with = t_.either(with, s);
          break;
        case OutcomeClass::modify:
          changed = t_.either(changed, s);
          verdicts.push_back(s);
          break;
        case OutcomeClass::deny: deny = t_.either(deny, s); break;
        case OutcomeClass::not_required: free = t_.either(free, s); break;
        case OutcomeClass::review: look = t_.either(look, s); break;
        case OutcomeClass::pend: wait = t_.either(wait, s); break;
        case OutcomeClass::none: break;
      }
    }
    for (const z3::expr& v : {approve, deny, free}) verdicts.push_back(v);
    z3::expr two = t_.no(), one = t_.no();
    for (const z3::expr& v : verdicts) {
      two = t_.either(two, t_.both(one, v));
      one = t_.either(one, v);
    }
    const auto n = [&](Outcome o) { return t_.number(number_of(o)); };
    z3::expr out = t_.chosen(free, n(Outcome::not_required), n(Outcome::gap));
    out = t_.chosen(changed, n(Outcome::modify), out);
    out = t_.chosen(approve, t_.chosen(with, n(Outcome::approve_with_conditions), n(Outcome::approve)), out);
    out = t_.chosen(wait, n(Outcome::pend), out);
    out = t_.chosen(deny, n(Outcome::deny), out);
    out = t_.chosen(look, n(Outcome::review), out);
    return t_.chosen(two, n(Outcome::conflict), out);
  };

  z3::expr open = t_.no();
  std::vector<z3::expr> certain;
  std::vector<size_t> faulty;
  for (size_t c = 0; c < categories.size(); ++c) {
    const Category& at = categories[c];
    open = t_.either(open, t_.both(t_.negated(at.yes), at.open));
    certain.push_back(at.yes);
    if (!at.faulty.is_false()) faulty.push_back(c);
  }
  z3::expr out = settled(certain);
  // Of what is not computable both answers are tried; if they differ, a person looks.
  constexpr size_t most_faulty = 6;
  if (faulty.size() > most_faulty) unreached_.insert("rules of more than six kinds that may not be computable");
  else {
    z3::expr differs = t_.no();
    const z3::expr plain = out;
    for (uint32_t f = 1; f < 1u << faulty.size(); ++f) {
      std::vector<z3::expr> stands = certain;
      for (size_t k2 = 0; k2 < faulty.size(); ++k2) {
        if (f >> k2 & 1) stands[faulty[k2]] = t_.either(stands[faulty[k2]], categories[faulty[k2]].faulty);
      }
      differs = t_.either(differs, t_.negated(t_.same(settled(stands), plain)));
    }
    out = t_.chosen(differs, t_.number(number_of(Outcome::review)), out);
  }
  return t_.value(Type::outcome, t_.chosen(open, t_.number(stays_open), out));
}

Symbol ProofProgram::folded_items(const Inst& i, size_t r) {
  const vm::FoldItems how = program_.blocks[i.imm].fold;
  const Id child = domain_of(i, 0);
  const z3::expr nothing = t_.number(no_item), conflict = t_.number(number_of(Outcome::conflict));
  z3::expr qualifying = nothing, rest = nothing, open = t_.no();
  const auto unless_none = [&](const z3::expr& a, const z3::expr& b, const z3::expr& both) {
    return t_.chosen(t_.same(a, nothing), b, t_.chosen(t_.same(b, nothing), a, both));
  };
  const auto best = [&](const z3::expr& a, const z3::expr& b) {
    const z3::expr clash = t_.either(t_.same(a, conflict), t_.same(b, conflict));
    return unless_none(a, b, t_.chosen(clash, conflict, t_.chosen(a <= b, a, b)));
  };
  const auto worst = [&](const z3::expr& a, const z3::expr& b) { return unless_none(a, b, t_.chosen(a >= b, a, b)); };
  for (const size_t k : below(i.domain, r, child)) {
    const Symbol &outcome = registers_[operand(i, 0)][k], &included = arg(i, 1, k);
    const z3::expr there = rows_[child].rows[k].there, counts = t_.both(there, t_.is_yes(included));
    open = t_.either(
        open, t_.both(there, t_.either(t_.is_unknown(included), t_.both(t_.is_yes(included), t_.same(outcome.v, t_.number(stays_open))))));
    switch (how) {
      case vm::FoldItems::none: break;
      case vm::FoldItems::best: rest = t_.chosen(counts, best(rest, outcome.v), rest); break;
      case vm::FoldItems::worst: rest = t_.chosen(counts, worst(rest, outcome.v), rest); break;
      case vm::FoldItems::qualifying: {
        const z3::expr qualifies = one_of(t_, outcome.v, vm::qualifies);
        qualifying = t_.chosen(t_.both(counts, qualifies), worst(qualifying, outcome.v), qualifying);
        rest = t_.chosen(t_.both(counts, t_.negated(qualifies)), best(rest, outcome.v), rest);
        break;
      }
    }
  }
  z3::expr out = rest;
  if (how == vm::FoldItems::qualifying) {
    out = t_.chosen(t_.same(rest, nothing), qualifying, t_.number(number_of(Outcome::modify)));
    out = t_.chosen(t_.same(qualifying, nothing), rest, out);
    out = t_.chosen(t_.same(rest, conflict), conflict, out);
  }
  const z3::expr none = t_.both(t_.same(qualifying, nothing), t_.same(rest, nothing));
  out = t_.chosen(none, t_.number(number_of(Outcome::gap)), out);
  return t_.value(Type::outcome, t_.chosen(open, t_.number(stays_open), out));
}

Symbol ProofProgram::granted(const Inst& i, size_t r) {
  const Symbol &outcome = arg(i, 0, r), &scope = arg(i, 1, r);
  const auto is = [&](Outcome o) { return t_.same(outcome.v, t_.number(number_of(o))); };
  const z3::expr refused = t_.either(t_.either(is(Outcome::deny), is(Outcome::not_required)), is(Outcome::not_decided));
  const z3::expr given = t_.either(t_.either(is(Outcome::approve), is(Outcome::approve_with_conditions)), is(Outcome::modify));
  const z3::expr no = t_.either(refused, t_.either(t_.is_no(scope), t_.is_none(scope)));
  return {Type::truth, t_.both(t_.negated(no), t_.both(given, t_.is_yes(scope))), no, t_.number(0)};
}

// ---------------------------------------------------------------- lines

z3::expr differ(Terms& t, const ProofVerdict& a, const ProofVerdict& b) {
  z3::expr out = t.negated(t.same(a.outcome, b.outcome));
  const auto either_has = [&](const auto& x, const auto& y, auto missing, auto unlike) {
    for (const auto& [key, value] : x) {
      const auto other = y.find(key);
      out = t.either(out, other == y.end() ? missing(value) : unlike(value, other->second));
    }
    for (const auto& [key, value] : y) {
      if (!x.contains(key)) out = t.either(out, missing(value));
    }
  };
  either_has(
      a.conditions, b.conditions, [](const z3::expr& is) { return is; },
      [&](const z3::expr& x, const z3::expr& y) { return t.negated(t.same(x, y)); });
  either_has(
      a.modified, b.modified, [&](const Symbol& s) { return t.negated(t.is_unknown(s)); },
      [&](const Symbol& x, const Symbol& y) { return t.negated(t.identical(x, y)); });
  for (size_t k = 0; k < std::max(a.items.size(), b.items.size()); ++k) {
    const z3::expr x = k < a.items.size() ? a.items[k] : t.no(), y = k < b.items.size() ? b.items[k] : t.no();
    out = t.either(out, t.negated(t.same(x, y)));
  }
  return out;
}

// What the rules that stand on a row add to an approval or a modification.
void ProofProgram::contents(const vm::Block& block, size_t row, const z3::expr& when, ProofVerdict& v) {
  for (const Id id : block.rules) {
    const vm::Rule& rule = program_.rules[id];
    if (rule.outcome == vm::no_outcome) continue;
    if (!vm::granting(static_cast<Outcome>(rule.outcome))) continue;
    const z3::expr stands = t_.both(when, t_.is_yes(cell(rule.stands, row)));
    for (const Id c : rule.subject_to) {
      const std::string key = written(program_, program_.conditions[c]);
      const auto [at, added] = v.conditions.try_emplace(key, stands);
      if (!added) at->second = t_.either(at->second, stands);
      for (const auto& [name, reg] : program_.conditions[c].values) {
        const Id domain = program_.registers[reg].domain;
        const Symbol value = cell(reg, domain == none_id ? 0 : above(rule.domain, row, domain));
        const auto [of, first] = v.modified.try_emplace(key + " " + program_.texts[name], t_.unknown(value.type));
        of->second = t_.chosen(stands, t_.as(of->second.type, value), of->second);
      }
    }
    if (rule.modification == none_id) continue;
    const z3::expr differs =
        rule.equals_request == none_id ? stands : t_.both(stands, t_.negated(t_.is_yes(cell(rule.equals_request, row))));
    for (const auto& [field, reg] : program_.modifications[rule.modification].fields) {
      const Symbol value = cell(reg, row);
      const auto [at, added] = v.modified.try_emplace(program_.texts[field], t_.unknown(value.type));
      at->second = t_.chosen(differs, t_.as(at->second.type, value), at->second);
    }
  }
}

ProofVerdict ProofProgram::block_verdict(Id id, size_t line) {
  const vm::Block& block = program_.blocks[id];
  ProofVerdict v{cell(block.outcome, line).v, {}, {}, {}};
  const z3::expr granted = one_of(t_, v.outcome, vm::granting);
  if (block.items == none_id) {
    contents(block, line, granted, v);
    return v;
  }
  // As gives_contents() in vm/verdict.cpp.
  const auto counts = [&](size_t k) { return t_.both(rows_[block.items].rows[k].there, t_.is_yes(cell(block.item_scope, k))); };
  const std::vector<size_t> items = below(program_.lines_domain, line, block.items);
  z3::expr some_qualify = t_.no();
  for (const size_t k : items) {
    if (block.fold != vm::FoldItems::qualifying) break;
    some_qualify = t_.either(some_qualify, t_.both(counts(k), one_of(t_, cell(block.item_outcome, k).v, vm::qualifies)));
  }
  const z3::expr in_part = t_.both(some_qualify, t_.same(v.outcome, t_.number(number_of(Outcome::modify))));
  for (const size_t k : items) {
    const z3::expr &outcome = cell(block.item_outcome, k).v, qualifies = t_.both(counts(k), one_of(t_, outcome, vm::qualifies));
    const z3::expr ends_so = t_.both(counts(k), t_.same(outcome, v.outcome));
    contents(block, k, t_.both(granted, t_.chosen(some_qualify, qualifies, ends_so)), v);
    if (block.fold == vm::FoldItems::qualifying) v.items.push_back(t_.both(in_part, qualifies));
  }
  return v;
}

ProofVerdict ProofProgram::verdict(size_t line) {
  ProofVerdict out{t_.number(number_of(Outcome::not_decided)), {}, {}, {}};
  z3::expr any = t_.no(), gap = t_.no(), open = t_.no();
  // Contents of the block that decides; several blocks that decide and differ are a conflict.
  for (Id b = 0; b < program_.blocks.size(); ++b) {
    const vm::Block& block = program_.blocks[b];
    const Symbol scope = cell(block.scope, line), gate = cell(block.version_gate, line);
    open = t_.either(open, t_.either(t_.is_unknown(scope), t_.both(t_.is_yes(scope), t_.is_unknown(gate))));
    const z3::expr decides = t_.both(t_.is_yes(scope), t_.is_yes(gate));
    gap = t_.either(gap, t_.both(t_.is_yes(scope), t_.negated(t_.is_yes(gate))));
    const ProofVerdict v = block_verdict(b, line);
    const z3::expr clash = t_.both(t_.both(any, decides), t_.negated(t_.same(out.outcome, v.outcome)));
    out.outcome = t_.chosen(clash, t_.number(number_of(Outcome::conflict)), t_.chosen(decides, v.outcome, out.outcome));
    for (const auto& [key, is] : v.conditions) {
      const auto [at, added] = out.conditions.try_emplace(key, t_.no());
      at->second = t_.either(at->second, t_.both(decides, is));
    }
    for (const auto& [key, value] : v.modified) {
      const auto [at, added] = out.modified.try_emplace(key, t_.unknown(value.type));
      at->second = t_.chosen(decides, t_.as(at->second.type, value), at->second);
    }
    for (size_t k = 0; k < v.items.size(); ++k) {
      if (out.items.size() <= k) out.items.push_back(t_.no());
      out.items[k] = t_.either(out.items[k], t_.both(decides, v.items[k]));
    }
    // Blocks that agree in their outcome and differ in the rest are a conflict too; that is not followed.
    if (!any.is_false() && !t_.both(any, decides).is_false() && (!v.conditions.empty() || !v.modified.empty() || !v.items.empty()))
      contested_.push_back(t_.both(any, decides));
    any = t_.either(any, decides);
  }
  out.outcome = t_.chosen(any, out.outcome, t_.chosen(gap, t_.number(number_of(Outcome::gap)), out.outcome));
  out.outcome = t_.chosen(open, t_.number(stays_open), out.outcome);
  return out;
}

}  // namespace rubric::analysis
