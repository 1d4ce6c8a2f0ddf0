// A small record model made by hand, and a batch as text: what the tests of the loader share.
//
// The model has one of everything that a model can have. It is no compiled policy: it has a model, domains and columns,
// and no code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "vm/date.h"
#include "vm/decimal.h"
#include "vm/json_text.h"
#include "vm/record.h"
#include "vm/record_bounds.h"

namespace rubric::vm {

// Makes a program's record model field by field. Every field and list is read unless `unread()` came before.
class ModelMaker {
 public:
  Program program;

  ModelMaker() {
    program.domains.push_back({.make = Make::cases, .name = text("cases")});
    program.nodes.push_back({text("Case"), 0, {}});
  }

  Id text(std::string_view words) {
    for (Id id = 0; id < program.texts.size(); ++id) {
      if (program.texts[id] == words) return id;
    }
    program.texts.emplace_back(words);
    return static_cast<Id>(program.texts.size() - 1);
  }
  Id constant(Type type, int64_t low) {
    Constant c;
    c.type = type;
    c.low = low;
    c.high = low < 0 ? -1 : 0;
    c.precision = type == Type::date ? 3 : 0;
    program.constants.push_back(c);
    return static_cast<Id>(program.constants.size() - 1);
  }
  Bound at(Id constant_id) { return {Bound::Kind::constant, constant_id, none_id}; }
  static Bound sibling(Id field) { return {Bound::Kind::sibling, none_id, field}; }
  static Bound of_case(Id field) { return {Bound::Kind::of_case, none_id, field}; }

  void unread(bool now = true) { unread_ = now; }

  // Answers the field, which is good until the next one.
  Field& scalar(Id node, std::string_view key, Type type, bool optional = false) {
    Field field;
    field.key = text(key);
    field.type = type;
    field.optional = optional;
    if (!unread_) {
      field.column = column({ColumnKind::field, type, program.nodes[node].domain, node, static_cast<Id>(program.nodes[node].fields.size()),
                             text(path_of(node) + std::string(key)), none_id, optional});
    }
    program.nodes[node].fields.push_back(field);
    return program.nodes[node].fields.back();
  }
  Id object(Id node, std::string_view key, bool optional = false) {
    const auto id = static_cast<Id>(program.nodes.size());
    paths_.resize(id + 1);
    paths_[id] = path_of(node) + std::string(key) + "/";
    program.nodes.push_back({text(key), program.nodes[node].domain, {}});
    Field field;
    field.key = text(key);
    field.kind = FieldKind::object;
    field.node = id;
    field.optional = optional;
    program.nodes[node].fields.push_back(field);
    return id;
  }
  Id list(Id node, std::string_view key, bool complete) {
    const auto id = static_cast<Id>(program.nodes.size());
    const auto domain = static_cast<Id>(program.domains.size());
    if (!unread_) {
      program.domains.push_back({.make = Make::rows, .parent = program.nodes[node].domain, .node = id, .name = text(key)});
    }
    program.nodes.push_back({text(key), unread_ ? none_id : domain, {}});
    Field field;
    field.key = text(key);
    field.kind = FieldKind::list;
    field.complete = complete;
    field.node = id;
    if (!unread_) field.domain = domain;
    program.nodes[node].fields.push_back(field);
    return id;
  }
  void reference(Id node, std::string_view key, bool complete, std::string_view list, std::string_view by) {
    const Id target = find(0, list), target_node = program.nodes[0].fields[target].node;
    Field field;
    field.key = text(key);
    field.kind = FieldKind::reference;
    field.complete = complete;
    field.node = target_node;
    field.refers_to = target;
    field.refers_by = find(target_node, by);
    if (!unread_) {
      field.domain = static_cast<Id>(program.domains.size());
      program.domains.push_back({.make = Make::reference,
                                 .parent = program.nodes[node].domain,
                                 .from = program.nodes[0].fields[target].domain,
                                 .node = target_node,
                                 .name = text(key)});
    }
    program.nodes[node].fields.push_back(field);
  }
  Id column(ColumnDef def) {
    program.columns.push_back(def);
    return static_cast<Id>(program.columns.size() - 1);
  }
  Id find(Id node, std::string_view key) const {
    const auto& fields = program.nodes[node].fields;
    for (Id f = 0; f < fields.size(); ++f) {
      if (program.texts[fields[f].key] == key) return f;
    }
    return none_id;
  }

 private:
  std::string path_of(Id node) const { return node < paths_.size() ? paths_[node] : std::string(); }
  bool unread_ = false;
  std::vector<std::string> paths_;
};

// Lines with targets and references, diagnoses, trials with sibling bounds, priorProcedures with dates, objects.
inline Program clinical_program() {
  ModelMaker m;
  m.scalar(0, "received", Type::date);
  m.scalar(0, "reviewType", Type::text).one_of = {m.text("prospective"), m.text("concurrent"), m.text("retrospective")};
  m.scalar(0, "plan", Type::text);

  const Id diagnoses = m.list(0, "diagnoses", true);
  m.scalar(diagnoses, "sequence", Type::integer);
  m.scalar(diagnoses, "code", Type::code).code_system = m.text("ICD10CM");
  m.scalar(diagnoses, "text", Type::text);
  m.scalar(diagnoses, "onset", Type::date).high = ModelMaker::of_case(0);

  const Id lines = m.list(0, "lines", true);
  m.scalar(lines, "sequence", Type::integer).low = m.at(m.constant(Type::integer, 1));
  m.scalar(lines, "code", Type::code);
  m.scalar(lines, "serviceDate", Type::date);
  m.scalar(lines, "units", Type::integer).low = m.at(m.constant(Type::integer, 1));
  m.reference(lines, "diagnoses", true, "diagnoses", "sequence");
  const Id targets = m.list(lines, "targets", true);
  m.scalar(targets, "site", Type::text, true);
  m.scalar(targets, "side", Type::text).one_of = {m.text("left"), m.text("right"), m.text("bilateral")};
  const Id schedule = m.object(lines, "schedule", true);
  m.scalar(schedule, "interval", Type::quantity);
  m.scalar(schedule, "count", Type::integer);

  const Id trials = m.list(0, "trials", false);
  m.scalar(trials, "category", Type::text);
  m.scalar(trials, "perWeek", Type::decimal).low = m.at(m.constant(Type::integer, 0));
  m.scalar(trials, "start", Type::date, true);
  m.scalar(trials, "end", Type::date, true).low = ModelMaker::sibling(2);
  m.program.nodes[0].fields.back().dated_by = 2;

  const Id prior = m.list(0, "priorProcedures", false);
  m.scalar(prior, "date", Type::date).high = ModelMaker::of_case(0);
  Field& relief = m.scalar(prior, "reliefPercent", Type::decimal);
  relief.low = m.at(m.constant(Type::integer, 0));
  relief.high = m.at(m.constant(Type::integer, 100));
  m.scalar(prior, "reliefDuration", Type::quantity);
  const Id prior_targets = m.list(prior, "targets", false);
  m.scalar(prior_targets, "site", Type::text);
  m.program.nodes[0].fields.back().dated_by = 0;

  const Id care = m.object(0, "program");
  m.scalar(care, "comprehensive", Type::truth);
  m.scalar(care, "contact", Type::date_time);
  m.list(care, "exercises", false);
  m.scalar(static_cast<Id>(m.program.nodes.size() - 1), "name", Type::text);

  m.unread();
  m.scalar(0, "payer", Type::text);
  const Id member = m.object(0, "member");
  m.scalar(member, "birthDate", Type::date).high = ModelMaker::of_case(0);
  const Id measurements = m.list(0, "measurements", false);
  m.scalar(measurements, "value", Type::decimal);
  m.unread(false);

  Program& p = m.program;
  const Id lines_domain = p.nodes[lines].domain;
  p.lines_domain = lines_domain;
  m.column({ColumnKind::position, Type::integer, lines_domain, none_id, none_id, m.text("#"), none_id, false});
  m.column({ColumnKind::decided_date, Type::date, lines_domain, lines, 2, m.text("decided"), none_id, false});
  m.column({ColumnKind::as_of, Type::date, 0, none_id, none_id, m.text("asOf"), none_id, false});
  for (const char* name : {"Frequency", "Diagnosis1.b"}) {
    Criterion c;
    c.name = m.text(name);
    c.domain = lines_domain;
    p.criteria.push_back(c);
    m.column(
        {ColumnKind::assertion, Type::truth, lines_domain, none_id, none_id, m.text(name), static_cast<Id>(p.criteria.size() - 1), false});
  }
  Criterion per_target;
  per_target.name = m.text("TargetPalpated");
  per_target.domain = p.nodes[targets].domain;
  p.criteria.push_back(per_target);
  m.column({ColumnKind::assertion, Type::truth, p.nodes[targets].domain, none_id, none_id, m.text("TargetPalpated"), 2, false});
  Criterion group;
  group.name = m.text("Group");
  group.domain = lines_domain;
  p.criteria.push_back(group);
  p.codes = {{m.text("CPT"), m.text("20553")}};
  return p;
}

inline std::string cause_text(Cause cause) {
  switch (cause) {
    case Cause::nothing: return "";
    case Cause::not_documented: return "?";
    case Cause::incomplete: return "incomplete";
    case Cause::vague: return "vague";
    case Cause::disputed: return "disputed";
    case Cause::not_applicable: return "not applicable";
    default: return "cause " + std::to_string(static_cast<int>(cause));
  }
}

// A value as the tests write it: 5, "text", CPT:20553, 2025-03-01, [2025-03-01 .. 2025-03-31]vague, none, ?
inline std::string show(const Batch& batch, const Value& v) {
  switch (v.kind) {
    case Kind::unknown: return v.cause == Cause::nothing ? "unknown" : cause_text(v.cause);
    case Kind::none: return v.cause == Cause::nothing ? "none" : "none(" + cause_text(v.cause) + ")";
    case Kind::range: {
      const auto end = [&](const Value& e) { return e.kind == Kind::value ? show(batch, e) : std::string(); };
      return "[" + end(v.items[0]) + " .. " + end(v.items[1]) + "]";
    }
    case Kind::open: {
      std::string out;
      for (uint32_t k = 0; k < v.n; ++k) out += (k ? "|" : "") + show(batch, v.items[k]);
      return out + " " + cause_text(v.cause);
    }
    case Kind::value: break;
  }
  if (v.type == Type::text) return "\"" + std::string(batch.text(static_cast<Id>(v.i))) + "\"";
  if (v.type == Type::code) {
    const auto [system, code] = batch.code(static_cast<Id>(v.i));
    return std::string(batch.text(system)) + ":" + std::string(batch.text(code));
  }
  return value_text(v);
}

inline std::string show_cell(const Batch& batch, Id column, Row row) {
  const Column& c = batch.columns[column];
  if (c.type != Type::truth) return show(batch, get(c, row, batch.pool));
  constexpr const char* names[] = {"unknown", "yes", "no", "none"};
  return names[static_cast<size_t>(c.truth(row))];
}

// One case of a batch, row by row; cells that nothing is known of are left out. Rows are numbered within the case, so
// that a case reads the same in every batch.
inline std::string show_case(const Batch& batch, Row case_row) {
  const Program& p = *batch.program;
  std::string out;
  for (Id d = 0; d < p.domains.size(); ++d) {
    const DomainRows& rows = batch.domains[d];
    const auto root = [&](Id domain, Row row) {
      while (p.domains[domain].make != Make::cases) {
        row = batch.domains[domain].up[row];
        domain = p.domains[domain].parent;
      }
      return row;
    };
    const auto first_of = [&](Id domain) {
      Row first = 0;
      while (first < batch.domains[domain].rows && root(domain, first) < case_row) ++first;
      return first;
    };
    for (Row row = 0; row < rows.rows; ++row) {
      if (root(d, row) != case_row) continue;
      out += p.texts[p.domains[d].name];
      if (p.domains[d].make != Make::cases) {
        out += " " + std::to_string(row - first_of(d)) + " of " + std::to_string(rows.up[row] - first_of(p.domains[d].parent));
        if (bit(rows.phantom, row)) out += " phantom";
        if (p.domains[d].make == Make::reference) {
          out += rows.src[row] == no_row ? " -> ?" : " -> " + std::to_string(rows.src[row] - first_of(p.domains[d].from));
        }
      }
      for (Id c = 0; c < p.columns.size(); ++c) {
        if (p.columns[c].domain != d) continue;
        const std::string cell = show_cell(batch, c, row);
        if (cell != "?" && cell != "unknown") out += ", " + p.texts[p.columns[c].path] + " " + cell;
      }
      out += "\n";
    }
  }
  return out;
}

// Its messages, a line each.
inline std::string show_messages(const std::vector<RecordMessage>& messages) {
  std::string out;
  for (const RecordMessage& m : messages) out += (m.error ? "error " : "warning ") + m.pointer + ": " + m.message + "\n";
  return out;
}

}  // namespace rubric::vm
