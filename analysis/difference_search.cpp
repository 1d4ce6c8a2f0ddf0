#include "analysis/difference_search.h"

#include "analysis/comparison.h"
#include "analysis/record_search.h"
#include "vm/join.h"

#include <algorithm>
#include <array>
#include <memory>

namespace rubric::analysis {
namespace {

constexpr size_t batch_of = 256;
constexpr size_t near_seeds = 2'048;       // records one or two changes from a seed
constexpr size_t from_many_sides = 4'096;  // and records of a search for what the newer version can show

using vm::Outcome;

// Neither version waits for facts.
bool is_decided(const LineFinding& f) { return f.before != Outcome::pend && f.after != Outcome::pend; }

class Searching {
 public:
  explicit Searching(vm::Joined joined) : joined_(std::move(joined)), comparison_(joined_, 0, 1) {}

  // Whether one is among them with which the search can end.
  bool among(const std::vector<Json>& records) {
    for (size_t from = 0; from < records.size(); from += batch_of) {
      const size_t to = std::min(records.size(), from + batch_of);
      vm::Loader loader(*joined_.whole, "");
      for (size_t k = from; k < to; ++k) loader.add(records[k].dump(), "");
      vm::Decisions d = vm::run(joined_.whole, std::make_shared<const vm::Batch>(loader.take()));
      for (const LineFinding& f : comparison_.findings(d)) {
        if (f.difference != Difference::outcome) continue;
        const bool decided = is_decided(f);
        if (decided || !found_) found_ = {records[from + f.case_row].dump(), decided};
        if (decided) return true;
      }
    }
    return false;
  }
  const std::optional<TriedRecord>& found() const { return found_; }

 private:
  const vm::Joined joined_;
  const Comparison comparison_;
  std::optional<TriedRecord> found_;
};

}  // namespace

std::optional<TriedRecord> search_difference(const vm::VerifiedProgram& before, const vm::VerifiedProgram& after,
                                             const std::vector<Json>& seeds) {
  auto joined = vm::join(std::array{before, after});
  if (!joined) return std::nullopt;
  Searching searching(std::move(*joined));
  if (searching.among(seeds)) return searching.found();
  RecordSearch search(after, seeds);
  search.space().widen(*before);
  std::vector<Json> records;
  Dice dice(11);
  for (size_t n = 0; !seeds.empty() && n < near_seeds; ++n) {
    Json record = seeds[n % seeds.size()];
    for (size_t changes = 1 + n % 2; changes > 0; --changes) search.space().change(record, dice);
    records.push_back(std::move(record));
  }
  if (searching.among(records)) return searching.found();
  search.look(from_many_sides);
  records.clear();
  for (const RecordSearch::Found& f : search.found()) records.push_back(f.record);
  (void)searching.among(records);
  return searching.found();
}

}  // namespace rubric::analysis
