// The days that a limit looks at, and what it counts in them: what a reviewer sees drawn.
//
// A program keeps neither: it has only the code that they became. The window is read back from the comparisons of the rows'
// date that the members are made by, so that it is the window that was decided with; which is the fullest is found as
// the machine finds it (kernels_limits.cpp).
#include "vm/date.h"
#include "vm/domains.h"
#include "vm/meanings.h"
#include "vm/operators.h"
#include "vm/trace_values.h"
#include "vm/value_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric::vm {

namespace {

std::string iso(int64_t day) { return in_calendar(day) ? iso_date(Date{static_cast<int32_t>(day), 3}) : ""; }

// One row that counts, or may count.
struct Counted {
  std::string place;
  std::optional<int32_t> day;  // where it is known
  bool certain = false;
};

}  // namespace

// What the members' date is compared with, through the conjunctions that they are made by.
void ValueReader::bounds(Id reg, Id rows, Id domain, Row r, DayBounds& out) const {
  const Inst* const made = definitions_.of(reg);
  if (!made) return;
  const Inst& i = *made;
  if (i.op == Op::truth_and || i.op == Op::keep) {
    for (uint32_t k = 0; k < i.n; ++k) bounds(arg(i, k), rows, domain, r, out);
    return;
  }
  if (i.op != Op::call || i.n != 2 || operators()[i.fn].args.size() != 2) return;
  const OperatorInfo& info = operators()[i.fn];
  // A register of the line's own stands on the rows by a move.
  const auto own = [&](Id operand) {
    for (const Inst* move = definitions_.of(operand); move && move->op == Op::up; move = definitions_.of(operand)) operand = arg(*move, 0);
    return operand;
  };
  const Id a = own(arg(i, 0)), b = own(arg(i, 1));
  const bool key_first = p_.registers[a].domain == rows;
  if (key_first == (p_.registers[b].domain == rows)) return;
  const Id key = key_first ? a : b, limit = key_first ? b : a;
  const auto at_limit = at(limit, domain, r);
  if (!at_limit) return;
  const Value v = d_.value(limit, *at_limit);
  std::string_view name = info.name;
  if (!key_first) name = name == "<" ? ">" : name == "<=" ? ">=" : name == ">" ? "<" : name == ">=" ? "<=" : name;
  const Inst* const key_made = definitions_.of(key);
  if (info.args[0] == Type::integer && name == "=" && key_made && key_made->op == Op::call &&
      operators()[key_made->fn].name == "year from") {
    out.any = out.year = true;
    if (v.kind == Kind::value && v.i >= min_year && v.i <= max_year) {
      out.low = days_of(static_cast<int32_t>(v.i), 1, 1), out.high = days_of(static_cast<int32_t>(v.i), 12, 31);
    } else {
      out.open = true;
    }
    return;
  }
  if (info.args[0] != Type::date || (name != "<" && name != "<=" && name != ">" && name != ">=" && name != "=")) return;
  out.any = true;
  if (v.kind != Kind::value || v.precision != 3) {
    out.open = true;
    return;
  }
  if (name.starts_with('>') || name == "=") out.low = std::max(out.low.value_or(INT64_MIN), v.i + (name == ">"));
  if (name.starts_with('<') || name == "=") out.high = std::min(out.high.value_or(INT64_MAX), v.i - (name == "<"));
}

std::optional<WindowTrace> ValueReader::window(const Site& site, Id domain, Row r) const {
  const auto row = at(site.value, domain, r);
  const Inst* const used = site.operands.empty() ? nullptr : definitions_.of(site.operands[0]);
  if (!row || !used || site.member == none_id) return std::nullopt;
  const bool dated = used->op == Op::used_days || used->op == Op::fullest;
  WindowTrace out;
  DayBounds within;
  bounds(site.member, site.domain, domain, r, within);
  const auto set_days = [&] {
    if (!within.open) out.days = Days{within.low ? iso(*within.low) : "", within.high ? iso(*within.high) : ""};
  };

  // The rows of the history, then the request's other lines.
  std::vector<Counted> counted;
  const auto gather = [&](Id rows_domain, Id member, Id granted, Id date, bool history) {
    if (rows_domain == none_id || p_.domains[rows_domain].parent != p_.registers[site.value].domain) return;
    const DomainRows& rows = d_.rows_of(rows_domain);
    for (Row k = rows.first[*row]; k < rows.first[*row + 1]; ++k) {
      const Truth t = d_.truth(member, k), g = granted == none_id ? Truth::yes : d_.truth(granted, k);
      const auto [list, source] = recorded(rows_domain, k);
      const bool counts = (t == Truth::yes || t == Truth::unknown) && g != Truth::no && g != Truth::none;
      if (!counts || source == no_row || bit(rows.phantom, k)) continue;
      Counted c;
      c.certain = t == Truth::yes && g == Truth::yes;
      c.place = history ? place_of_row(*d_.batch, list, source).pointer : fmt::format("line:{}", line_number(source));
      if (date != none_id) {
        const Value day = d_.value(date, k);
        if (day.kind == Kind::value && day.precision == 3) c.day = static_cast<int32_t>(day.i);
      }
      counted.push_back(std::move(c));
    }
  };
  gather(site.domain, site.member, none_id, dated ? arg(*used, 1) : none_id, true);
  if (dated) {
    gather(p_.registers[arg(*used, 2)].domain, arg(*used, 2), arg(*used, 4), arg(*used, 3), false);
  } else {
    for (const Id member : folded(site.operands[0])) {
      if (p_.registers[member].domain != site.domain) gather(p_.registers[member].domain, member, none_id, none_id, false);
    }
  }

  if (used->op == Op::fullest) {
    out.kind = "any";
    const auto value = [&](uint32_t k) {
      const auto here = at(arg(*used, k), domain, r);
      return here ? d_.value(arg(*used, k), *here) : Value{};
    };
    const Value own = value(5), length = value(6);
    out.length = words_of(*d_.batch, length);
    if (own.kind == Kind::value && own.precision == 3 && length.kind == Kind::value) {
      const auto day = static_cast<int32_t>(own.i);
      const Context context{d_.batch.get(), d_.arena.get()};
      // It ends on the line's day, or on the day of a later use within reach.
      std::vector<int32_t> ends{day};
      for (const Counted& c : counted) {
        if (c.day && *c.day > day) ends.push_back(*c.day);
      }
      std::sort(ends.begin(), ends.end());
      std::optional<std::pair<int32_t, int32_t>> fullest;
      ptrdiff_t most = -1;
      for (const int32_t end : ends) {
        const auto start = SubtractFromDate::apply(context, Date{end, 3}, unbox<Quantity>(length));
        if (start.absent || start.value.days >= day) continue;
        const int32_t after = start.value.days;
        const auto in =
            std::count_if(counted.begin(), counted.end(), [&](const Counted& c) { return !c.day || (*c.day > after && *c.day <= end); });
        if (in > most) most = in, fullest = {after, end};
      }
      if (fullest) {
        out.days = Days{iso(fullest->first + 1), iso(fullest->second)};
        std::erase_if(counted, [&](const Counted& c) { return c.day && (*c.day <= fullest->first || *c.day > fullest->second); });
      }
    }
  } else if (p_.registers[site.operands[0]].type == Type::truth) {
    out.kind = "gap";
    if (const auto here = site.operands.size() > 1 ? at(site.operands[1], domain, r) : std::nullopt) {
      out.length = words_of(*d_.batch, d_.value(site.operands[1], *here));
    }
    set_days();
  } else {
    out.kind = !within.any ? "lifetime" : within.year ? "year" : within.low && within.low == within.high ? "day" : "within";
    set_days();
  }
  for (Counted& c : counted) (c.certain ? out.counted : out.may_count).push_back(std::move(c.place));
  return out;
}

// The members that a value counts or asks for.
std::vector<Id> ValueReader::folded(Id reg) const {
  const Inst* const i = definitions_.of(reg);
  if (!i) return {};
  if (i->op == Op::any || i->op == Op::count) return {arg(*i, 0)};
  std::vector<Id> out;
  if (i->op != Op::call && i->op != Op::truth_not && i->op != Op::truth_or && i->op != Op::up) return out;
  for (uint32_t k = 0; k < i->n; ++k) {
    for (const Id member : folded(arg(*i, k))) out.push_back(member);
  }
  return out;
}

uint32_t ValueReader::line_number(Row line) const {
  if (p_.line_sequence != none_id) {
    if (const Value v = d_.value(p_.line_sequence, line); v.kind == Kind::value) return static_cast<uint32_t>(v.i);
  }
  return d_.rows_of(p_.lines_domain).number(line) + 1;
}

}  // namespace rubric::vm
