#include "analysis/points.h"

#include "analysis/possible_truths.h"
#include "vm/opcodes.h"
#include "vm/outcomes.h"
#include "vm/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace rubric::analysis {
namespace {

using vm::Id;
using vm::none_id;
using vm::Op;
using vm::Row;
using vm::Truth;

vm::Outcome concluded(const vm::Rule& r) {
  const auto outcome = static_cast<vm::Outcome>(r.outcome);
  return outcome == vm::Outcome::approve && !r.subject_to.empty() ? vm::Outcome::approve_with_conditions : outcome;
}

char letter(Truth t) { return "UTFN"[static_cast<size_t>(t)]; }

// Where each row of a domain belongs.
struct Places {
  std::vector<Row> case_of, line_of;   // no line: no_row
  std::vector<bool> phantom;           // it, or what it stands in, stands for rows that are not recorded
};

class AllPlaces {
 public:
  explicit AllPlaces(const vm::Decisions& d) : d_(d), p_(**d.program) {}

  const Places& of(Id domain) {
    auto [found, added] = places_.try_emplace(domain);
    Places& out = found->second;
    if (!added) return out;
    const vm::DomainRows& rows = d_.rows_of(domain);
    const Id parent = p_.domains[domain].parent;
    const Places* const above_it = parent == none_id ? nullptr : &of(parent);
    for (Row r = 0; r < rows.rows; ++r) {
      const Row up = above_it ? rows.up[r] : r;
      out.case_of.push_back(above_it ? above_it->case_of[up] : r);
      out.line_of.push_back(domain == p_.lines_domain ? r : above_it ? above_it->line_of[up] : vm::no_row);
      out.phantom.push_back((!rows.phantom.empty() && vm::bit(rows.phantom, r)) || (above_it && above_it->phantom[up]));
    }
    return out;
  }

 private:
  const vm::Decisions& d_;
  const vm::Program& p_;
  std::map<Id, Places> places_;        // a node stays where it is
};

}  // namespace

std::string_view words(Subject::Kind kind) {
  switch (kind) {
    case Subject::Kind::criterion: return "criterion";
    case Subject::Kind::rule: return "rule";
    case Subject::Kind::exception: return "exception";
    case Subject::Kind::outcome: return "outcome";
    case Subject::Kind::threshold: return "threshold";
    case Subject::Kind::codes: return "codes";
    case Subject::Kind::condition: return "condition";
  }
  return "";
}

std::vector<std::pair<Truths, Truths>> deciding_pairs(const std::set<Truths>& seen, size_t members) {
  std::vector<std::pair<Truths, Truths>> out(members);
  size_t left = members;
  for (auto a = seen.begin(); a != seen.end() && left; ++a) {
    for (auto b = std::next(a); b != seen.end() && left; ++b) {
      if (a->back() == b->back()) continue;
      size_t differ = 0, which = 0;
      for (size_t k = 0; k < members && differ < 2; ++k) {
        if ((*a)[k] != (*b)[k]) ++differ, which = k;
      }
      if (differ != 1 || !out[which].first.empty()) continue;
      out[which] = {*a, *b};
      --left;
    }
  }
  return out;
}

Points::Points(const vm::Program& p)
    : p_(p), made_(p.registers.size(), nullptr), site_(p.registers.size(), nullptr), truths_(possible_truths(p)) {
  for (const vm::Inst& i : p.code) {
    if (i.dst != none_id && i.op != Op::repeat && i.op != Op::scan) made_[i.dst] = &i;
  }
  for (const vm::Site& s : p.sites) {
    if (s.value != none_id && !site_[s.value]) site_[s.value] = &s;
  }
  find_criteria();
  find_rules();
  find_outcomes();
  find_thresholds();
  find_codes();
  find_conditions();
}

void Points::add(Subject subject, Reading reading) {
  subject.impossible.resize(subject.states.size());
  subjects_.push_back(std::move(subject));
  readings_.push_back(std::move(reading));
}

// Moves to other rows and the filter's reading of none change no truth that was there.
Id Points::plain(Id reg) const {
  while (made_[reg] && (made_[reg]->op == Op::up || made_[reg]->op == Op::src || made_[reg]->op == Op::keep))
    reg = p_.operands[made_[reg]->args];
  return reg;
}

std::vector<std::string> Points::excluded(const std::vector<bool>& possible, std::string_view why) const {
  std::vector<std::string> out;
  for (const bool p : possible) out.emplace_back(p ? "" : why);
  return out;
}

void Points::find_criteria() {
  for (const vm::Block& block : p_.blocks) {
    for (const Id id : block.criteria) {
      const vm::Criterion& c = p_.criteria[id];
      const uint8_t value = truths_[c.computed_value], applies = truths_[c.computed_applicable];
      Subject s{Subject::Kind::criterion, name(c.name), c.span, {}, {}};
      for (const vm::Status each : {vm::Status::met, vm::Status::not_met, vm::Status::undetermined, vm::Status::not_applicable})
        s.states.emplace_back(json_name(each));
      s.impossible =
          excluded({(value & can_be_true) != 0 && (applies & can_be_true), (value & can_be_false) != 0 && (applies & can_be_true),
                    ((value | applies) & (can_be_unknown | can_be_none)) != 0, (applies & can_be_false) != 0},
                   "what it is made from cannot give it");
      // What has no `applies when` and no exception does not apply because a person says so, or not at all.
      if (!(applies & can_be_false)) s.states.pop_back(), s.impossible.pop_back();
      Reading r;
      r.a = c.computed_value, r.applicable = c.computed_applicable, r.domain = c.domain, r.block = c.block;
      add(std::move(s), r);
    }
  }
}

void Points::find_rules() {
  for (const vm::Rule& rule : p_.rules) {
    const uint8_t fires = truths_[rule.fires], stand = truths_[rule.stands];
    Subject s{rule.is_exception ? Subject::Kind::exception : Subject::Kind::rule, name(rule.name), rule.span, {}, {}};
    for (const vm::RuleState each : {vm::RuleState::stands, vm::RuleState::does_not_fire, vm::RuleState::open, vm::RuleState::defeated})
      s.states.emplace_back(json_name(each));
    s.impossible = excluded(
        {(stand & can_be_true) != 0, (fires & can_be_false) != 0, (stand & (can_be_unknown | can_be_none)) != 0, !rule.exceptions.empty()},
        "what it is made from cannot give it");
    if (rule.exceptions.empty()) s.states.pop_back(), s.impossible.pop_back();
    Reading r;
    r.a = rule.fires, r.b = rule.stands, r.domain = rule.domain, r.block = rule.block;
    add(std::move(s), r);
  }
}

void Points::find_outcomes() {
  const auto wanted = [&](vm::Outcome o) {
    const auto [where, added] = outcomes_.try_emplace(static_cast<uint8_t>(o), static_cast<uint32_t>(subjects_.size()));
    if (added) add({Subject::Kind::outcome, std::string(vm::outcome_row(o).json), {no_file, 0, 0}, {"seen"}, {}}, {});
  };
  for (const vm::Rule& r : p_.rules) {
    if (r.outcome == vm::no_outcome) continue;
    wanted(concluded(r));
  }
}

uint32_t Points::outcome_state(vm::Outcome o) const {
  const auto found = outcomes_.find(static_cast<uint8_t>(o));
  return found == outcomes_.end() ? no_state : found->second;
}

void Points::find_thresholds() {
  for (Threshold& t : thresholds_of(p_)) {
    Subject s{Subject::Kind::threshold, t.name, t.span, {"below", "at", "above"}, {}};
    s.impossible.assign(t.impossible.begin(), t.impossible.end());
    const auto reading = [&](Threshold each) {
      Reading r;
      r.domain = each.domain, r.threshold = thresholds_.size();
      thresholds_.push_back(std::move(each));
      return r;
    };
    const std::vector<Threshold> others = t.also;
    add(std::move(s), reading(std::move(t)));
    for (const Threshold& each : others) also_.emplace_back(static_cast<uint32_t>(subjects_.size() - 1), reading(each));
  }
}

const Threshold* Points::threshold(uint32_t subject) const {
  return subjects_[subject].kind == Subject::Kind::threshold ? &thresholds_[readings_[subject].threshold] : nullptr;
}

std::string Points::distance_words(uint32_t subject, int64_t from) const {
  return subjects_[subject].kind == Subject::Kind::threshold ? analysis::distance_words(thresholds_[readings_[subject].threshold], from)
                                                             : "";
}

void Points::find_codes() {
  std::set<std::string> seen;
  for (const vm::Inst& i : p_.code) {
    if (i.op != Op::in_set && i.op != Op::in_set_on) continue;
    const vm::Table& table = p_.tables[i.imm];
    Subject s{Subject::Kind::codes, "", {no_file, 0, 0}, {"in", "out"}, {}};
    if (site_[i.dst]) s.name = name(site_[i.dst]->text), s.span = site_[i.dst]->span;
    else if (table.name != none_id && !name(table.name).empty()) s.name = name(table.name);
    if (s.name.empty() || !seen.insert(s.name).second) continue;
    Reading r;
    r.a = i.dst, r.domain = i.domain;
    add(std::move(s), r);
  }
}

void Points::find_conditions() {
  // Groups of criteria.
  for (const vm::Criterion& c : p_.criteria) {
    if (c.members.size() < 2 || c.kind == vm::CriterionKind::choice) continue;
    Subject s{Subject::Kind::condition, name(c.name), c.span, {}, {}};
    Reading r;
    r.result = c.computed_value, r.applicable = c.computed_applicable, r.domain = c.domain, r.block = c.block;
    for (const Id m : c.members) {
      s.states.push_back(name(p_.criteria[m].name));
      r.members.emplace_back(p_.criteria[m].value, p_.criteria[m].applicable);
    }
    if (std::all_of(c.members.begin(), c.members.end(), [&](Id m) { return p_.criteria[m].domain == c.domain; })) add(std::move(s), r);
  }
  // What rules say of criteria.
  for (const vm::Rule& rule : p_.rules) {
    Subject s{Subject::Kind::condition, name(rule.name), rule.span, {}, {}};
    Reading r;
    r.result = rule.fires, r.domain = rule.domain, r.block = rule.block;
    for (const Id c : rule.reads) {
      if (p_.criteria[c].domain != rule.domain) continue;
      s.states.push_back(name(p_.criteria[c].name));
      r.members.emplace_back(p_.criteria[c].value, p_.criteria[c].applicable);
    }
    std::vector<Id> waiting = {rule.fires};
    while (!waiting.empty()) {
      const vm::Inst* const made = made_[waiting.back()];
      waiting.pop_back();
      for (uint32_t k = 0; made && made->op == Op::truth_and && k < made->n; ++k) {
        const Id reg = p_.operands[made->args + k];
        if (!site_[plain(reg)]) {
          waiting.push_back(reg);
        } else if (const std::string words = name(site_[plain(reg)]->text); !words.empty()) {
          s.states.push_back(words);
          r.members.emplace_back(reg, none_id);
        }
      }
    }
    if (r.members.size() >= 2) add(std::move(s), r);
  }
  // Conditions inside of criteria, each once.
  std::set<std::string> seen;
  for (const vm::Inst& i : p_.code) {
    if (i.op != Op::truth_and && i.op != Op::truth_or) continue;
    Subject s{Subject::Kind::condition, "", {no_file, 0, 0}, {}, {}};
    Reading r;
    r.result = i.dst, r.domain = i.domain;
    for (uint32_t k = 0; k < i.n; ++k) {
      const Id reg = p_.operands[i.args + k];
      const Id shown = made_[plain(reg)] && made_[plain(reg)]->op == Op::truth_not && !site_[plain(reg)]
                           ? plain(p_.operands[made_[plain(reg)]->args])
                           : plain(reg);
      if (!site_[shown] || made_[shown] == nullptr) continue;
      const std::string words = name(site_[shown]->text);
      if (words.empty()) continue;
      s.states.push_back(words);
      s.name += (s.name.empty() ? "" : i.op == Op::truth_and ? " and " : " or ") + words;
      if (s.span.file == no_file) s.span = site_[shown]->span;
      r.members.emplace_back(reg, none_id);
    }
    if (r.members.size() < 2 || !seen.insert(s.name).second) continue;
    add(std::move(s), r);
  }
}

std::vector<Points::Way> Points::ways(uint32_t subject, uint32_t state) const {
  const Reading& r = readings_[subject];
  const auto way = [&](std::vector<std::pair<Id, Truth>> truths) {
    Way out;
    out.domain = r.domain, out.block = r.block, out.truths = std::move(truths);
    return out;
  };
  switch (subjects_[subject].kind) {
    case Subject::Kind::criterion:
      if (state == not_applicable) return {way({{r.applicable, Truth::no}})};
      if (state == met) return {way({{r.applicable, Truth::yes}, {r.a, Truth::yes}})};
      if (state == not_met) return {way({{r.applicable, Truth::yes}, {r.a, Truth::no}})};
      return {way({{r.applicable, Truth::yes}, {r.a, Truth::unknown}}), way({{r.applicable, Truth::unknown}})};
    case Subject::Kind::rule:
    case Subject::Kind::exception:
      if (state == stands) return {way({{r.b, Truth::yes}})};
      if (state == does_not_fire) return {way({{r.a, Truth::no}})};
      if (state == defeated) return {way({{r.a, Truth::yes}, {r.b, Truth::no}})};
      return {way({{r.b, Truth::unknown}})};
    case Subject::Kind::codes: return {way({{r.a, state == within ? Truth::yes : Truth::no}})};
    case Subject::Kind::threshold: {
      const auto there = [&](const Reading& on) {
        Way out = way({});
        out.domain = on.domain;
        out.threshold = &thresholds_[on.threshold];
        out.steps = state == at ? 0 : state == below ? -1 : 1;
        return out;
      };
      std::vector<Way> out = {there(r)};
      for (const auto& [of, other] : also_) {
        if (of == subject) out.push_back(there(other));
      }
      return out;
    }
    case Subject::Kind::outcome: {
      // A rule with this outcome, and none with another.
      std::vector<Way> out;
      for (const vm::Rule& rule : p_.rules) {
        if (rule.outcome == vm::no_outcome || outcome_state(concluded(rule)) != subject) continue;
        Way one;
        one.domain = rule.domain, one.block = rule.block;
        one.truths.emplace_back(rule.stands, Truth::yes);
        if (rule.equals_request != none_id) one.truths.emplace_back(rule.equals_request, Truth::no);
        for (const Id other : p_.blocks[rule.block].rules) {
          const vm::Rule& o = p_.rules[other];
          if (o.outcome != vm::no_outcome && o.domain == rule.domain && outcome_state(concluded(o)) != subject)
            one.truths.emplace_back(o.stands, Truth::no);
        }
        out.push_back(std::move(one));
      }
      return out;
    }
    case Subject::Kind::condition: break;
  }
  return {};
}

std::vector<Points::Seen> Points::seen(const vm::Decisions& d) const {
  std::vector<Seen> out;
  AllPlaces all(d);
  for (uint32_t reading = 0; reading < readings_.size() + also_.size(); ++reading) {
    const uint32_t k = reading < readings_.size() ? reading : also_[reading - readings_.size()].first;
    const Subject& s = subjects_[k];
    const Reading& r = reading < readings_.size() ? readings_[k] : also_[reading - readings_.size()].second;
    if (s.kind == Subject::Kind::outcome || r.domain == none_id) continue;
    const uint32_t rows = d.rows_of(r.domain).rows;
    const Places& places = all.of(r.domain);
    for (Row row = 0; row < rows; ++row) {
      if (places.phantom[row]) continue;
      if (r.block != none_id) {
        const Row line = places.line_of[row];
        const vm::Block& block = p_.blocks[r.block];
        if (line == vm::no_row || d.truth(block.scope, line) != Truth::yes || d.truth(block.version_gate, line) != Truth::yes) continue;
        if (block.items == r.domain && block.item_scope != none_id && d.truth(block.item_scope, row) != Truth::yes) continue;
      }
      Seen seen{places.case_of[row], k, 0, {}, 0};
      switch (s.kind) {
        case Subject::Kind::criterion: {
          const Truth applies = d.truth(r.applicable, row), value = d.truth(r.a, row);
          seen.state = applies == Truth::no    ? not_applicable
                       : applies != Truth::yes ? undetermined
                       : value == Truth::yes   ? met
                       : value == Truth::no    ? not_met
                                               : undetermined;
          break;
        }
        case Subject::Kind::rule:
        case Subject::Kind::exception: {
          const Truth fires = d.truth(r.a, row), stand = d.truth(r.b, row);
          seen.state = stand == Truth::yes ? stands : fires == Truth::no ? does_not_fire : stand == Truth::no ? defeated : open;
          break;
        }
        case Subject::Kind::threshold: {
          const auto apart = distance(thresholds_[r.threshold], d, row);
          if (!apart) continue;
          const auto [from, step] = *apart;
          seen.distance = from;
          seen.state = from == 0 ? at : from < 0 && from >= -step ? below : from > 0 && from <= step ? above : no_state;
          // How far a count is off leads a search on, one row at a time.
          if (seen.state == no_state && step == 1 && from >= -far && from <= far)
            seen.state = first_far + static_cast<uint32_t>(from + far);
          break;
        }
        case Subject::Kind::codes: {
          const Truth in = d.truth(r.a, row);
          if (in != Truth::yes && in != Truth::no) continue;
          seen.state = in == Truth::yes ? within : outside;
          break;
        }
        case Subject::Kind::condition: {
          const auto of = [&](Id value, Id applicable) {
            if (applicable != none_id) {
              const Truth applies = d.truth(applicable, row);
              if (applies == Truth::no) return '-';
              if (applies != Truth::yes) return 'U';
            }
            return letter(d.truth(value, row));
          };
          for (const auto& [value, applicable] : r.members) seen.truths += of(value, applicable);
          seen.truths += of(r.result, r.applicable);
          seen.state = no_state;
          break;
        }
        case Subject::Kind::outcome: continue;
      }
      out.push_back(std::move(seen));
    }
  }
  for (const vm::Block& block : p_.blocks) {
    const Id reg = block.outcome;
    if (reg == none_id) continue;
    const Places& places = all.of(block.lines);
    for (Row row = 0; row < d.rows_of(block.lines).rows; ++row) {
      if (places.phantom[row] || d.truth(block.scope, row) != Truth::yes || d.truth(block.version_gate, row) != Truth::yes) continue;
      const vm::Column& column = d.column(reg);
      const auto set = static_cast<vm::OutcomeSet>(column.cell8[column.at(row)]);
      if (!vm::has_one(set)) continue;
      const uint32_t subject = outcome_state(vm::the_one(set));
      if (subject != no_state) out.push_back({places.case_of[row], subject, 0, {}, 0});
    }
  }
  return out;
}

}  // namespace rubric::analysis
