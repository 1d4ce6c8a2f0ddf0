// Expressions of the IR over one record: a value is a Possible, a condition a Truth. See evaluator.h.
#include "base/must.h"
#include "tests/reference/evaluator.h"
#include "vm/date.h"

#include <algorithm>
#include <utility>

namespace rubric::reference {

using ir::ExprKind;
using vm::Type;

namespace {

Possible constant(const ir::Expr& e) {
  if (e.value.kind == vm::Kind::none) return none();
  if (e.type.scalar == Type::text) return point(text_scalar(e.string));
  if (e.type.scalar == Type::code) {
    Scalar s;
    s.type = Type::code;
    s.system = e.system;
    s.text = e.string;
    return point(s);
  }
  return point(scalar_of(e.value));
}

bool is_truth(const ir::Expr& e) { return e.type.kind == ir::Type::Kind::scalar && e.type.scalar == Type::truth; }

// One value for every piece of a possibility, joined; ranges and what is unknown say nothing.
template <class F>
Possible each_point(const Possible& p, F f) {
  if (p.unknown) return anything();
  std::optional<Possible> all;
  for (const Piece& x : p.pieces) {
    Possible one;
    if (x.kind == Piece::Kind::range) return anything();
    if (x.kind == Piece::Kind::point) {
      one = f(*x.low);
    } else {
      one.pieces.push_back(x);
    }
    all = all ? either(*all, one) : one;
  }
  return *all;
}

}  // namespace

const Row& Evaluator::row(Id variable) const { return rows_.at(variable); }

Truth Evaluator::truth(const ir::Expr& e) {
  switch (e.kind) {
    case ExprKind::truth_and:
    case ExprKind::truth_or: {
      Truth all = e.kind == ExprKind::truth_and ? Truth::yes : Truth::no;
      for (const ir::Expr& a : e.args) all = e.kind == ExprKind::truth_and ? both(all, truth(a)) : one_of(all, truth(a));
      return all;
    }
    case ExprKind::truth_not: return opposite(truth(e.args[0]));
    case ExprKind::call:
    case ExprKind::is_null:
    case ExprKind::in_set:
    case ExprKind::in_set_on: return compared(e);
    case ExprKind::fold:
      if (e.fold == ir::Fold::any || e.fold == ir::Fold::all) return any_or_all(e);
      return truth_of(fold(e));
    case ExprKind::judged: return judgment(e.criterion);
    case ExprKind::approved: return granted(e.block, row(e.variable));
    case ExprKind::status:
    case ExprKind::group: {
      const Statuses s = logic(e);
      if (s == met) return Truth::yes;
      if (!(s & met)) return Truth::no;
      return s & not_computable ? Truth::fault : Truth::unknown;
    }
    default: return truth_of(value(e));
  }
}

// A truth made from values. Where several open facts meet in one that stays open, section 5 knows only its range.
Truth Evaluator::compared(const ir::Expr& e) {
  OpenFacts outside = std::exchange(record_.open, {});
  Truth result = Truth::unknown;
  switch (e.kind) {
    case ExprKind::is_null: {
      const Possible v = value(e.args[0]);
      const auto absent = std::count_if(v.pieces.begin(), v.pieces.end(),
                                        [](const Piece& p) { return p.kind == Piece::Kind::none || p.kind == Piece::Kind::fault; });
      if (!v.unknown && (absent == 0 || is_none(v))) result = absent ? Truth::yes : Truth::no;
      break;
    }
    case ExprKind::in_set: result = in_set(policy_.tables[e.table], value(e.args[0]), nullptr); break;
    case ExprKind::in_set_on: {
      const Possible day = value(e.args[1]);
      result = in_set(policy_.tables[e.table], value(e.args[0]), &day);
      break;
    }
    default: {
      std::vector<Possible> args;
      for (const ir::Expr& a : e.args) args.push_back(value(a));
      result = truth_of(operate(e.fn, args));
    }
  }
  const bool list =
      std::any_of(record_.open.begin(), record_.open.end(), [](const auto& f) { return f.second.kind == OpenFact::Kind::list; });
  if (result == Truth::unknown && (record_.open.size() > 1 || list)) facts_meet_ = true;
  record_.open.merge(outside);
  for (auto& [pointer, fact] : outside) {  // those that were read before as well
    record_.open[pointer].of_rows.merge(fact.of_rows);
    record_.open[pointer].on.merge(fact.on);
  }
  return result;
}

Possible Evaluator::value(const ir::Expr& e) {
  switch (e.kind) {
    case ExprKind::constant: return constant(e);
    case ExprKind::field: return record_.scalar(row(e.variable), e.path.empty() ? std::vector<Id>{e.field} : e.path);
    case ExprKind::position: return row(e.variable).phantom ? anything() : point(integer_scalar(row(e.variable).position));
    case ExprKind::decided_date: {
      // The date of service; without one, the date received.
      const auto dates = [&](const Row& of, std::string_view key) -> Possible {
        const auto& fields = policy_.model.nodes[of.node].fields;
        for (Id f = 0; f < fields.size(); ++f) {
          if (policy_.model.texts[fields[f].key] == key && fields[f].type == Type::date) return record_.scalar(of, {f});
        }
        return anything();
      };
      const Row& line = row(e.variable);
      const bool documented = line.object && line.object->contains("serviceDate") && !(*line.object)["serviceDate"].is_null();
      return documented || line.phantom ? dates(line, "serviceDate") : dates(record_.the_case(), "received");
    }
    case ExprKind::as_of: {
      std::optional<std::string> day = options_.as_of;
      if (!day && record_.json().contains("decisionDate") && record_.json()["decisionDate"].is_string())
        day = record_.json()["decisionDate"].get<std::string>();
      if (day) return point(date_scalar(vm::parse_iso_date(*day)->days));
      record_.open["/decisionDate"].stands_for = anything();
      return anything();
    }
    case ExprKind::call: {
      if (is_truth(e)) return possible_of(truth(e));
      std::vector<Possible> args;
      for (const ir::Expr& a : e.args) args.push_back(value(a));
      return operate(e.fn, args);
    }
    case ExprKind::select: {
      // CQL: a null condition takes the else, a fault too. An open one may take either.
      const Truth c = truth(e.args[0]);
      const Possible then = value(e.args[1]), otherwise = value(e.args[2]);
      if (c == Truth::yes) return then;
      return c == Truth::unknown ? either(then, otherwise) : otherwise;
    }
    case ExprKind::coalesce: {
      // From the last to the first: what follows stands in for none.
      Possible result = value(e.args.back());
      for (size_t k = e.args.size() - 1; k-- > 0;) {
        const Possible first = value(e.args[k]);
        if (first.unknown) {
          result = anything();
          continue;
        }
        std::optional<Possible> all;
        for (const Piece& p : first.pieces) {
          const bool absent = p.kind == Piece::Kind::none || p.kind == Piece::Kind::fault;
          const Possible one = absent ? result : Possible{.unknown = false, .pieces = {p}};
          all = all ? either(*all, one) : one;
        }
        result = *all;
      }
      return result;
    }
    case ExprKind::lookup: return lookup(policy_.tables[e.table], value(e.args[0]));
    case ExprKind::fold:
      if (e.fold != ir::Fold::any && e.fold != ir::Fold::all) return fold(e);
      return possible_of(truth(e));
    default: return possible_of(truth(e));
  }
}

Possible Evaluator::lookup(const ir::Table& table, const Possible& key) {
  return each_point(key, [&](const Scalar& k) {
    for (const ir::Table::Row& row : table.rows) {
      const Possible known = constant(row.key);
      if (order(*known.pieces[0].low, k) == 0) return constant(*row.value);
    }
    if (table.otherwise_key) return point(k);
    return table.otherwise ? constant(*table.otherwise) : none();
  });
}

// Membership, asked of each thing that the value may be; on a day, the member must be in force.
Truth Evaluator::in_set(const ir::Table& table, const Possible& v, const Possible* day) {
  const auto in_force = [&](const ir::Table::Row& row, const Piece& on) {
    if (on.kind == Piece::Kind::none || on.kind == Piece::Kind::fault) return Truth::none;
    Truth t = Truth::yes;
    // Before, within or after: an end that a range passes leaves it open.
    const auto side = [&](const std::optional<vm::Constant>& end, bool from) {
      if (!end) return;
      const Scalar limit = scalar_of(*end);
      const auto &near = from ? on.low : on.high, &far = from ? on.high : on.low;
      const int sign = from ? 1 : -1;
      if (far && sign * *order(*far, limit) < 0) t = both(t, Truth::no);
      else if (!near || sign * *order(*near, limit) < 0) t = both(t, Truth::unknown);
    };
    side(row.from, true);
    side(row.to, false);
    return t;
  };
  const auto of_point = [&](const Scalar& s) {
    Truth t = Truth::no;
    for (const ir::Table::Row& row : table.rows) {
      if (order(*constant(row.key).pieces[0].low, s) != 0) continue;
      if (!day || (!row.from && !row.to)) return Truth::yes;
      if (day->unknown) {
        t = one_of(t, Truth::unknown);
        continue;
      }
      std::optional<Truth> on_all;
      for (const Piece& p : day->pieces) {
        const Truth one = in_force(row, p);
        on_all = on_all && *on_all != one ? Truth::unknown : one;
      }
      t = one_of(t, *on_all);
    }
    return t;
  };
  if (v.unknown) return table.rows.empty() ? Truth::no : Truth::unknown;
  std::optional<Truth> all;
  for (const Piece& p : v.pieces) {
    Truth one = Truth::no;
    if (p.kind == Piece::Kind::none) one = Truth::none;
    if (p.kind == Piece::Kind::fault) one = Truth::fault;
    if (p.kind == Piece::Kind::point) one = of_point(*p.low);
    if (p.kind == Piece::Kind::range) {
      for (const ir::Table::Row& row : table.rows) {
        const Scalar key = *constant(row.key).pieces[0].low;
        if ((!p.low || *order(*p.low, key) <= 0) && (!p.high || *order(key, *p.high) <= 0)) one = Truth::unknown;
      }
    }
    if (all && *all != one) return Truth::unknown;
    all = one;
  }
  return *all;
}

}  // namespace rubric::reference
