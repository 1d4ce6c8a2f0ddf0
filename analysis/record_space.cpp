#include "analysis/record_space.h"

#include "vm/date.h"
#include "vm/decimal.h"
#include "vm/operators.h"
#include "vm/prepared.h"
#include "vm/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace rubric::analysis {
namespace {

using vm::Field;
using vm::FieldKind;
using vm::Id;
using vm::none_id;

constexpr size_t most_rows = 5;              // of a list
constexpr size_t most_periods = 24;

std::string field_key(const vm::Program& p, const vm::Node& node, const Field& field) {
  return p.texts[node.name] + "." + p.texts[field.key];
}

void add_once(std::vector<Json>& list, Json value) {
  if (value.is_null()) return;
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(std::move(value));
}

// A number and those one step to its sides; the step is one in the last place that is written.
void add_number(std::vector<Json>& list, const Json& number) {
  add_once(list, number);
  if (number.is_number_integer()) {
    for (const int64_t step : {-1, 1}) add_once(list, number.get<int64_t>() + step);
  } else if (number.is_number()) {
    const double value = number.get<double>(), step = value == static_cast<double>(static_cast<int64_t>(value)) ? 1 : 0.1;
    for (const double sign : {-1.0, 1.0}) add_once(list, value + sign * step);
  }
}

// What stands under a key anywhere in a record.
void find_values(const Json& j, const std::string& key, std::vector<Json>& out) {
  if (!j.is_structured()) return;
  if (j.is_object() && j.contains(key)) out.push_back(j[key]);
  for (const Json& inner : j) find_values(inner, key, out);
}

}  // namespace

uint64_t Dice::roll() {
  uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

RecordSpace::RecordSpace(const vm::Program& p) : program_(p) {
  whole_.nodes.resize(p.nodes.size());
  // Nodes stand before those inside of them.
  for (size_t n = p.nodes.size(); n-- > 0;) {
    NodeFields& node = whole_.nodes[n];
    for (const Field& field : p.nodes[n].fields) {
      switch (field.kind) {
        case FieldKind::scalar:
          if (field.column == none_id) break;
          node.scalars.push_back(&field);
          node.read = true;
          break;
        case FieldKind::object:
          if (field.node == none_id || !whole_.nodes[field.node].read) break;
          node.objects.emplace_back(text(field.key), field.node);
          node.read = true;
          break;
        case FieldKind::list:
        case FieldKind::reference: {
          if (field.domain == none_id) break;
          ListField list{text(field.key), field.node, field.complete, field.kind == FieldKind::reference, "", "", field.domain, nullptr};
          if (field.dated_by != none_id && field.node != none_id) list.day = &p.nodes[field.node].fields[field.dated_by];
          if (list.reference) {
            const Field& target = p.nodes[0].fields[field.refers_to];
            list.refers_to = text(target.key);
            list.refers_by = text(p.nodes[target.node].fields[field.refers_by].key);
          }
          node.lists.push_back(std::move(list));
          node.read = true;
          break;
        }
      }
    }
  }
  for (const vm::Criterion& c : p.criteria) {
    whole_.criteria.push_back(text(c.name));
    if (c.kind == vm::CriterionKind::judged) whole_.judged.push_back(text(c.name));
  }
  learn(p);
}

void RecordSpace::widen(const vm::Program& p) { learn(p); }

void RecordSpace::learn(const vm::Program& p) {
  // Which fields' values a register carries, and what constant it is.
  std::vector<std::set<std::string>> carries(p.registers.size());
  std::vector<Id> constant(p.registers.size(), none_id);
  std::vector<std::pair<int32_t, int32_t>> elapsed(p.registers.size());   // of a time between two days: its unit, as months and days
  const auto period = [&](int32_t months, int32_t days) {
    if (periods_.size() < most_periods && (months || days)) periods_.emplace(std::abs(months), std::abs(days));
  };
  const auto learn_constant = [&](const std::set<std::string>& fields, Id id) {
    for (const std::string& field : fields) {
      const Json value = json_of(p, p.constants[id]);
      if (value.is_number()) add_number(values_[field], value);
      else add_once(values_[field], value);
      if (p.constants[id].type != vm::Type::quantity) continue;
      for (const int64_t step : {-vm::Decimal::scale, vm::Decimal::scale}) {
        vm::Constant beside = p.constants[id];
        beside.low += step;
        if (beside.low > 0) add_once(values_[field], json_of(p, beside));
      }
    }
  };
  for (const vm::Inst& i : p.code) {
    if (i.dst == none_id) continue;
    const auto arg = [&](uint32_t k) { return p.operands[i.args + k]; };
    std::set<std::string>& out = carries[i.dst];
    const auto carry_all = [&] {
      for (uint32_t k = 0; k < i.n; ++k) out.insert(carries[arg(k)].begin(), carries[arg(k)].end());
    };
    switch (i.op) {
      case vm::Op::konst: constant[i.dst] = i.imm; break;
      case vm::Op::column: {
        const vm::ColumnDef& c = p.columns[i.imm];
        if (c.kind == vm::ColumnKind::field) out.insert(field_key(p, p.nodes[c.node], p.nodes[c.node].fields[c.field]));
        break;
      }
      case vm::Op::up:
        constant[i.dst] = constant[arg(0)];
        elapsed[i.dst] = elapsed[arg(0)];
        carry_all();
        break;
      case vm::Op::in_set:
      case vm::Op::in_set_on:
        for (const Id key : p.tables[i.imm].keys) learn_constant(carries[arg(0)], key);
        break;
      case vm::Op::lookup:
        for (const Id key : p.tables[i.imm].keys) learn_constant(carries[arg(0)], key);
        carry_all();
        break;
      case vm::Op::call: {
        const std::string_view name = vm::operators()[i.fn].name;
        for (const auto& [words, unit] : {std::pair("years between", std::pair(12, 0)), std::pair("months between", std::pair(1, 0)),
                                          std::pair("weeks between", std::pair(0, 7)), std::pair("days between", std::pair(0, 1))}) {
          if (name == words) elapsed[i.dst] = unit;
        }
        for (uint32_t k = 0; k < i.n; ++k) {
          if (constant[arg(k)] == none_id) continue;
          const vm::Constant& c = p.constants[constant[arg(k)]];
          // An age that is compared with a number: the days on which it is reached, and one unit to the sides.
          if (const auto [months, days] = elapsed[arg(i.n - 1 - k)]; i.n == 2 && c.type == vm::Type::integer && (months || days)) {
            for (const int64_t n : {c.low, c.low - 1, c.low + 1}) period(static_cast<int32_t>(n) * months, static_cast<int32_t>(n) * days);
          }
          if (name == "add_months") period(static_cast<int32_t>(c.low), 0);
          else if (name == "add_days") period(0, static_cast<int32_t>(c.low));
          else if (c.type == vm::Type::date) days_.insert(static_cast<int32_t>(c.low));
          else
            for (uint32_t other = 0; other < i.n; ++other) {
              if (other != k) learn_constant(carries[arg(other)], constant[arg(k)]);
            }
        }
        // Two fields that meet: what one can be, so can the other.
        if (i.n == 2 && name != "add_months" && name != "add_days") {
          for (const std::string& a : carries[arg(0)]) {
            for (const std::string& b : carries[arg(1)]) same_[a].insert(b), same_[b].insert(a);
          }
        }
        if (p.registers[i.dst].type != vm::Type::truth && p.registers[i.dst].type != vm::Type::date) carry_all();
        break;
      }
      default: carry_all(); break;
    }
  }
  for (const vm::Constant& c : p.constants) {
    if (c.type != vm::Type::quantity || c.kind != vm::Kind::value) continue;
    vm::Arena arena;
    const vm::Quantity q = vm::unbox<vm::Quantity>(vm::value_of(c, arena));
    const vm::Unit& unit = vm::unit(q.unit);
    const auto n = static_cast<int32_t>(q.value.scaled / vm::Decimal::scale * unit.numerator / unit.denominator);
    if (unit.dimension == vm::Dimension::months) period(n, 0);
    if (unit.dimension == vm::Dimension::days) period(0, n);
  }
  for (const vm::Table& t : p.tables) {
    for (const auto* dates : {&t.from, &t.to}) {
      for (const Id id : *dates) {
        if (id != none_id) days_.insert(static_cast<int32_t>(p.constants[id].low));
      }
    }
  }
}

Json RecordSpace::blank() const {
  Json out = Json::object();
  out["id"] = "made";
  out["received"] = service_day;
  out["lines"] = Json::array({Json{{"sequence", 1}, {"serviceDate", service_day}}});
  return out;
}

void RecordSpace::find_spots(const Part& part, Json& object, Id node, std::vector<Spot>& out) {
  if (!object.is_object()) return;
  out.push_back({&object, node});
  for (const auto& [key, inner] : part.nodes[node].objects) {
    if (object.contains(key)) find_spots(part, object[key], inner, out);
  }
  for (const ListField& list : part.nodes[node].lists) {
    if (list.reference || !object.contains(list.key)) continue;
    if (Json* rows = elements(object[list.key])) {
      for (Json& row : *rows) find_spots(part, row, list.node, out);
    }
  }
}

RecordSpace::Part RecordSpace::part(const std::set<Id>& registers) const {
  const vm::Program& p = program_;
  std::vector<bool> reached(p.registers.size()), columns(p.columns.size()), domains(p.domains.size());
  for (const Id reg : registers) {
    if (reg != none_id) reached[reg] = true;
  }
  const std::function<void(Id)> enter = [&](Id domain) {
    if (domain == none_id || domains[domain]) return;
    domains[domain] = true;
    for (const Id other : {p.domains[domain].parent, p.domains[domain].from, p.domains[domain].via}) enter(other);
  };
  bool any_day = false;
  // An operand is written before it is read, but in what is repeated.
  for (bool more = true; more;) {
    more = false;
    for (size_t k = p.code.size(); k-- > 0;) {
      const vm::Inst& i = p.code[k];
      if (i.dst == none_id || !reached[i.dst]) continue;
      enter(i.domain);
      if (i.op == vm::Op::column) columns[i.imm] = true;
      for (uint32_t a = 0; a < i.n; ++a) {
        const Id reg = p.operands[i.args + a];
        if (reg == none_id || reg >= reached.size() || reached[reg]) continue;
        reached[reg] = more = true;
      }
    }
  }
  Part out;
  out.nodes.resize(whole_.nodes.size());
  for (Id c = 0; c < p.columns.size(); ++c) {
    if (!columns[c]) continue;
    const vm::ColumnDef& column = p.columns[c];
    any_day |= column.kind == vm::ColumnKind::decided_date || column.kind == vm::ColumnKind::as_of;
    if (column.criterion == none_id) continue;
    out.criteria.push_back(text(p.criteria[column.criterion].name));
    if (column.kind == vm::ColumnKind::judgment) out.judged.push_back(out.criteria.back());
  }
  for (size_t n = whole_.nodes.size(); n-- > 0;) {
    const NodeFields& all = whole_.nodes[n];
    NodeFields& node = out.nodes[n];
    const bool has_days = any_day && (n == 0 || p.nodes[n].domain == p.lines_domain);
    for (const Field* const field : all.scalars) {
      if (columns[field->column] || (has_days && field->type == vm::Type::date)) node.scalars.push_back(field);
    }
    for (const auto& object : all.objects) {
      if (out.nodes[object.second].read) node.objects.push_back(object);
    }
    for (const ListField& list : all.lists) {
      const bool inside = !list.reference && list.node != none_id && out.nodes[list.node].read;
      if (inside || domains[list.domain]) node.lists.push_back(list);
    }
    node.read = !node.scalars.empty() || !node.objects.empty() || !node.lists.empty();
  }
  return out;
}

// A day at one of the policy's distances from one that stands in the record, or that the policy names; or a day off.
Json RecordSpace::day(const Json& record, Dice& dice) const {
  std::vector<int32_t> from;
  const std::function<void(const Json&)> collect = [&](const Json& j) {
    if (j.is_string()) {
      if (const auto date = vm::parse_iso_date(j.get_ref<const std::string&>())) from.push_back(date->days);
    } else if (j.is_structured()) {
      for (const Json& inner : j) collect(inner);
    }
  };
  collect(record);
  if (from.empty()) from.push_back(vm::parse_iso_date(service_day)->days);
  int32_t day = from[dice.below(from.size())];
  const bool named = !days_.empty() && dice.one_in(6);
  if (named) day = *std::next(days_.begin(), static_cast<std::ptrdiff_t>(dice.below(days_.size())));
  if (!periods_.empty() && (named ? dice.one_in(4) : !dice.one_in(4))) {
    const auto& [months, days] = *std::next(periods_.begin(), static_cast<std::ptrdiff_t>(dice.below(periods_.size())));
    const int32_t sign = dice.one_in(4) ? 1 : -1, times = dice.one_in(4) ? 2 : 1;
    day = vm::add_months(day, sign * months * times).value_or(day) + sign * days * times;
  }
  constexpr int32_t off[] = {0, 0, 0, -1, 1, 1, -1, -7, -40};
  return json_day(day + off[dice.below(std::size(off))]);
}

std::vector<Json> RecordSpace::compared_with(const Field& field) const {
  std::string key;
  for (const vm::Node& node : program_.nodes) {
    for (const Field& each : node.fields) {
      if (&each == &field) key = field_key(program_, node, each);
    }
  }
  std::vector<Json> out;
  const auto add = [&](const std::string& of) {
    const auto at = values_.find(of);
    if (at != values_.end()) out.insert(out.end(), at->second.begin(), at->second.end());
  };
  add(key);
  if (const auto at = same_.find(key); at != same_.end()) {
    for (const std::string& other : at->second) add(other);
  }
  return out;
}

// A visit, a check-up: what most policies on procedures have nothing to say of.
Json RecordSpace::another_code(Json code) const {
  if (!code.is_object() || !code.contains("system")) return code;
  const std::string system = code.value("system", "");
  code["code"] = system == "CPT" ? "99213" : system == "HCPCS" ? "G0463" : system == "ICD10CM" ? "Z00.00" : "other";
  for (const auto& [s, c] : program_.codes) {
    if (text(s) == system && text(c) == code["code"].get_ref<const std::string&>()) code["code"] = "other";
  }
  return code;
}

Json RecordSpace::unnamed(const Field& field, const std::string& system) const {
  if (field.type == vm::Type::code) return another_code(json_code(system, ""));
  if (field.type != vm::Type::text || !field.one_of.empty()) return Json();
  std::string out = "some ";
  for (const char c : text(field.key)) {
    if (std::isupper(static_cast<unsigned char>(c))) out += ' ';
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

Json RecordSpace::in_order(const Json& object, Id node) const {
  if (!object.is_object()) return object;
  Json out = Json::object();
  if (node == 0 && object.contains("id")) out["id"] = object["id"];
  for (const Field& field : program_.nodes[node].fields) {
    const std::string key = text(field.key);
    if (!object.contains(key)) continue;
    Json value = object[key];
    if (field.kind == FieldKind::object && field.node != none_id) value = in_order(value, field.node);
    if (field.kind == FieldKind::list && field.node != none_id) {
      if (Json* const rows = elements(value)) {
        for (Json& row : *rows) row = in_order(row, field.node);
      }
    }
    out[key] = std::move(value);
  }
  for (const auto& [key, value] : object.items()) {
    if (!out.contains(key)) out[key] = value;
  }
  return out;
}

std::vector<Json> RecordSpace::values_of(const Field& field) const {
  std::vector<Json> out;
  if (field.type == vm::Type::truth) return {true, false};
  for (const Id word : field.one_of) add_once(out, text(word));
  for (const Json& each : compared_with(field)) add_once(out, each);
  if (field.type == vm::Type::text && field.one_of.empty()) add_once(out, unnamed(field));
  if (field.type == vm::Type::code && !out.empty() && out[0].is_object()) add_once(out, another_code(out[0]));
  return out;
}

Json RecordSpace::value(const Json& record, const Field& field, Dice& dice) const {
  if (dice.one_in(4)) {
    std::vector<Json> there;
    find_values(record, text(field.key), there);
    if (!there.empty()) return there[dice.below(there.size())];
  }
  if (field.type == vm::Type::date) return day(record, dice);
  if (field.type == vm::Type::truth) return !dice.one_in(3);
  if (!field.one_of.empty() && dice.one_in(4)) return text(field.one_of[dice.below(field.one_of.size())]);
  std::vector<Json> choices = compared_with(field);
  switch (field.type) {
    case vm::Type::integer:
    case vm::Type::long_integer:
    case vm::Type::decimal:
      for (const Json& each : {Json(0), Json(1), Json(2)}) choices.push_back(each);
      break;
    case vm::Type::text:
      if (field.one_of.empty() && (choices.empty() || dice.one_in(6))) {
        // Another one where it is there already, so that they can differ.
        std::vector<Json> there;
        find_values(record, text(field.key), there);
        const std::string some = unnamed(field).get<std::string>();
        std::string other = some;
        for (const std::string_view which : {"another", "a third"}) {
          if (std::find(there.begin(), there.end(), Json(other)) != there.end()) other = std::string(which) + some.substr(some.find(' '));
        }
        return other;
      }
      if (!field.one_of.empty() && choices.empty()) return text(field.one_of[dice.below(field.one_of.size())]);
      break;
    case vm::Type::code:
      if (!choices.empty() && dice.one_in(8)) return another_code(choices[dice.below(choices.size())]);
      break;
    case vm::Type::truth:
    case vm::Type::date:
    case vm::Type::date_time:
    case vm::Type::time:
    case vm::Type::quantity:
    case vm::Type::interval:
    case vm::Type::list:
    case vm::Type::tuple:
    case vm::Type::outcome:
    case vm::Type::ratio:
    case vm::Type::code_concept:
    case vm::Type::any: break;
  }
  return choices.empty() ? Json() : choices[dice.below(choices.size())];
}

void RecordSpace::set_scalar(Json& record, Json& object, const Field& field, Dice& dice) const {
  const std::string key = text(field.key);
  if (object.contains(key) && dice.one_in(5)) {
    object.erase(key);
  } else if (field.optional && dice.one_in(5)) {
    object[key] = Json{{"none", true}};
  } else if (Json made = value(record, field, dice); !made.is_null()) {
    object[key] = std::move(made);
  }
}

void RecordSpace::change_list(Json& record, Json& object, const ListField& list, Dice& dice, const Part& part) const {
  if (list.reference) {
    // Numbers of the rows there are.
    Json numbers = Json::array();
    if (const auto at = record.find(list.refers_to); at != record.end()) {
      if (const Json* rows = elements(*at)) {
        for (const Json& row : *rows) {
          if (row.is_object() && row.contains(list.refers_by) && !dice.one_in(3)) numbers.push_back(row[list.refers_by]);
        }
      }
    }
    object[list.key] = std::move(numbers);
    return;
  }
  if (!object.contains(list.key) || !elements(object[list.key])) object[list.key] = Json::array();
  Json& whole = object[list.key];
  const size_t action = dice.below(8);
  if (action == 0 && !list.complete) {   // known to be complete, or not
    whole = whole.is_array() ? Json{{"items", whole}, {"complete", true}} : Json(whole["items"]);
    return;
  }
  Json& rows = *elements(whole);
  if (action == 1 && !rows.empty()) {
    rows.erase(dice.below(rows.size()));
    return;
  }
  if (rows.size() >= most_rows) return;
  // One more of a kind differs in a field; a new one has a few at once, so that conditions on one row can hold together.
  const bool copied = action <= 3 && !rows.empty();
  Json row = copied ? rows[dice.below(rows.size())] : Json::object();
  const NodeFields& node = part.nodes[list.node];
  if (copied && list.day && row.contains(text(list.day->key)) && dice.one_in(2)) {
    row[text(list.day->key)] = day(record, dice);   // the same once more, on another day
  } else if (!node.scalars.empty()) {
    const size_t fields = copied ? 1 : 1 + dice.below(node.scalars.size() + 1);
    for (size_t k = 0; k < fields; ++k) set_scalar(record, row, *node.scalars[dice.below(node.scalars.size())], dice);
  }
  // Lists inside of it: as they stand elsewhere, or one row.
  for (const ListField& inner : node.lists) {
    if (inner.reference || !dice.one_in(2)) continue;
    std::vector<Json> there;
    find_values(record, inner.key, there);
    if (!there.empty()) row[inner.key] = there[dice.below(there.size())];
  }
  // A list that others refer to by number counts its rows.
  for (const NodeFields& each : whole_.nodes) {
    for (const ListField& other : each.lists) {
      if (other.reference && other.refers_to == list.key && &object == &record) row[other.refers_by] = rows.size() + 1;
    }
  }
  if (&object == &record && list.key == "lines") row["sequence"] = rows.size() + 1;
  rows.push_back(std::move(row));
}

// A person's word on a criterion, or none any more. Where words overrule, also that nothing of what a rule asks for applies, or
// nothing but one of it: one by one these words change nothing.
void RecordSpace::judge(Json& record, Dice& dice, const std::vector<std::string>& all) const {
  Json list = record.contains("assertions") && record["assertions"].is_array() ? record["assertions"] : Json::array();
  const auto say = [&](const std::string& name, const char* status) {
    for (size_t k = 0; k < list.size(); ++k) {
      if (list[k].value("criterion", "") == name) list.erase(k--);
    }
    if (!status) return;
    list.push_back(Json{{"criterion", name}, {"status", status}, {"by", "reviewer"}, {"date", service_day}, {"reason", "made up"}});
  };
  if (words_overrule_ && !program_.rules.empty() && dice.one_in(4)) {
    const std::vector<Id>& reads = program_.rules[dice.below(program_.rules.size())].reads;
    const size_t but = dice.below(2 * reads.size() + 1);   // half of the time none
    for (size_t k = 0; k < reads.size(); ++k) {
      if (k != but) say(text(program_.criteria[reads[k]].name), "notApplicable");
    }
  } else {
    const std::string& name = all[dice.below(all.size())];
    say(name, dice.one_in(3) ? nullptr : dice.one_in(2) ? "met" : words_overrule_ && dice.one_in(2) ? "notApplicable" : "notMet");
  }
  if (list.empty()) record.erase("assertions");
  else record["assertions"] = std::move(list);
}

void RecordSpace::change(Json& record, Dice& dice, const Part& part) const {
  const std::vector<std::string>& words = words_overrule_ ? part.criteria : part.judged;
  if (!words.empty() && dice.one_in(words_overrule_ ? 4 : 10)) return judge(record, dice, words);
  std::vector<Spot> spots;
  find_spots(part, record, 0, spots);
  const Spot spot = spots[dice.one_in(3) ? 0 : dice.below(spots.size())];
  const NodeFields& node = part.nodes[spot.node];
  const size_t choices = node.scalars.size() + node.objects.size() + node.lists.size();
  if (choices == 0) return;
  size_t at = dice.below(choices);
  if (at < node.scalars.size()) return set_scalar(record, *spot.object, *node.scalars[at], dice);
  at -= node.scalars.size();
  if (at < node.objects.size()) {
    const auto& [key, inner] = node.objects[at];
    if (!spot.object->contains(key) || !(*spot.object)[key].is_object()) (*spot.object)[key] = Json::object();
    Json& object = (*spot.object)[key];
    if (object.contains("none")) object.erase("none");
    const NodeFields& fields = part.nodes[inner];
    if (!fields.scalars.empty()) set_scalar(record, object, *fields.scalars[dice.below(fields.scalars.size())], dice);
    return;
  }
  change_list(record, *spot.object, node.lists[at - node.objects.size()], dice, part);
}

// Mostly one part: of several at once each might undo what another one shows.
void RecordSpace::mix(Json& record, const Json& other, Dice& dice) const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : other.items()) {
    if (key != "id") keys.push_back(key);
  }
  if (keys.empty()) return;
  for (size_t parts = dice.one_in(4) ? keys.size() / 2 : 1 + dice.below(2); parts > 0; --parts) {
    const std::string& key = keys[dice.below(keys.size())];
    Json* const here = record.contains(key) ? elements(record[key]) : nullptr;
    const Json* const there = elements(other[key]);
    if (here && there && key != "lines" && key != "diagnoses" && dice.one_in(2)) {   // beside what is there
      for (const Json& row : *there) {
        if (here->size() < most_rows) here->push_back(row);
      }
    } else {
      record[key] = other[key];
    }
  }
}

}  // namespace rubric::analysis
