#include "analysis/what_if.h"

#include "analysis/on_scale.h"
#include "analysis/outcome_distance.h"
#include "analysis/points.h"
#include "analysis/record_search.h"
#include "vm/date.h"
#include "vm/machine.h"
#include "vm/outcomes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace rubric::analysis {
namespace {

using vm::Outcome;
using Combination = std::vector<Move>;

constexpr size_t batch_of = 256;
constexpr size_t most_combined = 140;       // changes of one fact that are combined with others
constexpr size_t most_in_all_combinations = 2;   // facts, of which every combination is tried first
constexpr size_t most_in_some = 3;               // ... and where steps lead nowhere
constexpr size_t most_stepped = 16'000;          // records looked at on the way to an outcome that takes more facts,
constexpr size_t most_pairs = 6'000;             // ... at once, of two changes together
constexpr size_t row_candidates = 3'000;   // records searched for rows that the policy could notice

class Searching {
 public:
  Searching(const vm::VerifiedProgram& program, const Json& record, const WhatIfOptions& options)
      : program_(program),
        options_(options),
        points_(*program),
        distance_(*program, points_),
        search_(program, {record}),
        moves_(*program, search_.space(), record, options.changeable) {}

  WhatIfs result() {
    out_.is = traced(moves_.record());
    out_.held = moves_.held();
    if (out_.is.rejected) return std::move(out_);
    for (size_t k = 0; k < out_.is.lines.size(); ++k) {
      if (options_.line && out_.is.lines[k].sequence != *options_.line) continue;
      lines_.push_back(k);
      out_.lines.push_back({out_.is.lines[k], {}});
    }
    if (lines_.empty()) return std::move(out_);
    found_.resize(lines_.size());
    singles();
    // Where much stands in the way two facts do not do.
    const bool steps = options_.facts > most_in_all_combinations;
    bool some = false;
    for (size_t l = 0; l < lines_.size(); ++l) {
      const bool far = steps && found_[l].empty() && is_far(l);
      if (far) step_by_step(l);
      some |= far ? found_[l].empty() : found_[l].size() < options_.limit;
    }
    if (some && options_.facts >= most_in_all_combinations) combine(most_in_all_combinations);
    for (size_t l = 0; l < lines_.size() && steps; ++l) {
      if (found_[l].empty() && !is_far(l)) step_by_step(l);
    }
    const bool all_found = std::all_of(found_.begin(), found_.end(), [](const auto& f) { return !f.empty(); });
    if (!all_found && options_.facts >= most_in_some) combine(most_in_some);
    for (size_t l = 0; l < lines_.size(); ++l) choose(l);
    return std::move(out_);
  }

 private:
  struct Tried {
    bool rejected = false;
    std::vector<Outcome> outcomes;      // of the case's lines; not decided: no version of the policy is in force
    std::vector<std::string> shows;     // what the policy saw, sorted
  };
  struct Found {
    Outcome outcome;
    Combination moves;
    std::vector<std::string> short_of;  // parallel to the moves
    int64_t step = 0;
  };

  // ---------------------------------------------------------------- running

  vm::Trace traced(const Json& record) const {
    vm::Loader loader(*program_, options_.as_of);
    loader.add(record.dump(), "");
    return vm::trace(vm::run(program_, std::make_shared<const vm::Batch>(loader.take())), 0);
  }

  std::vector<Tried> tried(const std::vector<Combination>& all, bool shows) {
    std::vector<Tried> out;
    for (size_t from = 0; from < all.size(); from += batch_of) {
      const size_t to = std::min(all.size(), from + batch_of);
      vm::Loader loader(*program_, options_.as_of);
      for (size_t k = from; k < to; ++k) loader.add(moves_.made(all[k]).dump(), "");
      const auto batch = std::make_shared<const vm::Batch>(loader.take());
      const vm::Decisions d = vm::run(program_, batch);
      for (vm::Row row = 0; row < to - from; ++row) {
        Tried t;
        t.rejected = batch->info[row].rejected;
        if (!t.rejected) {
          for (const vm::LineTrace& line : vm::trace(d, row, false).lines) t.outcomes.push_back(line.outcome);
          in_force(d, row, t.outcomes);
        }
        out.push_back(std::move(t));
      }
      if (shows) {
        for (const Points::Seen& seen : points_.seen(d))
          out[from + seen.case_row].shows.push_back(fmt::format("{} {} {}", seen.subject, seen.state, seen.truths));
      }
      out_.tried += to - from;
      if (options_.progress) options_.progress(out_.tried);
    }
    for (Tried& t : out) std::sort(t.shows.begin(), t.shows.end());
    return out;
  }

  void in_force(const vm::Decisions& d, vm::Row row, std::vector<Outcome>& outcomes) const {
    const std::vector<vm::Row> starts = d.case_starts(program_->lines_domain);
    for (size_t k = 0; k < outcomes.size(); ++k) {
      const auto line = static_cast<vm::Row>(starts[row] + k);
      if (outcomes[k] != Outcome::gap || line >= starts[row + 1]) continue;
      const auto& blocks = program_->blocks;
      const bool some = std::any_of(blocks.begin(), blocks.end(), [&](const vm::Block& b) {
        return d.truth(b.scope, line) != vm::Truth::no && d.truth(b.version_gate, line) != vm::Truth::no;
      });
      if (!some) outcomes[k] = Outcome::not_decided;
    }
  }

  bool wanted(Outcome o, size_t line) const {
    if (o == out_.is.lines[line].outcome || o == Outcome::not_decided) return false;
    return options_.to.empty() || std::find(options_.to.begin(), options_.to.end(), o) != options_.to.end();
  }
  bool comes_to(const Combination& moves, size_t line, Outcome o) {
    const Tried t = tried({moves}, false)[0];
    return !t.rejected && line < t.outcomes.size() && t.outcomes[line] == o;
  }

  // ---------------------------------------------------------------- one fact

  void singles() {
    std::vector<Move> all = moves_.all();
    search_.look(row_candidates);
    std::vector<Move> rows;
    for (const RecordSearch::Found& f : search_.found()) {
      for (Move& m : moves_.rows_of(f.record)) {
        if (std::find(rows.begin(), rows.end(), m) == rows.end()) rows.push_back(std::move(m));
      }
    }
    all.insert(all.end(), rows.begin(), rows.end());
    std::vector<Combination> one;
    one.reserve(all.size());
    for (const Move& m : all) one.push_back({m});
    const std::vector<Tried> results = tried(one, true);
    const Tried base = tried({{}}, true)[0];

    // Of the changes of one fact that the policy cannot tell from each other, the least.
    std::map<std::pair<std::string, std::vector<std::string>>, size_t> least;
    for (size_t k = 0; k < all.size(); ++k) {
      if (results[k].rejected) continue;
      by_fact_[all[k].fact].push_back(all[k]);
      if (results[k].shows == base.shows && results[k].outcomes == base.outcomes) continue;
      const auto [at, added] = least.try_emplace({all[k].fact, results[k].shows}, k);
      if (!added && step(all[k]) < step(all[at->second])) at->second = k;
    }
    for (const auto& [key, k] : least) {
      // How much of what the policy sees is otherwise: what moves more stands first.
      std::vector<std::string> other;
      std::set_difference(key.second.begin(), key.second.end(), base.shows.begin(), base.shows.end(), std::back_inserter(other));
      distinct_.push_back({all[k], results[k].outcomes, other.size()});
    }
    std::stable_sort(distinct_.begin(), distinct_.end(), [&](const Distinct& a, const Distinct& b) {
      const bool rows_a = a.move.kind == Move::Kind::add_row, rows_b = b.move.kind == Move::Kind::add_row;
      return rows_a != rows_b ? rows_b : a.weight > b.weight;
    });
    if (distinct_.size() > most_combined) {
      distinct_.resize(most_combined, distinct_.front());
      out_.bounded = true;
    }
    for (size_t l = 0; l < lines_.size(); ++l) {
      std::map<std::pair<std::string, Outcome>, Move> best;   // of a fact
      for (size_t k = 0; k < all.size(); ++k) {
        if (results[k].rejected || lines_[l] >= results[k].outcomes.size() || !wanted(results[k].outcomes[lines_[l]], lines_[l])) continue;
        const auto [at, added] = best.try_emplace({all[k].fact, results[k].outcomes[lines_[l]]}, all[k]);
        if (!added && step(all[k]) < step(at->second)) at->second = all[k];
      }
      for (const auto& [key, move] : best) keep(l, {move}, key.second);
    }
  }

  // ---------------------------------------------------------------- several facts

  void combine(size_t facts) {
    std::vector<std::vector<size_t>> combinations;
    const size_t most = options_.tries > out_.tried ? options_.tries - out_.tried : 0;
    std::vector<size_t> chosen;
    const auto add = [&](const auto& self, size_t from) -> void {
      if (chosen.size() == facts) {
        combinations.push_back(chosen);
        return;
      }
      for (size_t k = from; k < distinct_.size(); ++k) {
        if (combinations.size() >= most) {
          out_.bounded = true;
          return;
        }
        const bool same =
            std::any_of(chosen.begin(), chosen.end(), [&](size_t c) { return exclude(distinct_[c].move, distinct_[k].move); });
        if (same) continue;
        chosen.push_back(k);
        self(self, k + 1);
        chosen.pop_back();
      }
    };
    add(add, 0);
    for (size_t from = 0; from < combinations.size(); from += batch_of) {
      const size_t to = std::min(combinations.size(), from + batch_of);
      std::vector<Combination> part;
      for (size_t k = from; k < to; ++k) {
        Combination& c = part.emplace_back();
        for (const size_t m : combinations[k]) c.push_back(distinct_[m].move);
      }
      const std::vector<Tried> results = tried(part, false);
      for (size_t k = 0; k < part.size(); ++k) {
        for (size_t l = 0; l < lines_.size(); ++l) {
          const size_t line = lines_[l];
          if (results[k].rejected || line >= results[k].outcomes.size()) continue;
          const Outcome o = results[k].outcomes[line];
          if (!wanted(o, line)) continue;
          const bool alone = std::any_of(combinations[from + k].begin(), combinations[from + k].end(),
                                         [&](size_t m) { return line < distinct_[m].outcomes.size() && distinct_[m].outcomes[line] == o; });
          if (!alone) keep(l, part[k], o);
        }
      }
    }
  }

  // ---------------------------------------------------------------- as many as it takes

  bool is_far(size_t l) {
    constexpr double much = 5;   // each fact in the way counts about 1
    for (const vm::OutcomeRow& row : vm::outcome_rows) {
      const auto o = static_cast<Outcome>(&row - vm::outcome_rows);
      if (wanted(o, lines_[l]) && distances({{}}, lines_[l], o)[0] < much) return false;
    }
    return true;
  }

  // To the best outcome that is wanted and can be reached so.
  void step_by_step(size_t l) {
    for (const vm::OutcomeRow& row : vm::outcome_rows) {   // best first
      const auto o = static_cast<Outcome>(&row - vm::outcome_rows);
      if (!wanted(o, lines_[l]) || points_.outcome_state(o) == Points::no_state) continue;
      step_towards(l, o);
      if (!found_[l].empty()) return;
    }
  }

  // Of all changes the one that brings the line nearest, again and again. Then what is not needed goes.
  void step_towards(size_t l, Outcome o) {
    const size_t line = lines_[l];
    Combination moves;
    double nearest = distances({{}}, line, o)[0];
    stepped_ = 0;
    while (!comes_to(moves, line, o)) {
      const std::vector<Combination> next = steps_from(moves);
      if (nearer(next, line, o, moves, nearest)) continue;
      // Two rows of one list, or two values of a row, may do what neither does alone: two different days.
      std::vector<Combination> two;
      for (const Combination& one : next) {
        const Move& changed = one.size() > moves.size() ? one.back() : row_of(one, moves);
        if (changed.kind != Move::Kind::add_row) continue;
        for (Combination& more : steps_from(one, changed.fact)) {
          if (two.size() < most_pairs) two.push_back(std::move(more));
        }
      }
      if (!nearer(two, line, o, moves, nearest)) return;
    }
    for (size_t k = moves.size(); k-- > 0 && moves.size() > 1;) {
      Combination less = moves;
      less.erase(less.begin() + static_cast<std::ptrdiff_t>(k));
      if (comes_to(less, line, o)) moves = std::move(less);
    }
    keep(l, std::move(moves), o);
  }

  // Whether one of them brings the line nearer: then the moves are those that bring it nearest.
  bool nearer(const std::vector<Combination>& next, size_t line, Outcome o, Combination& moves, double& nearest) {
    if (stepped_ > most_stepped) {
      out_.bounded = true;
      return false;
    }
    stepped_ += next.size();
    const std::vector<double> far = distances(next, line, o);
    const auto rank = [&](size_t k) { return std::tuple(far[k], next[k].size(), steps(next[k])); };
    std::optional<size_t> best;
    for (size_t k = 0; k < next.size(); ++k) {
      if (next[k].size() <= options_.facts && far[k] < nearest && (!best || rank(k) < rank(*best))) best = k;
    }
    if (!best) return false;
    nearest = far[*best];
    moves = next[*best];
    return true;
  }

  // The one of some moves that is otherwise than before.
  static const Move& row_of(const Combination& now, const Combination& before) {
    size_t k = 0;
    while (k + 1 < now.size() && now[k] == before[k]) ++k;
    return now[k];
  }

  // Whether one undoes the other: a fact has one value, a list may have several rows more and be complete with them.
  static bool exclude(const Move& a, const Move& b) {
    return a.fact == b.fact && a.kind != Move::Kind::add_row && b.kind != Move::Kind::add_row;
  }

  // One change more; or another value in a row that was added, also of a list inside of it. `only`: of this fact.
  std::vector<Combination> steps_from(const Combination& moves, const std::string& only = "") const {
    std::vector<Combination> out;
    for (const auto& [fact, list] : by_fact_) {
      for (const Move& m : list) {
        if (!only.empty() && fact != only) continue;
        if (std::any_of(moves.begin(), moves.end(), [&](const Move& c) { return exclude(c, m); })) continue;
        out.push_back(moves);
        out.back().push_back(m);
      }
    }
    for (size_t k = 0; k < moves.size(); ++k) {
      if (moves[k].kind != Move::Kind::add_row || (!only.empty() && moves[k].fact != only)) continue;
      std::set<std::pair<std::string, std::string>> tried;
      for (const Move& other : by_fact_.at(moves[k].fact)) {
        if (other.kind != Move::Kind::add_row) continue;
        for (const auto& [key, value] : other.value.items()) {
          const auto own = moves[k].value.find(key);
          if ((own != moves[k].value.end() && *own == value) || !tried.emplace(key, value.dump()).second) continue;
          out.push_back(moves);
          out.back()[k].value[key] = value;
        }
      }
    }
    return out;
  }

  // How far the line is from an outcome in each record. What cannot be read is farthest.
  std::vector<double> distances(const std::vector<Combination>& all, size_t line, Outcome o) {
    constexpr double farthest = 1e9;
    std::vector<double> out(all.size(), farthest);
    for (size_t from = 0; from < all.size(); from += batch_of) {
      const size_t to = std::min(all.size(), from + batch_of);
      vm::Loader loader(*program_, options_.as_of);
      for (size_t k = from; k < to; ++k) loader.add(moves_.made(all[k]).dump(), "");
      const auto batch = std::make_shared<const vm::Batch>(loader.take());
      const vm::Decisions d = vm::run(program_, batch);
      distance_.look_at(d);
      const std::vector<vm::Row> starts = d.case_starts(program_->lines_domain);
      for (vm::Row c = 0; c < to - from; ++c) {
        const auto row = static_cast<vm::Row>(starts[c] + line);
        if (batch->info[c].rejected || row >= starts[c + 1]) continue;
        out[from + c] = distance_.from(o, row);
      }
      out_.tried += to - from;
      if (options_.progress) options_.progress(out_.tried);
    }
    return out;
  }

  // A change that leads somewhere: if each of its facts is needed, made as small as it can be.
  void keep(size_t l, Combination moves, Outcome o) {
    constexpr size_t most_kept = 60;
    std::vector<Found>& list = found_[l];
    std::vector<std::string> facts;
    for (const Move& m : moves) facts.push_back(m.fact);
    for (const Found& f : list) {
      // Another value of the same facts, or more facts than are needed.
      const bool known = f.outcome == o && std::all_of(f.moves.begin(), f.moves.end(), [&](const Move& m) {
                           return std::find(facts.begin(), facts.end(), m.fact) != facts.end();
                         });
      if (known) return;
    }
    if (list.size() >= most_kept) {
      out_.bounded = true;
      return;
    }
    const size_t line = lines_[l];
    const bool reached = std::any_of(list.begin(), list.end(), [&](const Found& f) { return f.outcome == o; });
    for (size_t k = 0; moves.size() > 1 && k < moves.size(); ++k) {
      Combination less = moves;
      less.erase(less.begin() + static_cast<std::ptrdiff_t>(k));
      const Tried t = tried({less}, false)[0];
      if (t.rejected || line >= t.outcomes.size()) continue;
      if (t.outcomes[line] == o) return;   // it is found without
      // Fewer facts lead elsewhere: of interest only as the first way to a better outcome.
      if (wanted(t.outcomes[line], line) && (reached || t.outcomes[line] < o)) return;
    }
    Found f{o, std::move(moves), {}, 0};
    for (size_t k = 0; k < f.moves.size(); ++k) {
      if (f.moves[k].kind == Move::Kind::add_row) fewest_fields(f, k, line);
      f.short_of.push_back(f.moves[k].kind == Move::Kind::set       ? nearest(f, k, line)
                           : f.moves[k].kind == Move::Kind::add_row ? at_the_edge(f, k, line)
                                                                    : "");
    }
    // All together once more: a later step may have moved what an earlier one was near to.
    if (!comes_to(f.moves, line, o)) return;
    f.step = steps(f.moves);
    list.push_back(std::move(f));
  }

  void fewest_fields(Found& f, size_t k, size_t line) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : f.moves[k].value.items()) keys.push_back(key);
    for (const std::string& key : keys) {
      Combination less = f.moves;
      less[k].value.erase(key);
      if (!less[k].value.empty() && comes_to(less, line, f.outcome)) f.moves = std::move(less);
    }
  }

  // Moves each day, number and amount of a further row to where one step more or less would not do, if it has such an edge, and
  // says in words what would not.
  std::string at_the_edge(Found& f, size_t k, size_t line) {
    std::vector<std::string> keys, out;
    std::vector<std::pair<std::string, Json>> short_of;
    for (const auto& [key, value] : f.moves[k].value.items()) keys.push_back(key);
    for (const std::string& key : keys) {
      const Json stands = f.moves[k].value[key];
      const auto own = on_scale(stands, digits_of(stands));
      if (!own) continue;
      const auto with = [&](int64_t n) {
        Combination c = f.moves;
        OnScale at = *own;
        at.n = n;
        c[k].value[key] = at.json();
        return c;
      };
      // Farther and farther to each side, until it does not do; the edge lies between. What would be refused is no edge.
      constexpr int64_t farthest = 1 << 13;
      std::optional<std::pair<int64_t, int64_t>> edge;   // the last that does, and the first that does not
      for (const int64_t side : {-1, 1}) {
        int64_t good = own->n, bad = good;
        for (int64_t off = 1; off <= farthest && bad == own->n; off *= 2) {
          const int64_t n = own->n + side * off;
          if (own->kind != OnScale::Kind::day && n < 0) break;
          if (comes_to(with(n), line, f.outcome)) good = n;
          else bad = n;
        }
        if (bad == own->n) continue;
        while (std::abs(good - bad) > 1) {
          const int64_t middle = good + (bad - good) / 2;
          (comes_to(with(middle), line, f.outcome) ? good : bad) = middle;
        }
        const bool nearer = !edge || std::abs(good - own->n) < std::abs(edge->first - own->n);
        if (nearer && !tried({with(bad)}, false)[0].rejected) edge = {good, bad};
      }
      if (!edge) continue;
      f.moves = with(edge->first);
      OnScale last = *own;
      last.n = edge->second;
      short_of.emplace_back(key, last.json());
    }
    // A later key may have moved what an earlier one was near to.
    for (const auto& [key, value] : short_of) {
      Combination c = f.moves;
      c[k].value[key] = value;
      if (!comes_to(c, line, f.outcome)) out.push_back(fmt::format("{} {}", key, Moves::words(value)));
    }
    return fmt::format("{}", fmt::join(out, " or "));
  }

  // Moves a value as near to what stands as will do, and says in words the one a step nearer, which does not.
  std::string nearest(Found& f, size_t k, size_t line) {
    Move& move = f.moves[k];
    const Json stands = value_at(move);
    const int digits = std::max(digits_of(move.value), digits_of(stands));
    const auto own = on_scale(move.value, digits);
    if (!own) return "";
    const auto origin = on_scale(stands, digits);
    const auto with = [&](int64_t n) {
      Combination c = f.moves;
      OnScale at = *own;
      at.n = n;
      c[k].value = at.json();
      return c;
    };
    // Where the line comes to it, and where not.
    std::vector<int64_t> points;
    for (const Move& other : by_fact_[move.fact]) {
      if (other.kind != Move::Kind::set) continue;
      const auto at = on_scale(other.value, digits);
      if (at && at->beside(*own)) points.push_back(at->n);
    }
    std::vector<Combination> all;
    for (const int64_t n : points) all.push_back(with(n));
    const std::vector<Tried> results = tried(all, false);
    std::vector<int64_t> good, bad;
    for (size_t p = 0; p < points.size(); ++p) {
      if (results[p].rejected || line >= results[p].outcomes.size()) continue;
      (results[p].outcomes[line] == f.outcome ? good : bad).push_back(points[p]);
    }
    const bool has_origin = origin && origin->beside(*own);
    if (has_origin) bad.push_back(origin->n);
    if (std::find(good.begin(), good.end(), own->n) == good.end()) good.push_back(own->n);
    if (bad.empty()) return "";
    const auto far = [](int64_t a, int64_t b) { return a > b ? a - b : b - a; };
    const auto least = [&](const std::vector<int64_t>& list, int64_t from) {
      return *std::min_element(list.begin(), list.end(),
                               [&](int64_t a, int64_t b) { return std::pair(far(a, from), a) < std::pair(far(b, from), b); });
    };
    int64_t yes = has_origin ? least(good, origin->n) : own->n;
    int64_t no = least(bad, yes);
    if (has_origin) {
      // The last that does not on the way from what stands.
      std::vector<int64_t> between;
      for (const int64_t n : bad) {
        if ((n >= std::min(origin->n, yes)) && (n <= std::max(origin->n, yes))) between.push_back(n);
      }
      no = least(between, yes);
    }
    while (far(yes, no) > 1) {
      const int64_t middle = no + (yes - no) / 2;
      if (comes_to(with(middle), line, f.outcome)) yes = middle;
      else no = middle;
    }
    f.moves = with(yes);
    const Tried shorter = tried({with(no)}, false)[0];
    OnScale last = *own;
    last.n = no;
    return shorter.rejected ? "" : Moves::words(last.json());
  }

  Json value_at(const Move& m) const {
    Json copy = moves_.record();
    const auto at = place(copy, m.steps);
    return at ? **at : Json();
  }

  // How far a change goes: what was not documented contradicts nothing.
  int64_t step(const Move& m) const {
    constexpr int64_t most = 100'000, of_row = 200'000;
    switch (m.kind) {
      case Move::Kind::complete:
      case Move::Kind::judge: return 0;
      case Move::Kind::take_row:
      case Move::Kind::refer: return 1;
      case Move::Kind::add_row: return of_row + static_cast<int64_t>(m.value.size());
      case Move::Kind::set: break;
    }
    const Json stands = value_at(m);
    constexpr int64_t another = 2, away = 50;   // another word or code; that there is none of what was recorded
    const bool none = m.value.is_object() && m.value.contains("none");
    if (stands.is_null()) return none ? 1 : 0;
    if (none) return away;
    const int digits = std::max(digits_of(m.value), digits_of(stands));
    const auto a = on_scale(m.value, digits), b = on_scale(stands, digits);
    return a && b && a->beside(*b) ? std::min(most, a->n > b->n ? a->n - b->n : b->n - a->n) : another;
  }

  int64_t steps(const Combination& moves) const {
    int64_t out = 0;
    for (const Move& m : moves) out += step(m);
    return out;
  }

  // ---------------------------------------------------------------- what is shown

  static void turned(const std::vector<vm::CriterionTrace>& before, const std::vector<vm::CriterionTrace>& after,
                     std::vector<CriterionFlip>& out) {
    for (size_t k = 0; k < std::min(before.size(), after.size()); ++k) {
      const vm::CriterionTrace &was = before[k], &is = after[k];
      if (was.name != is.name) continue;
      const size_t inside = out.size();
      turned(was.criteria, is.criteria, out);
      if (was.status == is.status || out.size() != inside) continue;
      // Of several items the same is said once.
      const bool said = std::any_of(out.begin(), out.end(), [&](const CriterionFlip& c) {
        return c.name == is.name && c.before == was.status && c.after == is.status;
      });
      if (!said) out.push_back({is.name, is.text, was.status, is.status, is.cites});
    }
  }

  void choose(size_t l) {
    std::vector<Found>& list = found_[l];
    std::stable_sort(list.begin(), list.end(),
                     [](const Found& a, const Found& b) { return std::pair(a.moves.size(), a.step) < std::pair(b.moves.size(), b.step); });
    const vm::LineTrace& is = out_.lines[l].is;
    for (const Found& f : list) {
      if (out_.lines[l].changes.size() >= options_.limit) break;
      WhatIf w{f.outcome, {}, {}, {}, moves_.made(f.moves)};
      for (size_t k = 0; k < f.moves.size(); ++k) {
        const Move& m = f.moves[k];
        w.facts.push_back({m.fact, moves_.before(m), after(m), m.value, m.kind, f.short_of[k]});
      }
      const vm::Trace then = traced(w.record);
      if (then.rejected || lines_[l] >= then.lines.size()) continue;
      const vm::LineTrace& line = then.lines[lines_[l]];
      w.decided_by = line.decided_by;
      turned(is.criteria, line.criteria, w.criteria);
      for (size_t k = 0; k < std::min(is.items.size(), line.items.size()); ++k)
        turned(is.items[k].criteria, line.items[k].criteria, w.criteria);
      out_.lines[l].changes.push_back(std::move(w));
    }
  }

  std::string after(const Move& m) const {
    switch (m.kind) {
      case Move::Kind::add_row: return "one more: " + Moves::words(m.value);
      case Move::Kind::take_row: return "left out";
      case Move::Kind::complete: return "all there is";
      case Move::Kind::set:
      case Move::Kind::refer:
      case Move::Kind::judge: break;
    }
    return moves_.after(m);
  }

  struct Distinct {
    Move move;
    std::vector<Outcome> outcomes;
    size_t weight;
  };

  const vm::VerifiedProgram& program_;
  const WhatIfOptions& options_;
  Points points_;
  OutcomeDistance distance_;
  RecordSearch search_;
  Moves moves_;
  std::vector<size_t> lines_;                        // of the case: those asked for
  std::map<std::string, std::vector<Move>> by_fact_; // that can be read
  std::vector<Distinct> distinct_;
  std::vector<std::vector<Found>> found_;            // parallel to lines_
  size_t stepped_ = 0;
  WhatIfs out_;
};

}  // namespace

WhatIfs what_if(const vm::VerifiedProgram& program, const Json& record, const WhatIfOptions& options) {
  return Searching(program, record, options).result();
}

}  // namespace rubric::analysis
