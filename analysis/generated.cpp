#include "analysis/generated.h"

#include "analysis/record_search.h"
#include "vm/outcomes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace rubric::analysis {
namespace {

using Kind = Subject::Kind;

constexpr size_t words_in_name = 60;       // letters of a file's name
constexpr size_t points_named = 3;         // in the words of a case

// What is wanted of a set of cases: one feature for a state, two for a member of a condition.
struct Wanted {
  uint32_t subject, state;
  std::vector<uint32_t> features;          // empty: not found
};

std::string in_words(const Subject& s, uint32_t state) {
  switch (s.kind) {
    case Kind::criterion: return fmt::format("{} {}", s.name, s.states[state]);
    case Kind::rule:
    case Kind::exception: return fmt::format("{} {}", s.name, s.states[state]);
    case Kind::outcome: return s.name;
    case Kind::threshold: return fmt::format("{} {}", state == 1 ? "just at" : state == 0 ? "just below" : "just above", s.name);
    case Kind::codes: return fmt::format("{}: {}", s.name, s.states[state]);
    case Kind::condition: return fmt::format("{} decided by {}", s.name, s.states[state]);
  }
  return "";
}

std::vector<Wanted> wanted_of(const RecordSearch& search) {
  const std::vector<Subject>& subjects = search.points().subjects();
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> direct;
  std::map<uint32_t, std::set<Truths>> truths;
  std::map<std::pair<uint32_t, Truths>, uint32_t> of_truths;
  for (uint32_t f = 0; f < search.features().size(); ++f) {
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

// Takes away what a record needs not have to show the features: whole keys and rows first, then what is inside of them.
Json cut_down(RecordSearch& search, Json record, const std::vector<uint32_t>& features) {
  const auto suffices = [&](const std::vector<uint32_t>& shown) {
    return std::includes(shown.begin(), shown.end(), features.begin(), features.end());
  };
  for (bool smaller = true; smaller;) {
    smaller = false;
    std::vector<nlohmann::ordered_json::json_pointer> places;
    const std::function<void(const Json&, const Json::json_pointer&, int)> collect = [&](const Json& j, const Json::json_pointer& at,
                                                                                         int depth) {
      if (!j.is_structured() || depth > 6) return;
      for (const auto& [key, inner] : j.items()) {
        const auto here = j.is_array() ? at / static_cast<size_t>(std::stoul(key)) : at / key;
        if (!(depth == 0 && (key == "id" || key == "lines"))) places.push_back(here);
        collect(inner, here, depth + 1);
      }
    };
    collect(record, Json::json_pointer(), 0);
    std::vector<Json> tries;
    for (const auto& place : places) {
      Json next = record;
      Json& parent = next[place.parent_pointer()];
      if (parent.is_array()) parent.erase(std::stoul(place.back()));
      else parent.erase(place.back());
      tries.push_back(std::move(next));
    }
    const auto shown = search.shown(tries);
    size_t best = tries.size(), least = record.dump().size();
    for (size_t k = 0; k < tries.size(); ++k) {
      if (suffices(shown[k]) && tries[k].dump().size() < least) best = k, least = tries[k].dump().size();
    }
    if (best == tries.size()) break;
    record = std::move(tries[best]);
    smaller = true;
  }
  return record;
}

std::string slug(std::string_view words) {
  std::string out;
  for (const char c : words) {
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

}  // namespace

Generated generate_cases(const vm::VerifiedProgram& program, const std::vector<Json>& seeds, const GenerateOptions& options) {
  RecordSearch search(program, seeds);
  search.look(options.candidates);
  const std::vector<Subject>& subjects = search.points().subjects();
  std::vector<Wanted> wanted = wanted_of(search);

  Generated out;
  std::set<uint32_t> left;               // features that no chosen case shows
  for (const Wanted& w : wanted) left.insert(w.features.begin(), w.features.end());
  struct Chosen {
    Json record;
    std::vector<uint32_t> for_features;  // that it alone is for
  };
  std::vector<Chosen> chosen;
  while (!left.empty()) {
    // The record that shows most of what is left for its length: a short one is read.
    const RecordSearch::Found* best = nullptr;
    size_t most = 0;
    for (const RecordSearch::Found& f : search.found()) {
      const auto n = static_cast<size_t>(std::count_if(f.features.begin(), f.features.end(), [&](uint32_t x) { return left.contains(x); }));
      const size_t worth = n * 100'000 / (600 + f.record.dump().size());
      if (n > 0 && worth > most) best = &f, most = worth;
    }
    if (!best) break;
    Chosen c{best->record, {}};
    for (const uint32_t f : best->features) {
      if (left.erase(f)) c.for_features.push_back(f);
    }
    chosen.push_back(std::move(c));
  }
  std::set<uint32_t> shown;
  std::set<std::pair<uint32_t, uint32_t>> named;
  std::map<std::string, int> names;
  for (Chosen& c : chosen) {
    c.record = cut_down(search, std::move(c.record), c.for_features);
    const std::vector<uint32_t> shows = search.shown({c.record})[0];
    shown.insert(shows.begin(), shows.end());
    std::vector<std::string> points;
    for (const Wanted& w : wanted) {
      if (w.features.empty() || !named.insert({w.subject, w.state}).second) continue;
      const bool all = std::all_of(w.features.begin(), w.features.end(), [&](uint32_t f) { return shown.contains(f); });
      if (!all) named.erase({w.subject, w.state});
      else points.push_back(in_words(subjects[w.subject], w.state));
    }
    GeneratedCase made;
    // Rules and outcomes say most; they stand last in the list of subjects that a reader is told first.
    std::stable_partition(points.begin(), points.end(),
                          [](const std::string& w) { return w.ends_with(" stands") || w.ends_with(" defeated"); });
    for (size_t k = 0; k < points.size() && k < points_named; ++k) made.shows += (k ? "; " : "") + points[k];
    if (points.size() > points_named) made.shows += fmt::format("; and {} more", points.size() - points_named);
    if (points.empty()) made.shows = "the other half of a pair";
    made.name = slug(points.empty() ? made.shows : points[0]);
    if (const int n = ++names[made.name]; n > 1) made.name += fmt::format("-{}", n);
    c.record["id"] = made.name;
    made.record = c.record;
    vm::Loader loader(*program, "");
    loader.add(c.record.dump(), made.name);
    made.trace = vm::trace(vm::run(program, std::make_shared<const vm::Batch>(loader.take())), 0);
    out.cases.push_back(std::move(made));
  }
  std::set<std::string> outcomes;
  for (const GeneratedCase& c : out.cases) {
    for (const vm::LineTrace& line : c.trace.lines) outcomes.emplace(vm::outcome_row(line.outcome).json);
  }
  for (const Wanted& w : wanted) {
    ++out.wanted;
    const Subject& s = subjects[w.subject];
    const bool seen = s.kind == Kind::outcome && outcomes.contains(s.name);
    if (seen || (!w.features.empty() && std::all_of(w.features.begin(), w.features.end(), [&](uint32_t f) { return shown.contains(f); }))) {
      ++out.shown;
    } else {
      out.missing.push_back(fmt::format("{} {}", words(s.kind), in_words(s, w.state)));
    }
  }
  return out;
}

}  // namespace rubric::analysis
