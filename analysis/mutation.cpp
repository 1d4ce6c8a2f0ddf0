#include "analysis/mutation.h"

#include "analysis/policy_tests.h"
#include "analysis/program_likeness.h"
#include "analysis/record_search.h"
#include "analysis/test_rows.h"
#include "base/diagnostic.h"
#include "vm/outcomes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace rubric::analysis {
namespace {

constexpr size_t batch_of = 256;
constexpr size_t traced_at_most = 200;    // records whose whole determinations are compared
constexpr size_t near_candidates = 2'000; // records one or two changes from a test's

std::optional<vm::VerifiedProgram> verified(const std::optional<vm::Program>& program) {
  if (!program) return std::nullopt;
  auto checked = vm::verify(*program);
  auto* const good = std::get_if<vm::VerifiedProgram>(&checked);
  return good ? std::optional(std::move(*good)) : std::nullopt;
}

std::vector<vm::Trace> traces(const vm::VerifiedProgram& program, const std::vector<Json>& records) {
  vm::Loader loader(*program, "");
  for (const Json& record : records) loader.add(record.dump(), "");
  const vm::Decisions d = vm::run(program, std::make_shared<const vm::Batch>(loader.take()));
  std::vector<vm::Trace> out;
  for (vm::Row row = 0; row < records.size(); ++row) out.push_back(vm::trace(d, row));
  return out;
}

// What a test can expect of a determination.
std::string expectable(const vm::Trace& t) { return t.rejected ? "" : outcome_words(t) + "; " + status_words(t); }

// A version of the policy whose records are compared with another's: what is seen of criteria, rules and outcomes by
// name, without settling what is open.
class Glance {
 public:
  explicit Glance(const vm::VerifiedProgram& program) : program_(program), points_(*program_) {}

  std::vector<std::string> at(const std::vector<Json>& records) {
    vm::Loader loader(*program_, "");
    for (const Json& record : records) loader.add(record.dump(), "");
    const auto batch = std::make_shared<const vm::Batch>(loader.take());
    const vm::Decisions d = vm::run(program_, batch);
    std::vector<std::vector<std::string>> parts(records.size());
    for (const Points::Seen& seen : points_.seen(d)) {
      const Subject& s = points_.subjects()[seen.subject];
      const bool named = s.kind == Subject::Kind::criterion || s.kind == Subject::Kind::rule || s.kind == Subject::Kind::exception ||
                         s.kind == Subject::Kind::outcome;
      if (named) parts[seen.case_row].push_back(fmt::format("{} {}", s.name, seen.state));
    }
    std::vector<std::string> out;
    for (size_t k = 0; k < records.size(); ++k) {
      std::sort(parts[k].begin(), parts[k].end());
      std::string all = batch->info[k].rejected ? "rejected" : "";
      for (const std::string& part : parts[k]) all += part + "\n";
      out.push_back(std::move(all));
    }
    return out;
  }

 private:
  vm::VerifiedProgram program_;
  Points points_;
};

class Mutation {
 public:
  Mutation(const Compiled& policy, SourceSet& sources, const MutationOptions& options)
      : policy_(policy), sources_(sources), options_(options), program_(verified(policy.program)) {
    Diagnostics unread;
    PolicyTests tests(policy, sources, unread);
    for (const auto& [words, text] : tests.bases()) bases_.emplace_back(words, Json::parse(text, nullptr, false));
    for (size_t k = 0; k < tests.size(); ++k) {
      order_.push_back(k);
      if (const auto record = tests.record(k); record && tests.test(k).overlays.empty() && tests.test(k).as_of.empty())
        seeds_.emplace_back(tests.test(k).name, Json::parse(*record, nullptr, false));
    }
  }

  MutationReport run() {
    MutationReport out;
    const std::vector<Mutant> mutants = mutants_of(policy_.modules, sources_);
    std::set<std::string> used;
    for (size_t k = 0; k < mutants.size(); ++k) {
      MutantResult r{mutants[k], Fate::undecided, "", std::nullopt};
      judge(k, r);
      if (r.fate == Fate::killable || r.fate == Fate::undecided) {
        const auto reason = options_.accepted.find(r.mutant.name());
        if (reason != options_.accepted.end()) {
          r.fate = Fate::accepted;
          r.by = reason->second;
          used.insert(reason->first);
        }
      }
      out.mutants.push_back(std::move(r));
      if (options_.progress) options_.progress(k + 1, mutants.size());
    }
    for (const auto& [name, reason] : options_.accepted) {
      if (!used.contains(name)) out.unused.push_back(name);
    }
    return out;
  }

 private:
  void judge(size_t k, MutantResult& r) {
    SourceSet& sources = sources_;
    Diagnostics unread;
    const Compiled mutant = compile_modules(mutated(policy_.modules, k, sources), sources, unread);
    const auto program = verified(mutant.program);
    if (!program) {
      r.fate = Fate::does_not_compile;
      return;
    }
    if (same_decisions(**program_, **program)) {
      r.fate = Fate::same;
      r.by = "it compiles to the same decisions";
      return;
    }
    PolicyTests tests(mutant, sources, unread);
    // The test that killed last is asked first.
    for (size_t at = 0; at < order_.size(); ++at) {
      const TestResult result = tests.result(order_[at]);
      if (result.failures.empty()) continue;
      r.fate = Fate::killed;
      r.by = result.name;
      std::rotate(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(at), order_.begin() + static_cast<std::ptrdiff_t>(at) + 1);
      return;
    }
    if ((r.killer = killer(*program))) {
      r.fate = Fate::killable;
      return;
    }
    if (options_.proves_equivalent) {
      if (const auto proof = options_.proves_equivalent(policy_, mutant)) r.fate = Fate::proved, r.by = *proof;
    }
  }

  // Records that show the policy from many sides; made when the first mutant survives.
  void prepare() {
    if (search_) return;
    std::vector<Json> records;
    for (const auto& [name, record] : seeds_) records.push_back(record);
    search_.emplace(*program_, records);
    search_->look(options_.candidates);
    Dice dice(7);
    // First those near a test's record: what is found among them is said in few words.
    for (const Json& record : records) near_.push_back(record);
    for (size_t n = 0; !records.empty() && n < near_candidates; ++n) {
      Json record = records[n % records.size()];
      for (size_t changes = 1 + n % 2; changes > 0; --changes) search_->space().change(record, dice);
      near_.push_back(std::move(record));
    }
    for (const RecordSearch::Found& f : search_->found()) near_.push_back(f.record);
    Glance glance(*program_);
    for (size_t from = 0; from < near_.size(); from += batch_of) {
      const auto part = slice(near_, from);
      for (std::string& seen : glance.at(part)) near_seen_.push_back(std::move(seen));
    }
  }

  static std::vector<Json> slice(const std::vector<Json>& list, size_t from) {
    return {list.begin() + static_cast<std::ptrdiff_t>(from),
            list.begin() + static_cast<std::ptrdiff_t>(std::min(from + batch_of, list.size()))};
  }

  std::optional<Killer> killer(const vm::VerifiedProgram& mutant) {
    prepare();
    Glance theirs(mutant), ours(*program_);
    for (size_t from = 0; from < near_.size(); from += batch_of) {
      const std::vector<Json> part = slice(near_, from);
      const std::vector<std::string> seen = theirs.at(part);
      for (size_t k = 0; k < part.size(); ++k) {
        if (seen[k] != near_seen_[from + k] && tells(part[k], mutant)) return made(part[k], mutant);
      }
    }
    // What is settled and not seen at a glance: what an undetermined line comes to.
    const std::vector<Json> first(near_.begin(), near_.begin() + static_cast<std::ptrdiff_t>(std::min(near_.size(), traced_at_most)));
    const auto a = traces(*program_, first), b = traces(mutant, first);
    for (size_t k = 0; k < first.size(); ++k) {
      if (!a[k].rejected && !b[k].rejected && expectable(a[k]) != expectable(b[k])) return made(first[k], mutant);
    }
    // And new ones, with what the mutant compares with.
    search_->space().widen(*mutant);
    for (size_t done = 0; done < options_.candidates / 2; done += batch_of) {
      const std::vector<Json> part = search_->candidates(batch_of);
      if (part.empty()) break;
      const auto x = ours.at(part), y = theirs.at(part);
      for (size_t k = 0; k < part.size(); ++k) {
        if (x[k] != y[k] && tells(part[k], mutant)) return made(part[k], mutant);
      }
    }
    return std::nullopt;
  }

  bool tells(const Json& record, const vm::VerifiedProgram& mutant) const {
    const vm::Trace a = traces(*program_, {record})[0], b = traces(mutant, {record})[0];
    return !a.rejected && !b.rejected && expectable(a) != expectable(b);
  }

  // The record as few changes of a test's record, each needed.
  Killer made(const Json& record, const vm::VerifiedProgram& mutant) const {
    Killer out;
    std::vector<Change> fewest = changes_between(Json::object(), record);
    Json base = Json::object();
    for (const auto& [name, seed] : bases_) {
      std::vector<Change> changes = changes_between(seed, record);
      std::erase_if(changes, [](const Change& c) { return c.steps == Steps{"id"}; });
      if (changes.size() < fewest.size()) fewest = std::move(changes), base = seed, out.base = name;
    }
    for (size_t k = 0; k < fewest.size();) {
      std::vector<Change> without = fewest;
      without.erase(without.begin() + static_cast<std::ptrdiff_t>(k));
      if (tells(changed(base, without), mutant)) fewest = std::move(without);
      else ++k;
    }
    out.changes = std::move(fewest);
    out.record = changed(base, out.changes);
    const vm::Trace a = traces(*program_, {out.record})[0], b = traces(mutant, {out.record})[0];
    const std::vector<std::string> ours = statuses(a), theirs = statuses(b);
    const auto only = [](const std::vector<std::string>& list, const std::vector<std::string>& other, std::vector<std::string>& to) {
      for (const std::string& each : list) {
        if (std::find(other.begin(), other.end(), each) == other.end()) to.push_back(each);
      }
    };
    out.expect = {outcome_words(a)};
    if (outcome_words(b) != outcome_words(a)) out.instead = {outcome_words(b)};
    only(ours, theirs, out.expect);
    only(theirs, ours, out.instead);
    return out;
  }

  const Compiled& policy_;
  SourceSet& sources_;
  const MutationOptions& options_;
  std::optional<vm::VerifiedProgram> program_;
  std::vector<size_t> order_;
  std::vector<std::pair<std::string, Json>> seeds_, bases_;   // of tests; named, or in files
  std::optional<RecordSearch> search_;
  std::vector<Json> near_;
  std::vector<std::string> near_seen_;
};

}  // namespace

std::string_view json_name(Fate fate) {
  switch (fate) {
    case Fate::killed: return "killed";
    case Fate::same: return "sameProgram";
    case Fate::proved: return "provedEquivalent";
    case Fate::killable: return "killable";
    case Fate::accepted: return "accepted";
    case Fate::undecided: return "undecided";
    case Fate::does_not_compile: return "doesNotCompile";
  }
  return "";
}

size_t MutationReport::count(Fate fate) const {
  return static_cast<size_t>(std::count_if(mutants.begin(), mutants.end(), [&](const MutantResult& r) { return r.fate == fate; }));
}

size_t MutationReport::relevant() const { return mutants.size() - count(Fate::same) - count(Fate::proved) - count(Fate::does_not_compile); }

MutationReport run_mutants(const Compiled& policy, SourceSet& sources, const MutationOptions& options) {
  return Mutation(policy, sources, options).run();
}

}  // namespace rubric::analysis
