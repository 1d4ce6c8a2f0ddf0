#include "analysis/generated.h"

#include "analysis/impossible_states.h"
#include "analysis/plain_case.h"
#include "analysis/record_search.h"
#include "analysis/test_rows.h"
#include "vm/outcomes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace rubric::analysis {
namespace {

using Kind = Subject::Kind;

constexpr size_t words_in_name = 50;       // letters of a file's name
constexpr size_t points_named = 3;         // in the words of a case

// What is wanted of a set of cases: one feature for a state, two for a member of a condition.
struct Wanted {
  uint32_t subject, state;
  std::vector<uint32_t> features;          // empty: not found
};

std::string in_words(const Subject& s, uint32_t state) {
  const std::string& as = s.states[state];
  switch (s.kind) {
    case Kind::criterion:
      return fmt::format("{} is {}", s.name, as == "notMet" ? "not met" : as == "notApplicable" ? "not applicable" : as);
    case Kind::rule:
    case Kind::exception: return fmt::format("{} {}", s.name, as == "doesNotFire" ? "does not fire" : as == "stands" ? as : "is " + as);
    case Kind::outcome: return as == "seen" ? fmt::format("the outcome {}", s.name) : s.name;
    case Kind::threshold: return fmt::format("{} {}", state == 1 ? "at" : state == 0 ? "just below" : "just above", s.name);
    case Kind::codes: return fmt::format("a value {} {}", as == "in" ? "in" : "outside of", s.name);
    case Kind::condition: return fmt::format("{} decides {}", as, s.name);
  }
  return "";
}

// Rules say most, then outcomes and criteria; of their states those that are reached least easily.
int weight(const Subject& s, uint32_t state) {
  switch (s.kind) {
    case Kind::rule:
    case Kind::exception: return s.states[state] == "stands" ? 0 : s.states[state] == "defeated" ? 1 : 6;
    case Kind::outcome: return 2;
    case Kind::criterion: return state == 2 ? 7 : 3;
    case Kind::threshold: return 4;
    case Kind::condition: return 5;
    case Kind::codes: return 8;
  }
  return 9;
}

std::vector<Wanted> wanted_of(const RecordSearch& search) {
  const std::vector<Subject>& subjects = search.points().subjects();
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> direct;
  std::map<uint32_t, std::set<Truths>> truths;
  std::map<std::pair<uint32_t, Truths>, uint32_t> of_truths;
  for (uint32_t f = RecordSearch::decides_a_line + 1; f < search.features().size(); ++f) {
    const Feature& feature = search.features()[f];
    if (feature.truths.empty()) direct[{feature.subject, feature.state}] = f;
    else truths[feature.subject].insert(feature.truths), of_truths[{feature.subject, feature.truths}] = f;
  }
  std::vector<Wanted> out;
  for (uint32_t s = 0; s < subjects.size(); ++s) {
    const bool compound = subjects[s].kind == Kind::condition;
    const auto pairs = compound ? deciding_pairs(truths[s], subjects[s].states.size()) : std::vector<std::pair<Truths, Truths>>();
    for (uint32_t k = 0; k < subjects[s].states.size(); ++k) {
      if (!subjects[s].impossible[k].empty()) continue;
      Wanted w{s, k, {}};
      if (compound) {
        if (!pairs[k].first.empty()) w.features = {of_truths.at({s, pairs[k].first}), of_truths.at({s, pairs[k].second})};
      } else if (const auto at = direct.find({s, k}); at != direct.end()) {
        w.features = {at->second};
      }
      out.push_back(std::move(w));
    }
  }
  return out;
}

// What the search says of a state that it has not found.
struct Sought {
  size_t tries = 0;
  std::string impossible;                  // the proof that no record shows it
  bool asked = false;
};
using AllSought = std::map<std::pair<uint32_t, uint32_t>, Sought>;

// At random first, which finds most; then what is still missing, one by one and again, each time from fewer records, so that
// what lies nearest and leads nowhere is not all there is. What two rounds have not found is asked of the solver, and left
// where no record can show it. At last people's words overrule.
AllSought search_all(RecordSearch& search, size_t candidates) {
  constexpr size_t at_random = 4'000, aimed = 3'000, rounds = 6, ask_after = 2;
  search.look(std::min(candidates, at_random));
  size_t left = candidates - std::min(candidates, at_random), given_up = 0;
  AllSought out;
  std::optional<ImpossibleStates> proofs;
  for (size_t round = 0; round < rounds; ++round) {
    if (round + 2 == rounds) search.let_words_overrule();
    std::vector<Wanted> wanted = wanted_of(search);
    std::erase_if(wanted, [&](const Wanted& w) { return !w.features.empty() || !out[{w.subject, w.state}].impossible.empty(); });
    // Each round has its share, so that the last one is not what there is no time for.
    size_t share = left / (rounds - round), waiting = wanted.size();
    for (const Wanted& w : wanted) {
      const size_t own = share / waiting--;
      Sought& sought = out[{w.subject, w.state}];
      if (round >= ask_after && !sought.asked && given_up < most_given_up && candidates > at_random) {
        if (!proofs) proofs.emplace(search.program(), search.points());
        const StateProof proof = proofs->ask(w.subject, w.state);
        sought.asked = true;
        sought.impossible = proof.why;
        given_up += proof.answer == StateProof::Answer::gave_up;
        if (!proof.why.empty()) continue;
      }
      const size_t most = std::min(own, aimed * (round + 1));
      if (most == 0) continue;
      const size_t tried = std::min(most, search.aim(w.subject, w.state, most, size_t{1} << round));
      sought.tries += tried, share -= tried, left -= tried;
    }
  }
  return out;
}

std::string slug(std::string_view words) {
  std::string out;
  bool small = false;
  for (const char c : words) {
    const bool upper = std::isupper(static_cast<unsigned char>(c));
    if (upper && small) out.push_back('-');
    small = std::islower(static_cast<unsigned char>(c));
    if (std::isalnum(static_cast<unsigned char>(c))) {
      out.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    } else if (!out.empty() && out.back() != '-') {
      out.push_back('-');
    }
    if (out.size() >= words_in_name) break;
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.empty() ? "case" : out;
}

struct Chosen {
  Json record;
  std::vector<uint32_t> shows;  // features, sorted
  bool decides = false;  // a line: a case that decides nothing is a test of nothing
};

// Which of a search's records make up the set.
class Choosing {
 public:
  Choosing(RecordSearch& search, const std::vector<Wanted>& wanted) : search_(search), wanted_(wanted) {
    for (uint32_t f = RecordSearch::decides_a_line + 1; f < search.features().size(); ++f)
      of_subject_[search.features()[f].subject].push_back(f);
  }

  std::vector<Chosen> chosen() {
    search_.settle_outcomes();
    make_pool();
    cover();
    // What is left of one case may be shown by another one then.
    constexpr int most_passes = 8;
    for (int k = 0; k < most_passes; ++k) {
      std::vector<Json> before, after;
      for (const Chosen& c : out_) before.push_back(c.record);
      drop_what_others_show();
      for (const Chosen& c : out_) after.push_back(c.record);
      if (before == after) break;
    }
    return std::move(out_);
  }

 private:
  Chosen shown(const Json& record, std::vector<uint32_t> all) const {
    const bool decides = !all.empty() && all[0] == RecordSearch::decides_a_line;
    if (decides) all.erase(all.begin());
    return {record, std::move(all), decides};
  }

  // What was found, each line of a request with several as a request of its own, and what decides nothing with a line that
  // is decided.
  void make_pool() {
    std::vector<Json> others;
    const RecordSearch::Found* least = nullptr;
    for (const RecordSearch::Found& f : search_.found()) {
      pool_.push_back(shown(f.record, search_.shown({f.record})[0]));
      if (pool_.back().decides && (!least || f.record.dump().size() < least->record.dump().size())) least = &f;
    }
    for (const RecordSearch::Found& f : search_.found()) {
      if (!f.record.contains("lines") || f.record["lines"].size() < 2) continue;
      for (const Json& line : f.record["lines"]) {
        others.push_back(f.record);
        others.back()["lines"] = Json::array({line});
      }
    }
    for (const Chosen& c : pool_) {
      if (c.decides || !least) continue;
      others.push_back(c.record);
      for (const char* key : {"received", "lines", "diagnoses"}) {
        if (least->record.contains(key)) others.back()[key] = least->record[key];
      }
    }
    constexpr size_t batch_of = 256;
    for (size_t from = 0; from < others.size(); from += batch_of) {
      const std::vector<Json> part(others.begin() + static_cast<std::ptrdiff_t>(from),
                                   others.begin() + static_cast<std::ptrdiff_t>(std::min(others.size(), from + batch_of)));
      const auto all = search_.shown(part);
      for (size_t k = 0; k < part.size(); ++k) pool_.push_back(shown(part[k], all[k]));
    }
  }

  // The record that shows most of what is left for its length: a short one is read. One line is read more easily than two.
  void cover() {
    for (std::set<uint32_t> left = missing(); !left.empty(); left = missing()) {
      const Chosen* best = nullptr;
      size_t most = 0;
      const auto count = [&](const Chosen& c) {
        return static_cast<size_t>(std::count_if(c.shows.begin(), c.shows.end(), [&](uint32_t f) { return left.contains(f); }));
      };
      for (const Chosen& c : pool_) {
        const size_t n = count(c), lines = c.record.contains("lines") ? std::max<size_t>(1, c.record["lines"].size()) : 1;
        const size_t worth = n * 1'000'000 / ((600 + c.record.dump().size()) * lines * (c.decides ? 1 : 4));
        if (n > 0 && worth > most) best = &c, most = worth;
      }
      if (!best) break;
      std::vector<uint32_t> is_for;
      for (const uint32_t f : best->shows) {
        if (left.contains(f)) is_for.push_back(f);
      }
      add(best->record, is_for, best->decides);
    }
  }
  void add(const Json& record, const std::vector<uint32_t>& is_for, bool decides) {
    std::vector<uint32_t> features = is_for;
    if (decides) features.insert(features.begin(), RecordSearch::decides_a_line);
    const Json plain = plain_case(search_, record, features);
    out_.push_back(shown(plain, search_.shown({plain})[0]));
    for (const uint32_t f : out_.back().shows) ++times_[f];
  }

  // Features that would show what nothing chosen shows. Of a member of a condition the other half of what is there, if there
  // is one.
  std::set<uint32_t> missing() const {
    std::set<uint32_t> out;
    for (const Wanted& w : wanted_) {
      if (w.features.empty()) continue;
      if (w.features.size() == 1) {
        if (!times_.contains(w.features[0])) out.insert(w.features[0]);
        continue;
      }
      if (points(w.subject)[w.state]) continue;
      bool half = false;
      const auto& all = of_subject_.at(w.subject);
      for (const uint32_t a : all) {
        if (!times_.contains(a)) continue;
        for (const uint32_t b : all) {
          if (!times_.contains(b) && decide(w, a, b)) out.insert(b), half = true;
        }
      }
      if (!half) out.insert(w.features.begin(), w.features.end());
    }
    return out;
  }
  bool decide(const Wanted& w, uint32_t a, uint32_t b) const {
    const auto& f = search_.features();
    return !deciding_pairs({f[a].truths, f[b].truths}, f[a].truths.size() - 1)[w.state].first.empty();
  }

  // Of a subject, which states or members are shown.
  std::vector<bool> points(uint32_t subject) const {
    const size_t states = search_.points().subjects()[subject].states.size();
    std::vector<bool> out(states);
    std::set<Truths> truths;
    for (const uint32_t f : of_subject_.at(subject)) {
      if (!times_.contains(f)) continue;
      const Feature& feature = search_.features()[f];
      if (!feature.truths.empty()) truths.insert(feature.truths);
      else if (feature.state < states) out[feature.state] = true;
    }
    if (!truths.empty()) {
      const auto pairs = deciding_pairs(truths, states);
      for (size_t k = 0; k < states; ++k) out[k] = !pairs[k].first.empty();
    }
    return out;
  }

  // From the first, which were chosen before others showed the same: what is left to each is what cannot be seen without it.
  void drop_what_others_show() {
    std::vector<Chosen> all;
    std::swap(all, out_);
    for (Chosen& c : all) {
      std::vector<uint32_t> needed;
      for (const uint32_t f : c.shows) {
        if (--times_[f] > 0) continue;
        const uint32_t subject = search_.features()[f].subject;
        times_[f] = 1;
        const std::vector<bool> with = points(subject);
        times_.erase(f);
        if (with != points(subject)) times_[f] = 1, needed.push_back(f);
      }
      for (const uint32_t f : needed) times_.erase(f);
      if (!needed.empty()) add(c.record, needed, c.decides);
    }
  }

  RecordSearch& search_;
  const std::vector<Wanted>& wanted_;
  std::map<uint32_t, std::vector<uint32_t>> of_subject_;
  std::map<uint32_t, size_t> times_;  // that a feature is shown; none that is not
  std::vector<Chosen> pool_, out_;
};

}  // namespace

std::string words(const GeneratedCase& c) {
  std::string out;
  for (size_t k = 0; k < c.shows.size() && k < points_named; ++k) out += (k ? "; " : "") + c.shows[k];
  if (c.shows.size() > points_named) out += fmt::format("; and {} more", c.shows.size() - points_named);
  return out;
}

namespace {

// As far as one can say. A search that ends proves nothing.
std::string why_missing(const RecordSearch& search, const Wanted& w, size_t tries, size_t candidates) {
  std::string out = tries > 0 ? fmt::format("the search ended after {} tries at it alone", tries)
                              : fmt::format("the search ended after {} records, before it was tried by itself", candidates);
  const Subject& s = search.points().subjects()[w.subject];
  if (s.kind == Kind::threshold) {
    // Of those that are near, the nearest on either side.
    std::optional<int64_t> near;
    bool seen = false;
    const int64_t wanted = static_cast<int64_t>(w.state) - 1;
    for (const Feature& f : search.features()) {
      if (f.subject != w.subject) continue;
      seen = true;
      const int64_t at = f.state < 3 ? static_cast<int64_t>(f.state) - 1 : static_cast<int64_t>(f.state) - Points::first_far - Points::far;
      if (!near || std::abs(at - wanted) < std::abs(*near - wanted)) near = at;
    }
    if (!seen) return out + "; no record had a value there at all";
    out += *near == 0
               ? "; the nearest is at it"
               : fmt::format("; the nearest is {} {}", search.points().distance_words(w.subject, *near), *near < 0 ? "below" : "above");
  }
  if (s.kind == Kind::condition) {
    const bool any =
        std::any_of(search.features().begin(), search.features().end(), [&](const Feature& f) { return f.subject == w.subject; });
    out += any ? "; no two records differed in it alone and in the result" : "; no record looked at the condition";
  }
  return out;
}

}  // namespace

Generated generate_cases(const vm::VerifiedProgram& program, const std::vector<Json>& seeds, const GenerateOptions& options) {
  RecordSearch search(program, seeds);
  AllSought sought = search_all(search, options.candidates);
  const std::vector<Subject>& subjects = search.points().subjects();
  const std::vector<Wanted> wanted = wanted_of(search);
  std::vector<Chosen> chosen = Choosing(search, wanted).chosen();

  const auto traced = [&](const Json& record) {
    vm::Loader loader(*program, "");
    loader.add(record.dump(), "");
    return vm::trace(vm::run(program, std::make_shared<const vm::Batch>(loader.take())), 0);
  };
  std::vector<std::pair<vm::Trace, Chosen>> ordered;
  for (Chosen& c : chosen) ordered.emplace_back(traced(c.record), std::move(c));
  // The best outcomes first, and the cases that show most.
  const auto rank = [](const std::pair<vm::Trace, Chosen>& c) {
    const auto outcome = c.first.lines.empty() ? vm::Outcome::not_decided : c.first.lines[0].outcome;
    return std::pair(outcome, -static_cast<int64_t>(c.second.shows.size()));
  };
  std::stable_sort(ordered.begin(), ordered.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });

  Generated out;
  std::set<uint32_t> shown;
  std::set<const Wanted*> named;
  std::map<std::string, int> names;
  std::map<uint32_t, std::set<Truths>> truths;
  for (auto& [trace, c] : ordered) {
    std::set<uint32_t> fresh;  // conditions of which it shows something new
    for (const uint32_t f : c.shows) {
      if (!shown.insert(f).second || search.features()[f].truths.empty()) continue;
      truths[search.features()[f].subject].insert(search.features()[f].truths);
      fresh.insert(search.features()[f].subject);
    }
    std::vector<const Wanted*> points;
    std::map<uint32_t, std::vector<std::pair<Truths, Truths>>> pairs;
    for (const uint32_t s : fresh) pairs[s] = deciding_pairs(truths[s], subjects[s].states.size());
    for (const Wanted& w : wanted) {
      if (w.features.empty() || named.contains(&w)) continue;
      const bool compound = subjects[w.subject].kind == Kind::condition;
      const bool has = compound ? pairs.contains(w.subject) && !pairs[w.subject][w.state].first.empty() : shown.contains(w.features[0]);
      if (has) points.push_back(&w), named.insert(&w);
    }
    std::stable_sort(points.begin(), points.end(), [&](const Wanted* a, const Wanted* b) {
      return weight(subjects[a->subject], a->state) < weight(subjects[b->subject], b->state);
    });
    GeneratedCase made;
    for (const Wanted* w : points) made.shows.push_back(in_words(subjects[w->subject], w->state));
    // What it shows together with a later one.
    if (points.empty()) {
      for (const uint32_t s : fresh) made.shows.push_back(fmt::format("another side of {}", subjects[s].name));
    }
    made.name = slug(made.shows.empty() ? "case" : made.shows[0]);
    if (const int n = ++names[made.name]; n > 1) made.name += fmt::format("-{}", n);
    c.record["id"] = made.name;
    made.trace = traced(c.record);
    made.record = search.space().in_order(c.record);
    // The criteria that it is for, and those that its thresholds and conditions stand in.
    std::set<std::string> about;
    const auto speak_of = [&](const Subject& s) {
      const Subject* inside = nullptr;
      for (const Subject& other : subjects) {
        const bool holds = other.kind == Kind::criterion && other.span.file == s.span.file && other.span.begin <= s.span.begin &&
                           other.span.end >= s.span.end;
        if (holds && (!inside || other.span.end - other.span.begin < inside->span.end - inside->span.begin)) inside = &other;
      }
      if (inside) about.insert(inside->name);
      if (s.kind == Kind::criterion) about.insert(s.name);
    };
    for (const Wanted* w : points) speak_of(subjects[w->subject]);
    for (const uint32_t s : fresh) speak_of(subjects[s]);
    for (std::string& status : statuses(made.trace)) {
      if (about.contains(status.substr(0, status.find(' ')))) made.expect.push_back(std::move(status));
    }
    out.cases.push_back(std::move(made));
  }

  std::set<std::string> outcomes;
  const auto saw = [&](vm::Outcome o) { outcomes.emplace(vm::outcome_row(o).json); };
  for (const GeneratedCase& c : out.cases) {
    for (const vm::LineTrace& line : c.trace.lines) {
      saw(line.outcome);
      for (const vm::ItemTrace& item : line.items) saw(item.outcome);
    }
  }
  for (const Wanted& w : wanted) {
    const Subject& s = subjects[w.subject];
    const std::string what = fmt::format("{}: {}", words(s.kind), in_words(s, w.state));
    const bool is_shown = s.kind == Kind::outcome ? outcomes.contains(s.name) : named.contains(&w);
    const Sought& how = sought[{w.subject, w.state}];
    if (!is_shown && !how.impossible.empty()) {
      out.missing.push_back({what, how.impossible, true});
      continue;
    }
    ++out.wanted;
    out.shown += is_shown;
    if (!is_shown) out.missing.push_back({what, why_missing(search, w, how.tries, options.candidates), false});
  }
  return out;
}

}  // namespace rubric::analysis
