// Limits over history and the request's other lines: semantics.md, section 7. See evaluator.h.
//
// `used` is a range: what surely counts, and what may. The line's own day is not among the days that are used.
#include "tests/reference/evaluator.h"

#include "vm/operators.h"

#include <algorithm>
#include <utility>

namespace rubric::reference {

namespace {

struct Use {
  std::optional<int64_t> day;
  bool certain, phantom;
};
struct Range {
  size_t low = 0, high = 0;
  bool unlimited = false;
};

uint16_t operator_row(std::string_view name, vm::Type type) {
  for (uint16_t fn = 0; fn < vm::operators().size(); ++fn) {
    if (vm::operators()[fn].name == name && vm::operators()[fn].args[0] == type) return fn;
  }
  return 0;
}

size_t different(std::vector<int64_t> days) {
  std::sort(days.begin(), days.end());
  return static_cast<size_t>(std::unique(days.begin(), days.end()) - days.begin());
}

// What is used of those uses that fall into (after, until]; without ends, of all.
Range used(const std::vector<Use>& uses, std::optional<int64_t> after, std::optional<int64_t> until, std::optional<int64_t> own,
           bool procedures) {
  Range r;
  std::vector<int64_t> certain, possible;
  for (const Use& u : uses) {
    if (u.day && ((after && *u.day <= *after) || (until && *u.day > *until))) continue;
    const bool sure = u.certain && (u.day || !after) && !u.phantom;
    if (procedures) {
      r.low += sure;
      ++r.high;
      r.unlimited |= u.phantom;
      continue;
    }
    if (u.phantom && !u.day) r.unlimited = true;
    if (!u.day) {
      ++r.high;
    } else if (!own || *own != *u.day) {
      possible.push_back(*u.day);
      if (sure) certain.push_back(*u.day);
    }
  }
  if (procedures) return r;
  r.low = different(certain);
  r.high += different(possible);
  if (!own && r.low > 0) --r.low;  // its own day may be one of these
  return r;
}

}  // namespace

Truth Evaluator::within_limit(const ir::Criterion& c) {
  const ir::Limit& l = *c.limit;
  OpenFacts outside = std::exchange(record_.open, {});
  std::vector<Use> uses;
  bool near = false, perhaps_near = false;
  const auto gather = [&](const ir::Query& q, bool lines) {
    for (const Member& m : members(q)) {
      const Truth given = lines ? granted(c.block, m.rows[0]) : Truth::yes;
      const Truth in = both(m.in, given);
      if (in == Truth::no || in == Truth::none) continue;
      near |= in == Truth::yes;
      perhaps_near |= in != Truth::yes;
      if (l.kind == ir::Limit::Kind::interval) continue;
      Possible day = none();
      for (size_t k = 0; k < q.sources.size(); ++k) rows_[q.sources[k].variable] = m.rows[k];
      if (!q.value.empty()) day = value(q.value[0]);
      for (const auto& s : q.sources) rows_.erase(s.variable);
      if (l.kind == ir::Limit::Kind::days && is_none(day)) continue;
      Use use{std::nullopt, in == Truth::yes, m.phantom};
      if (is_point(day)) use.day = static_cast<int64_t>(day.pieces[0].low->number);
      uses.push_back(use);
    }
  };
  gather(l.history, false);
  gather(l.siblings, true);
  Truth result = Truth::unknown;
  if (l.kind == ir::Limit::Kind::interval) {
    (void)value(l.date);
    result = near ? Truth::no : perhaps_near ? Truth::unknown : Truth::yes;
  } else {
    const Possible date = value(l.date), amount = value(l.amount);
    const bool procedures = l.kind == ir::Limit::Kind::procedures;
    std::optional<int64_t> own;
    if (is_point(date)) own = static_cast<int64_t>(date.pieces[0].low->number);
    Range all;
    if (!l.any_window) {
      all = used(uses, std::nullopt, std::nullopt, own, procedures);
    } else if (const Possible length = value(*l.length); !own || !is_point(length)) {
      all = used(uses, std::nullopt, std::nullopt, own, true);
      all.low = 0;
    } else {
      // The fullest window of that length that contains the line's day: one that ends on it, or on a later use.
      std::vector<int64_t> ends{*own};
      for (const Use& u : uses) {
        if (u.day && *u.day > *own) ends.push_back(*u.day);
      }
      for (const int64_t end : ends) {
        const Possible start = operate(operator_row("-", vm::Type::date), {point(date_scalar(end)), length});
        if (!is_point(start) || start.pieces[0].low->number >= *own) continue;
        const Range one = used(uses, static_cast<int64_t>(start.pieces[0].low->number), end, own, procedures);
        all.low = std::max(all.low, one.low);
        all.high = std::max(all.high, one.high);
        all.unlimited |= one.unlimited;
      }
    }
    const Possible count = range(integer_scalar(static_cast<int64_t>(all.low)),
                                 all.unlimited ? std::nullopt : std::optional(integer_scalar(static_cast<int64_t>(all.high))));
    result = truth_of(operate(operator_row("<", vm::Type::integer), {count, amount}));
  }
  const bool list =
      std::any_of(record_.open.begin(), record_.open.end(), [](const auto& f) { return f.second.kind != OpenFact::Kind::scalar; });
  if (result == Truth::unknown && (record_.open.size() > 1 || list)) facts_meet_ = true;
  record_.open.merge(outside);
  for (auto& [pointer, fact] : outside) {
    record_.open[pointer].of_rows.merge(fact.of_rows);
    record_.open[pointer].on.merge(fact.on);
  }
  return result;
}

}  // namespace rubric::reference
