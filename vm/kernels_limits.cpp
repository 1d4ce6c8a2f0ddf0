// Limits over history: how many other days (or procedures) a line's service has already used, counting what was done
// before and the request's other lines that are granted. Everything not certain widens the answer to a range.
#include "vm/kernels.h"

#include <algorithm>

namespace rubric::vm {
namespace {

struct Use {
  bool dated = false;      // the day is known
  int32_t day = 0;
  bool certain = false;
  bool phantom = false;    // stands for any number of uses
  bool awaits = false;     // it counts once another line is approved
};

void gather(std::vector<Use>& uses, const DomainRows& rows, Row parent, const Column& member, const Column& date, const Column* granted,
            const Pool& pool) {
  for (Row k = rows.first[parent]; k < rows.first[parent + 1]; ++k) {
    const Truth t = member.truth(k), g = granted ? granted->truth(k) : Truth::yes;
    if (t == Truth::no || t == Truth::none || g == Truth::no) continue;
    const Value v = get(date, k, pool);
    if (v.kind == Kind::none) continue;
    const bool dated = v.kind == Kind::value && v.precision == 3;
    uses.push_back({dated, static_cast<int32_t>(dated ? v.i : 0), t == Truth::yes && g == Truth::yes, bit(rows.phantom, k),
                    t == Truth::yes && dated && g == Truth::unknown});
  }
}

struct Range {
  uint32_t low = 0, high = 0;
  bool unbounded = false;
  Cause cause = Cause::nothing;   // why it is a range
  void widen(Cause c) {
    if (cause == Cause::nothing || cause == Cause::awaits_line) cause = c;
  }
};

// How many of the uses fall within (after, until], by days or by procedures; `own` is the line's day, where known.
Range within(const std::vector<Use>& uses, int64_t after, int64_t until, const Value& own, bool procedures) {
  Range used;
  std::vector<int32_t> sure, known;
  for (const Use& u : uses) {
    if (u.dated && (u.day <= after || u.day > until)) continue;
    const bool certain = u.certain && u.dated && !u.phantom;
    if (!certain) used.widen(u.phantom ? Cause::incomplete : u.awaits ? Cause::awaits_line : Cause::not_documented);
    used.unbounded |= !u.dated && u.phantom;
    if (procedures) {
      used.low += certain;
      used.high += 1;
      used.unbounded |= u.phantom;
    } else if (!u.dated) {
      used.high += 1;
    } else if (own.kind != Kind::value || own.i != u.day) {
      known.push_back(u.day);
      if (certain) sure.push_back(u.day);
    }
  }
  if (procedures) return used;
  const auto distinct = [](std::vector<int32_t>& days) {
    std::sort(days.begin(), days.end());
    days.erase(std::unique(days.begin(), days.end()), days.end());
    return static_cast<uint32_t>(days.size());
  };
  used.low = distinct(sure);
  used.high += distinct(known);
  // An own day that is not known may be one of those counted.
  if (own.kind != Kind::value && used.low > 0) --used.low;
  return used;
}

void store(const Context& c, Column& out, Row r, Range used, Pool& pool) {
  const auto n = [](uint32_t v) { return box(static_cast<int32_t>(v)); };
  put(out, r,
      range(n(used.low), used.unbounded ? Value{} : n(used.high), used.cause == Cause::nothing ? Cause::not_documented : used.cause,
            *c.arena),
      pool);
}

std::vector<Use> all_uses(const Usage& u, Row r, const Pool& pool) {
  std::vector<Use> uses;
  gather(uses, u.history, r, u.history_member, u.history_date, nullptr, pool);
  gather(uses, u.other, r, u.other_member, u.other_date, &u.other_granted, pool);
  return uses;
}

}  // namespace

void used_days(const Context& c, const Usage& u, const Pool& pool, Column& out, Pool& out_pool) {
  for (Row r = 0; r < out.rows; ++r) {
    // The window is already in the members.
    store(c, out, r, within(all_uses(u, r, pool), INT64_MIN, INT64_MAX, get(u.own_date, r, pool), false), out_pool);
  }
}

void fullest(const Context& c, const Usage& u, bool procedures, const Column& length, const Pool& pool, Column& out, Pool& out_pool) {
  for (Row r = 0; r < out.rows; ++r) {
    const Value own = get(u.own_date, r, pool), w = get(length, r, pool);
    std::vector<Use> uses = all_uses(u, r, pool);
    if (own.kind != Kind::value || w.kind != Kind::value) {
      // Without the line's day every use may share its window.
      const bool unbounded = std::any_of(uses.begin(), uses.end(), [](const Use& x) { return x.phantom; });
      store(c, out, r, {0, static_cast<uint32_t>(uses.size()), unbounded, unbounded ? Cause::incomplete : Cause::not_documented}, out_pool);
      continue;
    }
    // A window that contains the line's day ends on it or on the day of a later use within reach.
    const Quantity span = unbox<Quantity>(w);
    std::vector<int32_t> ends{static_cast<int32_t>(own.i)};
    for (const Use& x : uses) {
      if (x.dated && x.day > own.i) ends.push_back(x.day);
    }
    Range fullest;
    for (const int32_t end : ends) {
      const auto start = SubtractFromDate::apply(c, Date{end, 3}, span);
      if (start.absent || start.value.days >= own.i) continue;
      const Range used = within(uses, start.value.days, end, own, procedures);
      fullest.low = std::max(fullest.low, used.low);
      fullest.high = std::max(fullest.high, used.high);
      fullest.unbounded |= used.unbounded;
      if (used.cause != Cause::nothing) fullest.widen(used.cause);
    }
    store(c, out, r, fullest, out_pool);
  }
}

}  // namespace rubric::vm
