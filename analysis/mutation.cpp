#include "analysis/mutation.h"

#include "analysis/overruled.h"
#include "analysis/policy_tests.h"
#include "analysis/record_search.h"
#include "analysis/same_code.h"
#include "analysis/side_by_side.h"
#include "analysis/test_rows.h"
#include "base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace rubric::analysis {
namespace {

constexpr size_t batch_of = 256;
constexpr size_t most_traced = 120;       // records of which whole determinations are compared, for one mutant,
constexpr size_t traced_alike = 3;        // and of those that are alike at a glance
constexpr size_t near_candidates = 2'000; // records one or two changes from a test's
constexpr size_t most_overruled = 40;      // tests' records in which persons overrule criteria

std::optional<vm::VerifiedProgram> verified(const std::optional<vm::Program>& program) {
  if (!program) return std::nullopt;
  auto checked = vm::verify(*program);
  auto* const good = std::get_if<vm::VerifiedProgram>(&checked);
  return good ? std::optional(std::move(*good)) : std::nullopt;
}

vm::Trace trace_of(const vm::VerifiedProgram& program, const Json& record) {
  vm::Loader loader(*program, "");
  loader.add(record.dump(), "");
  return vm::trace(vm::run(program, std::make_shared<const vm::Batch>(loader.take())), 0);
}

// What a test can expect of two determinations is not the same. `outcomes`: nor is what they come to.
bool tell_apart(const vm::Trace& a, const vm::Trace& b, bool outcomes = false) {
  if (a.rejected || b.rejected) return false;
  return outcome_words(a) != outcome_words(b) || (!outcomes && status_words(a) != status_words(b));
}

std::string how_proved(const Equivalent& e) {
  switch (e.by) {
    case Equivalent::Proof::same_code: return "it compiles to the same code";
    case Equivalent::Proof::rules: return "proved: whatever the conditions come to, the rules give the same";
    case Equivalent::Proof::unoverruled:
      return "proved: whatever the conditions come to, the rules give the same, as long as no person overrules a criterion";
    case Equivalent::Proof::records: break;
  }
  const std::string lines = e.lines > 1 ? fmt::format(", requests of up to {} lines", e.lines) : "";
  if (e.any_number) return fmt::format("proved, with any number of rows in a list{}", lines);
  return fmt::format("proved, with up to {} rows in a list{}", e.rows, lines);
}

// Whether a test looks at more than outcomes, the rules behind them and statuses.
bool looks_closer(const ast::Test& t) {
  return !t.concludes.empty() || std::any_of(t.expectations.begin(), t.expectations.end(), [](const ast::Expectation& e) {
    return !e.subject_to.empty() || e.contents || e.cause || e.asks_written || e.asks_nothing || !e.asks.empty() ||
           !e.could_change.empty() || !e.judgments.empty() || e.requires_clinician || e.defeated;
  });
}

class Mutation {
 public:
  Mutation(const Compiled& policy, SourceSet& sources, const MutationOptions& options)
      : policy_(policy), sources_(sources), options_(options), program_(*verified(policy.program)), tests_(policy, sources, unread_) {
    for (const auto& [words, text] : tests_.bases()) bases_.emplace_back(words, Json::parse(text, nullptr, false));
  }

  MutationReport run() {
    compile();
    for (const auto& [overlays, tests] : tests_by_overlays()) try_tests(overlays, tests);
    find_killers();
    prove();
    accept();
    return std::move(out_);
  }

 private:
  using Programs = std::vector<vm::VerifiedProgram>;
  // Of a mutant: records whose whole determinations were compared.
  struct Tries {
    size_t all = 0;
    std::map<std::pair<SideBySide::Glimpse::What, uint64_t>, size_t> alike;
  };

  std::optional<vm::VerifiedProgram> compiled(std::vector<ast::Module> modules, CompileOptions options) {
    Diagnostics unread;
    options.warnings = Warnings::quick;
    return verified(compile_modules(std::move(modules), sources_, unread, options).program);
  }
  std::optional<vm::VerifiedProgram> compiled(size_t mutant, const CompileOptions& options) {
    return compiled(mutated(policy_.modules, mutant, sources_), options);
  }

  void compile() {
    for (Mutant& mutant : mutants_of(policy_.modules, sources_)) {
      MutantResult r{std::move(mutant), Fate::undecided, "", std::nullopt};
      auto program = compiled(out_.mutants.size(), {});
      if (!program) {
        r.fate = Fate::does_not_compile;
      } else if (same_code(*program_, **program, Names::compared)) {
        r.fate = Fate::same;
        r.by = "it compiles to the same decisions";
      } else {
        alive_.emplace(out_.mutants.size(), std::move(*program));
      }
      out_.mutants.push_back(std::move(r));
      tell();
    }
  }

  void tell() {
    if (options_.progress && !out_.mutants.empty()) options_.progress(out_.mutants.size() - alive_.size(), out_.mutants.size());
  }

  // ---------------------------------------------------------------- tests

  std::map<std::vector<std::string>, std::vector<size_t>> tests_by_overlays() const {
    std::map<std::vector<std::string>, std::vector<size_t>> out;
    for (size_t k = 0; k < tests_.size(); ++k) {
      std::vector<std::string> overlays;
      for (const ast::Word& o : tests_.test(k).overlays) overlays.push_back(o.text);
      out[overlays].push_back(k);
    }
    return out;
  }

  // The tests of one choice of overlays over all mutants that live.
  void try_tests(const std::vector<std::string>& overlays, const std::vector<size_t>& tests) {
    if (alive_.empty()) return;
    CompileOptions options;
    if (!overlays.empty()) options.overlays = overlays;
    std::vector<size_t> which;
    Programs programs;
    for (const auto& [mutant, program] : alive_) {
      auto own = overlays.empty() ? std::optional(program) : compiled(mutant, options);
      if (!own) continue;   // it cannot be another policy where it is none
      which.push_back(mutant);
      programs.push_back(std::move(*own));
    }
    const auto policy = overlays.empty() ? std::optional(program_) : compiled(policy_.modules, options);
    if (!policy || which.empty()) return;
    SideBySide all(*policy, std::move(programs));
    std::map<std::string, std::vector<size_t>> by_day;
    for (const size_t k : tests) by_day[tests_.test(k).as_of].push_back(k);
    for (const auto& [day, of_day] : by_day) try_tests(all, which, day, of_day);
  }

  void try_tests(SideBySide& all, const std::vector<size_t>& which, const std::string& day, const std::vector<size_t>& tests) {
    std::vector<std::string> records;
    for (const size_t k : tests) records.push_back(tests_.record(k).value_or(""));
    std::vector<size_t> wanted;
    for (size_t v = 0; v < which.size(); ++v) {
      if (alive_.contains(which[v])) wanted.push_back(v);
    }
    if (wanted.empty()) return;
    all.run(records, day, wanted);
    for (const size_t v : wanted) {
      std::vector<bool> tried(tests.size(), false);
      const auto kills = [&](vm::Row c) {
        tried[c] = true;
        const TestResult result = tests_.judged(tests[c], all.trace(v, c));
        if (result.failures.empty()) return false;
        MutantResult& r = out_.mutants[which[v]];
        r.fate = Fate::killed;
        r.by = result.name;
        alive_.erase(which[v]);
        return true;
      };
      bool killed = false;
      for (const SideBySide::Glimpse& g : all.glimpses(v)) {
        if ((killed = kills(g.case_row))) break;
      }
      for (vm::Row c = 0; c < tests.size() && !killed; ++c) {
        if (!tried[c] && looks_closer(tests_.test(tests[c]))) killed = kills(c);
      }
      tell();
    }
  }

  // ---------------------------------------------------------------- cases that kill

  void find_killers() {
    if (alive_.empty()) return;
    std::vector<size_t> which;
    Programs programs;
    for (const auto& [mutant, program] : alive_) {
      // What somebody accepted is not searched for; whether it is proved, and so needs nobody, is asked.
      if (!options_.accepted.contains(out_.mutants[mutant].mutant.name())) which.push_back(mutant), programs.push_back(program);
    }
    if (which.empty()) return;
    const auto one_lives = [&] { return std::any_of(which.begin(), which.end(), [&](size_t mutant) { return alive_.contains(mutant); }); };
    SideBySide all(program_, programs);
    std::vector<Json> seeds;
    for (size_t k = 0; k < tests_.size(); ++k) {
      if (const auto record = tests_.record(k); record && tests_.test(k).overlays.empty() && tests_.test(k).as_of.empty())
        seeds.push_back(Json::parse(*record, nullptr, false));
    }
    RecordSearch search(program_, seeds);
    for (const vm::VerifiedProgram& program : programs) search.space().widen(*program);
    // First those near a test's record: what is found among them is said in few words.
    std::vector<Json> records = seeds;
    Dice dice(7);
    for (size_t n = 0; !seeds.empty() && n < near_candidates; ++n) {
      Json record = seeds[n % seeds.size()];
      for (size_t changes = 1 + n % 2; changes > 0; --changes) search.space().change(record, dice);
      records.push_back(std::move(record));
    }
    for (size_t from = 0; from < records.size(); from += batch_of) look_among(slice(records, from), all, which);
    // Of records that come to the same, one in which persons overrule criteria; what looked alike without them may not be.
    tries_.clear();
    std::set<std::string> endings;
    for (size_t k = 0; k < seeds.size() && endings.size() < most_overruled && one_lives(); ++k) {
      if (!endings.insert(outcome_words(trace_of(program_, seeds[k]))).second) continue;
      const std::vector<Json> said = overruled(*program_, seeds[k]);
      for (size_t from = 0; from < said.size(); from += batch_of) look_among(slice(said, from), all, which);
    }
    if (!one_lives()) return;
    // Then records that show the policy from many sides, and new ones.
    search.look(options_.candidates);
    records.clear();
    for (const RecordSearch::Found& f : search.found()) records.push_back(f.record);
    for (size_t from = 0; from < records.size(); from += batch_of) look_among(slice(records, from), all, which);
    for (size_t done = 0; done < options_.candidates && one_lives(); done += batch_of) look_among(search.candidates(batch_of), all, which);
  }

  static std::vector<Json> slice(const std::vector<Json>& list, size_t from) {
    return {list.begin() + static_cast<std::ptrdiff_t>(from),
            list.begin() + static_cast<std::ptrdiff_t>(std::min(from + batch_of, list.size()))};
  }

  void look_among(const std::vector<Json>& records, SideBySide& all, const std::vector<size_t>& which) {
    std::vector<size_t> wanted;
    for (size_t v = 0; v < which.size(); ++v) {
      if (alive_.contains(which[v])) wanted.push_back(v);
    }
    if (wanted.empty() || records.empty()) return;
    std::vector<std::string> texts;
    for (const Json& record : records) texts.push_back(record.dump());
    all.run(texts, "", wanted);
    for (const size_t v : wanted) {
      for (const SideBySide::Glimpse& g : all.glimpses(v)) {
        Tries& tries = tries_[which[v]];
        if (tries.all >= most_traced || tries.alike[{g.what, g.alike}]++ >= traced_alike) continue;
        ++tries.all;
        if (!tell_apart(all.policy_trace(g.case_row), all.trace(v, g.case_row))) continue;
        killable(which[v], records[g.case_row]);
        break;
      }
    }
  }

  void killable(size_t mutant, const Json& record) {
    out_.mutants[mutant].killer = made(record, alive_.at(mutant));
    out_.mutants[mutant].fate = Fate::killable;
    alive_.erase(mutant);
    tell();
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
    const auto told = [&](const Json& r, bool outcomes) { return tell_apart(trace_of(program_, r), trace_of(mutant, r), outcomes); };
    const bool outcomes = told(changed(base, fewest), true);
    for (size_t k = 0; k < fewest.size();) {
      std::vector<Change> without = fewest;
      without.erase(without.begin() + static_cast<std::ptrdiff_t>(k));
      if (told(changed(base, without), outcomes)) fewest = std::move(without);
      else ++k;
    }
    for (Change& c : fewest) {
      Json* const list = c.value && c.value->is_structured() ? elements(*c.value) : nullptr;
      for (size_t k = list && list->is_array() ? list->size() : 0; k-- > 0 && list->size() > 1;) {
        const Json whole = *list;
        list->erase(k);
        if (!told(changed(base, fewest), outcomes)) *list = whole;
      }
    }
    out.changes = std::move(fewest);
    out.record = changed(base, out.changes);
    const vm::Trace a = trace_of(program_, out.record), b = trace_of(mutant, out.record);
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

  // ---------------------------------------------------------------- what is left

  void prove() {
    if (alive_.empty() || options_.proof.milliseconds == 0) return;
    EquivalenceProver prover(program_, options_.proof, Alike::statuses);
    const std::map<size_t, vm::VerifiedProgram> left = alive_;
    for (const auto& [mutant, program] : left) {
      MutantResult& r = out_.mutants[mutant];
      const Equivalence answer = prover.compare(program);
      if (const auto* const equivalent = std::get_if<Equivalent>(&answer)) {
        r.fate = Fate::proved;
        r.by = how_proved(*equivalent);
        alive_.erase(mutant);
      } else if (const auto* const different = std::get_if<Different>(&answer)) {
        const Json record = Json::parse(different->record, nullptr, false);
        if (tell_apart(trace_of(program_, record), trace_of(program, record))) killable(mutant, record);
      } else {
        r.by = std::get<NotProved>(answer).reason;
      }
      tell();
    }
  }

  // An acceptance is idle where no mutant is called so, or a test kills it. One that a proof confirms is not.
  void accept() {
    std::set<std::string> idle;
    for (const auto& [name, reason] : options_.accepted) idle.insert(name);
    for (MutantResult& r : out_.mutants) {
      const auto reason = options_.accepted.find(r.mutant.name());
      if (reason == options_.accepted.end() || r.fate == Fate::killed) continue;
      idle.erase(reason->first);
      if (r.fate != Fate::killable && r.fate != Fate::undecided) continue;
      r.fate = Fate::accepted;
      r.by = reason->second;
    }
    out_.unused.assign(idle.begin(), idle.end());
  }

  const Compiled& policy_;
  SourceSet& sources_;
  const MutationOptions& options_;
  const vm::VerifiedProgram program_;
  Diagnostics unread_;                                   // of mutants
  PolicyTests tests_;
  std::vector<std::pair<std::string, Json>> bases_;      // named, or in files
  std::map<size_t, vm::VerifiedProgram> alive_;          // mutants of which nothing is known yet
  std::map<size_t, Tries> tries_;
  MutationReport out_;
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
