#include "vm/completions.h"

#include "vm/attempts.h"
#include "vm/bits.h"
#include "vm/completion_tree.h"
#include "vm/domains.h"
#include "vm/moves.h"
#include "vm/opcodes.h"
#include "vm/prepared.h"
#include "vm/run_parts.h"
#include "vm/values.h"

#include <algorithm>
#include <map>

namespace rubric::vm {
namespace {

size_t choices(const Variable& v) { return std::max<size_t>(v.values.size(), 1); }

// Of one line, what its completions came to: all of them, or some that were chosen.
class Trying {
 public:
  Trying(const OpenLine& open, Row of_case) : open(open), of_case(of_case) {
    uint32_t all = 1;
    for (const Variable& v : variables()) {
      strides_.push_back(all);
      all *= static_cast<uint32_t>(choices(v));
    }
    count = completions_of(variables());
  }

  Trying(const OpenLine& open, Row of_case, std::span<const Choice> choices)
      : open(open), of_case(of_case), count(static_cast<uint32_t>(choices.size())), chosen(choices) {}

  const std::vector<Variable>& variables() const { return open.walk->variables; }
  Value value(const Decisions& d, size_t variable, uint32_t completion) const {
    const Variable& v = variables()[variable];
    if (!chosen.empty()) {
      const uint16_t value = chosen[completion][variable];
      return value == as_it_is ? d.value(v.cell.reg, v.cell.row) : v.values[value];
    }
    return v.values[completion / strides_[variable] % v.values.size()];
  }

  // Whether nothing is open in a completion but what cannot be computed.
  bool is_complete(const Program& p, uint32_t completion) const {
    if (!nothing_left_open(p, *open.walk)) return false;
    return chosen.empty() || std::find(chosen[completion].begin(), chosen[completion].end(), as_it_is) == chosen[completion].end();
  }

  Tried result(bool all) const {
    const std::vector<Verdict>& held = open.tests ? this->held : live;
    Tried out;
    for (const Verdict& v : held) out.possible |= v.possible;
    if (!held[0].open && std::all_of(held.begin(), held.end(), [&](const Verdict& v) { return v.same_as(held[0]); })) {
      out.one = held[0];
      out.giving = giving;
    }
    const size_t facts = open.walk->facts.size();
    out.matters_held.assign(facts, false), out.could_lead_to.assign(facts, 0);
    matter(held, out.matters_held, out);
    out.matters = out.matters_held;
    if (open.tests) matter(live, out.matters, out);
    out.stand = stand;
    if (!all) return out;
    std::vector<OutcomeSet> possible;
    for (const Verdict& v : live) possible.push_back(v.possible);
    out.enough = fewest_answers(variables(), possible);
    return out;
  }

  const OpenLine& open;
  const Row of_case;
  uint32_t count;
  std::span<const Choice> chosen;        // in place of all completions
  std::vector<Verdict> live, held;       // held: while tests of the record stay as they are in the record
  std::vector<RuleAt> stand;             // while they do
  std::vector<GivingRule> giving;        // in the first one, while they do

 private:
  // Which verdicts are the same; an open one is like no other.
  static std::vector<uint32_t> numbered(const std::vector<Verdict>& verdicts) {
    std::vector<uint32_t> out, different;
    for (uint32_t x = 0; x < verdicts.size(); ++x) {
      const auto same = std::find_if(different.begin(), different.end(), [&](uint32_t y) { return verdicts[x].same_as(verdicts[y]); });
      out.push_back(same == different.end() ? x : *same);
      if (out.back() == x && !verdicts[x].open) different.push_back(x);
    }
    return out;
  }

  // A fact matters if completions that agree in all but its variables end differently. Of those, the first has the first value of
  // each such variable.
  void matter(const std::vector<Verdict>& verdicts, std::vector<bool>& matters, Tried& out) const {
    const std::vector<uint32_t> number = numbered(verdicts);
    std::vector<uint32_t> first(count);
    std::vector<bool> differ(count);
    for (uint32_t f = 0; f < matters.size(); ++f) {
      differ.assign(count, false);
      first_of_groups(f, first);
      bool any = false;
      for (uint32_t x = 0; x < count; ++x) {
        if (number[x] == number[first[x]]) continue;
        differ[first[x]] = any = true;
      }
      if (!any) continue;
      matters[f] = true;
      for (uint32_t x = 0; x < count; ++x) {
        if (differ[first[x]]) out.could_lead_to[f] |= verdicts[x].possible;
      }
    }
  }

  // Of each completion, the first of those that agree with it in all but a fact's variables.
  void first_of_groups(uint32_t fact, std::vector<uint32_t>& first) const {
    std::vector<uint32_t> digit(variables().size(), 0);
    uint32_t at = 0;
    for (uint32_t x = 0; x < count; ++x) {
      first[x] = at;
      for (size_t k = 0; k < digit.size(); ++k) {
        const auto values = static_cast<uint32_t>(choices(variables()[k]));
        const uint32_t step = variables()[k].facts.contains(fact) ? 0 : strides_[k];
        if (++digit[k] < values) {
          at += step;
          break;
        }
        digit[k] = 0;
        at -= step * (values - 1);
      }
    }
  }

  std::vector<uint32_t> strides_;
};

// The instructions that rest on registers which are held at values, of those that decide; and what must be given to them.
struct Slice {
  std::vector<bool> only;
  std::vector<Id> given;
  std::vector<bool> is_given;    // by register
  bool makes_rows = false;       // or goes round: then all is run
};

Slice slice_of(const VerifiedProgram& program, std::span<const Pin> pins) {
  const Program& p = *program;
  const std::vector<bool>& decisive = program.prepared().decisive;
  Slice out;
  out.only.resize(p.code.size());
  out.is_given.resize(p.registers.size());
  std::vector<bool> computed(p.registers.size(), false);
  const auto give = [&](Id reg) {
    if (reg == none_id || computed[reg] || out.is_given[reg]) return;
    out.is_given[reg] = true;
    out.given.push_back(reg);
  };
  // Held on some rows: on others it may be computed.
  std::vector<bool> held(p.registers.size(), false), rests(p.registers.size(), false);
  for (const Pin& pin : pins) held[pin.reg] = true;
  for (size_t k = 0; k < p.code.size(); ++k) {
    const Inst& i = p.code[k];
    out.makes_rows |= i.op == Op::repeat || i.op == Op::scan || i.op == Op::unnest;
    if (out.makes_rows) return out;
    const auto args = std::span(p.operands).subspan(i.args, i.n);
    if (!decisive[k]) continue;
    if (held[i.dst]) rests[i.dst] = true;
    if (std::none_of(args.begin(), args.end(), [&](Id reg) { return rests[reg]; })) {
      if (held[i.dst]) give(i.dst);
      continue;
    }
    out.only[k] = rests[i.dst] = true;
    computed[i.dst] = true;
    for (const Id reg : args) give(reg);
  }
  for (const Block& b : p.blocks) {
    for (const Id reg : {b.scope, b.version_gate, b.item_scope, b.item_outcome, b.outcome}) give(reg);
    for (const Id r : b.rules) give(p.rules[r].stands), give(p.rules[r].equals_request);
  }
  return out;
}

// Adds the rules that are open on a line and stand in one of its completions. `copied(domain, row, x)`: where a row stands in the
// run of completions, of completion number x.
template <class Copied>
void add_standing(const Decisions& d, Row line, const Decisions& used, uint32_t completions, Copied copied, std::vector<RuleAt>& out) {
  const Program& p = **d.program;
  for (Id b = 0; b < p.blocks.size(); ++b) {
    const Block& block = p.blocks[b];
    const Truth scope = d.truth(block.scope, line), gate = d.truth(block.version_gate, line);
    if (scope == Truth::no || scope == Truth::none || gate == Truth::no || gate == Truth::none) continue;
    Row begin = line, end = line + 1;
    if (block.items != none_id) {
      begin = d.rows_of(block.items).first[line];
      end = d.rows_of(block.items).first[line + 1];
    }
    for (uint32_t rule = 0; rule < block.rules.size(); ++rule) {
      const Id stands = p.rules[block.rules[rule]].stands;
      for (Row row = begin; row < end; ++row) {
        if (d.truth(stands, row) != Truth::unknown) continue;
        uint32_t x = 0;
        while (x < completions && used.truth(stands, copied(p.registers[stands].domain, row, x)) != Truth::yes) ++x;
        if (x < completions) out.push_back({b, rule, row - begin});
      }
    }
  }
}

// Completions of several lines as one batch: line by line, each completion a copy of the line's case.
class Copies {
 public:
  Copies(const Decisions& d, std::span<Trying* const> lines) : d_(d), p_(**d.program), lines_(lines) {}

  // `hold`: tests of the record stay as they are. `rules`: whether it is wanted which of them stand.
  void run(const VerifiedProgram& program, bool hold, bool rules, Decisions& used) {
    std::vector<Row> cases;
    for (const Trying* t : lines_) cases.insert(cases.end(), t->count, t->of_case);
    std::vector<Pin> pins = this->pins(hold);
    std::stable_sort(pins.begin(), pins.end(), [](const Pin& a, const Pin& b) { return a.reg < b.reg; });
    const Slice slice = slice_of(program, pins);
    if (slice.makes_rows) {
      used = vm::run(program, copies(*d_.batch, cases), pins, &program.prepared().decisive, std::move(used));
    } else {
      const auto give = [&](Decisions& to) {
        to.pool = d_.pool;
        for (const Id reg : slice.given) copy(reg, to);
        for (const Pin& pin : pins) {
          if (slice.is_given[pin.reg]) put(to.own[pin.reg], pin.row, pin.value, to.pool);
        }
      };
      used = run_slice(program, copies(*d_.batch, cases, Copied::rows), pins, slice.only, give, std::move(used));
    }
    for (size_t k = 0; k < lines_.size(); ++k) {
      std::vector<Verdict>& verdicts = hold ? lines_[k]->held : lines_[k]->live;
      const Place& p = places(p_.lines_domain)[k];
      for (uint32_t x = 0; x < lines_[k]->count; ++x) {
        verdicts.push_back(verdict_of_completion(used, p.copied(lines_[k]->open.line, x), lines_[k]->is_complete(p_, x)));
      }
      if (!rules || hold != lines_[k]->open.tests) continue;
      lines_[k]->giving = giving_rules(used, p.copied(lines_[k]->open.line, 0), verdicts[0]);
      const auto copied = [&](Id domain, Row row, uint32_t x) { return domain == none_id ? 0 : places(domain)[k].copied(row, x); };
      add_standing(d_, lines_[k]->open.line, used, lines_[k]->count, copied, lines_[k]->stand);
    }
  }

 private:
  // The rows of a line's case in a domain, and where its copies begin.
  struct Place {
    Row first, size, begin;
    Row copied(Row row, uint32_t copy) const { return begin + copy * size + row - first; }
  };
  const std::vector<Place>& places(Id domain) {
    const auto [at, added] = places_.try_emplace(domain);
    if (!added) return at->second;
    Row begin = 0;
    for (const Trying* t : lines_) {
      const auto [first, end] = case_rows(d_, domain, t->of_case);
      at->second.push_back({first, end - first, begin});
      begin += (end - first) * t->count;
    }
    return at->second;
  }
  // A register's cells for all copies. What is the same on every row may be held at a value on one.
  void copy(Id reg, Decisions& to) {
    const Column& from = d_.column(reg);
    const Id domain = p_.registers[reg].domain;
    if (domain == none_id) {
      to.registers[reg] = &from;
      return;
    }
    const std::vector<Place>& places = this->places(domain);
    const auto rows = static_cast<uint32_t>(places.back().begin + places.back().size * lines_.back()->count);
    Column& own = to.own[reg];
    own.uniform = false;
    own.reset(from.type, rows);
    own.any_odd = from.any_odd;
    to.registers[reg] = &own;
    if (from.uniform) return gather(from, std::vector<Row>(rows, 0), own);
    copy_plane(from.p, places, own.p);
    if (from.type == Type::truth || from.any_odd) copy_plane(from.q, places, own.q);
    if (from.type == Type::truth) return;
    if (wide_cell(from.type)) copy_cells(from.cell8, places, own.cell8);
    else copy_cells(from.cell4, places, own.cell4);
  }
  void copy_plane(const Plane& from, const std::vector<Place>& places, Plane& to) const {
    PlaneWriter writer(to);
    for (size_t l = 0; l < places.size(); ++l) {
      const auto [first, size, begin] = places[l];
      if (size == 0) continue;
      const uint64_t once = bits(from.data(), first, std::min<Row>(size, 64));
      for (uint32_t x = 0; x < lines_[l]->count; ++x) {
        writer.add(once, std::min<Row>(size, 64));
        for (Row r = 64; r < size; r += 64) {
          const Row n = std::min<Row>(size - r, 64);
          writer.add(bits(from.data(), first + r, n), n);
        }
      }
    }
    writer.finish();
  }
  template <class Cell>
  void copy_cells(const std::vector<Cell>& from, const std::vector<Place>& places, std::vector<Cell>& to) const {
    auto at = to.begin();
    for (size_t l = 0; l < places.size(); ++l) {
      const auto begin = from.begin() + places[l].first;
      for (uint32_t x = 0; x < lines_[l]->count; ++x) at = std::copy(begin, begin + places[l].size, at);
    }
  }

  std::vector<Pin> pins(bool hold) {
    std::vector<Pin> out;
    for (size_t l = 0; l < lines_.size(); ++l) {
      const Trying& t = *lines_[l];
      for (size_t k = 0; k < t.variables().size(); ++k) {
        const Variable& v = t.variables()[k];
        if (!can_choose(p_, v) || (hold && v.test)) continue;
        const Place& p = places(p_.registers[v.cell.reg].domain)[l];
        for (uint32_t x = 0; x < t.count; ++x) out.push_back({v.cell.reg, p.copied(v.cell.row, x), t.value(d_, k, x)});
      }
      if (!hold) continue;
      for (const Inst& i : p_.code) {
        if (!tests_record(i.op) || i.domain == none_id) continue;
        const Place& p = places(i.domain)[l];
        for (Row r = p.first; r < p.first + p.size; ++r) {
          if (bit(d_.rows_of(i.domain).phantom, r)) continue;   // of what is not recorded nothing is said as the record stands
          for (uint32_t x = 0; x < t.count; ++x) out.push_back({i.dst, p.copied(r, x), box(d_.truth(i.dst, r))});
        }
      }
    }
    return out;
  }

  const Decisions& d_;
  const Program& p_;
  const std::span<Trying* const> lines_;
  std::map<Id, std::vector<Place>> places_;
};

}  // namespace

uint32_t completions_of(const std::vector<Variable>& variables) {
  uint64_t n = 1;
  for (const Variable& v : variables) n = std::min<uint64_t>(n * choices(v), UINT32_MAX);
  return static_cast<uint32_t>(n);
}

namespace {

// Of each line what a few attempts tell, if they do.
std::vector<std::optional<Tried>> try_some(const VerifiedProgram& program, const Decisions& d, std::span<const OpenLine> lines,
                                           uint32_t most, Decisions& used) {
  std::vector<Attempts> attempts;
  std::vector<Trying> trying;
  std::vector<Trying*> some;
  attempts.reserve(lines.size()), trying.reserve(lines.size());
  for (const OpenLine& each : lines) {
    const Attempts& of = attempts.emplace_back(*program, each, completions_of(each.walk->variables) <= most);
    Trying& t = trying.emplace_back(each, d.ancestor(program->lines_domain, each.line, 0), of.choices());
    if (t.count > 0) some.push_back(&t);
  }
  if (!some.empty()) Copies(d, some).run(program, false, false, used);
  std::vector<std::optional<Tried>> out(lines.size());
  for (size_t k = 0; k < lines.size(); ++k) {
    if (trying[k].count > 0) out[k] = attempts[k].told(*program, trying[k].live);
  }
  return out;
}

void try_all(const VerifiedProgram& program, const Decisions& d, std::span<Trying* const> lines, bool rules, Decisions& used) {
  // Those with many completions apart: few instructions rest on what one line leaves open.
  constexpr uint32_t many = 64;
  std::vector<Trying*> few, testing;
  for (Trying* const t : lines) {
    if (t->count < many) few.push_back(t);
    else Copies(d, {&t, 1}).run(program, false, rules, used);
    if (t->open.tests) testing.push_back(t);
  }
  if (!few.empty()) Copies(d, few).run(program, false, rules, used);
  if (!testing.empty()) Copies(d, testing).run(program, true, rules, used);
}

}  // namespace

std::vector<Tried> try_completions(const VerifiedProgram& program, const Decisions& d, std::span<const OpenLine> lines, Settle how,
                                   uint32_t most, Decisions& used) {
  const bool all = how == Settle::all, rules = how != Settle::outcome;
  std::vector<std::optional<Tried>> told(lines.size());
  if (how == Settle::outcome) told = try_some(program, d, lines, most, used);
  std::vector<Trying> trying;
  for (const OpenLine& each : lines) trying.emplace_back(each, d.ancestor(program->lines_domain, each.line, 0));
  std::vector<Trying*> one_by_one;
  for (size_t k = 0; k < lines.size(); ++k) {
    if (!told[k] && trying[k].count <= most) one_by_one.push_back(&trying[k]);
  }
  try_all(program, d, one_by_one, rules, used);
  std::vector<Tried> out;
  for (size_t k = 0; k < lines.size(); ++k) {
    if (told[k]) out.push_back(std::move(*told[k]));
    else if (trying[k].count > most) out.push_back(try_as_tree(program, d, lines[k], most, rules, used));
    else out.push_back(trying[k].result(all));
  }
  return out;
}

// What is the same on every row has no cell that could be held.
bool can_choose(const Program& p, const Variable& v) { return !v.values.empty() && p.registers[v.cell.reg].domain != none_id; }

bool nothing_left_open(const Program& p, const Walk& walk) {
  return !walk.reads_outcomes &&
         std::all_of(walk.variables.begin(), walk.variables.end(), [&](const Variable& v) { return can_choose(p, v); });
}

std::vector<Verdict> run_choices(const VerifiedProgram& program, const Decisions& d, const OpenLine& line, std::span<const Choice> choices,
                                 bool hold, Decisions& used) {
  Trying t(line, d.ancestor(program->lines_domain, line.line, 0), choices);
  Trying* const one = &t;
  Copies(d, {&one, 1}).run(program, hold, false, used);
  return hold ? std::move(t.held) : std::move(t.live);
}

CopiedRow copied_row(const Decisions& d, Id domain, Row row) {
  if (domain == none_id) return {0, 0};
  const auto [first, end] = case_rows(d, domain, d.ancestor(domain, row, 0));
  return {row - first, end - first};
}

void add_standing(const Decisions& d, Row line, const Decisions& used, std::span<const uint32_t> copies, std::vector<RuleAt>& out) {
  const auto copied = [&](Id domain, Row row, uint32_t x) { return copied_row(d, domain, row).in(copies[x]); };
  add_standing(d, line, used, static_cast<uint32_t>(copies.size()), copied, out);
}

Tried nothing_to_try(const Decisions& d, Row line, const Verdict& v) {
  Tried out;
  out.possible = v.possible;
  if (v.open) return out;
  out.one = v;
  out.giving = giving_rules(d, line, v);
  return out;
}

}  // namespace rubric::vm
