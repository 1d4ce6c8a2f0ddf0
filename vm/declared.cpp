#include "vm/declared.h"

#include "vm/date.h"
#include "vm/domains.h"
#include "vm/machine.h"
#include "vm/operator_forms.h"
#include "vm/record_bounds.h"

#include <algorithm>
#include <optional>

namespace rubric::vm {
namespace {

Declared::End end_of(const Program& p, const Bound& bound, Id node, bool high, std::span<const Value> constants) {
  Declared::End end;
  switch (bound.kind) {
    case Bound::Kind::unbounded: break;
    case Bound::Kind::constant:
      end.constant = constants[bound.constant];
      if (end.constant.type == Type::date) {  // of a month, its first day and its last
        const Date date = unbox<Date>(end.constant);
        end.constant = box(Date{high ? last_day(date) : date.days, 3});
      }
      break;
    case Bound::Kind::sibling:
    case Bound::Kind::of_case: {
      end.of_case = bound.kind == Bound::Kind::of_case;
      const Id column = p.nodes[end.of_case ? 0 : node].fields[bound.field].column;
      if (column != none_id && p.columns[column].kind == ColumnKind::field) end.column = column;
      break;
    }
  }
  return end;
}

// What a cell can be, its ends given.
Value open_value(const Declared& d, const Value& low, const Value& high, Cause cause, Arena& arena) {
  Value all = d.words.kind != Kind::unknown ? d.words : range(low, high, cause, arena);
  if (all.kind == Kind::unknown) return Value::unknown(cause);
  if (d.optional) all = either(all, Value::none(), arena);
  if (all.kind == Kind::open) all.cause = cause;
  return all;
}

// Who reads a column, through moves between rows.
class Readers {
 public:
  Readers(const Program& p, std::span<const Value> constants, Arena& arena)
      : p_(p), constants_(constants), context_{nullptr, &arena}, by_(p.registers.size()), made_(p.registers.size(), nullptr) {
    for (const Inst& i : p.code) {
      if (i.op != Op::repeat && i.op != Op::scan) made_[i.dst] = &i;
      for (uint32_t k = 0; k < i.n; ++k) by_[p.operands[i.args + k]].push_back(&i);
    }
  }

  // Whether a value that may be none leaves all open that is made of it, as a value does of which nothing is known: what
  // does not ask for none is none of it, and that is not what it is of any other value.
  bool none_leaves_open(Id reg) const {
    return std::all_of(by_[reg].begin(), by_[reg].end(), [&](const Inst* reader) {
      if (reader->op == Op::in_set) return !p_.tables[reader->imm].keys.empty();
      const bool passes = reader->op == Op::up || reader->op == Op::src;
      if (!passes && (reader->op != Op::call || forms(reader->fn).inspects)) return false;
      return (!passes && p_.registers[reader->dst].type == Type::truth) || none_leaves_open(reader->dst);
    });
  }

  // Whether an instruction may give more for the open value than for nothing known: a comparison with a constant that
  // both answers are left to gives no more. Of others the run will tell.
  bool settle(Id reg, const Value& value, bool ends_known) const {
    return std::any_of(by_[reg].begin(), by_[reg].end(), [&](const Inst* reader) {
      if (reader->op == Op::up || reader->op == Op::src) return settle(reader->dst, value, ends_known);
      if (!ends_known) return true;
      if (reader->op == Op::in_set) return word_in_set(*reader, value);
      return reader->op != Op::call || compares(*reader, reg, value);
    });
  }

 private:
  // Whether comparing with a constant is settled. There is no batch here whose texts could be read, so words go by their ids.
  bool compares(const Inst& reader, Id reg, const Value& value) const {
    const OperatorInfo& op = operators()[reader.fn];
    const bool same = op.name == "=" || op.name == "!=";
    const bool comparison = same || op.name == "<" || op.name == "<=" || op.name == ">" || op.name == ">=";
    if (!comparison || op.args[0] == Type::any || (op.args[0] == Type::text && !same)) return true;
    std::vector<Value> args, constants;
    for (uint32_t k = 0; k < reader.n; ++k) {
      const Id operand = p_.operands[reader.args + k];
      const Inst* const made = made_[operand];
      if (operand != reg && (!made || made->op != Op::konst)) return true;
      if (operand != reg) constants.push_back(constants_[made->imm]);
      args.push_back(operand == reg ? value : constants.back());
    }
    if (op.args[0] == Type::text) return constants.empty() || !divides(value, constants);
    const Value answer = forms(reader.fn).boxed(context_, args.data());
    return answer.kind == Kind::value || answer.kind == Kind::none;
  }

  bool word_in_set(const Inst& reader, const Value& value) const {
    if (value.kind != Kind::open || value.type != Type::text) return true;
    std::vector<Value> members;
    for (const Id key : p_.tables[reader.imm].keys) members.push_back(constants_[key]);
    return !divides(value, members);
  }

  // Whether some of the words are among the members and some are not.
  static bool divides(const Value& words, const std::vector<Value>& members) {
    if (words.kind != Kind::open) return false;
    const auto among = std::count_if(words.items, words.items + words.n, [&](const Value& word) {
      return word.kind == Kind::value && std::any_of(members.begin(), members.end(), [&](const Value& m) { return m.i == word.i; });
    });
    return among != 0 && among != words.n;
  }

  const Program& p_;
  std::span<const Value> constants_;
  Context context_;
  std::vector<std::vector<const Inst*>> by_;
  std::vector<const Inst*> made_;
};

}  // namespace

std::vector<Declared> declared_columns(const Program& p, std::span<const Value> constants, Arena& arena) {
  std::vector<Declared> out(p.columns.size());
  const Readers readers(p, constants, arena);
  for (const Inst& i : p.code) {
    if (i.op != Op::column || p.columns[i.imm].kind != ColumnKind::field) continue;
    const ColumnDef& c = p.columns[i.imm];
    const Field& field = p.nodes[c.node].fields[c.field];
    Declared& d = out[i.imm];
    d.optional = c.optional;
    d.low = end_of(p, field.low, c.node, false, constants);
    d.high = end_of(p, field.high, c.node, true, constants);
    bool first = true;
    for (const Id word : field.one_of) {
      const Value one = box(Text{word});
      d.words = first ? one : either(d.words, one, arena);
      first = false;
    }
    const bool by_column = d.low.column != none_id || d.high.column != none_id;
    const bool bounded = by_column || d.low.constant.kind == Kind::value || d.high.constant.kind == Kind::value;
    if ((d.words.kind == Kind::unknown && !bounded) || (d.optional && readers.none_leaves_open(i.dst))) continue;
    d.matters |= readers.settle(i.dst, open_value(d, d.low.constant, d.high.constant, Cause::not_documented, arena), !by_column);
  }
  return out;
}

bool read_as_declared(const Declared& d, const Decisions& decisions, Id column, Column& out, Pool& pool) {
  const Batch& batch = *decisions.batch;
  const Column& loaded = batch.columns[column];
  const Id domain = (**decisions.program).columns[column].domain;
  Arena& arena = *decisions.arena;
  bool any = false;
  Value low, high, made;
  // Most rows are of a list of the case.
  const bool below_cases = domain != 0 && (**decisions.program).domains[domain].parent == 0;
  const auto case_of = [&](Row r) {
    return below_cases ? batch.domains[domain].up[r] : ancestor(**decisions.program, batch, decisions.domains, domain, r, 0);
  };
  std::optional<int32_t> at;         // where the last one made stands in the pool: neighbours often share it
  for (uint32_t word = 0; word < words(loaded.rows); ++word) {
    const uint64_t exist = word + 1 == words(loaded.rows) ? tail_mask(loaded.rows) : ~uint64_t{0};
    for (uint64_t left = ~(loaded.p[word] | loaded.q[word]) & exist; left; left &= left - 1) {
      const Row r = word * 64 + static_cast<Row>(__builtin_ctzll(left));
      const auto end = [&](const Declared::End& from, bool upper) {
        if (from.column == none_id) return from.constant;
        const Row row = from.of_case ? case_of(r) : r;
        const Value v = get(batch.columns[from.column], row, batch.pool);
        return upper ? greatest(v) : least(v);
      };
      const Value l = end(d.low, false), h = end(d.high, true);
      const auto cause = static_cast<Cause>(wide_cell(loaded.type) ? loaded.cell8[r] : loaded.cell4[r]);
      if (!any) {
        out = loaded;
        any = true;
      }
      if (at && same(l, low) && same(h, high) && made.cause == cause) {
        set_bit(out.p, r, true);
        set_bit(out.q, r, true);
        if (wide_cell(out.type)) out.cell8[r] = *at;
        else out.cell4[r] = *at;
        continue;
      }
      low = l;
      high = h;
      made = open_value(d, low, high, cause, arena);
      put(out, r, made, pool);
      at = made.kind == Kind::open ? std::optional(static_cast<int32_t>(pool.size() - 1)) : std::nullopt;
    }
  }
  return any;
}

}  // namespace rubric::vm
