#include "analysis/record_search.h"

#include <algorithm>

namespace rubric::analysis {
namespace {

constexpr size_t batch_of = 256;
constexpr size_t most_found = 6000;

}  // namespace

RecordSearch::RecordSearch(vm::VerifiedProgram program, const std::vector<Json>& seeds)
    : program_(std::move(program)), points_(*program_), space_(*program_), dice_(1) {
  std::vector<Json> first = {space_.blank()};
  first.insert(first.end(), seeds.begin(), seeds.end());
  keep(std::move(first));
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
  for (auto& list : out) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  used_ = std::move(d);
  return out;
}

void RecordSearch::keep(std::vector<Json> records) {
  std::vector<std::vector<uint32_t>> lists = shown(records);
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

}  // namespace rubric::analysis
