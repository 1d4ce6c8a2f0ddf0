// See whole_record.h.

#include "vm/whole_record.h"

#include "base/text.h"
#include "vm/enum_names.h"
#include "vm/units.h"

#include <fmt/format.h>

#include <concepts>

namespace rubric::vm {

namespace {

// Gives each field a column and each list a domain. The rest of the program is left out.
class Everything {
 public:
  static Program of(Program program) {
    Everything made(std::move(program));
    if (!made.out_.nodes.empty()) {
      made.read_node(0, made.out_.nodes[0].domain);
      made.read_references();
    }
    return std::move(made.out_);
  }

 private:
  explicit Everything(Program program) : out_(std::move(program)) {
    if (out_.nodes.empty()) return;
    // A program that reads nothing may know no cases either.
    if (out_.nodes[0].domain == none_id) out_.nodes[0].domain = add_domain({.make = Make::cases});
  }

  Id add_domain(DomainDef def) {
    out_.domains.push_back(def);
    return static_cast<Id>(out_.domains.size() - 1);
  }

  void read_node(Id id, Id domain) {
    if (out_.nodes[id].domain == none_id) out_.nodes[id].domain = domain;
    for (Id f = 0; f < out_.nodes[id].fields.size(); ++f) {
      Field& field = out_.nodes[id].fields[f];
      switch (field.kind) {
        case FieldKind::scalar:
          if (field.column != none_id) break;
          field.column = static_cast<Id>(out_.columns.size());
          out_.columns.push_back({.type = field.type, .domain = domain, .node = id, .field = f, .optional = field.optional});
          break;
        case FieldKind::object: read_node(field.node, domain); break;
        case FieldKind::list:
          if (field.domain == none_id) field.domain = add_domain({.make = Make::rows, .parent = domain, .node = field.node});
          read_node(field.node, field.domain);
          break;
        case FieldKind::reference: break;
      }
    }
  }

  // References need the lists that they name.
  void read_references() {
    for (Node& node : out_.nodes) {
      for (Field& field : node.fields) {
        if (field.kind != FieldKind::reference || field.domain != none_id) continue;
        const Id from = out_.nodes[0].fields[field.refers_to].domain;
        field.domain = add_domain({.make = Make::reference, .parent = node.domain, .from = from, .node = field.node});
      }
    }
  }

  Program out_;
};

// The record model, of which nothing is read.
Program unread_model(const Program& program) {
  Program model;
  model.texts = program.texts;
  model.constants = program.constants;
  model.codes = program.codes;
  model.nodes = program.nodes;
  for (Node& node : model.nodes) {
    node.domain = none_id;
    for (Field& field : node.fields) field.domain = field.column = none_id;
  }
  return model;
}

// What an obligation carries along is named by the policy that imposed it: no part of a model that policies share.
void leave_out_what_policies_name(Program& program) {
  for (const Node& node : program.nodes) {
    if (node.name >= program.texts.size() || program.texts[node.name] != "Obligation") continue;
    for (const Field& field : node.fields) {
      if (field.kind == FieldKind::object && program.texts[field.key] == "values") program.nodes[field.node].fields.clear();
    }
  }
}

// What a model says, in words that depend on nothing else: a program numbers texts and constants as it likes.
class Description {
 public:
  static std::string of(const Program& program) {
    Description made(program);
    made.meanings();
    for (const Node& node : program.nodes) made.node(node);
    return std::move(made.out_);
  }

 private:
  explicit Description(const Program& program) : program_(program) {}

  // Appended as they are: each reader of a snapshot asks for a digest.
  template <class... Words>
  void line(const Words&... words) {
    ((add(words), out_ += ' '), ...);
    out_ += '\n';
  }
  struct Quoted {
    const std::string* text;   // nullptr: there is none
  };
  Quoted text(Id id) const { return {id < program_.texts.size() ? &program_.texts[id] : nullptr}; }
  void add(std::string_view word) { out_ += word; }
  void add(const char* word) { out_ += word; }
  void add(bool word) { out_ += word ? "true" : "false"; }
  template <std::integral Number>
  void add(Number number) {
    const fmt::format_int digits(number);
    out_.append(digits.data(), digits.size());
  }
  void add(Quoted word) {
    if (!word.text) {
      out_ += '-';
      return;
    }
    out_ += '"';
    escape_json(out_, *word.text);
    out_ += '"';
  }

  void meanings() {
    for (size_t t = 0; t < enum_count<Type>; ++t) line("type", enum_name(static_cast<Type>(t)));
    for (size_t c = 0; c < enum_count<Cause>; ++c) line("cause", enum_name(static_cast<Cause>(c)));
    for (uint16_t u = 0; u < unit_count(); ++u) line("unit", unit(u).name);
  }

  void node(const Node& node) {
    line("node", text(node.name));
    for (const Field& f : node.fields) {
      line(text(f.key), enum_name(f.kind), enum_name(f.type), f.optional, f.complete, f.node, f.dated_by, f.refers_to, f.refers_by,
           text(f.code_system));
      for (const Id word : f.one_of) line("word", text(word));
      for (const Bound* bound : {&f.low, &f.high}) {
        line("bound", enum_name(bound->kind), bound->field);
        if (bound->kind != Bound::Kind::constant || bound->constant >= program_.constants.size()) continue;
        const Constant& c = program_.constants[bound->constant];
        line(enum_name(c.kind), enum_name(c.type), c.precision, c.unit, c.low, c.high);
      }
    }
  }

  const Program& program_;
  std::string out_;
};

}  // namespace

Program reading_everything(const Program& program) {
  Program kept;
  kept.name = program.name;
  kept.title = program.title;
  kept.texts = program.texts;
  kept.codes = program.codes;
  kept.constants = program.constants;
  kept.nodes = program.nodes;
  kept.columns = program.columns;
  kept.domains = program.domains;
  kept.criteria = program.criteria;
  kept.lines_domain = program.lines_domain;
  return Everything::of(std::move(kept));
}

Program reading_the_model(const Program& program) {
  Program model = unread_model(program);
  leave_out_what_policies_name(model);
  Program whole = Everything::of(std::move(model));
  whole.code_systems = program.code_systems;
  for (Id d = 0; d < whole.domains.size(); ++d) {
    if (whole.domains[d].make != Make::cases) whole.columns.push_back({.kind = ColumnKind::position, .type = Type::integer, .domain = d});
  }
  return whole;
}

Program naming_lines(const Program& program) {
  Program out = unread_model(program);
  if (program.lines_domain == none_id) return out;
  // The cases and their lines, which are a list of the case.
  DomainDef lines = program.domains[program.lines_domain];
  lines.name = none_id;
  out.domains = {program.domains[0], lines};
  out.domains[0].name = none_id;
  out.lines_domain = 1;
  out.nodes[0].domain = 0, out.nodes[lines.node].domain = 1;
  for (Id f = 0; f < program.nodes[0].fields.size(); ++f) {
    if (program.nodes[0].fields[f].domain == program.lines_domain) out.nodes[0].fields[f].domain = 1;
  }
  // An object's fields stand on its owner's rows; owners come first.
  for (Node& node : out.nodes) {
    for (const Field& field : node.fields) {
      if (field.kind == FieldKind::object) out.nodes[field.node].domain = node.domain;
    }
  }
  const auto reads = [&](const Inst& i, const ColumnDef& c) {
    return c.kind == ColumnKind::decided_date ||
           (c.kind == ColumnKind::field &&
            (i.dst == program.line_sequence || i.dst == program.line_code || i.dst == program.line_service || i.dst == program.line_date));
  };
  for (const Inst& i : program.code) {
    if (i.op != Op::column || i.domain != program.lines_domain || !reads(i, program.columns[i.imm])) continue;
    ColumnDef column = program.columns[i.imm];
    column.domain = 1;
    const auto number = static_cast<Id>(out.columns.size());
    for (const auto& [from, to] : {std::pair{program.line_sequence, &out.line_sequence},
                                   {program.line_code, &out.line_code},
                                   {program.line_service, &out.line_service},
                                   {program.line_date, &out.line_date}}) {
      if (i.dst == from) *to = number;
    }
    if (column.kind == ColumnKind::field) out.nodes[column.node].fields[column.field].column = number;
    out.columns.push_back(column);
    out.registers.push_back({1, column.type});
    out.code.push_back({.op = Op::column, .domain = 1, .dst = number, .imm = number});
  }
  return out;
}

std::string digest_of_model(const Program& model) { return "sha256:" + sha256_hex(Description::of(model)); }
std::string model_digest(const Program& program) { return digest_of_model(reading_the_model(program)); }

}  // namespace rubric::vm
