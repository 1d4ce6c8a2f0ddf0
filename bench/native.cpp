// See native.h.
#include "bench/native.h"

#include <algorithm>
#include <bit>
#include <chrono>

namespace rubric::bench {
namespace {

Kleene both(Kleene a, Kleene b) { return std::min(a, b); }
Kleene either(Kleene a, Kleene b) { return std::max(a, b); }
Kleene negated(Kleene a) { return static_cast<Kleene>(yes - a); }
Kleene is(bool b) { return b ? yes : no; }

template <class T>
Kleene when_known(T value, T missing, bool holds) {
  return value == missing ? unknown : is(holds);
}

bool is_headache(int32_t code) { return code < 30; }
bool is_excluded(int32_t code) { return code >= 30 && code < 35; }
bool is_injection(int32_t code) { return code < 2; }
bool is_drug(uint8_t category) { return category < 5; }
bool is_movement(uint8_t category) { return category >= 8 && category <= 10; }

using std::chrono::days, std::chrono::months, std::chrono::sys_days, std::chrono::year_month_day;

}  // namespace

int32_t months_before(int32_t day, int n) {
  const year_month_day d = year_month_day{sys_days{days{day}}} - months{n};
  const sys_days moved = d.ok() ? sys_days{d} : sys_days{d.year() / d.month() / std::chrono::last};
  return moved.time_since_epoch().count();
}

int32_t years_between(int32_t from, int32_t to) {
  const year_month_day a{sys_days{days{from}}}, b{sys_days{days{to}}};
  const int whole = static_cast<int>(b.year()) - static_cast<int>(a.year());
  return whole - (b.month() < a.month() || (b.month() == a.month() && b.day() < a.day()));
}

namespace {

Kleene after(int32_t day, int32_t other) { return day == no_day || other == no_day ? unknown : is(day > other); }
Kleene at_or_after(int32_t day, int32_t other) { return day == no_day || other == no_day ? unknown : is(day >= other); }
int32_t shifted(int32_t day, int32_t by) { return day == no_day ? no_day : day + by; }
int32_t earlier(int32_t day, int n) { return day == no_day ? no_day : months_before(day, n); }

// How many rows hold, at least and at most; an open list has no most.
struct Count {
  int32_t low = 0, high = 0;
};

class Evaluation {
 public:
  Evaluation(const Cases& all, const Case& c, const Line& line) : all_(all), case_(c), line_(line) {}

  Kleene adult() const {
    return case_.birth == no_day || line_.date == no_day ? unknown : is(years_between(case_.birth, line_.date) >= 18);
  }
  Kleene diagnosed() const {
    return some(all_.diagnoses, case_.diagnoses, false,
                [](const Diagnosis& d) { return when_known(d.code, no_number, is_headache(d.code)); });
  }
  Kleene not_excluded() const {
    return negated(some(all_.diagnoses, case_.diagnoses, false,
                        [](const Diagnosis& d) { return when_known(d.code, no_number, is_excluded(d.code)); }));
  }
  Kleene pain_lasted() const {
    const int32_t limit = earlier(line_.date, 3);
    return some(all_.diagnoses, case_.diagnoses, false,
                [&](const Diagnosis& d) { return both(when_known(d.code, no_number, is_headache(d.code)), at_or_after(limit, d.onset)); });
  }
  Kleene active_point() const {
    const int32_t from = earlier(line_.date, 6);
    return some(all_.findings, case_.findings, case_.findings_open, [&](const Finding& f) {
      return both(both(when_known(f.type, no_word, f.type == 0), when_known(f.activity, no_word, f.activity == 0)),
                  both(after(f.date, from), at_or_after(line_.date, f.date)));
    });
  }
  Kleene taut_band() const {
    return some(all_.findings, case_.findings, case_.findings_open,
                [](const Finding& f) { return both(when_known(f.type, no_word, f.type == 0), either(f.taut, f.referred)); });
  }
  Kleene drugs_tried() const {
    const int32_t from = earlier(line_.date, 12);
    const Count n = count(all_.trials, case_.trials, case_.trials_open, [&](const Trial& t) {
      return both(
          both(when_known(t.category, no_word, is_drug(t.category)), when_known(t.outcome, no_word, t.outcome == 0 || t.outcome == 3)),
          both(at_or_after(t.end, shifted(t.start, 28)), after(t.start, from)));
    });
    return at_least(n, 2);
  }
  Kleene movement_first() const {
    const int32_t from = earlier(line_.date, 12);
    const Kleene failed = some(all_.trials, case_.trials, case_.trials_open, [&](const Trial& t) {
      return both(both(when_known(t.category, no_word, is_movement(t.category)), when_known(t.outcome, no_word, t.outcome == 0)),
                  both(when_known(t.sessions, no_number, t.sessions >= 6), after(t.end, from)));
    });
    const Kleene impossible = some(all_.trials, case_.trials, case_.trials_open, [](const Trial& t) {
      return both(when_known(t.category, no_word, is_movement(t.category)), when_known(t.outcome, no_word, t.outcome == 4));
    });
    return either(failed, impossible);
  }
  Kleene none_since() const {
    const int32_t from = shifted(line_.date, -28);
    return negated(some(all_.priors, case_.priors, case_.priors_open, [&](const Prior& p) {
      return both(when_known(p.code, no_number, is_injection(p.code)), both(after(p.date, from), after(line_.date, p.date)));
    }));
  }
  Kleene year_limit() const {
    const int32_t from = shifted(line_.date, -365);
    const Count n = count(all_.priors, case_.priors, case_.priors_open, [&](const Prior& p) {
      return both(when_known(p.code, no_number, is_injection(p.code)), both(after(p.date, from), after(line_.date, p.date)));
    });
    return negated(at_least(n, 4));
  }
  Kleene responds() const {
    const Count n = count(all_.priors, case_.priors, case_.priors_open, [](const Prior& p) {
      return both(when_known(p.code, no_number, is_injection(p.code)), when_known(p.relief_tenths, no_number, p.relief_tenths < 500));
    });
    return negated(at_least(n, 3));
  }
  Kleene lasted_applies() const {
    return some(all_.priors, case_.priors, case_.priors_open,
                [](const Prior& p) { return when_known(p.code, no_number, is_injection(p.code)); });
  }
  Kleene lasted() const {
    return some(all_.priors, case_.priors, case_.priors_open, [](const Prior& p) {
      return both(when_known(p.code, no_number, is_injection(p.code)),
                  both(when_known(p.response, no_word, p.response == 2), when_known(p.relief_tenths, no_number, p.relief_tenths >= 500)));
    });
  }
  Kleene imaged() const {
    const int32_t from = earlier(line_.date, 24);
    return some(all_.studies, case_.studies, case_.studies_open, [&](const Study& s) {
      return both(both(when_known(s.kind, no_word, s.kind == 0), when_known(s.result, no_word, s.result == 0)), after(s.date, from));
    });
  }
  Kleene safe() const {
    return negated(either(either(case_.infection, case_.coagulopathy), both(case_.anticoagulant, negated(case_.plan))));
  }
  Kleene in_program() const { return both(case_.education, when_known(case_.therapy, no_word, case_.therapy >= 3)); }
  Kleene amount() const { return when_known(line_.units, no_number, line_.units <= 8); }

 private:
  template <class T, class Holds>
  Kleene some(const std::vector<T>& rows, Range range, bool open, Holds holds) const {
    Kleene found = open ? unknown : no;
    for (uint32_t k = range.begin; k < range.end && found != yes; ++k) found = either(found, holds(rows[k]));
    return found;
  }
  template <class T, class Holds>
  Count count(const std::vector<T>& rows, Range range, bool open, Holds holds) const {
    Count n{0, open ? INT32_MAX / 2 : 0};
    for (uint32_t k = range.begin; k < range.end; ++k) {
      const Kleene one = holds(rows[k]);
      n.low += one == yes;
      n.high += one != no;
    }
    return n;
  }
  static Kleene at_least(Count n, int32_t least) { return n.low >= least ? yes : n.high < least ? no : unknown; }

  const Cases& all_;
  const Case& case_;
  const Line& line_;
};

Decision settled(bool approves, bool denies, bool reviews) {
  if (approves && denies) return Decision::conflict;
  if (reviews) return Decision::review;
  return denies ? Decision::deny : approves ? Decision::approve : Decision::gap;
}

}  // namespace

Decision decided(Kleene approve, Kleene deny, Kleene review) {
  if (approve != unknown && deny != unknown && review != unknown) return settled(approve == yes, deny == yes, review == yes);
  uint32_t possible = 0;
  for (const bool a : {false, true}) {
    for (const bool d : {false, true}) {
      for (const bool r : {false, true}) {
        if (both(approve, is(!a)) == yes || both(deny, is(!d)) == yes || both(review, is(!r)) == yes) continue;
        if ((a && approve == no) || (d && deny == no) || (r && review == no)) continue;
        possible |= 1u << static_cast<uint8_t>(settled(a, d, r));
      }
    }
  }
  return std::has_single_bit(possible) ? static_cast<Decision>(std::countr_zero(possible)) : Decision::open;
}

LineResult evaluate(const Cases& all, const Case& c, const Line& line) {
  const Evaluation e(all, c, line);
  LineResult out;
  auto& v = out.criteria;
  v = {e.adult(),       e.diagnosed(),      e.not_excluded(), e.pain_lasted(), e.active_point(),  e.taut_band(),
       e.drugs_tried(), e.movement_first(), e.none_since(),   e.year_limit(),  e.responds(),      e.lasted(),
       e.imaged(),      e.safe(),           e.in_program(),   e.amount(),      e.lasted_applies()};
  Kleene met = yes, not_necessary = no, much = no;
  for (const Criterion k : {adult, diagnosed, not_excluded, pain_lasted, active_point, taut_band, drugs_tried, movement_first, responds}) {
    not_necessary = either(not_necessary, negated(v[k]));
  }
  not_necessary = either(not_necessary, both(v[lasted_applies], negated(v[lasted])));
  for (const Criterion k : {none_since, year_limit, imaged, in_program, amount}) much = either(much, negated(v[k]));
  for (uint8_t k = 0; k < lasted_applies; ++k) met = both(met, k == lasted ? either(negated(v[lasted_applies]), v[k]) : v[k]);
  out.decision = decided(both(met, v[safe]), either(both(not_necessary, v[safe]), negated(v[safe])), both(much, v[safe]));
  return out;
}

Decision decide(const Cases& all, const Case& c, const Line& line) {
  const Evaluation e(all, c, line);
  const Kleene safe_ = e.safe();
  if (safe_ == no) return Decision::deny;
  // The cheap ones first; the first that is not met is enough for a denial, and there is no approval then.
  const auto least = [](Kleene& met, auto next) {
    if (met != no) met = both(met, next());
  };
  Kleene needed = e.adult();
  least(needed, [&] { return e.diagnosed(); });
  least(needed, [&] { return e.not_excluded(); });
  least(needed, [&] { return e.taut_band(); });
  least(needed, [&] { return e.active_point(); });
  least(needed, [&] { return e.pain_lasted(); });
  least(needed, [&] { return e.responds(); });
  least(needed, [&] { return either(negated(e.lasted_applies()), e.lasted()); });
  least(needed, [&] { return e.movement_first(); });
  least(needed, [&] { return e.drugs_tried(); });
  Kleene modest = e.amount();
  least(modest, [&] { return e.in_program(); });
  least(modest, [&] { return e.imaged(); });
  least(modest, [&] { return e.none_since(); });
  least(modest, [&] { return e.year_limit(); });
  return decided(both(both(needed, modest), safe_), either(both(negated(needed), safe_), negated(safe_)), both(negated(modest), safe_));
}

}  // namespace rubric::bench
