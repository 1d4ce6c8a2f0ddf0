// Reading a case record along the model; see record.h. semantics.md, sections 1 and 2, says what an open fact stands for.
#include "tests/reference/record.h"

#include "base/must.h"
#include "vm/date.h"
#include "vm/decimal.h"
#include "vm/units.h"

#include <algorithm>
#include <stdexcept>

namespace rubric::reference {

using vm::FieldKind;
using vm::Type;

namespace {

std::string text_of(const ir::Model& model, Id text) { return model.texts[text]; }

const Json* member(const Json* object, std::string_view key) {
  if (!object || !object->is_object()) return nullptr;
  const auto found = object->find(key);
  return found == object->end() || found->is_null() ? nullptr : &*found;
}

// The way from a node's object to one of its lists, through objects inside it.
bool way_to(const ir::Model& model, Id node, Id domain, std::vector<Id>& way) {
  for (Id f = 0; f < model.nodes[node].fields.size(); ++f) {
    const vm::Field& field = model.nodes[node].fields[f];
    way.push_back(f);
    const bool is_list = field.kind == FieldKind::list || field.kind == FieldKind::reference;
    if (is_list && field.domain == domain) return true;
    if (field.kind == FieldKind::object && way_to(model, field.node, domain, way)) return true;
    way.pop_back();
  }
  return false;
}

Scalar quantity(vm::Decimal amount, std::string_view name) {
  const auto unit = vm::find_unit(name);
  if (!unit) throw std::invalid_argument("a unit");
  Scalar s;
  s.type = Type::quantity;
  s.number = amount.scaled;
  s.unit = *unit;
  return s;
}

vm::Decimal decimal_in(const Json& number) {
  const auto parsed = vm::parse_decimal(number.dump());
  if (!parsed) throw std::invalid_argument("a decimal");
  return *parsed;
}

std::optional<Scalar> lowest(const Possible& p) {
  std::optional<Scalar> found;
  for (const Piece& x : p.pieces) {
    if (x.kind != Piece::Kind::point && x.kind != Piece::Kind::range) continue;
    if (!x.low) return std::nullopt;
    if (!found || order(*x.low, *found) < 0) found = x.low;
  }
  return found;
}
std::optional<Scalar> highest(const Possible& p) {
  std::optional<Scalar> found;
  for (const Piece& x : p.pieces) {
    if (x.kind != Piece::Kind::point && x.kind != Piece::Kind::range) continue;
    if (!x.high) return std::nullopt;
    if (!found || order(*x.high, *found) > 0) found = x.high;
  }
  return found;
}

// What remains of a value between two ends; nothing where all of it lies outside.
std::optional<Possible> between(const Possible& p, const std::optional<Scalar>& low, const std::optional<Scalar>& high) {
  if (p.unknown) return p;
  Possible kept;
  for (Piece x : p.pieces) {
    if (x.kind == Piece::Kind::point || x.kind == Piece::Kind::range) {
      if (low && (!x.low || order(*x.low, *low) < 0)) x.low = low;
      if (high && (!x.high || order(*x.high, *high) > 0)) x.high = high;
      if (x.low && x.high) {
        const auto o = order(*x.low, *x.high);
        if (o > 0) continue;
        x.kind = o == 0 ? Piece::Kind::point : Piece::Kind::range;
      }
    }
    kept.pieces.push_back(x);
  }
  return kept.pieces.empty() ? std::nullopt : std::optional(kept);
}

}  // namespace

Scalar scalar_of(const vm::Constant& c) {
  Scalar s;
  s.type = c.type;
  s.precision = c.type == Type::date ? c.precision : 3;
  s.unit = c.unit;
  s.number = c.low;
  const bool wide = c.type == Type::decimal || c.type == Type::quantity;
  if (wide) s.number = vm::Int128{c.high} << 64 | static_cast<uint64_t>(c.low);
  return s;
}

Record::Record(const ir::Model& model, const Json& json) : model_(model), json_(json) {}

Row Record::the_case() const { return {.node = 0, .object = &json_, .pointer = "", .list = "", .position = 1, .outside = {}}; }

const Json* Record::annotation(const std::string& pointer) const {
  const Json* all = member(&json_, "annotations");
  return all ? member(all, pointer) : nullptr;
}

Record::Place Record::at(const Place& object, std::string_view key) const {
  Place out{member(object.value, key), object.pointer + "/" + std::string(key), object.not_applicable};
  if (const Json* said = annotation(out.pointer)) out.not_applicable |= said->contains("notApplicable");
  return out;
}

// ---------------------------------------------------------------- lists

std::vector<Row> Record::rows(const Row& owner, Id domain) const {
  std::vector<Id> way;
  must(way_to(model_, owner.node, domain, way), "a list stands in its owner's object");
  Place here{owner.object, owner.pointer, false};
  Id node = owner.node;
  for (size_t k = 0; k < way.size(); ++k) {
    const vm::Field& step = model_.nodes[node].fields[way[k]];
    here = at(here, text_of(model_, step.key));
    if (k + 1 < way.size()) node = step.node;
  }
  const vm::Field& list = model_.nodes[node].fields[way.back()];
  const Id row_node = list.node;
  std::vector<Row> out;
  if (here.not_applicable) return out;
  const Json *items = here.value, *complete = nullptr;
  std::string pointer = here.pointer;
  if (here.value && here.value->is_object()) {
    items = member(here.value, "items");
    complete = member(here.value, "complete");
    pointer += "/items";
  }
  if (items) {
    for (size_t k = 0; k < items->size(); ++k) {
      Row row{.node = row_node,
              .object = &(*items)[k],
              .pointer = pointer + "/" + std::to_string(k),
              .list = "",
              .position = static_cast<uint32_t>(k + 1),
              .outside = {}};
      if (list.kind == FieldKind::reference) {
        // The number of a row of one of the case's own lists.
        const vm::Field& target = model_.nodes[0].fields[list.refers_to];
        const std::string by = text_of(model_, model_.nodes[target.node].fields[list.refers_by].key);
        bool found = false;
        for (const Row& candidate : rows(the_case(), target.domain)) {
          const Json* number = member(candidate.object, by);
          if (!number || *number != (*items)[k]) continue;
          row.object = candidate.object;
          row.pointer = candidate.pointer;
          found = true;
        }
        invalid |= !found;
      }
      out.push_back(row);
    }
  }
  const bool whole =
      items && ((complete && complete->is_boolean() && complete->get<bool>()) || (!complete && (list.complete || items->empty())));
  if (whole) return out;
  Row phantom{.node = row_node, .object = nullptr, .pointer = pointer + "/-", .list = here.pointer, .phantom = true, .outside = {}};
  // Complete for a period: rows before it and rows after it are two phantoms.
  std::vector<Row> phantoms{phantom};
  if (complete && complete->is_object()) {
    phantoms.clear();
    phantom.dated = list.dated_by;
    for (const Piece& days : outside(model_.nodes[row_node].fields[list.dated_by], *complete).pieces) {
      phantom.outside = {.unknown = false, .pieces = {days}};
      phantoms.push_back(phantom);
    }
    if (phantoms.empty()) return out;  // there is no other day on which a row could be
  }
  // Below a phantom nothing is asked for but the list that it stands in.
  for (Row& each : phantoms) {
    if (owner.phantom) each.list = owner.list;
    out.push_back(each);
  }
  OpenFact& fact = open[out.back().list];
  if (!owner.phantom) {
    fact.kind = OpenFact::Kind::list;
    fact.field = &list;
  }
  return out;
}

// The days outside of a period, as far as the field's own bounds allow them.
Possible Record::outside(const vm::Field& dated, const Json& period) const {
  const auto end = [&](const char* key, bool late) -> std::optional<Scalar> {
    const Json* day = member(&period, key);
    if (!day) return std::nullopt;
    const auto date = vm::parse_iso_date(day->get<std::string>());
    return date_scalar(late ? vm::last_day(*date) : date->days);
  };
  const auto from = end("from", false), to = end("to", true);
  Possible days;
  const auto take = [&](std::optional<Scalar> low, std::optional<Scalar> high) {
    const Row nowhere{.node = 0, .object = nullptr, .pointer = "", .list = "", .outside = {}};
    const auto part = between({.unknown = false, .pieces = {{Piece::Kind::range, low, high}}},
                              bound(dated, dated.low, nowhere, nullptr, false), bound(dated, dated.high, nowhere, nullptr, true));
    if (!part) return;
    days.pieces.insert(days.pieces.end(), part->pieces.begin(), part->pieces.end());
  };
  if (from) take(std::nullopt, date_scalar(static_cast<int64_t>(from->number) - 1));
  if (to) take(date_scalar(static_cast<int64_t>(to->number) + 1), std::nullopt);
  return days;
}

// ---------------------------------------------------------------- scalars

Possible Record::scalar(const Row& row, const std::vector<Id>& path) const {
  Place here{row.object, row.pointer, false};
  Id node = row.node;
  for (size_t k = 0; k + 1 < path.size(); ++k) {
    const vm::Field& step = model_.nodes[node].fields[path[k]];
    here = at(here, text_of(model_, step.key));
    if (here.value && here.value->is_object() && here.value->contains("none")) return none();
    node = step.node;
  }
  const vm::Field& field = model_.nodes[node].fields[path.back()];
  const Json* object = here.value;
  if (row.phantom) {
    OpenFact& fact = open[row.list];
    std::string key;
    Id at_node = row.node;
    for (const Id f : path) {
      key += (key.empty() ? "" : "/") + text_of(model_, model_.nodes[at_node].fields[f].key);
      at_node = model_.nodes[at_node].fields[f].node;
    }
    const bool dated = row.dated != none_id && path.size() == 1 && path[0] == row.dated;
    const Possible may_be = dated ? row.outside : undocumented(field, row, nullptr);
    const auto [at, fresh] = fact.of_rows.try_emplace(key, &field, may_be);
    if (!fresh && dated) at->second.second = either(at->second.second, may_be);
    return may_be;
  }
  here = at(here, text_of(model_, field.key));
  const Possible found = read(field, node, here, row, object);
  const bool settled = !found.unknown && found.pieces.size() == 1 && found.pieces[0].kind != Piece::Kind::range;
  if (!settled) {
    OpenFact& fact = open[here.pointer];
    fact.kind = OpenFact::Kind::scalar;
    fact.field = &field;
    fact.stands_for = found;
  }
  return found;
}

Possible Record::read(const vm::Field& field, Id, const Place& here, const Row& row, const Json* object) const {
  if (here.not_applicable) return none();
  std::optional<Possible> said;
  if (const Json* note = annotation(here.pointer); note && note->contains("disputed")) {
    for (const Json& claim : (*note)["disputed"]) {
      const Possible one = plain(field, claim["value"]);
      said = said ? either(*said, one) : one;
    }
  } else if (here.value) {
    said = plain(field, *here.value);
  }
  if (!said) return undocumented(field, row, object);
  return cut(field, *said, row, object);
}

// Every value of the declared type and bounds, and none if the model calls it optional.
Possible Record::undocumented(const vm::Field& field, const Row& row, const Json* object) const {
  Possible all;
  if (field.type == Type::truth) {
    all = either(point(truth_scalar(true)), point(truth_scalar(false)));
  } else if (!field.one_of.empty()) {
    for (const Id word : field.one_of) {
      const Possible one = point(text_scalar(text_of(model_, word)));
      all = all.pieces.empty() ? one : either(all, one);
    }
  } else {
    all = range(bound(field, field.low, row, object, false), bound(field, field.high, row, object, true));
  }
  if (all.unknown || !field.optional) return all;
  return either(all, none());
}

std::optional<Scalar> Record::bound(const vm::Field& field, const vm::Bound& b, const Row& row, const Json* object, bool upper) const {
  switch (b.kind) {
    case vm::Bound::Kind::unbounded: return std::nullopt;
    case vm::Bound::Kind::constant: return scalar_of(model_.constants[b.constant]);
    case vm::Bound::Kind::sibling:
    case vm::Bound::Kind::of_case: {
      // Another field: as far as that may go.
      const Id node = b.kind == vm::Bound::Kind::of_case ? 0 : row.node;
      const vm::Field& other = model_.nodes[node].fields[b.field];
      const Json* from = b.kind == vm::Bound::Kind::of_case ? &json_ : object;
      const Json* value = member(from, text_of(model_, other.key));
      if (!value) return std::nullopt;
      const Possible p = plain(other, *value);
      return upper ? highest(p) : lowest(p);
    }
  }
  (void)field;
  return std::nullopt;
}

Possible Record::cut(const vm::Field& field, Possible said, const Row& row, const Json* object) const {
  const auto rest = between(said, bound(field, field.low, row, object, false), bound(field, field.high, row, object, true));
  if (!rest || (is_point(said) && rest->pieces != said.pieces)) invalid = true;
  return rest.value_or(said);
}

Possible Record::plain(const vm::Field& field, const Json& value) const {
  if (value.is_object() && value.contains("none")) return none();
  if (value.is_object() && value.contains("vague")) {
    const auto end = [&](const char* key, bool late) -> std::optional<Scalar> {
      const Json* x = member(&value["vague"], key);
      if (!x) return std::nullopt;
      const Possible p = plain(field, *x);
      return late ? highest(p) : lowest(p);
    };
    return range(end("low", false), end("high", true));
  }
  switch (field.type) {
    case Type::truth: return point(truth_scalar(value.get<bool>()));
    case Type::integer: return point(integer_scalar(value.get<int64_t>()));
    case Type::decimal: {
      Scalar s;
      s.type = Type::decimal;
      s.number = decimal_in(value).scaled;
      return point(s);
    }
    case Type::text: return point(text_scalar(value.get<std::string>()));
    case Type::code: {
      Scalar s;
      s.type = Type::code;
      s.system = value.is_string() ? text_of(model_, field.code_system) : value["system"].get<std::string>();
      s.text = value.is_string() ? value.get<std::string>() : value["code"].get<std::string>();
      return point(s);
    }
    case Type::date: {
      const auto date = vm::parse_iso_date(value.get<std::string>());
      if (!date) throw std::invalid_argument("a date");
      return range(date_scalar(date->days), date_scalar(vm::last_day(*date)));
    }
    case Type::quantity: {
      if (value.is_object()) return point(quantity(decimal_in(value["value"]), value["unit"].get<std::string>()));
      const std::string text = value.get<std::string>();
      const size_t space = text.find(' ');
      return point(quantity(*vm::parse_decimal(text.substr(0, space)), text.substr(space + 1)));
    }
    default: break;
  }
  throw std::invalid_argument("a field of a type that records do not have");
}

}  // namespace rubric::reference
