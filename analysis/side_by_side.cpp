#include "analysis/side_by_side.h"

#include "vm/verdict.h"

#include <algorithm>
#include <set>

namespace rubric::analysis {
namespace {

using vm::Id;
using vm::none_id;
using vm::Row;
using vm::Truth;

using What = SideBySide::Glimpse::What;

constexpr uint64_t prime = 0x100000001b3;   // FNV's
constexpr size_t most_joined = 48;   // one run's registers have to stay near

std::shared_ptr<const vm::Batch> loaded(const vm::Program& p, const std::vector<std::string>& records, const std::string& as_of) {
  vm::Loader loader(p, as_of);
  for (const std::string& record : records) loader.add(record, "");
  return std::make_shared<const vm::Batch>(loader.take());
}

bool is_limited(const vm::Decisions& d, Row c) { return (d.limited[c / 64] >> (c % 64) & 1) != 0; }

// Whether a block decides something of the line that a row belongs to, or may.
bool is_in_scope(const vm::Decisions& d, const vm::Program& p, Id block, Id rows, Row r) {
  const Row line = rows == p.lines_domain ? r : d.ancestor(rows, r, p.lines_domain);
  return d.truth(p.blocks[block].scope, line) != Truth::no;
}

// What a block makes of what is open, beside the registers of its clauses.
std::vector<std::tuple<std::string, uint32_t, uint32_t>> end_of(const vm::Program& p, const vm::Block& block) {
  std::vector<std::tuple<std::string, uint32_t, uint32_t>> out;
  const auto text = [&](Id id) { return id == none_id ? std::string() : p.texts[id]; };
  out.emplace_back("", static_cast<uint32_t>(block.fold), static_cast<uint32_t>(block.rules.size()));
  for (const auto& [review, outcome] : block.when_undetermined) out.emplace_back(text(review), outcome, 0);
  for (const Id id : block.rules) {
    const vm::Rule& rule = p.rules[id];
    out.emplace_back(text(rule.name), rule.outcome, static_cast<uint32_t>(rule.exceptions.size()));
    for (const Id condition : rule.subject_to) out.emplace_back(text(p.conditions[condition].name), 0, 0);
    if (rule.modification == none_id) continue;
    for (const auto& [field, reg] : p.modifications[rule.modification].fields) out.emplace_back(text(field), reg, 0);
  }
  return out;
}

}  // namespace

SideBySide::SideBySide(vm::VerifiedProgram policy, std::vector<vm::VerifiedProgram> variations)
    : policy_(std::move(policy)), programs_(std::move(variations)), places_(programs_.size()) {
  for (size_t from = 0; from < programs_.size(); from += most_joined) {
    std::vector<size_t> list;
    for (size_t k = from; k < std::min(from + most_joined, programs_.size()); ++k) list.push_back(k);
    make_group(std::move(list));
  }
  for (Place& place : places_) pair_up(place);
}

void SideBySide::make_group(std::vector<size_t> variations) {
  std::vector<vm::VerifiedProgram> all = {policy_};
  for (const size_t k : variations) all.push_back(programs_[k]);
  auto joined = vm::join(all);
  if (!joined && variations.size() > 1) {   // together they are too large
    const auto half = variations.begin() + static_cast<std::ptrdiff_t>(variations.size() / 2);
    make_group({variations.begin(), half});
    make_group({half, variations.end()});
    return;
  }
  for (size_t at = 0; at < variations.size(); ++at) places_[variations[at]] = {groups_.size(), at, {}};
  groups_.push_back({std::move(joined), std::move(variations), false, {}, {}});
}

// Clauses are told by their names, and of versions in force at different times by their order.
void SideBySide::pair_up(Place& place) {
  const Group& group = groups_[place.group];
  const vm::Program &a = *ours(group), &b = *theirs(group, place.at);
  const bool one_numbering = group.joined.has_value();
  const auto add = [&](Id x, Id y, Id our_block, Id their_block, Id our_rows, Id their_rows, What what) {
    if (!one_numbering || x != y) place.pairs.push_back({x, y, our_block, their_block, our_rows, their_rows, what});
  };
  const auto clauses = [&](const auto& x, const auto& y, const auto& registers, What what) {
    using Named = std::map<std::tuple<std::string, std::string, size_t>, Id>;
    const auto named = [](const vm::Program& p, const auto& list) {
      Named out;
      for (Id id = 0; id < list.size(); ++id) {
        const vm::Block& block = p.blocks[list[id].block];
        std::tuple key(block.name == none_id ? "" : p.texts[block.name], p.texts[list[id].name], size_t{0});
        while (!out.try_emplace(key, id).second) ++std::get<2>(key);
      }
      return out;
    };
    const Named ours = named(a, x), theirs = named(b, y);
    for (const auto& [key, id] : ours) {
      const auto other = theirs.find(key);
      const auto& mine = x[id];
      for (const auto reg : registers) {
        if (other == theirs.end()) add(mine.*reg, none_id, mine.block, none_id, mine.domain, none_id, what);
        else add(mine.*reg, y[other->second].*reg, mine.block, y[other->second].block, mine.domain, y[other->second].domain, what);
      }
    }
    for (const auto& [key, id] : theirs) {
      if (ours.contains(key)) continue;
      for (const auto reg : registers) add(none_id, y[id].*reg, none_id, y[id].block, none_id, y[id].domain, what);
    }
  };
  for (Id k = 0; k < a.blocks.size() && k < b.blocks.size(); ++k) {
    const vm::Block &x = a.blocks[k], &y = b.blocks[k];
    add(x.outcome, y.outcome, k, k, x.lines, y.lines, What::outcome);
    add(x.scope, y.scope, k, k, x.lines, y.lines, What::rule);
    place.other_end |= end_of(a, x) != end_of(b, y);
    add(x.version_gate, y.version_gate, k, k, x.lines, y.lines, What::rule);
  }
  clauses(a.criteria, b.criteria, std::initializer_list<Id vm::Criterion::*>{&vm::Criterion::value, &vm::Criterion::applicable},
          What::status);
  clauses(a.rules, b.rules, std::initializer_list<Id vm::Rule::*>{&vm::Rule::fires, &vm::Rule::stands}, What::rule);
}

void SideBySide::run(const std::vector<std::string>& records, const std::string& as_of, const std::vector<size_t>& wanted) {
  records_ = records;
  as_of_ = as_of;
  our_traces_.clear();
  for (size_t g = 0; g < groups_.size(); ++g) {
    Group& group = groups_[g];
    std::vector<size_t> members;
    for (const size_t k : wanted) {
      if (places_[k].group == g) members.push_back(places_[k].at + 1);
    }
    group.ran = !members.empty();
    if (!group.ran) continue;
    if (group.joined) {
      members.push_back(0);
      const std::vector<bool> code = group.joined->only(members);
      group.run = vm::run(group.joined->whole, loaded(*group.joined->whole, records, as_of), {}, &code, std::move(group.run));
    } else {
      group.run = vm::run(policy_, loaded(*policy_, records, as_of), {}, nullptr, std::move(group.run));
      const vm::VerifiedProgram& other = theirs(group, 0);
      group.alone = vm::run(other, loaded(*other, records, as_of), {}, nullptr, std::move(group.alone));
    }
  }
}

std::vector<SideBySide::Glimpse> SideBySide::glimpses(size_t variation) const {
  const Place& place = places_[variation];
  const Group& group = groups_[place.group];
  const vm::Decisions &x = group.run, &y = group.theirs();
  const vm::Program &a = *ours(group), &b = *theirs(group, place.at);
  constexpr auto nothing = static_cast<What>(0xff);
  std::vector<Glimpse> found;
  for (Row c = 0; c < records_.size(); ++c) found.push_back({nothing, c, 0});
  std::vector<uint64_t> open(records_.size());
  for (size_t k = 0; k < place.pairs.size(); ++k) {
    const Pair& pair = place.pairs[k];
    const bool mine = pair.ours != none_id, others = pair.theirs != none_id;
    if (!mine && !others) continue;
    const uint64_t shape = uint64_t{1} << (k % 64);
    const vm::Decisions& d = mine ? x : y;
    const vm::Program& p = mine ? a : b;
    const Id domain = mine ? pair.our_rows : pair.their_rows, block = mine ? pair.our_block : pair.their_block;
    const vm::DomainRows& rows = d.rows_of(domain);
    const bool same_rows = !mine || !others || y.rows_of(pair.their_rows).rows == rows.rows;
    const vm::Column *const left = mine ? &x.column(pair.ours) : nullptr, *const right = others ? &y.column(pair.theirs) : nullptr;
    for (Row r = 0; r < rows.rows; ++r) {
      if (vm::bit(rows.phantom, r)) continue;
      bool differs = !same_rows, is_unknown = false;
      if (same_rows && pair.what == What::outcome) {
        differs = left->cell8[left->at(r)] != right->cell8[right->at(r)];
      } else if (same_rows) {
        // What one program alone has differs where it is more than not met.
        const Truth t = left ? left->truth(r) : Truth::no, u = right ? right->truth(r) : Truth::no;
        differs = t != u;
        is_unknown = (t != Truth::yes && t != Truth::no) || (u != Truth::yes && u != Truth::no);
      }
      if (!differs && !is_unknown) continue;
      const Row c = d.ancestor(domain, r, 0);
      if (d.batch->info[c].rejected) continue;
      const bool in_scope =
          is_in_scope(d, p, block, domain, r) || (mine && others && same_rows && is_in_scope(y, b, pair.their_block, pair.their_rows, r));
      if (!in_scope) continue;
      if (is_unknown) open[c] |= shape;
      if (!differs) continue;
      found[c].what = std::min(found[c].what, pair.what);
      found[c].alike |= shape;
    }
  }
  for (Glimpse& g : found) {
    const Row c = g.case_row;
    if (g.what != nothing || x.batch->info[c].rejected) continue;
    const bool limited = is_limited(x, c) || is_limited(y, c);
    if (!limited && (!(open[c] || place.other_end) || !(is_open(x, a, c) || is_open(y, b, c)))) continue;
    g.what = What::open;
    g.alike = open[c];
  }
  std::erase_if(found, [](const Glimpse& g) { return g.what == nothing; });
  for (Glimpse& g : found) g.alike = g.alike * prime ^ statuses(x, a, g.case_row);
  std::stable_sort(found.begin(), found.end(), [](const Glimpse& g, const Glimpse& h) { return g.what < h.what; });
  return found;
}

// What is known of a case's lines, as a number.
uint64_t SideBySide::statuses(const vm::Decisions& d, const vm::Program& p, Row c) {
  uint64_t out = 0;
  const vm::DomainRows& lines = d.rows_of(p.lines_domain);
  for (Row line = lines.first[c]; line < lines.first[c + 1]; ++line) {
    const auto add = [&](Id reg) { out = (out ^ static_cast<uint64_t>(d.truth(reg, line))) * prime; };
    for (const vm::Block& block : p.blocks) {
      add(block.scope), add(block.version_gate);
      for (const Id id : block.criteria) {
        if (p.criteria[id].domain == p.lines_domain) add(p.criteria[id].applicable), add(p.criteria[id].value);
      }
      for (const Id id : block.rules) {
        if (p.rules[id].domain == p.lines_domain) add(p.rules[id].stands);
      }
    }
  }
  return out;
}

// Whether rules leave the outcome of a line open.
bool SideBySide::is_open(const vm::Decisions& d, const vm::Program& p, Row c) {
  const vm::DomainRows& lines = d.rows_of(p.lines_domain);
  for (Row line = lines.first[c]; line < lines.first[c + 1]; ++line) {
    if (vm::bit(lines.phantom, line)) continue;
    for (const vm::Block& block : p.blocks) {
      const Truth scope = d.truth(block.scope, line), in_force = d.truth(block.version_gate, line);
      if (scope == Truth::no || in_force == Truth::no) continue;
      const vm::Column& outcome = d.column(block.outcome);
      if (scope != Truth::yes || in_force != Truth::yes || !vm::has_one(static_cast<vm::OutcomeSet>(outcome.cell8[outcome.at(line)])))
        return true;
    }
  }
  return false;
}

vm::Trace SideBySide::traced(vm::Decisions& d, const vm::VerifiedProgram& as, const vm::VerifiedProgram& alone, Row c) const {
  // What is too large for all together may not be for one.
  if (is_limited(d, c)) return vm::trace(vm::run(alone, loaded(*alone, {records_[c]}, as_of_)), 0);
  const vm::VerifiedProgram* const whole = d.program;
  vm::seen_as(d, as);
  vm::Trace out = vm::trace(d, c);
  vm::seen_as(d, *whole);
  return out;
}

const vm::Trace& SideBySide::policy_trace(Row c) {
  const auto known = our_traces_.find(c);
  if (known != our_traces_.end()) return known->second;
  Group& group = *std::find_if(groups_.begin(), groups_.end(), [](const Group& g) { return g.ran; });
  return our_traces_.emplace(c, traced(group.run, ours(group), policy_, c)).first->second;
}

vm::Trace SideBySide::trace(size_t variation, Row c) {
  const Place& place = places_[variation];
  Group& group = groups_[place.group];
  return traced(group.theirs(), theirs(group, place.at), programs_[variation], c);
}

}  // namespace rubric::analysis
