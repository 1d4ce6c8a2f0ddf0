#include "analysis/what_if_moves.h"

#include "analysis/proof_record.h"
#include "vm/date.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

namespace rubric::analysis {
namespace {

using vm::Field;
using vm::FieldKind;
using vm::Id;
using vm::none_id;

std::string pointer_of(const Steps& steps) {
  std::string out;
  for (const std::string& s : steps) out += "/" + s;
  return out;
}

bool is_number(const std::string& s) { return !s.empty() && s.find_first_not_of("0123456789") == std::string::npos; }

// Whether a place lies in what a person names: all of its words in order, numbers of rows left out or not.
bool lies_in(const std::string& pointer, const std::string& named) {
  if (pointer == named) return true;
  const Steps place = steps_of_pointer(pointer), words = steps_of_pointer(named);
  size_t at = 0;
  for (const std::string& word : words) {
    while (at < place.size() && is_number(place[at]) && !is_number(word)) ++at;
    if (at == place.size() || place[at] != word) return false;
    ++at;
  }
  return true;
}
bool lies_in_any(const std::string& pointer, const std::vector<std::string>& named) {
  return std::any_of(named.begin(), named.end(), [&](const std::string& n) { return lies_in(pointer, n); });
}

bool is_past_day(const Field& f) { return f.type == vm::Type::date && f.high.kind == vm::Bound::Kind::of_case; }

Steps inside(Steps steps, const std::string& key) {
  steps.push_back(key);
  return steps;
}

}  // namespace

Moves::Moves(const vm::Program& p, RecordSpace& space, Json record, Changeable changeable)
    : p_(p), space_(space), record_(std::move(record)), changeable_(std::move(changeable)), days_(days()) {
  for (const vm::Inst& i : p_.code) {
    if (i.op != vm::Op::column || i.dst == none_id || (i.dst != p_.line_code && i.dst != p_.line_service)) continue;
    const vm::ColumnDef& c = p_.columns[i.imm];
    if (i.dst == p_.line_code && c.kind == vm::ColumnKind::field) line_code_ = &p_.nodes[c.node].fields[c.field];
  }
  if (!p_.nodes.empty()) object(&record_, 0, {}, false, false);
  judgments();
}

// ---------------------------------------------------------------- which facts

bool Moves::wanted(const std::string& pointer) const {
  return (changeable_.only.empty() || lies_in_any(pointer, changeable_.only)) && !lies_in_any(pointer, changeable_.fixed);
}

bool Moves::is_free(const std::string& pointer, const std::string& why) {
  if (lies_in_any(pointer, changeable_.free)) return true;
  held_.push_back({pointer, why});
  return false;
}

void Moves::object(const Json* at, Id node, const Steps& steps, bool chart, bool who) {
  for (const Field& f : p_.nodes[node].fields) {
    const std::string key = text(f.key);
    const Json* const here = at && at->is_object() && at->contains(key) && !(*at)[key].is_null() ? &(*at)[key] : nullptr;
    const Steps place = inside(steps, key);
    switch (f.kind) {
      case FieldKind::scalar:
        if (f.column != none_id) scalar(here, node, f, place, who);
        break;
      case FieldKind::object:
        if (f.node != none_id) object(here, f.node, place, chart, who || tells_of_past(p_.nodes[f.node]));
        break;
      case FieldKind::list:
        if (f.domain != none_id) list(here, f, place, chart || !f.complete);
        break;
      case FieldKind::reference:
        if (f.domain != none_id) reference(here, f, place);
        break;
    }
  }
}

void Moves::scalar(const Json* at, Id node, const Field& f, const Steps& steps, bool who) {
  const std::string pointer = pointer_of(steps);
  if (!wanted(pointer)) return;
  const bool disputed = record_.contains("annotations") && record_["annotations"].is_object() && record_["annotations"].contains(pointer) &&
                        record_["annotations"][pointer].contains("disputed");
  const auto numbers_rows = [&] {
    for (const vm::Node& n : p_.nodes) {
      for (const Field& other : n.fields) {
        if (other.kind == FieldKind::reference && other.refers_by != none_id && &p_.nodes[other.node].fields[other.refers_by] == &f)
          return true;
      }
    }
    return p_.nodes[node].domain == p_.lines_domain && text(f.key) == "sequence";
  };
  const bool stands = at && !disputed && !(at->is_object() && at->contains("vague"));
  if (steps.size() == 1 && !is_free(pointer, "a circumstance of the request")) return;
  if (who && !is_free(pointer, "who the member is")) return;
  if ((&f == line_code_ || (p_.nodes[node].domain == p_.lines_domain && text(f.key) == "service")) &&
      !is_free(pointer, "what is asked for"))
    return;
  if (numbers_rows()) return;
  if (stands && is_past_day(f) && !is_free(pointer, "a day in the past")) return;
  std::vector<Json> values = f.type == vm::Type::date ? days_ : space_.values_of(f);
  if (f.optional) values.push_back(Json{{"none", true}});
  for (Json& value : values) {
    if (value.is_null() || (at && *at == value && !disputed)) continue;
    all_.push_back({Move::Kind::set, pointer, steps, std::move(value), &f});
  }
}

void Moves::list(const Json* at, const Field& f, const Steps& steps, bool chart) {
  const std::string pointer = pointer_of(steps);
  const Json* const rows = at ? elements(*at) : nullptr;
  const bool lines = f.domain == p_.lines_domain;
  const bool complete = f.complete || (at && at->is_object() && at->contains("complete") && (*at)["complete"] == true);
  if (!lines && f.node != none_id && (!chart || !complete) && wanted(pointer)) lists_.push_back({pointer, steps, f.node, true});
  if (!complete && wanted(pointer)) all_.push_back({Move::Kind::complete, pointer, steps, Json(), nullptr});
  if (!rows || f.node == none_id) return;
  for (size_t k = 0; k < rows->size(); ++k) {
    const Steps row = inside(steps, std::to_string(k));
    object(&(*rows)[k], f.node, row, chart, false);
    // Rows that others refer to by number stay: a reference can be taken away.
    const bool referred = std::any_of(p_.nodes.begin(), p_.nodes.end(), [&](const vm::Node& n) {
      return std::any_of(n.fields.begin(), n.fields.end(), [&](const Field& other) {
        return other.kind == FieldKind::reference && &p_.nodes[0].fields[other.refers_to] == &f;
      });
    });
    if (!lines && !chart && !referred && wanted(pointer_of(row)))
      all_.push_back({Move::Kind::take_row, pointer_of(row), row, Json(), nullptr});
  }
}

void Moves::reference(const Json* at, const Field& f, const Steps& steps) {
  const std::string pointer = pointer_of(steps);
  if (!wanted(pointer)) return;
  const Field& target = p_.nodes[0].fields[f.refers_to];
  const std::string key = text(target.key), by = text(p_.nodes[target.node].fields[f.refers_by].key);
  const Json* const rows = record_.contains(key) ? elements(record_[key]) : nullptr;
  if (!rows) return;
  for (const Json& row : *rows) {
    if (!row.is_object() || !row.contains(by)) continue;
    Json list = at && at->is_array() ? *at : Json::array();
    const auto there = std::find(list.begin(), list.end(), row[by]);
    if (there == list.end()) list.push_back(row[by]);
    else list.erase(there);
    all_.push_back({Move::Kind::refer, pointer, steps, std::move(list), nullptr});
  }
}

void Moves::judgments() {
  for (const std::string& name : space_.judged()) {
    const std::string fact = "judgment:" + name;
    if (!wanted(fact)) continue;
    for (const char* status : {"met", "notMet"}) {
      Move m{Move::Kind::judge, fact, {name}, status, nullptr};
      if (before(m) != words(status)) all_.push_back(std::move(m));
    }
  }
}

std::vector<Json> Moves::days() const {
  std::set<int32_t> from, all;
  const std::function<void(const Json&)> collect = [&](const Json& j) {
    if (j.is_string()) {
      const auto date = vm::parse_iso_date(j.get_ref<const std::string&>());
      if (date && date->precision == 3) from.insert(date->days);
    } else if (j.is_structured()) {
      for (const Json& inner : j) collect(inner);
    }
  };
  collect(record_);
  all = from;
  all.insert(space_.named_days().begin(), space_.named_days().end());
  for (const int32_t day : from) {
    for (const auto& [months, days] : space_.periods()) {
      for (const int32_t sign : {-1, 1}) all.insert(vm::add_months(day, sign * months).value_or(day) + sign * days);
    }
  }
  std::vector<Json> out;
  for (const int32_t day : all) out.push_back(json_day(day));
  return out;
}

std::vector<Move> Moves::rows_of(const Json& other) const {
  std::vector<Move> out;
  for (const List& l : lists_) {
    const Json* here = &record_;
    const Json* there = &other;
    for (const std::string& step : l.steps) {
      const auto into = [&](const Json* j) -> const Json* {
        if (!j) return nullptr;
        if (!is_number(step)) return j->is_object() && j->contains(step) ? &(*j)[step] : nullptr;
        const Json* const rows = elements(*j);
        return rows && std::stoul(step) < rows->size() ? &(*rows)[std::stoul(step)] : nullptr;
      };
      here = into(here);
      there = into(there);
    }
    const Json* const rows = there ? elements(*there) : nullptr;
    const Json* const own = here ? elements(*here) : nullptr;
    if (!rows) continue;
    for (const Json& row : *rows) {
      if (!row.is_object() || row.empty() || (own && std::find(own->begin(), own->end(), row) != own->end())) continue;
      Move m{Move::Kind::add_row, l.pointer, l.steps, row, nullptr};
      // A number by which it would be known is given when it is added.
      m.value.erase("sequence");
      if (!m.value.empty()) out.push_back(std::move(m));
    }
  }
  return out;
}

// ---------------------------------------------------------------- making them

Json Moves::made(const std::vector<Move>& moves) const {
  Json out = record_;
  const auto apply = [&](const Move& m) {
    switch (m.kind) {
      case Move::Kind::set:
      case Move::Kind::refer:
        if (const auto owner = place(out, Steps(m.steps.begin(), m.steps.end() - 1)); owner && (*owner)->is_object())
          (*owner)->erase("none");   // an object that was said not to be has something in it then
        if (const auto at = place(out, m.steps)) **at = m.value;
        if (out.contains("annotations") && out["annotations"].is_object()) {
          out["annotations"].erase(m.fact);
          if (out["annotations"].empty()) out.erase("annotations");
        }
        break;
      case Move::Kind::add_row: {
        const auto at = place(out, m.steps);
        if (!at) break;
        if ((*at)->is_null()) **at = Json::array();
        Json* const rows = elements(**at);
        if (!rows) break;
        Json row = m.value;
        if (!rows->empty() && rows->back().is_object() && rows->back().contains("sequence")) row["sequence"] = rows->size() + 1;
        rows->push_back(std::move(row));
        break;
      }
      case Move::Kind::take_row: (void)take_away(out, m.steps); break;
      case Move::Kind::complete:
        if (const auto at = place(out, m.steps)) {
          Json rows = (*at)->is_null() ? Json::array() : elements(**at) ? *elements(**at) : Json::array();
          **at = Json{{"items", std::move(rows)}, {"complete", true}};
        }
        break;
      case Move::Kind::judge: {
        Json& list = out["assertions"];
        if (!list.is_array()) list = Json::array();
        for (size_t k = 0; k < list.size();) {
          if (list[k].is_object() && list[k].value("criterion", "") == m.steps[0]) list.erase(k);
          else ++k;
        }
        list.push_back(Json{{"criterion", m.steps[0]}, {"status", m.value}});
        break;
      }
    }
  };
  // Rows go last: the numbers of the others are those of the record.
  for (const Move& m : moves) {
    if (m.kind != Move::Kind::take_row) apply(m);
  }
  for (const Move& m : moves) {
    if (m.kind == Move::Kind::take_row) apply(m);
  }
  return out;
}

// ---------------------------------------------------------------- words

std::string Moves::words(const Json& j) {
  if (j.is_null()) return "not documented";
  if (j.is_string()) return j == "notMet" ? "not met" : j.get<std::string>();
  if (j.is_object()) {
    if (j.contains("none")) return "none";
    if (j.contains("system") && j.contains("code")) return words(j["system"]) + " " + words(j["code"]);
    if (j.contains("vague") && j["vague"].is_object())
      return fmt::format("between {} and {}", words(j["vague"].value("low", Json())), words(j["vague"].value("high", Json())));
    std::string out;
    for (const auto& [key, value] : j.items()) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", key, words(value));
    return out;
  }
  if (j.is_array()) {
    std::string out;
    for (const Json& each : j) out += (out.empty() ? "" : ", ") + words(each);
    return out.empty() ? "none recorded" : out;
  }
  return j.dump();
}

// A value that stands for all that the policy does not name is said so.
std::string Moves::after(const Move& m) const {
  const bool unnamed = m.kind == Move::Kind::set && m.field && m.field->one_of.empty();
  if (unnamed && m.field->type == vm::Type::text && m.value == space_.unnamed(*m.field)) return "anything else";
  if (unnamed && m.field->type == vm::Type::code && m.value.is_object() && m.value == space_.unnamed(*m.field, m.value.value("system", "")))
    return fmt::format("another code of {}", words(m.value.value("system", Json())));
  return words(m.value);
}

std::string Moves::before(const Move& m) const {
  if (m.kind == Move::Kind::judge) {
    if (record_.contains("assertions") && record_["assertions"].is_array()) {
      for (const Json& each : record_["assertions"]) {
        if (each.is_object() && each.value("criterion", "") == m.steps[0]) return words(each.value("status", ""));
      }
    }
    return "not judged";
  }
  Json copy = record_;
  const auto at = place(copy, m.steps);
  switch (m.kind) {
    case Move::Kind::add_row: {
      const Json* const rows = at && !(*at)->is_null() ? elements(**at) : nullptr;
      const size_t n = rows ? rows->size() : 0;
      return fmt::format("{} {}", n, n == 1 ? "row" : "rows");
    }
    case Move::Kind::complete: return "may be incomplete";
    case Move::Kind::set:
      if (record_.contains("annotations") && record_["annotations"].is_object() && record_["annotations"].contains(m.fact) &&
          record_["annotations"][m.fact].contains("disputed"))
        return "disputed";
      break;
    case Move::Kind::take_row:
    case Move::Kind::refer:
    case Move::Kind::judge: break;
  }
  return at ? words(**at) : "not documented";
}

}  // namespace rubric::analysis
