// What an open fact is tried at: one value for each way in which those that read it can answer. See open_facts.h.
#include "vm/open_facts.h"

#include "vm/kernels.h"
#include "vm/moment.h"
#include "vm/operator_forms.h"
#include "vm/operators.h"
#include "vm/prepared.h"

#include <algorithm>

namespace rubric::vm {
namespace {

// Whether a value is one of those that an open cell stands for.
bool allowed(const Context& c, const Value& open, const Value& v) {
  const auto fits_item = [&](const Value& item) {
    if (item.kind == Kind::none) return v.kind == Kind::none;
    if (v.kind == Kind::none) return false;
    if (item.kind == Kind::value) return compare_known(c, item, v) == 0;
    return (item.items[0].kind != Kind::value || compare_known(c, item.items[0], v) <= 0) &&
           (item.items[1].kind != Kind::value || compare_known(c, v, item.items[1]) <= 0);
  };
  if (open.kind != Kind::open) return true;
  return std::any_of(open.items, open.items + open.n, fits_item);
}

// The least and the greatest that an open cell stands for, where that is less than `low` to `high`.
void narrow_to(const Value& open, std::optional<int64_t>& low, std::optional<int64_t>& high) {
  if (open.kind != Kind::open) return;
  std::optional<int64_t> least, greatest;
  for (uint32_t k = 0; k < open.n; ++k) {
    const Value& item = open.items[k];
    if (item.kind != Kind::value && item.kind != Kind::range) continue;
    const bool range = item.kind == Kind::range;
    const Value &from = range ? item.items[0] : item, &to = range ? item.items[1] : item;
    if (from.kind != Kind::value || to.kind != Kind::value) return;
    least = std::min(least.value_or(from.i), from.i);
    greatest = std::max(greatest.value_or(to.i), to.i);
  }
  if (least) low = std::max(low.value_or(*least), *least);
  if (greatest) high = std::min(high.value_or(*greatest), *greatest);
}

}  // namespace

// Every value that an open cell of the record can have, where these are few: truths, listed words, bounded integers, a month's days.
std::vector<Value> Walk::few_values(Cell cell) const {
  constexpr int64_t few = 16;
  const Inst& i = *definitions_.of(cell.reg);
  const ColumnDef& c = p_.columns[i.imm];
  const Value now = d_.value(cell.reg, cell.row);
  std::vector<Value> out;
  if (c.type == Type::truth) {
    out = {box(Truth::yes), box(Truth::no)};
  } else if (c.kind == ColumnKind::field) {
    const Field& field = p_.nodes[c.node].fields[c.field];
    if (field.one_of.size() <= few) {
      for (const Id word : field.one_of) out.push_back(box(Text{word}));
    }
    const auto& constants = d_.program->prepared().constants;
    constexpr int64_t few_days = 31;
    if (c.type == Type::integer || c.type == Type::date) {
      const auto bound = [&](const Bound& b) {
        return b.kind == Bound::Kind::constant ? std::optional(constants[b.constant].i) : std::nullopt;
      };
      std::optional<int64_t> low = bound(field.low), high = bound(field.high);
      narrow_to(now, low, high);
      const bool are_few = low && high && *high - *low < (c.type == Type::date ? few_days : few);
      for (int64_t x = low.value_or(0); are_few && x <= *high; ++x)
        out.push_back(c.type == Type::date ? box(Date{static_cast<int32_t>(x), 3}) : box(static_cast<int32_t>(x)));
    }
  }
  const Context context{&batch_, d_.arena.get()};
  std::erase_if(out, [&](const Value& v) { return !allowed(context, now, v); });
  if (!out.empty() && may_be_none(cell.reg, cell.row)) out.push_back(Value::none());
  return out;
}

void Walk::settle_values() {
  for (Variable& v : variables) {
    try_values(v);
    note(v.test), note(static_cast<uint32_t>(v.values.size()));
    for (const uint32_t f : v.facts) note(f);
    constexpr uint32_t facts_end = 0xfff90000;
    note(facts_end);
    // What reads a truth otherwise than as it is has not been asked for its answers.
    const bool truth = p_.registers[v.cell.reg].type == Type::truth;
    if (v.every || (truth && std::any_of(v.readers.begin(), v.readers.end(), [&](const Cell& c) { return c != v.cell; })))
      has_pattern_ = false;
  }
  for (const OpenFact& f : facts) note(static_cast<uint32_t>(f.kind));
}

namespace {

// The values just below, at and just above a constant.
void around(const Value& v, Arena& arena, std::vector<Value>& out) {
  if (v.type == Type::date_time || v.type == Type::time) {   // a fact is a moment, where a constant may be an hour
    const Moment first = first_of(moment(v)), last = last_of(moment(v));
    for (const auto& each : {std::optional(first), step(first, false), std::optional(last), step(last, true)}) {
      if (each) out.push_back(box(*each));
    }
    return;
  }
  out.push_back(v);
  switch (v.type) {
    case Type::integer:
      if (v.i > INT32_MIN) out.push_back(box(static_cast<int32_t>(v.i - 1)));
      if (v.i < INT32_MAX) out.push_back(box(static_cast<int32_t>(v.i + 1)));
      break;
    case Type::decimal: {
      const Int128 s = unbox<Decimal>(v).scaled;
      if (fits(s - 1)) out.push_back(box(Decimal{s - 1}, arena));
      if (fits(s + 1)) out.push_back(box(Decimal{s + 1}, arena));
      break;
    }
    case Type::date:
      if (in_calendar(v.i - 1)) out.push_back(box(Date{static_cast<int32_t>(v.i - 1), 3}));
      if (in_calendar(v.i + 1)) out.push_back(box(Date{static_cast<int32_t>(v.i + 1), 3}));
      break;
    case Type::quantity: {
      const Quantity q = unbox<Quantity>(v);
      if (fits(q.value.scaled - 1)) out.push_back(box(Quantity{{q.value.scaled - 1}, q.unit}, arena));
      if (fits(q.value.scaled + 1)) out.push_back(box(Quantity{{q.value.scaled + 1}, q.unit}, arena));
      break;
    }
    default: break;
  }
}

// A value of a type, whichever it is.
std::optional<Value> plain_value(Type type, Arena& arena) {
  switch (type) {
    case Type::truth: return box(Truth::yes);
    case Type::integer: return box(int32_t{0});
    case Type::long_integer: return box(int64_t{0});
    case Type::decimal: return box(Decimal{}, arena);
    case Type::date: return box(Date{0, 3});
    case Type::quantity: return box(Quantity{}, arena);
    case Type::date_time:
    case Type::time: return box(Moment{type, 0, 7});
    case Type::text:
    case Type::code:        // one that nothing compares with is tried
    case Type::interval:
    case Type::list:
    case Type::tuple:
    case Type::ratio:
    case Type::code_concept:
    case Type::any:
    case Type::outcome: break;
  }
  return std::nullopt;
}

}  // namespace

void Walk::try_values(Variable& v) {
  if (v.every) {
    v.values = few_values(v.cell);
    return;
  }
  const Type type = p_.registers[v.cell.reg].type;
  const Inst& definition = *definitions_.of(v.cell.reg);
  if (type == Type::truth) {
    v.values = {box(Truth::yes), box(Truth::no)};
    if (may_be_none(v.cell.reg, v.cell.row)) v.values.push_back(Value::none());
    return;
  }
  Context context{&batch_, d_.arena.get()};
  const Value now = d_.value(v.cell.reg, v.cell.row);
  std::vector<Value> candidates;
  const Field* field = nullptr;
  if (definition.op == Op::column && p_.columns[definition.imm].kind == ColumnKind::field) {
    const ColumnDef& c = p_.columns[definition.imm];
    field = &p_.nodes[c.node].fields[c.field];
  }
  // The cuts: what the readers compare it with.
  for (const Cell& reader : v.readers) {
    const Inst& i = *definitions_.of(reader.reg);
    if (i.op == Op::in_set || i.op == Op::in_set_on) {
      for (const auto& [key, entries] : d_.program->prepared().tables[i.imm].entries) {
        (void)entries;
        Value k;
        k.kind = Kind::value;
        k.type = p_.tables[i.imm].key;
        k.precision = k.type == Type::date ? 3 : 0;
        k.i = key;
        if (k.type == type && key != INT64_MIN) around(k, *d_.arena, candidates);
      }
      if (i.op == Op::in_set_on) {
        for (const auto& [key, entries] : d_.program->prepared().tables[i.imm].entries) {
          (void)key;
          for (const auto& e : entries) {
            if (e.from.kind == Kind::value && type == Type::date) around(e.from, *d_.arena, candidates);
            if (e.to.kind == Kind::value && type == Type::date) around(e.to, *d_.arena, candidates);
          }
        }
      }
    }
    for (uint32_t k = 0; k < i.n; ++k) {
      const Value other = d_.value(arg(i, k), reader.row);
      if (other.kind == Kind::value && other.type == type) around(other, *d_.arena, candidates);
    }
  }
  if (now.kind == Kind::open) {
    for (uint32_t k = 0; k < now.n; ++k) {
      const Value& item = now.items[k];
      if (item.kind == Kind::value || item.kind == Kind::none) candidates.push_back(item);
      if (item.kind == Kind::range) {
        for (const int end : {0, 1}) {
          if (item.items[end].kind == Kind::value) candidates.push_back(item.items[end]);
        }
      }
    }
  }
  if (field) {
    for (const Id word : field->one_of) candidates.push_back(box(Text{word}));
  }
  if (may_be_none(v.cell.reg, v.cell.row) && now.kind == Kind::unknown) candidates.push_back(Value::none());
  // A value that nothing compares with; replicate() gives every batch of completions such a text and code.
  if (type == Type::text && (!field || field->one_of.empty()) && now.kind == Kind::unknown)
    candidates.push_back(box(Text{static_cast<uint32_t>(batch_.text_count())}));
  if (type == Type::code && now.kind == Kind::unknown) candidates.push_back(box(Code{static_cast<uint32_t>(batch_.code_count())}));
  // Some value, beside none: where nothing compares with it, or what does is not known. An amount that is of nothing could not be compared.
  if (now.kind == Kind::unknown &&
      std::none_of(candidates.begin(), candidates.end(), [](const Value& v) { return v.kind == Kind::value; })) {
    if (const auto some = plain_value(type, *d_.arena)) candidates.push_back(*some);
    const auto& constants = d_.program->prepared().constants;
    for (const Bound* bound : field ? std::vector{&field->low, &field->high} : std::vector<const Bound*>{}) {
      if (bound->kind == Bound::Kind::constant) candidates.push_back(constants[bound->constant]);
    }
  }
  // Bounds of the field: constants only; another field's bound is not needed for soundness.
  const auto inside = [&](const Value& x) {
    if (!allowed(context, now, x)) return false;
    if (!field || x.kind != Kind::value) return true;
    if (!field->one_of.empty() &&
        std::none_of(field->one_of.begin(), field->one_of.end(), [&](Id w) { return static_cast<int64_t>(w) == x.i; }))
      return false;
    const auto& constants = d_.program->prepared().constants;
    if (field->low.kind == Bound::Kind::constant && compare_known(context, x, constants[field->low.constant]) < 0) return false;
    if (field->high.kind == Bound::Kind::constant && compare_known(context, x, constants[field->high.constant]) > 0) return false;
    return true;
  };
  // What the readers are given: known operands, and the value that is tried.
  struct Question {
    const Inst& inst;
    std::vector<Value> operands;
    std::vector<bool> tried;
  };
  std::vector<Question> questions;
  std::vector<std::pair<Cell, bool>> below;
  for (const Cell& reader : v.readers) {
    Question& q = questions.emplace_back(*definitions_.of(reader.reg));
    for (uint32_t k = 0; k < q.inst.n; ++k) {
      below.clear();
      leaves(arg(q.inst, k), reader.row, true, below);
      q.tried.push_back(!below.empty());
      q.operands.push_back(below.empty() ? d_.value(arg(q.inst, k), reader.row) : Value());
    }
  }
  // One value for each way in which the readers answer.
  std::vector<Truth> seen;  // of each value that is taken, the answers
  const auto is_seen = [&](const Truth* answers) {
    for (auto at = seen.begin(); at != seen.end(); at += static_cast<ptrdiff_t>(questions.size())) {
      if (std::equal(answers, answers + questions.size(), at)) return true;
    }
    return questions.empty() && !v.values.empty();
  };
  std::vector<Truth> answers;
  Column one, day, out;
  Pool pool;
  for (const Value& x : candidates) {
    if (!inside(x)) continue;
    answers.clear();
    for (Question& q : questions) {
      const Inst& i = q.inst;
      for (uint32_t k = 0; k < i.n; ++k) {
        if (q.tried[k]) q.operands[k] = x;
      }
      const std::vector<Value>& args = q.operands;
      Truth t = Truth::unknown;
      const bool outside = x.kind == Kind::value && ((type == Type::text && static_cast<uint64_t>(x.i) >= batch_.text_count()) ||
                                                     (type == Type::code && static_cast<uint64_t>(x.i) >= batch_.code_count()));
      if (outside) {
        // Equal to nothing; only `=`, `!=` and membership are asked of it.
        const std::string_view asked = i.op == Op::call ? operators()[i.fn].name : "";
        t = asked == "!=" ? Truth::yes : Truth::no;
        if (i.op == Op::call && asked != "!=" && asked != "=") has_pattern_ = false;  // then this is no more than a guess
      } else if (i.op == Op::call) {
        const Value r = forms(i.fn).boxed(context, args.data());
        t = r.kind == Kind::value ? unbox<Truth>(r) : r.kind == Kind::none ? Truth::none : Truth::unknown;
      } else {
        pool.clear();
        one.reset(type, 1);
        put(one, 0, args[0], pool);
        out.reset(Type::truth, 1);
        if (i.op == Op::is_null) {
          is_null(one, pool, out);
        } else if (i.op == Op::in_set) {
          in_set(d_.program->prepared().tables[i.imm], one, nullptr, pool, out);
        } else if (i.op == Op::in_set_on) {
          day.reset(Type::date, 1);
          put(day, 0, args[1], pool);
          in_set(d_.program->prepared().tables[i.imm], one, &day, pool, out);
        }
        t = out.truth(0);
      }
      answers.push_back(t);
    }
    if (is_seen(answers.data())) continue;
    for (const Truth t : answers) note(static_cast<uint32_t>(t));
    seen.insert(seen.end(), answers.begin(), answers.end());
    v.values.push_back(x);
  }
  // Something that is no comparison reads it as well: what it makes of the values is not known here.
  for (const Cell& reader : v.readers) {
    const Op op = definitions_.of(reader.reg)->op;
    const bool asks = op == Op::call || op == Op::in_set || op == Op::in_set_on || op == Op::is_null;
    has_pattern_ &= asks && p_.registers[reader.reg].type == Type::truth;
  }
}

}  // namespace rubric::vm
