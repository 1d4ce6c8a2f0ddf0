// The walk along the model: objects, lists, references, and the rows that stand for what is not recorded.
// See record_reader.h.

#include "vm/record_reader.h"

#include "base/text.h"
#include "vm/date.h"
#include "vm/record_bounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace rubric::vm {

namespace {

constexpr size_t most_unknown_keys = 1000;  // that are remembered

}  // namespace

// ---------------------------------------------------------------- keys

// The field that a key names, or none_id. Records of one origin write keys in one order, so the field that followed
// last time is tried first, which is a comparison of a few bytes.
uint32_t RecordReader::match_key(Id node, Token key, uint32_t expected) {
  const NodePlan& plan = plan_.nodes[node];
  if (expected < plan.fields.size() && json_.raw_string(key) == plan.fields[expected].key) return expected;
  const auto found = plan.by_key.find(json_.string(key, scratch_));
  return found == plan.by_key.end() ? none_id : found->second;
}

// A source that writes a key which the model does not have writes it in every record, and looking for the nearest name
// costs more than reading the record.
void RecordReader::unknown_key(Id node, Token key) {
  const std::string name(json_.string(key, scratch_));
  const auto [place, fresh] = unknown_.emplace(std::pair(node, name), std::string());
  if (fresh) {
    std::vector<std::string_view> known;
    for (const FieldPlan& field : plan_.nodes[node].fields) known.push_back(field.key);
    place->second = fmt::format("unknown key {}{}", quoted(name), meant(nearest(name, known)));
  }
  warn(key, place->second);
  if (unknown_.size() > most_unknown_keys) unknown_.clear();
}

void RecordReader::read_members(Token object, Id node, std::vector<Token>& values, size_t base) {
  std::vector<uint32_t>& after = after_[node];
  uint32_t last = 0;  // one more than the field before; 0 at the start
  std::set<std::string, std::less<>> unknown;
  json_.each_member(object, [&](Token key, Token value) {
    const uint32_t f = match_key(node, key, after[last]);
    if (f == none_id) {
      if (unknown.emplace(json_.string(key, scratch_)).second) unknown_key(node, key);
      else error(key, "the key stands twice in its object");
      return true;
    }
    after[last] = f;
    last = f + 1;
    if (values[base + f] != no_token) error(key, "the key stands twice in its object");
    else values[base + f] = value;
    return true;
  });
}

// ---------------------------------------------------------------- objects

void RecordReader::read_object(Token object, Id node, Row row, uint32_t mark) {
  const size_t base = values_.size();
  values_.resize(base + plan_.nodes[node].fields.size(), no_token);
  read_members(object, node, values_, base);
  read_fields(node, row, mark, base);
  values_.resize(base);
}

// Scalars first: lists in the same object may be bounded by them.
void RecordReader::read_fields(Id node, Row row, uint32_t mark, size_t base) {
  const NodePlan& plan = plan_.nodes[node];
  const size_t late = late_.size();
  bool shapes = !plan.entered.empty();
  for (uint32_t f = 0; f < plan.fields.size(); ++f) {
    const FieldPlan& field = plan.fields[f];
    Token& value = values_[base + f];
    if (value != no_token && json_.is_null(value)) value = no_token;
    if (field.kind != FieldKind::scalar) {
      shapes |= value != no_token;
      continue;
    }
    if (value == no_token && mark == no_mark) continue;
    if (field.field || field.case_key == CaseKey::decision_date) {
      read_scalar(field, node, value, row, mark_below(mark, field.key));
    }
  }
  check_late(late);
  if (!shapes) return;
  for (uint32_t f = 0; f < plan.fields.size() && !out_.over_limit(); ++f) {
    const FieldPlan& field = plan.fields[f];
    if (field.kind == FieldKind::scalar) continue;
    const Token value = values_[base + f];
    const uint32_t below = mark_below(mark, field.key);
    if (field.kind == FieldKind::object) read_object_field(field, value, row, below);
    else read_list(field, value, row, below);
  }
}

void RecordReader::read_object_field(const FieldPlan& field, Token value, Row row, uint32_t mark) {
  if (mark != no_mark && marks_[mark].not_applicable != no_token) {
    if (value != no_token) error(value, "the record says that this does not apply, and yet states it");
    else if (field.entered) nothing_there(field.field->node, row, Cause::not_applicable);
    return;
  }
  if (value == no_token) {
    if (field.entered) nothing_documented(field.field->node, row, Cause::not_documented, mark);
    return;
  }
  if (json_.kind(value) != '{') {
    error(value, fmt::format("expected an object, found {}", shown(value)));
    return;
  }
  if (const auto none = states_none(value)) {
    if (!*none) return;
    if (!field.field->optional) error(value, "the model does not allow that there is none");
    else if (field.entered) nothing_there(field.field->node, row, Cause::nothing);
    return;
  }
  if (field.entered) read_object(value, field.field->node, row, mark);
}

void RecordReader::nothing_documented(Id node, Row row, Cause cause, uint32_t mark) {
  const NodePlan& plan = plan_.nodes[node];
  const size_t late = late_.size();
  if (mark != no_mark) {
    for (const FieldPlan& field : plan.fields) {
      if (field.kind == FieldKind::scalar && field.field) read_scalar(field, node, no_token, row, mark_below(mark, field.key));
    }
    check_late(late);
  }
  for (const uint32_t f : plan.entered) {
    const FieldPlan& field = plan.fields[f];
    const uint32_t below = mark_below(mark, field.key);
    if (field.kind == FieldKind::object) {
      if (below != no_mark) read_object_field(field, no_token, row, below);
      else nothing_documented(field.field->node, row, cause, no_mark);
    } else if (below != no_mark) {
      read_list(field, no_token, row, below);
    } else {
      missing_list(field, row, cause);
    }
  }
}

void RecordReader::nothing_there(Id node, Row row, Cause cause) {
  const NodePlan& plan = plan_.nodes[node];
  for (const FieldPlan& field : plan.fields) {
    if (field.kind == FieldKind::scalar && field.column != none_id) out_.set(field.column, row, Value::none(cause));
    if (!field.entered) continue;
    if (field.kind == FieldKind::object) nothing_there(field.field->node, row, cause);
    else out_.begin_list(field.field->domain, false);
  }
}

// ---------------------------------------------------------------- lists

void RecordReader::read_list(const FieldPlan& field, Token value, Row row, uint32_t mark) {
  if (mark != no_mark && marks_[mark].not_applicable != no_token) {
    if (value != no_token && !(json_.kind(value) == '[' && json_.element_count(value) == 0)) {
      error(value, "the record says that this does not apply, and yet states it");
    }
    if (field.entered) out_.begin_list(field.field->domain, false);
    return;
  }
  if (value == no_token) {
    if (field.entered) missing_list(field, row, Cause::not_documented);
    return;
  }
  // Where something is wrong the record is refused, and which rows it would have had does not matter.
  const bool wrapped = json_.kind(value) == '{';
  if (!wrapped && json_.kind(value) != '[') {
    error(value, fmt::format("expected a list, found {}", shown(value)));
    if (field.entered) out_.begin_list(field.field->domain, false);
    return;
  }
  if (!field.entered) return;

  Token array = value;
  Completeness known{field.field->complete, std::nullopt};
  std::optional<bool> said;
  if (wrapped) {
    array = no_token;
    if (states_none(value).has_value()) {
      error(value, "a list without rows is written []");
    } else {
      const auto [items, complete] = members<2>(value, {"items", "complete"});
      if (items == no_token || json_.kind(items) != '[') {
        error(items == no_token ? value : items, "expected a list under \"items\", as in {\"items\": [...], \"complete\": true}");
      } else {
        array = items;
      }
      if (complete != no_token && !json_.is_null(complete)) {
        known = read_completeness(field, complete);
        said = known.complete;
      }
    }
  }
  out_.begin_list(field.field->domain, wrapped);
  if (array == no_token) return;

  if (field.kind == FieldKind::reference) read_references(field, array, row);
  else read_rows(field, array, row, wrapped ? mark_below(mark, "items") : mark);
  // [] says that there is none, in any list.
  const bool empty = json_.kind(array + 1) == ']';
  if (known.complete || (empty && !said)) return;
  add_phantoms(field, row, Cause::incomplete, known.period);
}

void RecordReader::read_rows(const FieldPlan& field, Token array, Row parent, uint32_t mark) {
  const Field& list = *field.field;
  const Id position = plan_.position_on[list.domain];
  uint32_t number = 0;
  json_.each_element(array, [&](Token element) {
    const uint32_t index = number++;
    if (json_.kind(element) != '{') {
      error(element, fmt::format("expected an object, found {}", shown(element)));
      return true;
    }
    const Row row = out_.add_row(list.domain, parent, false);
    if (row == no_row) return false;
    if (position != none_id) out_.set_plain(position, row, index + 1);
    read_object(element, list.node, row, mark == no_mark ? no_mark : mark_below(mark, std::to_string(index)));
    return !out_.over_limit();
  });
}

void RecordReader::read_references(const FieldPlan& field, Token array, Row parent) {
  const Id domain = field.field->domain, position = plan_.position_on[domain];
  uint32_t index = 0;
  json_.each_element(array, [&](Token element) {
    const auto number = json_.is_number(element) ? number_value(Type::integer, element) : std::nullopt;
    if (!number) {
      if (!json_.is_number(element)) error(element, fmt::format("expected a row's number, found {}", shown(element)));
      return true;
    }
    const Row row = out_.add_row(domain, parent, false);
    if (row == no_row) return false;
    if (position != none_id) out_.set_plain(position, row, index + 1);
    references_.push_back({&field, row, element, number->i});
    ++index;
    return true;
  });
}

// The list that references point into may stand behind them, so they are followed when the whole case has been read.
void RecordReader::resolve_references() {
  if (references_.empty()) return;
  const FieldPlan* indexed = nullptr;
  std::unordered_map<int64_t, Row> rows;  // no_row: two rows have the number
  std::set<std::pair<Row, Row>> seen;
  std::stable_sort(references_.begin(), references_.end(),
                   [](const Reference& a, const Reference& b) { return a.field->field->domain < b.field->field->domain; });
  for (const Reference& reference : references_) {
    const Field& field = *reference.field->field;
    const Field& list = plan_.program.nodes[0].fields[field.refers_to];
    const FieldPlan& by = plan_.nodes[list.node].fields[field.refers_by];
    if (indexed != reference.field) {
      indexed = reference.field;
      rows.clear();
      seen.clear();
      if (list.domain != none_id) {
        for (Row row = out_.first_of_case(list.domain); row < out_.rows(list.domain); ++row) {
          const Value number = out_.cell(by.column, row);
          if (number.kind != Kind::value || number.type != Type::integer) continue;
          const auto [place, fresh] = rows.emplace(number.i, row);
          if (!fresh) place->second = no_row;
        }
      }
    }
    const std::string_view name = plan_.nodes[0].fields[field.refers_to].key;
    const auto found = rows.find(reference.number);
    if (found == rows.end()) {
      error(reference.token, fmt::format("none of the {} has {} {}", name, by.key, reference.number));
    } else if (found->second == no_row) {
      error(reference.token, fmt::format("two of the {} have {} {}", name, by.key, reference.number));
    } else if (!seen.emplace(out_.domain(field.domain).up[reference.row], found->second).second) {
      error(reference.token, fmt::format("{} {} is named twice", by.key, reference.number));
    } else {
      out_.set_source(field.domain, reference.row, found->second);
    }
  }
}

// ---------------------------------------------------------------- what may be missing from a list

void RecordReader::missing_list(const FieldPlan& field, Row parent, Cause cause) {
  out_.begin_list(field.field->domain, false);
  add_phantom(field, parent, cause, std::nullopt);
}

// Rows before the period and rows after it are two phantoms: a window inside the period is closed to each of them, while a
// date that is one or the other would leave both ends of the window open.
void RecordReader::add_phantoms(const FieldPlan& field, Row parent, Cause cause, const std::optional<Period>& period) {
  if (!period) return add_phantom(field, parent, cause, std::nullopt);
  const Field& list = *field.field;
  for (const Value& dates : outside_period(plan_.nodes[list.node].fields[list.dated_by], *period)) add_phantom(field, parent, cause, dates);
}

void RecordReader::add_phantom(const FieldPlan& field, Row parent, Cause cause, const std::optional<Value>& date) {
  const Field& list = *field.field;
  const Row row = out_.add_row(list.domain, parent, true);
  if (row == no_row || field.kind == FieldKind::reference) return;
  if (cause != Cause::not_documented) out_.set_cause(list.domain, row, cause);
  if (date) store(plan_.nodes[list.node].fields[list.dated_by], row, *date);
  nothing_documented(list.node, row, cause, no_mark);
}

RecordReader::Completeness RecordReader::read_completeness(const FieldPlan& field, Token value) {
  Completeness out;
  if (json_.kind(value) == 't' || json_.kind(value) == 'f') {
    out.complete = json_.kind(value) == 't';
    return out;
  }
  if (json_.kind(value) != '{') {
    error(value, fmt::format("expected true, false or {{\"from\", \"to\"}}, found {}", shown(value)));
    return out;
  }
  const bool dated = field.kind == FieldKind::list && field.field->dated_by != none_id &&
                     plan_.nodes[field.field->node].fields[field.field->dated_by].type == Type::date;
  if (!dated) {
    error(value, "rows of this list have no date, so it cannot be complete for a period");
    return out;
  }
  const auto [from, to] = members<2>(value, {"from", "to"});
  Period period;
  const auto end = [&](Token token, bool late) -> std::optional<Value> {
    if (token == no_token || json_.is_null(token)) return std::nullopt;
    const auto date = json_.kind(token) == '"' ? temporal_value(Type::date, token) : std::nullopt;
    if (json_.kind(token) != '"') error(token, fmt::format("expected a date, found {}", shown(token)));
    return date ? std::optional(late ? greatest(*date) : least(*date)) : std::nullopt;
  };
  const uint32_t errors = errors_;
  period.from = end(from, false);
  period.to = end(to, true);
  if (errors_ != errors) return out;
  if (!period.from && !period.to) error(value, "a period needs \"from\" or \"to\"");
  else if (period.from && period.to && period.from->i > period.to->i) error(value, "the period ends before it begins");
  out.period = period;
  return out;
}

// The dates that a row which is not listed can have: before the period, after it, or neither.
std::vector<Value> RecordReader::outside_period(const FieldPlan& dated, const Period& period) {
  const Bound& low = dated.field->low;
  const Bound& high = dated.field->high;
  const auto end = [&](const Bound& bound, const std::optional<Value>& constant, bool upper) {
    if (constant) return *constant;
    if (bound.kind != Bound::Kind::of_case) return Value::unknown(Cause::nothing);
    const Value v = out_.cell(plan_.nodes[0].fields[bound.field].column, case_row_);
    return v.type == Type::date ? (upper ? greatest(v) : least(v)) : Value::unknown(Cause::nothing);
  };
  const Value lowest = end(low, dated.low, false), highest = end(high, dated.high, true);
  std::vector<Value> dates;
  if (period.from) {
    if (const auto day = add_days(static_cast<int32_t>(period.from->i), -1); day && (lowest.kind != Kind::value || lowest.i <= *day)) {
      dates.push_back(range(lowest, box(Date{*day, 3}), Cause::incomplete, out_.arena()));
    }
  }
  if (period.to) {
    if (const auto day = add_days(static_cast<int32_t>(period.to->i), 1); day && (highest.kind != Kind::value || *day <= highest.i)) {
      dates.push_back(range(box(Date{*day, 3}), highest, Cause::incomplete, out_.arena()));
    }
  }
  return dates;
}

}  // namespace rubric::vm
