// A record read for its mistakes: the same loader, with a model in which everything is read. See record.h.

#include "vm/record.h"

namespace rubric::vm {

namespace {

// Gives each field a column and each list a domain. The rest of the program is left out.
class Everything {
public:
  static Program of(const Program& program) {
    Everything made(program);
    if (!program.nodes.empty()) {
      made.read_node(0, program.nodes[0].domain);
      made.read_references();
    }
    return std::move(made.out_);
  }

private:
  explicit Everything(const Program& program) {
    out_.texts = program.texts;
    out_.codes = program.codes;
    out_.constants = program.constants;
    out_.nodes = program.nodes;
    out_.columns = program.columns;
    out_.domains = program.domains;
    out_.criteria = program.criteria;
    out_.lines_domain = program.lines_domain;
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

}  // namespace

struct RecordChecker::Impl {
  Program program;
  Loader loader;
  Impl(const Program& from, LoadLimits limits) : program(Everything::of(from)), loader(program, "", limits) {}
};

RecordChecker::RecordChecker(const Program& program, LoadLimits limits) : impl_(std::make_unique<Impl>(program, limits)) {}
RecordChecker::~RecordChecker() = default;
RecordChecker::RecordChecker(RecordChecker&&) noexcept = default;

CaseInfo RecordChecker::check(std::string_view json, std::string source) {
  impl_->loader.add(json, std::move(source));
  return std::move(impl_->loader.take().info[0]);
}

std::vector<RecordMessage> check_record(const Program& program, std::string_view json, std::string source) {
  return RecordChecker(program).check(json, std::move(source)).messages;
}

}  // namespace rubric::vm
