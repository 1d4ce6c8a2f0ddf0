#include "analysis/record_search.h"

#include <algorithm>

namespace rubric::analysis {
namespace {

constexpr size_t batch_of = 256;
constexpr size_t most_found = 6000;

}  // namespace

RecordSearch::RecordSearch(vm::VerifiedProgram program, const std::vector<Json>& seeds)
    : program_(std::move(program)), points_(*program_), space_(*program_), nearness_(*program_), dice_(1) {
  features_.push_back({Points::no_state, Points::no_state, {}});
  feature_of_.emplace(features_[0], decides_a_line);
  std::vector<Json> first = {space_.blank()};
  first.insert(first.end(), seeds.begin(), seeds.end());
  keep(std::move(first));
}

// A line that one block decides comes to what the block does.
bool RecordSearch::several_decide(const vm::Decisions& d, vm::Row case_row) const {
  const vm::Program& p = *program_;
  const std::vector<vm::Row> starts = d.case_starts(p.lines_domain);
  for (vm::Row line = starts[case_row]; line < starts[case_row + 1]; ++line) {
    const auto deciding =
        std::count_if(p.blocks.begin(), p.blocks.end(), [&](const vm::Block& b) { return d.truth(b.scope, line) != vm::Truth::no; });
    if (deciding > 1) return true;
  }
  return false;
}

std::vector<std::vector<uint32_t>> RecordSearch::shown(const std::vector<Json>& records) {
  vm::Loader loader(*program_, "");
  for (const Json& record : records) loader.add(record.dump(), "");
  const auto batch = std::make_shared<const vm::Batch>(loader.take());
  vm::Decisions d = vm::run(program_, batch, {}, nullptr, std::move(used_));
  std::vector<std::vector<uint32_t>> out(records.size());
  for (Points::Seen& seen : points_.seen(d)) {
    if (seen.state == Points::no_state && seen.truths.empty()) continue;
    if (batch->info.is_rejected(seen.case_row)) continue;
    const auto [at, added] =
        feature_of_.try_emplace({seen.subject, seen.state, std::move(seen.truths)}, static_cast<uint32_t>(features_.size()));
    if (added) features_.push_back(at->first);
    out[seen.case_row].push_back(at->second);
  }
  const vm::Program& p = *program_;
  if (!p.blocks.empty()) {
    const std::vector<vm::Row> starts = d.case_starts(p.lines_domain);
    for (size_t k = 0; k < records.size(); ++k) {
      for (vm::Row line = starts[k]; line < starts[k + 1] && !batch->info.is_rejected(static_cast<vm::Row>(k)); ++line) {
        const bool decided = std::any_of(p.blocks.begin(), p.blocks.end(), [&](const vm::Block& b) {
          const vm::Truth in_force = d.truth(b.version_gate, line);   // where it is not, the line is a gap
          return d.truth(b.scope, line) == vm::Truth::yes && (in_force == vm::Truth::yes || in_force == vm::Truth::no);
        });
        if (decided) out[k].push_back(decides_a_line);
      }
    }
  }
  for (size_t k = 0; settles_ && k < records.size(); ++k) {
    const auto is_outcome = [&](uint32_t f) {
      return f != decides_a_line && points_.subjects()[features_[f].subject].kind == Subject::Kind::outcome;
    };
    if (std::none_of(out[k].begin(), out[k].end(), is_outcome) || !several_decide(d, static_cast<vm::Row>(k))) continue;
    const vm::Trace trace = vm::trace(d, static_cast<vm::Row>(k), false);
    std::erase_if(out[k], [&](uint32_t f) {
      return is_outcome(f) && std::none_of(trace.lines.begin(), trace.lines.end(), [&](const vm::LineTrace& line) {
               return points_.outcome_state(line.outcome) == features_[f].subject;
             });
    });
  }
  for (auto& list : out) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  used_ = std::move(d);
  return out;
}

void RecordSearch::keep(std::vector<Json> records) { keep(records, shown(records)); }

void RecordSearch::keep(std::vector<Json>& records, std::vector<std::vector<uint32_t>> lists) {
  known_.resize(features_.size());
  for (size_t k = 0; k < records.size(); ++k) {
    // The first of all is kept whatever it shows, so that there is something to begin with.
    const bool fresh = found_.empty() || std::any_of(lists[k].begin(), lists[k].end(), [&](uint32_t f) { return !known_[f]; });
    if (!fresh || found_.size() >= most_found) continue;
    for (const uint32_t f : lists[k]) known_[f] = true;
    for (const uint32_t f : lists[k]) {
      const Feature& feature = features_[f];
      if (feature.truths.empty()) continue;
      Nearest& nearest = nearest_[feature.subject];
      nearest.met |= feature.truths.back() == 'T';
      const auto members = static_cast<size_t>(std::count(feature.truths.begin(), feature.truths.end(), 'T'));
      if (members >= nearest.members) nearest.members = members, nearest.found = found_.size(), nearest.truths = feature.truths;
      for (size_t m = 0; m + 1 < feature.truths.size(); ++m) {
        if (feature.truths[m] == 'T') nearest.meets[m] = found_.size();
      }
    }
    found_.push_back({std::move(records[k]), std::move(lists[k])});
  }
}

std::vector<Json> RecordSearch::candidates(size_t n) {
  std::vector<Json> out;
  std::vector<const Nearest*> near;
  for (const auto& [subject, nearest] : nearest_) {
    if (!nearest.met) near.push_back(&nearest);
  }
  const auto any = [&]() -> const Json& {
    // What was found last leads on more often.
    const size_t size = found_.size(), recent = std::min<size_t>(size, 40);
    return found_[dice_.one_in(2) ? size - 1 - dice_.below(recent) : dice_.below(size)].record;
  };
  if (found_.empty()) return out;
  while (out.size() < n) {
    if (!near.empty() && dice_.one_in(3)) {
      // What meets most of a condition, and a part of what meets another member of it.
      const Nearest& nearest = *near[dice_.below(near.size())];
      Json record = found_[nearest.found].record;
      const size_t member = dice_.below(nearest.truths.size() - 1);
      const auto other = nearest.meets.find(member);
      if (nearest.truths[member] != 'T' && other != nearest.meets.end()) space_.mix(record, found_[other->second].record, dice_);
      else space_.change(record, dice_);
      if (dice_.one_in(2)) space_.change(record, dice_);
      out.push_back(std::move(record));
      continue;
    }
    Json record = any();
    if (dice_.one_in(4)) space_.mix(record, any(), dice_);
    for (size_t changes = 1 + dice_.below(4); changes > 0; --changes) space_.change(record, dice_);
    out.push_back(std::move(record));
  }
  return out;
}

void RecordSearch::look(size_t count) {
  for (size_t done = 0; done < count; done += batch_of) keep(candidates(batch_of));
}

std::vector<double> RecordSearch::distances(uint32_t subject, uint32_t state, size_t cases) {
  const vm::Program& p = *program_;
  const vm::Decisions& d = used_;
  nearness_.look_at(d);
  std::vector<double> out(cases, 1e9);
  for (const Points::Way& way : points_.ways(subject, state)) {
    if (way.domain == vm::none_id) continue;
    const std::vector<vm::Row> starts = d.case_starts(way.domain);
    const vm::DomainRows& rows = d.rows_of(way.domain);
    for (size_t c = 0; c < cases; ++c) {
      // Without a row on which it could be.
      double best = 1e6;
      for (vm::Row r = starts[c]; r < starts[c + 1]; ++r) {
        const bool phantom = !rows.phantom.empty() && vm::bit(rows.phantom, r);
        if (phantom) continue;
        double all = 0;
        if (way.block != vm::none_id) {
          const vm::Block& block = p.blocks[way.block];
          const vm::Row line = way.domain == block.lines ? r : d.ancestor(way.domain, r, block.lines);
          all += nearness_.far(block.scope, line, vm::Truth::yes);
          if (block.items == way.domain && block.item_scope != vm::none_id) all += nearness_.far(block.item_scope, r, vm::Truth::yes);
        }
        for (const auto& [reg, truth] : way.truths) all += nearness_.far(reg, r, truth);
        if (way.threshold) all += nearness_.off(*way.threshold, r, way.steps);
        best = std::min(best, all);
      }
      out[c] = std::min(out[c], best);
    }
  }
  return out;
}

// What a state is computed from, on a line that the block decides.
RecordSpace::Part RecordSearch::part_of(uint32_t subject, uint32_t state) const {
  const vm::Program& p = *program_;
  std::set<vm::Id> registers;
  const auto of_block = [&](vm::Id block) {
    if (block == vm::none_id) return;
    for (const vm::Id reg : {p.blocks[block].scope, p.blocks[block].version_gate, p.blocks[block].item_scope}) registers.insert(reg);
  };
  for (const Points::Way& way : points_.ways(subject, state)) {
    of_block(way.block);
    for (const auto& [reg, truth] : way.truths) registers.insert(reg);
    if (!way.threshold) continue;
    const Threshold& t = *way.threshold;
    registers.insert({t.value, t.limit, t.component, t.code});
    registers.insert(t.members.begin(), t.members.end());
    registers.insert(t.scopes.begin(), t.scopes.end());
  }
  const Points::Reading& r = points_.reading(subject);
  if (points_.subjects()[subject].kind == Subject::Kind::condition) {
    of_block(r.block);
    registers.insert({r.result, r.applicable});
    for (const auto& [value, applies] : r.members) registers.insert({value, applies});
  }
  registers.erase(vm::none_id);
  return space_.part(registers);
}

bool RecordSearch::reached(uint32_t subject, uint32_t state) const {
  const Subject& s = points_.subjects()[subject];
  if (s.kind != Subject::Kind::condition) {
    const auto at = feature_of_.find({subject, state, {}});
    return at != feature_of_.end() && at->second < known_.size() && known_[at->second];
  }
  std::set<Truths> truths;
  for (auto at = feature_of_.lower_bound({subject, 0, {}}); at != feature_of_.end() && at->first.subject == subject; ++at) {
    if (!at->first.truths.empty()) truths.insert(at->first.truths);
  }
  return !deciding_pairs(truths, s.states.size())[state].first.empty();
}

size_t RecordSearch::aim(uint32_t subject, uint32_t state, size_t count, size_t one_in) {
  // Of records that are equally near others take turns, so that what leads nowhere is left: short ones, most of the time.
  constexpr size_t front = 8;
  std::vector<std::pair<double, Json>> best;
  const auto take = [&](const Json& record, double far) {
    if (best.size() == front && far > best.back().first) return;
    if (best.size() == front && far == best.back().first && record.dump().size() > best.back().second.dump().size() && !dice_.one_in(8))
      return;
    if (std::any_of(best.begin(), best.end(), [&](const auto& n) { return n.second == record; })) return;
    const auto at = std::find_if(best.begin(), best.end(), [&](const auto& n) { return n.first >= far; });
    best.emplace(at, far, record);
    if (best.size() > front) best.pop_back();
  };
  for (size_t from = 0; from < found_.size(); from += batch_of) {
    std::vector<Json> part;
    for (size_t k = from; k < std::min(found_.size(), from + batch_of); ++k) part.push_back(found_[k].record);
    (void)shown(part);
    const std::vector<double> far = distances(subject, state, part.size());
    for (size_t k = 0; k < part.size(); ++k) {
      if (dice_.one_in(one_in)) take(part[k], far[k]);
    }
  }
  const RecordSpace::Part part = part_of(subject, state);
  size_t done = 0;
  for (; done < count && !reached(subject, state) && !best.empty(); done += batch_of) {
    std::vector<Json> next;
    while (next.size() < batch_of) {
      Json record = best[dice_.below(best.size())].second;
      if (dice_.one_in(8)) space_.mix(record, found_[dice_.below(found_.size())].record, dice_);
      for (size_t changes = 1 + dice_.below(3); changes > 0; --changes) {
        if (dice_.one_in(8)) space_.change(record, dice_);
        else space_.change(record, dice_, part);
      }
      next.push_back(std::move(record));
    }
    std::vector<std::vector<uint32_t>> lists = shown(next);
    const std::vector<double> far = distances(subject, state, next.size());
    for (size_t k = 0; k < next.size(); ++k) {
      if (!lists[k].empty()) take(next[k], far[k]);
    }
    keep(next, std::move(lists));
  }
  return done;
}

}  // namespace rubric::analysis
