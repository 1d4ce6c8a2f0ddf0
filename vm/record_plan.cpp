// The plan from the program's model. See record_plan.h.

#include "vm/record_plan.h"

#include "vm/column.h"
#include "vm/decimal.h"

#include <cstring>

namespace rubric::vm {

Id find_field(const Program& program, const Node& node, std::string_view key) {
  for (Id f = 0; f < node.fields.size(); ++f) {
    if (program.texts[node.fields[f].key] == key) return f;
  }
  return none_id;
}

std::optional<Value> constant_value(const Program& program, Id id, Type type, Arena& arena) {
  if (id >= program.constants.size()) return std::nullopt;
  const Constant& c = program.constants[id];
  if (c.kind != Kind::value) return std::nullopt;
  const Int128 wide = Int128{c.high} << 64 | static_cast<uint64_t>(c.low);
  if (c.type == Type::decimal) return type == Type::decimal ? std::optional(box(Decimal{wide}, arena)) : std::nullopt;
  if (c.type == Type::quantity) {
    return type == Type::quantity ? std::optional(box(Quantity{{wide}, c.unit}, arena)) : std::nullopt;
  }
  if (type == Type::decimal && (c.type == Type::integer || c.type == Type::long_integer)) {
    return box(to_decimal(c.low), arena);
  }
  const bool whole = c.type == Type::integer || c.type == Type::long_integer;
  if (c.type != type && !(whole && (type == Type::integer || type == Type::long_integer))) return std::nullopt;
  Value v;
  v.kind = Kind::value;
  v.type = type;
  v.precision = c.precision;
  v.i = c.low;
  return v;
}

RecordPlan::RecordPlan(const Program& from) : program(from) {
  columns.reserve(program.columns.size() + 8);
  for (const ColumnDef& column : program.columns) columns.push_back({column.type, column.domain});
  nodes.resize(program.nodes.size());
  lists.resize(program.domains.size());
  if (!program.nodes.empty()) {
    plan_node(0);
    want_columns(0);

    const Node& top = program.nodes[0];
    if (const Id f = find_field(program, top, "received"); f != none_id && top.fields[f].type == Type::date) {
      received = column_of(0, f);
    }
    if (const Id f = find_field(program, top, "decisionDate"); f != none_id && top.fields[f].type == Type::date) {
      decision_date = column_of(0, f);
    }

    NodePlan& plan = nodes[0];
    const auto know = [&](std::string_view key, CaseKey meaning, Type type) {
      const auto found = plan.by_key.find(key);
      if (found != plan.by_key.end()) {
        plan.fields[found->second].case_key = meaning;
        return;
      }
      FieldPlan field;
      field.key = key;
      field.case_key = meaning;
      field.type = type;
      if (meaning == CaseKey::decision_date) {
        field.column = decision_date = static_cast<Id>(columns.size());
        columns.push_back({type, top.domain});
      }
      plan.by_key.emplace(key, static_cast<uint32_t>(plan.fields.size()));
      plan.fields.push_back(std::move(field));
    };
    know("id", CaseKey::id, Type::text);
    know("decisionDate", CaseKey::decision_date, Type::date);
    know("annotations", CaseKey::annotations, Type::tuple);
    know("assertions", CaseKey::assertions, Type::list);
    know("$schema", CaseKey::ignored, Type::text);
  }

  for (const ColumnDef& column : program.columns) {
    if (column.kind == ColumnKind::decided_date && column.node < nodes.size() && column.field != none_id)
      column_of(column.node, column.field);
  }
  if (program.lines_domain < program.domains.size()) {
    const Id node = program.domains[program.lines_domain].node;
    if (node < program.nodes.size()) {
      const Id f = find_field(program, program.nodes[node], "sequence");
      if (f != none_id && program.nodes[node].fields[f].type == Type::integer) line_sequence = column_of(node, f);
    }
  }

  position_on.assign(program.domains.size(), none_id);
  for (Id c = 0; c < program.columns.size(); ++c) {
    const ColumnDef& column = program.columns[c];
    if (column.kind == ColumnKind::position && column.domain < position_on.size()) position_on[column.domain] = c;
  }
  for (const Criterion& criterion : program.criteria) {
    if (criterion.name < program.texts.size()) criteria.insert(program.texts[criterion.name]);
  }
  for (Id c = 0; c < program.columns.size(); ++c) {
    const ColumnDef& column = program.columns[c];
    if ((column.kind != ColumnKind::assertion && column.kind != ColumnKind::judgment) || column.criterion >= program.criteria.size())
      continue;
    assertions_on[program.texts[program.criteria[column.criterion].name]].push_back(c);
  }
  for (Id node = 0; node < nodes.size(); ++node) {
    std::vector<PlainField>& plain = nodes[node].plain;
    for (const FieldPlan& field : nodes[node].fields) {
      plain.push_back(plan_plainly(node, field));
      plain.back().bit = uint64_t{1} << (plain.size() - 1) % 64;
    }
    plain.emplace_back().key = Word::of_key(std::string(Word::most, ' '));
  }
  columns_on.resize(program.domains.size());
  for (Id c = 0; c < columns.size(); ++c) {
    if (columns[c].domain < columns_on.size()) columns_on[columns[c].domain].push_back(c);
  }
}

// Whether the node holds anything that is read.
bool RecordPlan::plan_node(Id id) {
  const Node& node = program.nodes[id];
  NodePlan& plan = nodes[id];
  bool read = false;
  plan.fields.resize(node.fields.size());
  for (uint32_t f = 0; f < node.fields.size(); ++f) {
    const Field& field = node.fields[f];
    FieldPlan& out = plan.fields[f];
    out.key = program.texts[field.key];
    out.field = &field;
    out.kind = field.kind;
    out.type = field.type;
    out.column = field.column;
    plan.by_key.emplace(out.key, f);
    switch (field.kind) {
      case FieldKind::scalar: read |= field.column != none_id; break;
      case FieldKind::object: out.entered = plan_node(field.node); break;
      case FieldKind::list:
        out.entered = field.domain != none_id;
        if (out.entered) plan_node(field.node);
        break;
      case FieldKind::reference: out.entered = field.domain != none_id; break;
    }
    if (field.domain != none_id) lists[field.domain] = {id, f};
    for (const Bound* bound : {&field.low, &field.high}) {
      if (bound->kind == Bound::Kind::sibling || bound->kind == Bound::Kind::of_case) out.bounded_by_field = true;
    }
    if (field.low.kind == Bound::Kind::constant) out.low = constant_value(program, field.low.constant, field.type, *arena);
    if (field.high.kind == Bound::Kind::constant) {
      out.high = constant_value(program, field.high.constant, field.type, *arena);
    }
    if (out.entered) plan.entered.push_back(f);
    read |= out.entered;
  }
  return read;
}

Word Word::of_key(std::string_view key) {
  std::string text;
  text.append("\"").append(key).append("\":");
  Word out;
  if (text.size() > most) {
    out.bytes[0] = out.mask[0] = ~uint64_t{0};  // no bytes of UTF-8
    return out;
  }
  std::memcpy(out.bytes.data(), text.data(), text.size());
  std::memset(out.mask.data(), 0xff, text.size());
  out.more = text.size() > 8;
  return out;
}

PlainField RecordPlan::plan_plainly(Id node, const FieldPlan& field) const {
  PlainField out;
  out.key = Word::of_key(field.key);
  out.field = &field;
  out.column = field.column;
  switch (field.case_key) {
    case CaseKey::id: out.plainly = Plainly::id; return out;
    case CaseKey::ignored: out.plainly = Plainly::skipped; return out;
    case CaseKey::annotations:
    case CaseKey::assertions: return out;
    case CaseKey::none:
    case CaseKey::decision_date: break;
  }
  switch (field.kind) {
    case FieldKind::object: out.plainly = field.entered ? Plainly::object : Plainly::carefully; return out;
    case FieldKind::list: out.plainly = field.entered ? Plainly::rows : Plainly::carefully; return out;
    case FieldKind::reference: out.plainly = Plainly::carefully; return out;
    case FieldKind::scalar: break;
  }
  const bool words = field.field && !field.field->one_of.empty();
  const auto allow = [&](const std::vector<Id>& texts) {  // no others
    out.words.resize(program.texts.size() / 64 + 1);
    for (const Id each : texts) out.words[each / 64] |= uint64_t{1} << (each % 64);
  };
  if (field.field && field.field->type == Type::code && !program.code_systems.empty()) allow(program.code_systems);
  if (words) allow(field.field->one_of);
  switch (field.type) {
    case Type::truth: out.plainly = Plainly::truth; break;
    case Type::integer: out.plainly = Plainly::integer; break;
    case Type::decimal: out.plainly = Plainly::decimal; break;
    case Type::date: out.plainly = Plainly::date; break;
    case Type::code: out.plainly = Plainly::code; break;
    case Type::text: out.plainly = words ? Plainly::word : Plainly::text; break;
    case Type::long_integer:
    case Type::date_time:
    case Type::time:
    case Type::quantity:
    case Type::interval:
    case Type::list:
    case Type::tuple:
    case Type::ratio:
    case Type::code_concept:
    case Type::any:
    case Type::outcome: out.plainly = Plainly::carefully; break;
  }
  for (const auto& [bound, end] : {std::pair{&field.low, &out.least}, std::pair{&field.high, &out.most}}) {
    if (!*bound) continue;
    const bool plain = (*bound)->kind == Kind::value && !(*bound)->wide && (field.type != Type::date || (*bound)->precision == 3);
    if (plain && out.plainly != Plainly::code) *end = (*bound)->i;
    else out.plainly = Plainly::carefully;
  }
  if (!field.bounded_by_field) return out;
  for (const auto& [bound, other] : {std::pair{&field.field->low, &out.low}, std::pair{&field.field->high, &out.high}}) {
    const bool of_case = bound->kind == Bound::Kind::of_case;
    if (!of_case && bound->kind != Bound::Kind::sibling) continue;
    const FieldPlan& plan = nodes[of_case ? 0 : node].fields[bound->field];
    *other = {plan.column, of_case};
    if (plan.type != field.type || wide_cell(field.type)) out.plainly = Plainly::carefully;
  }
  return out;
}

Id RecordPlan::column_of(Id node, Id field) {
  FieldPlan& plan = nodes[node].fields[field];
  if (plan.column == none_id) {
    plan.column = static_cast<Id>(columns.size());
    columns.push_back({plan.type, program.nodes[node].domain});
  }
  return plan.column;
}

void RecordPlan::want_columns(Id id) {
  for (uint32_t f = 0; f < program.nodes[id].fields.size(); ++f) {
    const Field& field = program.nodes[id].fields[f];
    for (const Bound* bound : {&field.low, &field.high}) {
      if (bound->kind == Bound::Kind::sibling) column_of(id, bound->field);
      if (bound->kind == Bound::Kind::of_case) column_of(0, bound->field);
    }
    if (!nodes[id].fields[f].entered) continue;
    if (field.kind == FieldKind::reference) {
      column_of(program.nodes[0].fields[field.refers_to].node, field.refers_by);
    } else if (field.kind != FieldKind::scalar) {
      want_columns(field.node);
    }
  }
}

}  // namespace rubric::vm
