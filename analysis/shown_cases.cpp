#include "analysis/shown_cases.h"

#include "analysis/record_search.h"
#include "analysis/witness.h"

#include <algorithm>

namespace rubric::analysis {
namespace {

constexpr size_t candidates = 6'000;
constexpr size_t most_tried = 48;   // cases on which a person's word is tried, for one criterion

// What may be a row that nobody has recorded counts as possible there, whether or not a row can be so: a difference is
// shown by lines with one outcome alone.
bool is_certain(const vm::LineTrace& line) { return line.possible.size() == 1 && !vm::is_only(line.decided_by, vm::when_undetermined); }

}  // namespace

ShownCases::ShownCases(const vm::VerifiedProgram& program) : program_(program) {
  RecordSearch search(program, {});
  search.look(candidates);
  for (const RecordSearch::Found& found : search.found()) {
    records_.push_back(found.record.dump());
    const vm::Trace t = decided(program, records_.back());
    for (const vm::LineTrace& line : t.lines) add(line, records_.size() - 1);
  }
}

void ShownCases::add(const vm::LineTrace& line, size_t record) {
  if (line.outcome == vm::Outcome::not_decided || vm::is_only(line.decided_by, vm::not_in_force)) return;
  const auto rules = [&](const std::vector<vm::RuleTrace>& list) {
    for (const vm::RuleTrace& r : list) {
      if (r.state == vm::RuleState::stands) stood_.insert({line.block, r.name});
      if (r.state == vm::RuleState::stands || r.state == vm::RuleState::defeated) fired_.insert({line.block, r.name});
    }
  };
  rules(line.rules);
  for (const vm::ItemTrace& item : line.items) rules(item.rules);
  std::map<std::string, Statuses> of_item;
  for (const auto& [key, status] : statuses_by_name(line)) {
    const size_t space = key.find(' ');
    of_item[key.substr(space + 1)].emplace(key.substr(0, space), status);
  }
  for (auto& [item, statuses] : of_item) places_.push_back({line.block, std::move(statuses), record, is_certain(line)});
}

bool ShownCases::comes_out(const std::string& block, const std::string& criterion, vm::Status status) const {
  return std::any_of(places_.begin(), places_.end(), [&](const Place& p) {
    const auto at = p.statuses.find(criterion);
    return p.block == block && at != p.statuses.end() && at->second == status;
  });
}

bool ShownCases::decides_alone(const std::string& block, const std::vector<std::string>& members, const std::string& member,
                               bool all) const {
  const vm::Status alone = all ? vm::Status::not_met : vm::Status::met, otherwise = all ? vm::Status::met : vm::Status::not_met;
  return std::any_of(places_.begin(), places_.end(), [&](const Place& p) {
    return p.block == block && std::all_of(members.begin(), members.end(), [&](const std::string& each) {
             const auto at = p.statuses.find(each);
             if (at == p.statuses.end()) return false;
             return each == member ? at->second == alone : at->second == otherwise || at->second == vm::Status::not_applicable;
           });
  });
}

bool ShownCases::matters(const std::string& criterion) const {
  const auto one_or_the_other = [](const vm::LineTrace& x, const vm::LineTrace& y) {
    return is_certain(x) && is_certain(y) && ending(x) != ending(y);
  };
  const auto differs = [&](size_t record) {
    const vm::Trace met = decided_with_word(program_, records_[record], criterion, "met"),
                    not_met = decided_with_word(program_, records_[record], criterion, "notMet");
    if (met.rejected || not_met.rejected || met.lines.size() != not_met.lines.size()) return false;
    for (size_t k = 0; k < met.lines.size(); ++k) {
      if (one_or_the_other(met.lines[k], not_met.lines[k])) return true;
    }
    return false;
  };
  // First where a line is settled, which another word may settle otherwise.
  for (const bool settled : {true, false}) {
    size_t tried = 0, last = records_.size();
    for (const Place& p : places_) {
      if (p.settled != settled || p.record == last || !p.statuses.contains(criterion)) continue;
      if (tried++ == most_tried) break;
      if (differs(last = p.record)) return true;
    }
  }
  return false;
}

}  // namespace rubric::analysis
