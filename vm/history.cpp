// See history.h.

#include "vm/history.h"

#include "vm/date.h"
#include "vm/json_text.h"
#include "vm/trace_values.h"
#include "vm/value_words.h"

#include <algorithm>
#include <limits>

namespace rubric::vm {

namespace {

constexpr int64_t no_end = std::numeric_limits<int64_t>::max();

// The days that a date can be: of a value one or, where it is partial, several; of alternatives all that they span.
std::optional<std::pair<int64_t, int64_t>> span_of(const Value& v) {
  switch (v.kind) {
    case Kind::unknown:
    case Kind::none: return std::nullopt;
    case Kind::value: return std::pair(v.i, int64_t{last_day(Date{static_cast<int32_t>(v.i), v.precision})});
    case Kind::range: {
      const Value &low = v.items[0], &high = v.items[1];
      return std::pair(low.kind == Kind::value ? low.i : -no_end,
                       high.kind == Kind::value ? int64_t{last_day(Date{static_cast<int32_t>(high.i), high.precision})} : no_end);
    }
    case Kind::open: {
      std::optional<std::pair<int64_t, int64_t>> all;
      for (uint32_t k = 0; k < v.n; ++k) {
        const auto one = span_of(v.items[k]);
        if (!one) continue;
        if (!all) all = one;
        all = std::pair(std::min(all->first, one->first), std::max(all->second, one->second));
      }
      return all;
    }
  }
  return std::nullopt;
}

std::optional<Days> days_of(const Value& v) {
  const auto span = span_of(v);
  if (!span) return std::nullopt;
  const auto iso = [](int64_t day) { return in_calendar(day) ? iso_date(Date{static_cast<int32_t>(day), 3}) : std::string(); };
  return Days{iso(span->first), iso(span->second)};
}

class History {
 public:
  History(const Batch& batch, Row case_row) : batch_(batch), p_(*batch.program), case_(case_row), info_(batch.info[case_row]) {}

  std::vector<HistoryTrace> read() {
    std::vector<HistoryTrace> out;
    if (info_.rejected || p_.nodes.empty()) return out;
    for (const Field& field : p_.nodes[0].fields) {
      if (field.kind != FieldKind::list || field.domain == none_id || field.domain == p_.lines_domain) continue;
      const Dates dates = dates_of(p_.nodes[field.node]);
      if (dates.start == none_id) continue;
      HistoryTrace list = this->list(field, dates);
      // Of a list that nobody has spoken of there is nothing to show.
      const bool spoken_of = !list.events.empty() || list.complete_for || (list.complete && !field.complete);
      if (spoken_of) out.push_back(std::move(list));
    }
    return out;
  }

 private:
  // The fields that say when something was: the first date, and the one that cannot lie before it.
  struct Dates {
    Id start = none_id, end = none_id;
  };

  static bool is_date(const Field& field) { return field.kind == FieldKind::scalar && field.type == Type::date; }

  static Dates dates_of(const Node& node) {
    Dates dates;
    for (Id f = 0; f < node.fields.size(); ++f) {
      const Field& field = node.fields[f];
      if (!is_date(field)) continue;
      const bool ends = field.low.kind == Bound::Kind::sibling;
      if (!ends && dates.start == none_id) dates.start = f;
      if (ends && field.low.field == dates.start && dates.end == none_id) dates.end = f;
    }
    return dates;
  }

  Value cell(const Field& field, Row row) const { return get(batch_.columns[field.column], row, batch_.pool); }

  HistoryTrace list(const Field& field, const Dates& dates) {
    HistoryTrace out;
    out.list = p_.texts[field.key];
    append_to_pointer(out.fact, out.list);
    const DomainRows& rows = batch_.domains[field.domain];
    std::vector<Row> phantoms;
    for (Row k = rows.first[case_]; k < rows.first[case_ + 1]; ++k) {
      if (bit(rows.phantom, k)) phantoms.push_back(k);
      else out.events.push_back(event(field, dates, k));
    }
    out.complete = phantoms.empty();
    if (field.dated_by != none_id) out.complete_for = period(p_.nodes[field.node].fields[field.dated_by], phantoms);
    return out;
  }

  // A list that is complete for some days stands for rows before them and rows after them.
  std::optional<Days> period(const Field& dated, const std::vector<Row>& phantoms) const {
    std::optional<Days> out;
    for (const Row k : phantoms) {
      const auto outside = span_of(cell(dated, k));
      if (!outside) return std::nullopt;
      const bool before = outside->first == -no_end || (phantoms.size() > 1 && k == phantoms[0]);
      const int64_t edge = before ? outside->second + 1 : outside->first - 1;
      if (!in_calendar(edge)) return std::nullopt;
      if (!out) out.emplace();
      (before ? out->from : out->to) = iso_date(Date{static_cast<int32_t>(edge), 3});
    }
    return out;
  }

  EventTrace event(const Field& field, const Dates& dates, Row row) {
    const Node& node = p_.nodes[field.node];
    EventTrace out;
    out.fact = place_of_row(batch_, field.domain, row).pointer;
    const Value start = cell(node.fields[dates.start], row);
    out.days = days_of(start);
    if (!out.days && start.kind != Kind::none) out.cause = json_name(start.cause);
    if (out.days && out.days->from != out.days->to) out.cause = json_name(start.cause == Cause::nothing ? Cause::vague : start.cause);
    std::string when = out.fact;
    append_to_pointer(when, p_.texts[node.fields[dates.start].key]);
    for (const auto& [pointer, words] : info_.vague) {
      if (pointer == when) out.words = words;
    }
    out.evidence = evidence_at(info_, when);
    if (dates.end != none_id) {
      const Value end = cell(node.fields[dates.end], row);
      out.until = days_of(end);
      out.ongoing = end.kind == Kind::none;
    }
    values(node, row, dates, "", out.values);
    out.label = label(node, row);
    return out;
  }

  // What the record has in the other fields, the rows of lists below it in one text.
  void values(const Node& node, Row row, const Dates& dates, const std::string& before,
              std::vector<std::pair<std::string, std::string>>& out) const {
    for (Id f = 0; f < node.fields.size(); ++f) {
      const Field& field = node.fields[f];
      if (before.empty() && (f == dates.start || f == dates.end)) continue;
      const std::string key = before + p_.texts[field.key];
      switch (field.kind) {
        case FieldKind::scalar:
          if (std::string said = words(field, row); !said.empty()) out.emplace_back(key, std::move(said));
          break;
        case FieldKind::object: values(p_.nodes[field.node], row, dates, key + ".", out); break;
        case FieldKind::list:
          if (std::string said = rows_below(field, row); !said.empty()) out.emplace_back(key, std::move(said));
          break;
        case FieldKind::reference: break;
      }
    }
  }

  std::string words(const Field& field, Row row) const {
    const Value v = cell(field, row);
    return v.kind == Kind::none ? "none" : words_of(batch_, v);
  }

  std::string rows_below(const Field& list, Row parent) const {
    if (list.domain == none_id) return "";
    const DomainRows& rows = batch_.domains[list.domain];
    std::string out;
    for (Row k = rows.first[parent]; k < rows.first[parent + 1]; ++k) {
      if (bit(rows.phantom, k)) continue;
      std::string one;
      for (const Field& field : p_.nodes[list.node].fields) {
        if (field.kind != FieldKind::scalar) continue;
        if (const std::string said = words(field, k); !said.empty()) (one += one.empty() ? "" : " ") += said;
      }
      if (!one.empty()) (out += out.empty() ? "" : ", ") += one;
    }
    return out;
  }

  // A code, or the first text: not what numbers the row for machines.
  std::string label(const Node& node, Row row) const {
    std::string first;
    for (const Field& field : node.fields) {
      if (field.kind != FieldKind::scalar || (field.type != Type::code && field.type != Type::text) || p_.texts[field.key] == "id")
        continue;
      std::string said = words_of(batch_, cell(field, row));
      if (said.empty()) continue;
      if (field.type == Type::code) return said;
      if (first.empty()) first = std::move(said);
    }
    return first;
  }

  const Batch& batch_;
  const Program& p_;
  const Row case_;
  const CaseInfo& info_;
};

}  // namespace

std::vector<HistoryTrace> history(const Batch& everything, Row case_row) { return History(everything, case_row).read(); }

}  // namespace rubric::vm
