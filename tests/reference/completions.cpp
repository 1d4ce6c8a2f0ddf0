// Making completions of a record. See completions.h.
#include "tests/reference/completions.h"

#include "vm/date.h"
#include "vm/decimal.h"
#include "vm/operators.h"
#include "vm/units.h"

#include <algorithm>
#include <functional>

namespace rubric::reference {

using vm::Type;

namespace {

constexpr size_t most_values = 12;   // of a scalar
constexpr size_t most_rows = 14;     // of one more row of a list

Json json_of(const Scalar& s) {
  switch (s.type) {
    case Type::truth: return s.number != 0;
    case Type::integer: return static_cast<int64_t>(s.number);
    case Type::decimal: return Json::parse(vm::to_string(vm::Decimal{s.number}));
    case Type::text: return s.text;
    case Type::code: return {{"system", s.system}, {"code", s.text}};
    case Type::date: return vm::iso_date({static_cast<int32_t>(s.number), 3});
    case Type::quantity: return vm::to_string(vm::Decimal{s.number}) + " " + std::string(vm::unit(s.unit).name);
    default: return nullptr;
  }
}

void each_expression(const ir::Expr& e, const std::function<void(const ir::Expr&)>& see) {
  see(e);
  for (const ir::Expr& a : e.args) each_expression(a, see);
  for (const ir::Query& q : e.query) {
    for (const auto* part : {&q.where, &q.value, &q.key}) {
      for (const ir::Expr& x : *part) each_expression(x, see);
    }
  }
}

void each_expression(const ir::Policy& policy, const std::function<void(const ir::Expr&)>& see) {
  const auto maybe = [&](const std::optional<ir::Expr>& e) {
    if (e) each_expression(*e, see);
  };
  for (const ir::Criterion& c : policy.criteria) {
    for (const auto* e : {&c.applies, &c.condition, &c.gate, &c.item_where}) maybe(*e);
    if (!c.limit) continue;
    for (const ir::Query* q : {&c.limit->history, &c.limit->siblings}) {
      for (const ir::Expr& w : q->where) each_expression(w, see);
    }
    each_expression(c.limit->amount, see);
  }
  for (const ir::Rule& r : policy.rules) {
    each_expression(r.when, see);
    maybe(r.gate);
    maybe(r.equals_request);
  }
  for (const ir::Block& b : policy.blocks) {
    for (const auto* e : {&b.scope, &b.item_where, &b.version_gate}) maybe(*e);
  }
  for (const ir::Table& t : policy.tables) {
    for (const ir::Table::Row& row : t.rows) see(row.key);
  }
}

void in_json(const Json& j, std::vector<Scalar>& out) {
  if (j.is_object() && j.contains("system") && j.contains("code")) {
    Scalar s;
    s.type = Type::code;
    s.system = j["system"];
    s.text = j["code"];
    out.push_back(s);
  } else if (j.is_structured()) {
    for (const Json& x : j) in_json(x, out);
  } else if (j.is_string()) {
    const auto date = vm::parse_iso_date(j.get<std::string>());
    out.push_back(date && date->precision == 3 ? date_scalar(date->days) : text_scalar(j.get<std::string>()));
  } else if (j.is_number_integer()) {
    out.push_back(integer_scalar(j.get<int64_t>()));
  }
}

// The answers that one of a fact's possibilities stands for.
std::vector<Scalar> values_of(const Possible& p, Type type, const std::vector<Scalar>& hints) {
  std::vector<Scalar> out;
  const auto take = [&](Scalar s) {
    if (std::find(out.begin(), out.end(), s) == out.end()) out.push_back(std::move(s));
  };
  std::vector<Piece> pieces = p.pieces;
  if (p.unknown) pieces = {{Piece::Kind::range, {}, {}}};
  for (const Piece& x : pieces) {
    if (x.kind == Piece::Kind::point) take(*x.low);
    if (x.kind != Piece::Kind::range) continue;
    const bool discrete = type == Type::integer || type == Type::date;
    if (discrete && x.low && x.high && x.high->number - x.low->number < static_cast<vm::Int128>(most_values)) {
      for (Scalar s = *x.low; s.number <= x.high->number; ++s.number) take(s);
      continue;
    }
    const auto inside = [&](const Scalar& s) { return (!x.low || order(*x.low, s) <= 0) && (!x.high || order(s, *x.high) <= 0); };
    std::vector<Scalar> near;
    for (const Scalar& h : hints) {
      if (h.type != type) continue;
      near.push_back(h);
      if (type == Type::text || type == Type::code || type == Type::truth) continue;
      for (const int step : {-1, 1}) {
        Scalar s = h;
        s.number += step;
        near.push_back(s);
      }
    }
    if (x.low) near.push_back(*x.low);
    if (x.high) near.push_back(*x.high);
    if (type == Type::text) near.push_back(text_scalar("something else"));
    if (type == Type::code) {
      Scalar s;
      s.type = Type::code;
      s.system = "CPT";
      s.text = "00000";
      near.push_back(s);
    }
    if (near.empty() && (type == Type::integer || type == Type::date || type == Type::decimal)) {
      Scalar s;
      s.type = type;
      near.push_back(s);
    }
    for (const Scalar& s : near) {
      if (inside(s)) take(s);
    }
  }
  return out;
}

std::vector<Json> answers_of(const Possible& p, const vm::Field& field, const std::vector<Scalar>& hints) {
  std::vector<Json> out;
  if (field.type == Type::truth && p.unknown) {
    out = {true, false};
  } else {
    for (const Scalar& s : values_of(p, field.type, hints)) out.push_back(json_of(s));
  }
  const bool none = p.unknown ? field.optional
                              : std::any_of(p.pieces.begin(), p.pieces.end(), [](const Piece& x) { return x.kind == Piece::Kind::none; });
  if (none) out.push_back({{"none", true}});
  return out;
}

// Every combination, thinned out evenly where there are too many.
std::vector<Json> rows_of(const OpenFact& fact, const std::vector<Scalar>& hints) {
  std::vector<std::pair<std::string, std::vector<Json>>> fields;
  uint64_t all = 1;
  for (const auto& [key, read] : fact.of_rows) {
    fields.emplace_back(key, answers_of(read.second, *read.first, hints));
    all *= std::max<size_t>(fields.back().second.size(), 1);
  }
  const uint64_t step = std::max<uint64_t>(1, all / most_rows | 1);
  std::vector<Json> rows;
  for (uint64_t x = 0; x < all; x += step) {
    Json row = Json::object();
    uint64_t rest = x;
    for (const auto& [key, values] : fields) {
      if (values.empty()) continue;
      row[Json::json_pointer("/" + key)] = values[rest % values.size()];
      rest /= values.size();
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

std::vector<Scalar> mentioned(const ir::Policy& policy, const Json& record) {
  std::vector<Scalar> found;
  in_json(record, found);
  each_expression(policy, [&](const ir::Expr& e) {
    if (e.kind != ir::ExprKind::constant || e.value.kind != vm::Kind::value || e.type.kind != ir::Type::Kind::scalar) return;
    Scalar s;
    if (e.type.scalar == Type::text || e.type.scalar == Type::code) {
      s.type = e.type.scalar;
      s.text = e.string;
      s.system = e.system;
    } else {
      s = scalar_of(e.value);
    }
    found.push_back(s);
  });
  std::vector<Scalar> once;
  for (Scalar& s : found) {
    if (std::find(once.begin(), once.end(), s) == once.end()) once.push_back(std::move(s));
  }
  return once;
}

std::optional<std::vector<Question>> questions(const ir::Policy& policy, const Json& record, const OpenFacts& open) {
  const std::vector<Scalar> hints = mentioned(policy, record);
  std::vector<Question> out;
  for (const auto& [name, fact] : open) {
    Question q{name, fact.kind, {}};
    switch (fact.kind) {
      case OpenFact::Kind::scalar:
        if (!fact.field) return std::nullopt;
        for (Json& value : answers_of(fact.stands_for, *fact.field, hints)) q.answers.push_back({std::move(value), {}, false});
        break;
      case OpenFact::Kind::list: {
        q.answers.push_back({Json::array(), {}, false});
        if (fact.field->kind == vm::FieldKind::reference) {
          // The rows of the other list that are not named yet: none, each alone, all.
          const std::string list = policy.model.texts[policy.model.nodes[0].fields[fact.field->refers_to].key];
          if (!record.contains(list) || !record[list].is_array()) return std::nullopt;
          const std::string by = policy.model.texts[policy.model.nodes[fact.field->node].fields[fact.field->refers_by].key];
          const Json::json_pointer at(name);
          const Json named = record.contains(at) ? record[at].is_object() ? record[at]["items"] : record[at] : Json::array();
          Json all = Json::array();
          for (const Json& row : record[list]) {
            if (std::find(named.begin(), named.end(), row[by]) == named.end()) all.push_back(row[by]);
          }
          for (const Json& one : all) q.answers.push_back({Json::array({one}), {}, false});
          if (all.size() > 1) q.answers.push_back({all, {}, false});
          break;
        }
        for (const Json& row : rows_of(fact, hints)) {
          q.answers.push_back({Json::array({row}), {}, false});
          q.answers.push_back({Json::array({row, row}), {}, false});
        }
        break;
      }
      case OpenFact::Kind::judgment: {
        const std::vector<std::pair<uint32_t, uint32_t>> on(fact.on.begin(), fact.on.end());
        for (uint32_t x = 0; x < 1u << on.size(); ++x) {
          Answer answer;
          for (size_t k = 0; k < on.size(); ++k) {
            Json said = {{"criterion", fact.criterion}, {"status", x >> k & 1 ? "met" : "notMet"}, {"line", on[k].first}};
            if (on[k].second) said["item"] = on[k].second;
            answer.judgments.push_back(std::move(said));
          }
          q.answers.push_back(std::move(answer));
        }
        break;
      }
      case OpenFact::Kind::line: q.answers = {{{}, {}, true}, {{}, {}, false}}; break;
    }
    if (q.answers.empty()) return std::nullopt;
    out.push_back(std::move(q));
  }
  // Lists are closed behind the facts in their rows, whose pointers change with it; inner lists first.
  std::stable_sort(out.begin(), out.end(), [](const Question& a, const Question& b) {
    const bool x = a.kind == OpenFact::Kind::list, y = b.kind == OpenFact::Kind::list;
    return x != y ? y : x && a.fact.size() > b.fact.size();
  });
  return out;
}

uint64_t completions_of(const std::vector<Question>& questions) {
  uint64_t n = 1;
  for (const Question& q : questions) {
    n *= q.answers.size();
    if (n > (uint64_t{1} << 40)) break;
  }
  return n;
}

size_t answer_of(const std::vector<Question>& questions, uint64_t x, size_t question) {
  for (size_t k = 0; k < question; ++k) x /= questions[k].answers.size();
  return x % questions[question].answers.size();
}

namespace {

// Nobody is asked to judge what does not apply, or of which that cannot be told; said all the same, it would overrule that.
void withdraw_idle(const ir::Policy& policy, Json& record, std::vector<Json> judgments) {
  for (bool more = !judgments.empty(); more;) {
    more = false;
    const Evaluation now = evaluate(policy, record);
    std::erase_if(judgments, [&](const Json& said) {
      const std::string item = said.contains("item") ? std::to_string(said["item"].get<uint32_t>()) : "";
      const bool idle = std::any_of(now.lines.begin(), now.lines.end(), [&](const LineResult& l) {
        return l.sequence == said["line"] && std::any_of(l.criteria.begin(), l.criteria.end(), [&](const CriterionResult& c) {
                 return c.name == said["criterion"] && c.item == item && (c.computed == not_applicable || c.computed & not_computable);
               });
      });
      if (!idle) return false;
      Json& all = record["assertions"];
      all.erase(std::find(all.begin(), all.end(), said));
      return more = true;
    });
  }
}

}  // namespace

Completion completed(const ir::Policy& policy, const Json& record, const std::vector<Question>& questions, uint64_t x) {
  Completion out{record, {}};
  std::vector<Json> judgments;
  for (const Question& q : questions) {
    const Answer& answer = q.answers[x % q.answers.size()];
    x /= q.answers.size();
    switch (q.kind) {
      case OpenFact::Kind::scalar:
        if (out.record.contains("annotations")) out.record["annotations"].erase(q.fact);
        out.record[Json::json_pointer(q.fact)] = answer.value;
        break;
      case OpenFact::Kind::list: {
        Json& list = out.record[Json::json_pointer(q.fact)];
        Json items = list.is_object() ? list["items"] : list.is_array() ? list : Json::array();
        for (const Json& row : answer.value) items.push_back(row);
        list = {{"items", std::move(items)}, {"complete", true}};
        break;
      }
      case OpenFact::Kind::judgment:
        for (const Json& said : answer.judgments) {
          out.record["assertions"].push_back(said);
          judgments.push_back(said);
        }
        break;
      case OpenFact::Kind::line: out.granted[q.fact] = answer.granted; break;
    }
  }
  withdraw_idle(policy, out.record, std::move(judgments));
  return out;
}

}  // namespace rubric::reference
