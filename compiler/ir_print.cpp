// Printing IR: expressions here first, then the model, then policies.
#include "compiler/ir_print.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "vm/date.h"
#include "vm/decimal.h"
#include "vm/operators.h"
#include "vm/units.h"

namespace rubric {

namespace {

using vm::Id;
using vm::none_id;
using vm::Type;

std::string_view type_word(Type type) {
  switch (type) {
    case Type::truth: return "truth";
    case Type::integer: return "integer";
    case Type::long_integer: return "long";
    case Type::decimal: return "decimal";
    case Type::text: return "text";
    case Type::code: return "code";
    case Type::date: return "date";
    case Type::date_time: return "date_time";
    case Type::time: return "time";
    case Type::quantity: return "quantity";
    case Type::interval: return "interval";
    case Type::list: return "list";
    case Type::tuple: return "tuple";
    case Type::outcome: return "outcome";
    case Type::ratio: return "ratio";
    case Type::code_concept: return "concept";
    case Type::any: return "any";
  }
  return "";
}

std::string scaled(const vm::Constant& c) {
  const auto low = static_cast<vm::Int128>(static_cast<uint64_t>(c.low));
  return vm::to_string(vm::Decimal{(static_cast<vm::Int128>(c.high) << 64) | low});
}

std::string date_word(const vm::Constant& c) {
  return "@" + vm::iso_date({static_cast<int32_t>(c.low), c.precision ? c.precision : uint8_t{3}});
}

std::string constant_words(const vm::Constant& c) {
  if (c.kind == vm::Kind::none) return "none";
  switch (c.type) {
    case Type::truth: return c.low ? "true" : "false";
    case Type::date: return date_word(c);
    case Type::decimal: {
      const std::string text = scaled(c);
      return text.find('.') == std::string::npos ? text + ".0" : text;
    }
    case Type::quantity: return scaled(c) + " " + std::string(vm::unit(c.unit).plural);
    default: return std::to_string(c.low);
  }
}

std::string dates(const std::optional<vm::Constant>& from, const std::optional<vm::Constant>& to) {
  return (from ? " from " + date_word(*from) : "") + (to ? " to " + date_word(*to) : "");
}

class Printer {
 public:
  explicit Printer(const ir::Policy& p) : policy(p) {}

  std::string variable(Id id) const {
    if (id >= policy.variables.size()) return "?";
    const ir::Variable& v = policy.variables[id];
    const auto same = std::ranges::count(policy.variables, v.name, &ir::Variable::name);
    return same > 1 ? fmt::format("{}#{}", v.name, id) : v.name;
  }

  std::string expression(const ir::Expr& e) const {
    using Kind = ir::ExprKind;
    switch (e.kind) {
      case Kind::constant: return constant(e);
      case Kind::field: return field(e);
      case Kind::position: return "position(" + variable(e.variable) + ")";
      case Kind::decided_date: return "decided_date(" + variable(e.variable) + ")";
      case Kind::as_of: return e.type.scalar == vm::Type::date ? "today" : "now";
      case Kind::call: return call(e);
      case Kind::truth_and: return "(" + join(e.args, " and ") + ")";
      case Kind::truth_or: return "(" + join(e.args, " or ") + ")";
      case Kind::truth_not: return "not " + expression(e.args[0]);
      case Kind::select: return fmt::format("(if {} then {} else {})", expression(e.args[0]), expression(e.args[1]), expression(e.args[2]));
      case Kind::is_null: return "is_null(" + expression(e.args[0]) + ")";
      case Kind::coalesce: return "coalesce(" + join(e.args, ", ") + ")";
      case Kind::lookup: return fmt::format("{}[{}]", table_name(e.table), e.args.empty() ? "" : expression(e.args[0]));
      case Kind::in_set: return fmt::format("{} in {}", expression(e.args[0]), table_name(e.table));
      case Kind::in_set_on: return fmt::format("{} in {} on {}", expression(e.args[0]), table_name(e.table), expression(e.args[1]));
      case Kind::fold: return std::string(fold_word(e.fold)) + "[" + query(e.query[0]) + "]";
      case Kind::gather: return (e.type.kind == ir::Type::Kind::tuple ? "tuple(" : "list(") + join(e.args, ", ") + ")";
      case Kind::narrow: return print_type(policy, e.type) + "(" + expression(e.args[0]) + ")";
      case Kind::element:
      case Kind::accumulator: return variable(e.variable);
      case Kind::nest: return "list[" + query(e.query[0]) + "]";
      case Kind::aggregate: return "aggregate[" + query(e.query[0]) + "](" + join(e.args, ", ") + ")";
      case Kind::judged: return "judged(" + criterion(e.criterion) + ")";
      case Kind::approved:
        return fmt::format("approved({}, {})", variable(e.variable), e.block < policy.blocks.size() ? policy.blocks[e.block].name : "?");
      case Kind::status: return status(e);
      case Kind::group: {
        std::string head = e.group == ir::Group::at_least ? fmt::format("at_least_{}", e.at_least) : std::string(group_word(e.group));
        return head + "(" + join(e.args, ", ") + ")";
      }
    }
    return "?";
  }

  std::string query(const ir::Query& q) const {
    std::string made;
    for (const ir::Query::Source& source : q.sources) {
      made += (made.empty() ? "" : ", ") + variable(source.variable) + " in " + list_name(source.variable);
    }
    if (!q.where.empty()) made += " where " + expression(q.where[0]);
    if (!q.key.empty()) made += " by " + expression(q.key[0]);
    if (!q.value.empty()) made += ": " + expression(q.value[0]);
    return made;
  }

  std::string table_name(Id id) const {
    if (id >= policy.tables.size()) return "?";
    const ir::Table& table = policy.tables[id];
    if (!table.name.empty()) return table.name;
    std::string made;
    for (const ir::Table::Row& row : table.rows) made += (made.empty() ? "" : ", ") + expression(row.key);
    return "{" + made + "}";
  }

  std::string criterion(Id id) const { return id < policy.criteria.size() ? policy.criteria[id].path : "?"; }

  std::string list_name(Id id) const {
    const ir::Variable& v = policy.variables[id];
    if (!v.elements.empty()) return expression(v.elements[0]);
    const vm::DomainDef& domain = policy.model.domains[v.list];
    const std::string name = domain.name == none_id ? "?" : policy.model.texts[domain.name];
    return v.owner == 0 || v.owner == none_id ? name : variable(v.owner) + "." + name;
  }

  std::string join(const std::vector<ir::Expr>& args, std::string_view between) const {
    std::string made;
    for (const ir::Expr& arg : args) {
      if (!made.empty()) made += between;
      made += expression(arg);
    }
    return made;
  }

 private:
  const ir::Policy& policy;

  std::string constant(const ir::Expr& e) const {
    if (e.type.kind == ir::Type::Kind::tuple && e.type.of.empty()) return "error";
    if (e.type.kind == ir::Type::Kind::null) return "null";
    if (e.value.kind == vm::Kind::none) return "null";
    if (e.value.type == Type::text) return "'" + e.string + "'";
    if (e.value.type == Type::code) return e.system + " '" + e.string + "'";
    return constant_words(e.value);
  }

  std::string field(const ir::Expr& e) const {
    std::string made = variable(e.variable);
    Id node = policy.variables[e.variable].node;
    for (Id step : e.path) {
      const vm::Field& f = policy.model.nodes[node].fields[step];
      made += "." + policy.model.texts[f.key];
      node = f.node;
    }
    return made;
  }

  std::string call(const ir::Expr& e) const {
    const std::string_view name = vm::operators()[e.fn].name;
    const bool infix = e.args.size() == 2 && !std::isalpha(static_cast<unsigned char>(name[0]));
    if (infix) return fmt::format("({} {} {})", expression(e.args[0]), name, expression(e.args[1]));
    return fmt::format("{}({})", name, join(e.args, ", "));
  }

  std::string status(const ir::Expr& e) const {
    std::string made = criterion(e.criterion);
    if (e.items != ir::Items::same) made = (e.items == ir::Items::every ? "every item's " : "some item's ") + made;
    switch (e.test) {
      case ir::Test::met: return made + " is met";
      case ir::Test::not_met: return made + " is not met";
      case ir::Test::shown: return made + " is shown";
      case ir::Test::not_shown: return made + " is not shown";
      case ir::Test::undetermined: return made + " is undetermined";
      case ir::Test::applicable: return made + " is applicable";
      case ir::Test::not_applicable: return made + " is not applicable";
    }
    return made;
  }

  static std::string_view group_word(ir::Group group) {
    switch (group) {
      case ir::Group::all: return "all";
      case ir::Group::any: return "any";
      case ir::Group::none: return "none";
      case ir::Group::at_least: return "at_least";
    }
    return "";
  }

  static std::string_view fold_word(ir::Fold fold) {
    switch (fold) {
      case ir::Fold::any: return "any";
      case ir::Fold::all: return "all";
      case ir::Fold::count: return "count";
      case ir::Fold::count_distinct: return "count_distinct";
      case ir::Fold::sum: return "sum";
      case ir::Fold::min: return "min";
      case ir::Fold::max: return "max";
      case ir::Fold::avg: return "avg";
      case ir::Fold::first: return "first";
      case ir::Fold::last: return "last";
      case ir::Fold::only: return "only";
    }
    return "";
  }
};

std::string bound_words(const ir::Model& model, const vm::Node& node, const vm::Bound& bound) {
  switch (bound.kind) {
    case vm::Bound::Kind::unbounded: return "";
    case vm::Bound::Kind::constant: return constant_words(model.constants[bound.constant]);
    case vm::Bound::Kind::sibling: return model.texts[node.fields[bound.field].key];
    case vm::Bound::Kind::of_case: return "Case." + model.texts[model.nodes[0].fields[bound.field].key];
  }
  return "";
}

}  // namespace

std::string print(const ir::Policy& policy, const ir::Expr& expression) { return Printer(policy).expression(expression); }
std::string print(const ir::Policy& policy, const ir::Query& query) { return Printer(policy).query(query); }

std::string print(const ir::Policy& policy, const ir::Template& sentence) {
  std::string made;
  for (const ir::Piece& piece : sentence) {
    if (piece.because) {
      made += "{because}";
    } else if (!piece.expr.empty()) {
      made += "{" + print(policy, piece.expr[0]) + "}";
    } else {
      made += piece.text;
    }
  }
  return made;
}

std::string print(const ir::Policy& policy, const ir::Table& table) {
  std::string made = fmt::format("table {}: {}", table.name.empty() ? "(no name)" : table.name, type_word(table.key));
  const bool lookup = std::ranges::any_of(table.rows, [](const ir::Table::Row& row) { return row.value.has_value(); }) || table.otherwise ||
                      table.otherwise_key;
  if (lookup) made += fmt::format(" to {}", type_word(table.value));
  made += "\n";
  for (const ir::Table::Row& row : table.rows) {
    made += "  " + print(policy, row.key);
    if (row.value) made += " -> " + print(policy, *row.value);
    made += dates(row.from, row.to) + "\n";
  }
  if (table.otherwise) made += "  otherwise " + print(policy, *table.otherwise) + "\n";
  if (table.otherwise_key) made += "  otherwise the key itself\n";
  return made;
}

std::string print_type(const ir::Policy& policy, const ir::Type& type) {
  using enum ir::Type::Kind;
  switch (type.kind) {
    case scalar: return std::string(type_word(type.scalar));
    case row:
      return type.node == none_id ? (type.names.empty() ? "row" : type.names[0]) : policy.model.texts[policy.model.nodes[type.node].name];
    case list: return "list of " + (type.of.empty() ? "?" : print_type(policy, type.of[0]));
    case interval: return "interval of " + (type.of.empty() ? "?" : print_type(policy, type.of[0]));
    case tuple: return type.of.empty() ? "error" : "tuple";
    case null: return "null";
  }
  return "";
}

std::string print_model(const ir::Policy& policy) {
  const ir::Model& model = policy.model;
  std::string made;
  for (size_t n = 0; n < model.nodes.size(); ++n) {
    const vm::Node& node = model.nodes[n];
    made += fmt::format("node {} {} on {}\n", n, model.texts[node.name], node.domain);
    for (const vm::Field& field : node.fields) {
      made += "  " + model.texts[field.key] + ": ";
      switch (field.kind) {
        case vm::FieldKind::scalar: made += type_word(field.type); break;
        case vm::FieldKind::object: made += fmt::format("object {}", field.node); break;
        case vm::FieldKind::list: made += fmt::format("list {} of node {}", field.domain, field.node); break;
        case vm::FieldKind::reference:
          made += fmt::format("reference {} to {} by {}", field.domain,
                              field.refers_to == none_id ? "?" : model.texts[model.nodes[0].fields[field.refers_to].key],
                              field.refers_by == none_id ? "?" : model.texts[model.nodes[field.node].fields[field.refers_by].key]);
          break;
      }
      for (size_t w = 0; w < field.one_of.size(); ++w) made += (w ? ", '" : " one of '") + model.texts[field.one_of[w]] + "'";
      if (field.code_system != none_id) made += " of " + model.texts[field.code_system];
      if (std::string low = bound_words(model, node, field.low); !low.empty()) made += " from " + low;
      if (std::string high = bound_words(model, node, field.high); !high.empty()) made += " to " + high;
      if (field.optional) made += " optional";
      if (field.complete) made += " complete";
      if (field.dated_by != none_id) made += " dated by " + model.texts[model.nodes[field.node].fields[field.dated_by].key];
      made += "\n";
    }
  }
  for (size_t d = 0; d < model.domains.size(); ++d) {
    const vm::DomainDef& domain = model.domains[d];
    static constexpr std::string_view makes[] = {"cases", "rows", "reference", "cross"};
    made += fmt::format("domain {} {} {}", d, makes[static_cast<size_t>(domain.make)], model.texts[domain.name]);
    if (domain.parent != none_id) made += fmt::format(" under {}", domain.parent);
    if (domain.from != none_id) made += fmt::format(" from {}", domain.from);
    made += domain.node == none_id ? "\n" : fmt::format(" node {}\n", domain.node);
  }
  return made;
}

namespace {

class PolicyPrinter {
 public:
  explicit PolicyPrinter(const ir::Policy& p) : policy(p) {}

  std::string print() {
    line(0, "policy {} version {}", policy.name, policy.version);
    for (const ir::Layer& layer : policy.layers) {
      if (!layer.overlay.empty()) line(0, "layer {} of {}{}", layer.name, layer.overlay, when(layer.applies));
    }
    for (const ir::Table& table : policy.tables) out += rubric::print(policy, table);
    for (const ir::Block& block : policy.blocks) block_lines(block);
    for (const ir::Condition& condition : policy.conditions) {
      line(0, "condition {} '{}'", condition.name, rubric::print(policy, condition.text));
    }
    for (const ir::Remark& remark : policy.remarks) line(0, "remark '{}'{}", rubric::print(policy, remark.text), when(remark.when));
    return std::move(out);
  }

 private:
  const ir::Policy& policy;
  std::string out;

  template <class... Arguments>
  void line(size_t indent, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    out += std::string(indent * 2, ' ') + fmt::format(format, std::forward<Arguments>(arguments)...) + "\n";
  }

  std::string when(const std::optional<ir::Expr>& condition) const { return condition ? " when " + rubric::print(policy, *condition) : ""; }

  void block_lines(const ir::Block& block) {
    line(0, "block {} on {}{}", block.name, Printer(policy).variable(block.line), when(block.scope));
    if (block.item != none_id) line(1, "for each {}{}", Printer(policy).variable(block.item), when(block.item_where));
    if (block.version_gate) line(1, "in force when {}", rubric::print(policy, *block.version_gate));
    for (Id id : block.criteria) criterion_lines(policy.criteria[id]);
    for (Id id : block.rules) rule_lines(policy.rules[id]);
  }

  void criterion_lines(const ir::Criterion& c) {
    static constexpr std::string_view kinds[] = {"leaf", "judged", "all", "any", "none", "at_least", "limit", "choice"};
    const auto depth = static_cast<size_t>(std::ranges::count(c.path, '.'));
    std::string members;
    for (Id member : c.members) members += (members.empty() ? " of " : ", ") + Printer(policy).criterion(member);
    line(1 + depth, "{} {}{}{}{}", kinds[static_cast<size_t>(c.kind)], c.path, c.per_item ? " per item" : "", members,
         c.at_least ? fmt::format(" at least {}", c.at_least) : "");
    if (c.applies) line(2 + depth, "applies when {}", rubric::print(policy, *c.applies));
    if (c.gate) line(2 + depth, "gate {}", rubric::print(policy, *c.gate));
    if (c.condition) line(2 + depth, "{}", rubric::print(policy, *c.condition));
    if (c.limit) {
      line(2 + depth, "amount {}", rubric::print(policy, c.limit->amount));
      line(2 + depth, "history {}", rubric::print(policy, c.limit->history));
      line(2 + depth, "siblings {}", rubric::print(policy, c.limit->siblings));
    }
    for (Id rule : c.exceptions) line(2 + depth, "defeated by {}", policy.rules[rule].name);
  }

  void rule_lines(const ir::Rule& r) {
    static constexpr std::string_view words[] = {
#define OUTCOME(name, ...) #name,
#include "vm/outcomes.def"
#undef OUTCOME
    };
    line(1, "{} {} {}", r.is_exception ? "exception" : "rule", r.name, r.outcome == vm::no_outcome ? "-" : words[r.outcome]);
    line(2, "when {}", rubric::print(policy, r.when));
    if (r.gate) line(2, "gate {}", rubric::print(policy, *r.gate));
    for (const auto& [field, value] : r.modification) line(2, "to {}: {}", field, rubric::print(policy, value));
    for (Id rule : r.exceptions) line(2, "defeated by {}", policy.rules[rule].name);
  }
};

}  // namespace

std::string print(const ir::Policy& policy) { return PolicyPrinter(policy).print(); }

}  // namespace rubric
